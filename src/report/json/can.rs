//! `can` as JSON: the access matrix.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::shapes::{Gap, Identity, Object, present};
use crate::authz::Verdict;
use crate::authz::matrix::{Matrix, RowGrant};
use crate::base::Name;
use crate::facts::Facts;

/// The answer to `can`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Can {
    identity: Identity,
    /// Absent for what holds in all namespaces.
    namespace: Option<Name>,
    rows: Vec<MatrixRow>,
    non_resource: Vec<PathRow>,
    gaps: Vec<Gap>,
    notes: Vec<String>,
}

/// One resource, for all objects or for some by name.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatrixRow {
    /// Empty for the core group, `*` for all.
    api_group: Name,
    /// `*` for all.
    resource: Name,
    subresource: Option<Name>,
    /// Empty for all objects.
    resource_names: Vec<Name>,
    verbs: BTreeMap<Name, Verdict>,
    grants: Vec<Behind>,
}

/// One path.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PathRow {
    /// With a trailing `*` as prefix.
    path: Name,
    /// `*` for all.
    verbs: BTreeMap<Name, Verdict>,
    grants: Vec<Behind>,
}

/// A chain behind a row.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Behind {
    binding: Option<Object>,
    role: Option<Object>,
    /// The access policy that grants, by ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<Name>,
    /// The position of the rule in the role or policy, counted from 0.
    rule_index: usize,
}

impl Can {
    /// The matrix; `notes` say what was assumed while asking.
    pub fn new(matrix: &Matrix, notes: &[String], facts: &Facts) -> Self {
        let behind = |grants: &[RowGrant]| -> Vec<Behind> {
            let object = |reference| Object::new(&reference, facts);
            grants
                .iter()
                .map(|grant| Behind {
                    binding: grant.binding.map(object),
                    role: grant.role.map(object),
                    policy: grant.policy,
                    rule_index: grant.rule_index,
                })
                .collect()
        };
        let rows = matrix.rows.iter().map(|row| MatrixRow {
            api_group: row.api_group,
            resource: row.resource,
            subresource: present(row.subresource),
            resource_names: row.resource_names.clone(),
            verbs: row.verbs.iter().copied().collect(),
            grants: behind(&row.grants),
        });
        let paths = matrix.non_resource.iter().map(|row| PathRow {
            path: row.path,
            verbs: row.verbs.iter().map(|verb| (*verb, Verdict::Allowed)).collect(),
            grants: behind(&row.grants),
        });
        Self {
            identity: Identity::from(&matrix.identity),
            namespace: present(matrix.namespace),
            rows: rows.collect(),
            non_resource: paths.collect(),
            gaps: matrix.gaps.iter().map(Gap::from).collect(),
            notes: [notes, &matrix.notes].concat(),
        }
    }
}
