//! The file behind a path, and what of it outlasts being replaced: mode and owner.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// How many links may follow one another, as in Linux.
const MOST_LINKS: usize = 40;

/// Follows links to the file itself, which need not be there.
///
/// # Errors
/// When the links lead in a circle, or a folder on the way cannot be entered.
pub fn follow(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_symlink() => {
                let link = fs::read_link(&path)?;
                path = path.parent().unwrap_or_else(|| Path::new("/")).join(link);
            }
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            Ok(_) | Err(_) => {
                // two ways to one folder are one file
                let folder = path.parent().map(fs::canonicalize).transpose()?.unwrap_or_default();
                return Ok(path.file_name().map_or_else(|| folder.clone(), |name| folder.join(name)));
            }
        }
    }
    Err(io::Error::other("its links lead in a circle"))
}

/// What a new file takes over from the one it replaces.
pub struct Keep(fs::Metadata);

impl Keep {
    /// What is kept of a file; none where there is none.
    ///
    /// # Errors
    /// When it is no file, or kubectl could not write it either.
    pub fn of(target: &Path) -> io::Result<Option<Self>> {
        let metadata = match fs::metadata(target) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        if metadata.is_dir() {
            return Err(io::Error::other("it is a folder"));
        }
        if !metadata.is_file() {
            return Err(io::Error::other("it is no regular file"));
        }
        if metadata.permissions().readonly() {
            return Err(io::Error::new(ErrorKind::PermissionDenied, "it is read-only"));
        }
        // replacing a file asks only for rights on its folder, and who may not write it should not replace it
        OpenOptions::new().write(true).open(target)?;
        Ok(Some(Self(metadata)))
    }

    /// Gives a new file the mode and, as far as that is allowed, the owner.
    ///
    /// # Errors
    /// When the mode cannot be set.
    #[cfg(unix)]
    pub fn apply(&self, file: &File) -> io::Result<()> {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
        let new = file.metadata()?;
        let mut mode = self.0.mode() & 0o7777;
        if (new.uid(), new.gid()) != (self.0.uid(), self.0.gid()) && fchown(file, Some(self.0.uid()), Some(self.0.gid())).is_err() {
            // another's file that we may write; its group at least, or else no group
            let keeps_group = new.gid() == self.0.gid() || fchown(file, None, Some(self.0.gid())).is_ok();
            mode &= if keeps_group { 0o777 } else { 0o707 };
        }
        file.set_permissions(fs::Permissions::from_mode(mode))
    }

    /// Windows gives a new file the rights of its folder.
    ///
    /// # Errors
    /// Never.
    #[cfg(not(unix))]
    pub fn apply(&self, file: &File) -> io::Result<()> {
        file.set_permissions(self.0.permissions())
    }
}
