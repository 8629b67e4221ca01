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
    further(&mut page, contexts, look);
    lint::list(&mut page, &contexts.all_findings());
    page
}

/// How many there are, which is current, and how many files break.
pub fn summary(contexts: &Contexts) -> String {
    let counted = contexts.rows.iter().filter(|row| row.shadowed_by.is_none()).count();
    let current = contexts.current().map_or_else(|| "none is current".to_owned(), |row| format!("{} is current", name(row)));
    let broken = match contexts.broken() {
        0 => String::new(),
        1 => "; 1 file cannot be read".to_owned(),
        many => format!("; {} cannot be read", count(many, "file")),
    };
    match (contexts.files.as_slice(), counted) {
        ([], _) if !broken.is_empty() => format!("there are no contexts{broken}"),
        ([], _) if contexts.missing.is_empty() => "there is no kubeconfig: neither KUBECONFIG nor HOME names a file".to_owned(),
        ([], _) => format!("there is no kubeconfig: looked for {}", files(&contexts.missing)),
        (read, 0) => format!("there are no contexts in {}{broken}", files(read)),
        (read, counted) => format!("{} in {}; {current}{broken}", count(counted, "context"), files(read)),
    }
}

/// The columns that go where there is no room, the first first: `-v` keeps them, and the other formats have them.
const LESS: [usize; 2] = [2, 1];

/// The contexts, in groups where there are several: by provider, account and region.
fn table(contexts: &Contexts, look: &Look) -> Table {
    let groups = contexts.groups();
    let mut table = headed(look);
    let has_groups = groups.len() > 1;
    for (place, rows) in groups {
        if has_groups {
            table.heading(&place.to_string());
        }
        for row in rows {
            table.row(cells(row, look));
        }
    }
    for column in LESS {
        if !look.verbose && table.width() > look.width {
            table.drop_column(column);
        }
    }
    table
}

fn headed(look: &Look) -> Table {
    Table::new(&[&format!("{}CONTEXT", unmarked(look)), "NAMESPACE", "PROVIDER", "CREDENTIAL", "CLUSTER"])
}

/// The room of the mark of the current context.
fn unmarked(look: &Look) -> String {
    " ".repeat(Span::plain(Glyphs::of(look).arrow).width() + 1)
}

fn cells(row: &Row, look: &Look) -> Vec<Vec<Span>> {
    let glyphs = Glyphs::of(look);
    let ink = if row.shadowed_by.is_some() { Ink::Dim } else { Ink::Strong };
    let mut first =
        if row.is_current { vec![Span::new(glyphs.arrow, Ink::Good), Span::plain(" ")] } else { vec![Span::plain(unmarked(look))] };
    first.push(Span::new(name(row), ink));
    match (row.is_current, row.shadowed_by.is_some()) {
        (true, _) => first.push(Span::new(" (current)", Ink::Dim)),
        (_, true) => first.push(Span::new(" (shadowed)", Ink::Dim)),
        _ => {}
    }
    let provider = if row.provider == Provider::Generic { glyphs.dot } else { row.provider.as_str() };
    vec![
        first,
        vec![Span::plain(row.namespace.as_deref().unwrap_or(glyphs.dot))],
        vec![Span::plain(provider)],
        vec![Span::plain(&row.presents)],
        vec![Span::plain(row.leads_to())],
    ]
}

/// The kubeconfigs that kubectl does not look at: how many there are or, with `-v`, which.
fn further(page: &mut Page, contexts: &Contexts, look: &Look) {
    let counted: usize = contexts.further.iter().map(|file| file.rows.len()).sum();
    if counted == 0 {
        return;
    }
    page.gap();
    let more = count(counted, "more context");
    let told = format!("kubectl does not look at {} with {more}", count(contexts.further.len(), "file"));
    if !look.verbose {
        page.push(Line::default().text(format!("{told}; -v shows {}", if counted == 1 { "it" } else { "them" }), Ink::Dim));
        return;
    }
    page.push(Line::default().text(told, Ink::Strong));
    for file in &contexts.further {
        page.gap();
        page.push(Line::default().text(&file.file, Ink::Strong));
        let mut table = headed(look);
        for row in &file.rows {
            table.row(cells(row, look));
        }
        table.put(page);
        match &file.export {
            // to be copied, and so in one piece
            Some(command) => page.push(Line::at(2).unwrapped().text("to look at it  ", Ink::Dim).plain(command)),
            None => page.push(Line::at(2).plain("It cannot stand on KUBECONFIG: its path holds a colon.")),
        }
    }
}

/// A name that can be seen.
pub fn name(row: &Row) -> &str {
    if row.name.is_empty() { "\"\"" } else { &row.name }
}
