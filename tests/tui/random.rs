//! Keys, pastes and sizes at random: nothing panics, no frame is frozen, and from everywhere there is a way back.

use std::sync::Arc;
use std::time::Duration;

use whycan::authz::ServerVerdict;
use whycan::base::{Failure, Gap, Loss, Name};
use whycan::credential::{Decoded, Expected};
use whycan::facts::{Change, Facts};
use whycan::identity::Identity;
use whycan::kubeconfig::{Exec, Target, User};
use whycan::session::{Event, Snapshot, Stage, State as Standing, Step};
use whycan::source;
use whycan::source::live::{Caller, CallerSource, CredentialKind, Presented, Version};
use whycan::tui::message::{Effect, Message, Pace, When};
use whycan::tui::scene::Context;
use whycan::tui::screens::Screen;
use whycan::tui::state::Overlay;
use whycan::view::actions::ACTIONS;

use crate::seed::{Random, cases};
use crate::support::{ASCII, COLOR, PLAIN, Ui, glyphs};

/// What is typed besides keys that do something.
const LETTERS: [&str; 8] = ["a", "x", "-", "/", "ü", "漢", "'", "*"];

const PASTES: [&str; 11] = [
    "k8s-aws-v1.aHR0cHM6Ly9zdHMuZXUtY2VudHJhbC0xLmFtYXpvbmF3cy5jb20vP0FjdGlvbj1HZXRDYWxsZXJJZGVudGl0eQ",
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6Y2k6ZGVwbG95ZXIiLCJleHAiOjEwfQ.",
    "",
    "delete pods -n dev",
    "kubectl exec web-0 -n dev -- sh",
    "Error from server (Forbidden): secrets is forbidden: User \"grace@acme.example\" cannot list resource \"secrets\" in API group \"\" at the cluster scope",
    "\u{1b}[2J\u{7}漢字\r\n\tand 'an open quote",
    "who-can get secrets -A",
    "--as --as -n",
    "GET https://[::1]:6443/api/v1/namespaces/%zz/pods?watch=1",
    "why why why why why why why why why why why why why why why why why why why why why why why why why",
];

const COMMANDS: [&str; 14] = [
    "token",
    "token paste",
    "why list pods -n dev --as alice",
    "who-can get secrets -A",
    "can sa:ci/deployer",
    "rules view",
    "identities",
    "lint",
    "whoami",
    "cluster",
    "ctx",
    "as carol@acme.example",
    "ns no/such",
    "ctx nowhere",
];

fn step(random: &mut Random, ui: &mut Ui) {
    match random.below(100) {
        0..=2 => ui.send(Message::Paste(random.pick(&PASTES).to_owned())),
        3..=4 => {
            let size = random.pick(&[(60, 15), (80, 24), (100, 30), (120, 40), (59, 14), (20, 3), (1, 1), (300, 90)]);
            ui.send(Message::Resize(size.0, size.1));
        }
        5..=7 => {
            ui.press(": ctrl-u");
            ui.type_in(random.pick(&COMMANDS));
            ui.press("enter");
        }
        8..=15 => ui.send(Message::Key(random.pick(&LETTERS).to_owned())),
        16 => ui.send(Message::ToastOver(ui.state.toasts)),
        _ => {
            let keys: Vec<&str> = ACTIONS.iter().flat_map(|entry| entry.keys.iter().copied()).collect();
            ui.send(Message::Key(random.pick(&keys).to_owned()));
        }
    }
}

/// Draws, and now and then looks whether the screen still answers and leads back.
fn look(random: &mut Random, ui: &mut Ui, told: &dyn Fn() -> String) {
    let (columns, rows) = ui.state.size;
    ui.frame(columns, rows);
    if !random.percent(2) {
        return;
    }
    // whatever lies over the screen is left by Esc, and help opens and closes
    ui.press("esc esc esc");
    assert!(matches!(ui.state.overlay, Overlay::None), "{:?}\n{}", ui.state.overlay, told());
    // what Esc said goes with the next key
    ui.state.toast = None;
    let before = glyphs(&ui.frame(80, 24));
    ui.press("?");
    let help = glyphs(&ui.frame(80, 24));
    assert_ne!(before, help, "a frozen frame\n{}", told());
    assert!(help.iter().any(|line| line.contains("under the cursor")), "{help:#?}\n{}", told());
    ui.press("esc");
    ui.state.toast = None;
    assert_eq!(before, glyphs(&ui.frame(80, 24)), "help leaves something behind\n{}", told());
    let mut tries = 0;
    while !matches!(ui.state.screen(), Screen::Contexts(_)) && ui.state.failed.is_none() {
        ui.press("esc");
        tries += 1;
        assert!(tries < 300, "no way back from {}\n{}", ui.state.screen().face().title(), told());
    }
    ui.effects.clear();
    ui.press("q");
    assert!(ui.effects.iter().any(|effect| matches!(effect, Effect::Quit)), "q does not quit\n{}", told());
    ui.send(Message::Resize(columns, rows));
}

fn drive(name: &str, total: u64, mut start: impl FnMut(&mut Random) -> Ui, mut world: impl FnMut(&mut Random, &mut Ui)) {
    const EACH: u64 = 500;
    for case in 0..total.div_ceil(EACH) {
        let mut random = Random::of_case(name, case);
        let mut ui = start(&mut random);
        let mut last = Vec::new();
        for number in 0..EACH {
            step(&mut random, &mut ui);
            world(&mut random, &mut ui);
            ui.effects.clear();
            last.push(ui.state.screen().face().title());
            let told = || format!("{name}, case {case}, step {number}, screens {:?}", &last[last.len().saturating_sub(12)..]);
            look(&mut random, &mut ui, &told);
        }
    }
}

#[test]
fn the_demo_stands_fifty_thousand_keys() {
    let start = |random: &mut Random| {
        let theme = random.pick(&[COLOR, PLAIN, ASCII]);
        Ui::demo_with(theme, "delete pods -n dev", "alice")
    };
    drive("keys over the demo", cases(50_000), start, |_, _| {});
}

#[test]
fn a_failing_world_stands_fifty_thousand_keys() {
    let facts = source::demo().unwrap().clusters.into_iter().next().unwrap().facts;
    let start = |random: &mut Random| {
        let mut ui = Ui::loading(random.pick(&[COLOR, PLAIN, ASCII]), false);
        ui.state.is_live = true;
        if random.percent(90) {
            ui.send(Message::Contexts(Ok(contexts(random).into())));
        }
        ui
    };
    drive("keys over a failing world", cases(50_000), start, |random, ui| {
        for effect in std::mem::take(&mut ui.effects) {
            if let Effect::Review { ticket, requests, .. } = effect
                && random.percent(70)
            {
                ui.send(Message::Reviewed(ticket, requests.iter().map(|request| (*request, reviewed(random))).collect()));
            }
        }
        if random.percent(40) {
            // now and then of a context that was left
            let session = ui.state.session.saturating_sub(u64::from(random.percent(10)));
            let when = When { clock: "12:00:00Z".to_owned(), elapsed: ui.state.now.elapsed + Duration::from_millis(70), unix: Some(-7) };
            ui.send(Message::Session(session, when, event(random, &facts)));
        }
        if random.percent(3) {
            let when =
                When { clock: "12:00:00Z".to_owned(), elapsed: ui.state.now.elapsed, unix: Some(random.pick(&[-7, 0, 900, i64::MAX])) };
            ui.send(Message::Tick(random.pick(&[Pace::Once, Pace::Counting]), when));
        }
        if random.percent(1) {
            ui.send(Message::Hide(ui.state.reveals));
        }
        if random.percent(1) {
            let listed = if random.percent(50) { Ok(contexts(random).into()) } else { Err(failure(random)) };
            ui.send(Message::Contexts(listed));
        }
    });
}

fn contexts(random: &mut Random) -> Vec<Context> {
    let names = [
        "prod",
        "dev",
        "a very long name of a context that no terminal has room for, arn:aws:eks:eu-central-1:111122223333:cluster/x",
        "漢字",
    ];
    let count = random.below(names.len() + 1);
    let current = random.below(names.len() + 1);
    let row = |(position, name): (usize, &&str)| Context {
        name: Some((*name).to_owned()),
        is_current: position == current,
        namespace: (position % 2 == 0).then(|| "dev".to_owned()),
        cluster: "127.0.0.1:6443".to_owned(),
        user: "certificate".to_owned(),
        details: vec!["context ~/.kube/config:12".to_owned()],
        findings: vec!["\u{1b}[31mred".to_owned()],
        ..Context::default()
    };
    names.iter().take(count).enumerate().map(row).collect()
}

fn failure(random: &mut Random) -> Failure {
    Failure::failed(random.pick(&["no answer from https://127.0.0.1:6443 within 10 s", "\u{1b}[2J漢字", ""])).hint("Check the network.")
}

fn reviewed(random: &mut Random) -> Result<ServerVerdict, Failure> {
    match random.below(3) {
        0 => Err(failure(random)),
        1 => Ok(ServerVerdict { allowed: true, reason: "RBAC: allowed by …".to_owned(), ..ServerVerdict::default() }),
        _ => Ok(ServerVerdict::default()),
    }
}

/// What is presented: nothing to take apart, or some token, which may be no good.
fn presented(random: &mut Random) -> Presented {
    let text = random.pick(&PASTES);
    let decoded = random.percent(70).then(|| Arc::new(Decoded::read(text.as_bytes())));
    Presented {
        kind: random.pick(&[CredentialKind::None, CredentialKind::Exec, CredentialKind::Basic, CredentialKind::Certificate]),
        description: "token\u{7}".to_owned(),
        expires_at: random.percent(50).then_some(0),
        findings: decoded.as_ref().map(|decoded| decoded.findings(&Expected::default())).unwrap_or_default(),
        secret: (decoded.is_some() && random.percent(70)).then(|| text.to_owned().into()),
        decoded,
        ..Presented::default()
    }
}

fn event(random: &mut Random, facts: &Facts) -> Event {
    match random.below(8) {
        0..=2 => {
            let state = match random.below(6) {
                0 => Standing::Idle,
                1 => Standing::Loading,
                2 => Standing::Ready,
                3 => Standing::Failed(failure(random)),
                4 => Standing::Stale(failure(random)),
                _ => Standing::Cancelled,
            };
            Event::Stage(random.pick(&Step::ALL), Stage { state, took: Duration::from_millis(12), message: "12 roles".to_owned() })
        }
        3 => {
            let exec = Exec { command: "\u{1b}[2Jaws".to_owned(), ..Exec::default() };
            let user = User {
                exec: random.percent(50).then_some(exec),
                token: random.percent(30).then(|| "t".to_owned().into()),
                ..User::default()
            };
            let target = Target { context: Some("prod".to_owned()), namespace: Some("dev".to_owned()), user, ..Target::default() };
            Event::Target(Arc::new(target))
        }
        4 => Event::Presented(Box::new(presented(random))),
        5 => Event::Caller(Caller {
            identity: Identity::literal("alice", ["dev", "system:authenticated"].map(Name::new)),
            from: random.pick(&[CallerSource::Review, CallerSource::Refusal]),
        }),
        6 if random.percent(50) => Event::Oneself(Caller { identity: Identity::literal("root", []), from: CallerSource::Review }),
        6 => Event::Version(Version { git_version: "v1.36.3".to_owned(), platform: "linux/amd64".to_owned() }),
        _ => {
            let gap = Gap { what: "rolebindings".to_owned(), why: "forbidden".to_owned(), loss: Loss::Refused, ..Gap::default() };
            let mut known = if random.percent(50) { facts.clone() } else { Facts::default() };
            if random.percent(50) {
                known.apply(Change::Gap(gap));
            }
            let mut snapshot = Snapshot::new(known);
            if random.percent(30) {
                snapshot = Snapshot { facts: facts.clone(), ..snapshot };
            }
            Event::Snapshot(Arc::new(snapshot))
        }
    }
}
