//! Trust policies of roles: whether they let somebody become the role, each statement's verdict, and the condition that fails.
//!
//! The rules are those of AWS's reference of IAM's JSON policies: what is not evaluated exactly is unknown, and named.

mod condition;
mod context;
mod judge;
mod operator;
mod policy;
mod read;

pub use condition::Failing;
pub use context::{Context, Presence};
pub use judge::{Call, Caller, Check, Statement as StatementVerdict, Verdict, judge};
pub use operator::{Operator, Quantifier, Test};
pub use policy::{Actions, Effect, Policy, PrincipalKind, Principals, Statement};
pub use read::PolicyError;

/// Whether something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holds {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// That is not known.
    Unknown,
}

impl Holds {
    /// As answers name a decision: `allowed`, `denied`, `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "allowed",
            Self::No => "denied",
            Self::Unknown => "unknown",
        }
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Unknown,
        }
    }

    /// Either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, Self::No) => Self::No,
            _ => Self::Unknown,
        }
    }

    /// The opposite.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for Holds {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

#[cfg(test)]
mod tests;
