//! Changes of kubeconfigs as somebody asks for them: planned, shown, written, and remembered.
//!
//! Both faces come here, so that what one did the other can take back, and `-` leads to where one was, however one left it.

use std::path::PathBuf;

use jiff::Timestamp;

use super::kubeconfig::{self, Written};
use super::state::{Memory, State, Undo};
use crate::base::Failure;
use crate::kubeconfig::eks::{self, Described, Wishes};
use crate::kubeconfig::{Change, Files, Kubeconfig, Plan, edit, merge, read};

/// Where kubeconfigs are changed, and where that is remembered.
#[derive(Clone, Debug)]
pub struct Switch {
    /// The file that is named by a flag; none for those of the environment.
    kubeconfig: Option<PathBuf>,
    memory: Memory,
}

/// A change that was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// What became of it; without edits nothing was to be done.
    pub plan: Plan,
    /// What else is worth knowing now: what is not remembered, and which change before it was overwritten.
    pub notes: Vec<String>,
}

/// A context and its namespace.
type Stand = (String, Option<String>);

impl Switch {
    /// Changes these files, and remembers there.
    pub fn new(kubeconfig: Option<PathBuf>, memory: Memory) -> Self {
        Self { kubeconfig, memory }
    }

    /// Where it is remembered.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// What a change would come to.
    ///
    /// # Errors
    /// When it is refused, or a file cannot be read.
    pub fn plan(&self, change: &Change) -> Result<Plan, Failure> {
        self.plan_all(std::slice::from_ref(change))
    }

    /// What several changes would come to, one after another.
    ///
    /// # Errors
    /// As [`plan`](Self::plan).
    pub fn plan_all(&self, changes: &[Change]) -> Result<Plan, Failure> {
        edit::plan_all(&kubeconfig::files(self.kubeconfig.as_deref())?, changes)
    }

    /// What adding a cluster of EKS would come to, and the change itself; it goes to the file that `aws` would choose.
    ///
    /// # Errors
    /// As [`plan`](Self::plan), and when the cluster is not ready.
    pub fn plan_adding(&self, cluster: &Described, wishes: &Wishes) -> Result<(Change, Plan), Failure> {
        let files = kubeconfig::files(self.kubeconfig.as_deref())?;
        let (path, _) = eks::file(&files, &cluster.arn)?;
        let change = Change::Put(Box::new(eks::put(cluster, wishes, path)?));
        let plan = edit::plan(&files, &change)?;
        Ok((change, plan))
    }

    /// Makes a change.
    ///
    /// # Errors
    /// As [`plan`](Self::plan), and when a file cannot be locked or written. Then every file is as it was.
    pub fn make(&self, change: &Change, at: Timestamp) -> Result<Done, Failure> {
        self.make_all(std::slice::from_ref(change), at)
    }

    /// Makes several changes in one step.
    ///
    /// # Errors
    /// As [`make`](Self::make).
    pub fn make_all(&self, changes: &[Change], at: Timestamp) -> Result<Done, Failure> {
        self.commit(changes, at, |files| edit::plan_all(files, changes))
    }

    /// Makes a change as it was planned, and shown.
    ///
    /// # Errors
    /// As [`make`](Self::make), and when a file no longer holds what it was planned from.
    pub fn make_planned(&self, change: &Change, plan: &Plan, at: Timestamp) -> Result<Done, Failure> {
        self.commit(std::slice::from_ref(change), at, |files| kubeconfig::unchanged(files, plan).map(|()| plan.clone()))
    }

    /// The name of the current context.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn current(&self) -> Result<Option<String>, Failure> {
        let kubeconfig = kubeconfig::load(self.kubeconfig.as_deref())?;
        Ok(kubeconfig.current_context().map(str::to_owned))
    }

    /// What undoing the last change would do.
    ///
    /// # Errors
    /// When there is nothing to undo, or a file is no longer as the change left it.
    pub fn plan_undo(&self) -> Result<Undo, Failure> {
        self.memory.plan_undo()
    }

    /// Takes the last change back.
    ///
    /// # Errors
    /// As [`plan_undo`](Self::plan_undo), and when a file cannot be written.
    pub fn undo(&self) -> Result<Undo, Failure> {
        self.memory.undo()
    }

    fn commit(&self, changes: &[Change], at: Timestamp, plan: impl FnOnce(&Files) -> Result<Plan, Failure>) -> Result<Done, Failure> {
        // our own change makes it look overwritten
        let reverted = self.memory.reverted();
        let mut stood = None;
        let written = kubeconfig::commit(self.kubeconfig.as_deref(), |files| {
            stood = Some(merged(files));
            plan(files)
        })?;
        let notes = reverted.into_iter().chain(self.remember(changes, stood.as_ref(), &written, at)).collect();
        Ok(Done { plan: written.plan, notes })
    }

    /// Remembers a change, and where one was and is; gives notes about what is not remembered.
    fn remember(&self, changes: &[Change], stood: Option<&Kubeconfig>, written: &Written, at: Timestamp) -> Vec<String> {
        let mut notes = self.memory.keep(written, at);
        notes.extend(self.memory.change(|state| {
            let mut current = stood.and_then(Kubeconfig::current_context);
            for change in changes {
                note(state, change, current, stood, at);
                match change {
                    Change::Use(context) => current = Some(context),
                    Change::Put(put) if put.makes_current => current = Some(&put.context),
                    _ => {}
                }
            }
        }));
        notes
    }
}

/// Notes where one was and is; `current` is the context that was current before the change.
fn note(state: &mut State, change: &Change, current: Option<&str>, stood: Option<&Kubeconfig>, at: Timestamp) {
    let before = stood.and_then(|stood| stand(stood, current));
    let mut visit = |stand: Option<&Stand>| {
        if let Some((context, namespace)) = stand {
            state.visit(context, namespace.as_deref(), at);
        }
    };
    match change {
        Change::Use(context) => {
            visit(before.as_ref());
            visit(stood.and_then(|stood| stand(stood, Some(context))).as_ref());
        }
        Change::Namespace { context, namespace } => {
            let Some(context) = context.as_deref().or(current) else { return };
            let before = stood.and_then(|stood| stand(stood, Some(context)));
            if Some(context) == current {
                visit(before.as_ref());
                visit(Some(&(context.to_owned(), namespace.clone())));
            } else {
                if let Some((_, old)) = before {
                    state.choose(context, old.as_deref());
                }
                state.choose(context, namespace.as_deref());
            }
        }
        Change::Rename { from, to } => state.rename(from, to),
        Change::Delete { context, .. } => state.forget(context),
        Change::Put(put) if put.makes_current => {
            visit(before.as_ref());
            visit(Some(&(put.context.clone(), None)));
        }
        Change::Put(_) => {}
    }
}

/// The files as they were read for the change; those that break have kept it from being made.
fn merged(files: &Files) -> Kubeconfig {
    let read = |given: &edit::Given| given.bytes.as_ref().and_then(|bytes| read(&given.path, bytes).ok());
    merge(files.given.iter().filter_map(read).collect())
}

fn stand(kubeconfig: &Kubeconfig, context: Option<&str>) -> Option<Stand> {
    let context = kubeconfig.context(context?)?;
    Some((context.name.clone(), context.namespace.clone()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    const TWO: &str = "current-context: a\ncontexts:\n- {name: a, context: {namespace: one}}\n- {name: b}\n";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn switch(folder: &Path) -> Switch {
        fs::write(folder.join("config"), TWO).unwrap();
        Switch::new(Some(folder.join("config")), Memory::at(Some(folder.join("state"))))
    }

    fn visits(switch: &Switch) -> Vec<Stand> {
        switch.memory().recall().0.history.into_iter().map(|visit| (visit.context, visit.namespace)).collect()
    }

    #[test]
    fn where_one_was_is_remembered_with_its_namespace() {
        let folder = tempfile::tempdir().unwrap();
        let switch = switch(folder.path());
        switch.make(&Change::Use("b".to_owned()), at(0)).unwrap();
        switch.make(&Change::Namespace { context: None, namespace: Some("two".to_owned()) }, at(1)).unwrap();
        let stand = |context: &str, namespace: Option<&str>| (context.to_owned(), namespace.map(str::to_owned));
        assert_eq!(visits(&switch), [stand("b", Some("two")), stand("b", None), stand("a", Some("one"))]);
        assert_eq!(switch.memory().recall().0.previous(Some("b")).unwrap().context, "a");
        switch.make(&Change::Rename { from: "a".to_owned(), to: "c".to_owned() }, at(2)).unwrap();
        assert_eq!(visits(&switch).last(), Some(&stand("c", Some("one"))));
        switch.make(&Change::Delete { context: "c".to_owned(), with_unused: false }, at(3)).unwrap();
        assert_eq!(visits(&switch), [stand("b", Some("two")), stand("b", None)]);
    }

    #[test]
    fn what_was_shown_is_written_or_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let switch = switch(folder.path());
        let change = Change::Use("b".to_owned());
        let plan = switch.plan(&change).unwrap();
        fs::write(folder.path().join("config"), TWO.replace("one", "other")).unwrap();
        let failure = switch.make_planned(&change, &plan, at(0)).unwrap_err();
        assert!(failure.message.ends_with("has changed since the change was shown: nothing was written"), "{failure}");
        assert!(visits(&switch).is_empty());
        let plan = switch.plan(&change).unwrap();
        switch.make_planned(&change, &plan, at(1)).unwrap();
        assert!(fs::read_to_string(folder.path().join("config")).unwrap().starts_with("current-context: b\n"));
        assert_eq!(switch.plan_undo().unwrap().summary, "b becomes the current context");
        switch.undo().unwrap();
        assert!(fs::read_to_string(folder.path().join("config")).unwrap().starts_with("current-context: a\n"));
    }

    #[test]
    fn a_change_that_another_program_wrote_over_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let switch = switch(folder.path());
        switch.make(&Change::Use("b".to_owned()), at(0)).unwrap();
        fs::write(folder.path().join("config"), TWO.replace("one", "other")).unwrap();
        let done = switch.make(&Change::Namespace { context: None, namespace: None }, at(1)).unwrap();
        assert!(done.notes[0].starts_with("another program has overwritten the last change of whycan"), "{:?}", done.notes);
    }
}
