//! Questions to the server itself: who am I, may they; and answers that are none.

use std::fmt::Write as _;

use serde_json::{Value, json};
use whycan::authz::Request;
use whycan::authz::server::Asked;
use whycan::identity::Identity;
use whycan::source::live::{CallerSource, Connection};

use crate::fake::{Fake, Reply, Then};
use crate::support::{AMPLE, SHORT, binding, facts, of_alice, open, options, plain, role, target, told};

fn pods() -> Request {
    Request::resource("get", "", "pods", "dev")
}

/// Somebody without any right, with a group.
fn nobody(fake: &Fake) {
    fake.revoke("");
    fake.user("", Identity::literal("nobody", ["dev".into(), "system:authenticated".into()]));
}

#[tokio::test]
async fn the_caller_is_told_by_every_version_of_the_review_and_by_a_refusal() {
    let fake = plain();
    nobody(&fake);
    let connection = open(&target(&fake.url()), AMPLE).await;
    for missing in ["authentication.k8s.io/v1/", "authentication.k8s.io/v1beta1/", "authentication.k8s.io/v1alpha1/"] {
        let caller = connection.whoami().await.unwrap();
        assert_eq!((caller.identity.username.unwrap().as_str(), caller.identity.groups.len()), ("nobody", 2));
        assert_eq!(caller.from, CallerSource::Review);
        fake.on(missing, Reply::new(404, "text/plain", "404 page not found"));
    }
    let caller = connection.whoami().await.unwrap();
    assert_eq!((caller.identity.username.unwrap().as_str(), caller.from), ("nobody", CallerSource::Refusal));
    assert!(caller.identity.groups.is_empty());
    // a secret that is there would be read by whoever may
    assert_eq!(fake.seen().pop().unwrap().path, "/api/v1/namespaces/kube-system/secrets/whycan-asks-who-you-are");
}

#[tokio::test]
async fn an_old_server_that_refuses_nothing_does_not_tell_the_caller() {
    let fake = plain();
    fake.on("authentication.k8s.io", Reply::new(404, "text/plain", "404 page not found"));
    fake.on("/secrets/", Reply::status(404, "secrets \"whycan-asks-who-you-are\" not found"));
    let connection = open(&target(&fake.url()), AMPLE).await;
    assert_eq!(
        told(&connection.whoami().await.unwrap_err(), &fake),
        "http://SERVER is too old to say who we are (SelfSubjectReview came with 1.26)\n    Name yourself: --as NAME --as-group GROUP"
    );
    fake.on("/secrets/", Reply::new(404, "text/plain", "404 page not found"));
    let failure = connection.whoami().await.unwrap_err();
    assert!(failure.message.ends_with("it knows no namespaces"), "{failure}");
}

#[tokio::test]
async fn who_to_be_instead_is_sent_without_tls_too() {
    let fake = plain();
    let mut target = target(&fake.url());
    target.user.impersonation.user = Some("alice".to_owned());
    target.user.impersonation.groups = vec!["dev".to_owned()];
    for (token, findings) in [(None, vec![]), (Some("secret".into()), vec!["credential-not-sent"])] {
        target.user.token = token;
        let (connection, presented) = Connection::open(&target, &options(AMPLE)).await.unwrap();
        assert_eq!(presented.findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), findings);
        assert_eq!(connection.whoami().await.unwrap().identity.username.unwrap().as_str(), "alice");
        let seen = fake.seen().pop().unwrap();
        assert_eq!((seen.header("impersonate-user"), seen.header("impersonate-group")), (vec!["alice"], vec!["dev"]));
        assert!(seen.header("authorization").is_empty());
    }
}

#[tokio::test]
async fn who_may_not_impersonate_is_not_taken_for_the_caller() {
    let authority = crate::certificates::Authority::new();
    let server = authority.server();
    let fake = Fake::start(crate::fake::Front::tls(&server.certificate, &server.key, None));
    fake.user("token", Identity::literal("nobody", []));
    let mut target = crate::support::secure(&fake.url(), &authority.pem(), "token");
    target.user.impersonation.user = Some("boss".to_owned());
    let failure = open(&target, AMPLE).await.whoami().await.unwrap_err();
    assert_eq!(
        told(&failure, &fake),
        "https://SERVER refuses it: users \"boss\" is forbidden: User \"nobody\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope\n    Ask whoever may grant it, or go on as somebody else (--context).\n    What you lack: impersonate on users `boss`\n    A ClusterRole bound to you would give it with the rules [{apiGroups: [''], resources: [users], resourceNames: [boss], verbs: [impersonate]}]"
    );
}

#[tokio::test]
async fn who_may_list_nothing_still_gets_a_verdict() {
    let fake = plain();
    nobody(&fake);
    let connection = open(&target(&fake.url()), AMPLE).await;
    let facts = facts(&connection).await;
    assert_eq!(facts.gaps().len(), 7);
    assert_eq!(of_alice(&facts).as_str(), "unknown");
    let verdict = connection.review(None, &pods()).await.unwrap();
    assert_eq!((verdict.allowed, verdict.asked), (false, Asked::ForOneself));
}

#[tokio::test]
async fn somebody_else_is_asked_about_or_impersonated() {
    let fake = plain();
    let connection = open(&target(&fake.url()), AMPLE).await;
    let mut alice = Identity::literal("alice", ["system:authenticated".into()]);
    let verdict = connection.review(Some(&alice), &pods()).await.unwrap();
    assert_eq!((verdict.allowed, verdict.asked), (true, Asked::ForSomebody));
    assert_eq!(verdict.reason, "RBAC: allowed by RoleBinding \"readers/dev\" of Role \"reader\" to User \"alice\"");
    // who may only impersonate
    nobody(&fake);
    fake.put(&role("ClusterRole", "", "be", &["impersonate"], "users"));
    fake.put(&binding("ClusterRoleBinding", "", "be", "nobody", ("ClusterRole", "be")));
    alice.extra.insert("canonicalArn".into(), vec!["arn:aws:iam::1:role/ü".into()]);
    let verdict = connection.review(Some(&alice), &pods()).await.unwrap();
    assert_eq!((verdict.allowed, verdict.asked), (true, Asked::Impersonating));
    let seen = fake.seen().pop().unwrap();
    assert_eq!((seen.header("impersonate-user"), seen.header("impersonate-group")), (vec!["alice"], vec![]));
    // a capital would arrive as a small letter
    assert_eq!(seen.header("impersonate-extra-canonical%41rn"), ["arn:aws:iam::1:role/ü"]);
}

#[tokio::test]
async fn nobody_is_asked_about_under_another_name() {
    let fake = plain();
    nobody(&fake);
    let connection = open(&target(&fake.url()), AMPLE).await;
    for (who, sentence) in [
        (Identity::literal(" alice", ["system:authenticated".into()]), "` alice` cannot be impersonated: no HTTP header can hold the name"),
        (
            Identity::literal("al\nice", ["system:authenticated".into()]),
            "`al␊ice` cannot be impersonated: no HTTP header can hold the name",
        ),
        (Identity::literal("alice", []), "http://SERVER lets us neither ask about alice nor be alice to ask"),
    ] {
        let failure = connection.review(Some(&who), &pods()).await.unwrap_err();
        assert!(told(&failure, &fake).starts_with(sentence), "{}", told(&failure, &fake));
    }
}

#[tokio::test]
async fn what_is_lacking_to_be_somebody_is_named() {
    let fake = plain();
    nobody(&fake);
    fake.put(&role("ClusterRole", "", "be", &["impersonate"], "users"));
    fake.put(&binding("ClusterRoleBinding", "", "be", "nobody", ("ClusterRole", "be")));
    let connection = open(&target(&fake.url()), AMPLE).await;
    let alice = Identity::asked(Some("alice"), &["dev"], "--as-group");
    let failure = told(&connection.review(Some(&alice), &pods()).await.unwrap_err(), &fake);
    // she may be the user, and not hold the group
    assert!(failure.contains("What you lack: impersonate on groups `dev`\n"), "{failure}");
    assert!(failure.contains("[{apiGroups: [''], resources: [groups], resourceNames: [dev], verbs: [impersonate]}]"), "{failure}");
}

#[tokio::test]
async fn a_verdict_is_believed_of_nothing_but_a_review() {
    let mut out = String::new();
    let review = |status: Value| Reply::json(&json!({ "kind": "SelfSubjectAccessReview", "status": status }));
    for (name, limit, reply) in [
        ("a page", AMPLE, Reply::page(200)),
        ("another kind", AMPLE, Reply::json(&json!({ "kind": "SubjectAccessReview", "status": { "allowed": true } }))),
        ("no kind", AMPLE, Reply::json(&json!({ "status": { "allowed": true } }))),
        ("no status", AMPLE, Reply::json(&json!({ "kind": "SelfSubjectAccessReview" }))),
        ("no verdict", AMPLE, review(json!({}))),
        ("a verdict in words", AMPLE, review(json!({ "allowed": "true" }))),
        ("half of it", AMPLE, review(json!({ "allowed": false, "reason": "x".repeat(300) })).cut(160, Then::Close)),
        ("nothing", SHORT, review(json!({})).cut(0, Then::Silence)),
        ("403", AMPLE, Reply::status(403, r#"selfsubjectaccessreviews.authorization.k8s.io is forbidden: User "x" cannot create"#)),
        ("404", AMPLE, Reply::status(404, "the server could not find the requested resource")),
        ("405", AMPLE, Reply::status(405, "the server does not allow this method on the requested resource")),
        ("409", AMPLE, Reply::status(409, "conflict")),
        ("422", AMPLE, Reply::status(422, "SelfSubjectAccessReview is invalid")),
        ("500", AMPLE, Reply::status(500, "webhook does not answer")),
    ] {
        let fake = plain();
        fake.on("accessreviews", reply);
        let failure = open(&target(&fake.url()), limit).await.review(None, &pods()).await.unwrap_err();
        writeln!(out, "# {name}\n{}\n", told(&failure, &fake)).unwrap();
    }
    insta::assert_snapshot!(out);
}
