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
    let sets: [(&[&str], Change, &[&str], &str, &[&str]); 14] = [
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

fn put(path: &str, is_current: bool) -> Put {
    let args = ["--region", "eu-west-1", "eks", "get-token", "--cluster-name", "acme", "--output", "json"];
    let arn = "arn:aws:eks:eu-west-1:123456789012:cluster/acme";
    Put {
        path: path.to_owned(),
        cluster: arn.to_owned(),
        server: "https://s".to_owned(),
        certificate_authority_data: "LS0t".to_owned(),
        proxy_url: None,
        user: arn.to_owned(),
        exec: Exec {
            api_version: "client.authentication.k8s.io/v1beta1".to_owned(),
            command: "aws".to_owned(),
            args: args.map(str::to_owned).to_vec(),
            env: vec![("AWS_PROFILE".to_owned(), "prod".to_owned())],
            ..Exec::default()
        },
        context: "acme".to_owned(),
        makes_current: is_current,
    }
}

/// As the AWS CLI writes it (2.x, `update-kubeconfig --alias acme`).
const WHOLE: &str = "\
apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: LS0t
    server: https://s
  name: arn:aws:eks:eu-west-1:123456789012:cluster/acme
contexts:
- context:
    cluster: arn:aws:eks:eu-west-1:123456789012:cluster/acme
    user: arn:aws:eks:eu-west-1:123456789012:cluster/acme
  name: acme
current-context: acme
kind: Config
preferences: {}
users:
- name: arn:aws:eks:eu-west-1:123456789012:cluster/acme
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      args:
      - --region
      - eu-west-1
      - eks
      - get-token
      - --cluster-name
      - acme
      - --output
      - json
      command: aws
      env:
      - name: AWS_PROFILE
        value: prod
";

#[test]
fn a_cluster_is_put_into_a_new_file_as_aws_writes_it() {
    for text in ["-", "", "---\n"] {
        let plan = change(&[text], &Change::Put(Box::new(put("/1", true))));
        let written = String::from_utf8(plan.edits[0].after.clone()).unwrap();
        let head = if text == "-" { "" } else { text };
        assert_eq!(written, format!("{head}{WHOLE}"), "{text:?}");
        assert_eq!(plan.summary, "context acme is added to /1, and becomes the current one");
        assert_eq!(plan.edits[0].before.is_none(), text == "-");
    }
    let plan = change(&[], &Change::Put(Box::new(put("/1", false))));
    assert!(String::from_utf8(plan.edits[0].after.clone()).unwrap().contains("\ncurrent-context: ''\n"));
    let again = change(&[WHOLE], &Change::Put(Box::new(put("/1", true))));
    assert_eq!((again.edits.len(), again.summary.as_str()), (0, "context acme is in /1 already, as it would be written"));
}

#[test]
fn a_cluster_is_put_beside_what_there_is() {
    let plan = change(&[ONE], &Change::Put(Box::new(put("/1", false))));
    let lines = lines(&plan.edits[0]);
    assert!(lines.iter().all(|line| line.starts_with('+')), "{lines:?}");
    let plan = change(&["clusters:\n  - {name: c}\nusers: ~ # none\n"], &Change::Put(Box::new(put("/1", true))));
    let written = String::from_utf8(plan.edits[0].after.clone()).unwrap();
    assert!(written.starts_with("clusters:\n  - {name: c}\n  - cluster:\n      certificate-authority-data: LS0t\n"), "{written}");
    assert!(written.contains("\nusers: # none\n  - name: arn:aws:eks"), "{written}");
    // flow style and JSON
    let json = "{\"clusters\": [], \"users\": null}";
    let plan = change(&[json], &Change::Put(Box::new(put("/1", true))));
    let written: serde_json::Value = serde_json::from_slice(&plan.edits[0].after).unwrap();
    assert_eq!(
        (&written["contexts"][0]["context"]["user"], &written["current-context"]),
        (&written["users"][0]["name"], &serde_json::json!("acme"))
    );
}

#[test]
fn what_a_put_takes_away_is_told() {
    let old = WHOLE
        .replace("      - json\n", "      - json\n      # for ops\n      - --role\n      - arn:aws:iam::1:role/ops\n")
        .replace("value: prod", "value: dev")
        .replace("    server: https://s\n", "    proxy-url: http://p\n    server: https://old # here\n")
        .replace("    user: arn", "    namespace: web\n    user: arn");
    let plan = change(&[&old], &Change::Put(Box::new(put("/1", true))));
    assert_eq!(
        lines(&plan.edits[0]),
        [
            "-    proxy-url: http://p\n",
            "-    server: https://old # here\n",
            "+    server: https://s # here\n",
            "-    namespace: web\n",
            "-      # for ops\n",
            "-      - --role\n",
            "-      - arn:aws:iam::1:role/ops\n",
            "-        value: dev\n",
            "+        value: prod\n",
        ]
    );
    assert_eq!(plan.summary, "context acme is updated in /1, and becomes the current one");
    let user = "arn:aws:eks:eu-west-1:123456789012:cluster/acme";
    assert_eq!(plan.notes, [format!("user {user} loses its role arn:aws:iam::1:role/ops and its AWS_PROFILE dev (it gets prod)")]);
    // a file before this one
    let files = files(&["current-context: x\ncontexts: [{name: acme}]\n", WHOLE, "broken"]);
    let mut wanted = put("/2", true);
    wanted.server = "https://new".to_owned();
    assert_eq!(
        plan_of(&files, wanted).notes,
        ["the context acme of /1:2 counts instead: that file comes first", "the current context stays x, of /1:1: that file comes first"]
    );
}

fn plan_of(files: &Files, put: Put) -> Plan {
    plan(files, &Change::Put(Box::new(put))).unwrap()
}

mod generated {
    use proptest::prelude::*;

    use super::*;

    /// Text that is a kubeconfig, more or less.
    fn kubeconfig() -> impl Strategy<Value = String> {
        let line = prop::sample::select(vec![
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
        ]);
        prop::collection::vec(line, 0..12).prop_map(|lines| lines.concat())
    }

    fn changes() -> impl Strategy<Value = Change> {
        let name = prop::sample::select(vec!["a", "b", "c", "a: b", "yes", "", "é\n"]);
        (0..5_usize, name.clone(), name, any::<bool>()).prop_map(|(kind, one, other, flag)| match kind {
            0 => make_current(one),
            1 => namespace(flag.then_some(one), Some(other)),
            2 => rename(one, other),
            3 => delete(one, flag),
            _ => {
                Change::Put(Box::new(Put { context: one.to_owned(), cluster: other.to_owned(), user: other.to_owned(), ..put("/1", flag) }))
            }
        })
    }

    /// What is read of a text, without places.
    fn names(bytes: &[u8]) -> (Option<String>, Vec<(String, String, String, Option<String>)>) {
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
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

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
}
