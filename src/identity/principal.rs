//! Who a principal of IAM is to a cluster, where it is named as an IDENTITY.

use super::Settled;
use super::aws::{Mapping, Outcome, Release};
use crate::base::Failure;
use crate::facts::Facts;

/// Who a principal is to the cluster of these facts, with further groups that were given; `from` says where.
///
/// # Errors
/// For a principal that the cluster does not know, or of which the facts do not tell.
pub fn settle(arn: &str, groups: &[&str], from: &str, facts: &Facts) -> Result<Settled, Failure> {
    let mapping = Mapping::of_arn(arn, facts, Release::default()).map_err(|error| {
        Failure::usage(error.to_string()).hint("Give the ARN of a principal: aws sts get-caller-identity --query Arn --output text")
    })?;
    let Some(mut identity) = mapping.identity.clone() else {
        return Err(match mapping.outcome {
            Outcome::Unknown(_) => of_unknown(&mapping),
            Outcome::Mapped(_) | Outcome::Refused(_) | Outcome::Unmapped => of_nobody(&mapping),
        });
    };
    for group in groups {
        identity.add_group(group, from);
    }
    let assumed = mapping.open.iter().filter(|open| open.could_change && identity_hangs_on(open));
    let mut notes: Vec<String> = assumed.map(|open| format!("{}: {}", open.gap.what, open.gap.why)).collect();
    if let Some(template) = identity.template {
        notes.push(format!("no session is named: the user name is {template}, whatever the session is called"));
    }
    Ok(Settled { identity, notes })
}

/// Whether it is about who the principal is; that a session was not named is told in its own words.
fn identity_hangs_on(open: &super::aws::mapping::Open) -> bool {
    open.gap.what != "the user name"
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
