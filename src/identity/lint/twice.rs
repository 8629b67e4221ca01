//! Keys that stand twice in an item of aws-auth: the last counts, without a word, and other readers of YAML refuse the text.
//!
//! The reader keeps the last one too, so that the text is looked at here, line for line; items in braces are passed over.

use super::aws_auth::of_item;
use crate::base::{Finding, Severity, Source};
use crate::identity::aws::aws_auth::{Item, SectionName};

/// The findings about the items of a section.
pub fn findings(text: &str, items: &[Item], section: SectionName) -> Vec<Finding> {
    let lines: Vec<&str> = text.lines().collect();
    let mut findings = Vec::new();
    for (position, item) in items.iter().enumerate() {
        let end = items.get(position + 1).map_or(lines.len(), |next| next.line.saturating_sub(1));
        let start = item.line.saturating_sub(1);
        let own = lines.get(start..end).unwrap_or_default();
        let mut seen: Vec<(&str, usize)> = Vec::new();
        let mut column = None;
        for (offset, line) in own.iter().enumerate() {
            let Some((at, key)) = key(line) else { continue };
            if *column.get_or_insert(at) != at {
                continue;
            }
            let number = start + offset + 1;
            if let Some((first, line)) = seen.iter().find(|(known, _)| known.eq_ignore_ascii_case(key)) {
                let message = if *first == key {
                    format!("`{key}` stands twice, as in line {line}: the last counts, and other readers of YAML refuse it")
                } else {
                    format!("`{key}` and `{first}` of line {line} are one field: the one that comes later in byte order counts")
                };
                let made = of_item("aws-auth-key-twice", Severity::Warning, item, section, message, "Keep one of them.");
                let file = format!("kube-system/aws-auth {}", section.as_str());
                findings.push(Finding { source: Some(Source { file, line: Some(number) }), ..made });
            } else {
                seen.push((key, number));
            }
        }
    }
    findings
}

/// The key that a line begins with, and its column.
fn key(line: &str) -> Option<(usize, &str)> {
    let rest = line.trim_start_matches(' ');
    let rest = rest.strip_prefix("- ").map_or(rest, |rest| rest.trim_start_matches(' '));
    let (key, value) = rest.split_once(':')?;
    let is_word = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_word && (value.is_empty() || value.starts_with([' ', '\t', '\r']))).then_some((line.len() - rest.len(), key))
}
