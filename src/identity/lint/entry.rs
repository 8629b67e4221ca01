//! Access entries: of principals that are gone, without rights, with groups and namespaces that are nowhere named.

use super::{Known, finding};
use crate::base::text::is_pattern;
use crate::base::{Finding, Name, Severity};
use crate::facts::{AccessEntry, Kind};
use crate::identity::aws::mapping::is_stale;

/// The findings.
pub fn findings(known: &Known<'_>) -> Vec<Finding> {
    known.facts.aws().entries_of_cluster().flat_map(|entry| of_entry(entry, known)).collect()
}

fn of_entry(entry: &AccessEntry, known: &Known<'_>) -> Vec<Finding> {
    let aws = known.facts.aws();
    let cluster = known.cluster_name();
    let principal = &entry.principal;
    let subject = format!("access entry {principal}");
    let mut findings = Vec::new();
    let mut tell = |code, severity, message: String, fix: String| findings.push(finding(code, severity, subject.clone(), message, fix));
    let delete = format!("aws eks delete-access-entry --cluster-name {cluster} --principal-arn {principal}");
    if aws.is_gone(principal) {
        let message = "there is no such principal any more, and one that is made anew under its name does not get the entry".to_owned();
        tell("access-entry-principal-gone", Severity::Warning, message, format!("Delete it: {delete}"));
    } else if is_stale(entry, aws) == Some(true) {
        let message = "it is bound to a principal that is gone: the one of this ARN was created after the entry, and is refused".to_owned();
        let anew = format!("Make it anew: {delete}; aws eks create-access-entry --cluster-name {cluster} --principal-arn {principal}");
        tell("access-entry-stale", Severity::Error, message, anew);
    }
    if !matches!(entry.kind.as_str(), "STANDARD" | "") {
        return findings;
    }
    for group in &entry.groups {
        if known.is_unbound(group) {
            let message = format!("no binding that was read names group {group}, and EKS makes none");
            let fix = format!("Bind it: kubectl create clusterrolebinding NAME --clusterrole=ROLE --group={group}");
            tell("access-entry-unbound-group", Severity::Warning, message, fix);
        }
    }
    let policies = aws.policies_of(entry);
    if entry.groups.is_empty() && policies.is_some_and(<[_]>::is_empty) {
        let message =
            "it has neither groups nor access policies: who has it may log in, and do what bindings to the user name allow".to_owned();
        let fix = format!(
            "Give it a policy: aws eks associate-access-policy --cluster-name {cluster} --principal-arn {principal} --access-scope type=cluster --policy-arn POLICY"
        );
        tell("access-entry-without-rights", Severity::Info, message, fix);
    }
    let is_read = known.facts.count(Kind::Namespace) > 0 && !known.facts.gaps().iter().any(|gap| gap.may_hold_anywhere("Namespace"));
    for policy in policies.unwrap_or_default() {
        let name = policy.policy.rsplit('/').next().unwrap_or_default();
        for namespace in policy.namespaces.iter().filter(|_| policy.is_namespaced && is_read) {
            if !is_pattern(namespace) && known.facts.namespace(Name::new(namespace)).is_none() {
                let message = format!("{name} holds in namespace {namespace}, which does not exist: EKS does not look");
                let fix = "Name a namespace that there is, or a pattern such as dev-*.".to_owned();
                tell("access-policy-namespace", Severity::Warning, message, fix);
            }
        }
    }
    // the default is told of every role that has one
    let is_default = entry.username.contains(":assumed-role/");
    if !is_default && (entry.username.contains("{{SessionName}}") || entry.username.contains("{{SessionNameRaw}}")) {
        let message = format!("its user name is {}: whoever becomes the role chooses what stands there", entry.username);
        tell("access-entry-session-name", Severity::Info, message, "Bind its groups, and not the names of sessions.".to_owned());
    }
    findings
}
