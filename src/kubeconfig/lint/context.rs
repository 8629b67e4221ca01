//! What is wrong with one context: where it leads, and what it says itself.

use super::part::{Part, place};
use crate::base::text::sanitise;
use crate::base::{Finding, Source};
use crate::kubeconfig::{Cluster, Context, User};

/// Where it leads.
pub fn leads(context: &Context, cluster: Option<&Cluster>, user: Option<&User>) -> Vec<Finding> {
    let part = Part::from(context);
    let mut findings = Vec::new();
    match cluster {
        None if context.cluster.is_empty() => {
            findings.push(part.error("no-cluster", "names no cluster", "Set context.cluster to the name of a cluster."));
        }
        None => findings.push(part.at("cluster").error(
            "dangling-cluster",
            &format!("names cluster {}, which no file has", sanitise(&context.cluster)),
            "Set context.cluster to the name of a cluster, or add the file that has it to KUBECONFIG.",
        )),
        Some(cluster) => {
            findings.extend(elsewhere(context, cluster.source.as_ref()).map(|source| {
                let what = format!("takes cluster {} from another file, {}", sanitise(&cluster.name), place(source));
                let fix = "Give the clusters distinct names when another one was meant.";
                part.at("cluster").warning("cluster-from-another-file", &what, fix)
            }));
        }
    }
    match user {
        None if context.user.is_empty() => {
            findings.push(part.warning("no-user", "names no user: requests are anonymous", "Set context.user to the name of a user."));
        }
        None => findings.push(part.at("user").warning(
            "dangling-user",
            &format!("names user {}, which no file has: requests are anonymous", sanitise(&context.user)),
            "Set context.user to the name of a user, or add the file that has it to KUBECONFIG.",
        )),
        Some(user) => findings.extend(elsewhere(context, user.source.as_ref()).map(|source| {
            let what = format!("takes user {} from another file, {}", sanitise(&user.name), place(source));
            part.at("user").warning("user-from-another-file", &what, "Give the users distinct names when another one was meant.")
        })),
    }
    findings.extend(part.shadows("shadowed-context", &context.shadowed));
    findings
}

/// The place of what a context names, when it is another file.
fn elsewhere<'a>(context: &Context, source: Option<&'a Source>) -> Option<&'a Source> {
    source.filter(|source| source.file != context.source.file)
}

/// What it says itself.
pub fn check(context: &Context) -> Vec<Finding> {
    let part = Part::from(context);
    let mut findings: Vec<Finding> = part.nameless("cannot be chosen").into_iter().collect();
    // clients send it as it is, and no namespace has such a name
    if let Some(namespace) = context.namespace.as_deref().filter(|namespace| !is_label(namespace)) {
        let what = format!("has the namespace `{}`, which no namespace can be called", sanitise(namespace));
        let fix = "Set context.namespace to at most 63 small letters, digits and hyphens, with no hyphen at either end.";
        findings.push(part.at("namespace").warning("namespace-not-a-label", &what, fix));
    }
    findings
}

/// Why a text cannot be the name of a namespace, as the message of a failure.
pub fn no_namespace(name: &str) -> String {
    format!("`{}` cannot be a namespace: it has lower-case letters, digits and dashes only, 63 at most", sanitise(name))
}

/// Whether it is a label of RFC 1123, as the name of a namespace must be.
pub fn is_label(name: &str) -> bool {
    let is_fit = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !name.is_empty() && name.len() <= 63 && name.chars().all(is_fit) && !name.starts_with('-') && !name.ends_with('-')
}
