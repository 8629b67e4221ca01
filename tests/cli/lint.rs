//! `whycan lint` of kubeconfigs: what is looked at, what is found, and the exit status.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use insta::assert_snapshot;
use tempfile::TempDir;

use crate::support::{Run, Whycan, whycan};

/// A kubeconfig with something of everything.
const WORK: &str = "\
apiVersion: v1
kind: Config
current-context: acme-prd
clusters:
- name: arn:aws:eks:eu-central-1:111122223333:cluster/acme-prod
  cluster:
    server: https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com
    certificate-authority-data: aHVudGVyMg==
- name: lab
  cluster:
    server: https://127.0.0.1:1
    insecure-skip-tls-verify: true
contexts:
- name: acme-prod
  context:
    cluster: arn:aws:eks:eu-central-1:111122223333:cluster/acme-prod
    namespace: Payments
    user: acme-prod
- name: lab
  context: {cluster: lab, user: mismatched}
- name: lab-robot
  context: {cluster: lab, user: robot}
users:
- name: acme-prod
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1alpha1
      command: aws
      args: [eks, get-token, --cluster-name, acme-dev, --profile, prod]
      installHint: Install the AWS CLI.
- name: mismatched
  user:
    client-certificate-data: CERTIFICATE
    client-key-data: KEY
- name: robot
  user: {tokenFile: robot.token}
- name: leftover
  user: {token: hunter2}
";

/// A kubeconfig without a fault, of a server that is not there.
const GOOD: &str = "\
current-context: lab
clusters: [{name: lab, cluster: {server: 'https://127.0.0.1:1'}}]
contexts: [{name: lab, context: {cluster: lab, user: me}}]
users: [{name: me, user: {exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: ./plugin}}}]
";

fn folder(text: &str) -> TempDir {
    let made = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/credential/key/made").join(name);
        STANDARD.encode(fs::read(path).unwrap())
    };
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str, mode: u32| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    put("config", &text.replace("CERTIFICATE", &made("ec.crt")).replace("KEY", &made("ed25519.pem").replace('\n', "")), 0o600);
    put("plugin", "#!/bin/sh\nexit 1\n", 0o755);
    folder
}

/// Runs with the kubeconfig of a folder.
fn linted(folder: &TempDir, words: &[&str]) -> Run {
    let config = folder.path().join("config");
    let path = folder.path().display().to_string();
    // wide enough that no line breaks where the folder's path happens to end
    let run = Whycan::new(&[&["lint"], words].concat())
        .env("KUBECONFIG", config.to_str().unwrap())
        .env("PATH", &path)
        .env("COLUMNS", "400")
        .run();
    let run = Run { stdout: run.stdout.replace(&path, "FOLDER"), stderr: run.stderr.replace(&path, "FOLDER"), status: run.status };
    assert!(!run.to_string().contains("hunter2") && !run.to_string().contains("aHVudGVyMg"), "a secret is shown:\n{run}");
    run
}

#[test]
fn a_kubeconfig_with_something_of_everything() {
    let folder = folder(WORK);
    assert_snapshot!(linted(&folder, &["kubeconfig"]));
    assert_snapshot!(linted(&folder, &["kubeconfig", "-o", "markdown"]));
    let json = linted(&folder, &["kubeconfig", "-o", "json"]);
    assert_eq!(json.status, 1);
    let first = &json.json()["findings"][0];
    assert_eq!((&first["code"], &first["source"]["line"]), (&"dangling-current-context".into(), &3.into()));
    let validator = jsonschema::validator_for(&whycan(&["schema", "lint"]).json()).unwrap();
    assert!(validator.is_valid(&json.json()));
}

#[test]
fn what_is_looked_at() {
    let folder = folder(GOOD);
    // the plugin fails: roles and bindings cannot be read, and that is said
    assert_snapshot!(linted(&folder, &[]));
    assert_snapshot!(linted(&folder, &["-o", "json"]));
    assert_snapshot!(linted(&folder, &["--offline"]));
    assert_snapshot!(linted(&folder, &["rbac"]));
    assert_snapshot!(linted(&folder, &["--context", "gone"]));
    assert_snapshot!(linted(&folder, &["everything"]));
}

#[test]
fn a_file_that_breaks() {
    let folder = folder(&GOOD.replace("users: [", "users: [{name: me}, "));
    assert_snapshot!(linted(&folder, &[]));
    assert_snapshot!(linted(&folder, &["kubeconfig", "--kubeconfig", "/nowhere"]));
}

#[test]
fn files_that_others_may_read() {
    let folder = folder(GOOD);
    fs::set_permissions(folder.path().join("config"), fs::Permissions::from_mode(0o666)).unwrap();
    assert_snapshot!(linted(&folder, &["kubeconfig"]));
}

#[test]
fn the_kubeconfig_of_recorded_facts() {
    assert_snapshot!(whycan(&["--demo", "lint", "kubeconfig"]));
    assert_snapshot!(whycan(&["lint", "kubeconfig", "--from", "team.yaml"]));
    assert_snapshot!(whycan(&["--demo", "lint", "aws"]));
    assert_snapshot!(whycan(&["lint", "aws", "--from", "eks"]));
    assert_snapshot!(whycan(&["lint", "aws", "--from", "workload"]));
    let count = |words: &[&str]| whycan(&[words, &["-o", "json"]].concat()).json()["findings"].as_array().unwrap().len();
    assert_eq!(count(&["--demo", "lint"]), count(&["--demo", "lint", "rbac"]) + count(&["--demo", "lint", "aws"]));
}

#[test]
fn no_kubeconfig() {
    assert_snapshot!(whycan(&["lint"]));
    assert_eq!(whycan(&["lint"]).to_string(), whycan(&["lint", "kubeconfig"]).to_string());
}
