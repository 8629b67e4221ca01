//! Which files a change touches and what becomes of them, decided as kubectl 1.36 decides it
//! (`ModifyConfig` of client-go, `kubectl/pkg/cmd/config`).
//!
//! - `current-context` is written to the file of `--kubeconfig`, else to the first of the list that is there.
//! - What is changed or removed is so in the file that it comes from.
//! - Where everything is as wanted, nothing is written.
//! - A file that cannot be read keeps all of them from being edited.

use serde_json::Value;

use super::document::Document;
use super::step::{Key, Step, path};
use super::{Change, Edit, Files, Plan, Unused, put};
use crate::base::text::{enumerate, sanitise};
use crate::base::{Failure, Source};
use crate::kubeconfig::{Context, File, Kubeconfig, merge, read};

/// What a change comes to: the files that change, and what is worth knowing before it is done.
///
/// The file of a [`Change::Put`] must be among the files, unless it is not there; it is written even where another is broken.
///
/// # Errors
/// When kubectl would refuse it, when a file cannot be read, or when it is written in a way that leaves no safe way to edit it.
pub fn plan(files: &Files, change: &Change) -> Result<Plan, Failure> {
    if let Change::Put(put) = change {
        return put::plan(files, put);
    }
    let mut desk = Desk::open(files)?;
    let plan = match change {
        Change::Use(name) => desk.make_current(name),
        Change::Namespace { context, namespace } => desk.give_namespace(context.as_deref(), namespace.as_deref().unwrap_or_default()),
        Change::Rename { from, to } => desk.rename(from, to),
        Change::Delete { context, with_unused } => desk.delete(context, *with_unused),
        Change::Put(_) => Ok(Plan::default()),
    }?;
    Ok(Plan { edits: desk.edits(), ..plan })
}

/// The files laid out: read, merged, and those that change.
struct Desk<'a> {
    files: &'a Files,
    read: Vec<File>,
    merged: Kubeconfig,
    documents: Vec<Document>,
}

impl<'a> Desk<'a> {
    fn open(files: &'a Files) -> Result<Self, Failure> {
        let mut all = Vec::new();
        for given in &files.given {
            match &given.bytes {
                Some(bytes) => all.push(read(&given.path, bytes).map_err(|failure| broken(failure, files.is_explicit))?),
                None if files.is_explicit => {
                    let path = sanitise(&given.path);
                    return Err(
                        Failure::failed(format!("cannot read kubeconfig `{path}`: there is no such file")).hint("Check --kubeconfig.")
                    );
                }
                None => {}
            }
        }
        Ok(Self { files, merged: merge(all.clone()), read: all, documents: Vec::new() })
    }

    /// The file that gets what belongs to no other: here one of them is there, since a context is.
    fn first(&self) -> &'a str {
        let is_there = self.files.given.iter().find(|given| given.bytes.is_some());
        is_there.or_else(|| self.files.given.last()).map_or("", |given| given.path.as_str())
    }

    fn document(&mut self, path: &str) -> Result<&mut Document, Failure> {
        let known = self.documents.iter().position(|document| document.path == path);
        let position = if let Some(position) = known {
            position
        } else {
            let given = self.files.given.iter().find(|given| given.path == path);
            let bytes = given.and_then(|given| given.bytes.as_deref()).unwrap_or_default();
            self.documents.push(Document::read(path, bytes)?);
            self.documents.len() - 1
        };
        self.documents.get_mut(position).ok_or_else(|| Failure::failed("the kubeconfig was put away"))
    }

    fn edits(self) -> Vec<Edit> {
        let before = |path: &str| self.files.given.iter().find(|given| given.path == path).and_then(|given| given.bytes.clone());
        let all = self.documents.iter().map(|document| Edit {
            path: document.path.clone(),
            before: before(&document.path),
            after: document.bytes(),
        });
        all.filter(|edit| edit.before.as_deref() != Some(edit.after.as_slice())).collect()
    }

    fn make_current(&mut self, name: &str) -> Result<Plan, Failure> {
        check_name(name)?;
        self.merged.selected(Some(name))?;
        let shown = sanitise(name);
        if self.merged.current_context() == Some(name) {
            return Ok(Plan { summary: format!("{shown} is the current context already"), ..Plan::default() });
        }
        let first = self.first();
        self.set_current(first, name)?;
        let shadowed = self.merged.current_context().zip(self.merged.current_context_source()).filter(|(_, source)| source.file != first);
        let note = |(old, source): (&str, &Source)| {
            format!(
                "{} names {} as the current context, which does not count any more: {} comes first",
                place(source),
                sanitise(old),
                sanitise(first)
            )
        };
        Ok(Plan {
            summary: format!("{shown} becomes the current context"),
            notes: shadowed.map(note).into_iter().collect(),
            ..Plan::default()
        })
    }

    fn set_current(&mut self, file: &str, name: &str) -> Result<(), Failure> {
        let step = Step::Set(vec![Key::Name("current-context".to_owned())], Value::String(name.to_owned()));
        self.document(file)?.apply(&step)
    }

    fn give_namespace(&mut self, context: Option<&str>, namespace: &str) -> Result<Plan, Failure> {
        context.map_or(Ok(()), check_name)?;
        let context = self.merged.selected(context)?.clone();
        let (name, wanted) = (sanitise(&context.name), sanitise(namespace));
        let old = context.namespace.as_deref().unwrap_or_default();
        if old == namespace {
            let summary = if namespace.is_empty() {
                format!("context {name} has no namespace already")
            } else {
                format!("context {name} has namespace {wanted} already")
            };
            return Ok(Plan { summary, ..Plan::default() });
        }
        let (document, index) = self.entry("contexts", &context.name, &context.source)?;
        let way = path("contexts", index, &["context", "namespace"]);
        let step = if namespace.is_empty() { Step::Unset(way) } else { Step::Set(way, Value::String(namespace.to_owned())) };
        document.apply(&step)?;
        let summary = match (old, namespace) {
            (_, "") => format!("context {name} loses its namespace {}", sanitise(old)),
            ("", _) => format!("context {name} gets namespace {wanted}"),
            _ => format!("context {name} gets namespace {wanted} instead of {}", sanitise(old)),
        };
        Ok(Plan { summary, ..Plan::default() })
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<Plan, Failure> {
        if to.is_empty() {
            return Err(Failure::usage("a context cannot be renamed to nothing").hint("Give the name that it is to get."));
        }
        let context = self.merged.selected(Some(from))?.clone();
        let (old, new) = (sanitise(from), sanitise(to));
        if let Some(other) = self.merged.context(to) {
            let why = format!("cannot rename context `{old}`: there is a context `{new}` already ({})", place(&other.source));
            return Err(Failure::usage(why).hint("Choose another name, or delete that context first."));
        }
        let mut plan = Plan {
            summary: format!("context {old} becomes {new}"),
            notes: Self::comes_out(&context).into_iter().collect(),
            ..Plan::default()
        };
        if self.merged.current_context() == Some(from) {
            let first = self.first();
            self.set_current(first, to)?;
            plan.summary.push_str(", and stays the current one");
            let stale = self.read.iter().filter_map(|file| file.current_context.as_ref()).filter(|current| current.name == from);
            plan.notes.extend(stale.filter(|current| current.source.file != first).map(|current| {
                format!(
                    "{} still names {old} as the current context, which does not count: {} comes first",
                    place(&current.source),
                    sanitise(first)
                )
            }));
        }
        let (document, index) = self.entry("contexts", from, &context.source)?;
        document.apply(&Step::Set(path("contexts", index, &["name"]), Value::String(to.to_owned())))?;
        Ok(plan)
    }

    fn delete(&mut self, name: &str, with_unused: bool) -> Result<Plan, Failure> {
        let context = self.merged.selected(Some(name))?.clone();
        let shown = sanitise(name);
        let mut plan = Plan { notes: Self::comes_out(&context).into_iter().collect(), unused: self.unused(&context), ..Plan::default() };
        if self.merged.current_context() == Some(name) && context.shadowed.is_empty() {
            let current = self.merged.current_context_source().map_or_else(String::new, |source| format!(" ({})", place(source)));
            plan.notes.push(format!("{shown} stays the current context{current}, and leads nowhere: make another one current"));
        }
        let mut gone = vec![format!("context {shown}")];
        let (document, index) = self.entry("contexts", name, &context.source)?;
        document.apply(&Step::Remove("contexts", index))?;
        if with_unused {
            for unused in &plan.unused {
                let section = if unused.kind == "cluster" { "clusters" } else { "users" };
                let (document, index) = self.entry(section, &unused.name, &unused.source)?;
                document.apply(&Step::Remove(section, index))?;
                gone.push(format!("{} {}", unused.kind, sanitise(&unused.name)));
            }
        }
        let verb = if gone.len() == 1 { "is" } else { "are" };
        plan.summary = format!("{} {verb} removed", enumerate(&gone, "and"));
        Ok(plan)
    }

    /// The document of an entry, and the entry's index in its list.
    fn entry(&mut self, section: &str, name: &str, source: &Source) -> Result<(&mut Document, usize), Failure> {
        let document = self.document(&source.file)?;
        let missing = || Failure::failed(format!("{} does not stand where it was read", sanitise(name)));
        let index = document.index(section, name).ok_or_else(missing)?;
        Ok((document, index))
    }

    /// What counts when a context is gone: the next one of its name.
    fn comes_out(context: &Context) -> Option<String> {
        let next = context.shadowed.first()?;
        Some(format!("the context {} of {} counts from now on", sanitise(&context.name), place(next)))
    }

    /// The cluster and the user of a context, where no other context names them; one that is shadowed counts too.
    fn unused(&self, context: &Context) -> Vec<Unused> {
        let contexts = self.read.iter().flat_map(|file| &file.contexts);
        let others: Vec<&Context> = contexts.filter(|other| (&other.name, &other.source) != (&context.name, &context.source)).collect();
        let cluster = self.merged.cluster_of(context).filter(|cluster| !others.iter().any(|other| other.cluster == cluster.name));
        let user = self.merged.user_of(context).filter(|user| !others.iter().any(|other| other.user == user.name));
        let unused = |kind, name: &str, source: &Option<Source>| Some(Unused { kind, name: name.to_owned(), source: source.clone()? });
        let cluster = cluster.and_then(|cluster| unused("cluster", &cluster.name, &cluster.source));
        let user = user.and_then(|user| unused("user", &user.name, &user.source));
        cluster.into_iter().chain(user).collect()
    }
}

/// kubectl takes no empty name where one is given.
fn check_name(name: &str) -> Result<(), Failure> {
    if name.is_empty() { Err(Failure::usage("the name of the context is empty")) } else { Ok(()) }
}

/// A file that cannot be read: kubectl edits none of the list either.
fn broken(failure: Failure, is_explicit: bool) -> Failure {
    let or = if is_explicit { "" } else { ", or take it off KUBECONFIG" };
    failure.hint(format!("Mend it{or}: kubectl edits nothing either while it is so."))
}

/// `FILE:LINE`.
pub fn place(source: &Source) -> String {
    let line = source.line.map_or_else(String::new, |line| format!(":{line}"));
    format!("{}{line}", sanitise(&source.file))
}
