//! The cluster that a command asks about: a live one, or that of `--from` or `--demo`; and which of several.

use std::sync::Arc;

use super::live::{self, Live};
use super::session::Session;
use crate::authz::Index;
use crate::base::Failure;
use crate::base::text::count;
use crate::facts::{Facts, Kind};
use crate::session::{Options, Snapshot, State, Walk};
use crate::source::{self, Cluster, World};

/// What a live cluster is to be asked for.
pub type Needs = fn(source::live::Options) -> Options;

/// One cluster, chosen.
pub struct Scene {
    /// What is known of it.
    pub snapshot: Arc<Snapshot>,
    /// The context's name, when there are contexts.
    pub context: Option<String>,
    /// The context's namespace.
    pub default_namespace: Option<String>,
    /// The cluster itself, where it can be asked.
    pub live: Option<Live>,
}

/// Where facts come from.
pub enum Origin {
    /// Recorded ones.
    Recorded(Box<World>),
    /// A cluster.
    Live(Box<Live>),
}

impl Scene {
    /// Reads the facts and chooses the cluster.
    pub fn load(session: &mut Session<'_>, needs: impl FnOnce(source::live::Options) -> Options) -> Result<Self, Failure> {
        Self::read(session, needs, |_| false)
    }

    /// The same for what AWS alone may answer: it is enough that it told what it knows, whatever the cluster says.
    pub fn load_of_aws(session: &mut Session<'_>, needs: impl FnOnce(source::live::Options) -> Options) -> Result<Self, Failure> {
        Self::read(session, needs, |walk| walk.aws.state == State::Ready)
    }

    fn read(
        session: &mut Session<'_>,
        needs: impl FnOnce(source::live::Options) -> Options,
        is_enough: impl FnOnce(&Walk) -> bool,
    ) -> Result<Self, Failure> {
        match origin(None, session)? {
            Origin::Recorded(world) => Self::choose(&world, None, session),
            Origin::Live(mut live) => {
                live.start(needs(live::options(&session.global)));
                live.finish(session)?;
                if !is_enough(&live.walk) {
                    live.check()?;
                }
                Ok(Self::of_live(*live, session))
            }
        }
    }

    /// Chooses one of the clusters of a world; `context` comes from a kubectl line and wins over the flag.
    pub fn choose(world: &World, context: Option<&str>, session: &mut Session<'_>) -> Result<Self, Failure> {
        let wanted = context.or(session.global.context.as_deref());
        let cluster: &Cluster = world.cluster(wanted)?;
        let snapshot = kept(Arc::new(Snapshot::new(cluster.facts.clone())));
        tell_counts(&snapshot.facts, session);
        Ok(Self { snapshot, context: cluster.context.clone(), default_namespace: cluster.namespace.clone(), live: None })
    }

    /// What a live cluster has come to.
    pub fn of_live(live: Live, session: &mut Session<'_>) -> Self {
        let snapshot = kept(live.walk.snapshot.clone().unwrap_or_default());
        tell_counts(&snapshot.facts, session);
        let (context, default_namespace) = (live.target.context.clone(), live.target.namespace.clone());
        Self { snapshot, context, default_namespace, live: Some(live) }
    }

    /// The cluster's facts.
    pub fn facts(&self) -> &Facts {
        &self.snapshot.facts
    }

    /// The cluster's index.
    pub fn index(&self) -> &Index {
        &self.snapshot.index
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

/// The process ends with the command: to take a large cluster's facts apart before would only keep people waiting.
fn kept(snapshot: Arc<Snapshot>) -> Arc<Snapshot> {
    std::mem::forget(Arc::clone(&snapshot));
    snapshot
}

/// Says how much was read, to who wants to know everything.
fn tell_counts(facts: &Facts, session: &mut Session<'_>) {
    if !session.global.verbose {
        return;
    }
    let counts: Vec<String> =
        Kind::ALL.into_iter().filter(|kind| facts.count(*kind) > 0).map(|kind| count(facts.count(kind), kind.as_str())).collect();
    let skipped: usize = facts.skipped().values().sum();
    let skipped = if skipped == 0 { String::new() } else { format!("; {} of other kinds skipped", count(skipped, "object")) };
    session.tell(&format!("read {}{skipped}", if counts.is_empty() { "nothing".to_owned() } else { counts.join(", ") }));
}

/// The recorded facts that the flags name.
pub fn recorded(session: &Session<'_>) -> Result<World, Failure> {
    match (&session.global.from, session.global.demo) {
        (Some(_), true) => Err(Failure::usage("`--from` and `--demo` both say where facts come from").hint("Give one of them.")),
        (Some(path), _) => source::from_path(path),
        (None, _) => source::demo(),
    }
}

/// Where the flags say that facts come from; `context` comes from a kubectl line and wins over the flag.
pub fn origin(context: Option<&str>, session: &Session<'_>) -> Result<Origin, Failure> {
    let global = &session.global;
    if global.from.is_some() || global.demo {
        return recorded(session).map(|world| Origin::Recorded(Box::new(world)));
    }
    let kubeconfig = live::kubeconfig(global)?;
    Live::of(&kubeconfig, context.or(global.context.as_deref()), global).map(|live| Origin::Live(Box::new(live)))
}
