//! What the SDK gives, as facts.

use aws_sdk_eks::types::{
    AccessEntry as SdkEntry, AssociatedAccessPolicy, Cluster, OidcIdentityProviderConfig, PodIdentityAssociation,
    PodIdentityAssociationSummary,
};
use aws_smithy_types::DateTime;
use jiff::Timestamp;

use crate::facts::aws::{AccessEntry, AuthenticationMode, EksCluster, IdentityProvider, PodIdentity, PolicyAssociation};

fn time(time: Option<DateTime>) -> Option<Timestamp> {
    let time = time?;
    Timestamp::new(time.secs(), i32::try_from(time.subsec_nanos()).ok()?).ok()
}

/// A cluster.
pub fn cluster(cluster: Cluster) -> EksCluster {
    let mode = cluster.access_config.and_then(|config| config.authentication_mode);
    EksCluster {
        name: cluster.name.unwrap_or_default(),
        arn: cluster.arn.unwrap_or_default(),
        authentication_mode: mode.and_then(|mode| AuthenticationMode::find(mode.as_str())),
        created: time(cluster.created_at),
        endpoint: cluster.endpoint.unwrap_or_default(),
        certificate_authority_data: cluster.certificate_authority.and_then(|authority| authority.data).unwrap_or_default(),
        issuer: cluster.identity.and_then(|identity| identity.oidc?.issuer).unwrap_or_default(),
        version: cluster.version.unwrap_or_default(),
        status: cluster.status.map(|status| status.as_str().to_owned()).unwrap_or_default(),
    }
}

/// An access entry of a cluster.
pub fn entry(cluster: &str, entry: SdkEntry) -> AccessEntry {
    AccessEntry {
        cluster: cluster.to_owned(),
        principal: entry.principal_arn.unwrap_or_default(),
        username: entry.username.unwrap_or_default(),
        groups: entry.kubernetes_groups.unwrap_or_default(),
        kind: entry.r#type.unwrap_or_default(),
        created: time(entry.created_at),
    }
}

/// A policy of an access entry.
pub fn policy(policy: AssociatedAccessPolicy) -> PolicyAssociation {
    let is_namespaced =
        policy.access_scope.as_ref().and_then(|scope| scope.r#type.as_ref()).is_some_and(|kind| kind.as_str() == "namespace");
    PolicyAssociation {
        policy: policy.policy_arn.unwrap_or_default(),
        is_namespaced,
        namespaces: policy.access_scope.and_then(|scope| scope.namespaces).unwrap_or_default(),
    }
}

/// An identity provider of a cluster.
pub fn provider(cluster: &str, config: OidcIdentityProviderConfig) -> IdentityProvider {
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    IdentityProvider {
        cluster: cluster.to_owned(),
        name: config.identity_provider_config_name.unwrap_or_default(),
        issuer: config.issuer_url.unwrap_or_default(),
        client_id: config.client_id.unwrap_or_default(),
        username_claim: given(config.username_claim),
        username_prefix: given(config.username_prefix),
        groups_claim: given(config.groups_claim),
        groups_prefix: given(config.groups_prefix),
        required_claims: config.required_claims.unwrap_or_default().into_iter().collect(),
        status: config.status.map(|status| status.as_str().to_owned()).unwrap_or_default(),
    }
}

/// An association as it is listed: without its role.
pub fn listed_association(cluster: &str, association: PodIdentityAssociationSummary) -> PodIdentity {
    PodIdentity {
        cluster: cluster.to_owned(),
        id: association.association_id.unwrap_or_default(),
        namespace: association.namespace.unwrap_or_default(),
        service_account: association.service_account.unwrap_or_default(),
        ..PodIdentity::default()
    }
}

/// An association.
pub fn association(cluster: &str, association: PodIdentityAssociation) -> PodIdentity {
    PodIdentity {
        cluster: cluster.to_owned(),
        id: association.association_id.unwrap_or_default(),
        namespace: association.namespace.unwrap_or_default(),
        service_account: association.service_account.unwrap_or_default(),
        role: association.role_arn.filter(|role| !role.is_empty()),
        target_role: association.target_role_arn.filter(|role| !role.is_empty()),
        external_id: association.external_id.filter(|id| !id.is_empty()),
        is_without_tags: association.disable_session_tags.unwrap_or_default(),
    }
}
