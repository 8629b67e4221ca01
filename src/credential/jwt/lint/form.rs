//! The form: parts, encoding, JSON, header, names that stand twice.

use super::super::{Defect, Token};
use super::finding;
use crate::base::text::enumerate;
use crate::base::{Finding, Severity};
use serde_json::Value;

/// What API servers can be set to take (`allowedSigningAlgs` of the OIDC authenticator); keys of service accounts sign with
/// RS256, ES256, ES384 or ES512.
const ACCEPTED: [&str; 9] = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512"];

/// What is wrong with the form.
pub fn lint(token: &Token) -> Vec<Finding> {
    let mut findings: Vec<Finding> = token.defects.iter().map(of_defect).collect();
    findings.extend(of_duplicates(token));
    if !token.header.is_empty() || token.defects.is_empty() {
        findings.extend(of_header(token));
    }
    if !token.has_signature && !token.defects.iter().any(|defect| matches!(defect, Defect::Parts(_) | Defect::Encoding("signature", _))) {
        let message = "has no signature: every API server refuses it";
        findings.push(finding("no-signature", Severity::Error, message, Some("Present it whole, with what follows the second dot.")));
    }
    findings
}

fn of_defect(defect: &Defect) -> Finding {
    let again = Some("Copy it again, whole and as one word.");
    match defect {
        Defect::Parts(5) => {
            let message = "has five parts: it is encrypted (JWE), and API servers take signed ones alone";
            finding("malformed", Severity::Error, message, None)
        }
        Defect::Parts(count) => {
            let message = format!("has {count} of three parts: a header, claims and a signature, with dots between them");
            finding("malformed", Severity::Error, message, again)
        }
        Defect::Encoding(part, why) => {
            let of = if *part == "claims" { "claims that are" } else { "a part that is" };
            let message = format!("has {of} not base64url without padding: {part}: {why}");
            finding("not-base64", Severity::Error, message, again)
        }
        Defect::Json(part, why) => finding("not-json", Severity::Error, format!("has no JSON object as its {part}: {why}"), again),
        Defect::Depth(part) => {
            let message = format!("has {part} nested deeper than 128 levels, which whycan does not read");
            finding("too-deep", Severity::Warning, message, None)
        }
    }
}

/// go-jose, which reads every header and the claims of service accounts, refuses them; the OIDC authenticator takes the last.
fn of_duplicates(token: &Token) -> Option<Finding> {
    if token.duplicates.is_empty() {
        return None;
    }
    let is_in_header = token.duplicates.iter().any(|path| path.starts_with("header."));
    let is_refused = is_in_header || token.kind().is_of_service_account();
    let names = enumerate(&token.duplicates.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>(), "and");
    let (severity, so) = if is_refused {
        (Severity::Error, "API servers refuse it")
    } else {
        (Severity::Warning, "the last of them counts, for others perhaps the first")
    };
    Some(finding("duplicate-claim", severity, format!("says {names} twice: {so}"), None))
}

fn of_header(token: &Token) -> Vec<Finding> {
    let mut findings = Vec::new();
    let error = |code, message: String| finding(code, Severity::Error, message, Some("Have the issuer sign with RS256 or ES256."));
    match (token.algorithm(), token.header.get("alg")) {
        (Some(none), _) if none.eq_ignore_ascii_case("none") => {
            findings.push(error("algorithm-none", "says that it is not signed (`alg: none`): every API server refuses it".to_owned()));
        }
        (Some(algorithm), _) if algorithm.starts_with("HS") => {
            let message = format!("is signed with a shared secret (`{algorithm}`), which API servers never take");
            findings.push(error("algorithm-refused", message));
        }
        (Some(algorithm), _) if !ACCEPTED.contains(&algorithm) => {
            let message = format!("is signed with `{algorithm}`, and API servers take {}", enumerate(&ACCEPTED, "and"));
            findings.push(error("algorithm-refused", message));
        }
        (Some("RS256"), _) => {}
        (Some(algorithm), _) if !token.kind().is_of_service_account() => {
            let message = format!(
                "is signed with {algorithm}: an API server takes it where its OIDC settings name it, as RS256 alone is the default"
            );
            findings.push(finding("algorithm-not-default", Severity::Info, message, None));
        }
        (Some(_), _) => {}
        (None, Some(_)) => findings.push(error("algorithm-refused", "has an algorithm that is no text".to_owned())),
        (None, None) => findings.push(error("algorithm-refused", "does not say how it is signed (`alg`)".to_owned())),
    }
    let critical = token.header.get("crit").and_then(Value::as_array);
    let unknown: Vec<&str> = critical.into_iter().flatten().filter_map(Value::as_str).filter(|name| *name != "b64").collect();
    if !unknown.is_empty() {
        let message = format!("demands that `{}` is understood (`crit`), which API servers do not", unknown.join("` and `"));
        findings.push(finding("critical-header", Severity::Error, message, None));
    }
    findings
}
