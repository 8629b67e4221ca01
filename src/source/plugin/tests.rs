//! Plugins of one line of shell.

use secrecy::ExposeSecret as _;

use super::*;
use crate::credential::x509;

const LIMIT: Duration = Duration::from_secs(20);

fn shell(script: &str) -> Exec {
    Exec {
        api_version: VERSIONS[0].to_owned(),
        command: "/bin/sh".to_owned(),
        args: vec!["-c".to_owned(), script.to_owned()],
        interactive_mode: "IfAvailable".to_owned(),
        ..Exec::default()
    }
}

fn printing(answer: &str) -> Exec {
    shell(&format!("cat <<'END'\n{answer}\nEND"))
}

fn plugin(exec: Exec) -> Plugin {
    Plugin { exec, ..Plugin::default() }
}

async fn failure(exec: &Exec) -> String {
    told(plugin(exec.clone()).run(LIMIT).await)
}

fn told(result: Result<Credential, Failure>) -> String {
    let failure = result.unwrap_err();
    format!("{failure} | {}", failure.hints.join(" | "))
}

fn answer(status: &str) -> String {
    format!(r#"{{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{status}}}"#)
}

#[tokio::test]
async fn a_token_is_taken() {
    let exec = printing(&answer(r#"{"token":"abc","expirationTimestamp":"2026-01-01T00:00:00Z"}"#));
    let credential = plugin(exec).run(LIMIT).await.unwrap();
    assert_eq!(credential.token.unwrap().expose_secret(), "abc");
    assert_eq!(credential.expires_at, Some(1_767_225_600));
}

/// A certificate and its key, in PEM.
fn pair() -> (String, String) {
    let key = rcgen::KeyPair::generate().unwrap();
    (rcgen::CertificateParams::new(["x".to_owned()]).unwrap().self_signed(&key).unwrap().pem(), key.serialize_pem())
}

#[tokio::test]
async fn yaml_and_certificates_are_taken() {
    let (certificate, key) = pair();
    let status = serde_json::json!({ "clientCertificateData": certificate, "clientKeyData": key });
    let exec = printing(&format!("# a comment\napiVersion: client.authentication.k8s.io/v1\nkind: ExecCredential\nstatus: {status}"));
    let credential = plugin(exec).run(LIMIT).await.unwrap();
    assert_eq!(credential.key.unwrap().expose_secret(), key);
    assert!(x509::presented(credential.certificate.unwrap().as_bytes()).is_ok());
}

#[tokio::test]
async fn certificates_and_keys_must_be_some_and_fit() {
    let ((certificate, key), (_, other)) = (pair(), pair());
    for (certificate, key, why) in [
        (certificate.as_str(), "K", "the key is no PEM"),
        ("C", key.as_str(), "the certificate is no PEM"),
        (&certificate, &certificate, "the key holds no private key"),
        (&key, &key, "the certificate holds no certificate"),
        (&certificate, &other, "the key is of another certificate"),
    ] {
        let status = serde_json::json!({ "clientCertificateData": certificate, "clientKeyData": key });
        let failed = failure(&printing(&answer(&status.to_string()))).await;
        assert!(failed.contains(&format!("gave a certificate and a key, and {why} | ")), "{failed}");
    }
}

#[tokio::test]
async fn times_are_those_of_rfc_3339() {
    for (time, seconds) in [
        ("2026-01-01T00:00:00Z", Some(1_767_225_600)),
        ("2026-01-01T00:00:00.5Z", Some(1_767_225_600)),
        ("2026-01-01T01:00:00+01:00", Some(1_767_225_600)),
        ("2026-01-01T00:00:00", None),
        ("2026-01-01 00:00:00Z", None),
        ("2026-01-01", None),
        ("2026-01-01T00:00:00.Z", None),
        ("2026-13-01T00:00:00Z", None),
        ("", None),
    ] {
        let exec = printing(&answer(&format!(r#"{{"token":"t","expirationTimestamp":"{time}"}}"#)));
        let given = plugin(exec).run(LIMIT).await;
        assert_eq!(given.ok().and_then(|credential| credential.expires_at), seconds, "{time}");
    }
}

#[tokio::test]
async fn the_plugin_is_told_what_it_is_for_and_has_no_terminal() {
    let mut exec = shell(r#"read line; printf '%s|%s|%s' "$KUBERNETES_EXEC_INFO" "$EXTRA" "$line" >&2; exit 3"#);
    // ours counts
    exec.env = vec![("EXTRA".to_owned(), "short".to_owned()), ("KUBERNETES_EXEC_INFO".to_owned(), "no".to_owned())];
    let failed = failure(&exec).await;
    assert!(failed.contains(r#"(exit status 3): {"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}}|short| | Log in first"#), "{failed}");
}

#[tokio::test]
async fn a_path_of_the_plugins_own_finds_no_program() {
    // as in Go: ours says where programs are
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("whycan-test-plugin");
    std::fs::write(&program, "#!/bin/sh\n").unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let env = vec![("PATH".to_owned(), folder.path().display().to_string())];
    let exec = Exec { command: "whycan-test-plugin".to_owned(), env, ..shell("") };
    assert_eq!(failure(&exec).await, "the credential plugin `whycan-test-plugin` is not there | Install it, or put its folder into PATH.");
    // and a name of ours is found though the plugin has another PATH
    let exec = Exec { command: "sh".to_owned(), env: vec![("PATH".to_owned(), "/nowhere".to_owned())], ..printing("") };
    let exec = Exec { args: vec!["-c".to_owned(), format!("echo '{}'", answer(r#"{"token":"t"}"#))], ..exec };
    assert!(plugin(exec).run(LIMIT).await.is_ok());
}

#[tokio::test]
async fn without_leave_nothing_is_started() {
    let folder = tempfile::tempdir().unwrap();
    let (trace, kuberc) = (folder.path().join("trace"), folder.path().join("kuberc"));
    std::fs::write(&kuberc, "apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\ncredentialPluginPolicy: DenyAll\n").unwrap();
    let exec = shell(&format!("touch {}", trace.display()));
    let forbidden = Plugin { plugins: Plugins { kuberc: Kuberc::Usual(kuberc), ..Plugins::default() }, ..plugin(exec.clone()) };
    let failed = told(forbidden.run(LIMIT).await);
    assert!(failed.starts_with("the credential plugin `/bin/sh` is not run: credentialPluginPolicy of kuberc `"), "{failed}");
    let allowed = Allowed::only(vec![folder.path().join("config")]);
    let file = Some(folder.path().join("other").display().to_string());
    let unasked = Plugin { plugins: Plugins { allowed, ..Plugins::default() }, file, ..plugin(exec) };
    let failed = told(unasked.run(LIMIT).await);
    assert!(failed.contains("which kubectl does not look at: it is not run without your word"), "{failed}");
    assert!(!trace.exists());
}

#[tokio::test]
async fn what_was_given_on_the_terminal_is_taken_where_there_is_none() {
    let exec = Exec { interactive_mode: "Always".to_owned(), ..printing(&answer(r#"{"token":"run"}"#)) };
    let plugin = plugin(exec);
    let wants = "the credential plugin `/bin/sh` wants a terminal (interactiveMode Always), and there is none for it here | Log in first: run `/bin/sh` in a terminal.";
    assert_eq!(told(plugin.run(LIMIT).await), wants);
    let given = Credential { token: Some("kept".into()), ..Credential::default() };
    plugin.plugins.keep(&plugin.exec, &plugin.cluster, &given);
    assert_eq!(plugin.run(LIMIT).await.unwrap().token.unwrap().expose_secret(), "kept");
    plugin.forget();
    assert_eq!(told(plugin.run(LIMIT).await), wants);
}

#[tokio::test]
async fn what_cannot_be_used_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plugin").display().to_string();
    std::fs::write(&file, "").unwrap();
    std::fs::write(folder.path().join("text"), "echo").unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(folder.path().join("text"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let printed = "Check that it prints an ExecCredential of its apiVersion and nothing else.";
    for (exec, said) in [
        (printing("hello"), format!("the credential plugin `/bin/sh` printed something that is no ExecCredential | {printed}")),
        (shell("true"), format!("the credential plugin `/bin/sh` printed nothing | {printed}")),
        (printing(r#"{"kind":"Status"}"#), format!("the credential plugin `/bin/sh` printed a `Status`, not an ExecCredential | {printed}")),
        (
            printing(&answer("{}").replace("/v1", "/v1beta1")),
            format!("the credential plugin `/bin/sh` answered with apiVersion `client.authentication.k8s.io/v1beta1` where `client.authentication.k8s.io/v1` was asked for | {printed}"),
        ),
        (printing(&answer("null")), format!("the credential plugin `/bin/sh` gave no status | {printed}")),
        (printing(&answer("{}")), format!("the credential plugin `/bin/sh` gave neither a token nor a certificate | {printed}")),
        (
            printing(&answer(r#"{"clientKeyData":"K"}"#)),
            format!("the credential plugin `/bin/sh` gave a certificate without its key, or a key without its certificate | {printed}"),
        ),
        (
            printing(&answer(r#"{"token":"t","expirationTimestamp":"soon"}"#)),
            format!("the credential plugin `/bin/sh` gave an expirationTimestamp that is no time: `soon` | {printed}"),
        ),
        (
            Exec { command: "/nowhere/plugin".to_owned(), ..shell("") },
            "the credential plugin `/nowhere/plugin` is not there | Install it, or put its folder into PATH.".to_owned(),
        ),
        (
            Exec { command: "/nowhere/plugin".to_owned(), install_hint: Some("get it\u{1b}[2J".to_owned()), ..shell("") },
            "the credential plugin `/nowhere/plugin` is not there | get it␛[2J".to_owned(),
        ),
        (
            Exec { command: file.clone(), ..shell("") },
            format!("the credential plugin `{file}` may not be run: permission denied | Make the file executable (chmod +x)."),
        ),
        (
            Exec { api_version: "client.authentication.k8s.io/v1alpha1".to_owned(), ..shell("") },
            "the credential plugin `/bin/sh` has apiVersion `client.authentication.k8s.io/v1alpha1`, which Kubernetes clients do not run any more | Update the plugin, and set apiVersion to client.authentication.k8s.io/v1.".to_owned(),
        ),
        (
            Exec { interactive_mode: "Always".to_owned(), command: "aws".to_owned(), ..shell("") },
            "the credential plugin `aws` wants a terminal (interactiveMode Always), and there is none for it here | Log in first: aws sso login".to_owned(),
        ),
        (
            Exec { command: folder.path().join("text").display().to_string(), ..shell("") },
            format!("the credential plugin `{}` cannot be started: exec format error | Check that it is a program for this machine: a script begins with #!.", folder.path().join("text").display()),
        ),
        (
            shell("echo 'one\ntwo\u{7} eyJhbGciOi.x.y hunter2222' >&2; exit 1"),
            "the credential plugin `/bin/sh` failed (exit status 1): one; two␇ (hidden) hunter2222 | Log in first: run `/bin/sh` in a terminal.".to_owned(),
        ),
        (
            Exec { args: ["-c", "echo \"$@\" $AWS_PROFILE >&2; exit 1", "sh", "--key", "hunter2222", "--x-secret=hunter3333", "--name", "a-long-name"].map(str::to_owned).to_vec(),
                env: vec![("AWS_PROFILE".to_owned(), "a-long-profile".to_owned())], ..shell("") },
            "the credential plugin `/bin/sh` failed (exit status 1): --key (hidden) --x-secret=(hidden) --name a-long-name a-long-profile | Log in first: run `/bin/sh` in a terminal.".to_owned(),
        ),
        (
            Exec { env: vec![("PASSWORD".to_owned(), "hunter2222".to_owned())], ..shell("echo $PASSWORD >&2; kill -9 $$") },
            "the credential plugin `/bin/sh` failed (ended by a signal): (hidden) | Log in first: run `/bin/sh` in a terminal.".to_owned(),
        ),
        (
            shell("yes"),
            "the credential plugin `/bin/sh` printed more than 1 MiB, and was ended | Check that it prints an ExecCredential and nothing else.".to_owned(),
        ),
    ] {
        assert_eq!(failure(&exec).await, said);
    }
}

/// Whether a process is there and not merely waiting to be reaped.
fn runs(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

/// Waits until something is there, for no longer than a test may last.
async fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = look() {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    timeout(LIMIT, looking).await.expect("it comes to pass")
}

/// The pids that a plugin wrote to a file.
async fn pids(file: &std::path::Path) -> Vec<String> {
    let read = || std::fs::read_to_string(file).unwrap_or_default().split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    until(|| Some(read()).filter(|pids| pids.len() == 2)).await
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_plugin_that_hangs_is_killed_with_all_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pids");
    let script = format!("sleep 1000 & echo $$ $! > {}; wait", file.display());
    // in time: the limit ends it
    let failed = plugin(shell(&script)).run(Duration::from_millis(300)).await.unwrap_err();
    assert_eq!(failed.message, "the credential plugin `/bin/sh` did not end within 300 ms");
    for pid in pids(&file).await {
        until(|| (!runs(&pid)).then_some(())).await;
    }
    // and whoever stops waiting for it
    std::fs::remove_file(&file).unwrap();
    let hanging = plugin(shell(&script));
    let running = tokio::spawn(async move { hanging.run(LIMIT).await.map(|_| ()) });
    let pids = pids(&file).await;
    assert!(pids.iter().all(|pid| runs(pid)));
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    for pid in pids {
        until(|| (!runs(&pid)).then_some(())).await;
    }
}

#[tokio::test]
async fn what_a_plugin_leaves_running_does_not_hold_us() {
    let exec = shell(&format!("sleep 30 & echo '{}'", answer(r#"{"token":"t"}"#)));
    assert!(plugin(exec).run(LIMIT).await.is_ok());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_plugin_that_prints_without_end_is_ended_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pids");
    let failed = failure(&shell(&format!("yes & echo $$ $! > {}; sleep 1000", file.display()))).await;
    assert!(failed.contains("printed more than 1 MiB, and was ended"), "{failed}");
    for pid in pids(&file).await {
        until(|| (!runs(&pid)).then_some(())).await;
    }
}

#[tokio::test]
async fn of_much_talk_the_end_is_told() {
    let failed = failure(&shell(
        "i=0; while [ $i -lt 4000 ]; do echo 'a line among many, for nobody to read'; i=$((i+1)); done >&2; echo the end >&2; exit 1",
    ))
    .await;
    assert!(failed.contains("for nobody to read; the end | "), "{failed}");
}
