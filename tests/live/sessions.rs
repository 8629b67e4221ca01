//! The stages of a context, run against a server that plays: in which order they come, how each is stopped, begun anew, and
//! what a server that dies and comes back does to them.

use std::time::Duration;

use serde_json::json;
use whycan::authz::{Request, Verdict};
use whycan::base::Failure;
use whycan::facts::Kind;
use whycan::kubeconfig::{Exec, Target};
use whycan::session::{Event, Find, Options, Session, State, Step, Walk};
use whycan::source::live;

use crate::fake::{Reply, Then};
use crate::support::{AMPLE, SHORT, binding, of_alice, of_carol, plain, target, verdict, within};

/// A session and what its stages have come to.
struct Running {
    session: Session,
    walk: Walk,
    /// How stages stood, one after the other: `identity ready`.
    stood: Vec<String>,
}

impl Running {
    fn new(target: &Target, options: fn(live::Options) -> Options, limit: Duration) -> Self {
        let target = target.clone();
        let find = Find::new(move || Ok(target.clone()));
        Self::with(find, options, limit)
    }

    fn with(find: Find, options: fn(live::Options) -> Options, limit: Duration) -> Self {
        let options = options(live::Options { timeout: limit, ..live::Options::default() });
        Self { session: Session::start(find, options), walk: Walk::default(), stood: Vec::new() }
    }

    fn take(&mut self, event: Event) {
        if let Event::Stage(step, stage) = &event {
            let stands = format!("{} {}", step.as_str(), stage.state.as_str());
            if self.stood.last() != Some(&stands) {
                self.stood.push(stands);
            }
        }
        self.walk.take(event);
    }

    async fn until(&mut self, what: &str, holds: impl Fn(&Walk) -> bool + Send + Sync) {
        within(what, async {
            while !holds(&self.walk) {
                let event = self.session.next().await.unwrap_or_else(|| panic!("no {what} in {:?}", self.stood));
                self.take(event);
            }
        })
        .await;
    }

    async fn finish(&mut self) {
        within("the end", async {
            while let Some(event) = self.session.next().await {
                self.take(event);
            }
        })
        .await;
    }

    fn failure(&self, step: Step) -> &Failure {
        self.walk.stage(step).state.failure().unwrap_or_else(|| panic!("{:?}", self.stood))
    }
}

fn is(step: Step, state: &'static str) -> impl Fn(&Walk) -> bool {
    move |walk| walk.stage(step).state.as_str() == state
}

fn knows(walk: &Walk, holds: impl Fn(&whycan::facts::Facts) -> bool) -> bool {
    walk.snapshot.as_ref().is_some_and(|snapshot| holds(&snapshot.facts))
}

#[tokio::test(flavor = "multi_thread")]
async fn stages_come_in_their_order_and_end() {
    let fake = plain();
    let mut running = Running::new(&target(&fake.url()), Options::rights, AMPLE);
    running.finish().await;
    let first: Vec<&str> = running.stood.iter().take(5).map(String::as_str).collect();
    assert_eq!(first, ["kubeconfig loading", "kubeconfig ready", "credential loading", "credential ready", "identity loading"]);
    // a question about rights asks nobody outside
    let asked = running.walk.stages().filter(|(step, _)| *step != Step::Caller);
    assert!(asked.into_iter().all(|(_, stage)| stage.state == State::Ready), "{:?}", running.stood);
    let snapshot = running.walk.snapshot.as_ref().unwrap();
    assert!(snapshot.is_complete());
    assert_eq!((of_alice(&snapshot.facts), of_carol(&snapshot.facts)), (Verdict::Allowed, Verdict::Allowed));
    assert_eq!(running.walk.caller.as_ref().unwrap().identity.username.unwrap(), "admin");
    // nothing goes on
    assert_eq!(fake.watches("watch=1"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_one_is_is_asked_where_that_is_all() {
    let fake = plain();
    let mut running = Running::new(&target(&fake.url()), Options::identity, AMPLE);
    running.finish().await;
    assert!(running.walk.caller.is_some() && running.walk.version.is_some() && running.walk.snapshot.is_none());
    assert_eq!((fake.count("rolebindings"), running.walk.stage(Step::Authorization).state.as_str()), (0, "idle"));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_stage_is_stopped_by_itself_and_begun_anew() {
    let fake = plain();
    // a plugin that hangs
    let mut hanging = target(&format!("https://{}", fake.address()));
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("ended");
    hanging.user.exec = Some(Exec {
        api_version: "client.authentication.k8s.io/v1".to_owned(),
        command: "/bin/sh".to_owned(),
        args: ["-c".to_owned(), format!("sleep 600; touch {}", mark.display())].to_vec(),
        interactive_mode: "Never".to_owned(),
        ..Exec::default()
    });
    let mut running = Running::new(&hanging, Options::watching, AMPLE);
    running.until("the plugin", is(Step::Credential, "loading")).await;
    running.session.remote().cancel(Step::Identity);
    running.session.remote().cancel(Step::Credential);
    running.until("the plugin is stopped", is(Step::Credential, "cancelled")).await;
    assert!(!mark.exists() && running.walk.caller.is_none());
    running.session.remote().refresh();
    running.until("the plugin again", is(Step::Credential, "loading")).await;
    drop(running);

    // a server that says nothing to who one is, and another that says nothing to one list
    fake.on("selfsubjectreviews", Reply::page(200).cut(20, Then::Silence));
    fake.on("/rolebindings", Reply::page(200).cut(20, Then::Silence));
    let mut running = Running::new(&target(&fake.url()), Options::watching, AMPLE * 4);
    running.until("reading", |walk| is(Step::Identity, "loading")(walk) && knows(walk, |facts| facts.count(Kind::ClusterRole) > 0)).await;
    running.session.remote().cancel(Step::Identity);
    running.until("who one is is stopped", is(Step::Identity, "cancelled")).await;
    assert_eq!(running.walk.stage(Step::Authorization).state.as_str(), "loading");
    running.session.remote().cancel(Step::Authorization);
    running
        .until("reading is stopped", |walk| is(Step::Authorization, "cancelled")(walk) && knows(walk, whycan::facts::Facts::is_complete))
        .await;
    // what did not come may allow everything: nobody is denied for it
    let facts = running.walk.snapshot.as_ref().unwrap().facts.clone();
    assert_eq!((of_alice(&facts), of_carol(&facts)), (Verdict::Unknown, Verdict::Allowed));
    fake.heal();
    running.session.remote().refresh();
    running
        .until("everything", |walk| {
            walk.stages().all(|(_, stage)| stage.state == State::Ready) && knows(walk, |facts| facts.gaps().is_empty())
        })
        .await;
    assert_eq!(of_alice(&running.walk.snapshot.as_ref().unwrap().facts), Verdict::Allowed);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_stays_while_everything_is_read_anew() {
    let fake = plain();
    let mut running = Running::new(&target(&fake.url()), Options::watching, AMPLE);
    running.until("everything", |walk| knows(walk, whycan::facts::Facts::is_complete)).await;
    fake.slow(Duration::from_millis(100));
    running.session.remote().refresh();
    running.until("reading again", is(Step::Authorization, "loading")).await;
    running
        .until("read again", |walk| {
            // at no moment less is known than before
            assert!(knows(walk, |facts| facts.is_complete() && facts.count(Kind::RoleBinding) == 1));
            is(Step::Authorization, "ready")(walk)
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_dies_and_comes_back_is_taken_up_again() {
    let mut fake = plain();
    fake.stop();
    let mut running = Running::new(&target(&fake.url()), Options::watching, SHORT);
    running.until("the failure", |walk| is(Step::Identity, "failed")(walk) && is(Step::Authorization, "failed")(walk)).await;
    for step in [Step::Identity, Step::Authorization] {
        assert!(running.failure(step).message.starts_with("nobody listens at"), "{:?}", running.failure(step));
        assert!(!running.failure(step).hints.is_empty());
    }
    // nothing could be read: nobody is denied for it
    assert_eq!(of_alice(&running.walk.snapshot.as_ref().unwrap().facts), Verdict::Unknown);
    fake.listen();
    running.until("it is back", |walk| is(Step::Identity, "ready")(walk) && is(Step::Authorization, "ready")(walk)).await;
    running.until("all is known", |walk| knows(walk, |facts| facts.gaps().is_empty())).await;
    fake.stop();
    running.until("it is gone", is(Step::Authorization, "stale")).await;
    // what was known is still there
    assert_eq!(of_alice(&running.walk.snapshot.as_ref().unwrap().facts), Verdict::Allowed);
    fake.delete(&crate::support::readers());
    fake.listen();
    running.until("it is back again", is(Step::Authorization, "ready")).await;
    running.until("the change is seen", |walk| knows(walk, |facts| facts.count(Kind::RoleBinding) == 0)).await;
    assert_eq!(of_alice(&running.walk.snapshot.as_ref().unwrap().facts), Verdict::Denied);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kubeconfig_that_is_mended_is_read_anew() {
    let fake = plain();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    std::fs::write(&path, "clusters: [").unwrap();
    let from = path.clone();
    let find = Find::new(move || {
        let kubeconfig = whycan::source::kubeconfig::load(Some(&from))?;
        whycan::source::kubeconfig::target(&kubeconfig, None)
    });
    let mut running = Running::with(find, Options::watching, AMPLE);
    running.until("the failure", is(Step::Kubeconfig, "failed")).await;
    assert!(running.failure(Step::Kubeconfig).message.contains("config"), "{:?}", running.failure(Step::Kubeconfig));
    let config = json!({
        "current-context": "here",
        "clusters": [{ "name": "fake", "cluster": { "server": fake.url() } }],
        "contexts": [{ "name": "here", "context": { "cluster": "fake", "user": "" } }],
    });
    std::fs::write(&path, config.to_string()).unwrap();
    running.session.remote().refresh();
    running.until("who one is", is(Step::Identity, "ready")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_known_at_once() {
    let fake = plain();
    let mut running = Running::new(&target(&fake.url()), Options::watching, AMPLE);
    running.until("everything", |walk| knows(walk, whycan::facts::Facts::is_complete)).await;
    fake.until("all are watched", |fake| fake.watches("watch=1") >= 6);
    fake.put(&binding("RoleBinding", "dev", "new", "dave", ("Role", "reader")));
    let request = Request::resource("get", "", "pods", "dev");
    running.until("the binding", |walk| knows(walk, |facts| verdict(facts, "dave", &request) == Verdict::Allowed)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_a_session_ends_its_requests() {
    let fake = plain();
    let mut running = Running::new(&target(&fake.url()), Options::watching, AMPLE);
    running.until("everything", |walk| knows(walk, whycan::facts::Facts::is_complete)).await;
    fake.until("all are watched", |fake| fake.watches("watch=1") >= 6);
    drop(running);
    fake.until("nothing is watched", |fake| fake.watches("watch=1") == 0);
}
