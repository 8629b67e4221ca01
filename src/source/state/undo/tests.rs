use std::fmt::Write as _;

use super::*;

/// A change of a file from one text to another.
fn last(path: &str, before: Option<&str>, after: &str) -> Last {
    let edit = Edit { path: path.to_owned(), before: before.map(Into::into), after: after.into() };
    let plan = Plan { edits: vec![edit], summary: "done".to_owned(), ..Plan::default() };
    Last::of(&plan, Timestamp::from_second(0).unwrap())
}

#[test]
fn every_change_can_be_taken_back() {
    let texts = ["", "a", "a\n", "a\nb\n", "b\na\n", "a\r\nb\r\n", "a\nb\na\nb\nc", "\n\n\n", "\u{feff}a\nb\n", "c\nb\na\nb\n"];
    for before in texts {
        for after in texts {
            let last = last("/x", Some(before), after);
            assert_eq!(last.files[0].before(after.as_bytes()).as_deref(), Some(before.as_bytes()), "{before:?} to {after:?}");
            let record = serde_json::to_string(&last).unwrap();
            let read: Last = serde_json::from_str(&record).unwrap();
            assert!(read.files[0].before(after.as_bytes()).is_some());
        }
    }
    let bytes = [0xff, b'\n', 0xfe];
    let edit = Edit { path: "/x".to_owned(), before: Some(bytes.to_vec()), after: b"a\n".to_vec() };
    let last = Last::of(&Plan { edits: vec![edit], ..Plan::default() }, Timestamp::from_second(0).unwrap());
    assert_eq!(last.files[0].before(b"a\n"), Some(bytes.to_vec()));
}

#[test]
fn only_what_changed_is_kept() {
    let mut before = "current-context: dev\nusers:\n".to_owned();
    for number in 0..2000 {
        writeln!(before, "- {{name: u{number}, user: {{token: hunter{number}}}}}").unwrap();
    }
    let record = serde_json::to_string(&last("/x", Some(&before), &before.replace(": dev", ": prod"))).unwrap();
    assert!(record.len() < 700, "{record}");
    assert!(!record.contains(&STANDARD.encode("hunter")), "{record}");
}

#[test]
fn a_record_that_does_not_fit_is_damaged() {
    let mut damaged = last("/x", Some("a\nb\n"), "a\nc\n");
    assert_eq!(damaged.files[0].before(b"a\nd\n"), None);
    damaged.files[0].pieces[0].offset = 99;
    assert_eq!(damaged.files[0].before(b"a\nc\n"), None);
}

#[test]
fn what_another_program_put_back_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config").display().to_string();
    let dev = "current-context: dev\ncontexts:\n- {name: dev, context: {cluster: c}}\n- {name: old, context: {cluster: c}}\n";
    let prod = dev.replace("current-context: dev", "current-context: prod");
    let named = dev.replace("name: old", "name: new");
    let spaced = dev.replace("{name: dev, context: {cluster: c}}", "{name: dev, context: {cluster: c, namespace: web}}");
    let secret = format!("{dev}users: [{{name: u, user: {{token: hunter2}}}}]\n");
    let at = "another program has overwritten the last change of whycan (1970-01-01 00:00:00 UTC): FILE has";
    for (before, after, now, told) in [
        (dev, prod.as_str(), prod.as_str(), None),
        (dev, &prod, dev, Some("current-context dev again, not current-context prod")),
        // kubectl writes it anew from what it had read
        (dev, &prod, "contexts: []\ncurrent-context: \"dev\"\nkind: Config\n", Some("current-context dev again, not current-context prod")),
        // elsewhere by now: that is no loss
        (dev, &prod, "current-context: third\n", None),
        ("", &prod, "contexts: []\n", Some("no context dev again, not context dev, and 2 more of that change")),
        (dev, &named, dev, Some("no context new again, not context new, and 1 more of that change")),
        (dev, &spaced, dev, Some("no namespace of context dev again, not namespace of context dev web")),
        (&secret, dev, &secret, Some("user u again, not no user u")),
        (dev, &prod, "]", None),
        (dev, &spaced, "]", None),
    ] {
        fs::write(&path, now).unwrap();
        let reverted = last(&path, Some(before), after).reverted().map(|sentence| sentence.replace(&path, "FILE"));
        assert_eq!(reverted, told.map(|told| format!("{at} {told}")), "{before:?} {after:?} {now:?}");
        assert!(!reverted.unwrap_or_default().contains("hunter2"));
    }
}
