//! `map` as text: who the principal is, by what, and what else was looked at.

use super::glyph::{self, Glyphs};
use super::{Ink, Line, Look, Page, Span, gaps, lint, pairs, workload};
use crate::authz::Verdict;
use crate::base::text::count;
use crate::identity::aws::mapping::{Candidate, Open};
use crate::identity::aws::{Mapping, Outcome};
use crate::identity::workload::Admissions;
use crate::report::mapped;

/// How many mappings are listed that neither match nor come near.
const MOST: usize = 4;

/// Who a principal is to the cluster, and of a role which service accounts may become it.
pub fn map(mapping: &Mapping, fixes: &[String], admissions: Option<&Admissions>, look: &Look) -> Page {
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
    if let Some(admissions) = admissions {
        workload::pair(&mut page, admissions);
    }
    list(&mut page, mapping, &glyphs, look);
    if !fixes.is_empty() {
        page.heading("what would let it in");
        for fix in fixes {
            page.push(Line::at(3).plain(fix).unwrapped());
        }
    }
    if let Some(admissions) = admissions {
        workload::admissions(&mut page, admissions, look);
    }
    let further = admissions.map(|admissions| admissions.findings.as_slice()).unwrap_or_default();
    lint::list(&mut page, &[&mapping.findings, further].concat());
    let further = admissions.map(|admissions| admissions.open.as_slice()).unwrap_or_default();
    open(&mut page, &[&mapping.open, further].concat(), &glyphs);
    gaps::notes(&mut page, &[&mapped::notes(mapping)], look);
    page
}

/// What is not known: what could change the answer first.
pub fn open(page: &mut Page, open: &[Open], glyphs: &Glyphs) {
    let (open, idle): (Vec<_>, Vec<_>) = open.iter().partition(|open| open.could_change);
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
