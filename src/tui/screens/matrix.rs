//! All that somebody may.

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
#[derive(Clone, Debug)]
pub struct Matrix {
    /// Who: an IDENTITY, or nothing for the caller.
    pub identity: String,
    /// Groups, with commas.
    pub groups: String,
    /// The namespace; none for the context's.
    pub namespace: Option<String>,
    /// What it shows, once it is computed.
    prepared: Option<Result<Prepared, Failure>>,
}

impl Matrix {
    /// The screen before anything is computed.
    pub fn new(identity: String, groups: String, namespace: Option<String>) -> Self {
        Self { identity, groups, namespace, prepared: None }
    }
}

impl Face for Matrix {
    fn title(&self) -> String {
        "can".to_owned()
    }

    fn who(&self) -> String {
        self.identity.clone()
    }

    fn task(&self) -> Option<Task> {
        Some(Task::Matrix { identity: self.identity.clone(), groups: self.groups.clone(), namespace: self.namespace.clone() })
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
        Some(format!("can {}", crate::authz::quote_for_shell(&self.identity)))
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
        Prepared::Matrix(matrix, _) => matrix.rows.len(),
        _ => 0,
    }
}
