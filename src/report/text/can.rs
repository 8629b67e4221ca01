//! `can` as text: the access matrix, a column for each of the usual verbs.

use super::glyph::Glyphs;
use super::table::Table;
use super::{Ink, Line, Look, Page, Span, gaps};
use crate::authz::Verdict;
use crate::authz::matrix::{COLUMNS, Matrix, Row};
use crate::base::Name;
use crate::base::text::count;

/// How many names a row gives.
const MOST_NAMES: usize = 4;

/// The access matrix.
pub fn can(matrix: &Matrix, notes: &[String], look: &Look) -> Page {
    let mut page = Page::default();
    let place = if matrix.namespace.is_empty() { "in the whole cluster".to_owned() } else { format!("in {}", matrix.namespace) };
    let rows = count(matrix.rows.len(), "resource");
    let paths = count(matrix.non_resource.len(), "path");
    page.push(Line::default().text(format!("what {} may do {place}: {rows}, {paths}", matrix.identity), Ink::Strong));
    if !matrix.rows.is_empty() {
        page.gap();
        resources(&mut page, matrix, look);
    }
    if !matrix.non_resource.is_empty() {
        page.gap();
        let mut table = Table::new(&["PATH", "VERBS"]);
        for row in &matrix.non_resource {
            table.row(vec![vec![Span::new(row.path, Ink::Strong)], vec![Span::plain(words(&row.verbs))]]);
        }
        table.put(&mut page);
    }
    gaps::of_verdict(&mut page, &matrix.gaps, false, look);
    gaps::notes(&mut page, &[notes, &matrix.notes], look);
    page
}

fn resources(page: &mut Page, matrix: &Matrix, look: &Look) {
    let glyphs = Glyphs::of(look);
    let short: Vec<&str> = COLUMNS.iter().map(|verb| if *verb == "deletecollection" { "delcol" } else { verb }).collect();
    let mut headings = vec!["RESOURCE"];
    headings.extend(short);
    headings.push("OTHERS AND LIMITS");
    let mut table = Table::new(&headings);
    for row in &matrix.rows {
        let mut cells = vec![vec![Span::new(resource(row), Ink::Strong)]];
        for column in COLUMNS {
            let verdict = row.verbs.iter().find(|(verb, _)| *verb == column).map_or(Verdict::Denied, |(_, verdict)| *verdict);
            // what is not allowed stays quiet, so that the eye finds what is
            cells.push(vec![if verdict == Verdict::Denied { Span::new(glyphs.dot, Ink::Dim) } else { glyphs.verdict(verdict) }]);
        }
        cells.push(others(row));
        table.row(cells);
    }
    table.put(page);
    let deletes = if matrix.rows.is_empty() { "" } else { "   delcol: deletecollection" };
    page.push(
        Line::default()
            .spans([glyphs.verdict(Verdict::Allowed)])
            .text(" allowed   ", Ink::Dim)
            .spans([glyphs.verdict(Verdict::Unknown)])
            .text(format!(" unknown   {} not allowed{deletes}", glyphs.dot), Ink::Dim),
    );
}

/// `deployments.apps/scale`, `every resource of apps`.
fn resource(row: &Row) -> String {
    let mut text = if row.resource == Name::STAR { "*".to_owned() } else { row.resource.to_string() };
    if !row.api_group.is_empty() {
        text = format!("{text}.{}", row.api_group);
    }
    if !row.subresource.is_empty() {
        text = format!("{text}/{}", row.subresource);
    }
    text
}

/// Verbs without a column, and the names to which the row is limited.
fn others(row: &Row) -> Vec<Span> {
    let mut spans = Vec::new();
    let others = row.verbs.iter().filter(|(verb, verdict)| !COLUMNS.contains(&verb.as_str()) && *verdict != Verdict::Denied);
    let others: Vec<String> =
        others.map(|(verb, verdict)| if *verdict == Verdict::Unknown { format!("{verb} (unknown)") } else { verb.to_string() }).collect();
    if !others.is_empty() {
        spans.push(Span::plain(others.join(", ")));
    }
    if !row.resource_names.is_empty() {
        let lead = if spans.is_empty() { "only " } else { "; only " };
        let mut names: Vec<String> = row.resource_names.iter().take(MOST_NAMES).map(ToString::to_string).collect();
        if row.resource_names.len() > MOST_NAMES {
            names.push(format!("{} more", row.resource_names.len() - MOST_NAMES));
        }
        spans.push(Span::new(format!("{lead}{}", names.join(", ")), Ink::Open));
    }
    spans
}

fn words(verbs: &[Name]) -> String {
    if verbs.contains(&Name::STAR) {
        return "every verb".to_owned();
    }
    verbs.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
