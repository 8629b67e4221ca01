//! What is presented, described without its secret, and what is wrong with it as far as it can be told here.

use secrecy::{ExposeSecret as _, SecretString};

use super::credential::now;
use super::{CredentialKind, Presented};
use crate::base::text::sanitise;
use crate::base::{Finding, Severity};
use crate::credential::{Content, Decoded, x509};
use crate::kubeconfig::{Cluster, Exec};

/// A client certificate, in PEM.
pub fn certificate(pem: &[u8]) -> Presented {
    let mut presented =
        Presented { kind: CredentialKind::Certificate, description: "client certificate".to_owned(), ..Presented::default() };
    let Ok(certificate) = x509::presented(pem) else { return presented };
    presented.description = format!("certificate {}", sanitise(&certificate.who()));
    presented.expires_at = Some(certificate.not_after.as_second());
    if certificate.not_before.as_second() > now() {
        presented.findings.push(finding("not-yet-valid", "the certificate is not valid yet", "Check the clock of this machine."));
    }
    presented
}

/// When the first of a cluster's certificate authorities ends; none where that cannot be told.
pub fn authority_ends(cluster: &Cluster) -> Option<i64> {
    let pem = super::config::bytes(cluster.certificate_authority.as_ref()?, "certificate authority").ok()?;
    x509::certificates(&pem).ok()?.iter().map(|certificate| certificate.not_after.as_second()).min()
}

/// A bearer token, from a kubeconfig or, with its path, from a file.
pub fn token(token: &SecretString, file: Option<&str>) -> Presented {
    let (what, expires_at) = content(token.expose_secret());
    let from = file.map_or_else(String::new, |path| format!(" of file {}", sanitise(path)));
    Presented { kind: CredentialKind::Token, description: format!("{what}{from}"), expires_at, ..Presented::default() }
}

/// What a plugin gave.
pub fn plugin(exec: &Exec, token: Option<&str>, pem: Option<&str>, expires_at: Option<i64>) -> Presented {
    let (what, own_end) = match (token, pem) {
        (Some(token), _) => content(token),
        (None, Some(pem)) => {
            let certificate = certificate(pem.as_bytes());
            (certificate.description, certificate.expires_at)
        }
        (None, None) => ("nothing".to_owned(), None),
    };
    let program = exec.command.rsplit(['/', '\\']).next().unwrap_or_default();
    // the first words of the line tell which plugin it is; what follows are names of clusters and roles
    let words: Vec<&str> = exec.args.iter().map(String::as_str).filter(|word| is_subcommand(word)).collect();
    let command = std::iter::once(program).chain(words).take(3).collect::<Vec<_>>().join(" ");
    let description = format!("{what} of {}", sanitise(&command));
    Presented { kind: CredentialKind::Exec, description, expires_at: expires_at.or(own_end), ..Presented::default() }
}

fn is_subcommand(word: &str) -> bool {
    matches!(word, "eks" | "get-token" | "token" | "oidc-login")
}

/// A user name and a password.
pub fn basic(username: &str) -> Presented {
    let message = "no current server takes a user name and a password: the request is anonymous";
    Presented {
        kind: CredentialKind::Basic,
        description: format!("user name {} and a password", sanitise(username)),
        findings: vec![Finding {
            severity: Severity::Warning,
            ..finding("basic-authentication", message, "Use a token, a certificate or a plugin.")
        }],
        ..Presented::default()
    }
}

/// Adds what can be told of its time.
pub fn with_time(mut presented: Presented) -> Presented {
    if presented.expires_at.is_some_and(|at| at <= now()) {
        presented.findings.push(finding("expired", "the credential has expired", "Get a new one: log in again."));
    }
    presented
}

fn finding(code: &'static str, message: &str, fix: &str) -> Finding {
    Finding {
        code,
        severity: Severity::Error,
        subject: "credential".to_owned(),
        message: message.to_owned(),
        fix: Some(fix.to_owned()),
        source: None,
    }
}

/// What kind of token it is, and when it ends: a JSON web token says so itself.
fn content(token: &str) -> (String, Option<i64>) {
    let decoded = Decoded::read(token.as_bytes());
    let what = match &decoded.content {
        Content::Eks(_) => "EKS token".to_owned(),
        Content::Jwt(token) => {
            let of = token.subject().filter(|subject| !subject.is_empty()).map(|subject| format!(" of {}", sanitise(subject)));
            format!("JSON web token{}", of.unwrap_or_default())
        }
        Content::X509(_) | Content::Bootstrap(_) | Content::Opaque => "token".to_owned(),
    };
    (what, decoded.expires_at().map(jiff::Timestamp::as_second))
}
