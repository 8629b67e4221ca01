//! EKS access policies: what they allow, told as what RBAC allows with the same rules, and what is open.

use std::sync::Arc;

use proptest::prelude::*;
use whycan::authz::access::{name_of, policies};
use whycan::authz::request::ResourceRequest;
use whycan::authz::{Authorizer, Door, Index, Request, Verdict, explain};
use whycan::base::Name;
use whycan::facts::aws::{AccessEntry, AuthenticationMode, AwsFact, EksCluster, IamPrincipal, Listed, PolicyAssociation};
use whycan::facts::{Binding, Change, Facts, Meta, Object, Role, RoleRef, Subject, SubjectKind};
use whycan::identity::{Form, Identity, Means};

const ROLE: &str = "arn:aws:iam::111122223333:role/team/dev";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/dev/me";

fn arn(policy: &str) -> String {
    format!("arn:aws:eks::aws:cluster-access-policy/{policy}")
}

fn associated(policy: &str, namespaces: &[&str]) -> PolicyAssociation {
    PolicyAssociation {
        policy: arn(policy),
        is_namespaced: !namespaces.is_empty(),
        namespaces: namespaces.iter().map(|name| (*name).to_owned()).collect(),
    }
}

fn cluster(mode: AuthenticationMode) -> AwsFact {
    AwsFact::Cluster(EksCluster { name: "prod".to_owned(), authentication_mode: Some(mode), ..EksCluster::default() })
}

fn entry(username: &str) -> AwsFact {
    AwsFact::Entry(AccessEntry {
        cluster: "prod".to_owned(),
        principal: ROLE.to_owned(),
        username: username.to_owned(),
        groups: vec!["dev".to_owned()],
        kind: "STANDARD".to_owned(),
        created: "2026-01-01T00:00:00Z".parse().ok(),
    })
}

fn has(policies: Vec<PolicyAssociation>) -> AwsFact {
    AwsFact::Policies { cluster: "prod".to_owned(), principal: ROLE.to_owned(), policies }
}

fn listed() -> AwsFact {
    AwsFact::Listed(Listed { names: vec![ROLE.to_owned()], has_more: false })
}

fn facts(aws: impl IntoIterator<Item = AwsFact>) -> Facts {
    Facts::collect(aws.into_iter().map(Change::Aws))
}

fn who(text: &str, facts: &Facts) -> Identity {
    Form::read(text).unwrap().settle(&[], "--as", &Means { facts, read: None, now: None }).unwrap().identity
}

fn request(verb: &str, group: &str, resource: &str, name: &str, namespace: &str) -> Request {
    let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
    Request::Resource(ResourceRequest {
        verb: verb.into(),
        api_group: group.into(),
        resource: resource.into(),
        subresource: subresource.into(),
        name: name.into(),
        namespace: namespace.into(),
        selected_node: Name::EMPTY,
    })
}

/// The verdict with who decided and the first line about policies.
fn told(facts: &Facts, identity: &str, request: &Request) -> String {
    let index = Index::new(facts);
    let identity = who(identity, facts);
    let decision = explain(&index, &identity, request, Door::Person);
    assert_eq!(index.decide(&identity, request, Door::Person), decision.verdict);
    let says = decision.policies.first().map(|policy| policy.sentence(request)).unwrap_or_default();
    format!("{} by {}: {says}", decision.verdict.as_str(), decision.decided_by())
}

#[test]
fn a_policy_allows_what_its_rules_allow_where_it_is_associated() {
    let view =
        facts([cluster(AuthenticationMode::Api), listed(), entry(""), has(vec![associated("AmazonEKSViewPolicy", &["dev", "team-*"])])]);
    for (request, expected) in [
        (
            request("get", "", "pods", "", "dev"),
            "allowed by EKS access policy: access policy AmazonEKSViewPolicy for namespaces dev and team-* allows it",
        ),
        (
            request("list", "apps", "deployments", "", "team-a"),
            "allowed by EKS access policy: access policy AmazonEKSViewPolicy for namespaces dev and team-* allows it",
        ),
        (
            request("get", "", "pods", "", "prod"),
            "denied by none: access policy AmazonEKSViewPolicy would allow it, and is associated for namespaces dev and team-*, not for prod",
        ),
        (
            request("delete", "", "pods", "", "dev"),
            "denied by none: access policy AmazonEKSViewPolicy has no rule for it: it does not give delete on pods",
        ),
        (
            request("get", "", "secrets", "", "dev"),
            "denied by none: access policy AmazonEKSViewPolicy has no rule for it: it does not have secrets",
        ),
        (
            request("get", "metrics.k8s.io", "pods", "", "dev"),
            "denied by none: access policy AmazonEKSViewPolicy has no rule for it: it has nothing of API group \"metrics.k8s.io\"",
        ),
        // nodes have no namespace, and the policy has no rule for them wherever it holds
        (
            request("list", "", "nodes", "", ""),
            "denied by none: access policy AmazonEKSViewPolicy has no rule for it: it does not have nodes",
        ),
        (
            request("list", "", "pods", "", ""),
            "denied by none: access policy AmazonEKSViewPolicy would allow it, and is associated for namespaces dev and team-*, and this asks about all namespaces",
        ),
        // whether it reaches the namespace itself is not documented
        (
            request("get", "", "namespaces", "dev", "dev"),
            "unknown by none: access policy AmazonEKSViewPolicy has a rule for it and is associated for namespaces dev and team-*; AWS does not document whether that reaches what has no namespace",
        ),
    ] {
        for identity in [ROLE, SESSION] {
            assert_eq!(told(&view, identity, &request), expected, "{request} {identity}");
        }
    }
}

#[test]
fn what_is_not_published_or_not_read_is_not_denied() {
    let pods = request("get", "", "pods", "", "dev");
    let node = facts([cluster(AuthenticationMode::Api), listed(), entry(""), has(vec![associated("AmazonEKSAutoNodePolicy", &[])])]);
    assert_eq!(
        told(&node, ROLE, &pods),
        "unknown by none: AWS does not publish the rules of access policy AmazonEKSAutoNodePolicy, which is associated for the whole cluster"
    );
    let newer = facts([cluster(AuthenticationMode::Api), listed(), entry(""), has(vec![associated("AmazonEKSNewerPolicy", &[])])]);
    assert!(told(&newer, ROLE, &pods).starts_with("unknown by none"));
    let unread = facts([cluster(AuthenticationMode::Api), listed(), entry("")]);
    assert_eq!(told(&unread, ROLE, &pods), "unknown by none: ");
    let none = facts([cluster(AuthenticationMode::Api), listed(), entry(""), has(vec![])]);
    assert_eq!(told(&none, ROLE, &pods), "denied by none: ");
}

#[test]
fn policies_are_the_principals_and_not_the_user_names() {
    let admin = || has(vec![associated("AmazonEKSClusterAdminPolicy", &[])]);
    let named = facts([cluster(AuthenticationMode::ApiAndConfigMap), listed(), entry("developer"), admin()]);
    let secrets = request("get", "", "secrets", "", "dev");
    assert_eq!(
        told(&named, ROLE, &secrets),
        "allowed by EKS access policy: access policy AmazonEKSClusterAdminPolicy for the whole cluster allows it"
    );
    // whoever acts as that user has none of them; whether the user is meant who logs in so cannot be told
    let index = Index::new(&named);
    let developer = Identity::user("developer");
    assert_eq!(index.decide(&developer, &secrets, Door::Literal), Verdict::Denied);
    let decision = explain(&index, &developer, &secrets, Door::Person);
    assert_eq!(decision.verdict, Verdict::Unknown);
    let gap = decision.gaps.iter().find(|gap| gap.could_change_verdict).unwrap();
    assert_eq!(gap.gap.what, "whether developer is a principal of IAM");
    assert_eq!(gap.settled_by, format!("ask about the principal: --as {ROLE}"));
    for other in ["alice", "system:serviceaccount:dev:developer"] {
        assert_eq!(index.decide(&Identity::user(other), &secrets, Door::Person), Verdict::Denied, "{other}");
    }
    // without access entries there are none
    let of_old = facts([cluster(AuthenticationMode::ConfigMap), entry("developer"), admin()]);
    let mut identity = Identity::user("developer");
    identity.extra.insert(Name::new("canonicalArn"), vec![Name::new("arn:aws:iam::111122223333:role/dev")]);
    assert_eq!(Index::new(&of_old).decide(&identity, &secrets, Door::Person), Verdict::Denied);
    assert_eq!(index.decide(&identity, &secrets, Door::Person), Verdict::Allowed);
}

#[test]
fn an_entry_does_not_hold_for_a_principal_that_was_made_again() {
    let role = |created: &str| {
        AwsFact::Principal(IamPrincipal { arn: ROLE.to_owned(), id: "AROAEXAMPLE".to_owned(), created: created.parse().ok(), trust: None })
    };
    let mut identity = Identity::user("developer");
    identity.extra.insert(Name::new("canonicalArn"), vec![Name::new("arn:aws:iam::111122223333:role/dev")]);
    let policies = || has(vec![associated("AmazonEKSClusterAdminPolicy", &[])]);
    for (created, expected) in [("2025-12-31T00:00:00Z", Verdict::Allowed), ("2026-02-01T00:00:00Z", Verdict::Denied)] {
        let facts = facts([cluster(AuthenticationMode::Api), listed(), entry(""), policies(), role(created)]);
        assert_eq!(Index::new(&facts).decide(&identity, &request("get", "", "pods", "", "dev"), Door::Person), expected, "{created}");
    }
}

#[test]
fn a_denial_is_mended_by_a_wider_scope_or_the_narrowest_policy() {
    let fixed = |policies: Vec<PolicyAssociation>, request: &Request| {
        let facts = facts([cluster(AuthenticationMode::Api), listed(), entry(""), has(policies)]);
        let decision = explain(&Index::new(&facts), &who(ROLE, &facts), request, Door::Person);
        decision.fixes.iter().find(|fix| fix.yaml.is_empty()).map(|fix| fix.commands[0].clone()).unwrap_or_default()
    };
    let associate = |policy: &str, scope: &str| {
        format!(
            "aws eks associate-access-policy --cluster-name prod --principal-arn {ROLE} --policy-arn {} --access-scope {scope}",
            arn(policy)
        )
    };
    let view = || vec![associated("AmazonEKSViewPolicy", &["dev"])];
    let pods = |verb: &str, namespace: &str| request(verb, "", "pods", "", namespace);
    assert_eq!(fixed(view(), &pods("get", "prod")), associate("AmazonEKSViewPolicy", "type=namespace,namespaces=dev,prod"));
    assert_eq!(fixed(view(), &pods("get", "")), associate("AmazonEKSViewPolicy", "type=cluster"));
    assert_eq!(fixed(view(), &pods("delete", "dev")), associate("AmazonEKSEditPolicy", "type=namespace,namespaces=dev"));
    assert_eq!(fixed(vec![], &pods("get", "dev")), associate("AmazonEKSViewPolicy", "type=namespace,namespaces=dev"));
    // nothing that holds a wildcard is proposed
    assert_eq!(fixed(view(), &request("delete", "", "nodes", "", "")), "");
}

#[test]
fn a_session_that_is_not_named_may_be_one_that_a_binding_names() {
    let binding = Binding {
        meta: Meta::named("", "me"),
        cluster: true,
        role_ref: RoleRef { kind: Name::new("ClusterRole"), name: Name::new("all") },
        subjects: Arc::from([Subject { kind: SubjectKind::User, namespace: Name::EMPTY, name: Name::new(SESSION) }]),
    };
    let rule = whycan::facts::Rule {
        verbs: Arc::from([Name::STAR]),
        api_groups: Arc::from([Name::STAR]),
        resources: Arc::from([Name::STAR]),
        ..whycan::facts::Rule::default()
    };
    let role = Role { meta: Meta::named("", "all"), cluster: true, rules: Arc::from([rule]), aggregation: None };
    let aws = [cluster(AuthenticationMode::Api), listed(), entry(""), has(vec![])].into_iter().map(Change::Aws);
    let facts =
        Facts::collect(aws.chain([Change::Upsert(Object::Role(Arc::new(role))), Change::Upsert(Object::Binding(Arc::new(binding)))]));
    let pods = request("get", "", "pods", "", "dev");
    assert_eq!(told(&facts, ROLE, &pods), "unknown by none: ");
    assert_eq!(told(&facts, SESSION, &pods), "allowed by RBAC: ");
    assert_eq!(told(&facts, "arn:aws:sts::111122223333:assumed-role/dev/you", &pods), "denied by none: ");
}

/// Words of requests, of which the rules of policies speak, and others.
fn any_request() -> impl Strategy<Value = Request> {
    let verb = prop::sample::select(vec![
        "get",
        "list",
        "watch",
        "create",
        "delete",
        "deletecollection",
        "patch",
        "update",
        "impersonate",
        "bind",
    ]);
    let resource = prop::sample::select(vec![
        ("", "pods"),
        ("", "pods/exec"),
        ("", "pods/log"),
        ("", "secrets"),
        ("", "configmaps"),
        ("", "serviceaccounts"),
        ("apps", "deployments"),
        ("apps", "deployments/scale"),
        ("batch", "jobs"),
        ("rbac.authorization.k8s.io", "roles"),
        ("metrics.k8s.io", "pods"),
        ("example.com", "widgets"),
        ("", "nodes"),
    ]);
    let namespace = prop::sample::select(vec!["dev", "prod", "team-a", ""]);
    (verb, resource, namespace).prop_map(|(verb, (group, resource), namespace)| request(verb, group, resource, "", namespace))
}

/// The same rules as a role and bindings.
fn as_rbac(association: &PolicyAssociation) -> Vec<Change> {
    let rules = policies()[name_of(&association.policy)].rules.clone().unwrap();
    let role = Role { meta: Meta::named("", "policy"), cluster: true, rules, aggregation: None };
    let places: Vec<&str> = if association.is_namespaced { association.namespaces.iter().map(String::as_str).collect() } else { vec![""] };
    let bindings = places.into_iter().map(|place| {
        Change::Upsert(Object::Binding(Arc::new(Binding {
            meta: Meta::named(place, "policy"),
            cluster: place.is_empty(),
            role_ref: RoleRef { kind: Name::new("ClusterRole"), name: Name::new("policy") },
            subjects: Arc::from([Subject { kind: SubjectKind::User, namespace: Name::EMPTY, name: Name::new("u") }]),
        })))
    });
    std::iter::once(Change::Upsert(Object::Role(Arc::new(role)))).chain(bindings).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// A documented policy allows what a role of its rules allows that is bound where it is associated; the rest is denied, or
    /// unknown where AWS does not document it.
    #[test]
    fn a_policy_is_a_role_that_is_bound_where_it_is_associated(
        policy in prop::sample::select(policies().values().filter(|policy| policy.rules.is_some()).map(|policy| policy.name.clone()).collect::<Vec<_>>()),
        places in prop::sample::select(vec![vec![], vec!["dev"], vec!["dev", "team-a"]]),
        request in any_request(),
    ) {
        let association = associated(&policy, &places);
        let by_policy = facts([cluster(AuthenticationMode::Api), listed(), entry("u"), has(vec![association.clone()])]);
        let identity = who(ROLE, &by_policy);
        let decision = explain(&Index::new(&by_policy), &identity, &request, Door::Person);
        let by_role = Index::new(&Facts::collect(as_rbac(&association))).decide(&Identity::user("u"), &request, Door::Person);
        let is_undocumented = association.is_namespaced && request.namespace().is_empty();
        if decision.verdict == Verdict::Unknown {
            prop_assert!(is_undocumented, "{decision:?}");
        } else {
            prop_assert_eq!(decision.verdict, by_role);
        }
        if decision.verdict == Verdict::Allowed {
            prop_assert_eq!(decision.decided_by, Some(Authorizer::AccessPolicy));
        }
    }
}
