//! Service accounts: claims that are missing or disagree, and tokens of old.

use super::super::account::LEGACY_ISSUER;
use super::super::{Kind, Token};
use super::finding;
use crate::base::{Finding, Severity};

/// What is wrong with the claims about a service account.
pub fn lint(token: &Token) -> Vec<Finding> {
    match token.kind() {
        Kind::ServiceAccountBound => bound(token),
        Kind::ServiceAccountLegacy => legacy(token),
        Kind::Oidc | Kind::Other => Vec::new(),
    }
}

/// `pkg/serviceaccount/claims.go`: namespace and name are looked up; `sub` is not looked at.
fn bound(token: &Token) -> Vec<Finding> {
    let account = token.service_account().unwrap_or_default();
    let mut findings = Vec::new();
    let absent = [("namespace", &account.namespace), ("serviceaccount.name", &account.name), ("serviceaccount.uid", &account.uid)];
    for (name, _) in absent.into_iter().filter(|(_, value)| value.is_none()) {
        let message = format!("does not say `kubernetes.io.{name}`, so the API server finds no service account for it");
        findings.push(finding("claim-missing", Severity::Error, message, None));
    }
    if let (Some(namespace), Some(name), Some(subject)) = (&account.namespace, &account.name, token.subject())
        && subject != format!("system:serviceaccount:{namespace}:{name}")
    {
        let message = format!("is of service account {namespace}/{name}, and its `sub` says `{subject}`: the first counts");
        findings.push(finding("claims-disagree", Severity::Warning, message, None));
    }
    findings
}

/// `pkg/serviceaccount/legacy.go`: every claim must be there, and `sub` must agree.
fn legacy(token: &Token) -> Vec<Finding> {
    let account = token.service_account().unwrap_or_default();
    let mut findings = Vec::new();
    let needed = [
        ("namespace", &account.namespace),
        ("secret.name", &account.secret),
        ("service-account.name", &account.name),
        ("service-account.uid", &account.uid),
    ];
    for (name, _) in needed.into_iter().filter(|(_, value)| value.is_none()) {
        let message = format!("does not say `kubernetes.io/serviceaccount/{name}`, which the API server demands");
        findings.push(finding("claim-missing", Severity::Error, message, None));
    }
    if token.issuer().is_some_and(|issuer| issuer != LEGACY_ISSUER) {
        let message = format!("has the claims of a token of old, and not its issuer, `{LEGACY_ISSUER}`");
        findings.push(finding("claims-disagree", Severity::Warning, message, None));
    }
    if let (Some(namespace), Some(name)) = (&account.namespace, &account.name)
        && token.subject() != Some(format!("system:serviceaccount:{namespace}:{name}").as_str())
    {
        let said = token.subject().unwrap_or_default();
        let message = format!("is of service account {namespace}/{name}, and its `sub` says `{said}`: the API server refuses it");
        findings.push(finding("claims-disagree", Severity::Error, message, None));
    }
    let fix = "Use one that ends (kubectl create token SERVICEACCOUNT), and delete the Secret.";
    let message = "is one of old: it never ends, and counts until its Secret or service account is deleted";
    findings.push(finding("legacy-token", Severity::Warning, message, Some(fix)));
    findings
}
