//! What whycan remembers between its runs: where one was, what else contexts are called, and the last change of ours.
//!
//! It stands in `$XDG_STATE_HOME/whycan` (else `~/.local/state/whycan`), for its owner alone. Nothing fails because of it:
//! without a home, or with a file that cannot be read, whycan works, and says what it could not remember.

mod effect;
mod store;
mod undo;
mod visits;

use std::ffi::OsString;
use std::path::PathBuf;

use jiff::Timestamp;

use super::kubeconfig::Written;
use crate::base::Failure;
use store::{Read, Store};

pub use undo::Undo;
pub use visits::{Alias, State, Visit};

/// The file of what [`State`] holds.
const STATE: &str = "state.json";
/// The file of the last change; it may hold secrets.
const UNDO: &str = "undo.json";

/// Where whycan remembers.
#[derive(Clone, Debug)]
pub struct Memory {
    store: Option<Store>,
}

impl Memory {
    /// As the environment says.
    pub fn here() -> Self {
        Self::at(folder(|name| std::env::var_os(name)))
    }

    /// In a folder, which need not be there; without one nothing is remembered.
    pub fn at(folder: Option<PathBuf>) -> Self {
        Self { store: folder.map(Store::new) }
    }

    /// What is remembered, and notes about what is not.
    pub fn recall(&self) -> (State, Vec<String>) {
        let Some(store) = &self.store else { return (State::default(), Vec::new()) };
        match store.read(STATE) {
            Read::Value(state) => (state, Vec::new()),
            Read::Nothing => (State::default(), Vec::new()),
            Read::Newer(note) | Read::Broken(note) => (State::default(), vec![note]),
        }
    }

    /// Changes what is remembered, and gives notes about what could not be.
    pub fn change(&self, change: impl FnOnce(&mut State)) -> Vec<String> {
        let Some(store) = &self.store else { return Vec::new() };
        let mut notes = Vec::new();
        let changed = store.locked(|store| {
            let mut state = match store.read(STATE) {
                Read::Value(state) => state,
                Read::Nothing => State::default(),
                // it belongs to another whycan
                Read::Newer(note) => {
                    notes.push(note);
                    return Ok(());
                }
                Read::Broken(note) => {
                    notes.push(note);
                    store.set_aside(STATE)?;
                    State::default()
                }
            };
            let before = state.clone();
            change(&mut state);
            if state == before { Ok(()) } else { store.write(STATE, &state) }
        });
        if let Err(why) = changed {
            notes.push(format!("this is not remembered: {why}"));
        }
        notes
    }

    /// Keeps what is needed to take a change back; the change before it can no longer be taken back.
    pub fn keep(&self, written: &Written, at: Timestamp) -> Vec<String> {
        let Some(store) = self.store.as_ref().filter(|_| !written.plan.edits.is_empty()) else { return Vec::new() };
        let kept = store.locked(|store| store.write(UNDO, &undo::Last::of(&written.plan, at)));
        kept.err().map(|why| format!("this change cannot be undone: {why}")).into_iter().collect()
    }

    /// What undoing the last change would do.
    ///
    /// # Errors
    /// When there is nothing to undo, or a file is no longer as the change left it.
    pub fn plan_undo(&self) -> Result<Undo, Failure> {
        self.last()?.plan()
    }

    /// Takes back the last change, under kubectl's locks.
    ///
    /// # Errors
    /// As [`plan_undo`](Self::plan_undo), and when a file cannot be written. Then every file is as it was.
    pub fn undo(&self) -> Result<Undo, Failure> {
        let mut last = self.last()?;
        let undo = last.take_back()?;
        last.forget();
        // it is done, whether or not that can be noted: the files are then no longer as the change left them
        if let Some(store) = &self.store {
            let _ = store.locked(|store| store.write(UNDO, &last));
        }
        Ok(undo)
    }

    /// Tells, as a sentence, what of the last change of ours is no longer there because another program has put back what was
    /// there before: kubectl writes what it read before we wrote.
    pub fn reverted(&self) -> Option<String> {
        self.last().ok()?.reverted()
    }

    fn last(&self) -> Result<undo::Last, Failure> {
        let nothing = || Failure::failed("there is nothing to undo: whycan has changed no kubeconfig");
        match self.store.as_ref().ok_or_else(nothing)?.read::<undo::Last>(UNDO) {
            Read::Value(last) if last.is_undone => {
                Err(Failure::failed(format!("there is nothing to undo: the last change ({}) was taken back already", last.summary)))
            }
            Read::Value(last) => Ok(last),
            Read::Nothing => Err(nothing()),
            Read::Newer(note) | Read::Broken(note) => Err(Failure::failed(format!("the last change is not known: {note}"))),
        }
    }
}

/// Where the environment has state stand; none without a home.
fn folder(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    // a relative path is to be ignored (XDG Base Directory Specification)
    let set = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || set("HOME").or_else(|| if cfg!(windows) { set("USERPROFILE") } else { None });
    let state = set("XDG_STATE_HOME").or_else(|| home().map(|home| home.join(".local").join("state")))?;
    Some(state.join("whycan"))
}

#[cfg(test)]
mod tests;
