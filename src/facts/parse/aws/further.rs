//! The answers of AWS beside the cluster and its access entries: the caller, identity providers, pod identity.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::shape::{self, null};
use crate::facts::aws::{AwsCaller, AwsFact, IdentityProvider, Listed, OpenIdProvider, PodIdentity};

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Head<'a> {
    #[serde(borrow)]
    identity_provider_config: Option<&'a RawValue>,
    #[serde(borrow)]
    identity_provider_configs: Option<&'a RawValue>,
    #[serde(borrow)]
    association: Option<&'a RawValue>,
    #[serde(borrow)]
    associations: Option<&'a RawValue>,
    #[serde(rename = "nextToken", alias = "NextToken")]
    next_token: Option<String>,
    #[serde(borrow, rename = "OpenIDConnectProviderList")]
    openid_providers: Option<&'a RawValue>,
    #[serde(borrow, rename = "ClientIDList")]
    client_ids: Option<&'a RawValue>,
    #[serde(rename = "Url")]
    url: Option<String>,
    #[serde(rename = "UserId")]
    user_id: Option<String>,
    #[serde(rename = "Account")]
    account: Option<String>,
    #[serde(rename = "Arn")]
    arn: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Config {
    #[serde(deserialize_with = "null")]
    oidc: Oidc,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Oidc {
    #[serde(deserialize_with = "null")]
    identity_provider_config_name: String,
    #[serde(deserialize_with = "null")]
    cluster_name: String,
    #[serde(deserialize_with = "null")]
    issuer_url: String,
    #[serde(deserialize_with = "null")]
    client_id: String,
    username_claim: Option<String>,
    username_prefix: Option<String>,
    groups_claim: Option<String>,
    groups_prefix: Option<String>,
    #[serde(deserialize_with = "null")]
    required_claims: BTreeMap<String, String>,
    #[serde(deserialize_with = "null")]
    status: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Configured {
    #[serde(deserialize_with = "null")]
    name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Association {
    #[serde(deserialize_with = "null")]
    cluster_name: String,
    #[serde(deserialize_with = "null")]
    association_id: String,
    #[serde(deserialize_with = "null")]
    namespace: String,
    #[serde(deserialize_with = "null")]
    service_account: String,
    role_arn: Option<String>,
    target_role_arn: Option<String>,
    external_id: Option<String>,
    #[serde(deserialize_with = "null")]
    disable_session_tags: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Provider {
    #[serde(deserialize_with = "null", rename = "Arn")]
    arn: String,
}

/// Reads one of these answers; none where it is none.
pub fn facts(text: &str) -> Option<Result<Vec<AwsFact>, (String, String)>> {
    let head: Head<'_> = serde_json::from_str(text).ok()?;
    let has_more = head.next_token.is_some_and(|token| !token.is_empty());
    if let Some(config) = head.identity_provider_config {
        return Some(shape::read::<Config>(config.get()).map(|config| vec![AwsFact::IdentityProvider(config.oidc.into())]));
    }
    if let Some(configs) = head.identity_provider_configs {
        return Some(shape::read::<Vec<Configured>>(configs.get()).map(|configs| {
            let names = configs.into_iter().map(|config| config.name).collect();
            vec![AwsFact::IdentityProviders(Listed { names, has_more })]
        }));
    }
    if let Some(association) = head.association {
        return Some(shape::read::<Association>(association.get()).map(|association| vec![AwsFact::PodIdentity(association.into())]));
    }
    if let Some(associations) = head.associations {
        return Some(shape::read::<Vec<Association>>(associations.get()).map(|associations| {
            let associations = associations.into_iter().map(|association| AwsFact::PodIdentity(association.into()));
            associations.chain([AwsFact::PodIdentities { has_more }]).collect()
        }));
    }
    if let Some(providers) = head.openid_providers {
        return Some(shape::read::<Vec<Provider>>(providers.get()).map(|providers| {
            let providers = providers.into_iter().map(|provider| AwsFact::OpenIdProvider(OpenIdProvider::of_arn(&provider.arn)));
            providers.chain([AwsFact::OpenIdProviders]).collect()
        }));
    }
    if let (Some(url), Some(client_ids)) = (&head.url, head.client_ids) {
        return Some(shape::read::<Vec<String>>(client_ids.get()).map(|audiences| {
            let url = url.strip_prefix("https://").unwrap_or(url).to_owned();
            vec![AwsFact::OpenIdProvider(OpenIdProvider { arn: String::new(), url, audiences: Some(audiences) })]
        }));
    }
    let (id, account, arn) = (head.user_id?, head.account?, head.arn?);
    Some(Ok(vec![AwsFact::Caller(AwsCaller { arn, account, id })]))
}

impl From<Oidc> for IdentityProvider {
    fn from(config: Oidc) -> Self {
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        Self {
            cluster: config.cluster_name,
            name: config.identity_provider_config_name,
            issuer: config.issuer_url,
            client_id: config.client_id,
            username_claim: given(config.username_claim),
            username_prefix: given(config.username_prefix),
            groups_claim: given(config.groups_claim),
            groups_prefix: given(config.groups_prefix),
            required_claims: config.required_claims,
            status: config.status,
        }
    }
}

impl From<Association> for PodIdentity {
    fn from(association: Association) -> Self {
        Self {
            cluster: association.cluster_name,
            id: association.association_id,
            namespace: association.namespace,
            service_account: association.service_account,
            role: association.role_arn,
            target_role: association.target_role_arn,
            external_id: association.external_id,
            is_without_tags: association.disable_session_tags,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::facts::Facts;
    use crate::facts::parse::document;

    fn facts(texts: &[&str]) -> Facts {
        Facts::collect(texts.iter().flat_map(|text| document("aws.json", text.as_bytes())))
    }

    #[test]
    fn what_the_cli_prints_beside_access_entries() {
        let facts = facts(&[
            r#"{"UserId": "AROAEXAMPLE:me", "Account": "111122223333", "Arn": "arn:aws:sts::111122223333:assumed-role/dev/me"}"#,
            r#"{"identityProviderConfigs": [{"type": "oidc", "name": "corp"}]}"#,
            r#"{"identityProviderConfig": {"oidc": {"identityProviderConfigName": "corp", "clusterName": "c", "issuerUrl": "https://login.example",
                "clientId": "kubernetes", "usernamePrefix": "-", "groupsClaim": "groups", "requiredClaims": {"hd": "example"}, "status": "ACTIVE"}}}"#,
            r#"{"association": {"clusterName": "c", "namespace": "ci", "serviceAccount": "a", "associationId": "a-1",
                "roleArn": "arn:aws:iam::111122223333:role/ci", "disableSessionTags": true}}"#,
            r#"{"associations": [{"clusterName": "c", "namespace": "ci", "serviceAccount": "a", "associationId": "a-1"},
                {"clusterName": "c", "namespace": "ci", "serviceAccount": "b", "associationId": "a-2"}]}"#,
            r#"{"Url": "oidc.eks.eu-central-1.amazonaws.com/id/ABC", "ClientIDList": ["sts.amazonaws.com"]}"#,
            r#"{"OpenIDConnectProviderList": [{"Arn": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/ABC"}]}"#,
        ]);
        assert_eq!(facts.gaps(), []);
        let aws = facts.aws();
        assert_eq!(aws.caller.as_ref().unwrap().id, "AROAEXAMPLE:me");
        let provider = &aws.identity_providers[&("c".to_owned(), "corp".to_owned())];
        assert_eq!((provider.username_prefix.as_deref(), provider.username_claim.as_deref()), (Some("-"), None));
        assert_eq!(provider.required_claims["hd"], "example");
        assert_eq!(aws.listed_identity_providers.as_ref().unwrap().names, ["corp"]);
        let association = |id: &str| aws.pod_identities[&("c".to_owned(), id.to_owned())].clone();
        assert_eq!(association("a-1").role.as_deref(), Some("arn:aws:iam::111122223333:role/ci"), "the list does not lose it");
        assert!(association("a-1").is_without_tags);
        assert_eq!(association("a-2").role, None);
        assert_eq!(aws.pod_identities_listed, Some(true));
        let providers: Vec<_> = aws.openid_providers.values().collect();
        assert_eq!(providers.len(), 1, "{providers:?}");
        assert_eq!(providers[0].arn, "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/ABC");
        assert_eq!(providers[0].audiences, Some(vec!["sts.amazonaws.com".to_owned()]));
        assert!(aws.openid_providers_listed);
    }

    #[test]
    fn a_list_with_the_roles_of_services_beside_others_has_all_of_an_account() {
        let list = |roles: &[&str], more: &str| {
            let roles: Vec<String> = roles.iter().map(|role| format!(r#"{{"Arn":"arn:aws:iam::111122223333:role/{role}"}}"#)).collect();
            facts(&[&format!(r#"{{"Roles":[{}]{more}}}"#, roles.join(","))])
        };
        let linked = "aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS";
        let is_gone = |facts: &Facts| facts.aws().is_gone("arn:aws:iam::111122223333:role/gone");
        assert!(is_gone(&list(&["dev", linked], "")) && !is_gone(&list(&["gone", linked], "")));
        assert!(
            !is_gone(&list(&["dev"], "")) && !is_gone(&list(&[linked], "")) && !is_gone(&list(&["dev", linked], r#","NextToken":"x""#))
        );
        assert!(!list(&["dev", linked], "").aws().is_gone("arn:aws:iam::444455556666:role/gone"));
    }

    #[test]
    fn trust_policies_are_read_as_the_cli_and_as_the_service_give_them() {
        let plain = r#"{"Role": {"Arn": "arn:aws:iam::1:role/a", "AssumeRolePolicyDocument": {"Statement": []}}}"#;
        let encoded = r#"{"Roles": [{"Arn": "arn:aws:iam::1:role/a", "AssumeRolePolicyDocument": "%7B%22Statement%22%3A%5B%5D%7D"}]}"#;
        for text in [plain, encoded] {
            let facts = facts(&[text]);
            assert_eq!(facts.aws().principals["arn:aws:iam::1:role/a"].trust.as_deref(), Some(r#"{"Statement":[]}"#), "{text}");
        }
    }
}
