//! Whatever stands in objects and questions, nothing panics, nothing takes forever, and all answers agree.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::Union;
use whycan::authz::request::ResourceRequest;
use whycan::authz::{Door, Index, Request, Verdict, explain, lint, matrix, who_can};
use whycan::base::{Gap, Loss, Name};
use whycan::facts::{
    Aggregation, Binding, Change, Facts, LabelSelector, Meta, Object, Requirement, Role, RoleRef, Rule, Subject, SubjectKind, parse,
};
use whycan::identity::{Form, Identity};

/// Any text; often one that means something, so that chains come about.
fn text() -> impl Strategy<Value = String> {
    let words = [
        "",
        "*",
        "**",
        "/",
        "a",
        "A",
        "a/*",
        "*/a",
        "/a*",
        "dev",
        "system:masters",
        "system:nodes",
        "system:node:",
        "system:node:a",
        "system:serviceaccount:",
        "system:serviceaccount:dev:a",
        "system:serviceaccount::",
        "ClusterRole",
        "Role",
        "User",
        "Group",
        "ServiceAccount",
        "secrets",
        "nodes",
        "get",
        "\u{0}",
        "\u{202e}",
        "ü",
        "e\u{301}",
    ];
    Union::new_weighted(vec![(4, proptest::sample::select(words.to_vec()).prop_map(str::to_owned).boxed()), (1, ".{0,8}".boxed())])
}

fn name() -> impl Strategy<Value = Name> {
    text().prop_map(|text| Name::new(&text))
}

fn names() -> impl Strategy<Value = Arc<[Name]>> {
    vec(name(), 0..3).prop_map(Arc::from)
}

fn rule() -> impl Strategy<Value = Rule> {
    (names(), names(), names(), names(), names()).prop_map(|(verbs, api_groups, resources, resource_names, non_resource_urls)| Rule {
        verbs,
        api_groups,
        resources,
        resource_names,
        non_resource_urls,
    })
}

fn aggregation() -> impl Strategy<Value = Option<Arc<Aggregation>>> {
    let requirement = (name(), vec(name(), 0..2), 0..5_u8).prop_map(|(key, values, kind)| match kind {
        0 => Requirement::In(key, values),
        1 => Requirement::NotIn(key, values),
        2 => Requirement::Exists(key),
        3 => Requirement::DoesNotExist(key),
        _ => Requirement::Invalid(key),
    });
    let selector = vec(requirement, 0..2).prop_map(|requirements| LabelSelector { requirements });
    proptest::option::of(vec(selector, 0..2).prop_map(|selectors| Arc::new(Aggregation { selectors })))
}

fn object() -> impl Strategy<Value = Object> {
    let meta = || {
        (name(), name(), vec((name(), name()), 0..2))
            .prop_map(|(namespace, name, labels)| Meta { labels: labels.into(), ..Meta::named(namespace, name) })
    };
    let role = (meta(), any::<bool>(), vec(rule(), 0..3), aggregation())
        .prop_map(|(meta, cluster, rules, aggregation)| Object::Role(Arc::new(Role { meta, cluster, rules: rules.into(), aggregation })));
    let subject = (text(), name(), name()).prop_map(|(kind, namespace, name)| Subject { kind: SubjectKind::new(&kind), namespace, name });
    let binding = (meta(), any::<bool>(), name(), name(), vec(subject, 0..3)).prop_map(|(meta, cluster, kind, name, subjects)| {
        Object::Binding(Arc::new(Binding { meta, cluster, role_ref: RoleRef { kind, name }, subjects: subjects.into() }))
    });
    prop_oneof![role, binding]
}

fn request() -> impl Strategy<Value = Request> {
    let resource = (name(), name(), name(), name(), name(), name(), name()).prop_map(
        |(verb, api_group, resource, subresource, name, namespace, selected_node)| {
            Request::Resource(ResourceRequest { verb, api_group, resource, subresource, name, namespace, selected_node })
        },
    );
    prop_oneof![4 => resource, 1 => (name(), name()).prop_map(|(verb, path)| Request::NonResource { verb, path })]
}

fn identity() -> impl Strategy<Value = Identity> {
    (proptest::option::weighted(0.9, text()), vec(text(), 0..3), any::<bool>()).prop_map(|(user, groups, is_asked)| {
        let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
        if is_asked {
            Identity::asked(user.as_deref(), &groups, "--as")
        } else {
            let groups = groups.iter().map(|group| Name::new(group)).collect();
            Identity { username: user.as_deref().map(Name::new), groups, ..Identity::default() }
        }
    })
}

fn gaps() -> impl Strategy<Value = Vec<Gap>> {
    let gap = (names(), names()).prop_map(|(kinds, namespaces)| Gap {
        what: "it".to_owned(),
        why: "why".to_owned(),
        kinds: kinds.to_vec(),
        namespaces: namespaces.to_vec(),
        loss: Loss::Recorded,
        except: Vec::new(),
        settled_by: None,
    });
    vec(gap, 0..2)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_question_has_an_answer(objects in vec(object(), 0..8), gaps in gaps(), identity in identity(), request in request()) {
        let changes = objects.into_iter().map(Change::Upsert).chain(gaps.into_iter().map(Change::Gap));
        let facts = Facts::collect(changes);
        let index = Index::new(&facts);
        for door in [Door::Literal, Door::Person] {
            let decision = explain(&index, &identity, &request, door);
            prop_assert_eq!(decision.verdict, index.decide(&identity, &request, door));
            prop_assert_eq!(decision.verdict == Verdict::Allowed, !decision.grants.is_empty());
            for miss in &decision.near_misses {
                prop_assert!((1..=2).contains(&miss.failing().count()) && !miss.sentence.is_empty());
                prop_assert!(miss.fix.is_none_or(|fix| fix < decision.fixes.len()));
            }
            for fix in &decision.fixes {
                let read = Facts::collect(parse::document("fix", fix.yaml.as_bytes()));
                prop_assert_eq!(read.gaps(), &[], "{}", &fix.yaml);
            }
            let _ = decision.headline();
            let who = who_can::who_can(&index, &facts, &request, door);
            prop_assert!(!who.who.is_empty());
            let _ = who_can::who_can_anywhere(&index, &facts, &request, door);
            let _ = matrix::matrix(&index, facts.resources(), &identity, request.namespace(), door);
        }
        let _ = lint::lint(&facts);
    }

    #[test]
    fn every_identity_is_somebody_or_an_error(text in text()) {
        if let Ok(form) = Form::read(&text) {
            prop_assert_eq!(Form::read(&form.to_string()), Ok(form.clone()));
            let _ = form.named(&[], "--as").map(|identity| identity.to_string());
        }
    }
}

/// So many names, none like another.
fn many(count: usize, prefix: &str) -> Arc<[Name]> {
    (0..count).map(|number| Name::new(&format!("{prefix}{number}"))).collect()
}

#[test]
fn long_lists_are_read_and_told_short() {
    let rule = Rule {
        verbs: many(5_000, "verb"),
        api_groups: many(5_000, "group"),
        resources: many(5_000, "resource"),
        resource_names: many(5_000, "name"),
        ..Rule::default()
    };
    let rules: Arc<[Rule]> = std::iter::repeat_n(rule, 20).collect();
    let role = Role { meta: Meta::named("dev", "huge"), cluster: false, rules, aggregation: None };
    let users = many(50_000, "user");
    let subjects = users.iter().map(|name| Subject { kind: SubjectKind::User, namespace: Name::EMPTY, name: *name });
    let binding = Binding {
        meta: Meta::named("dev", "huge"),
        cluster: false,
        role_ref: RoleRef { kind: "Role".into(), name: "huge".into() },
        subjects: subjects.collect(),
    };
    let facts = Facts::collect([Change::Batch(vec![Object::Role(Arc::new(role)), Object::Binding(Arc::new(binding))])]);
    let index = Index::new(&facts);
    for (verb, user) in [("verb4999", "user49999"), ("get", "user49999"), ("verb1", "somebody else")] {
        let request = Request::Resource(ResourceRequest {
            verb: verb.into(),
            api_group: "group4999".into(),
            resource: "resource4999".into(),
            name: "name4999".into(),
            namespace: "dev".into(),
            ..ResourceRequest::default()
        });
        let decision = explain(&index, &Identity::user(user), &request, Door::Person);
        assert_eq!(decision.verdict == Verdict::Allowed, verb == "verb4999");
        for miss in &decision.near_misses {
            assert!(miss.sentence.len() < 400, "{}", miss.sentence);
        }
    }
}

#[test]
fn long_chains_of_aggregation_end() {
    let role = |number: usize| {
        let key = |number: usize| Name::new(&format!("to-{number}"));
        let yes = Name::new("true");
        let selects = LabelSelector { requirements: vec![Requirement::In(key(number + 1), vec![yes])] };
        let last = number == 300;
        let every: Arc<[Name]> = Arc::from([Name::STAR]);
        let rule = Rule { verbs: Arc::clone(&every), api_groups: Arc::clone(&every), resources: every, ..Rule::default() };
        Change::Upsert(Object::Role(Arc::new(Role {
            meta: Meta { labels: Arc::from([(key(number), yes)]), ..Meta::named("", format!("r{number:03}").as_str()) },
            cluster: true,
            rules: if last { Arc::from([rule]) } else { Arc::from([]) },
            aggregation: (!last).then(|| Arc::new(Aggregation { selectors: vec![selects] })),
        })))
    };
    let binding = Binding {
        meta: Meta::named("", "b"),
        cluster: true,
        role_ref: RoleRef { kind: "ClusterRole".into(), name: "r000".into() },
        subjects: Arc::from([Subject { kind: SubjectKind::User, namespace: Name::EMPTY, name: "alice".into() }]),
    };
    let changes = (0..=300).map(role).chain([Change::Upsert(Object::Binding(Arc::new(binding)))]);
    let index = Index::new(&Facts::collect(changes));
    let request = Request::resource("get", "", "pods", "dev");
    assert_eq!(index.decide(&Identity::user("alice"), &request, Door::Person), Verdict::Allowed);
}

/// Each pair of subjects was compared here once, which took minutes.
#[test]
fn a_role_that_thousands_have_is_left_alone_at_once() {
    let one = |name: &str| -> Arc<[Name]> { Arc::from([Name::new(name)]) };
    let rule = Rule { verbs: one("get"), api_groups: one(""), resources: one("pods"), ..Rule::default() };
    let role = Role { meta: Meta::named("", "viewer"), cluster: true, rules: Arc::from([rule]), aggregation: None };
    let binding = |number: usize| {
        Object::Binding(Arc::new(Binding {
            meta: Meta::named(format!("team-{}", number % 150).as_str(), format!("b{number}").as_str()),
            cluster: false,
            role_ref: RoleRef { kind: "ClusterRole".into(), name: "viewer".into() },
            subjects: Arc::from([Subject {
                kind: SubjectKind::User,
                namespace: Name::EMPTY,
                name: format!("user-{number}").as_str().into(),
            }]),
        }))
    };
    let objects = (0..20_000).map(binding).chain([Object::Role(Arc::new(role))]).collect();
    let index = Index::new(&Facts::collect([Change::Batch(objects)]));
    let decision = explain(&index, &Identity::user("user-7"), &Request::resource("delete", "", "pods", "team-7"), Door::Person);
    // adding a verb to it would reach twenty thousand
    let titles: Vec<&str> = decision.fixes.iter().map(|fix| fix.title.as_str()).collect();
    assert_eq!(titles, ["let user-7 delete pods in team-7 and nothing else, by a new Role and RoleBinding"]);
}
