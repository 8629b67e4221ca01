//! The few fields of each kind that are read, and where a value is not of their shape.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::annotations::Annotations;
use crate::base::Name;

/// Go reads `null` as the empty value.
pub fn null<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// What tells which kind of thing a value is. kubectl prints `items` before `kind`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, expecting = "an object")]
pub struct Head<'a> {
    #[serde(deserialize_with = "null")]
    pub api_version: Name,
    #[serde(deserialize_with = "null")]
    pub kind: Name,
    #[serde(borrow)]
    pub items: Option<Vec<&'a RawValue>>,
    pub metadata: Option<ListMetadata>,
}

impl Head<'_> {
    /// The API group of `apiVersion`, empty for core and for none.
    pub fn group(&self) -> &'static str {
        self.api_version.as_str().split_once('/').map_or("", |(group, _)| group)
    }
}

/// The metadata of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListMetadata {
    #[serde(rename = "continue", deserialize_with = "null")]
    pub continues: Name,
}

/// The metadata of an object.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Metadata {
    #[serde(deserialize_with = "null")]
    pub name: Name,
    #[serde(deserialize_with = "null")]
    pub namespace: Name,
    #[serde(deserialize_with = "null")]
    pub uid: Name,
    #[serde(deserialize_with = "null")]
    pub creation_timestamp: Name,
    #[serde(deserialize_with = "null")]
    pub labels: BTreeMap<Name, Name>,
    #[serde(deserialize_with = "null")]
    pub annotations: Annotations,
}

impl Metadata {
    /// `staging/deployers`, `view`.
    pub fn qualified(&self) -> String {
        if self.namespace.is_empty() { self.name.to_string() } else { format!("{}/{}", self.namespace, self.name) }
    }
}

/// An object of which only the metadata matters.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Plain {
    #[serde(deserialize_with = "null")]
    pub metadata: Metadata,
}

/// A service account.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceAccount {
    #[serde(deserialize_with = "null")]
    pub metadata: Metadata,
    pub automount_service_account_token: Option<bool>,
}

/// A Role or ClusterRole.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Role {
    #[serde(deserialize_with = "null")]
    pub metadata: Metadata,
    #[serde(deserialize_with = "null")]
    pub rules: Vec<Rule>,
    pub aggregation_rule: Option<AggregationRule>,
}

/// A policy rule.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Rule {
    #[serde(deserialize_with = "null")]
    pub verbs: Vec<Name>,
    #[serde(deserialize_with = "null")]
    pub api_groups: Vec<Name>,
    #[serde(deserialize_with = "null")]
    pub resources: Vec<Name>,
    #[serde(deserialize_with = "null")]
    pub resource_names: Vec<Name>,
    #[serde(rename = "nonResourceURLs", deserialize_with = "null")]
    pub non_resource_urls: Vec<Name>,
}

/// How a ClusterRole is aggregated.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AggregationRule {
    #[serde(deserialize_with = "null")]
    pub cluster_role_selectors: Vec<Selector>,
}

/// A label selector.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Selector {
    #[serde(deserialize_with = "null")]
    pub match_labels: BTreeMap<Name, Name>,
    #[serde(deserialize_with = "null")]
    pub match_expressions: Vec<Expression>,
}

/// One expression of a label selector.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Expression {
    #[serde(deserialize_with = "null")]
    pub key: Name,
    #[serde(deserialize_with = "null")]
    pub operator: Name,
    #[serde(deserialize_with = "null")]
    pub values: Vec<Name>,
}

/// A RoleBinding or ClusterRoleBinding.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Binding {
    #[serde(deserialize_with = "null")]
    pub metadata: Metadata,
    #[serde(deserialize_with = "null")]
    pub role_ref: RoleRef,
    #[serde(deserialize_with = "null")]
    pub subjects: Vec<Subject>,
}

/// A role reference.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RoleRef {
    #[serde(deserialize_with = "null")]
    pub kind: Name,
    #[serde(deserialize_with = "null")]
    pub name: Name,
}

/// A subject.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Subject {
    #[serde(deserialize_with = "null")]
    pub kind: Name,
    #[serde(deserialize_with = "null")]
    pub name: Name,
    #[serde(deserialize_with = "null")]
    pub namespace: Name,
}

/// A ConfigMap.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ConfigMap {
    #[serde(deserialize_with = "null")]
    pub metadata: Metadata,
    #[serde(deserialize_with = "null")]
    pub data: BTreeMap<Name, String>,
}

/// An answer that is a refusal.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Status {
    #[serde(deserialize_with = "null")]
    pub status: String,
    #[serde(deserialize_with = "null")]
    pub message: String,
    #[serde(deserialize_with = "null")]
    pub details: StatusDetails,
}

/// What a refusal is about: `kind` is the plural resource.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct StatusDetails {
    #[serde(deserialize_with = "null")]
    pub kind: String,
}

/// Reads a shape; or tells the path to the value that is not of it, and what was expected there.
pub fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, (String, String)> {
    // the way without paths is several times faster, and nearly always enough
    if let Ok(value) = serde_json::from_str(text) {
        return Ok(value);
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let message = super::without_place(&error.inner().to_string());
        (error.path().to_string(), message.replace("invalid type: ", "unexpected "))
    })
}

/// The name and namespace of an object that could otherwise not be read, as far as they can.
pub fn identity(text: &str) -> Metadata {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Loose {
        metadata: LooseMetadata,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct LooseMetadata {
        name: serde_json::Value,
        namespace: serde_json::Value,
    }
    let loose: Loose = serde_json::from_str(text).unwrap_or_default();
    let name = |value: &serde_json::Value| value.as_str().map(Name::new).unwrap_or_default();
    Metadata { name: name(&loose.metadata.name), namespace: name(&loose.metadata.namespace), ..Metadata::default() }
}
