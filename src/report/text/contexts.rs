//! `context list` as text.

use super::glyph::Glyphs;
use super::table::Table;
use super::{Ink, Line, Look, Page, Span, lint};
use crate::base::text::count;
use crate::kubeconfig::Provider;
use crate::view::contexts::{Contexts, Row, files};

/// The contexts.
pub fn contexts(contexts: &Contexts, look: &Look) -> Page {
    let mut page = Page::default();
    page.push(Line::default().text(summary(contexts), Ink::Strong));
    for hint in &contexts.hints {
        page.push(Line::at(2).plain(hint));
    }
    if !contexts.rows.is_empty() {
        page.gap();
        table(contexts, look).put(&mut page);
    }
    if look.verbose {
        for row in &contexts.rows {
            page.gap();
            page.push(Line::default().text(name(row), Ink::Strong));
            for detail in &row.details {
                page.push(Line::at(2).plain(detail));
            }
        }
    }
    lint::list(&mut page, &contexts.all_findings());
    page
}

/// How many there are, and which is current.
pub fn summary(contexts: &Contexts) -> String {
    let counted = contexts.rows.iter().filter(|row| row.shadowed_by.is_none()).count();
    let current = contexts.current().map_or_else(|| "none is current".to_owned(), |row| format!("{} is current", name(row)));
    match (contexts.files.as_slice(), counted) {
        ([], _) if contexts.missing.is_empty() => "there is no kubeconfig: neither KUBECONFIG nor HOME names a file".to_owned(),
        ([], _) => format!("there is no kubeconfig: looked for {}", files(&contexts.missing)),
        (read, 0) => format!("there are no contexts in {}", files(read)),
        (read, counted) => format!("{} in {}; {current}", count(counted, "context"), files(read)),
    }
}

fn table(contexts: &Contexts, look: &Look) -> Table {
    let glyphs = Glyphs::of(look);
    let mark = Span::plain(glyphs.arrow);
    let room = mark.width() + 1;
    let heading = format!("{}CONTEXT", " ".repeat(room));
    let mut table = Table::new(&[&heading, "NAMESPACE", "PROVIDER", "CREDENTIAL", "SERVER"]);
    for row in &contexts.rows {
        let ink = if row.shadowed_by.is_some() { Ink::Dim } else { Ink::Strong };
        let mut first =
            if row.is_current { vec![Span::new(glyphs.arrow, Ink::Good), Span::plain(" ")] } else { vec![Span::plain(" ".repeat(room))] };
        first.push(Span::new(name(row), ink));
        let word = match (row.is_current, row.shadowed_by.is_some()) {
            (true, _) => " (current)",
            (_, true) => " (shadowed)",
            _ => "",
        };
        first.push(Span::new(word, Ink::Dim));
        let provider = if row.provider == Provider::Generic { glyphs.dot } else { row.provider.as_str() };
        table.row(vec![
            first,
            vec![Span::plain(row.namespace.as_deref().unwrap_or(glyphs.dot))],
            vec![Span::plain(provider)],
            vec![Span::plain(&row.presents)],
            vec![Span::plain(&row.address)],
        ]);
    }
    table
}

/// A name that can be seen.
pub fn name(row: &Row) -> &str {
    if row.name.is_empty() { "\"\"" } else { &row.name }
}
