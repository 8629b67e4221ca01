//! The credential that is presented, and one that was pasted: shown, seen for a moment, copied, forgotten.

use std::sync::Arc;

use jiff::Timestamp;

use super::super::message::{Effect, Pace};
use super::super::screens::Screen;
use super::super::screens::token::{Deed, Known};
use super::super::state::{Asking, Overlay, State};
use super::toast;
use crate::base::Failure;
use crate::credential::Decoded;

/// The credential as things stand, where it is shown.
pub fn show(state: &mut State) {
    let now = state.now.unix.and_then(|now| Timestamp::from_second(now).ok());
    let is_revealed = state.revealed.is_some();
    if let Screen::Token(screen) = &mut state.history.now.screen {
        let known = state.pasted.as_ref().map_or_else(|| Known::of(&state.walk, now), |decoded| Known::pasted(decoded, now));
        screen.show(known, is_revealed);
    }
}

/// The screen has come up: the time is told at once, since nothing may have happened for long.
pub fn arrive(state: &mut State) -> Vec<Effect> {
    show(state);
    if state.ticking.contains(&Pace::Once) {
        return Vec::new();
    }
    state.ticking.push(Pace::Once);
    vec![Effect::TickLater(Pace::Once)]
}

/// Whether the screen that is shown counts seconds.
pub fn is_counting(state: &State) -> bool {
    let Screen::Token(screen) = state.screen() else { return false };
    let is_near = |now: i64| screen.countdowns().iter().any(|countdown| countdown.left(now).unsigned_abs() < 86_400);
    state.now.unix.is_some_and(is_near)
}

/// Does something with the credential.
pub fn act(state: &mut State, deed: Deed) -> Vec<Effect> {
    match deed {
        Deed::Reveal if state.revealed.take().is_some() => {
            show(state);
            Vec::new()
        }
        Deed::Reveal => {
            state.reveals += 1;
            state.revealed = Some(state.reveals);
            show(state);
            vec![Effect::HideLater(state.reveals)]
        }
        Deed::Copy => {
            state.overlay = Overlay::Ask(Box::new(Asking::Copy));
            Vec::new()
        }
        Deed::Forget => {
            state.pasted = None;
            // what was seen of the other one is no place in this one
            state.history.now.screen = Screen::Token(Box::default());
            show(state);
            toast(state, "the pasted token is forgotten".to_owned())
        }
    }
}

/// The ten seconds are over.
pub fn hide(state: &mut State, number: u64) -> Vec<Effect> {
    if state.revealed == Some(number) {
        state.revealed = None;
        show(state);
    }
    Vec::new()
}

/// Copies the token that is presented; somebody has said yes.
pub fn copy(state: &mut State) -> Vec<Effect> {
    match state.walk.presented.as_ref().and_then(|presented| presented.secret.clone()) {
        Some(secret) => vec![Effect::CopySecret(secret)],
        None => toast(state, "the token is not there any more".to_owned()),
    }
}

/// Takes a token apart that was pasted.
pub fn take(state: &mut State, decoded: Decoded) -> Vec<Effect> {
    state.pasted = Some(Arc::new(decoded));
    state.history.now.screen = Screen::Token(Box::default());
    arrive(state)
}

/// Lets go of what belongs to this screen alone, once another one is shown; and of what is seen, once it is not the same
/// credential any more.
pub fn settle(state: &mut State) {
    if matches!(state.screen(), Screen::Token(_)) || state.pasted.is_none() && state.revealed.is_none() {
        return;
    }
    state.pasted = None;
    state.revealed = None;
    for visit in state.history.all() {
        if let Screen::Token(screen) = &mut visit.screen {
            screen.forget();
        }
    }
}

/// Runs the plugin of the open context on the terminal.
pub fn log_in(state: &State) -> Vec<Effect> {
    let target = state.walk.target.as_ref().filter(|_| state.plugin().is_some());
    target.map(|target| Effect::LogIn(Arc::clone(target))).into_iter().collect()
}

/// It has ended; what is presented now is found by reading everything anew.
pub fn logged_in(state: &mut State, ended: Result<String, Failure>) -> Vec<Effect> {
    match ended {
        Ok(given) => {
            let mut effects = toast(state, format!("the plugin gave: {given}"));
            effects.push(Effect::Refresh);
            effects
        }
        // one line has no room for what to do; the stage that failed says that
        Err(failure) => toast(state, failure.message),
    }
}
