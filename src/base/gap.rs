//! Gaps: what could not be read, and why.

use serde::Serialize;

use super::Name;

/// Something about a cluster that could not be read.
///
/// A gap makes a verdict Unknown only where an object inside it could change the verdict.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Gap {
    /// What is missing, as a noun phrase: `roles in namespace dev`, `file roles.json`.
    pub what: String,
    /// Why: the server's refusal, the parser's complaint.
    pub why: String,
    /// The Kubernetes kinds that may be missing; empty means any kind.
    pub kinds: Vec<Name>,
    /// The namespaces in which they may be missing; empty means everywhere.
    pub namespaces: Vec<Name>,
    /// The namespaces in which they are not missing after all, where `namespaces` is everywhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<Name>,
    /// What kind of loss this is, for those who act on it.
    #[serde(skip)]
    pub loss: Loss,
    /// The command or sentence that would settle it, where there is one that does not depend on the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_by: Option<String>,
}

/// How something came to be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Loss {
    /// Recorded as missing by whoever recorded the facts.
    #[default]
    Recorded,
    /// The server refused.
    Refused,
    /// The server could not be asked, or what it gave was no answer.
    Unreachable,
    /// A file or an object could not be read or understood.
    Unreadable,
    /// It is there, but whycan cannot evaluate it.
    NotEvaluated,
    /// It is being read at the moment.
    Loading,
    /// Nobody asked for it.
    Unasked,
}

impl Gap {
    /// Whether an object of `kind` in `namespace` (empty: cluster scope) could be inside this gap.
    pub fn may_hold(&self, kind: &str, namespace: Name) -> bool {
        let kind_fits = self.kinds.is_empty() || self.kinds.iter().any(|k| *k == kind);
        // a cluster-scoped object has no namespace, so a gap that is limited to some namespaces cannot hold it
        let namespace_fits = (self.namespaces.is_empty() || self.namespaces.contains(&namespace)) && !self.except.contains(&namespace);
        kind_fits && namespace_fits
    }

    /// Puts it behind others; what a server did not give stands in an order that does not hang on which answer came first.
    pub fn put(self, gaps: &mut Vec<Self>) {
        let is_of_server = |gap: &Self| matches!(gap.loss, Loss::Refused | Loss::Unreachable);
        let after = |other: &Self| is_of_server(&self) && is_of_server(other) && *other > self;
        let position = gaps.iter().position(after).unwrap_or(gaps.len());
        gaps.insert(position, self);
    }

    /// Whether an object of `kind` could be inside this gap in any namespace.
    pub fn may_hold_anywhere(&self, kind: &str) -> bool {
        self.kinds.is_empty() || self.kinds.iter().any(|k| *k == kind)
    }
}
