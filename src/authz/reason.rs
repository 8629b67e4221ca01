//! Reasons as the API server gives them, byte for byte.
//!
//! Sources: the describers of `pkg/registry/rbac/validation/rule.go`, `plugin/pkg/auth/authorizer/rbac/rbac.go`,
//! `apiserver/pkg/authorization/union/union.go`, and the listers' errors (`client-go/listers/rbac/v1`).

use super::decision::Link;
use super::node::Opinion;
use crate::base::text::quote;
use crate::facts::{Binding, Kind, ObjectRef, RoleRef, Subject, SubjectKind};

/// The reason of a chain that allows.
pub fn of_grant(link: &Link) -> String {
    allowed_by(&link.binding, link.role_ref, &link.subject.subject)
}

/// `RBAC: allowed by RoleBinding "readers/dev" of Role "reader" to User "alice"`.
pub fn allowed_by(binding: &ObjectRef, role_ref: RoleRef, subject: &Subject) -> String {
    let named = if binding.kind == Kind::RoleBinding {
        // the name comes before the namespace
        quote(&format!("{}/{}", binding.name, binding.namespace))
    } else {
        quote(binding.name.as_str())
    };
    let to = match subject.kind {
        SubjectKind::ServiceAccount => {
            let namespace = if subject.namespace.is_empty() { binding.namespace } else { subject.namespace };
            quote(&format!("{}/{namespace}", subject.name))
        }
        _ => quote(subject.name.as_str()),
    };
    format!("RBAC: allowed by {} {named} of {} {} to {} {to}", binding.kind, role_ref.kind, quote(role_ref.name.as_str()), subject.kind)
}

/// The reasons of Node and RBAC joined; empty when neither has one.
pub fn of_denial(node: Option<&Opinion>, links: &[Link]) -> String {
    let mut reasons: Vec<String> = node.map(|opinion| opinion.reason.to_string()).filter(|reason| !reason.is_empty()).into_iter().collect();
    let mut errors: Vec<&str> = Vec::new();
    for problem in links.iter().filter(|link| link.in_scope).filter_map(|link| link.problem.as_deref()) {
        if !errors.contains(&problem) {
            errors.push(problem);
        }
    }
    match errors.as_slice() {
        [] => {}
        [one] => reasons.push(format!("RBAC: {one}")),
        several => reasons.push(format!("RBAC: [{}]", several.join(", "))),
    }
    reasons.join("\n")
}

/// The error for a role reference that does not resolve.
pub fn unresolved(binding: &Binding) -> String {
    let name = quote(binding.role_ref.name.as_str());
    match binding.role_ref.kind.as_str() {
        "ClusterRole" => format!("clusterrole.rbac.authorization.k8s.io {name} not found"),
        "Role" => format!("role.rbac.authorization.k8s.io {name} not found"),
        other => format!("unsupported role reference kind: {}", quote(other)),
    }
}
