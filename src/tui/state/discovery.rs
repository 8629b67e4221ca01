//! The clusters of EKS that are looked for in AWS, because somebody asked.

use crate::base::Failure;
use crate::view::eks::Place;

/// A search.
#[derive(Clone, Debug, Default)]
pub struct Discovery {
    /// Which one it is, so that what an older one finds is let go.
    pub number: u64,
    /// How far it has come.
    pub search: Search,
    /// What is known by now, in the order in which it came.
    pub places: Vec<Place>,
    /// Why it could not even begin.
    pub failure: Option<Failure>,
}

/// How far a search has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Search {
    /// Nobody has asked.
    #[default]
    Idle,
    /// It goes on.
    Running {
        /// How many places there are to look at.
        places: usize,
    },
    /// Somebody stopped it.
    Stopped,
    /// All places were looked at.
    Ended,
}
