//! Findings: defects worth telling.

use serde::Serialize;

/// A defect of an object or a file, in one sentence, with what would mend it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "app", derive(schemars::JsonSchema))]
pub struct Finding {
    /// Stable, for scripts: `dangling-role-ref`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The object or text that has the defect, as a reader would name it.
    pub subject: String,
    /// What is wrong, as a sentence.
    pub message: String,
    /// What would mend it, as an imperative sentence or a command.
    pub fix: Option<String>,
    /// Where it stands, when it comes from a file.
    pub source: Option<Source>,
}

/// How bad a finding is; the worst sorts first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "app", derive(schemars::JsonSchema))]
pub enum Severity {
    /// It does not work, or it gives away what it should not.
    Error,
    /// It works, and surprises.
    Warning,
    /// Worth knowing.
    Info,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "app", derive(schemars::JsonSchema))]
pub struct Source {
    /// The file's path as given.
    pub file: String,
    /// The line, counted from 1; absent when only the file is known.
    pub line: Option<usize>,
}
