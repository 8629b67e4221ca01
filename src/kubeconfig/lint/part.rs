//! One entry of a kubeconfig, as findings name it.

use crate::base::text::{count, enumerate, sanitise};
use crate::base::{Finding, Severity, Source};
use crate::kubeconfig::{Cluster, Context, Lines, User};

/// A context, a cluster or a user.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a> {
    kind: &'static str,
    name: &'a str,
    source: Option<&'a Source>,
    lines: &'a Lines,
    field: Option<&'a str>,
}

impl<'a> From<&'a Context> for Part<'a> {
    fn from(context: &'a Context) -> Self {
        Self { kind: "context", name: &context.name, source: Some(&context.source), lines: &context.lines, field: None }
    }
}

impl<'a> From<&'a Cluster> for Part<'a> {
    fn from(cluster: &'a Cluster) -> Self {
        Self { kind: "cluster", name: &cluster.name, source: cluster.source.as_ref(), lines: &cluster.lines, field: None }
    }
}

impl<'a> From<&'a User> for Part<'a> {
    fn from(user: &'a User) -> Self {
        Self { kind: "user", name: &user.name, source: user.source.as_ref(), lines: &user.lines, field: None }
    }
}

impl<'a> Part<'a> {
    /// The same, where it is about one field: `exec.apiVersion`.
    pub(crate) fn at(self, field: &'a str) -> Self {
        Self { field: Some(field), ..self }
    }

    /// As it begins a sentence: `user alice`, `the user without a name`.
    pub(crate) fn named(self) -> String {
        if self.name.is_empty() { format!("the {} without a name", self.kind) } else { format!("{} {}", self.kind, sanitise(self.name)) }
    }

    /// The place of the field or, where that is not known, of the entry.
    fn place(self) -> Option<Source> {
        let line = self.field.and_then(|field| self.lines.of(field));
        self.source.map(|source| Source { file: source.file.clone(), line: line.or(source.line) })
    }

    /// A finding; `what` goes on after the name.
    pub(crate) fn finding(self, code: &'static str, severity: Severity, what: &str, fix: &str) -> Finding {
        Finding {
            code,
            severity,
            subject: format!("{} {}", self.kind, sanitise(self.name)).trim_end().to_owned(),
            message: format!("{} {what}", self.named()),
            fix: Some(fix.to_owned()),
            source: self.place(),
        }
    }

    /// What does not work.
    pub(crate) fn error(self, code: &'static str, what: &str, fix: &str) -> Finding {
        self.finding(code, Severity::Error, what, fix)
    }

    /// What works, and surprises.
    pub(crate) fn warning(self, code: &'static str, what: &str, fix: &str) -> Finding {
        self.finding(code, Severity::Warning, what, fix)
    }

    /// What is worth knowing.
    pub(crate) fn info(self, code: &'static str, what: &str, fix: &str) -> Finding {
        self.finding(code, Severity::Info, what, fix)
    }

    /// Entries of the same name that do not count.
    pub(super) fn shadows(self, code: &'static str, shadowed: &[Source]) -> Option<Finding> {
        // told for each context that uses it, and a name may stand in a thousand files
        let mut places: Vec<String> = shadowed.iter().take(MOST_PLACES).map(place).collect();
        let more = shadowed.len() - places.len();
        places.extend((more > 0).then(|| count(more, "more place")));
        let verb = if shadowed.len() == 1 { "does" } else { "do" };
        let what = format!("stands also in {}, which {verb} not count: the first file wins", enumerate(&places, "and"));
        (!shadowed.is_empty()).then(|| self.warning(code, &what, "Rename or remove one of them, or change the order of the files."))
    }

    /// Fields that are given inline and as a file.
    pub(super) fn given_twice(self, fields: &[&'static str]) -> Vec<Finding> {
        let one = |field: &&'static str| {
            let what = format!("has {field} and {field}-data, which clients refuse");
            self.at(field).error("given-twice", &what, &format!("Remove {field} or {field}-data."))
        };
        fields.iter().map(one).collect()
    }

    /// An entry of a list of names that has none.
    pub(super) fn nameless(self, what: &str) -> Option<Finding> {
        let fix = format!("Give the {} a name.", self.kind);
        self.name.is_empty().then(|| self.warning("entry-without-name", what, &fix))
    }
}

/// How many places of the same name are listed; the rest are counted.
const MOST_PLACES: usize = 5;

/// `FILE:LINE`.
pub(super) fn place(source: &Source) -> String {
    let file = sanitise(&source.file);
    source.line.map_or_else(|| file.clone().into_owned(), |line| format!("{file}:{line}"))
}
