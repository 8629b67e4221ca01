package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	certificatesv1beta1 "k8s.io/api/certificates/v1beta1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	resourcev1 "k8s.io/api/resource/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/authorization/authorizerfactory"
	"k8s.io/apiserver/pkg/authorization/union"
	"k8s.io/client-go/kubernetes/scheme"
	rbaclisters "k8s.io/client-go/listers/rbac/v1"
	"k8s.io/client-go/tools/cache"
	authorizationapi "k8s.io/kubernetes/pkg/apis/authorization"
	authorizationconversion "k8s.io/kubernetes/pkg/apis/authorization/v1"
	authorizationvalidation "k8s.io/kubernetes/pkg/apis/authorization/validation"
	"k8s.io/kubernetes/pkg/auth/nodeidentifier"
	authorizationutil "k8s.io/kubernetes/pkg/registry/authorization/util"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/node"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac/bootstrappolicy"
	"k8s.io/utils/ptr"
)

// cluster is what kube-apiserver's authorizers know: the caches that its informers fill, and the chain that reads them.
type cluster struct {
	roles, clusterRoles, roleBindings, clusterRoleBindings cache.Indexer
	graph                                                  *node.Graph

	rbac  *rbac.RBACAuthorizer
	chain []link
}

// link is one authorizer of the chain, by the name that questions use for it.
type link struct {
	name string
	authorizer.Authorizer
}

// newCluster wires the authorizers as --authorization-mode=Node,RBAC does (pkg/kubeapiserver/authorizer, Config.New), with
// caches of our own below the real listers. They word the errors about missing roles, which become reasons.
func newCluster(facts metav1.List) (*cluster, error) {
	indexer := func() cache.Indexer {
		return cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
	}
	c := &cluster{roles: indexer(), clusterRoles: indexer(), roleBindings: indexer(), clusterRoleBindings: indexer(), graph: node.NewGraph()}
	for i, item := range facts.Items {
		if err := c.add(item.Raw); err != nil {
			return nil, fmt.Errorf("facts.items[%d]: %w", i, err)
		}
	}
	c.rbac = rbac.New(
		&rbac.RoleGetter{Lister: rbaclisters.NewRoleLister(c.roles)},
		&rbac.RoleBindingLister{Lister: rbaclisters.NewRoleBindingLister(c.roleBindings)},
		&rbac.ClusterRoleGetter{Lister: rbaclisters.NewClusterRoleLister(c.clusterRoles)},
		&rbac.ClusterRoleBindingLister{Lister: rbaclisters.NewClusterRoleBindingLister(c.clusterRoleBindings)},
	)
	c.chain = []link{
		{"masters", authorizerfactory.NewPrivilegedGroups(user.SystemPrivilegedGroup)},
		{"Node", node.NewAuthorizer(c.graph, nodeidentifier.NewDefaultNodeIdentifier(), bootstrappolicy.NodeRules())},
		{"RBAC", c.rbac},
	}
	return c, nil
}

// add puts one object where the server's informers and graph populator would. Other kinds bear on no verdict; Node objects are
// among them, as the populator has no handler for these: the graph learns of a node from the pods and volumes that name it.
func (c *cluster) add(raw []byte) error {
	object, _, err := scheme.Codecs.UniversalDeserializer().Decode(raw, nil, nil)
	if runtime.IsNotRegisteredError(err) {
		return nil
	}
	switch o := object.(type) {
	case *rbacv1.Role:
		return c.roles.Add(o)
	case *rbacv1.ClusterRole:
		return c.clusterRoles.Add(o)
	case *rbacv1.RoleBinding:
		return c.roleBindings.Add(o)
	case *rbacv1.ClusterRoleBinding:
		return c.clusterRoleBindings.Add(o)
	case *corev1.Pod:
		if o.Spec.NodeName != "" { // the populator's own check: an unscheduled pod gives no node anything
			c.graph.AddPod(o)
		}
	case *corev1.PersistentVolume:
		c.graph.AddPV(o)
	case *storagev1.VolumeAttachment:
		c.graph.AddVolumeAttachment(o.Name, o.Spec.NodeName)
	case *resourcev1.ResourceSlice:
		c.graph.AddResourceSlice(o.Name, ptr.Deref(o.Spec.NodeName, ""))
	case *certificatesv1beta1.PodCertificateRequest:
		c.graph.AddPodCertificateRequest(o)
	}
	return err
}

// verdict is a SubjectAccessReview's status.
type verdict struct {
	Allowed bool   `json:"allowed"`
	Reason  string `json:"reason"`
	Error   string `json:"error,omitempty"`
}

// authorize answers as the API server answers a SubjectAccessReview (pkg/registry/authorization/subjectaccessreview).
func (c *cluster) authorize(q accessQuestion) (any, error) {
	asked, err := c.only(q.Authorizers)
	if err != nil {
		return nil, err
	}
	attributes, err := attributesOf(q.SubjectAccessReviewSpec)
	if err != nil {
		return nil, err
	}
	decision, reason, err := asked.Authorize(context.Background(), attributes)
	return verdict{decision == authorizer.DecisionAllow, reason, authorizationutil.BuildEvaluationError(err, attributes)}, nil
}

// only is the chain narrowed to the named authorizers, in the server's order; no names are all of them.
func (c *cluster) only(names []string) (authorizer.Authorizer, error) {
	var asked []authorizer.Authorizer
	for _, l := range c.chain {
		if len(names) == 0 || slices.Contains(names, l.name) {
			asked = append(asked, l)
		}
	}
	if len(names) > len(asked) {
		return nil, fmt.Errorf("authorizers %q: each of masters, Node and RBAC once at most, and no others", names)
	}
	return union.New(asked...), nil
}

// attributesOf refuses what the server refuses with 422, in its words.
func attributesOf(spec authorizationv1.SubjectAccessReviewSpec) (authorizer.AttributesRecord, error) {
	var internal authorizationapi.SubjectAccessReviewSpec
	if err := authorizationconversion.Convert_v1_SubjectAccessReviewSpec_To_authorization_SubjectAccessReviewSpec(&spec, &internal, nil); err != nil {
		return authorizer.AttributesRecord{}, err
	}
	if refused := authorizationvalidation.ValidateSubjectAccessReviewSpec(internal, field.NewPath("spec")); len(refused) > 0 {
		return authorizer.AttributesRecord{}, refused.ToAggregate()
	}
	return authorizationutil.AuthorizationAttributesFrom(internal), nil
}

// measure is what one call cost on average.
type measure struct {
	Nanos  float64 `json:"nanos"`
	Bytes  int64   `json:"bytes"`
	Allocs int64   `json:"allocs"`
}

// bench measures what BenchmarkAuthorize of plugin/pkg/auth/authorizer/rbac measures, on the loaded facts: the RBAC
// authorizer's verdict without the reading of the question. Its figures stand beside ours, so Go's own stop-watch takes them.
func (c *cluster) bench(questions []accessQuestion, seconds float64) (any, error) {
	testing.Init() // registers the flag; has no effect the second time
	if err := flag.Set("test.benchtime", time.Duration(seconds*float64(time.Second)).String()); err != nil {
		return nil, fmt.Errorf("seconds: %w", err)
	}
	results := make([]measure, 0, len(questions))
	for i, q := range questions {
		attributes, err := attributesOf(q.SubjectAccessReviewSpec)
		if err != nil {
			return nil, fmt.Errorf("requests[%d]: %w", i, err)
		}
		r := testing.Benchmark(func(b *testing.B) {
			for b.Loop() {
				_, _, _ = c.rbac.Authorize(context.Background(), attributes)
			}
		})
		results = append(results, measure{float64(r.T.Nanoseconds()) / float64(r.N), r.AllocedBytesPerOp(), r.AllocsPerOp()})
	}
	return answer{"results": results}, nil
}
