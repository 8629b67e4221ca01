//! The keys that a token's signature is held against: those of the cluster, or those that its issuer publishes.

use std::net::IpAddr;
use std::time::Duration;

use http::Uri;
use serde::Deserialize;

use super::{oneself, why};
use crate::base::text::sanitise;
use crate::credential::jwt::{self, Jwk, Signature, Token};
use crate::credential::live::Heard;
use crate::source::live::failure::Fault;
use crate::source::live::fetch::{Fetch, fetch};
use crate::source::live::http::{Ask, Http};

/// How long an issuer may take for each of two answers: nobody waits for it as for the cluster.
const PATIENCE: Duration = Duration::from_secs(4);

/// How key sets are sent (RFC 7517), and how some issuers send them.
const KEY_SET: &str = "application/jwk-set+json, application/json";

/// What an issuer tells of itself.
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: Option<String>,
}

/// Asks the cluster for its issuer and, where the token may be its own, for its keys; whether there is a point in asking more.
pub async fn of_cluster(http: &Http, token: &Token, heard: &mut Heard, notes: &mut Vec<String>) -> bool {
    match http.answer(&oneself("/.well-known/openid-configuration")).await {
        Ok(bytes) => heard.issuer = serde_json::from_slice::<Discovery>(&bytes).ok().map(|found| found.issuer),
        Err(Fault::Forbidden(_) | Fault::Missing { .. } | Fault::NotAllowed(_)) => {
            notes.push("the cluster does not tell the issuer of its tokens".to_owned());
        }
        Err(fault) => return goes_on(http, Err(fault), notes),
    }
    let says_own = token.issuer().is_some() && token.issuer() == heard.issuer.as_deref();
    if !says_own && !token.kind().is_of_service_account() {
        return true;
    }
    // an API server gives its keys as this alone
    let ask = Ask { accept: Some(KEY_SET), ..oneself("/openid/v1/jwks") };
    match http.answer(&ask).await {
        Ok(bytes) => match jwt::keys(&bytes) {
            Ok(keys) => heard.cluster_keys = Some(keys),
            Err(problem) => notes.push(format!("the answer of the cluster for its keys {}", sanitise(&problem))),
        },
        Err(Fault::Unauthorized(failure)) => return goes_on(http, Err(Fault::Unauthorized(failure)), notes),
        Err(fault) => notes.push(format!("the keys of the cluster could not be had: {}", why(http, fault))),
    }
    true
}

/// Whether there is a point in asking the server more; where there is none, a note says why.
pub fn goes_on(http: &Http, answer: Result<(), Fault>, notes: &mut Vec<String>) -> bool {
    match answer {
        Ok(()) | Err(Fault::Forbidden(_) | Fault::Missing { .. } | Fault::NotAllowed(_) | Fault::Gone(_)) => true,
        Err(fault @ Fault::Unauthorized(_)) => {
            notes.push(format!("nothing more can be asked of the cluster: {}", why(http, fault)));
            false
        }
        Err(fault) => {
            notes.push(format!("the cluster could not be asked: {}", why(http, fault)));
            false
        }
    }
}

/// Asks the token's issuer for its keys, where those of the cluster do not settle the signature.
pub async fn of_issuer(http: &Http, token: &Token, heard: &mut Heard, notes: &mut Vec<String>) {
    let Some(issuer) = token.issuer() else { return };
    let settled = heard
        .cluster_keys
        .as_ref()
        .is_some_and(|keys| jwt::verify(token, keys) == Signature::Valid || Some(issuer) == heard.issuer.as_deref());
    if settled || !token.has_signature {
        return;
    }
    if let Err(reason) = may_ask(issuer) {
        // what is no address that could be asked at all needs no word
        notes.extend(reason.map(|reason| format!("the keys of issuer `{}` could not be had: {reason}", sanitise(issuer))));
        return;
    }
    match published(issuer, http.limit.min(PATIENCE)).await {
        Ok(keys) => heard.issuer_keys = Some(keys),
        Err(reason) => notes.push(format!("the keys of issuer `{}` could not be had: {reason}", sanitise(issuer))),
    }
}

/// Whether a URL from a token may be asked: only in TLS, but for loopback, and nothing that a cluster knows alone.
fn may_ask(url: &str) -> Result<(), Option<String>> {
    let uri: Uri = url.parse().map_err(|_| None)?;
    let (Some(scheme), Some(host)) = (uri.scheme_str(), uri.host()) else { return Err(None) };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let is_loopback = bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    if url.contains(['@', '#', '?']) {
        return Err(Some("its address is none that an issuer may have".to_owned()));
    }
    if scheme != "https" && !(scheme == "http" && is_loopback) {
        return Err(Some("its address is not https".to_owned()));
    }
    if [".svc", ".svc.cluster.local", ".cluster.local"].iter().any(|end| bare.ends_with(end)) {
        // who is asked there is the cluster itself
        return Err(None);
    }
    Ok(())
}

/// The keys that an issuer publishes, as OpenID Connect Discovery has it.
async fn published(issuer: &str, limit: Duration) -> Result<Vec<Jwk>, String> {
    let discovery = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let found: Discovery = serde_json::from_slice(&get(&discovery, "application/json", limit).await?)
        .map_err(|_| "what it answers is no discovery document".to_owned())?;
    if found.issuer != issuer {
        return Err(format!("it says that it is `{}`", sanitise(&found.issuer)));
    }
    let address = found.jwks_uri.ok_or_else(|| "it does not say where they are".to_owned())?;
    // a query is its own choice
    may_ask(address.split('?').next().unwrap_or_default())
        .map_err(|reason| reason.unwrap_or_else(|| "the address of the keys is no URL".to_owned()).replace("its", "their"))?;
    jwt::keys(&get(&address, KEY_SET, limit).await?).map_err(|problem| format!("what it answers {}", sanitise(&problem)))
}

async fn get(url: &str, accept: &str, limit: Duration) -> Result<Vec<u8>, String> {
    let ask = Fetch { url, host: None, headers: &[("accept", accept)], authorities: None, limit };
    let (status, bytes) = fetch(&ask, "it").await.map_err(|failure| failure.message)?;
    if status.is_success() { Ok(bytes) } else { Err(format!("it answers {}", status.as_u16())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_safe_is_asked() {
        for (url, allowed) in [
            ("https://login.example", true),
            ("https://login.example:8443/realms/dev", true),
            ("https://127.0.0.1:1", true),
            ("http://127.0.0.1:1/x", true),
            ("http://[::1]:1", true),
            ("http://localhost", true),
            ("http://login.example", false),
            ("http://169.254.169.254", false),
            ("ftp://127.0.0.1", false),
            ("https://user@login.example", false),
            ("https://login.example/?x=1", false),
            ("https://kubernetes.default.svc", false),
            ("https://kubernetes.default.svc.cluster.local", false),
            ("kubernetes/serviceaccount", false),
            ("accounts.google.com", false),
            ("", false),
        ] {
            assert_eq!(may_ask(url).is_ok(), allowed, "{url}");
        }
    }
}
