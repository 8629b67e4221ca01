//! What a cluster tells of a credential, and what follows from it. Nobody is asked here: what was heard is given.

mod bound;
mod clock;
mod issuer;

use jiff::{SignedDuration, Timestamp};

use super::jwt::{Jwk, Signature};
use super::{Content, Decoded, Expected};
use crate::base::text::sanitise;
use crate::base::{Finding, Severity};

pub use bound::{Bound, Object, Seen, What, bounds};
pub use clock::Skew;

/// Each code with what it means, beside those of [`decoded`](super::decoded::CODES). Scripts rely on them: a code is never given
/// another meaning.
pub const CODES: [(&str, &str); 18] = [
    ("audience-elsewhere", "a token is for an audience that is none of an API server's usual ones"),
    ("bound-node-gone", "the node that a token is bound to does not exist"),
    ("bound-node-replaced", "the node that a token is bound to was replaced by another of its name"),
    ("bound-node-terminating", "the node that a token is bound to is being deleted"),
    ("bound-pod-gone", "the pod that a token is bound to does not exist"),
    ("bound-pod-replaced", "the pod that a token is bound to was replaced by another of its name"),
    ("bound-pod-terminating", "the pod that a token is bound to is being deleted"),
    ("bound-secret-gone", "the Secret that a token is bound to or kept in does not exist"),
    ("bound-secret-replaced", "the Secret that a token is bound to was replaced by another of its name"),
    ("bound-secret-terminating", "the Secret that a token is bound to or kept in is being deleted"),
    ("clock-skew", "the clocks here and at the server differ by a minute or more"),
    ("legacy-token-invalid", "the Secret that a token is kept in is marked as invalid"),
    ("refused", "the server does not accept the credential"),
    ("service-account-gone", "the service account of a token does not exist"),
    ("service-account-replaced", "the service account of a token was replaced by another of its name"),
    ("service-account-terminating", "the service account of a token is being deleted"),
    ("unknown-key", "a token is signed with none of the issuer's keys"),
    ("wrong-issuer", "a token is of another issuer than the cluster"),
];

/// What was heard of a credential; what is not known is none.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// How far the server's clock is ahead of ours.
    pub skew: Option<Skew>,
    /// Whether the server takes this very credential.
    pub is_accepted: Option<bool>,
    /// The issuer of the cluster's own tokens.
    pub issuer: Option<String>,
    /// The keys of the cluster's own tokens.
    pub cluster_keys: Option<Vec<Jwk>>,
    /// The keys that the token's issuer publishes, where it is another than the cluster.
    pub issuer_keys: Option<Vec<Jwk>>,
    /// What the token is bound to, each with how it stands at the server.
    pub bound: Vec<(Bound, Option<Seen>)>,
}

/// What follows.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// All that is to be said of the credential, the worst first: what it says itself, by the server's clock and with the keys,
    /// and what the cluster says of it.
    pub findings: Vec<Finding>,
    /// What is known of a token's signature.
    pub signature: Option<Signature>,
    /// Whose keys the signature was held against: the cluster's, or an issuer's URL.
    pub keys_from: Option<String>,
    /// What the credential was held against.
    pub expected: Expected,
}

/// Judges a credential by what was heard; `expected` is what the kubeconfig tells, with the time here.
pub fn judge(decoded: &Decoded, heard: &Heard, expected: &Expected) -> Judged {
    let skew = heard.skew.filter(Skew::is_certain);
    let mut expected = expected.clone();
    // the server judges by its own clock
    expected.now = expected.now.map(|now| skew.map_or(now, |skew| now.saturating_add(skew.offset()).unwrap_or(now)));
    let mut judged = Judged::default();
    if let Content::Jwt(token) = &decoded.content {
        let verified = issuer::verify(token, heard);
        (judged.signature, judged.keys_from) = (Some(verified.signature), verified.from.clone());
        expected.keys.clone_from(&verified.keys);
        judged.findings = decoded.findings(&expected);
        issuer::heed(&mut judged.findings, token, &verified, heard);
    } else {
        judged.findings = decoded.findings(&expected);
    }
    let is_refused = heard.is_accepted == Some(false);
    for (bound, seen) in &heard.bound {
        let found = seen.as_ref().and_then(|seen| bound.judge(seen, expected.now));
        judged.findings.extend(found.filter(|_| bound.is_certain() || is_refused));
    }
    judged.findings.extend(skew.map(|skew| skew.finding()));
    if is_refused && !judged.findings.iter().any(|finding| finding.severity == Severity::Error) {
        judged.findings.push(refused(decoded, heard));
    }
    judged.findings.sort_by_key(|finding| finding.severity);
    judged.expected = expected;
    judged
}

/// When the next thing changes by the mere course of time, after what is judged now: by our clock.
pub fn next_change(decoded: &Decoded, heard: &Heard, now: Timestamp) -> Option<Timestamp> {
    let second = SignedDuration::from_secs(1);
    let ends = decoded.expires_at();
    let stale = match &decoded.content {
        Content::Jwt(token) => token.warns_after(),
        _ => None,
    };
    let bound = heard.bound.iter().filter_map(|(bound, seen)| bound.ends(seen.as_ref()?));
    let offset = heard.skew.filter(Skew::is_certain).map_or(SignedDuration::ZERO, |skew| skew.offset());
    let moments = ends.into_iter().chain(ends.and_then(|ends| ends.checked_add(LEEWAY).ok())).chain(stale).chain(bound);
    moments.filter_map(|at| at.checked_add(second).ok()?.checked_sub(offset).ok()).filter(|at| *at > now).min()
}

/// By how much a server lets time pass before an end counts (`jwt.DefaultLeeway` of go-jose).
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);

fn finding(code: &'static str, severity: Severity, message: impl AsRef<str>, fix: Option<String>) -> Finding {
    Finding { code, severity, subject: "token".to_owned(), message: format!("the token {}", sanitise(message.as_ref())), fix, source: None }
}

/// The server refuses it, and nothing that was seen says why: with the credential itself nobody can look.
fn refused(decoded: &Decoded, heard: &Heard) -> Finding {
    let open: Vec<&Bound> = heard.bound.iter().filter(|(_, seen)| seen.is_none()).map(|(bound, _)| bound).collect();
    let what = if matches!(decoded.content, Content::X509(_)) { "certificate" } else { "token" };
    // what a token is bound to ends it oftener than its service account does
    let last = open.iter().rev().find(|bound| bound.is_certain());
    let may = last.map_or_else(
        || may_be(decoded).to_owned(),
        |bound| format!("{} may be gone or replaced, which nobody can look at with a refused token", bound.named()),
    );
    let fix = match (last, open.first()) {
        (Some(bound), _) => format!("Compare its uid{}, as somebody who may: {}", bound.own_uid(), bound.command()),
        (None, Some(bound)) => format!("Look, as somebody who may: {}", bound.command()),
        (None, None) => "Ask who runs the cluster: only the API server's log tells why.".to_owned(),
    };
    let message = format!("the {what} is refused by the API server (401), and nothing in it is wrong: {may}");
    Finding {
        code: "refused",
        severity: Severity::Error,
        subject: what.to_owned(),
        message: sanitise(&message).into_owned(),
        fix: Some(fix),
        source: None,
    }
}

/// What may be the reason of a refusal, by what is refused.
fn may_be(decoded: &Decoded) -> &'static str {
    match &decoded.content {
        Content::X509(_) => "its authority may be another than the cluster's",
        Content::Eks(_) => "it may be for another cluster, or map to nobody there (access entries, aws-auth)",
        Content::Bootstrap(_) => "its Secret may be gone or not meant for logins, or bootstrap tokens are not enabled",
        Content::Jwt(token) if token.service_account().is_none() => {
            "the API server may not know its issuer or its audience, or misses a claim"
        }
        Content::Jwt(_) | Content::Opaque => "it may be revoked, or of another cluster",
    }
}

#[cfg(test)]
mod tests;
