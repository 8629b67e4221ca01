//! What commands print with `-o json` is what `whycan schema` says.

use serde_json::Value;

use crate::support::{Run, piped, whycan};

/// Every command that prints JSON, on facts of every sort.
fn lines() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut lines = Vec::new();
    for facts in [["--demo", "-v"], ["--from", "team.yaml"], ["--from", "hostile.json"]] {
        for line in [
            vec!["why", "delete", "pods", "-n", "dev", "--as", "alice"],
            vec!["why", "get", "pods", "-n", "dev", "--as", "alice"],
            vec!["why", "get", "/metrics", "--as", "alice"],
            vec!["why", "list", "nodes", "--as", "group:system:masters"],
            vec!["why", "--as", "sa:ci/deployer", "kubectl", "exec", "web-0", "-n", "dev"],
            vec!["who-can", "get", "pods", "-n", "dev"],
            vec!["who-can", "get", "secrets", "-A"],
            vec!["who-can", "kubectl", "exec", "web-0", "-n", "dev"],
            vec!["can", "alice", "-n", "dev"],
            vec!["can", "sa:ci/deployer", "-A"],
            vec!["rules"],
            vec!["cluster"],
            vec!["context", "list"],
            vec!["identities"],
            vec!["lint"],
            vec!["map", "arn:aws:iam::111122223333:user/alice"],
            vec!["map", "sa:ci/deployer"],
        ] {
            let command = line[0];
            lines.push((command, [&["-o", "json"], facts.as_slice(), line.as_slice()].concat()));
        }
    }
    lines
}

#[test]
fn output_is_as_its_schema_says() {
    let all: Value = whycan(&["schema"]).json();
    let whole = jsonschema::validator_for(&all).unwrap();
    let mut validators = std::collections::BTreeMap::new();
    for (command, words) in lines() {
        let run = whycan(&words);
        assert!([0, 1, 3].contains(&run.status), "{words:?}\n{run}");
        let validator =
            validators.entry(command).or_insert_with(|| jsonschema::validator_for(&whycan(&["schema", command]).json()).unwrap());
        let value = run.json();
        let faults: Vec<String> = validator.iter_errors(&value).map(|error| format!("{} at {}", error, error.instance_path)).collect();
        assert!(faults.is_empty(), "{words:?}: {faults:#?}");
        assert!(whole.is_valid(&value), "{words:?}");
    }
}

#[test]
fn reviews_are_as_their_schema_says() {
    let validator = jsonschema::validator_for(&whycan(&["schema", "review"]).json()).unwrap();
    let input = r#"{"kind":"SubjectAccessReview","spec":{"user":"alice","nonResourceAttributes":{"verb":"get","path":"/"}}}"#;
    let run = piped(&["review", "-f", "-", "--from", "team.yaml"], input);
    assert!(validator.is_valid(&run.json()), "{run}");
    assert!(!validator.is_valid(&serde_json::json!({"status": {"allowed": "yes"}})), "the schema takes anything");
}

#[test]
fn a_schema_refuses_what_is_not_its_own() {
    let why = jsonschema::validator_for(&whycan(&["schema", "why"]).json()).unwrap();
    assert!(!why.is_valid(&serde_json::json!({})));
    assert!(!why.is_valid(&whycan(&["lint", "--from", "team.yaml", "-o", "json"]).json()));
}

#[test]
fn yaml_has_the_same_keys() {
    for (_, words) in lines() {
        let json = whycan(&words);
        let words: Vec<&str> = words.iter().map(|word| if *word == "json" { "yaml" } else { word }).collect();
        let Run { stdout, status, .. } = whycan(&words);
        assert_eq!(status, json.status);
        if !words.contains(&"hostile.json") {
            let yaml: Value = serde_yaml::from_str(&stdout).unwrap();
            assert_eq!(yaml, json.json(), "{words:?}");
        }
    }
}
