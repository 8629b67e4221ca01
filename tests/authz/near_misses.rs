//! Near misses are true: their failing checks, and no fewer, stand between the request and an allow.

use std::collections::BTreeMap;

use whycan::authz::{CheckKind, Door, Index, NearMissKind, Request, Verdict, explain};

use crate::repair::repaired;
use crate::seed::{Random, cases};
use crate::world;

#[test]
fn each_near_miss_is_true_by_repair() {
    let wanted = cases(50_000);
    let (mut denials, mut misses, mut case) = (0, 0, 0);
    let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
    while denials < wanted {
        case += 1;
        let mut random = Random::of_case("near misses", case);
        let cluster = world::cluster(&mut random);
        let facts = world::facts(&cluster);
        let index = Index::new(&facts);
        for _ in 0..5 {
            let (identity, request) = world::question(&mut random, &cluster, true);
            let decision = explain(&index, &identity, &request, Door::Person);
            if decision.verdict == Verdict::Allowed {
                assert!(decision.near_misses.is_empty() && decision.fixes.is_empty());
                continue;
            }
            denials += 1;
            assert!(decision.near_misses.len() <= 10);
            let lengths: Vec<usize> = decision.near_misses.iter().map(|miss| miss.failing().count()).collect();
            assert!(lengths.is_sorted() && lengths.iter().all(|length| (1..=2).contains(length)), "case {case}: {lengths:?}");
            for miss in &decision.near_misses {
                misses += 1;
                *kinds.entry(miss.kind.as_str()).or_default() += 1;
                let told = || format!("case {case}: {identity:?} {request:?}\n{miss:#?}\n{cluster}");
                let failing: Vec<CheckKind> = miss.failing().collect();
                assert!(failing.is_sorted() && is_first(miss.kind, failing[0], &request), "{}", told());
                let decide = |right: &[CheckKind]| {
                    Index::new(&repaired(&facts, &identity, &request, miss, right)).decide(&identity, &request, Door::Person)
                };
                assert_eq!(decide(&failing), Verdict::Allowed, "all put right: {}", told());
                for left_out in 0..failing.len() {
                    let mut some = failing.clone();
                    some.remove(left_out);
                    assert_eq!(decide(&some), Verdict::Denied, "all but {:?} put right: {}", failing[left_out], told());
                }
                assert!(!miss.sentence.is_empty() && !miss.sentence.ends_with('.'), "{}", told());
            }
        }
    }
    println!("{denials} denials, {misses} near misses: {kinds:?}");
    assert!(wanted < 20_000 || kinds.len() == 16, "every kind must come up: {kinds:?}");
    assert!(kinds.len() >= 8, "the generator finds too few kinds: {kinds:?}");
}

/// Whether a near miss of this kind may have this as the first check that fails.
fn is_first(kind: NearMissKind, check: CheckKind, request: &Request) -> bool {
    let is_named = matches!(request, Request::Resource(request) if !request.name.is_empty());
    check
        == match kind {
            NearMissKind::OtherNamespace if request.namespace().is_empty() => return false,
            NearMissKind::RoleBindingForClusterScope if !request.namespace().is_empty() => return false,
            NearMissKind::ResourceName if !is_named => return false,
            NearMissKind::ResourceNamesWithoutName if is_named => return false,
            NearMissKind::OtherNamespace | NearMissKind::RoleBindingForClusterScope => CheckKind::Scope,
            NearMissKind::MissingRole => CheckKind::Role,
            NearMissKind::NotAggregated => CheckKind::Aggregation,
            NearMissKind::Verb => CheckKind::Verb,
            NearMissKind::ApiGroup => CheckKind::ApiGroup,
            NearMissKind::Resource => CheckKind::Resource,
            NearMissKind::Subresource => CheckKind::Subresource,
            NearMissKind::ResourceName | NearMissKind::ResourceNamesWithoutName => CheckKind::ResourceName,
            NearMissKind::NonResourceUrl => CheckKind::NonResourceUrl,
            NearMissKind::SubjectName
            | NearMissKind::SubjectKind
            | NearMissKind::SubjectNamespace
            | NearMissKind::SubjectMissing
            | NearMissKind::GroupNotHeld => CheckKind::Subject,
        }
}
