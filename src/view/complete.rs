//! What completes a field of the question, from the facts.

use std::collections::BTreeSet;

use crate::authz::{Index, Principal};
use crate::base::Name;
use crate::facts::Facts;
use crate::identity::Form;

/// How many completions are offered.
const MOST: usize = 50;

/// The verbs, the commonest first.
pub fn verbs() -> Vec<String> {
    ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "impersonate", "bind", "escalate"]
        .map(str::to_owned)
        .to_vec()
}

/// Resources with their groups, and their subresources after them.
pub fn resources(facts: &Facts) -> Vec<String> {
    let mut resources = BTreeSet::new();
    for resource in facts.resources().iter().filter(|resource| !resource.kind.is_empty()) {
        let name = if resource.group.is_empty() { resource.plural.to_string() } else { format!("{}.{}", resource.plural, resource.group) };
        resources.extend(resource.subresources.iter().map(|subresource| format!("{name}/{subresource}")));
        resources.insert(name);
    }
    resources.into_iter().collect()
}

/// Names of objects: those of pods, and those that rules name.
pub fn names(facts: &Facts, resource: &str, namespace: &str) -> Vec<String> {
    let plural = resource.split(['.', '/']).next().unwrap_or_default();
    let mut names = BTreeSet::new();
    if plural == "pods" {
        let pods = facts.pods().filter(|pod| namespace.is_empty() || namespace == "*" || pod.meta.namespace == namespace);
        names.extend(pods.map(|pod| pod.meta.name));
    }
    if plural == "namespaces" {
        names.extend(facts.namespaces().map(|namespace| namespace.meta.name));
    }
    let plural = Name::new(plural);
    for role in facts.roles() {
        let rules = role.rules.iter().filter(|rule| rule.resources.contains(&plural));
        names.extend(rules.flat_map(|rule| rule.resource_names.iter().copied()));
    }
    names.into_iter().filter(|name| !name.is_empty()).map(|name| name.to_string()).collect()
}

/// The namespaces, and `*` for all of them.
pub fn namespaces(facts: &Facts) -> Vec<String> {
    facts.namespace_names().into_iter().map(|name| name.to_string()).chain(["*".to_owned()]).collect()
}

/// Everybody whom a binding names, and every service account; people first, Kubernetes' own last.
pub fn identities(facts: &Facts, index: &Index) -> Vec<String> {
    let mut identities: BTreeSet<(u8, String)> = BTreeSet::new();
    let mut add = |form: Form| {
        let text = form.to_string();
        let rank = match form {
            _ if text.contains("system:") || text.starts_with("sa:kube-system/") => 3,
            Form::User(_) => 0,
            Form::Group(_) => 1,
            Form::ServiceAccount { .. } | Form::Node(_) => 2,
        };
        identities.insert((rank, text));
    };
    for principal in index.principals() {
        add(match principal {
            Principal::User(name) => Form::of_username(name.as_str()),
            Principal::Group(name) => Form::Group(name.to_string()),
        });
    }
    for account in facts.service_accounts() {
        add(Form::ServiceAccount { namespace: account.meta.namespace.to_string(), name: account.meta.name.to_string() });
    }
    identities.into_iter().map(|(_, text)| text).collect()
}

/// Those that fit what is typed: first those that begin so, then those that hold it, then those with its letters in order.
pub fn matching(known: &[String], typed: &str) -> Vec<String> {
    let typed = typed.trim().to_lowercase();
    let mut fitting: Vec<(u8, usize, &String)> = known
        .iter()
        .enumerate()
        .filter_map(|(position, text)| Some((fit(&text.to_lowercase(), &typed)?, position, text)))
        .collect();
    fitting.sort_unstable_by_key(|(fit, position, _)| (*fit, *position));
    fitting.into_iter().take(MOST).map(|(_, _, text)| text.clone()).collect()
}

fn fit(text: &str, typed: &str) -> Option<u8> {
    if text.starts_with(typed) {
        return Some(0);
    }
    if text.contains(typed) {
        return Some(1);
    }
    let mut letters = text.chars();
    typed.chars().all(|c| letters.any(|letter| letter == c)).then_some(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_so_comes_first() {
        let known: Vec<String> = ["deployments.apps", "pods", "pods/log", "endpoints", "podtemplates"].map(str::to_owned).to_vec();
        assert_eq!(matching(&known, "po"), ["pods", "pods/log", "podtemplates", "endpoints", "deployments.apps"]);
        assert_eq!(matching(&known, "dps"), ["deployments.apps"]);
        assert_eq!(matching(&known, "x"), [""; 0]);
        assert_eq!(matching(&known, "").len(), 5);
    }
}
