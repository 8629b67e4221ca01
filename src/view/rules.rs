//! Roles and bindings in both directions: what a role grants and to whom, what a binding grants and through what.

pub mod listing;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::authz::{Door, Index};
use crate::base::text::edit_distance;
use crate::facts::{Binding, Facts, Kind, ObjectRef, Role, Rule};

/// Roles and bindings that were asked for.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Roles, sorted by kind, namespace and name.
    pub roles: Vec<RoleRow>,
    /// Bindings, sorted likewise.
    pub bindings: Vec<BindingRow>,
}

/// A role, what it grants and to whom.
#[derive(Clone, Debug)]
pub struct RoleRow {
    /// Which.
    pub role: ObjectRef,
    /// Its rules; as the aggregation controller would fill them where it has not.
    pub rules: Vec<RuleRow>,
    /// Whether the rules were filled here.
    pub filled: bool,
    /// The ClusterRoles that an aggregated role selects.
    pub aggregates: Vec<ObjectRef>,
    /// The bindings that name it.
    pub bindings: Vec<Arc<Binding>>,
}

/// A rule, and the ClusterRole that contributed it to an aggregated role.
#[derive(Clone, Debug)]
pub struct RuleRow {
    /// The rule.
    pub rule: Rule,
    /// Its contributor.
    pub from: Option<ObjectRef>,
}

/// A binding and its role.
#[derive(Clone, Debug)]
pub struct BindingRow {
    /// The binding.
    pub binding: Arc<Binding>,
    /// The role it names; none for a kind that Kubernetes does not resolve.
    pub role: Option<ObjectRef>,
    /// Whether that role exists.
    pub exists: bool,
    /// The role's rules, when the binding was asked for by name.
    pub rules: Vec<RuleRow>,
}

/// What somebody asked for by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The kind, when it was given.
    pub kind: Option<Kind>,
    /// The namespace, when it was given.
    pub namespace: Option<String>,
    /// The name, when it was given.
    pub name: Option<String>,
}

impl Wanted {
    /// Reads `view`, `dev/reader`, `clusterrole/view`, `Role dev/reader`.
    pub fn read(words: &str) -> Self {
        let mut rest = words.trim();
        let mut kind = None;
        if let Some((first, other)) = rest.split_once([' ', '/'])
            && let Some(known) = kind_of(first)
        {
            kind = Some(known);
            rest = other.trim();
        }
        match rest.split_once('/') {
            Some((namespace, name)) => Self { kind, namespace: Some(namespace.to_owned()), name: Some(name.to_owned()) },
            None => Self { kind, namespace: None, name: Some(rest.to_owned()) },
        }
    }

    /// One object alone.
    pub fn object(object: &ObjectRef) -> Self {
        let namespace = (!object.namespace.is_empty()).then(|| object.namespace.to_string());
        Self { kind: Some(object.kind), namespace, name: Some(object.name.to_string()) }
    }

    /// As the command line takes it, in words: `view`, `dev/reader`, `Role dev/reader`; none for all there are.
    pub fn words(&self) -> Vec<String> {
        let Some(name) = &self.name else { return Vec::new() };
        let name = self.namespace.as_ref().map_or_else(|| name.clone(), |namespace| format!("{namespace}/{name}"));
        self.kind.iter().map(ToString::to_string).chain([name]).collect()
    }

    fn admits(&self, object: &ObjectRef) -> bool {
        self.kind.is_none_or(|kind| kind == object.kind)
            && self.namespace.as_deref().is_none_or(|namespace| object.namespace == namespace)
            && self.name.as_deref().is_none_or(|name| object.name == name)
    }
}

/// A kind of RBAC in any case, singular or plural.
fn kind_of(word: &str) -> Option<Kind> {
    let word = word.to_lowercase();
    let word = word.strip_suffix('s').unwrap_or(&word);
    Kind::RBAC.into_iter().find(|kind| kind.as_str().to_lowercase() == word)
}

/// The roles and bindings that are wanted; all without a name.
pub fn rules(facts: &Facts, index: &Index, wanted: &Wanted) -> Rules {
    let mut bound: BTreeMap<ObjectRef, Vec<Arc<Binding>>> = BTreeMap::new();
    for binding in facts.bindings() {
        if let Some(role) = binding.role() {
            bound.entry(role).or_default().push(Arc::clone(binding));
        }
    }
    let mut roles: Vec<RoleRow> = facts
        .roles()
        .filter(|role| wanted.admits(&role.reference()))
        .map(|role| RoleRow {
            rules: rule_rows(facts, index, role),
            filled: role.is_unfilled(),
            aggregates: aggregates(facts, role),
            bindings: sorted(bound.get(&role.reference()).cloned().unwrap_or_default()),
            role: role.reference(),
        })
        .collect();
    roles.sort_by_key(|row| row.role);
    let wanted_bindings = facts.bindings().filter(|binding| wanted.admits(&binding.reference())).cloned().collect();
    let bindings = sorted(wanted_bindings)
        .into_iter()
        .map(|binding| {
            let role = binding.role();
            let known = role.and_then(|role| facts.role(&role));
            let rules = known.filter(|_| wanted.name.is_some()).map(|role| rule_rows(facts, index, role)).unwrap_or_default();
            BindingRow { exists: known.is_some(), role, binding, rules }
        })
        .collect();
    Rules { roles, bindings }
}

fn sorted(mut bindings: Vec<Arc<Binding>>) -> Vec<Arc<Binding>> {
    bindings.sort_by_key(|binding| binding.reference());
    bindings
}

fn rule_rows(facts: &Facts, index: &Index, role: &Role) -> Vec<RuleRow> {
    let reference = role.reference();
    let filled = index.role_rules(&reference, Door::Person).filter(|rules| rules.filled.is_some());
    if let Some(rules) = filled {
        let from = |position: usize| rules.filled.and_then(|filled| filled.from.get(position)).copied();
        return rules.rules.iter().enumerate().map(|(position, rule)| RuleRow { rule: rule.clone(), from: from(position) }).collect();
    }
    let contributors = aggregates(facts, role);
    role.rules
        .iter()
        .map(|rule| {
            let has_it = |contributor: &&ObjectRef| facts.role(contributor).is_some_and(|role| role.rules.contains(rule));
            RuleRow { rule: rule.clone(), from: contributors.iter().find(has_it).copied() }
        })
        .collect()
}

/// The ClusterRoles that the selectors of an aggregated role select.
fn aggregates(facts: &Facts, role: &Role) -> Vec<ObjectRef> {
    let Some(aggregation) = role.aggregation.as_deref() else { return Vec::new() };
    let is_selected = |other: &&Arc<Role>| {
        other.cluster && other.meta.name != role.meta.name && aggregation.selectors.iter().any(|selector| selector.matches(&other.meta))
    };
    let mut selected: Vec<ObjectRef> = facts.roles().filter(is_selected).map(|other| other.reference()).collect();
    selected.sort_unstable();
    selected
}

/// The names of roles and bindings nearest to one that is not there.
pub fn nearest(facts: &Facts, wanted: &Wanted) -> Vec<ObjectRef> {
    let Some(name) = wanted.name.as_deref() else { return Vec::new() };
    let name = name.to_lowercase();
    let distance = |object: &ObjectRef| {
        let other = object.name.as_str().to_lowercase();
        edit_distance(&name, &other, 2).or_else(|| (!name.is_empty() && other.contains(&name)).then_some(3))
    };
    let all = facts.roles().map(|role| role.reference()).chain(facts.bindings().map(|binding| binding.reference()));
    let mut near: Vec<(usize, ObjectRef)> = all
        .filter(|object| wanted.kind.is_none_or(|kind| kind == object.kind))
        .filter_map(|object| Some((distance(&object)?, object)))
        .collect();
    near.sort_unstable_by_key(|(distance, object)| (*distance, *object));
    near.dedup_by_key(|(_, object)| (object.kind, object.name));
    near.into_iter().map(|(_, object)| object).take(5).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_with_kind_and_namespace() {
        let wanted = |kind, namespace: Option<&str>, name: &str| Wanted {
            kind,
            namespace: namespace.map(str::to_owned),
            name: Some(name.to_owned()),
        };
        for (words, expected) in [
            ("view", wanted(None, None, "view")),
            ("system:node", wanted(None, None, "system:node")),
            ("dev/reader", wanted(None, Some("dev"), "reader")),
            ("clusterrole/view", wanted(Some(Kind::ClusterRole), None, "view")),
            ("ClusterRoles view", wanted(Some(Kind::ClusterRole), None, "view")),
            ("Role dev/reader", wanted(Some(Kind::Role), Some("dev"), "reader")),
            ("rolebinding/dev/readers", wanted(Some(Kind::RoleBinding), Some("dev"), "readers")),
        ] {
            assert_eq!(Wanted::read(words), expected, "{words}");
        }
    }
}
