//! A change of kubeconfigs while it is shown, before it is made.

use crate::base::Failure;
use crate::view::change::{Planned, Wish};

/// The change.
#[derive(Clone, Debug)]
pub struct Changing {
    /// Which one it is, so that an older plan does not take the place of a newer one.
    pub number: u64,
    /// What is wanted.
    pub wish: Wish,
    /// How far it has come.
    pub stage: Stage,
    /// How many lines it is scrolled down.
    pub scroll: u16,
}

/// How far a change has come.
#[derive(Clone, Debug)]
pub enum Stage {
    /// Files are read, or AWS is asked.
    Planning,
    /// It is shown, and waits.
    Shown(Box<Planned>),
    /// It is being written.
    Writing(Box<Planned>),
    /// It cannot be made, and nothing was written.
    Failed(Failure),
}
