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

fn of_user(name: Option<Name>) -> Vec<String> {
    let user = name.map_or("somebody", Name::as_str);
    if let Some((namespace, account)) = name.and_then(names::service_account) {
        return vec![
            format!("acting as {user} is checked as `impersonate` on serviceaccounts {account} in {namespace}, not on users"),
            constrained("serviceaccount", "serviceaccounts"),
        ];
    }
    let (mode, resource) = if name.and_then(names::node).is_some() { ("arbitrary-node", "nodes") } else { ("user-info", "users") };
    vec![
        format!(
            "whoever acts as {user} holds group system:authenticated and the groups named with --as-group, each of which needs \
             `impersonate` on groups; the groups that {user} has otherwise are not looked up"
        ),
        constrained(mode, resource),
    ]
}

/// The verbs of 1.36 that do instead.
fn constrained(mode: &str, resource: &str) -> String {
    format!(
        "a server since 1.36 also takes `impersonate:{mode}` on {resource}.authentication.k8s.io together with \
         `impersonate-on:{mode}:VERB` on what is then asked"
    )
}

fn of_account(namespace: Name, name: Option<Name>) -> Vec<String> {
    let account = match name {
        Some(name) if namespace.is_empty() => format!("service account {name}"),
        Some(name) => format!("service account {namespace}/{name}"),
        None => "a service account".to_owned(),
    };
    let place = if namespace.is_empty() { "its namespace" } else { namespace.as_str() };
    vec![
        format!(
            "whoever acts as {account} without --as-group holds the groups of the service accounts of {place}; with one, only those named"
        ),
        constrained("serviceaccount", "serviceaccounts"),
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
