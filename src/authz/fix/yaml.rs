//! Roles and bindings as YAML and JSON that kubectl takes.

use serde::Serialize;

use crate::base::Name;
use crate::facts::{Aggregation, Binding, Object, Requirement, Role, Rule, Subject, SubjectKind};

const GROUP: &str = "rbac.authorization.k8s.io";

/// The objects as YAML documents.
pub fn documents(objects: &[Object]) -> String {
    let documents: Vec<String> = objects
        .iter()
        .filter_map(|object| match object {
            Object::Role(role) => serde_yaml::to_string(&role_document(role)).ok(),
            Object::Binding(binding) => serde_yaml::to_string(&binding_document(binding)).ok(),
            _ => None,
        })
        .collect();
    documents.join("---\n")
}

/// A rule as JSON, for a patch.
pub fn rule_json(rule: &Rule) -> String {
    serde_json::to_string(&rule_document(rule)).unwrap_or_default()
}

/// A subject as JSON, for a patch.
pub fn subject_json(subject: &Subject) -> String {
    serde_json::to_string(&subject_document(subject)).unwrap_or_default()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    api_version: String,
    kind: &'static str,
    metadata: Metadata,
    #[serde(skip_serializing_if = "Option::is_none")]
    aggregation_rule: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<Vec<RuleDocument<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_ref: Option<RoleRefDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subjects: Option<Vec<SubjectDocument>>,
}

#[derive(Serialize)]
struct Metadata {
    name: Name,
    #[serde(skip_serializing_if = "is_unset")]
    namespace: Name,
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    labels: serde_json::Map<String, serde_json::Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleDocument<'a> {
    #[serde(skip_serializing_if = "is_none")]
    api_groups: &'a [Name],
    #[serde(skip_serializing_if = "is_none")]
    resources: &'a [Name],
    #[serde(skip_serializing_if = "is_none")]
    resource_names: &'a [Name],
    #[serde(rename = "nonResourceURLs", skip_serializing_if = "is_none")]
    non_resource_urls: &'a [Name],
    verbs: &'a [Name],
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_unset(name: &Name) -> bool {
    name.is_empty()
}

fn is_none(list: &&[Name]) -> bool {
    list.is_empty()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RoleRefDocument {
    api_group: &'static str,
    kind: Name,
    name: Name,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SubjectDocument {
    #[serde(skip_serializing_if = "str::is_empty")]
    api_group: &'static str,
    kind: &'static str,
    name: Name,
    #[serde(skip_serializing_if = "is_unset")]
    namespace: Name,
}

fn metadata(meta: &crate::facts::Meta) -> Metadata {
    let labels = meta.labels.iter().map(|(key, value)| (key.to_string(), value.as_str().into())).collect();
    Metadata { name: meta.name, namespace: meta.namespace, labels }
}

fn role_document(role: &Role) -> Document<'_> {
    Document {
        api_version: format!("{GROUP}/v1"),
        kind: role.kind().as_str(),
        metadata: metadata(&role.meta),
        aggregation_rule: role.aggregation.as_deref().map(aggregation_document),
        rules: Some(role.rules.iter().map(rule_document).collect()),
        role_ref: None,
        subjects: None,
    }
}

fn binding_document(binding: &Binding) -> Document<'_> {
    Document {
        api_version: format!("{GROUP}/v1"),
        kind: binding.kind().as_str(),
        metadata: metadata(&binding.meta),
        aggregation_rule: None,
        rules: None,
        role_ref: Some(RoleRefDocument { api_group: GROUP, kind: binding.role_ref.kind, name: binding.role_ref.name }),
        subjects: Some(binding.subjects.iter().map(subject_document).collect()),
    }
}

fn rule_document(rule: &Rule) -> RuleDocument<'_> {
    RuleDocument {
        api_groups: &rule.api_groups,
        resources: &rule.resources,
        resource_names: &rule.resource_names,
        non_resource_urls: &rule.non_resource_urls,
        verbs: &rule.verbs,
    }
}

fn subject_document(subject: &Subject) -> SubjectDocument {
    let api_group = if subject.kind == SubjectKind::ServiceAccount { "" } else { GROUP };
    SubjectDocument { api_group, kind: subject.kind.as_str(), name: subject.name, namespace: subject.namespace }
}

/// The selectors as written, but for `matchLabels`, which are kept as expressions of one value.
fn aggregation_document(aggregation: &Aggregation) -> serde_json::Value {
    let selectors: Vec<serde_json::Value> = aggregation
        .selectors
        .iter()
        .map(|selector| {
            let mut labels = serde_json::Map::new();
            let mut expressions = Vec::new();
            for requirement in &selector.requirements {
                match requirement {
                    Requirement::In(key, values) if values.len() == 1 => {
                        labels.insert(key.to_string(), serde_json::json!(values.first()));
                    }
                    Requirement::In(key, values) => expressions.push(expression(*key, "In", values)),
                    Requirement::NotIn(key, values) => expressions.push(expression(*key, "NotIn", values)),
                    Requirement::Exists(key) => expressions.push(expression(*key, "Exists", &[])),
                    Requirement::DoesNotExist(key) => expressions.push(expression(*key, "DoesNotExist", &[])),
                    Requirement::Invalid(key) => expressions.push(expression(*key, "", &[])),
                }
            }
            let mut selector = serde_json::Map::new();
            if !labels.is_empty() {
                selector.insert("matchLabels".to_owned(), labels.into());
            }
            if !expressions.is_empty() {
                selector.insert("matchExpressions".to_owned(), expressions.into());
            }
            selector.into()
        })
        .collect();
    serde_json::json!({ "clusterRoleSelectors": selectors })
}

fn expression(key: Name, operator: &str, values: &[Name]) -> serde_json::Value {
    if values.is_empty() {
        serde_json::json!({ "key": key, "operator": operator })
    } else {
        serde_json::json!({ "key": key, "operator": operator, "values": values })
    }
}
