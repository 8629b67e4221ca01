//! What could not be read, and whether it could change a verdict.
//!
//! RBAC only ever allows, so a gap can only turn Denied into Allowed. It does so where an object inside it would complete
//! a chain: a binding that names the identity, and a role with a rule for the request, each either known or unread.

mod access;
use std::borrow::Cow;

use super::decision::GapEffect;
use super::{Door, Index, Request, command, node};
use crate::base::{Gap, Loss, Name};
use crate::facts::{Kind, LabelSelector, Meta, Requirement, Role};
use crate::identity::Identity;

/// The ways in which unread objects could complete a chain.
#[derive(Clone, Debug, Default)]
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
    /// The Node authorizer would allow it if the object were related to the node.
    node: Option<node::Openings>,
    /// An access policy would do.
    policies: bool,
}

/// Whether any gap could change a denial of this request.
pub fn could_change(index: &Index, identity: &Identity, request: &Request, door: Door) -> bool {
    if access::could_allow(index, identity, request, door) {
        return true;
    }
    let gaps = all(index, identity, request);
    if gaps.is_empty() {
        return false;
    }
    let openings = openings(index, identity, request, door);
    gaps.iter().any(|gap| matters(gap, &gaps, request, &openings))
}

/// The gaps, and what was not asked for where that matters to a node.
fn all<'a>(index: &'a Index, identity: &Identity, request: &Request) -> Cow<'a, [Gap]> {
    let missing = index.missing_for(identity, request);
    if missing.is_empty() { Cow::Borrowed(index.gaps()) } else { Cow::Owned([index.gaps(), &missing].concat()) }
}

/// Every gap with its effect on a denial of this request.
pub fn effects(index: &Index, identity: &Identity, request: &Request, door: Door) -> Vec<GapEffect> {
    let gaps = all(index, identity, request);
    let mut effects = told(&gaps, identity, request);
    if !effects.is_empty() {
        let openings = openings(index, identity, request, door);
        for effect in &mut effects {
            effect.could_change_verdict = matters(&effect.gap, &gaps, request, &openings);
        }
    }
    // what nobody asked for is told only where it would help to ask
    effects.retain(|effect| effect.could_change_verdict || effect.gap.loss != Loss::Unasked);
    effects.extend(access::effects(index, identity, request, door));
    effects
}

/// What is open of the access policies of an identity, whatever it asks.
pub fn of_policies(index: &Index, identity: &Identity, door: Door) -> Vec<GapEffect> {
    access::of_anything(index, identity, door)
}

/// Every gap as a bystander: for an answer that no gap can change.
pub fn without_effect(index: &Index, identity: &Identity, request: &Request) -> Vec<GapEffect> {
    told(index.gaps(), identity, request)
}

fn told(gaps: &[Gap], identity: &Identity, request: &Request) -> Vec<GapEffect> {
    let settled_by = || command::can_i(identity, request);
    gaps.iter()
        .map(|gap| GapEffect {
            gap: gap.clone(),
            could_change_verdict: false,
            settled_by: gap.settled_by.clone().unwrap_or_else(settled_by),
        })
        .collect()
}

fn openings(index: &Index, identity: &Identity, request: &Request, door: Door) -> Openings {
    let namespace = request.namespace();
    let mut openings = Openings {
        known_cluster_role: index.some_role_allows(Name::EMPTY, request, door),
        policies: access::may_have_policies(index, identity, door),
        node: node::Openings::of(index.graph(), identity, request),
        known_role: !namespace.is_empty() && index.some_role_allows(namespace, request, door),
        ..Openings::default()
    };
    for binding in index.bindings_in_scope(identity, request) {
        let Some(reference) = binding.role() else { continue };
        match index.role(&reference) {
            None if reference.kind == Kind::ClusterRole => openings.cluster_role = true,
            // a ClusterRoleBinding cannot name a Role: no unread one would make it resolve
            None => openings.role |= !binding.cluster,
            Some(role) => openings.cluster_role |= door == Door::Person && role.is_unfilled() && could_select(role),
        }
    }
    openings
}

/// Whether labels can be thought of that an aggregated role would select.
fn could_select(role: &Role) -> bool {
    role.aggregation.iter().flat_map(|aggregation| &aggregation.selectors).any(|selector| {
        // the least that the selector wants: a value that stands in each of a key's lists, or any value
        let mut labels: Vec<(Name, Name)> = Vec::new();
        for requirement in &selector.requirements {
            match requirement {
                Requirement::In(key, values) => {
                    let fits = |value: &Name| {
                        let alone = [(*key, *value)];
                        selector.requirements.iter().filter(|other| is_about(other, *key)).all(|other| holds(other, &alone))
                    };
                    labels.extend(values.iter().copied().find(fits).map(|value| (*key, value)));
                }
                Requirement::Exists(key) => labels.push((*key, Name::new("any value that nobody excludes"))),
                _ => {}
            }
        }
        // of two for one key the first counts, and an exact one comes before any
        labels.sort_by_key(|(_, value)| value.as_str() == "any value that nobody excludes");
        selector.requirements.iter().all(|requirement| holds(requirement, &labels))
    })
}

fn is_about(requirement: &Requirement, wanted: Name) -> bool {
    match requirement {
        Requirement::In(key, _) | Requirement::NotIn(key, _) | Requirement::Exists(key) | Requirement::DoesNotExist(key) => *key == wanted,
        Requirement::Invalid(_) => true,
    }
}

fn holds(requirement: &Requirement, labels: &[(Name, Name)]) -> bool {
    let meta = Meta { labels: labels.into(), ..Meta::default() };
    LabelSelector { requirements: vec![requirement.clone()] }.matches(&meta)
}

/// Whether some object inside this gap, alone or with objects inside the other gaps, would complete a chain.
fn matters(gap: &Gap, gaps: &[Gap], request: &Request, openings: &Openings) -> bool {
    if access::is_about_policies(gap) {
        return openings.policies;
    }
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
    if openings.node.as_ref().is_some_and(|node| node.could_be_in(gap, gaps)) {
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::facts::Aggregation;

    #[test]
    fn selectors_that_nothing_can_satisfy() {
        use Requirement::{DoesNotExist, Exists, In, Invalid, NotIn};
        let key = |key: &str| Name::new(key);
        let values = |values: &[&str]| values.iter().map(|value| Name::new(value)).collect::<Vec<_>>();
        for (selectors, could) in [
            (vec![], false),
            (vec![vec![]], true),
            (vec![vec![In(key("a"), values(&["x", "y"])), NotIn(key("a"), values(&["x"]))]], true),
            (vec![vec![In(key("a"), values(&["x"])), NotIn(key("a"), values(&["x"]))]], false),
            (vec![vec![In(key("a"), values(&["x", "y"])), In(key("a"), values(&["y", "z"])), Exists(key("a"))]], true),
            (vec![vec![Exists(key("a")), In(key("a"), values(&["x"]))]], true),
            (vec![vec![In(key("a"), values(&["x"])), In(key("a"), values(&["y"]))]], false),
            (vec![vec![Exists(key("a")), DoesNotExist(key("a"))]], false),
            (vec![vec![Exists(key("a")), NotIn(key("a"), values(&["x"])), DoesNotExist(key("b"))]], true),
            (vec![vec![Invalid(key("a"))]], false),
            (vec![vec![Invalid(key("a"))], vec![Exists(key("a"))]], true),
            (vec![vec![In(key("a"), vec![])]], false),
        ] {
            let selectors: Vec<LabelSelector> = selectors.into_iter().map(|requirements| LabelSelector { requirements }).collect();
            let told = format!("{selectors:?}");
            let aggregation = Some(Arc::new(Aggregation { selectors }));
            assert_eq!(
                could_select(&Role { meta: Meta::named("", "r"), cluster: true, rules: Arc::from([]), aggregation }),
                could,
                "{told}"
            );
        }
    }
}
