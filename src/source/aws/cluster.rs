//! What AWS knows of the cluster of a context, as a stream: each thing as soon as it is there, and each refusal as a gap.
//!
//! The cluster is found by what the kubeconfig tells, and held against its endpoint before anything of it is believed. At most
//! ten calls are under way at once; the access entry of who asks comes before all others.

mod aim;
mod convert;
mod entries;
mod gaps;
mod own;
mod pages;
mod reader;
mod workload;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use crate::facts::Change;
use crate::kubeconfig::Target;

pub(super) use gaps::Part;
pub use gaps::loading;

/// How much of it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// The access entries, each with its policies.
    pub entries: Entries,
    /// Whether IAM is asked about the role or user that these are about: whether it is still the one that the entry was made for.
    pub principal: bool,
    /// The identity providers.
    pub providers: Depth,
    /// The pod identity associations.
    pub associations: Depth,
    /// The service account, by namespace and name, of which alone associations are described.
    pub account: Option<(String, String)>,
}

/// Which access entries are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Entries {
    /// None.
    #[default]
    Nothing,
    /// Which there are, and nothing of them.
    Listed,
    /// That of who asks.
    Caller,
    /// That of a principal, by its ARN or that of a session, and those with the same name.
    Of(String),
    /// All, that of who asks first.
    All,
}

/// How much of something that is listed is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// Nothing.
    #[default]
    Nothing,
    /// Which there are.
    Listed,
    /// Each of them.
    Described,
}

impl Reach {
    /// What decides who one is, and what one's access policies allow.
    pub fn caller() -> Self {
        Self { entries: Entries::Caller, ..Self::default() }
    }

    /// What decides who a principal is.
    pub fn of(arn: &str) -> Self {
        Self { entries: Entries::Of(arn.to_owned()), principal: true, ..Self::default() }
    }

    /// What gives the pods of a service account a role.
    pub fn of_account(namespace: &str, name: &str) -> Self {
        Self { associations: Depth::Described, account: Some((namespace.to_owned(), name.to_owned())), ..Self::default() }
    }

    /// Everybody whom access entries let in, with their policies.
    pub fn everybody() -> Self {
        Self { entries: Entries::All, ..Self::default() }
    }

    /// How much there is of each.
    pub fn lists() -> Self {
        Self { entries: Entries::Listed, principal: false, providers: Depth::Listed, associations: Depth::Listed, account: None }
    }

    /// All of it.
    pub fn everything() -> Self {
        Self { entries: Entries::All, principal: true, providers: Depth::Described, associations: Depth::Described, account: None }
    }

    /// Whether nothing is read.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// One step of reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    /// Changes that belong together.
    Changes(Vec<Change>),
    /// How many access entries have been read.
    Progress {
        /// So far.
        read: usize,
        /// Of so many.
        of: usize,
    },
}

/// Reading under way; it ends when this is dropped.
#[derive(Debug)]
pub struct Reading {
    updates: mpsc::Receiver<Update>,
    task: AbortHandle,
}

impl Reading {
    /// Begins to read; call it inside a tokio runtime. `limit` bounds each call.
    pub fn start(target: Arc<Target>, reach: Reach, limit: Duration) -> Self {
        let (sender, updates) = mpsc::channel(64);
        let task = tokio::spawn(async move { Box::pin(own::read(&target, &reach, limit, sender)).await });
        Self { updates, task: task.abort_handle() }
    }

    /// What became known next; none when all is read, or is a gap.
    pub async fn next(&mut self) -> Option<Update> {
        self.updates.recv().await
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.task.abort();
    }
}
