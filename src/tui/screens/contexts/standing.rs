//! How the context stands that is looked into, in a word.

use crate::session::{State as Stage, Walk};
use crate::view::phrase::Tone;

/// How the context stands that is looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Everything is there.
    Open,
    /// Something is being read.
    Loading,
    /// A stage failed.
    Failed,
    /// What is known was true some time ago.
    Stale,
    /// Somebody stopped a stage.
    Stopped,
}

impl Standing {
    /// What the stages come to as a whole.
    pub fn of(walk: &Walk) -> Self {
        let some = |wanted: fn(&Stage) -> bool| walk.stages().any(|(_, stage)| wanted(&stage.state));
        if some(|state| matches!(state, Stage::Failed(_))) {
            Self::Failed
        } else if some(|state| *state == Stage::Loading) {
            Self::Loading
        } else if some(|state| matches!(state, Stage::Stale(_))) {
            Self::Stale
        } else if some(|state| *state == Stage::Cancelled) {
            Self::Stopped
        } else {
            Self::Open
        }
    }

    /// The word, and how it looks.
    pub(super) fn word(self) -> (Tone, &'static str) {
        match self {
            Self::Open => (Tone::Plain, "open"),
            Self::Loading => (Tone::Accent, "loading"),
            Self::Failed => (Tone::Bad, "failed"),
            Self::Stale => (Tone::Open, "stale"),
            Self::Stopped => (Tone::Open, "stopped"),
        }
    }
}
