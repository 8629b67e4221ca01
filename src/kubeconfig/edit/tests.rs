mod generated;
mod put;

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

/// What becomes of a text.
fn after(text: &str, wanted: &Change) -> Result<String, String> {
    match plan(&files(&[text]), wanted) {
        Ok(plan) => Ok(plan.edits.first().map_or_else(|| text.to_owned(), |edit| String::from_utf8(edit.after.clone()).unwrap())),
        Err(failure) => Err(failure.message),
    }
}

#[test]
fn every_way_to_write_a_file_is_kept() {
    let with = |head: &str| format!("{head}contexts: [{{name: a}}, {{name: b}}]\n");
    for (text, wanted, expected) in [
        // current-context, added where the alphabet has it, or behind what there is
        (with(""), make_current("a"), with("current-context: a\n").replacen("current-context: a\ncontexts: [{name: a}, {name: b}]\n", "contexts: [{name: a}, {name: b}]\ncurrent-context: a\n", 1)),
        (with("apiVersion: v1\nkind: Config\n"), make_current("a"), with("apiVersion: v1\ncurrent-context: a\nkind: Config\n")),
        (with("# head\nkind: Config\n"), make_current("a"), with("# head\ncurrent-context: a\nkind: Config\n")),
        (with("kind: Config # k\n").trim_end().to_owned(), make_current("a"), with("current-context: a\nkind: Config # k\n").trim_end().to_owned()),
        (with("").trim_end().to_owned(), make_current("a"), format!("{}\ncurrent-context: a", with("").trim_end())),
        // null in every spelling
        (with("current-context:\n"), make_current("a"), with("current-context: a\n")),
        (with("current-context: # none\n"), make_current("a"), with("current-context: a # none\n")),
        (with("current-context: ~ # none\n"), make_current("a"), with("current-context: a # none\n")),
        (with("current-context: ''\n"), make_current("a"), with("current-context: 'a'\n")),
        (with("current-context: &x\n"), make_current("a"), with("current-context: &x a\n")),
        (with("current-context: !!null\n"), make_current("a"), with("current-context: a\n")),
        // every style of scalar
        (with("current-context: \"b\"\n"), make_current("a"), with("current-context: \"a\"\n")),
        (with("current-context: |-\n  b\n# c\n"), make_current("a"), with("current-context: a\n# c\n")),
        (with("current-context: >- # c\n  b\n\n"), make_current("a"), with("current-context: a\n\n")),
        (with("current-context:\n  b\n"), make_current("a"), with("current-context:\n  a\n")),
        (with("current-context: b\n  b\n"), make_current("a"), with("current-context: a\n")),
        (with("current-context: !!str b\n"), make_current("a"), with("current-context: a\n")),
        (with("\"current-context\" : b\n"), make_current("a"), with("\"current-context\" : a\n")),
        (with("? current-context\n: b\n"), make_current("a"), with("? current-context\n: a\n")),
        // the last of two counts
        (with("current-context: b\ncurrent-context: b\n"), make_current("a"), with("current-context: b\ncurrent-context: a\n")),
        // documents: the first counts
        (with("%YAML 1.1\n---\n") + "---\ncurrent-context: b\n", make_current("a"), with("%YAML 1.1\n---\n") + "current-context: a\n---\ncurrent-context: b\n"),
        (with("") + "...\n", make_current("a"), with("") + "current-context: a\n...\n"),
        // JSON, on one line and on many
        ("{\"contexts\":[{\"name\":\"a\"}]}".to_owned(), make_current("a"), "{\"contexts\":[{\"name\":\"a\"}], \"current-context\": \"a\"}".to_owned()),
        (
            "{\n    \"kind\": \"Config\",\n    \"contexts\": [\n        {\n            \"name\": \"a\"\n        }\n    ]\n}\n".to_owned(),
            make_current("a"),
            "{\n    \"current-context\": \"a\",\n    \"kind\": \"Config\",\n    \"contexts\": [\n        {\n            \"name\": \"a\"\n        }\n    ]\n}\n".to_owned(),
        ),
        (
            "{\n    \"contexts\": [\n        {\n            \"name\": \"a\"\n        }\n    ]\n}\n".to_owned(),
            namespace(Some("a"), Some("web")),
            "{\n    \"contexts\": [\n        {\n            \"context\": {\"namespace\": \"web\"},\n            \"name\": \"a\"\n        }\n    ]\n}\n".to_owned(),
        ),
        (
            "{\"contexts\": [{\"name\": \"a\"}, {\"name\": \"b\"}]}".to_owned(),
            delete("b", false),
            "{\"contexts\": [{\"name\": \"a\"}]}".to_owned(),
        ),
        (
            "contexts: [\n  {name: a}, # one\n  {name: b}, # two\n]\n".to_owned(),
            delete("b", false),
            "contexts: [\n  {name: a} # one\n  , # two\n]\n".to_owned(),
        ),
        // a context in every shape
        ("contexts:\n- name: a\n".to_owned(), namespace(Some("a"), Some("web")), "contexts:\n- context:\n    namespace: web\n  name: a\n".to_owned()),
        ("contexts:\n- name: a\n  context:\n".to_owned(), namespace(Some("a"), Some("web")), "contexts:\n- name: a\n  context:\n    namespace: web\n".to_owned()),
        ("contexts:\n- name: a\n  context: # c\n".to_owned(), namespace(Some("a"), Some("web")), "contexts:\n- name: a\n  context: # c\n    namespace: web\n".to_owned()),
        ("contexts:\n- name: a\n  context: {}\n".to_owned(), namespace(Some("a"), Some("web")), "contexts:\n- name: a\n  context: {namespace: web}\n".to_owned()),
        ("contexts:\n- name: a\n  context: ~\n".to_owned(), namespace(Some("a"), Some("web")), "contexts:\n- name: a\n  context:\n    namespace: web\n".to_owned()),
        (
            "contexts:\n- name: a\n  context:\n    # c\n    user: u\n    # d\n".to_owned(),
            namespace(Some("a"), Some("web")),
            "contexts:\n- name: a\n  context:\n    # c\n    namespace: web\n    user: u\n    # d\n".to_owned(),
        ),
        (
            "contexts:\n- name: a\n  context:\n    cluster: |\n      c\n    user: u\n".to_owned(),
            namespace(Some("a"), Some("web")),
            "contexts:\n- name: a\n  context:\n    cluster: |\n      c\n    namespace: web\n    user: u\n".to_owned(),
        ),
        (
            "contexts:\n- name: a\n  context:\n    namespace: x # c\n".to_owned(),
            namespace(Some("a"), None),
            "contexts:\n- name: a\n  context: {}\n".to_owned(),
        ),
        (
            "contexts:\n- name: a\n  context:\n    namespace: x\n    user: u\n    namespace: z\n".to_owned(),
            namespace(Some("a"), None),
            "contexts:\n- name: a\n  context:\n    user: u\n".to_owned(),
        ),
        ("contexts: [{name: a, context: {namespace: x}}]\n".to_owned(), namespace(Some("a"), None), "contexts: [{name: a, context: {}}]\n".to_owned()),
        // lists that become empty, or begin and end in odd ways
        ("contexts: # c\n- name: a\n# d\nusers: []\n".to_owned(), delete("a", false), "contexts: [] # c\n# d\nusers: []\n".to_owned()),
        ("contexts: [{name: a},]\n".to_owned(), delete("a", false), "contexts: []\n".to_owned()),
        ("contexts:\n  - name: a\n  -\n  - name: b".to_owned(), delete("b", false), "contexts:\n  - name: a\n  -\n".to_owned()),
        ("contexts:\n-\n- name: a\n".to_owned(), delete("a", false), "contexts:\n-\n".to_owned()),
        ("? contexts\n: - name: a\n  - name: b\n".to_owned(), delete("a", false), "? contexts\n: - name: b\n".to_owned()),
        ("contexts:\n-   # c\n  name: a\n- name: b\n".to_owned(), delete("a", false), "contexts:\n- name: b\n".to_owned()),
        // what stands behind aliases, where that can be told
        ("x: &x {name: a}\ncontexts: [*x, {name: b}]\n".to_owned(), delete("a", false), "x: &x {name: a}\ncontexts: [{name: b}]\n".to_owned()),
        ("contexts:\n- &x {name: a}\n- name: b\n  y: *x\n".to_owned(), rename("b", "c"), "contexts:\n- &x {name: a}\n- name: c\n  y: *x\n".to_owned()),
        // next line, and what is no ASCII
        ("contexts: [{name: é}] # é\u{85}kind: Config\u{85}".to_owned(), rename("é", "名 前"), "contexts: [{name: 名 前}] # é\u{85}kind: Config\u{85}".to_owned()),
    ] {
        assert_eq!(after(&text, &wanted).as_ref(), Ok(&expected), "{text:?} {wanted:?}");
    }
}

#[test]
fn what_leaves_no_safe_way_is_refused() {
    for (text, wanted, message) in [
        (
            "x: &x a\ncontexts: [{name: a}, {name: b}]\ncurrent-context: *x\n",
            make_current("b"),
            "3: what is to be changed is an alias, and stands elsewhere",
        ),
        (
            "contexts: [{name: a}, {name: b}]\ncurrent-context: &x a\nx: *x\n",
            make_current("b"),
            "2: what is to be changed has an anchor, and an alias takes it up elsewhere",
        ),
        (
            "x: &x {namespace: web}\ncontexts:\n- name: a\n  context: *x\n",
            namespace(Some("a"), Some("api")),
            "4: what is to be changed is an alias, and stands elsewhere",
        ),
        (
            "x: &x {namespace: web}\ncontexts:\n- name: a\n  context:\n    <<: *x\n",
            namespace(Some("a"), None),
            "5: what is to be changed comes from a merge key (<<)",
        ),
        (
            "contexts:\n- &x {name: a}\n- name: b\n  y: *x\n",
            delete("a", false),
            "2: what is to be removed has an anchor, and an alias takes it up elsewhere",
        ),
        ("x: &x [{name: a}]\ncontexts: *x\n", delete("a", false), "2: what is to be changed is an alias, and stands elsewhere"),
        (
            "contexts: [{name: a, context: {namespace: &x web}}]\ny: *x\n",
            namespace(Some("a"), None),
            "1: what is to be removed has an anchor, and an alias takes it up elsewhere",
        ),
    ] {
        let message = format!("cannot edit kubeconfig /1:{message}; nothing is written");
        assert_eq!(after(text, &wanted), Err(message), "{text:?}");
    }
    // a merge key may give way to a key of one's own, and where it does not, that is seen
    let text = "x: &x {namespace: web}\ncontexts:\n- name: a\n  context:\n    <<: *x\n";
    assert_eq!(after(text, &namespace(Some("a"), Some("api"))), Ok(format!("{text}    namespace: api\n")));
}

#[test]
fn encodings_are_kept() {
    let text = "contexts: [{name: a}]\r\ncurrent-context: é\r\n";
    let wanted = text.replace('é', "a");
    let utf16 =
        |text: &str, mark: &[u8], bytes: fn(u16) -> [u8; 2]| [mark, &text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>()].concat();
    for encode in [(|text: &str| text.as_bytes().to_vec()) as fn(&str) -> Vec<u8>, |text| [b"\xef\xbb\xbf", text.as_bytes()].concat()] {
        let files = Files { given: vec![Given { path: "/1".to_owned(), bytes: Some(encode(text)) }], is_explicit: true };
        assert_eq!(plan(&files, &make_current("a")).unwrap().edits[0].after, encode(&wanted));
    }
    for (mark, bytes) in [(b"\xff\xfe", u16::to_le_bytes as fn(u16) -> [u8; 2]), (b"\xfe\xff", u16::to_be_bytes)] {
        let files = Files { given: vec![Given { path: "/1".to_owned(), bytes: Some(utf16(text, mark, bytes)) }], is_explicit: true };
        assert_eq!(plan(&files, &make_current("a")).unwrap().edits[0].after, utf16(&wanted, mark, bytes));
    }
}

const A: &str = "contexts: [{name: a}]\n";
const B: &str = "current-context: b\ncontexts: [{name: b, context: {cluster: c, user: u}}, {name: a}]\n";

#[test]
fn files_change_as_kubectl_has_it() {
    /// The files, what is wanted, the files that change, the summary and the notes.
    type Case = (&'static [&'static str], Change, &'static [&'static str], &'static str, &'static [&'static str]);
    let sets: [Case; 14] = [
        // current-context goes to the first file that is there, and shadows
        (
            &[A, B],
            make_current("a"),
            &["/1"],
            "a becomes the current context",
            &["/2:1 names b as the current context, which does not count any more: /1 comes first"],
        ),
        (&["-", B, A], make_current("a"), &["/2"], "a becomes the current context", &[]),
        (
            &["", B],
            make_current("a"),
            &["/1"],
            "a becomes the current context",
            &["/2:1 names b as the current context, which does not count any more: /1 comes first"],
        ),
        (&[A, B], make_current("b"), &[], "b is the current context already", &[]),
        // what is changed is so where it stands
        (&[A, B], namespace(None, Some("web")), &["/2"], "context b gets namespace web", &[]),
        (&[A, B], namespace(Some("a"), Some("web")), &["/1"], "context a gets namespace web", &[]),
        (&[A, B], namespace(Some("a"), Some("")), &[], "context a has no namespace already", &[]),
        // the old name stays where it was current
        (
            &[A, B],
            rename("b", "d"),
            &["/1", "/2"],
            "context b becomes d, and stays the current one",
            &["/2:1 still names b as the current context, which does not count: /1 comes first"],
        ),
        (&[B, A], rename("b", "d"), &["/1"], "context b becomes d, and stays the current one", &[]),
        (&[A, B], rename("a", "d"), &["/1"], "context a becomes d", &["the context a of /2:2 counts from now on"]),
        (&[A, B], delete("a", false), &["/1"], "context a is removed", &["the context a of /2:2 counts from now on"]),
        (
            &[A, B],
            delete("b", false),
            &["/2"],
            "context b is removed",
            &["b stays the current context (/2:1), and leads nowhere: make another one current"],
        ),
        (
            &[B, "clusters: [{name: c}]\n", "users: [{name: u}]\n"],
            delete("b", true),
            &["/1", "/2", "/3"],
            "context b, cluster c and user u are removed",
            &["b stays the current context (/1:1), and leads nowhere: make another one current"],
        ),
        (
            &[B, "clusters: [{name: c}]\ncontexts: [{name: b, context: {cluster: c}}]\n"],
            delete("b", true),
            &["/1"],
            "context b is removed",
            &["the context b of /2:2 counts from now on"],
        ),
    ];
    for (texts, wanted, changed, summary, notes) in sets {
        let plan = change(texts, &wanted);
        let paths: Vec<&str> = plan.edits.iter().map(|edit| edit.path.as_str()).collect();
        let notes: Vec<String> = notes.iter().map(|note| (*note).to_owned()).collect();
        assert_eq!((paths.as_slice(), plan.summary.as_str(), plan.notes), (changed, summary, notes), "{texts:?} {wanted:?}");
    }
}

#[test]
fn what_kubectl_refuses_is_refused() {
    let broken = "contexts: [{name: a}, {name: a}]\n";
    for (texts, wanted, message, hint) in [
        (&[A, B][..], make_current("aa"), "there is no context `aa` in /1 and /2", "Did you mean `a`?"),
        (&[A], make_current(""), "the name of the context is empty", ""),
        (&[], make_current("a"), "there is no context `a` in the kubeconfig", "The kubeconfig has no contexts."),
        (&["-"], make_current("a"), "there is no context `a` in the kubeconfig", "The kubeconfig has no contexts."),
        (&[A], namespace(None, Some("web")), "no context is current in /1", "Name one with --context."),
        (&[A], namespace(Some("production"), Some("web")), "there is no context `production` in /1", "There are: a."),
        (
            &[A, B],
            rename("a", "b"),
            "cannot rename context `a`: there is a context `b` already (/2:2)",
            "Choose another name, or delete that context first.",
        ),
        (
            &[A],
            rename("a", "a"),
            "cannot rename context `a`: there is a context `a` already (/1:1)",
            "Choose another name, or delete that context first.",
        ),
        (&[A], rename("a", ""), "a context cannot be renamed to nothing", "Give the name that it is to get."),
        (&[A], delete("b", false), "there is no context `b` in /1", "Did you mean `a`?"),
        (
            &[A, broken],
            make_current("a"),
            "cannot read kubeconfig /2:1:23: contexts[1] has the name \"a\", which the entry on line 1 has too",
            "Mend it, or take it off KUBECONFIG: kubectl edits nothing either while it is so.",
        ),
    ] {
        let failure = plan(&files(texts), &wanted).unwrap_err();
        assert_eq!(failure.message, message);
        assert!(hint.is_empty() || failure.hints.iter().any(|one| one == hint), "{:?}", failure.hints);
    }
    let explicit = Files { is_explicit: true, ..files(&["-"]) };
    assert_eq!(plan(&explicit, &make_current("a")).unwrap_err().message, "cannot read kubeconfig `/1`: there is no such file");
}
