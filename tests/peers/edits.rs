//! Edits compared with kubectl's: the same refusals, the same files, the same result as kubectl reads it, and no line more.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use whycan::kubeconfig::edit::plan;
use whycan::kubeconfig::{Change, Files, Given};

use crate::kubeconfigs::{One, name, set};
use crate::merged::{check, kubectl, shown, view, write};
use crate::seed::{Random, cases};

/// What came of the cases.
#[derive(Debug, Default)]
struct Counts {
    edited: AtomicU64,
    nothing: AtomicU64,
    refused: AtomicU64,
    /// kubectl makes a context, and a file, where there is none of the name; we refuse it.
    made: AtomicU64,
    /// The way a file is written leaves us no safe way, where kubectl writes it anew.
    unsafe_: AtomicU64,
}

#[test]
#[ignore = "needs peers: kubectl"]
fn edits_come_to_what_kubectls_come_to() {
    let count = cases(500);
    let counts = Counts::default();
    let wrong = check(count, |number| {
        let mut random = Random::of_case("edits", number);
        let set = set(&mut random);
        let is_explicit = random.percent(25);
        let change = change(&mut random, &set);
        case(&set, is_explicit, &change, &counts)
            .map_err(|difference| format!("{change:?} (--kubeconfig: {is_explicit}): {difference}\n{}", shown(&set)))
    });
    println!("{count} edits: {counts:?}");
    assert_eq!(wrong, Vec::<String>::new());
    let [edited, nothing, refused, unsafe_] = [counts.edited, counts.nothing, counts.refused, counts.unsafe_].map(AtomicU64::into_inner);
    assert!(edited * 3 > count && nothing > 0 && refused > 0, "the cases are of one sort");
    assert!(unsafe_ * 50 < count, "{unsafe_} of {count} edits are refused by us alone");
}

/// A change, most often of a context that is there.
fn change(random: &mut Random, set: &[One]) -> Change {
    let files = set.iter().filter_map(|one| whycan::kubeconfig::read("/f", one.bytes.as_ref()?).ok());
    let merged = whycan::kubeconfig::merge(files.collect());
    let context = |random: &mut Random| {
        let contexts = merged.contexts();
        if contexts.is_empty() || random.percent(10) { name(random) } else { contexts[random.below(contexts.len())].name.clone() }
    };
    match random.below(10) {
        0..3 => Change::Use(context(random)),
        3..5 => {
            let context = if random.percent(30) { None } else { Some(context(random)) };
            let namespace = if random.percent(25) { None } else { Some(name(random)) };
            Change::Namespace { context, namespace }
        }
        5..8 => {
            // the current one more often than chance has it
            let current = merged.current_context().filter(|_| random.percent(40)).map(str::to_owned);
            let from = current.unwrap_or_else(|| context(random));
            Change::Rename { from, to: if random.percent(10) { String::new() } else { name(random) } }
        }
        _ => Change::Delete { context: context(random), with_unused: false },
    }
}

/// The same as kubectl's arguments; the names stand behind `--`.
fn arguments(change: &Change) -> Vec<String> {
    let line: Vec<&str> = match change {
        Change::Use(name) => vec!["use-context", "--", name],
        Change::Namespace { context: None, .. } => vec!["set-context", "--current"],
        Change::Namespace { context: Some(context), .. } => vec!["set-context", "--", context],
        Change::Rename { from, to } => vec!["rename-context", "--", from, to],
        Change::Delete { context, .. } => vec!["delete-context", "--", context],
        Change::Put(_) => unreachable!("kubectl has no such command"),
    };
    let mut line: Vec<String> = std::iter::once("config").chain(line).map(str::to_owned).collect();
    if let Change::Namespace { namespace, .. } = change {
        line.insert(2, format!("--namespace={}", namespace.as_deref().unwrap_or_default()));
    }
    line
}

fn case(set: &[One], is_explicit: bool, change: &Change, counts: &Counts) -> Result<(), String> {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (ours, theirs) = (write(here.path(), set), write(there.path(), set));
    let listed = if is_explicit { &ours[..1] } else { &ours[..] };
    let given = listed.iter().map(|path| Given { path: path.to_str().unwrap().to_owned(), bytes: fs::read(path).ok() });
    let planned = plan(&Files { given: given.collect(), is_explicit }, change);
    let arguments = arguments(change);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = kubectl(there.path(), &theirs, is_explicit, &arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let planned = match (planned, output.status.success()) {
        (Err(_), false) => {
            counts.refused.fetch_add(1, Ordering::Relaxed);
            return Ok(());
        }
        (Err(failure), true) => {
            let kind = match change {
                _ if failure.message.starts_with("cannot edit kubeconfig") => {
                    println!("refused by us alone: {failure}");
                    &counts.unsafe_
                }
                Change::Namespace { .. } if failure.message.contains("there is no") => &counts.made,
                _ => return Err(format!("we refuse it: {failure}")),
            };
            kind.fetch_add(1, Ordering::Relaxed);
            return Ok(());
        }
        (Ok(_), false) => return Err(format!("kubectl refuses it: {said}")),
        (Ok(planned), true) => planned,
    };
    for edit in &planned.edits {
        fs::write(&edit.path, &edit.after).unwrap();
        lines_are_kept(edit.before.as_deref().unwrap_or_default(), &edit.after, change)?;
    }
    let kind = if planned.edits.is_empty() { &counts.nothing } else { &counts.edited };
    kind.fetch_add(1, Ordering::Relaxed);
    let changed = |folder: &Path| -> BTreeSet<&str> {
        set.iter().filter(|one| fs::read(folder.join(one.path)).ok() != one.bytes).map(|one| one.path).collect()
    };
    let (our_files, their_files) = (changed(here.path()), changed(there.path()));
    if our_files != their_files {
        return Err(format!("we change {our_files:?}, kubectl {their_files:?}"));
    }
    // both results as kubectl reads them
    let (our_view, their_view) = (view(here.path(), &ours, is_explicit), view(there.path(), &theirs, is_explicit));
    if our_view != their_view || our_view.is_none() {
        return Err(format!("ours comes to {our_view:?}, kubectl's to {their_view:?}"));
    }
    Ok(())
}

/// The lines that change are few, comments stay but on lines that go, and every line ends as before.
fn lines_are_kept(before: &[u8], after: &[u8], change: &Change) -> Result<(), String> {
    let text = |bytes: &[u8]| {
        if bytes.starts_with(b"\xff\xfe") {
            let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            return String::from_utf16(&units).unwrap();
        }
        String::from_utf8(bytes.to_vec()).unwrap()
    };
    let (before, after) = (text(before), text(after));
    if before.contains("\r\n") && after.replace("\r\n", "").contains('\n') {
        return Err(format!("lines end otherwise than before: {after:?}"));
    }
    let diff = similar::TextDiff::from_lines(before.as_str(), after.as_str());
    let count = |tag| diff.iter_all_changes().filter(|change| change.tag() == tag).count();
    let (gone, come) = (count(similar::ChangeTag::Delete), count(similar::ChangeTag::Insert));
    // a value may have been a block of two lines or three, and an unfinished last line begins another
    let (most_gone, most_come) = match change {
        Change::Use(_) => (3, 2),
        Change::Namespace { .. } => (4, 4),
        Change::Rename { .. } => (6, 4),
        _ => (30, 2),
    };
    if gone > most_gone || come > most_come {
        return Err(format!("{gone} lines go and {come} come: {after:?}"));
    }
    let notes = |text: &str| -> BTreeSet<String> {
        text.lines().filter_map(|line| Some(line.split_once("# note ")?.1.trim_end().to_owned())).collect()
    };
    let lost = notes(&before).difference(&notes(&after)).count();
    let most_lost = if matches!(change, Change::Delete { .. }) { gone } else { 1 };
    if lost > most_lost { Err(format!("{lost} comments are lost: {after:?}")) } else { Ok(()) }
}
