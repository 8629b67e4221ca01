//! Questions that are watched.

use std::sync::Arc;
use std::time::Duration;

use super::super::message::{Answer, Effect, Ticket};
use super::super::state::{Flip, Pin, State};
use super::answers::asked_about;
use super::toast;
use crate::authz::Request;
use crate::base::Failure;
use crate::session::heed;
use crate::source::live::Reviewed;
use crate::view::flip;

/// How often the server is asked again about what it alone can decide.
const AGAIN: Duration = Duration::from_secs(10);

/// The most questions that are watched.
const MOST: usize = 20;

/// Pins the question on the screen, or lets it go.
pub fn toggle(state: &mut State) -> Vec<Effect> {
    let Some(why) = state.why() else { return Vec::new() };
    let (question, answer) = (why.question.clone(), why.answer().cloned());
    if let Some(number) = state.pin_of(&question).map(|pin| pin.number) {
        state.pins.retain(|pin| pin.number != number);
        return toast(state, "no longer pinned".to_owned());
    }
    if state.pins.len() >= MOST {
        return toast(state, format!("{MOST} questions are pinned already; p on one of them lets it go"));
    }
    state.generation += 1;
    let answer = answer.filter(|answer| answer.is_whole);
    let pin = Pin { number: state.generation, context: state.context.clone(), question, answer, open: None, flip: None, generation: 0 };
    state.pins.push(pin);
    // what the facts leave open the server is asked about from now on
    let mut effects = decide(state, |pin| pin.open.is_none() && pin.generation == 0);
    effects.extend(toast(state, "pinned: it is decided again whenever something changes; 1 shows what is pinned".to_owned()));
    effects
}

/// Decides the pins of the open context again.
pub fn decide_all(state: &mut State) -> Vec<Effect> {
    decide(state, |_| true)
}

fn decide(state: &mut State, which: impl Fn(&Pin) -> bool) -> Vec<Effect> {
    let Some(scene) = state.scene() else { return Vec::new() };
    let mut effects = Vec::new();
    for pin in state.pins.iter_mut().filter(|pin| pin.context == scene.context && which(pin)) {
        state.generation += 1;
        pin.generation = state.generation;
        let ticket = Ticket::Pin(pin.number, pin.generation);
        effects.push(Effect::Decide { ticket, question: pin.question.clone(), scene: scene.clone() });
    }
    effects
}

/// A pin is decided. What the facts say counts, so that a change is told in the moment in which it is seen; what they leave
/// open, or what the server is known to see otherwise, the server is asked about.
pub fn decided(state: &mut State, number: u64, generation: u64, answer: Result<Answer, Failure>) -> Vec<Effect> {
    let is_live = state.is_live;
    let Some(pin) = state.pins.iter_mut().find(|pin| pin.number == number && pin.generation == generation) else { return Vec::new() };
    // what is decided of half the facts says nothing of a change
    let Some(answer) = answer.ok().filter(|answer| answer.is_whole) else { return Vec::new() };
    if is_live && pin.wants_the_server(&answer) {
        let effect = review(&answer, number, generation, Duration::ZERO);
        pin.open = Some(answer);
        return vec![effect];
    }
    settle(state, number, &answer)
}

/// The server has spoken on a pin; it is asked again now and then, since nothing else would tell of a change.
pub fn reviewed(state: &mut State, number: u64, generation: u64, verdicts: &[(Request, Reviewed)]) -> Vec<Effect> {
    let Some(pin) = state.pins.iter().find(|pin| pin.number == number && pin.generation == generation) else { return Vec::new() };
    let Some(mut answer) = pin.open.clone() else { return Vec::new() };
    let again = review(&answer, number, generation, AGAIN);
    for (_, decision) in &mut answer.parts {
        if let Some((_, verdict)) = verdicts.iter().find(|(request, _)| *request == decision.request) {
            heed(Arc::make_mut(decision), verdict);
        }
    }
    let mut effects = settle(state, number, &answer);
    effects.push(again);
    effects
}

fn review(answer: &Answer, number: u64, generation: u64, after: Duration) -> Effect {
    let requests = answer.parts.iter().map(|(_, decision)| decision.request).collect();
    Effect::Review { ticket: Ticket::Pin(number, generation), identity: asked_about(answer), requests, after }
}

/// Takes the answer, and says so when the verdict is another one.
fn settle(state: &mut State, number: u64, answer: &Answer) -> Vec<Effect> {
    let at = state.now.clock.clone();
    let snapshot = state.walk.snapshot.clone();
    let shown = state.why().map(|why| why.question.clone());
    let Some(pin) = state.pins.iter_mut().find(|pin| pin.number == number) else { return Vec::new() };
    let before = pin.answer.replace(answer.clone());
    let Some(before) = before.filter(|before| before.whole().0 != answer.whole().0) else { return Vec::new() };
    let facts = snapshot.as_ref().map(|snapshot| &snapshot.facts);
    let (Some((_, old)), Some((_, new))) = (before.parts.get(answer.whole().1), answer.parts.get(answer.whole().1)) else {
        return Vec::new();
    };
    let sentence = flip::sentence(old, new, facts);
    let is_seen = shown.as_ref() == Some(&pin.question);
    pin.flip = Some(Flip { at, sentence: sentence.clone(), is_seen });
    toast(state, sentence)
}
