//! Any text, any change: it comes to what is meant or is refused, and nothing panics.

use proptest::prelude::*;

use super::put::{WHOLE, put};
use super::*;

/// Lines of kubeconfigs and of what is none.
fn line() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "contexts:\n",
        "- name: a\n",
        "  context:\n",
        "    namespace: x\n",
        "    user: u # c\n",
        "- context: {cluster: c}\n",
        "  name: b\n",
        "current-context: a\n",
        "current-context:\n",
        "users: []\n",
        "# comment\n",
        "\n",
        "  - name: a\n",
        "    context: ~\n",
        "x: &x\n",
        "  <<: *x\n",
        "- *x\n",
        "-\n",
        "- - a\n",
        "? contexts\n",
        ": - name: a\n",
        "contexts: [{name: a}, {name: b}]\n",
        "contexts: [\n",
        "]\n",
        "{",
        "}",
        "\"name\": \"a\",",
        "---\n",
        "...\n",
        "  name: |\n",
        "    a\n",
        "  name: >-\n",
        "\t",
        "  name: \"b\n",
        "\"\n",
        "'",
        "\r\n",
        "é",
        "\u{85}",
        "- &x {name: a}\n",
        "  name: !!str b\n",
        "    cluster: |+\n      c\n\n",
    ])
}

/// A kubeconfig with lines put into it, or made of such lines alone.
fn kubeconfig() -> impl Strategy<Value = String> {
    let alone = prop::collection::vec(line(), 0..12).prop_map(|lines| lines.concat());
    let mixed = prop::collection::vec((0..24_usize, line()), 0..3).prop_map(|new| {
        let mut lines: Vec<&str> = ONE.split_inclusive('\n').collect();
        for (at, line) in new {
            lines.insert(at.min(lines.len()), line);
        }
        lines.concat()
    });
    prop_oneof![alone, mixed]
}

fn changes() -> impl Strategy<Value = Change> {
    let name = prop::sample::select(vec!["a", "b", "c", "a: b", "yes", "", "é\n"]);
    (0..5_usize, name.clone(), name, any::<bool>()).prop_map(|(kind, one, other, flag)| match kind {
        0 => make_current(one),
        1 => namespace(flag.then_some(one), Some(other)),
        2 => rename(one, other),
        3 => delete(one, flag),
        _ => Change::Put(Box::new(Put { context: one.to_owned(), cluster: other.to_owned(), user: other.to_owned(), ..put("/1", flag) })),
    })
}

/// Name, cluster, user and namespace of a context.
type Fields = (String, String, String, Option<String>);

/// What is read of a text, without places.
fn names(bytes: &[u8]) -> (Option<String>, Vec<Fields>) {
    let file = crate::kubeconfig::read("/1", bytes).unwrap();
    let contexts = file.contexts.into_iter().map(|context| (context.name, context.cluster, context.user, context.namespace));
    (file.current_context.map(|current| current.name), contexts.collect())
}

/// What differs between two texts: all between what they begin and end with alike.
fn middle<'a>(before: &'a [u8], after: &'a [u8]) -> (String, String) {
    let start = before.iter().zip(after).take_while(|(one, other)| one == other).count();
    let (before, after) = (&before[start..], &after[start..]);
    let end = before.iter().rev().zip(after.iter().rev()).take_while(|(one, other)| one == other).count();
    let text = |bytes: &[u8]| String::from_utf8_lossy(&bytes[..bytes.len() - end]).into_owned();
    (text(before), text(after))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_edit_comes_to_what_is_meant_or_is_refused(text in kubeconfig(), change in changes()) {
        let Ok(plan) = plan(&files(&[&text]), &change) else { return Ok(()) };
        let Some(edit) = plan.edits.first() else { return Ok(()) };
        let ((old_current, mut contexts), (current, new)) = (names(text.as_bytes()), names(&edit.after));
        let mut wanted = old_current.clone();
        match &change {
            Change::Use(name) => wanted = Some(name.clone()),
            Change::Namespace { context, namespace } => {
                let name = context.clone().or(old_current).unwrap();
                contexts.iter_mut().find(|context| context.0 == name).unwrap().3 = namespace.clone().filter(|text| !text.is_empty());
            }
            Change::Rename { from, to } => {
                contexts.iter_mut().find(|context| context.0 == *from).unwrap().0 = to.clone();
                if old_current.as_ref() == Some(from) {
                    wanted = Some(to.clone());
                }
            }
            Change::Delete { context, .. } => contexts.retain(|other| other.0 != *context),
            Change::Put(put) => {
                let own = (put.context.clone(), put.cluster.clone(), put.user.clone(), None);
                match contexts.iter_mut().find(|context| context.0 == put.context) {
                    Some(context) => *context = own,
                    None => contexts.push(own),
                }
                if put.makes_current {
                    wanted = Some(put.context.clone()).filter(|name| !name.is_empty());
                }
            }
        }
        prop_assert_eq!((current, new), (wanted, contexts));
        // one value or one key changes, and every byte before and behind stays
        if matches!(change, Change::Use(_) | Change::Namespace { .. }) {
            let (gone, come) = middle(text.as_bytes(), &edit.after);
            prop_assert!(gone.lines().count() <= 4 && come.lines().count() <= 4, "{:?} becomes {:?}", gone, come);
        }
        let shown = edit.diff();
        prop_assert!(shown.starts_with("--- /1\n+++ /1\n@@ "), "{}", shown);
        prop_assert_eq!(edit.changed_lines().is_empty(), !shown.lines().skip(2).any(|line| line.starts_with('+')));
    }

    #[test]
    fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..80), cut in 0..900_usize, change in changes()) {
        let cut = WHOLE.get(..cut).unwrap_or(WHOLE);
        for bytes in [bytes.as_slice(), cut.as_bytes(), &[cut.as_bytes(), &bytes].concat()] {
            let files = Files { given: vec![Given { path: "/1".to_owned(), bytes: Some(bytes.to_vec()) }], is_explicit: false };
            if let Ok(plan) = plan(&files, &change) {
                plan.edits.iter().for_each(|edit| drop(edit.diff()));
            }
            let edit = Edit { path: "/1".to_owned(), before: Some(bytes.to_vec()), after: cut.as_bytes().to_vec() };
            drop((edit.diff(), edit.changed_lines()));
        }
    }
}
