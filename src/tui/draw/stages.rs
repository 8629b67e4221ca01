//! The second line: the stages with their times, only while something is loading, failed or stale.

use std::time::Duration;

use ratatui::text::{Line, Span};

use super::super::state::State;
use super::super::theme::Theme;
use crate::session;
use crate::session::Step;
use crate::view::phrase::{Sign, Tone};

/// Whether there is something to say.
pub fn is_shown(state: &State) -> bool {
    state.is_live
        && state.is_open
        && state.failed.is_none()
        && state.walk.stages().any(|(_, stage)| !matches!(stage.state, session::State::Ready | session::State::Idle))
}

/// The line.
pub fn line(state: &State, columns: u16) -> Line<'static> {
    let theme = state.theme;
    let mut spans = vec![Span::raw(" ")];
    let mut used = 1;
    for (step, stage) in state.walk.stages() {
        let (sign, style) = sign(&stage.state, theme);
        let time = took(state, step, stage);
        let length = step.as_str().len() + 1 + super::text::width(sign) + time.len() + 3;
        if used + length > usize::from(columns) + 2 {
            break;
        }
        used += length;
        let name = if matches!(stage.state, session::State::Idle) { theme.style(Tone::Dim) } else { theme.style(Tone::Plain) };
        spans.push(Span::styled(format!("{} ", step.as_str()), name));
        spans.push(Span::styled(sign.trim_end().to_owned(), style));
        spans.push(Span::styled(if time.is_empty() { "  ".to_owned() } else { format!(" {time}  ") }, theme.style(Tone::Dim)));
    }
    Line::from(spans)
}

/// The sign of a stage, two cells wide.
pub fn sign(state: &session::State, theme: Theme) -> (&'static str, ratatui::style::Style) {
    match state {
        session::State::Idle => theme.sign(Sign::Idle),
        session::State::Loading => (theme.loading(), theme.style(Tone::Accent)),
        session::State::Ready => theme.sign(Sign::Holds),
        session::State::Failed(_) => theme.sign(Sign::Fails),
        session::State::Stale(_) | session::State::Cancelled => theme.sign(Sign::Open),
    }
}

/// How long a stage took, or has taken so far.
pub fn took(state: &State, step: Step, stage: &session::Stage) -> String {
    match stage.state {
        session::State::Loading => state
            .began
            .iter()
            .find(|(began, _)| *began == step)
            .map(|(_, since)| words(state.now.elapsed.saturating_sub(*since)))
            .unwrap_or_default(),
        session::State::Idle => String::new(),
        session::State::Stale(_) => "stale".to_owned(),
        session::State::Cancelled => "stopped".to_owned(),
        session::State::Ready | session::State::Failed(_) => words(stage.took),
    }
}

/// `38 ms`, `2.1 s`
fn words(time: Duration) -> String {
    let millis = time.as_millis();
    if millis < 1000 { format!("{millis} ms") } else { format!("{}.{} s", millis / 1000, millis % 1000 / 100) }
}
