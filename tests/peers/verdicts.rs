//! Verdicts and reasons: system:masters, Node and RBAC as kube-apiserver chains them.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use whycan::authz::{Door, Index, Request, Verdict, explain};
use whycan::base::Name;
use whycan::identity::Identity;

use crate::oracle::Oracle;
use crate::seed::{Random, cases};
use crate::world;

/// Questions for each generated cluster.
const EACH: u64 = 50;

#[test]
#[ignore = "needs peers"]
fn verdicts_and_reasons_are_those_of_kubernetes() {
    let mut oracle = Oracle::start();
    let total = cases(1_000_000);
    let (mut allowed, mut with_reason) = (0, 0);
    for case in 0..total.div_ceil(EACH) {
        let mut random = Random::of_case("verdicts", case);
        let cluster = world::cluster(&mut random);
        let index = Index::new(&world::facts(&cluster));
        let questions: Vec<(Identity, Request)> = (0..EACH).map(|_| world::question(&mut random, &cluster, false)).collect();
        oracle.ask(json!({"op": "load", "facts": cluster}));
        for (identity, request) in &questions {
            oracle.ask(question(identity, request));
        }
        assert_eq!(oracle.answer(), json!({"ok": true}), "case {case}");
        for (identity, request) in &questions {
            let theirs = oracle.answer();
            let ours = explain(&index, identity, request, Door::Literal);
            let told = || format!("case {case}: {identity:?} {request:?}\ntheirs {theirs}\nours {ours:#?}\n{cluster}");
            let is_allowed = theirs["allowed"].as_bool().unwrap_or_else(|| panic!("{}", told()));
            assert_eq!(ours.verdict == Verdict::Allowed, is_allowed, "{}", told());
            assert_eq!(index.decide(identity, request, Door::Literal), ours.verdict, "{}", told());
            let reason = theirs["reason"].as_str().unwrap_or_default();
            if is_allowed {
                // masters and Node come first and give none; of several bindings the server names any
                let first = ours.grants[0].authorizer;
                assert!(ours.grants.iter().any(|grant| grant.authorizer == first && grant.reason == reason), "{}", told());
            } else {
                assert_eq!(parts(&ours.reason), parts(reason), "{}", told());
            }
            allowed += u64::from(is_allowed);
            with_reason += u64::from(!is_allowed && !reason.is_empty());
        }
    }
    println!("{total} cases, {allowed} allowed, {with_reason} denied with a reason: no difference");
    assert!(allowed > total / 20 && with_reason > 0, "the generator asks too little");
}

fn question(identity: &Identity, request: &Request) -> Value {
    let mut question = json!({"op": "authorize", "user": identity.username.map(Name::as_str), "groups": identity.groups});
    match request {
        Request::NonResource { verb, path } => question["nonResourceAttributes"] = json!({"verb": verb, "path": path}),
        Request::Resource(request) => {
            question["resourceAttributes"] = json!({
                "verb": request.verb, "group": request.api_group, "resource": request.resource,
                "subresource": request.subresource, "name": request.name, "namespace": request.namespace,
            });
            if !request.selected_node.is_empty() {
                let node = json!({"key": "spec.nodeName", "operator": "In", "values": [request.selected_node]});
                question["resourceAttributes"]["fieldSelector"] = json!({"requirements": [node]});
            }
        }
    }
    question
}

/// The server joins several errors in no particular order.
fn parts(reason: &str) -> BTreeSet<String> {
    reason
        .lines()
        .flat_map(|line| match line.strip_prefix("RBAC: [").and_then(|rest| rest.strip_suffix(']')) {
            Some(several) => several.split(", ").map(|one| format!("RBAC: {one}")).collect(),
            None => vec![line.to_owned()],
        })
        .collect()
}
