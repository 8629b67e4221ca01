//! What was looked at: a mapping, whether it is about the principal, and why.

use super::super::aws_auth::SectionName;
use super::compare::Likeness;

/// Where a mapping stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// An access entry.
    AccessEntry,
    /// A section of aws-auth.
    AwsAuth(SectionName),
}

impl Source {
    /// As answers name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccessEntry => "access-entry",
            Self::AwsAuth(section) => section.as_str(),
        }
    }
}

/// A mapping that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Where it stands.
    pub source: Source,
    /// Its position there, counted from 0.
    pub index: usize,
    /// The ARN or account that it names.
    pub subject: String,
    /// The line in its section of aws-auth, counted from 1.
    pub line: Option<usize>,
    /// Whether it is about the principal.
    pub matches: bool,
    /// Whether it is the one that decides.
    pub decides: bool,
    /// Why it matches or not, as a clause.
    pub why: String,
    /// How near it comes when it does not match.
    pub likeness: Option<Likeness>,
}

impl Candidate {
    /// Something else decides, or nothing of its source counts.
    pub fn set_aside(&mut self, why: &str) {
        self.decides = false;
        if self.matches {
            self.why = format!("it names the principal, but {why}");
        }
    }

    /// `mapRoles[3]`.
    pub fn place(&self) -> String {
        format!("{}[{}]", self.source.as_str(), self.index)
    }
}

/// The one that comes nearest without matching, when none matches.
pub fn nearest(considered: &[Candidate]) -> Option<usize> {
    if considered.iter().any(|candidate| candidate.matches) {
        return None;
    }
    let near = considered.iter().enumerate().filter_map(|(index, candidate)| Some((candidate.likeness?, index)));
    near.min().map(|(_, index)| index)
}
