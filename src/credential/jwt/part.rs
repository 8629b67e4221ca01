//! The parts of a token, explained.

use serde_json::{Map, Value};

use super::{Token, moment};
use crate::credential::part::Part;

/// The most claims, members and levels that are listed; the rest is counted.
const MOST: usize = 200;
const DEEPEST: usize = 8;

/// The header and the claims; the signature is no part to show.
pub fn parts(token: &Token) -> Vec<Part> {
    let header = "Says how it is signed, and with which key; the API server looks at both before it reads on.";
    let claims = "What the issuer says; it counts only once the signature is verified.";
    let signature = "Proves that the issuer said so; whoever has the whole token can use it.";
    let signed = if token.has_signature { "present" } else { "absent" };
    vec![
        Part::new("header", String::new(), header).with(members(&token.header, &of_header, 0)),
        Part::new("claims", String::new(), claims).with(members(&token.claims, &of_claim, 0)),
        Part::new("signature", signed, signature),
    ]
}

type Explain<'a> = &'a dyn Fn(&str) -> &'static str;

fn members(object: &Map<String, Value>, explain: Explain<'_>, depth: usize) -> Vec<Part> {
    let shown = object.iter().take(MOST).map(|(name, value)| one(name, value, explain(name), depth));
    shown.chain(more(object.len())).collect()
}

fn more(count: usize) -> Option<Part> {
    count.checked_sub(MOST).filter(|more| *more > 0).map(|more| Part::new("…", format!("and {more} more"), ""))
}

fn one(name: &str, value: &Value, explanation: &'static str, depth: usize) -> Part {
    let part = |text: String| Part::new(name, text, explanation);
    match value {
        _ if depth > DEEPEST => part("…".to_owned()),
        Value::Object(object) => {
            let below = move |member: &str| of_member(name, member);
            part(String::new()).with(members(object, &below, depth + 1))
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            let children = items.iter().take(MOST).enumerate().map(|(position, item)| one(&position.to_string(), item, "", depth + 1));
            part(String::new()).with(children.chain(more(items.len())).collect())
        }
        Value::Array(items) => {
            let shown: Vec<String> = items.iter().take(MOST).map(plain).collect();
            let rest = items.len().saturating_sub(MOST);
            let rest = if rest > 0 { format!(" and {rest} more") } else { String::new() };
            part(format!("{}{rest}", shown.join(", ")))
        }
        value => {
            let at = is_time(name).then(|| moment(value)).flatten().map(|at| at.strftime("  (%Y-%m-%d %H:%M:%S UTC)").to_string());
            part(plain(value) + &at.unwrap_or_default())
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn is_time(name: &str) -> bool {
    matches!(name, "exp" | "nbf" | "iat" | "auth_time" | "warnafter" | "updated_at")
}

fn of_header(name: &str) -> &'static str {
    match name {
        "alg" => "How it is signed; an API server takes RS256 and what it is set to, never none and never a shared secret.",
        "kid" => "Which key of the issuer signed it; the API server looks among the issuer's keys for it.",
        "typ" => "That it is a JSON web token; API servers do not look at it.",
        "cty" => "What the payload is; API servers do not look at it.",
        "crit" => "What must be understood by who reads it; API servers refuse what they do not.",
        "x5t" | "x5t#S256" => "The fingerprint of a certificate of the key; API servers do not look at it.",
        "jku" | "x5u" | "jwk" | "x5c" => "Offers a key; API servers take the issuer's own keys alone.",
        _ => "",
    }
}

fn of_claim(name: &str) -> &'static str {
    match name {
        "iss" => "Who issued it; the API server picks the authenticator by it, and refuses issuers that it does not know.",
        "sub" => "Whom it is about; with an OIDC provider usually the user name.",
        "aud" => "For whom it is meant; one of them must be an audience of the API server.",
        "exp" => "When it ends; the API server refuses it then, service accounts' a minute later.",
        "nbf" => "From when it is valid; the API server allows for a minute.",
        "iat" => "When it was issued; a service account's must not be of the future.",
        "jti" => "Its own id; the API server tells it as the credential id in the audit log.",
        "kubernetes.io" => "The service account, and what the token is bound to; the API server looks all of it up.",
        "kubernetes.io/serviceaccount/namespace" => "The namespace of the service account; `sub` must agree.",
        "kubernetes.io/serviceaccount/secret.name" => {
            "The Secret that keeps the token; it counts as long as that holds exactly this token."
        }
        "kubernetes.io/serviceaccount/service-account.name" => "The name of the service account; `sub` must agree.",
        "kubernetes.io/serviceaccount/service-account.uid" => {
            "The uid of the service account; one made again under the same name is another."
        }
        "email" => "A mail address; as user name it is taken only where email_verified is not false.",
        "email_verified" => "Whether the provider has verified the address; where it is false, the API server refuses email as user name.",
        "groups" => "Groups; they count where the API server's OIDC settings name this claim, with the prefix set there.",
        "roles" => "Roles at the provider; they count where the API server's OIDC settings map them.",
        "name" | "given_name" | "family_name" | "preferred_username" | "nickname" => {
            "A name for people; it counts where the API server's OIDC settings take it for the user name."
        }
        "azp" => "For which client it was issued; API servers look at aud.",
        "nonce" => "Ties it to one login; API servers do not look at it.",
        "auth_time" => "When the person logged in; API servers do not look at it.",
        "at_hash" | "c_hash" => "Ties it to another token of the same login; API servers do not look at it.",
        "acr" | "amr" => "How the person logged in; it counts where validation rules of the API server look at it.",
        "sid" => "The session at the provider; API servers do not look at it.",
        "_claim_names" | "_claim_sources" => "Where further claims are to be fetched; the API server does so for groups.",
        _ => "",
    }
}

/// What stands in a claim.
fn of_member(claim: &str, name: &str) -> &'static str {
    match (claim, name) {
        ("kubernetes.io", "namespace") => "The namespace of the service account.",
        ("kubernetes.io", "serviceaccount") => "The service account; the user name is system:serviceaccount:NAMESPACE:NAME.",
        ("kubernetes.io", "pod") => "The pod that the token is bound to: it ends with it.",
        ("kubernetes.io", "node") => "The node that the token is bound to; beside a pod, the one that the pod was on, for information.",
        ("kubernetes.io", "secret") => "The Secret that the token is bound to: it ends with it.",
        ("kubernetes.io", "warnafter") => "From when its use is recorded as stale; a client should have read a new one by then.",
        ("serviceaccount" | "pod" | "node" | "secret", "name") => "Its name.",
        ("serviceaccount" | "pod" | "node" | "secret", "uid") => "Its uid; one made again under the same name is another.",
        _ => "",
    }
}
