//! Near misses in words: what is there, what fails, and where.

use super::super::decision::{CheckKind, NearMissKind};
use super::Question;
use super::candidate::{Candidate, Likeness};
use crate::authz::Request;
use crate::authz::request::ResourceRequest;
use crate::base::Name;
use crate::base::text::{edit_distance, enumerate, quote};
use crate::facts::{Kind, ObjectRef, Rule, SubjectKind};

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
                Request::NonResource { .. } => "a path is in none, so it takes a ClusterRoleBinding".to_owned(),
                Request::Resource(request) => {
                    format!("this asks for {} in the whole cluster, which takes a ClusterRoleBinding", request.qualified())
                }
            };
            let there = binding.namespace;
            match beside(candidate, CheckKind::Scope, question) {
                None => format!("{binding} holds in namespace {there} alone; {reach}"),
                Some(also) => format!("{binding} holds in namespace {there} alone, and its role {also}; {reach}"),
            }
        }
        NearMissKind::MissingRole => match &candidate.role {
            Some(role) if candidate.binding.kind == Kind::ClusterRoleBinding && role.kind == Kind::Role => {
                format!("{binding} for {} names Role {}, and a ClusterRoleBinding can only name a ClusterRole", subject(), role.name)
            }
            Some(role) => {
                let meant =
                    meant_role(*role, binding.namespace, question).map(|other| format!(", though {other} does")).unwrap_or_default();
                format!("{binding} for {} names {role}, which does not exist{meant}; what it would allow is not known", subject())
            }
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
            let groups =
                if candidate.failing.contains(&CheckKind::ApiGroup) { format!(" in {}", groups(&rule.api_groups)) } else { String::new() };
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
        (CheckKind::Resource | CheckKind::Subresource, Request::Resource(request)) => {
            format!("not on {}{}", asked(request), candidate.rule.map_or("", |view| misread_resource(view.rule, request)))
        }
        (CheckKind::ResourceName, Request::Resource(request)) if request.name.is_empty() => match request.verb.as_str() {
            "list" | "watch" | "create" | "deletecollection" => format!("and a {} carries no name", request.verb),
            _ => "and this request names none".to_owned(),
        },
        (CheckKind::ResourceName, Request::Resource(request)) => {
            let has_star = candidate.rule.is_some_and(|view| view.rule.resource_names.iter().any(|name| name.as_str().contains('*')));
            format!("not {}{}", request.name, if has_star { LITERAL_STAR } else { "" })
        }
        (CheckKind::NonResourceUrl, Request::NonResource { path, .. }) => {
            let inner_star = |url: &Name| url.as_str().trim_end_matches('*').contains('*');
            let is_misread = candidate.rule.is_some_and(|view| view.rule.non_resource_urls.iter().any(inner_star));
            format!("not {path}{}", if is_misread { " (only a star at the end stands for anything)" } else { "" })
        }
        (CheckKind::Subject, _) => format!("not to {}", question.identity),
        _ => format!("not this ({})", candidate.kind.as_str()),
    }
}

/// Said where a star is only a star.
const LITERAL_STAR: &str = " (a star is no pattern here)";

/// What somebody who wrote such a rule may have taken it for: a pattern, or a kind.
fn misread_resource(rule: &Rule, request: &ResourceRequest) -> &'static str {
    let parent = request.resource.as_str();
    let is_pattern = |entry: &Name| entry.as_str().strip_prefix(parent).is_some_and(|rest| rest.starts_with("/*"));
    let is_other_form = |entry: &Name| {
        let written = entry.as_str().to_lowercase();
        *entry != request.resource && (written == parent || parent.strip_prefix(&written).is_some_and(|rest| matches!(rest, "s" | "es")))
    };
    if rule.resources.iter().any(is_pattern) {
        LITERAL_STAR
    } else if rule.resources.iter().any(is_other_form) {
        " (rules take the lower-case plural)"
    } else {
        ""
    }
}

/// A role that exists and that the reference may have meant: of the other kind, or of almost the same name.
fn meant_role(role: ObjectRef, namespace: Name, question: &Question<'_>) -> Option<ObjectRef> {
    let twin = match role.kind {
        Kind::ClusterRole => ObjectRef::new(Kind::Role, namespace, role.name),
        _ => ObjectRef::new(Kind::ClusterRole, Name::EMPTY, role.name),
    };
    if question.index.role(&twin).is_some() {
        return Some(twin);
    }
    let wanted = role.name.as_str();
    let near = question.index.cluster_roles().filter(|_| role.kind == Kind::ClusterRole).filter_map(|other| {
        let distance = edit_distance(wanted, other.meta.name.as_str(), 2)?;
        // two edits make anything of a short name
        (distance * 4 <= wanted.chars().count()).then(|| (distance, other.reference()))
    });
    near.min().map(|(_, other)| other)
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
        (NearMissKind::SubjectName, _) => {
            let account = identity.service_account().filter(|_| subject.subject.kind == SubjectKind::ServiceAccount).map(|(_, name)| name);
            let meant = candidate.meant.or(account).or(identity.username).unwrap_or_default();
            let holds = |long: Name, short: Name| long.as_str().to_lowercase().contains(&short.as_str().to_lowercase());
            let how = if holds(name, meant) {
                "which is longer than"
            } else if holds(meant, name) {
                "which is only part of"
            } else {
                "which is spelt almost like"
            };
            format!("{binding} grants this to {}, {how} {who}", named(candidate))
        }
        (NearMissKind::SubjectKind, _) => {
            let (kind, truly) = if identity.holds(name) {
                (SubjectKind::Group, format!("{name} is a group that {identity} holds"))
            } else if identity.service_account().is_some() {
                let user = identity.username.unwrap_or_default();
                (SubjectKind::ServiceAccount, format!("{identity} is named by kind ServiceAccount, or as User {user}"))
            } else {
                (SubjectKind::User, format!("{name} is a user"))
            };
            if let SubjectKind::Other(written) = subject.subject.kind {
                let written = quote(written.as_str());
                return format!(
                    "{binding} would grant this to {name}, but has it as kind {written}, which matches nobody; the kind is {kind}"
                );
            }
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
        CheckKind::ApiGroup => rule.map(|rule| groups(&rule.api_groups)).unwrap_or_default(),
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
        CheckKind::Subject if candidate.subject.is_none() => "no subjects".to_owned(),
        CheckKind::Subject => named(candidate),
    }
}

/// The resource as a rule would write it: `pods/log`.
fn asked(request: &ResourceRequest) -> String {
    if request.subresource.is_empty() { request.resource.to_string() } else { format!("{}/{}", request.resource, request.subresource) }
}

/// The API groups of a rule; a rule without any never matches.
fn groups(groups: &[Name]) -> String {
    let named: Vec<String> = groups.iter().map(|group| group_name(*group)).collect();
    if named.is_empty() { "no API group".to_owned() } else { enumerate(&named, "and") }
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
