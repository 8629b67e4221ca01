//! Where questions are asked: a context, its facts at one moment, and who one is there.

use std::sync::Arc;

use crate::identity::{Identity, Means};
use crate::kubeconfig::{self, Provider};
use crate::session::Snapshot;
use crate::source::Cluster;
use crate::source::live::Caller;
use crate::view::contexts::Row;
use crate::view::question::Place;

/// A context that can be looked into.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// Its name; none where facts have no contexts.
    pub name: Option<String>,
    /// Whether it is the one to start with.
    pub is_current: bool,
    /// Its namespace, when it has one.
    pub namespace: Option<String>,
    /// What kind of cluster it leads to: `eks`; empty where nothing tells.
    pub provider: String,
    /// Where its cluster is: a host and port.
    pub cluster: String,
    /// What is presented there: `aws exec, profile prod`.
    pub user: String,
    /// Where it stands, and what is worth knowing of it, as sentences.
    pub details: Vec<String>,
    /// What is wrong with it, as sentences.
    pub findings: Vec<String>,
    /// Where its cluster belongs: `EKS 111122223333 eu-central-1`.
    pub place: String,
    /// The same, for sorting.
    pub place_rank: Option<kubeconfig::Place>,
    /// The file that it stands in.
    pub file: String,
    /// Namespaces that it had, the latest first.
    pub namespaces: Vec<String>,
    /// How long ago it was made the current one: `3 d`; empty where that is not known.
    pub used: String,
    /// Whether settings call it a production one.
    pub is_production: bool,
}

/// The contexts of a kubeconfig, and what is wrong with its files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The contexts that can be looked into.
    pub contexts: Vec<Context>,
    /// What is wrong with files, as sentences.
    pub problems: Vec<String>,
    /// Kubeconfigs that kubectl does not see.
    pub further: Vec<Further>,
}

/// A kubeconfig that kubectl does not see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Further {
    /// Its path.
    pub path: String,
    /// Its contexts.
    pub contexts: Vec<Beyond>,
    /// The command that puts it into kubectl's view.
    pub export: Option<String>,
}

/// A context of a kubeconfig that kubectl does not see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beyond {
    /// Its name, in that file.
    pub name: String,
    /// What is presented there: `aws exec, profile prod`.
    pub user: String,
    /// The command of the plugin that it would run, secrets masked; none where it runs none.
    pub command: Option<String>,
    /// Whether settings call it a production one.
    pub is_production: bool,
}

impl Further {
    /// What a context of it is called where those in view are too: their names may be the same.
    pub fn called(&self, context: &Beyond) -> String {
        format!("{} of {}", context.name, self.path)
    }
}

impl From<Vec<Context>> for Listing {
    fn from(contexts: Vec<Context>) -> Self {
        Self { contexts, ..Self::default() }
    }
}

impl Context {
    /// A context of a kubeconfig.
    pub fn of_row(row: Row) -> Self {
        Self {
            name: Some(row.name),
            is_current: row.is_current,
            namespace: row.namespace,
            provider: if row.provider == Provider::Generic { String::new() } else { row.provider.as_str().to_owned() },
            cluster: row.address,
            user: row.presents,
            place: row.place.to_string(),
            place_rank: Some(row.place),
            file: row.source.map(|source| source.file).unwrap_or_default(),
            namespaces: Vec::new(),
            used: String::new(),
            is_production: false,
            details: row.details,
            findings: row.findings.into_iter().map(|finding| finding.message).collect(),
        }
    }
}

/// The open context, as questions see it. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    /// The context's name.
    pub context: Option<String>,
    /// The context's namespace.
    pub namespace: Option<String>,
    /// What is known of the cluster.
    pub snapshot: Arc<Snapshot>,
    /// Who the server takes the caller for.
    pub caller: Option<Caller>,
    /// Whether a server can be asked.
    pub is_live: bool,
}

impl Scene {
    /// One cluster of recorded facts.
    pub fn recorded(cluster: &Cluster, snapshot: &Arc<Snapshot>) -> Self {
        Self {
            context: cluster.context.clone(),
            namespace: cluster.namespace.clone(),
            snapshot: Arc::clone(snapshot),
            caller: None,
            is_live: false,
        }
    }

    /// Whether everything that was asked for has been read.
    pub fn is_whole(&self) -> bool {
        self.snapshot.is_complete()
    }

    /// Does something with the place that the context is.
    pub fn in_place<T>(&self, ask: impl FnOnce(&Place<'_>) -> T) -> T {
        let from = self.context.as_ref().map_or_else(|| "the facts".to_owned(), |context| format!("context {context}"));
        let namespace = self.namespace.as_deref().map(|namespace| (namespace, from.as_str()));
        let caller: Option<&Identity> = self.caller.as_ref().map(|caller| &caller.identity);
        // files are read while a question is decided, not while it is typed
        ask(&Place { namespace, means: Means { facts: &self.snapshot.facts, read: None, now: None }, caller })
    }
}
