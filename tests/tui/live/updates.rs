//! What a session tells, and what comes of it: what is kept, dropped, asked again, said.

use std::sync::Arc;
use std::time::Duration;

use whycan::authz::Verdict;
use whycan::identity::Identity;
use whycan::session::{Event, Snapshot, State as Standing, Step};
use whycan::source::live::{Caller, CallerSource, CredentialKind, Presented};
use whycan::tui::message::{Effect, Message, Pace};
use whycan::tui::scene::Context;
use whycan::tui::screens::why::Stage as Asked;

use super::{FIX, Live, RBAC, START, no_answer, plugin_failed, refused, says};
use crate::support::{COLOR, Ui, facts};

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
    let mut live = Live::new().asking().press("c down down down down enter");
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
        // who opens it has seen it
        let mut live = live.press("G enter");
        let text = live.ui.text(120, 40);
        assert!(text.contains("◆ 1  token") && text.contains(&format!("↯ 03:01:01Z {sentence}")), "{text}");
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
    // it alone can decide: it is asked again after a while
    assert_eq!(live.server(&Ok(says(false))), 1);
    live = live.read(facts(RBAC));
    // our own verdict is another one now, so that it is asked at once; what it says to what was to be asked later is dropped
    assert_eq!(live.server(&Ok(says(false))), 2);
    let decision = live.ui.why().decision().unwrap();
    assert_eq!((decision.verdict, decision.computed, decision.agrees()), (Verdict::Denied, Verdict::Denied, Some(true)));
}

#[test]
fn a_pin_that_the_server_alone_decides_flips_with_it() {
    let mut live = Live::with(COLOR, "delete pods -n dev").asking().alice().read(refused());
    live.server(&Ok(says(false)));
    let mut live = live.press("p 1");
    for verdict in [Verdict::Denied, Verdict::Denied, Verdict::Allowed, Verdict::Denied] {
        assert!(live.server(&Ok(says(verdict == Verdict::Allowed))) >= 1, "it is asked again and again");
        assert_eq!(live.ui.state.pins[0].answer.as_ref().unwrap().whole().0, verdict);
    }
    assert!(
        live.ui.state.pins[0].flip.as_ref().unwrap().sentence.starts_with("alice may not delete pods in dev"),
        "{:?}",
        live.ui.state.pins
    );
}

#[test]
fn what_the_server_says_to_another_question_or_context_is_dropped() {
    let mut live = Live::with(COLOR, "delete pods -n dev").asking().alice().read(refused());
    let Some(Effect::Review { ticket, requests, .. }) = live.reviews().pop() else { panic!("the server is not asked") };
    let verdicts = |allowed: bool| requests.iter().map(|request| (*request, Ok(says(allowed)))).collect::<Vec<_>>();
    // one goes away and comes back: it is asked anew, and what it says to the first time is not about this
    let mut live = live.press("4 [");
    let Some(Effect::Review { ticket: anew, .. }) = live.reviews().pop() else { panic!("the server is not asked again") };
    live.ui.send(Message::Reviewed(ticket, verdicts(true)));
    assert!(live.ui.why().decision().unwrap().server.is_none());
    live.ui.send(Message::Reviewed(anew, verdicts(false)));
    assert_eq!(live.ui.why().decision().unwrap().verdict, Verdict::Denied);
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
    let mut live = Live::new().pointed().tell(Event::Presented(Box::new(year)));
    assert_eq!(paces(&mut live), []);
    assert!(!live.ui.text(80, 24).contains("certificate"));
}

#[test]
fn ten_thousand_contexts_are_walked_filtered_and_looked_into() {
    let mut ui = Ui::loading(COLOR, false);
    let row = |number: usize| Context { name: Some(format!("cluster-{number:05}")), is_current: number == 7, ..Context::default() };
    ui.send(Message::Contexts(Ok((0..10_000).map(row).collect::<Vec<_>>().into())));
    let mut live = Live { ui, elapsed: Duration::ZERO }.press("c");
    let line = |live: &mut Live, name: &str| {
        live.ui
            .text(80, 24)
            .lines()
            .skip(3)
            .find(|line| line.contains(name))
            .map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    };
    assert_eq!(line(&mut live, "cluster-00007 ").unwrap()[..3], ["●", "cluster-00007", "current,"]);
    // the state of what is looked into changes in its row
    live = live.stage(Step::Kubeconfig, Standing::Loading, "");
    assert_eq!(line(&mut live, "cluster-00007 ").unwrap()[2..4], ["current,", "loading"]);
    live = live.stage(Step::Kubeconfig, Standing::Failed(no_answer()), "").press("G");
    assert!(live.ui.text(80, 24).contains("cluster-09999"), "{}", live.ui.text(80, 24));
    let mut live = live.press("/");
    live.ui.type_in("00007").press("enter");
    assert_eq!(line(&mut live, "cluster-00007 ").unwrap()[2..4], ["current,", "failed"]);
    let mut live = live.press("esc /");
    live.ui.type_in("04").type_in("242").press("enter enter");
    assert_eq!(live.ui.state.context.as_deref(), Some("cluster-04242"));
}
