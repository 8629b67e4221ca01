//! Who may do what more once a fix is applied.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Question;
use super::plan::Plan;
use crate::authz::decision::{Gain, Principal, SubjectAt, Widening};
use crate::authz::index::principal_of;
use crate::base::Name;
use crate::facts::{Binding, ObjectRef, Role, Rule, Subject};

/// Everybody who gains, each once, in the order in which they were found.
#[derive(Debug, Default)]
struct Everybody {
    widens: Vec<Widening>,
    positions: FxHashMap<Principal, usize>,
}

/// Every subject that gains, the asking identity's first; none when more than `most` others do, which is found without
/// looking at them all: a role may be bound to thousands.
pub fn of(question: &Question<'_>, plan: &Plan, most: usize) -> Option<Vec<Widening>> {
    let mut everybody = Everybody::default();
    let new_roles: Vec<&Arc<Role>> = plan.roles().collect();
    for binding in plan.bindings() {
        let known = question.index.binding(&binding.reference()).map_or(0, |before| before.subjects.len());
        let rules = binding.role().map(|role| rules_after(question, &new_roles, &role)).unwrap_or_default();
        for (index, subject) in binding.subjects.iter().enumerate().skip(known) {
            everybody.add(binding, index, *subject, &rules);
        }
    }
    for role in &new_roles {
        let before = question.index.role_rules(&role.reference(), question.door).map(|rules| Arc::clone(rules.rules)).unwrap_or_default();
        let gained: Vec<Rule> = role.rules.iter().filter(|rule| !before.contains(rule)).cloned().collect();
        if gained.is_empty() {
            continue;
        }
        if reaches_more(question, role, most) {
            return None;
        }
        for binding in question.index.all_bindings_to(&role.reference()) {
            for (index, subject) in binding.subjects.iter().enumerate() {
                everybody.add(binding, index, *subject, &gained);
            }
        }
    }
    let mut widens = everybody.widens;
    if widens.len().saturating_sub(1) > most {
        return None;
    }
    widens.sort_by_key(|widening| {
        let at = widening.subject;
        let is_asker = principal_of(&at.subject, at.binding_namespace).is_some_and(|p| crate::authz::index::is_held(question.identity, p));
        (!is_asker, at.subject.kind, at.subject.namespace, at.subject.name)
    });
    Some(widens)
}

/// Whether the bindings of a role name more than `most` others.
fn reaches_more(question: &Question<'_>, role: &Role, most: usize) -> bool {
    let mut seen = FxHashSet::default();
    question.index.bindings_naming(&role.reference()).any(|binding| {
        seen.extend(binding.subjects.iter().filter_map(|subject| principal_of(subject, binding.meta.namespace)));
        seen.len().saturating_sub(1) > most
    })
}

fn rules_after(question: &Question<'_>, new_roles: &[&Arc<Role>], role: &ObjectRef) -> Vec<Rule> {
    let new = new_roles.iter().find(|new| new.reference() == *role).map(|new| new.rules.to_vec());
    new.or_else(|| Some(question.index.role_rules(role, question.door)?.rules.to_vec())).unwrap_or_default()
}

impl Everybody {
    fn add(&mut self, binding: &Binding, index: usize, subject: Subject, rules: &[Rule]) {
        let namespace = binding.meta.namespace;
        // a subject that matches nobody gains nothing
        let Some(principal) = principal_of(&subject, namespace) else { return };
        let place: Option<Name> = (!binding.cluster).then_some(namespace);
        // paths are granted cluster-wide only
        let gains = rules.iter().filter(|rule| binding.cluster || !rule.resources.is_empty());
        let gains: Vec<Gain> = gains.map(|rule| Gain { rule: rule.clone(), namespace: place }).collect();
        if gains.is_empty() {
            return;
        }
        let position = *self.positions.entry(principal).or_insert(self.widens.len());
        match self.widens.get_mut(position) {
            Some(known) => {
                for gain in gains {
                    if !known.gains.contains(&gain) {
                        known.gains.push(gain);
                    }
                }
            }
            None => self.widens.push(Widening { subject: SubjectAt { index, subject, binding_namespace: namespace }, gains }),
        }
    }
}
