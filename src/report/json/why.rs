//! `why` as JSON.

use schemars::JsonSchema;
use serde::Serialize;

use super::relation::Relation;
use super::shapes::{AccessPolicy, Fix, Gap, Grant, Identity, NearMiss, Object, Request, Subject, Told};
use crate::authz::{self, Decision, Link, Principal, Verdict, access};
use crate::facts::Facts;
use crate::report::{Explained, need};
use crate::view::sentence;

/// The answer to `why`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Why {
    /// A question of one request.
    One(Box<WhyOne>),
    /// A question of several, as most kubectl lines are.
    Several {
        /// The requests in the order in which kubectl makes them.
        requests: Vec<WhyPart>,
        /// The verdict of the whole.
        verdict: Verdict,
        /// The position of the request that decides it.
        because: usize,
    },
}

/// One request of several.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WhyPart {
    /// `all`, `any:N` (one of group N is enough) or `optional`.
    need: String,
    /// What it is for.
    purpose: String,
    #[serde(flatten)]
    why: WhyOne,
}

/// The answer to one request, with all its reasons.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WhyOne {
    request: Request,
    identity: Identity,
    verdict: Verdict,
    /// whycan's own verdict.
    computed: Verdict,
    /// `system:masters`, `Node`, `RBAC`, `none`, or `server` where only the server knew.
    decided_by: &'static str,
    /// The API server's reason, byte for byte: of `verdict`.
    reason: String,
    /// Every complete chain that allows it.
    grants: Vec<Grant>,
    /// How the object and the node that asks are related, where that is what the Node authorizer looks at.
    relation: Option<Relation>,
    near_misses: Vec<NearMiss>,
    /// How many more there are than are listed.
    more_near_misses: usize,
    fixes: Vec<Fix>,
    gaps: Vec<Gap>,
    /// Every binding that applies to the identity, and those of other namespaces that would grant this there.
    bindings: Vec<Applying>,
    /// How many more there are than are listed.
    more_bindings: usize,
    /// The access policies of the principal, and what each says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    access_policies: Vec<Associated>,
    /// A live server's answer to the same; none for recorded facts, and where it would not be asked.
    server: Option<Server>,
    /// What the server tells of the caller's own rights, where not everything could be read.
    told: Option<Told>,
}

/// What a live server answered.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Server {
    allowed: bool,
    /// Its reason, byte for byte.
    reason: String,
    /// Whether it says what whycan computes; absent where it could not say.
    agrees: Option<bool>,
    /// What went wrong while it decided; then `allowed: false` is no verdict.
    evaluation_error: Option<String>,
    /// How it was asked.
    asked: &'static str,
    /// What may explain a difference.
    difference: Vec<String>,
}

/// A binding that applies to the identity.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Applying {
    /// The user or group through which it applies.
    via: Subject,
    binding: Object,
    /// Absent when the role does not exist.
    role: Option<Object>,
    subject: Subject,
    /// Whether it holds where the request is.
    in_scope: bool,
    /// The API server's error for a role that does not resolve.
    problem: Option<String>,
    /// The positions of the role's rules that allow the request.
    allowing_rules: Vec<usize>,
}

/// An access policy of the principal.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Associated {
    /// Whose access entry has it.
    principal: String,
    policy: AccessPolicy,
    /// Whether it allows the request.
    allows: bool,
    /// What it says.
    sentence: String,
}

impl Associated {
    fn new(policy: &access::Associated, request: &authz::Request) -> Self {
        Self {
            principal: policy.principal.clone(),
            policy: AccessPolicy::from(&policy.association),
            allows: policy.says == access::Says::Allows,
            sentence: policy.sentence(request),
        }
    }
}

impl Why {
    /// The answer to a question.
    pub fn new(explained: &Explained, facts: &Facts) -> Self {
        let one = |decision: &Decision| WhyOne::new(decision, explained, facts);
        match explained.parts.as_slice() {
            [only] => Self::One(Box::new(one(&only.answer))),
            parts => {
                let (verdict, because) = explained.verdict();
                let requests = parts
                    .iter()
                    .map(|part| WhyPart { need: need(part.need), purpose: part.purpose.clone(), why: one(&part.answer) })
                    .collect();
                Self::Several { requests, verdict, because }
            }
        }
    }
}

impl WhyOne {
    fn new(decision: &Decision, explained: &Explained, facts: &Facts) -> Self {
        Self {
            request: Request::new(&decision.request, &explained.read_as, &[&explained.notes, &decision.notes]),
            identity: Identity::from(&decision.identity),
            verdict: decision.verdict,
            computed: decision.computed,
            decided_by: decision.decided_by(),
            reason: reason(decision),
            grants: decision.grants.iter().map(|grant| Grant::new(grant, facts)).collect(),
            relation: decision.relation.as_ref().map(Relation::from),
            near_misses: decision.near_misses.iter().map(|miss| NearMiss::new(miss, facts)).collect(),
            more_near_misses: decision.more_near_misses,
            fixes: decision.fixes.iter().map(Fix::from).collect(),
            gaps: decision.gaps.iter().map(Gap::from).collect(),
            bindings: decision.links.iter().map(|link| Applying::new(link, facts)).collect(),
            more_bindings: decision.more_links,
            access_policies: decision.policies.iter().map(|policy| Associated::new(policy, &decision.request)).collect(),
            told: explained.told.as_ref().filter(|_| decision.computed == Verdict::Unknown).map(Told::from),
            server: decision.server.as_ref().map(|server| Server {
                allowed: server.allowed,
                reason: server.reason.clone(),
                agrees: decision.agrees(),
                evaluation_error: Some(server.evaluation_error.clone()).filter(|error| !error.is_empty()),
                asked: sentence::asked(server.asked),
                difference: sentence::difference(decision),
            }),
        }
    }
}

/// The reason of the verdict: the server's own where the verdict is its alone.
fn reason(decision: &Decision) -> String {
    match &decision.server {
        Some(server) if decision.verdict != decision.computed => server.reason.clone(),
        _ => decision.reason.clone(),
    }
}

impl Applying {
    fn new(link: &Link, facts: &Facts) -> Self {
        let allowing = link.checks.iter().enumerate().filter(|(_, check)| check.failing.is_empty());
        let via: &Principal = &link.via;
        Self {
            via: Subject::from(via),
            binding: Object::new(&link.binding, facts),
            role: link.role.as_ref().map(|role| Object::new(role, facts)),
            subject: Subject::from(&link.subject),
            in_scope: link.in_scope,
            problem: link.problem.clone(),
            allowing_rules: allowing.map(|(position, _)| position).collect(),
        }
    }
}
