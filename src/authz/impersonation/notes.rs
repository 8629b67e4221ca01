//! What is further needed, and what follows, where somebody asks about the verb `impersonate` itself.

use super::names;
use crate::authz::Request;
use crate::base::Name;
use crate::base::text::quote;

/// Notes on a request whose verb is `impersonate`; none on others.
pub fn notes(request: &Request) -> Vec<String> {
    let Request::Resource(asked) = request else { return Vec::new() };
    if asked.verb != "impersonate" {
        return Vec::new();
    }
    let name = if asked.name.is_empty() { None } else { Some(asked.name) };
    match (asked.api_group.as_str(), asked.resource.as_str()) {
        ("", "users") => of_user(name),
        ("", "serviceaccounts") => of_account(asked.namespace, name),
        ("", "groups") => of_part("a group", "--as-group", name),
        ("authentication.k8s.io", "uids") => of_part("a uid", "--as-uid", name),
        ("authentication.k8s.io", "userextras") => of_part("an extra attribute", "Impersonate-Extra-KEY", name),
        _ => Vec::new(),
    }
}

const CONSTRAINED: &str = "a server since 1.36 tries narrower verbs first, any of which is enough";

fn of_user(name: Option<Name>) -> Vec<String> {
    let user = name.map_or("somebody", Name::as_str);
    let mut notes = Vec::new();
    if let Some((namespace, account)) = name.and_then(names::service_account) {
        notes.push(format!("acting as {user} is checked as `impersonate` on serviceaccounts {account} in {namespace}, not on users"));
    } else {
        notes.push(format!(
            "whoever acts as {user} holds group system:authenticated and the groups named with --as-group, each of which needs \
             `impersonate` on groups; the groups that {user} has otherwise are not looked up"
        ));
    }
    let (mode, resource) = match name.map(names::node) {
        Some(Some(_)) => ("arbitrary-node", "nodes"),
        _ => ("user-info", "users"),
    };
    notes.push(format!("{CONSTRAINED}: `impersonate:{mode}` on {resource}.authentication.k8s.io together with `impersonate-on:{mode}:VERB` on what is then asked"));
    notes
}

fn of_account(namespace: Name, name: Option<Name>) -> Vec<String> {
    let account = name.map_or("a service account", Name::as_str);
    let place = if namespace.is_empty() { "its namespace" } else { namespace.as_str() };
    vec![
        format!(
            "whoever acts as {account} without --as-group holds the groups of the service accounts of {place}; with one, only those named"
        ),
        format!(
            "{CONSTRAINED}: `impersonate:serviceaccount` on serviceaccounts.authentication.k8s.io together with `impersonate-on:serviceaccount:VERB` on what is then asked"
        ),
    ]
}

fn of_part(what: &str, flag: &str, name: Option<Name>) -> Vec<String> {
    let mut notes =
        vec![format!("{what} ({flag}) is taken only together with a user: `impersonate` on users, or on serviceaccounts, is needed too")];
    if let Some(name) = name.filter(|name| *name == "system:masters") {
        notes.push(format!("the narrower verbs of 1.36 never give group {}: this one alone does", quote(name.as_str())));
    }
    notes
}
