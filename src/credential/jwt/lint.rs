//! What is wrong with a token, or worth knowing of it.
//!
//! An error is what no API server takes (of Kubernetes 1.36), whatever it is set to; or what the expected one refuses.

mod account;
mod claim;
mod form;
mod time;

use super::{Kind, Signature, Token, verify};
use crate::base::text::{enumerate, sanitise};
use crate::base::{Finding, Severity};
use crate::credential::Expected;

/// What is wrong with a token, the worst first.
pub fn lint(token: &Token, expected: &Expected) -> Vec<Finding> {
    let mut findings = form::lint(token);
    // without claims nothing follows from their absence
    if !token.claims.is_empty() || token.defects.is_empty() {
        findings.extend(of_issuer(token, expected));
        findings.extend(of_audience(token, expected));
        findings.extend(claim::lint(token));
        findings.extend(time::lint(token, expected.now));
        findings.extend(account::lint(token));
    }
    findings.extend(of_signature(token, expected));
    findings.sort_by_key(|finding| finding.severity);
    findings
}

fn finding(code: &'static str, severity: Severity, message: impl AsRef<str>, fix: Option<&str>) -> Finding {
    Finding {
        code,
        severity,
        subject: "token".to_owned(),
        message: format!("the token {}", sanitise(message.as_ref())),
        fix: fix.map(str::to_owned),
        source: None,
    }
}

/// The one issuer that is written in two ways (`issuerGoogleAccounts` of go-oidc).
fn is_issuer(own: &str, expected: &str) -> bool {
    own == expected || own == "accounts.google.com" && expected == "https://accounts.google.com"
}

fn of_issuer(token: &Token, expected: &Expected) -> Option<Finding> {
    let Some(issuer) = token.issuer().filter(|issuer| !issuer.is_empty()) else {
        let message = "names no issuer (`iss`): no authenticator of an API server takes it for its own";
        return Some(finding("no-issuer", Severity::Error, message, None));
    };
    // those of old have an issuer of their own, beside the cluster's
    let expected = expected.issuer.as_deref().filter(|_| token.kind() != Kind::ServiceAccountLegacy)?;
    (!is_issuer(issuer, expected)).then(|| {
        let message = format!("is issued by `{issuer}`, and the cluster takes those of `{expected}`");
        finding("wrong-issuer", Severity::Error, message, Some("Present a token of this cluster."))
    })
}

fn of_audience(token: &Token, expected: &Expected) -> Option<Finding> {
    let audiences = token.audiences();
    let names = |audiences: &[&str]| enumerate(&audiences.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>(), "and");
    if audiences.is_empty() {
        // a service account's then counts for the API server's own audiences
        let is_refused = token.kind() == Kind::Oidc;
        return is_refused.then(|| {
            let message = "names no audience (`aud`): an OIDC authenticator refuses it";
            finding("no-audience", Severity::Error, message, Some("Have the provider put the client id into `aud`."))
        });
    }
    if expected.audiences.is_empty() {
        let is_server = |name: &&str| *name == token.issuer().unwrap_or_default() || name.contains("kubernetes.default.svc");
        let is_elsewhere = token.kind() == Kind::ServiceAccountBound && !audiences.iter().any(is_server);
        return is_elsewhere.then(|| {
            let message = format!("is for {}: an API server with another audience refuses it", names(&audiences));
            finding("audience-elsewhere", Severity::Info, message, None)
        });
    }
    let fits = audiences.iter().any(|name| expected.audiences.iter().any(|expected| expected == name));
    (!fits).then(|| {
        let wanted: Vec<&str> = expected.audiences.iter().map(String::as_str).collect();
        let message = format!("is for {}, and must be for {}", names(&audiences), names(&wanted));
        finding("wrong-audience", Severity::Error, message, Some("Ask for a token with that audience."))
    })
}

fn of_signature(token: &Token, expected: &Expected) -> Option<Finding> {
    let keys = expected.keys.as_deref()?;
    match verify(token, keys) {
        Signature::Valid | Signature::None => None,
        Signature::Invalid => {
            let message = "has a signature that is not of the issuer's key: it was changed, or another signed it";
            Some(finding("signature-invalid", Severity::Error, message, Some("Get a new one from the issuer.")))
        }
        Signature::Unverified => {
            let is_there = |id: &str| keys.iter().any(|key| key.id.as_deref() == Some(id));
            match token.key_id() {
                Some(id) if !is_there(id) => {
                    let message = format!("is signed with key `{id}`, which is none of the issuer's keys that were given");
                    Some(finding("unknown-key", Severity::Error, message, Some("Get the issuer's keys again, and then a new token.")))
                }
                _ => {
                    let algorithm = token.algorithm().unwrap_or("an unknown algorithm");
                    let message = format!("is signed with {algorithm}, which whycan cannot verify with the keys that were given");
                    Some(finding("signature-unverified", Severity::Info, message, None))
                }
            }
        }
    }
}
