//! Putting right exactly the checks of a near miss that fail, and nothing else: the proof that it is true.
//!
//! The chain is built beside the cluster: a role with the one rule, a binding with the binding's subjects and scope. So
//! what decides is this chain alone.

use std::sync::Arc;

use whycan::authz::{CheckKind, Door, Index, NearMiss, NearMissKind, Request};
use whycan::base::Name;
use whycan::facts::{Binding, Change, Facts, Meta, Object, Role, RoleRef, Rule, Subject, SubjectKind};
use whycan::identity::Identity;

/// The cluster with the near miss's chain beside it, the given checks put right.
pub fn repaired(facts: &Facts, identity: &Identity, request: &Request, miss: &NearMiss, right: &[CheckKind]) -> Facts {
    let fails = |check: CheckKind| miss.failing().any(|failing| failing == check) && !right.contains(&check);
    let binding = facts.binding(&miss.binding).expect("a near miss names a binding that exists");
    let role_name = Name::new("the chain of a near miss");

    let mut rules = Vec::new();
    if !fails(CheckKind::Aggregation) {
        rules.push(rule(request, miss, right));
    }
    let mut subjects: Vec<Subject> = binding
        .subjects
        .iter()
        .map(|subject| {
            let mut subject = *subject;
            // moved to another namespace it would mean another account
            if subject.kind == SubjectKind::ServiceAccount && subject.namespace.is_empty() {
                subject.namespace = binding.meta.namespace;
            }
            subject
        })
        .collect();
    if right.contains(&CheckKind::Subject) {
        subjects.push(own_subject(identity));
    }
    let (cluster, namespace) = match (binding.cluster, right.contains(&CheckKind::Scope)) {
        (true, _) => (true, Name::EMPTY),
        (false, true) if request.namespace().is_empty() => (true, Name::EMPTY),
        (false, true) => (false, request.namespace()),
        (false, false) => (false, binding.meta.namespace),
    };
    let mut facts = frozen(facts);
    if !fails(CheckKind::Role) {
        let role = Role { meta: Meta::named("", role_name), cluster: true, rules: rules.into(), aggregation: None };
        facts.apply(Change::Upsert(Object::Role(Arc::new(role))));
    }
    let chain = Binding {
        meta: Meta::named(namespace, "the chain of a near miss"),
        cluster,
        role_ref: RoleRef { kind: Name::new("ClusterRole"), name: role_name },
        subjects: subjects.into(),
    };
    facts.apply(Change::Upsert(Object::Binding(Arc::new(chain))));
    facts
}

/// The cluster with aggregated roles as they are filled now, so that the chain's own role flows into none of them.
fn frozen(facts: &Facts) -> Facts {
    let index = Index::new(facts);
    let mut frozen = facts.clone();
    for role in facts.roles().filter(|role| role.aggregation.is_some()) {
        let rules = index.role_rules(&role.reference(), Door::Person).map(|rules| Arc::clone(rules.rules)).unwrap_or_default();
        frozen.apply(Change::Upsert(Object::Role(Arc::new(Role { rules, aggregation: None, ..Role::clone(role) }))));
    }
    frozen
}

/// The rule of the near miss with what is put right; of a role that does not exist, one that allows everything.
fn rule(request: &Request, miss: &NearMiss, right: &[CheckKind]) -> Rule {
    let star = || -> Arc<[Name]> { Arc::from([Name::STAR]) };
    if miss.kind == NearMissKind::MissingRole {
        return Rule { verbs: star(), api_groups: star(), resources: star(), non_resource_urls: star(), ..Rule::default() };
    }
    let mut rule = miss.rule.as_ref().expect("a near miss of an existing role names its rule").rule.clone();
    let with = |list: &Arc<[Name]>, name: Name| -> Arc<[Name]> { list.iter().copied().chain([name]).collect() };
    for check in right {
        match (check, request) {
            (CheckKind::Verb, _) => rule.verbs = with(&rule.verbs, request.verb()),
            (CheckKind::ApiGroup, Request::Resource(request)) => rule.api_groups = with(&rule.api_groups, request.api_group),
            (CheckKind::Resource | CheckKind::Subresource, Request::Resource(request)) => {
                rule.resources = with(&rule.resources, request.combined());
            }
            (CheckKind::ResourceName, Request::Resource(request)) if request.name.is_empty() => rule.resource_names = Arc::from([]),
            (CheckKind::ResourceName, Request::Resource(request)) => rule.resource_names = with(&rule.resource_names, request.name),
            (CheckKind::NonResourceUrl, Request::NonResource { path, .. }) => rule.non_resource_urls = with(&rule.non_resource_urls, *path),
            _ => {}
        }
    }
    rule
}

fn own_subject(identity: &Identity) -> Subject {
    match identity.username {
        Some(name) => Subject { kind: SubjectKind::User, namespace: Name::EMPTY, name },
        None => Subject { kind: SubjectKind::Group, namespace: Name::EMPTY, name: identity.groups[0] },
    }
}
