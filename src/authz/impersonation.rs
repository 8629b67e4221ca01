//! Acting as somebody else: what is checked, what the first failing check is, and who one is then.
//!
//! Source: `apiserver/pkg/endpoints/filters/impersonation` at Kubernetes 1.36 (`mode.go`, `constrained_impersonation.go`).
//! Servers before 1.36 know the mode of old alone ([`Mode::Legacy`]); later ones try the others first, and any that allows is
//! enough. A server that let somebody act in one mode tries that mode first the next time, which changes its words alone.

mod checks;
mod grant;
mod names;
mod notes;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::{Decision, Door, Index, Request, Verdict, explain};
use crate::base::{Name, known};
use crate::identity::{Identity, Provenance};

pub use checks::{Plan, plan};
pub use grant::hints;
pub use notes::notes;

/// Whom somebody wants to be, as the headers of a request say it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// `Impersonate-User`; without it nobody is impersonated.
    pub user: Name,
    /// `Impersonate-Uid`, or empty.
    pub uid: Name,
    /// `Impersonate-Group`, as given; the target's own groups are never looked up.
    pub groups: Vec<Name>,
    /// `Impersonate-Extra-KEY`, keys in small letters.
    pub extra: BTreeMap<Name, Vec<Name>>,
}

/// The ways in which a server lets somebody be somebody else, in the order in which it tries them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// A service account becomes the node that its token is bound to.
    AssociatedNode,
    /// Anybody becomes a node.
    ArbitraryNode,
    /// Anybody becomes a service account.
    ServiceAccount,
    /// Anybody becomes another user, with groups, uid and extra.
    UserInfo,
    /// The verb `impersonate`, as it has always been.
    Legacy,
}

impl Mode {
    /// All of them, in the server's order.
    pub const ALL: [Self; 5] = [Self::AssociatedNode, Self::ArbitraryNode, Self::ServiceAccount, Self::UserInfo, Self::Legacy];

    /// The server's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AssociatedNode => "associated-node",
            Self::ArbitraryNode => "arbitrary-node",
            Self::ServiceAccount => "serviceaccount",
            Self::UserInfo => "user-info",
            Self::Legacy => "legacy",
        }
    }
}

/// What a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum About {
    /// Doing what is asked while being somebody else.
    Target,
    /// Being that user, service account or node.
    User,
    /// Having that uid.
    Uid,
    /// Holding that group; every group where it is `*`.
    Group,
    /// Having that attribute; every one where it is `*`.
    Extra,
}

/// One check, decided.
#[derive(Clone, Debug)]
pub struct Check {
    /// What it is about.
    pub about: About,
    /// The decision, with its grants or what comes nearest.
    pub decision: Decision,
}

/// One mode, tried.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Which.
    pub mode: Mode,
    /// The checks, in the server's order; all must be allowed.
    pub checks: Vec<Check>,
    /// What the mode never lets anybody do, whatever is granted.
    pub refused: Option<String>,
    /// Whether it lets them.
    pub verdict: Verdict,
    /// Who they are then.
    pub identity: Identity,
}

impl Attempt {
    /// The first check that is not allowed.
    pub fn failing(&self) -> Option<&Check> {
        self.checks.iter().find(|check| check.decision.computed != Verdict::Allowed)
    }
}

/// Somebody who wants to be somebody else, weighed.
#[derive(Clone, Debug)]
pub struct Impersonation {
    /// Who asks.
    pub requestor: Identity,
    /// Whom they want to be.
    pub wanted: Wanted,
    /// Every mode that applies, in the server's order; the mode of old always does.
    pub attempts: Vec<Attempt>,
}

impl Impersonation {
    /// Whether some mode lets them.
    pub fn verdict(&self) -> Verdict {
        let verdicts = || self.attempts.iter().map(|attempt| attempt.verdict);
        if verdicts().any(|verdict| verdict == Verdict::Allowed) {
            Verdict::Allowed
        } else if verdicts().any(|verdict| verdict == Verdict::Unknown) {
            Verdict::Unknown
        } else {
            Verdict::Denied
        }
    }

    /// The first mode that lets them.
    pub fn allowing(&self) -> Option<&Attempt> {
        self.attempts.iter().find(|attempt| attempt.verdict == Verdict::Allowed)
    }

    /// Who they are then, where some mode lets them.
    pub fn identity(&self) -> Option<&Identity> {
        self.allowing().map(|attempt| &attempt.identity)
    }

    /// The mode of old, which every server knows.
    pub fn legacy(&self) -> Option<&Attempt> {
        self.attempts.iter().find(|attempt| attempt.mode == Mode::Legacy)
    }
}

impl Wanted {
    /// Whom an identity would have to be named as: its user, uid, groups and attributes.
    pub fn of(identity: &Identity) -> Self {
        Self {
            user: identity.username.unwrap_or_default(),
            uid: identity.uid,
            groups: identity.groups.clone(),
            extra: identity.extra.clone(),
        }
    }

    /// What the mode of old checks, one request for each part that is named.
    pub fn legacy_checks(&self) -> Vec<Request> {
        let plan = plan(Mode::Legacy, &Identity::default(), self, &Request::path("", ""));
        plan.into_iter().flat_map(|plan| plan.steps).flat_map(|step| step.each).collect()
    }
}

/// Weighs whether somebody may be somebody else to do something.
///
/// None where no user is named: a server refuses such a request as malformed.
pub fn weigh(index: &Index, requestor: &Identity, wanted: &Wanted, target: &Request, door: Door) -> Option<Impersonation> {
    if wanted.user.is_empty() {
        return None;
    }
    let attempts = Mode::ALL.into_iter().filter_map(|mode| attempt(index, requestor, wanted, target, door, mode)).collect();
    Some(Impersonation { requestor: requestor.clone(), wanted: wanted.clone(), attempts })
}

fn attempt(index: &Index, requestor: &Identity, wanted: &Wanted, target: &Request, door: Door, mode: Mode) -> Option<Attempt> {
    let Plan { steps, refused } = plan(mode, requestor, wanted, target)?;
    let decide = |request: &Request| explain(index, requestor, request, door);
    let mut checks = Vec::new();
    for step in steps {
        // one grant for all of many is tried before each of them
        let whole = step.whole.map(|request| decide(&request)).filter(|decision| decision.computed == Verdict::Allowed);
        match whole {
            Some(decision) => checks.push(Check { about: step.about, decision }),
            None => checks.extend(step.each.iter().map(|request| Check { about: step.about, decision: decide(request) })),
        }
    }
    let verdict = if refused.is_some() || checks.iter().any(|check| check.decision.computed == Verdict::Denied) {
        Verdict::Denied
    } else if checks.iter().any(|check| check.decision.computed == Verdict::Unknown) {
        Verdict::Unknown
    } else {
        Verdict::Allowed
    };
    Some(Attempt { mode, checks, refused, verdict, identity: resulting(wanted, mode) })
}

/// Who one is once a mode lets one be somebody: the groups are those that were given, or follow from the name, and never the
/// target's own.
pub fn resulting(wanted: &Wanted, mode: Mode) -> Identity {
    let mut identity = Identity { username: Some(wanted.user), uid: wanted.uid, extra: wanted.extra.clone(), ..Identity::default() };
    let from = |what: String, from: &str| Provenance { what, from: from.to_owned() };
    identity.provenance.push(from(format!("user {}", wanted.user), "impersonated"));
    let mut hold = |group: Name, why: &str| {
        identity.provenance.push(from(format!("group {group}"), why));
        identity.groups.push(group);
    };
    wanted.groups.iter().for_each(|group| hold(*group, "impersonated"));
    if wanted.groups.is_empty() {
        if let Some((namespace, _)) = names::service_account(wanted.user) {
            let why = "impersonation: a service account named without groups has its own";
            hold(Name::new("system:serviceaccounts"), why);
            hold(Name::new(&format!("system:serviceaccounts:{namespace}")), why);
        } else if matches!(mode, Mode::AssociatedNode | Mode::ArbitraryNode) {
            hold(*known::NODES, "impersonation: a node has it");
        }
    }
    let (added, why) = if wanted.user == "system:anonymous" {
        (*known::UNAUTHENTICATED, "impersonation adds it to the anonymous user")
    } else if identity.groups.contains(&*known::UNAUTHENTICATED) {
        return identity;
    } else {
        (*known::AUTHENTICATED, "impersonation adds it")
    };
    if !identity.groups.contains(&added) {
        identity.provenance.push(from(format!("group {added}"), why));
        identity.groups.push(added);
    }
    identity
}
