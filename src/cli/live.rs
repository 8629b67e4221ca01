//! A live cluster, as a command sees it: what its stages come to is waited for, and nothing is waited for longer than the
//! limit of each.

mod beyond;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::time::{Instant, sleep_until};

use super::args::{Format, Global};
use super::session::Session;
use crate::authz::Request;
use crate::base::Failure;
use crate::identity::Identity;
use crate::kubeconfig::{Impersonation, Kubeconfig, Provider, Target};
use crate::session::{self, Find, Options, Remote, State, Step, Walk};
use crate::source::kubeconfig;
use crate::source::live::{self, Connection, Reviewed};
use crate::view::sentence;

/// How long an interruption waits for a plugin to end.
const MOMENT: Duration = Duration::from_millis(100);

/// After this time it is said what is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// The way to a cluster: its stages run once it is [`started`](Self::start).
pub struct Live {
    runtime: Runtime,
    running: Option<session::Session>,
    connection: Option<Connection>,
    /// What makes or runs it, as far as the kubeconfig tells.
    pub provider: Option<Provider>,
    /// Where it is.
    pub target: Arc<Target>,
    /// What the stages have come to.
    pub walk: Walk,
}

/// The kubeconfig that the flags and the environment name.
pub fn kubeconfig(global: &Global) -> Result<Kubeconfig, Failure> {
    kubeconfig::load(global.kubeconfig.as_deref())
}

/// How a cluster is spoken to, as the flags say; a plugin that wants the terminal gets it where standard input is one.
pub fn options(global: &Global) -> live::Options {
    let plugins = live::Plugins::here(global.kubeconfig.as_deref()).with_terminal();
    live::Options { timeout: global.timeout, namespaces: global.namespace.iter().cloned().collect(), plugins }
}

impl Live {
    /// The way that a context of a kubeconfig leads; none for the current one.
    pub fn of(kubeconfig: &Kubeconfig, context: Option<&str>, global: &Global) -> Result<Self, Failure> {
        if global.offline {
            kubeconfig::target(kubeconfig, context).map_err(|failure| beyond::failure(failure, kubeconfig, context, global))?;
            return Err(Failure::usage("`--offline` touches no cluster, and no other facts are given")
                .hint("Give recorded facts: --from PATH")
                .hint("Or ask the cluster: leave --offline out."));
        }
        Self::leading(kubeconfig, context, global)
    }

    /// The same for what asks no cluster, or need not.
    pub fn leading(kubeconfig: &Kubeconfig, context: Option<&str>, global: &Global) -> Result<Self, Failure> {
        let target = kubeconfig::target(kubeconfig, context).map_err(|failure| beyond::failure(failure, kubeconfig, context, global))?;
        let provider = kubeconfig
            .selected(context)
            .ok()
            .map(|context| Provider::of(context, kubeconfig.cluster_of(context), kubeconfig.user_of(context)));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|error| Failure::failed(format!("cannot start: {error}")))?;
        Ok(Self { runtime, running: None, connection: None, provider, target: Arc::new(target), walk: Walk::default() })
    }

    /// Acts as somebody, as the flags of kubectl have it, in place of whom the kubeconfig says.
    pub fn act_as(&mut self, identity: &Identity) {
        let mut target = (*self.target).clone();
        target.user.impersonation = Impersonation {
            user: identity.username.map(|username| username.as_str().to_owned()),
            uid: Some(identity.uid.as_str().to_owned()).filter(|uid| !uid.is_empty()),
            groups: identity.groups.iter().map(|group| group.as_str().to_owned()).collect(),
            ..Impersonation::default()
        };
        self.target = Arc::new(target);
    }

    /// Starts the stages.
    pub fn start(&mut self, options: Options) {
        let _inside = self.runtime.enter();
        let target = Arc::clone(&self.target);
        self.running = Some(session::Session::start(Find::new(move || Ok((*target).clone())), options));
    }

    /// Waits until all that was asked for is there, or has failed.
    ///
    /// # Errors
    /// When somebody interrupts it.
    pub fn finish(&mut self, session: &mut Session<'_>) -> Result<(), Failure> {
        self.finish_beside(session, async |_| (), |(), _| ()).map(|_| ())
    }

    /// The same; beside it something is done with the connection, and told as soon as it is done.
    ///
    /// # Errors
    /// When somebody interrupts it.
    pub fn finish_beside<T>(
        &mut self,
        session: &mut Session<'_>,
        beside: impl AsyncFnOnce(Remote) -> T,
        tell: impl FnOnce(&T, &mut Session<'_>),
    ) -> Result<Option<T>, Failure> {
        let Some(running) = self.running.take() else { return Ok(None) };
        let remote = running.remote();
        let (walk, connection) = (&mut self.walk, &mut self.connection);
        let finished = self.runtime.block_on(async {
            let collecting = collect(running, walk, connection);
            tokio::pin!(collecting);
            let beside = beside(remote);
            tokio::pin!(beside);
            // listening from here on: one that comes between two turns counts too
            let interrupted = tokio::signal::ctrl_c();
            tokio::pin!(interrupted);
            let (mut is_collected, mut done) = (false, None);
            let patience = Instant::now() + PATIENCE;
            // whoever is asked by a plugin knows what is waited for
            let mut has_told = !session.is_watched || live::wants_terminal(&self.target.user);
            let mut tell = Some(tell);
            loop {
                tokio::select! {
                    value = &mut beside, if done.is_none() => {
                        if let Some(tell) = tell.take().filter(|_| !is_collected) {
                            tell(&value, session);
                        }
                        done = Some(value);
                    }
                    () = &mut collecting, if !is_collected => is_collected = true,
                    // the session is dropped with this, and with it the plugin that it runs
                    _ = &mut interrupted => return None,
                    () = sleep_until(patience), if !has_told => {
                        has_told = true;
                        session.tell("still waiting for the cluster; --timeout sets for how long");
                    }
                }
                match (is_collected, done.take()) {
                    (true, Some(value)) => return Some(value),
                    (_, value) => done = value,
                }
            }
        });
        if finished.is_none() {
            // what was dropped is given the moment that it takes to end
            self.runtime.block_on(async { tokio::time::sleep(MOMENT).await });
            return Err(Failure::failed("interrupted"));
        }
        Ok(finished)
    }

    /// The server's verdicts on requests; of oneself without an identity.
    pub fn review(&self, identity: Option<&Identity>, requests: &[Request], connection: &Connection) -> Vec<Reviewed> {
        self.runtime.block_on(review(connection, identity, requests))
    }

    /// The connection, when there is one.
    pub fn connection(&self) -> Option<Connection> {
        self.connection.clone()
    }

    /// Does something with the cluster.
    pub fn ask<T>(&self, asking: impl Future<Output = T>) -> T {
        self.runtime.block_on(asking)
    }

    /// Why there is nothing to answer from.
    ///
    /// # Errors
    /// When a stage that everything needs has failed, or nothing at all could be read.
    pub fn check(&self) -> Result<(), Failure> {
        for step in [Step::Kubeconfig, Step::Credential, Step::Authorization] {
            if let State::Failed(failure) = &self.walk.stage(step).state {
                return Err(failure.clone());
            }
        }
        Ok(())
    }

    /// Who the caller is.
    ///
    /// # Errors
    /// When the server did not say.
    pub fn caller(&self) -> Result<&live::Caller, Failure> {
        let unknown = || match &self.walk.stage(Step::Identity).state {
            State::Failed(failure) => failure.clone(),
            _ => Failure::failed("the server has not said who you are").hint("Name yourself: --as NAME --as-group GROUP"),
        };
        self.walk.caller.as_ref().ok_or_else(unknown)
    }
}

async fn collect(mut running: session::Session, walk: &mut Walk, connection: &mut Option<Connection>) {
    let remote = running.remote();
    while let Some(event) = running.next().await {
        walk.take(event);
    }
    *connection = remote.connection().await;
}

/// The server's verdicts on requests, asked side by side.
pub async fn review(connection: &Connection, identity: Option<&Identity>, requests: &[Request]) -> Vec<Reviewed> {
    futures::future::join_all(requests.iter().map(|request| connection.review(identity, request))).await
}

/// Tells the server's verdict before ours is there, to somebody who watches.
pub fn tell_early(requests: &[Request], verdicts: &[Reviewed], session: &mut Session<'_>) {
    if !session.is_watched || session.global.output != Format::Text {
        return;
    }
    for (request, verdict) in requests.iter().zip(verdicts) {
        if let Ok(Some(verdict)) = verdict.as_ref().map(crate::authz::ServerVerdict::verdict) {
            session.tell(&sentence::early(request, verdict));
        }
    }
}
