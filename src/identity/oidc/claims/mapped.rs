//! Claims made into user name, groups, uid and further attributes.

use serde_json::{Map, Value};

use super::super::authenticator::{Authenticator, Mapping};
use super::super::expression::{self, About, Expression, Flaw, Stop};
use super::super::provenance;
use super::super::reading::{self, Text};
use super::{Checks, Claimed, Stage};
use crate::base::text::sanitise;

/// The key under which the API server keeps a token's own id.
const CREDENTIAL_ID: &str = "authentication.kubernetes.io/credential-id";

type Claims = Map<String, Value>;

/// What claims come to; where a stage does not hold, its part is empty.
pub fn of(authenticator: &Authenticator, claims: &Claims, checks: &mut Checks) -> Claimed {
    let mut claimed = Claimed::default();
    username(&authenticator.username, claims, &mut claimed, checks);
    if let Some(mapping) = &authenticator.groups {
        groups(mapping, claims, &mut claimed, checks);
    }
    if let Some(mapping) = &authenticator.uid {
        uid(mapping, claims, &mut claimed, checks);
    }
    extra(authenticator, claims, &mut claimed, checks);
    let own = |name: &&String| name.starts_with("system:");
    if let Some(own) = std::iter::once(&claimed.username).chain(&claimed.groups).find(own) {
        let told =
            format!("`{}` begins with system:, as Kubernetes' own names do: whoever writes claims can be anybody there", sanitise(own));
        checks.warns(Stage::Username, told);
    }
    claimed
}

/// What an expression comes to; where it comes to nothing, the check says why.
fn evaluated(text: &str, claims: &Claims, stage: Stage, checks: &mut Checks) -> Option<expression::Value> {
    let told = |why: &str| format!("the expression `{}` {why}", sanitise(text));
    match Expression::read(text, About::Claims) {
        Err(Flaw::Refused(why)) => checks.fails(Stage::Settings, told(&format!("is refused: {why}"))),
        Err(Flaw::Open(why)) => checks.open(stage, told(&format!("is not evaluated here: {why}"))),
        Ok(expression) => match expression.of_claims(claims) {
            Ok(value) => return Some(value),
            Err(Stop::Error(why)) => checks.fails(stage, told(&format!("cannot be evaluated for this token: {}", sanitise(&why)))),
            Err(Stop::Open(why)) => checks.open(stage, told(&format!("is not evaluated here: {why}"))),
        },
    }
    None
}

fn from(claim: &str, prefix: &str) -> String {
    let claim = sanitise(claim);
    if prefix.is_empty() { format!("claim {claim}") } else { format!("claim {claim} with prefix {}", sanitise(prefix)) }
}

fn of_expression(text: &str) -> String {
    format!("expression {}", sanitise(text))
}

fn username(mapping: &Mapping, claims: &Claims, claimed: &mut Claimed, checks: &mut Checks) {
    let origin = match mapping {
        Mapping::Claim { claim, prefix } => {
            match reading::text(claims, claim) {
                Text::Is(value) => claimed.username = format!("{prefix}{value}"),
                Text::Absent => {
                    return checks.fails(Stage::Username, format!("it has no claim `{}`, which is the user name", sanitise(claim)));
                }
                Text::Other(kind) => {
                    return checks
                        .fails(Stage::Username, format!("its claim `{}`, the user name, is {kind}, and must be a text", sanitise(claim)));
                }
            }
            if claim == "email" && !is_verified(claims, checks) {
                return;
            }
            from(claim, prefix)
        }
        Mapping::Expression(text) => {
            let Some(value) = evaluated(text, claims, Stage::Username, checks) else { return };
            match value {
                expression::Value::Text(name) if !name.is_empty() => claimed.username = name,
                expression::Value::Text(_) => {
                    return checks.fails(Stage::Username, "the expression for the user name gives an empty one".to_owned());
                }
                _ => return checks.fails(Stage::Username, "the expression for the user name gives no text".to_owned()),
            }
            of_expression(text)
        }
    };
    checks.holds(Stage::Username, format!("the user name is `{}`", sanitise(&claimed.username)));
    claimed.provenance.push(provenance(format!("user {}", claimed.username), origin));
}

/// Whether an address may be the user name: what the issuer says of it must be that it is verified, if it says anything.
fn is_verified(claims: &Claims, checks: &mut Checks) -> bool {
    match claims.get("email_verified") {
        None => true,
        Some(Value::Bool(true)) => {
            checks.holds(Stage::EmailVerified, "its address is verified".to_owned());
            true
        }
        Some(Value::Bool(false) | Value::Null) => {
            checks.fails(Stage::EmailVerified, "its address is not verified, says `email_verified`".to_owned());
            false
        }
        Some(other) => {
            checks.fails(Stage::EmailVerified, format!("`email_verified` is {}, and must be true", reading::kind(other)));
            false
        }
    }
}

fn groups(mapping: &Mapping, claims: &Claims, claimed: &mut Claimed, checks: &mut Checks) {
    let origin = match mapping {
        Mapping::Claim { claim, prefix } => {
            let told = sanitise(claim);
            match claims.get(claim).map(reading::texts) {
                None => {
                    let why = "an issuer puts them in only where a scope or its settings say so";
                    return checks.warns(Stage::Groups, format!("it has no claim `{told}`, so that there are no groups: {why}"));
                }
                Some(Err(kind)) => return checks.fails(Stage::Groups, format!("its claim `{told}`, the groups, is {kind}")),
                Some(Ok(groups)) => claimed.groups = groups.into_iter().map(|group| format!("{prefix}{group}")).collect(),
            }
            from(claim, prefix)
        }
        Mapping::Expression(text) => {
            let Some(value) = evaluated(text, claims, Stage::Groups, checks) else { return };
            match value.texts() {
                Some(groups) => claimed.groups = groups,
                None => return checks.fails(Stage::Groups, "the expression for the groups gives something else than texts".to_owned()),
            }
            of_expression(text)
        }
    };
    let count = claimed.groups.len();
    checks.holds(Stage::Groups, if count == 1 { "it has one group".to_owned() } else { format!("it has {count} groups") });
    for group in &claimed.groups {
        claimed.provenance.push(provenance(format!("group {group}"), origin.clone()));
    }
}

fn uid(mapping: &Mapping, claims: &Claims, claimed: &mut Claimed, checks: &mut Checks) {
    let origin = match mapping {
        Mapping::Claim { claim, .. } => match reading::text(claims, claim) {
            Text::Is(value) => {
                claimed.uid = value.to_owned();
                from(claim, "")
            }
            Text::Absent => return checks.fails(Stage::Uid, format!("it has no claim `{}`, which is the uid", sanitise(claim))),
            Text::Other(kind) => {
                return checks.fails(Stage::Uid, format!("its claim `{}`, the uid, is {kind}, and must be a text", sanitise(claim)));
            }
        },
        Mapping::Expression(text) => {
            let Some(value) = evaluated(text, claims, Stage::Uid, checks) else { return };
            let expression::Value::Text(uid) = value else {
                return checks.fails(Stage::Uid, "the expression for the uid gives no text".to_owned());
            };
            claimed.uid = uid;
            of_expression(text)
        }
    };
    claimed.provenance.push(provenance(format!("uid {}", claimed.uid), origin));
}

fn extra(authenticator: &Authenticator, claims: &Claims, claimed: &mut Claimed, checks: &mut Checks) {
    if let Text::Is(id) = reading::text(claims, "jti")
        && !id.is_empty()
    {
        claimed.extra.insert(CREDENTIAL_ID.to_owned(), vec![format!("JTI={id}")]);
    }
    // all are evaluated before any is looked at
    let mut values = Vec::new();
    for attribute in &authenticator.extra {
        let Some(value) = evaluated(&attribute.expression, claims, Stage::Extra, checks) else { return };
        values.push((attribute, value));
    }
    for (attribute, value) in values {
        match value.texts() {
            Some(texts) if texts.is_empty() => {}
            Some(texts) => drop(claimed.extra.insert(attribute.key.clone(), texts)),
            None => {
                let told = format!("the expression for `{}` gives something else than texts", sanitise(&attribute.key));
                return checks.fails(Stage::Extra, told);
            }
        }
    }
}
