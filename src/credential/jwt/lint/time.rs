//! Times: over, not yet, too long.

use jiff::{SignedDuration, Timestamp};

use super::super::{Kind, Token};
use super::finding;
use crate::base::{Finding, Severity};

/// By how much clocks may differ for the server (`jwt.DefaultLeeway` of go-jose; the same for `nbf` in go-oidc).
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);

/// What is long for a token.
const LONG: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What is wrong with the times.
pub fn lint(token: &Token, now: Option<Timestamp>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = of_end(token, now).into_iter().collect();
    findings.extend(of_start(token, now));
    findings.extend(of_life(token));
    findings.extend(of_staleness(token, now));
    findings
}

fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn of_end(token: &Token, now: Option<Timestamp>) -> Option<Finding> {
    let kind = token.kind();
    let Some(end) = token.expires_at() else {
        if token.claims.get("exp").is_some_and(|value| !value.is_null()) {
            return None;
        }
        return match kind {
            // the time that is not there is long ago for go-oidc
            Kind::Oidc => {
                let message = "says no end (`exp`): an OIDC authenticator takes it for expired";
                Some(finding("no-expiry", Severity::Error, message, None))
            }
            Kind::ServiceAccountBound | Kind::Other => {
                Some(finding("never-expires", Severity::Warning, "never ends: whoever has it can use it for good", None))
            }
            Kind::ServiceAccountLegacy => None,
        };
    };
    let now = now?;
    if end >= now {
        return None;
    }
    let fix = Some(if kind.is_of_service_account() { "Get a new one: kubectl create token SERVICEACCOUNT" } else { "Log in again." });
    if kind.is_of_service_account() && now.duration_since(end) <= LEEWAY {
        let message = format!("expired on {}; servers take it for one more minute", date(end));
        return Some(finding("expired", Severity::Warning, message, fix));
    }
    Some(finding("expired", Severity::Error, format!("expired on {}", date(end)), fix))
}

fn of_start(token: &Token, now: Option<Timestamp>) -> Option<Finding> {
    let now = now?;
    let fix = Some("Check the clock of this machine and of the issuer.");
    let is_ahead = |at: &Timestamp| at.duration_since(now) > LEEWAY;
    if let Some(start) = token.not_before().filter(is_ahead) {
        return Some(finding("not-yet-valid", Severity::Error, format!("is valid only from {}", date(start)), fix));
    }
    let issued = token.issued_at().filter(is_ahead)?;
    // go-oidc does not look at it
    let severity = if token.kind().is_of_service_account() { Severity::Error } else { Severity::Warning };
    Some(finding("not-yet-valid", severity, format!("is issued in the future, on {}", date(issued)), fix))
}

fn of_life(token: &Token) -> Option<Finding> {
    let end = token.expires_at()?;
    let life = end.duration_since(token.issued_at().or_else(|| token.not_before())?);
    if token.warns_after().is_some() && life > LONG {
        let message = "lives for a year instead of an hour, so that old clients go on working: the API server extends those of pods; \
                       the kubelet replaces it every hour all the same";
        return Some(finding("extended", Severity::Info, message, None));
    }
    (life > LONG).then(|| {
        let message = format!("lives for {} days: whoever has it can use it that long", life.as_hours() / 24);
        finding("lives-long", Severity::Warning, message, Some("Ask for one that ends sooner, and renew it."))
    })
}

fn of_staleness(token: &Token, now: Option<Timestamp>) -> Option<Finding> {
    let after = token.warns_after().filter(|after| now.is_some_and(|now| *after < now))?;
    let message =
        format!("should have been replaced on {}: it still counts, and each use is recorded as stale in the audit log", date(after));
    Some(finding("stale", Severity::Warning, message, Some("Have the client read the token file again, as current ones do.")))
}
