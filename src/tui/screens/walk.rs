//! Who one is here: the stages of the open context, the one that failed with its cause and next step, and what is pinned.

mod stages;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::why::scrolled;
use super::{Around, Face, Goal, Outcome};
use crate::authz::Verdict;
use crate::session::{State as Stage, Step};
use crate::tui::draw::lines::{chosen, row, sentence_lines, wrapped};
use crate::tui::draw::{Memory, reading};
use crate::tui::state::State;
use crate::view::actions::Action;
use crate::view::phrase::{Phrase, Sign, Tone};

/// The screen.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    /// How many lines it is scrolled down.
    pub scroll: u16,
    /// The position of the pin under the cursor.
    pub at: usize,
    /// How many questions are pinned.
    pub pins: usize,
}

impl Face for Walk {
    fn title(&self) -> String {
        "who am I".to_owned()
    }

    fn available(&self, action: Action) -> Option<Result<(), &'static str>> {
        match action {
            Action::Open if self.pins == 0 => Some(Err("no question is pinned; p pins the one on the why screen")),
            Action::Open | Action::Up | Action::Down | Action::PageUp | Action::PageDown | Action::First | Action::Last => Some(Ok(())),
            _ => None,
        }
    }

    fn act(&mut self, action: Action, around: &Around) -> Outcome {
        let last = around.pins.len().saturating_sub(1);
        match action {
            Action::Open => {
                let pin = around.pins.get(self.at).copied();
                return pin.map_or(Outcome::Done, |pin| Outcome::Go(Goal::Pin(pin)));
            }
            Action::Up if self.at > 0 => self.at -= 1,
            Action::Down if self.at < last => self.at += 1,
            _ => {
                if matches!(action, Action::First | Action::Last) {
                    self.at = if action == Action::First { 0 } else { last };
                }
                let height = around.body.height;
                let lowest = u16::try_from(around.length).unwrap_or(u16::MAX).saturating_sub(height);
                self.scroll = scrolled(self.scroll, action, height.saturating_sub(1).max(1), lowest);
            }
        }
        Outcome::Done
    }

    fn command(&self) -> Option<String> {
        Some("whoami".to_owned())
    }

    fn hints(&self) -> &'static [Action] {
        &[
            Action::Cancel,
            Action::Refresh,
            Action::Open,
            Action::Edit,
            Action::ShowMatrix,
            Action::Contexts,
            Action::Command,
            Action::Before,
            Action::Quit,
        ]
    }

    fn head(&self, state: &State, columns: u16) -> Vec<Line<'static>> {
        let (sign, tone, said) = verdict(state);
        let head = format!(" {}", state.theme.sign(sign).0);
        sentence_lines(&head, tone, &said, columns, state.theme)
    }

    fn length(&self, state: &State, columns: u16) -> usize {
        self.lines(state, usize::from(columns.saturating_sub(2))).0.len()
    }

    fn draw(&self, state: &State, _: &mut Memory, frame: &mut Frame<'_>, area: Rect) {
        let (lines, cursor) = self.lines(state, reading::room(area));
        // the pin under the cursor is seen, once the cursor was moved
        let lowest = cursor.filter(|_| self.at > 0).map_or(0, |cursor| (cursor + 2).saturating_sub(usize::from(area.height)));
        let scroll = self.scroll.max(u16::try_from(lowest).unwrap_or(u16::MAX));
        reading::draw(lines, scroll, state.theme, frame, area);
    }
}

/// What the stages come to, in a sentence.
fn verdict(state: &State) -> (Sign, Tone, String) {
    let walk = &state.walk;
    // whom the server knows is known, whatever AWS did not say
    let counts = |step: &Step| *step != Step::Caller || walk.caller.is_none();
    let mut failures = walk.stages().filter(|(_, stage)| matches!(stage.state, Stage::Failed(_))).map(|(step, _)| step);
    let failed = failures.find(counts);
    if !state.is_open {
        return (Sign::None, Tone::Plain, "no context is open; c shows them".to_owned());
    }
    if let Some(step) = failed {
        let said = match step {
            Step::Kubeconfig => "this context leads nowhere: the kubeconfig has to be mended first",
            Step::Credential => "there is nothing to present to the server: no credential could be had",
            Step::Caller => "AWS did not say who signed the token",
            Step::Identity => "the server did not say who you are",
            Step::Authorization => "roles and bindings could not be read",
        };
        return (Sign::Fails, Tone::Bad, said.to_owned());
    }
    if matches!(walk.stage(Step::Authorization).state, Stage::Stale(_)) {
        let since = state.stale_since.as_ref().map_or_else(String::new, |since| format!(" since {since}"));
        return (Sign::Open, Tone::Open, format!("the server is out of reach{since}; what was known before is shown"));
    }
    match &walk.caller {
        Some(caller) => (Sign::Holds, Tone::Good, format!("the server takes you for {}", caller.identity)),
        None if !state.is_live => (Sign::None, Tone::Plain, "recorded facts: nobody is presented to a server".to_owned()),
        None if walk.stages().any(|(_, stage)| stage.state == Stage::Cancelled) => {
            (Sign::Open, Tone::Open, "stopped before the server said who you are; r tries again".to_owned())
        }
        None => (Sign::Idle, Tone::Dim, "the server has not said yet who you are".to_owned()),
    }
}

impl Walk {
    /// All of it, and the position of the line under the cursor.
    fn lines(&self, state: &State, room: usize) -> (Vec<Line<'static>>, Option<usize>) {
        let theme = state.theme;
        let mut lines = if state.is_open { stages::lines(state, room) } else { Vec::new() };
        lines.extend([Line::default(), Line::styled("pinned", theme.heading())]);
        if state.pins.is_empty() {
            let words = Phrase::new().dim("nothing; p pins the question on the screen, and says when its answer changes");
            lines.extend(wrapped(&words, room, 0, theme));
        }
        let mut cursor = None;
        for (position, pin) in state.pins.iter().enumerate() {
            let sign = match pin.answer.as_ref().map(|answer| answer.whole().0) {
                Some(Verdict::Allowed) => Sign::Holds,
                Some(Verdict::Denied) => Sign::Fails,
                Some(Verdict::Unknown) => Sign::Open,
                None => Sign::Idle,
            };
            let who = if pin.question.identity.is_empty() { "you" } else { pin.question.identity.as_str() };
            let words = Phrase::new().name(who).plain(format!("  {}", pin.question.shown()));
            // what is not open is not watched
            let is_watched = !state.is_live || (pin.context == state.context && state.stale_since.is_none());
            let context = pin.context.clone().unwrap_or_default();
            let aside = if is_watched { context } else { format!("{context}  as it was") };
            let line = row(sign, &words, &aside, room, theme);
            if position == self.at {
                cursor = Some(lines.len());
            }
            lines.push(if position == self.at { chosen(line, theme) } else { line });
            if let Some(flip) = &pin.flip {
                let words = Phrase::new().with(Tone::Accent, format!("{}{}  ", theme.flipped(), flip.at)).plain(flip.sentence.as_str());
                let indented = |line: Line<'static>| Line::from(std::iter::once(Span::raw("  ")).chain(line.spans).collect::<Vec<_>>());
                lines.extend(wrapped(&words, room.saturating_sub(2), 2, theme).into_iter().map(indented));
            }
        }
        (lines, cursor)
    }
}
