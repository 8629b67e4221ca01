//! New YAML as text: scalars in the quotes they need, lists and mappings as blocks or in brackets.

use std::fmt::Write as _;

use serde_json::Value;

use crate::kubeconfig::yaml::layout::Style;
use crate::kubeconfig::yaml::{self, scalar};

/// How new text fits in with what stands around it.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// What ends a line in this file.
    pub line_break: &'a str,
    /// How much further lists are indented than the keys they belong to.
    pub list_indent: usize,
    /// Whether keys and text are in double quotes, as in JSON.
    pub is_json: bool,
}

/// Text in the style wanted, or in the one nearest to it that can hold it.
pub fn text(text: &str, wanted: Style, is_flow: bool) -> String {
    match wanted {
        Style::Plain | Style::Block if is_plain(text, is_flow) => text.to_owned(),
        Style::Plain | Style::Block | Style::Single if text.chars().all(is_shown) => format!("'{}'", text.replace('\'', "''")),
        _ => double(text),
    }
}

/// A value that is no list and no mapping.
fn plain(value: &Value, is_flow: bool, is_json: bool) -> String {
    match value {
        Value::String(value) => text(value, if is_json { Style::Double } else { Style::Plain }, is_flow),
        other => other.to_string(),
    }
}

/// A value in brackets and braces.
pub fn flow(value: &Value, around: Surroundings<'_>) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| flow(item, around)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(entries) => {
            let pairs: Vec<String> = entries.iter().map(|(key, value)| flow_pair(key, value, around)).collect();
            format!("{{{}}}", pairs.join(", "))
        }
        other => plain(other, true, around.is_json),
    }
}

/// A key and its value between braces.
pub fn flow_pair(key: &str, value: &Value, around: Surroundings<'_>) -> String {
    format!("{}: {}", text(key, if around.is_json { Style::Double } else { Style::Plain }, true), flow(value, around))
}

/// A value as a block whose first line begins where it is put, the others at an indentation.
pub fn block(value: &Value, indent: usize, around: Surroundings<'_>) -> String {
    let between = format!("{}{}", around.line_break, " ".repeat(indent));
    match value {
        Value::Array(items) if !items.is_empty() => {
            let items: Vec<String> = items.iter().map(|item| format!("- {}", block(item, indent + 2, around))).collect();
            items.join(&between)
        }
        Value::Object(entries) if !entries.is_empty() => {
            let pairs: Vec<String> = entries.iter().map(|(key, value)| block_pair(key, value, indent, around)).collect();
            pairs.join(&between)
        }
        Value::Array(_) | Value::Object(_) => flow(value, around),
        other => plain(other, false, false),
    }
}

/// A key and its value in a block.
pub fn block_pair(key: &str, value: &Value, indent: usize, around: Surroundings<'_>) -> String {
    let mut out = format!("{}:", text(key, Style::Plain, false));
    out.push_str(&below(value, indent, around).unwrap_or_else(|| format!(" {}", block(value, indent, around))));
    out
}

/// A list or mapping on the lines below its key; none for what stands beside it.
pub fn below(value: &Value, indent: usize, around: Surroundings<'_>) -> Option<String> {
    let indent = match value {
        Value::Array(items) if !items.is_empty() => indent + around.list_indent,
        Value::Object(entries) if !entries.is_empty() => indent + 2,
        _ => return None,
    };
    Some(format!("{}{}{}", around.line_break, " ".repeat(indent), block(value, indent, around)))
}

/// Whether text without quotes is that text to YAML 1.1, as kubectl and the AWS CLI read it, and to YAML 1.2.
fn is_plain(text: &str, is_flow: bool) -> bool {
    let is_text = matches!(scalar::resolve(text.into(), true, None), Ok(yaml::Value::Text(_)));
    let mut chars = text.chars();
    let begins = match chars.next() {
        Some('-') => text.starts_with("--") && !text.starts_with("---") || chars.next().is_some_and(char::is_alphanumeric),
        Some('.') => !text.starts_with("..."),
        Some(c) => c.is_alphanumeric() || "_/$(+^;".contains(c),
        None => false,
    };
    let breaks = |pattern: &str| text.contains(pattern);
    let is_special = is_flow && text.contains(['[', ']', '{', '}', ',', ':', '?']);
    is_text
        && begins
        && !is_special
        && !(breaks(": ") || breaks(" #") || text.ends_with([':', ' ']))
        && text.chars().all(is_shown)
        && !is_of_old(text)
}

/// What other readers of YAML 1.1, the AWS CLI's among them, take for a time or a number of base 60.
fn is_of_old(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_sexagesimal = text.contains(':') && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '_' | ':' | '.'));
    let mut parts = text.split('-');
    let is_year = parts.next().is_some_and(|year| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()));
    let is_date = is_year && parts.next().is_some_and(|month| matches!(month.len(), 1..=2) && month.bytes().all(|b| b.is_ascii_digit()));
    is_sexagesimal || (is_date && parts.next().is_some()) || text == "=" || text == "<<"
}

/// Characters that every reader leaves as they are, wherever in a line they stand.
fn is_shown(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a1}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..) && crate::base::text::is_harmless(c)
}

/// Text in double quotes, with escapes that YAML of both versions and JSON have in common.
fn double(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_shown(c) => out.push(c),
            c if u32::from(c) < 0x1_0000 => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            // JSON has a pair of escapes here, which kubectl does not take
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_plain_where_every_reader_takes_it_for_that_text() {
        for (name, written) in [
            ("acme-prod", "acme-prod"),
            ("arn:aws:eks:eu-west-1:123456789012:cluster/a", "arn:aws:eks:eu-west-1:123456789012:cluster/a"),
            ("alice@acme.eu-west-1.eksctl.io", "alice@acme.eu-west-1.eksctl.io"),
            ("a b", "a b"),
            ("a#b", "a#b"),
            ("名前", "名前"),
            ("--region", "--region"),
            ("-x", "-x"),
            ("1.2.3", "1.2.3"),
            ("", "''"),
            (" a", "' a'"),
            ("a ", "'a '"),
            ("a: b", "'a: b'"),
            ("a:", "'a:'"),
            ("a #b", "'a #b'"),
            ("#a", "'#a'"),
            ("*a", "'*a'"),
            ("it's", "it's"),
            ("'a'", "'''a'''"),
            ("yes", "'yes'"),
            ("n", "'n'"),
            ("~", "'~'"),
            ("null", "'null'"),
            ("010", "'010'"),
            ("0o14", "'0o14'"),
            ("1_000", "'1_000'"),
            ("1e3", "'1e3'"),
            ("12:30", "'12:30'"),
            ("2024-01-01", "'2024-01-01'"),
            ("<<", "'<<'"),
            ("=", "'='"),
            ("---", "'---'"),
            ("- a", "'- a'"),
            ("a\nb", "\"a\\nb\""),
            ("a\tb", "\"a\\tb\""),
            ("a\u{2028}b\u{85}c\u{feff}\u{7f}", "\"a\\u2028b\\u0085c\\ufeff\\u007f\""),
            (".inf", "'.inf'"),
        ] {
            let written_here = text(name, Style::Plain, false);
            assert_eq!(written_here, written, "{name:?}");
            for is_flow in [false, true] {
                for style in [Style::Plain, Style::Single, Style::Double, Style::Block] {
                    let yaml = if is_flow { format!("[{}]", text(name, style, true)) } else { format!("- {}", text(name, style, false)) };
                    let read = yaml::parse(&yaml, &crate::kubeconfig::spread::OneByOne).unwrap_or_else(|_| panic!("{yaml}")).unwrap();
                    assert_eq!(read.to_json(), serde_json::json!([name]), "{yaml}");
                }
            }
        }
        assert_eq!(text("a:b", Style::Plain, true), "'a:b'");
        assert_eq!(text("ab", Style::Double, true), "\"ab\"");
    }

    #[test]
    fn blocks_are_indented_as_kubectl_does() {
        let value = serde_json::json!({"users": [{"name": "a", "user": {"exec": {"args": ["b", "c"], "env": []}}}]});
        let around = Surroundings { line_break: "\n", list_indent: 0, is_json: false };
        assert_eq!(block(&value, 0, around), "users:\n- name: a\n  user:\n    exec:\n      args:\n      - b\n      - c\n      env: []");
        let around = Surroundings { line_break: "\r\n", list_indent: 2, is_json: true };
        assert_eq!(block(&value["users"][0]["user"], 4, around), "exec:\r\n      args:\r\n        - b\r\n        - c\r\n      env: []");
        assert_eq!(flow(&value["users"][0]["user"]["exec"], around), "{\"args\": [\"b\", \"c\"], \"env\": []}");
    }
}
