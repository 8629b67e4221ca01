//! Where the objects of a scope are at the server, and how a gap names them.

use std::collections::BTreeSet;

use super::Part;
use crate::base::text::enumerate;
use crate::base::{Gap, Loss, Name};
use crate::facts::{Kind, Scope};

/// The resource of a kind: `rolebindings`.
pub fn plural(kind: Kind) -> String {
    format!("{}s", kind.as_str().to_lowercase())
}

/// Whether objects of a kind live in namespaces.
pub const fn is_namespaced(kind: Kind) -> bool {
    matches!(kind, Kind::Role | Kind::RoleBinding | Kind::ServiceAccount | Kind::Pod)
}

/// The path of a scope's list.
pub fn path(scope: Scope) -> String {
    let group = match scope.kind {
        kind if Kind::RBAC.contains(&kind) => "/apis/rbac.authorization.k8s.io/v1",
        Kind::VolumeAttachment => "/apis/storage.k8s.io/v1",
        Kind::ResourceSlice => "/apis/resource.k8s.io/v1",
        _ => "/api/v1",
    };
    let namespace = scope.namespace.map_or_else(String::new, |namespace| format!("/namespaces/{}", encoded(namespace.as_str())));
    format!("{group}{namespace}/{}", plural(scope.kind))
}

/// The address of a scope's list with a query; of pods only those of a node are asked for where one is given.
pub fn address(scope: Scope, pods_of: Option<Name>, query: &str) -> String {
    let selector = pods_of.filter(|_| scope.kind == Kind::Pod);
    let selector = selector.map(|node| format!("fieldSelector=spec.nodeName%3D{}", encoded(node.as_str())));
    let queries: Vec<String> = selector.into_iter().chain((!query.is_empty()).then(|| query.to_owned())).collect();
    let sign = if queries.is_empty() { "" } else { "?" };
    format!("{}{sign}{}", path(scope), queries.join("&"))
}

/// A text as it may stand in a path or a query.
pub fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// The part of a feed that keeps a scope.
pub const fn part(scope: Scope) -> Part {
    Part { kind: Some(scope.kind), namespace: scope.namespace }
}

/// How many namespaces a gap names.
const NAMED: usize = 3;

/// A gap where a scope's list was not given; `read` are the namespaces that could be read by themselves.
pub fn gap(scope: Scope, why: String, loss: Loss, read: &BTreeSet<Name>) -> Gap {
    let kinds = plural(scope.kind);
    let what = match scope.namespace {
        Some(namespace) => format!("{kinds} in namespace {namespace}"),
        None if read.is_empty() => kinds.clone(),
        None => {
            let mut names: Vec<String> = read.iter().take(NAMED).map(|name| name.as_str().to_owned()).collect();
            if read.len() > NAMED {
                names.push(format!("{} more", read.len() - NAMED));
            }
            format!("{kinds} in namespaces other than {}", enumerate(&names, "and"))
        }
    };
    // a gap of RBAC is settled by asking the server the question itself, which depends on the question
    let is_rbac = Kind::RBAC.contains(&scope.kind);
    let place =
        scope.namespace.map_or_else(|| if is_namespaced(scope.kind) { " -A".to_owned() } else { String::new() }, |n| format!(" -n {n}"));
    let settled_by = (!is_rbac).then(|| format!("kubectl get {kinds}{place}, as somebody who may"));
    Gap { except: read.iter().copied().collect(), settled_by, ..Gap::refusal(scope, what, why, loss) }
}
