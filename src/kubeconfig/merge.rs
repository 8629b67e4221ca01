//! Several files as one configuration: the first that has a name wins it whole.

use rustc_hash::FxHashMap;

use super::entry::{Cluster, Context, User};
use super::file::{Current, File};
use crate::base::Source;

/// All files together, as kubectl sees them, with what it does not show: where each part stands, and what is shadowed.
#[derive(Clone, Debug, Default)]
pub struct Kubeconfig {
    files: Vec<String>,
    missing: Vec<String>,
    current: Option<Current>,
    contexts: Entries<Context>,
    clusters: Entries<Cluster>,
    users: Entries<User>,
    shadowed_contexts: Vec<Context>,
}

/// Merges files, the first of the list counting most.
pub fn merge(files: Vec<File>) -> Kubeconfig {
    let mut merged = Kubeconfig::default();
    for file in files {
        merged.files.push(file.path);
        merged.current = merged.current.or(file.current_context);
        for cluster in file.clusters {
            merged.clusters.add(cluster);
        }
        for user in file.users {
            merged.users.add(user);
        }
        for context in file.contexts {
            merged.shadowed_contexts.extend(merged.contexts.add(context));
        }
    }
    merged
}

impl Kubeconfig {
    /// Tells of files that were looked for and are not there, which is no mistake.
    #[must_use]
    pub fn with_missing(self, missing: Vec<String>) -> Self {
        Self { missing, ..self }
    }

    /// The files that were read, the one that counts most first.
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// The files that were looked for and are not there.
    pub fn missing(&self) -> &[String] {
        &self.missing
    }

    /// The contexts: file by file, in the order of each.
    pub fn contexts(&self) -> &[Context] {
        &self.contexts.entries
    }

    /// Contexts that do not count, because a file before has one of the same name.
    pub fn shadowed_contexts(&self) -> &[Context] {
        &self.shadowed_contexts
    }

    /// The clusters: file by file, in the order of each.
    pub fn clusters(&self) -> &[Cluster] {
        &self.clusters.entries
    }

    /// The users: file by file, in the order of each.
    pub fn users(&self) -> &[User] {
        &self.users.entries
    }

    pub(super) fn users_mut(&mut self) -> impl Iterator<Item = &mut User> {
        self.users.entries.iter_mut()
    }

    /// The name of the current context, which may be of none.
    pub fn current_context(&self) -> Option<&str> {
        self.current.as_ref().map(|current| current.name.as_str())
    }

    /// Where the current context is chosen.
    pub fn current_context_source(&self) -> Option<&Source> {
        self.current.as_ref().map(|current| &current.source)
    }

    /// The context of a name.
    pub fn context(&self, name: &str) -> Option<&Context> {
        self.contexts.get(name)
    }

    /// The cluster that a context names; none when it is missing.
    pub fn cluster_of(&self, context: &Context) -> Option<&Cluster> {
        self.clusters.get(&context.cluster)
    }

    /// The user that a context names; none when it is missing.
    pub fn user_of(&self, context: &Context) -> Option<&User> {
        self.users.get(&context.user)
    }
}

/// Entries of one kind, found by name.
#[derive(Clone, Debug)]
struct Entries<T> {
    entries: Vec<T>,
    positions: FxHashMap<String, usize>,
}

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self { entries: Vec::new(), positions: FxHashMap::default() }
    }
}

impl<T: Entry> Entries<T> {
    /// Adds an entry, or notes it with the one that has its name, and gives it back.
    fn add(&mut self, entry: T) -> Option<T> {
        if let Some(first) = self.positions.get(entry.name()).and_then(|position| self.entries.get_mut(*position)) {
            first.shadow(entry.source());
            return Some(entry);
        }
        self.positions.insert(entry.name().to_owned(), self.entries.len());
        self.entries.push(entry);
        None
    }

    fn get(&self, name: &str) -> Option<&T> {
        self.positions.get(name).and_then(|position| self.entries.get(*position))
    }
}

/// What has a name and a place.
trait Entry {
    fn name(&self) -> &str;
    fn source(&self) -> Option<&Source>;
    fn shadow(&mut self, source: Option<&Source>);
}

impl Entry for Cluster {
    fn name(&self) -> &str {
        &self.name
    }
    fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }
    fn shadow(&mut self, source: Option<&Source>) {
        self.shadowed.extend(source.cloned());
    }
}

impl Entry for User {
    fn name(&self) -> &str {
        &self.name
    }
    fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }
    fn shadow(&mut self, source: Option<&Source>) {
        self.shadowed.extend(source.cloned());
    }
}

impl Entry for Context {
    fn name(&self) -> &str {
        &self.name
    }
    fn source(&self) -> Option<&Source> {
        Some(&self.source)
    }
    fn shadow(&mut self, source: Option<&Source>) {
        self.shadowed.extend(source.cloned());
    }
}
