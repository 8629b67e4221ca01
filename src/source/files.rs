//! Files of a folder, in a stable order, without falling into links that lead back, pipes or devices.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// How deep folders may stand in folders.
const DEEPEST: usize = 12;
/// The endings of files that may hold objects.
const ENDINGS: [&str; 5] = ["json", "yaml", "yml", "jsonl", "ndjson"];

/// A file of a folder, read, or why not.
#[derive(Debug)]
pub struct File {
    /// The path below the folder, with slashes.
    pub path: String,
    /// Its content.
    pub content: Result<Vec<u8>, String>,
}

/// Every file below a folder that may hold objects, sorted by path, each read when its turn comes.
pub fn below(folder: &Path) -> impl Iterator<Item = File> + '_ {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    walk(folder, 0, &mut seen, &mut found);
    found.sort();
    found.into_iter().map(move |(path, refusal)| File {
        content: refusal.map_or_else(|| read(&path), Err),
        path: path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/"),
    })
}

fn walk(folder: &Path, depth: usize, seen: &mut BTreeSet<PathBuf>, found: &mut Vec<(PathBuf, Option<String>)>) {
    // a link that leads back to a folder above would never end
    let is_new = fs::canonicalize(folder).is_ok_and(|real| seen.insert(real));
    if !is_new || depth > DEEPEST {
        return;
    }
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return found.push((folder.to_owned(), Some(cause(&error)))),
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        if is_hidden {
            continue;
        }
        if path.is_dir() {
            walk(&path, depth + 1, seen, found);
        } else if path.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))) {
            // a pipe among the files would be waited for until somebody writes into it
            let is_no_file = fs::metadata(&path).is_ok_and(|metadata| !metadata.is_file());
            found.push((path, is_no_file.then(|| "it is no regular file".to_owned())));
        }
    }
}

/// Reads a file whole.
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    let metadata = fs::metadata(path).map_err(|error| cause(&error))?;
    if metadata.is_dir() {
        return Err("it is a folder".to_owned());
    }
    // a pipe that is named by itself, as a shell's <(…), is read to its end
    if metadata.is_file() && metadata.len() > super::LARGEST {
        return Err(format!("it is larger than {} MiB", super::LARGEST >> 20));
    }
    super::limited(fs::File::open(path).map_err(|error| cause(&error))?)
}

/// The system's word for it, without its number.
pub fn cause(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
