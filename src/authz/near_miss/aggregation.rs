//! ClusterRoles that grant it and were meant to be part of an aggregated role that is bound, but are not.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::decision::{CheckKind, Link, NearMissKind};
use super::Question;
use super::candidate::{Candidate, Likeness, RuleView};
use crate::authz::rbac;
use crate::base::Name;
use crate::facts::{Aggregation, LabelSelector, Requirement, Role};

/// The label that marks what the API server made itself.
const BOOTSTRAPPING: &str = "kubernetes.io/bootstrapping";

/// Adds, for each aggregated role that is bound in scope, the ClusterRoles that would complete it.
pub fn collect<'a>(question: &Question<'a>, links: &[Link], candidates: &mut Vec<Candidate<'a>>) {
    let mut seen = BTreeSet::new();
    for link in links {
        let Some(role) = link.role.as_ref().and_then(|role| question.index.role(role)) else { continue };
        let Some(aggregation) = role.aggregation.as_deref() else { continue };
        for (id, rules) in question.index.roles_allowing(Name::EMPTY, question.request, question.door) {
            let contributor = rules.role;
            let Some(why) = why_not(question, contributor, aggregation, role, question.index.is_bound(id)) else { continue };
            if !seen.insert((link.binding, contributor.reference())) {
                continue;
            }
            let rule = rules.rules.iter().enumerate().find(|(_, rule)| rbac::allows(rule, question.request));
            candidates.push(Candidate {
                kind: NearMissKind::NotAggregated,
                binding: link.binding,
                role_ref: link.role_ref,
                role: link.role,
                subject: Some(link.subject),
                likeness: Likeness::Same,
                meant: None,
                rule: rule.map(|(index, rule)| RuleView { index, rule, from: Some(contributor.reference()) }),
                contributor: Some((contributor.reference(), why)),
                failing: vec![CheckKind::Aggregation],
            });
        }
    }
}

/// Why a ClusterRole is not part of an aggregated role although it looks meant to be; none when it does not.
fn why_not(question: &Question<'_>, contributor: &Arc<Role>, aggregation: &Aggregation, into: &Role, is_bound: bool) -> Option<String> {
    if contributor.reference() == into.reference() || contributor.aggregation.is_some() {
        return None;
    }
    if aggregation.selectors.iter().any(|selector| selector.matches(&contributor.meta)) {
        return Some("its labels are right, but the controller has not taken its rules over".to_owned());
    }
    let mistake = aggregation.selectors.iter().find_map(|selector| mislabelled(contributor, selector));
    if mistake.is_some() {
        return mistake;
    }
    // a role of one's own that nobody is bound to is one that was made to be aggregated
    let is_own = contributor.meta.label(BOOTSTRAPPING).is_none() && !contributor.meta.name.as_str().starts_with("system:");
    let selects_others = question.index.cluster_roles().any(|role| {
        role.aggregation.as_ref().is_some_and(|other| other.selectors.iter().any(|selector| selector.matches(&contributor.meta)))
    });
    if !is_own || is_bound || selects_others {
        return None;
    }
    let wanted = aggregation.selectors.iter().find_map(wanted)?;
    Some(format!("it lacks the label {wanted}"))
}

/// A label of a selector with another value, or nearly the same key.
pub(in crate::authz) fn mislabelled(contributor: &Role, selector: &LabelSelector) -> Option<String> {
    selector.requirements.iter().find_map(|requirement| {
        let Requirement::In(key, values) = requirement else { return None };
        let [value] = values.as_slice() else { return None };
        let fold = |name: Name| name.as_str().trim().to_lowercase();
        match contributor.meta.label(key.as_str()) {
            Some(written) if fold(written) == fold(*value) || is_affirmation(written) => Some(format!(
                "its label {key} is {}, not {}",
                crate::base::text::quote(written.as_str()),
                crate::base::text::quote(value.as_str())
            )),
            Some(_) => None,
            None => contributor
                .meta
                .labels
                .iter()
                .find(|(other, written)| written == value && crate::base::text::edit_distance(&fold(*other), &fold(*key), 2).is_some())
                .map(|(other, _)| format!("its label is called {other}, not {key}")),
        }
    })
}

/// What people write when they mean `"true"`.
fn is_affirmation(value: Name) -> bool {
    matches!(value.as_str().to_lowercase().as_str(), "true" | "yes" | "y" | "on" | "1")
}

/// The label that a selector of one exact label wants.
fn wanted(selector: &LabelSelector) -> Option<String> {
    match selector.requirements.as_slice() {
        [Requirement::In(key, values)] => match values.as_slice() {
            [value] => Some(format!("{key}={value}")),
            _ => None,
        },
        _ => None,
    }
}
