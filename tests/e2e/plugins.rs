//! A credential plugin that wants the terminal, on the command line: it gets it where there is one.

use std::fs;
use std::process::{Command, Stdio};

use base64::Engine as _;
use serde_json::json;
use tempfile::TempDir;
use whycan::identity::Identity;

use crate::certificates::Authority;
use crate::fake::{Fake, Front};
use crate::terminal::Terminal;

/// A server that knows one token, and a kubeconfig whose plugin gives it to whoever knows the code.
fn ground() -> (Fake, TempDir) {
    let authority = Authority::new();
    let server = authority.server();
    let fake = Fake::start(Front::tls(&server.certificate, &server.key, None));
    fake.user("given", Identity::literal("alice", ["dev".into()]));
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".kube")).unwrap();
    let answer =
        json!({ "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": { "token": "given" } }).to_string();
    let script = format!(
        r#"case $KUBERNETES_EXEC_INFO in *'"interactive":true'*) ;; *) exit 9;; esac
        printf 'the code? ' >&2; read code; [ "$code" = 123456 ] || {{ echo wrong >&2; exit 3; }}; echo '{answer}'"#
    );
    let config = json!({
        "current-context": "here",
        "clusters": [{ "name": "here", "cluster": {
            "server": fake.url(),
            "certificate-authority-data": base64::engine::general_purpose::STANDARD.encode(authority.pem()),
        } }],
        "users": [{ "name": "here", "user": { "exec": {
            "apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Always",
            "command": "/bin/sh", "args": ["-c", script],
        } } }],
        "contexts": [{ "name": "here", "context": { "cluster": "here", "user": "here" } }],
    });
    fs::write(folder.path().join(".kube/config"), config.to_string()).unwrap();
    (fake, folder)
}

#[test]
fn it_asks_on_the_terminal_and_nothing_hurries_it() {
    let (_fake, folder) = ground();
    let home = folder.path().to_str().unwrap();
    // its user thinks for longer than any step outside may take
    let open = || Terminal::open(&["whoami", "--timeout", "200ms"], (100, 30), &[("HOME", home)]);
    let mut terminal = open();
    terminal.wait_for("the code?");
    std::thread::sleep(std::time::Duration::from_millis(400));
    terminal.press("123456\r");
    terminal.wait_for("alice");
    assert_eq!(terminal.end(), 0);
    // what it says on standard error, its user has seen
    let mut terminal = open();
    terminal.wait_for("the code?");
    terminal.press("1\r");
    terminal.wait_for("wrong");
    terminal.wait_for("the credential plugin `/bin/sh` failed (exit status 3)");
    assert_eq!(terminal.end(), 4);
    // and the keys of the terminal are for both
    let mut terminal = open();
    terminal.wait_for("the code?");
    terminal.press("\x03");
    assert_eq!(terminal.end(), 4);
}

#[test]
fn of_a_file_that_lies_about_it_is_not_run_without_a_word() {
    let (fake, folder) = ground();
    let kube = folder.path().join(".kube");
    fs::rename(kube.join("config"), kube.join("found.yaml")).unwrap();
    fs::write(kube.join("config"), "{}").unwrap();
    let run = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_whycan"));
        command.env_clear().env("HOME", folder.path()).env("PATH", "/usr/bin:/bin").args(words);
        let output = command.stdin(Stdio::null()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap().replace(folder.path().to_str().unwrap(), "~"))
    };
    for words in [&["whoami", "--context", "here"][..], &["why", "get", "pods", "--context", "here"]] {
        let told = "whycan: context `here` stands only in `~/.kube/found.yaml`, which kubectl does not look at, and would run `/bin/sh`: it is not opened without your word
  If you trust that file, name it: --kubeconfig ~/.kube/found.yaml --context here
  Or put it into view: export KUBECONFIG=~/.kube/config:~/.kube/found.yaml
";
        assert_eq!(run(words), (Some(4), told.to_owned()));
    }
    let (status, told) = run(&["whoami", "--context", "nowhere"]);
    assert!(status == Some(2) && told.starts_with("whycan: there is no context `nowhere`"), "{told}");
    assert!(fake.seen().is_empty());
}

#[test]
fn without_a_terminal_it_is_not_run() {
    let (fake, folder) = ground();
    let mut command = Command::new(env!("CARGO_BIN_EXE_whycan"));
    command.env_clear().env("HOME", folder.path()).env("PATH", "/usr/bin:/bin").arg("whoami");
    let output = command.stdin(Stdio::null()).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{told}");
    let flat = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("wants a terminal (interactiveMode Always), and there is none for it here"), "{told}");
    assert!(!told.contains("the code?") && fake.seen().is_empty(), "{told}");
}
