//! Folders and files as they come: worlds of several clusters, broken files beside good ones, links that lead back.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by panicking")]

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use whycan::base::{Failure, Name};
use whycan::facts::{Kind, ObjectRef};
use whycan::source::{self, World};

const ROLE: &str = r#"{"kind":"Role","apiVersion":"rbac.authorization.k8s.io/v1","metadata":{"name":"r","namespace":"dev"},"rules":[]}"#;
const BINDING: &str = r#"{"kind":"RoleBinding","apiVersion":"rbac.authorization.k8s.io/v1","metadata":{"name":"b","namespace":"dev"},"roleRef":{"kind":"Role","name":"r"},"subjects":[]}"#;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

fn read(path: &Path) -> Result<World, Failure> {
    source::from_path(path)
}

/// The failure, with the folder's own path taken out.
fn failure(path: &Path, folder: &Path) -> String {
    let failure = read(path).unwrap_err();
    assert_eq!(failure.exit_status(), 4, "{failure}");
    failure.to_string().replace(&folder.display().to_string(), "FOLDER")
}

#[test]
fn a_folder_of_any_files_is_one_cluster() {
    let folder = folder(&[("b/roles.json", ROLE), ("bindings.yaml", BINDING), ("README.md", "# not read"), (".hidden.json", "{")]);
    let world = read(folder.path()).unwrap();
    let cluster = world.cluster(None).unwrap();
    assert_eq!((cluster.facts.count(Kind::Role), cluster.facts.count(Kind::RoleBinding)), (1, 1));
    assert_eq!(cluster.facts.gaps(), []);
    assert_eq!(cluster.context, None);
}

#[test]
fn a_broken_file_is_a_gap_and_the_others_are_read() {
    let folder = folder(&[
        ("a.json", r#"{"kind": "Role", "metadata": {"#),
        ("b.json", ROLE),
        ("c.json", "\u{0}\u{1}\u{2}"),
        ("d.yaml", "kind: Role\nmetadata: {name: x, namespace: dev}\nrules: [{verbs: 5}]\n"),
        ("empty.json", ""),
    ]);
    let world = read(folder.path()).unwrap();
    let facts = &world.cluster(None).unwrap().facts;
    assert_eq!(facts.count(Kind::Role), 1);
    let why: Vec<&str> = facts.gaps().iter().map(|gap| gap.why.as_str()).collect();
    assert_eq!(
        why,
        [
            "a.json:1:30: EOF while parsing an object",
            "c.json: it is binary, not text",
            "d.yaml, rules[0].verbs: unexpected integer `5`, expected a sequence",
        ]
    );
}

#[test]
fn one_text_that_breaks_off_is_a_failure() {
    let cases = [
        ("cut.json", "{\"kind\":\"List\",\"items\":[", "cannot read FOLDER/cut.json:1:24: EOF while parsing a list"),
        ("cut.yaml", "kind: [Role\n", "cannot read FOLDER/cut.yaml:2: did not find expected ',' or ']'"),
        ("binary.json", "\u{0}", "cannot read FOLDER/binary.json: it is binary, not text"),
        (
            "wrong.json",
            r#"{"kind":"Role","metadata":{"name":5}}"#,
            "cannot read FOLDER/wrong.json, metadata.name: unexpected integer `5`, expected a string",
        ),
        ("other.json", r#"{"kind":"Secret","apiVersion":"v1"}"#, "`FOLDER/other.json` holds only 1 Secret, and no roles or bindings"),
        ("empty.json", "", "`FOLDER/empty.json` holds no objects, and no roles or bindings"),
    ];
    for (name, content, message) in cases {
        let folder = folder(&[(name, content)]);
        assert_eq!(failure(&folder.path().join(name), folder.path()), message);
    }
    let folder = folder(&[("notes.md", "x")]);
    assert_eq!(failure(folder.path(), folder.path()), "`FOLDER` holds no objects, and no roles or bindings");
    assert_eq!(failure(&folder.path().join("gone"), folder.path()), "cannot read `FOLDER/gone`: no such file or directory");
}

#[test]
fn a_world_has_contexts_and_recorded_gaps() {
    let folder = folder(&[
        (
            "world.yaml",
            "name: acme\nrecordedAt: '2026-11-20T09:30:00Z'\ncurrentContext: two\ncontexts: {one: clusters/a, two: clusters/b}\nnotes: hello\n",
        ),
        ("kubeconfig.yaml", "contexts: [{name: two, context: {cluster: x, namespace: shop}}]\n"),
        ("clusters/a/kubernetes/r.json", ROLE),
        ("clusters/b/kubernetes/b.json", BINDING),
        ("clusters/b/gaps.yaml", "- {what: roles, why: forbidden, kinds: [Role], namespaces: [dev]}\n"),
    ]);
    let world = read(folder.path()).unwrap();
    assert_eq!((world.name.as_str(), world.recorded_at.as_deref()), ("acme", Some("2026-11-20T09:30:00Z")));
    let two = world.cluster(None).unwrap();
    assert_eq!((two.context.as_deref(), two.namespace.as_deref()), (Some("two"), Some("shop")));
    assert_eq!(two.facts.gaps()[0].kinds, [Name::new("Role")]);
    assert!(two.facts.binding(&ObjectRef::new(Kind::RoleBinding, "dev", "b")).is_some());
    assert!(world.cluster(Some("one")).unwrap().facts.gaps().is_empty());
    let unknown = world.cluster(Some("three")).unwrap_err();
    assert_eq!((unknown.to_string().as_str(), unknown.exit_status()), ("there is no context `three` in `acme`", 2));
    assert_eq!(unknown.hints, ["There are: one, two."]);
}

#[test]
fn clusters_without_a_description_are_contexts() {
    let folder = folder(&[("clusters/a/r.json", ROLE), ("clusters/b/r.json", ROLE)]);
    let world = read(folder.path()).unwrap();
    let names: Vec<_> = world.clusters.iter().filter_map(|cluster| cluster.context.as_deref()).collect();
    assert_eq!(names, ["a", "b"]);
    assert!(world.cluster(None).unwrap_err().to_string().ends_with("holds several clusters and none is current"));
    let wrong = folder_with_missing_cluster();
    assert!(failure(wrong.path(), wrong.path()).ends_with("is in folder `clusters/gone`, which holds no files"));
}

fn folder_with_missing_cluster() -> TempDir {
    folder(&[("world.yaml", "contexts: {one: clusters/gone}\n"), ("clusters/a/r.json", ROLE)])
}

#[cfg(unix)]
#[test]
fn links_that_lead_back_and_files_that_are_none_do_no_harm() {
    use std::os::unix::fs::symlink;
    let folder = folder(&[("a/r.json", ROLE)]);
    symlink(folder.path(), folder.path().join("a/back")).unwrap();
    symlink("nowhere", folder.path().join("dangling.json")).unwrap();
    fs::create_dir(folder.path().join("folder.json")).unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(folder.path().join("pipe.json")).status().unwrap();
    assert!(pipe.success());
    let world = read(folder.path()).unwrap();
    let facts = &world.cluster(None).unwrap().facts;
    assert_eq!(facts.count(Kind::Role), 1);
    let why: Vec<&str> = facts.gaps().iter().map(|gap| gap.why.as_str()).collect();
    assert_eq!(why, ["dangling.json: no such file or directory", "pipe.json: it is no regular file"]);
}

#[test]
fn the_servers_own_policy_is_read_whole() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/clusters/acme-dev");
    let world = read(&path).unwrap();
    let facts = &world.cluster(None).unwrap().facts;
    assert_eq!(facts.gaps(), []);
    let built_in = facts.roles().filter(|role| role.meta.label("kubernetes.io/bootstrapping").is_some()).count();
    assert!(built_in >= 69, "{built_in}");
}
