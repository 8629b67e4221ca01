//! What rows must hold, while it is typed: the rows follow every key.

use tui_input::{Input, InputRequest};

use super::super::message::Effect;
use super::super::state::{Overlay, State};
use crate::view::actions::{Action, of_key};

/// A key while a filter is typed.
pub fn key(state: &mut State, key: &str) -> Vec<Effect> {
    let Overlay::Filter(input) = &mut state.overlay else { return Vec::new() };
    let mut chars = key.chars();
    let request = match (chars.next(), chars.next(), of_key(key)) {
        (Some(c), None, _) => InputRequest::InsertChar(c),
        (_, _, Some(Action::Toggle)) => InputRequest::InsertChar(' '),
        (_, _, Some(Action::Back)) => {
            *input = Input::default();
            apply(state);
            state.overlay = Overlay::None;
            return Vec::new();
        }
        (_, _, Some(Action::Open)) => {
            state.overlay = Overlay::None;
            return Vec::new();
        }
        (_, _, Some(Action::Redraw)) => return vec![Effect::Redraw],
        // the rows are there to be looked through while it is typed
        (_, _, Some(action @ (Action::Up | Action::Down | Action::PageUp | Action::PageDown))) => {
            let around = state.around();
            if state.screen().face().available(action).is_some_and(|available| available.is_ok()) {
                state.history.now.screen.face_mut().act(action, &around);
            }
            return Vec::new();
        }
        (_, _, Some(action)) => match super::edit::request_of(action) {
            Some(request) => request,
            None => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    input.handle(request);
    apply(state);
    Vec::new()
}

/// A paste: its words, in one line.
pub fn paste(state: &mut State, text: &str) -> Vec<Effect> {
    if let Overlay::Filter(input) = &mut state.overlay {
        super::edit::insert(input, text);
    }
    apply(state);
    Vec::new()
}

fn apply(state: &mut State) {
    let Overlay::Filter(input) = &state.overlay else { return };
    let text = input.value().to_owned();
    state.history.now.screen.face_mut().set_filter(&text);
}
