//! Whose keys a token is held against, and what follows from its issuer, its key and its audience.

use super::{Heard, finding};
use crate::base::text::enumerate;
use crate::base::{Finding, Severity};
use crate::credential::jwt::{self, Jwk, Kind, Signature, Token};

/// A signature, held against keys.
#[derive(Clone, Debug)]
pub struct Verified {
    pub signature: Signature,
    /// The keys that it was held against; none where none are known that it should be of.
    pub keys: Option<Vec<Jwk>>,
    /// Whose they are.
    pub from: Option<String>,
    /// Whether it is one of the cluster's own tokens; none where that is open.
    is_own: Option<bool>,
}

/// Holds a token against the keys of the cluster where it is one of the cluster's own, else against those of its issuer.
pub fn verify(token: &Token, heard: &Heard) -> Verified {
    let own_issuer = heard.issuer.as_deref();
    let says_own = own_issuer.is_some() && token.issuer() == own_issuer;
    let is_candidate = says_own || token.kind().is_of_service_account();
    let by_cluster = heard.cluster_keys.as_ref().filter(|_| is_candidate).map(|keys| (jwt::verify(token, keys), keys));
    let (is_own, chosen) = match (by_cluster, &heard.issuer_keys) {
        // a key that it names is there
        (Some((signature @ (Signature::Valid | Signature::Invalid), keys)), _)
            if names_one(token, keys) || signature == Signature::Valid =>
        {
            (Some(true), Some((signature, keys, true)))
        }
        (Some((signature, keys)), _) if says_own || token.kind() == Kind::ServiceAccountLegacy => {
            (Some(true), Some((signature, keys, true)))
        }
        (by_cluster, Some(keys)) => {
            let is_own = (by_cluster.is_some() || own_issuer.is_some() && !says_own).then_some(false);
            (is_own, Some((jwt::verify(token, keys), keys, false)))
        }
        // another issuer, whose keys are not known
        (Some(_), None) => (Some(false), None),
        (None, None) => ((own_issuer.is_some() && is_candidate).then_some(says_own), None),
    };
    let unverified = if token.has_signature { Signature::Unverified } else { Signature::None };
    let from = |is_cluster: bool| if is_cluster { "the cluster" } else { token.issuer().unwrap_or("its issuer") }.to_owned();
    Verified {
        signature: chosen.map_or(unverified, |(signature, ..)| signature),
        keys: chosen.map(|(_, keys, _)| keys.clone()),
        from: chosen.map(|(_, _, is_cluster)| from(is_cluster)),
        is_own,
    }
}

/// Whether one of the keys has the id that the token names.
fn names_one(token: &Token, keys: &[Jwk]) -> bool {
    token.key_id().is_some() && keys.iter().any(|key| key.id.as_deref() == token.key_id())
}

/// Adds what follows, and takes back what was said without knowing the server's answer.
pub fn heed(findings: &mut Vec<Finding>, token: &Token, verified: &Verified, heard: &Heard) {
    findings.retain(|finding| finding.code != "unknown-key");
    if heard.is_accepted.is_some() {
        findings.retain(|finding| finding.code != "audience-elsewhere");
    }
    if heard.is_accepted == Some(true) {
        // whoever takes it has other keys than were seen
        for found in findings.iter_mut().filter(|finding| finding.code == "signature-invalid") {
            found.severity = Severity::Warning;
        }
    }
    findings.extend(of_key(token, verified, heard));
    findings.extend(of_issuer(token, verified, heard));
    findings.extend(of_audience(token, verified, heard));
}

/// How bad a suspicion is that only the server can confirm; none where its answer refutes it.
fn severity(is_accepted: Option<bool>) -> Option<Severity> {
    match is_accepted {
        Some(true) => None,
        Some(false) => Some(Severity::Error),
        None => Some(Severity::Warning),
    }
}

/// A key that the issuer does not have, or not any more.
fn of_key(token: &Token, verified: &Verified, heard: &Heard) -> Option<Finding> {
    let (id, keys) = (token.key_id()?, verified.keys.as_ref()?);
    if names_one(token, keys) {
        return None;
    }
    if verified.is_own == Some(true) {
        let message = format!("is signed with key `{id}`, which is none of the cluster's: it was replaced, or another cluster has it");
        let fix = Some("Get a new token of this cluster.".to_owned());
        return Some(finding("unknown-key", severity(heard.is_accepted)?, message, fix));
    }
    let issuer = token.issuer().unwrap_or_default();
    let gone = format!("is signed with key `{id}`, which {issuer} does not publish, or not any more");
    let fix = Some("Log in again: a new token has the new key.".to_owned());
    // the authenticator keeps the keys that it has until it meets one that it does not know (`RemoteKeySet` of go-oidc)
    Some(severity(heard.is_accepted).map_or_else(
        || {
            let message = format!("{gone}: the API server takes it from memory, and will not for long");
            finding("unknown-key", Severity::Warning, message, fix.clone())
        },
        |severity| finding("unknown-key", severity, &gone, fix.clone()),
    ))
}

fn of_issuer(token: &Token, verified: &Verified, heard: &Heard) -> Option<Finding> {
    let (issuer, own) = (token.issuer()?, heard.issuer.as_deref()?);
    if issuer == own || token.kind() != Kind::ServiceAccountBound {
        return None;
    }
    let severity = severity(heard.is_accepted)?;
    if verified.signature == Signature::Valid && verified.is_own == Some(true) {
        let message = format!(
            "is issued by `{issuer}` and signed with a key of the cluster, which now signs as `{own}`: it takes the other name only while \
             that stands among its --service-account-issuer"
        );
        return Some(finding("wrong-issuer", severity, message, Some("Get a new token of this cluster.".to_owned())));
    }
    let message = format!("is issued by `{issuer}`, and this cluster's own by `{own}`: it takes others only where it is set to");
    Some(finding("wrong-issuer", severity, message, Some("Present a token of this cluster.".to_owned())))
}

/// An API server does not tell which audiences it takes; by default that is its issuer.
fn of_audience(token: &Token, verified: &Verified, heard: &Heard) -> Option<Finding> {
    // a server that refuses a token does not tell it who it is
    let own = heard.issuer.as_deref().or_else(|| token.issuer())?;
    let audiences = token.audiences();
    let is_suspect = heard.is_accepted == Some(false)
        && verified.is_own != Some(false)
        && token.kind() == Kind::ServiceAccountBound
        && !audiences.is_empty()
        // EKS has its issuer elsewhere, and this for an audience
        && !audiences.iter().any(|name| *name == own || name.contains("kubernetes.default.svc"));
    is_suspect.then(|| {
        let names = enumerate(&audiences.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>(), "and");
        let message =
            format!("is for {names}, and the API server refuses it (401): where it is not told otherwise, it takes what is for `{own}`");
        let fix = Some("Ask for one without an audience, which is then the server's: kubectl create token SERVICEACCOUNT".to_owned());
        finding("audience-elsewhere", Severity::Error, message, fix)
    })
}
