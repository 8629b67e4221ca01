//! `lint` as text: the worst first, each with what would mend it.

use super::glyph::Glyphs;
use super::{Ink, Line, Look, Page, Span, gaps};
use crate::base::text::{count, enumerate};
use crate::base::{Finding, Severity};
use crate::report::Linted;

/// The findings.
pub fn lint(linted: &Linted, look: &Look) -> Page {
    let findings = linted.findings.as_slice();
    let mut page = Page::default();
    let of = |severity: Severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings, infos) = (of(Severity::Error), of(Severity::Warning), of(Severity::Info));
    let glyphs = Glyphs::of(look);
    let summary = format!("{}, {} and {}", count(errors, "error"), count(warnings, "warning"), count(infos, "remark"));
    if findings.is_empty() {
        page.push(Line::after(vec![glyphs.holds(true), Span::plain(" ")]).text("nothing found", Ink::Strong));
    } else {
        page.push(Line::after(vec![glyphs.holds(errors == 0), Span::plain(" ")]).text(summary, Ink::Strong));
    }
    if !linted.looked_at.is_empty() {
        page.push(Line::at(2).text(format!("looked at {}", enumerate(&linted.looked_at, "and")), Ink::Dim));
    }
    list(&mut page, findings);
    gaps::of_list(&mut page, &linted.left_out, look);
    page
}

/// Findings, each with what would mend it.
pub fn list(page: &mut Page, findings: &[Finding]) {
    for finding in findings {
        page.gap();
        let (word, ink) = match finding.severity {
            Severity::Error => ("error  ", Ink::Bad),
            Severity::Warning => ("warning", Ink::Open),
            Severity::Info => ("info   ", Ink::Accent),
        };
        let head = vec![Span::new(word, ink), Span::plain("  ")];
        page.push(Line::after(head).text(&finding.subject, Ink::Strong).text(format!("  {}", finding.code), Ink::Dim));
        page.push(Line::at(9).plain(&finding.message));
        if let Some(fix) = &finding.fix {
            page.push(Line::after(vec![Span::new("         fix  ", Ink::Dim)]).plain(fix));
        }
        if let Some(source) = &finding.source {
            let line = source.line.map(|line| format!(":{line}")).unwrap_or_default();
            page.push(Line::at(9).text(format!("{}{line}", source.file), Ink::Dim));
        }
    }
}
