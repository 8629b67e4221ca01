//! What each message does to the state. No I/O: what must be done outside comes back as effects.

mod browse;
mod edit;

use std::sync::Arc;

use super::message::{Effect, Loaded, Message};
use super::state::{Editor, Field, Focus, Overlay, Stage, State, Toast};
use crate::authz::combine::combine;
use crate::base::Failure;
use crate::view::actions::{self, Action};
use crate::view::question::Question;
use crate::view::why;

/// The most questions that are remembered.
const MOST_REMEMBERED: usize = 200;

/// Takes a message.
pub fn update(state: &mut State, message: Message) -> Vec<Effect> {
    match message {
        Message::Resize(width, height) => {
            state.size = (width, height);
            Vec::new()
        }
        Message::Key(key) => on_key(state, &key),
        Message::Paste(text) => edit::paste(state, &text),
        Message::Loaded(loaded) => on_loaded(state, loaded),
        Message::Decided(generation, answer) => {
            // an answer to a question that nobody asks any more
            if generation == state.generation {
                state.is_deciding = false;
                match answer {
                    Ok(answer) => {
                        state.part = deciding_part(&answer);
                        state.stage = Stage::Answered(answer);
                        show(state);
                    }
                    Err(failure) => state.stage = Stage::Invalid(failure),
                }
            }
            Vec::new()
        }
        Message::Copied(what, bytes) => toast(state, format!("copied {what} ({})", crate::base::text::count(bytes, "byte"))),
        Message::ToastOver(number) => {
            if state.toast.as_ref().is_some_and(|toast| toast.number == number) {
                state.toast = None;
            }
            Vec::new()
        }
    }
}

fn on_key(state: &mut State, key: &str) -> Vec<Effect> {
    // these mean the same in the middle of a word
    match key {
        "ctrl-c" => return vec![Effect::Quit],
        "ctrl-z" => return vec![Effect::Suspend],
        _ => {}
    }
    // the next key takes a toast away, as reading it took no key
    state.toast = None;
    if matches!(state.overlay, Overlay::Editor(_)) {
        return edit::key(state, key);
    }
    match actions::of_key(key) {
        Some(action) => browse::act(state, action),
        None => Vec::new(),
    }
}

fn on_loaded(state: &mut State, loaded: Result<Box<Loaded>, Failure>) -> Vec<Effect> {
    let loaded = match loaded {
        Ok(loaded) => loaded,
        Err(failure) => {
            state.stage = Stage::Failed(failure);
            return Vec::new();
        }
    };
    let cluster = match loaded.world.cluster(state.wanted_context.as_deref()) {
        Ok(cluster) => loaded.world.clusters.iter().position(|other| std::ptr::eq(other, cluster)).unwrap_or_default(),
        // several clusters and none is current: the first is as good as any, and c chooses
        Err(_) if state.wanted_context.is_none() => 0,
        Err(failure) => {
            state.stage = Stage::Failed(failure);
            return Vec::new();
        }
    };
    state.cluster = cluster;
    state.loaded = Some(Arc::new(*loaded));
    if state.question.is_empty() {
        state.stage = Stage::Nothing;
        state.overlay = Overlay::Editor(Box::new(Editor::new(&state.question, Field::Verb)));
        edit::understand(state);
        return Vec::new();
    }
    let question = state.question.clone();
    ask(state, question)
}

/// Asks a question, and remembers it.
fn ask(state: &mut State, question: Question) -> Vec<Effect> {
    let place = (state.cluster, question.clone());
    if state.history.get(state.at) != Some(&place) {
        state.history.truncate(state.at + 1);
        state.history.push(place);
        let surplus = state.history.len().saturating_sub(MOST_REMEMBERED);
        state.history.drain(..surplus);
        state.at = state.history.len() - 1;
    }
    decide(state, question)
}

/// Decides a question that is already remembered.
fn decide(state: &mut State, question: Question) -> Vec<Effect> {
    state.question = question.clone();
    state.overlay = Overlay::None;
    state.focus = Focus::Tree;
    state.scroll = 0;
    let (Some(cluster), Some(index)) = (state.cluster(), state.index()) else { return Vec::new() };
    let (cluster, index) = (Box::new(cluster.clone()), Arc::clone(index));
    state.generation += 1;
    state.is_deciding = true;
    if !matches!(state.stage, Stage::Answered(_)) {
        state.stage = Stage::Deciding;
    }
    vec![Effect::Decide { generation: state.generation, question, cluster, index }]
}

/// The request that decides a question of several.
fn deciding_part(answer: &super::message::Answer) -> usize {
    combine(&answer.parts.iter().map(|(part, decision)| (part.need, decision.verdict)).collect::<Vec<_>>()).1
}

/// Shows the tree of the request that is chosen.
fn show(state: &mut State) {
    let nodes = state.shown().map(|shown| why::tree(&shown)).unwrap_or_default();
    state.tree.show(nodes);
    state.scroll = 0;
}

fn toast(state: &mut State, text: String) -> Vec<Effect> {
    state.toasts += 1;
    state.toast = Some(Toast { text, number: state.toasts });
    vec![Effect::ToastLater(state.toasts)]
}

/// Whether an action does something now; the hints leave the others out.
pub fn is_available(state: &State, action: Action) -> bool {
    browse::available(state, action).is_ok()
}
