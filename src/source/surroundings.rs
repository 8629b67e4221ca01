//! What is to be known of this machine to judge a kubeconfig: files and who may read them, programs, AWS profiles.
//!
//! Nothing is run and nothing is asked over the network.

mod aws;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::files::cause;
use crate::kubeconfig::lint::{Access, Content, Program, Seen, Surroundings};
use crate::kubeconfig::{Data, Kubeconfig};

/// The most that is read of a certificate, key or token, and of an AWS file; the largest bundle of authorities has a quarter.
const LARGEST: u64 = 1 << 20;

/// What there is to know about the surroundings of a kubeconfig.
pub fn surroundings(kubeconfig: &Kubeconfig) -> Surroundings {
    surroundings_with(kubeconfig, |name| std::env::var_os(name), Timestamp::now())
}

/// The same with the environment and the time given.
fn surroundings_with(kubeconfig: &Kubeconfig, variable: impl Fn(&str) -> Option<OsString>, now: Timestamp) -> Surroundings {
    let kubeconfigs = kubeconfig.files().iter().map(|path| (path.clone(), seen(path, false)));
    let named = named(kubeconfig).into_iter().map(|path| (path.to_owned(), seen(path, true)));
    Surroundings {
        now: Some(now),
        files: kubeconfigs.chain(named).collect(),
        programs: programs(kubeconfig, variable("PATH").as_ref()),
        profiles: profiles(variable),
    }
}

/// The files that clusters and users name.
fn named(kubeconfig: &Kubeconfig) -> BTreeSet<&str> {
    let authorities = kubeconfig.clusters().iter().filter_map(|cluster| cluster.certificate_authority.as_ref());
    let own = kubeconfig.users().iter().flat_map(|user| [user.client_certificate.as_ref(), user.client_key.as_ref()]).flatten();
    let files = authorities.chain(own).filter_map(|data| match data {
        Data::File(path) => Some(path.as_str()),
        Data::Inline(_) => None,
    });
    files.chain(kubeconfig.users().iter().filter_map(|user| user.token_file.as_deref())).collect()
}

/// A file: what it is and, where that is wanted, what it holds.
fn seen(path: &str, is_wanted: bool) -> Seen {
    let path = Path::new(path);
    let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Seen { is_link, access: None, content: Content::Missing },
        Err(error) => Seen { is_link, access: None, content: Content::Unreadable(cause(&error)) },
        Ok(metadata) => {
            let content = if is_wanted { content(path, &metadata) } else { Content::NotRead };
            Seen { is_link, access: if metadata.is_file() { access(&metadata) } else { None }, content }
        }
    }
}

fn content(path: &Path, metadata: &Metadata) -> Content {
    if metadata.is_dir() {
        return Content::Unreadable("it is a folder".to_owned());
    }
    // a pipe would be waited for until somebody writes into it
    if !metadata.is_file() {
        return Content::NotRead;
    }
    match read(path) {
        Ok(bytes) if bytes.len() as u64 > LARGEST => Content::Unreadable(format!("it is larger than {} MiB", LARGEST >> 20)),
        Ok(bytes) => Content::Bytes(bytes),
        Err(error) => Content::Unreadable(cause(&error)),
    }
}

/// The beginning of a file, a byte more than what is bearable.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have no modes")]
fn access(metadata: &Metadata) -> Option<Access> {
    use std::os::unix::fs::MetadataExt as _;
    Some(Access { mode: metadata.mode() & 0o7777, is_own: metadata.uid() == rustix::process::geteuid().as_raw() })
}

#[cfg(not(unix))]
fn access(_: &Metadata) -> Option<Access> {
    None
}

/// Whether the programs of plugins are there.
#[cfg(unix)]
fn programs(kubeconfig: &Kubeconfig, path: Option<&OsString>) -> BTreeMap<String, Program> {
    let commands = kubeconfig.users().iter().filter_map(|user| user.exec.as_ref()).map(|exec| exec.command.as_str());
    let commands = commands.filter(|command| !command.is_empty());
    commands.filter_map(|command| Some((command.to_owned(), program(command, path)?))).collect()
}

/// Elsewhere endings and the registry have a say in what is found.
#[cfg(not(unix))]
fn programs(_: &Kubeconfig, _: Option<&OsString>) -> BTreeMap<String, Program> {
    BTreeMap::new()
}

/// A program by its path, or on PATH as Go looks there: a folder that is not named from the root does not count.
#[cfg(unix)]
fn program(command: &str, path: Option<&OsString>) -> Option<Program> {
    if command.contains('/') {
        return executable(Path::new(command));
    }
    let folders = std::env::split_paths(path?).filter(|folder| folder.is_absolute());
    // a folder of the name is passed over
    let found: Vec<Option<Program>> =
        folders.map(|folder| folder.join(command)).filter(|path| !path.is_dir()).map(|path| executable(&path)).collect();
    let is_found = |program: Option<Program>| found.contains(&program);
    match (is_found(Some(Program::Found)), is_found(None), is_found(Some(Program::NotExecutable))) {
        (true, ..) => Some(Program::Found),
        (_, true, _) => None,
        (.., true) => Some(Program::NotExecutable),
        _ => Some(Program::NotFound),
    }
}

/// Whether a path is that of a program; none where nobody lets us look.
#[cfg(unix)]
fn executable(path: &Path) -> Option<Program> {
    use std::os::unix::fs::PermissionsExt as _;
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() && metadata.permissions().mode() & 0o111 != 0 => Some(Program::Found),
        Ok(_) => Some(Program::NotExecutable),
        Err(error) if error.kind() == ErrorKind::NotFound || error.kind() == ErrorKind::NotADirectory => Some(Program::NotFound),
        Err(_) => None,
    }
}

/// The AWS profiles; none where the files that would name them are not there or cannot be read.
fn profiles(variable: impl Fn(&str) -> Option<OsString>) -> Option<BTreeSet<String>> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = set("HOME").or_else(|| if cfg!(windows) { set("USERPROFILE") } else { None });
    let path = |name: &str, file: &str| match set(name) {
        // the AWS tools take ~ for the home folder here
        Some(path) => match path.strip_prefix("~") {
            Ok(rest) => Some(home.as_ref()?.join(rest)),
            Err(_) => Some(path),
        },
        None => Some(home.as_ref()?.join(".aws").join(file)),
    };
    let read_if_there = |path: PathBuf| match read(&path) {
        Ok(bytes) if bytes.len() as u64 > LARGEST => None,
        Ok(bytes) => Some(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Some(None),
        Err(_) => None,
    };
    let config = read_if_there(path("AWS_CONFIG_FILE", "config")?)?;
    let credentials = read_if_there(path("AWS_SHARED_CREDENTIALS_FILE", "credentials")?)?;
    if config.is_none() && credentials.is_none() {
        return None;
    }
    Some(aws::profiles(config.as_deref().unwrap_or_default(), credentials.as_deref().unwrap_or_default()))
}

#[cfg(test)]
mod tests;
