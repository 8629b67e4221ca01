//! `token decode` as Markdown.

use std::fmt::Write as _;

use super::escape::{code, prose};
use super::tables::{self, head, row};
use crate::credential::Part;
use crate::report::token::Told;

/// A credential.
pub fn token(told: &Told) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "## {}\n", prose(&told.headline()));
    head(&mut out, &["What", "Which"]);
    row(&mut out, &["credential".to_owned(), code(&told.decoded.masked)]);
    for (label, value) in told.times().into_iter().chain(told.facts()).chain(told.explained()) {
        row(&mut out, &[label.to_owned(), prose(&value)]);
    }
    out.push('\n');
    tables::findings(&mut out, &told.findings);
    let parts = told.decoded.parts();
    if !parts.is_empty() {
        head(&mut out, &["Part", "Value", "Meaning"]);
        list(&mut out, &parts, "");
    }
    out
}

fn list(out: &mut String, parts: &[Part], above: &str) {
    for part in parts {
        let name = if above.is_empty() { part.name.clone() } else { format!("{above} › {}", part.name) };
        let value = if part.value.is_empty() { String::new() } else { code(&part.value) };
        row(out, &[code(&name), value, prose(part.explanation)]);
        list(out, &part.children, &name);
    }
}
