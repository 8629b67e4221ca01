//! What happens to the state, and what it wants done.

use std::sync::Arc;

use crate::authz::{Decision, Index, Part};
use crate::base::Failure;
use crate::source::{Cluster, World};
use crate::view::question::Question;

/// Something that happened.
#[derive(Debug)]
pub enum Message {
    /// A key, by its name: `j`, `enter`, `ctrl-c`.
    Key(String),
    /// Text that was pasted.
    Paste(String),
    /// The terminal has this size now.
    Resize(u16, u16),
    /// The facts are there, or why not.
    Loaded(Result<Box<Loaded>, Failure>),
    /// A question is decided; of a generation that may be past.
    Decided(u64, Result<Answer, Failure>),
    /// Something was copied: what, and how many bytes.
    Copied(String, usize),
    /// The toast has been read.
    ToastOver(u64),
}

/// The facts of a world, with an index for each cluster.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The world.
    pub world: World,
    /// The indices, in the order of the clusters.
    pub indices: Vec<Arc<Index>>,
}

/// The answer to a question.
#[derive(Clone, Debug)]
pub struct Answer {
    /// How it was read.
    pub read_as: String,
    /// What was made of it, as sentences.
    pub notes: Vec<String>,
    /// The requests it needs, each decided.
    pub parts: Vec<(Part, Arc<Decision>)>,
}

/// Something to be done outside.
#[derive(Debug)]
pub enum Effect {
    /// Decide a question.
    Decide {
        /// The generation of the answer; an older one is dropped.
        generation: u64,
        /// The question.
        question: Question,
        /// The cluster that it is asked of.
        cluster: Box<Cluster>,
        /// The same, indexed.
        index: Arc<Index>,
    },
    /// Copy a text; `what` says what it is.
    Copy {
        /// What it is.
        what: String,
        /// The text.
        text: String,
    },
    /// Take the toast away after a while.
    ToastLater(u64),
    /// Give the terminal back until `fg`.
    Suspend,
    /// Draw everything anew.
    Redraw,
    /// End.
    Quit,
}
