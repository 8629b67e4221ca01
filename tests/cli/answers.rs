//! Every command in every form for people, as they read it.

use insta::assert_snapshot;

use crate::support::whycan;

const TEAM: [&str; 2] = ["--from", "team.yaml"];

fn team(words: &[&str]) -> crate::support::Run {
    whycan(&[words, TEAM.as_slice()].concat())
}

#[test]
fn denied() {
    assert_snapshot!(team(&["why", "delete", "pods", "-n", "dev", "--as", "alice"]));
}

#[test]
fn denied_in_ascii() {
    assert_snapshot!(team(&["why", "delete", "pods", "-n", "dev", "--as", "alice", "--ascii"]));
}

#[test]
fn denied_on_a_narrow_terminal() {
    assert_snapshot!(
        crate::support::Whycan::new(&["delete", "pods", "-n", "dev", "--as", "alice", "--from", "team.yaml"]).env("COLUMNS", "60").run()
    );
}

#[test]
fn denied_in_full() {
    assert_snapshot!(team(&["why", "delete", "pods", "-n", "dev", "--as", "alice", "-v"]));
}

#[test]
fn denied_with_a_missing_role() {
    assert_snapshot!(team(&["why", "delete", "pods", "-n", "dev", "--as", "bob", "--as-group", "dev"]));
}

#[test]
fn denied_to_a_stranger() {
    assert_snapshot!(team(&["why", "get", "secrets", "-n", "prod", "--as", "mallory"]));
}

#[test]
fn denied_as_json() {
    assert_snapshot!(team(&["why", "delete", "pods", "-n", "dev", "--as", "alice", "-o", "json"]));
}

#[test]
fn denied_as_a_ticket() {
    assert_snapshot!(team(&["why", "delete", "pods", "-n", "dev", "--as", "alice", "-o", "markdown"]));
}

#[test]
fn denied_by_names_that_attack_the_ticket() {
    assert_snapshot!(whycan(&[
        "why",
        "get",
        "pods",
        "x",
        "-n",
        "dev",
        "--as",
        "eve\u{1b}]0;owned\u{7}",
        "-o",
        "markdown",
        "--from",
        "hostile.json"
    ]));
}

#[test]
fn allowed() {
    assert_snapshot!(team(&["why", "get", "pods/log", "web-0", "-n", "dev", "--as", "alice"]));
}

#[test]
fn allowed_as_a_ticket() {
    assert_snapshot!(team(&["why", "get", "pods", "-n", "dev", "--as", "alice", "-o", "markdown"]));
}

#[test]
fn allowed_by_a_role_filled_here() {
    assert_snapshot!(team(&["why", "list", "nodes", "--as", "sa:monitoring/prometheus"]));
}

#[test]
fn allowed_to_masters() {
    assert_snapshot!(team(&["why", "delete", "nodes", "--as", "group:system:masters"]));
}

#[test]
fn a_kubectl_line() {
    // after the word kubectl all words are its own
    let line = ["why", "--as", "alice", "kubectl", "exec", "web-0", "-n", "dev", "--", "sh"];
    assert_snapshot!(whycan(&[TEAM.as_slice(), &line].concat()));
}

#[test]
fn a_message() {
    let message = "Error from server (Forbidden): pods is forbidden: User \"system:serviceaccount:ci:deployer\" cannot list resource \"pods\" in API group \"\" in the namespace \"dev\"";
    assert_snapshot!(team(&[message]));
}

#[test]
fn a_message_for_somebody_else() {
    let message = "pods is forbidden: User \"alice\" cannot delete resource \"pods\" in API group \"\" in the namespace \"dev\"";
    let run = team(&[message, "--as", "bob"]);
    assert!(run.stdout.contains("bob may not delete pods in dev"), "{run}");
    assert!(run.stdout.contains("alice"), "a note says whom the message is about\n{run}");
}

#[test]
fn who_can() {
    assert_snapshot!(team(&["who-can", "get", "pods", "-A"]));
    assert_snapshot!(team(&["who-can", "get", "configmaps", "-n", "dev"]));
    assert_snapshot!(team(&["who-can", "get", "pods", "-n", "dev", "-o", "markdown"]));
}

#[test]
fn can() {
    assert_snapshot!(team(&["can", "alice", "-n", "dev"]));
    assert_snapshot!(team(&["can", "sa:ci/deployer", "-n", "staging"]));
    assert_snapshot!(team(&["can", "alice", "-n", "dev", "-o", "markdown"]));
    assert_snapshot!(team(&["can", "mallory", "-A"]));
}

#[test]
fn rules() {
    assert_snapshot!(team(&["rules"]));
    assert_snapshot!(team(&["rules", "reader"]));
    assert_snapshot!(team(&["rules", "RoleBinding", "dev/readers"]));
    assert_snapshot!(team(&["rules", "monitoring"]));
    assert_snapshot!(team(&["rules", "-o", "markdown"]));
}

#[test]
fn identities() {
    assert_snapshot!(team(&["identities"]));
    assert_snapshot!(team(&["identities", "-o", "markdown"]));
}

#[test]
fn lint() {
    assert_snapshot!(team(&["lint"]));
    assert_snapshot!(team(&["lint", "-o", "markdown"]));
}

#[test]
fn the_demo() {
    assert_snapshot!(whycan(&["--demo", "why", "delete", "pods", "-n", "dev", "--as", "alice"]));
}
