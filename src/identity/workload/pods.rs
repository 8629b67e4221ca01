//! Pods that run as a service account and do not have what the webhook gives: made before, or where it cannot work.

use super::known::Known;
use super::way::{Kind, Way};
use crate::base::text::count;
use crate::base::{Finding, Name, Severity};
use crate::facts::{self, Pod};

/// Where the agent of Pod Identity runs.
const AGENT: (&str, &str) = ("kube-system", "eks-pod-identity-agent");

/// What stands in the way of the pods of a service account, once the way that is taken leads somewhere.
pub fn findings(namespace: Name, name: Name, way: &Way, known: &Known<'_>) -> Vec<Finding> {
    let pods = known.pods(namespace, name);
    let mut findings = Vec::new();
    let mut tell = |code, severity, found: &[&Pod], message: &str, fix: String| {
        if let Some(first) = found.first() {
            let subject = format!("Pod {}/{}", first.meta.namespace, first.meta.name);
            let others = found.len() - 1;
            let others = if others == 0 { String::new() } else { format!(" (and {} more)", count(others, "pod")) };
            findings.push(Finding { code, severity, subject, message: format!("{message}{others}"), fix: Some(fix), source: None });
        }
    };
    let of = |wanted: &dyn Fn(&Pod) -> bool| pods.iter().copied().filter(|pod| pod.injected.is_told && wanted(pod)).collect::<Vec<_>>();
    let restart = |what: &str| format!("Make {what} anew: kubectl rollout restart -n {namespace} deployment/NAME");
    let keys = of(&|pod| pod.injected.keys);
    tell(
        "pod-with-own-keys",
        Severity::Warning,
        &keys,
        "its environment has access keys, which the SDKs take before any role",
        "Take AWS_ACCESS_KEY_ID out of the environment.".to_owned(),
    );
    match way.kind {
        Kind::WebIdentity => {
            let role = way.role.as_deref().unwrap_or_default();
            let without = of(&|pod| pod.injected.role_arn.is_empty() && !pod.injected.pod_identity);
            let message =
                "it has no AWS_ROLE_ARN, and takes the node's role: it was made before the annotation, or the webhook was not reached";
            tell("pod-without-role", Severity::Error, &without, message, restart("the pods"));
            let other = of(&|pod| !pod.injected.role_arn.is_empty() && pod.injected.role_arn != role);
            let message = "its AWS_ROLE_ARN is not the role of the annotation: set by hand, or made before the annotation was changed";
            tell("pod-with-other-role", Severity::Error, &other, message, restart("the pods"));
        }
        Kind::PodIdentity => {
            let fargate = of(&|pod| pod.meta.label("eks.amazonaws.com/fargate-profile").is_some());
            let message = "it runs on Fargate, where there is no Pod Identity";
            let fix = "Annotate the service account with a role instead, and delete the association.".to_owned();
            tell("pod-identity-on-fargate", Severity::Error, &fargate, message, fix.clone());
            let windows = of(&|pod| is_windows(pod, known));
            tell("pod-identity-on-windows", Severity::Error, &windows, "it runs on Windows, where there is no Pod Identity", fix);
            let without = of(&|pod| {
                !pod.injected.pod_identity && pod.meta.label("eks.amazonaws.com/fargate-profile").is_none() && !is_windows(pod, known)
            });
            let message = "it has no AWS_CONTAINER_CREDENTIALS_FULL_URI: it was made before the association";
            tell("pod-without-pod-identity", Severity::Error, &without, message, restart("the pods"));
            let overridden = of(&|pod| pod.injected.pod_identity && !pod.injected.role_arn.is_empty());
            let message = "its environment has AWS_ROLE_ARN too, which the SDKs take before Pod Identity";
            tell("pod-with-other-role", Severity::Error, &overridden, message, "Take AWS_ROLE_ARN out of the environment.".to_owned());
        }
    }
    findings
}

fn is_windows(pod: &Pod, known: &Known<'_>) -> bool {
    known.facts.node(pod.node_name).and_then(|node| node.meta.label("kubernetes.io/os")).is_some_and(|os| os == "windows")
}

/// That nothing answers pods on the nodes: the agent of Pod Identity is not there.
pub fn agent(known: &Known<'_>) -> Option<Finding> {
    let namespace = Name::new(AGENT.0);
    let is_read = known.facts.pods().any(|pod| pod.meta.namespace == namespace) && known.has_all(facts::Kind::Pod, namespace);
    let is_there = known.facts.pods().any(|pod| pod.meta.namespace == namespace && pod.meta.name.as_str().starts_with(AGENT.1));
    // nodes of Auto Mode have it built in
    let is_auto = known.facts.nodes().any(|node| node.meta.label("eks.amazonaws.com/compute-type").is_some_and(|kind| kind == "auto"));
    (is_read && !is_there && !is_auto).then(|| Finding {
        code: "pod-identity-agent-missing",
        severity: Severity::Error,
        subject: format!("DaemonSet {}/{}", AGENT.0, AGENT.1),
        message: "no pod of the Pod Identity agent runs, and the pods' SDKs wait for 169.254.170.23 in vain (nodes of Auto Mode need none)"
            .to_owned(),
        fix: Some(format!("Install the add-on: aws eks create-addon --cluster-name {} --addon-name {}", known.cluster_name(), AGENT.1)),
        source: None,
    })
}
