//! Claims of another type than their name demands: the libraries of API servers then refuse the whole.

use serde_json::Value;

use super::super::{Token, moment};
use super::finding;
use crate::base::{Finding, Severity};

/// Claims that are none; those that are looked up are told where they are missing.
pub fn lint(token: &Token) -> Vec<Finding> {
    let is_strict = token.kind().is_of_service_account();
    let mut wrong: Vec<(String, &str)> = Vec::new();
    let mut put = |name: &str, is_fit: &dyn Fn(&Value) -> bool, what| {
        if token.claims.get(name).is_some_and(|value| !is_fit(value)) {
            wrong.push((name.to_owned(), what));
        }
    };
    // go-jose takes numbers alone; go-oidc takes one in quotes too
    let is_time = |value: &Value| match value {
        Value::Null => true,
        Value::String(_) => !is_strict && moment(value).is_some(),
        value => moment(value).is_some(),
    };
    for name in ["exp", "nbf", "iat"] {
        put(name, &is_time, "no time in seconds");
    }
    let is_text = |value: &Value| value.is_string() || value.is_null();
    put("sub", &is_text, "no text");
    if is_strict {
        put("jti", &is_text, "no text");
    }
    let is_audience = |value: &Value| match value {
        Value::Array(items) => items.iter().all(Value::is_string),
        // go-jose, but not go-oidc, refuses null
        value => value.is_string() || value.is_null() && !is_strict,
    };
    put("aud", &is_audience, "neither a text nor a list of texts");
    wrong.extend(of_kubernetes(token));
    let told = |(name, what): (String, &str)| finding("malformed-claim", Severity::Error, format!("has a `{name}` that is {what}"), None);
    wrong.into_iter().map(told).collect()
}

/// `privateClaims` of `pkg/serviceaccount/claims.go`.
fn of_kubernetes(token: &Token) -> Vec<(String, &'static str)> {
    let Some(claim) = token.claims.get("kubernetes.io").and_then(Value::as_object) else { return Vec::new() };
    let is_reference = |value: &Value| {
        let is_text = |name: &str| value.get(name).is_none_or(|value| value.is_string() || value.is_null());
        value.is_null() || value.is_object() && is_text("name") && is_text("uid")
    };
    let mut wrong = Vec::new();
    for name in ["pod", "node", "secret"] {
        if claim.get(name).is_some_and(|value| !is_reference(value)) {
            wrong.push((format!("kubernetes.io.{name}"), "no object with a name and a uid"));
        }
    }
    if claim.get("warnafter").is_some_and(|value| !(value.is_null() || value.is_number() && moment(value).is_some())) {
        wrong.push(("kubernetes.io.warnafter".to_owned(), "no time in seconds"));
    }
    wrong
}
