//! What all objects have: a kind, a namespace, a name, and metadata worth keeping.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::{ApiResource, AwsAuth, Binding, Namespace, Node, PersistentVolume, Pod, ResourceSlice, Role, ServiceAccount, VolumeAttachment};
use crate::base::Name;

/// The kinds of objects that facts hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// rbac.authorization.k8s.io ClusterRole
    ClusterRole,
    /// rbac.authorization.k8s.io ClusterRoleBinding
    ClusterRoleBinding,
    /// rbac.authorization.k8s.io Role
    Role,
    /// rbac.authorization.k8s.io RoleBinding
    RoleBinding,
    /// core ServiceAccount
    ServiceAccount,
    /// core Namespace
    Namespace,
    /// core Pod
    Pod,
    /// core Node
    Node,
    /// core PersistentVolume
    PersistentVolume,
    /// storage.k8s.io VolumeAttachment
    VolumeAttachment,
    /// resource.k8s.io ResourceSlice
    ResourceSlice,
    /// The ConfigMap kube-system/aws-auth, the only one that is kept.
    ConfigMap,
}

impl Kind {
    /// Every kind, in the order in which lists show them.
    pub const ALL: [Self; 12] = [
        Self::ClusterRole,
        Self::ClusterRoleBinding,
        Self::Role,
        Self::RoleBinding,
        Self::ServiceAccount,
        Self::Namespace,
        Self::Pod,
        Self::Node,
        Self::PersistentVolume,
        Self::VolumeAttachment,
        Self::ResourceSlice,
        Self::ConfigMap,
    ];

    /// The kinds from which the Node authorizer learns what belongs to which node.
    pub const GRAPH: [Self; 4] = [Self::Pod, Self::PersistentVolume, Self::VolumeAttachment, Self::ResourceSlice];

    /// The four kinds that RBAC reads.
    pub const RBAC: [Self; 4] = [Self::ClusterRole, Self::ClusterRoleBinding, Self::Role, Self::RoleBinding];

    /// The kind as Kubernetes spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClusterRole => "ClusterRole",
            Self::ClusterRoleBinding => "ClusterRoleBinding",
            Self::Role => "Role",
            Self::RoleBinding => "RoleBinding",
            Self::ServiceAccount => "ServiceAccount",
            Self::Namespace => "Namespace",
            Self::Pod => "Pod",
            Self::Node => "Node",
            Self::PersistentVolume => "PersistentVolume",
            Self::VolumeAttachment => "VolumeAttachment",
            Self::ResourceSlice => "ResourceSlice",
            Self::ConfigMap => "ConfigMap",
        }
    }

    /// The kind of that spelling.
    pub fn find(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Names one object of a cluster; cluster-scoped ones have an empty namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectRef {
    /// Its kind.
    pub kind: Kind,
    /// Its namespace, or empty.
    pub namespace: Name,
    /// Its name.
    pub name: Name,
}

impl ObjectRef {
    /// Names an object.
    pub fn new(kind: Kind, namespace: impl Into<Name>, name: impl Into<Name>) -> Self {
        Self { kind, namespace: namespace.into(), name: name.into() }
    }
}

/// `RoleBinding staging/deployers`, `ClusterRole view`.
impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace.is_empty() {
            write!(f, "{} {}", self.kind, self.name)
        } else {
            write!(f, "{} {}/{}", self.kind, self.namespace, self.name)
        }
    }
}

/// The metadata of an object, as far as anything here reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// Empty for cluster-scoped objects.
    pub namespace: Name,
    /// The name.
    pub name: Name,
    /// The uid, empty when the object was not recorded from a server.
    pub uid: Name,
    /// Labels, sorted by key.
    pub labels: Arc<[(Name, Name)]>,
    /// Annotations about roles of AWS, sorted by key: those of EKS, kube2iam and kiam, and what is meant for one of them. Others
    /// are not kept.
    pub annotations: Arc<[(Name, Name)]>,
    /// When it was created, RFC 3339 in UTC as the server wrote it; empty when not recorded.
    pub created: Name,
}

impl Meta {
    /// Metadata of a name alone.
    pub fn named(namespace: impl Into<Name>, name: impl Into<Name>) -> Self {
        Self { namespace: namespace.into(), name: name.into(), ..Self::default() }
    }

    /// The value of a label.
    pub fn label(&self, key: &str) -> Option<Name> {
        self.labels.iter().find(|(k, _)| *k == key).map(|(_, value)| *value)
    }

    /// The value of an annotation, where it is one that is kept.
    pub fn annotation(&self, key: &str) -> Option<Name> {
        self.annotations.iter().find(|(k, _)| *k == key).map(|(_, value)| *value)
    }
}

/// One object, shared between the snapshot and the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// A Role or ClusterRole.
    Role(Arc<Role>),
    /// A RoleBinding or ClusterRoleBinding.
    Binding(Arc<Binding>),
    /// A service account.
    ServiceAccount(Arc<ServiceAccount>),
    /// A namespace.
    Namespace(Arc<Namespace>),
    /// A pod.
    Pod(Arc<Pod>),
    /// A node.
    Node(Arc<Node>),
    /// A persistent volume.
    PersistentVolume(Arc<PersistentVolume>),
    /// A volume attached to a node.
    VolumeAttachment(Arc<VolumeAttachment>),
    /// Devices of a node.
    ResourceSlice(Arc<ResourceSlice>),
    /// The ConfigMap kube-system/aws-auth.
    AwsAuth(Arc<AwsAuth>),
    /// An API resource that discovery or a CustomResourceDefinition tells of.
    ApiResource(Arc<ApiResource>),
}

impl Object {
    /// Which object this is; API resources are not objects of a cluster and have no reference.
    pub fn reference(&self) -> Option<ObjectRef> {
        let (kind, meta) = match self {
            Self::Role(role) => (role.kind(), &role.meta),
            Self::Binding(binding) => (binding.kind(), &binding.meta),
            Self::ServiceAccount(account) => (Kind::ServiceAccount, &account.meta),
            Self::Namespace(namespace) => (Kind::Namespace, &namespace.meta),
            Self::Pod(pod) => (Kind::Pod, &pod.meta),
            Self::Node(node) => (Kind::Node, &node.meta),
            Self::PersistentVolume(volume) => (Kind::PersistentVolume, &volume.meta),
            Self::VolumeAttachment(attachment) => (Kind::VolumeAttachment, &attachment.meta),
            Self::ResourceSlice(slice) => (Kind::ResourceSlice, &slice.meta),
            Self::AwsAuth(aws_auth) => (Kind::ConfigMap, &aws_auth.meta),
            Self::ApiResource(_) => return None,
        };
        Some(ObjectRef { kind, namespace: meta.namespace, name: meta.name })
    }
}
