//! The only door to the outside: files, standard input, kubeconfigs, and the demo that is part of the program.
//!
//! A source collects [`Change`](crate::facts::Change)s into facts. What it cannot read is a gap of the facts; only when
//! nothing could be read, or the one text that was named breaks off, is it a failure.

pub mod aws;
mod demo;
mod files;
pub mod kubeconfig;
pub mod live;
mod plugin;
mod regular;
pub mod settings;
pub mod shell;
pub mod side_by_side;
pub mod state;
mod surroundings;
pub mod switch;
mod world;

use std::io::Read;
use std::path::Path;

use crate::base::Failure;
use crate::base::text::sanitise;
use crate::credential::Decoded;
use crate::facts::{Facts, parse};

pub use demo::demo;
pub use surroundings::surroundings;
pub use world::{Cluster, World};

/// The most that is read of one file; a large cluster's RBAC is a hundredth of it.
const LARGEST: u64 = 512 << 20;

/// Reads a world, any folder or file of what kubectl prints, or `-` for standard input.
///
/// # Errors
/// When it is not there, not readable, holds no object, or is one text that breaks off.
pub fn from_path(path: &Path) -> Result<World, Failure> {
    if path.is_dir() { world::of_folder(path) } else { of_text(path) }
}

/// One file or standard input.
fn of_text(path: &Path) -> Result<World, Failure> {
    let name = if is_stdin(path) { "standard input".to_owned() } else { path.display().to_string() };
    let bytes = read_input(path)?;
    let document = parse::read(&name, &bytes);
    if let Some(problem) = document.broken {
        return Err(
            Failure::failed(format!("cannot read {problem}")).hint("Record it again: a list that is cut short would give wrong answers.")
        );
    }
    let facts = Facts::collect(document.changes);
    world::check_not_empty(&facts, &name)?;
    Ok(World::of_facts(name, facts))
}

/// Reads a file, or standard input for `-`, whole.
///
/// # Errors
/// When it is not there, not readable, not a file, or too large.
pub fn read_input(path: &Path) -> Result<Vec<u8>, Failure> {
    if is_stdin(path) {
        return limited(std::io::stdin().lock()).map_err(|error| Failure::failed(format!("cannot read standard input: {error}")));
    }
    files::read(path).map_err(|why| {
        let failure = Failure::failed(format!("cannot read `{}`: {why}", path.display()));
        if path.exists() { failure } else { failure.hint("Give a file, a folder, or - for standard input.") }
    })
}

/// Reads a small file, or standard input for `-`, whole: a credential, keys, a certificate. A pipe that nobody has opened is
/// not waited for.
///
/// # Errors
/// When it is not there, not readable, not a file, or larger than a credential can be by far.
pub fn read_small(path: &Path) -> Result<Vec<u8>, Failure> {
    let large = || format!("it is larger than {} MiB", regular::LARGEST >> 20);
    if is_stdin(path) {
        let mut bytes = Vec::new();
        let failed = |why: String| Failure::failed(format!("cannot read standard input: {why}"));
        std::io::stdin().lock().take(regular::LARGEST + 1).read_to_end(&mut bytes).map_err(|error| failed(files::cause(&error)))?;
        return if bytes.len() as u64 > regular::LARGEST { Err(failed(large())) } else { Ok(bytes) };
    }
    let failed = |why: String| Failure::failed(format!("cannot read `{}`: {why}", path.display()));
    match regular::content(path) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(failed("no such file or directory".to_owned()).hint("Give a file, or - for standard input.")),
        Err(regular::Refusal::Pipe) => Err(failed("it is no regular file".to_owned()).hint("Give a file, or - for standard input.")),
        Err(regular::Refusal::Large) => Err(failed(large())),
        Err(regular::Refusal::Other(why)) => Err(failed(why)),
    }
}

/// The credential of a file, or of standard input for `-`; nothing of it is ever said.
///
/// # Errors
/// When the file is not there, not readable, no file, too large, or empty.
pub fn credential(path: &Path) -> Result<Decoded, Failure> {
    let bytes = read_small(path)?;
    if !bytes.trim_ascii().is_empty() {
        return Ok(Decoded::read(&bytes));
    }
    Err(if is_stdin(path) {
        Failure::failed("nothing came on standard input").hint("The command before the pipe may have failed: run it alone.")
    } else {
        Failure::failed(format!("`{}` is empty", sanitise(&path.to_string_lossy()))).hint("Get the token again.")
    })
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Reads to the end, but no more than is sensible.
fn limited(reader: impl Read) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    reader.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| files::cause(&error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("it is larger than {} MiB", LARGEST >> 20));
    }
    Ok(bytes)
}
