//! EKS: the aws command line and an emulator of AWS as the peers.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use tempfile::TempDir;

use crate::aws::{Answer, Aws};
use crate::emulator::{Emulator, program};

const REGIONS: [&str; 4] = ["ap-southeast-1", "eu-west-1", "us-east-1", "us-west-2"];
const ACCOUNT: &str = "111111111111";

/// Profiles of keys; an emulator takes the key for the account.
const PROFILES: [(&str, &str); 3] = [("alpha", "111111111111"), ("beta", "222222222222"), ("gamma", "333333333333")];

/// A command with AWS at a URL, and nothing of this machine's environment.
fn command(program: &Path, folder: &Path, url: &str) -> Command {
    let mut command = Command::new(program);
    let config = folder.join("aws-config");
    if !config.exists() {
        // else version 1 of the command line would fetch the URL that an option gives
        let asis = "cli_follow_urlparam = false";
        let profile = |(name, key)| {
            format!("[profile {name}]\nregion = eu-west-1\naws_access_key_id = {key}\naws_secret_access_key = secret\n{asis}\n")
        };
        fs::write(&config, format!("[default]\n{asis}\n{}", PROFILES.map(profile).concat())).unwrap();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.current_dir(folder).env_clear().env("PATH", path).env("HOME", folder).env("AWS_CONFIG_FILE", config);
    command.env("AWS_ENDPOINT_URL", url).env("AWS_EC2_METADATA_DISABLED", "true").env("COLUMNS", "200");
    command
}

fn said(output: &Output) -> String {
    format!("{}{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr), output.status)
}

/// A file with a comment on every sort of line.
const COMMENTED: &str = "\
# of the platform team
apiVersion: v1
kind: Config # a kubeconfig
current-context: kind-dev
preferences: {}
clusters:
# on this machine
- name: kind-dev
  cluster: {server: 'https://127.0.0.1:36443', certificate-authority-data: Y2E=} # inline
contexts:
- name: kind-dev # the first
  context: {cluster: kind-dev, user: kind-dev, namespace: web}
users:
- name: kind-dev
  user: {token: not-a-secret} # nor a password
# the end
";

/// A file with the cluster, entered with a role and another profile.
const WITH_CLUSTER: &str = "\
apiVersion: v1
kind: Config
clusters:
- cluster: {server: 'https://old.example', certificate-authority-data: b2xk, tls-server-name: old} # before the move
  name: arn:aws:eks:eu-west-1:111111111111:cluster/blue
contexts:
- context:
    cluster: arn:aws:eks:eu-west-1:111111111111:cluster/blue
    user: arn:aws:eks:eu-west-1:111111111111:cluster/blue # the admin
    namespace: web
  name: arn:aws:eks:eu-west-1:111111111111:cluster/blue
users:
- name: arn:aws:eks:eu-west-1:111111111111:cluster/blue
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      interactiveMode: IfAvailable
      command: aws # v2
      args: [--region, eu-west-1, eks, get-token, --cluster-name, blue, --role, 'arn:aws:iam::111111111111:role/admin']
      env: [{name: AWS_PROFILE, value: old}]
";

/// Files by name, `KUBECONFIG` as names, more variables, and options.
struct Case {
    files: &'static [(&'static str, &'static str)],
    list: &'static [&'static str],
    variables: &'static [(&'static str, &'static str)],
    options: &'static [&'static str],
}

const KEYS: &[(&str, &str)] = &[("AWS_ACCESS_KEY_ID", ACCOUNT), ("AWS_SECRET_ACCESS_KEY", "secret"), ("AWS_DEFAULT_REGION", "eu-west-1")];

const fn case(files: &'static [(&'static str, &'static str)], list: &'static [&'static str], options: &'static [&'static str]) -> Case {
    Case { files, list, variables: KEYS, options }
}

const CASES: [Case; 14] = [
    case(&[], &["new"], &[]),
    case(&[], &["folder/new"], &["--alias", "blue"]),
    case(&[("c", COMMENTED)], &["c"], &[]),
    case(&[("c", COMMENTED)], &["c"], &["--alias", "kind-dev"]),
    case(&[("c", COMMENTED)], &["c"], &["--user-alias", "kind-dev"]),
    case(&[("c", COMMENTED)], &["c"], &["--alias", "blue", "--user-alias", "me", "--role-arn", "arn:aws:iam::111111111111:role/dev"]),
    case(&[("c", COMMENTED)], &["c"], &["--proxy-url", "http://127.0.0.1:3128"]),
    case(&[("c", COMMENTED)], &["c"], &["--profile", "alpha", "--region", "eu-west-1"]),
    Case { files: &[("c", COMMENTED)], list: &["c"], variables: &[("AWS_PROFILE", "alpha")], options: &[] },
    case(&[("w", WITH_CLUSTER)], &["w"], &[]),
    case(&[("w", WITH_CLUSTER)], &["w"], &["--role-arn", "arn:aws:iam::111111111111:role/dev", "--alias", "blue"]),
    case(&[("c", COMMENTED), ("w", WITH_CLUSTER)], &["", "c", "missing", "w"], &[]),
    case(&[("c", COMMENTED), ("w", WITH_CLUSTER)], &["w"], &["--kubeconfig", "c"]),
    case(&[("n", "# nothing yet\napiVersion: v1\nclusters: null\ncontexts: []\nusers:\n")], &["n"], &[]),
];

/// Runs one side in a folder of its own; gives the files afterwards.
fn updated(case: &Case, url: &str, run: impl Fn(&Path) -> Command) -> BTreeMap<String, String> {
    let folder = TempDir::with_prefix("whycan-eks-").unwrap();
    for (name, text) in case.files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let mut command = run(folder.path());
    let list: Vec<String> =
        case.list.iter().map(|name| if name.is_empty() { String::new() } else { folder.path().join(name).display().to_string() }).collect();
    let output = command.env("KUBECONFIG", list.join(":")).envs(case.variables.iter().copied()).args(case.options).output().unwrap();
    assert!(output.status.success(), "{url}: {:?}: {}", case.options, said(&output));
    let names = ["new", "folder/new", "c", "w", "n", "missing"];
    names.iter().filter_map(|name| Some(((*name).to_owned(), fs::read_to_string(folder.path().join(name)).ok()?))).collect()
}

#[test]
#[ignore = "needs peers: the aws command line and ministack"]
fn eks_add_writes_what_update_kubeconfig_writes_and_keeps_comments() {
    let emulator = Emulator::ministack();
    emulator.create(ACCOUNT, "eu-west-1", "blue");
    let url = emulator.url();
    let whycan = Path::new(env!("CARGO_BIN_EXE_whycan"));
    let mut comments = 0;
    for case in &CASES {
        let theirs = updated(case, &url, |folder| {
            let mut command = command(&program("aws"), folder, &url);
            command.args(["eks", "update-kubeconfig", "--name", "blue"]);
            command
        });
        let ours = updated(case, &url, |folder| {
            let mut command = command(whycan, folder, &url);
            command.args(["eks", "add", "blue", "--use"]);
            command
        });
        assert!(theirs.values().any(|text| text.contains("cluster/blue")), "the command line wrote nothing: {theirs:?}");
        let value = |text: &String| serde_yaml::from_str::<Value>(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let values =
            |files: &BTreeMap<String, String>| files.iter().map(|(name, text)| (name.clone(), value(text))).collect::<BTreeMap<_, _>>();
        assert_eq!(values(&ours), values(&theirs), "{:?} {:?}", case.list, case.options);
        for (name, before) in case.files {
            for comment in before.lines().filter_map(|line| line.find('#').map(|at| &line[at..])) {
                comments += 1;
                assert!(ours[*name].contains(comment), "{comment} is lost: {:?}\n{}", case.options, ours[*name]);
            }
        }
    }
    println!("{} option sets, {comments} comments kept", CASES.len());
    assert!(comments > 50);
}

/// The lines of `eks list -o json`, by profile and region.
fn listed(url: &str, words: &[&str]) -> BTreeMap<(String, String), Value> {
    let folder = TempDir::with_prefix("whycan-eks-").unwrap();
    let mut command = command(Path::new(env!("CARGO_BIN_EXE_whycan")), folder.path(), url);
    let output = command.args(["eks", "list", "-o", "json"]).args(words).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    let places: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let key = |place: &Value| (place["profile"].as_str().unwrap().to_owned(), place["region"].as_str().unwrap().to_owned());
    places.iter().map(|place| (key(place), place.clone())).collect()
}

#[test]
#[ignore = "needs peers: ministack"]
fn one_denied_one_throttled_one_hanging_and_all_others_are_listed() {
    let emulator = Emulator::ministack();
    for (profile, account) in PROFILES {
        for region in REGIONS.iter().filter(|region| (profile, **region) != ("gamma", "us-west-2")) {
            emulator.create(account, region, &format!("{profile}-{region}"));
        }
    }
    let (port, tries) = (emulator.port, AtomicUsize::new(0));
    let front = Aws::start(move |call| match (call.key.as_str(), call.region.as_str()) {
        _ if call.service != "eks" => Answer::Pass(port),
        ("222222222222", "eu-west-1") => {
            let message = "User: arn:aws:iam::222222222222:user/me is not authorized to perform: eks:ListClusters on resource: * with an \
                           explicit deny in a service control policy";
            Answer::refusal(call, 403, "AccessDeniedException", message)
        }
        ("333333333333", "us-east-1") => Answer::refusal(call, 429, "ThrottlingException", "Rate exceeded"),
        ("111111111111", "us-west-2") if tries.fetch_add(1, Ordering::SeqCst) < 2 => {
            Answer::refusal(call, 429, "ThrottlingException", "Rate exceeded")
        }
        ("222222222222", "ap-southeast-1") => Answer::Silence,
        _ => Answer::Pass(port),
    });
    let words = [&["--profile", "alpha", "beta", "gamma", "--timeout", "6s", "--region"], &REGIONS[..]].concat();
    let places = listed(&front.url(), &words);
    assert_eq!(places.len(), 12);
    for ((profile, region), place) in &places {
        let account = PROFILES.iter().find(|(name, _)| name == profile).unwrap().1;
        let clusters = place["clusters"].as_array().unwrap();
        let (state, message) = match (profile.as_str(), region.as_str()) {
            ("beta", "eu-west-1") => (
                "denied",
                Some("arn:aws:iam::222222222222:user/me is not allowed eks:ListClusters in eu-west-1: a service control policy denies it"),
            ),
            ("gamma", "us-east-1") => ("failed", Some("EKS in us-east-1 turns requests away (throttling), also after several attempts")),
            ("beta", "ap-southeast-1") => ("failed", Some("no answer from EKS in ap-southeast-1 within 6 s")),
            ("gamma", "us-west-2") => ("empty", None),
            _ => ("ok", None),
        };
        assert_eq!((place["state"].as_str(), place["message"].as_str()), (Some(state), message), "{place}");
        assert_eq!(place["account"], account, "{place}");
        if state == "ok" {
            let name = format!("{profile}-{region}");
            assert_eq!(clusters.len(), 1, "{place}");
            assert_eq!(clusters[0]["arn"], format!("arn:aws:eks:{region}:{account}:cluster/{name}"));
            assert!(clusters[0]["endpoint"].as_str().unwrap().starts_with("https://") && clusters[0]["status"].is_string());
        } else {
            assert!(clusters.is_empty(), "{place}");
        }
    }
}

#[test]
#[ignore = "needs peers: moto"]
fn a_list_of_several_pages_is_read_to_its_end() {
    let emulator = Emulator::moto();
    let names: Vec<String> = (0..107).map(|number| format!("cluster-{number:03}")).collect();
    for name in &names {
        emulator.create(ACCOUNT, "eu-west-1", name);
    }
    let places = listed(&emulator.url(), &["--profile", "alpha", "--region", "eu-west-1"]);
    let place = places.values().next().unwrap();
    let found: Vec<&str> = place["clusters"].as_array().unwrap().iter().map(|cluster| cluster["name"].as_str().unwrap()).collect();
    assert_eq!(found, names);
    assert!(place["clusters"].as_array().unwrap().iter().all(|cluster| cluster["endpoint"].is_string()), "{place}");
}
