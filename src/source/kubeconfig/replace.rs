//! Files replaced in one step, several of them all or none; whoever reads one meets the old or the new, whole.

mod target;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::super::files::cause;
use crate::base::Failure;
use crate::base::text::sanitise;
use target::Keep;

/// A file, what it is expected to hold, and what it will.
#[derive(Clone, Copy)]
pub struct Replacement<'a> {
    /// Its path; a link stays, and what it leads to is replaced.
    pub path: &'a Path,
    /// What it holds; none where it is not there.
    pub before: Option<&'a [u8]>,
    /// What it will hold; none removes it.
    pub after: Option<&'a [u8]>,
}

/// Replaces files, all or none.
///
/// # Errors
/// When one cannot be replaced, or no longer holds what was expected. Then every file is as it was.
pub fn all(replacements: &[Replacement<'_>]) -> Result<(), Failure> {
    all_with(replacements, |_| ())
}

/// The same; what another program may do meanwhile is done before each file's turn.
fn all_with(replacements: &[Replacement<'_>], mut meanwhile: impl FnMut(usize)) -> Result<(), Failure> {
    let is_one_of_several = replacements.len() > 1;
    let mut prepared: Vec<Prepared<'_>> = Vec::new();
    for replacement in replacements {
        let new = Prepared::new(*replacement, is_one_of_several)?;
        if let Some(other) = prepared.iter().find(|other| other.target == new.target) {
            let paths = format!("`{}` and `{}`", shown(other.replacement.path), shown(replacement.path));
            return Err(Failure::failed(format!("cannot write kubeconfigs {paths}: they lead to one file"))
                .hint("Name the file once in KUBECONFIG."));
        }
        prepared.push(new);
    }
    for one in &prepared {
        one.check()?;
    }
    let mut done: Vec<Prepared<'_>> = Vec::new();
    for (turn, mut one) in prepared.into_iter().enumerate() {
        meanwhile(turn);
        if let Err(failure) = one.put() {
            return Err(put_back(done, failure));
        }
        done.push(one);
    }
    Ok(())
}

/// Puts back what was replaced before another file failed.
fn put_back(done: Vec<Prepared<'_>>, failure: Failure) -> Failure {
    done.into_iter().rev().fold(failure, |failure, mut one| match one.take_back() {
        Ok(()) => failure,
        Err(error) => {
            let path = shown(one.replacement.path);
            failure.hint(format!("`{path}` was written before that and could not be put back: {}.", cause(&error)))
        }
    })
}

/// A file that is about to be replaced.
struct Prepared<'a> {
    replacement: Replacement<'a>,
    /// The file itself, behind all links.
    target: PathBuf,
    /// What takes its place.
    new: Option<NamedTempFile>,
    /// What would be put back.
    old: Option<NamedTempFile>,
}

impl<'a> Prepared<'a> {
    fn new(replacement: Replacement<'a>, is_one_of_several: bool) -> Result<Self, Failure> {
        let refuse = |error: &io::Error| refused(replacement.path, error);
        let target = target::follow(replacement.path).map_err(|error| refuse(&error))?;
        let keep = Keep::of(&target).map_err(|error| refuse(&error))?;
        sweep(&target);
        let file =
            |bytes: Option<&[u8]>| bytes.map(|bytes| beside(&target, bytes, keep.as_ref()).map_err(|error| refuse(&error))).transpose();
        let new = file(replacement.after)?;
        let old = file(replacement.before.filter(|_| is_one_of_several))?;
        Ok(Self { replacement, target, new, old })
    }

    /// Whether the file still holds what was expected.
    fn check(&self) -> Result<(), Failure> {
        let path = self.replacement.path;
        let now = now(&self.target).map_err(|error| refused(path, &error))?;
        if now.as_deref() == self.replacement.before {
            return Ok(());
        }
        Err(Failure::failed(format!("kubeconfig `{}` was changed by another program in between: nothing was written", shown(path)))
            .hint("Do it again: it is read anew."))
    }

    fn put(&mut self) -> Result<(), Failure> {
        self.check()?;
        let put = match self.new.take() {
            Some(new) => new.persist(&self.target).map(drop).map_err(|error| error.error),
            None => fs::remove_file(&self.target),
        };
        put.map_err(|error| refused(self.replacement.path, &error))?;
        keep_folder(&self.target);
        Ok(())
    }

    fn take_back(&mut self) -> io::Result<()> {
        match self.old.take() {
            Some(old) => old.persist(&self.target).map(drop).map_err(|error| error.error)?,
            None => fs::remove_file(&self.target)?,
        }
        keep_folder(&self.target);
        Ok(())
    }
}

/// What a file holds; none where it is not there.
fn now(target: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(target) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A temporary file in the folder of another, on the disk before this returns.
fn beside(target: &Path, bytes: &[u8], keep: Option<&Keep>) -> io::Result<NamedTempFile> {
    let folder = target.parent().ok_or(ErrorKind::NotFound)?;
    let mut file = tempfile::Builder::new().prefix(&prefix(target)).tempfile_in(folder)?;
    // who sweeps sees that its process lives
    let _ = file.as_file().try_lock();
    file.write_all(bytes)?;
    if let Some(keep) = keep {
        keep.apply(file.as_file())?;
    }
    file.as_file().sync_all()?;
    Ok(file)
}

/// What temporary files for a file are called at their beginning.
fn prefix(target: &Path) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(target.file_name().unwrap_or_default());
    prefix.push(".whycan-");
    prefix
}

/// Removes temporary files that killed processes left: they hold secrets, and nobody else would.
fn sweep(target: &Path) {
    let prefix = prefix(target);
    let Some(entries) = target.parent().and_then(|folder| fs::read_dir(folder).ok()) else { return };
    for entry in entries.flatten() {
        let is_ours = entry.file_name().as_encoded_bytes().starts_with(prefix.as_encoded_bytes());
        if is_ours && File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Makes a rename outlast the machine's end, where the file system can.
fn keep_folder(target: &Path) {
    if let Some(folder) = target.parent() {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

/// The file that a link leads to; none for what is no link, or leads nowhere.
pub fn target(path: &Path) -> Option<PathBuf> {
    let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    if is_link { target::follow(path).ok() } else { None }
}

fn shown(path: &Path) -> String {
    sanitise(&path.to_string_lossy()).into_owned()
}

/// Why a file cannot be replaced, and what to do.
pub fn refused(path: &Path, error: &io::Error) -> Failure {
    let failure = Failure::failed(format!("cannot write kubeconfig `{}`: {}; nothing was written", shown(path), cause(error)));
    match error.kind() {
        ErrorKind::PermissionDenied => failure.hint("Make the file and its folder writable, or name another with --kubeconfig."),
        ErrorKind::ReadOnlyFilesystem => failure.hint("Name a kubeconfig elsewhere with --kubeconfig."),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => failure.hint("Make room on the disk."),
        ErrorKind::ResourceBusy => failure.hint("A file that is mounted by itself cannot be replaced: mount its folder instead."),
        _ => failure.hint("Check the path, or name another file with --kubeconfig."),
    }
}

#[cfg(test)]
mod tests;
