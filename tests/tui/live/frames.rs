//! Every live state of every screen, at the three sizes that matter, with styles.

use std::sync::Arc;

use whycan::base::{Failure, Finding, Severity, Source};
use whycan::kubeconfig::Target;
use whycan::session::{Event, State as Standing, Step};
use whycan::source::live::{CredentialKind, Presented};
use whycan::tui::message::{Effect, Message};

use super::{ARN, DEV, FIX, Live, RBAC, START, contexts, no_answer, plugin_failed, refused, says};
use crate::support::{ASCII, COLOR, PLAIN, Ui, facts, snapshot};

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
    ui.send(Message::Contexts(Ok(contexts().into())));
    assert!(ui.state.failed.is_none() && ui.text(80, 24).contains("who am I"), "{}", ui.text(80, 24));
    let mut ui = Ui::loading(COLOR, false);
    ui.send(Message::Contexts(Ok(contexts().into_iter().skip(1).collect::<Vec<_>>().into())));
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

/// The server says Unauthorized, and AWS says why.
fn unmapped() -> Live {
    let unauthorized = Failure::unauthorized("https://acme.example:6443 does not accept the credential (401 Unauthorized)");
    let eks = r#"
        {"cluster": {"name": "acme-prod", "accessConfig": {"authenticationMode": "API"}}}
        {"accessEntries": ["arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Developer_ffffffffffffffff"]}
        {"accessEntry": {"clusterName": "acme-prod", "type": "STANDARD",
            "principalArn": "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Developer_ffffffffffffffff"}}"#;
    let snapshot = std::sync::Arc::new(whycan::session::Snapshot::new(crate::support::facts(eks)));
    let caller = whycan::source::aws::Principal {
        arn: DEV.to_owned(),
        account: "111122223333".to_owned(),
        user_id: "AROAEXAMPLE:alice@acme.example".to_owned(),
    };
    let live = Live::new().asking().stage(Step::Caller, Standing::Ready, DEV).tell(Event::Principal(caller));
    live.tell(Event::Snapshot(snapshot)).stage(Step::Identity, Standing::Failed(unauthorized), "")
}

#[test]
fn walk_where_nobody_is_mapped() {
    let mut live = unmapped();
    snapshot("live-walk-unauthorized", &mut live.ui);
    snapshot("live-walk-unauthorized-causes", live.ui.press("enter"));
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
    let mut live = live.tell(Event::Presented(Box::new(presented))).press(":");
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
