//! Near misses in words: what is there, what fails, and where.

use super::super::decision::{CheckKind, NearMissKind};
use super::Question;
use super::candidate::{Candidate, Likeness};
use crate::authz::Request;
use crate::authz::request::ResourceRequest;
use crate::base::Name;
use crate::base::text::{enumerate, quote};
use crate::facts::{Kind, Rule, SubjectKind};

/// How many names of a list a sentence gives.
const MOST_NAMES: usize = 4;

/// The sentence.
pub fn sentence(candidate: &Candidate<'_>, question: &Question<'_>) -> String {
    let binding = candidate.binding;
    let subject = || candidate.subject.map_or_else(|| "nobody".to_owned(), |subject| subject.to_string());
    match candidate.kind {
        NearMissKind::OtherNamespace => {
            let (here, there) = (question.request.namespace(), binding.namespace);
            match beside(candidate, CheckKind::Scope, question) {
                None => format!("{binding} grants this in namespace {there}, not in {here}"),
                Some(also) => format!("{binding} is for namespace {there}, not {here}, and its role {also}"),
            }
        }
        NearMissKind::RoleBindingForClusterScope => {
            let reach = match question.request {
                Request::NonResource { .. } => "a path has no namespace".to_owned(),
                Request::Resource(request) => format!("this asks for {} in the whole cluster", request.qualified()),
            };
            let there = binding.namespace;
            match beside(candidate, CheckKind::Scope, question) {
                None => format!("{binding} holds in namespace {there} alone; {reach}, which takes a ClusterRoleBinding"),
                Some(also) => format!("{binding} holds in namespace {there} alone, its role {also}; {reach}"),
            }
        }
        NearMissKind::MissingRole => match &candidate.role {
            Some(role) if candidate.binding.kind == Kind::ClusterRoleBinding && role.kind == Kind::Role => {
                format!("{binding} for {} names Role {}, and a ClusterRoleBinding can only name a ClusterRole", subject(), role.name)
            }
            Some(role) => format!("{binding} for {} names {role}, which does not exist; what it would allow is not known", subject()),
            None => format!(
                "{binding} for {} names a role of kind {}, which Kubernetes does not know",
                subject(),
                quote(candidate.role_ref.kind.as_str())
            ),
        },
        NearMissKind::NotAggregated => {
            let into = candidate.role.map_or_else(String::new, |role| role.to_string());
            let (contributor, why) =
                candidate.contributor.as_ref().map_or_else(Default::default, |(role, why)| (role.to_string(), why.clone()));
            format!("{contributor} grants this, but is not part of {into}, which {} has: {why}", subject())
        }
        NearMissKind::SubjectName
        | NearMissKind::SubjectKind
        | NearMissKind::SubjectNamespace
        | NearMissKind::SubjectMissing
        | NearMissKind::GroupNotHeld => on_subject(candidate, question),
        _ => {
            let role = candidate.role.map_or_else(String::new, |role| role.to_string());
            let shortfalls: Vec<String> = candidate.failing.iter().map(|check| shortfall(candidate, *check, question)).collect();
            let allows = match candidate.rule {
                Some(view) => allows(view.rule, candidate, question),
                None => String::new(),
            };
            format!("{role}, bound to {} by {binding}, allows {allows}, {}", subject(), enumerate(&shortfalls, "and"))
        }
    }
}

/// What else fails, for a chain that fails in two ways.
fn beside(candidate: &Candidate<'_>, first: CheckKind, question: &Question<'_>) -> Option<String> {
    let other = candidate.failing.iter().find(|check| **check != first)?;
    let allows = candidate.rule.map_or_else(String::new, |view| allows(view.rule, candidate, question));
    Some(format!("allows {allows}, {}", shortfall(candidate, *other, question)))
}

/// What the rule allows, as far as it is near: `get and list on pods`, `delete on secrets named db`.
fn allows(rule: &Rule, candidate: &Candidate<'_>, question: &Question<'_>) -> String {
    let verb = if candidate.failing.contains(&CheckKind::Verb) { names(&rule.verbs, "and") } else { question.request.verb().to_string() };
    match question.request {
        Request::NonResource { path, .. } => {
            let paths = if candidate.failing.contains(&CheckKind::NonResourceUrl) {
                names(&rule.non_resource_urls, "and")
            } else {
                path.to_string()
            };
            format!("{verb} on {paths}")
        }
        Request::Resource(request) => {
            let asked = asked(request);
            let is_other = |check: &CheckKind| matches!(check, CheckKind::Resource | CheckKind::Subresource);
            let resources = if candidate.failing.iter().any(is_other) { names(&rule.resources, "and") } else { asked };
            let groups = if candidate.failing.contains(&CheckKind::ApiGroup) {
                let groups: Vec<String> = rule.api_groups.iter().map(|group| group_name(*group)).collect();
                format!(" in {}", if groups.is_empty() { "no API group".to_owned() } else { enumerate(&groups, "and") })
            } else {
                String::new()
            };
            let named = if candidate.failing.contains(&CheckKind::ResourceName) {
                format!(" named {}", names(&rule.resource_names, "and"))
            } else {
                String::new()
            };
            format!("{verb} on {resources}{groups}{named}")
        }
    }
}

/// What the rule lacks: `not delete`, `not in API group apps`, `and this request carries no name`.
fn shortfall(candidate: &Candidate<'_>, check: CheckKind, question: &Question<'_>) -> String {
    match (check, question.request) {
        (CheckKind::Verb, request) => format!("not {}", request.verb()),
        (CheckKind::ApiGroup, Request::Resource(request)) => format!("not in {}", group_name(request.api_group)),
        (CheckKind::Resource | CheckKind::Subresource, Request::Resource(request)) => format!("not on {}", asked(request)),
        (CheckKind::ResourceName, Request::Resource(request)) if request.name.is_empty() => match request.verb.as_str() {
            "list" | "watch" | "create" | "deletecollection" => format!("and a {} carries no name", request.verb),
            _ => "and this request names none".to_owned(),
        },
        (CheckKind::ResourceName, Request::Resource(request)) => format!("not {}", request.name),
        (CheckKind::NonResourceUrl, Request::NonResource { path, .. }) => format!("not {path}"),
        (CheckKind::Subject, _) => format!("not to {}", question.identity),
        _ => format!("not this ({})", candidate.kind.as_str()),
    }
}

fn on_subject(candidate: &Candidate<'_>, question: &Question<'_>) -> String {
    let binding = candidate.binding;
    let identity = question.identity;
    let Some(subject) = candidate.subject else {
        return format!("{binding} grants this, but names nobody");
    };
    let name = subject.subject.name;
    let who = candidate.meant.map_or_else(|| identity.to_string(), |group| format!("group {group}, which {identity} holds"));
    match (candidate.kind, candidate.likeness) {
        (NearMissKind::SubjectName, Likeness::Spelling) => {
            format!("{binding} grants this to {}, which differs in case or blanks from {who}", named(candidate))
        }
        (NearMissKind::SubjectName, _) => format!("{binding} grants this to {}, which is spelt almost like {who}", named(candidate)),
        (NearMissKind::SubjectKind, _) => {
            let truly = if identity.holds(name) {
                format!("{name} is a group that {identity} holds")
            } else if identity.service_account().is_some() {
                format!("{identity} is a service account")
            } else {
                format!("{name} is a user")
            };
            format!("{binding} grants this to {}, but {truly}", named(candidate))
        }
        (NearMissKind::SubjectNamespace, _) => {
            let place = if subject.subject.namespace.is_empty() && candidate.binding.kind == Kind::ClusterRoleBinding {
                format!("a service account {name} without namespace, which matches nobody")
            } else {
                named(candidate)
            };
            format!("{binding} grants this to {place}, not to {identity}")
        }
        (NearMissKind::GroupNotHeld, _) => format!("{binding} grants this to group {name}, which {identity} does not hold"),
        _ => format!("{binding} grants this to {}, not to {identity}", named(candidate)),
    }
}

fn named(candidate: &Candidate<'_>) -> String {
    let Some(subject) = candidate.subject else { return "nobody".to_owned() };
    match subject.subject.kind {
        // blanks and case must be seen
        SubjectKind::User | SubjectKind::Group if candidate.likeness == Likeness::Spelling => {
            format!("{} {}", subject.subject.kind, quote(subject.subject.name.as_str()))
        }
        _ => subject.to_string(),
    }
}

/// The few words behind a check.
pub fn detail(candidate: &Candidate<'_>, question: &Question<'_>, check: CheckKind) -> String {
    let rule = candidate.rule.map(|view| view.rule);
    let request = match question.request {
        Request::Resource(request) => Some(request),
        Request::NonResource { .. } => None,
    };
    match check {
        CheckKind::Scope if candidate.namespace().is_empty() => "cluster-wide".to_owned(),
        CheckKind::Scope => format!("namespace {}", candidate.namespace()),
        CheckKind::Role => match &candidate.role {
            Some(role) if candidate.failing.contains(&CheckKind::Role) => format!("{role} does not exist"),
            Some(role) => role.to_string(),
            None => format!("kind {} does not exist", quote(candidate.role_ref.kind.as_str())),
        },
        CheckKind::Aggregation => candidate.contributor.as_ref().map(|(_, why)| why.clone()).unwrap_or_default(),
        CheckKind::Verb => rule.map(|rule| names(&rule.verbs, "and")).unwrap_or_default(),
        CheckKind::ApiGroup => rule
            .map(|rule| enumerate(&rule.api_groups.iter().map(|group| group_name(*group)).collect::<Vec<_>>(), "and"))
            .unwrap_or_default(),
        CheckKind::Resource | CheckKind::Subresource => rule.map(|rule| names(&rule.resources, "and")).unwrap_or_default(),
        CheckKind::ResourceName => match (rule, request) {
            (Some(rule), _) if rule.resource_names.is_empty() => "any name".to_owned(),
            (Some(rule), Some(request)) if request.name.is_empty() => {
                format!("{}; the request carries none", names(&rule.resource_names, "and"))
            }
            (Some(rule), _) => names(&rule.resource_names, "and"),
            (None, _) => String::new(),
        },
        CheckKind::NonResourceUrl => rule.map(|rule| names(&rule.non_resource_urls, "and")).unwrap_or_default(),
        CheckKind::Subject => candidate.subject.map_or_else(|| "no subjects".to_owned(), |subject| subject.to_string()),
    }
}

/// The resource as a rule would write it: `pods/log`.
fn asked(request: &ResourceRequest) -> String {
    if request.subresource.is_empty() { request.resource.to_string() } else { format!("{}/{}", request.resource, request.subresource) }
}

/// `the core API group`, `API group apps`.
fn group_name(group: Name) -> String {
    if group.is_empty() { "the core API group".to_owned() } else { format!("API group {group}") }
}

/// A list of names, the first few and how many more; an empty name is shown as such.
fn names(names: &[Name], last: &str) -> String {
    let show = |name: &Name| if name.is_empty() { "\"\"".to_owned() } else { name.to_string() };
    let mut shown: Vec<String> = names.iter().take(MOST_NAMES).map(show).collect();
    if names.len() > MOST_NAMES {
        shown.push(format!("{} more", names.len() - MOST_NAMES));
    }
    enumerate(&shown, last)
}
