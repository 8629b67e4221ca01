//! Tokens that end with what they are bound to: while somebody watches, the reason is told before the server refuses.

use std::path::Path;
use std::time::{Duration, Instant};

use http::Method;
use kube::Client;
use serde_json::{Value, json};
use whycan::session::{Find, Options, Session, Walk};
use whycan::source::{kubeconfig, live};

use crate::cluster::{Cluster, Setup, call};
use crate::logins::{binding_to, codes, pod, put, token, whycan};

/// How long a server may remember a token that it took, and somewhat more.
const REMEMBERED: Duration = Duration::from_secs(20);

/// A session that watches, and what it has come to.
struct Running {
    session: Session,
    walk: Walk,
}

impl Running {
    fn new(user: &Path) -> Self {
        let path = user.to_owned();
        let find = Find::new(move || kubeconfig::target(&kubeconfig::load(Some(&path))?, None));
        Self { session: Session::start(find, Options::watching(live::Options::default())), walk: Walk::default() }
    }

    fn codes(&self) -> Vec<&'static str> {
        self.walk.checked.iter().flat_map(|checked| &checked.findings).map(|finding| finding.code).collect()
    }

    /// Takes what becomes known until something holds.
    async fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        while !holds(self) {
            let event = tokio::time::timeout(REMEMBERED, self.session.next()).await;
            self.walk.take(event.unwrap_or_else(|_| panic!("no {what}: {:?}", self.walk.checked)).unwrap());
        }
    }
}

struct Ground {
    cluster: Cluster,
    admin: Client,
}

impl Ground {
    /// A cluster with service accounts, those that may look at what tokens are bound to, and one that may not.
    async fn lay() -> Self {
        let cluster = Cluster::start(&Setup { manager: true, ..Setup::default() }).await;
        let admin = cluster.admin_client().await;
        for account in ["web", "blind", "again"] {
            cluster.kubectl_as_admin(&["create", "serviceaccount", account]);
        }
        let looks = "--resource=pods,nodes,secrets,serviceaccounts";
        cluster.kubectl_as_admin(&["create", "clusterrole", "looks", "--verb=get,watch", looks]);
        for account in ["web", "again"] {
            let of = format!("--serviceaccount=default:{account}");
            cluster.kubectl_as_admin(&["create", "clusterrolebinding", account, "--clusterrole=looks", &of]);
        }
        Self { cluster, admin }
    }

    async fn delete(&self, path: &str) {
        let (status, answer) = call(&self.admin, Method::DELETE, path, None).await;
        assert!(status.is_success(), "{path}: {answer}");
    }

    /// A token's object goes away under a session that watches: what it says, and when the server says so.
    async fn goes(&self, account: &str, spec: Value, path: &str, code: &str) {
        let user = self.cluster.bearer(&token(&self.admin, "default", account, spec).await);
        let mut running = Running::new(&user);
        running.until("first check", |running| running.walk.checked.is_some() && running.walk.caller.is_some()).await;
        let checked = running.walk.checked.clone().unwrap();
        assert_eq!((running.codes(), checked.is_accepted, checked.notes.len()), (Vec::new(), Some(true), 0), "{:?}", checked.notes);
        // watches begin right after the first check
        tokio::time::sleep(Duration::from_millis(300)).await;
        let gone = Instant::now();
        self.delete(path).await;
        running.until(code, |running| running.codes().contains(&code)).await;
        let told = gone.elapsed();
        let connection = running.session.remote().connection().await.unwrap();
        while connection.version().await.is_ok() {
            assert!(gone.elapsed() < REMEMBERED, "the server goes on taking it");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let refused = gone.elapsed();
        let is_refused = |running: &Running| running.walk.checked.as_ref().is_some_and(|checked| checked.is_accepted == Some(false));
        running.until("refusal", is_refused).await;
        assert!(running.codes().contains(&code), "{:?}", running.codes());
        println!("{code}: told after {told:?}, refused after {refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs peers"]
async fn what_a_token_is_bound_to_goes_away_on_the_screen() {
    let ground = Ground::lay().await;
    let core = "/api/v1/namespaces/default";
    put(&ground.admin, "/api/v1/nodes", &json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}})).await;
    put(&ground.admin, &format!("{core}/pods"), &pod("web-0", "web", None)).await;
    put(&ground.admin, &format!("{core}/secrets"), &json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}})).await;
    ground.goes("web", binding_to("Pod", "web-0"), &format!("{core}/pods/web-0"), "bound-pod-gone").await;
    ground.goes("web", binding_to("Node", "n1"), "/api/v1/nodes/n1", "bound-node-gone").await;
    ground.goes("web", binding_to("Secret", "s"), &format!("{core}/secrets/s"), "bound-secret-gone").await;
    ground.goes("again", json!({}), &format!("{core}/serviceaccounts/again"), "service-account-gone").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs peers"]
async fn what_has_the_name_again_is_another() {
    let ground = Ground::lay().await;
    let core = "/api/v1/namespaces/default";
    let user = ground.cluster.bearer(&token(&ground.admin, "default", "again", json!({})).await);
    let mut running = Running::new(&user);
    running.until("first check", |running| running.walk.checked.is_some() && running.walk.caller.is_some()).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let start = Instant::now();
    ground.delete(&format!("{core}/serviceaccounts/again")).await;
    ground.cluster.kubectl_as_admin(&["create", "serviceaccount", "again"]);
    running.until("another", |running| running.codes() == ["service-account-replaced"]).await;
    println!("service-account-replaced: told after {:?}, kubectl's time for making it among it", start.elapsed());
    // and a pod that is being deleted, which no kubelet ends
    put(&ground.admin, "/api/v1/nodes", &json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}})).await;
    put(&ground.admin, &format!("{core}/pods"), &pod("web-0", "web", Some("n1"))).await;
    let user = ground.cluster.bearer(&token(&ground.admin, "default", "web", binding_to("Pod", "web-0")).await);
    ground.delete(&format!("{core}/pods/web-0?gracePeriodSeconds=30")).await;
    let shown = whycan(&user, &["token", "show"], &[]);
    assert_eq!((codes(&shown, "warning"), &shown["accepted"]), (vec!["bound-pod-terminating".to_owned()], &json!(true)), "{shown}");
    ground.delete(&format!("{core}/pods/web-0?gracePeriodSeconds=0")).await;
    put(&ground.admin, &format!("{core}/pods"), &pod("web-0", "web", None)).await;
    let shown = whycan(&user, &["token", "show"], &[]);
    assert_eq!(codes(&shown, "error"), ["bound-pod-replaced"], "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs peers"]
async fn who_may_not_look_is_told_what_is_open() {
    let ground = Ground::lay().await;
    let core = "/api/v1/namespaces/default";
    put(&ground.admin, &format!("{core}/pods"), &pod("web-0", "blind", None)).await;
    let user = ground.cluster.bearer(&token(&ground.admin, "default", "blind", binding_to("Pod", "web-0")).await);
    let shown = whycan(&user, &["token", "show"], &[]);
    assert_eq!((codes(&shown, "error"), &shown["jwt"]["signature"]), (Vec::new(), &json!("valid")));
    assert_eq!(shown["notes"].as_array().unwrap().len(), 2, "{}", shown["notes"]);
    ground.delete(&format!("{core}/pods/web-0")).await;
    let start = Instant::now();
    let refused = loop {
        let shown = whycan(&user, &["token", "show"], &[]);
        if shown["accepted"] == json!(false) {
            break shown;
        }
        assert_eq!(codes(&shown, "error"), Vec::<String>::new());
        assert!(start.elapsed() < REMEMBERED, "{shown}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    };
    assert_eq!(codes(&refused, "error"), ["refused"]);
    assert!(refused["findings"][0]["message"].as_str().unwrap().contains("pod `default/web-0` may be gone or replaced"), "{refused}");
}
