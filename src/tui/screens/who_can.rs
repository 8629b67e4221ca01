//! Everyone who may.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::{Around, Face, Outcome};
use crate::base::Failure;
use crate::tui::draw::Memory;
use crate::tui::message::{Prepared, Task};
use crate::tui::state::State;
use crate::view::actions::Action;
use crate::view::question::Question;

/// The screen.
#[derive(Clone, Debug)]
pub struct WhoCan {
    /// The question; who asks is of no account.
    pub question: Question,
    /// What it shows, once it is computed.
    prepared: Option<Result<Prepared, Failure>>,
}

impl WhoCan {
    /// The screen before anything is computed.
    pub fn new(question: Question) -> Self {
        Self { question, prepared: None }
    }
}

impl Face for WhoCan {
    fn title(&self) -> String {
        format!("who can: {}", self.question.shown())
    }

    fn task(&self) -> Option<Task> {
        Some(Task::WhoCan(self.question.clone()))
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
        Some(format!("who-can {}", self.question.shown()))
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
        Prepared::WhoCan(each, _) => each.iter().map(|one| one.who.len()).sum(),
        _ => 0,
    }
}
