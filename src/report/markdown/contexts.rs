//! `context list` as Markdown.

use std::fmt::Write as _;

use super::escape::{code, prose};
use super::tables::{findings, head, row};
use crate::report::text;
use crate::view::contexts::{Contexts, Row, place};

const HEAD: [&str; 6] = ["Context", "Namespace", "Provider", "Credential", "Cluster", "Where"];

/// The contexts.
pub fn contexts(contexts: &Contexts) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "## {}\n", prose(&text::contexts_summary(contexts)));
    for hint in &contexts.hints {
        let _ = writeln!(out, "- {}", prose(hint));
    }
    if !contexts.rows.is_empty() {
        head(&mut out, &HEAD);
        for context in &contexts.rows {
            one(&mut out, context);
        }
        out.push('\n');
    }
    further(&mut out, contexts);
    findings(&mut out, &contexts.all_findings());
    out
}

fn one(out: &mut String, context: &Row) {
    let state = match (context.is_current, &context.shadowed_by) {
        (true, _) => " (current)".to_owned(),
        (false, Some(first)) => format!(" (shadowed by {})", code(&place(first))),
        (false, None) => String::new(),
    };
    row(
        out,
        &[
            code(&context.name) + &state,
            context.namespace.as_deref().map(code).unwrap_or_default(),
            context.provider.as_str().to_owned(),
            prose(&context.presents),
            code(context.leads_to()),
            context.source.as_ref().map(|source| code(&place(source))).unwrap_or_default(),
        ],
    );
}

/// The kubeconfigs that kubectl does not look at.
fn further(out: &mut String, contexts: &Contexts) {
    for file in &contexts.further {
        let _ = writeln!(out, "### Not in kubectl's view: {}\n", code(&file.file));
        head(out, &HEAD);
        for context in &file.rows {
            one(out, context);
        }
        out.push('\n');
        if let Some(command) = &file.export {
            let _ = writeln!(out, "{}\n", code(command));
        }
    }
}
