//! Files of settings and kubeconfigs: small ones, read without ever waiting for a pipe or a device.

use std::fs::{self, Metadata};
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use super::files::cause;

/// The most that is read; 10,000 contexts of EKS take a quarter of it.
pub const LARGEST: u64 = 32 << 20;

/// Why the content of a file is not had.
#[derive(Debug)]
pub enum Refusal {
    /// It is no regular file: to open it could wait for ever.
    Pipe,
    /// It is too large.
    Large,
    /// The system refuses it.
    Other(String),
}

/// The content of a file; none where there is none.
///
/// # Errors
/// When it is no regular file, too large, or the system refuses it.
pub fn content(path: &Path) -> Result<Option<Vec<u8>>, Refusal> {
    let refused = |error: &std::io::Error| Refusal::Other(cause(error));
    let absent = |error: &std::io::Error| error.kind() == ErrorKind::NotFound;
    let metadata = match fs::metadata(path) {
        Err(error) if absent(&error) => return Ok(None),
        other => other.map_err(|error| refused(&error))?,
    };
    check(path, &metadata)?;
    let file = match fs::File::open(path) {
        Err(error) if absent(&error) => return Ok(None),
        other => other.map_err(|error| refused(&error))?,
    };
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
    // it may grow while it is read
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| refused(&error))?;
    if bytes.len() as u64 > LARGEST { Err(Refusal::Large) } else { Ok(Some(bytes)) }
}

fn check(path: &Path, metadata: &Metadata) -> Result<(), Refusal> {
    if metadata.is_dir() {
        Err(Refusal::Other("it is a folder".to_owned()))
    } else if metadata.is_file() {
        if metadata.len() > LARGEST { Err(Refusal::Large) } else { Ok(()) }
    } else if is_open_already(path) {
        Ok(())
    } else {
        Err(Refusal::Pipe)
    }
}

/// Whether a path is a pipe that a shell has opened for us, as that of `<(…)`: somebody writes into it.
fn is_open_already(path: &Path) -> bool {
    ["/dev/fd", "/proc/self/fd", "/dev/stdin"].iter().any(|folder| path.starts_with(folder))
}
