//! A session: the stages of one context, run beside whoever shows them, one after the other as far as each needs the last.
//!
//! The kubeconfig is read, then the credential is taken (a plugin may run); with these the server is asked who one is, while
//! roles and bindings are read and, where wanted, watched. Each stage can be stopped by itself, all can be begun anew, and
//! dropping the session ends whatever runs: requests, watches, plugins.

mod amazon;
mod asked;
mod caller;
mod stages;
mod words;

use std::fmt;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

use super::{Event, Options, Step};
use crate::base::Failure;
use crate::kubeconfig::Target;
use crate::source::live::Connection;

/// Finds out where a context leads; called again when everything is read anew.
#[derive(Clone)]
pub struct Find(Arc<dyn Fn() -> Result<Target, Failure> + Send + Sync>);

impl Find {
    /// By doing this; it may read files.
    pub fn new(find: impl Fn() -> Result<Target, Failure> + Send + Sync + 'static) -> Self {
        Self(Arc::new(find))
    }
}

impl fmt::Debug for Find {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Find")
    }
}

/// A running session.
#[derive(Debug)]
pub struct Session {
    events: mpsc::UnboundedReceiver<Event>,
    remote: Remote,
    task: AbortHandle,
}

/// What may be asked of a running session.
#[derive(Clone, Debug)]
pub struct Remote {
    orders: mpsc::UnboundedSender<Order>,
    connection: watch::Receiver<Option<Connection>>,
}

/// What a session is told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Cancel(Step),
    Refresh,
}

impl Session {
    /// Starts the stages on the runtime that this is called on.
    pub fn start(find: Find, options: Options) -> Self {
        let (sender, events) = mpsc::unbounded_channel();
        let (orders, inbox) = mpsc::unbounded_channel();
        let (publish, connection) = watch::channel(None);
        let task = tokio::spawn(stages::run(find, options, sender, inbox, publish)).abort_handle();
        Self { events, remote: Remote { orders, connection }, task }
    }

    /// What became known next; none when the session has come to its end, which one that watches never does.
    pub async fn next(&mut self) -> Option<Event> {
        self.events.recv().await
    }

    /// What may be asked of it while somebody else waits for what becomes known.
    pub fn remote(&self) -> Remote {
        self.remote.clone()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Remote {
    /// Stops what a stage is doing; what it knew stays.
    pub fn cancel(&self, step: Step) {
        // a session that has ended has nothing to stop
        let _ = self.orders.send(Order::Cancel(step));
    }

    /// Reads everything anew, from the kubeconfig on.
    pub fn refresh(&self) {
        let _ = self.orders.send(Order::Refresh);
    }

    /// The connection, once there is one; none when the session ends without.
    pub async fn connection(&self) -> Option<Connection> {
        let mut connection = self.connection.clone();
        connection.wait_for(Option::is_some).await.ok()?.clone()
    }
}
