//! One context's stages over time: where am I pointed, what do I present, who am I there, what may I.
//!
//! Each stage is idle, loading, ready, failed or stale; what it knew stays when a later attempt fails.

use std::time::Duration;

use crate::base::Failure;

/// The stages of the walk, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Where am I pointed?
    Kubeconfig,
    /// What do I present?
    Credential,
    /// Who does the cluster take me for?
    Identity,
    /// What do roles and bindings say?
    Authorization,
}

impl Step {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [Self::Kubeconfig, Self::Credential, Self::Identity, Self::Authorization];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kubeconfig => "kubeconfig",
            Self::Credential => "credential",
            Self::Identity => "identity",
            Self::Authorization => "authorization",
        }
    }
}

/// How a stage stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// It has not begun.
    #[default]
    Idle,
    /// It is being read.
    Loading,
    /// It is there.
    Ready,
    /// It could not be had, and why.
    Failed(Failure),
    /// It is there, but was true some time ago; why it cannot be had anew.
    Stale(Failure),
    /// Somebody stopped it.
    Cancelled,
}

/// One stage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stage {
    /// How it stands.
    pub state: State,
    /// How long it took, or has taken so far.
    pub took: Duration,
    /// What came of it, or what is being done, in a few words.
    pub message: String,
}
