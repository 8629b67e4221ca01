//! Findings about roles and bindings: what does not work, what surprises, what nobody uses.

mod binding;
mod role;
mod served;
mod subject;
mod width;

use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::base::{Finding, Severity};
use crate::facts::{Facts, Kind, ObjectRef};

/// Everything worth telling about the roles and bindings of a cluster, worst first, then by object.
pub fn lint(facts: &Facts) -> Vec<Finding> {
    let bound: FxHashSet<ObjectRef> = facts.bindings().filter_map(|binding| binding.role()).collect();
    let cluster_bound: FxHashSet<ObjectRef> =
        facts.bindings().filter(|binding| binding.cluster).filter_map(|binding| binding.role()).collect();
    let is_discovered = served::is_discovered(facts);
    let mut findings: Vec<(Severity, ObjectRef, Finding)> = Vec::new();
    let mut tell = |object: ObjectRef, finding: Finding| findings.push((finding.severity, object, finding));
    for binding in facts.bindings() {
        for finding in binding::check(facts, binding) {
            tell(binding.reference(), finding);
        }
    }
    for role in facts.roles() {
        let reference = role.reference();
        let use_ = Use { bound: bound.contains(&reference), cluster_bound: cluster_bound.contains(&reference), is_discovered };
        for finding in role::check(facts, role, use_) {
            tell(reference, finding);
        }
    }
    findings.sort_by(|a, b| (a.0, a.1, a.2.code, &a.2.message).cmp(&(b.0, b.1, b.2.code, &b.2.message)));
    findings.into_iter().map(|(_, _, finding)| finding).collect()
}

/// How a role is used.
#[derive(Clone, Copy, Debug)]
struct Use {
    bound: bool,
    cluster_bound: bool,
    /// Whether it is told what the API serves.
    is_discovered: bool,
}

/// Whether the API server or its controllers made the object: their mistakes are nobody's here to mend.
fn is_built_in(meta: &crate::facts::Meta) -> bool {
    meta.label("kubernetes.io/bootstrapping").is_some() || meta.name.as_str().starts_with("system:")
}

fn finding(code: &'static str, severity: Severity, subject: &ObjectRef, message: String, fix: impl Into<String>) -> Finding {
    Finding { code, severity, subject: subject.to_string(), message, fix: Some(fix.into()), source: None }
}

/// Whether every gap leaves objects of this kind whole, so that "there is none" can be said.
fn all_read(facts: &Facts, kind: Kind) -> bool {
    facts.count(kind) > 0 && !facts.gaps().iter().any(|gap| gap.may_hold_anywhere(kind.as_str()))
}

/// ClusterRoles that an aggregated role takes rules from.
fn is_selected(facts: &Facts, role: &Arc<crate::facts::Role>) -> bool {
    role.cluster
        && facts.roles().any(|other| {
            other.aggregation.as_ref().is_some_and(|aggregation| aggregation.selectors.iter().any(|selector| selector.matches(&role.meta)))
        })
}

#[cfg(test)]
mod tests;
