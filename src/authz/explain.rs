//! The decision with all its reasons.

use std::sync::Arc;

use super::access::{Associated, Says};
use super::decision::{Authorizer, CheckKind, Decision, Grant, Link, Principal, RuleAt, RuleCheck, SubjectAt, Verdict};
use super::index::{Rules, is_held, principal_of, principals};
use super::reason;
use super::{Door, Index, Request, fix, gaps, near_miss, node, rbac};
use crate::base::{Name, known};
use crate::facts::{Binding, Kind, ObjectRef};
use crate::identity::Identity;

/// How many bindings a decision lists; the rest is counted.
const MOST_LINKS: usize = 400;
/// How many RoleBindings of other namespaces are looked at: a group may be bound in ten thousand.
const MOST_ELSEWHERE: usize = 2_000;

/// Decides, and says why: the verdict is always that of [`Index::decide`].
pub fn explain(index: &Index, identity: &Identity, request: &Request, door: Door) -> Decision {
    let mut decision = weigh(index, identity, request, door);
    decision.relation = node::relation(index.graph(), identity, request);
    if decision.verdict != Verdict::Allowed {
        let elsewhere = links_elsewhere(index, identity, request, door);
        let mut near = near_miss::find(index, identity, request, door, &decision.links, &elsewhere);
        decision.fixes = fix::propose(index, identity, request, door, &mut near.listed);
        if decision.fixes.is_empty() {
            // nothing is near: the way to allow it is still worth knowing
            decision.fixes.extend(fix::smallest(index, identity, request, door));
        }
        let associating = fix::associate(index, identity, request, door);
        // near misses name their fixes by position; without any, what AWS associates comes first
        let is_named = near.listed.iter().any(|miss| miss.fix.is_some());
        let position = if is_named { decision.fixes.len() } else { 0 };
        decision.fixes.splice(position..position, associating);
        decision.near_misses = near.listed;
        decision.more_near_misses = near.more;
        decision.links.extend(elsewhere.into_iter().filter(|link| link.checks.iter().any(|check| check.failing.is_empty())));
    }
    decision.notes = super::impersonation::notes(request);
    decision.notes.extend(notes(index, &decision, door));
    decision.more_links = decision.links.len().saturating_sub(MOST_LINKS);
    decision.links.truncate(MOST_LINKS);
    decision
}

/// Decides with the reasons that the API server has: grants, errors and gaps, but no near misses, fixes and notes.
pub(super) fn weigh(index: &Index, identity: &Identity, request: &Request, door: Door) -> Decision {
    let links = links_in_scope(index, identity, request, door);
    let mut grants: Vec<Grant> = Vec::new();
    if identity.holds(*known::MASTERS) {
        grants.push(Grant::by(Authorizer::SystemMasters));
    }
    let opinion = node::opinion(index.graph(), identity, request);
    if opinion.as_ref().is_some_and(|opinion| opinion.allowed) {
        grants.push(Grant::by(Authorizer::Node));
    }
    grants.extend(links.iter().filter_map(grant));
    let policies = index.access().associated(identity, request);
    grants.extend(policies.iter().filter_map(|policy| by_policy(policy, identity)));

    let decided_by = grants.first().map(|grant| grant.authorizer);
    let gaps =
        if decided_by.is_some() { gaps::without_effect(index, identity, request) } else { gaps::effects(index, identity, request, door) };
    let verdict = match decided_by {
        Some(_) => Verdict::Allowed,
        None if gaps.iter().any(|gap| gap.could_change_verdict) => Verdict::Unknown,
        None => Verdict::Denied,
    };
    let reason = match grants.first() {
        Some(grant) => grant.reason.clone(),
        None => reason::of_denial(opinion.as_ref(), &links),
    };
    Decision {
        identity: identity.clone(),
        request: *request,
        door,
        verdict,
        computed: verdict,
        server: None,
        decided_by,
        reason,
        grants,
        links,
        policies,
        more_links: 0,
        relation: None,
        near_misses: Vec::new(),
        more_near_misses: 0,
        fixes: Vec::new(),
        gaps,
        notes: Vec::new(),
    }
}

impl Grant {
    fn by(authorizer: Authorizer) -> Self {
        Self { authorizer, binding: None, role: None, subject: None, rule: None, policy: None, reason: String::new() }
    }
}

fn grant(link: &Link) -> Option<Grant> {
    let position = link.grants()?;
    Some(Grant {
        authorizer: Authorizer::Rbac,
        binding: Some(link.binding),
        role: link.role,
        subject: Some(link.subject),
        rule: link.rule_at(position),
        policy: None,
        reason: reason::of_grant(link),
    })
}

fn by_policy(policy: &Associated, identity: &Identity) -> Option<Grant> {
    let index = policy.allowing().filter(|_| policy.says == Says::Allows)?;
    let id = identity.extra.get(&*known::PRINCIPAL_ID).and_then(|ids| ids.first());
    Some(Grant {
        rule: policy.rules.get(index).map(|rule| RuleAt { index, rule: rule.clone(), from: None }),
        policy: Some(policy.clone()),
        reason: policy.reason(id.map(|id| id.as_str())),
        ..Grant::by(Authorizer::AccessPolicy)
    })
}

impl Link {
    /// The rule at a position, with where it comes from.
    pub fn rule_at(&self, position: usize) -> Option<RuleAt> {
        let rule = self.rules.get(position)?.clone();
        Some(RuleAt { index: position, rule, from: self.checks.get(position).and_then(|check| check.from) })
    }
}

impl Index {
    /// The bindings that name the identity and hold for the request, ClusterRoleBindings first, then by name.
    pub(super) fn bindings_in_scope(&self, identity: &Identity, request: &Request) -> Vec<&Arc<Binding>> {
        let namespace = request.namespace();
        let scopes = if namespace.is_empty() { vec![Name::EMPTY] } else { vec![Name::EMPTY, namespace] };
        self.bindings_in(identity, &scopes)
    }

    fn bindings_in(&self, identity: &Identity, namespaces: &[Name]) -> Vec<&Arc<Binding>> {
        let mut ids: Vec<_> = principals(identity)
            .flat_map(|principal| namespaces.iter().flat_map(move |namespace| self.bindings_of(principal, *namespace)))
            .copied()
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let mut bindings: Vec<&Arc<Binding>> = ids.into_iter().filter_map(|id| self.binding_at(id)).collect();
        bindings.sort_by_key(|binding| binding.reference());
        bindings
    }
}

fn links_in_scope(index: &Index, identity: &Identity, request: &Request, door: Door) -> Vec<Link> {
    index
        .bindings_in_scope(identity, request)
        .into_iter()
        .filter_map(|binding| link(index, binding, identity, request, door, true))
        .collect()
}

/// RoleBindings of other namespaces whose roles have a rule near the request.
fn links_elsewhere(index: &Index, identity: &Identity, request: &Request, door: Door) -> Vec<Link> {
    let mut namespaces: Vec<Name> = principals(identity).flat_map(|principal| index.namespaces_of(principal)).copied().collect();
    namespaces.sort_unstable();
    namespaces.dedup();
    namespaces.retain(|namespace| *namespace != request.namespace());
    namespaces.truncate(MOST_ELSEWHERE);
    let bindings = index.bindings_in(identity, &namespaces);
    bindings
        .into_iter()
        .take(MOST_ELSEWHERE)
        .filter_map(|binding| link(index, binding, identity, request, door, false))
        .filter(|link| link.checks.iter().any(|check| check.failing.len() <= 1))
        .collect()
}

/// What a binding that names the identity says to the request.
fn link(index: &Index, binding: &Arc<Binding>, identity: &Identity, request: &Request, door: Door, in_scope: bool) -> Option<Link> {
    let (subject, via) = first_subject(binding, identity)?;
    let reference = binding.role();
    let rules = reference.and_then(|role| index.role_rules(&role, door));
    let problem = if rules.is_some() { None } else { Some(reason::unresolved(binding)) };
    let checks = rules.as_ref().map_or_else(Vec::new, |rules| check_rules(index, rules, request));
    Some(Link {
        via,
        binding: binding.reference(),
        subject,
        role_ref: binding.role_ref,
        role: reference.filter(|_| rules.is_some()),
        problem,
        in_scope,
        rules: rules.map_or_else(|| Arc::from([]), |rules| Arc::clone(rules.rules)),
        checks,
    })
}

/// The first subject of a binding, by position, that is the identity or one of its groups.
fn first_subject(binding: &Binding, identity: &Identity) -> Option<(SubjectAt, Principal)> {
    let namespace = binding.meta.namespace;
    binding.subjects.iter().enumerate().find_map(|(index, subject)| {
        let principal = principal_of(subject, namespace).filter(|principal| is_held(identity, *principal))?;
        Some((SubjectAt { index, subject: *subject, binding_namespace: namespace }, principal))
    })
}

fn check_rules(index: &Index, rules: &Rules<'_>, request: &Request) -> Vec<RuleCheck> {
    let failing: Vec<Vec<CheckKind>> = rules.rules.iter().map(|rule| rbac::failing(rule, request)).collect();
    // where a stored rule comes from is told for rules that matter: it takes a search
    let matters = |failing: &Vec<CheckKind>| failing.len() <= 1;
    let contributors = if rules.filled.is_none() && failing.iter().any(matters) { index.contributors(rules.role) } else { Vec::new() };
    failing
        .into_iter()
        .zip(rules.rules.iter())
        .enumerate()
        .map(|(position, (failing, rule))| {
            let filled = rules.filled.and_then(|filled| filled.from.get(position)).copied();
            let stored = || contributors.iter().find(|other| other.rules.contains(rule)).map(|other| other.reference());
            RuleCheck { from: filled.or_else(|| matters(&failing).then(stored).flatten()), failing }
        })
        .collect()
}

/// What was assumed on the way to the verdict.
fn notes(index: &Index, decision: &Decision, door: Door) -> Vec<String> {
    let Decision { identity, request, links, .. } = decision;
    let mut notes = Vec::new();
    if door == Door::Person {
        let mut filled: Vec<ObjectRef> =
            links.iter().filter_map(|link| link.role).filter(|role| index.role(role).is_some_and(|role| role.is_unfilled())).collect();
        filled.sort_unstable();
        filled.dedup();
        for role in filled {
            notes.push(format!("{role} has no stored rules; they are filled here as the aggregation controller would"));
        }
    }
    let is_gap = |kind: &Kind| index.gaps().iter().any(|gap| gap.may_hold_anywhere(kind.as_str()));
    let unread = index.missing_for(identity, request);
    let is_unread = |kind: &Kind| is_gap(kind) || unread.iter().any(|gap| gap.may_hold_anywhere(kind.as_str()));
    // what is missing is of no account for an answer that nothing could change
    let of_nodes = if decision.verdict == Verdict::Allowed { &[] } else { node::kinds(identity, request) };
    let needed = Kind::RBAC.iter().chain(of_nodes);
    let absent: Vec<String> = needed.filter(|kind| index.count(**kind) == 0 && !is_unread(kind)).map(|kind| format!("{kind}s")).collect();
    if !absent.is_empty() {
        notes.push(format!("there are no {} here; taken as none in the cluster", crate::base::text::enumerate(&absent, "and")));
    }
    notes.push(index.authorizers().to_owned());
    notes
}
