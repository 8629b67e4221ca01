//! Clusters that are looked for in AWS: only because somebody asked, and no longer than somebody wants.

use std::sync::Arc;

use super::super::message::Effect;
use super::super::state::{Discovery, Search, State};
use super::{session, toast};
use crate::base::Failure;
use crate::view::eks::Place;

/// Begins to look; a search before it ends.
pub fn begin(state: &mut State) -> Vec<Effect> {
    let number = state.discovery.number + 1;
    state.discovery = Arc::new(Discovery { number, search: Search::Running { places: 0 }, ..Discovery::default() });
    session::show(state);
    vec![Effect::Search(number)]
}

/// Stops looking; what was found stays.
pub fn stop(state: &mut State) -> Vec<Effect> {
    let number = state.discovery.number;
    change(state, number, |discovery| {
        // what still comes is of no account
        discovery.number += 1;
        discovery.search = Search::Stopped;
    });
    let mut effects = toast(state, "stopped looking in AWS".to_owned());
    effects.push(Effect::StopSearch);
    effects
}

/// It has begun in so many places, or cannot.
pub fn begun(state: &mut State, number: u64, begun: Result<usize, Failure>) -> Vec<Effect> {
    change(state, number, |discovery| match begun {
        Ok(places) => discovery.search = Search::Running { places },
        Err(failure) => {
            discovery.search = Search::Ended;
            discovery.failure = Some(failure);
        }
    })
}

/// A place was looked at.
pub fn found(state: &mut State, number: u64, place: Place) -> Vec<Effect> {
    change(state, number, |discovery| discovery.places.push(place))
}

/// All were.
pub fn ended(state: &mut State, number: u64) -> Vec<Effect> {
    change(state, number, |discovery| discovery.search = Search::Ended)
}

/// Changes what is known of a search, unless it is past, and shows it.
fn change(state: &mut State, number: u64, change: impl FnOnce(&mut Discovery)) -> Vec<Effect> {
    if state.discovery.number == number {
        change(Arc::make_mut(&mut state.discovery));
        session::show(state);
    }
    Vec::new()
}
