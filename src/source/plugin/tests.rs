//! Plugins of one line of shell.

use secrecy::ExposeSecret as _;

use super::*;

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

async fn failure(exec: &Exec) -> String {
    let failure = run(exec, &Cluster::default(), None, LIMIT).await.unwrap_err();
    format!("{failure} | {}", failure.hints.join(" | "))
}

fn answer(status: &str) -> String {
    format!(r#"{{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{status}}}"#)
}

#[tokio::test]
async fn a_token_is_taken() {
    let exec = printing(&answer(r#"{"token":"abc","expirationTimestamp":"2026-01-01T00:00:00Z"}"#));
    let credential = run(&exec, &Cluster::default(), None, LIMIT).await.unwrap();
    assert_eq!(credential.token.unwrap().expose_secret(), "abc");
    assert_eq!(credential.expires_at, Some(1_767_225_600));
}

#[tokio::test]
async fn yaml_and_certificates_are_taken() {
    let exec =
        printing("apiVersion: client.authentication.k8s.io/v1\nkind: ExecCredential\nstatus: {clientCertificateData: C, clientKeyData: K}");
    let credential = run(&exec, &Cluster::default(), None, LIMIT).await.unwrap();
    assert_eq!((credential.certificate.as_deref(), credential.key.unwrap().expose_secret()), (Some("C"), "K"));
}

#[tokio::test]
async fn the_plugin_is_told_of_the_cluster_and_has_no_terminal() {
    let mut exec = shell(r#"read line; printf '%s|%s|%s' "$KUBERNETES_EXEC_INFO" "$EXTRA" "$line" >&2; exit 3"#);
    exec.env = vec![("EXTRA".to_owned(), "short".to_owned())];
    let failed = failure(&exec).await;
    assert!(failed.contains(r#"(exit status 3): {"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}}|short| | Log in first"#), "{failed}");
    exec.provide_cluster_info = true;
    let cluster = Cluster { server: "https://x".to_owned(), insecure_skip_tls_verify: true, ..Cluster::default() };
    let told: Value = serde_json::from_str(&information(&exec, &cluster, Some(b"PEM"))).unwrap();
    let about = json!({"server": "https://x", "insecure-skip-tls-verify": true, "certificate-authority-data": "UEVN", "config": null});
    assert_eq!(told["spec"]["cluster"], about);
}

#[tokio::test]
async fn what_cannot_be_used_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plugin").display().to_string();
    std::fs::write(&file, "").unwrap();
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
            "the credential plugin `aws` wants a terminal (interactiveMode Always), and whycan runs plugins without one | Log in first: aws sso login".to_owned(),
        ),
        (
            shell("echo 'one\ntwo\u{7} eyJhbGciOi.x.y hunter2222' >&2; exit 1"),
            "the credential plugin `/bin/sh` failed (exit status 1): one; two␇ (hidden) hunter2222 | Log in first: run `/bin/sh` in a terminal.".to_owned(),
        ),
        (
            Exec { env: vec![("PASSWORD".to_owned(), "hunter2222".to_owned())], ..shell("echo $PASSWORD >&2; kill -9 $$") },
            "the credential plugin `/bin/sh` failed (ended by a signal): (hidden) | Log in first: run `/bin/sh` in a terminal.".to_owned(),
        ),
        (
            shell("head -c 2000000 /dev/zero"),
            "the credential plugin `/bin/sh` printed more than 1 MiB | Check that it prints an ExecCredential and nothing else.".to_owned(),
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
    let failed = run(&shell(&script), &Cluster::default(), None, Duration::from_millis(300)).await.unwrap_err();
    assert_eq!(failed.message, "the credential plugin `/bin/sh` did not end within 300 ms");
    for pid in pids(&file).await {
        until(|| (!runs(&pid)).then_some(())).await;
    }
    // and whoever stops waiting for it
    std::fs::remove_file(&file).unwrap();
    let (exec, cluster) = (shell(&script), Cluster::default());
    let running = tokio::spawn(async move { run(&exec, &cluster, None, LIMIT).await.map(|_| ()) });
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
    assert!(run(&exec, &Cluster::default(), None, LIMIT).await.is_ok());
}
