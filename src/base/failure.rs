//! Failures: what ends a command, with its cause and the next step.

use std::fmt;

/// What kind of failure it is; it decides the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The command line, or what was asked, cannot be understood: exit status 2.
    Usage,
    /// Something outside could not be read or reached: exit status 4.
    Failed,
    /// A server does not accept the credential (401): exit status 4.
    Unauthorized,
    /// The answer is not known: exit status 3.
    Unknown,
    /// The reader of our output has gone: exit status 0, and silence.
    ClosedPipe,
}

/// A failure: one sentence that names the thing and the cause, and hints that are next steps.
///
/// The sentence is lower case without a final stop; hints are imperative sentences of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What kind of failure it is.
    pub kind: FailureKind,
    /// What failed and why.
    pub message: String,
    /// What to do next, one step each.
    pub hints: Vec<String>,
}

impl Failure {
    /// A failure of usage.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { kind: FailureKind::Usage, message: message.into(), hints: Vec::new() }
    }

    /// A failure outside: unreadable input, an unreachable server.
    pub fn failed(message: impl Into<String>) -> Self {
        Self { kind: FailureKind::Failed, message: message.into(), hints: Vec::new() }
    }

    /// A credential that a server does not accept.
    pub fn unauthorized(message: impl Into<String>) -> Self {
        Self { kind: FailureKind::Unauthorized, message: message.into(), hints: Vec::new() }
    }

    /// An answer that is not known, and why.
    pub fn unknown(message: impl Into<String>) -> Self {
        Self { kind: FailureKind::Unknown, message: message.into(), hints: Vec::new() }
    }

    /// The reader of standard output has closed it.
    pub fn closed_pipe() -> Self {
        Self { kind: FailureKind::ClosedPipe, message: "standard output was closed".to_owned(), hints: Vec::new() }
    }

    /// Adds a next step.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The exit status of the process.
    pub fn exit_status(&self) -> u8 {
        match self.kind {
            FailureKind::Usage => 2,
            FailureKind::Failed | FailureKind::Unauthorized => 4,
            FailureKind::Unknown => 3,
            FailureKind::ClosedPipe => 0,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
