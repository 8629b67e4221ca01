//! kubectl's locks on kubeconfigs, held while files are read, changed and written.
//!
//! client-go creates `FILE.lock` for every file of the list, gives up where one is there, and never looks at its age. Ours
//! is such a file too, so that kubectl keeps away. Beyond that it is locked in the kernel for as long as its process lives:
//! one that a killed process of ours left behind is taken over, not removed, so that two can never remove it both.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::authz::quote_for_shell;
use crate::base::Failure;
use crate::base::text::{count, sanitise};

/// How long somebody else's lock is waited for: kubectl holds one for milliseconds, and ten of ours on a busy machine take turns.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// How often it is tried.
const PAUSE: Duration = Duration::from_millis(10);
/// From this age on a lock was left behind.
const STALE: Duration = Duration::from_secs(30);
/// What our own locks begin with.
const MARK: &str = "whycan ";

/// Locks that are held until this is dropped.
#[derive(Debug, Default)]
pub struct Locks {
    held: BTreeMap<PathBuf, Held>,
    /// Why files whose folders take no lock are without one.
    without: BTreeMap<PathBuf, io::Error>,
}

impl Locks {
    /// Locks files, all or none. What stands in a folder that is missing, or takes no file, stays without a lock: nobody
    /// else could write it either, and whoever only reads it needs none.
    ///
    /// # Errors
    /// When another holds one of them for longer than is waited.
    pub fn take(files: &[PathBuf], patience: Duration) -> Result<Self, Failure> {
        let mut locks = Self::default();
        locks.add(files, patience)?;
        Ok(locks)
    }

    /// Locks further files.
    ///
    /// # Errors
    /// When another holds one of them for longer than is waited.
    pub fn add(&mut self, files: &[PathBuf], patience: Duration) -> Result<(), Failure> {
        let wanted: BTreeMap<PathBuf, &PathBuf> = files.iter().map(|file| (name(file), file)).collect();
        let start = Instant::now();
        loop {
            let Some((lock, file)) = self.attempt(&wanted) else { return Ok(()) };
            if start.elapsed() >= patience {
                return Err(held_by_another(file, &lock));
            }
            sleep(PAUSE);
        }
    }

    /// Takes all, or gives back what it took and names the first that another holds: nobody waits while others wait for him.
    fn attempt<'a>(&mut self, wanted: &BTreeMap<PathBuf, &'a PathBuf>) -> Option<(PathBuf, &'a PathBuf)> {
        let mut taken = BTreeMap::new();
        for (lock, file) in wanted.iter().filter(|(lock, _)| !self.held.contains_key(*lock)) {
            match Held::try_take(lock) {
                Ok(Some(held)) => {
                    self.without.remove(*file);
                    taken.insert(lock.clone(), held);
                }
                Ok(None) => return Some((lock.clone(), file)),
                Err(error) => {
                    self.without.insert((*file).clone(), error);
                }
            }
        }
        self.held.extend(taken);
        None
    }

    /// Whether a file is locked.
    ///
    /// # Errors
    /// Why it could not be.
    pub fn check(&self, file: &Path) -> Result<(), &io::Error> {
        self.without.get(file).map_or(Ok(()), Err)
    }
}

/// The lock of a file; links among its folders do not make it another.
fn name(file: &Path) -> PathBuf {
    let mut name = file.file_name().map(OsString::from).unwrap_or_default();
    name.push(".lock");
    let folder = file.parent().unwrap_or(file);
    fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned()).join(name)
}

/// One lock; the file goes when this is dropped.
#[derive(Debug)]
struct Held {
    path: PathBuf,
    file: File,
}

impl Held {
    /// Takes a lock; none where another holds it.
    fn try_take(path: &Path) -> io::Result<Option<Self>> {
        let (file, is_new) = match create(path) {
            Ok(file) => (file, true),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => match open_ours(path) {
                Some(file) => (file, false),
                None => return Ok(None),
            },
            Err(error) => return Err(error),
        };
        match file.try_lock() {
            Ok(()) => {}
            // some file systems know no locks: there the file that was just made is all there is
            Err(fs::TryLockError::Error(_)) if is_new => {}
            Err(_) => return Ok(None),
        }
        let mut held = Self { path: path.to_owned(), file };
        if !is_at(path, &held.file) {
            // whoever held it has removed it meanwhile
            return Ok(None);
        }
        // who holds it is for people to read; the lock holds without
        let _ = held.sign();
        Ok(Some(held))
    }

    fn sign(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        writeln!(self.file, "{MARK}{}", std::process::id())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // somebody may have removed ours by hand, and another may have made his own
        if is_at(&self.path, &self.file) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Opens a lock that a process of ours made; kubectl's are empty and nobody may read them.
fn open_ours(path: &Path) -> Option<File> {
    let metadata = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file)?;
    let mut file = OpenOptions::new().read(true).write(true).open(path).ok()?;
    let mut mark = String::new();
    (&mut file).take(64).read_to_string(&mut mark).ok()?;
    // one that has just been made, or whose process was killed before it signed
    let is_unsigned = mark.is_empty() && is_private(&metadata);
    (mark.starts_with(MARK) || is_unsigned).then_some(file)
}

/// Whether its mode is the one that ours have.
#[cfg(unix)]
fn is_private(metadata: &fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::mode(metadata) & 0o7777 == 0o600
}

#[cfg(not(unix))]
fn is_private(_: &fs::Metadata) -> bool {
    false
}

/// Whether a file that is open is still the one of that name.
#[cfg(unix)]
fn is_at(path: &Path, file: &File) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let same = |a: &fs::Metadata, b: &fs::Metadata| a.dev() == b.dev() && a.ino() == b.ino();
    fs::symlink_metadata(path).is_ok_and(|there| file.metadata().is_ok_and(|ours| same(&there, &ours)))
}

#[cfg(not(unix))]
fn is_at(path: &Path, _: &File) -> bool {
    path.exists()
}

/// Another holds a lock: which one, for how long, and what to do.
fn held_by_another(file: &Path, lock: &Path) -> Failure {
    let shown = |path: &Path| sanitise(&path.to_string_lossy()).into_owned();
    let message = format!("cannot lock kubeconfig `{}`: ", shown(file));
    let again = "Try again in a moment.";
    if let Some(process) = open_ours(lock).and_then(signer) {
        return Failure::failed(format!("{message}another whycan is writing it (process {process})")).hint(again);
    }
    let age = fs::symlink_metadata(lock).and_then(|metadata| metadata.modified()).ok().and_then(|since| since.elapsed().ok());
    let remove = format!("If no kubectl is running, remove it: rm {}", quote_for_shell(&shown(lock)));
    match age {
        Some(age) if age >= STALE => Failure::failed(format!(
            "{message}`{}` is {} old, and kubectl holds one for a moment only: it was left behind",
            shown(lock),
            phrase(age)
        ))
        .hint(remove),
        Some(_) => {
            Failure::failed(format!("{message}`{}` is there, so another program is writing it", shown(lock))).hint(again).hint(remove)
        }
        None => Failure::failed(format!("{message}other programs keep writing it")).hint(again),
    }
}

/// Who signed a lock of ours.
fn signer(mut file: File) -> Option<u32> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(64).read_to_string(&mut text).ok()?;
    text.strip_prefix(MARK)?.trim_end().parse().ok()
}

/// How long that is, in the largest unit that counts more than one.
fn phrase(age: Duration) -> String {
    let seconds = age.as_secs();
    let (number, unit) = match seconds {
        ..120 => (seconds, "second"),
        120..7200 => (seconds / 60, "minute"),
        7200..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    count(usize::try_from(number).unwrap_or(usize::MAX), unit)
}

#[cfg(test)]
mod tests;
