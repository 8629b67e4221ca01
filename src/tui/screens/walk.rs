//! Who one is here: the stages of the open context, the one that failed with its cause and next step, and what is pinned.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{Around, Face, Goal, Outcome};
use crate::session::State as Stage;
use crate::session::Step;
use crate::tui::draw::Memory;
use crate::tui::draw::lines::{chosen, row, wrapped};
use crate::tui::draw::{reading, stages, text::width};
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
}

impl Face for Walk {
    fn title(&self) -> String {
        "who am I".to_owned()
    }

    fn available(&self, action: Action) -> Option<Result<(), &'static str>> {
        match action {
            Action::Open | Action::Up | Action::Down | Action::PageUp | Action::PageDown | Action::First | Action::Last => Some(Ok(())),
            _ => None,
        }
    }

    fn act(&mut self, action: Action, around: &Around) -> Outcome {
        let last = around.pins.len().saturating_sub(1);
        match action {
            Action::Open => {
                let pin = around.pins.get(self.at).copied();
                return pin.map_or_else(
                    || Outcome::Say("no question is pinned; p pins the one on the why screen".to_owned()),
                    |pin| Outcome::Go(Goal::Pin(pin)),
                );
            }
            Action::Up => self.at = self.at.saturating_sub(1),
            Action::Down => self.at = (self.at + 1).min(last),
            Action::PageUp | Action::First => self.at = 0,
            _ => self.at = last,
        }
        Outcome::Done
    }

    fn command(&self) -> Option<String> {
        Some("whoami".to_owned())
    }

    fn hints(&self) -> &'static [Action] {
        &[
            Action::Cancel,
            Action::Open,
            Action::Refresh,
            Action::Edit,
            Action::ShowMatrix,
            Action::Contexts,
            Action::Command,
            Action::Before,
            Action::Quit,
        ]
    }

    fn head(&self, state: &State, _: u16) -> Vec<Line<'static>> {
        let theme = state.theme;
        let said = match (state.is_open, &state.walk.caller) {
            (false, _) => "no context is open; c shows them".to_owned(),
            (true, Some(caller)) => format!("the server takes you for {}", caller.identity),
            (true, None) if !state.is_live => "recorded facts: nobody is presented to a server".to_owned(),
            (true, None) => "the server has not said yet who you are".to_owned(),
        };
        vec![Line::styled(format!(" {}", crate::tui::draw::text::safe(&said)), theme.style(Tone::Dim))]
    }

    fn draw(&self, state: &State, _: &mut Memory, frame: &mut Frame<'_>, area: Rect) {
        let room = reading::room(area);
        let mut lines = if state.is_open { self::stages(state, room) } else { Vec::new() };
        lines.extend(self.pinned(state, room));
        reading::draw(lines, self.scroll, state.theme, frame, area);
    }
}

/// The stages, each with what came of it; the one that failed with its next steps.
fn stages(state: &State, room: usize) -> Vec<Line<'static>> {
    let theme = state.theme;
    let mut lines = Vec::new();
    for (step, stage) in state.walk.stages() {
        let (sign, style) = stages::sign(&stage.state, theme);
        let name = format!("{:<14}", step.as_str());
        let words = Phrase::new().name(name).plain(stage.message.as_str());
        let mut line = row(Sign::None, &words, &stages::took(state, step, stage), room.saturating_sub(width(sign)), theme);
        line.spans.insert(0, Span::styled(sign, style));
        lines.push(line);
        let (failure, tone) = match &stage.state {
            Stage::Failed(failure) => (failure, Tone::Bad),
            Stage::Stale(failure) => (failure, Tone::Open),
            _ => {
                lines.extend(self::said(state, step).into_iter().flat_map(|words| indented(&words, room, theme)));
                continue;
            }
        };
        if failure.message != stage.message {
            lines.extend(indented(&Phrase::new().with(tone, failure.message.as_str()), room, theme));
        }
        lines.extend(failure.hints.iter().flat_map(|hint| indented(&Phrase::new().plain(hint.as_str()), room, theme)));
    }
    lines
}

/// What is worth saying of a stage besides its message.
fn said(state: &State, step: Step) -> Vec<Phrase> {
    match step {
        Step::Credential => {
            let findings = state.walk.presented.iter().flat_map(|presented| &presented.findings);
            findings.map(|finding| Phrase::new().with(Tone::Open, format!("! {}", finding.message))).collect()
        }
        Step::Identity => {
            let groups = state.walk.caller.iter().flat_map(|caller| &caller.identity.groups);
            let groups: Vec<&str> = groups.map(|group| group.as_str()).collect();
            if groups.is_empty() { Vec::new() } else { vec![Phrase::new().dim("groups ").plain(groups.join(", "))] }
        }
        Step::Kubeconfig | Step::Authorization => Vec::new(),
    }
}

fn indented(words: &Phrase, room: usize, theme: crate::tui::theme::Theme) -> Vec<Line<'static>> {
    let lines = wrapped(words, room.saturating_sub(16), 0, theme);
    lines.into_iter().map(|line| Line::from(std::iter::once(Span::raw(" ".repeat(16))).chain(line.spans).collect::<Vec<_>>())).collect()
}

impl Walk {
    fn pinned(&self, state: &State, room: usize) -> Vec<Line<'static>> {
        let theme = state.theme;
        let mut lines = vec![Line::default(), Line::styled("pinned", theme.heading())];
        if state.pins.is_empty() {
            lines
                .push(Line::styled("nothing; p pins the question on the screen, and says when its answer changes", theme.style(Tone::Dim)));
        }
        for (position, pin) in state.pins.iter().enumerate() {
            let sign = match pin.answer.as_ref().map(|answer| answer.whole().0) {
                Some(verdict) => match verdict {
                    crate::authz::Verdict::Allowed => Sign::Holds,
                    crate::authz::Verdict::Denied => Sign::Fails,
                    crate::authz::Verdict::Unknown => Sign::Open,
                },
                None => Sign::Idle,
            };
            let who = if pin.question.identity.is_empty() { "you" } else { pin.question.identity.as_str() };
            let words = Phrase::new().name(who).plain(format!("  {}", pin.question.shown()));
            let aside = pin.context.clone().unwrap_or_default();
            let line = row(sign, &words, &aside, room, theme);
            lines.push(if position == self.at { chosen(line, theme) } else { line });
            if let Some(flip) = &pin.flip {
                let words = Phrase::new().with(Tone::Accent, format!("{}{}  ", theme.flipped(), flip.at)).plain(flip.sentence.as_str());
                lines.extend(wrapped(&words, room.saturating_sub(2), 2, theme));
            }
        }
        lines
    }
}
