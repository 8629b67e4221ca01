//! What is wrong with roles and bindings.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::{Around, Face, Outcome};
use crate::base::Failure;
use crate::tui::draw::Memory;
use crate::tui::message::{Prepared, Task};
use crate::tui::state::State;
use crate::view::actions::Action;

/// The screen.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// What it shows, once it is computed.
    prepared: Option<Result<Prepared, Failure>>,
}

impl Face for Findings {
    fn title(&self) -> String {
        "findings".to_owned()
    }

    fn task(&self) -> Option<Task> {
        Some(Task::Findings)
    }

    fn take(&mut self, prepared: Result<Prepared, Failure>) {
        self.prepared = Some(prepared);
    }

    fn available(&self, _: Action) -> Option<Result<(), &'static str>> {
        None
    }

    fn act(&mut self, _: Action, _: &Around) -> Outcome {
        Outcome::Done
    }

    fn command(&self) -> Option<String> {
        Some("lint".to_owned())
    }

    fn hints(&self) -> &'static [Action] {
        &[Action::Back, Action::Command, Action::Quit]
    }

    fn head(&self, state: &State, _: u16) -> Vec<Line<'static>> {
        let said = match &self.prepared {
            None => "reading".to_owned(),
            Some(Err(failure)) => failure.message.clone(),
            Some(Ok(prepared)) => format!("{} entries", count(prepared)),
        };
        vec![Line::styled(format!(" {said}"), state.theme.style(crate::view::phrase::Tone::Dim))]
    }

    fn draw(&self, _: &State, _: &mut Memory, _: &mut Frame<'_>, _: Rect) {}
}

fn count(prepared: &Prepared) -> usize {
    match prepared {
        Prepared::Findings(findings) => findings.len(),
        _ => 0,
    }
}
