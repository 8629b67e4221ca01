//! Claims that stand elsewhere: `_claim_names` says which, `_claim_sources` where (OpenID Connect Core 1.0, 5.6.2).
//!
//! Sources: `coreos/go-oidc/verify.go` and `claimResolver` of `apiserver/plugin/pkg/authenticator/token/oidc`.

use serde_json::{Map, Value};

use super::reading::{Text, kind, text};

/// What comes of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Distributed {
    /// Nothing: the claims of the token are all that count.
    Nothing,
    /// The API server refuses the token: why.
    Refused(String),
    /// The API server refuses the token after everything but the claims is looked at: why.
    RefusedLate(String),
    /// They are of no form in which it could read them, and it refuses the token: why.
    Misshapen(String),
    /// The API server asks there for the claim; what it gets is not known.
    Elsewhere(String),
    /// What the API server does is not certain: why.
    Open(&'static str),
}

/// What the API server refuses before it looks at anything else, and what comes of the claim that holds the groups.
pub fn of(claims: &Map<String, Value>, groups: Option<&str>) -> Distributed {
    let (names, sources) = (claims.get("_claim_names"), claims.get("_claim_sources"));
    let nothing = Map::new();
    let named = match names {
        None | Some(Value::Null) => &nothing,
        Some(Value::Object(names)) => names,
        Some(other) => return Distributed::Misshapen(format!("`_claim_names` is {}", kind(other))),
    };
    let given = match sources {
        None | Some(Value::Null) => &nothing,
        Some(Value::Object(sources)) => sources,
        Some(other) => return Distributed::Misshapen(format!("`_claim_sources` is {}", kind(other))),
    };
    for source in given.values() {
        let Some(source) = source.as_object() else {
            if source.is_null() {
                continue;
            }
            return Distributed::Misshapen("a source of `_claim_sources` is no object".to_owned());
        };
        // Go takes their names in any case
        let is_odd = |name: &String| {
            let known = ["endpoint", "access_token", "JWT"];
            known.iter().any(|known| known.eq_ignore_ascii_case(name)) && !known.contains(&name.as_str()) || !name.is_ascii()
        };
        if source.keys().any(is_odd) {
            return Distributed::Open("a source of claims has names in another case");
        }
        if ["endpoint", "access_token"].iter().any(|name| matches!(text(source, name), Text::Other(_))) {
            return Distributed::Misshapen("a source of `_claim_sources` has a value that is no text".to_owned());
        }
    }
    if let Some(Text::Other(kind)) = named.keys().map(|name| text(named, name)).find(|source| matches!(source, Text::Other(_))) {
        return Distributed::Misshapen(format!("a source of `_claim_names` is {kind}"));
    }
    for name in named.keys() {
        match text(named, name) {
            Text::Absent | Text::Is("") => return refused("a source of `_claim_names` is empty".to_owned()),
            Text::Is(source) if !given.contains_key(source) => {
                return refused(format!("`_claim_names` names source {source}, which is not given"));
            }
            Text::Is(_) | Text::Other(_) => {}
        }
    }
    match groups {
        Some(groups) if names.is_some() && !claims.contains_key(groups) => of_groups(named, sources, groups),
        _ => Distributed::Nothing,
    }
}

fn of_groups(named: &Map<String, Value>, sources: Option<&Value>, groups: &str) -> Distributed {
    let Some(sources) = sources else { return Distributed::RefusedLate("`_claim_names` is there, and no `_claim_sources`".to_owned()) };
    let all = sources.as_object();
    if all.into_iter().flatten().any(|(_, source)| source.as_object().is_some_and(|source| matches!(text(source, "JWT"), Text::Other(_)))) {
        return Distributed::RefusedLate("a source of `_claim_sources` has a value that is no text".to_owned());
    }
    let Text::Is(source) = text(named, groups) else { return Distributed::Nothing };
    match all.and_then(|all| all.get(source)).and_then(Value::as_object).map(|source| text(source, "endpoint")) {
        Some(Text::Is(endpoint)) if !endpoint.is_empty() => Distributed::Elsewhere(endpoint.to_owned()),
        _ => Distributed::Nothing,
    }
}

fn refused(why: String) -> Distributed {
    Distributed::Refused(why)
}
