//! What could not be read, and whether it could change a verdict.
//!
//! RBAC only ever allows, so a gap can only turn Denied into Allowed. It does so where an object inside it would complete
//! a chain: a binding that names the identity, and a role with a rule for the request, each either known or unread.

use super::decision::GapEffect;
use super::{Door, Index, Request, command, node};
use crate::base::{Gap, Loss, Name};
use crate::facts::Kind;
use crate::identity::Identity;

/// The ways in which unread objects could complete a chain.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a way of its own, and any of them may be open")]
struct Openings {
    /// A ClusterRole would do that some binding in scope already names, or selects into a role in scope.
    cluster_role: bool,
    /// A Role would do that some RoleBinding in scope already names.
    role: bool,
    /// A known ClusterRole allows the request.
    known_cluster_role: bool,
    /// A known Role of the request's namespace allows it.
    known_role: bool,
    /// The Node authorizer would allow it if a pod were related to the node.
    graph: bool,
}

/// Whether any gap could change a denial of this request.
pub fn could_change(index: &Index, identity: &Identity, request: &Request, door: Door) -> bool {
    let graph = needs_graph(identity, request);
    if graph && index.has_pods() {
        return true;
    }
    if index.gaps().is_empty() {
        return false;
    }
    let openings = openings(index, identity, request, door);
    index.gaps().iter().any(|gap| matters(gap, index.gaps(), request, openings))
}

/// Every gap with its effect on a denial of this request.
pub fn effects(index: &Index, identity: &Identity, request: &Request, door: Door) -> Vec<GapEffect> {
    let mut effects = without_effect(index, identity, request);
    if !effects.is_empty() {
        let openings = openings(index, identity, request, door);
        for effect in &mut effects {
            effect.could_change_verdict = matters(&effect.gap, index.gaps(), request, openings);
        }
    }
    if needs_graph(identity, request) && index.has_pods() {
        effects.push(GapEffect { gap: graph_gap(request), could_change_verdict: true, settled_by: command::can_i(identity, request) });
    }
    effects
}

/// Whether the Node authorizer would allow it if a pod were related to the node.
fn needs_graph(identity: &Identity, request: &Request) -> bool {
    node::opinion(identity, request).is_some_and(|opinion| opinion.needs_graph)
}

/// Every gap as a bystander: for an answer that no gap can change.
pub fn without_effect(index: &Index, identity: &Identity, request: &Request) -> Vec<GapEffect> {
    let settled_by = || command::can_i(identity, request);
    index
        .gaps()
        .iter()
        .map(|gap| GapEffect {
            gap: gap.clone(),
            could_change_verdict: false,
            settled_by: gap.settled_by.clone().unwrap_or_else(settled_by),
        })
        .collect()
}

fn graph_gap(request: &Request) -> Gap {
    Gap {
        what: "the relations between pods, their objects and nodes".to_owned(),
        why: "the Node authorizer allows this when a pod on the node uses the object; whycan does not follow these relations".to_owned(),
        kinds: vec![Name::new("Pod")],
        namespaces: Some(request.namespace()).filter(|namespace| !namespace.is_empty()).into_iter().collect(),
        loss: Loss::NotEvaluated,
        settled_by: None,
    }
}

fn openings(index: &Index, identity: &Identity, request: &Request, door: Door) -> Openings {
    let namespace = request.namespace();
    let mut openings = Openings {
        known_cluster_role: index.some_role_allows(Name::EMPTY, request, door),
        graph: needs_graph(identity, request),
        known_role: !namespace.is_empty() && index.some_role_allows(namespace, request, door),
        ..Openings::default()
    };
    for binding in index.bindings_in_scope(identity, request) {
        let Some(reference) = binding.role() else { continue };
        match index.role(&reference) {
            None if reference.kind == Kind::ClusterRole => openings.cluster_role = true,
            // a ClusterRoleBinding cannot name a Role: no unread one would make it resolve
            None => openings.role |= !binding.cluster,
            Some(role) => openings.cluster_role |= door == Door::Person && role.is_unfilled(),
        }
    }
    openings
}

/// Whether some object inside this gap, alone or with objects inside the other gaps, would complete a chain.
fn matters(gap: &Gap, gaps: &[Gap], request: &Request, openings: Openings) -> bool {
    let namespace = request.namespace();
    let here = |kind: Kind, namespace: Name| gap.may_hold(kind.as_str(), namespace);
    let anywhere = |kind: Kind, namespace: Name| gaps.iter().any(|gap| gap.may_hold(kind.as_str(), namespace));

    // a ClusterRoleBinding to a ClusterRole
    let cluster_binding =
        here(Kind::ClusterRoleBinding, Name::EMPTY) && (openings.known_cluster_role || anywhere(Kind::ClusterRole, Name::EMPTY));
    let cluster_role = here(Kind::ClusterRole, Name::EMPTY)
        && (openings.cluster_role
            || anywhere(Kind::ClusterRoleBinding, Name::EMPTY)
            || (!namespace.is_empty() && anywhere(Kind::RoleBinding, namespace)));
    if cluster_binding || cluster_role {
        return true;
    }
    // a kubelet's right to an object comes from a pod, in the namespace of a namespaced object
    if openings.graph && gap.may_hold_anywhere(Kind::Pod.as_str()) && (namespace.is_empty() || here(Kind::Pod, namespace)) {
        return true;
    }
    if namespace.is_empty() {
        return false;
    }
    // a RoleBinding of the request's namespace, to a ClusterRole or to a Role beside it
    let role_binding = here(Kind::RoleBinding, namespace)
        && (openings.known_cluster_role
            || openings.known_role
            || anywhere(Kind::ClusterRole, Name::EMPTY)
            || anywhere(Kind::Role, namespace));
    let role = here(Kind::Role, namespace) && (openings.role || anywhere(Kind::RoleBinding, namespace));
    role_binding || role
}
