//! What is wrong with a file: where, in which field, and how to mend it. Never with the value, which may be a secret.

use crate::base::Failure;
use crate::base::text::sanitise;

/// A place in a text, both counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

/// Something that breaks a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    place: Option<Place>,
    /// The field: `users[0].user.exec.args[1]`.
    path: String,
    problem: String,
    hint: Option<String>,
    /// Whether it is no mistake to others, and only more than is read here.
    is_limit: bool,
}

impl Mistake {
    /// A mistake at a place.
    pub fn new(place: Place, problem: impl Into<String>) -> Self {
        Self { place: Some(place), path: String::new(), problem: problem.into(), hint: None, is_limit: false }
    }

    /// A mistake of the file as a whole.
    pub fn nowhere(problem: impl Into<String>) -> Self {
        Self { place: None, path: String::new(), problem: problem.into(), hint: None, is_limit: false }
    }

    /// Adds how to mend it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same, in a field of an outer one.
    #[must_use]
    pub fn within(mut self, outer: &str) -> Self {
        self.path = match self.path.as_str() {
            "" => outer.to_owned(),
            inner if inner.starts_with('[') => format!("{outer}{inner}"),
            inner => format!("{outer}.{inner}"),
        };
        self
    }

    /// The same, as a limit of ours: other readers may take more.
    #[must_use]
    pub fn beyond(mut self) -> Self {
        self.is_limit = true;
        self
    }

    /// Whether it is a limit of ours, which others need not have.
    pub fn is_limit(&self) -> bool {
        self.is_limit
    }

    /// What is wrong, as a clause.
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// Where it is, unless it is the file as a whole that is wrong.
    pub fn place(&self) -> Option<Place> {
        self.place
    }

    /// As what ends a command.
    pub fn failure(self, file: &str) -> Failure {
        let place = self.place.map_or_else(String::new, |place| format!(":{}:{}", place.line, place.column));
        let field = if self.path.is_empty() { String::new() } else { format!("{} ", sanitise(&self.path)) };
        let failure = Failure::failed(format!("cannot read kubeconfig {}{place}: {field}{}", sanitise(file), self.problem));
        match self.hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}
