//! What each message does to the state. No I/O: what must be done outside comes back as effects.

mod act;
mod answers;
mod ask;
mod change;
mod command;
mod edit;
mod filter;
mod go;
mod pins;
mod search;
mod session;
mod token;

use super::message::{Effect, Message};
use super::screens::Screen;
use super::state::{Overlay, State, Toast};
use crate::view::actions::{self, Action};

pub use act::is_available;

/// Takes a message.
pub fn update(state: &mut State, message: Message) -> Vec<Effect> {
    let effects = take(state, message);
    token::settle(state);
    effects
}

fn take(state: &mut State, message: Message) -> Vec<Effect> {
    match message {
        Message::Resize(width, height) => {
            state.size = (width, height);
            Vec::new()
        }
        Message::Key(key) => on_key(state, &key),
        Message::Paste(text) => match state.overlay {
            Overlay::Command(_) => command::paste(state, &text),
            Overlay::Filter(_) => filter::paste(state, &text),
            // what is shown is answered by a key
            Overlay::Change(_) | Overlay::Ask(_) => Vec::new(),
            Overlay::Paste(_) => ask::paste(state, text),
            Overlay::None if matches!(state.screen(), Screen::Token(_)) => {
                let mut effects = ask::open(state);
                effects.extend(ask::paste(state, text));
                effects
            }
            _ => edit::paste(state, &text),
        },
        Message::Loaded(loaded) => session::loaded(state, loaded),
        Message::Contexts(contexts) => session::listed(state, contexts),
        Message::Session(number, when, event) => session::told(state, number, when, event),
        Message::Tick(pace, when) => session::tick(state, pace, when),
        Message::Decided(ticket, when, answer) => answers::decided(state, ticket, when, answer),
        Message::Reviewed(ticket, verdicts) => answers::reviewed(state, ticket, &verdicts),
        Message::Prepared(generation, prepared) => answers::prepared(state, generation, prepared),
        Message::Told(generation, prepared) => answers::told(state, generation, prepared),
        Message::Searching(number, begun) => search::begun(state, number, begun),
        Message::Discovered(number, place) => search::found(state, number, *place),
        Message::SearchEnded(number) => search::ended(state, number),
        Message::Planned(number, planned) => change::planned(state, number, planned),
        Message::Changed(number, changed) => change::made(state, number, changed),
        Message::FilesChanged => vec![Effect::List],
        Message::ShellEnded(ended) => change::shell_ended(state, ended),
        Message::LoggedIn(ended) => token::logged_in(state, ended),
        Message::Hide(number) => token::hide(state, number),
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
    match state.overlay {
        Overlay::Editor(_) => return edit::key(state, key),
        Overlay::Command(_) => return command::key(state, key),
        Overlay::Filter(_) => return filter::key(state, key),
        Overlay::Change(_) => return change::key(state, key),
        Overlay::Ask(_) => return ask::key(state, key),
        Overlay::Paste(_) => return ask::type_in(state, key),
        Overlay::None | Overlay::Help(_) => {}
    }
    match actions::of_key(key) {
        Some(Action::Quit) => vec![Effect::Quit],
        Some(action) => act::act(state, action),
        None => Vec::new(),
    }
}

fn toast(state: &mut State, text: String) -> Vec<Effect> {
    state.toasts += 1;
    state.toast = Some(Toast { text, number: state.toasts });
    vec![Effect::ToastLater(state.toasts)]
}
