#![cfg(unix)]

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

use super::*;

fn replace(path: &Path, before: Option<&str>, after: Option<&str>) -> Result<(), String> {
    let replacement = Replacement { path, before: before.map(str::as_bytes), after: after.map(str::as_bytes) };
    all(&[replacement]).map_err(|failure| format!("{} | {}", failure.message, failure.hints.join(" | ")))
}

/// A folder with a file `config` that holds `old`.
fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config");
    fs::write(&file, "old").unwrap();
    (folder, file)
}

/// What stands in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

#[test]
fn mode_and_owner_stay() {
    for wanted in [0o600, 0o640, 0o644, 0o660] {
        let (folder, file) = folder();
        fs::set_permissions(&file, fs::Permissions::from_mode(wanted)).unwrap();
        let is_root = std::os::unix::fs::chown(&file, Some(65_534), Some(65_534)).is_ok();
        let before = fs::metadata(&file).unwrap();
        replace(&file, Some("old"), Some("new")).unwrap();
        let after = fs::metadata(&file).unwrap();
        assert_eq!((fs::read_to_string(&file).unwrap().as_str(), mode(&file)), ("new", wanted));
        assert_eq!((before.uid(), before.gid()), (after.uid(), after.gid()), "as root: {is_root}");
        assert_ne!(before.ino(), after.ino(), "written in place, not in one step");
        assert_eq!(names(folder.path()), ["config"]);
    }
}

#[test]
fn a_new_file_is_private() {
    let (folder, _) = folder();
    let new = folder.path().join("new");
    replace(&new, None, Some("new")).unwrap();
    assert_eq!((fs::read_to_string(&new).unwrap().as_str(), mode(&new)), ("new", 0o600));
    replace(&new, Some("new"), None).unwrap();
    assert_eq!(names(folder.path()), ["config"]);
}

#[test]
fn links_stay_and_lead_to_the_new() {
    let (folder, file) = folder();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("links")).unwrap();
    symlink("../config", path("links/relative")).unwrap();
    symlink("links/relative", path("chain")).unwrap();
    symlink("links", path("folder")).unwrap();
    symlink(&file, path("absolute")).unwrap();
    let mut before = "old".to_owned();
    for link in ["links/relative", "chain", "absolute", "folder/relative"] {
        replace(&path(link), Some(&before), Some(link)).unwrap();
        before = link.to_owned();
        assert_eq!(fs::read_to_string(&file).unwrap(), link);
        assert!(fs::symlink_metadata(path("links/relative")).unwrap().is_symlink());
    }
    assert!(fs::symlink_metadata(path("chain")).unwrap().is_symlink());
    // a link to what is not there yet
    symlink("later", path("ahead")).unwrap();
    replace(&path("ahead"), None, Some("new")).unwrap();
    assert_eq!(fs::read_to_string(path("later")).unwrap(), "new");
    assert!(fs::symlink_metadata(path("ahead")).unwrap().is_symlink());
}

#[test]
fn what_cannot_be_replaced_is_whole_and_told() {
    let (folder, file) = folder();
    let path = |name: &str| folder.path().join(name);
    let check = "Check the path, or name another file with --kubeconfig.";
    symlink("b", path("a")).unwrap();
    symlink("a", path("b")).unwrap();
    symlink("config", path("link")).unwrap();
    fs::create_dir(path("sub")).unwrap();
    fs::write(path("locked"), "old").unwrap();
    fs::set_permissions(path("locked"), fs::Permissions::from_mode(0o444)).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
    let writable = "Make the file and its folder writable, or name another with --kubeconfig.";
    for (name, why, hint) in [
        ("a", "its links lead in a circle", check),
        ("sub", "it is a folder", check),
        ("pipe", "it is no regular file", check),
        ("locked", "it is read-only", writable),
        ("config/x", "not a directory", check),
        ("nowhere/x", "no such file or directory", check),
    ] {
        let refusal = replace(&path(name), Some("old"), Some("new")).unwrap_err().replace(folder.path().to_str().unwrap(), "");
        assert_eq!(refusal, format!("cannot write kubeconfig `/{name}`: {why}; nothing was written | {hint}"));
    }
    let changed = replace(&file, Some("else"), Some("new")).unwrap_err();
    assert!(changed.contains("was changed by another program in between: nothing was written | Do it again"), "{changed}");
    let created = replace(&file, None, Some("new")).unwrap_err();
    assert!(created.contains("was changed by another program in between"), "{created}");
    let link = path("link");
    let twice = [(&file, "1"), (&link, "2")].map(|(path, after)| Replacement { path, before: Some(b"old"), after: Some(after.as_bytes()) });
    assert!(all(&twice).unwrap_err().message.ends_with("they lead to one file"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "old");
    assert_eq!(names(folder.path()), ["a", "b", "config", "link", "locked", "pipe", "sub"]);
}

#[test]
fn a_folder_that_takes_no_file_is_a_failure() {
    let (folder, file) = folder();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o500)).unwrap();
    // root may write everywhere
    if File::create(folder.path().join("probe")).is_err() {
        let refusal = replace(&file, Some("old"), Some("new")).unwrap_err();
        assert!(refusal.contains("permission denied; nothing was written"), "{refusal}");
    }
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let refusal = replace(Path::new("/proc/version"), None, Some("new")).unwrap_err();
    assert!(refusal.starts_with("cannot write kubeconfig `/proc/version`: "), "{refusal}");
}

#[test]
fn several_are_replaced_or_none() {
    let (folder, first) = folder();
    let (second, third) = (folder.path().join("second"), folder.path().join("third"));
    fs::set_permissions(&first, fs::Permissions::from_mode(0o640)).unwrap();
    fs::write(&third, "old").unwrap();
    let replacements = [
        Replacement { path: &first, before: Some(b"old"), after: Some(b"new") },
        Replacement { path: &second, before: None, after: Some(b"new") },
        Replacement { path: &third, before: Some(b"old"), after: Some(b"new") },
    ];
    let mut seen = Vec::new();
    let failure = all_with(&replacements, |turn| {
        if turn == 2 {
            seen = names(folder.path()).into_iter().filter(|name| !name.starts_with('.')).collect();
            fs::write(&third, "else").unwrap();
        }
    })
    .unwrap_err();
    assert_eq!(seen, ["config", "second", "third"], "the first two were written before");
    assert!(failure.message.contains("third` was changed by another program in between"), "{failure}");
    assert_eq!((fs::read_to_string(&first).unwrap().as_str(), mode(&first)), ("old", 0o640));
    assert_eq!(names(folder.path()), ["config", "third"]);
    fs::write(&third, "old").unwrap();
    all(&replacements).unwrap();
    assert!([&first, &second, &third].iter().all(|path| fs::read_to_string(path).unwrap() == "new"));
    assert_eq!(names(folder.path()), ["config", "second", "third"]);
}

#[test]
fn what_killed_processes_left_is_swept() {
    let (folder, file) = folder();
    let path = |name: &str| folder.path().join(name);
    let alive = File::create(path(".config.whycan-alive")).unwrap();
    alive.try_lock().unwrap();
    for name in [".config.whycan-dead", ".other.whycan-dead", "config.whycan-mine"] {
        fs::write(path(name), "secret").unwrap();
    }
    replace(&file, Some("old"), Some("new")).unwrap();
    assert_eq!(names(folder.path()), [".config.whycan-alive", ".other.whycan-dead", "config", "config.whycan-mine"]);
}
