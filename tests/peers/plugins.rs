//! Credential plugins, kubectl's policy on them, and which of several credentials counts: kubectl and whycan agree, on a real
//! cluster, but where they are not meant to.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use whycan::kubeconfig::ways;
use whycan::source::kubeconfig;

use crate::cluster::{Cluster, Setup, program};
use crate::zoo::{Kubectl, animals, kubeconfig as written};

/// Who has these tokens.
const USERS: &[(&str, &[&str])] = &[("alice", &["dev"]), ("bob", &[])];

/// Long enough for kubectl, in seconds; what hangs is ended then.
const SECONDS: &str = "10";
const MOMENT: &str = "1";

struct Ground {
    cluster: Cluster,
    folder: tempfile::TempDir,
}

impl Ground {
    async fn lay() -> Self {
        let cluster = Cluster::start(&Setup { tokens: USERS, ..Setup::default() }).await;
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".kube")).unwrap();
        Self { cluster, folder }
    }

    fn entry(&self) -> Value {
        json!({ "server": self.cluster.url, "certificate-authority": self.cluster.file("ca.crt") })
    }

    fn write(&self, text: &str) {
        fs::write(self.folder.path().join(".kube/config"), text).unwrap();
    }

    /// A kubeconfig whose user is this.
    fn write_user(&self, user: &Value) {
        let mut config: Value = serde_json::from_str(&written(&self.entry(), &json!({}))).unwrap();
        config["users"][0]["user"] = user.clone();
        self.write(&config.to_string());
    }

    fn run(&self, program: &Path, words: &[&str], seconds: &str, variables: &[(&str, &str)]) -> Output {
        let mut command = Command::new("timeout");
        command.args(["--signal=KILL", seconds]).arg(program).args(words);
        command.env_clear().env("HOME", self.folder.path()).env("PATH", "/usr/bin:/bin").envs(variables.iter().copied());
        command.current_dir(self.folder.path()).stdin(Stdio::null()).output().unwrap()
    }

    /// The user that the server takes kubectl for; nobody where it fails.
    fn kubectl(&self, seconds: &str, variables: &[(&str, &str)]) -> (Option<String>, String) {
        let output = self.run(&program("kubectl"), &["auth", "whoami", "-o", "json"], seconds, variables);
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        (answer["status"]["userInfo"]["username"].as_str().map(str::to_owned), told(&output))
    }

    /// The same of whycan.
    fn whycan(&self, limit: &str, variables: &[(&str, &str)]) -> (Option<String>, String) {
        let words = ["whoami", "-o", "json", "--timeout", limit];
        let output = self.run(Path::new(env!("CARGO_BIN_EXE_whycan")), &words, SECONDS, variables);
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        (answer["server"]["username"].as_str().map(str::to_owned), told(&output))
    }

    fn agree(&self, what: &str, variables: &[(&str, &str)], user: Option<&str>) {
        let (kubectl, its) = self.kubectl(SECONDS, variables);
        let (whycan, ours) = self.whycan("5s", variables);
        println!("{what}: {kubectl:?}\n  {}\n  {}", its.trim(), ours.lines().last().unwrap_or_default());
        assert_eq!((kubectl.as_deref(), whycan.as_deref()), (user, user), "{what}\nkubectl: {its}\nwhycan: {ours}");
    }
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs peers"]
async fn the_zoo_of_plugins() {
    let ground = Ground::lay().await;
    let mut differing = Vec::new();
    for animal in animals(ground.folder.path(), "token-0") {
        ground.write(&written(&ground.entry(), &animal.exec));
        let limit = if animal.hangs { "300ms" } else { "5s" };
        let (whycan, ours) = ground.whycan(limit, &[]);
        let works = animal.says.is_empty();
        assert_eq!(whycan.is_some(), works, "{}: {ours}", animal.name);
        if let Kubectl::Untried(_) = animal.kubectl {
            continue;
        }
        let seconds = if animal.hangs { MOMENT } else { SECONDS };
        let (kubectl, its) = ground.kubectl(seconds, &[]);
        println!("{}: {}\n  {}", animal.name, if works { "works" } else { "fails" }, its.lines().next_back().unwrap_or_default());
        // what hangs is ended by us, and would go on
        let is_same = kubectl.is_some() == works && !animal.hangs;
        if is_same != (animal.kubectl == Kubectl::Same) {
            differing.push(format!("{}: kubectl {kubectl:?} {its}", animal.name));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs peers"]
async fn kubectls_policy_on_plugins_is_kept() {
    let ground = Ground::lay().await;
    let folder = ground.folder.path().display().to_string();
    let answer =
        json!({ "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": { "token": "token-0" } }).to_string();
    let plugin = format!("{folder}/plugin");
    fs::write(&plugin, format!("#!/bin/sh\necho '{answer}'\n")).unwrap();
    fs::set_permissions(&plugin, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let exec = |command: &str| json!({ "apiVersion": "client.authentication.k8s.io/v1", "command": command, "interactiveMode": "Never" });
    let path = format!("{folder}:/usr/bin:/bin");
    let (named, usual) = (format!("{folder}/kuberc"), format!("{folder}/.kube/kuberc"));
    let beta = "apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n";
    let list = |entry: &str| format!("{beta}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist:\n- {entry}\n");
    let alice = Some("alice");
    for (command, text, user) in [
        ("plugin", String::new(), alice),
        ("plugin", beta.to_owned(), alice),
        ("plugin", format!("{beta}credentialPluginPolicy: AllowAll\n"), alice),
        ("plugin", format!("{beta}credentialPluginPolicy: DenyAll\n"), None),
        ("plugin", format!("{beta}credentialPluginPolicy: DenyAll\n").replace("v1beta1", "v1alpha1"), alice),
        ("plugin", format!("kind: Pod\n---\n{beta}credentialPluginPolicy: DenyAll\n"), None),
        ("plugin", format!("{beta}credentialPluginPolicy: Deny\n"), None),
        ("plugin", list("command: plugin"), alice),
        ("plugin", list("name: plugin"), alice),
        ("plugin", list(&format!("command: {plugin}")), alice),
        ("plugin", list("command: /usr/bin/plugin"), None),
        ("plugin", list("command: other"), None),
        ("plugin", list("command: ./plugin"), None),
        ("plugin", list("cmd: plugin"), None),
        ("plugin", list("{command: plugin, name: other}"), None),
        (&plugin, list("command: plugin"), alice),
        (&plugin, list(&format!("command: {plugin}")), alice),
        (&plugin, list("command: other"), None),
        ("../plugin", list(&format!("command: {plugin}")), alice),
        ("missing", list("command: plugin"), None),
        ("plugin", format!("{beta}credentialPluginPolicy: Allowlist\n"), None),
        ("plugin", format!("{beta}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: []\n"), None),
        ("plugin", format!("{beta}credentialPluginAllowlist: [{{command: plugin}}]\n"), None),
    ] {
        ground.write(&written(&ground.entry(), &exec(command)));
        fs::write(&named, &text).unwrap();
        ground.agree(&format!("{command} by {text}"), &[("PATH", &path), ("KUBERC", &named)], user);
    }
    ground.write(&written(&ground.entry(), &exec("plugin")));
    fs::write(&named, "x: [").unwrap();
    ground.agree("a named one that is broken", &[("PATH", &path), ("KUBERC", &named)], None);
    ground.agree("a named one that is missing", &[("PATH", &path), ("KUBERC", "/nowhere/kuberc")], None);
    ground.agree("no usual one", &[("PATH", &path)], alice);
    fs::write(&usual, "x: [").unwrap();
    ground.agree("a usual one that is broken", &[("PATH", &path)], alice);
    fs::write(&usual, format!("{beta}credentialPluginPolicy: DenyAll\n")).unwrap();
    ground.agree("a usual one", &[("PATH", &path)], None);
    ground.agree("switched off", &[("PATH", &path), ("KUBERC", "off")], alice);
    ground.agree("switched off by its gate", &[("PATH", &path), ("KUBECTL_KUBERC", "false")], alice);
    ground.agree("another one", &[("PATH", &path), ("KUBERC", "Off")], None);
    // what needs no plugin needs no leave
    ground.write_user(&json!({ "token": "token-0", "exec": exec("plugin") }));
    ground.agree("a token beside", &[("PATH", &path)], alice);
    // and PATH: of folders that are relative nothing is run
    fs::remove_file(&usual).unwrap();
    ground.write(&written(&ground.entry(), &exec("plugin")));
    ground.agree("found here", &[("PATH", ".:/usr/bin:/bin")], None);
    let mut own = exec("plugin");
    own["env"] = json!([{ "name": "PATH", "value": path }]);
    ground.write(&written(&ground.entry(), &own));
    ground.agree("found on a path of its own", &[], None);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs peers"]
async fn of_several_credentials_the_same_counts() {
    let ground = Ground::lay().await;
    let folder = ground.folder.path().display().to_string();
    let path = |name: &str, text: &str| {
        let path = format!("{folder}/{name}");
        fs::write(&path, text).unwrap();
        path
    };
    let token = path("token", "token-1\n");
    let trace = format!("{folder}/trace");
    let exec = json!({
        "apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never", "command": "/bin/sh",
        "args": ["-c", format!("touch {trace}; exit 1")],
    });
    let carol = ground.cluster.certificate("carol", &["dev"]);
    let of_carol = |extension: &str| carol.with_extension(extension).display().to_string();
    let with_certificate = |rest: Value| {
        let mut user = json!({ "client-certificate": of_carol("crt"), "client-key": of_carol("key") });
        user.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        user
    };
    for (user, expected) in [
        (json!({ "token": "token-0", "exec": exec }), Some("alice")),
        (json!({ "token": "token-0", "tokenFile": token }), Some("bob")),
        (json!({ "token": "token-0", "tokenFile": "/nowhere" }), Some("alice")),
        (json!({ "tokenFile": "/nowhere" }), None),
        (json!({ "tokenFile": token, "password": "p" }), Some("bob")),
        (json!({ "tokenFile": token, "username": "me" }), None),
        (json!({ "token": "token-0", "password": "p" }), None),
        (with_certificate(json!({})), Some("carol")),
        (with_certificate(json!({ "token": "token-0" })), Some("carol")),
        (with_certificate(json!({ "token": "wrong" })), Some("carol")),
        (with_certificate(json!({ "exec": exec })), Some("carol")),
        (with_certificate(json!({ "username": "me", "password": "p" })), Some("carol")),
        (json!({ "client-certificate": of_carol("crt"), "token": "token-0" }), None),
        (json!({ "client-key": of_carol("key"), "token": "token-0" }), Some("alice")),
        (json!({ "token": "token-0", "auth-provider": { "name": "gcp" } }), None),
        (with_certificate(json!({ "auth-provider": { "name": "azure" } })), None),
        (json!({ "exec": exec, "auth-provider": { "name": "oidc" } }), None),
        (
            json!({ "token": "token-0", "auth-provider": { "name": "oidc", "config": { "idp-issuer-url": "https://x", "client-id": "y" } } }),
            Some("alice"),
        ),
    ] {
        ground.write_user(&user);
        ground.agree(&user.to_string(), &[], expected);
        let loaded = kubeconfig::load(Some(&ground.folder.path().join(".kube/config"))).unwrap();
        let ways = ways(&loaded.users()[0]);
        // a file that cannot be read is not known there
        assert_eq!(ways.is_refused, expected.is_none() && user["tokenFile"] != "/nowhere", "{user}: {ways:?}");
    }
    assert!(!Path::new(&trace).exists(), "a plugin that was not to be run was run");
}
