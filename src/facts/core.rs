//! Core objects, as far as an answer needs them.

use std::sync::Arc;

use super::Meta;
use crate::base::Name;

/// A service account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceAccount {
    /// Metadata.
    pub meta: Meta,
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
    /// The flags that say how it takes credentials, when it is an API server: `anonymous-auth=false`.
    pub api_server: Option<Arc<[String]>>,
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
