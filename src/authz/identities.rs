//! The identities that a cluster's objects name.
//!
//! Kubernetes has no list of users and groups; what can be known are the subjects of bindings, service accounts and nodes.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::Principal;
use super::index::principal_of;
use crate::base::Name;
use crate::facts::{Facts, Kind, ObjectRef, Subject, SubjectKind};
use crate::identity::SERVICE_ACCOUNT;
use crate::identity::aws::Release;
use crate::identity::aws::listing::{self, Standing};
use crate::identity::aws::mapping::Source;

/// One identity that some object names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownIdentity {
    /// What kind it is.
    pub kind: IdentityKind,
    /// The namespace of a service account, else empty.
    pub namespace: Name,
    /// The name of the user, group, service account or node.
    pub name: Name,
    /// How many bindings name it.
    pub bindings: usize,
    /// The objects that name it or are it, sorted.
    pub sources: Vec<ObjectRef>,
    /// Where else it stands: `access entry`, `mapRoles[3]`.
    pub places: Vec<String>,
}

/// The kinds of identities; lists show them in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdentityKind {
    /// A user.
    User,
    /// A group.
    Group,
    /// A service account.
    ServiceAccount,
    /// A node's kubelet.
    Node,
    /// A principal of IAM.
    Principal,
}

impl KnownIdentity {
    /// The form in which `--as` takes it: `alice`, `group:dev`, `sa:ci/deployer`, `node:ip-10-0-0-1`.
    pub fn form(&self) -> String {
        let Self { namespace, name, .. } = self;
        match self.kind {
            // a user name that looks like another form
            IdentityKind::User if FORMS.iter().any(|form| name.as_str().starts_with(form)) => format!("user:{name}"),
            IdentityKind::User | IdentityKind::Principal => name.to_string(),
            IdentityKind::Group => format!("group:{name}"),
            IdentityKind::ServiceAccount => format!("sa:{namespace}/{name}"),
            IdentityKind::Node => format!("node:{name}"),
        }
    }
}

/// The prefixes of IDENTITY forms.
const FORMS: [&str; 6] = ["user:", "group:", "sa:", "node:", "arn:", "token:"];

/// Every identity that bindings, service accounts and nodes name, sorted by kind, namespace and name.
pub fn identities(facts: &Facts) -> Vec<KnownIdentity> {
    let mut known: BTreeMap<(IdentityKind, Name, Name), Vec<ObjectRef>> = BTreeMap::new();
    let mut name = |key, source| known.entry(key).or_default().push(source);
    for binding in facts.bindings() {
        for subject in binding.subjects.iter() {
            if let Some(key) = key_of(subject, binding.meta.namespace) {
                name(key, binding.reference());
            }
        }
    }
    for account in facts.service_accounts() {
        let reference = ObjectRef::new(Kind::ServiceAccount, account.meta.namespace, account.meta.name);
        name((IdentityKind::ServiceAccount, account.meta.namespace, account.meta.name), reference);
    }
    for node in facts.nodes() {
        name((IdentityKind::Node, Name::EMPTY, node.meta.name), ObjectRef::new(Kind::Node, Name::EMPTY, node.meta.name));
    }
    known
        .into_iter()
        .map(|((kind, namespace, name), mut sources)| {
            // a binding may name the same subject twice
            sources.sort_unstable();
            sources.dedup();
            let bindings = sources.iter().filter(|source| matches!(source.kind, Kind::ClusterRoleBinding | Kind::RoleBinding)).count();
            KnownIdentity { kind, namespace, name, bindings, sources, places: Vec::new() }
        })
        .chain(principals(facts))
        .collect()
}

/// The principals of IAM that access entries and aws-auth name; the bindings are those of their groups and of a user name
/// without placeholders.
fn principals(facts: &Facts) -> Vec<KnownIdentity> {
    let listed = listing::list(facts, Release::default());
    if listed.is_empty() {
        return Vec::new();
    }
    let mut by_subject: FxHashMap<(SubjectKind, Name), Vec<ObjectRef>> = FxHashMap::default();
    for binding in facts.bindings() {
        for subject in binding.subjects.iter() {
            by_subject.entry((subject.kind, subject.name)).or_default().push(binding.reference());
        }
    }
    let mut known: BTreeMap<Name, KnownIdentity> = BTreeMap::new();
    for one in listed.iter().filter(|one| one.standing == Standing::Counts) {
        let Some(arn) = one.identity() else { continue };
        let groups = one.groups.iter().map(|group| (SubjectKind::Group, Name::new(group)));
        let user = one.username.iter().map(|name| (SubjectKind::User, Name::new(name)));
        let mut sources: Vec<ObjectRef> = groups.chain(user).filter_map(|subject| by_subject.get(&subject)).flatten().copied().collect();
        sources.sort_unstable();
        sources.dedup();
        let place = if one.source == Source::AccessEntry { "access entry".to_owned() } else { one.place() };
        let identity = known.entry(Name::new(arn)).or_insert_with(|| KnownIdentity {
            kind: IdentityKind::Principal,
            namespace: Name::EMPTY,
            name: Name::new(arn),
            bindings: sources.len(),
            sources,
            places: Vec::new(),
        });
        identity.places.push(place);
    }
    known.into_values().collect()
}

/// Whom a subject names; none when it matches nobody.
fn key_of(subject: &Subject, binding_namespace: Name) -> Option<(IdentityKind, Name, Name)> {
    match principal_of(subject, binding_namespace)? {
        Principal::Group(name) => Some((IdentityKind::Group, Name::EMPTY, name)),
        Principal::User(user) => {
            let text = user.as_str();
            let account = text.strip_prefix(SERVICE_ACCOUNT).and_then(|rest| rest.split_once(':'));
            Some(match (account, text.strip_prefix("system:node:")) {
                (Some((namespace, name)), _) if !namespace.is_empty() && !name.is_empty() => {
                    (IdentityKind::ServiceAccount, Name::new(namespace), Name::new(name))
                }
                (_, Some(node)) if !node.is_empty() => (IdentityKind::Node, Name::EMPTY, Name::new(node)),
                _ => (IdentityKind::User, Name::EMPTY, user),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::facts::{Binding, Change, Meta, Object, RoleRef, ServiceAccount};

    fn binding(namespace: &str, name: &str, subjects: &[(&str, &str, &str)]) -> Change {
        Change::Upsert(Object::Binding(Arc::new(Binding {
            meta: Meta::named(namespace, name),
            cluster: namespace.is_empty(),
            role_ref: RoleRef { kind: Name::new("ClusterRole"), name: Name::new("view") },
            subjects: subjects
                .iter()
                .map(|(kind, namespace, name)| Subject {
                    kind: SubjectKind::new(kind),
                    namespace: (*namespace).into(),
                    name: (*name).into(),
                })
                .collect(),
        })))
    }

    #[test]
    fn all_whom_objects_name() {
        let facts = Facts::collect([
            binding("", "all", &[("User", "", "alice"), ("User", "", "alice"), ("Group", "", "dev"), ("ServiceAccount", "", "lost")]),
            binding("ci", "ci", &[("ServiceAccount", "", "deployer"), ("User", "", "alice"), ("user", "", "nobody")]),
            binding(
                "ci",
                "odd",
                &[("User", "", "system:serviceaccount:ci:deployer"), ("User", "", "sa:x"), ("User", "", "system:node:n1")],
            ),
            Change::Upsert(Object::ServiceAccount(Arc::new(ServiceAccount { meta: Meta::named("ci", "deployer"), automount: None }))),
        ]);
        let found: Vec<(String, usize, usize)> =
            identities(&facts).iter().map(|known| (known.form(), known.bindings, known.sources.len())).collect();
        let expected = [("alice", 2, 2), ("user:sa:x", 1, 1), ("group:dev", 1, 1), ("sa:ci/deployer", 2, 3), ("node:n1", 1, 1)];
        assert_eq!(found, expected.map(|(form, bindings, sources)| (form.to_owned(), bindings, sources)));
    }
}
