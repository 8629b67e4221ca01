//! What is presented, taken apart, and what is wrong with it as far as it can be told without asking anybody.

use std::sync::Arc;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use super::credential::now;
use super::{CredentialKind, Presented};
use crate::base::text::sanitise;
use crate::base::{Finding, Severity, Source};
use crate::credential::end::{self, Known};
use crate::credential::{Content, Decoded, Expected, x509};
use crate::kubeconfig::provider::{Eks, is_eks};
use crate::kubeconfig::{Cluster, Context, Exec, Lines, Target};

/// What a target's credential is held against.
pub fn expected(target: &Target) -> Expected {
    let mut expected = Expected { now: Timestamp::from_second(now()).ok(), ..Expected::default() };
    if let Some(eks) = eks(target) {
        // a region that nothing tells leaves the partition open too
        expected.partition = eks.region.as_ref().map(|_| eks.partition.to_owned());
        (expected.cluster, expected.region) = (eks.cluster, eks.region);
    }
    expected
}

/// What the kubeconfig tells of a target that is a cluster of EKS.
pub fn eks(target: &Target) -> Option<Eks> {
    if !is_eks(&target.cluster, &target.user) {
        return None;
    }
    let context = Context {
        name: target.context.clone().unwrap_or_default(),
        cluster: target.cluster.name.clone(),
        user: target.user.name.clone(),
        namespace: None,
        source: Source { file: String::new(), line: None },
        lines: Lines::default(),
        shadowed: Vec::new(),
    };
    Some(Eks::of(&context, Some(&target.cluster), Some(&target.user)))
}

/// A client certificate, in PEM.
pub fn certificate(pem: &[u8], expected: &Expected) -> Presented {
    let presented = Presented { kind: CredentialKind::Certificate, description: "client certificate".to_owned(), ..Presented::default() };
    with(presented, Decoded::read(pem), expected, "")
}

/// When the first of a cluster's certificate authorities ends; none where that cannot be told.
pub fn authority_ends(cluster: &Cluster) -> Option<i64> {
    let pem = super::config::bytes(cluster.certificate_authority.as_ref()?, "certificate authority").ok()?;
    x509::certificates(&pem).ok()?.iter().map(|certificate| certificate.not_after.as_second()).min()
}

/// A bearer token, from a kubeconfig or, with its path, from a file.
pub fn token(token: &SecretString, file: Option<&str>, expected: &Expected) -> Presented {
    let from = file.map_or_else(String::new, |path| format!(" of file {}", sanitise(path)));
    let presented = Presented { kind: CredentialKind::Token, secret: Some(token.clone()), ..Presented::default() };
    with(presented, Decoded::read(token.expose_secret().as_bytes()), expected, &from)
}

/// What a plugin gave; when it ends as the plugin says, seconds since 1970 in UTC.
pub fn plugin(exec: &Exec, token: Option<&str>, pem: Option<&str>, expires_at: Option<i64>, expected: &Expected) -> Presented {
    let presented = Presented { kind: CredentialKind::Exec, secret: token.map(SecretString::from), ..Presented::default() };
    let of = format!(" of {}", sanitise(&command(exec)));
    let mut presented = match token.or(pem) {
        Some(text) => with(presented, Decoded::read(text.as_bytes()), expected, &of),
        None => Presented { description: format!("nothing{of}"), ..presented },
    };
    // where there is a token, a certificate goes with it
    let beside = token.and(pem).map(|pem| Decoded::read(pem.as_bytes()));
    let said = expires_at.and_then(|at| Timestamp::from_second(at).ok());
    let known = Known { decoded: presented.decoded.as_deref(), beside: beside.as_ref(), plugin: said, session: None };
    let end = end::soonest(&known);
    presented.expires_at = end.map(|end| end.at.as_second()).or(expires_at);
    presented.ends = end.map(|end| end.why);
    presented
}

/// The command of a plugin, as far as it tells which plugin it is: what follows are names of clusters and roles.
fn command(exec: &Exec) -> String {
    let program = exec.command.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_subcommand = |word: &&str| matches!(*word, "eks" | "get-token" | "token" | "mint" | "oidc-login");
    let words = exec.args.iter().map(String::as_str).filter(is_subcommand);
    std::iter::once(program).chain(words).take(3).collect::<Vec<_>>().join(" ")
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

/// Adds what can be told of its time, where it does not say so itself.
pub fn with_time(mut presented: Presented) -> Presented {
    let is_told = presented.findings.iter().any(|finding| finding.code == "expired");
    if !is_told && presented.expires_at.is_some_and(|at| at <= now()) {
        presented.findings.push(finding("expired", "the credential has expired", "Get a new one: log in again."));
    }
    presented
}

/// Adds what it says itself; `of` goes on after what it is.
fn with(mut presented: Presented, decoded: Decoded, expected: &Expected, of: &str) -> Presented {
    presented.description = match &decoded.content {
        Content::Eks(_) => format!("EKS token{of}"),
        Content::Jwt(token) => {
            let whose = token.subject().map(|subject| format!(" of {}", sanitise(subject))).unwrap_or_default();
            format!("JSON web token{whose}{of}")
        }
        Content::X509(presented) => format!("certificate {}{of}", sanitise(&presented.certificate.who())),
        Content::Bootstrap(token) => format!("bootstrap token {}{of}", token.id),
        // what is no certificate is told when it is used
        Content::Opaque if presented.kind == CredentialKind::Certificate => presented.description,
        Content::Opaque => format!("token{of}"),
    };
    let end = end::soonest(&Known { decoded: Some(&decoded), ..Known::default() });
    presented.expires_at = end.map(|end| end.at.as_second());
    presented.ends = end.map(|end| end.why);
    presented.findings.extend(decoded.findings(expected));
    presented.decoded = Some(Arc::new(decoded));
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
