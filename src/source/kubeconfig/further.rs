//! Kubeconfigs that kubectl does not look at: those that people keep beside `~/.kube/config`, and where their settings say.
//!
//! They are listed, with the line that would put them into view, and are never merged or used.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::browse::{self, Broken, Browsed};
use crate::authz::quote_for_shell;
use crate::base::Settings;
use crate::base::text::{is_like, is_pattern};
use crate::kubeconfig::{self, Kubeconfig};
use crate::source::regular::content;
use crate::source::side_by_side::side_by_side;

/// Where people keep more of them, as patterns below the home folder.
const PLACES: [&str; 6] = [".kube/*.yaml", ".kube/*.yml", ".kube/*.conf", ".kube/config*", ".kube/configs/*", ".kube/config.d/*"];

/// How many files are looked at, and names of a folder: somebody's `*` may take in a whole disk.
const MOST: usize = 10_000;

/// A kubeconfig that kubectl does not look at.
#[derive(Clone, Debug)]
pub struct Further {
    /// Its path.
    pub path: String,
    /// What it says by itself.
    pub kubeconfig: Kubeconfig,
    /// The command that puts it into kubectl's view, after all that is there; none where a path holds a colon.
    pub export: Option<String>,
}

/// Those that are there, by path, and those that break.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Those that can be read and have a context.
    pub files: Vec<Further>,
    /// Those that are clearly meant to be kubeconfigs, and break.
    pub broken: Vec<Broken>,
}

/// Looks for further kubeconfigs, beside those that were browsed.
pub fn further(browsed: &Browsed, settings: &Settings) -> Found {
    let here = std::env::current_dir().unwrap_or_default();
    further_with(browsed, settings, |name| std::env::var_os(name), &here)
}

/// The same with the environment and the working folder given.
pub(super) fn further_with(browsed: &Browsed, settings: &Settings, variable: impl Fn(&str) -> Option<OsString>, here: &Path) -> Found {
    let home = super::chosen::home(variable);
    let own = home.iter().flat_map(|home| PLACES.iter().map(move |place| home.join(place)));
    let settled = settings.kubeconfigs.iter().filter_map(|pattern| match pattern.strip_prefix("~/") {
        Some(rest) => Some(home.as_ref()?.join(rest)),
        None => Some(here.join(pattern)),
    });
    let listed = listed(browsed, here);
    // a link to a file that is in view is in view
    let mut seen: BTreeSet<PathBuf> = listed.iter().filter_map(|path| fs::canonicalize(path).ok()).collect();
    let mut paths = BTreeSet::new();
    for pattern in own.chain(settled) {
        paths.extend(matching(&pattern).into_iter().filter(|path| is_candidate(path)));
    }
    let paths: Vec<PathBuf> =
        paths.into_iter().filter(|path| fs::canonicalize(path).is_ok_and(|real| seen.insert(real))).take(MOST).collect();
    let mut found = Found::default();
    for (path, read) in paths.iter().zip(side_by_side(&paths, |path| read(path))) {
        match read {
            Some(Ok(kubeconfig)) if !kubeconfig.contexts().is_empty() => {
                found.files.push(Further { path: path.to_string_lossy().into_owned(), kubeconfig, export: export(&listed, path) });
            }
            Some(Err(broken)) => found.broken.push(*broken),
            _ => {}
        }
    }
    found
}

/// The files that are in kubectl's view, there or not, in their order as far as that is known.
fn listed(browsed: &Browsed, here: &Path) -> Vec<PathBuf> {
    browsed.paths.iter().map(|path| here.join(path)).collect()
}

/// A file's name that may be that of a kubeconfig: no lock of kubectl's, nothing hidden.
fn is_candidate(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let is_lock = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("lock"));
    !is_lock && !name.starts_with('.') && fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
}

/// Reads a file; none where it is gone, or something else than a kubeconfig.
fn read(path: &Path) -> Option<Result<Kubeconfig, Box<Broken>>> {
    let bytes = content(path).ok()??;
    let shown = path.to_string_lossy();
    match kubeconfig::parse(&shown, &bytes) {
        Ok(file) => Some(Ok(kubeconfig::merge(vec![file]))),
        Err(mistake) => is_meant(&bytes).then(|| Err(Box::new(browse::of_mistake(&shown, mistake, "kubectl does not look at this file")))),
    }
}

/// Whether a text is clearly meant to be a kubeconfig: it says so, or has its three lists.
fn is_meant(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let begins = |word: &str| text.lines().any(|line| line.starts_with(word));
    begins("kind: Config") && !begins("kind: ConfigMap") || ["contexts:", "clusters:", "users:"].into_iter().all(begins)
}

/// The paths that are as a pattern says, each part of the path by itself; a plain part is taken as it stands.
fn matching(pattern: &Path) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::new()];
    for part in pattern.components() {
        let text = part.as_os_str().to_string_lossy();
        if !matches!(part, Component::Normal(_)) || !is_pattern(&text) {
            for path in &mut found {
                path.push(part);
            }
            continue;
        }
        let inside = |folder: &PathBuf| fs::read_dir(folder).into_iter().flatten().flatten().take(MOST).collect::<Vec<_>>();
        let fits = |name: &OsString| {
            let name = name.to_string_lossy();
            is_like(&name, &text) && (text.starts_with('.') || !name.starts_with('.'))
        };
        found = found.iter().flat_map(inside).filter(|entry| fits(&entry.file_name())).map(|entry| entry.path()).take(MOST).collect();
    }
    found
}

/// `export KUBECONFIG=…` with what is in view now and one file more.
fn export(listed: &[PathBuf], more: &Path) -> Option<String> {
    let list = std::env::join_paths(listed.iter().map(PathBuf::as_path).chain([more])).ok()?;
    Some(format!("export KUBECONFIG={}", quote_for_shell(&list.to_string_lossy())))
}
