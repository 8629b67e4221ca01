//! 6,000 verdicts of a real API server, through `whycan review`.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use whycan::authz::review::Spec;
use whycan::authz::{Door, Index, explain};
use whycan::facts::{Facts, parse};

use crate::support::Whycan;

#[test]
fn first_two_thousand() {
    check("verdicts-1.json");
}

#[test]
fn second_two_thousand() {
    check("verdicts-2.json");
}

#[test]
fn third_two_thousand() {
    check("verdicts-3.json");
}

fn check(file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/recorded").join(file);
    let recorded: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let cases = recorded["cases"].as_array().unwrap();
    let facts = recorded["facts"].to_string();
    let folder = tempfile::tempdir().unwrap();
    let facts_file = folder.path().join("facts.json");
    std::fs::write(&facts_file, &facts).unwrap();

    let reviews: Vec<String> = cases
        .iter()
        .map(|case| json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": case["spec"]}).to_string())
        .collect();
    let run = Whycan::new(&["review", "-f", "-", "--from", facts_file.to_str().unwrap()]).stdin(reviews.join("\n")).run();
    assert_eq!((run.stderr.as_str(), run.status), ("", 0));
    let answers: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), cases.len());

    let index = Index::new(&Facts::collect(parse::document(file, facts.as_bytes())));
    for (case, answer) in cases.iter().zip(&answers) {
        assert_eq!(answer["spec"], case["spec"], "a review is not given back as it was");
        let status = &answer["status"];
        assert_eq!(status["allowed"], case["allowed"], "{case}\n{answer}");
        assert_eq!(text(status, "evaluationError"), text(case, "evaluationError"), "{case}\n{answer}");
        let (ours, theirs) = (text(status, "reason"), text(case, "reason"));
        let is_ours = ours == theirs || reasons(&index, case, ours).contains(&errors(theirs));
        assert!(is_ours, "the server's reason is none of ours\n{case}\n{answer}");
    }
}

/// Every reason that the server may give: that of each grant, or the errors of a denial in any order.
fn reasons(index: &Index, case: &Value, ours: &str) -> Vec<BTreeSet<String>> {
    let spec: Spec = serde_json::from_value(case["spec"].clone()).unwrap();
    let (identity, request) = spec.question().unwrap();
    let decision = explain(index, &identity, &request, Door::Literal);
    decision.grants.iter().map(|grant| errors(&grant.reason)).chain([errors(ours)]).collect()
}

fn errors(reason: &str) -> BTreeSet<String> {
    reason
        .lines()
        .flat_map(|line| match line.strip_prefix("RBAC: [").and_then(|rest| rest.strip_suffix(']')) {
            Some(list) => list.split(", ").map(|error| format!("RBAC: {error}")).collect(),
            None => vec![line.to_owned()],
        })
        .collect()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}
