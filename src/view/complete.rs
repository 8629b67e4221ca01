//! What completes a field of the question, from the facts.

use std::collections::{BTreeMap, BTreeSet};

use super::question::ALL_NAMESPACES;
use crate::authz::{Index, Principal};
use crate::base::Name;
use crate::facts::{Facts, Kind, ObjectRef, Scoping};
use crate::identity::Form;

/// How many completions are offered.
const MOST: usize = 50;

/// Something that completes a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What it puts into the field.
    pub text: String,
    /// What is said beside it: `apps, namespaced`.
    pub note: String,
    /// Other names by which it is found: short names.
    aliases: Vec<String>,
}

impl Completion {
    pub(super) fn new(text: impl Into<String>, note: impl Into<String>) -> Self {
        Self { text: text.into(), note: note.into(), aliases: Vec::new() }
    }
}

/// The verbs, the commonest first, then those that rules have besides.
pub fn verbs(facts: &Facts) -> Vec<Completion> {
    const COMMON: [(&str, &str); 11] = [
        ("get", "one object, by name"),
        ("list", "objects of a kind"),
        ("watch", "changes to objects"),
        ("create", ""),
        ("update", "replace an object"),
        ("patch", "kubectl edit, apply, label"),
        ("delete", "one object, by name"),
        ("deletecollection", "kubectl delete --all"),
        ("impersonate", "act as a user, group or service account"),
        ("bind", "bind a role one does not hold"),
        ("escalate", "write rules one does not hold"),
    ];
    let of_rules: BTreeSet<Name> = facts.roles().flat_map(|role| role.rules.iter()).flat_map(|rule| rule.verbs.iter().copied()).collect();
    let is_other = |verb: &Name| !verb.is_empty() && *verb != "*" && !COMMON.iter().any(|(common, _)| *verb == *common);
    let others = of_rules.into_iter().filter(is_other).map(|verb| Completion::new(verb.as_str(), "in rules here"));
    COMMON.into_iter().map(|(verb, note)| Completion::new(verb, note)).chain(others).collect()
}

/// Resources with their groups, and their subresources after them; then the paths that rules name.
pub fn resources(facts: &Facts) -> Vec<Completion> {
    let known = facts.resources();
    let mut found: BTreeMap<String, Completion> = BTreeMap::new();
    for resource in known.iter().filter(|resource| !resource.kind.is_empty()) {
        let is_alone = known.named(resource.plural.as_str()).iter().filter(|other| other.plural == resource.plural).count() == 1;
        // the bare name is what people say, where it says which
        let group = if resource.group.is_empty() || is_alone { String::new() } else { format!(".{}", resource.group) };
        let scope = if resource.scoping == Scoping::Cluster { "cluster-scoped" } else { "namespaced" };
        let note = format!("{}, {scope}", if resource.group.is_empty() { "core" } else { resource.group.as_str() });
        let aliases = resource.short_names.iter().map(ToString::to_string).chain([resource.singular.to_string()]).collect();
        for subresource in resource.subresources.iter() {
            let text = format!("{}{group}/{subresource}", resource.plural);
            found.insert(text.clone(), Completion::new(text, "subresource"));
        }
        let text = format!("{}{group}", resource.plural);
        found.insert(text.clone(), Completion { aliases, ..Completion::new(text, note) });
    }
    let rules = facts.roles().flat_map(|role| role.rules.iter());
    let paths: BTreeSet<&str> =
        rules.flat_map(|rule| rule.non_resource_urls.iter()).map(|path| path.as_str()).filter(|path| !path.contains('*')).collect();
    found.into_values().chain(paths.into_iter().map(|path| Completion::new(path, "path"))).collect()
}

/// Names of objects: those that are known, and those that rules name.
pub fn names(facts: &Facts, resource: &str, namespace: &str) -> Vec<Completion> {
    let word = resource.split(['.', '/']).next().unwrap_or_default();
    let Some(resource) = facts.resources().named(word).first().copied() else { return Vec::new() };
    let is_here = |object: Name| is_all(namespace) || object == namespace;
    let mut names: BTreeSet<Name> = match resource.plural.as_str() {
        "pods" => facts.pods().filter(|pod| is_here(pod.meta.namespace)).map(|pod| pod.meta.name).collect(),
        "serviceaccounts" => {
            facts.service_accounts().filter(|account| is_here(account.meta.namespace)).map(|account| account.meta.name).collect()
        }
        "namespaces" => facts.namespaces().map(|namespace| namespace.meta.name).collect(),
        "nodes" => facts.nodes().map(|node| node.meta.name).collect(),
        "roles" => facts.roles().filter(|role| !role.cluster && is_here(role.meta.namespace)).map(|role| role.meta.name).collect(),
        "clusterroles" => facts.roles().filter(|role| role.cluster).map(|role| role.meta.name).collect(),
        "rolebindings" => facts.bindings().filter(|one| !one.cluster && is_here(one.meta.namespace)).map(|one| one.meta.name).collect(),
        "clusterrolebindings" => facts.bindings().filter(|one| one.cluster).map(|one| one.meta.name).collect(),
        _ => BTreeSet::new(),
    };
    let mut of_rules: BTreeSet<Name> = BTreeSet::new();
    for role in facts.roles() {
        let rules = role.rules.iter().filter(|rule| rule.resources.contains(&resource.plural) && rule.api_groups.contains(&resource.group));
        of_rules.extend(rules.flat_map(|rule| rule.resource_names.iter().copied()).filter(|name| !name.is_empty()));
    }
    names.retain(|name| !of_rules.contains(name));
    let named = of_rules.into_iter().map(|name| Completion::new(name.as_str(), "named by a rule"));
    named.chain(names.into_iter().map(|name| Completion::new(name.as_str(), ""))).collect()
}

fn is_all(namespace: &str) -> bool {
    matches!(namespace, "" | "*" | ALL_NAMESPACES)
}

/// The namespaces, and the word for all of them.
pub fn namespaces(facts: &Facts) -> Vec<Completion> {
    let named = facts.namespace_names().into_iter().map(|name| Completion::new(name.as_str(), ""));
    named.chain([Completion::new(ALL_NAMESPACES, "all namespaces")]).collect()
}

/// Roles and bindings, as `rules` takes them.
pub fn objects(facts: &Facts) -> Vec<Completion> {
    let all = facts.roles().map(|role| role.reference()).chain(facts.bindings().map(|binding| binding.reference()));
    let named = |object: ObjectRef| match object.namespace.as_str() {
        "" => (object.name.to_string(), object.kind),
        namespace => (format!("{namespace}/{}", object.name), object.kind),
    };
    let sorted: BTreeSet<(bool, String, Kind)> = all.map(named).map(|(name, kind)| (name.starts_with("system:"), name, kind)).collect();
    sorted.into_iter().map(|(_, name, kind)| Completion::new(name, kind.as_str())).collect()
}

/// The groups that bindings name, for the last of a list of groups.
pub fn groups(index: &Index) -> Vec<Completion> {
    let mut names: Vec<Name> = index
        .principals()
        .filter_map(|principal| match principal {
            Principal::Group(name) => Some(name),
            Principal::User(_) => None,
        })
        .collect();
    names.sort_unstable_by_key(|name| (name.as_str().starts_with("system:"), *name));
    names.dedup();
    names.into_iter().map(|name| Completion::new(name.as_str(), "")).collect()
}

/// Everybody whom a binding names, and every service account; people first, Kubernetes' own last.
pub fn identities(facts: &Facts, index: &Index) -> Vec<Completion> {
    let mut identities: BTreeSet<(u8, String)> = BTreeSet::new();
    let mut add = |form: Form| {
        let text = form.to_string();
        let rank = match form {
            _ if text.contains("system:") || text.starts_with("sa:kube-system/") => 3,
            Form::User(_) | Form::Token(_) => 0,
            Form::Group(_) => 1,
            Form::ServiceAccount { .. } | Form::Node(_) | Form::Principal(_) => 2,
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
    for entry in facts.aws().entries_of_cluster() {
        add(Form::Principal(entry.principal.clone()));
    }
    identities.into_iter().map(|(_, text)| Completion::new(text, "")).collect()
}

/// Those that fit what is typed: first those that are called so, then those that begin so, then those that hold it, then
/// those with its letters in order.
pub fn matching(known: Vec<Completion>, typed: &str) -> Vec<Completion> {
    let typed = typed.trim().to_lowercase();
    let rank = |completion: &Completion| {
        if completion.aliases.contains(&typed) { Some(0) } else { fit(&completion.text.to_lowercase(), &typed) }
    };
    let mut fitting: Vec<(u8, Completion)> = known.into_iter().filter_map(|completion| Some((rank(&completion)?, completion))).collect();
    fitting.sort_by_key(|(rank, _)| *rank);
    fitting.into_iter().take(MOST).map(|(_, completion)| completion).collect()
}

fn fit(text: &str, typed: &str) -> Option<u8> {
    if text == typed {
        return Some(0);
    }
    if text.starts_with(typed) {
        return Some(1);
    }
    if text.contains(typed) {
        return Some(2);
    }
    let mut letters = text.chars();
    typed.chars().all(|c| letters.any(|letter| letter == c)).then_some(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(completions: &[Completion]) -> Vec<&str> {
        completions.iter().map(|completion| completion.text.as_str()).collect()
    }

    #[test]
    fn what_begins_so_comes_first() {
        let known = || ["deployments", "pods", "pods/log", "endpoints", "podtemplates"].map(|text| Completion::new(text, "")).to_vec();
        assert_eq!(texts(&matching(known(), "pod")), ["pods", "pods/log", "podtemplates"]);
        assert_eq!(texts(&matching(known(), "po")), ["pods", "pods/log", "podtemplates", "endpoints", "deployments"]);
        assert_eq!(texts(&matching(known(), "dpm")), ["deployments"]);
        assert!(matching(known(), "x").is_empty());
        assert_eq!(matching(known(), "").len(), 5);
    }

    #[test]
    fn short_names_find_their_resource() {
        let facts = Facts::default();
        assert_eq!(texts(&matching(resources(&facts), "po")).first(), Some(&"pods"));
        assert_eq!(texts(&matching(resources(&facts), "deploy")).first(), Some(&"deployments"));
        let events = matching(resources(&facts), "events");
        assert!(texts(&events).contains(&"events") && texts(&events).contains(&"events.events.k8s.io"), "{events:?}");
    }
}
