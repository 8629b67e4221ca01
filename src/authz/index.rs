//! The index: from an identity straight to its bindings, from a request straight to the roles that could allow it.
//!
//! Kubernetes' own authorizer scans all ClusterRoleBindings and all RoleBindings of the namespace for each request. Here
//! bindings hang on the user or group that they name, so that a verdict costs what the identity's own bindings cost.
//! Changes are taken one by one; the result equals a rebuild.

mod aggregate;
mod apply;
mod search;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::decision::{Authorizer, Principal};
use super::node::{self, Graph};
use super::{Access, Door, Request, Verdict, gaps, rbac};
use crate::base::{Gap, Name, known};
use crate::facts::{Binding, Facts, Kind, ObjectRef, Role, Rule, Subject, SubjectKind};
use crate::identity::Identity;

pub use aggregate::Filled;

/// The position of a role in the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleId(u32);

/// The position of a binding in the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BindingId(u32);

/// All that the authorizers read, arranged for answering.
#[derive(Clone, Debug, Default)]
pub struct Index {
    roles: Vec<RoleEntry>,
    role_ids: FxHashMap<ObjectRef, RoleId>,
    bindings: Vec<Option<BindingEntry>>,
    binding_ids: FxHashMap<ObjectRef, BindingId>,
    free: Vec<BindingId>,
    /// By whom they name and where they hold; ClusterRoleBindings hold in the empty namespace.
    postings: FxHashMap<(Principal, Name), Vec<BindingId>>,
    /// The namespaces of an identity's RoleBindings.
    namespaces: FxHashMap<Principal, Vec<Name>>,
    /// By the role they name and where they hold.
    bound: FxHashMap<(RoleId, Name), Vec<BindingId>>,
    /// The roles of a namespace (empty: ClusterRoles) with a rule for a resource; [`PATHS`] for those with paths.
    by_resource: FxHashMap<(Name, Name), Vec<RoleId>>,
    /// Aggregated ClusterRoles that a controller has not filled.
    unfilled: Vec<RoleId>,
    gaps: Vec<Gap>,
    counts: [usize; Kind::ALL.len()],
    /// What belongs to which node; a copy of the index shares it.
    graph: Arc<Graph>,
    /// The kinds that nobody asked for.
    unlisted: BTreeSet<Kind>,
    /// The node whose pods were asked for, and no others.
    pods_of: Option<Name>,
    access: Access,
}

/// The key of roles with non-resource URLs in `by_resource`; no resource is called so.
const PATHS: &str = "/";

/// A role, or the place of one that is only named.
#[derive(Clone, Debug)]
struct RoleEntry {
    reference: ObjectRef,
    role: Option<Arc<Role>>,
    filled: Option<Filled>,
}

/// A binding and where its role is.
#[derive(Clone, Debug)]
struct BindingEntry {
    binding: Arc<Binding>,
    role: Option<RoleId>,
}

/// The rules of a role as one door sees them.
#[derive(Clone, Debug)]
pub struct Rules<'a> {
    /// The role.
    pub role: &'a Arc<Role>,
    /// Its rules, stored or filled.
    pub rules: &'a Arc<[Rule]>,
    /// Which ClusterRole contributed each, when they were filled here.
    pub filled: Option<&'a Filled>,
}

impl Index {
    /// Indexes a snapshot.
    pub fn new(facts: &Facts) -> Self {
        let mut index = Self::default();
        index.reserve(facts);
        for role in facts.roles() {
            index.put_role(role);
        }
        for binding in facts.bindings() {
            index.put_binding(binding);
        }
        index.graph = Arc::new(Graph::new(facts));
        index.unlisted = Kind::ALL.into_iter().filter(|kind| facts.is_unlisted(*kind)).collect();
        index.pods_of = facts.pods_of();
        index.gaps = facts.gaps().to_vec();
        index.access = Access::new(facts.shared_aws());
        index.fill();
        index
    }

    /// The verdict alone, in well under a microsecond; [`super::explain`] gives the same with its reasons.
    pub fn decide(&self, identity: &Identity, request: &Request, door: Door) -> Verdict {
        if self.allowing(identity, request, door).is_some() {
            return Verdict::Allowed;
        }
        // the commonest case first: everything was read, and the graph of nodes is not needed
        if self.gaps.is_empty() && identity.node().is_none() && identity.template.is_none() && self.access.is_empty() {
            return Verdict::Denied;
        }
        if gaps::could_change(self, identity, request, door) { Verdict::Unknown } else { Verdict::Denied }
    }

    /// The first authorizer of the chain that allows the request.
    pub fn allowing(&self, identity: &Identity, request: &Request, door: Door) -> Option<Authorizer> {
        if identity.holds(*known::MASTERS) {
            return Some(Authorizer::SystemMasters);
        }
        if node::opinion(&self.graph, identity, request).is_some_and(|opinion| opinion.allowed) {
            return Some(Authorizer::Node);
        }
        if self.rbac_allows(identity, request, door) {
            return Some(Authorizer::Rbac);
        }
        // nothing but a principal of IAM has any
        (!identity.extra.is_empty() && self.access.allows(identity, request)).then_some(Authorizer::AccessPolicy)
    }

    /// Which authorizers are taken to be there, as a note.
    pub(super) fn authorizers(&self) -> &'static str {
        if self.access.is_empty() {
            "the authorizers are taken to be Node and RBAC"
        } else {
            "the authorizers are taken to be Node, RBAC and EKS access policies"
        }
    }

    /// What access policies allow.
    pub fn access(&self) -> &Access {
        &self.access
    }

    fn rbac_allows(&self, identity: &Identity, request: &Request, door: Door) -> bool {
        let namespace = request.namespace();
        principals(identity).any(|principal| {
            self.some_binding_allows(principal, Name::EMPTY, request, door)
                // with an empty namespace RoleBindings are never read
                || (!namespace.is_empty() && self.some_binding_allows(principal, namespace, request, door))
        })
    }

    fn some_binding_allows(&self, principal: Principal, namespace: Name, request: &Request, door: Door) -> bool {
        self.posted(principal, namespace).iter().any(|id| {
            self.entry(*id)
                .and_then(|entry| self.rules(entry.role?, door))
                .is_some_and(|rules| rules.rules.iter().any(|rule| rbac::allows(rule, request)))
        })
    }

    /// How many bindings reach an identity in a namespace (empty: everywhere), each once.
    pub fn reaching(&self, identity: &Identity, namespace: Name) -> usize {
        let mut bindings: Vec<BindingId> = principals(identity).flat_map(|principal| self.posted(principal, namespace)).copied().collect();
        bindings.sort_unstable();
        bindings.dedup();
        bindings.len()
    }

    /// The bindings that name a principal and hold in a namespace (empty: everywhere).
    fn posted(&self, principal: Principal, namespace: Name) -> &[BindingId] {
        self.postings.get(&(principal, namespace)).map_or(&[], Vec::as_slice)
    }

    fn entry(&self, id: BindingId) -> Option<&BindingEntry> {
        self.bindings.get(id.0 as usize)?.as_ref()
    }

    /// The rules of a role, or nothing when the role does not exist.
    fn rules(&self, id: RoleId, door: Door) -> Option<Rules<'_>> {
        let entry = self.roles.get(id.0 as usize)?;
        let role = entry.role.as_ref()?;
        let filled = entry.filled.as_ref().filter(|_| door == Door::Person);
        Some(Rules { role, rules: filled.map_or(&role.rules, |filled| &filled.rules), filled })
    }

    /// How many there are of a kind that authorizers read.
    pub fn count(&self, kind: Kind) -> usize {
        if Kind::GRAPH.contains(&kind) { self.graph.count(kind) } else { self.counts.get(kind as usize).copied().unwrap_or_default() }
    }

    /// What belongs to which node.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// A gap for each kind that nobody asked for and that this request of a node hangs on.
    pub(super) fn missing_for(&self, identity: &Identity, request: &Request) -> Vec<Gap> {
        if self.unlisted.is_empty() && self.pods_of.is_none() {
            return Vec::new();
        }
        let is_of_node = |node: Name| identity.node().is_some_and(|asking| node == asking);
        let is_unlisted = |kind: Kind| match self.pods_of {
            Some(node) if kind == Kind::Pod => !is_of_node(node),
            _ => self.unlisted.contains(&kind),
        };
        node::missing(identity, request, is_unlisted)
    }

    fn set_count(&mut self, kind: Kind, count: usize) {
        if let Some(slot) = self.counts.get_mut(kind as usize) {
            *slot = count;
        }
    }

    /// What could not be read.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }
}

/// The user and the groups of an identity, in the order in which they are asked about.
pub(super) fn principals(identity: &Identity) -> impl Iterator<Item = Principal> + '_ {
    identity.username.into_iter().map(Principal::User).chain(identity.groups.iter().copied().map(Principal::Group))
}

/// The principal whom a subject of a binding names; none when it matches nobody.
///
/// A service account is the user name that its tokens carry; without a namespace it is in the binding's, and in a
/// ClusterRoleBinding in none (`appliesToUser` of `pkg/registry/rbac/validation/rule.go`).
pub fn principal_of(subject: &Subject, binding_namespace: Name) -> Option<Principal> {
    match subject.kind {
        SubjectKind::User => Some(Principal::User(subject.name)),
        SubjectKind::Group => Some(Principal::Group(subject.name)),
        SubjectKind::ServiceAccount => {
            let namespace = if subject.namespace.is_empty() { binding_namespace } else { subject.namespace };
            (!namespace.is_empty())
                .then(|| Principal::User(Name::new(&format!("{}{namespace}:{}", crate::identity::SERVICE_ACCOUNT, subject.name))))
        }
        SubjectKind::Other(_) => None,
    }
}

/// Whether an identity is this principal or holds it.
pub(super) fn is_held(identity: &Identity, principal: Principal) -> bool {
    match principal {
        Principal::User(name) => identity.username == Some(name),
        Principal::Group(name) => identity.holds(name),
    }
}
