//! What the AWS CLI prints, told apart by its top-level key.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::shape::{self, null};
use crate::facts::Change;
use crate::facts::aws::{AccessEntry, AuthenticationMode, AwsFact, EksCluster, IamPrincipal, Listed, PolicyAssociation};

mod further;

/// The keys that tell which answer it is.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Head<'a> {
    #[serde(borrow)]
    cluster: Option<&'a RawValue>,
    #[serde(borrow)]
    access_entry: Option<&'a RawValue>,
    #[serde(borrow)]
    access_entries: Option<&'a RawValue>,
    #[serde(borrow)]
    associated_access_policies: Option<&'a RawValue>,
    #[serde(borrow, rename = "Role")]
    role: Option<&'a RawValue>,
    #[serde(borrow, rename = "User")]
    user: Option<&'a RawValue>,
    #[serde(borrow, rename = "Roles")]
    roles: Option<&'a RawValue>,
    #[serde(borrow, rename = "Users")]
    users: Option<&'a RawValue>,
    #[serde(borrow, rename = "Reservations")]
    reservations: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Cluster {
    #[serde(deserialize_with = "null")]
    name: String,
    #[serde(deserialize_with = "null")]
    arn: String,
    access_config: Option<AccessConfig>,
    created_at: Value,
    #[serde(deserialize_with = "null")]
    endpoint: String,
    #[serde(deserialize_with = "null")]
    certificate_authority: Authority,
    #[serde(deserialize_with = "null")]
    identity: Identity,
    #[serde(deserialize_with = "null")]
    version: String,
    #[serde(deserialize_with = "null")]
    status: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Authority {
    #[serde(deserialize_with = "null")]
    data: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Identity {
    #[serde(deserialize_with = "null")]
    oidc: Issuer,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Issuer {
    #[serde(deserialize_with = "null")]
    issuer: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AccessConfig {
    #[serde(deserialize_with = "null")]
    authentication_mode: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Entry {
    #[serde(deserialize_with = "null")]
    cluster_name: String,
    #[serde(deserialize_with = "null")]
    principal_arn: String,
    #[serde(deserialize_with = "null")]
    username: String,
    #[serde(deserialize_with = "null")]
    kubernetes_groups: Vec<String>,
    #[serde(deserialize_with = "null", rename = "type")]
    kind: String,
    created_at: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Entries {
    #[serde(deserialize_with = "null")]
    access_entries: Vec<String>,
    #[serde(alias = "NextToken")]
    next_token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Policies {
    #[serde(deserialize_with = "null")]
    cluster_name: String,
    #[serde(deserialize_with = "null")]
    principal_arn: String,
    #[serde(deserialize_with = "null")]
    associated_access_policies: Vec<Policy>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Policy {
    #[serde(deserialize_with = "null")]
    policy_arn: String,
    #[serde(deserialize_with = "null")]
    access_scope: Scope,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Scope {
    #[serde(deserialize_with = "null", rename = "type")]
    kind: String,
    #[serde(deserialize_with = "null")]
    namespaces: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Principal {
    #[serde(deserialize_with = "null")]
    arn: String,
    #[serde(deserialize_with = "null", alias = "UserId")]
    role_id: String,
    create_date: Value,
    assume_role_policy_document: Value,
}

/// Whether a list of IAM has a further page.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Page {
    is_truncated: Option<bool>,
    marker: Option<String>,
    next_token: Option<String>,
}

impl Page {
    fn has_more(&self) -> bool {
        self.is_truncated == Some(true) || self.marker.is_some() || self.next_token.is_some()
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Reservation {
    #[serde(deserialize_with = "null")]
    instances: Vec<Instance>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Instance {
    #[serde(deserialize_with = "null")]
    instance_id: String,
    #[serde(deserialize_with = "null")]
    private_dns_name: String,
}

/// Reads an answer of AWS; none where it is no such answer.
///
/// # Errors
/// The path to what is not of the shape that AWS gives it, and what was expected there.
pub fn read(text: &str) -> Option<Result<Vec<Change>, (String, String)>> {
    let head: Head<'_> = serde_json::from_str(text).ok()?;
    let facts = facts(&head, text)?;
    Some(facts.map(|facts| facts.into_iter().map(Change::Aws).collect()))
}

fn facts(head: &Head<'_>, text: &str) -> Option<Result<Vec<AwsFact>, (String, String)>> {
    if let Some(cluster) = head.cluster.filter(|cluster| cluster.get().starts_with('{')) {
        return Some(shape::read::<Cluster>(cluster.get()).map(|cluster| vec![AwsFact::Cluster(cluster.into())]));
    }
    if let Some(entry) = head.access_entry {
        return Some(shape::read::<Entry>(entry.get()).map(|entry| vec![AwsFact::Entry(entry.into())]));
    }
    if head.access_entries.is_some() {
        return Some(shape::read::<Entries>(text).map(|entries| {
            let has_more = entries.next_token.is_some_and(|token| !token.is_empty());
            vec![AwsFact::Listed(Listed { names: entries.access_entries, has_more })]
        }));
    }
    if head.associated_access_policies.is_some() {
        return Some(shape::read::<Policies>(text).map(|policies| vec![policies.into()]));
    }
    if let Some(principal) = head.role.or(head.user) {
        return Some(shape::read::<Principal>(principal.get()).map(|principal| vec![AwsFact::Principal(principal.into())]));
    }
    if let Some(principals) = head.roles.or(head.users) {
        let is_whole = !serde_json::from_str::<Page>(text).unwrap_or_default().has_more();
        return Some(shape::read::<Vec<Principal>>(principals.get()).map(|principals| {
            let principals: Vec<IamPrincipal> = principals.into_iter().map(Into::into).collect();
            let account = Some(&principals).filter(|_| is_whole).and_then(|principals| whole_account(principals));
            let principals = principals.into_iter().map(AwsFact::Principal);
            principals.chain(account.map(|account| AwsFact::Roles { account })).collect()
        }));
    }
    let Some(reservations) = head.reservations else { return further::facts(text) };
    Some(shape::read::<Vec<Reservation>>(reservations.get()).map(|reservations| {
        let instances = reservations.into_iter().flat_map(|reservation| reservation.instances);
        instances.map(|instance| AwsFact::Instance { id: instance.instance_id, name: instance.private_dns_name }).collect()
    }))
}

/// The account of which a list has all roles. One that has those of AWS's services beside others was not asked for by a path.
fn whole_account(principals: &[IamPrincipal]) -> Option<String> {
    let (of_services, others): (Vec<_>, Vec<_>) = principals
        .iter()
        .filter(|principal| principal.arn.contains(":role/"))
        .partition(|principal| principal.arn.contains(":role/aws-service-role/"));
    of_services.first().filter(|_| !others.is_empty())?.arn.split(':').nth(4).map(str::to_owned)
}

/// The CLI prints times with the zone of who runs it; its first version printed seconds.
fn time(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => text.parse().ok(),
        #[expect(clippy::cast_possible_truncation, reason = "whole seconds are enough, and a time too far away is none")]
        Value::Number(seconds) => seconds.as_f64().and_then(|seconds| Timestamp::from_second(seconds as i64).ok()),
        _ => None,
    }
}

impl From<Cluster> for EksCluster {
    fn from(cluster: Cluster) -> Self {
        Self {
            authentication_mode: cluster.access_config.and_then(|config| AuthenticationMode::find(&config.authentication_mode)),
            created: time(&cluster.created_at),
            name: cluster.name,
            arn: cluster.arn,
            endpoint: cluster.endpoint,
            certificate_authority_data: cluster.certificate_authority.data,
            issuer: cluster.identity.oidc.issuer,
            version: cluster.version,
            status: cluster.status,
        }
    }
}

impl From<Entry> for AccessEntry {
    fn from(entry: Entry) -> Self {
        Self {
            created: time(&entry.created_at),
            cluster: entry.cluster_name,
            principal: entry.principal_arn,
            username: entry.username,
            groups: entry.kubernetes_groups,
            kind: entry.kind,
        }
    }
}

impl From<Policies> for AwsFact {
    fn from(policies: Policies) -> Self {
        let policy = |policy: Policy| PolicyAssociation {
            policy: policy.policy_arn,
            is_namespaced: policy.access_scope.kind == "namespace",
            namespaces: policy.access_scope.namespaces,
        };
        Self::Policies {
            cluster: policies.cluster_name,
            principal: policies.principal_arn,
            policies: policies.associated_access_policies.into_iter().map(policy).collect(),
        }
    }
}

impl From<Principal> for IamPrincipal {
    fn from(principal: Principal) -> Self {
        let trust = match principal.assume_role_policy_document {
            Value::Null => None,
            // the service itself gives it percent-encoded, and the CLI as an object
            Value::String(text) => Some(percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()),
            document => Some(document.to_string()),
        };
        Self { created: time(&principal.create_date), arn: principal.arn, id: principal.role_id, trust }
    }
}
