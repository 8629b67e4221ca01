//! Kubernetes' own resources at 1.36, for facts that hold no discovery answer.
//!
//! Source: `pkg/registry/*/rest/storage_*.go`, and `ShortNames` and `Categories` of each storage.

use std::sync::LazyLock;

use super::{ApiResource, ApiResources, Scoping};
use crate::base::Name;

/// A line: plural, kind, N(amespaced) or C(luster), short names, subresources, categories; `-` for none. The singular is
/// the kind in lower case. A line that ends with a colon names the group of those that follow.
const TABLE: &str = "
core:
pods                       Pod                    N po     log,exec,attach,portforward,proxy,status,binding,eviction,ephemeralcontainers,resize all
services                   Service                N svc    status,proxy all
configmaps                 ConfigMap              N cm     - -
secrets                    Secret                 N -      - -
serviceaccounts            ServiceAccount         N sa     token -
namespaces                 Namespace              C ns     status,finalize -
nodes                      Node                   C no     status,proxy -
events                     Event                  N ev     - -
endpoints                  Endpoints              N ep     - -
persistentvolumeclaims     PersistentVolumeClaim  N pvc    status -
persistentvolumes          PersistentVolume       C pv     status -
replicationcontrollers     ReplicationController  N rc     status,scale all
resourcequotas             ResourceQuota          N quota  status -
limitranges                LimitRange             N limits - -
podtemplates               PodTemplate            N -      - -
bindings                   Binding                N -      - -
componentstatuses          ComponentStatus        C cs     - -
apps:
deployments                Deployment             N deploy status,scale all
statefulsets               StatefulSet            N sts    status,scale all
daemonsets                 DaemonSet              N ds     status all
replicasets                ReplicaSet             N rs     status,scale all
controllerrevisions        ControllerRevision     N -      - -
batch:
jobs                       Job                    N -      status all
cronjobs                   CronJob                N cj     status all
autoscaling:
horizontalpodautoscalers   HorizontalPodAutoscaler N hpa   status all
policy:
poddisruptionbudgets       PodDisruptionBudget    N pdb    status -
networking.k8s.io:
ingresses                  Ingress                N ing    status -
ingressclasses             IngressClass           C -      - -
networkpolicies            NetworkPolicy          N netpol - -
ipaddresses                IPAddress              C ip     - -
servicecidrs               ServiceCIDR            C -      status -
rbac.authorization.k8s.io:
roles                      Role                   N -      - -
rolebindings               RoleBinding            N -      - -
clusterroles               ClusterRole            C -      - -
clusterrolebindings        ClusterRoleBinding     C -      - -
storage.k8s.io:
storageclasses             StorageClass           C sc     - -
volumeattachments          VolumeAttachment       C -      status -
csidrivers                 CSIDriver              C -      - -
csinodes                   CSINode                C -      - -
csistoragecapacities       CSIStorageCapacity     N -      - -
volumeattributesclasses    VolumeAttributesClass  C vac    - -
coordination.k8s.io:
leases                     Lease                  N -      - -
discovery.k8s.io:
endpointslices             EndpointSlice          N -      - -
events.k8s.io:
events                     Event                  N ev     - -
admissionregistration.k8s.io:
mutatingwebhookconfigurations     MutatingWebhookConfiguration     C - -      api-extensions
validatingwebhookconfigurations   ValidatingWebhookConfiguration   C - -      api-extensions
validatingadmissionpolicies       ValidatingAdmissionPolicy        C - status api-extensions
validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding C - -      api-extensions
mutatingadmissionpolicies         MutatingAdmissionPolicy          C - -      api-extensions
mutatingadmissionpolicybindings   MutatingAdmissionPolicyBinding   C - -      api-extensions
apiextensions.k8s.io:
customresourcedefinitions  CustomResourceDefinition C crd,crds status api-extensions
apiregistration.k8s.io:
apiservices                APIService             C -      status api-extensions
authentication.k8s.io:
tokenreviews               TokenReview            C -      - -
selfsubjectreviews         SelfSubjectReview      C -      - -
authorization.k8s.io:
subjectaccessreviews       SubjectAccessReview    C -      - -
selfsubjectaccessreviews   SelfSubjectAccessReview C -     - -
selfsubjectrulesreviews    SelfSubjectRulesReview C -      - -
localsubjectaccessreviews  LocalSubjectAccessReview N -    - -
certificates.k8s.io:
certificatesigningrequests CertificateSigningRequest C csr status,approval -
clustertrustbundles        ClusterTrustBundle     C -      - -
podcertificaterequests     PodCertificateRequest  N -      status -
flowcontrol.apiserver.k8s.io:
flowschemas                FlowSchema             C -      status -
prioritylevelconfigurations PriorityLevelConfiguration C - status -
node.k8s.io:
runtimeclasses             RuntimeClass           C -      - -
resource.k8s.io:
deviceclasses              DeviceClass            C -      - -
resourceclaims             ResourceClaim          N -      status -
resourceclaimtemplates     ResourceClaimTemplate  N -      - -
resourceslices             ResourceSlice          C -      - -
scheduling.k8s.io:
priorityclasses            PriorityClass          C pc     - -
";

/// What rules may speak of although no API serves it, so that it is not called unknown: impersonated identities
/// (`apiserver/pkg/endpoints/filters/impersonation`), signers (`pkg/certauthorization`), the kubelet's own API
/// (`pkg/kubelet/server/auth.go`), and the metrics API, which a server of its own may serve.
const VIRTUAL: &str = "
core:
users                      -                      C -      - -
groups                     -                      C -      - -
nodes                      Node                   C no     metrics,stats,log,spec,checkpoint,configz,healthz,pods,statusz -
authentication.k8s.io:
uids                       -                      C -      - -
userextras                 -                      C -      - -
users                      -                      C -      - -
groups                     -                      C -      - -
serviceaccounts            -                      N -      - -
nodes                      -                      C -      - -
certificates.k8s.io:
signers                    -                      C -      - -
metrics.k8s.io:
pods                       PodMetrics             N -      - -
nodes                      NodeMetrics            C -      - -
";

static BUILTIN: LazyLock<ApiResources> = LazyLock::new(|| {
    let mut resources = ApiResources::empty();
    for table in [TABLE, VIRTUAL] {
        for resource in read(table) {
            resources.insert(&resource);
        }
    }
    resources
});

/// The table, as facts start with it.
pub fn resources() -> ApiResources {
    BUILTIN.clone()
}

fn read(table: &str) -> Vec<ApiResource> {
    let mut group = Name::EMPTY;
    let mut resources = Vec::new();
    for line in table.lines() {
        if let Some(name) = line.strip_suffix(':') {
            group = if name == "core" { Name::EMPTY } else { Name::new(name) };
        } else if let [plural, kind, scope, short, subresources, categories] = line.split_whitespace().collect::<Vec<_>>().as_slice() {
            let list = |words: &str| words.split(',').filter(|word| *word != "-").map(Name::new).collect();
            let kind = if *kind == "-" { "" } else { kind };
            resources.push(ApiResource {
                group,
                plural: Name::new(plural),
                singular: Name::new(&kind.to_lowercase()),
                kind: Name::new(kind),
                short_names: list(short),
                scoping: if *scope == "N" { Scoping::Namespaced } else { Scoping::Cluster },
                subresources: list(subresources),
                verbs: [].into(),
                categories: list(categories),
            });
        }
    }
    resources
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        for table in [TABLE, VIRTUAL] {
            let lines = table.lines().filter(|line| !line.is_empty() && !line.ends_with(':')).count();
            assert_eq!(read(table).len(), lines);
        }
    }

    #[test]
    fn people_find_what_they_mean() {
        let resources = resources();
        let found = |name: &str| resources.named(name).first().map(|resource| format!("{}.{}", resource.plural, resource.group));
        for (name, resource) in [
            ("po", "pods."),
            ("Pod", "pods."),
            ("deploy", "deployments.apps"),
            ("Ingress", "ingresses.networking.k8s.io"),
            ("ev", "events."),
            ("endpoints", "endpoints."),
            ("crd", "customresourcedefinitions.apiextensions.k8s.io"),
            ("NODES", "nodes."),
        ] {
            assert_eq!(found(name).as_deref(), Some(resource), "{name}");
        }
        assert!(resources.named("nonsense").is_empty());
        assert_eq!(resources.nearest("deploymets").first().map(|name| name.as_str()), Some("deployments"));
    }

    #[test]
    fn what_is_virtual_completes_what_is_served() {
        let nodes = resources().get(Name::EMPTY, Name::new("nodes")).cloned().unwrap();
        assert!(["status", "proxy", "metrics"].iter().all(|sub| nodes.subresources.contains(&Name::new(sub))));
        assert_eq!(nodes.scoping, Scoping::Cluster);
    }
}
