//! From a principal to user name and groups: access entries, then aws-auth, as the cluster's authentication mode has it.
//!
//! The chain is `doMapping` of the authenticator's `pkg/server/server.go`: the first backend that knows the principal decides
//! alone. Access entries are taken for its mapper `DynamicFile`, which its log on EKS names.

mod candidate;
mod compare;
mod config_map;
mod entries;
mod lint;
mod naming;
mod open;

use super::arn::ArnError;
use super::{AwsAuthMap, Instances, Principal, Release};
use crate::base::Finding;
use crate::facts::{AuthenticationMode, Facts, PolicyAssociation};
use crate::identity::Identity;

pub use candidate::{Candidate, Source};
pub use compare::{Likeness, lower};
pub use config_map::decide as by_config_map;
pub use entries::{is_stale, key, username_of};
pub use lint::of_whole as whole;
pub use naming::{Named, Outcome};
pub use open::Open;

/// What decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Decider {
    /// An access entry.
    AccessEntry,
    /// An item of aws-auth.
    AwsAuth,
    /// Nothing: the principal is unknown to the cluster, or what would decide could not be read.
    #[default]
    None,
}

impl Decider {
    /// As answers name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccessEntry => "access-entry",
            Self::AwsAuth => "aws-auth",
            Self::None => "none",
        }
    }
}

/// Who a principal is to a cluster, and why.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// The ARN that was asked about.
    pub arn: String,
    /// The principal; none where the authenticator takes the ARN for nobody's.
    pub principal: Option<Principal>,
    /// How the cluster maps principals, when it is described.
    pub mode: Option<AuthenticationMode>,
    /// What decided.
    pub decided_by: Decider,
    /// What it came to.
    pub outcome: Outcome,
    /// The identity, when it came to one. Without a user name when that hangs on what the ARN does not tell.
    pub identity: Option<Identity>,
    /// The access policies of the access entry that decided.
    pub policies: Vec<PolicyAssociation>,
    /// Everything that was looked at: access entries, mapRoles, mapUsers, mapAccounts.
    pub considered: Vec<Candidate>,
    /// Which of them is nearest, when none matches.
    pub nearest: Option<usize>,
    /// Defects of what is about this principal.
    pub findings: Vec<Finding>,
    /// What is not known.
    pub open: Vec<Open>,
}

impl Mapping {
    /// Maps the principal of an ARN by the facts.
    ///
    /// # Errors
    /// When the text is no ARN. One of nobody is mapped to nobody.
    pub fn of_arn(arn: &str, facts: &Facts, release: Release) -> Result<Self, ArnError> {
        match Principal::of_arn(arn, release) {
            Ok(principal) => Ok(Self::of(&principal, facts, release)),
            Err(error @ ArnError::Invalid(..)) => Err(error),
            Err(error) => Ok(Self {
                arn: arn.to_owned(),
                principal: None,
                mode: facts.aws().cluster().and_then(|cluster| cluster.authentication_mode),
                decided_by: Decider::None,
                outcome: Outcome::Refused(format!("sts getCallerIdentity failed: {error}")),
                identity: None,
                policies: Vec::new(),
                considered: Vec::new(),
                nearest: None,
                findings: Vec::new(),
                open: Vec::new(),
            }),
        }
    }

    /// Maps a principal by the facts.
    pub fn of(principal: &Principal, facts: &Facts, release: Release) -> Self {
        let aws = facts.aws();
        let mode = aws.cluster().and_then(|cluster| cluster.authentication_mode);
        let instances = Instances { names: aws.instances.clone(), complete: false };
        let config_map = facts.aws_auth().map(|config_map| AwsAuthMap::of_facts(config_map, release));
        let mut open = open::of_cluster(facts, mode);
        let by_entries = entries::decide(principal, aws, mode, &instances, &mut open);
        let counts = mode.is_none_or(AuthenticationMode::has_config_map);
        // absence of the object is known only where everything was read
        let is_absent = config_map.is_none() && open::is_without_config_map(facts);
        let read = config_map.clone().or_else(|| is_absent.then(AwsAuthMap::default));
        let by_map = read.as_ref().map(|map| config_map::decide(map, principal, &instances, release));
        if read.is_none() && counts && by_entries.outcome.is_none() {
            open.push(open::config_map(facts));
        }

        let (decided_by, outcome) = match (by_entries.outcome, by_map.as_ref().filter(|_| counts)) {
            (Some(outcome), _) => (Decider::AccessEntry, outcome),
            (None, _) if by_entries.is_open && mode.is_some() => {
                (Decider::None, Outcome::Unknown("access entries come first, and were not all read".to_owned()))
            }
            (None, Some(decision)) if decision.outcome != Outcome::Unmapped => {
                (if decision.is_decided { Decider::AwsAuth } else { Decider::None }, decision.outcome.clone())
            }
            (None, None) if counts && (mode.is_some() || by_entries.is_open) => {
                (Decider::None, Outcome::Unknown("aws-auth was not read".to_owned()))
            }
            (None, _) => (Decider::None, Outcome::Unmapped),
        };
        let mut considered = by_entries.candidates;
        let ahead = considered.len();
        considered.extend(by_map.into_iter().flat_map(|decision| decision.candidates));
        let is_behind = decided_by == Decider::AccessEntry || !counts;
        for candidate in considered.iter_mut().skip(ahead).filter(|_| is_behind) {
            candidate.set_aside(if counts { "an access entry decides before aws-auth" } else { "aws-auth is not read in mode API" });
        }
        if outcome == Outcome::Unmapped {
            open.extend(open::creator(mode));
        }
        if let Outcome::Mapped(Named { username: Err(why), .. }) = &outcome {
            open.push(open::placeholder(why));
        }
        open::with_reasons(&mut open, facts);
        let nearest = candidate::nearest(&considered).filter(|_| !matches!(outcome, Outcome::Mapped(_)));
        let findings = lint::findings(&considered, config_map.as_ref(), principal, mode, decided_by, facts);
        let identity = naming::identity(&outcome, principal, &considered);
        let policies = if decided_by == Decider::AccessEntry { by_entries.policies } else { Vec::new() };
        let arn = principal.arn.clone();
        Self { arn, principal: Some(principal.clone()), mode, decided_by, outcome, identity, policies, considered, nearest, findings, open }
    }
}

#[cfg(test)]
mod tests;
