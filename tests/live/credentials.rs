//! Credentials over the life of a connection: files that change, plugins that are run again, once, and those that fail.

use std::fs;
use std::path::Path;

use futures::future::join_all;
use tempfile::TempDir;
use whycan::authz::Verdict;
use whycan::identity::Identity;
use whycan::kubeconfig::{Exec, Target};
use whycan::source::live::{Connection, CredentialKind};

use crate::certificates::Authority;
use crate::fake::{Fake, Front, Reply};
use crate::support::{AMPLE, SHORT, facts, fill, masked, of_alice, open, options, secure, told, within};

/// A server in TLS, and what tests keep beside it.
struct Place {
    fake: Fake,
    target: Target,
    folder: TempDir,
}

fn place() -> Place {
    let authority = Authority::new();
    let server = authority.server();
    let fake = Fake::start(Front::tls(&server.certificate, &server.key, None));
    fill(&fake);
    let mut target = secure(&fake.url(), &authority.pem(), "");
    target.user.token = None;
    Place { fake, target, folder: tempfile::tempdir().unwrap() }
}

/// A plugin of a line of shell; it counts its runs in a file.
fn plugin(place: &mut Place, script: &str) {
    let runs = place.folder.path().join("runs");
    let script = format!("echo run >> {}; {script}", runs.display());
    place.target.user.exec = Some(Exec {
        api_version: "client.authentication.k8s.io/v1".to_owned(),
        command: "/bin/sh".to_owned(),
        args: vec!["-c".to_owned(), script],
        interactive_mode: "Never".to_owned(),
        ..Exec::default()
    });
}

fn runs(folder: &Path) -> usize {
    fs::read_to_string(folder.join("runs")).unwrap_or_default().lines().count()
}

/// Prints the token in a file, and when it ends.
fn giving(token: &Path, ends: &str) -> String {
    let token = token.display();
    format!(
        r#"printf '{{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{{"token":"%s","expirationTimestamp":"{ends}"}}}}' "$(cat {token})""#
    )
}

#[tokio::test]
async fn a_token_that_was_replaced_in_its_file_is_read_again() {
    let mut place = place();
    let file = place.folder.path().join("token");
    fs::write(&file, "admin\n").unwrap();
    place.target.user.token_file = Some(file.display().to_string());
    let connection = open(&place.target, AMPLE).await;
    connection.version().await.unwrap();
    place.fake.revoke("admin");
    place.fake.user("second", Identity::literal("admin", ["system:masters".into()]));
    fs::write(&file, "second").unwrap();
    assert_eq!(of_alice(&facts(&connection).await), Verdict::Allowed);
    // and a file that says the same is no reason to ask again
    place.fake.revoke("second");
    let before = place.fake.seen().len();
    let failure = connection.version().await.unwrap_err();
    assert_eq!(place.fake.seen().len(), before + 1);
    assert_eq!(
        told(&failure, &place.fake),
        "https://SERVER does not accept the credential (401 Unauthorized)\n    The token may have expired, been revoked, or be of another cluster: get a new one.\n    The account may be gone or unknown to this cluster; only the API server's log tells which."
    );
}

#[tokio::test]
async fn a_plugin_is_run_once_and_again_once_when_its_answer_is_refused() {
    let mut place = place();
    let token = place.folder.path().join("token");
    fs::write(&token, "admin").unwrap();
    plugin(&mut place, &giving(&token, "2999-01-01T00:00:00Z"));
    let (connection, presented) = Connection::open(&place.target, &options(AMPLE)).await.unwrap();
    assert_eq!((presented.kind, presented.description.as_str()), (CredentialKind::Exec, "token of sh"));
    facts(&connection).await;
    assert_eq!(runs(place.folder.path()), 1);
    // many find out at the same time
    place.fake.revoke("admin");
    place.fake.user("second", Identity::literal("admin", ["system:masters".into()]));
    fs::write(&token, "second").unwrap();
    assert_eq!(of_alice(&facts(&connection).await), Verdict::Allowed);
    assert_eq!(runs(place.folder.path()), 2);
    // and where a new answer is refused too, nobody runs it a third time
    place.fake.revoke("second");
    let results = join_all((0..8).map(|_| connection.version())).await;
    assert!(results.iter().all(|result| result.as_ref().is_err_and(|failure| failure.message.ends_with("(401 Unauthorized)"))));
    let failure = results.into_iter().next().unwrap().unwrap_err();
    assert_eq!(failure.hints[0], "Log in again for `/bin/sh`, and check that it asks for this cluster.");
    assert_eq!(runs(place.folder.path()), 2);
    let facts = facts(&connection).await;
    assert_eq!((of_alice(&facts), runs(place.folder.path())), (Verdict::Unknown, 2));
}

#[tokio::test]
async fn a_password_without_a_user_name_keeps_no_plugin_from_running() {
    let mut place = place();
    let token = place.folder.path().join("token");
    fs::write(&token, "admin").unwrap();
    plugin(&mut place, &giving(&token, "2999-01-01T00:00:00Z"));
    place.target.user.password = Some("secret".into());
    for (runs_before, username) in [None, Some(String::new())].into_iter().enumerate() {
        place.target.user.username = username;
        let (connection, presented) = Connection::open(&place.target, &options(AMPLE)).await.unwrap();
        assert_eq!((presented.kind, runs(place.folder.path())), (CredentialKind::Exec, runs_before + 1));
        connection.version().await.unwrap();
    }
}

#[tokio::test]
async fn an_answer_that_ended_is_renewed_once_for_all_who_ask() {
    let mut place = place();
    let token = place.folder.path().join("token");
    fs::write(&token, "admin").unwrap();
    let ends = place.folder.path().join("ends");
    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(2);
    fs::write(&ends, soon.to_string()).unwrap();
    plugin(&mut place, &giving(&token, &format!("'\"$(cat {})\"'", ends.display())));
    let connection = open(&place.target, AMPLE).await;
    fs::write(&ends, "2999-01-01T00:00:00Z").unwrap();
    while jiff::Timestamp::now().as_second() < soon.as_second() + 1 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(join_all((0..8).map(|_| connection.version())).await.iter().all(Result::is_ok));
    assert_eq!(runs(place.folder.path()), 2);
}

#[tokio::test]
async fn an_answer_that_was_over_from_the_start_is_told_and_used() {
    let mut place = place();
    let token = place.folder.path().join("token");
    fs::write(&token, "admin").unwrap();
    plugin(&mut place, &giving(&token, "2020-01-01T00:00:00Z"));
    let (connection, presented) = Connection::open(&place.target, &options(AMPLE)).await.unwrap();
    assert_eq!(presented.findings[0].code, "expired");
    assert!(join_all((0..8).map(|_| connection.version())).await.iter().all(Result::is_ok));
    assert_eq!(runs(place.folder.path()), 1);
}

#[tokio::test]
async fn a_plugin_that_fails_later_fails_once_for_all_who_ask() {
    let mut place = place();
    let token = place.folder.path().join("token");
    fs::write(&token, "admin").unwrap();
    let broken = place.folder.path().join("broken");
    let script = format!("[ -e {} ] && {{ echo 'session ended' >&2; exit 3; }}; {}", broken.display(), giving(&token, ""));
    plugin(&mut place, &script.replace(r#","expirationTimestamp":"""#, ""));
    let connection = open(&place.target, AMPLE).await;
    place.fake.on("", Reply::status(401, "Unauthorized"));
    fs::write(&broken, "").unwrap();
    for failure in join_all((0..8).map(|_| connection.version())).await {
        assert_eq!(failure.unwrap_err().message, "the credential plugin `/bin/sh` failed (exit status 3): session ended");
    }
    let facts = facts(&connection).await;
    assert_eq!(of_alice(&facts), Verdict::Unknown);
    assert!(facts.gaps().iter().all(|gap| gap.why.ends_with("session ended")), "{:?}", facts.gaps());
    assert_eq!(runs(place.folder.path()), 2);
}

#[tokio::test]
async fn a_plugin_that_hangs_later_holds_nobody_longer_than_its_limit() {
    let mut place = place();
    let token = place.folder.path().join("token");
    fs::write(&token, "admin").unwrap();
    let broken = place.folder.path().join("broken");
    plugin(&mut place, &format!("[ -e {} ] && sleep 1000; {}", broken.display(), giving(&token, "2999-01-01T00:00:00Z")));
    let connection = open(&place.target, SHORT).await;
    place.fake.on("", Reply::status(401, "Unauthorized"));
    fs::write(&broken, "").unwrap();
    let began = std::time::Instant::now();
    let facts = within("the facts", facts(&connection)).await;
    assert!(facts.gaps().iter().all(|gap| gap.why == "the credential plugin `/bin/sh` did not end within 700 ms"), "{:?}", facts.gaps());
    // one run, and not one for each of nine
    assert!(began.elapsed() < SHORT * 6, "{:?}", began.elapsed());
    assert_eq!(runs(place.folder.path()), 2);
}

#[tokio::test]
async fn what_a_plugin_says_wrong_is_told_without_its_secrets() {
    let mut place = place();
    plugin(&mut place, "echo 'token=k8s-aws-v1.aHR0cHM6Ly9zdHMuYW1hem9uYXdzLmNvbQ refused' >&2; exit 1");
    let failure = Connection::open(&place.target, &options(AMPLE)).await.unwrap_err();
    assert_eq!(failure.message, "the credential plugin `/bin/sh` failed (exit status 1): (hidden) refused");
    assert_eq!(masked(&failure.hints.join(" "), &place.fake), "Log in first: run `/bin/sh` in a terminal.");
    assert!(place.fake.seen().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_certificate_of_a_plugin_goes_by_other_connections() {
    let authority = Authority::new();
    let server = authority.server();
    let fake = Fake::start(Front::tls(&server.certificate, &server.key, Some(&authority.pem())));
    fill(&fake);
    let mut target = secure(&fake.url(), &authority.pem(), "");
    target.user.token = None;
    let mut place = Place { fake, target, folder: tempfile::tempdir().unwrap() };
    let answer = place.folder.path().join("answer");
    let write = || {
        let user = authority.user("alice", &[]);
        let status = serde_json::json!({ "clientCertificateData": user.certificate, "clientKeyData": user.key });
        let credential = serde_json::json!({ "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status });
        fs::write(&answer, credential.to_string()).unwrap();
    };
    write();
    plugin(&mut place, &format!("cat {}", answer.display()));
    let (connection, presented) = Connection::open(&place.target, &options(AMPLE)).await.unwrap();
    assert_eq!(presented.description, "certificate CN=alice of sh");
    connection.version().await.unwrap();
    let before = place.fake.connections();
    write();
    place.fake.times(1, "/version", Reply::status(401, "Unauthorized"));
    connection.version().await.unwrap();
    assert!(place.fake.connections() > before);
    assert_eq!(runs(place.folder.path()), 2);
}
