//! A folder of versioned JSON files that processes share: private, locked, each replaced in one step.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::files::{self, cause};
use crate::base::text::sanitise;

/// The version that is written, and the newest that is understood.
const VERSION: u64 = 1;
/// How long another whycan is waited for.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often it is tried.
const PAUSE: Duration = Duration::from_millis(10);

/// The folder.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
}

/// What a file comes to.
#[derive(Debug)]
pub enum Read<T> {
    /// What it holds.
    Value(T),
    /// There is none.
    Nothing,
    /// It was written by a newer whycan; the note says so.
    Newer(String),
    /// It cannot be read or understood; the note says why.
    Broken(String),
}

impl Store {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Reads a file; it is replaced in one step, so that no lock is needed.
    pub fn read<T: DeserializeOwned>(&self, name: &str) -> Read<T> {
        let path = self.folder.join(name);
        let shown = sanitise(&path.to_string_lossy()).into_owned();
        if fs::symlink_metadata(&path).is_err_and(|error| matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)) {
            return Read::Nothing;
        }
        let bytes = match files::read(&path) {
            Ok(bytes) => bytes,
            Err(why) => return Read::Broken(format!("cannot read `{shown}`: {why}")),
        };
        let value: serde_json::Value = match serde_json::from_slice(&bytes) {
            Ok(value) => value,
            Err(_) => return Read::Broken(format!("`{shown}` is no JSON and was left out")),
        };
        match value.get("version").and_then(serde_json::Value::as_u64) {
            Some(version) if version > VERSION => {
                return Read::Newer(format!("`{shown}` was written by a newer whycan and is left alone"));
            }
            Some(_) => {}
            None => return Read::Broken(format!("`{shown}` has no version and was left out")),
        }
        // what stands in it may be a secret: only that it does not fit is said
        serde_json::from_value(value)
            .map_or_else(|_| Read::Broken(format!("`{shown}` is not what whycan writes and was left out")), Read::Value)
    }

    /// Writes a file in one step, for its owner alone.
    pub fn write<T: Serialize>(&self, name: &str, value: &T) -> Result<(), String> {
        let path = self.folder.join(name);
        let write = || -> io::Result<()> {
            let mut value = serde_json::to_value(value)?;
            if let Some(fields) = value.as_object_mut() {
                fields.insert("version".to_owned(), VERSION.into());
            }
            // a temporary file is private, and goes by itself on failure
            let mut file = tempfile::Builder::new().prefix(&format!(".{name}.")).tempfile_in(&self.folder)?;
            // at once: the writer of JSON makes a write of every comma
            let mut text = serde_json::to_vec_pretty(&value)?;
            text.push(b'\n');
            file.write_all(&text)?;
            file.as_file().sync_all()?;
            file.persist(&path).map(drop).map_err(|error| error.error)
        };
        write().map_err(|error| refused(&path, &error))
    }

    /// Keeps a file that is not understood beside the new one.
    pub fn set_aside(&self, name: &str) -> Result<(), String> {
        let path = self.folder.join(name);
        fs::rename(&path, self.folder.join(format!("{name}.broken"))).map_err(|error| refused(&path, &error))
    }

    /// Does something while no other whycan does; makes the folder.
    pub fn locked<T>(&self, act: impl FnOnce(&Self) -> Result<T, String>) -> Result<T, String> {
        let _lock = self.lock().map_err(|error| refused(&self.folder, &error))?;
        act(self)
    }

    fn lock(&self) -> io::Result<File> {
        make(&self.folder)?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(self.folder.join("lock"))?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Err(fs::TryLockError::WouldBlock) if start.elapsed() < PATIENCE => sleep(PAUSE),
                Err(fs::TryLockError::WouldBlock) => return Err(io::Error::other("another whycan holds its lock")),
                // some file systems know no locks; each file is replaced in one step all the same
                Ok(()) | Err(fs::TryLockError::Error(_)) => return Ok(file),
            }
        }
    }
}

/// Makes a folder for its owner alone; the folders above it are nobody's secret.
fn make(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(above) = folder.parent() {
        fs::create_dir_all(above)?;
    }
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn refused(path: &Path, error: &io::Error) -> String {
    format!("cannot write `{}`: {}", sanitise(&path.to_string_lossy()), cause(error))
}
