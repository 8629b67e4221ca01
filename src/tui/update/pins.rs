//! Questions that are watched.

use super::super::message::{Answer, Effect, Ticket};
use super::super::state::{Flip, Pin, State};
use super::toast;
use crate::base::Failure;
use crate::view::flip;

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
    let pin = Pin { number: state.generation, context: state.context.clone(), question, answer, flip: None, generation: 0 };
    state.pins.push(pin);
    toast(state, "pinned: it is decided again whenever something changes; 1 shows what is pinned".to_owned())
}

/// Decides the pins of the open context again.
pub fn decide(state: &mut State) -> Vec<Effect> {
    let Some(scene) = state.scene() else { return Vec::new() };
    let mut effects = Vec::new();
    for pin in state.pins.iter_mut().filter(|pin| pin.context == scene.context) {
        state.generation += 1;
        pin.generation = state.generation;
        let ticket = Ticket::Pin(pin.number, pin.generation);
        effects.push(Effect::Decide { ticket, question: pin.question.clone(), scene: scene.clone() });
    }
    effects
}

/// A pin is decided: says so when the verdict is another one.
pub fn decided(state: &mut State, number: u64, generation: u64, answer: Result<Answer, Failure>) -> Vec<Effect> {
    let at = state.now.clock.clone();
    let snapshot = state.walk.snapshot.clone();
    let shown = state.why().map(|why| why.question.clone());
    let Some(pin) = state.pins.iter_mut().find(|pin| pin.number == number && pin.generation == generation) else { return Vec::new() };
    // what is decided of half the facts says nothing of a change
    let Some(answer) = answer.ok().filter(|answer| answer.is_whole) else { return Vec::new() };
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
