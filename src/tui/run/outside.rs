//! The live side of the loop: the session that is open, on threads of its own, so that neither TLS nor a large cluster
//! makes a key wait.

use std::path::PathBuf;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::AbortHandle;

use super::Input;
use super::perform::Clock;
use crate::authz::Request;
use crate::authz::matrix::Matrix;
use crate::base::Failure;
use crate::identity::Identity;
use crate::kubeconfig::eks::{Described, Wishes};
use crate::session::{self, Find, Options, Remote, Session, Step};
use crate::source::aws::{Profiles, Scope, Wanted, describe, discover};
use crate::source::kubeconfig::{self, Handed, Watch};
use crate::source::live::Reviewed;
use crate::source::state::Memory;
use crate::source::switch::Switch;
use crate::tui::Live;
use crate::tui::message::{Message, Prepared, Ticket};
use crate::tui::scene::Scene;
use crate::view::change::{Found, Planned};
use crate::view::eks::Place;

/// How long it takes until a file that is being written stands still.
const SETTLED: Duration = Duration::from_millis(30);

/// How long the end waits for what still runs.
const MOMENT: Duration = Duration::from_millis(200);

/// What runs outside, and how it is spoken to.
#[derive(Debug)]
pub struct Outside {
    live: Live,
    runtime: Option<Runtime>,
    open: Option<Remote>,
    /// Ends the session when it is dropped.
    task: Option<AbortHandle>,
    /// How kubeconfigs are changed.
    switch: Switch,
    /// The search in AWS that goes on.
    search: Option<AbortHandle>,
    /// Tells of changes of the files, until it is dropped.
    watch: Option<Watch>,
    /// What was read for the list.
    handed: Handed,
}

/// A question to the server.
#[derive(Debug)]
pub struct Review {
    /// Who waits for the answer.
    pub ticket: Ticket,
    /// Whose rights; none for the caller's.
    pub identity: Option<Identity>,
    /// The requests.
    pub requests: Vec<Request>,
    /// After this time.
    pub after: Duration,
}

/// A matrix of the caller to be filled.
#[derive(Debug)]
pub struct Tell {
    /// The generation of the result.
    pub generation: u64,
    /// The matrix.
    pub matrix: Box<Matrix>,
    /// What was assumed.
    pub notes: Vec<String>,
    /// Of which facts.
    pub scene: Scene,
}

impl Outside {
    /// Nothing yet.
    pub fn new(live: Live) -> Self {
        let switch = Switch::new(live.kubeconfig.clone(), Memory::here());
        Self { live, runtime: None, open: None, task: None, switch, search: None, watch: None, handed: Handed::default() }
    }

    /// How contexts are found.
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// Where the kubeconfig is left that the list was made of.
    pub fn handed(&self) -> Handed {
        self.handed.clone()
    }

    /// How kubeconfigs are changed.
    pub fn switch(&self) -> &Switch {
        &self.switch
    }

    /// Tells from now on when others change the files that contexts come from; what comes at once is told once.
    pub fn watch(&mut self, sender: &UnboundedSender<Input>) {
        let (changed, mut changes) = unbounded_channel();
        self.watch = kubeconfig::watch(self.live.kubeconfig.as_deref(), move || {
            // nobody listens any more
            let _ = changed.send(());
        });
        let (sender, is_watching) = (sender.clone(), self.watch.is_some());
        let Some(runtime) = self.runtime().filter(|_| is_watching) else { return };
        runtime.spawn(async move {
            while changes.recv().await.is_some() {
                tokio::time::sleep(SETTLED).await;
                while changes.try_recv().is_ok() {}
                if sender.send(Input::Message(Message::FilesChanged)).is_err() {
                    return;
                }
            }
        });
    }

    /// Looks for clusters in AWS, with all profiles and the regions of each; what is found is told as it comes.
    pub fn search(&mut self, number: u64, sender: &UnboundedSender<Input>) {
        self.stop_search();
        let (path, limit, sender) = (self.live.kubeconfig.clone(), self.live.options.timeout, sender.clone());
        let Some(runtime) = self.runtime() else { return };
        let task = runtime.spawn(async move {
            let send = |message: Message| sender.send(Input::Message(message)).is_ok();
            let browsed = tokio::task::spawn_blocking(move || kubeconfig::browse(path.as_deref())).await;
            let kubeconfig = browsed.map(|browsed| browsed.kubeconfig).unwrap_or_default();
            let scope = Scope { all_profiles: true, ..Scope::default() };
            let begun = match Profiles::read().await {
                Ok(profiles) => discover(profiles, &scope, limit),
                Err(failure) => Err(failure),
            };
            let mut discovery = match begun {
                Ok(discovery) => discovery,
                Err(failure) => {
                    send(Message::Searching(number, Err(failure)));
                    return;
                }
            };
            send(Message::Searching(number, Ok(discovery.places())));
            while let Some(outcome) = discovery.next().await {
                if !send(Message::Discovered(number, Box::new(Place::new(outcome, &kubeconfig)))) {
                    return;
                }
            }
            send(Message::SearchEnded(number));
        });
        self.search = Some(task.abort_handle());
    }

    /// Stops looking in AWS.
    pub fn stop_search(&mut self) {
        if let Some(search) = self.search.take() {
            search.abort();
        }
    }

    /// Asks AWS for a cluster, and plans that it is added.
    pub fn add(&mut self, number: u64, found: Found, sender: &UnboundedSender<Input>) {
        let (switch, limit, sender) = (self.switch.clone(), self.live.options.timeout, sender.clone());
        let Some(runtime) = self.runtime() else { return };
        runtime.spawn(async move {
            let planned = match described(&found, limit).await {
                Ok((cluster, wishes)) => {
                    let plan = move || switch.plan_adding(&cluster, &wishes);
                    match tokio::task::spawn_blocking(plan).await {
                        Ok(planned) => planned.map(|(change, plan)| Box::new(Planned::new(Some(change), plan))),
                        Err(_) => return,
                    }
                }
                Err(failure) => Err(failure),
            };
            let _ = sender.send(Input::Message(Message::Planned(number, planned)));
        });
    }

    /// Opens a context; the session before it ends, and with it whatever it runs.
    pub fn open(&mut self, number: u64, context: Option<String>, file: Option<String>, sender: &UnboundedSender<Input>, clock: Clock) {
        self.close();
        let Live { kubeconfig, options } = self.live.clone();
        // what was left is not of a file that kubectl does not look at
        let handed = if file.is_some() { Handed::default() } else { self.handed() };
        let kubeconfig = file.map(PathBuf::from).or(kubeconfig);
        let Some(runtime) = self.runtime() else { return };
        let find = Find::new(move || kubeconfig::target(&handed.take(kubeconfig.as_deref())?, context.as_deref()));
        let _inside = runtime.enter();
        let mut session = Session::start(find, Options::watching(options));
        let (remote, sender) = (session.remote(), sender.clone());
        let task = runtime.spawn(async move {
            while let Some(event) = session.next().await {
                if sender.send(Input::Message(Message::Session(number, clock.now(), event))).is_err() {
                    return;
                }
            }
        });
        self.task = Some(task.abort_handle());
        self.open = Some(remote);
    }

    /// Lets plugins of a kubeconfig run from now on.
    pub fn allow(&mut self, file: String) {
        let plugins = &mut self.live.options.plugins;
        plugins.allowed = std::mem::take(&mut plugins.allowed).and(file);
    }

    /// Ends the session that is open.
    fn close(&mut self) {
        self.open = None;
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }

    /// Stops a stage.
    pub fn cancel(&self, step: Step) {
        if let Some(open) = &self.open {
            open.cancel(step);
        }
    }

    /// Reads everything anew.
    pub fn refresh(&self) {
        if let Some(open) = &self.open {
            open.refresh();
        }
    }

    /// Asks the server; where the session ends before there is a connection, that is the answer.
    pub fn review(&mut self, review: Review, sender: &UnboundedSender<Input>) {
        let Review { ticket, identity, requests, after } = review;
        let Some(open) = self.open.clone() else { return };
        let Some(runtime) = self.runtime() else { return };
        let sender = sender.clone();
        runtime.spawn(async move {
            let verdicts: Vec<Reviewed> = match open.connection().await {
                None => requests.iter().map(|_| Err(Failure::failed("there is no connection to it"))).collect(),
                Some(connection) => {
                    tokio::time::sleep(after).await;
                    futures::future::join_all(requests.iter().map(|request| connection.review(identity.as_ref(), request))).await
                }
            };
            let _ = sender.send(Input::Message(Message::Reviewed(ticket, requests.into_iter().zip(verdicts).collect())));
        });
    }

    /// Asks the server for the caller's rights; where there is no connection, the matrix stays as it is.
    pub fn tell(&mut self, tell: Tell, sender: &UnboundedSender<Input>) {
        let Tell { generation, mut matrix, mut notes, scene } = tell;
        let (Some(open), Some(runtime)) = (self.open.clone(), self.runtime()) else { return };
        let sender = sender.clone();
        runtime.spawn(async move {
            if let Some(connection) = open.connection().await {
                notes.push(session::tell(&mut matrix, &connection, scene.snapshot.facts.resources()).await);
            }
            let _ = sender.send(Input::Message(Message::Told(generation, Prepared::Matrix(matrix, notes))));
        });
    }

    fn runtime(&mut self) -> Option<&Runtime> {
        if self.runtime.is_none() {
            self.runtime = Builder::new_multi_thread().worker_threads(2).thread_name("outside").enable_all().build().ok();
        }
        self.runtime.as_ref()
    }
}

/// What AWS says of a cluster that was found, and what is wanted of its entries.
async fn described(found: &Found, limit: Duration) -> Result<(Described, Wishes), Failure> {
    let wanted = Wanted { name: found.name.clone(), profile: found.profile.clone(), region: Some(found.region.clone()), role: None };
    let cluster = describe(Profiles::read().await?, &wanted, limit).await?;
    Ok((cluster, Wishes { profile: found.profile.clone(), ..Wishes::default() }))
}

impl Drop for Outside {
    fn drop(&mut self) {
        self.close();
        self.stop_search();
        if let Some(runtime) = self.runtime.take() {
            // plugins are given the moment that it takes to end them; nobody waits for more
            let ending = std::thread::spawn(move || runtime.shutdown_timeout(MOMENT));
            let _ = ending.join();
        }
    }
}
