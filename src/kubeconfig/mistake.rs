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
}

impl Mistake {
    /// A mistake at a place.
    pub fn new(place: Place, problem: impl Into<String>) -> Self {
        Self { place: Some(place), path: String::new(), problem: problem.into(), hint: None }
    }

    /// A mistake of the file as a whole.
    pub fn nowhere(problem: impl Into<String>) -> Self {
        Self { place: None, path: String::new(), problem: problem.into(), hint: None }
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
