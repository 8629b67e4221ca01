//! The program itself on a live cluster: every command in words, and every fault with its cause and next step.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use insta::assert_snapshot;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use whycan::identity::Identity;
use whycan::kubeconfig::{Data, Target};

use crate::certificates::Authority;
use crate::fake::{Fake, Front};
use crate::faults::{Case, cases};
use crate::support::{AMPLE, fill, rbac, secure};

/// What a run left behind.
struct Run {
    status: i32,
    stdout: String,
    stderr: String,
}

/// A kubeconfig that leads where a target does.
fn write(target: &Target, folder: &Path) -> std::path::PathBuf {
    let encoded = |data: &Data| match data {
        Data::Inline(bytes) => base64::engine::general_purpose::STANDARD.encode(bytes),
        Data::File(path) => base64::engine::general_purpose::STANDARD.encode(std::fs::read(path).unwrap()),
    };
    let (mut cluster, mut user) = (json!({ "server": target.cluster.server }), json!({}));
    if let Some(authority) = &target.cluster.certificate_authority {
        cluster["certificate-authority-data"] = json!(encoded(authority));
    }
    if let Some(token) = &target.user.token {
        user["token"] = json!(token.expose_secret());
    }
    for (key, data) in [("client-certificate-data", &target.user.client_certificate), ("client-key-data", &target.user.client_key)] {
        if let Some(data) = data {
            user[key] = json!(encoded(data));
        }
    }
    let config = json!({
        "current-context": "here",
        "clusters": [{ "name": "fake", "cluster": cluster }],
        "users": [{ "name": "me", "user": user }],
        "contexts": [{ "name": "here", "context": { "cluster": "fake", "user": "me" } }],
    });
    let path = folder.join("config");
    std::fs::write(&path, config.to_string()).unwrap();
    path
}

fn run(kubeconfig: &Path, limit: Duration, words: &[&str], fake: &Fake) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whycan"));
    command.env_clear().env("HOME", "/nonexistent").env("COLUMNS", "100").env("KUBECONFIG", kubeconfig);
    command.arg(format!("--timeout={}ms", limit.as_millis())).args(words);
    let output = command.stdin(Stdio::null()).output().unwrap();
    let folder = kubeconfig.parent().unwrap().to_str().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(&fake.address().to_string(), "SERVER").replace(folder, "~");
    Run { status: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A cluster with TLS, and kubeconfigs for those who may do everything, read everything, and list nothing.
struct Ground {
    fake: Fake,
    authority: String,
    folder: TempDir,
}

impl Ground {
    fn lay() -> Self {
        let authority = Authority::new();
        let server = authority.server();
        let fake = Fake::start(Front::tls(&server.certificate, &server.key, None));
        fill(&fake);
        let (rules, everybody) = (
            json!({ "rules": [{ "apiGroups": ["authorization.k8s.io", "authentication.k8s.io"], "verbs": ["create"],
                "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"] }] }),
            json!({ "subjects": [{ "kind": "Group", "name": "system:authenticated", "apiGroup": "rbac.authorization.k8s.io" }],
                "roleRef": { "kind": "ClusterRole", "name": "system:basic-user", "apiGroup": "rbac.authorization.k8s.io" } }),
        );
        fake.put(&rbac("ClusterRole", "", "system:basic-user", &rules));
        fake.put(&rbac("ClusterRoleBinding", "", "system:basic-user", &everybody));
        fake.user("alice", Identity::literal("alice", ["dev".into(), "system:authenticated".into()]));
        Self { fake, authority: authority.pem(), folder: tempfile::tempdir().unwrap() }
    }

    fn run(&self, token: &str, words: &[&str]) -> Run {
        let kubeconfig = write(&secure(&self.fake.url(), &self.authority, token), self.folder.path());
        run(&kubeconfig, AMPLE, words, &self.fake)
    }
}

/// What is different each time: how long something took.
fn steady(text: &str) -> String {
    let words = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let is_time = |position: usize| {
            words[position].parse::<f64>().is_ok() && words.get(position + 1).is_some_and(|unit| matches!(*unit, "ms" | "s"))
        };
        let steady = |(position, word): (usize, &&str)| if is_time(position) { "N".to_owned() } else { (*word).to_owned() };
        words.iter().enumerate().map(steady).collect::<Vec<_>>().join(" ")
    };
    text.lines().map(|line| words(line) + "\n").collect()
}

#[test]
fn every_command_on_a_cluster() {
    let ground = Ground::lay();
    let mut told = String::new();
    for (token, line) in [
        ("admin", "why delete pods -n dev --as alice"),
        ("admin", "who-can get pods -n dev"),
        ("admin", "can alice -n dev"),
        ("admin", "whoami"),
        ("admin", "cluster"),
        ("admin", "identities"),
        ("alice", "whoami"),
        ("alice", "why get pods -n dev"),
        ("alice", "why delete pods -n dev"),
        ("alice", "why delete pods -n dev --as carol"),
        ("alice", "who-can get pods -n dev"),
        ("alice", "can -n dev"),
        ("alice", "review -f /dev/null"),
        ("alice", "context"),
        ("wrong", "why get pods -n dev"),
    ] {
        let run = ground.run(token, &line.split(' ').collect::<Vec<_>>());
        let stderr = if run.stderr.is_empty() { String::new() } else { format!("--- standard error\n{}", run.stderr) };
        let _ = write!(told, "# as {token}: whycan {line}\n{}{}--- exit status {}\n\n", steady(&run.stdout), stderr, run.status);
    }
    assert_snapshot!(told);
}

#[test]
fn answers_are_as_their_schemas_say() {
    let ground = Ground::lay();
    for (token, line) in [
        ("admin", "why delete pods -n dev --as alice"),
        ("alice", "why get pods -n dev"),
        ("alice", "why delete pods -n dev --as carol"),
        ("admin", "whoami"),
        ("alice", "whoami"),
        ("wrong", "whoami"),
        ("admin", "cluster"),
        ("alice", "cluster"),
        ("alice", "can -n dev"),
        ("alice", "who-can get pods -n dev"),
    ] {
        let words: Vec<&str> = ["-o", "json"].into_iter().chain(line.split(' ')).collect();
        let run = ground.run(token, &words);
        let value: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{line}: {error}\n{}", run.stderr));
        let schema = ground.run(token, &["schema", words[2]]).stdout;
        let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
        let faults: Vec<String> = validator.iter_errors(&value).map(|error| format!("{error} at {}", error.instance_path)).collect();
        assert!(faults.is_empty(), "{token} {line}: {faults:#?}\n{value:#}");
    }
}

/// The verdict counts, the server's where it answered: `computed`, `verdict` and `decidedBy` as the contract has them.
#[test]
fn the_server_has_the_last_word() {
    let ground = Ground::lay();
    for (token, line, wanted, status) in [
        ("admin", "why get pods -n dev --as alice", ["allowed", "allowed", "RBAC"], 0),
        ("admin", "why delete pods -n dev --as alice", ["denied", "denied", "none"], 1),
        ("admin", "why delete pods -n dev", ["allowed", "allowed", "system:masters"], 0),
        ("alice", "why get pods -n dev", ["allowed", "unknown", "server"], 0),
        ("alice", "why delete pods -n dev", ["denied", "unknown", "server"], 1),
        ("alice", "why delete pods -n dev --as carol", ["unknown", "unknown", "none"], 3),
        // one's own message, and somebody else's
        (
            "alice",
            r#"pods is forbidden: User "alice" cannot get resource "pods" in API group "" in the namespace "dev""#,
            ["allowed", "unknown", "server"],
            0,
        ),
        (
            "alice",
            r#"pods is forbidden: User "carol" cannot get resource "pods" in API group "" in the namespace "dev""#,
            ["unknown", "unknown", "none"],
            3,
        ),
    ] {
        let words: Vec<&str> = if line.contains("forbidden") { vec![line] } else { line.split(' ').collect() };
        let words: Vec<&str> = ["-o", "json"].into_iter().chain(words).collect();
        let run = ground.run(token, &words);
        let answer: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!([&answer["verdict"], &answer["computed"], &answer["decidedBy"]], wanted, "{token} {line}\n{answer:#}");
        assert_eq!(run.status, status, "{token} {line}");
    }
}

#[test]
fn every_fault_is_told_by_the_program() {
    let told: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> = cases().into_iter().map(|case| scope.spawn(move || report(&case))).collect();
        running.into_iter().map(|report| report.join().unwrap()).collect()
    });
    assert_snapshot!(told.concat());
}

/// What a question comes to, and whether one learns who one is.
fn report(case: &Case) -> String {
    let folder = tempfile::tempdir().unwrap();
    let kubeconfig = write(&case.target, folder.path());
    // the truth is that alice may: whatever is lost, nobody may be told that she may not
    let why = run(&kubeconfig, case.limit, &["-o", "json", "why", "get", "pods", "-n", "dev", "--as", "alice"], &case.fake);
    let whoami = run(&kubeconfig, case.limit, &["-o", "json", "whoami"], &case.fake);
    let mut told = format!("# {}\nwhy: exit status {}, whoami: exit status {}\n{}", case.name, why.status, whoami.status, why.stderr);
    assert_ne!(why.status, 1, "{told}\n{}", why.stdout);
    if why.status != 4 {
        let answer: Value = serde_json::from_str(&why.stdout).unwrap();
        let _ = writeln!(
            told,
            "verdict {}, {} gaps, {}",
            answer["verdict"],
            answer["gaps"].as_array().unwrap().len(),
            answer["request"]["notes"]
        );
    }
    told.push('\n');
    told
}

/// The system's word for what a process does with a signal is Linux' own.
#[cfg(target_os = "linux")]
#[test]
fn an_interruption_ends_a_command_that_waits_and_is_told() {
    // it takes connections, and never says a word
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("config");
    let config = json!({
        "current-context": "here",
        "clusters": [{ "name": "silent", "cluster": { "server": format!("https://{}", silent.local_addr().unwrap()) } }],
        "users": [{ "name": "me", "user": { "token": "t" } }],
        "contexts": [{ "name": "here", "context": { "cluster": "silent", "user": "me" } }],
    });
    std::fs::write(&path, config.to_string()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_whycan"));
    command.env_clear().env("HOME", folder.path()).arg("--kubeconfig").arg(&path).args(["--timeout", "60s", "why", "get", "pods"]);
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // from when on it listens for the interruption: the second bit of what it catches
    let catches = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap().trim();
        u64::from_str_radix(caught, 16).unwrap() & 0b10 != 0
    };
    while !catches() {
        std::thread::yield_now();
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(4), "whycan: interrupted\n"));
}

#[test]
fn of_a_kubelet_the_pods_on_its_node_are_read() {
    let ground = Ground::lay();
    let pod = |name: &str, node: &str, secret: &str| {
        json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "namespace": "dev", "name": name },
            "spec": { "nodeName": node, "volumes": [{ "name": "v", "secret": { "secretName": secret } }] } })
    };
    for object in [pod("web-0", "n1", "db"), pod("web-1", "n2", "other")] {
        ground.fake.put(&object);
    }
    let why = |secret: &str| {
        let line = format!("why get secrets {secret} -n dev --as system:node:n1 --as-group system:nodes -o json");
        let run = ground.run("admin", &line.split(' ').collect::<Vec<_>>());
        let answer: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{} {}", run.stdout, run.stderr));
        answer
    };
    let allowed = why("db");
    assert_eq!((&allowed["verdict"], &allowed["decidedBy"]), (&json!("allowed"), &json!("Node")));
    assert_eq!(allowed["relation"]["paths"][0]["sentence"], "Pod dev/web-0 on this node mounts Secret dev/db");
    assert_eq!(why("other")["computed"], "denied");
    let asked: Vec<String> = ground.fake.seen().into_iter().map(|seen| seen.path).collect();
    let pods: Vec<&String> = asked.iter().filter(|path| path.contains("/pods")).collect();
    assert!(!pods.is_empty() && pods.iter().all(|path| path.contains("fieldSelector=spec.nodeName%3Dn1")), "{pods:?}");
    assert!(asked.iter().any(|path| path.contains("/api/v1/persistentvolumes")), "{asked:?}");
    // who is no kubelet costs nobody's pods
    let before = ground.fake.count("/pods");
    assert_eq!(ground.run("admin", &["why", "get", "secrets", "db", "-n", "dev", "--as", "alice"]).status, 1);
    assert_eq!(ground.fake.count("/pods"), before);
}
