//! Annotations of kube2iam and kiam: what they meant. Nothing of EKS reads them, and they never gave rights in the cluster.

use crate::base::Name;
use crate::facts::Meta;

use super::known::Known;

/// An annotation that is read by nothing but kube2iam or kiam.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Legacy {
    /// The object, or the first of several: `Pod shop/api-0`.
    pub object: String,
    /// How many objects have it.
    pub count: usize,
    /// Its key.
    pub annotation: Name,
    /// Its value.
    pub value: Name,
    /// What it meant, as a sentence.
    pub meaning: &'static str,
}

/// The annotations about the pods of a service account: theirs, its own, and the namespace's.
pub fn of(namespace: Name, name: Name, known: &Known<'_>) -> Vec<Legacy> {
    let mut found: Vec<Legacy> = Vec::new();
    let of_namespace = known.facts.namespace(namespace);
    let is_permitted = of_namespace.is_none_or(|own| own.meta.annotation("iam.amazonaws.com/permitted").is_some());
    for pod in known.pods(namespace, name) {
        put(&mut found, &pod.meta, "Pod", |key| of_pod(key, is_permitted));
    }
    // an annotation of the namespace is about pods that name a role
    if let Some(own) = of_namespace.filter(|_| !found.is_empty()) {
        put(&mut found, &own.meta, "Namespace", of_namespace_key);
    }
    if let Some(account) = known.facts.service_account(namespace, name) {
        put(&mut found, &account.meta, "ServiceAccount", |key| {
            key.starts_with("iam.amazonaws.com/").then_some("kube2iam and kiam read it on pods: on a service account nothing ever did.")
        });
    }
    found
}

fn put(found: &mut Vec<Legacy>, meta: &Meta, kind: &str, meaning: impl Fn(&str) -> Option<&'static str>) {
    for &(annotation, value) in meta.annotations.iter() {
        let Some(meaning) = meaning(annotation.as_str()) else { continue };
        if let Some(same) = found.iter_mut().find(|one| one.annotation == annotation && one.value == value && one.object.starts_with(kind))
        {
            same.count += 1;
            continue;
        }
        let object =
            if meta.namespace.is_empty() { format!("{kind} {}", meta.name) } else { format!("{kind} {}/{}", meta.namespace, meta.name) };
        found.push(Legacy { object, count: 1, annotation, value, meaning });
    }
}

fn of_pod(key: &str, is_permitted: bool) -> Option<&'static str> {
    match key {
        "iam.amazonaws.com/role" if is_permitted => Some(
            "kube2iam or kiam, where one of them ran, gave the pods this role in place of the node's: it stood between them and 169.254.169.254.",
        ),
        "iam.amazonaws.com/role" => Some(
            "kube2iam, where it ran, gave the pods this role in place of the node's; kiam gave none, as the namespace has no iam.amazonaws.com/permitted.",
        ),
        "iam.amazonaws.com/external-id" => Some("The external id with which kube2iam or kiam took the role."),
        "iam.amazonaws.com/session-name" => Some("The name of the session with which kiam took the role."),
        _ => None,
    }
}

fn of_namespace_key(key: &str) -> Option<&'static str> {
    match key {
        "iam.amazonaws.com/permitted" => Some("A regular expression: kiam gave pods of the namespace the roles that it fits."),
        "iam.amazonaws.com/allowed-roles" => {
            Some("A list: kube2iam, told to restrict namespaces, gave pods of this one these roles alone.")
        }
        _ => None,
    }
}
