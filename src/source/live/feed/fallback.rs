//! A kind over time: the whole cluster at once or, where that is refused, namespace by namespace.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::follow::{Kept, Publisher, follow};
use super::{Context, Note, scope};
use crate::base::{Loss, Name};
use crate::facts::{Change, Kind, Scope};
use crate::source::live::failure::Fault;
use crate::source::live::http::Ask;

/// The most namespaces that are read one by one.
const MOST: usize = 500;

/// How long a refusal is believed while watching, in limits of a request: 30 s mostly.
const REFUSED: u32 = 3;

/// How much longer it is for each namespace that is refused.
const EACH: Duration = Duration::from_millis(300);

/// Keeps a kind for as long as the feed lasts; returns when it is listed and not watched.
pub async fn keep(context: &Context, kind: Kind, publish: Option<&Publisher>) {
    let whole = Scope { kind, namespace: None };
    let mut kept = Kept::default();
    loop {
        // a refusal is a gap already: until more is known, any object of the kind may be missing
        let Some(refusal) = follow(context, whole, std::mem::take(&mut kept), publish, &|| {}).await else { return };
        if let Some(publish) = publish {
            publish.send_replace(Some(std::sync::Arc::default()));
        }
        if scope::is_namespaced(kind) {
            Namespaces::new(context, kind, refusal).run().await;
            // what was read by namespaces stays until the list that replaces it
            kept = Kept::given();
        } else {
            context.say(Note::Listed(scope::part(whole))).await;
        }
        if !context.is_watched {
            return;
        }
        while !is_granted(context, whole).await {
            sleep(context.http.limit * REFUSED).await;
        }
    }
}

/// Whether the whole cluster may be listed after all.
async fn is_granted(context: &Context, whole: Scope) -> bool {
    let answer = context.http.answer(&Ask::get(context.address(whole, "limit=1"))).await;
    !matches!(answer, Err(Fault::Forbidden(_))) && answer.is_ok()
}

/// A kind, namespace by namespace.
struct Namespaces<'a> {
    context: &'a Context,
    kind: Kind,
    /// The server's words about the whole cluster.
    refusal: String,
    /// How each namespace stands: not known yet, read, or refused.
    states: BTreeMap<Name, Option<bool>>,
    tasks: JoinSet<(Name, Option<String>)>,
    /// Told when a namespace has been read.
    read: (mpsc::UnboundedSender<Name>, mpsc::UnboundedReceiver<Name>),
    /// What the gap says already.
    told: Option<BTreeSet<Name>>,
    /// Namespaces whose refusal is still a gap of its own.
    own: Vec<Name>,
}

impl<'a> Namespaces<'a> {
    fn new(context: &'a Context, kind: Kind, refusal: String) -> Self {
        let read = mpsc::unbounded_channel();
        Self { context, kind, refusal, states: BTreeMap::new(), tasks: JoinSet::new(), read, told: None, own: Vec::new() }
    }

    /// Reads every namespace that is known; while watching, until the whole cluster may be listed.
    async fn run(mut self) {
        let mut known = self.context.namespaces.clone();
        // a service account may most often read its own
        let own = crate::authz::ask::user_of(&self.refusal)
            .and_then(|user| crate::identity::Identity::literal(user, []).service_account().map(|(namespace, _)| namespace));
        let mut first: Vec<Name> = self.context.given.iter().map(|name| Name::new(name)).chain(own).collect();
        first.retain(|name| !name.is_empty());
        let listed = self.context.listed_namespaces().await;
        known.mark_unchanged();
        self.begin(first.iter().copied().chain(listed.iter().copied()));
        let mut again = Instant::now() + self.context.http.limit * REFUSED;
        loop {
            self.tell().await;
            let is_settled = self.states.values().all(Option::is_some);
            if !self.context.is_watched && is_settled {
                return;
            }
            tokio::select! {
                biased;
                Some(namespace) = self.read.1.recv() => drop(self.states.insert(namespace, Some(true))),
                Some(ended) = self.tasks.join_next(), if !self.tasks.is_empty() => {
                    if let Ok((namespace, Some(_))) = ended {
                        self.states.insert(namespace, Some(false));
                        self.own.push(namespace);
                    }
                }
                Ok(()) = known.changed() => {
                    let listed = known.borrow_and_update().clone().unwrap_or_default();
                    self.begin(listed.iter().copied());
                }
                () = sleep_until(again), if self.context.is_watched => {
                    if is_granted(self.context, self.whole()).await {
                        return self.end().await;
                    }
                    let refused = self.names(false);
                    let more = EACH * u32::try_from(refused.len()).unwrap_or_default();
                    again = Instant::now() + self.context.http.limit * REFUSED + more;
                    for namespace in refused {
                        self.spawn(namespace);
                    }
                }
            }
        }
    }

    fn whole(&self) -> Scope {
        Scope { kind: self.kind, namespace: None }
    }

    fn of(&self, namespace: Name) -> Scope {
        Scope { kind: self.kind, namespace: Some(namespace) }
    }

    /// Starts with namespaces that are new.
    fn begin(&mut self, names: impl Iterator<Item = Name>) {
        for namespace in names {
            if self.states.len() < MOST && !self.states.contains_key(&namespace) {
                self.states.insert(namespace, None);
                self.spawn(namespace);
            }
        }
    }

    fn spawn(&mut self, namespace: Name) {
        let (context, scope, read) = (self.context.clone(), Scope { kind: self.kind, namespace: Some(namespace) }, self.read.0.clone());
        self.tasks.spawn(async move {
            let on_read = move || {
                let _ = read.send(namespace);
            };
            (namespace, follow(&context, scope, Kept::default(), None, &on_read).await)
        });
    }

    /// Says which namespaces are no gap, once each has answered and whenever that changes.
    async fn tell(&mut self) {
        if self.states.values().any(Option::is_none) {
            return;
        }
        // one gap says it for all that are refused
        let mut changes: Vec<Change> = std::mem::take(&mut self.own).into_iter().map(|name| Change::Settled(self.of(name))).collect();
        let read: BTreeSet<Name> = self.names(true).into_iter().collect();
        let is_news = self.told.as_ref() != Some(&read);
        if is_news {
            let gap = scope::gap(self.whole(), self.refusal.clone(), Loss::Refused, &read);
            changes.extend([Change::Settled(self.whole()), Change::Gap(gap)]);
            self.told = Some(read);
        }
        if !changes.is_empty() {
            self.context.say(Note::Changes(changes)).await;
        }
        if is_news {
            self.context.say(Note::Listed(scope::part(self.whole()))).await;
        }
    }

    /// The namespaces that were read, or those that were refused.
    fn names(&self, is_read: bool) -> Vec<Name> {
        self.states.iter().filter(|(_, state)| **state == Some(is_read)).map(|(name, _)| *name).collect()
    }

    /// Leaves everything to a list of the whole cluster, which replaces what is known.
    async fn end(mut self) {
        self.tasks.shutdown().await;
        let names: Vec<Name> = self.states.keys().copied().collect();
        let settled = names.iter().map(|name| Change::Settled(self.of(*name))).collect();
        self.context.say(Note::Changes(settled)).await;
        for name in names {
            self.context.say(Note::Live(scope::part(self.of(name)))).await;
        }
    }
}
