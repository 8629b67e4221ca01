//! `context list` as JSON.

use schemars::JsonSchema;
use serde::Serialize;

use crate::base::{Finding, Source};
use crate::view::contexts;

/// The answer to `context list`: those that count in the order of the files, then those that are shadowed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Contexts(Vec<Context>);

/// One context.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Context {
    name: String,
    /// The name of its cluster.
    cluster: Option<String>,
    /// The URL, without a secret; absent where the cluster or its server is missing.
    server: Option<String>,
    /// The name of its user.
    user: Option<String>,
    namespace: Option<String>,
    current: bool,
    /// Absent where no kubeconfig was recorded.
    file: Option<String>,
    line: Option<usize>,
    /// `eks`, `gke`, `aks`, `openshift`, `kind`, `minikube`, `k3d`, `k3s`, `colima`, `rancher-desktop`, `docker-desktop`, `orbstack`,
    /// `microk8s`, `kubeadm` or `generic`.
    provider: &'static str,
    /// `none`, `certificate`, `token`, `basic`, `exec` or `auth-provider`.
    credential: &'static str,
    /// The context of the same name that counts instead; absent for those that count.
    shadowed_by: Option<Source>,
    findings: Vec<Finding>,
}

impl Contexts {
    /// The contexts of a kubeconfig or a world.
    pub fn new(contexts: &contexts::Contexts) -> Self {
        let given = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
        let one = |row: &contexts::Row| Context {
            name: row.name.clone(),
            cluster: given(&row.cluster),
            server: row.server.clone(),
            user: given(&row.user),
            namespace: row.namespace.clone(),
            current: row.is_current,
            file: row.source.as_ref().map(|source| source.file.clone()),
            line: row.source.as_ref().and_then(|source| source.line),
            provider: row.provider.as_str(),
            credential: row.way.as_str(),
            shadowed_by: row.shadowed_by.clone(),
            findings: row.findings.clone(),
        };
        Self(contexts.rows.iter().map(one).collect())
    }
}
