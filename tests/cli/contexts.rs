//! `whycan context list`, from kubeconfigs of every sort.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use tempfile::TempDir;

use crate::support::{Run, Whycan, whycan};

/// A company's kubeconfig: EKS with a plugin, kind with a certificate, and a token for a proxy on this machine.
const WORK: &str = "\
apiVersion: v1
kind: Config
current-context: acme-prod
clusters:
- name: arn:aws:eks:eu-central-1:111122223333:cluster/acme-prod
  cluster:
    server: https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com
- name: kind-acme-dev
  cluster:
    server: https://127.0.0.1:36443
- name: tunnel
  cluster:
    server: http://localhost:8001
contexts:
- name: acme-prod
  context: {cluster: 'arn:aws:eks:eu-central-1:111122223333:cluster/acme-prod', namespace: payments, user: acme-prod}
- name: kind-acme-dev
  context: {cluster: kind-acme-dev, user: kind-acme-dev}
- name: tunnel
  context: {cluster: tunnel, user: robot}
users:
- name: acme-prod
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: aws
      args: [eks, get-token, --cluster-name, acme-prod]
      env: [{name: AWS_PROFILE, value: prod}]
      interactiveMode: Never
- name: kind-acme-dev
  user: {client-certificate-data: aHVudGVyMg==, client-key-data: aHVudGVyMg==}
- name: robot
  user: {token: hunter2, tokenFile: robot.token}
";

/// Another that clashes with it, and lacks parts.
const HOME: &str = "\
current-context: home
clusters:
- {name: kind-acme-dev, cluster: {server: 'https://127.0.0.1:40000'}}
users:
- {name: alone, user: {token: hunter2, exec: {command: aws}}}
contexts:
- {name: acme-prod, context: {cluster: other, user: other}}
- {name: borrowed, context: {cluster: kind-acme-dev, user: robot}}
- {name: broken, context: {cluster: gone, user: lost}}
- {name: half, context: {cluster: kind-acme-dev, user: alone}}
";

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        fs::write(folder.path().join(path), text).unwrap();
    }
    folder
}

/// Runs with `KUBECONFIG` set to files of a folder.
fn listed(folder: &TempDir, files: &[&str], words: &[&str]) -> Run {
    let list: Vec<String> = files.iter().map(|file| folder.path().join(file).display().to_string()).collect();
    // wide enough that no line breaks where the folder's path happens to end
    let run = Whycan::new(&[&["context", "list"], words].concat()).env("KUBECONFIG", &list.join(":")).env("COLUMNS", "400").run();
    shown(run, folder.path())
}

/// A run with the folder's own path taken out.
fn shown(mut run: Run, folder: &Path) -> Run {
    let path = folder.display().to_string();
    run.stdout = run.stdout.replace(&path, "FOLDER");
    run.stderr = run.stderr.replace(&path, "FOLDER");
    assert!(!run.to_string().contains("hunter2") && !run.to_string().contains("aHVudGVyMg"), "a secret is shown:\n{run}");
    run
}

#[test]
fn one_file() {
    let folder = folder(&[("work", WORK)]);
    assert_snapshot!(listed(&folder, &["work"], &[]));
    assert_snapshot!(listed(&folder, &["work"], &["--ascii"]));
    assert_snapshot!(listed(&folder, &["work"], &["-o", "json"]));
}

#[test]
fn several_files() {
    let folder = folder(&[("work", WORK), ("home", HOME)]);
    assert_snapshot!(listed(&folder, &["work", "nowhere", "home"], &["-v"]));
    assert_snapshot!(listed(&folder, &["work", "nowhere", "home"], &["-o", "markdown"]));
    let json = listed(&folder, &["work", "home"], &["-o", "json"]).json();
    let shadowed: Vec<_> = json.as_array().unwrap().iter().filter(|row| !row["shadowedBy"].is_null()).collect();
    assert_eq!(shadowed.len(), 1);
    assert_eq!((&shadowed[0]["name"], &shadowed[0]["shadowedBy"]["line"]), (&"acme-prod".into(), &15.into()));
}

#[test]
fn a_current_context_that_is_none() {
    let folder = folder(&[("home", HOME)]);
    assert_snapshot!(listed(&folder, &["home"], &[]));
    let json = listed(&folder, &["home"], &["-o", "json"]);
    assert_eq!(json.stderr, "whycan: the current context is home, and there is no such context\n");
}

#[test]
fn no_kubeconfig() {
    assert_snapshot!(whycan(&["context", "list"]));
    let json = whycan(&["context", "-o", "json"]);
    assert_eq!((json.stdout.as_str(), json.status), ("[]\n", 0));
    assert_eq!(json.stderr, "whycan: there is no kubeconfig: looked for ~/.kube/config\n");
    let empty = folder(&[("empty", "")]);
    assert_snapshot!(listed(&empty, &["empty"], &[]));
}

#[test]
fn files_that_break() {
    let folder = folder(&[
        ("work", WORK),
        ("number", "users:\n- name: me\n  user:\n    token: 12345\n"),
        ("twice", "contexts:\n- name: a\n- name: a\n"),
    ]);
    assert_snapshot!(listed(&folder, &["work", "number"], &[]));
    assert_snapshot!(listed(&folder, &["twice"], &[]));
    assert_snapshot!(listed(&folder, &["work", ""], &["--kubeconfig", folder.path().to_str().unwrap()]));
    assert_snapshot!(whycan(&["context", "list", "--kubeconfig", "/nowhere/config"]));
}

#[test]
fn the_demo() {
    assert_snapshot!(whycan(&["--demo", "context"]));
}

#[test]
fn hostile_names() {
    let hostile = "contexts:\n- {name: \"a\\e[2Jb|c`d\\u202e\", context: {cluster: \"x\\ny\", user: \"`|z\"}}\n- {name: '', context: {}}\n";
    let folder = folder(&[("hostile", hostile)]);
    assert_snapshot!(listed(&folder, &["hostile"], &["-v"]));
    assert_snapshot!(listed(&folder, &["hostile"], &["-o", "markdown"]));
}

#[test]
fn output_is_as_its_schema_says() {
    let folder = folder(&[("work", WORK), ("home", HOME)]);
    let validator = jsonschema::validator_for(&whycan(&["schema", "context"]).json()).unwrap();
    for run in [listed(&folder, &["work", "home"], &["-o", "json"]), whycan(&["--demo", "context", "-o", "json"])] {
        let faults: Vec<String> = validator.iter_errors(&run.json()).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{faults:#?}");
    }
    assert!(!validator.is_valid(&serde_json::json!([{"name": "a"}])), "the schema takes anything");
    let yaml = listed(&folder, &["work", "home"], &["-o", "yaml"]);
    let yaml: serde_json::Value = serde_yaml::from_str(&yaml.stdout).unwrap();
    assert_eq!(yaml, listed(&folder, &["work", "home"], &["-o", "json"]).json());
}
