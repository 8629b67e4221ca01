//! The second line: the stages with their times, only while something is loading, failed, stale or stopped. The walk says
//! all of that itself.

use std::time::Duration;

use ratatui::text::{Line, Span};

use super::super::screens::Screen;
use super::super::state::State;
use super::super::theme::Theme;
use super::lines::fit;
use super::text::width;
use crate::session;
use crate::session::Step;
use crate::view::phrase::{Phrase, Sign, Tone};

/// The fewest cells that a cause is worth showing in; for less, stages that are as they should be go.
const CAUSE: usize = 24;

/// Whether there is something to say that the screen does not say itself.
pub fn is_shown(state: &State) -> bool {
    state.is_live
        && state.is_open
        && state.failed.is_none()
        && !matches!(state.screen(), Screen::Walk(_))
        // that screen says itself why there is no credential
        && !matches!((state.screen(), state.walk.trouble()), (Screen::Token(_), Some((Step::Kubeconfig | Step::Credential, _))))
        && state.walk.stages().any(|(_, stage)| !is_fine(stage))
}

/// Whether there is nothing to say of a stage.
fn is_fine(stage: &session::Stage) -> bool {
    matches!(stage.state, session::State::Ready | session::State::Idle)
}

/// The line: each stage with its sign, and with its time where that has room; the first that failed with its cause.
pub fn line(state: &State, columns: u16) -> Line<'static> {
    let theme = state.theme;
    let room = usize::from(columns).saturating_sub(2);
    let mut shown: Vec<Piece> = state.walk.stages().map(|(step, stage)| Piece::of(state, step, stage)).collect();
    let total = |shown: &[Piece]| shown.iter().map(Piece::width).sum::<usize>() + 2 * shown.len().saturating_sub(1);
    if total(&shown) > room {
        for piece in shown.iter_mut().filter(|piece| piece.is_fine) {
            piece.time.clear();
        }
    }
    if let Some((step, failure)) = state.walk.stages().find_map(|(step, stage)| Some((step, stage.state.failure()?))) {
        for piece in &mut shown {
            piece.time.clear();
        }
        if total(&shown) + CAUSE > room {
            shown.retain(|piece| !piece.is_fine);
        }
        let left = room.saturating_sub(total(&shown) + 1);
        if let Some(piece) = shown.iter_mut().find(|piece| piece.step == step) {
            piece.cause = fit(&Phrase::new().plain(failure.message.as_str()), left, theme).into_iter().map(|(text, _)| text).collect();
        }
    }
    // a time that grows says that something is going on: it stays before what is as it should be
    if total(&shown) > room {
        shown.retain(|piece| !piece.is_fine);
    }
    let mut spans = vec![Span::raw(" ")];
    for (position, piece) in shown.into_iter().enumerate() {
        spans.extend((position > 0).then(|| Span::raw("  ")));
        spans.extend(piece.spans(theme));
    }
    Line::from(spans)
}

/// A stage in the line.
struct Piece {
    step: Step,
    is_fine: bool,
    name: Span<'static>,
    sign: Span<'static>,
    time: String,
    cause: String,
}

impl Piece {
    fn of(state: &State, step: Step, stage: &session::Stage) -> Self {
        let theme = state.theme;
        let (sign, style) = sign(&stage.state, theme);
        let tone = if matches!(stage.state, session::State::Idle) { Tone::Dim } else { Tone::Plain };
        Self {
            step,
            is_fine: is_fine(stage),
            name: Span::styled(step.as_str(), theme.style(tone)),
            sign: Span::styled(sign.trim_end().to_owned(), style),
            time: took(state, step, stage),
            cause: String::new(),
        }
    }

    fn width(&self) -> usize {
        let words = [&self.time, &self.cause].into_iter().filter(|text| !text.is_empty());
        self.name.width() + 1 + self.sign.width() + words.map(|text| width(text) + 1).sum::<usize>()
    }

    fn spans(self, theme: Theme) -> Vec<Span<'static>> {
        let mut spans = vec![self.name, Span::raw(" "), self.sign];
        for (text, tone) in [(self.time, Tone::Dim), (self.cause, Tone::Plain)] {
            spans.extend((!text.is_empty()).then(|| Span::styled(format!(" {text}"), theme.style(tone))));
        }
        spans
    }
}

/// The sign of a stage, two cells wide.
pub fn sign(state: &session::State, theme: Theme) -> (&'static str, ratatui::style::Style) {
    match state {
        session::State::Idle => theme.sign(Sign::Idle),
        session::State::Loading => (theme.loading(), theme.style(Tone::Accent)),
        session::State::Ready => theme.sign(Sign::Holds),
        session::State::Failed(_) => theme.sign(Sign::Fails),
        session::State::Stale(_) => theme.sign(Sign::Open),
        session::State::Cancelled => (theme.sign(Sign::Idle).0, theme.style(Tone::Open)),
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
