//! Field selectors (`apimachinery/pkg/fields/selector.go`).

/// The value that a field must have exactly; none when no term says so, or when the selector cannot be read.
pub fn exact(selector: &str, field: &str) -> Option<String> {
    let mut terms = terms(selector);
    // Kubernetes sorts the terms, so of several for one field the first in that order counts
    terms.sort_unstable();
    let mut found = None;
    for term in terms.into_iter().filter(|term| !term.is_empty()) {
        let (key, is_equal, value) = split(term)?;
        let value = unescape(value)?;
        if is_equal && key == field && found.is_none() {
            found = Some(value);
        }
    }
    found
}

/// The terms between commas that no backslash escapes.
fn terms(selector: &str) -> Vec<&str> {
    let mut terms = Vec::new();
    let mut start = 0;
    let mut is_escaped = false;
    for (position, c) in selector.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            ',' => {
                terms.push(selector.get(start..position).unwrap_or_default());
                start = position + 1;
            }
            _ => {}
        }
    }
    terms.push(selector.get(start..).unwrap_or_default());
    terms
}

/// Field, whether it must be equal, value; at the first operator.
fn split(term: &str) -> Option<(&str, bool, &str)> {
    term.char_indices().find_map(|(position, _)| {
        let (field, rest) = term.split_at(position);
        let operators = [("!=", false), ("==", true), ("=", true)];
        operators.into_iter().find_map(|(operator, is_equal)| Some((field, is_equal, rest.strip_prefix(operator)?)))
    })
}

fn unescape(value: &str) -> Option<String> {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.push(chars.next().filter(|c| matches!(c, '\\' | ',' | '='))?),
            ',' | '=' => return None,
            c => out.push(c),
        }
    }
    Some(out)
}
