//! Kubernetes' documented rules one by one: what never matches, what does against expectation, and who holds which group.

use whycan::authz::request::ResourceRequest;
use whycan::authz::{Authorizer, Door, Index, Request, Verdict, explain};
use whycan::base::Name;
use whycan::facts::{Facts, parse};
use whycan::identity::Identity;

fn index(yaml: &str) -> Index {
    let facts = Facts::collect(parse::document("cluster", yaml.as_bytes()));
    assert_eq!(facts.gaps(), []);
    Index::new(&facts)
}

/// A ClusterRole `role` with these rules, bound to alice everywhere and, as another identity, to bob in dev.
fn with_rules(rules: &str) -> Index {
    index(&format!(
        "
kind: ClusterRole
metadata: {{name: role}}
rules: {rules}
---
kind: ClusterRoleBinding
metadata: {{name: everywhere}}
roleRef: {{kind: ClusterRole, name: role}}
subjects: [{{kind: User, name: alice}}]
---
kind: RoleBinding
metadata: {{namespace: dev, name: here}}
roleRef: {{kind: ClusterRole, name: role}}
subjects: [{{kind: User, name: bob}}]
"
    ))
}

/// `VERB RESOURCE[.GROUP][/SUBRESOURCE] [NAME]` or `VERB /path`, taken as it stands.
fn request(words: &str, namespace: &str) -> Request {
    let mut words = words.split(' ');
    let (verb, what) = (words.next().unwrap(), words.next().unwrap());
    if what.starts_with('/') {
        return Request::path(verb, what);
    }
    let (resource, subresource) = what.split_once('/').unwrap_or((what, ""));
    let (resource, api_group) = resource.split_once('.').unwrap_or((resource, ""));
    Request::Resource(ResourceRequest {
        verb: verb.into(),
        api_group: api_group.into(),
        resource: resource.into(),
        subresource: subresource.into(),
        name: words.next().unwrap_or_default().into(),
        namespace: namespace.into(),
        selected_node: Name::EMPTY,
    })
}

fn may(index: &Index, identity: &Identity, request: &Request) -> bool {
    let verdict = index.decide(identity, request, Door::Literal);
    assert_eq!(explain(index, identity, request, Door::Literal).verdict, verdict, "{request:?}");
    verdict == Verdict::Allowed
}

#[test]
fn one_rule_and_one_request() {
    let alice = Identity::literal("alice", []);
    for (rule, asked, allowed) in [
        // names are for requests that carry one
        ("{apiGroups: [''], resources: [pods], resourceNames: [a], verbs: ['*']}", "get pods a", true),
        ("{apiGroups: [''], resources: [pods], resourceNames: [a], verbs: ['*']}", "create pods", false),
        ("{apiGroups: [''], resources: [pods], resourceNames: [a], verbs: ['*']}", "create pods a", true), // create on update
        ("{apiGroups: [''], resources: [pods], resourceNames: [a], verbs: ['*']}", "deletecollection pods", false),
        ("{apiGroups: [''], resources: [pods], resourceNames: [a], verbs: ['*']}", "list pods", false),
        ("{apiGroups: [''], resources: [pods], resourceNames: [a], verbs: ['*']}", "list pods a", true), // metadata.name=a
        ("{apiGroups: [''], resources: [pods/exec], resourceNames: [a], verbs: ['*']}", "create pods/exec a", true),
        ("{apiGroups: [''], resources: [pods], resourceNames: ['*'], verbs: ['*']}", "get pods a", false),
        ("{apiGroups: [''], resources: [pods], resourceNames: ['*'], verbs: ['*']}", "get pods *", true),
        ("{apiGroups: [''], resources: [pods], resourceNames: [''], verbs: ['*']}", "list pods", true),
        ("{apiGroups: [''], resources: [pods], resourceNames: [''], verbs: ['*']}", "get pods a", false),
        // resources and subresources
        ("{apiGroups: [''], resources: ['*'], verbs: [get]}", "get pods/log a", true),
        ("{apiGroups: [''], resources: [pods], verbs: [get]}", "get pods/log a", false),
        ("{apiGroups: [''], resources: [pods/log], verbs: [get]}", "get pods a", false),
        ("{apiGroups: [''], resources: ['pods/*'], verbs: [get]}", "get pods/log a", false),
        ("{apiGroups: [''], resources: ['pods/*'], verbs: [get]}", "get pods a", false),
        ("{apiGroups: [apps], resources: ['*/scale'], verbs: [get]}", "get deployments.apps/scale a", true),
        ("{apiGroups: [apps], resources: ['*/scale'], verbs: [get]}", "get deployments.apps a", false),
        ("{apiGroups: [''], resources: ['pod*'], verbs: [get]}", "get pods a", false),
        (
            "{apiGroups: [authentication.k8s.io], resources: [userextras], verbs: [impersonate]}",
            "impersonate userextras.authentication/scopes",
            false,
        ),
        // everything counts: case, the group, the list that is empty
        ("{apiGroups: [''], resources: [Pods], verbs: [get]}", "get pods", false),
        ("{apiGroups: [''], resources: [pods], verbs: [GET]}", "get pods", false),
        ("{apiGroups: [''], resources: [pods], verbs: ['g*']}", "get pods", false),
        ("{resources: [pods], verbs: ['*']}", "get pods", false),
        ("{apiGroups: [''], verbs: ['*']}", "get pods", false),
        ("{apiGroups: [''], resources: [pods]}", "get pods", false),
        ("{apiGroups: ['*'], resources: [pods], verbs: [get]}", "get pods", true),
        ("{apiGroups: [apps], resources: [pods], verbs: [get]}", "get pods", false),
        ("{apiGroups: ['app*'], resources: [deployments], verbs: [get]}", "get deployments.apps", false),
        // paths
        ("{nonResourceURLs: ['*'], verbs: [get]}", "get /any/path", true),
        ("{nonResourceURLs: [/apis/*], verbs: [get]}", "get /apis", false),
        ("{nonResourceURLs: [/apis/*], verbs: [get]}", "get /apis/", true),
        ("{nonResourceURLs: ['/healthz*'], verbs: [get]}", "get /healthzabc", true),
        ("{nonResourceURLs: [/version], verbs: [get]}", "get /version/", false),
        ("{nonResourceURLs: ['/a/*/b'], verbs: [get]}", "get /a/x/b", false),
        ("{nonResourceURLs: ['/a/***'], verbs: [get]}", "get /a/b/c", true),
        ("{nonResourceURLs: [/a], verbs: ['*']}", "post /a", true),
        ("{nonResourceURLs: [/a], verbs: [GET]}", "get /a", false),
        // a rule of one kind says nothing to a request of the other
        ("{apiGroups: ['*'], resources: ['*'], verbs: ['*']}", "get /a", false),
        ("{nonResourceURLs: ['*'], verbs: ['*']}", "get pods", false),
    ] {
        let index = with_rules(&format!("[{rule}]"));
        assert_eq!(may(&index, &alice, &request(asked, "dev")), allowed, "{rule} {asked}");
    }
}

#[test]
fn a_resource_written_with_its_subresource_is_a_literal() {
    let odd = Request::resource("get", "", "pods/log", "dev");
    let alice = Identity::literal("alice", []);
    assert!(may(&with_rules("[{apiGroups: [''], resources: [pods/log], verbs: [get]}]"), &alice, &odd));
    assert!(!may(&with_rules("[{apiGroups: [''], resources: ['*/log'], verbs: [get]}]"), &alice, &odd));
}

#[test]
fn what_a_role_binding_reaches() {
    let bob = Identity::literal("bob", []);
    let index = with_rules("[{apiGroups: ['*'], resources: ['*'], verbs: ['*']}, {nonResourceURLs: ['*'], verbs: ['*']}]");
    for (asked, namespace, allowed) in [
        ("get pods", "dev", true),
        ("get pods", "prod", false),
        // all namespaces, and what has none
        ("list pods", "", false),
        ("get nodes n1", "", false),
        ("get /healthz", "", false),
        // one namespace object is asked about inside itself
        ("get namespaces dev", "dev", true),
        ("get namespaces dev", "", false),
        ("list namespaces", "", false),
    ] {
        assert_eq!(may(&index, &bob, &request(asked, namespace)), allowed, "{asked} in {namespace:?}");
    }
}

#[test]
fn where_role_references_lead() {
    let cluster = |kind: &str, binding: &str, role_kind: &str, role_namespace: &str| {
        let place = |namespace: &str| if namespace.is_empty() { String::new() } else { format!("namespace: {namespace}, ") };
        index(&format!(
            "
kind: {role_kind}
metadata: {{{}name: role}}
rules: [{{apiGroups: [''], resources: [pods], verbs: [get]}}]
---
kind: {binding}
metadata: {{{}name: binding}}
roleRef: {{kind: {kind}, name: role}}
subjects: [{{kind: User, name: alice}}]
",
            place(role_namespace),
            place(if binding == "RoleBinding" { "dev" } else { "" })
        ))
    };
    let alice = Identity::literal("alice", []);
    let get = request("get pods", "dev");
    for (index, reason) in [
        (cluster("Role", "RoleBinding", "Role", "dev"), None),
        (cluster("ClusterRole", "RoleBinding", "ClusterRole", ""), None),
        (cluster("ClusterRole", "ClusterRoleBinding", "ClusterRole", ""), None),
        (cluster("Role", "RoleBinding", "Role", "prod"), Some("RBAC: role.rbac.authorization.k8s.io \"role\" not found")),
        (cluster("Role", "RoleBinding", "ClusterRole", ""), Some("RBAC: role.rbac.authorization.k8s.io \"role\" not found")),
        (cluster("Role", "ClusterRoleBinding", "Role", "dev"), Some("RBAC: role.rbac.authorization.k8s.io \"role\" not found")),
        (cluster("ClusterRole", "RoleBinding", "Role", "dev"), Some("RBAC: clusterrole.rbac.authorization.k8s.io \"role\" not found")),
        (cluster("Rôle", "RoleBinding", "Role", "dev"), Some("RBAC: unsupported role reference kind: \"Rôle\"")),
    ] {
        let decision = explain(&index, &alice, &get, Door::Literal);
        assert_eq!(decision.verdict == Verdict::Allowed, reason.is_none());
        if let Some(reason) = reason {
            assert_eq!(decision.reason, reason);
        }
    }
}

#[test]
fn several_errors_are_joined_and_told_once() {
    let index = index(
        "
kind: RoleBinding
metadata: {namespace: dev, name: a}
roleRef: {kind: Role, name: x}
subjects: [{kind: User, name: alice}]
---
kind: RoleBinding
metadata: {namespace: dev, name: b}
roleRef: {kind: ClusterRole, name: y}
subjects: [{kind: Group, name: dev}]
---
kind: RoleBinding
metadata: {namespace: dev, name: c}
roleRef: {kind: Role, name: x}
subjects: [{kind: User, name: alice}]
---
kind: RoleBinding
metadata: {namespace: dev, name: of-somebody-else}
roleRef: {kind: Role, name: z}
subjects: [{kind: User, name: bob}]
",
    );
    let reason = |groups: &[&str]| {
        let identity = Identity::literal("alice", groups.iter().map(|group| Name::new(group)));
        explain(&index, &identity, &request("get pods", "dev"), Door::Literal).reason
    };
    assert_eq!(reason(&[]), "RBAC: role.rbac.authorization.k8s.io \"x\" not found");
    let both = [
        "RBAC: [role.rbac.authorization.k8s.io \"x\" not found, clusterrole.rbac.authorization.k8s.io \"y\" not found]",
        "RBAC: [clusterrole.rbac.authorization.k8s.io \"y\" not found, role.rbac.authorization.k8s.io \"x\" not found]",
    ];
    assert!(both.contains(&reason(&["dev"]).as_str()), "{}", reason(&["dev"]));
}

#[test]
fn whom_a_subject_names() {
    let cluster = |binding: &str, subject: &str| {
        let place = if binding == "RoleBinding" { "namespace: dev, " } else { "" };
        index(&format!(
            "
kind: ClusterRole
metadata: {{name: role}}
rules: [{{apiGroups: [''], resources: [pods], verbs: [get]}}]
---
kind: {binding}
metadata: {{{place}name: binding}}
roleRef: {{kind: ClusterRole, name: role}}
subjects: [{subject}]
"
        ))
    };
    let account = "system:serviceaccount:dev:ci";
    for (binding, subject, user, groups, reason) in [
        (
            "RoleBinding",
            "{kind: User, name: alice}",
            "alice",
            vec![],
            Some("RoleBinding \"binding/dev\" of ClusterRole \"role\" to User \"alice\""),
        ),
        ("RoleBinding", "{kind: User, name: alice}", "Alice", vec![], None),
        ("RoleBinding", "{kind: User, name: alice}", "alice ", vec![], None),
        ("RoleBinding", "{kind: User, name: '*'}", "alice", vec![], None),
        ("RoleBinding", "{kind: Group, name: '*'}", "alice", vec!["dev"], None),
        (
            "RoleBinding",
            "{kind: Group, name: dev}",
            "alice",
            vec!["ops", "dev"],
            Some("RoleBinding \"binding/dev\" of ClusterRole \"role\" to Group \"dev\""),
        ),
        ("RoleBinding", "{kind: User, name: dev}", "alice", vec!["dev"], None),
        ("RoleBinding", "{kind: user, name: alice}", "alice", vec![], None),
        // the namespace of a user or group means nothing
        (
            "RoleBinding",
            "{kind: User, name: alice, namespace: prod}",
            "alice",
            vec![],
            Some("RoleBinding \"binding/dev\" of ClusterRole \"role\" to User \"alice\""),
        ),
        // a service account can be named in three ways; in reasons its name comes before its namespace
        (
            "RoleBinding",
            "{kind: ServiceAccount, name: ci}",
            account,
            vec![],
            Some("RoleBinding \"binding/dev\" of ClusterRole \"role\" to ServiceAccount \"ci/dev\""),
        ),
        ("RoleBinding", "{kind: ServiceAccount, name: ci, namespace: prod}", account, vec![], None),
        (
            "ClusterRoleBinding",
            "{kind: ServiceAccount, name: ci, namespace: dev}",
            account,
            vec![],
            Some("ClusterRoleBinding \"binding\" of ClusterRole \"role\" to ServiceAccount \"ci/dev\""),
        ),
        ("ClusterRoleBinding", "{kind: ServiceAccount, name: ci}", account, vec![], None),
        ("ClusterRoleBinding", "{kind: ServiceAccount, name: ci}", "system:serviceaccount::ci", vec![], None),
        (
            "ClusterRoleBinding",
            "{kind: User, name: 'system:serviceaccount:dev:ci'}",
            account,
            vec![],
            Some("ClusterRoleBinding \"binding\" of ClusterRole \"role\" to User \"system:serviceaccount:dev:ci\""),
        ),
        (
            "ClusterRoleBinding",
            "{kind: Group, name: 'system:serviceaccounts:dev'}",
            account,
            vec!["system:serviceaccounts:dev"],
            Some("ClusterRoleBinding \"binding\" of ClusterRole \"role\" to Group \"system:serviceaccounts:dev\""),
        ),
        // only the first that matches is named, and what needs quoting is quoted as Go does
        (
            "RoleBinding",
            "{kind: Group, name: dev}, {kind: User, name: alice}",
            "alice",
            vec!["dev"],
            Some("RoleBinding \"binding/dev\" of ClusterRole \"role\" to Group \"dev\""),
        ),
        (
            "RoleBinding",
            "{kind: User, name: \"a\\\"b\\tü\"}",
            "a\"b\tü",
            vec![],
            Some("RoleBinding \"binding/dev\" of ClusterRole \"role\" to User \"a\\\"b\\tü\""),
        ),
    ] {
        let identity = Identity::literal(user, groups.iter().map(|group| Name::new(group)));
        let decision = explain(&cluster(binding, subject), &identity, &request("get pods", "dev"), Door::Literal);
        let expected = reason.map(|reason| format!("RBAC: allowed by {reason}")).unwrap_or_default();
        assert_eq!(decision.reason, expected, "{binding} {subject} {user:?}");
    }
}

#[test]
fn aggregated_roles() {
    let yaml = |stored: &str| {
        format!(
            "
kind: ClusterRole
metadata: {{name: admin}}
aggregationRule: {{clusterRoleSelectors: [{{matchLabels: {{to-admin: 'true'}}}}]}}
rules: {stored}
---
kind: ClusterRole
metadata: {{name: edit, labels: {{to-admin: 'true'}}}}
aggregationRule:
  clusterRoleSelectors: [{{matchLabels: {{to-edit: 'true'}}}}, {{matchExpressions: [{{key: to-edit-too, operator: Exists}}]}}]
---
kind: ClusterRole
metadata: {{name: queues, labels: {{to-edit-too: ''}}}}
rules: [{{apiGroups: [acme.example], resources: [queues], verbs: [get]}}]
---
kind: ClusterRole
metadata: {{name: not-this-one, labels: {{to-edit: 'false'}}}}
rules: [{{apiGroups: [''], resources: [secrets], verbs: [get]}}]
---
kind: ClusterRoleBinding
metadata: {{name: admins}}
roleRef: {{kind: ClusterRole, name: admin}}
subjects: [{{kind: User, name: alice}}]
"
        )
    };
    let alice = Identity::literal("alice", []);
    let (queues, secrets) = (request("get queues.acme.example", "dev"), request("get secrets", "dev"));
    // the authorizer reads what is stored; a person is told what the controller will store, over two steps
    let unfilled = index(&yaml("null"));
    assert_eq!(unfilled.decide(&alice, &queues, Door::Literal), Verdict::Denied);
    let decision = explain(&unfilled, &alice, &queues, Door::Person);
    assert_eq!(decision.verdict, Verdict::Allowed);
    let rule = decision.grants[0].rule.as_ref().unwrap();
    assert_eq!(rule.from.unwrap().to_string(), "ClusterRole queues");
    assert_eq!(decision.notes[0], "ClusterRole admin has no stored rules; they are filled here as the aggregation controller would");
    assert_eq!(unfilled.decide(&alice, &secrets, Door::Person), Verdict::Denied);
    // where rules are stored, they count
    let stored = index(&yaml("[{apiGroups: [''], resources: [pods], verbs: [get]}]"));
    for door in [Door::Literal, Door::Person] {
        assert_eq!(stored.decide(&alice, &queues, door), Verdict::Denied);
        assert_eq!(stored.decide(&alice, &request("get pods", "dev"), door), Verdict::Allowed);
    }
}

#[test]
fn an_empty_selector_takes_all_and_circles_end() {
    let index = index(
        "
kind: ClusterRole
metadata: {name: all}
aggregationRule: {clusterRoleSelectors: [{}]}
---
kind: ClusterRole
metadata: {name: ring, labels: {ring: a}}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {ring: b}}]}
---
kind: ClusterRole
metadata: {name: gnir, labels: {ring: b}}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {ring: a}}, {matchLabels: {ring: c}}]}
---
kind: ClusterRole
metadata: {name: pods, labels: {ring: c}}
rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]
---
kind: ClusterRoleBinding
metadata: {name: b0}
roleRef: {kind: ClusterRole, name: all}
subjects: [{kind: User, name: alice}]
---
kind: ClusterRoleBinding
metadata: {name: b1}
roleRef: {kind: ClusterRole, name: ring}
subjects: [{kind: User, name: bob}]
",
    );
    for user in ["alice", "bob"] {
        assert_eq!(index.decide(&Identity::user(user), &request("get pods", ""), Door::Person), Verdict::Allowed, "{user}");
    }
}

#[test]
fn masters_may_everything_and_before_all_others() {
    let masters = Identity::literal("alice", [Name::new("system:masters")]);
    let index = with_rules("[{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]");
    for asked in ["delete nodes n1", "get /any", "fly moons"] {
        let decision = explain(&index, &masters, &request(asked, ""), Door::Literal);
        assert_eq!(
            (decision.verdict, decision.decided_by, decision.reason.as_str()),
            (Verdict::Allowed, Some(Authorizer::SystemMasters), "")
        );
    }
    // its neighbours are nobody
    for group in ["System:masters", "system:masters ", "system:master"] {
        assert!(!may(&Index::default(), &Identity::literal("alice", [Name::new(group)]), &request("get pods", "dev")), "{group}");
    }
}

#[test]
fn groups_are_added_for_people_alone() {
    let index = index(
        "
kind: ClusterRole
metadata: {name: role}
rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]
---
kind: ClusterRoleBinding
metadata: {name: everybody}
roleRef: {kind: ClusterRole, name: role}
subjects: [{kind: Group, name: 'system:authenticated'}]
",
    );
    let get = request("get pods", "dev");
    // a SubjectAccessReview holds all groups there are
    assert!(!may(&index, &Identity::literal("alice", []), &get));
    for (user, allowed) in [("alice", true), ("system:serviceaccount:dev:ci", true), ("system:node:n1", true), ("system:anonymous", false)]
    {
        assert_eq!(may(&index, &Identity::user(user), &get), allowed, "{user}");
    }
    assert!(!may(&index, &Identity::asked(Some("alice"), &["system:unauthenticated"], "--as"), &get));
}
