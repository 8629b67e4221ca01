//! What `map` says of a service account's side in AWS, in words for text and Markdown.

use crate::identity::workload::trust::Holds;
use crate::identity::workload::{Admission, Kind, Legacy, Way, Workload};

/// The answer in one sentence.
pub fn headline(workload: &Workload) -> String {
    let who = format!("service account {}/{}", workload.namespace, workload.name);
    let role = workload.taken().and_then(|way| way.role.as_deref());
    match (workload.holds, role) {
        (Holds::Yes, Some(role)) => format!("pods of {who} become {role}"),
        (Holds::No, Some(role)) => format!("pods of {who} do not become {role}"),
        (Holds::Unknown, Some(role)) => format!("whether pods of {who} become {role} is not known"),
        (Holds::Unknown, None) => format!("which role pods of {who} become is not known"),
        (_, None) => format!("pods of {who} become no role"),
    }
}

/// What decided, as a sentence.
pub fn reason(workload: &Workload) -> String {
    match workload.taken().filter(|_| workload.holds == Holds::Yes) {
        Some(way) => format!("by {}", way.from),
        None => workload.because.clone(),
    }
}

/// A way, in its own words: what begins it and where it leads.
pub fn way(way: &Way) -> String {
    let role = way.role.as_deref().unwrap_or("a role that was not read");
    match &way.through {
        Some(through) => format!("{} to {role}, through {through}", way.from),
        None => format!("{} to {role}", way.from),
    }
}

/// What the webhook does with a way.
pub fn standing(way: &Way, workload: &Workload) -> &'static str {
    match (way.is_taken, way.kind, workload.ways.len()) {
        (true, Kind::PodIdentity, _) => "EKS Pod Identity",
        (true, Kind::WebIdentity, _) => "IAM roles for service accounts",
        (false, Kind::WebIdentity, _) => "counts for nothing: an association comes first",
        (false, Kind::PodIdentity, _) => "one of several",
    }
}

/// A legacy annotation, as a sentence.
pub fn legacy(legacy: &Legacy) -> String {
    let have = if legacy.count > 1 { format!("and {} more have", legacy.count - 1) } else { "has".to_owned() };
    format!("{} {have} {}: {}", legacy.object, legacy.annotation, legacy.value)
}

/// A service account that may become a role, or may not.
pub fn admission(admission: &Admission) -> String {
    let from = admission.from.as_deref().map_or_else(String::new, |from| format!("{from}: "));
    format!("{from}{}", admission.because)
}

/// What is worth knowing beside it.
pub fn notes(workload: &Workload) -> Vec<String> {
    let mut notes = Vec::new();
    if workload.automount == Some(false) {
        notes.push(
            "automountServiceAccountToken is off: its pods have no token for the API server; the one for AWS comes all the same".to_owned(),
        );
    }
    if !workload.legacy.is_empty() {
        notes.push("kube2iam and kiam gave rights in AWS, and none in the cluster".to_owned());
    }
    notes
}
