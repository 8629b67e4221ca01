//! What can fail in a chain, by name.

use serde::Serialize;

/// One of the things that must hold for a binding's rule to allow a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "app", derive(schemars::JsonSchema))]
pub enum CheckKind {
    /// The binding is in the request's namespace, or cluster-wide.
    Scope,
    /// The role exists.
    Role,
    /// The rule is in the role (it may be in one that should be aggregated into it).
    Aggregation,
    /// The rule has the verb.
    Verb,
    /// The rule has the API group.
    ApiGroup,
    /// The rule has the resource.
    Resource,
    /// The rule has the subresource.
    Subresource,
    /// The rule has the object's name, or no names.
    ResourceName,
    /// The rule has the path.
    NonResourceUrl,
    /// A subject of the binding is the identity or one of its groups.
    Subject,
}

/// The named ways in which a chain can fail nearly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "app", derive(schemars::JsonSchema))]
pub enum NearMissKind {
    /// A RoleBinding grants it in another namespace.
    OtherNamespace,
    /// A RoleBinding cannot grant what has no namespace, or all namespaces.
    RoleBindingForClusterScope,
    /// The binding's role does not exist; its rules are unknown.
    MissingRole,
    /// The rule lacks the verb.
    Verb,
    /// The rule lacks the API group.
    ApiGroup,
    /// The rule lacks the resource.
    Resource,
    /// The rule has the resource but lacks the subresource, or the other way round.
    Subresource,
    /// The rule is for other objects by name.
    ResourceName,
    /// The rule is limited to names, and this request carries none.
    ResourceNamesWithoutName,
    /// The rule lacks the path.
    NonResourceUrl,
    /// A subject is spelt almost like the identity.
    SubjectName,
    /// A subject has the right name and the wrong kind.
    SubjectKind,
    /// A service account subject has the right name and the wrong namespace.
    SubjectNamespace,
    /// The binding does not name the identity.
    SubjectMissing,
    /// The binding is for a group that the identity does not hold.
    GroupNotHeld,
    /// A ClusterRole that grants it is not aggregated into a role that is bound.
    NotAggregated,
}

impl NearMissKind {
    /// The kind as JSON and screens have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OtherNamespace => "other-namespace",
            Self::RoleBindingForClusterScope => "role-binding-for-cluster-scope",
            Self::MissingRole => "missing-role",
            Self::Verb => "verb",
            Self::ApiGroup => "api-group",
            Self::Resource => "resource",
            Self::Subresource => "subresource",
            Self::ResourceName => "resource-name",
            Self::ResourceNamesWithoutName => "resource-names-without-name",
            Self::NonResourceUrl => "non-resource-url",
            Self::SubjectName => "subject-name",
            Self::SubjectKind => "subject-kind",
            Self::SubjectNamespace => "subject-namespace",
            Self::SubjectMissing => "subject-missing",
            Self::GroupNotHeld => "group-not-held",
            Self::NotAggregated => "not-aggregated",
        }
    }
}
