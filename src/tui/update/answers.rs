//! What was decided, reviewed and computed beside the loop.

use super::super::message::{Answer, Effect, Prepared, Ticket, When};
use super::super::screens::Screen;
use super::super::state::State;
use super::{go, pins};
use crate::authz::{Request, ServerVerdict};
use crate::base::Failure;
use crate::identity::Identity;

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
            if is_live { review(state) } else { Vec::new() }
        }
    }
}

/// Asks the server what the screen wants to hear of it.
fn review(state: &mut State) -> Vec<Effect> {
    let number = state.generation + 1;
    let Screen::Why(why) = &mut state.history.now.screen else { return Vec::new() };
    let Some((requests, after)) = why.to_review(number) else { return Vec::new() };
    state.generation = number;
    let identity = why.answer().and_then(asked_about);
    vec![Effect::Review { ticket: Ticket::Screen(number), identity, requests, after }]
}

/// Whom a review names; none for the caller.
pub fn asked_about(answer: &Answer) -> Option<Identity> {
    let (_, decision) = answer.parts.first().filter(|_| !answer.is_caller)?;
    Some(decision.identity.clone())
}

/// The server has spoken.
pub fn reviewed(state: &mut State, ticket: Ticket, verdicts: &[(Request, Result<ServerVerdict, Failure>)]) -> Vec<Effect> {
    match (ticket, &mut state.history.now.screen) {
        (Ticket::Pin(pin, generation), _) => pins::reviewed(state, pin, generation, verdicts),
        (Ticket::Screen(number), Screen::Why(why)) if why.awaits(number) => {
            why.heed(verdicts);
            review(state)
        }
        (Ticket::Screen(_), _) => Vec::new(),
    }
}

/// What a screen shows is computed. A matrix of the caller with gaps in it is then filled with what the server tells.
pub fn prepared(state: &mut State, generation: u64, prepared: Result<Prepared, Failure>) -> Vec<Effect> {
    if state.preparing != Some(generation) {
        return Vec::new();
    }
    if let (Screen::Matrix(screen), Ok(Prepared::Matrix(matrix, _))) = (state.screen(), &prepared)
        && screen.asked.as_ref() == Some(matrix)
    {
        return settled(state);
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

fn tell(state: &mut State, generation: u64, prepared: &Prepared) -> Option<Effect> {
    let scene = state.scene().filter(|scene| scene.is_live)?;
    let Screen::Matrix(screen) = &mut state.history.now.screen else { return None };
    let Prepared::Matrix(matrix, notes) = prepared else { return None };
    screen.asked = None;
    let is_of_caller = screen.identity.trim().is_empty() && screen.groups.trim().is_empty();
    if !is_of_caller || !matrix.gaps.iter().any(|effect| effect.could_change_verdict) {
        return None;
    }
    screen.asked = Some(matrix.clone());
    Some(Effect::Tell { generation, matrix: matrix.clone(), notes: notes.clone(), scene })
}

/// Nothing is computed any more; the facts may have changed meanwhile.
fn settled(state: &mut State) -> Vec<Effect> {
    state.preparing = None;
    if std::mem::take(&mut state.is_outdated) { go::arrive(state) } else { Vec::new() }
}

/// The facts have changed: pins and the screen are decided again.
pub fn changed(state: &mut State) -> Vec<Effect> {
    let mut effects = pins::decide_all(state);
    let is_busy = state.preparing.is_some() && !matches!(state.screen(), Screen::Why(_));
    if is_busy {
        state.is_outdated = true;
    } else {
        effects.extend(go::arrive(state));
    }
    effects
}
