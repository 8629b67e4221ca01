//! `eks list` as text, place by place as they come.

use std::collections::BTreeSet;

use super::glyph::Glyphs;
use super::table::Table;
use super::{Ink, Line, Look, Page, Span};
use crate::base::text::count;
use crate::kubeconfig::Address;
use crate::source::aws::State;
use crate::view::eks::{Place, summary};

/// How many commands that add a cluster are told.
const MOST_COMMANDS: usize = 5;

/// What was told so far: a profile whose login has expired fails in every region for one reason, told once.
#[derive(Debug, Default)]
pub struct Listing {
    told: BTreeSet<(Option<String>, String)>,
    repeated: usize,
    is_begun: bool,
}

impl Listing {
    /// One place; none where there is nothing to tell of it yet.
    pub fn place(&mut self, place: &Place, look: &Look) -> Option<Page> {
        let said = place.failure.as_ref().map(|failure| (place.profile.clone(), failure.message.clone()));
        let is_told = said.is_some_and(|said| !self.told.insert(said));
        if place.rows.is_empty() && !look.verbose && (is_told || place.state == State::Empty) {
            self.repeated += usize::from(is_told);
            return None;
        }
        let mut page = Page::default();
        if std::mem::replace(&mut self.is_begun, true) {
            page.push(Line::default());
        }
        let glyphs = Glyphs::of(look);
        let (glyph, ink) = match place.state {
            State::Listed => (glyphs.good, Ink::Good),
            State::Empty => (glyphs.dot, Ink::Dim),
            State::Denied => (glyphs.bad, Ink::Bad),
            State::Failed => (glyphs.open, Ink::Open),
        };
        let account = place.account.as_ref().map_or_else(String::new, |account| format!(", account {account}"));
        let title = Line::after(vec![Span::new(glyph, ink), Span::plain(" ")]).text(place.title(), Ink::Strong);
        let word = place.failure.as_ref().filter(|_| place.rows.is_empty()).map_or_else(|| place.word(), |failure| failure.message.clone());
        page.push(title.plain(account).plain(format!(": {word}")));
        if !place.rows.is_empty() {
            table(place, &glyphs).put(&mut page);
        }
        if let Some(failure) = &place.failure {
            if !place.rows.is_empty() {
                page.push(Line::at(2).plain(&failure.message));
            }
            for hint in &failure.hints {
                page.push(Line::at(2).text(hint, Ink::Dim));
            }
        }
        Some(page)
    }

    /// What was found in all, and how to go on.
    pub fn end(&self, places: &[Place]) -> Page {
        let mut page = Page::default();
        // one place that was told is the whole
        if places.len() != 1 || !self.is_begun {
            if self.is_begun {
                page.push(Line::default());
            }
            page.push(Line::default().text(summary(places), Ink::Strong));
        }
        if self.repeated > 0 {
            page.push(
                Line::at(2).plain(format!("The reasons above hold in {} too; -v repeats them.", count(self.repeated, "other place"))),
            );
        }
        let commands: Vec<String> = places.iter().flat_map(|place| place.rows.iter().filter_map(|row| row.command(place))).collect();
        if !commands.is_empty() {
            if self.is_begun {
                page.push(Line::default());
            }
            page.push(Line::default().text("no context leads to these yet", Ink::Accent));
            for command in commands.iter().take(MOST_COMMANDS) {
                page.push(Line::at(2).plain(command).unwrapped());
            }
            let more = commands.len().saturating_sub(MOST_COMMANDS);
            if more > 0 {
                page.push(Line::at(2).text(format!("and {more} more"), Ink::Dim));
            }
        }
        page
    }
}

fn table(place: &Place, glyphs: &Glyphs) -> Table {
    let mut table = Table::new(&["  CLUSTER", "VERSION", "STATUS", "CONTEXT", "ENDPOINT"]);
    for row in &place.rows {
        let or_dot = |text: Option<&str>| text.filter(|text| !text.is_empty()).unwrap_or(glyphs.dot).to_owned();
        let address = row.endpoint.as_deref().map(|endpoint| Address::of(endpoint).to_string());
        table.row(vec![
            vec![Span::plain("  "), Span::new(&row.name, Ink::Strong)],
            vec![Span::plain(or_dot(row.version.as_deref()))],
            vec![Span::plain(or_dot(row.status.as_deref()))],
            vec![Span::plain(or_dot(row.context.as_deref()))],
            vec![Span::plain(or_dot(address.as_deref()))],
        ]);
    }
    table
}
