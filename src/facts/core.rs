//! Core objects, as far as an answer needs them.

use std::sync::Arc;

use super::Meta;
use crate::base::Name;

/// A service account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceAccount {
    /// Metadata.
    pub meta: Meta,
    /// Whether its pods are given a token for the API server, where it says so.
    pub automount: Option<bool>,
}

/// A namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// Metadata; `meta.namespace` is empty.
    pub meta: Meta,
}

/// A pod: which node it is on, and as whom it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pod {
    /// Metadata.
    pub meta: Meta,
    /// The node it was scheduled to, or empty.
    pub node_name: Name,
    /// Its service account, or empty.
    pub service_account_name: Name,
    /// What its containers have for AWS.
    pub injected: Injected,
}

/// What a pod's containers have for AWS in their environment: of the webhook, or by hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Injected {
    /// `AWS_ROLE_ARN`, of the first container that has it; empty for none.
    pub role_arn: Name,
    /// Whether a container has `AWS_CONTAINER_CREDENTIALS_FULL_URI`: EKS Pod Identity.
    pub pod_identity: bool,
    /// Whether a container has access keys of its own.
    pub keys: bool,
}

/// A node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Metadata; `meta.namespace` is empty.
    pub meta: Meta,
}

/// The ConfigMap kube-system/aws-auth, its texts as they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwsAuth {
    /// Metadata.
    pub meta: Meta,
    /// `data`, sorted by key: `mapRoles`, `mapUsers`, `mapAccounts`.
    pub data: Vec<(Name, Arc<str>)>,
}
