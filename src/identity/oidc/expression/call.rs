//! The functions and operators that take their arguments as they are.

use std::cmp::Ordering;

use cel::common::ast::operators as op;

use super::Stop;
use super::evaluation::{error, open};
use super::value::Value;

/// How much work a value is, in steps.
pub fn size(value: &Value) -> usize {
    match value {
        Value::Text(text) => 1 + text.len() / 10,
        Value::List(items) => 1 + items.len(),
        _ => 1,
    }
}

/// What a function comes to.
pub fn plain(name: &str, values: &[Value]) -> Result<Value, Stop> {
    let no_overload = || error(format!("`{}` does not take what it is given", name.trim_matches('_')));
    match (name, values) {
        (op::LOGICAL_NOT, [Value::Bool(value)]) => Ok(Value::Bool(!value)),
        (op::EQUALS, [one, other]) => equal(one, other).map(Value::Bool),
        (op::NOT_EQUALS, [one, other]) => equal(one, other).map(|equal| Value::Bool(!equal)),
        (op::LESS, [one, other]) => order(one, other, Ordering::is_lt),
        (op::LESS_EQUALS, [one, other]) => order(one, other, Ordering::is_le),
        (op::GREATER, [one, other]) => order(one, other, Ordering::is_gt),
        (op::GREATER_EQUALS, [one, other]) => order(one, other, Ordering::is_ge),
        (op::ADD, [Value::Text(one), Value::Text(other)]) => Ok(Value::Text(format!("{one}{other}"))),
        (op::ADD, [Value::List(one), Value::List(other)]) => Ok(Value::List(one.iter().chain(other).cloned().collect())),
        (op::ADD, [Value::Double(one), Value::Double(other)]) => Ok(Value::Double(one + other)),
        (op::ADD, [Value::Int(one), Value::Int(other)]) => one.checked_add(*other).map_or_else(no_overload, |sum| Ok(Value::Int(sum))),
        ("size", [Value::Text(text)]) => Ok(count(text.chars().count())),
        ("size", [Value::List(items)]) => Ok(count(items.len())),
        ("size", [Value::Object(_) | Value::Extra(_) | Value::Claims]) => open("it asks how many names there are"),
        ("startsWith", [Value::Text(text), Value::Text(part)]) => Ok(Value::Bool(text.starts_with(part.as_str()))),
        ("endsWith", [Value::Text(text), Value::Text(part)]) => Ok(Value::Bool(text.ends_with(part.as_str()))),
        ("contains", [Value::Text(text), Value::Text(part)]) => Ok(Value::Bool(text.contains(part.as_str()))),
        ("string", [Value::Text(text)]) => Ok(Value::Text(text.clone())),
        ("string", _) => open("it makes a text of what is none"),
        (op::LOGICAL_NOT | op::ADD | "size" | "startsWith" | "endsWith" | "contains", _) => no_overload(),
        _ => open("it calls a function that is not followed"),
    }
}

fn count(count: usize) -> Value {
    Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
}

fn equal(one: &Value, other: &Value) -> Result<bool, Stop> {
    one.equals(other).map_or_else(|| open("it holds objects against each other"), Ok)
}

fn order(one: &Value, other: &Value, fits: fn(Ordering) -> bool) -> Result<Value, Stop> {
    let ordering = match (one, other) {
        // Go and Rust both compare the bytes of texts
        (Value::Text(one), Value::Text(other)) => Some(one.cmp(other)),
        (Value::Bool(_), Value::Bool(_)) => return open("it puts booleans into an order"),
        _ => match (one.number(), other.number()) {
            (Some(Some(one)), Some(Some(other))) => one.partial_cmp(&other),
            (Some(_), Some(_)) => return open("a number is too large"),
            _ => return error("it puts into an order what has none"),
        },
    };
    ordering.map_or_else(|| open("a number is none"), |ordering| Ok(Value::Bool(fits(ordering))))
}
