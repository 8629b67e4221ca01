//! Bindings that name the identity, and what is wrong with their scope, their role or its rules.

use super::super::decision::{CheckKind, Link, NearMissKind, RuleCheck};
use super::candidate::{Candidate, Likeness, RuleView};
use super::{MOST_FAILING, Question};
use crate::authz::{Request, rbac};

/// Adds what is near in one binding: every rule that one check away, or else the best that is two away.
pub fn collect<'a>(question: &Question<'_>, link: &'a Link, candidates: &mut Vec<Candidate<'a>>) {
    let scope = (!link.in_scope).then_some(CheckKind::Scope);
    if link.problem.is_some() {
        if scope.is_none() {
            candidates.push(candidate(question, link, None, vec![CheckKind::Role]));
        }
        return;
    }
    let near = |most: usize| {
        link.checks.iter().zip(link.rules.iter()).enumerate().filter_map(move |(index, (check, rule))| {
            let failing: Vec<CheckKind> = scope.into_iter().chain(check.failing.iter().copied()).collect();
            let is_near = !failing.is_empty() && failing.len() <= most && rbac::is_comparable(rule, question.request);
            is_near.then_some((view(index, rule, check), failing))
        })
    };
    let before = candidates.len();
    for (rule, failing) in near(1) {
        // several rules that fail alike say the same
        let is_new = candidates.iter().skip(before).all(|known| known.failing != failing);
        if is_new {
            candidates.push(candidate(question, link, Some(rule), failing));
        }
    }
    if candidates.len() == before {
        let two_away = near(MOST_FAILING).map(|(rule, failing)| candidate(question, link, Some(rule), failing));
        candidates.extend(two_away.min_by_key(|candidate| candidate.rank(question)));
    }
}

fn view<'a>(index: usize, rule: &'a crate::facts::Rule, check: &RuleCheck) -> RuleView<'a> {
    RuleView { index, rule, from: check.from }
}

fn candidate<'a>(question: &Question<'_>, link: &Link, rule: Option<RuleView<'a>>, failing: Vec<CheckKind>) -> Candidate<'a> {
    let reference = question.index.binding(&link.binding).and_then(|binding| binding.role());
    Candidate {
        kind: failing.first().map_or(NearMissKind::Verb, |check| kind(*check, question.request)),
        binding: link.binding,
        role_ref: link.role_ref,
        role: reference,
        subject: Some(link.subject),
        likeness: Likeness::Same,
        meant: None,
        rule,
        contributor: None,
        failing,
    }
}

/// The kind of near miss that a failing check makes.
fn kind(check: CheckKind, request: &Request) -> NearMissKind {
    match check {
        CheckKind::Scope if request.namespace().is_empty() => NearMissKind::RoleBindingForClusterScope,
        CheckKind::Scope => NearMissKind::OtherNamespace,
        CheckKind::Role => NearMissKind::MissingRole,
        CheckKind::Aggregation => NearMissKind::NotAggregated,
        CheckKind::Verb => NearMissKind::Verb,
        CheckKind::ApiGroup => NearMissKind::ApiGroup,
        CheckKind::Resource => NearMissKind::Resource,
        CheckKind::Subresource => NearMissKind::Subresource,
        CheckKind::NonResourceUrl => NearMissKind::NonResourceUrl,
        CheckKind::ResourceName => match request {
            Request::Resource(request) if request.name.is_empty() => NearMissKind::ResourceNamesWithoutName,
            _ => NearMissKind::ResourceName,
        },
        CheckKind::Subject => NearMissKind::SubjectMissing,
    }
}
