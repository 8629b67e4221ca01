//! The last line: the keys that do something now, the most useful first, and `?` at the end; or what is being typed.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use tui_input::Input;

use super::super::screens::why::Stage;
use super::super::state::{Asking, ChangeStage, Changing, Overlay, State};
use super::super::update::is_available;
use super::text::{cut_middle, safe, width};
use crate::view::actions::{self, Action};
use crate::view::phrase::Tone;

/// Paints it.
pub fn draw(state: &State, frame: &mut Frame<'_>, area: Rect) {
    match &state.overlay {
        Overlay::Command(line) => typed(":", &line.input, state, frame, area),
        Overlay::Filter(input) => typed("/", input, state, frame, area),
        _ => frame.render_widget(line(state, area.width), area),
    }
}

/// A line that is being typed, with the cursor in it.
fn typed(sign: &str, input: &Input, state: &State, frame: &mut Frame<'_>, area: Rect) {
    let room = usize::from(area.width).saturating_sub(3);
    let scroll = input.visual_scroll(room);
    let text: String = safe(input.value()).chars().skip(scroll).collect();
    let theme = state.theme;
    frame.render_widget(Line::from(vec![Span::styled(format!(" {sign}"), theme.style(Tone::Accent)), Span::raw(text)]), area);
    let column = u16::try_from(input.visual_cursor().saturating_sub(scroll)).unwrap_or_default();
    frame.set_cursor_position(Position { x: (area.x + 2 + column).min(area.right().saturating_sub(1)), y: area.y });
}

fn line(state: &State, columns: u16) -> Line<'static> {
    let theme = state.theme;
    if let Some(toast) = &state.toast {
        let text = cut_middle(&safe(&toast.text), usize::from(columns) - 2, theme.ellipsis());
        return Line::styled(format!(" {text}"), theme.style(Tone::Accent));
    }
    if state.why().is_some_and(|why| why.is_deciding && matches!(why.stage, Stage::Answered(_))) {
        return Line::styled(" deciding the new question", theme.style(Tone::Accent));
    }
    let hints: Vec<(String, &str)> = match &state.overlay {
        Overlay::Editor(_) => [("enter", "ask"), ("tab", "next field"), ("down", "complete"), ("esc", "keep the old question")]
            .into_iter()
            .map(|(key, name)| (theme.key(key), name))
            .collect(),
        Overlay::Change(changing) => keys(changing).iter().map(|(key, name)| (theme.key(key), *name)).collect(),
        Overlay::Ask(asking) => {
            let yes = if matches!(**asking, Asking::Copy) { "copy it" } else { "run it" };
            [("enter", yes), ("esc", "no")].into_iter().map(|(key, name)| (theme.key(key), name)).collect()
        }
        Overlay::Paste(_) => [("enter", "take it apart"), ("esc", "leave it"), ("backspace", "erase it")]
            .into_iter()
            .map(|(key, name)| (theme.key(key), name))
            .collect(),
        Overlay::Help(_) => hints_of(state, &[Action::Back, Action::Down, Action::PageDown]),
        _ if state.failed.is_some() => hints_of(state, &[Action::Refresh, Action::Quit]),
        _ => hints_of(state, state.screen().face().hints()),
    };
    let help =
        if matches!(state.overlay, Overlay::Editor(_) | Overlay::Change(_) | Overlay::Ask(_) | Overlay::Paste(_)) { "" } else { "? help " };
    let mut spans = vec![Span::raw(" ")];
    let mut used = 1;
    for (key, name) in hints {
        let length = width(&key) + 1 + width(name) + 2;
        if used + length + width(help) > usize::from(columns) {
            break;
        }
        used += length;
        spans.push(Span::styled(key, theme.style(Tone::Accent)));
        spans.push(Span::raw(format!(" {name}  ")));
    }
    spans.push(Span::raw(" ".repeat(usize::from(columns).saturating_sub(used + width(help)))));
    spans.push(Span::styled(help, theme.style(Tone::Dim)));
    Line::from(spans)
}

/// What can be done with a change that is shown.
fn keys(changing: &Changing) -> &'static [(&'static str, &'static str)] {
    match &changing.stage {
        ChangeStage::Planning => &[("esc", "leave it")],
        ChangeStage::Writing(_) => &[],
        ChangeStage::Failed(_) => &[("esc", "back")],
        ChangeStage::Shown(planned) => match planned.takes_along() {
            _ if planned.is_nothing() => &[("esc", "back")],
            Some(true) => &[("enter", "write it"), ("esc", "leave it as it is"), ("space", "keep what nobody uses"), ("down", "scroll")],
            Some(false) => &[("enter", "write it"), ("esc", "leave it as it is"), ("space", "remove what nobody uses"), ("down", "scroll")],
            None => &[("enter", "write it"), ("esc", "leave it as it is"), ("down", "scroll")],
        },
    }
}

fn hints_of(state: &State, wanted: &[Action]) -> Vec<(String, &'static str)> {
    wanted
        .iter()
        .filter(|action| is_available(state, **action))
        .filter_map(|action| actions::entry_of(*action))
        .map(|entry| {
            let word = state.screen().face().word(entry.action).filter(|_| matches!(state.overlay, Overlay::None));
            (state.theme.key(entry.keys.first().copied().unwrap_or_default()), word.unwrap_or(entry.name))
        })
        .collect()
}
