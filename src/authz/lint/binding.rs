//! Findings about one binding.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::{all_read, finding, is_built_in, subject};
use crate::authz::index::principal_of;
use crate::base::text::quote;
use crate::base::{Finding, Name, Severity, known};
use crate::facts::{Binding, Facts, Kind, ObjectRef, Subject, SubjectKind};

/// Checks a binding.
pub fn check(facts: &Facts, binding: &Arc<Binding>) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_role_ref(facts, binding, &mut findings);
    if binding.subjects.is_empty() && !is_built_in(&binding.meta) {
        findings.push(finding(
            "no-subjects",
            Severity::Warning,
            &binding.reference(),
            format!("{} names nobody, so it grants nothing", binding.reference()),
            "add a subject, or delete the binding",
        ));
    }
    let mut seen = FxHashSet::default();
    for (index, subject) in binding.subjects.iter().enumerate() {
        check_subject(facts, binding, index, subject, &mut findings);
        let principal = principal_of(subject, binding.meta.namespace);
        if principal.is_some_and(|principal| !seen.insert(principal)) {
            findings.push(finding(
                "duplicate-subject",
                Severity::Info,
                &binding.reference(),
                format!("{} names {} {} more than once: subjects[{index}] adds nothing", binding.reference(), subject.kind, subject.name),
                format!("remove subjects[{index}]"),
            ));
        }
    }
    findings
}

fn check_role_ref(facts: &Facts, binding: &Binding, findings: &mut Vec<Finding>) {
    let reference = binding.reference();
    let recreate = "delete the binding and create it anew: a role reference cannot be changed";
    match binding.role() {
        None => findings.push(finding(
            "unknown-role-kind",
            Severity::Error,
            &reference,
            format!("{reference} names a role of kind {}, which Kubernetes does not know", quote(binding.role_ref.kind.as_str())),
            recreate,
        )),
        Some(role) if binding.cluster && role.kind == Kind::Role => findings.push(finding(
            "cluster-role-binding-to-role",
            Severity::Error,
            &reference,
            format!("{reference} names Role {}, and a ClusterRoleBinding can only name a ClusterRole", role.name),
            recreate,
        )),
        Some(role) if facts.role(&role).is_none() => {
            // where roles could not be read, it may be there
            if facts.gaps().iter().any(|gap| gap.may_hold(role.kind.as_str(), role.namespace)) {
                return;
            }
            findings.push(finding(
                "dangling-role-ref",
                Severity::Error,
                &reference,
                format!("{reference} names {role}, which does not exist: it grants nothing until somebody creates a role of that name"),
                format!("create {role}, or delete the binding; a role reference cannot be changed"),
            ));
        }
        Some(_) => {}
    }
}

fn check_subject(facts: &Facts, binding: &Binding, index: usize, subject: &Subject, findings: &mut Vec<Finding>) {
    let reference = binding.reference();
    if let Some(wrong) = subject::check(subject, facts).filter(|_| !is_built_in(&binding.meta)) {
        let message = format!("subjects[{index}] of {reference}, {}, {}", subject.name, wrong.message);
        findings.push(finding(wrong.code, wrong.severity, &reference, message, wrong.fix));
    }
    match subject.kind {
        SubjectKind::ServiceAccount if subject.namespace.is_empty() && binding.cluster => findings.push(finding(
            "subject-without-namespace",
            Severity::Error,
            &reference,
            format!(
                "subjects[{index}] of {reference} is service account {} without a namespace: in a ClusterRoleBinding it matches nobody",
                subject.name
            ),
            format!("set the namespace of subjects[{index}]"),
        )),
        SubjectKind::ServiceAccount if binding.cluster && binding.role_ref.name == "cluster-admin" => {
            let what = if subject.name == "default" {
                "every pod of that namespace that names no other account"
            } else {
                "every pod that runs as it"
            };
            findings.push(finding(
                "cluster-admin-service-account",
                Severity::Warning,
                &reference,
                format!(
                    "subjects[{index}] of {reference} makes service account {}/{} cluster-admin, and {what} with it",
                    subject.namespace, subject.name
                ),
                "bind a role with the rules that are needed",
            ));
        }
        SubjectKind::ServiceAccount => {
            let namespace = if subject.namespace.is_empty() { binding.meta.namespace } else { subject.namespace };
            if !is_built_in(&binding.meta) && all_read(facts, Kind::ServiceAccount) && !facts.has_service_account(namespace, subject.name) {
                findings.push(finding(
                    "missing-service-account",
                    Severity::Warning,
                    &reference,
                    format!("subjects[{index}] of {reference} is service account {namespace}/{}, which does not exist", subject.name),
                    format!("create the service account, or remove subjects[{index}]: whoever creates it later gets these rights"),
                ));
            }
        }
        SubjectKind::Other(kind) => findings.push(finding(
            "unknown-subject-kind",
            Severity::Error,
            &reference,
            format!("subjects[{index}] of {reference} has kind {}, which matches nobody", quote(kind.as_str())),
            "use User, Group or ServiceAccount, spelt exactly so",
        )),
        SubjectKind::User | SubjectKind::Group if subject.name == Name::STAR => findings.push(star(index, &reference)),
        SubjectKind::User if is_group_like(subject) => findings.push(finding(
            "group-as-user",
            Severity::Warning,
            &reference,
            format!("subjects[{index}] of {reference} is User {}, which is a name of Kubernetes' groups", subject.name),
            format!("set the kind of subjects[{index}] to Group"),
        )),
        SubjectKind::Group => check_group(facts, binding, index, subject, findings),
        SubjectKind::User if subject.name == "system:anonymous" => check_group(facts, binding, index, subject, findings),
        SubjectKind::User => {}
    }
}

fn star(index: usize, reference: &ObjectRef) -> Finding {
    finding(
        "star-subject",
        Severity::Error,
        reference,
        format!("subjects[{index}] of {reference} is named *, which is a name like any other and matches nobody"),
        "name group system:authenticated to mean everybody",
    )
}

fn is_group_like(subject: &Subject) -> bool {
    let name = subject.name.as_str();
    ["system:masters", "system:authenticated", "system:unauthenticated", "system:nodes"].contains(&name)
        || (name.starts_with("system:serviceaccounts") && !name.starts_with(crate::identity::SERVICE_ACCOUNT))
}

/// Everybody, or everybody without a credential.
fn check_group(facts: &Facts, binding: &Binding, index: usize, subject: &Subject, findings: &mut Vec<Finding>) {
    let who = if subject.name == *known::AUTHENTICATED {
        "everybody who is authenticated"
    } else if subject.name == *known::UNAUTHENTICATED || subject.name == "system:anonymous" {
        "everybody, without a credential"
    } else {
        return;
    };
    if is_built_in(&binding.meta) {
        return;
    }
    let reference = binding.reference();
    let rules = binding.role().and_then(|role| facts.role(&role)).map(|role| Arc::clone(&role.rules)).unwrap_or_default();
    let writes = rules.iter().any(|rule| {
        !rule.resources.is_empty() && rule.verbs.iter().any(|verb| !matches!(verb.as_str(), "get" | "list" | "watch"))
            || rule.resources.iter().any(|resource| matches!(resource.as_str(), "*" | "secrets"))
    });
    let severity = if writes { Severity::Error } else { Severity::Warning };
    let role = binding.role_ref;
    findings.push(finding(
        "bound-to-everybody",
        severity,
        &reference,
        format!("subjects[{index}] of {reference} gives {} {} to {who}", role.kind, role.name),
        "bind it to the group that needs it",
    ));
}
