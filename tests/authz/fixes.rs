//! Fixes allow when applied, and change nothing else that they do not say.

use std::collections::BTreeSet;
use std::sync::Arc;

use whycan::authz::request::ResourceRequest;
use whycan::authz::{Door, Fix, Index, Request, Verdict, explain};
use whycan::base::Name;
use whycan::facts::{Change, Facts, Object, Role, Rule, Subject, SubjectKind, parse};
use whycan::identity::Identity;

use crate::seed::{Random, cases};
use crate::{naive, world};

#[test]
fn each_fix_allows_and_says_what_else_it_changes() {
    let wanted = cases(50_000);
    let (mut denials, mut fixes, mut probes, mut case) = (0, 0, 0, 0);
    while denials < wanted {
        case += 1;
        let mut random = Random::of_case("fixes", case);
        let cluster = world::cluster(&mut random);
        let facts = world::facts(&cluster);
        let index = Index::new(&facts);
        for _ in 0..3 {
            let (identity, request) = world::question(&mut random, &cluster, true);
            let decision = explain(&index, &identity, &request, Door::Person);
            if decision.verdict == Verdict::Allowed {
                continue;
            }
            denials += 1;
            for fix in &decision.fixes {
                fixes += 1;
                let told = || format!("case {case}: {identity:?} {request:?}\n{}\n{}\n{:#?}\n{cluster}", fix.title, fix.yaml, fix.widens);
                assert!(fix.verified, "{}", told());
                check_content(fix, &facts, &told);
                let after = applied(&facts, &index, fix);
                let fixed = Index::new(&after);
                assert_eq!(fixed.decide(&identity, &request, Door::Person), Verdict::Allowed, "{}", told());
                probes += check_reach(&mut random, &facts, &after, &index, &fixed, fix, &told);
            }
        }
    }
    println!("{denials} denials, {fixes} fixes, {probes} verdicts compared before and after");
    assert!(fixes > denials / 4);
}

/// The cluster with the fix's objects, and with what the aggregation controller makes of them: a role that selects a changed
/// one takes over what it gained.
fn applied(facts: &Facts, index: &Index, fix: &Fix) -> Facts {
    let mut after = facts.clone();
    let mut changed: Vec<Arc<Role>> = Vec::new();
    for object in &fix.objects {
        if let Object::Role(role) = object {
            changed.push(Arc::clone(role));
        }
        after.apply(Change::Upsert(object.clone()));
    }
    let mut seen: BTreeSet<Name> = changed.iter().map(|role| role.meta.name).collect();
    while let Some(source) = changed.pop() {
        let selecting: Vec<Arc<Role>> = after
            .roles()
            .filter(|role| source.cluster && role.cluster && !role.is_unfilled())
            .filter(|role| role.aggregation.as_ref().is_some_and(|a| a.selectors.iter().any(|s| s.matches(&source.meta))))
            .cloned()
            .collect();
        for role in selecting {
            if !seen.insert(role.meta.name) {
                continue;
            }
            let stored = index.role_rules(&source.reference(), Door::Person).map(|rules| rules.rules.to_vec()).unwrap_or_default();
            let selected_before = facts
                .role(&source.reference())
                .is_some_and(|before| role.aggregation.as_ref().is_some_and(|a| a.selectors.iter().any(|s| s.matches(&before.meta))));
            let gained: Vec<Rule> = source
                .rules
                .iter()
                .filter(|rule| !(role.rules.contains(rule) || (selected_before && stored.contains(rule))))
                .cloned()
                .collect();
            let filled = Arc::new(Role { rules: role.rules.iter().cloned().chain(gained).collect(), ..Role::clone(&role) });
            after.apply(Change::Upsert(Object::Role(Arc::clone(&filled))));
            changed.push(filled);
        }
    }
    after
}

fn check_content(fix: &Fix, facts: &Facts, told: &dyn Fn() -> String) {
    assert!(!fix.objects.is_empty() && !fix.widens.is_empty() && fix.commands.len() >= 2, "{}", told());
    assert!(fix.commands.last().unwrap().starts_with("kubectl auth can-i "), "{}", told());
    for object in &fix.objects {
        match object {
            Object::Role(role) => {
                let lists = |rule: &Rule| {
                    [&rule.verbs, &rule.api_groups, &rule.resources, &rule.non_resource_urls].map(|list| list.to_vec()).concat()
                };
                let wild = role.rules.iter().flat_map(lists).any(|name| name.as_str().contains('*'));
                assert!(!wild && role.meta.name != "cluster-admin", "{}", told());
            }
            Object::Binding(binding) => {
                assert_ne!(binding.role_ref.name, "cluster-admin", "{}", told());
                assert!(binding.subjects.iter().all(|subject| subject.name != "system:masters"), "{}", told());
                if let Some(before) = facts.binding(&binding.reference()) {
                    assert_eq!(before.role_ref, binding.role_ref, "a role reference is immutable: {}", told());
                }
                let granted = binding.role().and_then(|role| facts.role(&role)).map(|role| role.rules.to_vec()).unwrap_or_default();
                let lists = |rule: &Rule| {
                    [&rule.verbs, &rule.api_groups, &rule.resources, &rule.non_resource_urls].map(|list| list.to_vec()).concat()
                };
                assert!(!granted.iter().flat_map(lists).any(|name| name.as_str().contains('*')), "{}", told());
            }
            _ => panic!("{}", told()),
        }
    }
    let read = Facts::collect(parse::document("fix", fix.yaml.as_bytes()));
    assert_eq!(read.gaps(), [], "{}", told());
    for object in &fix.objects {
        let same = match object {
            Object::Role(role) => {
                read.role(&role.reference()).is_some_and(|read| read.rules == role.rules && read.meta.labels == role.meta.labels)
            }
            Object::Binding(binding) => read
                .binding(&binding.reference())
                .is_some_and(|read| read.subjects == binding.subjects && read.role_ref == binding.role_ref),
            _ => false,
        };
        assert!(same, "the YAML is not the object: {}", told());
    }
}

/// Compares verdicts of everybody about everything that rules speak of, before and after.
fn check_reach(
    random: &mut Random,
    facts: &Facts,
    after: &Facts,
    before: &Index,
    fixed: &Index,
    fix: &Fix,
    told: &dyn Fn() -> String,
) -> u64 {
    let namespaces = ["dev", "prod", "team-a", "kube-system", ""];
    let identities: Vec<Identity> =
        after.bindings().flat_map(|binding| binding.subjects.iter().map(|s| as_identity(s, binding.meta.namespace))).collect();
    let rules: Vec<&Rule> = after.roles().flat_map(|role| role.rules.iter()).collect();
    let _ = facts;
    for _ in 0..60 {
        let identity = &identities[random.below(identities.len())];
        let rule = rules[random.below(rules.len())];
        let one = |random: &mut Random, list: &[Name]| if list.is_empty() { Name::EMPTY } else { list[random.below(list.len())] };
        let request = if rule.non_resource_urls.is_empty() {
            let resource = one(random, &rule.resources);
            let (resource, subresource) = resource.as_str().split_once('/').unwrap_or((resource.as_str(), ""));
            Request::Resource(ResourceRequest {
                verb: one(random, &rule.verbs),
                api_group: one(random, &rule.api_groups),
                resource: resource.into(),
                subresource: subresource.into(),
                name: one(random, &rule.resource_names),
                namespace: random.pick(&namespaces).into(),
                selected_node: Name::EMPTY,
            })
        } else {
            Request::NonResource { verb: one(random, &rule.verbs), path: one(random, &rule.non_resource_urls) }
        };
        let (was, is) = (before.decide(identity, &request, Door::Person), fixed.decide(identity, &request, Door::Person));
        if was == is {
            continue;
        }
        assert_eq!((was, is), (Verdict::Denied, Verdict::Allowed), "{request:?} {identity:?}\n{}", told());
        let said = fix.widens.iter().any(|widening| {
            let subject = as_identity(&widening.subject.subject, widening.subject.binding_namespace);
            let is_it =
                subject.username.is_some_and(|name| identity.username == Some(name)) || subject.groups.iter().any(|g| identity.holds(*g));
            is_it
                && widening.gains.iter().any(|gain| {
                    naive::allows(&gain.rule, &request) && gain.namespace.is_none_or(|namespace| namespace == request.namespace())
                })
        });
        assert!(said, "not said: {identity:?} now may {request:?}\n{}", told());
    }
    60
}

fn as_identity(subject: &Subject, binding_namespace: Name) -> Identity {
    match subject.kind {
        SubjectKind::Group => Identity { groups: vec![subject.name], ..Identity::default() },
        SubjectKind::ServiceAccount => {
            let namespace = if subject.namespace.is_empty() { binding_namespace } else { subject.namespace };
            Identity::literal(format!("system:serviceaccount:{namespace}:{}", subject.name).as_str(), [])
        }
        _ => Identity::literal(subject.name, []),
    }
}
