//! A cluster's objects as one stream of updates: listed side by side, then watched.
//!
//! Each kind has a task of its own; the feed gathers what they send, in order, and tells when all have been listed and
//! whether all are still being watched.

mod aws_auth;
pub(super) mod back_off;
mod discovery;
mod fallback;
mod follow;
mod list;
mod poll;
mod scope;
mod watch;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use tokio::sync::{OnceCell, Semaphore, mpsc, watch as channel};
use tokio::task::JoinSet;

use super::http::Shared;
use crate::base::{Failure, Name};
use crate::facts::{Change, Kind, Scope};

/// What to list, and whether to go on watching.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The kinds; of ConfigMaps only kube-system/aws-auth is read.
    pub kinds: Vec<Kind>,
    /// Whether the API's resources are read.
    pub discovery: bool,
    /// Whether to go on watching.
    pub watch: bool,
    /// Of pods only those of this node.
    pub pods_of: Option<Name>,
}

/// One step of a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    /// Changes that belong together: they are applied before anybody looks.
    Changes(Vec<Change>),
    /// How far a list has come.
    Progress(Progress),
    /// Everything has been listed once, or is a gap; the changes before it ended with [`Change::Complete`].
    Loaded,
    /// Something cannot be reached, and why. While watching it is tried again, with pauses that grow.
    Stale(Failure),
    /// Everything is being watched.
    Live,
}

/// How far the list of one kind has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The kind.
    pub kind: Kind,
    /// How many have been read so far.
    pub read: usize,
    /// How many there are, when the server tells.
    pub of: Option<usize>,
}

/// A running feed. Dropping it ends every request.
#[derive(Debug)]
pub struct Feed {
    notes: mpsc::Receiver<Note>,
    /// The tasks, which end with the feed.
    _tasks: JoinSet<()>,
    /// Kinds and discovery that have not been listed yet.
    unlisted: BTreeSet<Part>,
    /// What is not kept up, and why.
    stale: BTreeMap<Part, Failure>,
    is_watched: bool,
    is_loaded: bool,
    /// What was said last of the state: nothing yet, live, or stale for this reason.
    said: Option<Result<(), Failure>>,
    ready: VecDeque<Update>,
}

/// What a task keeps up: a kind, in one namespace or in all; discovery has no kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    kind: Option<Kind>,
    namespace: Option<Name>,
}

/// What a task says.
#[derive(Debug)]
enum Note {
    Changes(Vec<Change>),
    Progress(Progress),
    /// A kind has been listed once, as far as it can be.
    Listed(Part),
    Stale(Part, Failure),
    Live(Part),
}

/// What all tasks of a feed share.
#[derive(Clone, Debug)]
struct Context {
    http: Shared,
    notes: mpsc::Sender<Note>,
    is_watched: bool,
    /// Of pods only those of this node.
    pods_of: Option<Name>,
    /// Namespaces that may be listed by themselves, besides those that the cluster lists.
    given: Arc<[String]>,
    /// The namespaces that the cluster lists; none while that is not known.
    namespaces: channel::Receiver<Option<Arc<BTreeSet<Name>>>>,
    /// The same where the plan does not list namespaces: asked for when it is needed.
    named: Arc<OnceCell<Arc<BTreeSet<Name>>>>,
    /// Watches hold a connection each; beyond these, lists are read again and again.
    watches: Arc<Semaphore>,
    /// How many those are.
    polls: Arc<AtomicUsize>,
}

/// How many watches a feed keeps open.
const WATCHES: usize = 48;

impl Context {
    /// The namespaces that the cluster lists, as far as it does.
    async fn listed_namespaces(&self) -> Arc<BTreeSet<Name>> {
        let mut listed = self.namespaces.clone();
        // who publishes them says none where they are refused; nobody does where the plan leaves them out
        if let Ok(names) = listed.wait_for(Option::is_some).await {
            return names.clone().unwrap_or_default();
        }
        let list = async {
            let scope = Scope { kind: Kind::Namespace, namespace: None };
            let listed = list::read(self, scope, false).await;
            Arc::new(listed.map(|listed| listed.names.into_iter().collect()).unwrap_or_default())
        };
        Arc::clone(self.named.get_or_init(|| list).await)
    }

    /// The address of a scope's list, with a query.
    fn address(&self, scope: Scope, query: &str) -> String {
        scope::address(scope, self.pods_of, query)
    }

    /// Says something to the feed; nobody listens any more when it is gone, and then the task is about to end too.
    async fn say(&self, note: Note) {
        let _ = self.notes.send(note).await;
    }
}

impl Feed {
    /// Starts the tasks of a plan.
    pub(super) fn start(http: &Shared, given: &Arc<[String]>, plan: &Plan) -> Self {
        let (sender, notes) = mpsc::channel(64);
        let lists_namespaces = plan.kinds.contains(&Kind::Namespace);
        let (publish, namespaces) = channel::channel(None);
        let context = Context {
            http: Arc::clone(http),
            notes: sender,
            is_watched: plan.watch,
            pods_of: plan.pods_of,
            given: Arc::clone(given),
            namespaces,
            named: Arc::default(),
            watches: Arc::new(Semaphore::new(WATCHES)),
            polls: Arc::default(),
        };
        let mut tasks = JoinSet::new();
        let mut unlisted = BTreeSet::new();
        let kinds: BTreeSet<Kind> = plan.kinds.iter().copied().collect();
        // without a list of namespaces nobody will publish any
        let mut publish = lists_namespaces.then_some(publish);
        for kind in kinds {
            unlisted.insert(Part { kind: Some(kind), namespace: None });
            let context = context.clone();
            match kind {
                Kind::ConfigMap => tasks.spawn(async move { aws_auth::follow(&context).await }),
                Kind::Namespace => {
                    let publish = publish.take();
                    tasks.spawn(async move { fallback::keep(&context, kind, publish.as_ref()).await })
                }
                _ => tasks.spawn(async move { fallback::keep(&context, kind, None).await }),
            };
        }
        if plan.discovery {
            unlisted.insert(Part { kind: None, namespace: None });
            tasks.spawn(async move { discovery::read(&context).await });
        }
        Self {
            notes,
            _tasks: tasks,
            unlisted,
            stale: BTreeMap::new(),
            is_watched: plan.watch,
            is_loaded: false,
            said: None,
            ready: VecDeque::new(),
        }
    }

    /// The next update; none when the plan has come to its end, which one that watches never does.
    pub async fn next(&mut self) -> Option<Update> {
        loop {
            self.settle();
            if let Some(update) = self.ready.pop_front() {
                return Some(update);
            }
            match self.notes.recv().await? {
                Note::Changes(changes) => self.ready.push_back(Update::Changes(changes)),
                Note::Progress(progress) => self.ready.push_back(Update::Progress(progress)),
                Note::Listed(part) => drop(self.unlisted.remove(&part)),
                Note::Stale(part, failure) => drop(self.stale.insert(part, failure)),
                Note::Live(part) => drop(self.stale.remove(&part)),
            }
        }
    }

    /// Says what follows from the last note.
    fn settle(&mut self) {
        if !self.is_loaded && self.unlisted.is_empty() {
            self.is_loaded = true;
            self.ready.push_back(Update::Changes(vec![Change::Complete]));
            // where nothing is kept up, what could not be reached is told once, with everything else
            if let Some(failure) = self.stale.values().next().filter(|_| !self.is_watched) {
                self.ready.push_back(Update::Stale(failure.clone()));
            }
            self.ready.push_back(Update::Loaded);
        }
        if !self.is_watched {
            return;
        }
        let now = match self.stale.values().next() {
            Some(failure) => Err(failure.clone()),
            None if self.is_loaded => Ok(()),
            None => return,
        };
        if self.said.as_ref() != Some(&now) {
            self.ready.push_back(now.clone().map_or_else(Update::Stale, |()| Update::Live));
            self.said = Some(now);
        }
    }
}
