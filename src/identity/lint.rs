//! Defects of what makes principals of AWS users of the cluster, and pods roles of AWS: aws-auth, access entries, identity
//! providers, trust policies.

mod aws_auth;
mod entry;
mod item;
mod principal;
mod provider;
mod twice;
mod workload;

use rustc_hash::FxHashSet;

use crate::base::{Finding, Name, Severity};
use crate::facts::{AuthenticationMode, EksCluster, Facts, Kind, SubjectKind};

/// Everything worth telling, worst first, then by subject.
pub fn lint(facts: &Facts) -> Vec<Finding> {
    let known = Known::of(facts);
    let mut findings = aws_auth::findings(&known);
    findings.extend(entry::findings(&known));
    findings.extend(provider::findings(&known));
    findings.extend(workload::findings(facts));
    findings.sort_by(|a, b| (a.severity, &a.subject, a.code, &a.message).cmp(&(b.severity, &b.subject, b.code, &b.message)));
    findings.dedup();
    findings
}

/// What is looked up again and again.
struct Known<'a> {
    facts: &'a Facts,
    cluster: Option<&'a EksCluster>,
    mode: Option<AuthenticationMode>,
    /// The groups that bindings name; none where bindings were not all read.
    groups: Option<FxHashSet<Name>>,
}

impl<'a> Known<'a> {
    fn of(facts: &'a Facts) -> Self {
        let cluster = facts.aws().cluster();
        let is_open = facts.bindings().next().is_none() || facts.gaps().iter().any(|gap| gap.may_hold_anywhere(Kind::RoleBinding.as_str()));
        let subjects = || facts.bindings().flat_map(|binding| binding.subjects.iter());
        let groups = subjects().filter(|subject| subject.kind == SubjectKind::Group).map(|subject| subject.name).collect();
        Self { facts, cluster, mode: cluster.and_then(|cluster| cluster.authentication_mode), groups: (!is_open).then_some(groups) }
    }

    /// Whether no binding names a group that RBAC would have to know; those of Kubernetes and those with placeholders aside.
    fn is_unbound(&self, group: &str) -> bool {
        let is_own = group.starts_with("system:") || group.starts_with("eks:") || group.contains("{{");
        !is_own && self.groups.as_ref().is_some_and(|groups| !groups.contains(&Name::new(group)))
    }

    /// The cluster's name, or a word for it.
    fn cluster_name(&self) -> &'a str {
        self.cluster.map_or("CLUSTER", |cluster| cluster.name.as_str())
    }

    /// A part of the cluster's ARN: 1 is the partition, 4 the account.
    fn part(&self, index: usize) -> Option<&'a str> {
        self.cluster?.arn.split(':').nth(index).filter(|part| !part.is_empty())
    }
}

fn finding(
    code: &'static str,
    severity: Severity,
    subject: impl Into<String>,
    message: impl Into<String>,
    fix: impl Into<String>,
) -> Finding {
    Finding { code, severity, subject: subject.into(), message: message.into(), fix: Some(fix.into()), source: None }
}

#[cfg(test)]
mod tests;
