//! `who-can` as JSON.

use schemars::JsonSchema;
use serde::Serialize;

use super::shapes::{AccessPolicy, Gap, Grant, Object, Request, Rule, Subject, beside_rbac};
use crate::authz::who_can::{self, Entitlement};
use crate::authz::{Door, Index};
use crate::base::Name;
use crate::facts::{Facts, ObjectRef};
use crate::report::{Entitlements, need};
use crate::view::sentence::limits;

/// The answer to `who-can`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum WhoCan {
    /// A question of one request.
    One(WhoCanOne),
    /// A question of several: somebody needs all of them.
    Several {
        /// The requests in the order in which kubectl makes them.
        requests: Vec<WhoCanPart>,
    },
}

/// Everyone who may do one thing.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WhoCanOne {
    request: Request,
    /// Those with the widest scope first.
    who: Vec<Entitled>,
    gaps: Vec<Gap>,
}

/// One request of several.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WhoCanPart {
    /// `all`, `any:N` (one of group N is enough) or `optional`.
    need: String,
    /// What it is for.
    purpose: String,
    #[serde(flatten)]
    who_can: WhoCanOne,
}

/// One subject that may.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Entitled {
    subject: Subject,
    scope: Scope,
    /// Where, when it is not the whole cluster.
    namespaces: Vec<Name>,
    /// Known members of a group.
    members: Vec<Subject>,
    grants: Vec<Grant>,
    /// The objects to which all its grants are limited; empty when one is not.
    names: Vec<Name>,
}

/// How far it reaches.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Scope {
    Cluster,
    Namespace,
}

impl WhoCan {
    /// The answer to a question.
    pub fn new(answered: &Entitlements, index: &Index, facts: &Facts) -> Self {
        let one = |answer: &who_can::WhoCan| WhoCanOne {
            request: Request::new(&answer.request, &answered.read_as, &[&answered.notes, &answer.notes]),
            who: answer.who.iter().map(|entitled| Entitled::new(entitled, index, facts)).collect(),
            gaps: answer.gaps.iter().map(Gap::from).collect(),
        };
        match answered.parts.as_slice() {
            [only] => Self::One(one(&only.answer)),
            parts => Self::Several {
                requests: parts
                    .iter()
                    .map(|part| WhoCanPart { need: need(part.need), purpose: part.purpose.clone(), who_can: one(&part.answer) })
                    .collect(),
            },
        }
    }
}

impl Entitled {
    fn new(entitled: &who_can::Entitled, index: &Index, facts: &Facts) -> Self {
        Self {
            subject: Subject::from(&entitled.subject),
            scope: if entitled.cluster_wide { Scope::Cluster } else { Scope::Namespace },
            namespaces: if entitled.cluster_wide { Vec::new() } else { entitled.namespaces.clone() },
            members: entitled.members.iter().map(Subject::from).collect(),
            grants: entitled.grants.iter().map(|grant| chain(grant, index, facts)).collect(),
            names: limits(&entitled.grants),
        }
    }
}

fn chain(grant: &Entitlement, index: &Index, facts: &Facts) -> Grant {
    let object = |reference: ObjectRef| Object::new(&reference, facts);
    let rules = grant.role.and_then(|role| index.role_rules(&role, Door::Person));
    let rule = rules.and_then(|rules| {
        let from = rules.filled.and_then(|filled| filled.from.get(grant.rule_index)).copied();
        rules.rules.get(grant.rule_index).map(|rule| Rule::new(grant.rule_index, rule, from.as_ref(), facts))
    });
    let subject = grant.binding.and_then(|binding| Some((facts.binding(&binding)?.subjects.get(grant.subject_index).copied()?, binding)));
    Grant {
        authorizer: beside_rbac(grant.authorizer),
        binding: grant.binding.map(object),
        role: grant.role.map(object),
        subject: subject
            .map(|(subject, binding)| crate::authz::SubjectAt { index: grant.subject_index, subject, binding_namespace: binding.namespace })
            .as_ref()
            .map(Subject::from),
        rule,
        policy: grant.policy.as_ref().map(AccessPolicy::from),
        reason: grant.reason(facts),
    }
}
