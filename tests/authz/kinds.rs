//! Each kind of near miss in the smallest cluster that has it: the sentence that people read, and its checks.

use std::fmt::Write as _;

use insta::assert_snapshot;
use whycan::authz::request::ResourceRequest;
use whycan::authz::{Door, Index, NearMissKind, Request, Verdict, explain};
use whycan::base::Name;
use whycan::facts::{Facts, parse};
use whycan::identity::Identity;

/// `delete pods web-0 in dev` in parts: verb, resource (with group and subresource), name, namespace.
fn ask(verb: &str, resource: &str, name: &str, namespace: &str) -> Request {
    let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
    let (resource, api_group) = resource.split_once('.').unwrap_or((resource, ""));
    Request::Resource(ResourceRequest {
        verb: verb.into(),
        api_group: api_group.into(),
        resource: resource.into(),
        subresource: subresource.into(),
        name: name.into(),
        namespace: namespace.into(),
        selected_node: Name::EMPTY,
    })
}

fn alice() -> Identity {
    Identity::user("alice")
}

/// A cluster, one object a line.
fn cluster(objects: &[&str]) -> Facts {
    let facts = Facts::collect(parse::document("cluster", format!("---\n{}", objects.join("\n---\n")).as_bytes()));
    assert_eq!(facts.gaps(), []);
    facts
}

/// The near misses of a cluster (one object a line) as text, and the title of the fix of each.
fn near(objects: &[&str], identity: &Identity, request: &Request) -> String {
    let facts = cluster(objects);
    let decision = explain(&Index::new(&facts), identity, request, Door::Person);
    assert_eq!(decision.verdict, Verdict::Denied, "{request:?}");
    let mut text = String::new();
    for miss in &decision.near_misses {
        let _ = writeln!(text, "{}: {}", miss.kind.as_str(), miss.sentence);
        let mut holds = Vec::new();
        for check in &miss.checks {
            let told = format!("{:?}: {}", check.what, check.detail);
            if check.ok {
                holds.push(told);
            } else {
                let _ = writeln!(text, "  ✗ {told}");
            }
        }
        let _ = writeln!(text, "  ✓ {}", holds.join(" · "));
        let fix = miss.fix.and_then(|fix| decision.fixes.get(fix)).map_or("none", |fix| fix.title.as_str());
        let _ = writeln!(text, "  fix: {fix}");
    }
    text
}

const POD_ADMIN: &str =
    "{kind: ClusterRole, metadata: {name: pod-admin}, rules: [{apiGroups: [''], resources: [pods], verbs: [get, list, delete]}]}";

#[test]
fn other_namespace() {
    let objects = [
        POD_ADMIN,
        "{kind: RoleBinding, metadata: {namespace: staging, name: deployers}, roleRef: {kind: ClusterRole, name: pod-admin}, subjects: [{kind: User, name: alice}]}",
    ];
    assert_snapshot!(near(&objects, &alice(), &ask("delete", "pods", "", "dev")), @r"
    other-namespace: RoleBinding staging/deployers grants this in namespace staging, not in dev
      ✗ Scope: namespace staging
      ✓ Role: ClusterRole pod-admin · Verb: get, list and delete · ApiGroup: the core API group · Resource: pods · ResourceName: any name · Subject: User alice
      fix: bind ClusterRole pod-admin to User alice in namespace dev too
    ");
    // and one thing more
    assert_snapshot!(near(&objects, &alice(), &ask("patch", "pods", "web-0", "dev")), @r"
    other-namespace: RoleBinding staging/deployers is for namespace staging, not dev, and its role allows get, list and delete on pods, not patch
      ✗ Scope: namespace staging
      ✗ Verb: get, list and delete
      ✓ Role: ClusterRole pod-admin · ApiGroup: the core API group · Resource: pods · ResourceName: any name · Subject: User alice
      fix: none
    ");
}

#[test]
fn other_namespace_of_a_role_that_stays_there() {
    let objects = [
        "{kind: Role, metadata: {namespace: staging, name: pod-admin}, rules: [{apiGroups: [''], resources: [pods], verbs: [delete]}]}",
        "{kind: RoleBinding, metadata: {namespace: staging, name: deployers}, roleRef: {kind: Role, name: pod-admin}, subjects: [{kind: Group, name: dev}]}",
    ];
    let identity = Identity::asked(Some("alice"), &["dev"], "--as");
    assert_snapshot!(near(&objects, &identity, &ask("delete", "pods", "", "dev")), @r"
    other-namespace: RoleBinding staging/deployers grants this in namespace staging, not in dev
      ✗ Scope: namespace staging
      ✓ Role: Role staging/pod-admin · Verb: delete · ApiGroup: the core API group · Resource: pods · ResourceName: any name · Subject: Group dev
      fix: let alice delete pods in dev and nothing else, by a new Role and RoleBinding
    ");
}

#[test]
fn role_binding_for_cluster_scope() {
    let objects = [
        "{kind: ClusterRole, metadata: {name: viewer}, rules: [{apiGroups: [''], resources: [pods, nodes], verbs: [get, list]}, {nonResourceURLs: [/metrics], verbs: [get]}]}",
        "{kind: RoleBinding, metadata: {namespace: dev, name: viewers}, roleRef: {kind: ClusterRole, name: viewer}, subjects: [{kind: User, name: alice}]}",
    ];
    assert_snapshot!(near(&objects, &alice(), &ask("list", "nodes", "", "")), @r"
    role-binding-for-cluster-scope: RoleBinding dev/viewers holds in namespace dev alone; this asks for nodes in the whole cluster, which takes a ClusterRoleBinding
      ✗ Scope: namespace dev
      ✓ Role: ClusterRole viewer · Verb: get and list · ApiGroup: the core API group · Resource: pods and nodes · ResourceName: any name · Subject: User alice
      fix: let alice list nodes and nothing else, by a new ClusterRole and ClusterRoleBinding
    ");
    assert_snapshot!(near(&objects, &alice(), &ask("list", "pods", "", "")), @r"
    role-binding-for-cluster-scope: RoleBinding dev/viewers holds in namespace dev alone; this asks for pods in the whole cluster, which takes a ClusterRoleBinding
      ✗ Scope: namespace dev
      ✓ Role: ClusterRole viewer · Verb: get and list · ApiGroup: the core API group · Resource: pods and nodes · ResourceName: any name · Subject: User alice
      fix: let alice list pods and nothing else, by a new ClusterRole and ClusterRoleBinding
    ");
    assert_snapshot!(near(&objects, &alice(), &Request::path("get", "/metrics")), @r"
    role-binding-for-cluster-scope: RoleBinding dev/viewers holds in namespace dev alone; a path is in none, so it takes a ClusterRoleBinding
      ✗ Scope: namespace dev
      ✓ Role: ClusterRole viewer · Verb: get · NonResourceUrl: /metrics · Subject: User alice
      fix: let alice get /metrics and nothing else, by a new ClusterRole and ClusterRoleBinding
    ");
    assert_snapshot!(near(&objects, &alice(), &ask("delete", "nodes", "n1", "")), @r"
    role-binding-for-cluster-scope: RoleBinding dev/viewers holds in namespace dev alone, and its role allows get and list on nodes, not delete; this asks for nodes in the whole cluster, which takes a ClusterRoleBinding
      ✗ Scope: namespace dev
      ✗ Verb: get and list
      ✓ Role: ClusterRole viewer · ApiGroup: the core API group · Resource: pods and nodes · ResourceName: any name · Subject: User alice
      fix: none
    ");
}

#[test]
fn missing_role() {
    let binding = |kind: &str, namespace: &str, role: &str| {
        let place = if namespace.is_empty() { String::new() } else { format!("namespace: {namespace}, ") };
        format!("{{kind: {kind}, metadata: {{{place}name: operators}}, roleRef: {{{role}}}, subjects: [{{kind: User, name: alice}}]}}")
    };
    let request = ask("delete", "pods", "", "dev");
    assert_snapshot!(near(&[&binding("RoleBinding", "dev", "kind: Role, name: operator")], &alice(), &request), @r"
    missing-role: RoleBinding dev/operators for User alice names Role dev/operator, which does not exist; what it would allow is not known
      ✗ Role: Role dev/operator does not exist
      ✓ Scope: namespace dev · Subject: User alice
      fix: create the missing Role dev/operator, with a rule for this request
    ");
    assert_snapshot!(near(&[&binding("RoleBinding", "dev", "kind: ClusterRole, name: edti")], &alice(), &request), @r"
    missing-role: RoleBinding dev/operators for User alice names ClusterRole edti, which does not exist; what it would allow is not known
      ✗ Role: ClusterRole edti does not exist
      ✓ Scope: namespace dev · Subject: User alice
      fix: create the missing ClusterRole edti, with a rule for this request
    ");
    // of the other kind, there is one
    let cluster_role = "{kind: ClusterRole, metadata: {name: operator}, rules: []}";
    assert_snapshot!(near(&[cluster_role, &binding("RoleBinding", "dev", "kind: Role, name: operator")], &alice(), &request), @r"
    missing-role: RoleBinding dev/operators for User alice names Role dev/operator, which does not exist, though ClusterRole operator does; what it would allow is not known
      ✗ Role: Role dev/operator does not exist
      ✓ Scope: namespace dev · Subject: User alice
      fix: create the missing Role dev/operator, with a rule for this request
    ");
    let role = "{kind: Role, metadata: {namespace: dev, name: operator}, rules: []}";
    assert_snapshot!(near(&[role, &binding("RoleBinding", "dev", "kind: ClusterRole, name: operator")], &alice(), &request), @r"
    missing-role: RoleBinding dev/operators for User alice names ClusterRole operator, which does not exist, though Role dev/operator does; what it would allow is not known
      ✗ Role: ClusterRole operator does not exist
      ✓ Scope: namespace dev · Subject: User alice
      fix: create the missing ClusterRole operator, with a rule for this request
    ");
    let edit = "{kind: ClusterRole, metadata: {name: edit}, rules: []}";
    assert_snapshot!(near(&[edit, &binding("RoleBinding", "dev", "kind: ClusterRole, name: edti")], &alice(), &request), @r"
    missing-role: RoleBinding dev/operators for User alice names ClusterRole edti, which does not exist, though ClusterRole edit does; what it would allow is not known
      ✗ Role: ClusterRole edti does not exist
      ✓ Scope: namespace dev · Subject: User alice
      fix: create the missing ClusterRole edti, with a rule for this request
    ");
    assert_snapshot!(near(&[&binding("ClusterRoleBinding", "", "kind: Role, name: operator")], &alice(), &request), @r"
    missing-role: ClusterRoleBinding operators for User alice names Role operator, and a ClusterRoleBinding can only name a ClusterRole
      ✗ Role: Role operator does not exist
      ✓ Scope: cluster-wide · Subject: User alice
      fix: let alice delete pods in dev and nothing else, by a new Role and RoleBinding
    ");
    assert_snapshot!(near(&[&binding("RoleBinding", "dev", "kind: clusterrole, name: edit")], &alice(), &request), @r#"
    missing-role: RoleBinding dev/operators for User alice names a role of kind "clusterrole", which Kubernetes does not know
      ✗ Role: kind "clusterrole" does not exist
      ✓ Scope: namespace dev · Subject: User alice
      fix: let alice delete pods in dev and nothing else, by a new Role and RoleBinding
    "#);
}

/// A Role with one rule, bound to alice in dev.
fn bound(rule: &str) -> [String; 2] {
    [
        format!("{{kind: Role, metadata: {{namespace: dev, name: worker}}, rules: [{rule}]}}"),
        "{kind: RoleBinding, metadata: {namespace: dev, name: workers}, roleRef: {kind: Role, name: worker}, subjects: [{kind: User, name: alice}]}".to_owned(),
    ]
}

fn near_in(objects: &[String; 2], request: &Request) -> String {
    near(&[&objects[0], &objects[1]], &alice(), request)
}

#[test]
fn verb() {
    let objects = bound("{apiGroups: [''], resources: [pods], verbs: [get, list]}");
    assert_snapshot!(near_in(&objects, &ask("delete", "pods", "", "dev")), @r"
    verb: Role dev/worker, bound to User alice by RoleBinding dev/workers, allows get and list on pods, not delete
      ✗ Verb: get and list
      ✓ Scope: namespace dev · Role: Role dev/worker · ApiGroup: the core API group · Resource: pods · ResourceName: any name · Subject: User alice
      fix: add a rule for this request to Role dev/worker
    ");
    // many verbs are not all told
    let objects = bound("{apiGroups: [''], resources: [pods], verbs: [get, list, watch, create, update, patch]}");
    assert_snapshot!(near_in(&objects, &ask("delete", "pods", "", "dev")), @r"
    verb: Role dev/worker, bound to User alice by RoleBinding dev/workers, allows get, list, watch, create and 2 more on pods, not delete
      ✗ Verb: get, list, watch, create and 2 more
      ✓ Scope: namespace dev · Role: Role dev/worker · ApiGroup: the core API group · Resource: pods · ResourceName: any name · Subject: User alice
      fix: add a rule for this request to Role dev/worker
    ");
}

#[test]
fn api_group() {
    let objects = bound("{apiGroups: [extensions], resources: [deployments], verbs: [patch]}");
    assert_snapshot!(near_in(&objects, &ask("patch", "deployments.apps", "web", "dev")), @r"
    api-group: Role dev/worker, bound to User alice by RoleBinding dev/workers, allows patch on deployments in API group extensions, not in API group apps
      ✗ ApiGroup: API group extensions
      ✓ Scope: namespace dev · Role: Role dev/worker · Verb: patch · Resource: deployments · ResourceName: any name · Subject: User alice
      fix: add a rule for this request to Role dev/worker
    ");
    let objects = bound("{apiGroups: [apps], resources: [pods], verbs: [get]}");
    assert_snapshot!(near_in(&objects, &ask("get", "pods", "", "dev")), @r"
    api-group: Role dev/worker, bound to User alice by RoleBinding dev/workers, allows get on pods in API group apps, not in the core API group
      ✗ ApiGroup: API group apps
      ✓ Scope: namespace dev · Role: Role dev/worker · Verb: get · Resource: pods · ResourceName: any name · Subject: User alice
      fix: add a rule for this request to Role dev/worker
    ");
    let objects = bound("{resources: [pods], verbs: [get]}");
    assert_snapshot!(near_in(&objects, &ask("get", "pods", "", "dev")), @r"
    api-group: Role dev/worker, bound to User alice by RoleBinding dev/workers, allows get on pods in no API group, not in the core API group
      ✗ ApiGroup: no API group
      ✓ Scope: namespace dev · Role: Role dev/worker · Verb: get · Resource: pods · ResourceName: any name · Subject: User alice
      fix: add a rule for this request to Role dev/worker
    ");
}

#[test]
fn resource() {
    let objects = bound("{apiGroups: [''], resources: [pod], verbs: [get]}");
    assert_snapshot!(near_in(&objects, &ask("get", "pods", "", "dev")), @r"
    resource: Role dev/worker, bound to User alice by RoleBinding dev/workers, allows get on pod, not on pods (rules take the lower-case plural)
      ✗ Resource: pod
      ✓ Scope: namespace dev · Role: Role dev/worker · Verb: get · ApiGroup: the core API group · ResourceName: any name · Subject: User alice
      fix: add a rule for this request to Role dev/worker
    ");
    let objects = bound("{apiGroups: [''], resources: [configmaps], verbs: [get]}");
    assert_snapshot!(near_in(&objects, &ask("get", "secrets", "db", "dev")), @r"
    resource: Role dev/worker, bound to User alice by RoleBinding dev/workers, allows get on configmaps, not on secrets
      ✗ Resource: configmaps
      ✓ Scope: namespace dev · Role: Role dev/worker · Verb: get · ApiGroup: the core API group · ResourceName: any name · Subject: User alice
      fix: add a rule for this request to Role dev/worker
    ");
}

#[test]
fn subresource() {
    let objects = bound("{apiGroups: [''], resources: [pods], verbs: [get, list]}");
    assert_snapshot!(near_in(&objects, &ask("get", "pods/log", "web-0", "dev")), @r"
    subresource: Role dev/worker, bound to User alice by RoleBinding dev/workers, allows get on pods, not on pods/log
      ✗ Subresource: pods
      ✓ Scope: namespace dev · Role: Role dev/worker · Verb: get and list · ApiGroup: the core API group · Resource: pods · ResourceName: any name · Subject: User alice
      fix: add a rule for this request to Role dev/worker
    ");
    let objects = bound("{apiGroups: [''], resources: [pods/log], verbs: [get]}");
    assert_snapshot!(near_in(&objects, &ask("get", "pods", "web-0", "dev")), @r"
    subresource: Role dev/worker, bound to User alice by RoleBinding dev/workers, allows get on pods/log, not on pods
      ✗ Subresource: pods/log
      ✓ Scope: namespace dev · Role: Role dev/worker · Verb: get · ApiGroup: the core API group · Resource: pods/log · ResourceName: any name · Subject: User alice
      fix: add a rule for this request to Role dev/worker
    ");
    let objects = bound("{apiGroups: [''], resources: ['pods/*'], verbs: [get]}");
    assert_snapshot!(near_in(&objects, &ask("get", "pods/log", "web-0", "dev")), @r"
    subresource: Role dev/worker, bound to User alice by RoleBinding dev/workers, allows get on pods/*, not on pods/log (a star is no pattern here)
      ✗ Subresource: pods/*
      ✓ Scope: namespace dev · Role: Role dev/worker · Verb: get · ApiGroup: the core API group · Resource: pods/* · ResourceName: any name · Subject: User alice
      fix: let alice get pods/log web-0 in dev and nothing else, by a new Role and RoleBinding
    ");
    // create pods/exec with a rule that can only get it: kubectl older than the server, or the other way round
    let objects = bound("{apiGroups: [''], resources: [pods/exec], verbs: [get]}");
    assert_snapshot!(near_in(&objects, &ask("create", "pods/exec", "web-0", "dev")), @r"
    verb: Role dev/worker, bound to User alice by RoleBinding dev/workers, allows get on pods/exec, not create
      ✗ Verb: get
      ✓ Scope: namespace dev · Role: Role dev/worker · ApiGroup: the core API group · Resource: pods/exec · Subresource: pods/exec · ResourceName: any name · Subject: User alice
      fix: add a rule for this request to Role dev/worker
    ");
}

#[test]
fn resource_name() {
    let objects = bound("{apiGroups: [''], resources: [secrets], resourceNames: [db, cache], verbs: [get]}");
    assert_snapshot!(near_in(&objects, &ask("get", "secrets", "web", "dev")), @r"
    resource-name: Role dev/worker, bound to User alice by RoleBinding dev/workers, allows get on secrets named db and cache, not web
      ✗ ResourceName: db and cache
      ✓ Scope: namespace dev · Role: Role dev/worker · Verb: get · ApiGroup: the core API group · Resource: secrets · Subject: User alice
      fix: add a rule for this request to Role dev/worker
    ");
}

#[test]
fn a_star_is_a_pattern_only_where_it_is_one() {
    let objects = bound("{apiGroups: [''], resources: [secrets], resourceNames: ['db-*'], verbs: [get]}");
    assert_snapshot!(near_in(&objects, &ask("get", "secrets", "db-1", "dev")), @r"
    resource-name: Role dev/worker, bound to User alice by RoleBinding dev/workers, allows get on secrets named db-*, not db-1 (a star is no pattern here)
      ✗ ResourceName: db-*
      ✓ Scope: namespace dev · Role: Role dev/worker · Verb: get · ApiGroup: the core API group · Resource: secrets · Subject: User alice
      fix: add a rule for this request to Role dev/worker
    ");
    let objects = [
        "{kind: ClusterRole, metadata: {name: prober}, rules: [{nonResourceURLs: ['/a/*/b'], verbs: [get]}]}",
        "{kind: ClusterRoleBinding, metadata: {name: probers}, roleRef: {kind: ClusterRole, name: prober}, subjects: [{kind: User, name: alice}]}",
    ];
    assert_snapshot!(near(&objects, &alice(), &Request::path("get", "/a/x/b")), @r"
    non-resource-url: ClusterRole prober, bound to User alice by ClusterRoleBinding probers, allows get on /a/*/b, not /a/x/b (only a star at the end stands for anything)
      ✗ NonResourceUrl: /a/*/b
      ✓ Scope: cluster-wide · Role: ClusterRole prober · Verb: get · Subject: User alice
      fix: let alice get /a/x/b and nothing else, by a new ClusterRole and ClusterRoleBinding
    ");
}

#[test]
fn resource_names_without_name() {
    let objects = bound("{apiGroups: [''], resources: [secrets], resourceNames: [db], verbs: [get, list, create, deletecollection]}");
    assert_snapshot!(near_in(&objects, &ask("list", "secrets", "", "dev")), @r"
    resource-names-without-name: Role dev/worker, bound to User alice by RoleBinding dev/workers, allows list on secrets named db, and a list carries no name
      ✗ ResourceName: db; the request carries none
      ✓ Scope: namespace dev · Role: Role dev/worker · Verb: get, list, create and deletecollection · ApiGroup: the core API group · Resource: secrets · Subject: User alice
      fix: add a rule for this request to Role dev/worker
    ");
    assert_snapshot!(near_in(&objects, &ask("create", "secrets", "", "dev")), @r"
    resource-names-without-name: Role dev/worker, bound to User alice by RoleBinding dev/workers, allows create on secrets named db, and a create carries no name
      ✗ ResourceName: db; the request carries none
      ✓ Scope: namespace dev · Role: Role dev/worker · Verb: get, list, create and deletecollection · ApiGroup: the core API group · Resource: secrets · Subject: User alice
      fix: add a rule for this request to Role dev/worker
    ");
    assert_snapshot!(near_in(&objects, &ask("get", "secrets", "", "dev")), @r"
    resource-names-without-name: Role dev/worker, bound to User alice by RoleBinding dev/workers, allows get on secrets named db, and this request names none
      ✗ ResourceName: db; the request carries none
      ✓ Scope: namespace dev · Role: Role dev/worker · Verb: get, list, create and deletecollection · ApiGroup: the core API group · Resource: secrets · Subject: User alice
      fix: add a rule for this request to Role dev/worker
    ");
}

#[test]
fn non_resource_url() {
    let objects = [
        "{kind: ClusterRole, metadata: {name: prober}, rules: [{nonResourceURLs: [/metrics/*, /healthz], verbs: [get]}]}",
        "{kind: ClusterRoleBinding, metadata: {name: probers}, roleRef: {kind: ClusterRole, name: prober}, subjects: [{kind: User, name: alice}]}",
    ];
    assert_snapshot!(near(&objects, &alice(), &Request::path("get", "/metrics")), @r"
    non-resource-url: ClusterRole prober, bound to User alice by ClusterRoleBinding probers, allows get on /metrics/* and /healthz, not /metrics
      ✗ NonResourceUrl: /metrics/* and /healthz
      ✓ Scope: cluster-wide · Role: ClusterRole prober · Verb: get · Subject: User alice
      fix: let alice get /metrics and nothing else, by a new ClusterRole and ClusterRoleBinding
    ");
    assert_snapshot!(near(&objects, &alice(), &Request::path("post", "/healthz")), @r"
    verb: ClusterRole prober, bound to User alice by ClusterRoleBinding probers, allows get on /healthz, not post
      ✗ Verb: get
      ✓ Scope: cluster-wide · Role: ClusterRole prober · NonResourceUrl: /metrics/* and /healthz · Subject: User alice
      fix: let alice post /healthz and nothing else, by a new ClusterRole and ClusterRoleBinding
    ");
}

/// A ClusterRole that grants it, bound in dev to somebody.
fn bound_to(subject: &str) -> [String; 2] {
    [
        POD_ADMIN.to_owned(),
        format!(
            "{{kind: RoleBinding, metadata: {{namespace: dev, name: admins}}, roleRef: {{kind: ClusterRole, name: pod-admin}}, subjects: [{subject}]}}"
        ),
    ]
}

fn near_to(subject: &str, identity: &Identity) -> String {
    let objects = bound_to(subject);
    near(&[&objects[0], &objects[1]], identity, &ask("delete", "pods", "", "dev"))
}

#[test]
fn subject_name() {
    assert_snapshot!(near_to("{kind: User, name: Alice}", &alice()), @r#"
    subject-name: RoleBinding dev/admins grants this to User "Alice", which differs in case or blanks from alice
      ✗ Subject: User "Alice"
      ✓ Scope: namespace dev · Role: ClusterRole pod-admin · Verb: get, list and delete · ApiGroup: the core API group · Resource: pods · ResourceName: any name
      fix: add alice to RoleBinding dev/admins
    "#);
    assert_snapshot!(near_to("{kind: User, name: 'alice '}", &alice()), @r#"
    subject-name: RoleBinding dev/admins grants this to User "alice ", which differs in case or blanks from alice
      ✗ Subject: User "alice "
      ✓ Scope: namespace dev · Role: ClusterRole pod-admin · Verb: get, list and delete · ApiGroup: the core API group · Resource: pods · ResourceName: any name
      fix: add alice to RoleBinding dev/admins
    "#);
    assert_snapshot!(near_to("{kind: User, name: alcie}", &alice()), @r"
    subject-name: RoleBinding dev/admins grants this to User alcie, which is spelt almost like alice
      ✗ Subject: User alcie
      ✓ Scope: namespace dev · Role: ClusterRole pod-admin · Verb: get, list and delete · ApiGroup: the core API group · Resource: pods · ResourceName: any name
      fix: add alice to RoleBinding dev/admins
    ");
    assert_snapshot!(near_to("{kind: User, name: alice@acme.example}", &alice()), @r"
    subject-name: RoleBinding dev/admins grants this to User alice@acme.example, which is longer than alice
      ✗ Subject: User alice@acme.example
      ✓ Scope: namespace dev · Role: ClusterRole pod-admin · Verb: get, list and delete · ApiGroup: the core API group · Resource: pods · ResourceName: any name
      fix: add alice to RoleBinding dev/admins
    ");
    let full = Identity::user("alice@acme.example");
    assert_snapshot!(near_to("{kind: User, name: alice}", &full), @r"
    subject-name: RoleBinding dev/admins grants this to User alice, which is only part of alice@acme.example
      ✗ Subject: User alice
      ✓ Scope: namespace dev · Role: ClusterRole pod-admin · Verb: get, list and delete · ApiGroup: the core API group · Resource: pods · ResourceName: any name
      fix: add alice@acme.example to RoleBinding dev/admins
    ");
    let developer = Identity::asked(Some("alice"), &["developers"], "--as");
    assert_snapshot!(near_to("{kind: Group, name: Developers}", &developer), @r#"
    subject-name: RoleBinding dev/admins grants this to Group "Developers", which differs in case or blanks from group developers, which alice holds
      ✗ Subject: Group "Developers"
      ✓ Scope: namespace dev · Role: ClusterRole pod-admin · Verb: get, list and delete · ApiGroup: the core API group · Resource: pods · ResourceName: any name
      fix: add alice to RoleBinding dev/admins
    "#);
    assert_snapshot!(near_to("{kind: Group, name: developer}", &developer), @r"
    subject-name: RoleBinding dev/admins grants this to Group developer, which is only part of group developers, which alice holds
      ✗ Subject: Group developer
      ✓ Scope: namespace dev · Role: ClusterRole pod-admin · Verb: get, list and delete · ApiGroup: the core API group · Resource: pods · ResourceName: any name
      fix: add alice to RoleBinding dev/admins
    ");
    let account = Identity::user("system:serviceaccount:dev:deployer");
    assert_snapshot!(near_to("{kind: ServiceAccount, name: deploier}", &account), @r"
    subject-name: RoleBinding dev/admins grants this to ServiceAccount dev/deploier, which is spelt almost like service account dev/deployer
      ✗ Subject: ServiceAccount dev/deploier
      ✓ Scope: namespace dev · Role: ClusterRole pod-admin · Verb: get, list and delete · ApiGroup: the core API group · Resource: pods · ResourceName: any name
      fix: add service account dev/deployer to RoleBinding dev/admins
    ");
}

#[test]
fn subject_kind() {
    let developer = Identity::asked(Some("alice"), &["dev"], "--as");
    assert_snapshot!(near_to("{kind: User, name: dev}", &developer), @r"
    subject-kind: RoleBinding dev/admins grants this to User dev, but dev is a group that alice holds
      ✗ Subject: User dev
      ✓ Scope: namespace dev · Role: ClusterRole pod-admin · Verb: get, list and delete · ApiGroup: the core API group · Resource: pods · ResourceName: any name
      fix: add alice to RoleBinding dev/admins
    ");
    assert_snapshot!(near_to("{kind: Group, name: alice}", &alice()), @r"
    subject-kind: RoleBinding dev/admins grants this to Group alice, but alice is a user
      ✗ Subject: Group alice
      ✓ Scope: namespace dev · Role: ClusterRole pod-admin · Verb: get, list and delete · ApiGroup: the core API group · Resource: pods · ResourceName: any name
      fix: add alice to RoleBinding dev/admins
    ");
    assert_snapshot!(near_to("{kind: user, name: alice}", &alice()), @r#"
    subject-kind: RoleBinding dev/admins would grant this to alice, but has it as kind "user", which matches nobody; the kind is User
      ✗ Subject: user alice
      ✓ Scope: namespace dev · Role: ClusterRole pod-admin · Verb: get, list and delete · ApiGroup: the core API group · Resource: pods · ResourceName: any name
      fix: add alice to RoleBinding dev/admins
    "#);
    let account = Identity::user("system:serviceaccount:dev:deployer");
    assert_snapshot!(near_to("{kind: User, name: deployer}", &account), @r"
    subject-kind: RoleBinding dev/admins grants this to User deployer, but service account dev/deployer is named by kind ServiceAccount, or as User system:serviceaccount:dev:deployer
      ✗ Subject: User deployer
      ✓ Scope: namespace dev · Role: ClusterRole pod-admin · Verb: get, list and delete · ApiGroup: the core API group · Resource: pods · ResourceName: any name
      fix: add service account dev/deployer to RoleBinding dev/admins
    ");
    assert_snapshot!(near_to("{kind: User, name: 'dev:deployer'}", &account), @r"
    subject-kind: RoleBinding dev/admins grants this to User dev:deployer, but service account dev/deployer is named by kind ServiceAccount, or as User system:serviceaccount:dev:deployer
      ✗ Subject: User dev:deployer
      ✓ Scope: namespace dev · Role: ClusterRole pod-admin · Verb: get, list and delete · ApiGroup: the core API group · Resource: pods · ResourceName: any name
      fix: add service account dev/deployer to RoleBinding dev/admins
    ");
}

#[test]
fn subject_namespace() {
    let account = Identity::user("system:serviceaccount:ci:deployer");
    assert_snapshot!(near_to("{kind: ServiceAccount, name: deployer}", &account), @r"
    subject-namespace: RoleBinding dev/admins grants this to ServiceAccount dev/deployer, not to service account ci/deployer
      ✗ Subject: ServiceAccount dev/deployer
      ✓ Scope: namespace dev · Role: ClusterRole pod-admin · Verb: get, list and delete · ApiGroup: the core API group · Resource: pods · ResourceName: any name
      fix: add service account ci/deployer to RoleBinding dev/admins
    ");
    assert_snapshot!(near_to("{kind: ServiceAccount, name: deployer, namespace: prod}", &account), @r"
    subject-namespace: RoleBinding dev/admins grants this to ServiceAccount prod/deployer, not to service account ci/deployer
      ✗ Subject: ServiceAccount prod/deployer
      ✓ Scope: namespace dev · Role: ClusterRole pod-admin · Verb: get, list and delete · ApiGroup: the core API group · Resource: pods · ResourceName: any name
      fix: add service account ci/deployer to RoleBinding dev/admins
    ");
    let objects = [
        POD_ADMIN,
        "{kind: ClusterRoleBinding, metadata: {name: admins}, roleRef: {kind: ClusterRole, name: pod-admin}, subjects: [{kind: ServiceAccount, name: deployer}]}",
    ];
    assert_snapshot!(near(&objects, &account, &ask("delete", "pods", "", "dev")), @r"
    subject-namespace: ClusterRoleBinding admins grants this to a service account deployer without namespace, which matches nobody, not to service account ci/deployer
      ✗ Subject: ServiceAccount deployer
      ✓ Scope: cluster-wide · Role: ClusterRole pod-admin · Verb: get, list and delete · ApiGroup: the core API group · Resource: pods · ResourceName: any name
      fix: add service account ci/deployer to ClusterRoleBinding admins
    ");
}

#[test]
fn subject_missing() {
    assert_snapshot!(near_to("{kind: User, name: robert}", &alice()), @r"
    subject-missing: RoleBinding dev/admins grants this to User robert, not to alice
      ✗ Subject: User robert
      ✓ Scope: namespace dev · Role: ClusterRole pod-admin · Verb: get, list and delete · ApiGroup: the core API group · Resource: pods · ResourceName: any name
      fix: add alice to RoleBinding dev/admins
    ");
    assert_snapshot!(near_to("", &alice()), @r"
    subject-missing: RoleBinding dev/admins grants this, but names nobody
      ✗ Subject: no subjects
      ✓ Scope: namespace dev · Role: ClusterRole pod-admin · Verb: get, list and delete · ApiGroup: the core API group · Resource: pods · ResourceName: any name
      fix: add alice to RoleBinding dev/admins
    ");
    assert_snapshot!(near_to("{kind: ServiceAccount, name: deployer}", &alice()), @r"
    subject-missing: RoleBinding dev/admins grants this to ServiceAccount dev/deployer, not to alice
      ✗ Subject: ServiceAccount dev/deployer
      ✓ Scope: namespace dev · Role: ClusterRole pod-admin · Verb: get, list and delete · ApiGroup: the core API group · Resource: pods · ResourceName: any name
      fix: add alice to RoleBinding dev/admins
    ");
}

#[test]
fn group_not_held() {
    assert_snapshot!(near_to("{kind: Group, name: ops}", &alice()), @r"
    group-not-held: RoleBinding dev/admins grants this to group ops, which alice does not hold
      ✗ Subject: Group ops
      ✓ Scope: namespace dev · Role: ClusterRole pod-admin · Verb: get, list and delete · ApiGroup: the core API group · Resource: pods · ResourceName: any name
      fix: add alice to RoleBinding dev/admins
    ");
    assert_snapshot!(near_to("{kind: User, name: robert}, {kind: Group, name: ops}", &alice()), @r"
    group-not-held: RoleBinding dev/admins grants this to group ops, which alice does not hold
      ✗ Subject: Group ops
      ✓ Scope: namespace dev · Role: ClusterRole pod-admin · Verb: get, list and delete · ApiGroup: the core API group · Resource: pods · ResourceName: any name
      fix: add alice to RoleBinding dev/admins
    ");
}

#[test]
fn not_aggregated() {
    let objects = |labels: &str| {
        [
            "{kind: ClusterRole, metadata: {name: operator}, aggregationRule: {clusterRoleSelectors: [{matchLabels: {acme.example/to-operator: 'true'}}]}, rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]}".to_owned(),
            format!("{{kind: ClusterRole, metadata: {{name: queues, labels: {{{labels}}}}}, rules: [{{apiGroups: [acme.example], resources: [queues], verbs: [get, delete]}}]}}"),
            "{kind: RoleBinding, metadata: {namespace: dev, name: operators}, roleRef: {kind: ClusterRole, name: operator}, subjects: [{kind: User, name: alice}]}".to_owned(),
        ]
    };
    let near = |labels: &str| {
        let objects = objects(labels);
        near(&[&objects[0], &objects[1], &objects[2]], &alice(), &ask("delete", "queues.acme.example", "q", "dev"))
    };
    assert_snapshot!(near(""), @r"
    not-aggregated: ClusterRole queues grants this, but is not part of ClusterRole operator, which User alice has: it lacks the label acme.example/to-operator=true
      ✗ Aggregation: it lacks the label acme.example/to-operator=true
      ✓ Scope: namespace dev · Role: ClusterRole operator · Verb: get and delete · ApiGroup: API group acme.example · Resource: queues · ResourceName: any name · Subject: User alice
      fix: label ClusterRole queues with acme.example/to-operator=true, so that it becomes part of ClusterRole operator
    ");
    assert_snapshot!(near("acme.example/to-operator: 'yes'"), @r#"
    not-aggregated: ClusterRole queues grants this, but is not part of ClusterRole operator, which User alice has: its label acme.example/to-operator is "yes", not "true"
      ✗ Aggregation: its label acme.example/to-operator is "yes", not "true"
      ✓ Scope: namespace dev · Role: ClusterRole operator · Verb: get and delete · ApiGroup: API group acme.example · Resource: queues · ResourceName: any name · Subject: User alice
      fix: label ClusterRole queues with acme.example/to-operator=true, so that it becomes part of ClusterRole operator
    "#);
    assert_snapshot!(near("acme.example/to-operators: 'true'"), @r"
    not-aggregated: ClusterRole queues grants this, but is not part of ClusterRole operator, which User alice has: its label is called acme.example/to-operators, not acme.example/to-operator
      ✗ Aggregation: its label is called acme.example/to-operators, not acme.example/to-operator
      ✓ Scope: namespace dev · Role: ClusterRole operator · Verb: get and delete · ApiGroup: API group acme.example · Resource: queues · ResourceName: any name · Subject: User alice
      fix: label ClusterRole queues with acme.example/to-operator=true, so that it becomes part of ClusterRole operator
    ");
    assert_snapshot!(near("acme.example/to-operator: 'true'"), @r"
    not-aggregated: ClusterRole queues grants this, but is not part of ClusterRole operator, which User alice has: its labels are right, but the controller has not taken its rules over
      ✗ Aggregation: its labels are right, but the controller has not taken its rules over
      ✓ Scope: namespace dev · Role: ClusterRole operator · Verb: get and delete · ApiGroup: API group acme.example · Resource: queues · ResourceName: any name · Subject: User alice
      fix: let alice delete queues.acme.example q in dev and nothing else, by a new Role and RoleBinding
    ");
}

#[test]
fn the_nearest_come_first() {
    let objects = [
        POD_ADMIN,
        "{kind: ClusterRole, metadata: {name: pod-reader}, rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]}",
        "{kind: RoleBinding, metadata: {namespace: dev, name: readers}, roleRef: {kind: ClusterRole, name: pod-reader}, subjects: [{kind: User, name: alice}]}",
        "{kind: RoleBinding, metadata: {namespace: staging, name: deployers}, roleRef: {kind: ClusterRole, name: pod-admin}, subjects: [{kind: User, name: alice}]}",
        "{kind: RoleBinding, metadata: {namespace: dev, name: admins}, roleRef: {kind: ClusterRole, name: pod-admin}, subjects: [{kind: Group, name: ops}]}",
        "{kind: RoleBinding, metadata: {namespace: dev, name: typo}, roleRef: {kind: ClusterRole, name: pod-admin}, subjects: [{kind: User, name: Alice}]}",
        "{kind: ClusterRoleBinding, metadata: {name: own}, roleRef: {kind: ClusterRole, name: pod-admin}, subjects: [{kind: Group, name: 'system:masters'}]}",
    ];
    let told = near(&objects, &alice(), &ask("delete", "pods", "", "dev"));
    let sentences: Vec<&str> = told.lines().filter(|line| !line.starts_with(' ')).collect();
    assert_snapshot!(sentences.join("\n"), @r#"
    subject-name: RoleBinding dev/typo grants this to User "Alice", which differs in case or blanks from alice
    other-namespace: RoleBinding staging/deployers grants this in namespace staging, not in dev
    verb: ClusterRole pod-reader, bound to User alice by RoleBinding dev/readers, allows get on pods, not delete
    group-not-held: RoleBinding dev/admins grants this to group ops, which alice does not hold
    "#);
}

#[test]
fn what_leads_nowhere_is_not_near() {
    for (subject, why) in [
        ("{kind: Group, name: 'system:masters'}", "nobody is told to join it"),
        ("{kind: User, name: 'system:kube-scheduler'}", "what runs the cluster is nobody to become"),
        ("{kind: ServiceAccount, namespace: kube-system, name: coredns}", "what runs the cluster is nobody to become"),
        ("{kind: Group, name: 'system:nodes'}", "what runs the cluster is nobody to become"),
    ] {
        assert_eq!(near_to(subject, &alice()), "", "{why}");
    }
}

#[test]
fn many_are_counted_and_ten_are_listed() {
    let mut objects = vec![POD_ADMIN.to_owned()];
    for number in 0..40 {
        let role = if number % 2 == 0 { "pod-admin" } else { "gone" };
        let namespace = if number % 2 == 0 { format!("team-{number}") } else { "dev".to_owned() };
        objects.push(format!(
            "{{kind: RoleBinding, metadata: {{namespace: {namespace}, name: b{number}}}, roleRef: {{kind: ClusterRole, name: {role}}}, subjects: [{{kind: User, name: alice}}]}}"
        ));
    }
    let objects: Vec<&str> = objects.iter().map(String::as_str).collect();
    let facts = cluster(&objects);
    let decision = explain(&Index::new(&facts), &alice(), &ask("delete", "pods", "", "dev"), Door::Person);
    assert_eq!(decision.near_misses.len() + decision.more_near_misses, 40);
    assert!(decision.near_misses.len() <= 10);
    // one kind through one role does not push the others out
    let kinds: std::collections::BTreeSet<NearMissKind> = decision.near_misses.iter().map(|miss| miss.kind).collect();
    assert_eq!(kinds.len(), 2);
    assert_eq!(decision.reason, "RBAC: clusterrole.rbac.authorization.k8s.io \"gone\" not found");
}
