//! From an IDENTITY as somebody gives it to the identity that a cluster takes it for.

use super::aws::{Mapping, Outcome, Release};
use super::{Form, Identity, Provenance};
use crate::base::{Failure, Name};
use crate::facts::Facts;

/// An identity, and what was assumed on the way to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolved {
    /// Who it is to the cluster.
    pub identity: Identity,
    /// What was assumed, as sentences.
    pub notes: Vec<String>,
}

/// Why an IDENTITY is nobody to a cluster.
#[derive(Clone, Debug)]
pub enum Unresolved {
    /// What was given is no ARN of a principal: the words of the parser.
    NoPrincipal(String),
    /// The cluster would answer Unauthorized.
    Nobody(Box<Mapping>),
    /// What would decide was not read.
    Unknown(Box<Mapping>),
}

impl Form {
    /// Who it is to the cluster of these facts, with further groups that were given and those that are implied; `from` says
    /// where it was given.
    ///
    /// # Errors
    /// For a principal of IAM that the cluster does not know, or of which the facts do not tell.
    pub fn resolve(&self, groups: &[&str], from: &str, facts: &Facts) -> Result<Resolved, Unresolved> {
        match self {
            Self::Principal(arn) => of_principal(arn, groups, from, facts),
            _ => Ok(Resolved { identity: self.identity(groups, from), notes: Vec::new() }),
        }
    }
}

fn of_principal(arn: &str, groups: &[&str], from: &str, facts: &Facts) -> Result<Resolved, Unresolved> {
    let mapping = Mapping::of_arn(arn, facts, Release::default()).map_err(|error| Unresolved::NoPrincipal(error.to_string()))?;
    let Some(mut identity) = mapping.identity.clone() else {
        return Err(match mapping.outcome {
            Outcome::Unknown(_) => Unresolved::Unknown(Box::new(mapping)),
            Outcome::Mapped(_) | Outcome::Refused(_) | Outcome::Unmapped => Unresolved::Nobody(Box::new(mapping)),
        });
    };
    for group in groups {
        let name = Name::new(group);
        if !identity.holds(name) {
            identity.groups.push(name);
            identity.provenance.push(Provenance { what: format!("group {group}"), from: from.to_owned() });
        }
    }
    let assumed = mapping.open.iter().filter(|open| open.could_change && identity_hangs_on(open));
    let mut notes: Vec<String> = assumed.map(|open| format!("{}: {}", open.gap.what, open.gap.why)).collect();
    if let Some(template) = identity.template {
        notes.push(format!("no session is named: the user name is {template}, whatever the session is called"));
    }
    Ok(Resolved { identity, notes })
}

/// Whether it is about who the principal is; that a session was not named is told in its own words.
fn identity_hangs_on(open: &super::aws::mapping::Open) -> bool {
    open.gap.what != "the user name"
}

impl From<Unresolved> for Failure {
    fn from(unresolved: Unresolved) -> Self {
        match unresolved {
            Unresolved::NoPrincipal(why) => {
                Self::usage(why).hint("Give the ARN of a principal: aws sts get-caller-identity --query Arn --output text")
            }
            Unresolved::Nobody(mapping) => of_nobody(&mapping),
            Unresolved::Unknown(mapping) => of_unknown(&mapping),
        }
    }
}

fn of_nobody(mapping: &Mapping) -> Failure {
    let arn = &mapping.arn;
    let failure = match &mapping.outcome {
        Outcome::Refused(why) => Failure::failed(format!("`{arn}` cannot log in to this cluster: {why}")),
        _ => Failure::failed(format!(
            "`{arn}` cannot log in to this cluster: it is mapped to nobody, so the API server answers Unauthorized"
        )),
    };
    let nearest = mapping.nearest.and_then(|nearest| mapping.considered.get(nearest));
    let failure = match nearest {
        Some(near) => failure.hint(format!("The nearest is {} {}: {}.", near.place(), near.subject, near.why)),
        None => failure,
    };
    failure.hint(format!("See all that was looked at: whycan map {arn}"))
}

fn of_unknown(mapping: &Mapping) -> Failure {
    let why = match &mapping.outcome {
        Outcome::Unknown(why) => why.as_str(),
        _ => "what decides it was not read",
    };
    let failure = Failure::unknown(format!("who `{}` is on this cluster is not known: {why}", mapping.arn));
    let settled = mapping.open.iter().filter(|open| open.could_change).filter_map(|open| open.gap.settled_by.as_deref());
    settled.fold(failure, |failure, command| failure.hint(format!("This would tell: {command}")))
}
