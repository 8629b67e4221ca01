use std::fs;
use std::path::Path;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// A memory in a folder that is not there yet.
fn memory() -> (tempfile::TempDir, PathBuf, Memory) {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("state/whycan");
    let memory = Memory::at(Some(folder.clone()));
    (root, folder, memory)
}

#[test]
fn where_it_stands() {
    for (home, state, folder) in [
        ("/home/a", "", Some("/home/a/.local/state/whycan")),
        ("/home/a", "/state", Some("/state/whycan")),
        ("/home/a", "relative", Some("/home/a/.local/state/whycan")),
        ("", "", None),
        ("relative", "", None),
        ("", "/state", Some("/state/whycan")),
    ] {
        let variable = |name: &str| match name {
            "HOME" => Some(home.into()),
            "XDG_STATE_HOME" => Some(state.into()),
            _ => None,
        };
        assert_eq!(super::folder(variable), folder.map(PathBuf::from), "HOME={home} XDG_STATE_HOME={state}");
    }
}

#[test]
fn what_is_noted_is_recalled() {
    let (_root, folder, memory) = memory();
    assert_eq!(memory.recall(), (State::default(), Vec::new()));
    assert!(!folder.exists(), "reading makes nothing");
    assert_eq!(memory.change(|state| state.visit("dev", Some("web"), at(1))), Vec::<String>::new());
    assert_eq!(memory.change(|state| state.visit("prod", None, at(2))), Vec::<String>::new());
    let (state, notes) = memory.recall();
    assert_eq!((state.history.len(), state.history[0].context.as_str(), notes), (2, "prod", Vec::new()));
    let text = fs::read_to_string(folder.join(STATE)).unwrap();
    assert!(text.contains("\"version\": 1"), "{text}");
    #[cfg(unix)]
    for (path, mode) in [("", 0o700), (STATE, 0o600), ("lock", 0o600)] {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(folder.join(path)).unwrap().permissions().mode() & 0o777, mode, "{path}");
    }
}

#[test]
fn without_a_home_nothing_is_remembered_or_said() {
    let memory = Memory::at(None);
    assert_eq!(memory.change(|state| state.visit("dev", None, at(1))), Vec::<String>::new());
    assert_eq!(memory.recall(), (State::default(), Vec::new()));
    assert_eq!(memory.undo().unwrap_err().message, "there is nothing to undo: whycan has changed no kubeconfig");
    assert_eq!(memory.reverted(), None);
}

#[test]
fn a_file_that_is_not_ours_to_understand() {
    for (text, note, aside) in [
        ("{\"version\":2,\"history\":7}", "`STATE` was written by a newer whycan and is left alone", false),
        ("{\"version\":1,\"history\":7}", "`STATE` is not what whycan writes and was left out", true),
        ("{}", "`STATE` has no version and was left out", true),
        ("{\"version\":1", "`STATE` is no JSON and was left out", true),
    ] {
        let (_root, folder, memory) = memory();
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join(STATE);
        fs::write(&path, text).unwrap();
        let shown = |notes: Vec<String>| notes.join("|").replace(path.to_str().unwrap(), "STATE");
        let (state, notes) = memory.recall();
        assert_eq!((state, shown(notes).as_str()), (State::default(), note));
        assert_eq!(shown(memory.change(|state| state.visit("dev", None, at(1)))), note);
        let kept = if aside { folder.join("state.json.broken") } else { path.clone() };
        assert_eq!(fs::read_to_string(kept).unwrap(), text);
        assert_eq!(memory.recall().0.history.len(), usize::from(aside));
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("file"), "").unwrap();
    let memory = Memory::at(Some(root.path().join("file/whycan")));
    let notes = memory.change(|state| state.visit("dev", None, at(1)));
    assert_eq!(notes.len(), 1);
    assert!(notes[0].starts_with("this is not remembered: cannot write `"), "{}", notes[0]);
    assert_eq!(memory.recall(), (State::default(), Vec::new()));
}

#[test]
fn many_at_once_lose_nothing() {
    let (_root, _folder, memory) = memory();
    std::thread::scope(|scope| {
        for name in 0..8 {
            let memory = &memory;
            scope.spawn(move || {
                for turn in 0..5 {
                    let alias = Alias { context: "dev".to_owned(), namespace: None };
                    let notes = memory.change(|state| drop(state.aliases.insert(format!("{name}-{turn}"), alias)));
                    assert_eq!(notes, Vec::<String>::new());
                }
            });
        }
    });
    assert_eq!(memory.recall().0.aliases.len(), 40);
}

/// Writes a change of ours to a file.
fn write(memory: &Memory, path: &Path, after: &str, summary: &str) {
    let written = crate::source::kubeconfig::commit(Some(path), |files| {
        let given = &files.given[0];
        let edit = crate::kubeconfig::Edit { path: given.path.clone(), before: given.bytes.clone(), after: after.into() };
        Ok(crate::kubeconfig::Plan { edits: vec![edit], summary: summary.to_owned(), ..Default::default() })
    })
    .unwrap();
    assert_eq!(memory.keep(&written, at(1)), Vec::<String>::new());
}

#[test]
fn the_last_change_is_taken_back_once() {
    let (root, folder, memory) = memory();
    let path = root.path().join("config");
    let (old, new) = ("a: 1\nb: 2\nc: 3\n", "x: 0\na: 1\nc: 4");
    fs::write(&path, old).unwrap();
    write(&memory, &path, new, "prod becomes the current context");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(folder.join(UNDO)).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let undo = memory.plan_undo().unwrap();
    assert_eq!((undo.edits[0].after.as_slice(), undo.removed.len()), (old.as_bytes(), 0));
    assert_eq!(fs::read_to_string(&path).unwrap(), new, "a plan writes nothing");
    assert_eq!(memory.undo().unwrap(), undo);
    assert_eq!(fs::read_to_string(&path).unwrap(), old);
    let again = memory.undo().unwrap_err().message;
    assert_eq!(again, "there is nothing to undo: the last change (prod becomes the current context) was taken back already");
    assert!(folder.join(UNDO).exists());
}

#[test]
fn a_file_that_the_change_made_goes_again() {
    let (root, _folder, memory) = memory();
    let path = root.path().join("new");
    write(&memory, &path, "a: 1\n", "");
    assert_eq!(memory.undo().unwrap().removed, [path.display().to_string()]);
    assert!(!path.exists());
}

#[test]
fn what_another_has_changed_since_is_left() {
    let (root, _folder, memory) = memory();
    let path = root.path().join("config");
    fs::write(&path, "a: 1\n").unwrap();
    write(&memory, &path, "a: 2\n", "");
    fs::write(&path, "a: 2\nb: 1\n").unwrap();
    fs::File::open(&path).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
    for failure in [memory.plan_undo().unwrap_err(), memory.undo().unwrap_err()] {
        let message = format!("`{}` was changed since (at 1970-01-01 00:00:00 UTC): nothing was taken back", path.display());
        assert_eq!(failure.message, message);
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), "a: 2\nb: 1\n");
    fs::remove_file(&path).unwrap();
    assert!(memory.undo().unwrap_err().message.ends_with("no such file or directory; nothing was taken back"));
}
