use std::sync::Arc;

use serde_json::Value;

use super::arn::canonicalise;
use super::mapping::{Named, Outcome, by_config_map};
use super::{AwsAuthMap, Instances, Principal, Release};
use crate::base::Name;

const RECORDED: &str = include_str!("../../../tests/recorded/eks-mappings.json");

/// The answer that a case has for a release: several where it changes from look to look.
fn answers(case: &Value, release: Release) -> Vec<&Value> {
    match (release, &case["head"]) {
        (Release::V0_6_13, _) | (_, Value::Null) => vec![case],
        (Release::Newer, Value::Array(answers)) => answers.iter().collect(),
        (Release::Newer, answer) => vec![answer],
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

#[test]
fn arns_are_looked_up_as_recorded() {
    let recorded: Value = serde_json::from_str(RECORDED).unwrap();
    let cases = recorded["arns"].as_array().unwrap();
    assert_eq!(cases.len(), 400);
    for case in cases {
        for release in [Release::V0_6_13, Release::Newer] {
            let answer = answers(case, release)[0];
            match canonicalise(text(case, "arn"), release) {
                Ok(canonical) => {
                    assert_eq!(
                        (canonical.kind.as_str(), canonical.arn.as_str()),
                        (text(answer, "type"), text(answer, "canonical")),
                        "{case}"
                    );
                }
                Err(error) => assert_eq!(error.to_string(), text(answer, "error"), "{case}"),
            }
        }
    }
}

/// Instances as the recording's EC2 knows them.
fn instances(recorded: &Value) -> Instances {
    let names = recorded["instances"].as_object().unwrap().iter().map(|(id, name)| (id.clone(), name.as_str().unwrap().to_owned()));
    Instances { names: names.collect(), complete: true }
}

/// Texts that mean the same and differ between releases, or hold EC2's own words.
fn plain(error: &str) -> String {
    let error = error.replace("identity is not mapped", "ARN is not mapped");
    match error.split_once("failed querying private DNS from EC2 API for node ") {
        Some((before, after)) => format!("{before}failed to find node {} ", after.split(':').next().unwrap()),
        None => error,
    }
}

#[test]
fn config_maps_map_as_recorded() {
    let recorded: Value = serde_json::from_str(RECORDED).unwrap();
    let instances = instances(&recorded);
    let cases = recorded["configMaps"].as_array().unwrap();
    assert_eq!(cases.len(), 1500);
    let mut differences = Vec::new();
    for case in cases {
        for release in [Release::V0_6_13, Release::Newer] {
            if let Some(difference) = difference(case, release, &instances) {
                differences.push(format!("{release:?}: {difference}\n{case}"));
            }
        }
    }
    assert!(
        differences.is_empty(),
        "{} differences\n{}",
        differences.len(),
        differences.iter().take(5).cloned().collect::<Vec<_>>().join("\n\n")
    );
}

fn difference(case: &Value, release: Release, instances: &Instances) -> Option<String> {
    let data = case["configMapData"].as_object().unwrap();
    let data: Vec<(Name, Arc<str>)> = data.iter().map(|(key, text)| (Name::new(key), Arc::from(text.as_str().unwrap()))).collect();
    let map = AwsAuthMap::read(&data, release);
    let answers = answers(case, release);
    if map.has_errors() == answers[0]["parseError"].is_null() {
        return Some(format!("complaints {:?} {:?} {:?}", map.roles.complaints, map.users.complaints, map.accounts));
    }
    let (account, user_id) = (text(case, "account"), text(case, "userId"));
    let principal = match Principal::of_caller(text(case, "arn"), account, user_id, text(case, "accessKeyId"), release) {
        Ok(principal) => principal,
        Err(error) => {
            let told = format!("sts getCallerIdentity failed: {error}");
            return (text(answers[0], "error") != told).then_some(told);
        }
    };
    let decision = by_config_map(&map, &principal, instances, release);
    let decides = decision.candidates.iter().find(|candidate| candidate.decides);
    let entry = decides.map(|decides| (decides.source.as_str(), decides.index, decides.subject.as_str()));
    if release == Release::V0_6_13 {
        let expected = &case["entry"];
        let index = expected["index"].as_u64().map(|index| usize::try_from(index).unwrap());
        let expected = index.map(|index| (text(expected, "source"), index, text(expected, "subject")));
        if entry != expected {
            return Some(format!("decided by {entry:?}"));
        }
    }
    let is_right = |answer: &Value| match &decision.outcome {
        Outcome::Mapped(Named { username: Ok(username), groups, .. }) => {
            let result = &answer["result"];
            let expected: Vec<&str> =
                result["groups"].as_array().map(|groups| groups.iter().map(|group| group.as_str().unwrap()).collect()).unwrap_or_default();
            result["username"] == **username && expected == *groups
        }
        Outcome::Mapped(_) => false,
        Outcome::Refused(error) => plain(text(answer, "error")) == plain(error),
        Outcome::Unmapped => plain(text(answer, "error")) == "ARN is not mapped",
        Outcome::Unknown(_) => answers.len() > 1,
    };
    (!answers.iter().all(|answer| is_right(answer))).then(|| format!("{:?}", decision.outcome))
}
