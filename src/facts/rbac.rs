//! Roles, bindings and their rules, as the API server stores them.

use std::fmt;
use std::sync::Arc;

use super::{Kind, Meta, ObjectRef};
use crate::base::Name;

/// One policy rule. Lists keep the order in which they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rule {
    /// Verbs, `*` for all.
    pub verbs: Arc<[Name]>,
    /// API groups, empty name for the core group, `*` for all.
    pub api_groups: Arc<[Name]>,
    /// Resources, `pods`, `pods/log`, `*/scale` or `*`.
    pub resources: Arc<[Name]>,
    /// Resource names; an empty list means any.
    pub resource_names: Arc<[Name]>,
    /// Non-resource URLs, with a trailing `*` as prefix.
    pub non_resource_urls: Arc<[Name]>,
}

/// A Role or a ClusterRole; a ClusterRole has an empty namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Metadata.
    pub meta: Meta,
    /// Whether it is a ClusterRole.
    pub cluster: bool,
    /// The rules as stored.
    pub rules: Arc<[Rule]>,
    /// How a controller fills the rules, for an aggregated ClusterRole.
    pub aggregation: Option<Arc<Aggregation>>,
}

impl Role {
    /// `Role` or `ClusterRole`.
    pub fn kind(&self) -> Kind {
        if self.cluster { Kind::ClusterRole } else { Kind::Role }
    }

    /// Names this role.
    pub fn reference(&self) -> ObjectRef {
        ObjectRef { kind: self.kind(), namespace: self.meta.namespace, name: self.meta.name }
    }

    /// Whether a controller would fill its rules but has not: an aggregation rule, and no stored rules.
    pub fn is_unfilled(&self) -> bool {
        self.rules.is_empty() && self.aggregation.is_some()
    }
}

/// The selectors of an aggregated ClusterRole; a role that any of them selects contributes its rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Aggregation {
    /// In the order written.
    pub selectors: Vec<LabelSelector>,
}

/// A label selector; an empty one selects everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct LabelSelector {
    /// Every requirement must hold.
    pub requirements: Vec<Requirement>,
}

/// One requirement of a selector (`matchLabels` are `In` with one value).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Requirement {
    /// The label's value is one of these.
    In(Name, Vec<Name>),
    /// The label is absent or has another value.
    NotIn(Name, Vec<Name>),
    /// The label is there.
    Exists(Name),
    /// The label is not there.
    DoesNotExist(Name),
    /// An operator that Kubernetes does not know: the controller fails on it, so nothing is selected.
    Invalid(Name),
}

impl LabelSelector {
    /// Whether an object with these labels is selected (`labels.Selector.Matches` of apimachinery).
    pub fn matches(&self, meta: &Meta) -> bool {
        self.requirements.iter().all(|requirement| match requirement {
            Requirement::In(key, values) => meta.label(key.as_str()).is_some_and(|v| values.contains(&v)),
            Requirement::NotIn(key, values) => meta.label(key.as_str()).is_none_or(|v| !values.contains(&v)),
            Requirement::Exists(key) => meta.label(key.as_str()).is_some(),
            Requirement::DoesNotExist(key) => meta.label(key.as_str()).is_none(),
            Requirement::Invalid(_) => false,
        })
    }
}

/// A RoleBinding or a ClusterRoleBinding; a ClusterRoleBinding has an empty namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Metadata.
    pub meta: Meta,
    /// Whether it is a ClusterRoleBinding.
    pub cluster: bool,
    /// The role it grants; immutable in Kubernetes.
    pub role_ref: RoleRef,
    /// To whom.
    pub subjects: Arc<[Subject]>,
}

impl Binding {
    /// `RoleBinding` or `ClusterRoleBinding`.
    pub fn kind(&self) -> Kind {
        if self.cluster { Kind::ClusterRoleBinding } else { Kind::RoleBinding }
    }

    /// Names this binding.
    pub fn reference(&self) -> ObjectRef {
        ObjectRef { kind: self.kind(), namespace: self.meta.namespace, name: self.meta.name }
    }

    /// The role that `role_ref` names, seen from this binding; `None` for a kind that Kubernetes does not resolve.
    pub fn role(&self) -> Option<ObjectRef> {
        match self.role_ref.kind.as_str() {
            "ClusterRole" => Some(ObjectRef::new(Kind::ClusterRole, Name::EMPTY, self.role_ref.name)),
            "Role" => Some(ObjectRef::new(Kind::Role, self.meta.namespace, self.role_ref.name)),
            _ => None,
        }
    }
}

/// The role that a binding names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RoleRef {
    /// `Role` or `ClusterRole`; anything else resolves to nothing.
    pub kind: Name,
    /// The role's name.
    pub name: Name,
}

/// A subject of a binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Subject {
    /// User, Group, ServiceAccount, or something that never matches.
    pub kind: SubjectKind,
    /// The namespace; only a ServiceAccount's counts.
    pub namespace: Name,
    /// The name.
    pub name: Name,
}

/// The kind of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectKind {
    /// A user, by name.
    User,
    /// A group, by name.
    Group,
    /// A service account, by namespace and name.
    ServiceAccount,
    /// Any other spelling: it matches nobody.
    Other(Name),
}

impl SubjectKind {
    /// The kind of that spelling; Kubernetes compares it byte for byte.
    pub fn new(text: &str) -> Self {
        match text {
            "User" => Self::User,
            "Group" => Self::Group,
            "ServiceAccount" => Self::ServiceAccount,
            other => Self::Other(Name::new(other)),
        }
    }

    /// As written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
            Self::ServiceAccount => "ServiceAccount",
            Self::Other(name) => name.as_str(),
        }
    }
}

impl fmt::Display for SubjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
