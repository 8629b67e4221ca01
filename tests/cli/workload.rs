//! `map sa:NAMESPACE/NAME` and `map ARN` of a role: who becomes which role of AWS, by recorded facts.

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{Run, piped, whycan};

const ROLE: &str = "arn:aws:iam::111122223333:role";

fn map(who: &str, words: &[&str]) -> Run {
    whycan(&[&["map", who, "--from", "workload"], words].concat())
}

#[test]
fn a_token_that_sts_takes() {
    assert_snapshot!(map("sa:shop/api", &[]));
    assert_snapshot!(map("sa:shop/api", &["-o", "json"]));
}

#[test]
fn a_token_that_the_trust_policy_refuses() {
    assert_snapshot!(map("sa:shop/web", &[]));
    assert_snapshot!(map("sa:shop/web", &["-o", "markdown"]));
    let json = map("sa:shop/web", &["-o", "json"]).json();
    let failing = &json["ways"][0]["steps"][2]["failing"];
    assert_eq!(
        (&failing["operator"], &failing["wants"][0]),
        (&Value::from("StringEquals"), &Value::from("system:serviceaccount:shop:api"))
    );
}

#[test]
fn an_association_before_an_annotation() {
    assert_snapshot!(map("sa:shop/etl", &["-v"]));
}

#[test]
fn what_kiam_once_gave() {
    assert_snapshot!(map("sa:shop/old", &[]));
}

#[test]
fn a_role_and_who_may_become_it() {
    assert_snapshot!(map(&format!("{ROLE}/api"), &[]));
    assert_snapshot!(map(&format!("{ROLE}/wide"), &[]));
    assert_snapshot!(map(&format!("{ROLE}/api"), &["-o", "markdown"]));
    let accounts = map(&format!("{ROLE}/tags"), &["-o", "json"]).json()["serviceAccounts"].clone();
    assert_eq!(accounts[0]["verdict"], "denied", "{accounts}");
}

#[test]
fn exit_statuses() {
    for (who, status) in
        [("sa:shop/api", 0), ("sa:shop/etl", 0), ("sa:shop/web", 1), ("sa:shop/default", 1), ("sa:shop/gone", 1), ("sa:shop", 2)]
    {
        let run = map(who, &[]);
        assert_eq!(run.status, status, "{who}\n{run}");
    }
    let account = r#"{"kind":"ServiceAccount","metadata":{"namespace":"a","name":"b","annotations":{"eks.amazonaws.com/role-arn":"arn:aws:iam::111122223333:role/x"}}}"#;
    let unknown = piped(&["map", "sa:a/b", "--from", "-"], account);
    assert_eq!(unknown.status, 3, "{unknown}");
}

#[test]
fn answers_are_as_their_schema_says() {
    let validator = jsonschema::validator_for(&whycan(&["schema", "map"]).json()).unwrap();
    let role = format!("{ROLE}/wide");
    for who in ["sa:shop/api", "sa:shop/web", "sa:shop/etl", "sa:shop/old", "sa:shop/gone", role.as_str()] {
        let value = map(who, &["-o", "json"]).json();
        let faults: Vec<String> = validator.iter_errors(&value).map(|error| format!("{error} at {}", error.instance_path)).collect();
        assert!(faults.is_empty(), "{who}: {faults:#?}");
        let yaml: Value = serde_yaml::from_str(&map(who, &["-o", "yaml"]).stdout).unwrap();
        assert_eq!(yaml, value, "{who}");
    }
}
