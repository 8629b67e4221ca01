//! One review answered, or refused as the API server's validation refuses it.

use serde_json::{Map, Value};

use super::read::{Item, Kind};
use crate::authz::Index;
use crate::authz::review::{self, Spec, Status};
use crate::base::Name;
use crate::identity::Identity;
use crate::report::json;

/// Answers reviews about one cluster.
pub struct Reviewer<'a> {
    /// The cluster.
    pub index: &'a Index,
    /// Who asks in a SelfSubjectAccessReview.
    pub myself: Option<&'a Identity>,
}

/// A review with its status, and why the API server would have refused it.
pub struct Answered {
    /// As given, with its status.
    pub review: json::Review,
    /// The reason of a refusal.
    pub refusal: Option<String>,
}

impl Reviewer<'_> {
    /// Answers one.
    pub fn answer(&self, item: Item) -> Answered {
        let Item { kind, mut given, .. } = item;
        given.remove("status");
        match self.status(kind, &given) {
            Ok(status) => Answered { review: json::Review { given, status }, refusal: None },
            Err(why) => {
                // a refused review has no status; allowing nothing is what a refusal comes to
                let error = format!("the API server refuses this review (422): {why}");
                let status = Status { evaluation_error: error, ..Status::default() };
                Answered { review: json::Review { given, status }, refusal: Some(why) }
            }
        }
    }

    fn status(&self, kind: Kind, given: &Map<String, Value>) -> Result<Status, String> {
        let spec = match given.get("spec") {
            None | Some(Value::Null) => return Err("`spec` is missing".to_owned()),
            Some(spec) => serde_json::from_value::<Spec>(spec.clone()).map_err(|error| format!("`spec` is malformed: {error}"))?,
        };
        let spec = match (kind, self.myself) {
            (Kind::SelfSubject, Some(myself)) => Spec {
                user: myself.username.map(|name| name.to_string()).unwrap_or_default(),
                groups: myself.groups.iter().map(Name::to_string).collect(),
                ..spec
            },
            _ => spec,
        };
        metadata(kind, given, &spec)?;
        review::answer(self.index, &spec).map_err(|invalid| invalid.to_string())
    }
}

/// Metadata must be empty, but for the namespace of a LocalSubjectAccessReview, which must be the one asked about
/// (`pkg/apis/authorization/validation/validation.go`, `pkg/registry/authorization/localsubjectaccessreview/rest.go`).
fn metadata(kind: Kind, given: &Map<String, Value>, spec: &Spec) -> Result<(), String> {
    let empty = Map::new();
    let metadata = match given.get("metadata") {
        None | Some(Value::Null) => &empty,
        Some(Value::Object(metadata)) => metadata,
        Some(_) => return Err("`metadata` is not an object".to_owned()),
    };
    let is_set = |key: &str, value: &Value| {
        let is_empty = match value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Object(map) => map.is_empty(),
            Value::Array(list) => list.is_empty(),
            _ => false,
        };
        // the server sets and ignores managed fields
        !is_empty && key != "managedFields"
    };
    let is_local = kind == Kind::LocalSubject;
    if metadata.iter().any(|(key, value)| is_set(key, value) && !(is_local && key == "namespace")) {
        let but = if is_local { " except for the namespace" } else { "" };
        return Err(format!("`metadata` must be empty{but}"));
    }
    if is_local {
        let namespace = metadata.get("namespace").and_then(Value::as_str).unwrap_or_default();
        let asked = spec.resource_attributes.as_ref().map_or("", |attributes| attributes.namespace.as_str());
        if spec.non_resource_attributes.is_some() {
            return Err("`spec.nonResourceAttributes` is not allowed in a LocalSubjectAccessReview".to_owned());
        }
        if namespace.is_empty() {
            return Err("a LocalSubjectAccessReview needs `metadata.namespace`".to_owned());
        }
        if asked != namespace {
            return Err(format!("`spec.resourceAttributes.namespace` is `{asked}`, but must be `metadata.namespace`, `{namespace}`"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(kind: Kind, yaml: &str) -> Result<Status, String> {
        let index = Index::default();
        let myself = Identity::literal("alice", [Name::new("system:masters")]);
        Reviewer { index: &index, myself: Some(&myself) }.status(kind, &serde_yaml::from_str(yaml).unwrap())
    }

    #[test]
    fn refusals_are_the_servers() {
        let attributes = "resourceAttributes: {verb: get, resource: pods, namespace: dev}";
        for (kind, yaml, why) in [
            (Kind::Subject, "a: 1".to_owned(), "`spec` is missing"),
            (Kind::Subject, "spec: {user: a}".to_owned(), "exactly one of `resourceAttributes` and `nonResourceAttributes` must be given"),
            (Kind::Subject, format!("spec: {{{attributes}}}"), "at least one of `user` and `groups` must be given"),
            (Kind::Subject, format!("spec: {{user: a, {attributes}}}\nmetadata: {{name: x}}"), "`metadata` must be empty"),
            (Kind::Subject, "spec: {user: 5}".to_owned(), "`spec` is malformed: invalid type: integer `5`, expected a string"),
            (Kind::LocalSubject, format!("spec: {{user: a, {attributes}}}"), "a LocalSubjectAccessReview needs `metadata.namespace`"),
            (
                Kind::LocalSubject,
                format!("spec: {{user: a, {attributes}}}\nmetadata: {{namespace: prod}}"),
                "`spec.resourceAttributes.namespace` is `dev`, but must be `metadata.namespace`, `prod`",
            ),
            (
                Kind::LocalSubject,
                "spec: {user: a, nonResourceAttributes: {verb: get, path: /x}}\nmetadata: {namespace: dev}".to_owned(),
                "`spec.nonResourceAttributes` is not allowed in a LocalSubjectAccessReview",
            ),
        ] {
            assert_eq!(status(kind, &yaml).unwrap_err(), why, "{yaml}");
        }
    }

    #[test]
    fn what_a_server_adds_is_no_metadata() {
        let yaml =
            "spec: {user: a, nonResourceAttributes: {verb: get, path: /x}}\nmetadata: {creationTimestamp: null, managedFields: [{}]}";
        assert!(!status(Kind::Subject, yaml).unwrap().allowed);
    }

    #[test]
    fn a_review_of_oneself_takes_the_identity_given() {
        let spec = "spec: {nonResourceAttributes: {verb: get, path: /x}}";
        assert!(status(Kind::SelfSubject, spec).unwrap().allowed);
    }
}
