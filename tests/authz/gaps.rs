//! Unknown is honest both ways: some objects inside the gaps flip it to Allowed, and none flips a Denied.

use std::sync::Arc;

use whycan::authz::{Door, Index, Request, Verdict};
use whycan::base::{Gap, Loss, Name};
use whycan::facts::{Binding, Change, Facts, Kind, Meta, Object, ObjectRef, Requirement, Role, RoleRef, Rule, Subject, SubjectKind};
use whycan::identity::Identity;

use crate::seed::{Random, cases};
use crate::world;

const NAMESPACES: [&str; 4] = ["dev", "prod", "team-a", "kube-system"];

#[test]
fn unknown_is_an_answer_exactly_where_it_is_one() {
    let total = cases(50_000);
    let (mut unknown, mut denied) = (0, 0);
    for case in 0..total {
        let mut random = Random::of_case("gaps", case);
        let cluster = world::cluster(&mut random);
        let whole = world::facts(&cluster);
        let mut facts = whole.clone();
        for _ in 0..=random.below(2) {
            facts.apply(Change::Gap(gap(&mut random)));
        }
        let (identity, request) = world::question(&mut random, &cluster, true);
        let told = || format!("case {case}: {:?} {identity:?} {request:?}\n{cluster}", facts.gaps());
        let verdict = Index::new(&facts).decide(&identity, &request, Door::Person);
        let full = Index::new(&whole).decide(&identity, &request, Door::Person);
        let strongest = Index::new(&filled(&whole, facts.gaps(), &identity, &request)).decide(&identity, &request, Door::Person);
        match verdict {
            Verdict::Allowed => assert_eq!(full, Verdict::Allowed, "{}", told()),
            Verdict::Unknown => {
                assert_eq!((full, strongest), (Verdict::Denied, Verdict::Allowed), "{}", told());
                unknown += 1;
            }
            Verdict::Denied => {
                assert_eq!((full, strongest), (Verdict::Denied, Verdict::Denied), "{}", told());
                denied += 1;
            }
        }
    }
    println!("{total} cases, {unknown} unknown, {denied} denied in spite of gaps");
    assert!(unknown > total / 10 && denied > total / 20, "{unknown} unknown, {denied} denied");
}

fn gap(random: &mut Random) -> Gap {
    let kinds = ["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "Secret", "ServiceAccount"];
    Gap {
        what: "something".to_owned(),
        why: "generated".to_owned(),
        kinds: if random.percent(10) { Vec::new() } else { random.some(&kinds, 1, 2).into_iter().map(|kind| Name::new(kind)).collect() },
        namespaces: if random.percent(50) {
            Vec::new()
        } else {
            random.some(&NAMESPACES, 1, 2).into_iter().map(|n| Name::new(n)).collect()
        },
        loss: Loss::Recorded,
        except: Vec::new(),
        settled_by: None,
    }
}

/// The cluster with the strongest objects that the gaps could hold, all at once: RBAC only adds up.
fn filled(facts: &Facts, gaps: &[Gap], identity: &Identity, request: &Request) -> Facts {
    let fits = |kind: Kind, namespace: Name| gaps.iter().any(|gap| gap.may_hold(kind.as_str(), namespace));
    let mut objects = Vec::new();
    let everything = Name::new("everything, unread");
    let subject = match identity.username {
        Some(name) => Subject { kind: SubjectKind::User, namespace: Name::EMPTY, name },
        None => return facts.clone(),
    };
    let mut namespaces: Vec<Name> = NAMESPACES.iter().map(|namespace| Name::new(namespace)).collect();
    namespaces.push(request.namespace());
    // roles: new ones, those that bindings name and that do not exist, and those that selectors want
    let mut roles: Vec<ObjectRef> = vec![ObjectRef::new(Kind::ClusterRole, "", everything)];
    roles.extend(namespaces.iter().map(|namespace| ObjectRef::new(Kind::Role, *namespace, everything)));
    roles.extend(facts.bindings().filter_map(|binding| binding.role()));
    for role in roles.into_iter().filter(|role| facts.role(role).is_none() && fits(role.kind, role.namespace)) {
        if role.kind == Kind::Role && role.namespace.is_empty() {
            continue;
        }
        objects.push(Object::Role(Arc::new(all(role.kind == Kind::ClusterRole, Meta::named(role.namespace, role.name)))));
    }
    if fits(Kind::ClusterRole, Name::EMPTY) {
        let selectors = facts.roles().filter_map(|role| role.aggregation.as_ref()).flat_map(|aggregation| &aggregation.selectors);
        for (number, selector) in selectors.enumerate() {
            let mut labels: Vec<(Name, Name)> = selector
                .requirements
                .iter()
                .filter_map(|requirement| match requirement {
                    Requirement::In(key, values) => Some((*key, values[0])),
                    Requirement::Exists(key) => Some((*key, Name::new("x"))),
                    _ => None,
                })
                .collect();
            labels.sort_unstable();
            let meta = Meta { labels: labels.into(), ..Meta::named("", format!("labelled, unread {number}").as_str()) };
            objects.push(Object::Role(Arc::new(all(true, meta))));
        }
    }
    let mut facts = facts.clone();
    facts.apply(Change::Batch(objects));
    // bindings of the identity to every role there is now
    let known: Vec<ObjectRef> = facts.roles().map(|role| role.reference()).collect();
    for (number, role) in known.iter().enumerate() {
        let name = format!("unread {number}");
        let role_ref = RoleRef { kind: Name::new(role.kind.as_str()), name: role.name };
        let bind =
            |meta: Meta, cluster: bool| Object::Binding(Arc::new(Binding { meta, cluster, role_ref, subjects: Arc::from([subject]) }));
        if role.kind == Kind::ClusterRole && fits(Kind::ClusterRoleBinding, Name::EMPTY) {
            facts.apply(Change::Upsert(bind(Meta::named("", name.as_str()), true)));
        }
        for namespace in namespaces.iter().filter(|n| !n.is_empty() && (role.kind == Kind::ClusterRole || role.namespace == **n)) {
            if fits(Kind::RoleBinding, *namespace) {
                facts.apply(Change::Upsert(bind(Meta::named(*namespace, name.as_str()), false)));
            }
        }
    }
    facts
}

fn all(cluster: bool, meta: Meta) -> Role {
    let star = || -> Arc<[Name]> { Arc::from([Name::STAR]) };
    let rule = Rule { verbs: star(), api_groups: star(), resources: star(), non_resource_urls: star(), ..Rule::default() };
    Role { meta, cluster, rules: Arc::from([rule]), aggregation: None }
}
