//! `context list` as Markdown.

use std::fmt::Write as _;

use super::escape::{code, prose};
use super::tables::{findings, head, row};
use crate::report::text;
use crate::view::contexts::{Contexts, place};

/// The contexts.
pub fn contexts(contexts: &Contexts) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "## {}\n", prose(&text::contexts_summary(contexts)));
    for hint in &contexts.hints {
        let _ = writeln!(out, "- {}", prose(hint));
    }
    if !contexts.rows.is_empty() {
        head(&mut out, &["Context", "Namespace", "Provider", "Credential", "Server", "Where"]);
        for context in &contexts.rows {
            let state = match (context.is_current, &context.shadowed_by) {
                (true, _) => " (current)".to_owned(),
                (false, Some(first)) => format!(" (shadowed by {})", code(&place(first))),
                (false, None) => String::new(),
            };
            row(
                &mut out,
                &[
                    code(&context.name) + &state,
                    context.namespace.as_deref().map(code).unwrap_or_default(),
                    context.provider.as_str().to_owned(),
                    prose(&context.presents),
                    code(&context.address),
                    context.source.as_ref().map(|source| code(&place(source))).unwrap_or_default(),
                ],
            );
        }
        out.push('\n');
    }
    findings(&mut out, &contexts.all_findings());
    out
}
