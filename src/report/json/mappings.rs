//! `map` of everybody as JSON.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::shapes::{AccessPolicy, Gap};
use crate::facts::AuthenticationMode;
use crate::identity::aws::listing::{Listed, Standing};
use crate::view::mapping;

/// The answer to `map` without a principal.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Mappings {
    /// Absent where the cluster is not described.
    cluster: Option<String>,
    authentication_mode: Option<&'static str>,
    /// Access entries, then the items of mapRoles, mapUsers and mapAccounts.
    mappings: Vec<Mapping>,
    identity_providers: Vec<Provider>,
    pod_identity_associations: Vec<Association>,
    gaps: Vec<Gap>,
}

/// A mapping.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Mapping {
    /// `access-entry`, `mapRoles`, `mapUsers` or `mapAccounts`.
    source: &'static str,
    index: usize,
    line: Option<usize>,
    /// The ARN or account that it names.
    subject: String,
    /// With placeholders; absent where it is not known.
    username: Option<String>,
    groups: Vec<String>,
    /// The type of an access entry.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// Absent where they were not read, or there are none by nature.
    access_policies: Option<Vec<AccessPolicy>>,
    /// `counts`, `shadowed` or `never`.
    standing: &'static str,
    why: Option<String>,
}

/// An identity provider.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Provider {
    name: String,
    issuer: String,
    client_id: String,
    /// The user names that it gives: a prefix, and the claim in angle brackets.
    username: String,
    groups: String,
    required_claims: BTreeMap<String, String>,
    status: String,
}

/// A pod identity association.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Association {
    id: String,
    namespace: String,
    service_account: String,
    role: Option<String>,
    target_role: Option<String>,
}

impl Mappings {
    /// Everything that maps.
    pub fn new(mappings: &mapping::Mappings) -> Self {
        Self {
            cluster: mappings.cluster.clone(),
            authentication_mode: mappings.mode.map(AuthenticationMode::as_str),
            mappings: mappings.listed.iter().map(Mapping::from).collect(),
            identity_providers: mappings
                .providers
                .iter()
                .map(|provider| Provider {
                    name: provider.name.clone(),
                    issuer: provider.issuer.clone(),
                    client_id: provider.client_id.clone(),
                    username: mapping::username_of(provider),
                    groups: mapping::groups_of(provider),
                    required_claims: provider.required_claims.clone(),
                    status: provider.status.clone(),
                })
                .collect(),
            pod_identity_associations: mappings
                .associations
                .iter()
                .map(|association| Association {
                    id: association.id.clone(),
                    namespace: association.namespace.clone(),
                    service_account: association.service_account.clone(),
                    role: association.role.clone(),
                    target_role: association.target_role.clone(),
                })
                .collect(),
            gaps: mappings.gaps.iter().map(Gap::from).collect(),
        }
    }
}

impl From<&Listed> for Mapping {
    fn from(listed: &Listed) -> Self {
        let (standing, why) = match &listed.standing {
            Standing::Counts => ("counts", None),
            Standing::Shadowed(why) => ("shadowed", Some(why.clone())),
            Standing::Never(why) => ("never", Some(why.clone())),
        };
        Self {
            source: listed.source.as_str(),
            index: listed.index,
            line: listed.line,
            subject: listed.subject.clone(),
            username: listed.username.clone(),
            groups: listed.groups.clone(),
            kind: Some(listed.kind.clone()).filter(|kind| !kind.is_empty()),
            access_policies: listed.policies.as_ref().map(|policies| policies.iter().map(AccessPolicy::from).collect()),
            standing,
            why,
        }
    }
}
