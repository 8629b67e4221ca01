//! What a scalar is: go-yaml's rules, which kubectl's YAML goes through, and not those of YAML 1.2.
//!
//! `n`, `yes` and `on` are booleans, `010` and `0o14` numbers; `12:30` and `2024-01-01` are text (`resolve.go`).

use std::borrow::Cow;

use base64::Engine as _;
use granit_parser::Tag;
use serde_json::Number;

use super::Value;

/// Why a number is none: only where it comes to JSON it is a mistake.
pub const NOT_JSON: &str = "the value is a number that JSON cannot hold";

/// Resolves a scalar. Text in quotes is text, unless a tag says otherwise.
///
/// # Errors
/// When it is not what its tag says, or a number that JSON cannot hold.
pub fn resolve<'a>(text: Cow<'a, str>, is_plain: bool, tag: Option<&Tag>) -> Result<Value<'a>, &'static str> {
    let Some(tag) = tag else {
        return if is_plain { plain(text) } else { Ok(Value::Text(text)) };
    };
    let kind = tag.suffix_in_namespace("tag:yaml.org,2002:");
    match kind.as_deref() {
        Some(kind @ ("null" | "bool" | "int" | "float")) => match (kind, plain(text)?) {
            ("null", value @ Value::Null) | ("bool", value @ Value::Bool(_)) | ("float", value @ Value::Number(_)) => Ok(value),
            ("int", value @ Value::Number(_)) if !matches!(&value, Value::Number(number) if number.is_f64()) => Ok(value),
            _ => Err("the value is not what its tag says"),
        },
        Some("binary") => match base64::engine::general_purpose::STANDARD.decode(text.as_bytes()) {
            Ok(bytes) => Ok(Value::Text(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()))),
            Err(_) => Err("the value is tagged !!binary and is no base64"),
        },
        // a tag of one's own makes text
        _ => Ok(Value::Text(text)),
    }
}

/// Resolves a plain scalar.
///
/// # Errors
/// When it is a number that JSON cannot hold.
pub fn plain(text: Cow<'_, str>) -> Result<Value<'_>, &'static str> {
    let may_be_other =
        text.as_bytes().first().is_none_or(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.')) || text.len() <= "false".len();
    if !may_be_other {
        return Ok(Value::Text(text));
    }
    Ok(match text.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Value::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Value::Bool(false),
        ".nan" | ".NaN" | ".NAN" | ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf" | "-.INF" => {
            return Err(NOT_JSON);
        }
        _ => match number(&text) {
            Some(number) => Value::Number(number),
            None => Value::Text(text),
        },
    })
}

/// A number as Go's `strconv.ParseInt` with base 0 and go-yaml's pattern for floats have it; none for text.
fn number(text: &str) -> Option<Number> {
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return None;
    }
    let digits = text.replace('_', "");
    // one that is too large for Go is text
    integer(&digits).or_else(|| if is_float(&digits) { digits.parse().ok().and_then(Number::from_f64) } else { None })
}

fn integer(text: &str) -> Option<Number> {
    let (is_negative, rest) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let prefix = rest.get(..2).map(str::to_ascii_lowercase);
    let (digits, radix) = match prefix.as_deref() {
        Some("0x") => (rest.get(2..)?, 16),
        Some("0o") => (rest.get(2..)?, 8),
        Some("0b") => (rest.get(2..)?, 2),
        _ if rest.len() > 1 && rest.starts_with('0') => (rest.get(1..)?, 8),
        _ => (rest, 10),
    };
    // Rust takes a second sign where Go does not
    if !digits.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let magnitude = u64::from_str_radix(digits, radix).ok()?;
    if is_negative { 0_i64.checked_sub_unsigned(magnitude).map(Number::from) } else { Some(Number::from(magnitude)) }
}

/// `^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`.
fn is_float(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let has_mantissa = match mantissa.split_once('.') {
        Some(("", fraction)) => is_number(fraction),
        Some((whole, fraction)) => is_number(whole) && (fraction.is_empty() || is_number(fraction)),
        None => is_number(mantissa),
    };
    has_mantissa && exponent.is_none_or(|exponent| is_number(exponent.strip_prefix(['-', '+']).unwrap_or(exponent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_are_what_kubectl_takes_them_for() {
        for (kind, texts) in [
            ("empty", &["", "~", "null", "NULL"][..]),
            ("a boolean", &["y", "n", "Yes", "no", "on", "OFF", "true"]),
            ("a number", &["0", "12", "+12", "-1", "010", "08", "0o14", "0xff", "0b101", "1_000", "1e3", "1.5", ".5", "1.", "-0x1F"]),
            (
                "text",
                &[
                    "12:30",
                    "2024-01-01",
                    "1.2.3",
                    "yEs",
                    "nULL",
                    "-",
                    "+",
                    ".",
                    "0x",
                    "--1",
                    "+-1",
                    "1e",
                    "kind-dev",
                    "1-2",
                    "_1",
                    "<<",
                    "1e999",
                ],
            ),
        ] {
            for text in texts {
                let value = resolve(Cow::Borrowed(text), true, None).unwrap();
                assert_eq!(value.kind(), kind, "{text}");
                let quoted = resolve(Cow::Borrowed(text), false, None).unwrap();
                assert_eq!(quoted.kind(), "text", "{text:?} in quotes");
            }
        }
        assert!(resolve(Cow::Borrowed(".inf"), true, None).is_err());
    }
}
