//! Settings as an AuthenticationConfiguration.
//!
//! Source: `apiserver/pkg/apis/apiserver` of Kubernetes 1.36. The API server reads them strictly: a name that it does not
//! know, or a value of another kind, and it does not take the file at all.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use super::super::authenticator::{Attribute, Authenticator, ClaimRule, Mapping, Origin, Standing, UserRule};
use super::super::validation::{self, ALGORITHMS};

const VERSIONS: [&str; 3] = ["apiserver.config.k8s.io/v1alpha1", "apiserver.config.k8s.io/v1beta1", "apiserver.config.k8s.io/v1"];

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Settings {
    #[serde(deserialize_with = "null")]
    api_version: String,
    #[serde(deserialize_with = "null")]
    kind: String,
    #[serde(deserialize_with = "null")]
    jwt: Vec<Option<Jwt>>,
    #[serde(deserialize_with = "null")]
    anonymous: Anonymous,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Anonymous {
    #[serde(deserialize_with = "null")]
    enabled: bool,
    #[serde(deserialize_with = "null")]
    conditions: Vec<Condition>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Condition {
    #[serde(deserialize_with = "null")]
    path: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Jwt {
    #[serde(deserialize_with = "null")]
    pub issuer: Issuer,
    #[serde(deserialize_with = "null")]
    pub claim_validation_rules: Vec<Rule>,
    #[serde(deserialize_with = "null")]
    pub claim_mappings: Mappings,
    #[serde(deserialize_with = "null")]
    pub user_validation_rules: Vec<UserCondition>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Issuer {
    #[serde(deserialize_with = "null")]
    pub url: String,
    #[serde(rename = "discoveryURL", deserialize_with = "null")]
    pub discovery_url: String,
    #[serde(deserialize_with = "null")]
    pub certificate_authority: String,
    #[serde(deserialize_with = "null")]
    pub audiences: Vec<String>,
    #[serde(deserialize_with = "null")]
    pub audience_match_policy: String,
    #[serde(deserialize_with = "null")]
    pub egress_selector_type: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Rule {
    #[serde(deserialize_with = "null")]
    pub claim: String,
    #[serde(deserialize_with = "null")]
    pub required_value: String,
    #[serde(deserialize_with = "null")]
    pub expression: String,
    #[serde(deserialize_with = "null")]
    pub message: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mappings {
    #[serde(deserialize_with = "null")]
    pub username: Prefixed,
    #[serde(deserialize_with = "null")]
    pub groups: Prefixed,
    #[serde(deserialize_with = "null")]
    pub uid: Plain,
    #[serde(deserialize_with = "null")]
    pub extra: Vec<Further>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Prefixed {
    #[serde(deserialize_with = "null")]
    pub claim: String,
    pub prefix: Option<String>,
    #[serde(deserialize_with = "null")]
    pub expression: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Plain {
    #[serde(deserialize_with = "null")]
    pub claim: String,
    #[serde(deserialize_with = "null")]
    pub expression: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Further {
    #[serde(deserialize_with = "null")]
    pub key: String,
    #[serde(deserialize_with = "null")]
    pub value_expression: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UserCondition {
    #[serde(deserialize_with = "null")]
    pub expression: String,
    #[serde(deserialize_with = "null")]
    pub message: String,
}

/// Go reads `null` as the empty value.
fn null<'de, D: serde::Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// The settings of a file; what keeps the API server from taking it keeps it from taking any of them.
pub fn of_settings(place: &str, content: &Value) -> Vec<Authenticator> {
    let settings: Settings = match serde_path_to_error::deserialize(content) {
        Ok(settings) => settings,
        Err(error) => return refused(place, content, &format!("{}: {}", error.path(), error.inner())),
    };
    if !VERSIONS.contains(&settings.api_version.as_str()) {
        return refused(place, content, "its apiVersion is none that the API server knows");
    }
    let whole = of_whole(&settings);
    let mut all: Vec<Authenticator> =
        settings.jwt.into_iter().enumerate().map(|(index, jwt)| of_jwt(place, index, jwt.unwrap_or_default())).collect();
    // one that may be refused is not taken to be: the API server runs with it, more likely than not
    let of_one = || {
        all.iter().find_map(|one| match &one.standing {
            Standing::Refused(why) => Some(format!("{}: {why}", one.origin)),
            _ => None,
        })
    };
    let flaw = whole.or_else(of_one).map(Standing::Refused);
    if let Some(flaw) = flaw {
        for one in &mut all {
            // of a flaw of its own the place need not be said
            if !matches!(one.standing, Standing::Refused(_)) {
                one.standing = flaw.clone();
            }
        }
    }
    all
}

/// What is wrong with a file as a whole.
fn of_whole(settings: &Settings) -> Option<String> {
    let jwt = || settings.jwt.iter().flatten();
    if settings.jwt.len() > 64 {
        return Some("it has more than 64 issuers".to_owned());
    }
    let mut seen = BTreeSet::new();
    if jwt().any(|jwt| !seen.insert(jwt.issuer.url.as_str())) {
        return Some("it has an issuer twice".to_owned());
    }
    let mut seen = BTreeSet::new();
    if jwt().any(|jwt| !jwt.issuer.discovery_url.is_empty() && !seen.insert(jwt.issuer.discovery_url.as_str())) {
        return Some("it has a discoveryURL twice".to_owned());
    }
    (!settings.anonymous.enabled && !settings.anonymous.conditions.is_empty())
        .then(|| "it has conditions for anonymous requests, which it does not enable".to_owned())
}

/// What can be told of the issuers of a file that the API server does not take.
fn refused(place: &str, content: &Value, why: &str) -> Vec<Authenticator> {
    let issuers = content.get("jwt").and_then(Value::as_array).into_iter().flatten().enumerate();
    let one = |(index, jwt): (usize, &Value)| {
        let issuer = jwt.get("issuer")?.get("url")?.as_str()?;
        let jwt = Jwt { issuer: Issuer { url: issuer.to_owned(), ..Issuer::default() }, ..Jwt::default() };
        Some(Authenticator { standing: Standing::Refused(why.to_owned()), ..of_jwt(place, index, jwt) })
    };
    issuers.filter_map(one).collect()
}

fn of_jwt(place: &str, index: usize, jwt: Jwt) -> Authenticator {
    let flaw = validation::of_form(&jwt);
    let mapping = |claim: String, prefix: Option<String>, expression: String| match (claim.is_empty(), expression.is_empty()) {
        (_, false) => Some(Mapping::Expression(expression)),
        (false, true) => Some(Mapping::Claim { claim, prefix: prefix.unwrap_or_default() }),
        (true, true) => None,
    };
    let Mappings { username, groups, uid, extra } = jwt.claim_mappings;
    let rule = |rule: Rule| {
        if rule.expression.is_empty() {
            ClaimRule::Required { claim: rule.claim, value: rule.required_value }
        } else {
            ClaimRule::Expression { expression: rule.expression, message: rule.message }
        }
    };
    let authenticator = Authenticator {
        origin: Origin::File { place: place.to_owned(), index },
        standing: flaw.unwrap_or(Standing::Counts),
        issuer: jwt.issuer.url,
        audiences: jwt.issuer.audiences,
        username: mapping(username.claim, username.prefix, username.expression)
            .unwrap_or(Mapping::Claim { claim: String::new(), prefix: String::new() }),
        groups: mapping(groups.claim, groups.prefix, groups.expression),
        uid: mapping(uid.claim, None, uid.expression),
        extra: extra.into_iter().map(|one| Attribute { key: one.key, expression: one.value_expression }).collect(),
        claim_rules: jwt.claim_validation_rules.into_iter().map(rule).collect(),
        user_rules: jwt
            .user_validation_rules
            .into_iter()
            .map(|rule| UserRule { expression: rule.expression, message: rule.message })
            .collect(),
        algorithms: ALGORITHMS.map(str::to_owned).into(),
    };
    validation::validated(authenticator)
}
