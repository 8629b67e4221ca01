//! Roles and bindings, in both directions.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::{Around, Face, Outcome};
use crate::base::Failure;
use crate::tui::draw::Memory;
use crate::tui::message::{Prepared, Task};
use crate::tui::state::State;
use crate::view::actions::Action;
use crate::view::rules::Wanted;

/// The screen.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Which.
    pub wanted: Wanted,
    /// What it shows, once it is computed.
    prepared: Option<Result<Prepared, Failure>>,
}

impl Rules {
    /// The screen before anything is computed.
    pub fn new(wanted: Wanted) -> Self {
        Self { wanted, prepared: None }
    }
}

impl Face for Rules {
    fn title(&self) -> String {
        "rules".to_owned()
    }

    fn task(&self) -> Option<Task> {
        Some(Task::Rules(self.wanted.clone()))
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
        Some("rules".to_owned())
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
        Prepared::Rules(rules) => rules.roles.len() + rules.bindings.len(),
        _ => 0,
    }
}
