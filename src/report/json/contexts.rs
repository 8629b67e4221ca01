//! `context list` as JSON.

use schemars::JsonSchema;
use serde::Serialize;

use crate::base::{Finding, Source};
use crate::view::contexts;

/// The answer to `context list`: those that count in the order of the files, then those that are shadowed, then those
/// of kubeconfigs that kubectl does not look at.
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
    /// The AWS account, GCP project or Azure resource group of its cluster, as far as names tell.
    account: Option<String>,
    /// The region or zone of its cluster, as far as host and names tell.
    region: Option<String>,
    /// The name that the cluster has in Amazon EKS.
    eks_cluster: Option<String>,
    /// `none`, `certificate`, `token`, `basic`, `exec` or `auth-provider`.
    credential: &'static str,
    /// Until when that holds, in UTC (RFC 3339); absent where the kubeconfig itself does not tell.
    expires_at: Option<String>,
    /// Whether kubectl looks at its file. What it does not look at comes last.
    in_view: bool,
    /// The context of the same name that counts instead; absent for those that count.
    shadowed_by: Option<Source>,
    findings: Vec<Finding>,
}

impl Contexts {
    /// The contexts of a kubeconfig or a world.
    pub fn new(contexts: &contexts::Contexts) -> Self {
        let given = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
        let one = |row: &contexts::Row, in_view: bool| Context {
            name: row.name.clone(),
            cluster: given(&row.cluster),
            server: row.server.clone(),
            user: given(&row.user),
            namespace: row.namespace.clone(),
            current: row.is_current,
            file: row.source.as_ref().map(|source| source.file.clone()),
            line: row.source.as_ref().and_then(|source| source.line),
            provider: row.provider.as_str(),
            account: row.place.account.clone(),
            region: row.place.region.clone(),
            eks_cluster: row.eks.as_ref().and_then(|eks| eks.cluster.clone()),
            credential: row.way.as_str(),
            expires_at: row.expires.map(|moment| moment.to_string()),
            in_view,
            shadowed_by: row.shadowed_by.clone(),
            findings: row.findings.clone(),
        };
        let further = contexts.further.iter().flat_map(|file| &file.rows).map(|row| one(row, false));
        Self(contexts.rows.iter().map(|row| one(row, true)).chain(further).collect())
    }
}
