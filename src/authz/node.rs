//! The Node authorizer: what kubelets may do, by fixed rules and for what belongs to the pods on their node.
//!
//! Source: `plugin/pkg/auth/authorizer/node/node_authorizer.go` at Kubernetes 1.36 with default feature gates.

mod gaps;
mod graph;
mod path;
mod rules;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use super::Request;
use super::rbac;
use super::request::ResourceRequest;
use crate::base::Name;
use crate::base::text::quote;
use crate::facts::{Kind, Rule, Used};
use crate::identity::Identity;

pub use gaps::{Openings, missing};
pub use graph::{Graph, Sort, Vertex};
pub use path::{Near, Obstacle, Path, Relation, Step, Tie};

/// The resources of which every node may do something: API group, resource, subresource.
pub const RESOURCES: [(&str, &str, &str); 17] = [
    ("", "endpoints", ""),
    ("", "events", ""),
    ("", "nodes", ""),
    ("", "nodes", "status"),
    ("", "pods", ""),
    ("", "pods", "eviction"),
    ("", "pods", "status"),
    ("", "services", ""),
    ("authentication.k8s.io", "tokenreviews", ""),
    ("authorization.k8s.io", "localsubjectaccessreviews", ""),
    ("authorization.k8s.io", "subjectaccessreviews", ""),
    ("certificates.k8s.io", "certificatesigningrequests", ""),
    ("events.k8s.io", "events", ""),
    ("node.k8s.io", "runtimeclasses", ""),
    ("resource.k8s.io", "resourceslices", ""),
    ("storage.k8s.io", "csidrivers", ""),
    ("storage.k8s.io", "csinodes", ""),
];

/// What the Node authorizer says to a node; to others it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opinion {
    /// Whether it allows the request; its reason is then empty.
    pub allowed: bool,
    /// Its reason for not allowing, often empty.
    pub reason: Cow<'static, str>,
    /// The object that has to be related to the node, where it is that which decides.
    pub object: Option<Vertex>,
}

impl Opinion {
    fn allow() -> Self {
        Self { allowed: true, ..Self::default() }
    }

    fn none(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { reason: reason.into(), ..Self::default() }
    }

    fn when(allowed: bool, reason: &'static str) -> Self {
        if allowed { Self::allow() } else { Self::none(reason) }
    }
}

/// The Node authorizer's opinion; none for an identity that is no node.
pub fn opinion(graph: &Graph, identity: &Identity, request: &Request) -> Option<Opinion> {
    let node = identity.node()?;
    let mut opinion = rule(identity, request)?;
    if let Some(object) = &opinion.object {
        // a node that nobody has named is related to nothing
        opinion.allowed = Name::find(node).is_some_and(|node| graph.is_related(node, object));
        if !opinion.allowed {
            opinion.reason = format!("no relationship found between node '{node}' and this object").into();
        }
    }
    Some(opinion)
}

/// What the fixed rules say to a node, and whether it is for the graph to decide; none for an identity that is no node.
pub fn rule(identity: &Identity, request: &Request) -> Option<Opinion> {
    let node = identity.node()?;
    if node.is_empty() {
        let user = identity.username.map_or("", Name::as_str);
        return Some(Opinion::none(format!("unknown node for user {}", quote(user))));
    }
    Some(match request {
        Request::Resource(resource) => on_resource(node, resource).unwrap_or_else(|| by_static_rules(request)),
        Request::NonResource { .. } => by_static_rules(request),
    })
}

/// How the object of a request and the node that asks are related, or nearly are; none where fixed rules decide.
pub fn relation(graph: &Graph, identity: &Identity, request: &Request) -> Option<Relation> {
    let object = rule(identity, request)?.object?;
    Some(Relation::find(graph, Name::new(identity.node()?), object))
}

/// The kinds that must be read to answer a request of a node; none where fixed rules answer it.
pub fn kinds(identity: &Identity, request: &Request) -> &'static [Kind] {
    let sort = rule(identity, request).and_then(|opinion| opinion.object).map(|object| object.sort);
    match sort {
        None => &[],
        Some(Sort::PersistentVolume | Sort::Used(Used::Secret)) => &[Kind::Pod, Kind::PersistentVolume],
        Some(Sort::VolumeAttachment) => &[Kind::VolumeAttachment],
        Some(Sort::ResourceSlice) => &[Kind::ResourceSlice],
        Some(Sort::Node | Sort::Pod | Sort::ServiceAccount | Sort::Used(_)) => &[Kind::Pod],
    }
}

/// Access to other resources is not subdivided: the rules of ClusterRole system:node.
fn by_static_rules(request: &Request) -> Opinion {
    Opinion::when(rules::NODE.iter().any(|rule: &Rule| rbac::allows(rule, request)), "")
}

fn on_resource(node: &str, request: &ResourceRequest) -> Option<Opinion> {
    Some(match (request.api_group.as_str(), request.resource.as_str()) {
        ("", "secrets") => read_namespaced(Sort::Used(Used::Secret), request),
        ("", "configmaps") => read_namespaced(Sort::Used(Used::ConfigMap), request),
        ("", "persistentvolumeclaims") if request.subresource == "status" => match request.verb.as_str() {
            "update" | "patch" => related(Sort::Used(Used::PersistentVolumeClaim), request),
            _ => Opinion::none("can only get/update/patch this type"),
        },
        ("", "persistentvolumeclaims") => get_related(Sort::Used(Used::PersistentVolumeClaim), request),
        ("", "persistentvolumes") => get_related(Sort::PersistentVolume, request),
        ("resource.k8s.io", "resourceclaims") => get_related(Sort::Used(Used::ResourceClaim), request),
        ("storage.k8s.io", "volumeattachments") => get_related(Sort::VolumeAttachment, request),
        ("", "serviceaccounts") => on_service_account(request),
        ("coordination.k8s.io", "leases") => on_lease(node, request),
        ("storage.k8s.io", "csinodes") => on_csi_node(node, request),
        ("resource.k8s.io", "resourceslices") => on_resource_slice(node, request),
        ("", "nodes") => on_node(node, request),
        ("", "pods") => on_pod(node, request),
        // the gate PodCertificateRequest is off by default, and then nodes get nothing
        ("certificates.k8s.io", "podcertificaterequests") => Opinion::none(""),
        _ => return None,
    })
}

/// Needs a path from the object to the node in the graph.
fn related(sort: Sort, request: &ResourceRequest) -> Opinion {
    if request.name.is_empty() {
        return Opinion::none("No Object name found");
    }
    Opinion { object: Some(Vertex::new(sort, request.namespace, request.name)), ..Opinion::default() }
}

fn get_related(sort: Sort, request: &ResourceRequest) -> Opinion {
    if request.verb != "get" {
        return Opinion::none("can only get individual resources of this type");
    }
    if !request.subresource.is_empty() {
        return Opinion::none("cannot get subresource");
    }
    related(sort, request)
}

fn read_namespaced(sort: Sort, request: &ResourceRequest) -> Opinion {
    if !matches!(request.verb.as_str(), "get" | "list" | "watch") {
        return Opinion::none("can only read resources of this type");
    }
    if !request.subresource.is_empty() {
        return Opinion::none("cannot read subresource");
    }
    if request.namespace.is_empty() {
        return Opinion::none("can only read namespaced object of this type");
    }
    related(sort, request)
}

fn on_service_account(request: &ResourceRequest) -> Opinion {
    if request.verb == "get" && request.subresource.is_empty() {
        return read_namespaced(Sort::ServiceAccount, request);
    }
    if request.verb != "create" || request.name.is_empty() {
        return Opinion::none("can only create tokens for individual service accounts");
    }
    if request.subresource != "token" {
        return Opinion::none("can only create token subresource of serviceaccount");
    }
    related(Sort::ServiceAccount, request)
}

/// The verbs that kubelets use on their own lease and CSINode.
fn is_own_object_verb(verb: Name) -> bool {
    matches!(verb.as_str(), "get" | "create" | "update" | "patch" | "delete")
}

/// On create the name is not known here; NodeRestriction checks it.
fn is_own(node: &str, request: &ResourceRequest) -> bool {
    request.verb == "create" || request.name == node
}

fn on_lease(node: &str, request: &ResourceRequest) -> Opinion {
    if !is_own_object_verb(request.verb) {
        return Opinion::none("can only get, create, update, patch, or delete a node lease");
    }
    if request.namespace != "kube-node-lease" {
        return Opinion::none("can only access leases in the \"kube-node-lease\" system namespace");
    }
    Opinion::when(is_own(node, request), "can only access node lease with the same name as the requesting node")
}

fn on_csi_node(node: &str, request: &ResourceRequest) -> Opinion {
    if !is_own_object_verb(request.verb) {
        return Opinion::none("can only get, create, update, patch, or delete a CSINode");
    }
    if !request.subresource.is_empty() {
        return Opinion::none("cannot authorize CSINode subresources");
    }
    Opinion::when(is_own(node, request), "can only access CSINode with the same name as the requesting node")
}

fn on_resource_slice(node: &str, request: &ResourceRequest) -> Opinion {
    if !request.subresource.is_empty() {
        return Opinion::none("cannot authorize ResourceSlice subresources");
    }
    match request.verb.as_str() {
        "create" => Opinion::allow(),
        "get" | "update" | "patch" | "delete" => related(Sort::ResourceSlice, request),
        "watch" | "list" | "deletecollection" => {
            Opinion::when(request.selected_node == node, "can only list/watch/deletecollection resourceslices with nodeName field selector")
        }
        _ => Opinion::none(
            "only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection",
        ),
    }
}

fn on_node(node: &str, request: &ResourceRequest) -> Opinion {
    match (request.subresource.as_str(), request.verb.as_str()) {
        ("", "create" | "update" | "patch") | ("status", "update" | "patch") => Opinion::allow(),
        ("", "get" | "list" | "watch") if request.name == node => Opinion::allow(),
        ("", "get" | "list" | "watch") if request.name.is_empty() => {
            Opinion::none(format!("node '{node}' cannot read all nodes, only its own Node object"))
        }
        ("", "get" | "list" | "watch") => Opinion::none(format!("node '{node}' cannot read '{}', only its own Node object", request.name)),
        _ => Opinion::none(""),
    }
}

fn on_pod(node: &str, request: &ResourceRequest) -> Opinion {
    match (request.subresource.as_str(), request.verb.as_str()) {
        ("", "get") => get_related(Sort::Pod, request),
        ("", "list" | "watch") if request.selected_node == node => Opinion::allow(),
        ("", "list" | "watch") if !request.name.is_empty() => related(Sort::Pod, request),
        ("", "list" | "watch") => Opinion::none("can only list/watch pods with spec.nodeName field selector"),
        ("", "create" | "delete") | ("status", "update" | "patch") | ("eviction", "create") => Opinion::allow(),
        _ => Opinion::none(""),
    }
}
