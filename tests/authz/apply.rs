//! Changes taken one by one give what building anew gives.

use std::sync::Arc;

use serde_json::Value;
use whycan::authz::{Door, Index, explain};
use whycan::base::Name;
use whycan::facts::{Change, Facts, Kind, Object, Role, Scope, parse};

use crate::seed::{Random, cases};
use crate::world;

#[test]
fn changes_one_by_one_equal_a_rebuild() {
    for case in 0..cases(10_000) {
        let mut random = Random::of_case("apply", case);
        let cluster = world::cluster(&mut random);
        let other = world::cluster(&mut random);
        let mut facts = world::facts(&cluster);
        let mut index = Index::new(&facts);
        let mut told = Vec::new();
        for _ in 0..=random.below(25) {
            let change = change(&mut random, &facts, &other);
            told.push(format!("{change:?}"));
            index.apply(&change);
            facts.apply(change);
        }
        let rebuilt = Index::new(&facts);
        for _ in 0..6 {
            let about = if random.percent(50) { &cluster } else { &other };
            let (identity, request) = world::question(&mut random, about, true);
            for door in [Door::Literal, Door::Person] {
                let show = |index: &Index| {
                    let decision = explain(index, &identity, &request, door);
                    let misses: Vec<String> = decision.near_misses.iter().map(|miss| miss.sentence.clone()).collect();
                    let fixes: Vec<String> = decision.fixes.iter().map(|fix| fix.yaml.clone()).collect();
                    format!(
                        "{:?} {:#?} {:#?} {misses:#?} {} {fixes:#?} {:?}",
                        decision.verdict, decision.grants, decision.links, decision.more_near_misses, decision.notes
                    )
                };
                assert_eq!(index.decide(&identity, &request, door), rebuilt.decide(&identity, &request, door));
                assert_eq!(show(&index), show(&rebuilt), "case {case}: {identity:?} {request:?}\n{}\n{cluster}", told.join("\n"));
            }
        }
        for kind in Kind::RBAC {
            assert_eq!(index.count(kind), facts.count(kind), "case {case}: {kind}");
        }
    }
}

/// An object of the other cluster, one changed or taken away, a whole scope cleared, or several at once.
fn change(random: &mut Random, facts: &Facts, other: &Value) -> Change {
    let object = |random: &mut Random| -> Object {
        let items = other["items"].as_array().unwrap();
        let item = &items[random.below(items.len())];
        match parse::document("one", item.to_string().as_bytes()).into_iter().next() {
            Some(Change::Upsert(object)) => object,
            other => panic!("{other:?}"),
        }
    };
    let roles: Vec<Arc<Role>> = {
        let mut roles: Vec<Arc<Role>> = facts.roles().cloned().collect();
        roles.sort_by_key(|role| role.reference());
        roles
    };
    let mut bindings: Vec<_> = facts.bindings().map(|binding| binding.reference()).collect();
    bindings.sort();
    match random.below(10) {
        0..=3 => Change::Upsert(object(random)),
        4 if !roles.is_empty() => Change::Delete(roles[random.below(roles.len())].reference()),
        5 if !bindings.is_empty() => Change::Delete(bindings[random.below(bindings.len())]),
        6 if !roles.is_empty() => {
            // the same role with other rules and labels
            let role = &roles[random.below(roles.len())];
            let from = &roles[random.below(roles.len())];
            let mut changed = Role::clone(role);
            changed.rules = Arc::clone(&from.rules);
            changed.meta.labels = Arc::clone(&from.meta.labels);
            Change::Upsert(Object::Role(Arc::new(changed)))
        }
        7 => {
            let kind = Kind::RBAC[random.below(4)];
            let namespace = random.percent(50).then(|| Name::new(random.pick(&["dev", "prod"])));
            Change::Clear(Scope { kind, namespace })
        }
        _ => Change::Batch((0..random.below(4)).map(|_| object(random)).collect()),
    }
}
