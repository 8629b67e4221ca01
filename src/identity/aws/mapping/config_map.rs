//! What aws-auth makes of a principal: roles, then users, then accounts (`pkg/mapper/configmap`).
//!
//! ARNs are compared without case, as they are written: nothing in them is canonicalised. Of equal ones the last counts. Newer
//! code keeps users whose ARNs differ in case alone side by side, and which of them counts then changes from look to look.

use super::super::aws_auth::{AwsAuthMap, Item, SectionName};
use super::super::{Instances, Principal, Release};
use super::candidate::{Candidate, Source};
use super::compare::{differs, lower};
use super::naming::{Named, Outcome, rendered};

/// What the authenticator calls this backend.
const MAPPER: &str = "EKSConfigMap";

/// What aws-auth comes to.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The outcome.
    pub outcome: Outcome,
    /// Whether an item decided it.
    pub is_decided: bool,
    /// Every item.
    pub candidates: Vec<Candidate>,
}

/// Looks a principal up.
pub fn decide(map: &AwsAuthMap, principal: &Principal, instances: &Instances, release: Release) -> Decision {
    let wanted = lower(&principal.looked_up);
    let equal = |items: &'_ [Item]| -> Vec<usize> {
        items.iter().filter(|item| item.dropped.is_none() && !item.sso && lower(&item.arn) == wanted).map(|item| item.index).collect()
    };
    let (roles, users) = (equal(&map.roles.items), equal(&map.users.items));
    let account = map.accounts.items.iter().find(|account| account.number == principal.account);
    let role = roles.last().copied();
    let winners = last_of_each(&users, &map.users.items, release);
    let by =
        |items: &[Item], index: &usize| items.get(*index).map(|item| rendered(&item.username, &item.groups, MAPPER, principal, instances));

    let lost = |section: SectionName| Outcome::Unknown(format!("{} could not be read to its end", section.as_str()));
    let (outcome, is_decided) = if map.roles.is_open {
        (lost(SectionName::Roles), false)
    } else if let Some(outcome) = role.and_then(|index| by(&map.roles.items, &index)) {
        (outcome, true)
    } else if map.users.is_open {
        (lost(SectionName::Users), false)
    } else if let Some(outcome) = one_of(&winners.iter().filter_map(|index| by(&map.users.items, index)).collect::<Vec<_>>()) {
        (outcome, true)
    } else if map.accounts.is_open {
        (lost(SectionName::Accounts), false)
    } else if account.is_some() {
        let username = principal.canonical.clone();
        (Outcome::Mapped(Named { template: username.clone(), username: Ok(username), groups: Vec::new() }), true)
    } else {
        (Outcome::Unmapped, false)
    };

    let mut candidates = Vec::new();
    for item in &map.roles.items {
        let why = role.map(|last| {
            if last == item.index {
                "it names the principal".to_owned()
            } else {
                format!("it names the principal, but mapRoles[{last}] further down does too, and the last counts")
            }
        });
        candidates.push(of_item(
            item,
            SectionName::Roles,
            principal,
            roles.contains(&item.index).then_some(why).flatten(),
            role == Some(item.index),
        ));
    }
    for item in &map.users.items {
        let is_winner = winners.contains(&item.index);
        let why = match (role, winners.as_slice()) {
            (Some(role), _) => format!("it names the principal, but mapRoles[{role}] does too, and mapRoles comes first"),
            (None, [_]) if is_winner => "it names the principal".to_owned(),
            (None, _) if is_winner => {
                "it names the principal, as another item in other letters does: which of them counts changes".to_owned()
            }
            (None, _) => "it names the principal, but an equal item further down does too, and the last counts".to_owned(),
        };
        let decides = role.is_none() && is_winner && winners.len() == 1;
        candidates.push(of_item(item, SectionName::Users, principal, users.contains(&item.index).then_some(why), decides));
    }
    let is_named = role.is_some() || !winners.is_empty();
    for listed in &map.accounts.items {
        let matches = listed.number == principal.account;
        let decides = !is_named && account.is_some_and(|account| account.index == listed.index);
        let why = match (matches, is_named, decides) {
            (false, ..) => "it is another account",
            (true, true, _) => "it is the principal's account, but an item names the principal itself",
            (true, false, true) => "it is the principal's account: everybody in it is let in under their ARN, without groups",
            (true, false, false) => "it is the principal's account, as it was above",
        };
        candidates.push(Candidate {
            source: Source::AwsAuth(SectionName::Accounts),
            index: listed.index,
            subject: listed.number.clone(),
            line: Some(listed.line),
            matches,
            decides,
            why: why.to_owned(),
            likeness: None,
        });
    }
    Decision { outcome, is_decided, candidates }
}

/// Of the users that name the principal, those that may count.
fn last_of_each(equal: &[usize], items: &[Item], release: Release) -> Vec<usize> {
    let arn = |index: &usize| items.get(*index).map(|item| item.arn.as_str());
    match release {
        Release::V0_6_13 => equal.last().copied().into_iter().collect(),
        Release::Newer => {
            let is_last = |position: usize, index: &usize| !equal.iter().skip(position + 1).any(|later| arn(later) == arn(index));
            equal.iter().enumerate().filter(|(position, index)| is_last(*position, index)).map(|(_, index)| *index).collect()
        }
    }
}

/// What all come to, when it is the same; nothing of nothing.
fn one_of(outcomes: &[Outcome]) -> Option<Outcome> {
    let (first, rest) = outcomes.split_first()?;
    if rest.iter().all(|outcome| outcome == first) {
        return Some(first.clone());
    }
    Some(Outcome::Unknown(
        "two items of mapUsers name the user in letters that differ in case alone, and which of them counts changes".to_owned(),
    ))
}

/// An item that names the principal, or why it does not.
fn of_item(item: &Item, section: SectionName, principal: &Principal, why: Option<String>, decides: bool) -> Candidate {
    let matches = why.is_some();
    let (why, likeness) = why.map_or_else(
        || match item.dropped {
            Some(dropped) => (format!("{dropped}, and counts for nothing"), None),
            None if item.sso => ("`sso` is behind a switch of the authenticator that EKS leaves off, as far as is known".to_owned(), None),
            None => differs(&item.arn, principal),
        },
        |why| (why, None),
    );
    let subject = item.arn.clone();
    Candidate { source: Source::AwsAuth(section), index: item.index, subject, line: Some(item.line), matches, decides, why, likeness }
}
