//! Pods and volumes, as far as they let a node read other objects.
//!
//! Which references count is Kubernetes' own choice: `pkg/api/v1/pod/util.go` (`VisitPodSecretNames`,
//! `VisitPodConfigmapNames`), `pkg/api/v1/persistentvolume/util.go` and
//! `plugin/pkg/auth/authorizer/node/graph.go` (`AddPod`, `AddPV`) at 1.36.

use std::fmt;
use std::sync::Arc;

use super::Meta;
use crate::base::Name;

/// What a pod's containers have for AWS in their environment: of the webhook, or by hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Injected {
    /// `AWS_ROLE_ARN`, of the first container that has it; empty for none.
    pub role_arn: Name,
    /// Whether a container has `AWS_CONTAINER_CREDENTIALS_FULL_URI`: EKS Pod Identity.
    pub pod_identity: bool,
    /// Whether a container has access keys of its own.
    pub keys: bool,
    /// Whether its containers are told at all: without them nothing follows from what is not there.
    pub is_told: bool,
}

/// A pod: which node it is on, as whom it runs, and what it uses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pod {
    /// Metadata.
    pub meta: Meta,
    /// The node it was scheduled to, or empty.
    pub node_name: Name,
    /// Its service account, or empty.
    pub service_account_name: Name,
    /// Whether a kubelet made it to show a pod of its own: such a pod gives its node no objects.
    pub is_mirror: bool,
    /// What it uses, in the order in which it is written; the same thing may stand in it twice. Pods of one template share it.
    pub uses: Arc<[Use]>,
    /// The flags that say how it takes credentials, when it is an API server: `anonymous-auth=false`.
    pub api_server: Option<Arc<[String]>>,
    /// What its containers have for AWS.
    pub injected: Injected,
}

/// One object that a pod uses; it is in the pod's namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Use {
    /// What kind of object.
    pub what: Used,
    /// Its name, never empty.
    pub name: Name,
    /// What for.
    pub way: Way,
}

/// The kinds of objects that pods use, besides their service account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Used {
    /// A Secret.
    Secret,
    /// A ConfigMap.
    ConfigMap,
    /// A PersistentVolumeClaim.
    PersistentVolumeClaim,
    /// A ResourceClaim.
    ResourceClaim,
}

/// What a pod uses an object for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// To pull its images.
    ImagePull,
    /// For the environment of a container.
    Environment,
    /// As a volume, or to mount one.
    Volume,
    /// For devices.
    Devices,
}

/// What a pod does with it: `pulls its images with`, `mounts`.
impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ImagePull => "pulls its images with",
            Self::Environment => "takes environment variables from",
            Self::Volume => "mounts",
            Self::Devices => "claims devices with",
        })
    }
}

/// A persistent volume: whose it is, and which Secrets it takes to mount it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersistentVolume {
    /// Metadata; `meta.namespace` is empty.
    pub meta: Meta,
    /// The namespace and name of the claim that it is bound to.
    pub claim: Option<(Name, Name)>,
    /// The Secrets that it names.
    pub secrets: Vec<VolumeSecret>,
}

/// A Secret that a persistent volume names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VolumeSecret {
    /// Its namespace: where the volume does not say, the claim's.
    pub namespace: Name,
    /// Its name, never empty.
    pub name: Name,
    /// Whether it is for kubelets; those for the controller of a CSI driver are not.
    pub is_for_kubelet: bool,
}

/// A volume attached to a node, or to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VolumeAttachment {
    /// Metadata; `meta.namespace` is empty.
    pub meta: Meta,
    /// The node.
    pub node_name: Name,
    /// Which driver attaches it.
    pub attacher: Name,
}

/// Devices that a driver offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceSlice {
    /// Metadata; `meta.namespace` is empty.
    pub meta: Meta,
    /// The node whose they are; empty where they are not of one.
    pub node_name: Name,
}
