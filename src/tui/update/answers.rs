//! What was decided, reviewed and computed beside the loop.

use super::super::message::{Answer, Effect, Prepared, Ticket, When};
use super::super::screens::Screen;
use super::super::screens::why::Why;
use super::super::state::State;
use super::{go, pins};
use crate::authz::{Request, ServerVerdict};
use crate::base::Failure;

/// A question is decided.
pub fn decided(state: &mut State, ticket: Ticket, when: When, answer: Result<Answer, Failure>) -> Vec<Effect> {
    match ticket {
        Ticket::Pin(pin, generation) => {
            state.now = when;
            pins::decided(state, pin, generation, answer)
        }
        Ticket::Screen(generation) => {
            let is_live = state.is_live;
            let Screen::Why(why) = &mut state.history.now.screen else { return Vec::new() };
            // an answer to a question that nobody asks any more
            if why.generation != generation {
                return Vec::new();
            }
            why.answered(answer);
            if is_live { review(why) } else { Vec::new() }
        }
    }
}

/// Asks the server what the screen wants to hear of it.
fn review(why: &mut Why) -> Vec<Effect> {
    let Some((requests, after)) = why.to_review() else { return Vec::new() };
    let ticket = Ticket::Screen(why.generation);
    let identity = why.answer().filter(|answer| !answer.is_caller).and_then(|answer| Some(answer.parts.first()?.1.identity.clone()));
    vec![Effect::Review { ticket, identity, requests, after }]
}

/// The server has spoken.
pub fn reviewed(state: &mut State, ticket: Ticket, verdicts: &[(Request, Result<ServerVerdict, Failure>)]) -> Vec<Effect> {
    if let (Ticket::Screen(generation), Screen::Why(why)) = (ticket, &mut state.history.now.screen)
        && (why.since..=why.generation).contains(&generation)
    {
        why.heed(verdicts);
        return review(why);
    }
    Vec::new()
}

/// What a screen shows is computed.
pub fn prepared(state: &mut State, generation: u64, prepared: Result<Prepared, Failure>) -> Vec<Effect> {
    if generation != state.generation {
        return Vec::new();
    }
    state.is_preparing = false;
    state.history.now.screen.face_mut().take(prepared);
    // the facts have changed while it was computed
    if std::mem::take(&mut state.is_outdated) { go::arrive(state) } else { Vec::new() }
}

/// The facts have changed: pins and the screen are decided again.
pub fn changed(state: &mut State) -> Vec<Effect> {
    let mut effects = pins::decide(state);
    let is_busy = state.is_preparing && !matches!(state.screen(), Screen::Why(_));
    if is_busy {
        state.is_outdated = true;
    } else {
        effects.extend(go::arrive(state));
    }
    effects
}
