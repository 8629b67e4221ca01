//! What claims and the user that came of them must be.

use serde_json::{Map, Value};

use super::super::authenticator::{Authenticator, ClaimRule};
use super::super::expression::{self, About, Expression, Flaw, Stop, User};
use super::super::reading::{self, Text};
use super::{Checks, Claimed, Stage};
use crate::base::text::sanitise;

/// Holds claims and user against all rules.
pub fn of(authenticator: &Authenticator, claims: &Map<String, Value>, claimed: &Claimed, checks: &mut Checks) {
    let mut conditions = Vec::new();
    for rule in &authenticator.claim_rules {
        match rule {
            ClaimRule::Required { claim, value } => required(claim, value, claims, checks),
            ClaimRule::Expression { expression, message } => conditions.push((expression.as_str(), message.as_str())),
        }
    }
    let of_claims = |expression: &Expression| expression.of_claims(claims);
    hold(&conditions, About::Claims, Stage::ClaimRule, checks, of_claims);
    // of a user that is not known nothing can be said
    if !checks.hold() {
        return;
    }
    let user =
        User { username: claimed.username.clone(), groups: claimed.groups.clone(), uid: claimed.uid.clone(), extra: claimed.extra.clone() };
    let conditions: Vec<(&str, &str)> =
        authenticator.user_rules.iter().map(|rule| (rule.expression.as_str(), rule.message.as_str())).collect();
    hold(&conditions, About::User, Stage::UserRule, checks, |expression| expression.of_user(&user));
}

fn required(claim: &str, value: &str, claims: &Map<String, Value>, checks: &mut Checks) {
    let (told, wanted) = (sanitise(claim), sanitise(value));
    match reading::text(claims, claim) {
        Text::Is(text) if text == value => checks.holds(Stage::RequiredClaim, format!("its claim `{told}` is `{wanted}`")),
        Text::Is(text) => {
            checks.fails(Stage::RequiredClaim, format!("its claim `{told}` is `{}`, and must be `{wanted}`", sanitise(text)));
        }
        Text::Absent => checks.fails(Stage::RequiredClaim, format!("it has no claim `{told}`, which must be `{wanted}`")),
        Text::Other(kind) => checks.fails(Stage::RequiredClaim, format!("its claim `{told}` is {kind}, and must be `{wanted}`")),
    }
}

/// All conditions are evaluated before one is looked at: one that cannot be counts before one that is false.
fn hold(
    conditions: &[(&str, &str)],
    about: About,
    stage: Stage,
    checks: &mut Checks,
    evaluate: impl Fn(&Expression) -> Result<expression::Value, Stop>,
) {
    let mut values = Vec::new();
    for (text, message) in conditions {
        let told = |why: &str| format!("the condition `{}` {why}", sanitise(text));
        let flaw = |flaw| match flaw {
            Flaw::Refused(why) => Stop::Error(why),
            Flaw::Open(why) => Stop::Open(why),
        };
        let value = Expression::read(text, about).map_err(flaw).and_then(|expression| evaluate(&expression));
        match value {
            Ok(value) => values.push((*text, *message, value)),
            Err(Stop::Error(why)) => checks.fails(stage, told(&format!("cannot be evaluated: {}", sanitise(&why)))),
            Err(Stop::Open(why)) => checks.open(stage, told(&format!("is not evaluated here: {why}"))),
        }
    }
    for (text, message, value) in values {
        let told = sanitise(text);
        match value {
            expression::Value::Bool(true) => checks.holds(stage, format!("the condition `{told}` holds")),
            _ if message.is_empty() => checks.fails(stage, format!("the condition `{told}` does not hold")),
            _ => checks.fails(stage, format!("the condition `{told}` does not hold: {}", sanitise(message))),
        }
    }
}
