//! A person's question made into requests: read, resolved against the API's resources, and said how.

mod kubectl;
mod message;
mod read;
mod resolve;
pub mod url;

pub use kubectl::shell_words;

use super::Request;
use crate::base::{Failure, Name};
use crate::facts::ApiResources;

/// What a person asked, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The requests; one, except for kubectl lines that need several.
    pub parts: Vec<Part>,
    /// How it was read: `verb and resource`, `URL`, `Forbidden message`, `kubectl exec`.
    pub read_as: String,
    /// The user that a pasted message names.
    pub username: Option<Name>,
    /// Groups that the words themselves give (`kubectl … --as-group`).
    pub groups: Vec<Name>,
    /// The context that a kubectl line names.
    pub context: Option<Name>,
    /// What was dropped, resolved or assumed, as sentences.
    pub notes: Vec<String>,
}

/// One of the requests that a question needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The request.
    pub request: Request,
    /// Whether the question can do without it.
    pub need: Need,
    /// What it is for: `kubectl exec opens the stream`; empty for a question of one request.
    pub purpose: String,
}

/// Whether a question can do without one of its requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Need {
    /// It must be allowed.
    All,
    /// One of this group must be allowed.
    Any(u8),
    /// kubectl goes on without it.
    Optional,
}

/// Reads a file that a kubectl line names, or says why it cannot.
pub type ReadFile<'a> = &'a dyn Fn(&str) -> Result<Vec<u8>, String>;

/// What surrounds the words: flags and context.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// `-n`; none when the flag was not given.
    pub namespace: Option<&'a str>,
    /// `-A`.
    pub all_namespaces: bool,
    /// The namespace when none is given, and where it comes from (`context acme-prod`); `default` without one.
    pub default_namespace: Option<(&'a str, &'a str)>,
    /// The API's resources.
    pub resources: &'a ApiResources,
    /// How to read the files that `kubectl apply -f` names; this room itself reads none.
    pub files: Option<ReadFile<'a>>,
}

impl std::fmt::Debug for Surroundings<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings")
            .field("namespace", &self.namespace)
            .field("all_namespaces", &self.all_namespaces)
            .finish_non_exhaustive()
    }
}

/// Reads the words of a REQUEST.
///
/// # Errors
/// A usage failure that says what was understood, with an example.
pub fn read(words: &[String], surroundings: &Surroundings<'_>) -> Result<Asked, Failure> {
    read::read(words, surroundings)
}

/// Why words are no question for any cluster, where they are a message of another layer; no cluster is needed to say it.
pub fn elsewhere(words: &[String]) -> Option<Failure> {
    read::elsewhere(words)
}

/// Whether a text is a question by itself: a Forbidden message or a kubectl line.
pub fn is_whole_question(text: &str) -> bool {
    kubectl::is_line(&[text.trim()]) || message::looks_like_one(text)
}

/// Whether a text says by itself who asks, as Forbidden messages do.
pub fn names_a_user(text: &str) -> bool {
    message::holds_denial(text)
}

/// The user whom a Forbidden message names.
pub fn user_of(text: &str) -> Option<Name> {
    message::user_of(text)
}

#[cfg(test)]
mod tests;
