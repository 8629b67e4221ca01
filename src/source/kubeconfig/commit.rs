//! A change of kubeconfigs, under kubectl's locks: files are read, the change is planned from what they hold, and written.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::listed;
use super::lock::{self, Locks};
use super::replace::{self, Replacement};
use crate::base::Failure;
use crate::base::text::sanitise;
use crate::kubeconfig::{Files, Given, Plan};
use crate::source::files;

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The change as it was planned from what the files held under their locks; without edits, nothing was to be done.
    pub plan: Plan,
}

/// The files that a change may touch, as they are now: those that [`load`](super::load) reads, and those that are missing.
///
/// # Errors
/// When one is no file, cannot be read, or is too large.
pub fn files(explicit: Option<&Path>) -> Result<Files, Failure> {
    List::of(explicit).read()
}

/// Changes kubeconfigs: locks them, reads them, plans and writes. On any failure every file is as it was.
///
/// # Errors
/// When another program holds a lock, a file cannot be read or written, or the plan is refused.
pub fn commit(explicit: Option<&Path>, plan: impl FnOnce(&Files) -> Result<Plan, Failure>) -> Result<Written, Failure> {
    List::of(explicit).commit(lock::PATIENCE, plan)
}

/// Whether the files still hold what a plan was made from.
///
/// # Errors
/// When one does not.
pub fn unchanged(files: &Files, plan: &Plan) -> Result<(), Failure> {
    for edit in &plan.edits {
        let now = files.given.iter().find(|given| given.path == edit.path);
        if now.is_none_or(|now| now.bytes != edit.before) {
            return Err(Failure::failed(format!(
                "kubeconfig `{}` has changed since the change was shown: nothing was written",
                sanitise(&edit.path)
            ))
            .hint("Look at the change again: it is planned anew."));
        }
    }
    Ok(())
}

/// The files of a change by their absolute paths, the one that counts most first.
#[derive(Clone, Debug)]
pub struct List {
    paths: Vec<PathBuf>,
    is_explicit: bool,
}

impl List {
    /// The list that the flag and the environment name.
    fn of(explicit: Option<&Path>) -> Self {
        let here = std::env::current_dir().unwrap_or_default();
        Self::with(explicit, &here, listed(explicit, |name| std::env::var_os(name)))
    }

    fn with(explicit: Option<&Path>, here: &Path, paths: Vec<PathBuf>) -> Self {
        let is_explicit = explicit.is_some_and(|path| !path.as_os_str().is_empty());
        Self { paths: paths.into_iter().map(|path| here.join(path)).collect(), is_explicit }
    }

    /// Just these files.
    pub(in crate::source) fn just(paths: Vec<PathBuf>) -> Self {
        Self { paths, is_explicit: false }
    }

    fn read(&self) -> Result<Files, Failure> {
        let given = self.paths.iter().map(|path| given(path)).collect::<Result<_, _>>()?;
        Ok(Files { given, is_explicit: self.is_explicit })
    }

    fn commit(&self, patience: Duration, plan: impl FnOnce(&Files) -> Result<Plan, Failure>) -> Result<Written, Failure> {
        let mut hold = self.hold(patience)?;
        let plan = plan(&self.read()?)?;
        let mut edited = Vec::new();
        for edit in &plan.edits {
            let Some(path) = self.paths.iter().find(|path| path.to_string_lossy() == edit.path) else {
                let path = sanitise(&edit.path);
                return Err(Failure::failed(format!("kubeconfig `{path}` is not among those that were read: nothing was written"))
                    .hint("Name it with --kubeconfig."));
            };
            edited.push(Replacement { path, before: edit.before.as_deref(), after: Some(&edit.after) });
        }
        hold.replace(&edited)?;
        Ok(Written { plan })
    }

    /// kubectl's locks on all files, and on those that links among them lead to.
    pub(in crate::source) fn hold(&self, patience: Duration) -> Result<Hold, Failure> {
        let targets = self.paths.iter().filter_map(|path| replace::target(path));
        let paths: Vec<PathBuf> = self.paths.iter().cloned().chain(targets).collect();
        Ok(Hold { locks: Locks::take(&paths, patience)?, made: Made::default(), patience })
    }
}

/// Files that are locked until this is dropped.
pub struct Hold {
    locks: Locks,
    /// Dropped after the locks, which stand in these folders.
    made: Made,
    patience: Duration,
}

impl Hold {
    /// Writes files, and makes the folders of new ones.
    pub(in crate::source) fn replace(&mut self, replacements: &[Replacement<'_>]) -> Result<(), Failure> {
        for replacement in replacements {
            let path = replacement.path;
            if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
                self.made.folder(folder).map_err(|error| replace::refused(path, &error))?;
                self.locks.add(&[path.to_owned()], self.patience)?;
            }
            self.locks.check(path).map_err(|error| replace::refused(path, error))?;
        }
        replace::all(replacements)?;
        self.made.0.clear();
        Ok(())
    }
}

/// A file as it is now.
fn given(path: &Path) -> Result<Given, Failure> {
    let shown = path.to_string_lossy().into_owned();
    let refuse = |why: &str| {
        Failure::failed(format!("cannot change kubeconfig `{}`: {why}", sanitise(&shown)))
            .hint("Take it off KUBECONFIG, or name one file with --kubeconfig.")
    };
    let bytes = match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        // a pipe can be read once, and never written
        Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => return Err(refuse("it is no regular file")),
        _ => Some(files::read(path).map_err(|why| refuse(&why))?),
    };
    Ok(Given { path: shown, bytes })
}

/// Folders that were made for new files; those that stay empty go again.
#[derive(Default)]
struct Made(Vec<PathBuf>);

impl Made {
    fn folder(&mut self, folder: &Path) -> std::io::Result<()> {
        let missing: Vec<PathBuf> = folder.ancestors().take_while(|folder| !folder.exists()).map(Path::to_owned).collect();
        for folder in missing.into_iter().rev() {
            create(&folder)?;
            self.0.push(folder);
        }
        Ok(())
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        for folder in self.0.iter().rev() {
            // whatever stands in it by now keeps it
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Makes a folder as kubectl does.
fn create(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o755);
    match builder.create(folder) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

#[cfg(test)]
mod tests;
