//! The first line: `context ▸ identity ▸ question`, and on the right what kind of session this is.

use ratatui::text::{Line, Span};

use super::super::screens::Screen;
use super::super::state::State;
use super::lines::fit;
use super::text::{safe, width};
use crate::source::live::CredentialKind;
use crate::view::phrase::{Phrase, Tone};

/// From so many seconds on what is presented ends soon.
const SOON: i64 = 300;

/// The line.
pub fn line(state: &State, columns: u16) -> Line<'static> {
    let theme = state.theme;
    let right = right(state);
    let world = state.loaded.as_ref().map(|loaded| loaded.world.name.as_str()).unwrap_or_default();
    let face = state.screen().face();
    let title = if state.is_live && state.failed.is_some() { "contexts".to_owned() } else { face.title() };
    // the list of contexts is in none of them
    let is_list = matches!(state.screen(), Screen::Contexts(_));
    let context = if is_list { "" } else { state.context.as_deref().unwrap_or(world) };
    let who = face.who();
    let parts: Vec<String> = [context.to_owned(), who, title].into_iter().filter(|part| !part.is_empty()).map(|part| safe(&part)).collect();
    let room = usize::from(columns).saturating_sub(width(&right.text()) + 3);
    let mut words = Phrase::new();
    let last = parts.len().saturating_sub(1);
    for (position, part) in parts.into_iter().enumerate() {
        words = if position == 0 { words } else { words.dim(theme.crumb()) };
        // the question is what the reader came for: the others are cut first
        words = if position == last { words.plain(part) } else { words.name(part) };
    }
    let fitted = fit(&words, room, theme);
    let used: usize = fitted.iter().map(|(text, _)| width(text)).sum();
    let mut spans = vec![Span::raw(" ")];
    let tone = |tone: Tone| match tone {
        Tone::Plain => Tone::Name,
        Tone::Name => Tone::Plain,
        other => other,
    };
    spans.extend(fitted.into_iter().map(|(text, piece)| Span::styled(text, theme.style(tone(piece)))));
    spans.push(Span::raw(" ".repeat(usize::from(columns).saturating_sub(used + 1 + width(&right.text())))));
    spans.extend(right.pieces.into_iter().map(|piece| Span::styled(piece.text, theme.style(piece.tone))));
    Line::from(spans)
}

fn right(state: &State) -> Phrase {
    let mut right = Phrase::new();
    if let Some(why) = state.why()
        && let Some(answer) = why.answer().filter(|answer| answer.parts.len() > 1)
    {
        right = right.plain(format!("request {} of {}  ", why.part + 1, answer.parts.len()));
    }
    if !state.pins.is_empty() {
        let flipped = state.pins.iter().filter(|pin| pin.flip.as_ref().is_some_and(|flip| !flip.is_seen)).count();
        right = right.plain(format!("{}{}", state.theme.pin(), state.pins.len()));
        right = if flipped > 0 { right.with(Tone::Accent, format!(" {}{flipped}  ", state.theme.flipped())) } else { right.plain("  ") };
    }
    if let (Some(left), Some(presented)) = (state.left(), &state.walk.presented) {
        let what = if presented.kind == CredentialKind::Certificate { "certificate" } else { "token" };
        let tone = if left < SOON { Tone::Open } else { Tone::Plain };
        right = right.with(tone, format!("{what} {}  ", time_left(left)));
    }
    if super::is_production(state) {
        right = right.with(Tone::Bad, "PRODUCTION  ");
    }
    if state.demo {
        right = right.with(Tone::Accent, "DEMO  ");
    }
    right.dim("READ-ONLY ")
}

/// Whole minutes: `13m`, `2h 5m`, `expired`.
fn time_left(seconds: i64) -> String {
    match (seconds / 3600, seconds / 60 % 60) {
        _ if seconds <= 0 => "expired".to_owned(),
        (0, 0) => "under 1m".to_owned(),
        (0, minutes) => format!("{minutes}m"),
        (hours, minutes) => format!("{hours}h {minutes}m"),
    }
}
