// Command oracle answers questions about access with Kubernetes' own code, so that our answers can be compared with it
// faster, and in stranger corners, than with a running API server. It reads JSON lines on standard input and writes one
// JSON line for each, in order. Answers are flushed when no further question is waiting, so who asks many at once must read
// while writing.
//
//	{"op":"load","facts":{"kind":"List","items":[...]}}
//	  -> {"ok":true}; these facts replace those of an earlier load
//	{"op":"authorize","user":U,"groups":[...],"resourceAttributes":{...} | "nonResourceAttributes":{...},"authorizers":["RBAC"]}
//	  -> {"allowed":bool,"reason":text,"error":text}; a SubjectAccessReview's spec and status, "error" its evaluationError.
//	     "authorizers" narrows kube-apiserver's chain to some of "masters", "Node" and "RBAC"
//	{"op":"covers","owner":[rule...],"servant":[rule...]}
//	  -> {"covers":bool,"uncovered":[rule...]}
//	{"op":"requestInfo","method":"GET","url":"/api/v1/pods?watch=1"}
//	  -> {"resourceRequest":bool,"verb","path","apiGroup","apiVersion","namespace","resource","subresource","name",
//	      "fieldSelector","labelSelector"}
//	{"op":"token","token":T,"cluster":C,"partition":"aws","region":R,"secret":S,"arn":A,"account":N,"userId":U}
//	  -> {"identity":{...}} or {"refused":text}; aws-iam-authenticator's verifier, with an STS that knows the secret
//	{"op":"map","configMapData":{...},"dynamicFile":{...},"instances":{id:name},"arn":A,"account":N,"userId":U,"accessKeyId":K}
//	  -> {"result":{"username","groups","uid"} or null,"error":text or null,"parseError":text or null}; aws-iam-authenticator's
//	     webhook from the caller that STS names on. "dynamicFile" is its form of access entries, and may be left out
//	{"op":"arn","arn":A}
//	  -> {"type","canonical"} or {"refused":text}; what it looks an ARN up as
//	{"op":"oidc","flags":["--oidc-issuer-url=..."] or "file":text,"tokens":[T, ...]}
//	  -> {"tokens":[{"identity":{"username","uid","groups","extra"}} or {"refused":text}, ...]} or {"settings":text} where the
//	     API server refuses the settings; kube-apiserver's own reading of flags and file, and its OIDC authenticator with
//	     keys that take every signature
//	{"op":"x509","subject":[{"type":OID,"value":V}],"notBefore":S,"notAfter":S,"usages":["clientAuth"],"foreign":bool}
//	  -> {"certificate":PEM,"authority":PEM,"identity":{...} or "refused":text}; a certificate made for the question, and
//	     kube-apiserver's authenticator. Times are seconds from now; "foreign" is signed by another authority
//	{"op":"bench","requests":[a question as for authorize, ...],"seconds":0.5}
//	  -> {"results":[{"nanos":N,"bytes":N,"allocs":N}, ...]}; what one call of the RBAC authorizer alone costs
//
// A question that cannot be answered, be it malformed or one that the API server would refuse, gets {"error":text} and
// nothing else, and changes nothing. Nothing is re-implemented here: this program only carries questions to Kubernetes and to
// aws-iam-authenticator.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/go-logr/logr"
	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/component-helpers/auth/rbac/validation"
	"k8s.io/klog/v2"
	kjson "sigs.k8s.io/json"
)

// question is one line of input; each op reads the fields that are named for it above.
type question struct {
	Op string `json:"op"`

	Facts metav1.List `json:"facts"`

	accessQuestion
	tokenQuestion
	mappingQuestion
	claimsQuestion
	certificateQuestion

	Owner   []rbacv1.PolicyRule `json:"owner"`
	Servant []rbacv1.PolicyRule `json:"servant"`

	Method string `json:"method"`
	URL    string `json:"url"`

	Requests []accessQuestion `json:"requests"`
	Seconds  float64          `json:"seconds"`
}

// accessQuestion asks whether somebody may do something, in the words of a SubjectAccessReview.
type accessQuestion struct {
	authorizationv1.SubjectAccessReviewSpec
	Authorizers []string `json:"authorizers"`
}

type answer map[string]any

// oracle is the one thing that lasts from line to line: the facts that were loaded.
type oracle struct{ cluster *cluster }

// answer turns every failure, a panic in Kubernetes' code included, into an answer: one bad line of a generated run must
// not hide what the lines after it would have found.
func (o *oracle) answer(line []byte) (out any) {
	defer func() {
		if cause := recover(); cause != nil {
			out = answer{"error": fmt.Sprintf("panic: %v", cause)}
		}
	}()
	out, err := o.ask(line)
	if err != nil {
		return answer{"error": err.Error()}
	}
	return out
}

func (o *oracle) ask(line []byte) (any, error) {
	var q question
	// Strict, because a misspelt field would be answered as another question; and letter by letter, as the API server reads.
	if strict, err := kjson.UnmarshalStrict(line, &q); err != nil || len(strict) > 0 {
		return nil, errors.Join(append(strict, err)...)
	}
	switch q.Op {
	case "load":
		loaded, err := newCluster(q.Facts)
		if err != nil {
			return nil, err
		}
		o.cluster = loaded
		return answer{"ok": true}, nil
	case "authorize":
		return o.cluster.authorize(q.accessQuestion)
	case "covers":
		covers, uncovered := validation.Covers(q.Owner, q.Servant)
		return answer{"covers": covers, "uncovered": uncovered}, nil
	case "requestInfo":
		return requestInfo(q.Method, q.URL)
	case "token":
		return verify(q.tokenQuestion)
	case "map":
		return mapIdentity(q.tokenQuestion, q.mappingQuestion)
	case "arn":
		return canonicalize(q.Arn)
	case "oidc":
		return identifyTokens(q.claimsQuestion)
	case "x509":
		return identifyCertificate(q.certificateQuestion)
	case "bench":
		return o.cluster.bench(q.Requests, q.Seconds)
	default:
		return nil, fmt.Errorf("no such op: %q", q.Op)
	}
}

func run() error {
	klog.SetLogger(logr.Discard()) // Kubernetes logs what it answers as well; a run of a million questions would drown in it
	empty, err := newCluster(metav1.List{})
	if err != nil {
		return err
	}
	o := &oracle{cluster: empty}
	in, out := bufio.NewReaderSize(os.Stdin, 1<<20), bufio.NewWriterSize(os.Stdout, 1<<16)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for {
		line, end := in.ReadBytes('\n')
		if len(line) == 0 {
			return nil
		}
		if err := encoder.Encode(o.answer(line)); err != nil {
			return err
		}
		if end != nil || in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(1)
	}
}
