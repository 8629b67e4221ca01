//! A question before something is done, and the box that takes a pasted token.

use secrecy::zeroize::Zeroize as _;
use secrecy::{ExposeSecret as _, SecretString};

use super::super::message::Effect;
use super::super::screens::Goal;
use super::super::state::{Asking, Overlay, Pasting, State};
use super::{go, session, token};
use crate::credential::Decoded;
use crate::view::actions::{Action, of_key};

/// The most bytes that are taken of what is pasted.
const LONGEST: usize = 1 << 16;

/// A key while something is asked.
pub fn key(state: &mut State, key: &str) -> Vec<Effect> {
    let Overlay::Ask(asking) = &state.overlay else { return Vec::new() };
    match (key, of_key(key)) {
        ("y", _) | (_, Some(Action::Open)) => {
            let asking = asking.clone();
            state.overlay = Overlay::None;
            match *asking {
                Asking::Copy => token::copy(state),
                Asking::Allow { context, file, .. } => {
                    state.allowed.push(file.clone());
                    let mut effects = vec![Effect::Allow(file)];
                    effects.extend(session::look_into(state, context));
                    effects
                }
            }
        }
        ("n", _) | (_, Some(Action::Back | Action::Left | Action::Quit)) => {
            state.overlay = Overlay::None;
            Vec::new()
        }
        (_, Some(Action::Redraw)) => vec![Effect::Redraw],
        _ => Vec::new(),
    }
}

/// Opens the box.
pub fn open(state: &mut State) -> Vec<Effect> {
    let effects = go::to(state, Goal::Token);
    state.overlay = Overlay::Paste(Pasting::default());
    effects
}

/// A key while the box is open: a terminal that does not say what is pasted types it.
pub fn type_in(state: &mut State, key: &str) -> Vec<Effect> {
    let Overlay::Paste(pasting) = &mut state.overlay else { return Vec::new() };
    let mut chars = key.chars();
    match (chars.next(), chars.next(), of_key(key)) {
        (Some(_), None, _) => add(pasting, key),
        (_, _, Some(Action::Back)) => state.overlay = Overlay::None,
        (_, _, Some(Action::Erase | Action::EraseAll | Action::EraseWord)) => *pasting = Pasting::default(),
        (_, _, Some(Action::Redraw)) => return vec![Effect::Redraw],
        (_, _, Some(Action::Open)) => {
            if pasting.text.expose_secret().trim().is_empty() {
                return Vec::new();
            }
            let decoded = Decoded::read(pasting.text.expose_secret().as_bytes());
            state.overlay = Overlay::None;
            return token::take(state, decoded);
        }
        _ => {}
    }
    Vec::new()
}

/// A paste into the box; the message's own copy is wiped.
pub fn paste(state: &mut State, mut text: String) -> Vec<Effect> {
    if let Overlay::Paste(pasting) = &mut state.overlay {
        add(pasting, &text);
    }
    text.zeroize();
    Vec::new()
}

/// Adds to what is in the box, and tells what that is.
fn add(pasting: &mut Pasting, text: &str) {
    let before = pasting.text.expose_secret();
    let room = LONGEST.saturating_sub(before.len());
    let mut all = String::with_capacity(before.len() + text.len());
    all.push_str(before);
    all.extend(text.char_indices().take_while(|(at, c)| at + c.len_utf8() <= room).map(|(_, c)| c));
    let decoded = Decoded::read(all.as_bytes());
    let masked = if all.trim().is_empty() { String::new() } else { format!("{}: {}", decoded.kind(), decoded.masked) };
    *pasting = Pasting { masked, text: SecretString::from(all) };
}
