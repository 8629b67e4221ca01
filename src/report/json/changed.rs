//! A change of kubeconfigs as JSON.

use schemars::JsonSchema;
use serde::Serialize;

use crate::base::Source;
use crate::view::changed;

/// The answer of commands that change kubeconfigs: `context use`, `rename`, `delete`, `undo`, and `namespace`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    /// Whether anything changed; with `--dry-run`, whether anything would.
    changed: bool,
    /// Whether it was only planned, by `--dry-run`.
    dry_run: bool,
    /// What became of it, as a sentence.
    summary: String,
    files: Vec<ChangedFile>,
    /// What is worth knowing, as sentences.
    notes: Vec<String>,
    /// Clusters and users that no context names any more.
    unused: Vec<Unused>,
}

/// A file that changed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ChangedFile {
    path: String,
    /// The first line that was written; absent where lines only went.
    line: Option<usize>,
    /// A unified diff, secrets masked.
    diff: String,
}

/// An entry that no context names any more.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Unused {
    /// `cluster` or `user`.
    kind: &'static str,
    name: String,
    source: Source,
}

impl Changed {
    /// A change.
    pub fn new(changed: &changed::Changed) -> Self {
        let file = |file: &changed::Touched| ChangedFile { path: file.path.clone(), line: file.line, diff: file.diff.clone() };
        let unused =
            |unused: &crate::kubeconfig::Unused| Unused { kind: unused.kind, name: unused.name.clone(), source: unused.source.clone() };
        Self {
            changed: changed.is_change(),
            dry_run: changed.is_planned,
            summary: changed.summary.clone(),
            files: changed.files.iter().map(file).collect(),
            notes: changed.notes.clone(),
            unused: changed.unused.iter().map(unused).collect(),
        }
    }
}
