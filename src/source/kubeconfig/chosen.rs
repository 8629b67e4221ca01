//! Which kubeconfig files count, and how many of them are read at once.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;

/// The files that count, as they are spelled.
#[derive(Debug)]
pub struct Chosen {
    /// Where they are.
    pub paths: Vec<PathBuf>,
    /// Whether the flag names the one that there is, which must be there then.
    pub is_explicit: bool,
    /// Whether `KUBECONFIG` lists them.
    pub is_listed: bool,
}

impl Chosen {
    /// The one that the flag names, else those of the environment.
    pub fn of(explicit: Option<&Path>, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        if let Some(path) = explicit.filter(|path| !path.as_os_str().is_empty()) {
            return Self { paths: vec![path.to_owned()], is_explicit: true, is_listed: false };
        }
        let is_listed = variable("KUBECONFIG").is_some_and(|list| !list.is_empty());
        Self { paths: paths(variable), is_explicit: false, is_listed }
    }

    /// What to do about one that cannot be read.
    pub fn hint(&self) -> &'static str {
        match (self.is_explicit, self.is_listed) {
            (true, _) => "Check --kubeconfig.",
            (_, true) => "Take it off KUBECONFIG, or make it readable: kubectl refuses to work with it too.",
            _ => "Make it readable: kubectl refuses to work with it too.",
        }
    }

    /// What kubectl does when one of them breaks: it prints the error and ends, though client-go would merge the others.
    pub fn verdict(&self) -> &'static str {
        match (self.is_explicit, self.is_listed) {
            (true, _) => "kubectl does nothing with this file either",
            (_, true) => "kubectl does nothing while this file is on KUBECONFIG",
            _ => "kubectl does nothing while this file is its kubeconfig",
        }
    }
}

/// The files that count where none is named by the flag.
pub fn paths(variable: impl Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    if let Some(list) = variable("KUBECONFIG").filter(|list| !list.is_empty()) {
        // Path's own equality would take `a` and `./a` for one
        let mut seen = FxHashSet::default();
        let paths = std::env::split_paths(&list).filter(|path| !path.as_os_str().is_empty());
        return paths.filter(|path| seen.insert(path.as_os_str().to_owned())).collect();
    }
    home(variable).map(|home| home.join(".kube").join("config")).into_iter().collect()
}

/// The home folder, as kubectl finds it.
pub fn home(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    set("HOME").or_else(|| if cfg!(windows) { set("USERPROFILE") } else { None }).map(PathBuf::from)
}
