//! The ExecCredential that a plugin prints.

use secrecy::SecretString;
use serde::Deserialize;

use super::name;
use crate::base::Failure;
use crate::base::text::sanitise;
use crate::kubeconfig::Exec;

/// What a plugin gave.
#[derive(Clone, Debug, Default)]
pub struct Credential {
    /// A bearer token.
    pub token: Option<SecretString>,
    /// A client certificate, in PEM.
    pub certificate: Option<String>,
    /// Its key, in PEM.
    pub key: Option<SecretString>,
    /// When it ends, seconds since 1970 in UTC.
    pub expires_at: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExecCredential {
    #[serde(default)]
    api_version: String,
    #[serde(default)]
    kind: String,
    status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    expiration_timestamp: Option<String>,
    token: Option<SecretString>,
    client_certificate_data: Option<String>,
    client_key_data: Option<SecretString>,
}

/// Reads an answer; client-go takes YAML too.
pub fn read(answer: &[u8], exec: &Exec) -> Result<Credential, Failure> {
    use secrecy::ExposeSecret as _;

    let wrong = |why: &str| {
        Failure::failed(format!("the credential plugin {} {why}", name(exec)))
            .hint("Check that it prints an ExecCredential of its apiVersion and nothing else.")
    };
    if answer.trim_ascii().is_empty() {
        return Err(wrong("printed nothing"));
    }
    // the parser's complaint could repeat a secret
    let credential: ExecCredential = serde_yaml::from_slice(answer).map_err(|_| wrong("printed something that is no ExecCredential"))?;
    if credential.kind != "ExecCredential" {
        return Err(wrong(&format!("printed a `{}`, not an ExecCredential", sanitise(&credential.kind))));
    }
    if credential.api_version != exec.api_version {
        return Err(wrong(&format!(
            "answered with apiVersion `{}` where `{}` was asked for",
            sanitise(&credential.api_version),
            sanitise(&exec.api_version)
        )));
    }
    let Some(status) = credential.status else { return Err(wrong("gave no status")) };
    let token = status.token.filter(|token| !token.expose_secret().is_empty());
    let certificate = status.client_certificate_data.filter(|text| !text.is_empty());
    let key = status.client_key_data.filter(|key| !key.expose_secret().is_empty());
    if token.is_none() && certificate.is_none() && key.is_none() {
        return Err(wrong("gave neither a token nor a certificate"));
    }
    if certificate.is_some() != key.is_some() {
        return Err(wrong("gave a certificate without its key, or a key without its certificate"));
    }
    let expires_at = match status.expiration_timestamp.filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => match text.parse::<jiff::Timestamp>() {
            Ok(time) => Some(time.as_second()),
            Err(_) => return Err(wrong(&format!("gave an expirationTimestamp that is no time: `{}`", sanitise(&text)))),
        },
    };
    Ok(Credential { token, certificate, key, expires_at })
}
