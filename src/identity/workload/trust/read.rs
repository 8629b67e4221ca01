//! The text of a trust policy read: JSON as the AWS CLI prints it, or with the percent signs of the API's own answer.

use serde_json::{Map, Value};

use super::operator::Operator;
use super::policy::{Actions, Condition, Effect, Policy, PrincipalKind, Principals, Statement};
use crate::credential::jwt::json;

/// Why a text is no trust policy that can be evaluated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PolicyError(pub String);

/// The words that a statement may have.
const WORDS: [&str; 7] = ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Condition"];

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// When it is none, or one that IAM would not have taken: what is wrong, as a clause.
    pub fn read(text: &str) -> Result<Self, PolicyError> {
        let text = text.trim();
        let decoded = if text.starts_with('%') { without_percent_signs(text) } else { text.to_owned() };
        let (document, twice) = json::object(decoded.as_bytes(), "policy").map_err(|problem| match problem {
            json::Problem::Depth => error("it is nested too deeply"),
            json::Problem::Other(why) => PolicyError(why),
        })?;
        if let Some(name) = twice.first() {
            return Err(PolicyError(format!("{name} stands in it twice, and which of them counts is not known")));
        }
        if let Some(word) = document.keys().find(|word| !["Version", "Id", "Statement"].contains(&word.as_str())) {
            return Err(PolicyError(format!("`{word}` is no part of a policy")));
        }
        let has_variables = match document.get("Version").and_then(Value::as_str) {
            Some("2012-10-17") => true,
            Some("2008-10-17") | None => false,
            Some(version) => return Err(PolicyError(format!("`{version}` is no version of policies"))),
        };
        let statements = match document.get("Statement") {
            Some(Value::Array(statements)) => statements.iter().enumerate().map(|(index, value)| statement(index, value)).collect(),
            Some(value @ Value::Object(_)) => statement(0, value).map(|statement| vec![statement]),
            _ => Err(error("it has no statements")),
        }?;
        Ok(Self { statements, has_variables })
    }
}

fn error(message: &str) -> PolicyError {
    PolicyError(message.to_owned())
}

fn statement(index: usize, value: &Value) -> Result<Statement, PolicyError> {
    let number = index + 1;
    let wrong = |what: &str| PolicyError(format!("statement {number} {what}"));
    let Value::Object(parts) = value else { return Err(wrong("is no object")) };
    let effect = match parts.get("Effect").and_then(Value::as_str) {
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        _ => return Err(wrong("has neither Effect Allow nor Deny")),
    };
    let principals = match (parts.get("Principal"), parts.get("NotPrincipal")) {
        (Some(value), None) => principals(value, false),
        (None, Some(value)) => principals(value, true),
        _ => None,
    };
    let actions = match (parts.get("Action"), parts.get("NotAction")) {
        (Some(value), None) => texts(value).map(|patterns| Actions { negated: false, patterns }),
        (None, Some(value)) => texts(value).map(|patterns| Actions { negated: true, patterns }),
        _ => None,
    };
    let conditions = parts.get("Condition").map_or_else(|| Some(Vec::new()), conditions);
    Ok(Statement {
        index,
        sid: parts.get("Sid").and_then(Value::as_str).map(str::to_owned),
        effect,
        principals: principals.ok_or_else(|| wrong("does not say who, in one Principal or NotPrincipal"))?,
        actions: actions.ok_or_else(|| wrong("does not say what, in one Action or NotAction"))?,
        conditions: conditions.ok_or_else(|| wrong("has a Condition that is none"))?,
        odd: parts.keys().filter(|word| !WORDS.contains(&word.as_str())).cloned().collect(),
    })
}

fn principals(value: &Value, negated: bool) -> Option<Principals> {
    let named = match value {
        Value::String(star) if star == "*" => vec![(PrincipalKind::Everybody, star.clone())],
        Value::Object(kinds) => {
            let mut named = Vec::new();
            for (word, value) in kinds {
                let kind = match word.as_str() {
                    "AWS" => PrincipalKind::Aws,
                    "Federated" => PrincipalKind::Federated,
                    "Service" => PrincipalKind::Service,
                    _ => PrincipalKind::Other(word.clone()),
                };
                named.extend(texts(value)?.into_iter().map(|name| (kind.clone(), name)));
            }
            named
        }
        _ => return None,
    };
    Some(Principals { negated, named })
}

fn conditions(value: &Value) -> Option<Vec<Condition>> {
    let mut conditions = Vec::new();
    for (operator, keys) in value.as_object()? {
        let operator = Operator::read(operator);
        let keys: &Map<String, Value> = keys.as_object()?;
        for (key, values) in keys {
            conditions.push(Condition { operator: operator.clone(), key: key.clone(), values: texts(values)? });
        }
    }
    Some(conditions)
}

/// One text or several; numbers and truth are texts too.
fn texts(value: &Value) -> Option<Vec<String>> {
    let one = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    };
    match value {
        Value::Array(values) => values.iter().map(one).collect(),
        value => one(value).map(|text| vec![text]),
    }
}

/// A text of the API, as RFC 3986 writes it.
fn without_percent_signs(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let mut ahead = rest.clone();
        match (byte, ahead.next().and_then(digit), ahead.next().and_then(digit)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(high << 4 | low);
                rest = ahead;
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
