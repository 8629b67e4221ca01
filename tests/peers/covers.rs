//! The escalation check: which rules cover which.

use serde_json::{Value, json};
use whycan::authz::covers;
use whycan::facts::{Facts, Kind, ObjectRef, Rule, parse};

use crate::oracle::Oracle;
use crate::seed::{Random, cases};
use crate::world;

/// Questions that are under way at once.
const BATCH: u64 = 500;

#[test]
#[ignore = "needs peers"]
fn covering_is_that_of_kubernetes() {
    let mut oracle = Oracle::start();
    let total = cases(100_000);
    let mut covered = 0;
    for batch in 0..total.div_ceil(BATCH) {
        let asked: Vec<(Vec<Value>, Vec<Value>)> = (0..BATCH)
            .map(|number| {
                let mut random = Random::of_case("covers", batch * BATCH + number);
                let mut rules = |most: usize| -> Vec<Value> { (0..random.below(most)).map(|_| world::rule(&mut random, true)).collect() };
                let (owner, mut servant) = (rules(5), rules(3));
                // parts of what the owner has, so that much is covered
                if random.percent(50) {
                    servant = owner.iter().take(2).cloned().collect();
                    if let Some(verbs) = servant.first_mut().and_then(|rule| rule["verbs"].as_array_mut()) {
                        verbs.truncate(1);
                    }
                }
                (owner, servant)
            })
            .collect();
        for (owner, servant) in &asked {
            oracle.ask(json!({"op": "covers", "owner": owner, "servant": servant}));
        }
        for (owner, servant) in &asked {
            let theirs = oracle.answer();
            let (ours_owner, ours_servant) = (rules(owner), rules(servant));
            let uncovered = covers::uncovered(&ours_owner, &ours_servant);
            let told = || format!("owner {owner:?}\nservant {servant:?}\ntheirs {theirs}\nours {uncovered:?}");
            assert_eq!(theirs["covers"], json!(uncovered.is_empty()), "{}", told());
            assert_eq!(rules(theirs["uncovered"].as_array().unwrap()), uncovered, "{}", told());
            assert_eq!(covers::covers(&ours_owner, &ours_servant), uncovered.is_empty());
            covered += u64::from(uncovered.is_empty() && !servant.is_empty());
        }
    }
    println!("{total} cases, {covered} covered: no difference");
    assert!(covered > total / 50, "the generator covers too little");
}

/// Rules by the reader of facts, as a ClusterRole holds them.
fn rules(rules: &[Value]) -> Vec<Rule> {
    let role = json!({"kind": "ClusterRole", "metadata": {"name": "r"}, "rules": rules});
    let facts = Facts::collect(parse::document("rules", role.to_string().as_bytes()));
    facts.role(&ObjectRef::new(Kind::ClusterRole, "", "r")).unwrap().rules.to_vec()
}
