//! Kubeconfigs changed from the list of contexts, and clusters looked for in AWS.

use whycan::base::Failure;
use whycan::kubeconfig::{Change, Files, Given, edit};
use whycan::source::aws::State;
use whycan::tui::message::{Effect, Message};
use whycan::tui::scene::{Beyond, Context, Further, Listing};
use whycan::tui::theme::Theme;
use whycan::view::change::{Planned, Wish};
use whycan::view::eks::{Place, Row};

use super::{Live, contexts};
use crate::support::{ASCII, COLOR, snapshot};

/// What the plugin of a file outside of kubectl's view would run.
const COMMAND: &str = "AWS_PROFILE=… aws eks get-token --cluster-name lab --client-secret (hidden)";

const FILE: &str = "current-context: prod # ours\ncontexts:\n- name: prod\n  context: {cluster: prod, user: prod}\n- name: colima\n  context: {cluster: colima, user: colima}\nclusters:\n- name: colima\n  cluster: {server: 'https://127.0.0.1:6443'}\nusers:\n- name: colima\n  user: {token: not-shown}\n";

/// What the change that was asked for last comes to, for a file.
fn plan(live: &mut Live) -> (u64, Planned) {
    let Some(Effect::Plan { number, wish: Wish::Change(change) }) = live.ui.effects.pop() else { panic!("no change is asked for") };
    let given = Given { path: "/home/alice/.kube/config".to_owned(), bytes: Some(FILE.as_bytes().to_vec()) };
    let plan = edit::plan(&Files { given: vec![given], is_explicit: false }, &change).unwrap();
    (number, Planned::new(Some(change), plan))
}

/// The row of the local cluster, under the cursor.
fn colima() -> Live {
    Live::new().asking().press("c down down down down")
}

#[test]
fn a_change_is_shown_and_made_when_somebody_says_so() {
    let mut live = colima().press("u");
    assert!(live.ui.text(80, 24).contains("reading the kubeconfig"));
    let (number, planned) = plan(&mut live);
    live.ui.send(Message::Planned(number, Ok(Box::new(planned))));
    snapshot("live-change", &mut live.ui);
    let mut live = live.press("enter");
    assert!(matches!(live.ui.effects.last(), Some(Effect::Change { number: made, .. }) if *made == number), "{:?}", live.ui.effects);
    live.ui.send(Message::Changed(number, Ok(vec!["colima becomes the current context".to_owned()])));
    assert_eq!(live.toast(), "colima becomes the current context");
    assert!(matches!(live.ui.effects.last(), Some(Effect::List)), "{:?}", live.ui.effects);
}

#[test]
fn what_nobody_uses_goes_along_on_request() {
    let mut live = colima().press("D");
    let (number, planned) = plan(&mut live);
    live.ui.send(Message::Planned(number, Ok(Box::new(planned))));
    let before = live.ui.text(100, 30);
    assert!(before.contains("cluster colima and user colima are kept"), "{before}");
    let mut live = live.press("space");
    let (number, planned) = plan(&mut live);
    assert_eq!(planned.change, Some(Change::Delete { context: "colima".to_owned(), with_unused: true }));
    live.ui.send(Message::Planned(number, Ok(Box::new(planned))));
    snapshot("live-change-delete", &mut live.ui);
    let after = live.ui.text(100, 30);
    assert!(!after.contains("not-shown"), "{after}");
    // a plan of before does not come over it
    live.ui.send(Message::Planned(number - 1, Err(Failure::failed("late"))));
    assert!(!live.ui.text(100, 30).contains("late"));
    // and leaving it writes nothing
    let live = live.press("esc");
    assert!(!live.ui.effects.iter().any(|effect| matches!(effect, Effect::Change { .. })), "{:?}", live.ui.effects);
}

#[test]
fn what_cannot_be_changed_says_why() {
    let mut live = colima().press("u");
    let (number, _) = plan(&mut live);
    let failure = Failure::failed("`/home/alice/.kube/config.lock` is held by another program since 12 s")
        .hint("Wait, or remove it: rm /home/alice/.kube/config.lock");
    live.ui.send(Message::Planned(number, Err(failure)));
    snapshot("live-change-refused", &mut live.ui);
    let mut live = Live::new().asking().press("c u");
    assert_eq!(live.toast(), "this is the current context");
    live = live.press("down down down down R");
    assert!(live.ui.text(80, 24).contains(":rename colima"), "{}", live.ui.text(80, 24));
    live.ui.type_in("local").press("enter");
    let (_, planned) = plan(&mut live);
    assert_eq!(planned.change, Some(Change::Rename { from: "colima".to_owned(), to: "local".to_owned() }));
}

fn place(region: &str, state: State, failure: Option<Failure>, names: &[&str]) -> Place {
    let row = |name: &&str| Row {
        name: (*name).to_owned(),
        arn: None,
        endpoint: None,
        version: Some("1.36".to_owned()),
        status: Some("ACTIVE".to_owned()),
        context: (*name == "known").then(|| "prod".to_owned()),
    };
    let rows = names.iter().map(row).collect();
    Place { profile: Some("acme".to_owned()), region: Some(region.to_owned()), account: None, state, failure, rows }
}

#[test]
fn clusters_are_looked_for_when_somebody_asks_and_one_is_added() {
    let mut live = Live::new().asking().press("c G");
    assert!(!live.ui.effects.iter().any(|effect| matches!(effect, Effect::Search(_))), "nothing is asked before");
    live = live.press("enter");
    assert!(matches!(live.ui.effects.last(), Some(Effect::Search(1))), "{:?}", live.ui.effects);
    live.ui.send(Message::Searching(1, Ok(3)));
    live.ui.send(Message::Discovered(1, Box::new(place("eu-central-1", State::Listed, None, &["known", "staging"]))));
    let denied = Failure::failed("User alice is not authorized to perform eks:ListClusters: no identity-based policy allows it")
        .hint("Ask for eks:ListClusters.");
    live.ui.send(Message::Discovered(1, Box::new(place("us-east-1", State::Denied, Some(denied), &[]))));
    snapshot("live-eks-looking", &mut live.ui);
    let mut live = live.press("x");
    assert!(matches!(live.ui.effects.iter().rev().find(|effect| !matches!(effect, Effect::ToastLater(_))), Some(Effect::StopSearch)));
    live.ui.send(Message::Discovered(1, Box::new(place("eu-west-1", State::Listed, None, &["late"]))));
    assert!(!live.ui.text(120, 40).contains("late"), "what comes after it was stopped");
    let mut live = live.press("G up a");
    let Some(Effect::Plan { wish: Wish::Add(found), .. }) = live.ui.effects.last() else { panic!("{:?}", live.ui.effects) };
    assert_eq!((found.name.as_str(), found.region.as_str(), found.profile.as_deref()), ("staging", "eu-central-1", Some("acme")));
    assert!(live.ui.text(80, 24).contains("asking AWS about staging"));
}

#[test]
fn lists_are_arranged_and_what_kubectl_does_not_see_stands_apart() {
    let mut live = Live::new().asking();
    let further = Further {
        path: "/home/alice/.kube/configs/lab.yaml".to_owned(),
        contexts: vec![
            Beyond { name: "lab".to_owned(), user: "certificate".to_owned(), ..Beyond::default() },
            Beyond { name: "lab-admin".to_owned(), user: "aws exec".to_owned(), command: Some(COMMAND.to_owned()), ..Beyond::default() },
        ],
        export: Some("export KUBECONFIG=/home/alice/.kube/config:/home/alice/.kube/configs/lab.yaml".to_owned()),
    };
    let problems =
        vec!["/home/alice/.kube/broken:3:1: a bracket is not closed; kubectl does nothing while this file is on KUBECONFIG".to_owned()];
    live.ui.send(Message::Contexts(Ok(Listing { contexts: contexts(), problems, further: vec![further] })));
    let mut live = live.press("c t");
    assert_eq!(live.toast(), "the contexts as they stand");
    live = live.press("t");
    assert_eq!(live.toast(), "the contexts by file");
    let mut live = live.press("G up right down");
    snapshot("live-contexts-by-file", &mut live.ui);
    let live = live.press("y");
    assert!(
        matches!(live.ui.effects.last(), Some(Effect::Copy { text, .. }) if text.starts_with("export KUBECONFIG=")),
        "{:?}",
        live.ui.effects
    );
}

/// The list with a file that kubectl does not look at, unfolded.
fn with_a_file_out_of_view(theme: Theme) -> Live {
    let mut live = Live::with(theme, "").asking();
    live.ui.send(Message::Contexts(Ok(Listing { contexts: contexts(), problems: Vec::new(), further: vec![lab()] })));
    live.press("c G up right down right")
}

fn lab() -> Further {
    Further {
        path: "/home/alice/.kube/configs/lab.yaml".to_owned(),
        contexts: vec![
            Beyond { name: "lab".to_owned(), user: "certificate".to_owned(), ..Beyond::default() },
            Beyond { name: "prod".to_owned(), user: "aws exec".to_owned(), command: Some(COMMAND.to_owned()), ..Beyond::default() },
        ],
        export: Some("export KUBECONFIG=/home/alice/.kube/config:/home/alice/.kube/configs/lab.yaml".to_owned()),
    }
}

/// What was opened last: the context and its file.
fn opened(live: &Live) -> Option<(Option<&str>, Option<&str>)> {
    live.ui.effects.iter().rev().find_map(|effect| match effect {
        Effect::Open { context, file, .. } => Some((context.as_deref(), file.as_deref())),
        _ => None,
    })
}

#[test]
fn a_plugin_of_a_file_out_of_view_runs_only_after_a_word() {
    const FILE: &str = "/home/alice/.kube/configs/lab.yaml";
    let mut live = with_a_file_out_of_view(COLOR);
    live.ui.effects.clear();
    let mut live = live.press("down down enter");
    snapshot("live-plugin-asked", &mut live.ui);
    assert_eq!(opened(&live), None);
    // no is no, and it is asked again
    let mut live = live.press("esc");
    assert_eq!((live.ui.title().as_str(), opened(&live)), ("contexts", None));
    live.ui.effects.clear();
    let live = live.press("enter y");
    assert!(live.ui.effects.iter().any(|effect| matches!(effect, Effect::Allow(file) if file == FILE)), "{:?}", live.ui.effects);
    assert_eq!(opened(&live), Some((Some("prod"), Some(FILE))));
    // it is not the context of the same name that kubectl sees
    assert_eq!(live.ui.state.context.as_deref(), Some("prod of /home/alice/.kube/configs/lab.yaml"));
    assert_eq!(live.ui.state.flags(), [format!("--kubeconfig {FILE}"), "--context prod".to_owned()]);
    // once is enough for this file
    let mut live = live.press("c");
    live.ui.effects.clear();
    live.ui.command("ctx colima");
    live.ui.effects.clear();
    let live = live.press("c G up right down right down down enter");
    assert_eq!((live.ui.title().as_str(), opened(&live)), ("who am I", Some((Some("prod"), Some(FILE)))));
    // what runs no plugin is not asked about
    let live = with_a_file_out_of_view(COLOR).press("down enter");
    assert_eq!((live.ui.title().as_str(), opened(&live)), ("who am I", Some((Some("lab"), Some(FILE)))));
    snapshot("live-plugin-asked-ascii", &mut with_a_file_out_of_view(ASCII).press("down down enter").ui);
}

#[test]
fn production_looks_like_nothing_else() {
    for (name, theme) in [("live-production", COLOR), ("live-production-ascii", ASCII)] {
        let mut live = Live::with(theme, "").asking();
        let listed: Vec<Context> = contexts().into_iter().map(|context| Context { is_production: context.is_current, ..context }).collect();
        live.ui.send(Message::Contexts(Ok(listed.into())));
        snapshot(name, &mut live.ui);
    }
}
