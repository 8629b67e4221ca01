//! What is asked side by side while roles and bindings are read, each thing once.

use std::future::{Future, pending};
use std::pin::Pin;

use crate::base::Failure;
use crate::source::aws::Principal;
use crate::source::live::{Caller, Connection, Version};

/// A question under way; none where nothing is asked.
type Asking<T> = Option<Pin<Box<dyn Future<Output = Result<T, Failure>> + Send>>>;

/// The questions.
#[derive(Default)]
pub struct Asked {
    principal: Asking<Principal>,
    oneself: Asking<Caller>,
    caller: Asking<Caller>,
    version: Asking<Version>,
}

/// An answer, or why there is none.
#[derive(Debug)]
pub enum Answer {
    /// Who signed the token.
    Principal(Result<Principal, Failure>),
    /// Who one is without acting as somebody else.
    Oneself(Result<Caller, Failure>),
    /// Who the server takes one for.
    Caller(Result<Caller, Failure>),
    /// What the server is.
    Version(Result<Version, Failure>),
}

impl Asked {
    /// Asks AWS who signed the token.
    pub fn ask_principal(&mut self, asking: impl Future<Output = Result<Principal, Failure>> + Send + 'static) {
        self.principal = Some(Box::pin(asking));
    }

    /// Asks the server who one is without acting as somebody else.
    pub fn ask_oneself(&mut self, connection: &Connection) {
        let connection = connection.clone();
        self.oneself = Some(Box::pin(async move { connection.oneself().await }));
    }

    /// Asks the server who one is.
    pub fn ask_caller(&mut self, connection: &Connection) {
        let connection = connection.clone();
        self.caller = Some(Box::pin(async move { connection.whoami().await }));
    }

    /// Asks the server what it is.
    pub fn ask_version(&mut self, connection: &Connection) {
        let connection = connection.clone();
        self.version = Some(Box::pin(async move { connection.version().await }));
    }

    /// Whether the server is being asked who one is.
    pub fn asks_caller(&self) -> bool {
        self.caller.is_some()
    }

    /// Stops asking the server who one is; whether it was asked.
    pub fn stop_caller(&mut self) -> bool {
        self.oneself = None;
        self.caller.take().is_some()
    }

    /// Stops asking AWS; whether it was asked.
    pub fn stop_principal(&mut self) -> bool {
        self.principal.take().is_some()
    }

    /// Whether everything is answered.
    pub fn is_over(&self) -> bool {
        self.principal.is_none() && self.oneself.is_none() && self.caller.is_none() && self.version.is_none()
    }

    /// The next answer; never, where nothing is asked. What is dropped before there is one goes on.
    pub async fn next(&mut self) -> Answer {
        let Self { principal, oneself, caller, version } = self;
        let answer = tokio::select! {
            answer = of(principal) => Answer::Principal(answer),
            answer = of(oneself) => Answer::Oneself(answer),
            answer = of(caller) => Answer::Caller(answer),
            answer = of(version) => Answer::Version(answer),
        };
        match &answer {
            Answer::Principal(_) => self.principal = None,
            Answer::Oneself(_) => self.oneself = None,
            Answer::Caller(_) => self.caller = None,
            Answer::Version(_) => self.version = None,
        }
        answer
    }
}

async fn of<T>(asking: &mut Asking<T>) -> Result<T, Failure> {
    match asking {
        Some(asking) => asking.await,
        None => pending().await,
    }
}
