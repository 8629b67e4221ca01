//! The operators of conditions: `StringLike`, `ForAnyValue:StringEqualsIfExists`.

use std::fmt;

/// How a condition compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// As the policy writes it.
    pub text: String,
    /// How it goes over several values of a key.
    pub set: Option<Quantifier>,
    /// How it compares two values.
    pub test: Test,
    /// Whether none of the policy's values may fit.
    pub negated: bool,
    /// Whether it holds where the key is not there.
    pub if_exists: bool,
}

/// How several values of a key are gone over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// One of them must fit.
    Any,
    /// All of them must fit, and none is fine.
    All,
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Test {
    /// Byte for byte.
    Equals,
    /// Without case.
    EqualsIgnoreCase,
    /// With `*` and `?`.
    Like,
    /// As ARNs, part for part, each with `*` and `?`.
    Arn,
    /// Whether the key is missing.
    Null,
    /// Anything else: numbers, dates, addresses.
    Other,
}

impl Operator {
    /// Understands an operator; one that is not known is kept as it is.
    pub fn read(text: &str) -> Self {
        let (set, rest) = match text.split_once(':') {
            Some(("ForAnyValue", rest)) => (Some(Quantifier::Any), rest),
            Some(("ForAllValues", rest)) => (Some(Quantifier::All), rest),
            _ => (None, text),
        };
        let (name, if_exists) = rest.strip_suffix("IfExists").map_or((rest, false), |name| (name, true));
        let (test, negated) = match name {
            "StringEquals" => (Test::Equals, false),
            "StringNotEquals" => (Test::Equals, true),
            "StringEqualsIgnoreCase" => (Test::EqualsIgnoreCase, false),
            "StringNotEqualsIgnoreCase" => (Test::EqualsIgnoreCase, true),
            "StringLike" => (Test::Like, false),
            "StringNotLike" => (Test::Like, true),
            // both compare in the same way
            "ArnEquals" | "ArnLike" => (Test::Arn, false),
            "ArnNotEquals" | "ArnNotLike" => (Test::Arn, true),
            "Null" if set.is_none() && !if_exists => (Test::Null, false),
            _ => (Test::Other, false),
        };
        Self { text: text.to_owned(), set, test, negated, if_exists }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}
