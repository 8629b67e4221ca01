//! Refusals that are not authorization, and where to look instead.

use super::symptom;
use crate::base::Failure;

/// A mark in the text, the layer that says it, and what to look at.
type Layer = (&'static str, &'static str, &'static str);

const LAYERS: [Layer; 20] = [
    (
        "attempting to grant RBAC permissions not currently held",
        "the escalation check: nobody may give rights that they do not hold",
        "Look at the rules it lists; hold them, or be allowed `escalate` on roles or `bind` on the role.",
    ),
    (
        "must have cluster-admin privileges to use the aggregationRule",
        "the escalation check for aggregated ClusterRoles",
        "Write an aggregationRule as somebody who may do everything.",
    ),
    ("violates PodSecurity", "admission (PodSecurity)", "Look at the labels pod-security.kubernetes.io/* of the namespace."),
    ("exceeded quota", "admission (ResourceQuota)", "Look at `kubectl describe quota` in the namespace."),
    ("failed quota", "admission (ResourceQuota)", "Set the resource that the quota asks for."),
    ("because it is being terminated", "admission (NamespaceLifecycle)", "The namespace is being deleted; use another."),
    ("this namespace may not be deleted", "admission (NamespaceLifecycle)", "default, kube-system and kube-public cannot be deleted."),
    ("error looking up service account", "admission (ServiceAccount)", "Create the service account that the pod names."),
    ("no service account specified for pod", "admission (ServiceAccount)", "Name a service account in the pod."),
    ("ValidatingAdmissionPolicy '", "a ValidatingAdmissionPolicy", "Look at the policy and binding that the message names."),
    ("denied request: ", "an admission policy", "Look at the policy and binding that the message names."),
    ("admission webhook \"", "an admission webhook", "Look at the webhook that the message names."),
    ("user not permitted to approve requests with signerName", "CSR admission", "Ask about `approve signers.certificates.k8s.io NAME`."),
    ("user not permitted to sign requests with signerName", "CSR admission", "Ask about `sign signers.certificates.k8s.io NAME`."),
    ("user not permitted to attest for signerName", "trust bundle admission", "Ask about `attest signers.certificates.k8s.io NAME`."),
    (
        "signer with system:masters group is not allowed",
        "admission (CertificateSubjectRestriction)",
        "No certificate for system:masters is signed.",
    ),
    ("cannot set an ownerRef on a resource you can't delete", "admission (owner references)", "Ask about `delete` on the owned object."),
    ("cannot set blockOwnerDeletion", "admission (owner references)", "Ask about `update` on the owner's `finalizers`."),
    ("Forbidden (user=", "the kubelet", "Ask about `get nodes/proxy NODE`, or the subresource that it lists."),
    ("node requested token", "admission (NodeRestriction)", "Nodes may ask for tokens only of what pods on them name."),
];

/// The same of words that others say too.
const VAGUE: [Layer; 1] = [("is not allowed to", "admission (NodeRestriction)", "Nodes may change only what is their own.")];

/// Why a text is not a question for the authorizers.
pub fn explain(text: &str) -> Failure {
    let layer = |layers: &[Layer]| {
        let (_, layer, look) = layers.iter().find(|(mark, ..)| text.contains(mark))?;
        Some(Failure::usage(format!("this refusal comes from {layer}; authorization had allowed the request")).hint(*look))
    };
    // what admission says may repeat what it heard, as of a network
    let known = layer(&LAYERS).or_else(|| symptom::find(text).map(symptom::Symptom::explain)).or_else(|| layer(&VAGUE));
    if let Some(failure) = known {
        return failure;
    }
    if text.trim_end().ends_with("is forbidden:") {
        return Failure::usage("this refusal has no reason: the second check of exec, attach and port-forward, for the verb create (Kubernetes 1.35 and later)")
            .hint("Ask about it: whycan why create pods/exec NAME -n NAMESPACE --as USER");
    }
    Failure::usage("the message names no user, verb and resource that could be asked about")
        .hint("Paste all of it, from `Error from server (Forbidden)` on.")
        .hint("Or give the request: whycan why list pods -n dev --as alice")
}
