//! RBAC as the reference describes it: every binding scanned, nothing indexed. Written apart from the engine.

use std::collections::BTreeSet;

use whycan::authz::Request;
use whycan::facts::{Binding, Facts, Rule, SubjectKind};
use whycan::identity::Identity;

/// The names of all bindings that allow the request, as `kind namespace/name`.
pub fn allowing(facts: &Facts, identity: &Identity, request: &Request) -> BTreeSet<String> {
    let namespace = request.namespace();
    facts
        .bindings()
        .filter(|binding| binding.cluster || (!namespace.is_empty() && binding.meta.namespace == namespace))
        .filter(|binding| applies(binding, identity))
        .filter(|binding| {
            let role = binding.role().and_then(|role| facts.role(&role));
            role.is_some_and(|role| role.rules.iter().any(|rule| allows(rule, request)))
        })
        .map(|binding| binding.reference().to_string())
        .collect()
}

/// Whether some subject of the binding is the identity or one of its groups.
pub fn applies(binding: &Binding, identity: &Identity) -> bool {
    binding.subjects.iter().any(|subject| match subject.kind {
        SubjectKind::User => identity.username == Some(subject.name),
        SubjectKind::Group => identity.groups.contains(&subject.name),
        SubjectKind::ServiceAccount => {
            let namespace = if subject.namespace.is_empty() { binding.meta.namespace } else { subject.namespace };
            let username = format!("system:serviceaccount:{namespace}:{}", subject.name);
            !namespace.is_empty() && identity.username.is_some_and(|name| name == username.as_str())
        }
        SubjectKind::Other(_) => false,
    })
}

/// Whether a rule allows a request, in plain strings.
pub fn allows(rule: &Rule, request: &Request) -> bool {
    let has = |list: &[whycan::base::Name], wanted: &str| list.iter().any(|entry| *entry == "*" || *entry == wanted);
    match request {
        Request::NonResource { verb, path } => {
            has(&rule.verbs, verb.as_str())
                && rule.non_resource_urls.iter().any(|url| {
                    let url = url.as_str();
                    url == path.as_str() || (url.ends_with('*') && path.as_str().starts_with(url.trim_end_matches('*')))
                })
        }
        Request::Resource(request) => {
            let combined = request.combined();
            let every = format!("*/{}", request.subresource);
            let resource = rule
                .resources
                .iter()
                .any(|entry| *entry == "*" || *entry == combined || (!request.subresource.is_empty() && entry.as_str() == every));
            has(&rule.verbs, request.verb.as_str())
                && has(&rule.api_groups, request.api_group.as_str())
                && resource
                && (rule.resource_names.is_empty() || rule.resource_names.contains(&request.name))
        }
    }
}
