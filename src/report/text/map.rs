//! `map` as text: who the principal is, by what, and what else was looked at.

use super::glyph::{self, Glyphs};
use super::{Ink, Line, Look, Page, Span, gaps, lint, pairs};
use crate::authz::Verdict;
use crate::base::text::count;
use crate::identity::aws::mapping::Candidate;
use crate::identity::aws::{Mapping, Outcome};
use crate::report::mapped;

/// How many mappings are listed that neither match nor come near.
const MOST: usize = 4;

/// Who a principal is to the cluster.
pub fn map(mapping: &Mapping, look: &Look) -> Page {
    let glyphs = Glyphs::of(look);
    let mut page = Page::default();
    let verdict = match &mapping.outcome {
        Outcome::Mapped(_) => Verdict::Allowed,
        Outcome::Refused(_) | Outcome::Unmapped => Verdict::Denied,
        Outcome::Unknown(_) => Verdict::Unknown,
    };
    page.push(Line::after(vec![glyphs.verdict(verdict), Span::plain(" ")]).text(mapped::headline(mapping), Ink::Strong));
    page.push(Line::at(2).plain(mapped::reason(mapping)));
    page.gap();
    for (label, value) in mapped::facts(mapping) {
        pairs::put(&mut page, label, &value);
    }
    list(&mut page, mapping, &glyphs, look);
    lint::list(&mut page, &mapping.findings);
    let (open, idle): (Vec<_>, Vec<_>) = mapping.open.iter().partition(|open| open.could_change);
    for (heading, gaps) in [("not known, and could change this answer", open), ("not known", idle)] {
        if !gaps.is_empty() {
            page.heading(heading);
        }
        for open in gaps {
            let what = format!("{}: {}", open.gap.what, open.gap.why);
            page.push(Line::after(vec![Span::new(glyphs.open, Ink::Open), Span::plain("  ")]).plain(what));
            if let Some(settled_by) = &open.gap.settled_by {
                page.push(Line::at(3).text("settle it  ", Ink::Dim).plain(settled_by).unwrapped());
            }
        }
    }
    gaps::notes(&mut page, &[&mapped::notes(mapping)], look);
    page
}

/// What was looked at: what matches, what comes near, and some of the rest.
fn list(page: &mut Page, mapping: &Mapping, glyphs: &Glyphs, look: &Look) {
    if mapping.considered.is_empty() {
        return;
    }
    page.heading("looked at");
    let is_near = |candidate: &Candidate| candidate.matches || candidate.likeness.is_some();
    let mut more = 0;
    let mut far = 0;
    for (index, candidate) in mapping.considered.iter().enumerate() {
        if !is_near(candidate) {
            far += 1;
            if far > MOST && !look.verbose {
                more += 1;
                continue;
            }
        }
        let sign = match (candidate.decides, mapping.nearest == Some(index)) {
            (true, _) => glyphs.holds(true),
            (false, true) => Span::new(glyphs.open, glyph::ink(Verdict::Unknown)),
            (false, false) => Span::new(glyphs.dot, Ink::Dim),
        };
        let ink = if candidate.decides || is_near(candidate) { Ink::Strong } else { Ink::Dim };
        let subject = if candidate.subject.is_empty() { "(no ARN)" } else { candidate.subject.as_str() };
        let line = Line::after(vec![sign, Span::plain("  ")]).plain(format!("{}  ", mapped::place(candidate)));
        page.push(line.text(subject, ink));
        let nearest = if mapping.nearest == Some(index) { "nearest: " } else { "" };
        page.push(Line::at(5).text(format!("{nearest}{}", candidate.why), Ink::Dim));
    }
    if more > 0 {
        page.push(Line::at(3).text(format!("and {} of others; -v lists them", count(more, "mapping")), Ink::Dim));
    }
}
