//! `whycan review`: reviews in every form, answered in order, and what it says of those that are none.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Whycan, piped};

const REVIEW: &[&str] = &["review", "-f", "-", "--from", "team.yaml"];

fn review(user: &str, verb: &str, namespace: &str) -> Value {
    json!({
        "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "extra key": [1, {"kept": null}],
        "spec": {"user": user, "resourceAttributes": {"verb": verb, "resource": "pods", "namespace": namespace}},
        "status": {"allowed": true, "reason": "an old answer"},
    })
}

#[test]
fn each_is_given_back_with_its_status() {
    assert_snapshot!(piped(REVIEW, &review("alice", "get", "dev").to_string()));
}

#[test]
fn every_form_is_answered_in_order() {
    let (may, may_not) = (review("alice", "get", "dev"), review("alice", "delete", "dev"));
    let yaml = |value: &Value| serde_yaml::to_string(value).unwrap();
    for input in [
        format!("{may}\n{may_not}\n"),
        json!([may, may_not]).to_string(),
        json!({"apiVersion": "v1", "kind": "List", "items": [may, may_not]}).to_string(),
        format!("---\n{}---\n{}", yaml(&may), yaml(&may_not)),
        serde_json::to_string_pretty(&may).unwrap() + &serde_json::to_string_pretty(&may_not).unwrap(),
    ] {
        let run = piped(REVIEW, &input);
        let allowed: Vec<Value> =
            run.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["status"]["allowed"].clone()).collect();
        assert_eq!(allowed, [true, false], "{input}\n{run}");
        assert_eq!((run.stderr.as_str(), run.status), ("", 0));
    }
}

#[test]
fn groups_are_taken_as_given() {
    let ask = |groups: Value| json!({"spec": {"user": "x", "groups": groups, "resourceAttributes": {"verb": "get", "resource": "pods", "namespace": "dev"}}});
    let run = piped(REVIEW, &format!("{}\n{}", ask(json!(["dev"])), ask(json!([]))));
    let allowed: Vec<bool> = run.stdout.lines().map(|line| line.contains("\"allowed\":true")).collect();
    assert_eq!(allowed, [true, false], "{run}");
}

#[test]
fn a_review_of_oneself_needs_somebody() {
    let yaml = "kind: SelfSubjectAccessReview\napiVersion: authorization.k8s.io/v1\nspec: {resourceAttributes: {verb: get, resource: pods, namespace: dev}}\n";
    assert_snapshot!(piped(REVIEW, yaml));
    let words: Vec<&str> = REVIEW.iter().copied().chain(["--as", "alice"]).collect();
    assert_snapshot!(piped(&words, yaml));
}

#[test]
fn refused_reviews_are_told_and_the_others_answered() {
    let local = json!({
        "kind": "LocalSubjectAccessReview", "metadata": {"namespace": "prod"},
        "spec": {"user": "alice", "resourceAttributes": {"verb": "get", "resource": "pods", "namespace": "dev"}},
    });
    let input = [json!({"spec": {"user": "alice"}}), review("alice", "get", "dev"), local, json!({"spec": {"user": 5}})];
    let lines: Vec<String> = input.iter().map(Value::to_string).collect();
    assert_snapshot!(piped(REVIEW, &lines.join("\n")));
}

#[test]
fn what_is_no_review_answers_nothing() {
    let review = review("alice", "get", "dev");
    assert_snapshot!(piped(REVIEW, &format!("{review}\n{{\"kind\":\"Pod\"}}\n")));
    assert_snapshot!(piped(REVIEW, &format!("{review}\n{{\"kind\":\n")));
    assert_snapshot!(piped(REVIEW, "kind: [SubjectAccessReview\n"));
    assert_snapshot!(piped(REVIEW, ""));
    assert_snapshot!(Whycan::new(REVIEW).stdin([0xff, 0xfe, 0x00]).run());
}

#[test]
fn as_yaml() {
    let words: Vec<&str> = REVIEW.iter().copied().chain(["-o", "yaml"]).collect();
    let run = piped(&words, &review("alice", "get", "dev").to_string());
    let value: Value = serde_yaml::from_str(&run.stdout).unwrap();
    assert_eq!(value["status"]["allowed"], true, "{run}");
    let words: Vec<&str> = REVIEW.iter().copied().chain(["-o", "markdown"]).collect();
    assert_snapshot!(piped(&words, ""));
}
