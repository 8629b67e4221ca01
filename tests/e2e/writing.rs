//! Kubeconfigs written by processes that are killed, and by many at once.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::seed::{Random, cases};

/// Two hundred contexts, so that writing takes a while.
fn file() -> String {
    let contexts = (0..200).fold(String::new(), |text, number| {
        text + &format!("- context: # number {number}\n    cluster: c\n    user: u\n  name: c{number}\n")
    });
    format!(
        "# mine\napiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts:\n- {{name: a}}\n- {{name: b}}\n{contexts}clusters: []\nusers: []\n"
    )
}

fn start(folder: &Path, words: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whycan"));
    command
        .args(words)
        .env_clear()
        .env("HOME", folder)
        .env("XDG_STATE_HOME", folder.join("state"))
        .env("KUBECONFIG", folder.join("config"));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn a_writer_that_is_killed_leaves_the_old_file_or_the_new_one_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    let of = |context: &str| file().replace("current-context: a\n", &format!("current-context: {context}\n"));
    fs::write(&path, of("a")).unwrap();
    // how long one takes here that is let be
    let began = Instant::now();
    let mut child = start(folder.path(), &["context", "use", "b"]);
    child.wait().unwrap();
    let whole = usize::try_from(began.elapsed().as_micros()).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), of("b"));
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    // a process each: all of them only where all is asked for
    let total = if cases(300) == 300 { 300 } else { 40 };
    for case in 0..total {
        let mut random = Random::of_case("killed", case);
        let before = fs::read_to_string(&path).unwrap();
        let target = if before == of("a") { "b" } else { "a" };
        let mut child = start(folder.path(), &["context", "use", target]);
        std::thread::sleep(Duration::from_micros((whole / 3 + random.below(whole)) as u64));
        let _ = child.kill();
        child.wait().unwrap();
        let after = fs::read_to_string(&path).unwrap();
        assert!(after == before || after == of(target), "case {case}: neither the old nor the new file, but:\n{after}");
        *counts.entry(if after == before { "old" } else { "new" }).or_default() += 1;
    }
    println!("{total} writers killed: {counts:?}");
    assert_eq!(counts.len(), 2, "all were killed too early, or too late: {counts:?}");
    // whatever they left, the next one writes, and clears away
    let target = if fs::read_to_string(&path).unwrap() == of("a") { "b" } else { "a" };
    let output = start(folder.path(), &["context", "use", target]).wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(fs::read_to_string(&path).unwrap(), of(target));
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "config and state alone: {left:?}");
}

#[test]
fn ten_writers_at_once_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    for round in 0..3 {
        fs::write(&path, file()).unwrap();
        let children: Vec<Child> =
            (0..10).map(|writer| start(folder.path(), &["context", "rename", &format!("c{writer}"), &format!("new{writer}")])).collect();
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "round {round}: {}", String::from_utf8_lossy(&output.stderr));
        }
        let expected =
            (0..10).fold(file(), |text, writer| text.replace(&format!("  name: c{writer}\n"), &format!("  name: new{writer}\n")));
        assert_eq!(fs::read_to_string(&path).unwrap(), expected, "round {round}");
    }
}
