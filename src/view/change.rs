//! A change of kubeconfigs before it is made: what becomes of it, the lines that it writes, and what is worth knowing.

use super::phrase::{Phrase, Tone};
use crate::base::text::sanitise;
use crate::kubeconfig::{Change, Edit, Plan};

/// What somebody wants to be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A change of kubeconfigs.
    Change(Change),
    /// The last change taken back.
    Undo,
    /// The context made current again that was so before.
    Back,
    /// A cluster of EKS added, which was found in AWS.
    Add(Box<Found>),
}

/// A cluster of EKS that was found, as far as adding it needs that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
    /// The profile that it was found with; none for the credentials of the environment.
    pub profile: Option<String>,
}

/// A change, planned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Planned {
    /// What it comes to.
    pub plan: Plan,
    /// The lines that it writes, as a unified diff without secrets, each with what it does.
    pub lines: Vec<Phrase>,
    /// The change itself, where it is one of kubeconfigs; none where it takes one back.
    pub change: Option<Change>,
}

impl Planned {
    /// A change as it is planned.
    pub fn new(change: Option<Change>, plan: Plan) -> Self {
        Self { lines: plan.edits.iter().flat_map(lines).collect(), plan, change }
    }

    /// Whether there is anything to be done.
    pub fn is_nothing(&self) -> bool {
        self.plan.edits.is_empty()
    }

    /// Whether entries could go along that nobody would use any more, or go already.
    pub fn takes_along(&self) -> Option<bool> {
        match &self.change {
            Some(Change::Delete { with_unused, .. }) if !self.plan.unused.is_empty() => Some(*with_unused),
            _ => None,
        }
    }

    /// What is worth knowing before it is made, as sentences.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = self.plan.notes.clone();
        let one = |unused: &crate::kubeconfig::Unused| format!("{} {}", unused.kind, sanitise(&unused.name));
        let unused: Vec<String> = self.plan.unused.iter().map(one).collect();
        let (verb, them) = if unused.len() == 1 { ("is", "it") } else { ("are", "them") };
        let named = crate::base::text::enumerate(&unused, "and");
        match self.takes_along() {
            Some(true) => notes.push(format!("{named} {verb} removed too: no other context names {them}")),
            Some(false) => notes.push(format!("{named} {verb} kept, though no context names {them} then")),
            None => {}
        }
        notes
    }
}

/// A diff, each line with its tone.
fn lines(edit: &Edit) -> Vec<Phrase> {
    let tone = |line: &str| match line.as_bytes().first() {
        _ if line.starts_with("--- ") || line.starts_with("+++ ") => Tone::Dim,
        Some(b'+') => Tone::Good,
        Some(b'-') => Tone::Bad,
        Some(b'@') => Tone::Dim,
        _ => Tone::Plain,
    };
    edit.diff().lines().map(|line| Phrase::new().with(tone(line), line.trim_end_matches('\r'))).collect()
}
