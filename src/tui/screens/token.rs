//! What is presented to the server, or a token that was pasted, taken apart.
//!
//! What is wrong with it comes first, then how long it lasts, its parts, what the server checks. The credential itself is seen
//! only for the ten seconds for which somebody asked to see it.

mod draw;
mod known;
mod standing;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::list::step;
use super::why::{Focus, scrolled};
use super::{Around, Face, Outcome};
use crate::tui::draw::Memory;
use crate::tui::state::{Rows, State};
use crate::view::actions::Action;
use crate::view::token::{About, Countdown, rows};

pub use known::{From, Known};

/// What is done with a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Show it for ten seconds, or hide it again.
    Reveal,
    /// Ask whether it is to be copied.
    Copy,
    /// Forget the one that was pasted.
    Forget,
}

/// The screen.
#[derive(Clone, Debug, Default)]
pub struct Token {
    /// What is known of the credential.
    known: Known,
    /// The same as rows.
    rows: Rows<About>,
    /// Which part of the screen the keys move in.
    focus: Focus,
    /// How many lines the details are scrolled down.
    scroll: u16,
    /// Whether the credential itself is seen.
    is_revealed: bool,
}

impl Token {
    /// Shows what is known; the cursor stays on its row.
    pub fn show(&mut self, known: Known, is_revealed: bool) {
        let before = self.rows.topic().cloned();
        self.rows.show(rows(&known.shown()));
        if self.rows.topic() != before.as_ref() {
            self.scroll = 0;
        }
        if self.rows.is_empty() {
            self.focus = Focus::Tree;
        }
        self.known = known;
        self.is_revealed = is_revealed;
    }

    /// What counts down.
    pub fn countdowns(&self) -> &[Countdown] {
        &self.known.countdowns
    }

    /// Leaves what is not to be kept: a token that was pasted, and that one is seen.
    pub fn forget(&mut self) {
        if self.is_pasted() {
            *self = Self::default();
        }
        self.is_revealed = false;
    }

    fn is_pasted(&self) -> bool {
        self.known.from == From::Pasted
    }

    fn fold_or_move(&mut self, action: Action, around: &Around) {
        match (action, self.focus) {
            (Action::Left, Focus::Tree) => self.rows.left(),
            (Action::Right, Focus::Tree) => self.rows.right(),
            (Action::Toggle, Focus::Tree) => self.rows.toggle(),
            (Action::Left, Focus::Details) => self.focus = Focus::Tree,
            (action, Focus::Tree) => {
                let before = self.rows.at();
                self.rows.step(step(action, draw::page(around).0));
                if self.rows.at() != before {
                    self.scroll = 0;
                }
            }
            (action, Focus::Details) => {
                let action = if matches!(action, Action::Right | Action::Toggle) { Action::PageDown } else { action };
                let area = draw::page(around).1;
                let last = draw::last_line(self, around.theme, area);
                self.scroll = scrolled(self.scroll, action, area.height.saturating_sub(1).max(1), last);
            }
        }
    }
}

impl Face for Token {
    fn title(&self) -> String {
        if self.is_pasted() { "a pasted token" } else { "token" }.to_owned()
    }

    fn available(&self, action: Action) -> Option<Result<(), &'static str>> {
        let holds = |holds: bool, why: &'static str| if holds { Ok(()) } else { Err(why) };
        Some(match action {
            Action::Open | Action::Pane | Action::PaneBack => holds(!self.rows.is_empty(), "there is nothing to open here"),
            Action::Cancel => {
                let why = match self.known.from {
                    From::Pasted => "what was pasted is not kept",
                    From::Renewed => "the plugin or the file has given another one since; r reads it",
                    From::Nowhere | From::Presented => "there is no token to show; 1 shows the stages",
                };
                holds(self.known.has_secret, why)
            }
            Action::Copy if self.known.has_secret => Ok(()),
            Action::Copy if self.is_pasted() => Err("what was pasted is not kept"),
            Action::Back if self.is_revealed || self.focus == Focus::Details || self.is_pasted() => Ok(()),
            Action::Toggle if self.focus == Focus::Tree => holds(self.rows.fold().is_some(), "nothing hangs on this row"),
            action if action.is_motion() => Ok(()),
            _ => return None,
        })
    }

    fn act(&mut self, action: Action, around: &Around) -> Outcome {
        match action {
            Action::Copy => return Outcome::Token(Deed::Copy),
            Action::Cancel => return Outcome::Token(Deed::Reveal),
            // what is seen lies over all else
            Action::Open | Action::Back if self.is_revealed => return Outcome::Token(Deed::Reveal),
            _ if self.is_revealed => {}
            Action::Open | Action::Pane | Action::PaneBack if self.focus == Focus::Tree => self.focus = Focus::Details,
            Action::Open | Action::Pane | Action::PaneBack => self.focus = Focus::Tree,
            Action::Back if self.focus == Focus::Details => self.focus = Focus::Tree,
            Action::Back => return Outcome::Token(Deed::Forget),
            _ => self.fold_or_move(action, around),
        }
        Outcome::Done
    }

    fn word(&self, action: Action) -> Option<&'static str> {
        match action {
            Action::Cancel if self.is_revealed => Some("hide it"),
            Action::Cancel => Some("reveal it"),
            Action::Open => Some("details"),
            Action::Back if self.is_pasted() => Some("forget it"),
            _ => None,
        }
    }

    fn command(&self) -> Option<String> {
        matches!(self.known.from, From::Presented | From::Renewed).then(|| "token show".to_owned())
    }

    fn hints(&self) -> &'static [Action] {
        match self.focus {
            _ if self.is_revealed => &[Action::Cancel, Action::Copy, Action::Quit],
            Focus::Details => &[Action::Back, Action::Down, Action::PageDown, Action::Quit],
            Focus::Tree if self.is_pasted() => &[Action::Back, Action::Open, Action::Toggle, Action::PasteToken, Action::Quit],
            Focus::Tree => &[
                Action::Open,
                Action::Refresh,
                Action::LogIn,
                Action::Cancel,
                Action::Copy,
                Action::PasteToken,
                Action::ShowWalk,
                Action::Contexts,
                Action::Quit,
            ],
        }
    }

    fn head(&self, state: &State, columns: u16) -> Vec<Line<'static>> {
        draw::head(self, state, columns)
    }

    fn draw(&self, state: &State, memory: &mut Memory, frame: &mut Frame<'_>, area: Rect) {
        draw::draw(self, state, memory, frame, area);
    }
}
