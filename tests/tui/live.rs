//! Live contexts without a cluster: what a session tells, message by message, and what the screens make of it.

use std::sync::Arc;
use std::time::Duration;

use whycan::authz::{ServerVerdict, Verdict};
use whycan::base::{Failure, Finding, Gap, Loss, Name, Severity, Source};
use whycan::facts::{Change, Facts, Kind};
use whycan::identity::Identity;
use whycan::kubeconfig::{Cluster, Target};
use whycan::session::{Event, Snapshot, Stage, State as Standing, Step};
use whycan::source::live::{Caller, CallerSource, CredentialKind, Presented, Version};
use whycan::tui::message::{Effect, Message, Pace, When};
use whycan::tui::scene::Context;
use whycan::tui::screens::why::Stage as Asked;
use whycan::tui::theme::Theme;

use crate::support::{ASCII, COLOR, PLAIN, Ui, facts, snapshot};

const ARN: &str = "arn:aws:eks:eu-central-1:111122223333:cluster/acme-prod";
const DEV: &str = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Developer_0123456789abcdef/alice@acme.example";
/// Seconds since 1970 at the start of each test.
const START: i64 = 1_790_000_000;

const RBAC: &str = "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules: [{apiGroups: [''], resources: [pods], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{kind: User, name: alice}, {kind: Group, name: acme-dev}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {namespace: dev, name: readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{kind: Group, name: acme-dev}]
";

const FIX: &str = "
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {namespace: dev, name: deleter}
rules: [{apiGroups: [''], resources: [pods], verbs: [delete]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {namespace: dev, name: deleters}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: deleter}
subjects: [{kind: User, name: alice}]
";

fn contexts() -> Vec<Context> {
    let row = |name: &str, provider: &str, cluster: &str, user: &str| Context {
        name: Some(name.to_owned()),
        provider: provider.to_owned(),
        cluster: cluster.to_owned(),
        user: user.to_owned(),
        details: vec![format!("The context stands in ~/.kube/config:{}.", 10 + name.len())],
        ..Context::default()
    };
    vec![
        Context {
            is_current: true,
            namespace: Some("dev".to_owned()),
            ..row("prod", "eks", "0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com:443", "aws exec, profile prod")
        },
        row(ARN, "eks", "FEDCBA9876543210.gr7.eu-central-1.eks.amazonaws.com:443", "aws exec"),
        Context {
            findings: vec!["user admin is defined twice: that of ~/.kube/config counts, that of ~/.kube/work is ignored".to_owned()],
            ..row("prod-admin", "eks", "0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com:443", "aws exec, profile admin")
        },
        row("colima", "colima", "127.0.0.1:6443", "certificate"),
        Context {
            findings: vec!["context gone names cluster old, which does not exist".to_owned()],
            ..row("gone", "", "cluster old is missing", "nothing")
        },
    ]
}

/// A live context, told by a session.
struct Live {
    ui: Ui,
    elapsed: Duration,
}

impl Live {
    /// The contexts are listed and the current one is opened.
    fn new() -> Self {
        Self::with(COLOR, "")
    }

    /// The same with a look and a question, `delete pods -n dev as alice`.
    fn with(theme: Theme, asked: &str) -> Self {
        let mut ui = Ui::loading(theme, false);
        if !asked.is_empty() {
            let (words, identity) = asked.split_once(" as ").unwrap_or((asked, ""));
            ui.state.question = crate::support::question(words, identity);
        }
        ui.send(Message::Contexts(Ok(contexts())));
        Self { ui, elapsed: Duration::ZERO }
    }

    fn when(&self) -> When {
        let seconds = self.elapsed.as_secs();
        let clock = format!("03:{:02}:{:02}Z", seconds / 60 % 60, seconds % 60);
        When { clock, elapsed: self.elapsed, unix: Some(START + i64::try_from(seconds).unwrap()) }
    }

    fn after(mut self, seconds: u64) -> Self {
        self.elapsed += Duration::from_secs(seconds);
        self
    }

    fn tell(mut self, event: Event) -> Self {
        let message = Message::Session(self.ui.state.session, self.when(), event);
        self.ui.send(message);
        self
    }

    fn stage(self, step: Step, state: Standing, message: &str) -> Self {
        let took = Duration::from_millis(if state == Standing::Loading { 0 } else { 38 * (step as u64 + 1) });
        self.tell(Event::Stage(step, Stage { state, took, message: message.to_owned() }))
    }

    /// The context leads somewhere.
    fn pointed(self) -> Self {
        let source = Some(Source { file: "~/.kube/config".to_owned(), line: Some(14) });
        let cluster = Cluster { name: "prod".to_owned(), server: "https://acme.example:6443".to_owned(), ..Cluster::default() };
        let target = Target { context: Some("prod".to_owned()), source, namespace: Some("dev".to_owned()), cluster, ..Target::default() };
        self.stage(Step::Kubeconfig, Standing::Ready, "context prod of ~/.kube/config:14").tell(Event::Target(Arc::new(target)))
    }

    /// The credential is there.
    fn presenting(self) -> Self {
        let presented = Presented {
            kind: CredentialKind::Exec,
            description: "token of aws eks get-token".to_owned(),
            expires_at: Some(START + 13 * 60 + 40),
            findings: Vec::new(),
        };
        self.pointed().stage(Step::Credential, Standing::Ready, "token of aws eks get-token").tell(Event::Presented(presented))
    }

    /// The last two stages run.
    fn asking(self) -> Self {
        self.presenting().stage(Step::Identity, Standing::Loading, "asking the server who you are").stage(
            Step::Authorization,
            Standing::Loading,
            "reading roles and bindings",
        )
    }

    /// The server says who one is.
    fn known_as(self, username: &str, groups: &[&str]) -> Self {
        let groups = groups.iter().copied().map(Name::new);
        let caller = Caller { identity: Identity::literal(username, groups), from: CallerSource::Review };
        self.stage(Step::Identity, Standing::Ready, username)
            .tell(Event::Caller(caller))
            .tell(Event::Version(Version { git_version: "v1.36.3".to_owned(), platform: "linux/amd64".to_owned() }))
    }

    fn alice(self) -> Self {
        self.known_as("alice", &["acme-dev", "system:authenticated"])
    }

    /// Everything is read.
    fn read(self, known: Facts) -> Self {
        self.tell(Event::Snapshot(Arc::new(Snapshot::new(known)))).stage(Step::Authorization, Standing::Ready, "1 role, 2 bindings")
    }

    fn ready() -> Self {
        Self::new().asking().alice().read(facts(RBAC))
    }

    fn press(mut self, keys: &str) -> Self {
        self.ui.press(keys);
        self
    }

    /// The reviews that are asked for, taken out.
    fn reviews(&mut self) -> Vec<Effect> {
        let (reviews, others) =
            std::mem::take(&mut self.ui.effects).into_iter().partition(|effect| matches!(effect, Effect::Review { .. }));
        self.ui.effects = others;
        reviews
    }

    /// The server answers every review that is asked for; gives how many there were.
    fn server(&mut self, verdict: &Result<ServerVerdict, Failure>) -> usize {
        let reviews = self.reviews();
        let asked = reviews.len();
        for review in reviews {
            let Effect::Review { ticket, requests, .. } = review else { continue };
            let verdicts = requests.into_iter().map(|request| (request, verdict.clone())).collect();
            self.ui.send(Message::Reviewed(ticket, verdicts));
        }
        asked
    }

    fn toast(&self) -> &str {
        self.ui.state.toast.as_ref().map_or("", |toast| toast.text.as_str())
    }
}

fn no_answer() -> Failure {
    Failure::failed("no answer from https://acme.example:6443 within 10 s").hint("Check the network: a VPN may be needed.")
}

fn plugin_failed() -> Failure {
    Failure::failed("aws eks get-token failed (exit status 255): the SSO session associated with this profile has expired")
        .hint("Log in again: aws sso login --profile prod")
}

/// What a server refuses to somebody who may list nothing.
fn refused() -> Facts {
    let gap = |kind: &Kind| {
        let plural = format!("{}s", kind.as_str().to_lowercase());
        let why = format!(
            "{plural}.rbac.authorization.k8s.io is forbidden: User \"alice\" cannot list resource \"{plural}\" in API group \"rbac.authorization.k8s.io\" at the cluster scope"
        );
        Change::Gap(Gap { what: plural, why, kinds: vec![Name::new(kind.as_str())], loss: Loss::Refused, ..Gap::default() })
    };
    Facts::collect(Kind::RBAC.iter().map(gap))
}

fn says(allowed: bool) -> ServerVerdict {
    ServerVerdict { allowed, ..ServerVerdict::default() }
}

#[test]
fn contexts_in_every_state() {
    snapshot("live-contexts-loading", &mut Live::new().asking().press("c").ui);
    snapshot("live-contexts-ready", &mut Live::ready().press("c down").ui);
    let failed = Live::new().pointed().stage(Step::Credential, Standing::Failed(plugin_failed()), "");
    snapshot("live-contexts-failed", &mut failed.press("c down down").ui);
    let mut filtered = Live::ready().press("c /");
    filtered.ui.type_in("admin");
    snapshot("live-contexts-filtered", &mut filtered.ui);
    filtered.ui.type_in("istrator");
    snapshot("live-contexts-none-left", &mut filtered.press("enter").ui);
}

#[test]
fn contexts_without_colour() {
    snapshot("live-contexts-no-color", &mut Live::with(PLAIN, "").asking().press("c down down").ui);
    snapshot("live-contexts-ascii", &mut Live::with(ASCII, "").asking().press("c down down").ui);
}

#[test]
fn no_contexts() {
    let mut ui = Ui::loading(COLOR, false);
    ui.state.is_live = true;
    ui.send(Message::Contexts(Err(Failure::failed("cannot read `~/.kube/config`: line 7, column 3: a mapping breaks off")
        .hint("Mend it, or name another: --kubeconfig PATH"))));
    snapshot("live-broken-kubeconfig", &mut ui);
    // mended, and read again
    ui.press("r");
    assert!(matches!(ui.effects.last(), Some(Effect::Refresh)), "{:?}", ui.effects);
    ui.send(Message::Contexts(Ok(contexts())));
    assert!(ui.state.failed.is_none() && ui.text(80, 24).contains("who am I"), "{}", ui.text(80, 24));
    let mut ui = Ui::loading(COLOR, false);
    ui.send(Message::Contexts(Ok(contexts().into_iter().skip(1).collect())));
    snapshot("live-none-is-current", &mut ui);
}

#[test]
fn walk_in_every_state() {
    snapshot(
        "live-walk-loading",
        &mut Live::new().asking().after(2).stage(Step::Authorization, Standing::Loading, "1200 of 4491 rolebindings").ui,
    );
    let credential = Live::new().pointed().stage(Step::Credential, Standing::Loading, "running aws").after(3);
    snapshot("live-walk-plugin-runs", &mut credential.stage(Step::Credential, Standing::Loading, "running aws").ui);
    snapshot("live-walk-ready", &mut Live::ready().ui);
    snapshot("live-walk-forbidden", &mut Live::new().asking().alice().read(refused()).ui);
    let mut masters = Live::new().asking().known_as("admin", &["system:masters", "system:authenticated"]).read(facts(RBAC));
    snapshot("live-walk-masters", &mut masters.ui);
    snapshot("live-walk-empty", &mut Live::new().ui);
}

#[test]
fn walk_where_a_stage_failed() {
    let nowhere = Failure::failed("context `prod` names cluster `prod`, which does not exist")
        .hint("Name one that does: clusters are colima and old.");
    snapshot("live-walk-kubeconfig-failed", &mut Live::new().stage(Step::Kubeconfig, Standing::Failed(nowhere), "").ui);
    snapshot("live-walk-credential-failed", &mut Live::new().pointed().stage(Step::Credential, Standing::Failed(plugin_failed()), "").ui);
    let unauthorized = Failure::failed("https://acme.example:6443 does not know you: 401 Unauthorized")
        .hint("The token may be of another cluster, or nobody mapped the role.");
    let who = Live::new().asking().stage(Step::Identity, Standing::Failed(unauthorized.clone()), "");
    snapshot("live-walk-identity-failed", &mut who.stage(Step::Authorization, Standing::Failed(unauthorized), "0 roles, 0 bindings").ui);
    snapshot(
        "live-walk-authorization-failed",
        &mut Live::new().asking().alice().stage(Step::Authorization, Standing::Failed(no_answer()), "").ui,
    );
}

#[test]
fn walk_that_was_stopped_or_is_stale() {
    let mut stopped = Live::new().pointed().stage(Step::Credential, Standing::Cancelled, "stopped; r tries again");
    snapshot("live-walk-stopped", &mut stopped.ui);
    snapshot("live-walk-stale", &mut stale().ui);
    // a refresh that does not even get a credential
    let lost = Live::ready().after(700).stage(Step::Credential, Standing::Loading, "running aws");
    let lost = lost.stage(Step::Authorization, Standing::Stale(plugin_failed()), "as it was before");
    snapshot("live-walk-refresh-failed", &mut lost.stage(Step::Credential, Standing::Failed(plugin_failed()), "").ui);
}

fn stale() -> Live {
    Live::ready().after(95).stage(Step::Authorization, Standing::Stale(no_answer()), "1 role, 2 bindings")
}

#[test]
fn walk_with_long_names_findings_and_pins() {
    let groups: Vec<String> = (1..=14).map(|number| format!("acme:team-{number:02}-of-the-platform")).collect();
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    let finding = |severity, message: &str, fix: &str| Finding {
        code: "test",
        severity,
        subject: "user prod".to_owned(),
        message: message.to_owned(),
        fix: Some(fix.to_owned()),
        source: None,
    };
    let shadowed = finding(Severity::Warning, "user prod is defined twice: that of ~/.kube/config counts", "Rename one of them.");
    let target = Target {
        context: Some(ARN.to_owned()),
        source: Some(Source { file: "/home/alice/.kube/clusters/eu-central-1/acme-prod.yaml".to_owned(), line: Some(14) }),
        findings: vec![shadowed],
        ..Target::default()
    };
    let expired = finding(Severity::Error, "the token has expired", "Log in again: aws sso login --profile prod");
    let live = Live::new().asking().tell(Event::Target(Arc::new(target))).known_as(DEV, &groups).read(facts(RBAC));
    let presented = Presented { kind: CredentialKind::Exec, expires_at: Some(START - 60), findings: vec![expired], ..Presented::default() };
    let mut live = live.tell(Event::Presented(presented)).press(":");
    live.ui.type_in("why delete pods -n dev --as alice").press("enter p :").type_in("why get pods -n dev").press("enter p");
    let live = live.read(facts(&format!("{RBAC}{FIX}"))).press("1 down");
    snapshot("live-walk-long", &mut { live }.ui);
}

#[test]
fn findings_give_way_to_what_failed() {
    let found = |message: &str| Finding {
        code: "test",
        severity: Severity::Warning,
        subject: "cluster prod".to_owned(),
        message: message.to_owned(),
        fix: Some("Rename it.".to_owned()),
        source: None,
    };
    let target = || Event::Target(Arc::new(Target { findings: vec![found("one"), found("two")], ..Target::default() }));
    let mut live = Live::new().presenting().tell(target());
    let text = live.ui.text(80, 24);
    assert!(text.contains("! one\n                   Rename it.\n                 ! two"), "{text}");
    let mut live = Live::new().pointed().tell(target()).stage(Step::Credential, Standing::Failed(plugin_failed()), "");
    let text = live.ui.text(80, 24);
    assert!(text.contains("! 2 findings; c tells\n ✗ credential"), "{text}");
}

#[test]
fn walk_without_colour() {
    let failed = |theme| Live::with(theme, "").pointed().stage(Step::Credential, Standing::Failed(plugin_failed()), "").ui;
    snapshot("live-walk-no-color", &mut failed(PLAIN));
    snapshot("live-walk-ascii", &mut failed(ASCII));
}

#[test]
fn cluster_in_every_state() {
    snapshot("live-cluster-loading", &mut Live::new().asking().press("8").ui);
    snapshot("live-cluster-ready", &mut Live::ready().press("8").ui);
    snapshot("live-cluster-forbidden", &mut Live::new().asking().alice().read(refused()).press("8").ui);
    snapshot(
        "live-cluster-failed",
        &mut Live::new().pointed().stage(Step::Credential, Standing::Failed(plugin_failed()), "").press("8").ui,
    );
    snapshot("live-cluster-stale", &mut stale().press("8").ui);
    snapshot("live-cluster-ascii", &mut Live::with(ASCII, "").asking().alice().read(refused()).press("8").ui);
    snapshot("live-cluster-no-color", &mut Live::with(PLAIN, "").asking().alice().read(refused()).press("8").ui);
}

#[test]
fn why_while_facts_are_read() {
    snapshot("live-why-pointing", &mut Live::with(COLOR, "delete pods -n dev").pointed().ui);
    snapshot("live-why-caller-unknown", &mut Live::with(COLOR, "delete pods -n dev").asking().ui);
    let mut early = Live::with(COLOR, "delete pods -n dev").asking().alice();
    snapshot("live-why-loading", &mut early.ui);
    assert_eq!(early.server(&Ok(says(false))), 1);
    snapshot("live-why-early-denied", &mut early.ui);
    let mut early = Live::with(COLOR, "get pods -n dev").asking().alice();
    early.server(&Ok(says(true)));
    snapshot("live-why-early-allowed", &mut early.ui);
}

#[test]
fn why_and_the_server() {
    let ready = |asked: &str| Live::with(COLOR, asked).asking().alice().read(facts(RBAC));
    let mut live = ready("delete pods -n dev");
    live.server(&Ok(says(false)));
    snapshot("live-why-agrees", &mut live.ui);
    let mut live = ready("delete pods -n dev");
    live.server(&Ok(says(true)));
    snapshot("live-why-disagrees", &mut live.ui);
    let mut live = ready("get pods -n dev");
    live.server(&Err(no_answer()));
    snapshot("live-why-server-not-heard", &mut live.ui);
    let mut live = Live::with(COLOR, "delete pods -n dev").asking().alice().read(refused());
    live.server(&Ok(says(true)));
    snapshot("live-why-forbidden", &mut live.ui);
}

#[test]
fn why_about_somebody_where_nothing_can_be_read() {
    let asked = Live::with(COLOR, "delete pods -n dev as bob").pointed();
    snapshot("live-why-nothing-known", &mut asked.stage(Step::Credential, Standing::Failed(plugin_failed()), "").ui);
}

#[test]
fn why_without_a_caller_or_facts() {
    let asked = || Live::with(COLOR, "delete pods -n dev");
    snapshot("live-why-credential-failed", &mut asked().pointed().stage(Step::Credential, Standing::Failed(plugin_failed()), "").ui);
    snapshot("live-why-identity-failed", &mut asked().asking().stage(Step::Identity, Standing::Failed(no_answer()), "").ui);
    snapshot("live-why-stopped", &mut asked().pointed().stage(Step::Credential, Standing::Cancelled, "stopped; r tries again").ui);
    let mut live = asked().asking().alice().read(facts(RBAC));
    live.server(&Ok(says(false)));
    let live = live.after(95).stage(Step::Authorization, Standing::Stale(no_answer()), "1 role, 2 bindings");
    snapshot("live-why-stale", &mut { live }.ui);
}

#[test]
fn why_with_a_pin_that_flipped() {
    let mut live = Live::with(COLOR, "delete pods -n dev").asking().alice().read(facts(RBAC)).press("p");
    live.server(&Ok(says(false)));
    let mut live = live.after(61).read(facts(&format!("{RBAC}{FIX}")));
    live.server(&Ok(says(true)));
    snapshot("live-why-flipped", &mut live.press("g").ui);
    let flipped = |theme| {
        let live = Live::with(theme, "delete pods -n dev").asking().alice().read(facts(RBAC)).press("p");
        live.after(61).read(facts(&format!("{RBAC}{FIX}"))).press("g").ui
    };
    snapshot("live-why-flipped-no-color", &mut flipped(PLAIN));
    snapshot("live-why-flipped-ascii", &mut flipped(ASCII));
}

#[test]
fn the_line_of_stages_names_what_failed_and_why_at_every_width() {
    for (position, step) in Step::ALL.into_iter().enumerate() {
        let mut live = Live::new().press("8");
        for before in Step::ALL.into_iter().take(position) {
            live = live.stage(before, Standing::Ready, "");
        }
        let mut live = live.stage(step, Standing::Failed(no_answer()), "");
        for (columns, rows) in [(60, 15), (80, 24), (120, 40)] {
            let text = live.ui.text(columns, rows);
            let line = text.lines().nth(1).unwrap();
            assert!(line.contains(&format!("{} ✗ no answer from https://", step.as_str())), "{columns}: {line}");
        }
    }
    let mut live = Live::new().press("8");
    assert!(!live.ui.text(80, 24).contains("kubeconfig"), "nothing has begun");
    live = live.stage(Step::Kubeconfig, Standing::Loading, "");
    assert!(live.ui.text(60, 15).contains(" kubeconfig … 0 ms"), "{}", live.ui.text(60, 15));
    live = live.stage(Step::Kubeconfig, Standing::Ready, "").stage(Step::Credential, Standing::Cancelled, "");
    assert!(live.ui.text(60, 15).contains("credential · stopped"), "{}", live.ui.text(60, 15));
    let mut live = Live::ready().press("8");
    assert!(!live.ui.text(60, 15).contains("kubeconfig"), "all is there");
}

#[test]
fn what_a_closed_session_tells_is_dropped() {
    let mut live = Live::new().asking().press("c down down down enter");
    assert_eq!((live.ui.state.context.as_deref(), live.ui.state.session), (Some("colima"), 2));
    assert!(matches!(live.ui.effects.last(), Some(Effect::Open { session: 2, .. })), "{:?}", live.ui.effects);
    let caller = Caller { identity: Identity::literal("alice", []), from: CallerSource::Review };
    live.ui.send(Message::Session(1, live.when(), Event::Caller(caller)));
    live.ui.send(Message::Session(1, live.when(), Event::Snapshot(Arc::new(Snapshot::new(facts(RBAC))))));
    assert!(live.ui.state.walk.caller.is_none() && live.ui.state.walk.snapshot.is_none());
}

#[test]
fn a_refresh_keeps_what_is_known() {
    let mut live = Live::with(COLOR, "delete pods -n dev").asking().alice().read(facts(RBAC));
    live.server(&Ok(says(false)));
    let mut live = live.press("r");
    assert!(matches!(live.ui.effects.last(), Some(Effect::Refresh)), "{:?}", live.ui.effects);
    for step in Step::ALL {
        live = live.stage(step, Standing::Loading, "");
        let decision = live.ui.why().decision().unwrap();
        assert_eq!((decision.headline().as_str(), decision.agrees()), ("alice may not delete pods in dev", Some(true)));
    }
    // the same answer of facts that were read again is not asked about again
    let mut live = live.alice().read(facts(RBAC));
    assert_eq!(live.server(&Ok(says(true))), 0);
}

#[test]
fn what_is_open_goes_on_when_it_is_looked_into_again() {
    let live = Live::ready().press("c enter");
    assert_eq!(live.ui.state.session, 1);
    assert!(live.ui.state.walk.caller.is_some());
}

#[test]
fn a_pin_flips_and_says_when_and_why_while_another_screen_is_shown() {
    for screen in ["1", "4", "8", "c"] {
        let live = Live::with(COLOR, "delete pods -n dev").asking().alice().read(facts(RBAC)).press("p").press(screen);
        let mut live = live.after(61).read(facts(&format!("{RBAC}{FIX}")));
        let sentence = "alice may delete pods in dev now: RoleBinding dev/deleters grants Role dev/deleter";
        assert_eq!(live.toast(), sentence, "on {screen}");
        let flip = live.ui.state.pins[0].flip.clone().unwrap();
        assert_eq!((flip.at.as_str(), flip.sentence.as_str(), flip.is_seen), ("03:01:01Z", sentence, false));
        assert!(live.ui.text(120, 40).contains("◆ 1 ↯ 1"), "{}", live.ui.text(120, 40));
        live = live.press("1");
        assert!(live.ui.text(120, 40).contains(&format!("↯ 03:01:01Z  {sentence}")), "{}", live.ui.text(120, 40));
        // facts that say the same again are no news
        let live = live.after(5).read(facts(&format!("{RBAC}{FIX}")));
        assert_eq!(live.ui.state.pins[0].flip.as_ref().unwrap().at, "03:01:01Z");
    }
}

#[test]
fn a_question_about_the_caller_waits_for_who_that_is() {
    let live = Live::with(COLOR, "delete pods -n dev").asking();
    assert!(matches!(live.ui.why().stage, Asked::Waiting), "{:?}", live.ui.why().stage);
    // roles and bindings alone do not help
    let live = live.read(facts(RBAC));
    assert!(matches!(live.ui.why().stage, Asked::Waiting), "{:?}", live.ui.why().stage);
    let live = live.stage(Step::Identity, Standing::Failed(no_answer()), "");
    assert!(matches!(&live.ui.why().stage, Asked::Blocked(why, _) if why == "it is not known who you are: the server did not say"));
    let live = live.press("r").stage(Step::Identity, Standing::Loading, "asking");
    assert!(matches!(live.ui.why().stage, Asked::Waiting), "{:?}", live.ui.why().stage);
    let live = live.alice();
    assert_eq!(live.ui.why().decision().unwrap().headline(), "alice may not delete pods in dev");
    // about somebody by name it does not wait
    let live = Live::with(COLOR, "delete pods -n dev as bob").asking();
    assert_eq!(live.ui.why().decision().unwrap().verdict, Verdict::Unknown);
}

#[test]
fn the_matrix_of_the_caller_waits_for_who_that_is() {
    let mut live = Live::new().asking().press("4");
    assert!(live.ui.text(80, 24).contains("working it out"), "{}", live.ui.text(80, 24));
    let mut live = live.stage(Step::Identity, Standing::Failed(no_answer()), "");
    let text = live.ui.text(120, 40);
    assert!(text.contains("failed   it is not known who you are: the server did not say: no answer from"), "{text}");
    let mut live = live.press("r").alice().read(facts(RBAC));
    assert!(live.ui.text(80, 24).contains("alice"), "{}", live.ui.text(80, 24));
}

#[test]
fn tables_say_why_nothing_will_be_read() {
    let mut live = Live::new().pointed().stage(Step::Credential, Standing::Failed(plugin_failed()), "").press("5");
    let text = live.ui.text(120, 40);
    assert!(text.contains("? roles and bindings could not be read: aws eks get-token failed"), "{text}");
    assert!(!text.contains("still being read"), "{text}");
}

#[test]
fn the_servers_verdict_comes_before_the_facts() {
    let mut live = Live::with(COLOR, "delete pods -n dev").asking().alice();
    assert_eq!(live.server(&Ok(says(false))), 1);
    let decision = live.ui.why().decision().unwrap();
    assert_eq!((decision.verdict, decision.computed), (Verdict::Denied, Verdict::Unknown));
    assert_eq!(live.server(&Ok(says(false))), 0);
    live = live.read(facts(RBAC));
    // our own verdict is another one now, so that it is asked again
    assert_eq!(live.server(&Ok(says(false))), 1);
    let decision = live.ui.why().decision().unwrap();
    assert_eq!((decision.verdict, decision.computed, decision.agrees()), (Verdict::Denied, Verdict::Denied, Some(true)));
}

#[test]
fn a_server_that_says_something_else_is_asked_again_a_few_times() {
    let mut live = Live::with(COLOR, "delete pods -n dev").asking().alice().read(facts(RBAC));
    let mut pauses = Vec::new();
    loop {
        let pause = |effect: &Effect| if let Effect::Review { after, .. } = effect { Some(after.as_millis()) } else { None };
        pauses.extend(live.ui.effects.iter().filter_map(pause));
        if live.server(&Ok(says(true))) == 0 {
            break;
        }
        assert!(pauses.len() < 20, "it never stops: {pauses:?}");
    }
    assert_eq!(pauses[pauses.len() - 5..], [0, 200, 400, 800, 1600], "{pauses:?}");
    assert_eq!(live.ui.why().decision().unwrap().agrees(), Some(false));
}

#[test]
fn esc_never_waits_and_x_stops_what_runs() {
    let mut live = Live::new().pointed().stage(Step::Credential, Standing::Loading, "running aws").press("x");
    assert!(matches!(live.ui.effects.last(), Some(Effect::Cancel(Step::Credential))), "{:?}", live.ui.effects);
    live = live.press("esc");
    assert_eq!(live.ui.title(), "contexts");
    let live = Live::with(COLOR, "delete pods -n dev").asking().press("esc");
    assert_eq!(live.ui.title(), "who am I");
    let mut live = live.press("x");
    let stopped = |effect: Effect| if let Effect::Cancel(step) = effect { Some(step) } else { None };
    let stopped: Vec<Step> = std::mem::take(&mut live.ui.effects).into_iter().filter_map(stopped).collect();
    assert_eq!(stopped, [Step::Identity, Step::Authorization]);
    let live = Live::ready().press("x");
    assert_eq!(live.toast(), "nothing is being read");
}

#[test]
fn a_toast_hides_the_keys_no_longer_than_its_time() {
    let mut live = Live::ready().press("x x");
    let number = live.ui.state.toasts;
    assert!(!live.ui.text(80, 24).contains("r refresh"));
    // the timer of the one before it does not take it away
    live.ui.send(Message::ToastOver(number - 1));
    assert!(!live.toast().is_empty());
    live.ui.send(Message::ToastOver(number));
    assert!(live.ui.text(80, 24).contains("r refresh"), "{}", live.ui.text(80, 24));
}

#[test]
fn time_is_told_while_something_runs_or_ends_and_not_else() {
    fn paces(live: &mut Live) -> Vec<Pace> {
        let pace = |effect| if let Effect::TickLater(pace) = effect { Some(pace) } else { None };
        std::mem::take(&mut live.ui.effects).into_iter().filter_map(pace).collect()
    }
    let mut live = Live::new().asking();
    assert_eq!(paces(&mut live), [Pace::Ending, Pace::Running]);
    live = live.stage(Step::Authorization, Standing::Loading, "12 roles").alice().read(facts(RBAC));
    assert_eq!(paces(&mut live), []);
    live = live.after(1);
    live.ui.send(Message::Tick(Pace::Running, live.when()));
    assert_eq!(paces(&mut live), [], "nothing runs any more");
    for (minutes, told) in [(1, "token 12m"), (5, "token 7m"), (7, "under 1m"), (1, "token expired")] {
        live = live.after(60 * minutes);
        live.ui.send(Message::Tick(Pace::Ending, live.when()));
        assert!(live.ui.text(80, 24).contains(told), "{told}: {}", live.ui.text(80, 24));
        assert_eq!(paces(&mut live), if told.contains("expired") { vec![] } else { vec![Pace::Ending] });
    }
    // what ends in a long time is not told, and needs no clock
    let year = Presented { kind: CredentialKind::Certificate, expires_at: Some(START + 31_536_000), ..Presented::default() };
    let mut live = Live::new().pointed().tell(Event::Presented(year));
    assert_eq!(paces(&mut live), []);
    assert!(!live.ui.text(80, 24).contains("certificate"));
}

#[test]
fn ten_thousand_contexts_are_walked_filtered_and_looked_into() {
    let mut ui = Ui::loading(COLOR, false);
    let row = |number: usize| Context { name: Some(format!("cluster-{number:05}")), is_current: number == 7, ..Context::default() };
    ui.send(Message::Contexts(Ok((0..10_000).map(row).collect())));
    let mut live = Live { ui, elapsed: Duration::ZERO }.press("c");
    let line = |live: &mut Live, name: &str| {
        live.ui
            .text(80, 24)
            .lines()
            .skip(3)
            .find(|line| line.contains(name))
            .map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    };
    assert_eq!(line(&mut live, "cluster-00007 ").unwrap()[..3], ["●", "cluster-00007", "open"]);
    // the state of what is looked into changes in its row
    live = live.stage(Step::Kubeconfig, Standing::Loading, "");
    assert_eq!(line(&mut live, "cluster-00007 ").unwrap()[2], "loading");
    live = live.stage(Step::Kubeconfig, Standing::Failed(no_answer()), "").press("G");
    assert!(live.ui.text(80, 24).contains("cluster-09999"), "{}", live.ui.text(80, 24));
    let mut live = live.press("/");
    live.ui.type_in("00007").press("enter");
    assert_eq!(line(&mut live, "cluster-00007 ").unwrap()[2], "failed");
    let mut live = live.press("esc /");
    live.ui.type_in("04").type_in("242").press("enter enter");
    assert_eq!(live.ui.state.context.as_deref(), Some("cluster-04242"));
}
