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
