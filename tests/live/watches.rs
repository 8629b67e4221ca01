//! Watches: what changes is seen, what breaks is told and mended, and what is cleared is a gap in the same moment.

use std::time::{Duration, Instant};

use futures::future::join_all;

use serde_json::json;
use whycan::authz::{Request, Verdict};
use whycan::facts::{Facts, Kind};
use whycan::identity::Identity;
use whycan::source::live::{Connection, Plan};

use crate::fake::{Fake, Push, Reply, Then};
use crate::support::{AMPLE, SHORT, Watched, binding, fill, masked, open, options, plain, plan, rbac, readers, target, until, verdict};

const BINDINGS: &str = "v1/rolebindings";

/// A feed that watches, brought to where everything is live.
async fn live(fake: &Fake) -> Watched {
    let mut watched = begin(fake).await;
    watched.until("all is live", |watched| watched.has_said("live")).await;
    watched
}

async fn begin(fake: &Fake) -> Watched {
    Watched::new(&open(&target(&fake.url()), AMPLE).await, &plan(true))
}

fn is_watched(fake: &Fake) {
    fake.until("bindings are watched", |fake| fake.watches(BINDINGS) == 1);
}

fn has_stranger(watched: &Watched) -> bool {
    watched.facts.bindings().any(|binding| binding.meta.name == "strangers")
}

fn strangers() -> serde_json::Value {
    binding("RoleBinding", "dev", "strangers", "mallory", ("Role", "reader"))
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_seen_and_nothing_else_is_asked() {
    let fake = plain();
    let mut watched = live(&fake).await;
    fake.until("all are watched", |fake| fake.watches("watch=1") == 6);
    let before = fake.seen().len();
    fake.delete(&readers());
    watched.until("the binding goes", |watched| watched.has_said("denied")).await;
    fake.push(
        "rolebindings",
        Push::Event(json!({ "type": "BOOKMARK", "object": { "kind": "RoleBinding", "metadata": { "resourceVersion": "90" } } })),
    );
    fake.put(&readers());
    watched.until("the binding comes", |watched| watched.said.len() == 5).await;
    assert_eq!(watched.said, ["allowed", "loaded", "live", "denied", "allowed"]);
    assert_eq!(fake.seen().len(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_is_told_and_what_happened_meanwhile_is_seen() {
    let mut fake = plain();
    let mut watched = live(&fake).await;
    is_watched(&fake);
    fake.stop();
    watched.until("it is stale", |watched| watched.said.last().is_some_and(|said| said.starts_with("stale"))).await;
    fake.put(&strangers());
    fake.listen();
    watched.until("it is live again", |watched| watched.said.last().is_some_and(|said| said == "live") && has_stranger(watched)).await;
    // what was known stayed: nobody saw a denial
    assert!(!watched.has_said("denied"), "{:?}", watched.said);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_in_the_middle_is_mended() {
    let line = |text: &str| Push::Raw(format!("{text}\n").into_bytes());
    let pushes = [
        Push::End(Then::Reset),
        Push::End(Then::Close),
        Push::End(Then::Next),
        line("garbage"),
        line("<html>"),
        line(r#"{"type":"ADDED","object":{"kind":"Pod"}}"#),
        line(r#"{"type":"ODD","object":{}}"#),
        line(r#"{"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old resource version"}}"#),
        line(r#"{"type":"ERROR","object":{"kind":"Status","code":500,"message":"etcd"}}"#),
        line(r#"{"type":"MODIFIED","object":{"kind":"RoleBinding","metadata":{"name":"readers","namespace":"dev"},"subjects":"none"}}"#),
        Push::Raw(vec![b'x'; 17 << 20]),
    ];
    join_all(pushes.map(async |push| {
        let name = format!("{push:?}").chars().take(60).collect::<String>();
        let fake = plain();
        let mut watched = live(&fake).await;
        until(|| fake.watches(BINDINGS) == 1).await;
        fake.push("rolebindings", push);
        until(|| fake.count("v1/rolebindings") > 2).await;
        fake.put(&strangers());
        watched.until(&name, |watched| has_stranger(watched) && watched.facts.gaps().is_empty()).await;
        assert!(!watched.has_said("denied"), "{name}: {:?}", watched.said);
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_has_forgotten_is_listed_anew() {
    let fake = plain();
    let mut watched = live(&fake).await;
    is_watched(&fake);
    fake.compact();
    fake.hang_up();
    fake.put(&strangers());
    fake.compact();
    watched.until("the new binding is seen", has_stranger).await;
    assert!(!watched.has_said("denied"), "{:?}", watched.said);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_forgets_everything_at_once_is_not_asked_without_pause() {
    let fake = plain();
    fake.on("v1/rolebindings?watch=1", Reply::status(410, "too old resource version"));
    let mut watched = begin(&fake).await;
    watched.until("it is told", |watched| watched.said.last().is_some_and(|said| said.starts_with("stale"))).await;
    assert!(fake.count("v1/rolebindings?limit") <= 2, "{}", fake.count("v1/rolebindings?limit"));
    fake.heal();
    watched.until("it is live", |watched| watched.said.last().is_some_and(|said| said == "live")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_watching_is_refused_the_list_is_read_again() {
    for refusal in [
        Reply::status(403, r#"rolebindings is forbidden: User "admin" cannot watch resource "rolebindings""#),
        Reply::status(405, "the server does not allow this method"),
    ] {
        let fake = plain();
        fake.on("v1/rolebindings?watch=1", refusal);
        let mut watched = live(&fake).await;
        fake.delete(&readers());
        watched.until("the binding goes", |watched| watched.has_said("denied")).await;
        assert!(watched.facts.gaps().is_empty() && !watched.said.iter().any(|said| said.starts_with("stale")), "{:?}", watched.said);
    }
}

/// Somebody who may read all of RBAC, as long as a binding says so.
fn reader(fake: &Fake, kinds: &[&str]) -> serde_json::Value {
    fake.revoke("");
    fake.user("", Identity::literal("watcher", ["system:authenticated".into()]));
    let everything = json!({ "rules": [{
        "apiGroups": ["", "rbac.authorization.k8s.io"], "verbs": ["get", "list", "watch"], "resources": kinds,
    }] });
    fake.put(&rbac("ClusterRole", "", "all", &everything));
    binding("ClusterRoleBinding", "", "all", "watcher", ("ClusterRole", "all"))
}

const ALL: [&str; 7] = ["roles", "rolebindings", "clusterroles", "clusterrolebindings", "namespaces", "serviceaccounts", "configmaps"];

#[tokio::test(flavor = "multi_thread")]
async fn revoked_rights_are_a_gap_in_the_same_moment_and_granted_ones_fill_it() {
    let fake = plain();
    let right = reader(&fake, &ALL);
    fake.put(&right);
    let mut watched = Watched::new(&open(&target(&fake.url()), SHORT).await, &plan(true));
    watched.until("all is live", |watched| watched.has_said("live")).await;
    fake.until("all are watched", |fake| fake.watches("watch=1") == 6);
    fake.delete(&right);
    fake.hang_up();
    // the seventh, aws-auth, is looked for now and then
    let is_lost = |watched: &Watched| ALL[..6].iter().all(|kinds| watched.facts.gaps().iter().any(|gap| gap.what == *kinds));
    watched.until("all is lost", is_lost).await;
    assert_eq!(watched.facts.count(Kind::RoleBinding), 0);
    fake.put(&right);
    watched.until("all is back", |watched| watched.facts.gaps().is_empty()).await;
    assert!(!watched.has_said("denied") && watched.has_said("unknown"), "{:?}", watched.said);
    assert_eq!(watched.said.last().unwrap(), "allowed");
}

fn in_prod(facts: &Facts) -> Verdict {
    verdict(facts, "alice", &Request::resource("get", "", "pods", "prod"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_as_a_whole_is_read_by_namespaces() {
    for kinds in [plan(false).kinds, Kind::RBAC.to_vec()] {
        let fake = plain();
        fake.put(&reader(&fake, &["clusterroles", "clusterrolebindings", "namespaces"]));
        let rules = json!({ "rules": [{ "apiGroups": ["*"], "verbs": ["list"], "resources": ["roles", "rolebindings"] }] });
        fake.put(&rbac("Role", "dev", "some", &rules));
        fake.put(&binding("RoleBinding", "dev", "some", "watcher", ("Role", "some")));
        let connection = open(&target(&fake.url()), AMPLE).await;
        let facts = crate::support::load(connection.feed(&Plan { kinds, discovery: false, watch: false, pods_of: None })).await;
        assert_eq!((crate::support::of_alice(&facts), in_prod(&facts)), (Verdict::Allowed, Verdict::Unknown));
        let told: Vec<String> = facts.gaps().iter().map(|gap| format!("{}: {}", gap.what, gap.why)).collect();
        let refused = |kind: &str| {
            format!(
                "{kind} in namespaces other than dev: {kind}.rbac.authorization.k8s.io is forbidden: User \"watcher\" cannot list resource \"{kind}\" in API group \"rbac.authorization.k8s.io\" at the cluster scope"
            )
        };
        for kind in ["roles", "rolebindings"] {
            assert!(told.contains(&refused(kind)), "{told:#?}");
        }
        assert_eq!(fake.count("/namespaces/prod/rolebindings"), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_that_move_between_namespaces_and_cluster_never_deny_wrongly() {
    let fake = plain();
    let whole = reader(&fake, &ALL);
    fake.put(&rbac("ClusterRole", "", "some", &json!({ "rules": [{ "apiGroups": ["*"], "verbs": ["list", "watch"], "resources": ["clusterroles", "clusterrolebindings", "namespaces"] }] })));
    fake.put(&binding("ClusterRoleBinding", "", "some", "watcher", ("ClusterRole", "some")));
    fake.put(&rbac("Role", "dev", "all", &json!({ "rules": [{ "apiGroups": ["*"], "verbs": ["*"], "resources": ["*"] }] })));
    let local = binding("RoleBinding", "dev", "all", "watcher", ("Role", "all"));
    fake.put(&local);
    let mut watched = Watched::new(&open(&target(&fake.url()), SHORT).await, &plan(true));
    watched.until("dev is read", |watched| watched.has_said("allowed") && watched.has_said("live")).await;
    // the whole cluster is granted
    fake.put(&whole);
    watched.until("all is read", |watched| watched.facts.gaps().iter().all(|gap| gap.what.starts_with("configmaps"))).await;
    // and back
    fake.delete(&whole);
    fake.hang_up();
    watched
        .until("dev is read again", |watched| watched.facts.gaps().iter().filter(|gap| gap.what.ends_with("other than dev")).count() == 3)
        .await;
    // until not even dev is left
    fake.delete(&local);
    fake.hang_up();
    watched.until("nothing is read", |watched| watched.facts.gaps().iter().any(|gap| gap.what == "rolebindings")).await;
    // and what is refused again and again is told once
    let before = fake.count("/namespaces/dev/rolebindings?limit");
    let is_told_once = |watched: &Watched| !watched.facts.gaps().iter().any(|gap| gap.what == "rolebindings in namespace dev");
    watched.until("dev is asked for again", |_| fake.count("/namespaces/dev/rolebindings?limit") > before + 1).await;
    watched.until("one gap says it", is_told_once).await;
    assert!(!watched.has_said("denied"), "{:?}", watched.said);
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_namespaces_wait_for_each_other_longer_than_one_request_may_take() {
    let fake = Fake::plain();
    fill(&fake);
    for number in 0..500 {
        fake.put(&binding("RoleBinding", &format!("n{number:03}"), "some", "x", ("Role", "x")));
    }
    fake.on("v1/rolebindings", Reply::status(403, r#"rolebindings is forbidden: User "admin" cannot list resource "rolebindings""#));
    fake.slow(Duration::from_millis(30));
    let mut options = options(SHORT);
    options.namespaces = (0..500).map(|number| format!("n{number:03}")).collect();
    let connection = Connection::open(&target(&fake.url()), &options).await.unwrap().0;
    let facts =
        crate::support::load(connection.feed(&Plan { kinds: vec![Kind::RoleBinding], discovery: false, watch: false, pods_of: None }))
            .await;
    assert_eq!(facts.count(Kind::RoleBinding), 500);
    assert_eq!(facts.gaps().len(), 1, "{:?}", facts.gaps());
    assert!(fake.most() <= 12, "{}", fake.most());
    // but nobody waits for one who answers nobody: neither at all, nor to the end
    for reply in
        [Reply::page(200).cut(0, Then::Silence), Reply::page(200).cut(150, Then::Silence), Reply::page(500).cut(150, Then::Silence)]
    {
        fake.on("/namespaces/", reply);
        let began = Instant::now();
        let facts =
            crate::support::load(connection.feed(&Plan { kinds: vec![Kind::RoleBinding], discovery: false, watch: false, pods_of: None }))
                .await;
        assert!(!facts.gaps().is_empty() && facts.count(Kind::RoleBinding) == 0);
        assert!(began.elapsed() < SHORT * 6, "{:?}", began.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn discovery_that_was_lost_is_read_when_it_comes_back() {
    let fake = plain();
    fake.on("GET /apis$", Reply::new(503, "text/plain", "overloaded"));
    let mut watched = begin(&fake).await;
    watched.until("it is a gap", |watched| watched.facts.gaps().iter().any(|gap| gap.what == "the API's resources of /apis")).await;
    fake.heal();
    watched.until("it is none any more", |watched| watched.facts.gaps().is_empty()).await;
    assert!(has_widgets(&watched.facts));
}

fn has_widgets(facts: &Facts) -> bool {
    facts.resources().iter().any(|resource| resource.plural == "widgets")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_whose_server_is_away_is_a_gap_of_its_own() {
    let version = |name: &str| json!({ "name": name, "versions": [{ "groupVersion": format!("{name}/v1"), "version": "v1" }] });
    let of_old = json!({ "kind": "APIGroupList", "groups": [version("broken.example.com"), version("example.com")] });
    let resource = json!({ "resource": "widgets", "responseKind": { "kind": "Widget" }, "scope": "Namespaced" });
    let aggregated = json!({ "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "items": [
        { "metadata": { "name": "broken.example.com" }, "versions": [{ "version": "v1", "freshness": "Stale" }] },
        { "metadata": { "name": "example.com" }, "versions": [{ "version": "v1", "freshness": "Current", "resources": [resource] }] },
    ] });
    for (answer, why) in [
        (of_old, "SERVER has no API server behind it (503): service unavailable"),
        (aggregated, "the API server does not reach the server behind this API"),
    ] {
        let fake = plain();
        fake.on("GET /apis$", Reply::json(&answer));
        let facts = crate::support::facts(&open(&target(&fake.url()), AMPLE).await).await;
        let told: Vec<String> = facts.gaps().iter().map(|gap| masked(&format!("{}: {}", gap.what, gap.why), &fake)).collect();
        assert_eq!(told, [format!("the API's resources of /apis/broken.example.com/v1: {}", why.replace("SERVER", "http://SERVER"))]);
        assert!(has_widgets(&facts));
        assert_eq!(crate::support::of_alice(&facts), Verdict::Allowed);
    }
}
