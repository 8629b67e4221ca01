//! Writers of ours beside loops of `kubectl config`, which reads before it locks.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use whycan::kubeconfig::{Change, read};
use whycan::source::state::Memory;
use whycan::source::switch::Switch;

use crate::seed::cases;

const FILE: &str = "# mine
apiVersion: v1
kind: Config
current-context: a
contexts:
- name: a
  context: {cluster: c, user: u}
- name: b
  context: {cluster: c, user: u}
";

/// How many loops there are.
const LOOPS: usize = 10;

/// Lets kubectl set the server of a cluster; false where our lock, or another's, is in its way.
fn set(path: &Path, cluster: usize, value: u64) -> bool {
    let server = format!("--server=https://server-{cluster}-{value}");
    let output = Command::new("kubectl")
        .args(["config", "set-cluster", &format!("cluster-{cluster}"), &server, "--kubeconfig"])
        .arg(path)
        .output()
        .unwrap();
    output.status.success()
}

fn now(moment: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_800_000_000 + moment).unwrap()
}

/// Writes with us while loops of kubectl run; `alone` keeps the loops from undoing each other. Gives what kubectl set last.
fn beside(folder: &Path, writes: u64, alone: bool) -> Vec<u64> {
    let path = folder.join("config");
    fs::write(&path, FILE).unwrap();
    let switch = Switch::new(Some(path.clone()), Memory::at(Some(folder.join("state"))));
    let (is_over, turn) = (AtomicBool::new(false), Mutex::new(()));
    let set_last: Vec<AtomicU64> = (0..LOOPS).map(|_| AtomicU64::new(0)).collect();
    std::thread::scope(|scope| {
        for cluster in 0..LOOPS {
            let (path, is_over, turn, set_last) = (&path, &is_over, &turn, &set_last);
            scope.spawn(move || {
                for value in 1.. {
                    if is_over.load(Ordering::Relaxed) {
                        return;
                    }
                    let _turn = alone.then(|| turn.lock().unwrap());
                    if set(path, cluster, value) {
                        set_last[cluster].store(value, Ordering::Relaxed);
                    }
                }
            });
        }
        for write in 0..writes {
            let context = if write % 2 == 0 { "b" } else { "a" };
            let moment = i64::try_from(write).unwrap();
            let done = switch.make(&Change::Use(context.to_owned()), now(moment));
            let text = fs::read(&path).unwrap();
            match done {
                // kubectl empties a file before it fills it: what is seen between is its own doing
                Ok(_) if text.is_empty() => {}
                Ok(done) => assert!(done.plan.edits.is_empty() || read("/config", &text).is_ok() || is_cut(&text), "write {write}"),
                // ten of them may keep a lock among them for as long as we wait; and one that reads what another has just
                // emptied writes a file without contexts
                Err(failure) => {
                    let is_theirs = !alone && failure.message.starts_with("there is no context");
                    assert!(is_theirs || failure.message.contains("lock"), "{failure}");
                }
            }
        }
        is_over.store(true, Ordering::Relaxed);
    });
    set_last.into_iter().map(AtomicU64::into_inner).collect()
}

/// Whether a file is one that kubectl is just writing: it ends in the middle.
fn is_cut(text: &[u8]) -> bool {
    !text.ends_with(b"\n")
}

#[test]
#[ignore = "needs peers: kubectl"]
fn nothing_that_kubectl_wrote_is_undone() {
    let folder = tempfile::tempdir().unwrap();
    let last = beside(folder.path(), cases(1_500).max(40), true);
    let text = fs::read_to_string(folder.path().join("config")).unwrap();
    println!("kubectl wrote {} times beside us", last.iter().sum::<u64>());
    assert!(last.iter().sum::<u64>() > 5, "kubectl never came to write: {last:?}");
    for (cluster, value) in last.iter().enumerate().filter(|(_, value)| **value > 0) {
        assert!(text.contains(&format!("server: https://server-{cluster}-{value}\n")), "cluster-{cluster} is not at {value}:\n{text}");
    }
}

#[test]
#[ignore = "needs peers: kubectl"]
fn what_kubectl_undoes_of_ours_is_told() {
    let folder = tempfile::tempdir().unwrap();
    beside(folder.path(), cases(1_000).max(20), false);
    let path = folder.path().join("config");
    let memory = Memory::at(Some(folder.path().join("state")));
    let switch = Switch::new(Some(path.clone()), memory.clone());
    // the loops are over: what stands now stays
    let file = read("/config", &fs::read(&path).unwrap()).unwrap();
    let current = file.current_context.map(|current| current.name).unwrap_or_default();
    let wanted = memory.recall().0.history.first().map(|visit| visit.context.clone()).unwrap_or_default();
    let told = memory.reverted();
    if file.contexts.len() == 2 && ["a", "b"].contains(&current.as_str()) {
        assert_eq!(told.is_some(), current != wanted, "{current} is current, {wanted} was wanted: {told:?}");
    }
    // and one that is surely undone: kubectl puts back what it had read
    fs::write(&path, FILE).unwrap();
    switch.make(&Change::Use("b".to_owned()), now(9_000)).unwrap();
    fs::write(&path, FILE.replace("- name: a\n", "- name: a # of kubectl\n")).unwrap();
    let told = memory.reverted().unwrap();
    assert!(told.starts_with("another program has overwritten the last change of whycan"), "{told}");
    let refused = switch.plan_undo().unwrap_err();
    assert!(refused.message.contains("changed since"), "{refused}");
}
