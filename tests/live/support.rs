//! A small cluster, ways to it, and what is known of it after some time.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use whycan::authz::{Door, Index, Request, Verdict, explain};
use whycan::base::Failure;
use whycan::facts::{Facts, Kind};
use whycan::identity::Identity;
use whycan::kubeconfig::{Cluster, Data, Target, User};
use whycan::source::live::{Connection, Feed, Options, Plan, Update};

use crate::fake::Fake;

/// For what answers: longer than a slow machine takes.
pub const AMPLE: Duration = Duration::from_secs(5);

/// For what never answers.
pub const SHORT: Duration = Duration::from_millis(700);

/// No test waits longer for anything.
pub const BOUND: Duration = Duration::from_secs(20);

pub fn rbac(kind: &str, namespace: &str, name: &str, rest: &Value) -> Value {
    let mut object =
        json!({ "apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": { "namespace": namespace, "name": name } });
    object.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    object
}

pub fn role(kind: &str, namespace: &str, name: &str, verbs: &[&str], resource: &str) -> Value {
    rbac(
        kind,
        namespace,
        name,
        &json!({ "rules": [{ "apiGroups": ["", "rbac.authorization.k8s.io"], "resources": [resource], "verbs": verbs }] }),
    )
}

pub fn binding(kind: &str, namespace: &str, name: &str, user: &str, role: (&str, &str)) -> Value {
    let group = "rbac.authorization.k8s.io";
    rbac(
        kind,
        namespace,
        name,
        &json!({
            "subjects": [{ "kind": "User", "name": user, "apiGroup": group }],
            "roleRef": { "kind": role.0, "name": role.1, "apiGroup": group },
        }),
    )
}

pub fn core(kind: &str, namespace: &str, name: &str) -> Value {
    json!({ "apiVersion": "v1", "kind": kind, "metadata": { "namespace": namespace, "name": name } })
}

/// alice reads pods in dev, through Role dev/reader.
pub fn readers() -> Value {
    binding("RoleBinding", "dev", "readers", "alice", ("Role", "reader"))
}

/// Fills a server with a small cluster; who has no token, or `admin`, may do everything.
pub fn fill(fake: &Fake) {
    for object in [
        core("Namespace", "", "dev"),
        core("Namespace", "", "prod"),
        core("ServiceAccount", "dev", "ci"),
        role("Role", "dev", "reader", &["get", "list"], "pods"),
        readers(),
        role("ClusterRole", "", "viewer", &["list"], "nodes"),
        binding("ClusterRoleBinding", "", "viewers", "carol", ("ClusterRole", "viewer")),
    ] {
        fake.put(&object);
    }
    for token in ["", "admin"] {
        fake.user(token, Identity::literal("admin", ["system:masters".into()]));
    }
}

/// A small cluster in plain HTTP.
pub fn plain() -> Fake {
    let fake = Fake::plain();
    fill(&fake);
    fake
}

pub fn target(url: &str) -> Target {
    Target { cluster: Cluster { name: "fake".to_owned(), server: url.to_owned(), ..Cluster::default() }, ..Target::default() }
}

/// The same with TLS and a token.
pub fn secure(url: &str, authority: &str, token: &str) -> Target {
    let mut target = target(url);
    target.cluster.certificate_authority = Some(Data::Inline(authority.as_bytes().to_vec()));
    target.user = User { name: "me".to_owned(), token: Some(token.into()), ..User::default() };
    target
}

pub fn options(timeout: Duration) -> Options {
    Options { timeout, ..Options::default() }
}

pub async fn open(target: &Target, timeout: Duration) -> Connection {
    Connection::open(target, &options(timeout)).await.unwrap().0
}

/// Waits for something, for no longer than a test may last.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    let began = Instant::now();
    tokio::time::timeout(BOUND, future).await.unwrap_or_else(|_| panic!("{what} is not over after {:?}", began.elapsed()))
}

/// Waits until something holds at a server.
pub async fn until(holds: impl Fn() -> bool + Send + Sync) {
    within("what is waited for", async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
}

/// What alice may: the truth is Allowed, through a Role and a RoleBinding.
pub fn of_alice(facts: &Facts) -> Verdict {
    verdict(facts, "alice", &Request::resource("get", "", "pods", "dev"))
}

/// What carol may: the truth is Allowed, through a ClusterRole and a ClusterRoleBinding.
pub fn of_carol(facts: &Facts) -> Verdict {
    verdict(facts, "carol", &Request::resource("list", "", "nodes", ""))
}

pub fn verdict(facts: &Facts, user: &str, request: &Request) -> Verdict {
    explain(&Index::new(facts), &Identity::literal(user, []), request, Door::Literal).verdict
}

/// Reads a feed to its end.
pub async fn load(mut feed: Feed) -> Facts {
    let mut facts = Facts::default();
    let mut is_loaded = false;
    within("the feed", async {
        while let Some(update) = feed.next().await {
            match update {
                Update::Changes(changes) => changes.into_iter().for_each(|change| facts.apply(change)),
                Update::Loaded => is_loaded = true,
                Update::Progress(_) => {}
                Update::Stale(_) => assert!(!is_loaded, "nothing is watched"),
                Update::Live => panic!("nothing is watched"),
            }
        }
    })
    .await;
    assert!(is_loaded && facts.is_complete());
    facts
}

/// All that answers about RBAC need: its four kinds, namespaces, service accounts, aws-auth, the API's resources.
pub fn plan(watch: bool) -> Plan {
    let kinds = [&Kind::RBAC[..], &[Kind::Namespace, Kind::ServiceAccount, Kind::ConfigMap]].concat();
    Plan { kinds, discovery: true, watch, pods_of: None }
}

/// Loads all that answers need, once.
pub async fn facts(connection: &Connection) -> Facts {
    load(connection.feed(&plan(false))).await
}

/// A failure as a person reads it, the port left out.
pub fn told(failure: &Failure, fake: &Fake) -> String {
    let mut text = failure.message.clone();
    for hint in &failure.hints {
        write!(text, "\n    {hint}").unwrap();
    }
    masked(&text, fake)
}

pub fn masked(text: &str, fake: &Fake) -> String {
    text.replace(&fake.address().to_string(), "SERVER")
}

/// A feed that watches, and the facts as they become known.
pub struct Watched {
    feed: Feed,
    pub facts: Facts,
    /// What it said: `loaded`, `live`, `stale: …`, and each verdict on alice that differed from the one before.
    pub said: Vec<String>,
    verdict: Option<Verdict>,
}

impl Watched {
    pub fn new(connection: &Connection, plan: &Plan) -> Self {
        Self { feed: connection.feed(plan), facts: Facts::default(), said: Vec::new(), verdict: None }
    }

    /// Takes updates until the facts and what was said are as wanted.
    pub async fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool + Send + Sync) {
        within(what, async {
            while !holds(self) {
                let update = self.feed.next().await.expect("it goes on");
                self.take(update);
            }
        })
        .await;
    }

    fn take(&mut self, update: Update) {
        match update {
            Update::Changes(changes) => {
                for change in changes {
                    self.facts.apply(change);
                }
            }
            Update::Progress(_) => {}
            Update::Loaded => self.said.push("loaded".to_owned()),
            Update::Live => self.said.push("live".to_owned()),
            Update::Stale(failure) => self.said.push(format!("stale: {failure}")),
        }
        // whoever looks between two updates sees this; before all is there nobody takes a denial for one
        if self.facts.is_complete() {
            let verdict = of_alice(&self.facts);
            if self.verdict.replace(verdict) != Some(verdict) {
                self.said.push(verdict.as_str().to_owned());
            }
        }
    }

    pub fn has_said(&self, what: &str) -> bool {
        self.said.iter().any(|said| said == what)
    }
}
