//! One condition against what a call has.

use super::Holds;
use super::context::{Context, Presence};
use super::operator::{Operator, Quantifier, Test};
use super::policy::Condition;
use crate::base::text::{enumerate, is_like, is_pattern, quote};

/// What a condition wants, and what is there instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
    /// The operator, as the policy writes it.
    pub operator: String,
    /// The key, as the policy writes it.
    pub key: String,
    /// The values of the policy.
    pub wants: Vec<String>,
    /// What the call has; none where the key is not there or its value is not known.
    pub has: Option<Vec<String>>,
}

/// Whether a condition holds.
pub fn holds(condition: &Condition, context: &Context, has_variables: bool) -> Holds {
    let Condition { operator, key, values } = condition;
    if operator.test == Test::Other || is_variable(values, has_variables) {
        return Holds::Unknown;
    }
    match context.look(key) {
        Presence::Unknown(_) => Holds::Unknown,
        Presence::Missing => without(operator, values),
        Presence::Values(present) => compare(operator, values, present),
    }
}

/// The sentence that says why it holds or not.
pub fn sentence(condition: &Condition, context: &Context, has_variables: bool) -> String {
    let Condition { operator, key, values } = condition;
    let wants = wants(condition);
    let presence = context.look(key);
    let has = match &presence {
        _ if operator.test == Test::Other => format!("and {operator} is not evaluated"),
        _ if is_variable(values, has_variables) => "and variables of policies are not evaluated".to_owned(),
        Presence::Unknown(why) => format!("and {why}"),
        Presence::Missing => format!("and {} has no such key", context.noun),
        Presence::Values(present) => {
            let told: Vec<String> = present.iter().map(|value| quote(value)).collect();
            format!("and {} has {}", context.noun, enumerate(&told, "and"))
        }
    };
    let present = match presence {
        Presence::Values(present) => Some(present),
        _ => None,
    };
    let fails = holds(condition, context, has_variables) == Holds::No;
    let hint = hint(condition, present, context).filter(|_| fails);
    format!("{wants}, {has}{}", hint.map(|hint| format!(": {hint}")).unwrap_or_default())
}

/// What a condition that fails wants, and what is there.
pub fn failing(condition: &Condition, context: &Context) -> Failing {
    let has = match context.look(&condition.key) {
        Presence::Values(values) => Some(values.to_vec()),
        _ => None,
    };
    Failing { operator: condition.operator.text.clone(), key: condition.key.clone(), wants: condition.values.clone(), has }
}

/// Whether a value holds a variable, as far as the policy's version knows them.
fn is_variable(values: &[String], has_variables: bool) -> bool {
    has_variables && values.iter().any(|value| value.contains("${"))
}

/// `StringEquals of I:sub wants "a" or "b"`.
fn wants(condition: &Condition) -> String {
    let Condition { operator, key, values } = condition;
    let told: Vec<String> = values.iter().map(|value| quote(value)).collect();
    match (operator.test, operator.negated) {
        (Test::Null, _) if is_true(values) == Some(true) => format!("Null wants {key} not to be there"),
        (Test::Null, _) if is_true(values) == Some(false) => format!("Null wants {key} to be there"),
        (_, true) => format!("{operator} wants {key} not to be {}", enumerate(&told, "or")),
        _ => format!("{operator} wants {key} to be {}", enumerate(&told, "or")),
    }
}

/// Where the key is not there: what negates holds, and all of nothing does.
fn without(operator: &Operator, values: &[String]) -> Holds {
    match (operator.test, operator.set) {
        (Test::Null, _) => is_true(values).map_or(Holds::Unknown, Holds::from),
        // AWS does not say which of the two words wins
        (_, Some(Quantifier::Any)) if operator.if_exists => Holds::Unknown,
        (_, Some(Quantifier::Any)) => Holds::No,
        (_, Some(Quantifier::All)) => Holds::Yes,
        (_, None) => Holds::from(operator.negated || operator.if_exists),
    }
}

fn compare(operator: &Operator, values: &[String], present: &[String]) -> Holds {
    if operator.test == Test::Null {
        return is_true(values).map_or(Holds::Unknown, |absent| Holds::from(!absent));
    }
    let one = |has: &String| {
        let fits = values.iter().fold(Holds::No, |holds, value| holds.or(fits(operator.test, value, has)));
        if operator.negated { fits.negated() } else { fits }
    };
    match operator.set {
        Some(Quantifier::Any) => present.iter().map(one).fold(Holds::No, Holds::or),
        Some(Quantifier::All) => present.iter().map(one).fold(Holds::Yes, Holds::and),
        None => match present {
            [has] => one(has),
            // AWS says not to compare several values so, and not what comes of it
            _ => Holds::Unknown,
        },
    }
}

fn fits(test: Test, pattern: &str, has: &str) -> Holds {
    match test {
        Test::Equals => Holds::from(pattern == has),
        // beyond ASCII, what is the same without case depends on who compares
        Test::EqualsIgnoreCase if pattern.is_ascii() && has.is_ascii() => Holds::from(pattern.eq_ignore_ascii_case(has)),
        Test::Like => Holds::from(is_like(has, pattern)),
        Test::Arn => {
            let parts = |arn: &str| arn.splitn(6, ':').map(str::to_owned).collect::<Vec<_>>();
            let (pattern, has) = (parts(pattern), parts(has));
            if pattern.len() != 6 || has.len() != 6 {
                return Holds::Unknown;
            }
            Holds::from(pattern.iter().zip(&has).all(|(pattern, has)| is_like(has, pattern)))
        }
        Test::EqualsIgnoreCase | Test::Null | Test::Other => Holds::Unknown,
    }
}

/// The one value of `Null`.
fn is_true(values: &[String]) -> Option<bool> {
    match values {
        [value] => value.to_ascii_lowercase().parse().ok(),
        _ => None,
    }
}

/// Why it fails, where that is a slip that people make.
fn hint(condition: &Condition, has: Option<&[String]>, context: &Context) -> Option<String> {
    let Condition { operator, key, values } = condition;
    let Some([has]) = has else {
        let issuer = context.other_issuer(key)?;
        return context.is_of_token().then(|| format!("the key is of {issuer}, which did not issue the token"));
    };
    if operator.negated {
        return None;
    }
    if operator.test == Test::Equals && values.iter().any(|value| is_pattern(value) && is_like(has, value)) {
        return Some("StringEquals takes a star as it stands, and StringLike would fit".to_owned());
    }
    if values.iter().any(|value| value.eq_ignore_ascii_case(has)) {
        return Some("capitals and small letters differ".to_owned());
    }
    if values.iter().any(|value| value.trim() == has) {
        return Some("blanks count".to_owned());
    }
    let account =
        |text: &str| text.strip_prefix(crate::identity::SERVICE_ACCOUNT)?.split_once(':').map(|(n, a)| (n.to_owned(), a.to_owned()));
    let (namespace, name) = account(has)?;
    values.iter().find_map(|value| match account(value) {
        Some((other, same)) if same == name => Some(format!("it is of that name in namespace {other}, not {namespace}")),
        Some((same, other)) if same == namespace => Some(format!("it is service account {other} of that namespace, not {name}")),
        None if value.starts_with("system:serviceaccounts:") => Some("that is a group, and sub names a service account".to_owned()),
        None if *value == format!("{namespace}:{name}") || *value == format!("{namespace}/{name}") => {
            Some("sub begins with system:serviceaccount:".to_owned())
        }
        _ => None,
    })
}
