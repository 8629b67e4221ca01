//! `token decode` as text: what is wrong first, then what it is, its times, and its parts with what they mean.

use super::glyph::Glyphs;
use super::{Ink, Line, Look, Page, Span, lint, pairs};
use crate::authz::Verdict;
use crate::credential::Part;
use crate::credential::eks::Outcome;
use crate::report::token::Told;

/// A credential.
pub fn token(told: &Told, look: &Look) -> Page {
    let mut page = Page::default();
    let glyphs = Glyphs::of(look);
    let verdict = match (told.is_refused(), told.is_open()) {
        (true, _) => Verdict::Denied,
        (false, true) => Verdict::Unknown,
        (false, false) => Verdict::Allowed,
    };
    page.push(Line::after(vec![glyphs.verdict(verdict), Span::plain(" ")]).text(told.headline(), Ink::Strong));
    lint::list(&mut page, &told.findings);
    page.gap();
    pairs::put(&mut page, "credential", &told.decoded.masked);
    for (label, value) in told.times().into_iter().chain(told.facts()).chain(told.explained()) {
        pairs::put(&mut page, label, &value);
    }
    let parts = told.decoded.parts();
    if !parts.is_empty() {
        page.heading("what stands in it");
        list(&mut page, &parts, 2);
    }
    checks(&mut page, told, look, glyphs);
    page
}

fn list(page: &mut Page, parts: &[Part], column: usize) {
    for part in parts {
        let head = vec![Span::plain(" ".repeat(column)), Span::new(&part.name, Ink::Accent), Span::plain("  ")];
        page.push(Line::after(head).text(&part.value, Ink::Strong));
        if !part.explanation.is_empty() {
            page.push(Line::at(column + 2).text(part.explanation, Ink::Dim));
        }
        list(page, &part.children, column + 2);
    }
}

/// What the server checks; all of it where one fails, or everything is wanted.
fn checks(page: &mut Page, told: &Told, look: &Look, glyphs: Glyphs) {
    let checks = told.checks();
    let fails = checks.iter().any(|check| matches!(check.outcome, Outcome::Fails(_)));
    if checks.is_empty() || !fails && !look.verbose {
        return;
    }
    page.heading("what the server checks before it asks STS, in its order");
    for check in checks {
        let (sign, why) = match check.outcome {
            Outcome::Holds => (glyphs.holds(true), None),
            Outcome::Fails(said) => (glyphs.holds(false), Some(said)),
            Outcome::Unknown(what) => (Span::new(glyphs.open, Ink::Open), Some(format!("{what} is not known"))),
            Outcome::NotReached => (Span::new(glyphs.dot, Ink::Dim), None),
        };
        page.push(Line::after(vec![Span::plain("  "), sign, Span::plain(" ")]).plain(check.what));
        if let Some(why) = why {
            page.push(Line::at(4).text(why, Ink::Bad));
        }
    }
}
