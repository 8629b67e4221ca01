//! Changes of kubeconfigs, as bytes: what is wanted, which files it touches, and what they hold afterwards.
//!
//! Nothing is written here; `source` reads the files, locks and writes them. What is not changed stays byte for byte.

mod diff;
mod document;
mod plan;
mod put;
mod several;
mod splice;
mod step;
pub(super) mod write;

pub use plan::plan;
pub use several::plan_all;

use super::entry::Exec;

/// A file of the list that kubectl would read, as it is now.
#[derive(Clone, PartialEq, Eq)]
pub struct Given {
    /// Its absolute path, spelled as the list spells it.
    pub path: String,
    /// What it holds; none where there is no such file.
    pub bytes: Option<Vec<u8>>,
}

/// A kubeconfig holds secrets: its size alone is shown.
impl std::fmt::Debug for Given {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Given").field("path", &self.path).field("bytes", &self.bytes.as_ref().map(Vec::len)).finish()
    }
}

/// The files that an edit may touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The files in the order of the list, the one that counts most first; those that are not there among them.
    pub given: Vec<Given>,
    /// Whether one file was named by `--kubeconfig`: then that one is written whatever stands in it.
    pub is_explicit: bool,
}

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Make a context the current one: `kubectl config use-context`.
    Use(String),
    /// Give a context, or the current one, a namespace: `kubectl config set-context --namespace`; none removes it.
    Namespace {
        /// The context; none for the current one.
        context: Option<String>,
        /// The namespace.
        namespace: Option<String>,
    },
    /// Give a context another name: `kubectl config rename-context`.
    Rename {
        /// Its name.
        from: String,
        /// The name it gets.
        to: String,
    },
    /// Remove a context: `kubectl config delete-context`.
    Delete {
        /// Its name.
        context: String,
        /// Whether the cluster and the user go too, where no other context names them: `delete-cluster`, `delete-user`.
        with_unused: bool,
    },
    /// Add or replace a cluster, a user and a context, as `aws eks update-kubeconfig` does.
    Put(Box<Put>),
}

/// Entries that are added, or replace those of their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Put {
    /// The file; it need not be there.
    pub path: String,
    /// The name of the cluster entry.
    pub cluster: String,
    /// The URL of the server.
    pub server: String,
    /// The authority to trust, PEM in base64.
    pub certificate_authority_data: String,
    /// A proxy.
    pub proxy_url: Option<String>,
    /// The name of the user entry.
    pub user: String,
    /// The plugin of the user.
    pub exec: Exec,
    /// The name of the context.
    pub context: String,
    /// Whether the context becomes the current one.
    pub makes_current: bool,
}

/// What a change comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The files that change; none where everything is as wanted.
    pub edits: Vec<Edit>,
    /// What becomes of it, as a sentence: `acme-prod becomes the current context`.
    pub summary: String,
    /// What is worth knowing before it is done, as sentences: what is left dangling, shadowed, unused.
    pub notes: Vec<String>,
    /// Cluster and user entries that no context would name any more: `cluster acme-prod`, with their places.
    pub unused: Vec<Unused>,
}

/// An entry that no context names any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unused {
    /// `cluster` or `user`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub source: crate::base::Source,
}

/// One file before and after.
#[derive(Clone, PartialEq, Eq)]
pub struct Edit {
    /// The path.
    pub path: String,
    /// What it holds now; none where there is no such file.
    pub before: Option<Vec<u8>>,
    /// What it will hold.
    pub after: Vec<u8>,
}

/// A kubeconfig holds secrets: sizes alone are shown.
impl std::fmt::Debug for Edit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let before = self.before.as_ref().map(Vec::len);
        f.debug_struct("Edit").field("path", &self.path).field("before", &before).field("after", &self.after.len()).finish()
    }
}

#[cfg(test)]
mod tests;
