//! What is asked: a verb on a resource, or on a path.

use std::fmt;

use crate::base::Name;

/// Verbs that the API server asks about for resources, the commonest first.
pub const VERBS: [&str; 16] = [
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "impersonate",
    "bind",
    "escalate",
    "approve",
    "sign",
    "attest",
    "use",
    "proxy",
];

/// Verbs of requests for paths: HTTP methods in lower case.
pub const METHODS: [&str; 9] = ["get", "head", "post", "put", "patch", "delete", "options", "connect", "trace"];

/// One request, as the authorizers see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Request {
    /// A request for a resource of the API.
    Resource(ResourceRequest),
    /// A request for another path: `/metrics`, `/healthz`, `/apis/apps/v1`.
    NonResource {
        /// The HTTP method in lower case.
        verb: Name,
        /// The path, as sent.
        path: Name,
    },
}

/// The attributes of a resource request; absent ones are empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ResourceRequest {
    /// `get`, `list`, `create`, …
    pub verb: Name,
    /// The API group, empty for core.
    pub api_group: Name,
    /// The plural resource.
    pub resource: Name,
    /// The subresource, or empty.
    pub subresource: Name,
    /// The object's name; empty for list, watch, create and deletecollection.
    pub name: Name,
    /// The namespace; empty for cluster-scoped resources and for all namespaces.
    pub namespace: Name,
    /// The value of an exact `spec.nodeName` term of the field selector, or empty: the only selector that an authorizer
    /// here reads (the Node authorizer's, for pods and resourceslices).
    pub selected_node: Name,
}

impl Request {
    /// A request for a resource without subresource and name.
    pub fn resource(verb: &str, api_group: &str, resource: &str, namespace: &str) -> Self {
        Self::Resource(ResourceRequest {
            verb: verb.into(),
            api_group: api_group.into(),
            resource: resource.into(),
            namespace: namespace.into(),
            ..ResourceRequest::default()
        })
    }

    /// A request for a path.
    pub fn path(verb: &str, path: &str) -> Self {
        Self::NonResource { verb: verb.into(), path: path.into() }
    }

    /// The verb.
    pub fn verb(&self) -> Name {
        match self {
            Self::Resource(request) => request.verb,
            Self::NonResource { verb, .. } => *verb,
        }
    }

    /// The namespace; empty for paths.
    pub fn namespace(&self) -> Name {
        match self {
            Self::Resource(request) => request.namespace,
            Self::NonResource { .. } => Name::EMPTY,
        }
    }
}

impl ResourceRequest {
    /// The resource as rules write it: `pods/log`.
    pub fn combined(&self) -> Name {
        if self.subresource.is_empty() { self.resource } else { Name::new(&format!("{}/{}", self.resource, self.subresource)) }
    }

    /// The resource with its group, as kubectl names it: `deployments.apps/scale`.
    pub fn qualified(&self) -> String {
        let mut text = self.resource.to_string();
        if !self.api_group.is_empty() {
            text.push('.');
            text.push_str(self.api_group.as_str());
        }
        if !self.subresource.is_empty() {
            text.push('/');
            text.push_str(self.subresource.as_str());
        }
        text
    }
}

/// `delete pods web-0 in dev`, `list nodes`, `get /metrics`: verb, object, place.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NonResource { verb, path } => write!(f, "{verb} {path}"),
            Self::Resource(request) => {
                write!(f, "{} {}", request.verb, request.qualified())?;
                if !request.name.is_empty() {
                    write!(f, " {}", request.name)?;
                }
                if !request.namespace.is_empty() {
                    write!(f, " in {}", request.namespace)?;
                }
                Ok(())
            }
        }
    }
}
