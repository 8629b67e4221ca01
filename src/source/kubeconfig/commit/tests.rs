use super::*;
use crate::kubeconfig::Edit;

/// A list of files of a folder.
fn list(folder: &Path, names: &[&str]) -> List {
    List::just(names.iter().map(|name| folder.join(name)).collect())
}

/// A plan that gives a file of the list other bytes.
fn put(files: &Files, name: &str, after: &str) -> Plan {
    let given = files.given.iter().find(|given| given.path.ends_with(name)).unwrap();
    let edit = Edit { path: given.path.clone(), before: given.bytes.clone(), after: after.into() };
    Plan { edits: vec![edit], ..Plan::default() }
}

/// What stands in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn files_are_given_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "text").unwrap();
    let files = list(folder.path(), &["gone", "a", "nowhere/b"]).read().unwrap();
    let given: Vec<_> = files.given.iter().map(|given| (given.path.rsplit('/').next().unwrap(), given.bytes.as_deref())).collect();
    assert_eq!(given, [("gone", None), ("a", Some(b"text".as_slice())), ("b", None)]);
    assert!(files.given.iter().all(|given| Path::new(&given.path).is_absolute()));

    fs::create_dir(folder.path().join("sub")).unwrap();
    for (name, why) in [("sub", "it is a folder"), ("a/b", "not a directory")] {
        let failure = list(folder.path(), &["a", name]).read().unwrap_err();
        assert_eq!(failure.message, format!("cannot change kubeconfig `{}`: {why}", folder.path().join(name).display()));
    }
    #[cfg(unix)]
    {
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let failure = list(folder.path(), &["pipe"]).read().unwrap_err();
        assert_eq!(failure.message, format!("cannot change kubeconfig `{}`: it is no regular file", pipe.display()));
    }
}

#[test]
fn the_flag_names_one_file() {
    let here = Path::new("/here");
    for (explicit, paths, is_explicit) in [(Some("x"), ["/here/x"], true), (Some(""), ["/here/of-environment"], false)] {
        let explicit = explicit.map(Path::new);
        let variable = |name: &str| (name == "KUBECONFIG").then(|| "of-environment".into());
        let list = List::with(explicit, here, listed(explicit, variable));
        assert_eq!((list.paths, list.is_explicit), (paths.map(PathBuf::from).to_vec(), is_explicit));
    }
}

#[test]
fn a_change_is_planned_from_what_is_locked_and_written() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "old").unwrap();
    let written = list(folder.path(), &["a", "b", "nowhere/c"])
        .commit(Duration::ZERO, |files| {
            assert_eq!(names(folder.path()), ["a", "a.lock", "b.lock"], "no folder is made for what is only read");
            Ok(put(files, "a", "new"))
        })
        .unwrap();
    assert_eq!(written.plan.edits.len(), 1);
    assert_eq!(fs::read_to_string(folder.path().join("a")).unwrap(), "new");
    assert_eq!(names(folder.path()), ["a"]);
}

#[test]
fn a_new_file_gets_its_folders() {
    let folder = tempfile::tempdir().unwrap();
    let list = list(folder.path(), &["x/y/config"]);
    list.commit(Duration::ZERO, |files| Ok(put(files, "config", "new"))).unwrap();
    assert_eq!(names(&folder.path().join("x/y")), ["config"]);
    #[cfg(unix)]
    for (path, mode) in [("x", 0o755), ("x/y", 0o755), ("x/y/config", 0o600)] {
        use std::os::unix::fs::PermissionsExt as _;
        let found = fs::metadata(folder.path().join(path)).unwrap().permissions().mode();
        assert_eq!(found & 0o7777 & !0o22, mode & !0o22, "{path}");
    }
}

#[test]
fn a_failure_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "old").unwrap();
    let refused = list(folder.path(), &["a"]).commit(Duration::ZERO, |_| Err(Failure::failed("no such context"))).unwrap_err();
    assert_eq!(refused.message, "no such context");
    let stranger = list(folder.path(), &["a"])
        .commit(Duration::ZERO, |files| {
            let mut plan = put(files, "a", "new");
            plan.edits[0].path = "/elsewhere".to_owned();
            Ok(plan)
        })
        .unwrap_err();
    assert!(stranger.message.starts_with("kubeconfig `/elsewhere` is not among those"), "{stranger}");
    // made in between by another program
    let raced = list(folder.path(), &["x/b"])
        .commit(Duration::ZERO, |files| {
            let plan = put(files, "b", "new");
            fs::create_dir(folder.path().join("x")).unwrap();
            fs::write(folder.path().join("x/b"), "theirs").unwrap();
            Ok(plan)
        })
        .unwrap_err();
    assert!(raced.message.ends_with("nothing was written"), "{raced}");
    assert_eq!(fs::read_to_string(folder.path().join("x/b")).unwrap(), "theirs");
    fs::remove_dir_all(folder.path().join("x")).unwrap();
    let late = list(folder.path(), &["new/b"])
        .commit(Duration::ZERO, |files| {
            let mut plan = put(files, "b", "new");
            plan.edits[0].before = Some(b"something".to_vec());
            Ok(plan)
        })
        .unwrap_err();
    assert!(late.message.contains("was changed by another program"), "{late}");
    assert_eq!((names(folder.path()), fs::read_to_string(folder.path().join("a")).unwrap().as_str()), (vec!["a".to_owned()], "old"));
}

#[test]
fn what_was_shown_is_written_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    fs::write(&path, "old").unwrap();
    let shown = put(&files(Some(&path)).unwrap(), "a", "new");
    fs::write(&path, "theirs").unwrap();
    let failure = commit(Some(&path), |files| unchanged(files, &shown).map(|()| shown.clone())).unwrap_err();
    assert_eq!(failure.message, format!("kubeconfig `{}` has changed since the change was shown: nothing was written", path.display()));
    assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
    fs::write(&path, "old").unwrap();
    commit(Some(&path), |files| unchanged(files, &shown).map(|()| shown.clone())).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
}
