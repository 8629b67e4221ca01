//! One way in which pods become a role: its steps, and what they come to.

use super::remedy::Remedy;
use super::trust::{Failing, Holds, StatementVerdict, Verdict};

/// Which way it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A pod identity association of EKS.
    PodIdentity,
    /// A token that STS takes: IAM roles for service accounts.
    WebIdentity,
}

impl Kind {
    /// As answers name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PodIdentity => "pod-identity",
            Self::WebIdentity => "web-identity",
        }
    }
}

/// A way to a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Which way it is.
    pub kind: Kind,
    /// What begins it: `association a-1`, `annotation eks.amazonaws.com/role-arn`.
    pub from: String,
    /// The role that the pods come to be, where that is known: of an association with a target, the target.
    pub role: Option<String>,
    /// The role on the way to a target.
    pub through: Option<String>,
    /// Whether it leads there.
    pub holds: Holds,
    /// Why, as a clause.
    pub because: String,
    /// Whether the webhook takes it: of two ways it takes one.
    pub is_taken: bool,
    /// What must hold, in order.
    pub steps: Vec<Step>,
}

/// One thing that must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it is about: `role ARN`, `provider`, `trust policy`.
    pub what: &'static str,
    /// Whether it holds.
    pub holds: Holds,
    /// Why, as a clause.
    pub sentence: String,
    /// The statements of the trust policy, where it is one.
    pub statements: Vec<StatementVerdict>,
    /// The condition that fails, where it is one.
    pub failing: Option<Failing>,
    /// What is wrong, as findings name it, where something is.
    pub code: &'static str,
    /// What would mend it.
    pub remedy: Option<Remedy>,
    /// What would settle it, where it is not known.
    pub settled_by: Option<String>,
}

impl Step {
    /// A step that holds.
    pub fn good(what: &'static str, sentence: impl Into<String>) -> Self {
        Self::new(what, Holds::Yes, sentence.into())
    }

    /// A step that fails.
    pub fn bad(what: &'static str, code: &'static str, sentence: impl Into<String>, remedy: Remedy) -> Self {
        Self { code, remedy: Some(remedy), ..Self::new(what, Holds::No, sentence.into()) }
    }

    /// A step of which it is not known whether it holds.
    pub fn open(what: &'static str, sentence: impl Into<String>, settled_by: impl Into<String>) -> Self {
        Self { settled_by: Some(settled_by.into()), ..Self::new(what, Holds::Unknown, sentence.into()) }
    }

    /// What a trust policy comes to.
    pub fn of_verdict(what: &'static str, verdict: Verdict) -> Self {
        Self { statements: verdict.statements, failing: verdict.failing, ..Self::new(what, verdict.holds, verdict.because) }
    }

    fn new(what: &'static str, holds: Holds, sentence: String) -> Self {
        Self { what, holds, sentence, statements: Vec::new(), failing: None, code: "", remedy: None, settled_by: None }
    }
}

impl Way {
    /// What its steps come to: the first that fails, else the first that is not known.
    pub fn settle(&mut self) {
        self.holds = self.steps.iter().map(|step| step.holds).fold(Holds::Yes, Holds::and);
        let told = self.steps.iter().find(|step| step.holds == self.holds).filter(|_| self.holds != Holds::Yes);
        self.because = told.or_else(|| self.steps.last()).map(|step| step.sentence.clone()).unwrap_or_default();
    }

    /// The step that fails first.
    pub fn failure(&self) -> Option<&Step> {
        self.steps.iter().find(|step| step.holds == Holds::No)
    }
}
