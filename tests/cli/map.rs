//! `map`: principals of AWS, by recorded facts.

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{Run, piped, whycan};

const ROLE: &str = "arn:aws:sts::111122223333:assumed-role";
const IAM: &str = "arn:aws:iam::111122223333";

fn map(arn: &str, words: &[&str]) -> Run {
    whycan(&[&["map", arn, "--from", "eks"], words].concat())
}

#[test]
fn by_an_item_that_is_not_alone() {
    assert_snapshot!(map(&format!("{ROLE}/ops/alice@example.com"), &[]));
}

#[test]
fn by_an_access_entry() {
    assert_snapshot!(map(&format!("{ROLE}/lead/bob"), &[]));
    assert_snapshot!(map(&format!("{ROLE}/lead/bob"), &["-o", "json"]));
}

#[test]
fn by_nothing_but_nearly() {
    assert_snapshot!(map(&format!("{ROLE}/dev/me"), &[]));
    assert_snapshot!(map(&format!("{ROLE}/dev/me"), &["-o", "markdown"]));
}

#[test]
fn a_role_by_its_own_arn_has_no_session() {
    assert_snapshot!(map(&format!("{IAM}:role/ops"), &[]));
}

#[test]
fn what_is_not_text_counts_for_nothing() {
    assert_snapshot!(map(&format!("{IAM}:user/alice"), &[]));
}

#[test]
fn exit_statuses() {
    for (arn, status) in [
        (format!("{ROLE}/ops/alice"), 0),
        (format!("{IAM}:role/ops"), 0),
        ("arn:aws:iam::444455556666:user/somebody".to_owned(), 0),
        (format!("{ROLE}/dev/me"), 1),
        (format!("{ROLE}/node/me"), 1),
        (format!("{IAM}:group/g"), 1),
        ("arn:aws-xx:iam::111122223333:user/alice".to_owned(), 1),
        // the instance is not among the facts; the entry is not described
        (format!("{ROLE}/node/i-0123456789abcdef0"), 3),
        (format!("{IAM}:user/carol"), 3),
        ("alice".to_owned(), 2),
    ] {
        let run = map(&arn, &[]);
        assert_eq!(run.status, status, "{arn}\n{run}");
    }
}

#[test]
fn without_a_described_cluster_what_is_there_is_looked_at() {
    let aws_auth = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/facts/eks/aws-auth.yaml")).unwrap();
    let ask = |arn: &str| piped(&["map", arn, "--from", "-", "-o", "json"], &aws_auth);
    let mapped: Value = ask(&format!("{ROLE}/ops/alice")).json();
    assert_eq!((&mapped["authenticationMode"], &mapped["decidedBy"]), (&Value::Null, &Value::from("aws-auth")));
    assert_eq!(mapped["identity"]["groups"], serde_json::json!(["ops", "system:authenticated"]));
    assert!(mapped["gaps"].to_string().contains("describe-cluster"), "{mapped}");
    let unmapped = ask(&format!("{IAM}:user/nobody"));
    assert_eq!(unmapped.status, 1);
    assert_eq!(unmapped.json()["decidedBy"], "none");
}

#[test]
fn who_recorded_the_facts_is_who_asks() {
    let folder = tempfile::TempDir::new().unwrap();
    let copy = |from: &str, to: &str| std::fs::copy(format!("tests/cli/facts/eks/{from}"), folder.path().join(to)).unwrap();
    copy("aws/cluster.json", "cluster.json");
    copy("aws/entries.json", "entries.json");
    let caller = r#"{"UserId": "AROAEXAMPLE:bob", "Account": "111122223333", "Arn": "arn:aws:sts::111122223333:assumed-role/lead/bob"}"#;
    std::fs::write(folder.path().join("caller.json"), caller).unwrap();
    let run = whycan(&["why", "get", "pods", "-n", "dev", "--from", folder.path().to_str().unwrap()]);
    assert_eq!(run.status, 0, "{run}");
    let told = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("assumed-role/lead/bob may get pods in dev: access policy AmazonEKSViewPolicy"), "{run}");
    assert!(told.contains("as sts get-caller-identity among the facts has it"), "{run}");
}
