//! What AWS knows of a cluster of EKS, read beside roles and bindings: what is not there yet is a gap until it is.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::base::text::count;
use crate::base::{Failure, Gap, Loss};
use crate::facts::Change;
use crate::facts::aws::AwsFacts;
use crate::kubeconfig::Target;
use crate::kubeconfig::provider::is_eks;
use crate::session::keeper::Keeper;
use crate::session::{Stage, State};
use crate::source::aws::{Reach, Reading, Update, loading};

/// Reading in AWS, or its end.
#[derive(Debug)]
pub struct Amazon {
    reading: Option<Reading>,
    began: Instant,
}

impl Amazon {
    /// Begins to read what is wanted of a cluster; nothing where it is none of EKS.
    pub fn start(target: &Arc<Target>, reach: &Reach, limit: Duration, keeper: &mut Keeper) -> Self {
        let is_read = !reach.is_nothing() && is_eks(&target.cluster, &target.user);
        let reading = is_read.then(|| {
            keeper.take(vec![Change::Gap(loading())]);
            Reading::start(Arc::clone(target), reach.clone(), limit)
        });
        Self { reading, began: Instant::now() }
    }

    /// How it stands at its beginning; none where nothing is read.
    pub fn first(&self) -> Option<Stage> {
        self.reading.as_ref().map(|_| self.stage(State::Loading, "asking AWS".to_owned()))
    }

    /// Whether everything is read.
    pub fn is_over(&self) -> bool {
        self.reading.is_none()
    }

    /// The next step; never, where nothing is read. None at the end.
    pub async fn next(&mut self) -> Option<Update> {
        match &mut self.reading {
            Some(reading) => reading.next().await,
            None => std::future::pending().await,
        }
    }

    /// Takes a step; gives how it stands where that is told.
    pub fn take(&mut self, update: Option<Update>, keeper: &mut Keeper) -> Option<Stage> {
        match update {
            Some(Update::Changes(changes)) => {
                keeper.take(changes);
                None
            }
            Some(Update::Progress { read, of }) => Some(self.stage(State::Loading, format!("{read} of {}", count(of, "access entry")))),
            None => {
                self.reading = None;
                keeper.take(vec![Change::Filled(loading().what)]);
                let facts = keeper.facts();
                Some(match whole(facts.gaps()).filter(|_| facts.aws().is_empty()) {
                    Some(failure) => self.stage(State::Failed(failure), String::new()),
                    None => self.stage(State::Ready, told(facts.aws())),
                })
            }
        }
    }

    /// Stops it, if it runs: what has not come stays a gap.
    pub fn stop(&mut self, keeper: &mut Keeper) -> Option<Stage> {
        self.reading.take()?;
        let gap = Gap { why: "it was stopped".to_owned(), loss: Loss::Unreachable, ..loading() };
        keeper.take(vec![Change::Filled(gap.what.clone()), Change::Gap(gap)]);
        Some(self.stage(State::Cancelled, "stopped; r reads everything".to_owned()))
    }

    fn stage(&self, state: State, message: String) -> Stage {
        let took = if state == State::Loading { Duration::ZERO } else { self.began.elapsed() };
        Stage { state, took, message }
    }
}

/// Why nothing at all was told.
fn whole(gaps: &[Gap]) -> Option<Failure> {
    let gap = gaps.iter().find(|gap| gap.may_hold_anywhere("AccessEntry") && !gap.kinds.is_empty())?;
    let failure = Failure::failed(gap.why.clone());
    Some(match &gap.settled_by {
        Some(hint) => failure.hint(hint.clone()),
        None => failure,
    })
}

/// What is known: `API, 12 access entries`.
fn told(aws: &AwsFacts) -> String {
    let mode = aws.cluster().and_then(|cluster| cluster.authentication_mode).map(|mode| mode.as_str().to_owned());
    let entries = aws.listed.as_ref().map(|listed| count(listed.names.len(), "access entry"));
    mode.into_iter().chain(entries).collect::<Vec<_>>().join(", ")
}
