//! What is wrong with a token, or worth knowing of it.

use super::{Token, Verifier, check, host, refusal};
use crate::base::{Finding, Severity};

/// Further from now than this is a signature that STS takes for one of the future; in seconds.
const AHEAD: i64 = 5 * 60;

/// What is wrong with a token, the worst first.
///
/// There is a finding of severity error exactly where the server refuses the token before it asks STS, by the checks of
/// [`check`] with the verifier's release (the newest by default).
pub fn lint(token: &Token, verifier: &Verifier) -> Vec<Finding> {
    let checks = check(token, verifier);
    let refused = refusal(&checks);
    let mut findings: Vec<Finding> = refused.map(|said| of_refusal(token, said)).into_iter().collect();
    findings.extend(of_time(token, verifier, refused.is_some()));
    if refused.is_none() {
        findings.extend(of_credential(token));
        findings.extend(of_place(token, verifier));
    }
    // these two stand in every token that the usual tools make
    let expires = token.expires_seconds().filter(|seconds| refused.is_none() && !USUAL.contains(seconds));
    findings.extend(expires.map(|seconds| {
        let message = format!("says X-Amz-Expires={seconds}, which nobody looks at: it lives 15 minutes after it was signed");
        finding("expires-misleads", Severity::Info, message, None)
    }));
    findings
}

/// What `aws` and aws-iam-authenticator write as `X-Amz-Expires`.
const USUAL: [i64; 2] = [0, 60];

fn finding(code: &'static str, severity: Severity, message: impl Into<String>, fix: Option<&str>) -> Finding {
    Finding {
        code,
        severity,
        subject: "token".to_owned(),
        message: format!("the token {}", message.into()),
        fix: fix.map(str::to_owned),
        source: None,
    }
}

/// The server refuses it: which defect that is, by where its checks ended.
fn of_refusal(token: &Token, said: &str) -> Finding {
    let why = said.split_once(": ").map_or(said, |(_, why)| why);
    let new = Some("Get a new one: aws eks get-token --cluster-name NAME");
    if why.starts_with("X-Amz-Date parameter is expired") {
        let end = token.expires_at().map(|end| end.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()).unwrap_or_default();
        return finding("expired", Severity::Error, format!("expired on {end}, 15 minutes after it was signed"), new);
    }
    let (code, fix) = if why.contains("too large") {
        ("too-large", Some("Use a session with fewer session tags: the session token stands in it."))
    } else if why.contains("prefix") {
        ("wrong-prefix", Some("Present it whole, from k8s-aws-v1. to its end and without blanks around it."))
    } else if why.starts_with("illegal base64") {
        ("not-base64", Some("Copy it again, whole and as one word."))
    } else if why.contains("host") || why.contains("endpoint") || why.contains("region") {
        ("wrong-host", Some("Sign it for STS in a region of the cluster's partition: aws eks get-token --region REGION"))
    } else {
        ("malformed", new)
    };
    finding(code, Severity::Error, format!("is refused by the server before it asks STS: {said}"), fix)
}

fn of_time(token: &Token, verifier: &Verifier, is_refused: bool) -> Option<Finding> {
    let (signed, now) = (token.signed_at()?, verifier.now?);
    let ahead = signed.duration_since(now).as_secs();
    if is_refused || ahead <= 0 {
        return None;
    }
    let fix = Some("Check the clock of the machine that signed it.");
    // the authenticator has no such check; STS has
    if ahead > AHEAD {
        let message = format!("is signed {} ahead of now: STS takes it for a request of the future", minutes(ahead));
        return Some(finding("not-yet-valid", Severity::Warning, message, fix));
    }
    Some(finding("clock-ahead", Severity::Info, format!("is signed {} ahead of now", minutes(ahead)), fix))
}

fn minutes(seconds: i64) -> String {
    if seconds < 120 { format!("{seconds} seconds") } else { format!("{} minutes", seconds / 60) }
}

fn of_credential(token: &Token) -> Vec<Finding> {
    let mut findings = Vec::new();
    let warn = |code, message: String, fix| finding(code, Severity::Warning, message, Some(fix));
    let again = "Get a new one: aws eks get-token --cluster-name NAME";
    match token.access_key_id() {
        None => findings.push(warn("no-access-key", "names no access key, so STS cannot check its signature".to_owned(), again)),
        Some(key) if key.starts_with("ASIA") && !token.has_session_token() => {
            let message = format!("is signed with {key}, a temporary key, without its session token: STS refuses that");
            findings.push(warn("session-token-missing", message, "Set AWS_SESSION_TOKEN beside the temporary key."));
        }
        Some(key) if key.starts_with("AKIA") && token.has_session_token() => {
            let message = format!("is signed with {key}, a key of a user, and carries a session token: they do not belong together");
            findings.push(warn("session-token-of-another", message, "Unset AWS_SESSION_TOKEN."));
        }
        Some(_) => {}
    }
    let scope: Vec<&str> = token.credential_scope().map(|scope| scope.split('/').collect()).unwrap_or_default();
    let is_complete = matches!(scope.as_slice(), [date, _, "sts", "aws4_request"] if date.len() == 8);
    if token.access_key_id().is_some() && !is_complete {
        let message = format!("is signed for `{}`, and not for STS: STS refuses its signature", scope.join("/"));
        findings.push(warn("wrong-scope", message, again));
    }
    let day = token.parameter("X-Amz-Date").and_then(|date| date.get(..8));
    if is_complete && day != scope.first().copied() {
        findings.push(warn("wrong-scope", "is signed for another day than its date: STS refuses its signature".to_owned(), again));
    }
    if token.parameter("X-Amz-Signature").is_none_or(str::is_empty) {
        findings.push(warn("no-signature", "has no signature, so STS refuses it".to_owned(), again));
    }
    if !token.signed_headers().iter().any(|name| name.eq_ignore_ascii_case("host")) {
        findings.push(warn("host-not-signed", "does not sign the header host: STS refuses its signature".to_owned(), again));
    }
    findings
}

/// Partition and region, against the cluster's and against each other.
fn of_place(token: &Token, verifier: &Verifier) -> Vec<Finding> {
    let mut findings = Vec::new();
    let warn = |code, message: String, fix| finding(code, Severity::Warning, message, Some(fix));
    let own = token.partition();
    if let (Some(own), Some(expected)) = (own, verifier.partition.as_deref())
        && own != expected
    {
        let message = format!("is of partition {own}, and the cluster is in {expected}: an identity of one is none in the other");
        findings.push(warn("wrong-partition", message, "Use credentials of the cluster's partition."));
    }
    let of_host = token.host().and_then(host::region);
    let signed = token.credential_scope().and_then(|scope| scope.split('/').nth(1));
    if let (Some(of_host), Some(signed)) = (of_host, signed)
        && of_host != signed
    {
        let message = format!("asks STS in {of_host} and is signed for {signed}: STS refuses that");
        findings.push(warn("wrong-region", message, "Sign it for the region whose host it asks."));
    }
    if let (Some(region), Some(expected)) = (of_host, verifier.region.as_deref())
        && region != expected
    {
        let message = format!("asks STS in {region}, and the cluster is in {expected}: that is fine, as long as STS is active there");
        findings.push(finding("other-region", Severity::Info, message, None));
    }
    if token.host() == Some(host::GLOBAL) && own == Some("aws") {
        let message = "asks the STS without a region, which some clusters cannot reach".to_owned();
        findings.push(finding("global-endpoint", Severity::Info, message, Some("Set AWS_STS_REGIONAL_ENDPOINTS=regional.")));
    }
    findings
}
