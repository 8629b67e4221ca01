//! All answers to one question agree, and agree with a plain evaluator.

use std::collections::BTreeSet;

use whycan::authz::{Authorizer, Door, Index, Principal, Verdict, explain, matrix, who_can};
use whycan::base::Name;
use whycan::facts::SubjectKind;
use whycan::identity::Identity;

use crate::seed::{Random, cases};
use crate::{naive, world};

#[test]
fn the_engine_and_a_plain_evaluator_agree() {
    let mut allowed = 0;
    let total = cases(200_000);
    for case in 0..total.div_ceil(20) {
        let mut random = Random::of_case("agreement", case);
        let cluster = world::cluster(&mut random);
        let facts = world::facts(&cluster);
        let index = Index::new(&facts);
        for _ in 0..20 {
            let (identity, request) = world::question(&mut random, &cluster, false);
            let told = || format!("case {case}: {identity:?} {request:?}\n{cluster}");
            let decision = explain(&index, &identity, &request, Door::Literal);
            assert_eq!(decision.verdict, index.decide(&identity, &request, Door::Literal), "{}", told());
            let granting: BTreeSet<String> = decision.grants.iter().filter_map(|grant| grant.binding).map(|b| b.to_string()).collect();
            assert_eq!(granting, naive::allowing(&facts, &identity, &request), "{}", told());
            assert_eq!(decision.verdict == Verdict::Allowed, !decision.grants.is_empty(), "{}", told());
            assert_eq!(decision.decided_by, decision.grants.first().map(|grant| grant.authorizer), "{}", told());
            allowed += u64::from(decision.verdict == Verdict::Allowed);
        }
    }
    assert!(allowed > total / 50);
}

#[test]
fn who_can_names_exactly_those_who_may() {
    for case in 0..cases(20_000) {
        let mut random = Random::of_case("who can", case);
        let cluster = world::cluster(&mut random);
        let facts = world::facts(&cluster);
        let index = Index::new(&facts);
        let (_, request) = world::question(&mut random, &cluster, false);
        let who = who_can::who_can(&index, &facts, &request, Door::Literal);
        for principal in index.principals() {
            let identity = match principal {
                Principal::User(name) => Identity::literal(name, []),
                Principal::Group(name) => Identity { groups: vec![name], ..Identity::default() },
            };
            let may = explain(&index, &identity, &request, Door::Literal).grants.iter().any(|grant| grant.authorizer == Authorizer::Rbac);
            let named = who.who.iter().any(|entitled| {
                let subject = entitled.subject;
                let is_it = match subject.kind {
                    SubjectKind::User => principal == Principal::User(subject.name),
                    SubjectKind::Group => principal == Principal::Group(subject.name),
                    SubjectKind::ServiceAccount => {
                        principal == Principal::User(Name::new(&format!("system:serviceaccount:{}:{}", subject.namespace, subject.name)))
                    }
                    SubjectKind::Other(_) => false,
                };
                is_it && entitled.grants.iter().any(|grant| grant.authorizer == Authorizer::Rbac)
            });
            assert_eq!(named, may, "case {case}: {principal:?} {request:?}\n{cluster}");
        }
    }
}

#[test]
fn the_matrix_says_what_decide_says() {
    for case in 0..cases(20_000) {
        let mut random = Random::of_case("matrix", case);
        let cluster = world::cluster(&mut random);
        let facts = world::facts(&cluster);
        let index = Index::new(&facts);
        let (identity, request) = world::question(&mut random, &cluster, true);
        let namespace = request.namespace();
        let matrix = matrix::matrix(&index, facts.resources(), &identity, namespace, Door::Person);
        // whatever a rule of a binding in scope grants has a row
        for link in explain(&index, &identity, &request, Door::Person).links.iter().filter(|link| link.in_scope) {
            for rule in link.rules.iter().filter(|rule| !rule.verbs.is_empty() && rule.resource_names.is_empty()) {
                for (group, resource) in rule.api_groups.iter().flat_map(|group| rule.resources.iter().map(move |r| (*group, *r))) {
                    let (resource, subresource) = resource.as_str().split_once('/').unwrap_or((resource.as_str(), ""));
                    // a namespace has no say over what has none
                    if resource == "nodes" {
                        continue;
                    }
                    let row = matrix.rows.iter().find(|row| {
                        row.api_group == group
                            && row.resource == resource
                            && row.subresource == subresource
                            && row.resource_names.is_empty()
                    });
                    let allowed = row.is_some_and(|row| row.verbs.iter().any(|(_, verdict)| *verdict == Verdict::Allowed));
                    let known = rule.verbs.iter().any(|verb| *verb == "*" || !verb.is_empty());
                    assert!(
                        allowed || !known,
                        "case {case}: {identity:?} in {namespace:?}: {group:?} {resource}/{subresource}\n{matrix:#?}\n{cluster}"
                    );
                }
            }
        }
    }
}
