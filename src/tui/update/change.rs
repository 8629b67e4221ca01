//! A change of kubeconfigs: shown first, made when somebody says so.

use super::super::draw::change_range;
use super::super::message::Effect;
use super::super::screens::why::scrolled;
use super::super::state::{ChangeStage, Changing, Overlay, State};
use super::toast;
use crate::base::Failure;
use crate::kubeconfig::Change;
use crate::view::actions::{Action, of_key};
use crate::view::change::{Planned, Wish};

/// Plans a change, to be shown.
pub fn begin(state: &mut State, wish: Wish) -> Vec<Effect> {
    if !state.is_live {
        return toast(state, "recorded facts come from no kubeconfig: there is nothing to change".to_owned());
    }
    state.changes += 1;
    let number = state.changes;
    state.overlay = Overlay::Change(Box::new(Changing { number, wish: wish.clone(), stage: ChangeStage::Planning, scroll: 0 }));
    vec![Effect::Plan { number, wish }]
}

/// It is planned, or cannot be.
pub fn planned(state: &mut State, number: u64, planned: Result<Box<Planned>, Failure>) -> Vec<Effect> {
    if let Some(changing) = open(state, number) {
        changing.stage = planned.map_or_else(ChangeStage::Failed, ChangeStage::Shown);
    }
    Vec::new()
}

/// It was made, or was not.
pub fn made(state: &mut State, number: u64, made: Result<Vec<String>, Failure>) -> Vec<Effect> {
    match made {
        Ok(sentences) => {
            if open(state, number).is_some() {
                state.overlay = Overlay::None;
            }
            let mut effects = toast(state, sentences.join("; "));
            effects.push(Effect::List);
            effects
        }
        Err(failure) => match open(state, number) {
            Some(changing) => {
                changing.stage = ChangeStage::Failed(failure);
                Vec::new()
            }
            // whoever left it must hear of it all the same
            None => toast(state, failure.message),
        },
    }
}

/// The shell of a context has ended.
pub fn shell_ended(state: &mut State, ended: Result<String, Failure>) -> Vec<Effect> {
    let text = match ended {
        Ok(sentence) => sentence,
        Err(failure) => match failure.hints.first() {
            Some(hint) => format!("{}: {hint}", failure.message),
            None => failure.message,
        },
    };
    let mut effects = toast(state, text);
    effects.push(Effect::List);
    effects
}

/// The change of a number, while it is shown.
fn open(state: &mut State, number: u64) -> Option<&mut Changing> {
    match &mut state.overlay {
        Overlay::Change(changing) if changing.number == number => Some(changing),
        _ => None,
    }
}

/// A key while a change is shown.
pub fn key(state: &mut State, key: &str) -> Vec<Effect> {
    let (last, lines) = change_range(state);
    let Overlay::Change(changing) = &mut state.overlay else { return Vec::new() };
    match (of_key(key), &changing.stage) {
        (Some(Action::Redraw), _) => return vec![Effect::Redraw],
        // it is on its way: it ends in a moment, and says how
        (_, ChangeStage::Writing(_)) | (Some(Action::Open), ChangeStage::Planning) => {}
        (Some(Action::Open), ChangeStage::Shown(planned)) if !planned.is_nothing() => {
            let (number, planned) = (changing.number, planned.clone());
            changing.stage = ChangeStage::Writing(planned.clone());
            return vec![Effect::Change { number, planned }];
        }
        (Some(Action::Toggle), ChangeStage::Shown(planned)) => {
            if let (Some(_), Wish::Change(Change::Delete { context, with_unused })) = (planned.takes_along(), &changing.wish) {
                let wish = Wish::Change(Change::Delete { context: context.clone(), with_unused: !with_unused });
                return begin(state, wish);
            }
        }
        (Some(Action::Open | Action::Back | Action::Left | Action::Quit), _) => state.overlay = Overlay::None,
        (
            Some(action @ (Action::Up | Action::Down | Action::PageUp | Action::PageDown | Action::First | Action::Last)),
            ChangeStage::Shown(_) | ChangeStage::Failed(_),
        ) => changing.scroll = scrolled(changing.scroll, action, lines, last),
        _ => {}
    }
    Vec::new()
}
