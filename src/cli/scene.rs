//! The cluster that a command asks about: from `--from` or `--demo`, and which of several.

use crate::authz::Index;
use crate::base::Failure;
use crate::base::text::count;
use crate::facts::{Facts, Kind};
use crate::source::{self, Cluster, World};

use super::session::Session;

/// One cluster, chosen.
pub struct Scene {
    /// What is known of it.
    pub facts: Facts,
    /// The context's name, when the facts have contexts.
    pub context: Option<String>,
    /// The context's namespace.
    pub default_namespace: Option<String>,
}

impl Scene {
    /// Reads the facts and chooses the cluster; `context` comes from a kubectl line and wins over the flag.
    pub fn load(session: &mut Session<'_>) -> Result<Self, Failure> {
        let world = world(session)?;
        Self::choose(&world, None, session)
    }

    /// Chooses one of the clusters of a world.
    pub fn choose(world: &World, context: Option<&str>, session: &mut Session<'_>) -> Result<Self, Failure> {
        let wanted = context.or(session.global.context.as_deref());
        let cluster: &Cluster = world.cluster(wanted)?;
        if session.global.verbose {
            let facts = &cluster.facts;
            let counts: Vec<String> =
                Kind::ALL.into_iter().filter(|kind| facts.count(*kind) > 0).map(|kind| count(facts.count(kind), kind.as_str())).collect();
            let skipped: usize = facts.skipped().values().sum();
            let skipped = if skipped == 0 { String::new() } else { format!("; {} of other kinds skipped", count(skipped, "object")) };
            session.tell(&format!("read {}{skipped}", if counts.is_empty() { "nothing".to_owned() } else { counts.join(", ") }));
        }
        Ok(Self { facts: cluster.facts.clone(), context: cluster.context.clone(), default_namespace: cluster.namespace.clone() })
    }

    /// The cluster's index.
    pub fn index(&self) -> Index {
        Index::new(&self.facts)
    }

    /// The namespace asked about, empty for all, with a note where nobody gave one.
    pub fn namespace(&self, session: &Session<'_>) -> (String, Vec<String>) {
        if session.global.all_namespaces {
            return (String::new(), Vec::new());
        }
        if let Some(namespace) = &session.global.namespace {
            return (namespace.clone(), Vec::new());
        }
        match &self.default_namespace {
            Some(namespace) => {
                let context = self.context.as_deref().unwrap_or_default();
                (namespace.clone(), vec![format!("namespace {namespace}: that of context {context}, as none was given")])
            }
            None => ("default".to_owned(), vec!["namespace default, as none was given".to_owned()]),
        }
    }
}

/// The world that the flags name.
pub fn world(session: &Session<'_>) -> Result<World, Failure> {
    match (&session.global.from, session.global.demo) {
        (Some(_), true) => Err(Failure::usage("`--from` and `--demo` both say where facts come from").hint("Give one of them.")),
        (Some(path), false) => source::from_path(path),
        (None, true) => source::demo(),
        (None, false) => Err(Failure::usage("there are no facts to answer from: neither `--from` nor `--demo` is given")
            .hint("From a cluster: kubectl get clusterroles,clusterrolebindings,roles,rolebindings -A -o json | whycan … --from -")
            .hint("From files:     whycan … --from FOLDER")
            .hint("To try it:      whycan … --demo")),
    }
}
