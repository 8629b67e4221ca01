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
fn files_that_break_beside_others() {
    let folder = folder(&[("work", WORK), ("number", "users:\n- name: me\n  user:\n    token: 12345\n"), ("pod", "kind: Pod\n")]);
    fs::create_dir(folder.path().join("sub")).unwrap();
    assert_snapshot!(listed(&folder, &["work", "number", "sub"], &[]));
    assert_snapshot!(listed(&folder, &["number", "work"], &["-o", "markdown"]));
    let json = listed(&folder, &["number", "work"], &["-o", "json"]);
    assert_eq!((json.json().as_array().unwrap().len(), json.status), (3, 0));
    assert_eq!(
        json.stderr,
        "whycan: cannot read kubeconfig FOLDER/number:4:12: users[0].user.token is a number, where text is wanted; kubectl does \
         nothing while this file is on KUBECONFIG\n"
    );
    // a command that uses a context fails, as kubectl does
    let list = ["work", "number"].map(|file| folder.path().join(file).display().to_string()).join(":");
    assert_snapshot!(shown(Whycan::new(&["whoami"]).env("KUBECONFIG", &list).run(), folder.path()));
    assert_snapshot!(listed(&folder, &["number", "pod"], &[]));
    assert_eq!(listed(&folder, &["number", "pod"], &["-o", "json"]).status, 4);
}

/// Clusters of every sort, in one file.
const MANY: &str = "\
current-context: kind-dev
clusters:
- {name: 'arn:aws:eks:eu-central-1:111122223333:cluster/acme-prod', cluster: {server: 'https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com'}}
- {name: acme.eu-west-1.eksctl.io, cluster: {server: 'https://ABCDEF0123456789ABCDEF0123456789.sk1.eu-west-1.eks.amazonaws.com'}}
- {name: gke_acme-1_europe-west1-b_main, cluster: {server: 'https://203.0.113.7'}}
- {name: kind-dev, cluster: {server: 'https://127.0.0.1:36443'}}
- {name: lab, cluster: {server: 'https://lab.example.com:6443'}}
contexts:
- {name: kind-dev, context: {cluster: kind-dev, user: kind-dev, namespace: web}}
- {name: acme-prod, context: {cluster: 'arn:aws:eks:eu-central-1:111122223333:cluster/acme-prod', user: prod, namespace: payments}}
- {name: lab, context: {cluster: lab, user: robot}}
- {name: acme-prod-admin, context: {cluster: 'arn:aws:eks:eu-central-1:111122223333:cluster/acme-prod', user: admin}}
- {name: me@acme.eu-west-1.eksctl.io, context: {cluster: acme.eu-west-1.eksctl.io, user: me}}
- {name: gke_acme-1_europe-west1-b_main, context: {cluster: gke_acme-1_europe-west1-b_main, user: gke}}
users:
- {name: prod, user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws, args: [--region, eu-central-1, eks, get-token, --cluster-name, acme-prod, --output, json], env: [{name: AWS_PROFILE, value: prod}]}}}
- {name: admin, user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws, args: [--region, eu-central-1, eks, get-token, --cluster-name, acme-prod, --role, 'arn:aws:iam::111122223333:role/Admin'], env: [{name: AWS_PROFILE, value: prod}]}}}
- {name: me, user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws-iam-authenticator, args: [token, -i, acme]}}}
- {name: gke, user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: gke-gcloud-auth-plugin}}}
- {name: kind-dev, user: {client-certificate-data: aHVudGVyMg==, client-key-data: aHVudGVyMg==}}
- {name: robot, user: {token: e30.eyJleHAiOiAxOTAwMDAwMDAwfQ.hunter2}}
";

#[test]
fn clusters_of_every_sort() {
    let folder = folder(&[("many", MANY)]);
    let at = |columns: &str, words: &[&str]| {
        let run = Whycan::new(&[&["context", "list"], words].concat())
            .env("KUBECONFIG", folder.path().join("many").to_str().unwrap())
            .env("COLUMNS", columns)
            .run();
        shown(run, folder.path())
    };
    assert_snapshot!(at("80", &[]));
    assert_snapshot!(at("120", &[]));
    assert_snapshot!(at("120", &["-v"]));
    assert_snapshot!(listed(&folder, &["many"], &["-o", "json"]));
}

#[test]
fn kubeconfigs_that_kubectl_does_not_look_at() {
    let home = folder(&[]);
    let kube = home.path().join(".kube");
    fs::create_dir(&kube).unwrap();
    fs::write(kube.join("config"), WORK).unwrap();
    fs::write(kube.join("many copies.yaml"), MANY).unwrap();
    fs::write(kube.join("broken.yaml"), "kind: Config\ncontexts: [\n").unwrap();
    let at = |words: &[&str]| {
        let run = Whycan::new(&[&["context", "list"], words].concat()).env("HOME", home.path().to_str().unwrap()).run();
        shown(run, home.path())
    };
    assert_snapshot!(at(&[]));
    assert_snapshot!(at(&["-v"]));
    assert_snapshot!(at(&["-o", "markdown"]));
    let json = at(&["-o", "json"]).json();
    let in_view: Vec<bool> = json.as_array().unwrap().iter().map(|row| row["inView"].as_bool().unwrap()).collect();
    assert_eq!(in_view, [[true; 3].as_slice(), &[false; 6]].concat());
    assert_eq!(json.as_array().unwrap().iter().filter(|row| row["current"] == true).count(), 1);
    // the one file that is named is all that is asked for
    let named = at(&["--kubeconfig", kube.join("config").to_str().unwrap(), "-o", "json"]).json();
    assert_eq!(named.as_array().unwrap().len(), 3);
}

#[test]
fn settings_that_are_not_understood() {
    let home = folder(&[]);
    let place = home.path().join(".config/whycan");
    fs::create_dir_all(&place).unwrap();
    fs::write(place.join("config.toml"), "# mine\nkubeconfig = ['~/clusters/*']\n").unwrap();
    let run = Whycan::new(&["context", "list"]).env("HOME", home.path().to_str().unwrap()).run();
    assert_snapshot!(shown(run, home.path()));
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
    let many = self::folder(&[("many", MANY)]);
    for run in [
        listed(&folder, &["work", "home"], &["-o", "json"]),
        listed(&many, &["many"], &["-o", "json"]),
        whycan(&["--demo", "context", "-o", "json"]),
    ] {
        let faults: Vec<String> = validator.iter_errors(&run.json()).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{faults:#?}");
    }
    assert!(!validator.is_valid(&serde_json::json!([{"name": "a"}])), "the schema takes anything");
    let yaml = listed(&folder, &["work", "home"], &["-o", "yaml"]);
    let yaml: serde_json::Value = serde_yaml::from_str(&yaml.stdout).unwrap();
    assert_eq!(yaml, listed(&folder, &["work", "home"], &["-o", "json"]).json());
}
