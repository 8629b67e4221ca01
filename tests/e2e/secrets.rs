//! The canary: a secret in every place that a kubeconfig has for one, and after every command, the screens and a crash it is
//! found nowhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use whycan::identity::Identity;

use crate::certificates::Authority;
use crate::fake::{Fake, Front};
use crate::terminal::Terminal;

/// What every canary begins with, as it stands and as a `data` field or a header has it.
const CANARY: &str = "canary-in-";

struct Ground {
    fake: Fake,
    folder: TempDir,
    /// Part of the key in `client-key-data`, which is no word of ours.
    key: String,
}

impl Ground {
    fn lay() -> Self {
        let authority = Authority::new();
        let server = authority.server();
        let fake = Fake::start(Front::tls(&server.certificate, &server.key, None));
        for canary in ["token", "file", "output", "beside"] {
            fake.user(&format!("{CANARY}{canary}"), Identity::literal("admin", ["system:masters".into()]));
        }
        let pair = authority.user("alice", &[]);
        let folder = tempfile::tempdir().unwrap();
        for place in ["home/.kube", "state", "config", "cache", "tmp"] {
            fs::create_dir_all(folder.path().join(place)).unwrap();
        }
        let encoded = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
        let canary = |place: &str| format!("{CANARY}{place}");
        fs::write(folder.path().join("home/.kube/token"), canary("file")).unwrap();
        let answer =
            json!({ "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": { "token": canary("output") } });
        let exec = |script: &str| {
            json!({ "exec": {
                "apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never",
                "command": "/bin/sh", "args": ["-c", script, "--client-secret", canary("argument")],
                "env": [{ "name": "VAULT_TOKEN", "value": canary("variable") }],
            } })
        };
        let users = [
            ("token", json!({ "token": canary("token") })),
            ("file", json!({ "tokenFile": "token" })),
            (
                "key",
                json!({ "client-certificate-data": encoded(&pair.certificate), "client-key-data": encoded(&pair.key), "token": canary("beside") }),
            ),
            ("password", json!({ "username": "me", "password": canary("password") })),
            ("plugin", exec(&format!("echo '{answer}'"))),
            ("talking", exec(&format!("echo password={CANARY}talk1 \"$VAULT_TOKEN\" \"$1\" 'Bearer {CANARY}talk2' >&2; exit 1"))),
            ("babbling", exec(&format!("echo '{{\"token\": \"{CANARY}babble\"'"))),
            (
                "provider",
                json!({ "auth-provider": { "name": "oidc", "config": { "id-token": canary("id-token"), "client-secret": canary("provider") } } }),
            ),
            ("proxied", json!({ "token": canary("token") })),
            ("refused", json!({ "token": canary("refused") })),
        ];
        let cluster = json!({ "server": fake.url(), "certificate-authority-data": encoded(&authority.pem()) });
        let mut proxied = cluster.clone();
        proxied["proxy-url"] = json!(format!("http://me:{CANARY}proxy@127.0.0.1:1"));
        let contexts: Vec<Value> = users
            .iter()
            .map(|(name, _)| json!({ "name": name, "context": { "user": name, "cluster": if *name == "proxied" { "proxied" } else { "fake" } } }))
            .collect();
        let config = json!({
            "current-context": "token", "contexts": contexts,
            "clusters": [{ "name": "fake", "cluster": cluster }, { "name": "proxied", "cluster": proxied }],
            "users": users.iter().map(|(name, user)| json!({ "name": name, "user": user })).collect::<Vec<_>>(),
        });
        let text = serde_yaml::to_string(&config).unwrap() + &format!("# token: {CANARY}comment\n");
        fs::write(folder.path().join("home/.kube/config"), text).unwrap();
        let key = pair.key.lines().nth(1).unwrap()[..24].to_owned();
        Self { fake, folder, key }
    }

    fn path(&self, place: &str) -> PathBuf {
        self.folder.path().join(place)
    }

    /// The environment of every run.
    fn environment(&self) -> Vec<(&'static str, String)> {
        let place = |place: &str| self.path(place).display().to_string();
        vec![
            ("HOME", place("home")),
            ("XDG_STATE_HOME", place("state")),
            ("XDG_CONFIG_HOME", place("config")),
            ("XDG_CACHE_HOME", place("cache")),
            ("TMPDIR", place("tmp")),
            ("PATH", "/usr/bin:/bin".to_owned()),
            ("RUST_BACKTRACE", "1".to_owned()),
            ("RUST_LOG", "trace".to_owned()),
            // a secret key signs and is never shown; a session token is part of what it signs, by design
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", format!("{CANARY}aws")),
            ("AWS_REGION", "eu-west-1".to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:1".to_owned()),
        ]
    }

    fn run(&self, line: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_whycan"));
        command.env_clear().envs(self.environment()).args(line.split(' ')).stdin(Stdio::null());
        command.output().unwrap()
    }

    /// What is found of a canary in a text.
    fn found(&self, text: &[u8]) -> Option<String> {
        let text = String::from_utf8_lossy(text);
        let encoded = base64::engine::general_purpose::STANDARD_NO_PAD.encode(CANARY);
        // three bytes make four letters: but for the last of them, it is the same whatever follows
        let encoded = &encoded[..12];
        let at = [CANARY, encoded, &self.key].into_iter().find_map(|mark| text.find(mark))?;
        Some(text[at..].chars().take(40).collect())
    }

    /// Everything that was left behind, but what the test has put there.
    fn assert_nothing_is_left(&self) {
        let own = [self.path("home/.kube/config"), self.path("home/.kube/token")];
        for file in files(self.folder.path()).into_iter().filter(|file| !own.contains(file)) {
            assert_eq!(self.found(&fs::read(&file).unwrap()), None, "{}", file.display());
        }
        assert_eq!(files(&self.path("tmp")), Vec::<PathBuf>::new());
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

#[test]
fn no_command_shows_a_secret() {
    let ground = Ground::lay();
    let mut lines = Vec::new();
    for context in ["token", "file", "key", "password", "plugin", "talking", "babbling", "provider", "proxied", "refused"] {
        lines.push(format!("whoami -v --context {context}"));
        lines.push(format!("whoami -o json --context {context}"));
        lines.push(format!("namespace --context {context}"));
        lines.push(format!("token show -v --context {context}"));
        lines.push(format!("token show -o json --context {context}"));
        lines.push(format!("context use {context} --dry-run"));
    }
    for format in ["text -v", "json", "yaml", "markdown"] {
        for command in [
            "why get pods",
            "who-can get pods",
            "can",
            "whoami",
            "cluster",
            "rules",
            "identities",
            "lint",
            "context list",
            "context current",
            "context rename token other --dry-run",
            "context delete plugin --with-unused --dry-run",
            "context use file -n dev --dry-run",
            "context use plugin",
            "context use token",
            "context rename refused renamed",
            "context rename renamed refused",
            "context alias",
        ] {
            lines.push(format!("{command} -o {format}"));
        }
    }
    let file = ground.path("home/.kube/token").display().to_string();
    let config = ground.path("home/.kube/config").display().to_string();
    for format in ["text -v", "json", "yaml", "markdown"] {
        lines.extend([format!("token decode {file} -o {format}"), format!("token decode {config} -o {format}")]);
    }
    // the SDK tries again where nobody listens, which takes its time
    lines.extend(["eks list", "token mint --cluster-name acme --reveal", "token mint --cluster-name acme -o yaml"].map(str::to_owned));
    lines.extend(["schema whoami", "why get pods --context talking -o json"].map(str::to_owned));
    for line in &lines {
        let output = ground.run(line);
        let told = || format!("{line}\n{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_ne!(output.status.code(), Some(2), "{}", told());
        for text in [&output.stdout, &output.stderr] {
            assert_eq!(ground.found(text), None, "{}", told());
        }
    }
    ground.assert_nothing_is_left();
    // what was deleted is kept until the next change, or until it was taken back: for its owner alone
    for line in ["context delete talking --with-unused", "context undo"] {
        let output = ground.run(line);
        assert_eq!((output.status.code(), ground.found(&output.stdout), ground.found(&output.stderr)), (Some(0), None, None), "{line}");
        let undo = fs::metadata(ground.path("state/whycan/undo.json")).unwrap();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&undo.permissions()) & 0o777, 0o600);
    }
    ground.assert_nothing_is_left();
    // what was presented arrived, or this would prove nothing
    let seen = ground.fake.seen();
    let presented: Vec<&str> = seen.iter().flat_map(|seen| seen.header("authorization")).collect();
    for canary in ["token", "file", "output", "beside", "refused"] {
        assert!(presented.iter().any(|header| header.ends_with(&format!("{CANARY}{canary}"))), "{canary}");
    }
    // and the one exception shows it by design
    let export = ground.run("context export token");
    assert!(ground.found(&export.stdout).is_some() && ground.found(&export.stderr).is_none());
}

#[test]
fn no_screen_shows_a_secret_nor_does_a_crash() {
    let ground = Ground::lay();
    let environment = ground.environment();
    let environment: Vec<(&str, &str)> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let crashing = [&environment[..], &[("WHYCAN_TEST_PANIC", "1")]].concat();
    for (environment, is_crash) in [(&environment, false), (&crashing, true)] {
        let mut terminal = Terminal::open(&["-v"], (120, 40), environment);
        terminal.wait_for("admin");
        if is_crash {
            terminal.press("?");
            assert_eq!(terminal.end(), 101);
            terminal.wait_for("please report it");
        } else {
            for key in ["1", "2", "4", "7", "8"] {
                terminal.press(key);
                terminal.wait_for("▸");
            }
            for context in ["talking", "babbling", "proxied", "password"] {
                terminal.press("c");
                terminal.wait_for("babbling");
                terminal.press(&format!("/{context}\r"));
                terminal.press("\r");
                terminal.wait_for(context);
            }
            terminal.press("\x03");
            assert_eq!(terminal.end(), 0);
        }
        assert_eq!(ground.found(&terminal.all()), None);
    }
    ground.assert_nothing_is_left();
}
