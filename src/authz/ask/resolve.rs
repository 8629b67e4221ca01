//! A verb and a resource as people write them, resolved as kubectl resolves them, and said.

use super::{Asked, Need, Part, Surroundings};
use crate::authz::Request;
use crate::authz::request::{METHODS, ResourceRequest, VERBS};
use crate::base::Name;
use crate::base::text::{edit_distance, enumerate};
use crate::facts::{ApiResource, Scoping};

/// Subresources that any resource may have, known or not.
const COMMON_SUBRESOURCES: [&str; 4] = ["status", "scale", "finalizers", "finalize"];

/// Words that people use as verbs, and what asks for the same.
const KUBECTL_WORDS: [(&str, &str); 14] = [
    ("exec", "create pods/exec"),
    ("logs", "get pods/log"),
    ("log", "get pods/log"),
    ("attach", "create pods/attach"),
    ("port-forward", "create pods/portforward"),
    ("cordon", "patch nodes"),
    ("uncordon", "patch nodes"),
    ("drain", "create pods/eviction"),
    ("evict", "create pods/eviction"),
    ("edit", "patch"),
    ("apply", "patch"),
    ("scale", "patch deployments/scale"),
    ("read", "get"),
    ("write", "update"),
];

/// Reads a verb; notes say what was made of it.
pub fn verb(word: &str, notes: &mut Vec<String>) -> String {
    let lower = word.to_lowercase();
    if lower != word {
        notes.push(format!("{word} read as {lower}: verbs are lower case"));
    }
    let is_known = lower == "*" || lower.contains(':') || VERBS.contains(&lower.as_str()) || METHODS.contains(&lower.as_str());
    if !is_known {
        if let Some((_, same)) = KUBECTL_WORDS.iter().find(|(word, _)| *word == lower) {
            notes.push(format!("{lower} is no verb of the API and taken literally; what it does is asked as: {same}"));
        } else {
            let near: Vec<&str> = VERBS.into_iter().filter(|verb| edit_distance(verb, &lower, 2).is_some()).collect();
            let near = if near.is_empty() { String::new() } else { format!("; near it: {}", enumerate(&near, "and")) };
            notes.push(format!("{lower} is no verb that Kubernetes asks about; taken literally{near}"));
        }
    }
    lower
}

/// `VERB RESOURCE[.GROUP][/SUBRESOURCE] [NAME]`.
pub fn request(verb_word: &str, resource_word: &str, name: Option<&str>, surroundings: &Surroundings<'_>) -> Asked {
    let mut notes = Vec::new();
    let verb = verb(verb_word, &mut notes);
    let (named, after_slash) = resource_word.split_once('/').map_or((resource_word, None), |(named, rest)| (named, Some(rest)));
    let resource = resource(named, surroundings, &mut notes);
    let (subresource, mut object) = slash(&resource, after_slash, &mut notes);
    if let Some(name) = name {
        name.clone_into(&mut object);
    }
    let mut request = ResourceRequest {
        verb: Name::new(&verb),
        api_group: resource.group,
        resource: resource.plural,
        subresource: Name::new(&subresource),
        name: Name::new(&name_for(&verb, &subresource, object, &mut notes)),
        namespace: Name::EMPTY,
        selected_node: Name::EMPTY,
    };
    request.namespace = namespace(&request, resource.scoping, surroundings, &mut notes);
    asked(Request::Resource(request), "verb and resource", notes)
}

/// One request, understood.
pub fn asked(request: Request, read_as: &str, notes: Vec<String>) -> Asked {
    Asked {
        parts: vec![Part { request, need: Need::All, purpose: String::new() }],
        read_as: read_as.to_owned(),
        username: None,
        groups: Vec::new(),
        context: None,
        notes,
    }
}

/// A resource as a person names it, resolved.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The group.
    pub group: Name,
    /// The plural, or the word as it stands when nothing goes by it.
    pub plural: Name,
    /// Whether it has namespaces; none when it is not known.
    pub scoping: Option<Scoping>,
    /// Its subresources.
    pub subresources: Vec<Name>,
}

/// Resolves `pods`, `po`, `Pod`, `deployments.apps`, `deployments.v1.apps`.
pub fn resource(word: &str, surroundings: &Surroundings<'_>, notes: &mut Vec<String>) -> Resolved {
    let (name, group) = word.split_once('.').map_or((word, None), |(name, group)| (name, Some(without_version(group))));
    let mut found = surroundings.resources.named(name);
    if let Some(group) = group {
        found.retain(|resource| resource.group == group);
    }
    let Some(resource) = found.first() else {
        let near = surroundings.resources.nearest(name);
        let near = if near.is_empty() {
            String::new()
        } else {
            format!("; near it: {}", enumerate(&near.iter().map(|n| n.as_str()).collect::<Vec<_>>(), "and"))
        };
        if name != "*" {
            notes.push(format!("no resource {word} is known here; taken literally{near}"));
        }
        return Resolved { group: Name::new(group.unwrap_or_default()), plural: Name::new(name), scoping: None, subresources: Vec::new() };
    };
    if resource.plural != name {
        notes.push(format!("{name} read as {}", qualified(resource)));
    }
    if group.is_none() {
        // what the metrics API serves under the same names is another thing, and nobody means it
        let others: Vec<String> = found
            .iter()
            .skip(1)
            .filter(|other| other.plural == resource.plural && !other.kind.is_empty() && other.group != "metrics.k8s.io")
            .map(|other| qualified(other))
            .collect();
        if !others.is_empty() {
            notes.push(format!("{} is meant; there is also {}", qualified(resource), enumerate(&others, "and")));
        }
    }
    Resolved {
        group: resource.group,
        plural: resource.plural,
        scoping: Some(resource.scoping),
        subresources: resource.subresources.to_vec(),
    }
}

fn qualified(resource: &ApiResource) -> String {
    if resource.group.is_empty() {
        format!("{} of the core group", resource.plural)
    } else {
        format!("{}.{}", resource.plural, resource.group)
    }
}

/// `v1.apps` is group apps.
fn without_version(group: &str) -> &str {
    let is_version = |text: &str| text.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    match group.split_once('.') {
        Some((version, group)) if is_version(version) => group,
        None if is_version(group) => "",
        _ => group,
    }
}

/// What stands behind the slash: a subresource, or a name as kubectl would read it.
fn slash(resource: &Resolved, after: Option<&str>, notes: &mut Vec<String>) -> (String, String) {
    let Some(after) = after.filter(|after| !after.is_empty()) else { return Default::default() };
    // the key of an attribute that is impersonated, which has a domain and a slash of its own
    if resource.plural == "userextras" && resource.group == "authentication.k8s.io" {
        return (after.to_owned(), String::new());
    }
    if let Some((name, subresource)) = after.split_once('/') {
        return (subresource.to_owned(), name.to_owned());
    }
    let is_subresource = after == "*" || resource.subresources.iter().any(|known| *known == after) || COMMON_SUBRESOURCES.contains(&after);
    if is_subresource {
        return (after.to_owned(), String::new());
    }
    notes.push(format!("{after} is no known subresource of {}; read as the name of an object, as kubectl does", resource.plural));
    (String::new(), after.to_owned())
}

/// The name that such a request carries.
fn name_for(verb: &str, subresource: &str, name: String, notes: &mut Vec<String>) -> String {
    match verb {
        "create" if subresource.is_empty() && !name.is_empty() => {
            notes.push(format!("a create carries no name: {name} is not sent to the authorizers"));
            String::new()
        }
        "deletecollection" if !name.is_empty() => {
            notes.push(format!("a deletecollection carries no name: {name} is not sent to the authorizers"));
            String::new()
        }
        "list" | "watch" if !name.is_empty() => {
            notes.push(format!("a {verb} carries the name only with --field-selector metadata.name={name}"));
            name
        }
        _ => name,
    }
}

/// The namespace that such a request carries.
pub fn namespace(request: &ResourceRequest, scoping: Option<Scoping>, surroundings: &Surroundings<'_>, notes: &mut Vec<String>) -> Name {
    // the API server puts the name of a namespace object into the namespace of the request (requestinfo.go)
    if request.resource == "namespaces" && request.api_group.is_empty() && !request.name.is_empty() {
        notes.push(format!("a request for namespace {0} is one inside {0}, so RoleBindings there count", request.name));
        return request.name;
    }
    if scoping == Some(Scoping::Cluster) {
        if let Some(namespace) = surroundings.namespace {
            notes.push(format!("cluster-scoped: namespace {namespace} ignored"));
        }
        return Name::EMPTY;
    }
    if surroundings.all_namespaces {
        return Name::EMPTY;
    }
    if let Some(namespace) = surroundings.namespace {
        return Name::new(namespace);
    }
    let (namespace, from) = surroundings.default_namespace.unwrap_or(("default", "nothing else says"));
    notes.push(if surroundings.default_namespace.is_some() {
        format!("namespace {namespace}: that of {from}, as none was given")
    } else {
        "namespace default, as none was given".to_owned()
    });
    Name::new(namespace)
}
