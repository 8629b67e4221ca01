//! What could not be read, with what would settle it; and notes, at the end of every answer.

use super::glyph::Glyphs;
use super::{Ink, Line, Look, Page, Span};
use crate::authz::GapEffect;
use crate::base::Gap;
use crate::base::text::count;
use crate::view::sentence;

/// How many gaps that change nothing are listed.
const MOST_IDLE: usize = 3;

/// The gaps behind a verdict: those that could change it first; a server's verdict has settled them.
pub fn of_verdict(page: &mut Page, gaps: &[GapEffect], is_settled: bool, look: &Look) {
    let glyphs = Glyphs::of(look);
    let (open, idle): (Vec<&GapEffect>, Vec<&GapEffect>) = gaps.iter().partition(|gap| gap.could_change_verdict);
    if !open.is_empty() {
        page.heading(if is_settled {
            "could not be read, so that the server alone can tell"
        } else {
            "could not be read, and could change this answer"
        });
        for gap in open {
            page.push(Line::after(vec![Span::new(glyphs.open, Ink::Open), Span::plain("  ")]).plain(sentence::gap(gap)));
            if !is_settled {
                page.push(Line::at(3).text("settle it  ", Ink::Dim).plain(&gap.settled_by).unwrapped());
            }
        }
    }
    if !idle.is_empty() {
        let shown = if look.verbose { idle.len() } else { MOST_IDLE };
        page.heading("could not be read, and does not change this answer");
        for gap in idle.iter().take(shown) {
            page.push(Line::after(vec![Span::new(glyphs.dot, Ink::Dim), Span::plain("  ")]).text(sentence::gap(gap), Ink::Dim));
        }
        if idle.len() > shown {
            page.push(Line::at(3).text(format!("and {}", count(idle.len() - shown, "more gap")), Ink::Dim));
        }
    }
}

/// The gaps behind a list: what they hide is missing from it.
pub fn of_list(page: &mut Page, gaps: &[Gap], look: &Look) {
    if gaps.is_empty() {
        return;
    }
    let glyphs = Glyphs::of(look);
    page.heading("could not be read, so that something may be missing");
    for gap in gaps {
        page.push(Line::after(vec![Span::new(glyphs.open, Ink::Open), Span::plain("  ")]).plain(format!("{}: {}", gap.what, gap.why)));
        if let Some(settled_by) = &gap.settled_by {
            page.push(Line::at(3).text("settle it  ", Ink::Dim).plain(settled_by).unwrapped());
        }
    }
}

/// What was assumed.
pub fn notes(page: &mut Page, notes: &[&[String]], look: &Look) {
    let glyphs = Glyphs::of(look);
    if notes.iter().all(|notes| notes.is_empty()) {
        return;
    }
    page.gap();
    for note in notes.iter().flat_map(|notes| notes.iter()) {
        page.push(Line::after(vec![Span::new(format!("{} ", glyphs.dot), Ink::Dim)]).text(note, Ink::Dim));
    }
}
