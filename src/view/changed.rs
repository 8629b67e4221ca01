//! A change of kubeconfigs, made or only planned: what became of it, where, and what is worth knowing.

use crate::base::text::{enumerate, sanitise};
use crate::kubeconfig::{Change, Edit, Kubeconfig, Plan, Unused};
use crate::source::state::Undo;

/// A change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// What became of it, as a sentence; what would become of it where it is only planned.
    pub summary: String,
    /// Whether it is only planned.
    pub is_planned: bool,
    /// The files that changed, or would.
    pub files: Vec<Touched>,
    /// What is worth knowing, as sentences.
    pub notes: Vec<String>,
    /// Clusters and users that no context names any more, and that were left.
    pub unused: Vec<Unused>,
}

/// A file of the change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// Its path.
    pub path: String,
    /// The first line that was written; none where lines only went.
    pub line: Option<usize>,
    /// The change as a unified diff, without secrets.
    pub diff: String,
}

impl Touched {
    fn of(edit: &Edit) -> Self {
        Self { path: edit.path.clone(), line: edit.changed_lines().first().map(|(line, _)| *line), diff: edit.diff() }
    }

    /// `FILE:LINE`.
    pub fn place(&self) -> String {
        let line = self.line.map_or_else(String::new, |line| format!(":{line}"));
        format!("{}{line}", sanitise(&self.path))
    }
}

impl Changed {
    /// A change that is only planned.
    pub fn planned(plan: &Plan) -> Self {
        Self {
            summary: plan.summary.clone(),
            is_planned: true,
            files: plan.edits.iter().map(Touched::of).collect(),
            notes: plan.notes.clone(),
            unused: plan.unused.clone(),
        }
    }

    /// A change that was made; `before` is what the kubeconfig said before it.
    pub fn made(changes: &[Change], plan: &Plan, before: &Kubeconfig) -> Self {
        let planned = Self::planned(plan);
        if plan.edits.is_empty() {
            return Self { is_planned: false, ..planned };
        }
        let mut current = before.current_context();
        let mut sentences: Vec<String> = Vec::new();
        for change in changes {
            sentences.extend(sentence(change, current, before, plan));
            if let Change::Use(context) = change {
                current = Some(context);
            }
        }
        let places: Vec<String> = planned.files.iter().map(Touched::place).collect();
        let summary = format!("{}, in {}", sentences.join(", and "), enumerate(&places, "and"));
        Self { summary, is_planned: false, ..planned }
    }

    /// A change that was taken back, or would be.
    pub fn undone(undo: &Undo, is_planned: bool) -> Self {
        let files: Vec<Touched> = undo.edits.iter().map(Touched::of).collect();
        let verb = if is_planned { "would be" } else { "is" };
        let places: Vec<_> = undo.edits.iter().map(|edit| sanitise(&edit.path)).collect();
        let summary = format!("the last change ({}) {verb} taken back, in {}", undo.summary, enumerate(&places, "and"));
        let notes = undo.removed.iter().map(|path| format!("{} had been made by that change, and goes again", sanitise(path)));
        Self { summary, is_planned, files, notes: notes.collect(), unused: Vec::new() }
    }

    /// Whether anything changed, or would.
    pub fn is_change(&self) -> bool {
        !self.files.is_empty()
    }
}

/// What became of one change; none where nothing did.
fn sentence(change: &Change, current: Option<&str>, before: &Kubeconfig, plan: &Plan) -> Option<String> {
    Some(match change {
        Change::Use(context) if current == Some(context) => return None,
        Change::Use(context) => {
            let was = current.map_or_else(String::new, |current| format!(" (was {})", sanitise(current)));
            format!("{} is the current context now{was}", sanitise(context))
        }
        Change::Namespace { context, namespace } => {
            let context = context.as_deref().or(current).unwrap_or_default();
            let was = before.context(context).and_then(|context| context.namespace.as_deref()).filter(|was| !was.is_empty());
            let namespace = namespace.as_deref().filter(|namespace| !namespace.is_empty());
            if was == namespace {
                return None;
            }
            let was = was.map_or_else(String::new, |was| format!(" (was {})", sanitise(was)));
            let now = namespace.map_or_else(|| "no namespace".into(), |namespace| format!("namespace {}", sanitise(namespace)));
            format!("context {} has {now} now{was}", sanitise(context))
        }
        Change::Rename { from, to } => format!("context {} is {} now", sanitise(from), sanitise(to)),
        Change::Delete { .. } | Change::Put(_) => plan.summary.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubeconfig::{Files, Given, edit, merge, read};

    const TEXT: &str = "current-context: a\ncontexts:\n- {name: a, context: {cluster: c}}\n- {name: b, context: {namespace: web}}\n";

    fn made(changes: &[Change]) -> String {
        let given = Given { path: "/x".to_owned(), bytes: Some(TEXT.into()) };
        let files = Files { given: vec![given], is_explicit: false };
        let plan = edit::plan_all(&files, changes).unwrap();
        Changed::made(changes, &plan, &merge(vec![read("/x", TEXT.as_bytes()).unwrap()])).summary
    }

    #[test]
    fn what_became_of_it() {
        let change = |context: &str| Change::Use(context.to_owned());
        let namespace = |context: Option<&str>, namespace: Option<&str>| Change::Namespace {
            context: context.map(str::to_owned),
            namespace: namespace.map(str::to_owned),
        };
        for (changes, sentence) in [
            (vec![change("b")], "b is the current context now (was a), in /x:1"),
            (vec![change("a")], "a is the current context already"),
            (
                vec![change("b"), namespace(None, Some("db"))],
                "b is the current context now (was a), and context b has namespace db now (was web), in /x:1",
            ),
            (vec![change("b"), namespace(None, Some("web"))], "b is the current context now (was a), in /x:1"),
            (vec![namespace(None, Some("db"))], "context a has namespace db now, in /x:3"),
            (vec![namespace(Some("b"), None)], "context b has no namespace now (was web), in /x:4"),
            (vec![Change::Rename { from: "b".to_owned(), to: "c".to_owned() }], "context b is c now, in /x:4"),
            (vec![Change::Delete { context: "b".to_owned(), with_unused: false }], "context b is removed, in /x"),
        ] {
            assert_eq!(made(&changes), sentence);
        }
    }
}
