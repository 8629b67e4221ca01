//! `rules` as JSON: roles and bindings in both directions.

use schemars::JsonSchema;
use serde::Serialize;

use super::shapes::{Gap, Object, Rule, Subject};
use crate::authz::SubjectAt;
use crate::base::Name;
use crate::facts::{Binding, Facts};
use crate::view::rules;

/// The answer to `rules`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Rules {
    roles: Vec<RoleOf>,
    bindings: Vec<BindingOf>,
    gaps: Vec<Gap>,
}

/// A role, what it grants and to whom.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RoleOf {
    role: Object,
    rules: Vec<Rule>,
    /// Whether the rules were filled as the aggregation controller would fill them.
    filled: bool,
    /// The ClusterRoles that an aggregated role selects.
    aggregates: Vec<Object>,
    bindings: Vec<BoundTo>,
}

/// A binding of a role.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct BoundTo {
    binding: Object,
    subjects: Vec<Subject>,
}

/// A binding and its role.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BindingOf {
    binding: Object,
    role_ref: RoleRef,
    /// Absent when the role does not exist.
    role: Option<Object>,
    subjects: Vec<Subject>,
}

/// A role reference as written.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct RoleRef {
    kind: Name,
    name: Name,
}

impl Rules {
    /// The roles and bindings asked for.
    pub fn new(rules: &rules::Rules, facts: &Facts) -> Self {
        let roles = rules.roles.iter().map(|row| RoleOf {
            role: Object::new(&row.role, facts),
            rules: row.rules.iter().enumerate().map(|(index, row)| Rule::new(index, &row.rule, row.from.as_ref(), facts)).collect(),
            filled: row.filled,
            aggregates: row.aggregates.iter().map(|role| Object::new(role, facts)).collect(),
            bindings: row
                .bindings
                .iter()
                .map(|binding| BoundTo { binding: Object::new(&binding.reference(), facts), subjects: subjects(binding) })
                .collect(),
        });
        let bindings = rules.bindings.iter().map(|row| BindingOf {
            binding: Object::new(&row.binding.reference(), facts),
            role_ref: RoleRef { kind: row.binding.role_ref.kind, name: row.binding.role_ref.name },
            role: row.role.filter(|_| row.exists).map(|role| Object::new(&role, facts)),
            subjects: subjects(&row.binding),
        });
        Self { roles: roles.collect(), bindings: bindings.collect(), gaps: facts.gaps().iter().map(Gap::from).collect() }
    }
}

fn subjects(binding: &Binding) -> Vec<Subject> {
    let namespace = binding.meta.namespace;
    let subjects = binding.subjects.iter().enumerate();
    subjects.map(|(index, subject)| Subject::from(&SubjectAt { index, subject: *subject, binding_namespace: namespace })).collect()
}
