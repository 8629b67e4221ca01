use super::*;
use crate::authz::request::ResourceRequest;
use crate::facts::{Facts, parse};

fn index(rules: &str) -> Index {
    let text = format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: r}}\nrules: [{rules}]\n---\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {{name: b}}\n\
         roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}}\n\
         subjects: [{{kind: User, name: bob}}, {{kind: ServiceAccount, namespace: kube-system, name: agent}}]\n"
    );
    let facts = Facts::collect(parse::document("rules", text.as_bytes()));
    assert_eq!(facts.gaps(), []);
    Index::new(&facts)
}

fn wanted(user: &str, groups: &[&str]) -> Wanted {
    Wanted { user: user.into(), groups: groups.iter().map(|group| Name::new(group)).collect(), ..Wanted::default() }
}

fn get_pod() -> Request {
    Request::Resource(ResourceRequest {
        verb: "get".into(),
        resource: "pods".into(),
        name: "p".into(),
        namespace: "dev".into(),
        ..ResourceRequest::default()
    })
}

/// Each mode with its checks up to the first that fails, and who one is in the first that holds.
fn told(rules: &str, requestor: &Identity, wanted: &Wanted) -> String {
    let weighed = weigh(&index(rules), requestor, wanted, &get_pod(), Door::Literal).unwrap();
    let mut lines = Vec::new();
    for attempt in &weighed.attempts {
        let checks = attempt.checks.iter().map(|check| format!("{} {}", check.decision.computed.as_str(), check.decision.request));
        let refused = attempt.refused.iter().map(|refused| format!("never: {refused}"));
        lines.push(format!(
            "{} {}: {}",
            attempt.verdict.as_str(),
            attempt.mode.as_str(),
            checks.chain(refused).collect::<Vec<_>>().join("; ")
        ));
    }
    if let Some(identity) = weighed.identity() {
        let groups: Vec<&str> = identity.groups.iter().map(|group| group.as_str()).collect();
        lines.push(format!("→ {} [{}]", identity.username.unwrap(), groups.join(", ")));
    }
    lines.join("\n")
}

const OLD: &str = "{apiGroups: [''], resources: [users, groups, serviceaccounts], verbs: [impersonate]}";

#[test]
fn each_mode_checks_what_the_server_does() {
    let bob = Identity::user("bob");
    let mut agent = Identity::user("system:serviceaccount:kube-system:agent");
    agent.extra.insert("authentication.kubernetes.io/node-name".into(), vec!["n1".into()]);
    insta::assert_snapshot!(
        [
            told(OLD, &bob, &wanted("alice", &[])),
            told(OLD, &bob, &wanted("alice", &["dev", "ops"])),
            told("{apiGroups: [''], resources: [users], resourceNames: [alice], verbs: [impersonate]}", &bob, &wanted("alice", &["dev"])),
            told(OLD, &bob, &wanted("system:serviceaccount:ci:robot", &[])),
            told(OLD, &bob, &wanted("system:serviceaccount:ci:robot", &["dev"])),
            told(OLD, &bob, &wanted("system:serviceaccount:CI:robot", &[])),
            told(OLD, &bob, &wanted("system:node:n1", &[])),
            told(OLD, &bob, &wanted("system:anonymous", &[])),
            told(OLD, &bob, &wanted("alice", &["system:unauthenticated"])),
            told(
                "{apiGroups: [''], resources: [pods], verbs: ['impersonate-on:user-info:get']}, \
                 {apiGroups: [authentication.k8s.io], resources: [users, groups], resourceNames: [alice, '*'], verbs: ['impersonate:user-info']}",
                &bob,
                &wanted("alice", &["a", "b", "c", "d"]),
            ),
            told("{apiGroups: ['*'], resources: ['*'], verbs: ['*']}", &bob, &wanted("alice", &["system:masters"])),
            told(
                "{apiGroups: [''], resources: [pods], verbs: ['impersonate-on:associated-node:get']}, \
                 {apiGroups: [authentication.k8s.io], resources: [nodes], verbs: ['impersonate:associated-node']}",
                &agent,
                &wanted("system:node:n1", &[]),
            ),
            told("", &agent, &wanted("system:node:n2", &[])),
        ]
        .join("\n\n")
    );
}

#[test]
fn uid_and_extra_are_checked_one_by_one() {
    let everything = Wanted {
        uid: "u-1".into(),
        extra: [(Name::new("example.com/team"), vec![Name::new("a"), Name::new("b")]), (Name::new("scopes"), vec![Name::new("x")])].into(),
        ..wanted("alice", &["dev"])
    };
    let rules = "{apiGroups: [''], resources: [users, groups], verbs: [impersonate]}, \
                 {apiGroups: [authentication.k8s.io], resources: [uids, userextras/scopes], verbs: [impersonate]}, \
                 {apiGroups: [authentication.k8s.io], resources: [userextras/example.com/team], resourceNames: [a], verbs: [impersonate]}";
    insta::assert_snapshot!(told(rules, &Identity::user("bob"), &everything));
}

#[test]
fn nobody_is_impersonated_without_a_user() {
    assert!(weigh(&index(OLD), &Identity::user("bob"), &wanted("", &["dev"]), &get_pod(), Door::Literal).is_none());
}

#[test]
fn the_first_check_that_fails_is_told_with_what_comes_nearest() {
    let rules = "{apiGroups: [''], resources: [users], resourceNames: [alice], verbs: [impersonate]}";
    let weighed = weigh(&index(rules), &Identity::user("bob"), &wanted("carol", &["dev"]), &get_pod(), Door::Person).unwrap();
    let failing = weighed.legacy().unwrap().failing().unwrap();
    assert_eq!((failing.about, failing.decision.request.to_string().as_str()), (About::User, "impersonate users carol"));
    assert_eq!(
        failing.decision.near_misses[0].sentence,
        "ClusterRole r, bound to User bob by ClusterRoleBinding b, allows impersonate on users named alice, not carol"
    );
}

#[test]
fn what_is_further_needed_is_noted() {
    let asked = |group: &str, resource: &str, namespace: &str, name: &str| {
        let request = ResourceRequest {
            name: name.into(),
            ..match Request::resource("impersonate", group, resource, namespace) {
                Request::Resource(request) => request,
                Request::NonResource { .. } => unreachable!(),
            }
        };
        let request = Request::Resource(request);
        let notes: Vec<String> = notes(&request).iter().map(|note| format!("  {note}")).collect();
        format!("{request}\n{}\n", notes.join("\n"))
    };
    insta::assert_snapshot!(
        [
            asked("", "users", "", "alice"),
            asked("", "users", "", "system:node:n1"),
            asked("", "users", "", "system:serviceaccount:ci:robot"),
            asked("", "serviceaccounts", "ci", "robot"),
            asked("", "groups", "", "system:masters"),
            asked("authentication.k8s.io", "uids", "", "u"),
            asked("authentication.k8s.io", "userextras", "", ""),
            asked("", "pods", "dev", "p"),
        ]
        .join("")
    );
    assert_eq!(notes(&Request::path("impersonate", "/x")), [""; 0]);
}
