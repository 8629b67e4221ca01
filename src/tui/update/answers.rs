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

/// What a screen shows is computed. A matrix of the caller with gaps in it is then filled with what the server tells.
pub fn prepared(state: &mut State, generation: u64, prepared: Result<Prepared, Failure>) -> Vec<Effect> {
    if state.preparing != Some(generation) {
        return Vec::new();
    }
    let tell = prepared.as_ref().ok().and_then(|prepared| tell(state, generation, prepared));
    state.history.now.screen.face_mut().take(prepared);
    match tell {
        Some(effect) => vec![effect],
        None => settled(state),
    }
}

/// The server has told what it can of the caller's rights.
pub fn told(state: &mut State, generation: u64, prepared: Prepared) -> Vec<Effect> {
    if state.preparing != Some(generation) {
        return Vec::new();
    }
    state.history.now.screen.face_mut().take(Ok(prepared));
    settled(state)
}

fn tell(state: &State, generation: u64, prepared: &Prepared) -> Option<Effect> {
    let Screen::Matrix(screen) = state.screen() else { return None };
    let Prepared::Matrix(matrix, notes) = prepared else { return None };
    let is_of_caller = state.is_live && screen.identity.trim().is_empty() && screen.groups.trim().is_empty();
    let has_gaps = matrix.gaps.iter().any(|effect| effect.could_change_verdict);
    let scene = state.scene().filter(|_| is_of_caller && has_gaps)?;
    Some(Effect::Tell { generation, matrix: matrix.clone(), notes: notes.clone(), scene })
}

/// Nothing is computed any more; the facts may have changed meanwhile.
fn settled(state: &mut State) -> Vec<Effect> {
    state.preparing = None;
    if std::mem::take(&mut state.is_outdated) { go::arrive(state) } else { Vec::new() }
}

/// The facts have changed: pins and the screen are decided again.
pub fn changed(state: &mut State) -> Vec<Effect> {
    let mut effects = pins::decide(state);
    let is_busy = state.preparing.is_some() && !matches!(state.screen(), Screen::Why(_));
    if is_busy {
        state.is_outdated = true;
    } else {
        effects.extend(go::arrive(state));
    }
    effects
}
