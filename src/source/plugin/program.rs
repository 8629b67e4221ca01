//! Which program a command is, as Go's `exec.LookPath` finds it: that is what kubectl runs.
//!
//! The PATH is our own, whatever the plugin's variables say of one; and what is found by it in a folder that is relative,
//! the current one say, is not run.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Why there is no program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// It is nowhere.
    NotFound,
    /// It is there, and may not be run.
    NotExecutable,
    /// It is in a folder of PATH that is relative.
    Relative(PathBuf),
}

/// The program of a command: a name is looked up in the folders of PATH, a path is taken as it is.
///
/// # Errors
/// When there is none that may be run.
pub fn find(command: &str, path: Option<&OsStr>) -> Result<PathBuf, Missing> {
    // the system has ways of its own elsewhere: endings, folders that need not be named
    if !cfg!(unix) {
        return Ok(PathBuf::from(command));
    }
    if command.contains('/') {
        return look(Path::new(command)).map(|()| PathBuf::from(command));
    }
    let mut why = Missing::NotFound;
    for folder in std::env::split_paths(path.unwrap_or_default()) {
        let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
        let program = folder.join(command);
        match look(&program) {
            Ok(()) if program.is_absolute() => return Ok(program),
            Ok(()) => return Err(Missing::Relative(program)),
            Err(Missing::NotExecutable) => why = Missing::NotExecutable,
            Err(_) => {}
        }
    }
    Err(why)
}

/// Whether something may be run.
#[cfg(unix)]
fn look(path: &Path) -> Result<(), Missing> {
    use rustix::fs::{Access, access};
    let metadata = std::fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::PermissionDenied => Missing::NotExecutable,
        _ => Missing::NotFound,
    })?;
    if metadata.is_dir() {
        return Err(Missing::NotFound);
    }
    access(path, Access::EXEC_OK).map_err(|_| Missing::NotExecutable)
}

#[cfg(not(unix))]
fn look(_: &Path) -> Result<(), Missing> {
    Ok(())
}

/// A path without what says nothing in it, as Go's `filepath.Clean` writes it.
pub fn clean(path: &str) -> String {
    let is_rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if is_rooted => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (is_rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn paths_are_cleaned_as_go_does() {
        for (path, cleaned) in [
            ("", "."),
            ("a", "a"),
            ("./a", "a"),
            ("a//b/./c/..", "a/b"),
            ("../a", "../a"),
            ("a/../../b", "../b"),
            ("/../a/", "/a"),
            ("/", "/"),
            ("a/..", "."),
        ] {
            assert_eq!(clean(path), cleaned, "{path:?}");
        }
    }

    #[test]
    fn names_are_looked_up_and_paths_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str, mode: u32| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "").unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            path
        };
        make("one/plugin", 0o644);
        make("one/other", 0o644);
        let plugin = make("two/plugin", 0o755);
        std::fs::create_dir(folder.path().join("two/folder")).unwrap();
        let list = std::env::join_paths([folder.path().join("one"), folder.path().join("two")]).unwrap();
        let name = |path: &Path| path.to_str().unwrap().to_owned();
        for (command, found) in [
            ("plugin".to_owned(), Ok(plugin.clone())),
            ("other".to_owned(), Err(Missing::NotExecutable)),
            ("folder".to_owned(), Err(Missing::NotFound)),
            ("nothing".to_owned(), Err(Missing::NotFound)),
            (name(&plugin), Ok(plugin.clone())),
            (name(&folder.path().join("one/other")), Err(Missing::NotExecutable)),
            (name(&folder.path().join("one/other/below")), Err(Missing::NotFound)),
        ] {
            assert_eq!(find(&command, Some(&list)), found, "{command}");
        }
        assert_eq!(find("plugin", None), Err(Missing::NotFound));
        // a folder of PATH that is relative: tests run where Cargo.toml is, and build.rs is no program
        let way_back: PathBuf = std::env::current_dir().unwrap().components().skip(1).map(|_| "..").collect();
        let relative = way_back.join(folder.path().strip_prefix("/").unwrap()).join("two");
        let list = std::env::join_paths([Path::new(""), &relative]).unwrap();
        assert_eq!(find("plugin", Some(&list)), Err(Missing::Relative(relative.join("plugin"))));
    }
}
