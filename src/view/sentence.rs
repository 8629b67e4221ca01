//! Sentences: what the text report, the Markdown ticket and the screens all say, in the same words.
//!
//! They are projections of a [`Decision`]; nothing is decided here. Names in them are as the cluster has them: who prints
//! a sentence sanitises it.

mod relation;
mod server;

use std::fmt::Display;

use crate::authz::access::{Associated, Says, name_of, scope_of};
use crate::authz::request::ResourceRequest;
use crate::authz::who_can::Entitlement;
use crate::authz::{Authorizer, CheckKind, Decision, Gain, GapEffect, Grant, Link, Request, Verdict, Widening};
use crate::base::text::{count, enumerate};
use crate::base::{Loss, Name};
use crate::facts::aws::PolicyAssociation;
use crate::facts::{ObjectRef, RoleRef, Rule};

pub use relation::relation;
pub use server::{asked, difference, early, is_loading, overruled, server};

/// How many names of a list a sentence gives.
const MOST_NAMES: usize = 12;

/// The whole answer in one sentence: the verdict and its cause.
pub fn answer(decision: &Decision) -> String {
    format!("{}: {}", decision.headline(), because(decision))
}

/// The cause of the verdict, as a clause.
pub fn because(decision: &Decision) -> String {
    if let Some(cause) = overruled(decision) {
        return cause;
    }
    match decision.computed {
        Verdict::Allowed => why_allowed(decision),
        Verdict::Denied => why_denied(decision),
        Verdict::Unknown => why_unknown(decision),
    }
}

fn why_allowed(decision: &Decision) -> String {
    let Some(first) = decision.grants.first() else { return "it is granted".to_owned() };
    let more = decision.grants.len() - 1;
    let others = if more == 0 { String::new() } else { format!(" (and {})", count(more, "more grant")) };
    let path = decision.relation.as_ref().and_then(|relation| relation.paths.first()).filter(|_| first.authorizer == Authorizer::Node);
    let path = path.map_or_else(String::new, |path| format!(": {path}"));
    format!("{}{path}{others}", grant(first))
}

/// One grant: `RoleBinding dev/readers grants Role dev/reader to User alice`.
pub fn grant(grant: &Grant) -> String {
    match grant.authorizer {
        Authorizer::SystemMasters => "group system:masters may do everything, before any rule is asked".to_owned(),
        Authorizer::AccessPolicy => by_policy(grant.policy.as_ref()),
        Authorizer::Node => "the Node authorizer lets a kubelet do this".to_owned(),
        Authorizer::Rbac => {
            let name = |object: Option<ObjectRef>| object.map_or_else(|| "a binding".to_owned(), |object| object.to_string());
            let subject = grant.subject.map_or_else(|| "everybody".to_owned(), |subject| subject.to_string());
            format!("{} grants {} to {subject}", name(grant.binding), name(grant.role))
        }
    }
}

/// `access policy AmazonEKSViewPolicy, associated with arn:… for namespace dev, allows it`.
fn by_policy(policy: Option<&Associated>) -> String {
    policy.map_or_else(
        || "an EKS access policy allows it".to_owned(),
        |policy| format!("access policy {}, associated with {} for {}, allows it", policy.name(), policy.principal, policy.scope()),
    )
}

/// An access policy of a chain: `access policy AmazonEKSViewPolicy for namespace dev`.
pub fn association(association: &PolicyAssociation) -> String {
    format!("access policy {} for {}", name_of(&association.policy), scope_of(association))
}

fn why_denied(decision: &Decision) -> String {
    // a policy that is meant for this says more than bindings that are not
    let meant = decision.policies.iter().find(|policy| policy.says == Says::Elsewhere && policy.allowing().is_some());
    if let Some(policy) = meant {
        return policy.sentence(&decision.request);
    }
    let unbound = unbound(decision);
    match (&decision.relation, decision.policies.as_slice()) {
        (Some(relation), _) => format!("{}, and {unbound}", relation.nothing()),
        (None, []) => unbound,
        (None, [_]) => format!("{unbound}, and its access policy does not allow it"),
        (None, several) => format!("{unbound}, and none of its {} access policies allows it", several.len()),
    }
}

/// What bindings there are, none of which grants it.
fn unbound(decision: &Decision) -> String {
    let Decision { identity, request, .. } = decision;
    let here: Vec<&Link> = decision.links.iter().filter(|link| link.in_scope).collect();
    let there = reach(request);
    let wanted = wanted(request);
    match here.as_slice() {
        [] if there.is_empty() => format!("no ClusterRoleBinding reaches {identity}"),
        [] => format!("no binding reaches {identity}{there}"),
        [only] if only.role.is_none() => format!("the one binding that reaches {identity}{there} names a role that does not exist"),
        links if links.iter().all(|link| link.role.is_none()) => {
            format!("the {} bindings that reach {identity}{there} name roles that do not exist", links.len())
        }
        [_] => format!("the one binding that reaches {identity}{there} does not grant {wanted}"),
        links => format!("{} bindings reach {identity}{there}, and none grants {wanted}", links.len()),
    }
}

/// Where bindings must hold: ` in dev`, or nothing for the whole cluster.
fn reach(request: &Request) -> String {
    let namespace = request.namespace();
    if namespace.is_empty() { String::new() } else { format!(" in {namespace}") }
}

/// What would have to be granted: `delete on pods`, `get on /metrics`.
pub fn wanted(request: &Request) -> String {
    format!("{} on {}", request.verb(), object(request))
}

/// What is acted on: `pods`, `deployments.apps/scale`, `/metrics`.
pub fn object(request: &Request) -> String {
    match request {
        Request::NonResource { path, .. } => path.to_string(),
        Request::Resource(request) => request.qualified(),
    }
}

fn why_unknown(decision: &Decision) -> String {
    let mut open = decision.gaps.iter().filter(|gap| gap.could_change_verdict);
    let Some(first) = open.next() else { return "nothing that was read grants it".to_owned() };
    let more = match open.count() {
        0 => String::new(),
        more => format!(" (and {})", count(more, "more gap")),
    };
    format!("nothing that was read grants it, and {} {}{more}", first.gap.what, lost(first.gap.loss))
}

fn lost(loss: Loss) -> &'static str {
    match loss {
        Loss::NotEvaluated => "could not be evaluated",
        Loss::Loading => "are still being read",
        Loss::Unasked => "were not read",
        Loss::Recorded | Loss::Refused | Loss::Unreachable | Loss::Unreadable => "could not be read",
    }
}

/// A gap with its cause: `roles in namespace dev could not be read: forbidden`.
pub fn gap(effect: &GapEffect) -> String {
    format!("{} {}: {}", effect.gap.what, lost(effect.gap.loss), effect.gap.why)
}

/// A rule in words: `get, list on pods, pods/log`, `get on deployments.apps named web`, `get on /metrics`.
pub fn rule(rule: &Rule) -> String {
    let verbs = if rule.verbs.is_empty() { "no verb".to_owned() } else { list(rule.verbs.iter(), "every verb") };
    let mut objects = Vec::new();
    if !rule.resources.is_empty() {
        objects.push(format!("{}{}", resources(rule), named(rule)));
    }
    if !rule.non_resource_urls.is_empty() {
        objects.push(list(rule.non_resource_urls.iter(), "every path"));
    }
    if objects.is_empty() {
        return format!("{verbs} on nothing");
    }
    format!("{verbs} on {}", objects.join(" and "))
}

fn named(rule: &Rule) -> String {
    if rule.resource_names.is_empty() { String::new() } else { format!(" named {}", list(rule.resource_names.iter(), "*")) }
}

fn resources(rule: &Rule) -> String {
    match rule.api_groups.as_ref() {
        [] => format!("{} of no API group", list(rule.resources.iter(), "every resource")),
        [group] if *group == Name::STAR && rule.resources.as_ref() == [Name::STAR] => "every resource".to_owned(),
        [group] if *group == Name::STAR => format!("{} of every API group", list(rule.resources.iter(), "every resource")),
        [group] if group.is_empty() && rule.resources.as_ref() == [Name::STAR] => "every resource of the core API group".to_owned(),
        [group] if group.is_empty() => list(rule.resources.iter(), "every resource"),
        [group] if rule.resources.contains(&Name::STAR) => format!("every resource of {group}"),
        [group] => list(rule.resources.iter().map(|resource| qualify(*resource, *group)), "every resource"),
        groups => {
            let groups: Vec<String> = groups.iter().map(|group| group_name(*group)).collect();
            format!("{} of {}", list(rule.resources.iter(), "every resource"), enumerate(&groups, "and"))
        }
    }
}

fn group_name(group: Name) -> String {
    match group.as_str() {
        "" => "core".to_owned(),
        "*" => "every API group".to_owned(),
        name => name.to_owned(),
    }
}

/// `deployments.apps/scale`, as kubectl writes a resource of a group.
fn qualify(resource: Name, group: Name) -> String {
    match resource.as_str().split_once('/') {
        Some((parent, subresource)) => format!("{parent}.{group}/{subresource}"),
        None => format!("{resource}.{group}"),
    }
}

/// A list with commas, the first few and how many more; a star in words; an empty name shown as such.
fn list<T: Display>(names: impl IntoIterator<Item = T>, star: &str) -> String {
    let mut names: Vec<String> = names.into_iter().map(|name| name.to_string()).collect();
    if names.iter().any(|name| name == "*") {
        return star.to_owned();
    }
    for name in names.iter_mut().filter(|name| name.is_empty()) {
        "\"\"".clone_into(name);
    }
    if names.len() > MOST_NAMES {
        let more = names.len() - MOST_NAMES;
        names.truncate(MOST_NAMES);
        names.push(format!("{more} more"));
    }
    names.join(", ")
}

/// Why a rule does not allow a request, in a few words: `no verb delete`, `only named db`.
pub fn shortfall(rule: &Rule, failing: &[CheckKind], request: &Request) -> String {
    let said: Vec<String> = failing.iter().map(|check| lacks(rule, *check, request)).collect();
    said.join(", ")
}

fn lacks(rule: &Rule, check: CheckKind, request: &Request) -> String {
    match (check, request) {
        (CheckKind::Verb, request) => format!("no verb {}", request.verb()),
        (CheckKind::ApiGroup, Request::Resource(request)) if request.api_group.is_empty() => "not in the core API group".to_owned(),
        (CheckKind::ApiGroup, Request::Resource(request)) => format!("not in API group {}", request.api_group),
        (CheckKind::Resource, Request::Resource(request)) => format!("not on {}", request.resource),
        (CheckKind::Subresource, Request::Resource(request)) => format!("not on {}", request.combined()),
        (CheckKind::ResourceName, Request::Resource(ResourceRequest { name, .. })) if name.is_empty() => {
            format!("only objects named {}, and this request names none", list(rule.resource_names.iter(), "*"))
        }
        (CheckKind::ResourceName, Request::Resource(_)) => format!("only objects named {}", list(rule.resource_names.iter(), "*")),
        (CheckKind::NonResourceUrl, Request::NonResource { path, .. }) => format!("not on {path}"),
        (check, _) => check_name(check).to_owned(),
    }
}

/// A check as a reader calls it.
pub fn check_name(check: CheckKind) -> &'static str {
    match check {
        CheckKind::Scope => "scope",
        CheckKind::Role => "role",
        CheckKind::Aggregation => "aggregation",
        CheckKind::Verb => "verb",
        CheckKind::ApiGroup => "API group",
        CheckKind::Resource => "resource",
        CheckKind::Subresource => "subresource",
        CheckKind::ResourceName => "resource name",
        CheckKind::NonResourceUrl => "path",
        CheckKind::Subject => "subject",
    }
}

/// The role that a binding names: `ClusterRole view`, also when it does not exist.
pub fn role_of(link: &Link) -> String {
    link.role.map_or_else(|| role_ref(link.role_ref), |role| role.to_string())
}

/// A role reference as written.
pub fn role_ref(role: RoleRef) -> String {
    format!("{} {}", role.kind, role.name)
}

/// The names to which all grants are limited; none when one of them is for every object.
pub fn limits(grants: &[Entitlement]) -> Vec<Name> {
    if grants.iter().any(|grant| grant.names.is_empty()) {
        return Vec::new();
    }
    let mut names: Vec<Name> = grants.iter().flat_map(|grant| grant.names.iter().copied()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What one subject gains and where, one sentence each: `delete on pods in dev`.
pub fn gains(widening: &Widening) -> Vec<String> {
    widening.gains.iter().map(gain).collect()
}

fn gain(gain: &Gain) -> String {
    match gain.namespace {
        Some(namespace) => format!("{} in {namespace}", rule(&gain.rule)),
        // paths have no namespace to be said
        None if gain.rule.resources.is_empty() => rule(&gain.rule),
        None => format!("{} in the whole cluster", rule(&gain.rule)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn of(verbs: &[&str], groups: &[&str], resources: &[&str], names: &[&str], urls: &[&str]) -> Rule {
        let names_of = |texts: &[&str]| -> Arc<[Name]> { texts.iter().map(|text| Name::new(text)).collect() };
        Rule {
            verbs: names_of(verbs),
            api_groups: names_of(groups),
            resources: names_of(resources),
            resource_names: names_of(names),
            non_resource_urls: names_of(urls),
        }
    }

    #[test]
    fn rules_in_words() {
        for (rule_given, words) in [
            (of(&["get", "list"], &[""], &["pods", "pods/log"], &[], &[]), "get, list on pods, pods/log"),
            (of(&["get"], &["apps"], &["deployments", "deployments/scale"], &[], &[]), "get on deployments.apps, deployments.apps/scale"),
            (of(&["*"], &["*"], &["*"], &[], &[]), "every verb on every resource"),
            (of(&["get"], &[""], &["*"], &[], &[]), "get on every resource of the core API group"),
            (of(&["get"], &["apps"], &["*"], &[], &[]), "get on every resource of apps"),
            (of(&["get"], &["*"], &["*/scale"], &[], &[]), "get on */scale of every API group"),
            (of(&["get"], &["", "apps"], &["pods"], &["web", ""], &[]), "get on pods of core and apps named web, \"\""),
            (of(&["get"], &[], &["pods"], &[], &[]), "get on pods of no API group"),
            (of(&["get"], &[], &[], &[], &["/metrics", "/healthz/*"]), "get on /metrics, /healthz/*"),
            (of(&["*"], &[], &[], &[], &["*"]), "every verb on every path"),
            (of(&[], &[""], &["pods"], &[], &[]), "no verb on pods"),
            (of(&["get"], &[""], &[], &[], &[]), "get on nothing"),
        ] {
            assert_eq!(rule(&rule_given), words);
        }
    }

    #[test]
    fn long_lists_are_cut_and_counted() {
        let many: Vec<String> = (0..15).map(|i| format!("name-{i}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let words = rule(&of(&["get"], &[""], &["secrets"], &many, &[]));
        assert!(words.ends_with("name-11, 3 more"), "{words}");
    }

    #[test]
    fn shortfalls() {
        let request = Request::resource("delete", "apps", "deployments", "dev");
        let limited = of(&["get"], &[""], &["deployments"], &["web"], &[]);
        assert_eq!(
            shortfall(&limited, &[CheckKind::Verb, CheckKind::ApiGroup, CheckKind::ResourceName], &request),
            "no verb delete, not in API group apps, only objects named web, and this request names none"
        );
        assert_eq!(shortfall(&limited, &[CheckKind::NonResourceUrl], &Request::path("get", "/metrics")), "not on /metrics");
    }

    #[test]
    fn gains_say_where() {
        let gained = of(&["delete"], &[""], &["pods"], &[], &[]);
        assert_eq!(gain(&Gain { rule: gained.clone(), namespace: Some(Name::new("dev")) }), "delete on pods in dev");
        assert_eq!(gain(&Gain { rule: gained, namespace: None }), "delete on pods in the whole cluster");
        assert_eq!(gain(&Gain { rule: of(&["get"], &[], &[], &[], &["/metrics"]), namespace: None }), "get on /metrics");
    }
}
