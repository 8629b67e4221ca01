//! The ExecCredential that a plugin prints.

use secrecy::SecretString;
use serde::Deserialize;

use super::refusal;
use crate::base::Failure;
use crate::base::text::sanitise;
use crate::credential::{key, x509};
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

/// Reads an answer. client-go takes YAML too, and of that the first document; what begins as JSON is JSON and nothing else.
pub fn read(answer: &[u8], exec: &Exec) -> Result<Credential, Failure> {
    use secrecy::ExposeSecret as _;

    let wrong = |why: &str| refusal(exec, why).hint("Check that it prints an ExecCredential of its apiVersion and nothing else.");
    if answer.trim_ascii().is_empty() {
        return Err(wrong("printed nothing"));
    }
    // the parser's complaint could repeat a secret
    let credential = parse(answer).ok_or_else(|| wrong("printed something that is no ExecCredential"))?;
    // client-go takes one that does not say so for what it waits for
    if !matches!(credential.kind.as_str(), "" | "ExecCredential") {
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
    if let (Some(certificate), Some(key)) = (&certificate, &key) {
        check_pair(certificate, key.expose_secret()).map_err(|why| wrong(&format!("gave a certificate and a key, and {why}")))?;
    }
    let expires_at = match status.expiration_timestamp {
        None => None,
        Some(text) => match text.parse::<jiff::Timestamp>() {
            Ok(time) if is_of_rfc3339(&text) => Some(time.as_second()),
            _ => return Err(wrong(&format!("gave an expirationTimestamp that is no time: `{}`", sanitise(&text)))),
        },
    };
    Ok(Credential { token, certificate, key, expires_at })
}

fn parse(answer: &[u8]) -> Option<ExecCredential> {
    if answer.trim_ascii_start().starts_with(b"{") {
        // by way of a value: of a key that stands there twice the last counts
        return serde_json::from_value(serde_json::from_slice(answer).ok()?).ok();
    }
    ExecCredential::deserialize(serde_yaml::Deserializer::from_slice(answer).next()?).ok()
}

/// What Go's `tls.X509KeyPair` refuses, as far as it is told here; the rest is told when TLS is set up.
fn check_pair(certificate: &str, key: &str) -> Result<(), String> {
    let certificate = x509::presented(certificate.as_bytes()).map_err(|problem| format!("the certificate {problem}"))?;
    let key = key::private(key.as_bytes()).map_err(|problem| format!("the key {problem}"))?;
    match key.and_then(|key| key.fits(&certificate)) {
        Some(false) => Err("the key is of another certificate".to_owned()),
        _ => Ok(()),
    }
}

/// Whether a time is written as RFC 3339 has it, which is all that Go reads: `2026-01-01T00:00:00Z`, `….123+01:00`.
fn is_of_rfc3339(text: &str) -> bool {
    let is_like = |text: &str, form: &str| {
        text.len() == form.len()
            && text.bytes().zip(form.bytes()).all(|(byte, form)| if form == b'0' { byte.is_ascii_digit() } else { byte == form })
    };
    let Some((start, rest)) = text.split_at_checked("0000-00-00T00:00:00".len()) else { return false };
    let zone = rest.strip_prefix('.').map_or(Some(rest), |after| {
        let zone = after.trim_start_matches(|c: char| c.is_ascii_digit());
        (zone.len() < after.len()).then_some(zone)
    });
    is_like(start, "0000-00-00T00:00:00") && zone.is_some_and(|zone| zone == "Z" || is_like(zone, "+00:00") || is_like(zone, "-00:00"))
}
