//! Facts and requests through pipes, closed pipes, colours and characters.

use std::io::Read;
use std::process::{Command, Stdio};

use crate::support::{Whycan, fixtures, piped, whycan};

/// As `kubectl get clusterroles,clusterrolebindings,roles,rolebindings -A -o json` prints it.
fn list() -> String {
    let yaml = std::fs::read_to_string(fixtures().join("team.yaml")).unwrap();
    let items: Vec<serde_json::Value> =
        serde_yaml::Deserializer::from_str(&yaml).map(|d| serde::Deserialize::deserialize(d).unwrap()).collect();
    serde_json::to_string_pretty(
        &serde_json::json!({"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": items}),
    )
    .unwrap()
}

#[test]
fn what_kubectl_prints_is_answered_from() {
    let run = piped(&["why", "--from", "-", "list", "pods", "-n", "dev", "--as", "alice"], &list());
    assert!(run.stdout.starts_with("✓ allowed  alice may list pods in dev"), "{run}");
    assert_eq!(run.status, 0);
}

#[test]
fn a_request_may_come_through_a_pipe() {
    let message = "$ kubectl delete pod web-0\nError from server (Forbidden): pods \"web-0\" is forbidden: User \"alice\" cannot delete resource \"pods\" in API group \"\" in the namespace \"dev\"\n";
    let run = piped(&["-", "--from", "team.yaml", "-o", "json"], message);
    let answer = run.json();
    assert_eq!(answer["identity"]["username"], "alice", "{run}");
    assert_eq!(answer["request"]["name"], "web-0", "{run}");
    assert_eq!(run.status, 1);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_whycan"))
        .args(["rules", "--demo", "-v", "-o", "json"])
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    let status = child.wait().unwrap();
    assert!(!said.contains("pipe") && !said.contains("panicked"), "{said}");
    assert_eq!(status.code(), Some(0));
}

const DENIED: &[&str] = &["why", "delete", "pods", "-n", "dev", "--as", "alice", "--from", "team.yaml"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    DENIED.iter().copied().chain(more.iter().copied()).collect()
}

#[test]
fn colours_are_for_terminals_or_on_demand() {
    assert!(!whycan(DENIED).stdout.contains('\x1b'));
    assert!(whycan(&with(&["--color", "always"])).stdout.contains("\x1b[31m✗"));
    assert!(whycan(&with(&["--color=always"])).stdout.contains("\x1b["));
    let forced = Whycan::new(&with(&["--color", "always"])).env("NO_COLOR", "1").run();
    assert!(forced.stdout.contains("\x1b["), "an explicit wish wins");
    assert!(!Whycan::new(DENIED).env("NO_COLOR", "1").run().stdout.contains('\x1b'));
}

#[test]
fn colours_change_nothing_but_colours() {
    let plain = whycan(DENIED).stdout;
    let mut coloured = whycan(&with(&["--color", "always"])).stdout;
    while let Some(start) = coloured.find('\x1b') {
        let end = start + coloured[start..].find('m').unwrap();
        coloured.replace_range(start..=end, "");
    }
    assert_eq!(coloured, plain);
}

#[test]
fn ascii_is_ascii() {
    for command in
        [DENIED, &["can", "alice", "-n", "dev", "--from", "team.yaml"], &["rules", "--from", "team.yaml"], &["lint", "--from", "team.yaml"]]
    {
        let words: Vec<&str> = command.iter().copied().chain(["--ascii"]).collect();
        let run = whycan(&words);
        assert!(run.stdout.is_ascii(), "{words:?}\n{run}");
    }
}

#[test]
fn lines_fit_the_width() {
    let run = Whycan::new(DENIED).env("COLUMNS", "60").run();
    for line in run.stdout.lines().filter(|line| !line.contains("kubectl")) {
        assert!(line.chars().count() <= 60, "{line}");
    }
}

#[test]
fn nothing_from_facts_acts_in_any_format() {
    let commands: [&[&str]; 5] = [
        &["why", "get", "pods", "x", "-n", "dev", "--as", "eve\u{1b}]0;owned\u{7}"],
        &["who-can", "get", "pods", "-n", "dev"],
        &["rules"],
        &["identities"],
        &["lint"],
    ];
    for command in commands {
        for format in ["text", "json", "yaml", "markdown"] {
            let words: Vec<&str> = command.iter().copied().chain(["--from", "hostile.json", "-v", "-o", format]).collect();
            let run = whycan(&words);
            let bad: Vec<char> =
                run.stdout.chars().chain(run.stderr.chars()).filter(|c| *c != '\n' && !whycan::base::text::is_harmless(*c)).collect();
            assert!(bad.is_empty(), "{words:?} {bad:?}");
            assert!(!run.stdout.is_empty(), "{words:?} {run}");
        }
    }
}
