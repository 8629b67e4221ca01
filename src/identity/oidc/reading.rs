//! Claims as Go reads them into the few that it knows.

use serde_json::{Map, Value};

/// What a claim is, where a text is expected. Go reads `null` as an empty one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text<'a> {
    /// The claim is not there.
    Absent,
    /// It is a text.
    Is(&'a str),
    /// It is of another kind.
    Other(&'static str),
}

/// A claim as a text.
pub fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Text<'a> {
    match claims.get(name) {
        None => Text::Absent,
        Some(Value::Null) => Text::Is(""),
        Some(Value::String(text)) => Text::Is(text),
        Some(other) => Text::Other(kind(other)),
    }
}

/// A claim as texts, one or a list of them: their list, or of what kind it is instead.
pub fn texts(value: &Value) -> Result<Vec<String>, &'static str> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::String(text) => Ok(vec![text.clone()]),
        Value::Array(items) => {
            let text = |item: &Value| match item {
                Value::String(text) => Ok(text.clone()),
                Value::Null => Ok(String::new()),
                _ => Err("a list with something else than texts"),
            };
            items.iter().map(text).collect()
        }
        other => Err(kind(other)),
    }
}

/// What kind of value it is, as a noun.
pub fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A time as the API server reads it, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// The claim is not there, or null where that is allowed.
    Absent,
    /// The time.
    At(i64),
    /// It is none: the API server refuses the token.
    Refused,
    /// It is too far away to be certain.
    Open,
}

/// A time; `null` is none where the API server holds it in a place of its own.
#[expect(clippy::cast_possible_truncation, reason = "larger ones are left out before")]
pub fn time(value: Option<&Value>, may_be_null: bool) -> Time {
    const FAR: f64 = 1e15;
    let number = match value {
        None => return Time::Absent,
        Some(Value::Null) if may_be_null => return Time::Absent,
        Some(Value::Number(number)) => number.as_f64(),
        // Go takes a text that is a number
        Some(Value::String(text)) => match serde_json::from_str::<Value>(text) {
            Ok(Value::Number(number)) if !text.starts_with([' ', '\t', '\n', '\r']) && !text.ends_with([' ', '\t', '\n', '\r']) => {
                number.as_f64()
            }
            Err(error) if error.to_string().starts_with("number out of range") => return Time::Open,
            _ => return Time::Refused,
        },
        Some(_) => return Time::Refused,
    };
    match number {
        Some(number) if number.abs() < FAR => Time::At(number as i64),
        _ => Time::Open,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_as_go_reads_them() {
        for (value, told) in [
            (json!(5), Time::At(5)),
            (json!(5.9), Time::At(5)),
            (json!(-5.9), Time::At(-5)),
            (json!("5"), Time::At(5)),
            (json!("5e1"), Time::At(50)),
            (json!(" 5"), Time::Refused),
            (json!("05"), Time::Refused),
            (json!("inf"), Time::Refused),
            (json!(""), Time::Refused),
            (json!(1e300), Time::Open),
            (json!("1e999"), Time::Open),
            (json!(true), Time::Refused),
            (json!(null), Time::Refused),
        ] {
            assert_eq!(time(Some(&value), false), told, "{value}");
        }
        assert_eq!((time(None, false), time(Some(&json!(null)), true)), (Time::Absent, Time::Absent));
    }
}
