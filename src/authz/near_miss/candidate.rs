//! A candidate: a chain with the checks that fail, before it is put into words.

use super::super::decision::{Check, CheckKind, NearMiss, NearMissKind, RuleAt, SubjectAt};
use super::{Question, rank, sentence};
use crate::authz::Request;
use crate::base::Name;
use crate::facts::{Kind, ObjectRef, RoleRef, Rule};

/// A chain that does not allow the request, and why not.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    /// The kind, which the first failing check decides.
    pub kind: NearMissKind,
    /// The binding.
    pub binding: ObjectRef,
    /// The role reference as written.
    pub role_ref: RoleRef,
    /// The role that the reference names, whether or not it exists.
    pub role: Option<ObjectRef>,
    /// The subject concerned.
    pub subject: Option<SubjectAt>,
    /// How the subject is like the identity, when that fails.
    pub likeness: Likeness,
    /// The group that the subject is like, when it is not the user itself.
    pub meant: Option<Name>,
    /// The rule concerned.
    pub rule: Option<RuleView<'a>>,
    /// For a role that is not aggregated: the ClusterRole that has the rule, and why it is not selected.
    pub contributor: Option<(ObjectRef, String)>,
    /// The checks that fail, in order; never empty, at most two.
    pub failing: Vec<CheckKind>,
}

/// A rule and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct RuleView<'a> {
    /// Position in its role.
    pub index: usize,
    /// The rule.
    pub rule: &'a Rule,
    /// The contributor to an aggregated role.
    pub from: Option<ObjectRef>,
}

/// How a subject that does not match is like the identity; the nearer, the smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// It is the identity, or not the question.
    Same,
    /// Equal but for case and blanks.
    Spelling,
    /// So many edits away, of a name long enough for that to be a slip.
    Slip(usize),
    /// The right name with the wrong kind.
    Kind,
    /// The right service account name in another namespace.
    Namespace,
    /// The binding names nobody at all.
    Nobody,
    /// One name holds the other, or a short name is a few edits away: likely somebody else.
    Loose,
    /// A group that the identity does not hold.
    Group,
    /// Somebody else.
    Other,
}

impl Candidate<'_> {
    /// Where it stands in the list: fewest failing checks, then the cheapest to mend, then by name.
    pub fn rank(&self, question: &Question<'_>) -> (usize, u8, ObjectRef, usize, Option<ObjectRef>) {
        let position = self.rule.map_or(0, |rule| rule.index);
        let contributor = self.contributor.as_ref().map(|(contributor, _)| *contributor);
        (self.failing.len(), rank::cost(self, question), self.binding, position, contributor)
    }

    /// The near miss, in words.
    pub fn describe(&self, question: &Question<'_>) -> NearMiss {
        NearMiss {
            kind: self.kind,
            sentence: sentence::sentence(self, question),
            binding: self.binding,
            role: self.role,
            subject: self.subject,
            rule: self.rule.map(|view| RuleAt { index: view.index, rule: view.rule.clone(), from: view.from }),
            checks: self.checks(question),
            fix: None,
        }
    }

    /// Every check that applies to the request, with its outcome.
    fn checks(&self, question: &Question<'_>) -> Vec<Check> {
        let mut kinds = vec![CheckKind::Scope, CheckKind::Role];
        if self.contributor.is_some() {
            kinds.push(CheckKind::Aggregation);
        }
        match question.request {
            // what a role that does not exist would allow is not known
            _ if self.kind == NearMissKind::MissingRole => {}
            Request::NonResource { .. } => kinds.extend([CheckKind::Verb, CheckKind::NonResourceUrl]),
            Request::Resource(request) => {
                kinds.extend([CheckKind::Verb, CheckKind::ApiGroup, CheckKind::Resource]);
                if !request.subresource.is_empty() || self.failing.contains(&CheckKind::Subresource) {
                    kinds.push(CheckKind::Subresource);
                }
                kinds.push(CheckKind::ResourceName);
            }
        }
        kinds.push(CheckKind::Subject);
        kinds
            .into_iter()
            .map(|what| Check { what, ok: !self.failing.contains(&what), detail: sentence::detail(self, question, what) })
            .collect()
    }

    /// The namespace in which the binding holds; empty for a ClusterRoleBinding.
    pub fn namespace(&self) -> Name {
        if self.binding.kind == Kind::RoleBinding { self.binding.namespace } else { Name::EMPTY }
    }
}
