//! What expressions come to.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

/// A value. Numbers of claims are doubles, as Go reads them.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer, of the expression itself.
    Int(i64),
    /// A double.
    Double(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// An object of a claim.
    Object(Map<String, Json>),
    /// The attributes of a user beside name and groups.
    Extra(BTreeMap<String, Vec<String>>),
    /// The claims as a whole.
    Claims,
    /// The user as a whole.
    User,
}

/// The user that came of claims.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    /// The name.
    pub username: String,
    /// The groups.
    pub groups: Vec<String>,
    /// The uid; empty for none.
    pub uid: String,
    /// Further attributes.
    pub extra: BTreeMap<String, Vec<String>>,
}

impl Value {
    /// A claim as the API server reads it; none for a number that is not read alike.
    pub fn of_json(json: &Json) -> Option<Self> {
        Some(match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(number) => Self::Double(number.as_f64().filter(|value| value.is_finite())?),
            Json::String(text) => Self::Text(text.clone()),
            Json::Array(items) => Self::List(items.iter().map(Self::of_json).collect::<Option<_>>()?),
            Json::Object(object) => Self::Object(object.clone()),
        })
    }

    /// A list of texts.
    pub fn of_texts(texts: &[String]) -> Self {
        Self::List(texts.iter().cloned().map(Self::Text).collect())
    }

    /// The texts of a value that is one or a list of them, without empty ones; none for any other.
    ///
    /// Source: `convertCELValueToStringList`.
    pub fn texts(&self) -> Option<Vec<String>> {
        let all: Vec<String> = match self {
            Self::Null => Vec::new(),
            Self::Text(text) => vec![text.clone()],
            Self::List(items) => {
                let text = |item: &Self| match item {
                    Self::Text(text) => Some(text.clone()),
                    _ => None,
                };
                items.iter().map(text).collect::<Option<_>>()?
            }
            _ => return None,
        };
        Some(all.into_iter().filter(|text| !text.is_empty()).collect())
    }

    /// Whether two are equal, as CEL has it: of different kinds they are not, and numbers are compared as numbers. None where
    /// that is not certain.
    pub fn equals(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Claims | Self::User | Self::Object(_) | Self::Extra(_), _)
            | (_, Self::Claims | Self::User | Self::Object(_) | Self::Extra(_)) => None,
            (Self::Null, Self::Null) => Some(true),
            (Self::Bool(one), Self::Bool(other)) => Some(one == other),
            (Self::Text(one), Self::Text(other)) => Some(one == other),
            (Self::List(one), Self::List(other)) => {
                if one.len() != other.len() {
                    return Some(false);
                }
                let each = one.iter().zip(other).map(|(one, other)| one.equals(other)).collect::<Option<Vec<bool>>>()?;
                Some(each.into_iter().all(|equal| equal))
            }
            _ => match (self.number(), other.number()) {
                #[expect(clippy::float_cmp, reason = "it is what CEL compares")]
                (Some(one), Some(other)) => Some(one? == other?),
                _ => Some(false),
            },
        }
    }

    /// The number that it is, none inside where a double does not hold it.
    #[expect(clippy::cast_precision_loss, reason = "larger ones were left out before")]
    pub fn number(&self) -> Option<Option<f64>> {
        match self {
            Self::Int(value) => Some((value.unsigned_abs() < (1 << 53)).then_some(*value as f64)),
            Self::Double(value) => Some(Some(*value)),
            _ => None,
        }
    }
}
