//! The folder of a shell: private, gone with it, and swept later where its process was killed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// What the folders are called at their beginning; the number of the process follows.
const PREFIX: &str = "whycan-shell-";
/// A file that is locked for as long as the process lives.
const LOCK: &str = "lock";

/// A folder, removed when this is dropped.
#[derive(Debug)]
pub struct Folder {
    folder: TempDir,
    _lock: File,
}

impl Folder {
    /// A folder with a kubeconfig in it, below the folder for such things; what others of ours left there is swept.
    pub fn new(kubeconfig: &str) -> io::Result<Self> {
        let run = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute() && path.is_dir());
        let temporary = std::env::temp_dir();
        match run {
            // some systems name one that is not this person's
            Some(run) => Self::below(&run, kubeconfig).or_else(|_| Self::below(&temporary, kubeconfig)),
            None => Self::below(&temporary, kubeconfig),
        }
    }

    pub(super) fn below(above: &Path, kubeconfig: &str) -> io::Result<Self> {
        // others may not even look into it
        let folder = tempfile::Builder::new().prefix(&format!("{PREFIX}{}-", std::process::id())).tempdir_in(above)?;
        #[cfg(unix)]
        fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        let lock = create(&folder.path().join(LOCK))?;
        // where there are no locks, nothing is swept either
        let _ = lock.try_lock();
        create(&folder.path().join("kubeconfig"))?.write_all(kubeconfig.as_bytes())?;
        sweep(above, folder.path());
        Ok(Self { folder, _lock: lock })
    }

    /// Where the kubeconfig stands.
    pub fn kubeconfig(&self) -> PathBuf {
        self.folder.path().join("kubeconfig")
    }

    /// Writes a further file.
    pub fn put(&self, name: &str, text: &str) -> io::Result<PathBuf> {
        let path = self.folder.path().join(name);
        create(&path)?.write_all(text.as_bytes())?;
        Ok(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Removes what killed processes of this person left: it holds secrets.
fn sweep(above: &Path, own: &Path) {
    let Ok(entries) = fs::read_dir(above) else { return };
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| path != own) {
        let is_named_so = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(PREFIX.as_bytes()));
        if is_named_so && is_same_owner(&path, own) && is_left(&path.join(LOCK)) {
            let _ = fs::remove_dir_all(&path);
        }
    }
}

/// Whether the process that locked it is gone.
fn is_left(lock: &Path) -> bool {
    let is_file = fs::symlink_metadata(lock).is_ok_and(|metadata| metadata.is_file());
    is_file && File::open(lock).is_ok_and(|lock| lock.try_lock().is_ok())
}

#[cfg(unix)]
fn is_same_owner(path: &Path, own: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let owner = |path: &Path| fs::symlink_metadata(path).ok().filter(fs::Metadata::is_dir).map(|metadata| metadata.uid());
    owner(path).is_some() && owner(path) == owner(own)
}

#[cfg(not(unix))]
fn is_same_owner(path: &Path, _: &Path) -> bool {
    path.is_dir()
}
