//! Aggregated ClusterRoles, filled as the controller would fill them.
//!
//! The authorizer reads stored rules; a controller computes them
//! (`pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go`). Files that people keep in Git, and
//! control planes without that controller, have aggregated roles without rules.

use std::sync::Arc;

use super::{Index, RoleId};
use crate::facts::{ObjectRef, Role, Rule};

/// The rules that the controller would give an aggregated role, and who contributes each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// The rules.
    pub rules: Arc<[Rule]>,
    /// The contributor of each rule.
    pub from: Arc<[ObjectRef]>,
}

/// What one ClusterRole contributes: each rule, and where it comes from.
type Contribution = Vec<(Rule, ObjectRef)>;

/// The positions of the roles that an aggregated role takes in: for each selector in order, those it selects by name.
fn selected(own: &Role, roles: &[(RoleId, Arc<Role>)]) -> Vec<usize> {
    let mut selected: Vec<usize> = Vec::new();
    let mut seen = rustc_hash::FxHashSet::default();
    for selector in own.aggregation.iter().flat_map(|aggregation| &aggregation.selectors) {
        let others = roles.iter().enumerate().filter(|(_, (_, role))| role.meta.name != own.meta.name && selector.matches(&role.meta));
        selected.extend(others.map(|(position, _)| position).filter(|position| seen.insert(*position)));
    }
    selected
}

/// Each rule of the selected roles that is not there yet.
fn contribution(selected: &[usize], contributions: &[Contribution]) -> Contribution {
    let mut rules: Contribution = Vec::new();
    let mut seen: rustc_hash::FxHashSet<&Rule> = rustc_hash::FxHashSet::default();
    for (rule, from) in selected.iter().filter_map(|position| contributions.get(*position)).flatten() {
        if seen.insert(rule) {
            rules.push((rule.clone(), *from));
        }
    }
    rules
}

impl Index {
    /// Whether a role contributes, or would, to a role that must be filled.
    pub(super) fn is_selected(&self, role: &Role) -> bool {
        role.cluster
            && self.unfilled.iter().filter_map(|id| self.roles.get(id.0 as usize)).any(|entry| {
                entry
                    .role
                    .as_ref()
                    .and_then(|unfilled| unfilled.aggregation.as_ref())
                    .is_some_and(|aggregation| aggregation.selectors.iter().any(|selector| selector.matches(&role.meta)))
            })
    }

    /// Fills every aggregated role without rules, again and again until nothing changes, as the controller's queue does.
    pub(super) fn fill(&mut self) {
        if self.unfilled.is_empty() {
            return;
        }
        let mut order: Vec<RoleId> = self.role_ids.values().copied().collect();
        order.retain(|id| self.roles.get(id.0 as usize).is_some_and(|entry| entry.role.as_ref().is_some_and(|role| role.cluster)));
        order.sort_by_key(|id| self.roles.get(id.0 as usize).map(|entry| entry.reference.name));

        let roles: Vec<(RoleId, Arc<Role>)> =
            order.iter().filter_map(|id| Some((*id, Arc::clone(self.roles.get(id.0 as usize)?.role.as_ref()?)))).collect();
        let mut contributions: Vec<Contribution> =
            roles.iter().map(|(_, role)| role.rules.iter().map(|rule| (rule.clone(), role.reference())).collect()).collect();
        // labels do not change meanwhile
        let unfilled = roles.iter().enumerate().filter(|(_, (_, role))| role.is_unfilled());
        let unfilled: Vec<(usize, Vec<usize>)> = unfilled.map(|(position, (_, role))| (position, selected(role, &roles))).collect();
        // each round settles at least one role, so this ends; a cycle settles when it has all rules of its members
        for _ in 0..=self.unfilled.len() {
            let mut changed = false;
            for (position, selected) in &unfilled {
                let rules = contribution(selected, &contributions);
                if let Some(slot) = contributions.get_mut(*position).filter(|slot| **slot != rules) {
                    *slot = rules;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        for ((id, role), contribution) in roles.iter().zip(contributions).filter(|((_, role), _)| role.is_unfilled()) {
            let (rules, from): (Vec<Rule>, Vec<ObjectRef>) = contribution.into_iter().unzip();
            self.set_filled(*id, role.reference(), Filled { rules: rules.into(), from: from.into() });
        }
    }

    fn set_filled(&mut self, id: RoleId, reference: ObjectRef, filled: Filled) {
        let Some(entry) = self.roles.get_mut(id.0 as usize) else { return };
        if entry.filled.as_ref() == Some(&filled) {
            return;
        }
        let rules = Arc::clone(&filled.rules);
        if let Some(before) = entry.filled.replace(filled) {
            self.unlist(id, reference.namespace, &before.rules);
        }
        self.list(id, reference.namespace, &rules);
    }

    /// The ClusterRoles that an aggregated role takes its rules from, by name; none for a role that is not aggregated.
    pub(in crate::authz) fn contributors(&self, role: &Role) -> Vec<&Arc<Role>> {
        let Some(aggregation) = role.aggregation.as_ref() else { return Vec::new() };
        let mut selected: Vec<&Arc<Role>> = self
            .cluster_roles()
            .filter(|other| other.meta.name != role.meta.name)
            .filter(|other| aggregation.selectors.iter().any(|selector| selector.matches(&other.meta)))
            .collect();
        selected.sort_by_key(|other| other.meta.name);
        selected
    }

    /// Every ClusterRole, in no particular order.
    pub(in crate::authz) fn cluster_roles(&self) -> impl Iterator<Item = &Arc<Role>> {
        self.roles.iter().filter_map(|entry| entry.role.as_ref()).filter(|role| role.cluster)
    }
}
