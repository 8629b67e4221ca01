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

/// The answer to `context current`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CurrentContext {
    name: String,
    /// Absent where it has none, or there is no such context.
    namespace: Option<String>,
    /// Whether there is such a context.
    exists: bool,
    /// Where it is chosen.
    source: Option<Source>,
}

impl CurrentContext {
    /// The current context of a kubeconfig.
    pub fn new(name: &str, namespace: Option<&str>, exists: bool, source: Option<&Source>) -> Self {
        Self { name: name.to_owned(), namespace: namespace.map(str::to_owned), exists, source: source.cloned() }
    }
}

/// The answer to `context alias`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Aliases(Vec<Alias>);

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Alias {
    name: String,
    context: String,
    namespace: Option<String>,
    /// Whether there is such a context.
    exists: bool,
}

impl Aliases {
    /// Aliases, each with its context, its namespace, and whether the context is there.
    pub fn new<'a>(aliases: impl IntoIterator<Item = (&'a str, &'a str, Option<&'a str>, bool)>) -> Self {
        let alias = |(name, context, namespace, exists): (&str, &str, Option<&str>, bool)| Alias {
            name: name.to_owned(),
            context: context.to_owned(),
            namespace: namespace.map(str::to_owned),
            exists,
        };
        Self(aliases.into_iter().map(alias).collect())
    }
}

/// The answer to `namespace` without a name.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Namespaces {
    context: String,
    /// The namespace of the context; `default` is taken where it has none.
    namespace: Option<String>,
    /// Those that are known: chosen before.
    known: Vec<String>,
}

impl Namespaces {
    /// The namespaces of a context.
    pub fn new(context: &str, namespace: Option<&str>, known: &[String]) -> Self {
        Self { context: context.to_owned(), namespace: namespace.map(str::to_owned), known: known.to_vec() }
    }
}
