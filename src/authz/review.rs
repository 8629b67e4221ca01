//! SubjectAccessReviews answered as the API server would.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::explain::weigh;
use super::request::ResourceRequest;
use super::{Door, Index, Request};
use crate::base::Name;
use crate::identity::Identity;

/// The status of an answered review.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "app", derive(schemars::JsonSchema))]
pub struct Status {
    /// Whether the request is allowed.
    pub allowed: bool,
    /// Whether an authorizer denied it outright; none here does.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub denied: bool,
    /// The API server's reason; one of several when several grants allow.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// What kept the review from being evaluated in full.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub evaluation_error: String,
}

/// The spec of a SubjectAccessReview, as far as an authorizer here reads it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Spec {
    /// The user name.
    pub user: String,
    /// The groups, exactly as the authorizers see them.
    #[serde(deserialize_with = "null_as_default")]
    pub groups: Vec<String>,
    /// The uid.
    pub uid: String,
    /// Extra attributes.
    #[serde(deserialize_with = "null_as_default")]
    pub extra: BTreeMap<String, Vec<String>>,
    /// A request for a resource.
    pub resource_attributes: Option<ResourceAttributes>,
    /// A request for a path.
    pub non_resource_attributes: Option<NonResourceAttributes>,
}

/// The attributes of a resource request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceAttributes {
    /// The namespace, or empty.
    pub namespace: String,
    /// The verb.
    pub verb: String,
    /// The API group, or empty for core.
    pub group: String,
    /// The version, which no authorizer here reads.
    pub version: String,
    /// The resource.
    pub resource: String,
    /// The subresource, or empty.
    pub subresource: String,
    /// The name, or empty.
    pub name: String,
    /// The field selector.
    pub field_selector: Option<FieldSelector>,
}

/// A field selector: parsed requirements, or the raw text.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FieldSelector {
    /// As in a URL.
    pub raw_selector: String,
    /// Parsed.
    #[serde(deserialize_with = "null_as_default")]
    pub requirements: Vec<FieldRequirement>,
}

/// One requirement of a field selector.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FieldRequirement {
    /// The field.
    pub key: String,
    /// In, NotIn, Exists, DoesNotExist.
    pub operator: String,
    /// The values.
    #[serde(deserialize_with = "null_as_default")]
    pub values: Vec<String>,
}

/// The attributes of a request for a path.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct NonResourceAttributes {
    /// The path.
    pub path: String,
    /// The verb.
    pub verb: String,
}

/// Go reads `null` as the empty value.
fn null_as_default<'de, D: serde::Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Why the API server refuses a review instead of answering it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// `pkg/apis/authorization/validation`.
    #[error("exactly one of `resourceAttributes` and `nonResourceAttributes` must be given")]
    Attributes,
    /// A review of nobody.
    #[error("at least one of `user` and `groups` must be given")]
    Nobody,
}

impl Spec {
    /// The identity and the request that the spec asks about.
    ///
    /// # Errors
    /// What the API server's validation refuses with 422.
    pub fn question(&self) -> Result<(Identity, Request), Invalid> {
        let request = match (&self.resource_attributes, &self.non_resource_attributes) {
            (Some(attributes), None) => attributes.request(),
            (None, Some(attributes)) => Request::path(&attributes.verb, &attributes.path),
            _ => return Err(Invalid::Attributes),
        };
        if self.user.is_empty() && self.groups.is_empty() {
            return Err(Invalid::Nobody);
        }
        let mut identity = Identity::literal(self.user.as_str(), self.groups.iter().map(Name::from));
        identity.uid = Name::new(&self.uid);
        identity.extra = self.extra.iter().map(|(key, values)| (Name::from(key), values.iter().map(Name::from).collect())).collect();
        Ok((identity, request))
    }
}

impl ResourceAttributes {
    fn request(&self) -> Request {
        Request::Resource(ResourceRequest {
            verb: Name::new(&self.verb),
            api_group: Name::new(&self.group),
            resource: Name::new(&self.resource),
            subresource: Name::new(&self.subresource),
            name: Name::new(&self.name),
            namespace: Name::new(&self.namespace),
            selected_node: Name::new(self.selected_node()),
        })
    }

    /// The value of an exact `spec.nodeName` requirement. Selectors count for list, watch and deletecollection only.
    fn selected_node(&self) -> &str {
        let Some(selector) = self.field_selector.as_ref().filter(|_| matches!(self.verb.as_str(), "list" | "watch" | "deletecollection"))
        else {
            return "";
        };
        let parsed = selector.requirements.iter().find_map(|requirement| {
            let exact = requirement.key == "spec.nodeName" && requirement.operator == "In";
            match requirement.values.as_slice() {
                [value] if exact => Some(value.as_str()),
                _ => None,
            }
        });
        let raw = || {
            selector.raw_selector.split(',').find_map(|term| {
                let (key, value) = term.split_once('=')?;
                (key == "spec.nodeName").then(|| value.strip_prefix('=').unwrap_or(value))
            })
        };
        parsed.or_else(raw).unwrap_or_default()
    }
}

/// Answers a review as the API server does: literally.
///
/// Where a gap leaves the answer open, `evaluation_error` says so: a server that could not read its own objects would do
/// the same.
///
/// # Errors
/// What the API server's validation refuses with 422.
pub fn answer(index: &Index, spec: &Spec) -> Result<Status, Invalid> {
    let (identity, request) = spec.question()?;
    let decision = weigh(index, &identity, &request, Door::Literal);
    let open: Vec<String> = decision
        .gaps
        .iter()
        .filter(|gap| gap.could_change_verdict)
        .map(|gap| format!("{} could not be read: {}", gap.gap.what, gap.gap.why))
        .collect();
    Ok(Status {
        allowed: decision.verdict == super::Verdict::Allowed,
        denied: false,
        reason: decision.reason,
        evaluation_error: open.join("; "),
    })
}
