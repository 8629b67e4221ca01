//! What is known of what is under the cursor of the contexts.

use ratatui::text::Line;

use super::rows::{about, beyond};
use super::{About, Contexts};
use crate::tui::draw::lines::wrapped;
use crate::tui::state::State;
use crate::view::phrase::{Phrase, Tone};
use crate::view::table::Topic;

impl Contexts {
    /// What is known of what is under the cursor.
    pub(super) fn details(&self, state: &State, room: usize) -> Vec<Line<'static>> {
        let theme = state.theme;
        let sentence = |words: &Phrase| wrapped(words, room, 2, theme);
        let open = |text: &str| Phrase::new().with(Tone::Open, format!("! {text}"));
        let phrases: Vec<Phrase> = match self.rows.topic() {
            Some(Topic::Of(About::Failed(position))) => {
                let failure = self.discovery.as_ref().and_then(|discovery| match discovery.places.get(*position) {
                    Some(place) => place.failure.as_ref(),
                    None => discovery.failure.as_ref(),
                });
                let told = failure
                    .map(|failure| std::iter::once(open(&failure.message)).chain(failure.hints.iter().map(|hint| hint.as_str().into())));
                told.into_iter().flatten().collect()
            }
            Some(Topic::Of(About::Further(position) | About::Outside { file: position, .. })) => {
                self.further.get(*position).map(beyond).unwrap_or_default()
            }
            Some(Topic::Of(About::Problem(position))) => self.problems.get(*position).map(|text| open(text)).into_iter().collect(),
            _ => self.chosen().map(about).unwrap_or_default(),
        };
        let mut lines: Vec<Line<'static>> = phrases.iter().flat_map(sentence).collect();
        if !lines.is_empty() {
            lines.insert(0, Line::styled(theme.rules().0.repeat(room), theme.style(Tone::Dim)));
        }
        lines
    }
}
