//! The decision: a verdict and all its reasons, as one value.
//!
//! It borrows nothing and is `Send`; what is shown anywhere is a projection of it, never computed a second time.

mod kinds;

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::access::Associated;
use super::node::Relation;
use super::{Door, Request, ServerVerdict};
use crate::base::{Gap, Name};
use crate::facts::{Object, ObjectRef, RoleRef, Rule, Subject};
use crate::identity::Identity;

pub use kinds::{CheckKind, NearMissKind};

/// May they?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "app", derive(schemars::JsonSchema))]
pub enum Verdict {
    /// Some authorizer allows it.
    Allowed,
    /// No authorizer allows it, and nothing that could not be read could.
    Denied,
    /// Nothing that was read allows it, but something that could not be read might.
    Unknown,
}

impl Verdict {
    /// The word that every face shows.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Unknown => "unknown",
        }
    }
}

/// An authorizer of the API server's chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Authorizer {
    /// The first of the chain, hard-wired: group system:masters may do everything.
    SystemMasters,
    /// What kubelets may do.
    Node,
    /// Roles and bindings.
    Rbac,
    /// What AWS associates with an access entry of EKS. Where it stands beside RBAC is not documented: either only allows, so
    /// that the order decides nothing but whose reason is told.
    AccessPolicy,
}

impl Authorizer {
    /// The name in `decidedBy`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SystemMasters => "system:masters",
            Self::Node => "Node",
            Self::Rbac => "RBAC",
            Self::AccessPolicy => "EKS access policy",
        }
    }
}

/// A verdict with everything that led to it.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Who asks.
    pub identity: Identity,
    /// What is asked.
    pub request: Request,
    /// Through which door it was asked.
    pub door: Door,
    /// The verdict: the server's where it was asked and could say, else ours.
    pub verdict: Verdict,
    /// Our own verdict.
    pub computed: Verdict,
    /// What a live server says to the same; none for recorded facts, and where it was not or could not be asked.
    pub server: Option<ServerVerdict>,
    /// The first authorizer that allowed it; none when nobody did.
    pub decided_by: Option<Authorizer>,
    /// The API server's own reason, byte for byte: of the first grant, or of the denial (often empty).
    pub reason: String,
    /// Every complete chain that allows it, in the order system:masters, Node, then bindings by kind, namespace, name, then access
    /// policies.
    pub grants: Vec<Grant>,
    /// Every binding that applies to the identity, with what each rule says to this request: those in scope first, then
    /// those of other namespaces that would have something to say.
    pub links: Vec<Link>,
    /// What each access policy of the principal says to this request.
    pub policies: Vec<Associated>,
    /// How many more bindings apply than `links` shows.
    pub more_links: usize,
    /// What the Node authorizer looked for, where a relation between the asking node and an object is what decides.
    pub relation: Option<Relation>,
    /// The nearest chains that do not allow it, nearest first; none when it is allowed.
    pub near_misses: Vec<NearMiss>,
    /// How many more there are than `near_misses` shows.
    pub more_near_misses: usize,
    /// Changes that would allow it, each decided again before it stands here.
    pub fixes: Vec<Fix>,
    /// What could not be read, and whether it could change this verdict.
    pub gaps: Vec<GapEffect>,
    /// What was assumed or repaired on the way, as sentences.
    pub notes: Vec<String>,
}

/// One complete chain that allows the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The authorizer that allows it.
    pub authorizer: Authorizer,
    /// The binding; none for system:masters and Node.
    pub binding: Option<ObjectRef>,
    /// The role; none where there is none.
    pub role: Option<ObjectRef>,
    /// The first subject of the binding that applies, as the API server names it.
    pub subject: Option<SubjectAt>,
    /// The first rule of the role or access policy that allows.
    pub rule: Option<RuleAt>,
    /// The access policy.
    pub policy: Option<Associated>,
    /// The API server's reason for this grant, byte for byte.
    pub reason: String,
}

/// A subject and its position in its binding, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubjectAt {
    /// Position.
    pub index: usize,
    /// The subject as written.
    pub subject: Subject,
    /// The binding's namespace, which a service account without one is in.
    pub binding_namespace: Name,
}

/// `User alice`, `Group dev`, `ServiceAccount ci/deployer`.
impl fmt::Display for SubjectAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use crate::facts::SubjectKind;
        let Subject { kind, namespace, name } = self.subject;
        match kind {
            SubjectKind::ServiceAccount => {
                let namespace = if namespace.is_empty() { self.binding_namespace } else { namespace };
                if namespace.is_empty() { write!(f, "ServiceAccount {name}") } else { write!(f, "ServiceAccount {namespace}/{name}") }
            }
            kind => write!(f, "{kind} {name}"),
        }
    }
}

/// A rule and its position in its role, counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleAt {
    /// Position.
    pub index: usize,
    /// The rule.
    pub rule: Rule,
    /// The ClusterRole that contributed it to an aggregated role.
    pub from: Option<ObjectRef>,
}

/// Through which part of the identity a binding applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    /// The user name.
    User(Name),
    /// One of the groups.
    Group(Name),
}

/// One binding that applies to the identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Through which part of the identity it applies.
    pub via: Principal,
    /// The binding.
    pub binding: ObjectRef,
    /// The first subject that applies.
    pub subject: SubjectAt,
    /// The role reference as written.
    pub role_ref: RoleRef,
    /// The role, when it resolves; else `problem` says what the API server says.
    pub role: Option<ObjectRef>,
    /// The API server's error for a role that does not resolve.
    pub problem: Option<String>,
    /// Whether the binding's scope holds the request: false for a RoleBinding of another namespace.
    pub in_scope: bool,
    /// Every rule of the role with what it says; shared with the index.
    pub rules: Arc<[Rule]>,
    /// What each rule says, in the order of `rules`.
    pub checks: Vec<RuleCheck>,
}

impl Link {
    /// The position of the first rule that allows the request, when the link is in scope.
    pub fn grants(&self) -> Option<usize> {
        self.in_scope.then(|| self.checks.iter().position(|check| check.failing.is_empty())).flatten()
    }
}

/// What one rule says to the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleCheck {
    /// The checks that fail, in the order of [`CheckKind`]; empty when the rule allows.
    pub failing: Vec<CheckKind>,
    /// The ClusterRole that contributed the rule to an aggregated role.
    pub from: Option<ObjectRef>,
}

/// One check with its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which.
    pub what: CheckKind,
    /// Whether it holds.
    pub ok: bool,
    /// What was found, in a few words: `get, list, not delete`.
    pub detail: String,
}

/// A chain that fails in exactly one or two named ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// The first check that fails.
    pub kind: NearMissKind,
    /// What is there, what fails and where, as one plain sentence without a final stop.
    pub sentence: String,
    /// The binding.
    pub binding: ObjectRef,
    /// The role it names, whether or not it exists; none for a kind that does not resolve.
    pub role: Option<ObjectRef>,
    /// The subject concerned, when the binding has one.
    pub subject: Option<SubjectAt>,
    /// The rule concerned.
    pub rule: Option<RuleAt>,
    /// All checks, in the order of [`CheckKind`].
    pub checks: Vec<Check>,
    /// The position of its fix in [`Decision::fixes`].
    pub fix: Option<usize>,
}

impl NearMiss {
    /// The checks that fail.
    pub fn failing(&self) -> impl Iterator<Item = CheckKind> + '_ {
        self.checks.iter().filter(|check| !check.ok).map(|check| check.what)
    }
}

/// A change that turns the denial into an allow, decided again before it is shown.
#[derive(Clone, Debug)]
pub struct Fix {
    /// What it does, as an imperative sentence without a final stop.
    pub title: String,
    /// The changed or new objects, as YAML documents that `kubectl apply -f -` takes; empty for a change at AWS.
    pub yaml: String,
    /// The kubectl commands: to apply it, and last the `kubectl auth can-i` line that proves it later.
    pub commands: Vec<String>,
    /// Whether the engine allowed the request with the change applied; always true for a fix that is shown.
    pub verified: bool,
    /// Who may do what more once it is applied: the asking identity, and everybody else whom it reaches.
    pub widens: Vec<Widening>,
    /// Who may apply it, as a sentence.
    pub who_may_apply: String,
    /// The changed or new objects themselves.
    pub objects: Vec<Object>,
}

/// What one subject gains by a fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Widening {
    /// The subject: `User alice`.
    pub subject: SubjectAt,
    /// What it gains.
    pub gains: Vec<Gain>,
}

/// One rule gained, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gain {
    /// The rule.
    pub rule: Rule,
    /// The namespace it holds in; none for the whole cluster.
    pub namespace: Option<Name>,
}

/// A gap and what it means for this verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GapEffect {
    /// The gap.
    pub gap: Gap,
    /// Whether some object inside it could turn this verdict into Allowed.
    pub could_change_verdict: bool,
    /// The command or sentence that would settle it.
    pub settled_by: String,
}

impl Decision {
    /// The name in `decidedBy`: the authorizer's, `server` where only the server knew, or `none`.
    pub fn decided_by(&self) -> &'static str {
        if self.verdict != self.computed {
            return "server";
        }
        self.decided_by.map_or("none", Authorizer::as_str)
    }

    /// The first sentence of every answer: `alice may delete pods in dev`, `alice may not …`, `… is unknown …`.
    pub fn headline(&self) -> String {
        let Self { identity, request, .. } = self;
        match self.verdict {
            Verdict::Allowed => format!("{identity} may {request}"),
            Verdict::Denied => format!("{identity} may not {request}"),
            Verdict::Unknown => format!("whether {identity} may {request} is unknown"),
        }
    }
}
