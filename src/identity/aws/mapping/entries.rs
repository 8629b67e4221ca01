//! What access entries make of a principal.
//!
//! An entry is bound to the id of the principal that had its ARN when it was created (`pkg/mapper/dynamicfile`, strict): a role
//! that was deleted and made again is another. EKS does not print that id, but the times tell.

use super::super::arn::{Arn, Kind, canonicalise};
use super::super::{Instances, Principal, Release};
use super::candidate::{Candidate, Source};
use super::compare::{Likeness, differs, lower};
use super::naming::{Named, Outcome, rendered};
use super::open::{self, Open};
use crate::facts::{AccessEntry, AuthenticationMode, AwsFacts, PolicyAssociation};

/// What the authenticator calls this backend.
const MAPPER: &str = "DynamicFile";

/// What no access entry may make a user name begin with: the authenticator's sample of its settings, and EKS's own rule.
const RESERVED: [&str; 5] = ["aws:", "eks:", "amazon:", "iam:", "system:"];

/// The type of entries for people and programs; the others are for nodes.
const STANDARD: &str = "STANDARD";

/// What the access entries come to.
#[derive(Clone, Debug, Default)]
pub struct Decision {
    /// The outcome, when one of them decides.
    pub outcome: Option<Outcome>,
    /// Whether there may be one that was not read.
    pub is_open: bool,
    /// The policies of the one that decides.
    pub policies: Vec<PolicyAssociation>,
    /// Every entry.
    pub candidates: Vec<Candidate>,
}

/// Looks a principal up.
pub fn decide(
    principal: &Principal,
    aws: &AwsFacts,
    mode: Option<AuthenticationMode>,
    instances: &Instances,
    open: &mut Vec<Open>,
) -> Decision {
    let wanted = key(&principal.looked_up);
    let counts = mode.is_none_or(AuthenticationMode::has_entries);
    let mut decision = Decision::default();
    for (index, entry) in aws.entries_of_cluster().enumerate() {
        let matches = key(&entry.principal) == wanted;
        let stale = matches.then(|| is_stale(entry, aws)).flatten();
        let (why, likeness) = match (matches, stale) {
            (false, _) => differs(&entry.principal, principal),
            (true, Some(true)) => {
                let why = "it is bound to a principal that is gone: the one of this ARN was created after the entry".to_owned();
                (why, Some(Likeness::Recreated))
            }
            (true, _) => ("it is the principal's".to_owned(), None),
        };
        let decides = counts && matches && stale != Some(true);
        if decides && decision.outcome.is_none() {
            decision.outcome = Some(outcome(entry, principal, instances));
            match aws.policies_of(entry) {
                Some(policies) => decision.policies = policies.to_vec(),
                None => open.push(open::policies(entry)),
            }
            if stale.is_none() {
                open.push(open::recreated(entry));
            }
        }
        let subject = entry.principal.clone();
        let matches = matches && stale != Some(true);
        let mut candidate = Candidate { source: Source::AccessEntry, index, subject, line: None, matches, decides, why, likeness };
        if !counts {
            candidate.set_aside("access entries do not count in mode CONFIG_MAP");
        }
        decision.candidates.push(candidate);
    }
    if counts && decision.outcome.is_none() {
        look_further(&wanted, aws, mode, &mut decision, open);
    }
    decision
}

/// Whether there may be an entry that is not among those described.
fn look_further(wanted: &str, aws: &AwsFacts, mode: Option<AuthenticationMode>, decision: &mut Decision, open: &mut Vec<Open>) {
    let Some(listed) = &aws.listed else {
        decision.is_open = true;
        let before = if mode.is_some() { ", and they come before aws-auth" } else { "" };
        open.push(open::entries(&format!("no list of them is among the facts{before}")));
        return;
    };
    let is_described = |principal: &str| decision.candidates.iter().any(|candidate| candidate.subject == principal);
    if let Some(principal) = listed.names.iter().find(|principal| key(principal) == wanted && !is_described(principal)) {
        open.push(open::entry(principal));
        decision.outcome = Some(Outcome::Unknown("the principal has an access entry, and what it says was not read".to_owned()));
    } else if listed.has_more {
        decision.is_open = true;
        open.push(open::entries("the list that was read has further pages"));
    }
}

/// What entries are compared by: the ARN in small letters, of a role without its path.
pub fn key(arn: &str) -> String {
    let small = lower(arn);
    Arn::read(&small).map(|arn| arn.without_path().to_string()).unwrap_or(small)
}

/// Whether the principal was created after the entry, when both times are known.
pub fn is_stale(entry: &AccessEntry, aws: &AwsFacts) -> Option<bool> {
    let wanted = key(&entry.principal);
    let principal = aws.principals.values().find(|principal| key(&principal.arn) == wanted)?;
    Some(principal.created? > entry.created?)
}

fn outcome(entry: &AccessEntry, principal: &Principal, instances: &Instances) -> Outcome {
    let Some(username) = username_of(entry) else {
        return Outcome::Unknown(format!("the user name that EKS gives to type {} is not documented", entry.kind));
    };
    let groups = match (entry.groups.as_slice(), entry.kind.as_str()) {
        ([], STANDARD | "") => Vec::new(),
        ([], "EC2_LINUX") => vec!["system:nodes".to_owned()],
        ([], kind) => return Outcome::Unknown(format!("the groups that EKS gives to type {kind} were not read")),
        (groups, _) => groups.to_vec(),
    };
    let outcome = rendered(&username, &groups, MAPPER, principal, instances);
    // the entries of nodes have what is reserved
    let is_standard = matches!(entry.kind.as_str(), STANDARD | "");
    match &outcome {
        Outcome::Mapped(Named { username: Ok(name), .. }) if is_standard && RESERVED.iter().any(|prefix| name.starts_with(prefix)) => {
            Outcome::Refused(format!(
                "invalid username '{name}' for mapper {MAPPER}: username must not begin with with the following prefixes: [{}]",
                RESERVED.join(" ")
            ))
        }
        _ => outcome,
    }
}

/// The entry's user name, or the one that its type has by default.
pub fn username_of(entry: &AccessEntry) -> Option<String> {
    if !entry.username.is_empty() {
        return Some(entry.username.clone());
    }
    match entry.kind.as_str() {
        STANDARD | "" => {
            let arn = Arn::read(&entry.principal).ok()?;
            match canonicalise(&entry.principal, Release::Newer).ok()?.kind {
                Kind::Role => Some(format!("arn:{}:sts::{}:assumed-role/{}/{{{{SessionName}}}}", arn.partition, arn.account, arn.name())),
                _ => Some(entry.principal.clone()),
            }
        }
        "EC2_LINUX" | "EC2_WINDOWS" | "EC2" => Some("system:node:{{EC2PrivateDNSName}}".to_owned()),
        "FARGATE_LINUX" | "HYBRID_LINUX" => Some("system:node:{{SessionName}}".to_owned()),
        _ => None,
    }
}
