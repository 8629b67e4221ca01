//! From what happens to a new frame, on the big cluster: `cargo bench --bench frames`.

#![expect(clippy::unwrap_used, clippy::cast_possible_truncation, reason = "a bench, no library")]

#[path = "support/world.rs"]
mod world;

use std::sync::{Arc, LazyLock};

use divan::{Bencher, black_box};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use serde_json::json;
use whycan::facts::{Change, Facts, Object, parse};
use whycan::session::{Event, Snapshot};
use whycan::tui::draw::{Memory, draw};
use whycan::tui::effect;
use whycan::tui::message::{Effect, Message, When};
use whycan::tui::scene::Context;
use whycan::tui::state::State;
use whycan::tui::theme::Theme;
use whycan::tui::update::update;

fn main() {
    divan::main();
}

static SNAPSHOT: LazyLock<Arc<Snapshot>> =
    LazyLock::new(|| Arc::new(Snapshot::new(Facts::collect(parse::document("big", world::json().as_bytes())))));

/// Takes a message and all that follows from it, as the loop would.
fn send(state: &mut State, message: Message) {
    for effect in update(state, message) {
        match effect {
            Effect::Decide { ticket, question, scene } => {
                let answer = effect::decide(&question, &scene);
                send(state, Message::Decided(ticket, When::default(), answer));
            }
            Effect::Prepare { generation, task, scene } => send(state, Message::Prepared(generation, effect::prepare(&task, &scene))),
            _ => {}
        }
    }
}

fn type_in(state: &mut State, text: &str) {
    for c in text.chars() {
        send(state, Message::Key(if c == ' ' { "space".to_owned() } else { c.to_string() }));
    }
}

/// A live context with a question on the screen and three pinned.
fn watching() -> State {
    let mut state = State::new(Theme { color: true, ascii: false }, false, (120, 40));
    let context = Context { name: Some("big".to_owned()), is_current: true, ..Context::default() };
    send(&mut state, Message::Contexts(Ok(vec![context].into())));
    let session = state.session;
    send(&mut state, Message::Session(session, When::default(), Event::Snapshot(Arc::clone(&SNAPSHOT))));
    for namespace in [1, 2, 3] {
        type_in(&mut state, &format!(":why delete nodes -n {} --as user-1@example.com", world::namespace(namespace)));
        send(&mut state, Message::Key("enter".to_owned()));
        send(&mut state, Message::Key("p".to_owned()));
    }
    assert_eq!(state.pins.len(), 3);
    state
}

fn binding() -> Object {
    let binding = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
        "metadata": {"name": "new", "namespace": world::namespace(3)},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "platform:component-1"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "user-1@example.com"}],
    });
    let changes = parse::document("new", binding.to_string().as_bytes());
    changes.into_iter().find_map(|change| if let Change::Upsert(object) = change { Some(object) } else { None }).unwrap()
}

/// One event of a watch: the snapshot that others hold is copied and changed, three pins and the screen are decided, and a
/// frame is drawn.
#[divan::bench]
fn event_to_pins_and_frame(bencher: Bencher<'_, '_>) {
    let mut state = watching();
    let mut terminal = Terminal::new(TestBackend::new(120, 40)).unwrap();
    let (mut memory, binding) = (Memory::default(), binding());
    bencher.bench_local(|| {
        let mut snapshot = Snapshot::clone(&SNAPSHOT);
        snapshot.apply(Change::Upsert(black_box(binding.clone())));
        let session = state.session;
        send(&mut state, Message::Session(session, When::default(), Event::Snapshot(Arc::new(snapshot))));
        terminal.draw(|frame| draw(&state, &mut memory, frame)).unwrap();
    });
}

/// A frame alone.
#[divan::bench]
fn frame(bencher: Bencher<'_, '_>) {
    let state = watching();
    let mut terminal = Terminal::new(TestBackend::new(120, 40)).unwrap();
    let mut memory = Memory::default();
    bencher.bench_local(|| terminal.draw(|frame| draw(black_box(&state), &mut memory, frame)).map(|_| ()).unwrap());
}
