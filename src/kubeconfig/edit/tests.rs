use super::*;

const ONE: &str = "\
# mine
apiVersion: v1
kind: Config
current-context: a   # for now
clusters:
- cluster:
    server: https://s  # here
  name: c
contexts:
# the first
- context:
    cluster: c
    user: u
  name: a
# the second
- context: {cluster: c, user: v, namespace: \"web\"}
  name: 'b'
users:
- name: u
  user: {token: secret}
- name: v
  user:
    token: |
      secret
";

fn files(texts: &[&str]) -> Files {
    let given = texts
        .iter()
        .enumerate()
        .map(|(index, text)| Given { path: format!("/{}", index + 1), bytes: (*text != "-").then(|| text.as_bytes().to_vec()) });
    Files { given: given.collect(), is_explicit: false }
}

fn change(texts: &[&str], change: &Change) -> Plan {
    plan(&files(texts), change).unwrap_or_else(|failure| panic!("{failure} {:?}", failure.hints))
}

/// The lines that go, with `-`, and those that come, with `+`.
fn lines(edit: &Edit) -> Vec<String> {
    let before = String::from_utf8(edit.before.clone().unwrap_or_default()).unwrap();
    let after = String::from_utf8(edit.after.clone()).unwrap();
    let diff = similar::TextDiff::from_lines(before.as_str(), after.as_str());
    diff.iter_all_changes()
        .filter(|change| change.tag() != similar::ChangeTag::Equal)
        .map(|change| format!("{}{}", change.tag(), change.value()))
        .collect()
}

/// Of one file, what changes.
fn diff(text: &str, wanted: &Change) -> Vec<String> {
    let plan = change(&[text], wanted);
    plan.edits.first().map(lines).unwrap_or_default()
}

fn make_current(name: &str) -> Change {
    Change::Use(name.to_owned())
}

fn namespace(context: Option<&str>, namespace: Option<&str>) -> Change {
    Change::Namespace { context: context.map(str::to_owned), namespace: namespace.map(str::to_owned) }
}

fn rename(from: &str, to: &str) -> Change {
    Change::Rename { from: from.to_owned(), to: to.to_owned() }
}

fn delete(context: &str, with_unused: bool) -> Change {
    Change::Delete { context: context.to_owned(), with_unused }
}

#[test]
fn one_line_changes_and_no_more() {
    for (wanted, changed) in [
        (make_current("b"), &["-current-context: a   # for now\n", "+current-context: b   # for now\n"][..]),
        (make_current("a"), &[]),
        (namespace(None, Some("x y")), &["+    namespace: x y\n"]),
        (
            namespace(Some("b"), Some("api")),
            &["-- context: {cluster: c, user: v, namespace: \"web\"}\n", "+- context: {cluster: c, user: v, namespace: \"api\"}\n"],
        ),
        (namespace(Some("b"), None), &["-- context: {cluster: c, user: v, namespace: \"web\"}\n", "+- context: {cluster: c, user: v}\n"]),
        (namespace(Some("a"), None), &[]),
        (
            rename("a", "yes"),
            &["-current-context: a   # for now\n", "+current-context: 'yes'   # for now\n", "-  name: a\n", "+  name: 'yes'\n"],
        ),
        (rename("b", "it's"), &["-  name: 'b'\n", "+  name: 'it''s'\n"]),
        (delete("a", false), &["-- context:\n", "-    cluster: c\n", "-    user: u\n", "-  name: a\n"]),
        (
            delete("b", true),
            &[
                "-- context: {cluster: c, user: v, namespace: \"web\"}\n",
                "-  name: 'b'\n",
                "-- name: v\n",
                "-  user:\n",
                "-    token: |\n",
                "-      secret\n",
            ],
        ),
    ] {
        assert_eq!(diff(ONE, &wanted), changed, "{wanted:?}");
        let windows = ONE.replace('\n', "\r\n");
        let changed: Vec<String> = changed.iter().map(|line| line.replace('\n', "\r\n")).collect();
        assert_eq!(diff(&windows, &wanted), changed, "{wanted:?} with CRLF");
    }
}
