//! The Node authorizer: Kubernetes' own code and graph, on generated pods, volumes and devices, is agreed with, reason for
//! reason.

use serde_json::{Value, json};
use whycan::authz::{Door, Index, Request, Verdict, explain};
use whycan::facts::{Facts, parse};
use whycan::identity::Identity;

use crate::nodes;
use crate::oracle::Oracle;
use crate::seed::{Random, cases};

const FULL: u64 = 100_000;
/// Questions to each cluster.
const EACH: u64 = 8;
/// Clusters that are under way at once.
const BATCH: u64 = 40;

/// A question in the words of a SubjectAccessReview.
fn question(identity: &Identity, request: &Request) -> Value {
    let mut question = json!({"op": "authorize", "user": identity.username.unwrap_or_default(), "groups": identity.groups});
    match request {
        Request::NonResource { verb, path } => question["nonResourceAttributes"] = json!({"verb": verb, "path": path}),
        Request::Resource(asked) => {
            question["resourceAttributes"] = json!({
                "verb": asked.verb, "group": asked.api_group, "version": "*", "resource": asked.resource,
                "subresource": asked.subresource, "name": asked.name, "namespace": asked.namespace,
            });
            if !asked.selected_node.is_empty() {
                let requirement = json!({"key": "spec.nodeName", "operator": "In", "values": [asked.selected_node]});
                question["resourceAttributes"]["fieldSelector"] = json!({"requirements": [requirement]});
            }
        }
    }
    question
}

#[test]
#[ignore = "needs peers"]
fn every_node_may_what_kubernetes_says() {
    let mut oracle = Oracle::start();
    let all = cases(FULL);
    let (mut differences, mut allowed, mut by_relation, mut unrelated) = (Vec::new(), 0_u64, 0_u64, 0_u64);
    for start in (0..all / EACH).step_by(usize::try_from(BATCH).unwrap()) {
        let mut asked = Vec::new();
        for case in start..(all / EACH).min(start + BATCH) {
            let mut random = Random::of_case("node", case);
            let cluster = nodes::cluster(&mut random);
            let questions: Vec<(Identity, Request)> = (0..EACH).map(|_| nodes::question(&mut random, &cluster)).collect();
            oracle.ask(json!({"op": "load", "facts": cluster}));
            for (identity, request) in &questions {
                oracle.ask(question(identity, request));
            }
            asked.push((case, cluster, questions));
        }
        for (case, cluster, questions) in asked {
            assert_eq!(oracle.answer(), json!({"ok": true}), "case {case}: {cluster}");
            let facts = Facts::collect(parse::document("generated", cluster.to_string().as_bytes()));
            assert_eq!(facts.gaps(), [], "case {case}: {cluster}");
            let index = Index::new(&facts);
            for (identity, request) in questions {
                let theirs = oracle.answer();
                let decision = explain(&index, &identity, &request, Door::Literal);
                let ours = json!({"allowed": decision.verdict == Verdict::Allowed, "reason": decision.reason});
                let quick = index.decide(&identity, &request, Door::Literal);
                if ours != theirs || quick != decision.verdict || decision.verdict == Verdict::Unknown {
                    differences.push(format!("case {case}: {identity:?} {request:?}\nours   {ours} {quick:?}\ntheirs {theirs}\n{cluster}"));
                }
                allowed += u64::from(theirs["allowed"] == true);
                if let Some(relation) = decision.relation {
                    let is_master = identity.groups.iter().any(|group| *group == "system:masters");
                    assert!(is_master || relation.paths.is_empty() != (theirs["allowed"] == true), "case {case}: {relation:#?}");
                    by_relation += u64::from(!relation.paths.is_empty());
                    unrelated += u64::from(relation.paths.is_empty());
                }
            }
        }
    }
    println!("{all} questions, {allowed} allowed, {by_relation} by a relation, {unrelated} unrelated: {} differences", differences.len());
    assert!(differences.is_empty(), "{} differences\n{}", differences.len(), differences[..differences.len().min(10)].join("\n\n"));
    assert!(by_relation * 10 > all && unrelated * 10 > all && allowed * 4 > all, "the generator asks too little");
}
