//! Changes of the kubeconfig files that others make: told by the system, so that nothing has to look again and again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::chosen::Chosen;

/// Tells of changes until it is dropped.
#[derive(Debug)]
pub struct Watch(#[expect(dead_code, reason = "it works as long as it lives")] RecommendedWatcher);

/// Watches the files that count, those among them too that are not there yet; none where the system cannot.
///
/// The folders are watched: who writes a file in one step puts another in its place.
pub fn watch(explicit: Option<&Path>, changed: impl Fn() + Send + 'static) -> Option<Watch> {
    let here = std::env::current_dir().unwrap_or_default();
    let chosen = Chosen::of(explicit, |name| std::env::var_os(name));
    let paths = chosen.paths.iter().map(|path| here.join(path));
    // what a link leads to may be written where it stands
    let files: BTreeSet<PathBuf> = paths.flat_map(|path| [fs::canonicalize(&path).ok(), Some(path)].into_iter().flatten()).collect();
    let folders: BTreeSet<PathBuf> = files.iter().filter_map(|file| file.parent().map(Path::to_owned)).collect();
    let told = move |event: notify::Result<Event>| {
        let is_ours = |path: &PathBuf| files.contains(path) || fs::canonicalize(path).is_ok_and(|path| files.contains(&path));
        // what reads a file tells of that too
        if event.is_ok_and(|event| !event.kind.is_access() && event.paths.iter().any(is_ours)) {
            changed();
        }
    };
    let mut watcher = notify::recommended_watcher(told).ok()?;
    let watched = folders.iter().filter(|folder| watcher.watch(folder, RecursiveMode::NonRecursive).is_ok()).count();
    (watched > 0).then_some(Watch(watcher))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_others_write_is_told_and_what_is_read_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        fs::write(&path, "a").unwrap();
        let (sender, changes) = channel();
        let watch = watch(Some(&path), move || {
            let _ = sender.send(());
        })
        .unwrap();
        let told = |within: u64| changes.recv_timeout(Duration::from_millis(within)).is_ok();
        fs::read(&path).unwrap();
        fs::write(folder.path().join("other"), "x").unwrap();
        assert!(!told(50), "another file, and a look at this one");
        // as those do that write in one step
        fs::write(folder.path().join("new"), "b").unwrap();
        fs::rename(folder.path().join("new"), &path).unwrap();
        assert!(told(5_000));
        drop(watch);
    }
}
