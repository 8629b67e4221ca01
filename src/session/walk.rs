//! What the stages have come to: a plain value.

use std::sync::Arc;
use std::time::Duration;

use super::{Event, Snapshot, Stage, State, Step};
use crate::kubeconfig::Target;
use crate::source::aws::Principal;
use crate::source::live::{Caller, Checked, Presented, Version};

/// The stages of one context, and what each has given.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    stages: [Stage; Step::ALL.len()],
    /// How far AWS has told what it knows of the cluster; idle where it is not asked.
    pub aws: Stage,
    /// Where the context leads.
    pub target: Option<Arc<Target>>,
    /// What is presented there.
    pub presented: Option<Presented>,
    /// What the cluster and the issuer tell of that.
    pub checked: Option<Box<Checked>>,
    /// Who signed an EKS token, as AWS says.
    pub principal: Option<Principal>,
    /// Who one is without acting as somebody else, where the kubeconfig says to.
    pub oneself: Option<Caller>,
    /// Who the server takes the caller for.
    pub caller: Option<Caller>,
    /// What the server is.
    pub version: Option<Version>,
    /// What is known of the cluster.
    pub snapshot: Option<Arc<Snapshot>>,
}

impl Walk {
    /// The walk of recorded facts: nothing is presented to anybody.
    pub fn recorded(snapshot: Arc<Snapshot>) -> Self {
        let mut walk = Self { snapshot: Some(snapshot), ..Self::default() };
        walk.set(Step::Authorization, Stage { state: State::Ready, message: "recorded".to_owned(), ..Stage::default() });
        walk
    }

    /// Takes what became known; what was known before stays until something replaces it.
    pub fn take(&mut self, event: Event) {
        match event {
            Event::Stage(step, stage) => {
                // who somebody was with a credential that is not taken any more says nothing of now
                if matches!(stage.state, State::Failed(_)) {
                    match step {
                        Step::Caller => self.principal = None,
                        Step::Identity => (self.oneself, self.caller) = (None, None),
                        Step::Kubeconfig | Step::Credential | Step::Authorization => {}
                    }
                }
                self.set(step, stage);
            }
            Event::Target(target) => {
                if self.target.as_ref().is_some_and(|before| !before.leads_to_the_same(&target)) {
                    *self = Self { stages: std::mem::take(&mut self.stages), ..Self::default() };
                }
                self.target = Some(target);
            }
            // what was told was about what was presented before
            Event::Presented(presented) => (self.presented, self.checked) = (Some(*presented), None),
            Event::Checked(checked) => self.checked = Some(checked),
            Event::Principal(principal) => self.principal = Some(principal),
            Event::Oneself(caller) => self.oneself = Some(caller),
            Event::Caller(caller) => self.caller = Some(caller),
            Event::Version(version) => self.version = Some(version),
            Event::Aws(stage) => self.aws = stage,
            Event::Snapshot(snapshot) => self.snapshot = Some(snapshot),
        }
    }

    fn set(&mut self, step: Step, stage: Stage) {
        if let Some(slot) = self.stages.get_mut(step as usize) {
            *slot = stage;
        }
    }

    /// One stage.
    pub fn stage(&self, step: Step) -> &Stage {
        // there is one for each step
        static NONE: Stage = Stage { state: State::Idle, took: Duration::ZERO, message: String::new() };
        self.stages.get(step as usize).unwrap_or(&NONE)
    }

    /// Every stage, in their order.
    pub fn stages(&self) -> impl Iterator<Item = (Step, &Stage)> {
        Step::ALL.into_iter().zip(&self.stages)
    }

    /// Whether some stage is being read.
    pub fn is_loading(&self) -> bool {
        self.stages.iter().chain([&self.aws]).any(|stage| stage.state == State::Loading)
    }

    /// The first stage that is not as it should be.
    pub fn trouble(&self) -> Option<(Step, &Stage)> {
        self.stages().find(|(_, stage)| stage.state.failure().is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Failure;

    #[test]
    fn what_was_known_stays() {
        let mut walk = Walk::default();
        assert!(!walk.is_loading() && walk.trouble().is_none());
        walk.take(Event::Stage(Step::Identity, Stage { state: State::Loading, ..Stage::default() }));
        assert!(walk.is_loading());
        walk.take(Event::Caller(Caller::default()));
        let failure = Failure::failed("no answer");
        walk.take(Event::Stage(Step::Identity, Stage { state: State::Stale(failure.clone()), ..Stage::default() }));
        assert!(walk.caller.is_some() && !walk.is_loading());
        assert_eq!(walk.trouble().map(|(step, stage)| (step, stage.state.failure())), Some((Step::Identity, Some(&failure))));
    }
}
