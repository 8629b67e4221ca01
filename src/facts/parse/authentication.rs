//! What tells how an API server takes credentials: its settings, its flags in its pod, the Secrets of bootstrap tokens.
//!
//! Sources (Kubernetes 1.36): `plugin/pkg/auth/authenticator/token/bootstrap`, `cluster-bootstrap/util/secrets`.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;

use super::convert::Refusal;
use super::shape::{self, Metadata, null};
use crate::facts::authentication::{AuthenticationFact, BootstrapToken, Configuration};
use crate::facts::{Change, Meta};

/// The API group of the API server's own settings.
pub const SETTINGS: &str = "apiserver.config.k8s.io";

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Secret {
    #[serde(deserialize_with = "null")]
    metadata: Metadata,
    #[serde(rename = "type", deserialize_with = "null")]
    kind: String,
    #[serde(deserialize_with = "null")]
    data: Data,
    #[serde(deserialize_with = "null")]
    string_data: Data,
}

/// What of a token's Secret is no secret.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct Data {
    token_id: Option<String>,
    expiration: Option<String>,
    auth_extra_groups: Option<String>,
    usage_bootstrap_authentication: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Pod {
    #[serde(deserialize_with = "null")]
    spec: Spec,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Spec {
    #[serde(deserialize_with = "null")]
    containers: Vec<Container>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Container {
    #[serde(deserialize_with = "null")]
    name: String,
    #[serde(deserialize_with = "null")]
    command: Vec<String>,
    #[serde(deserialize_with = "null")]
    args: Vec<String>,
}

/// An AuthenticationConfiguration.
pub fn configuration(text: &str, place: &str) -> Result<Change, Refusal> {
    let content: Value = shape::read(text)?;
    Ok(Change::Authentication(AuthenticationFact::Configuration(Arc::new(Configuration { place: place.to_owned(), content }))))
}

/// The Secret of a bootstrap token; none for any other, of which nothing is read.
pub fn bootstrap_token(text: &str) -> Result<Option<Change>, Refusal> {
    const KIND: &str = "bootstrap.kubernetes.io/token";
    let secret: Secret = shape::read(text)?;
    let Some(id) = secret.metadata.name.as_str().strip_prefix("bootstrap-token-") else { return Ok(None) };
    if secret.metadata.namespace != "kube-system" || secret.kind != KIND {
        return Ok(None);
    }
    let mut is_legible = true;
    let mut value = |plain: Option<String>, encoded: Option<String>| {
        let decoded = encoded.and_then(|encoded| {
            let bytes = STANDARD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            is_legible &= bytes.is_some();
            bytes
        });
        plain.or(decoded).unwrap_or_default()
    };
    let (data, plain) = (secret.data, secret.string_data);
    let named = value(plain.token_id, data.token_id);
    let token = BootstrapToken {
        groups: value(plain.auth_extra_groups, data.auth_extra_groups),
        expiration: value(plain.expiration, data.expiration),
        may_log_in: value(plain.usage_bootstrap_authentication, data.usage_bootstrap_authentication) == "true",
        id: id.to_owned(),
        flaw: None,
    };
    let flaw = if !is_legible {
        Some("a value of its Secret is no base64")
    } else if named != token.id {
        Some("its Secret is named after another token-id than it holds")
    } else {
        None
    };
    Ok(Some(Change::Authentication(AuthenticationFact::BootstrapToken(BootstrapToken { flaw, ..token }))))
}

/// The flags of an API server that say how it takes credentials, when a pod is one; as kubeadm runs it.
pub fn api_server(text: &str, meta: &Meta) -> Option<Arc<[String]>> {
    if meta.namespace != "kube-system" || !meta.name.as_str().starts_with("kube-apiserver") {
        return None;
    }
    let pod: Pod = serde_json::from_str(text).ok()?;
    let container = pod.spec.containers.iter().find(|container| container.name == "kube-apiserver")?;
    let words: Vec<&String> = container.command.iter().chain(&container.args).collect();
    // a program that starts it may stand before it; without a command the image says what runs
    let program = words.iter().position(|word| *word == "kube-apiserver" || word.ends_with("/kube-apiserver") && !word.starts_with('-'));
    let words = match program {
        Some(program) => words.get(program + 1..).unwrap_or_default(),
        None if container.command.is_empty() => &words,
        None => return None,
    };
    let mut flags = Vec::new();
    for (position, word) in words.iter().enumerate() {
        let Some(flag) = word.strip_prefix("--").or_else(|| word.strip_prefix('-')) else { continue };
        let name = flag.split('=').next().unwrap_or_default().replace('_', "-");
        if !is_of_authentication(&name) {
            continue;
        }
        let value = match (flag.split_once('='), words.get(position + 1)) {
            (Some((_, value)), _) => value,
            (None, Some(next)) if !next.starts_with('-') && !IS_SWITCH.contains(&name.as_str()) => next,
            (None, _) => "true",
        };
        flags.push(format!("{name}={value}"));
    }
    Some(flags.into())
}

/// Flags that need no value.
const IS_SWITCH: [&str; 2] = ["anonymous-auth", "enable-bootstrap-token-auth"];

fn is_of_authentication(flag: &str) -> bool {
    const NAMES: [&str; 9] = [
        "anonymous-auth",
        "api-audiences",
        "authentication-config",
        "authentication-token-webhook-config-file",
        "client-ca-file",
        "enable-bootstrap-token-auth",
        "requestheader-client-ca-file",
        "service-account-issuer",
        "token-auth-file",
    ];
    flag.starts_with("oidc-") || NAMES.contains(&flag)
}

#[cfg(test)]
mod tests {
    use crate::facts::Facts;
    use crate::facts::parse::document;

    #[test]
    fn secrets_of_tokens_without_their_secret() {
        let secret = r#"
apiVersion: v1
kind: Secret
metadata: {name: bootstrap-token-abcdef, namespace: kube-system}
type: bootstrap.kubernetes.io/token
data: {token-id: YWJjZGVm, usage-bootstrap-authentication: dHJ1ZQ==}
stringData: {token-secret: f395accd246ae52d, auth-extra-groups: "system:bootstrappers:ci", expiration: "2030-01-01T00:00:00Z"}
---
apiVersion: v1
kind: Secret
metadata: {name: bootstrap-token-other1, namespace: kube-system}
type: Opaque
"#;
        let facts = Facts::collect(document("secrets.yaml", secret.as_bytes()));
        let token = &facts.authentication().bootstrap_tokens["abcdef"];
        assert_eq!((token.groups.as_str(), token.may_log_in, token.flaw), ("system:bootstrappers:ci", true, None));
        assert!(!format!("{facts:?}").contains("f395accd246ae52d"));
        assert_eq!(facts.authentication().bootstrap_tokens.len(), 1);
        assert_eq!(facts.skipped().values().sum::<usize>(), 1);
    }

    #[test]
    fn the_flags_of_an_api_server_in_its_pod() {
        let pod = r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"kube-apiserver-cp1","namespace":"kube-system"},"spec":{"containers":[
            {"name":"kube-apiserver","command":["kube-apiserver","--advertise-address=10.0.0.1","--oidc-issuer-url=https://login.example",
            "--oidc-client-id","kubernetes","--anonymous-auth"],"args":["--oidc-required-claim=hd=example"]}]}}"#;
        let facts = Facts::collect(document("pod.json", pod.as_bytes()));
        let flags = facts.pods().next().unwrap().api_server.clone().unwrap();
        assert_eq!(
            *flags,
            ["oidc-issuer-url=https://login.example", "oidc-client-id=kubernetes", "anonymous-auth=true", "oidc-required-claim=hd=example"]
        );
        let other = pod.replace("kube-system", "dev");
        assert_eq!(Facts::collect(document("pod.json", other.as_bytes())).pods().next().unwrap().api_server, None);
    }

    #[test]
    fn settings_are_kept_as_they_stand() {
        let file = "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt: [{issuer: {url: https://a}}]\n";
        let facts = Facts::collect(document("authn.yaml", file.as_bytes()));
        let configuration = &facts.authentication().configurations[0];
        assert_eq!(
            (configuration.place.as_str(), configuration.content["jwt"][0]["issuer"]["url"].as_str()),
            ("authn.yaml", Some("https://a"))
        );
        assert!(facts.gaps().is_empty() && facts.skipped().is_empty());
    }
}
