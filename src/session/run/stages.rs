//! The stages themselves.

use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{mpsc, watch};
use tokio::task::spawn_blocking;

use super::amazon::Amazon;
use super::asked::{Answer, Asked};
use super::caller::{self, Outside};
use super::words::{so_far, stopped, where_it_leads, who};
use super::{Find, Order};
use crate::base::Failure;
use crate::facts::{Change, Kind};
use crate::kubeconfig::Target;
use crate::session::keeper::Keeper;
use crate::session::{Event, Options, Stage, State, Step};
use crate::source::live::{self, Checked, Checks, Connection, Feed, Plan, Presented, Update};

/// Runs the stages until nobody listens any more or, where nothing is watched, everything has been read.
pub async fn run(
    find: Find,
    options: Options,
    events: mpsc::UnboundedSender<Event>,
    orders: mpsc::UnboundedReceiver<Order>,
    connection: watch::Sender<Option<Connection>>,
) {
    let mut runner = Runner { find, options, events, orders, connection, target: None, is_known: false };
    while runner.round().await == Next::Again {}
}

/// What is said of what somebody stopped.
const STOPPED: &str = "stopped; r tries again";

/// What follows a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// Everything from the beginning.
    Again,
    /// Nothing.
    End,
}

struct Runner {
    find: Find,
    options: Options,
    events: mpsc::UnboundedSender<Event>,
    orders: mpsc::UnboundedReceiver<Order>,
    connection: watch::Sender<Option<Connection>>,
    /// Where the context led last.
    target: Option<Arc<Target>>,
    /// Whether an earlier round has read everything there: until this one has too, what is known stays.
    is_known: bool,
}

impl Runner {
    fn say(&self, event: Event) {
        // the session is aborted when nobody listens
        let _ = self.events.send(event);
    }

    fn stage(&self, step: Step, state: State, began: Instant, message: impl Into<String>) {
        let took = if state == State::Loading { std::time::Duration::ZERO } else { began.elapsed() };
        self.say(Event::Stage(step, Stage { state, took, message: message.into() }));
    }

    /// All stages once; the last one goes on for as long as it watches.
    async fn round(&mut self) -> Next {
        // nobody is asked through what is given up
        self.connection.send_replace(None);
        let find = self.find.clone();
        let finding = async move {
            let found = spawn_blocking(move || (find.0)()).await;
            found.unwrap_or_else(|error| Err(Failure::failed(format!("the kubeconfig cannot be read ({error})"))))
        };
        let target = match self.alone(Step::Kubeconfig, "reading the kubeconfig", finding, where_it_leads).await {
            Ok(target) => target,
            Err(next) => return next,
        };
        let target = Arc::new(target);
        self.is_known &= self.target.as_ref().is_some_and(|before| before.leads_to_the_same(&target));
        self.target = Some(Arc::clone(&target));
        self.say(Event::Target(Arc::clone(&target)));
        let (aim, live) = (Arc::clone(&target), self.options.live.clone());
        let opening = async move { Connection::open(&aim, &live).await };
        let doing = match target.user.exec.as_ref() {
            Some(exec) => format!("running {}", crate::base::text::sanitise(&exec.command)),
            None => "reading".to_owned(),
        };
        let opened = self.alone(Step::Credential, &doing, opening, |(_, presented)| presented.described().to_owned()).await;
        let (connection, presented) = match opened {
            Ok(opened) => opened,
            Err(next) => return next,
        };
        self.say(Event::Presented(Box::new(presented.clone())));
        self.connection.send_replace(Some(connection.clone()));
        self.together(&target, &connection, &presented).await
    }

    /// A stage that the others wait for.
    async fn alone<T>(
        &mut self,
        step: Step,
        doing: &str,
        work: impl Future<Output = Result<T, Failure>>,
        told: impl FnOnce(&T) -> String,
    ) -> Result<T, Next> {
        let began = Instant::now();
        self.stage(step, State::Loading, began, doing);
        tokio::pin!(work);
        let result = loop {
            tokio::select! {
                order = self.orders.recv() => match order {
                    None => return Err(Next::End),
                    Some(Order::Refresh) => return Err(Next::Again),
                    Some(Order::Cancel(stopped)) if stopped == step => break None,
                    Some(Order::Cancel(_)) => {}
                },
                result = &mut work => break Some(result),
            }
        };
        match result {
            Some(Ok(value)) => {
                self.stage(step, State::Ready, began, told(&value));
                return Ok(value);
            }
            Some(Err(failure)) => {
                self.rest(step);
                if self.is_known {
                    self.stage(Step::Authorization, State::Stale(failure.clone()), began, "as it was before");
                }
                self.stage(step, State::Failed(failure), began, "");
            }
            None => {
                self.rest(step);
                self.stage(step, State::Cancelled, began, STOPPED);
            }
        }
        Err(self.wait_for_refresh().await)
    }

    /// The stages behind one that goes no further do not run either; they may have before.
    fn rest(&self, step: Step) {
        for later in Step::ALL.into_iter().filter(|later| *later > step) {
            self.stage(later, State::Idle, Instant::now(), "");
        }
    }

    async fn wait_for_refresh(&mut self) -> Next {
        if !self.options.watch {
            return Next::End;
        }
        loop {
            match self.orders.recv().await {
                None => return Next::End,
                Some(Order::Refresh) => return Next::Again,
                Some(Order::Cancel(_)) => {}
            }
        }
    }

    /// Who one is, what the server is, and what is bound to whom: side by side.
    async fn together(&mut self, target: &Arc<Target>, connection: &Connection, presented: &Presented) -> Next {
        let began = Instant::now();
        let plan = Plan {
            kinds: self.options.kinds.clone(),
            discovery: self.options.discovery,
            watch: self.options.watch,
            pods_of: self.options.pods_of,
        };
        let is_asked = !plan.kinds.is_empty() || plan.discovery;
        let mut reading =
            Reading { keeper: Keeper::default(), feed: is_asked.then(|| connection.feed(&plan)), began, lost: None, is_loaded: false };
        if is_asked {
            // far too many, and of use to the Node authorizer alone
            let left_out = Kind::GRAPH.into_iter().filter(|kind| !plan.kinds.contains(kind)).map(Change::Unlisted);
            reading.keeper.take(left_out.chain(plan.pods_of.map(Change::PodsOf)).collect());
        }
        let mut amazon = Amazon::start(target, &self.options.aws, self.options.live.timeout, &mut reading.keeper);
        self.say_aws(amazon.first());
        let mut asked = Asked::default();
        if self.options.caller {
            self.ask_outside(target, presented, &mut asked);
        }
        if self.options.whoami {
            self.ask_caller(target, connection, &mut asked);
        }
        if self.options.version {
            asked.ask_version(connection);
        }
        if is_asked {
            self.stage(Step::Authorization, State::Loading, began, "reading roles and bindings");
        }
        let wanted = presented.decoded.as_ref().filter(|_| self.options.check);
        let mut checks = wanted.map(|decoded| connection.checks(decoded, self.options.watch));
        let mut is_identified = false;
        loop {
            let is_over = asked.is_over() && checks.is_none() && amazon.is_over();
            if is_over && (reading.feed.is_none() || reading.is_loaded) && !self.options.watch {
                self.give(&mut reading);
                return Next::End;
            }
            tokio::select! {
                order = self.orders.recv() => match order {
                    None => return Next::End,
                    Some(Order::Refresh) => return Next::Again,
                    Some(Order::Cancel(step @ Step::Caller)) if asked.stop_principal() => self.stage(step, State::Cancelled, began, STOPPED),
                    Some(Order::Cancel(step @ Step::Identity)) if asked.stop_caller() => self.stage(step, State::Cancelled, began, STOPPED),
                    Some(Order::Cancel(Step::Authorization)) => {
                        self.say_aws(amazon.stop(&mut reading.keeper));
                        if reading.feed.take().is_some() {
                            self.stop(&mut reading);
                        }
                    }
                    Some(Order::Cancel(_)) => {}
                },
                answer = asked.next() => {
                    is_identified |= matches!(answer, Answer::Caller(Ok(_)));
                    self.answered(answer, began);
                }
                checked = next_check(&mut checks) => match checked {
                    Some(checked) => self.say(Event::Checked(Box::new(checked))),
                    None => checks = None,
                },
                update = amazon.next() => {
                    let stage = amazon.take(update, &mut reading.keeper);
                    if amazon.is_over() && (reading.is_loaded || !self.is_known) {
                        // what it told, before it is said that it is there
                        self.give(&mut reading);
                    }
                    self.say_aws(stage);
                    if amazon.is_over() && reading.is_loaded {
                        // how many gaps there are was told while this was one
                        self.settle(&reading);
                    }
                }
                update = next(&mut reading.feed) => {
                    let is_back = matches!(update, Some(Update::Live));
                    self.take(&mut reading, update);
                    // a server that is back can say who one is
                    if is_back && self.options.whoami && !asked.asks_caller() && !is_identified {
                        self.ask_caller(target, connection, &mut asked);
                    }
                }
                // nobody looks at the parts of what is read once
                () = reading.keeper.due(), if self.options.watch && (reading.is_loaded || !self.is_known) => self.give(&mut reading),
            }
        }
    }

    /// Who one is outside the cluster: said at once, or asked.
    fn ask_outside(&self, target: &Target, presented: &Presented, asked: &mut Asked) {
        let began = Instant::now();
        let cluster = live::eks(target).and_then(|eks| eks.cluster);
        match Outside::of(presented, cluster.as_deref()) {
            Outside::Sts(token, cluster) => {
                self.stage(Step::Caller, State::Loading, began, "asking AWS who signed the token");
                asked.ask_principal(caller::ask(token, cluster, self.options.live.timeout));
            }
            Outside::Said(words) => self.stage(Step::Caller, State::Ready, began, words),
            Outside::Nobody(words) => self.stage(Step::Caller, State::Ready, began, words),
            Outside::Unknown(failure) => self.stage(Step::Caller, State::Failed(failure), began, ""),
        }
    }

    /// Who the server takes one for and, where one acts as somebody else, who one is.
    fn ask_caller(&self, target: &Target, connection: &Connection, asked: &mut Asked) {
        self.stage(Step::Identity, State::Loading, Instant::now(), "asking the server who you are");
        asked.ask_caller(connection);
        if target.user.impersonation.user.is_some() {
            asked.ask_oneself(connection);
        }
    }

    fn answered(&self, answer: Answer, began: Instant) {
        match answer {
            Answer::Principal(Ok(principal)) => {
                self.stage(Step::Caller, State::Ready, began, principal.arn.as_str());
                self.say(Event::Principal(principal));
            }
            Answer::Principal(Err(failure)) => self.stage(Step::Caller, State::Failed(failure), began, ""),
            Answer::Caller(Ok(caller)) => {
                self.stage(Step::Identity, State::Ready, began, who(&caller));
                self.say(Event::Caller(caller));
            }
            Answer::Caller(Err(failure)) => self.stage(Step::Identity, State::Failed(failure), began, ""),
            Answer::Oneself(Ok(oneself)) => self.say(Event::Oneself(oneself)),
            Answer::Version(Ok(version)) => self.say(Event::Version(version)),
            // these matter to nothing else, and who cannot be reached says so elsewhere
            Answer::Oneself(Err(_)) | Answer::Version(Err(_)) => {}
        }
    }

    fn say_aws(&self, stage: Option<Stage>) {
        if let Some(stage) = stage {
            self.say(Event::Aws(stage));
        }
    }

    fn give(&mut self, reading: &mut Reading) {
        self.is_known |= reading.keeper.is_complete();
        if let Some(snapshot) = reading.keeper.give() {
            self.say(Event::Snapshot(snapshot));
        }
    }

    /// Takes what the feed says.
    fn take(&mut self, reading: &mut Reading, update: Option<Update>) {
        match update {
            None => reading.feed = None,
            Some(Update::Changes(changes)) => reading.keeper.take(changes),
            Some(Update::Progress(progress)) if !reading.is_loaded => {
                self.stage(Step::Authorization, State::Loading, reading.began, so_far(&progress));
            }
            Some(Update::Progress(_)) => {}
            Some(Update::Loaded) => {
                reading.is_loaded = true;
                // everything at once, before it is said that it is there
                self.give(reading);
                self.settle(reading);
            }
            Some(Update::Stale(failure)) => {
                reading.lost = Some(failure);
                if reading.is_loaded {
                    self.settle(reading);
                }
            }
            Some(Update::Live) => {
                reading.lost = None;
                self.settle(reading);
            }
        }
    }

    /// Says how the last stage stands.
    fn settle(&self, reading: &Reading) {
        let message = reading.keeper.counts();
        let state = match reading.lost.clone() {
            // what could not be had at all is not what was true some time ago
            Some(failure) if reading.keeper.is_empty() => State::Failed(failure),
            Some(failure) if self.options.watch => State::Stale(failure),
            _ => State::Ready,
        };
        self.stage(Step::Authorization, state, reading.began, message);
    }

    /// Reading was stopped: what did not come is a gap.
    fn stop(&mut self, reading: &mut Reading) {
        reading.keeper.take(vec![Change::Gap(stopped()), Change::Complete]);
        reading.is_loaded = true;
        self.give(reading);
        self.stage(
            Step::Authorization,
            State::Cancelled,
            reading.began,
            format!("stopped at {}; r reads everything", reading.keeper.counts()),
        );
    }
}

/// How far reading has come.
struct Reading {
    keeper: Keeper,
    feed: Option<Feed>,
    began: Instant,
    /// Why it is not kept up.
    lost: Option<Failure>,
    is_loaded: bool,
}

async fn next(feed: &mut Option<Feed>) -> Option<Update> {
    match feed {
        Some(feed) => feed.next().await,
        None => std::future::pending().await,
    }
}

async fn next_check(checks: &mut Option<Checks>) -> Option<Checked> {
    match checks {
        Some(checks) => checks.next().await,
        None => std::future::pending().await,
    }
}
