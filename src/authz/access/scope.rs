//! How far an association of an access policy reaches.

use std::sync::LazyLock;

use crate::authz::Request;
use crate::facts::aws::PolicyAssociation;
use crate::facts::{ApiResources, Scoping};

/// Whether an association holds for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It does.
    Holds,
    /// It holds in other namespaces.
    Elsewhere,
    /// AWS does not document whether one that is limited to namespaces holds for what has no namespace.
    Undocumented,
}

impl Reach {
    /// How far the association reaches.
    pub fn of(association: &PolicyAssociation, request: &Request) -> Self {
        if !association.is_namespaced {
            return Self::Holds;
        }
        let Request::Resource(resource) = request else { return Self::Undocumented };
        let is_listed = |namespace: &str| association.namespaces.iter().any(|pattern| fits(pattern, namespace));
        match resource.namespace.as_str() {
            // a namespace itself is asked for in itself
            namespace if resource.api_group.is_empty() && resource.resource == "namespaces" => {
                if namespace.is_empty() || is_listed(namespace) { Self::Undocumented } else { Self::Elsewhere }
            }
            // all namespaces are more than those that are listed
            "" if is_known_as_namespaced(request) => Self::Elsewhere,
            "" => Self::Undocumented,
            namespace if is_listed(namespace) => Self::Holds,
            _ => Self::Elsewhere,
        }
    }
}

/// Whether a resource of Kubernetes' own has namespaces; of others it is not known here.
fn is_known_as_namespaced(request: &Request) -> bool {
    static OWN: LazyLock<ApiResources> = LazyLock::new(ApiResources::default);
    let Request::Resource(request) = request else { return false };
    OWN.get(request.api_group, request.resource).is_some_and(|resource| resource.scoping == Scoping::Namespaced)
}

/// Whether a namespace is one of a pattern with `*` for any text.
fn fits(pattern: &str, namespace: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| namespace.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_namespaces() {
        for (pattern, namespace, expected) in [
            ("dev", "dev", true),
            ("dev", "dev-a", false),
            ("dev-*", "dev-a", true),
            ("dev-*", "dev-", true),
            ("dev-*", "dev", false),
            ("*", "anything", true),
            ("*-dev", "a-dev", true),
            ("*-dev", "a-dev-b", false),
            ("a*b*c", "a-b-c", true),
            ("a*b*c", "acb", false),
            ("a*a", "a", false),
            ("", "dev", false),
        ] {
            assert_eq!(fits(pattern, namespace), expected, "{pattern} {namespace}");
        }
    }
}
