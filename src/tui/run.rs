//! The loop: events and results in, frames out; nothing turns while nothing happens.

use std::io::{IsTerminal, stdin, stdout};
use std::time::Duration;

use crossterm::event::{Event, EventStream};
use futures::StreamExt;
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::{Terminal, TerminalOptions, Viewport};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::draw::{Memory, draw};
use super::message::{Effect, Message};
use super::state::{Question, State};
use super::theme::Theme;
use super::update::update;
use super::{Options, effect, keymap, terminal};
use crate::base::Failure;

/// How long a toast stays.
const TOAST: Duration = Duration::from_secs(6);

/// What ends the loop.
enum End {
    Quit,
    /// A signal, by its number.
    Signal(u8),
}

/// Runs until the end; the status is that of the process.
pub fn run(options: Options) -> Result<u8, Failure> {
    if !stdout().is_terminal() || !stdin().is_terminal() {
        return Err(Failure::usage("the terminal UI needs a terminal on standard input and output")
            .hint("These commands print: why, who-can, can, rules, identities, lint, review."));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(format!("cannot start: {error}")))?;
    let result = runtime.block_on(async {
        let held = terminal::Held::take().map_err(|error| lost(&error))?;
        let backend = CrosstermBackend::new(stdout());
        let mut terminal = Terminal::with_options(backend, TerminalOptions { viewport: Viewport::Fullscreen }).map_err(|error| lost(&error))?;
        let end = live(options, &mut terminal).await;
        drop(held);
        end
    });
    // a task that is still loading is not waited for
    runtime.shutdown_background();
    match result? {
        End::Quit => Ok(0),
        End::Signal(number) => Ok(128_u8.saturating_add(number)),
    }
}

fn lost(error: &impl std::fmt::Display) -> Failure {
    Failure::failed(format!("lost the terminal: {error}"))
}

async fn live<B: Backend>(options: Options, terminal: &mut Terminal<B>) -> Result<End, Failure>
where
    B::Error: std::fmt::Display,
{
    let size = terminal.size().map_err(|error| lost(&error))?;
    let mut state = start(&options, (size.width, size.height));
    let mut memory = Memory::default();
    let (sender, mut results) = unbounded_channel();
    let mut events = EventStream::new();
    let mut signals = Signals::new().map_err(|error| lost(&error))?;
    // the first frame before anything is read
    paint(terminal, &state, &mut memory)?;
    let load = options.load;
    spawn(&sender, move || effect::load(load()));
    loop {
        let message = tokio::select! {
            event = events.next() => match event {
                Some(Ok(event)) => of_event(event),
                // the terminal is gone: there is nobody to tell
                Some(Err(_)) | None => return Ok(End::Quit),
            },
            result = results.recv() => result,
            signal = signals.next() => return Ok(End::Signal(signal)),
        };
        let mut effects = message.map(|message| update(&mut state, message)).unwrap_or_default();
        // everything that has already happened goes into the same frame
        while let Ok(message) = results.try_recv() {
            effects.extend(update(&mut state, message));
        }
        while let Some(Some(Ok(event))) = futures::FutureExt::now_or_never(events.next()) {
            effects.extend(of_event(event).map(|message| update(&mut state, message)).unwrap_or_default());
        }
        if perform(effects, &sender, terminal, &mut events)? {
            return Ok(End::Quit);
        }
        panic_on_request(&state);
        paint(terminal, &state, &mut memory)?;
    }
}

/// The state to start with.
fn start(options: &Options, size: (u16, u16)) -> State {
    let mut state = State::new(Theme { color: options.color, ascii: options.ascii }, options.demo, size);
    state.wanted_context.clone_from(&options.context);
    let identity = options.identity.clone().unwrap_or_default();
    let namespace = options.namespace.clone().unwrap_or_default();
    state.question = match options.request.as_slice() {
        [verb, resource, rest @ ..] => Question {
            verb: verb.clone(),
            resource: resource.clone(),
            name: rest.first().cloned().unwrap_or_default(),
            namespace,
            identity,
            text: None,
        },
        // the demo starts with a question worth looking at
        _ if options.demo && identity.is_empty() => Question {
            verb: "delete".to_owned(),
            resource: "pods".to_owned(),
            namespace: if namespace.is_empty() { "dev".to_owned() } else { namespace },
            identity: "alice".to_owned(),
            ..Question::default()
        },
        _ => Question { namespace, identity, ..Question::default() },
    };
    state
}

fn paint<B: Backend>(terminal: &mut Terminal<B>, state: &State, memory: &mut Memory) -> Result<(), Failure>
where
    B::Error: std::fmt::Display,
{
    terminal.draw(|frame| draw(state, memory, frame)).map(drop).map_err(|error| lost(&error))
}

fn of_event(event: Event) -> Option<Message> {
    match event {
        Event::Key(key) => keymap::name(key).map(Message::Key),
        Event::Paste(text) => Some(Message::Paste(text)),
        Event::Resize(width, height) => Some(Message::Resize(width, height)),
        _ => None,
    }
}

/// Does what is to be done outside; true at the end.
fn perform<B: Backend>(
    effects: Vec<Effect>,
    sender: &UnboundedSender<Message>,
    terminal: &mut Terminal<B>,
    events: &mut EventStream,
) -> Result<bool, Failure>
where
    B::Error: std::fmt::Display,
{
    for effect in effects {
        match effect {
            Effect::Quit => return Ok(true),
            Effect::Decide { generation, question, facts, index, context } => {
                spawn(sender, move || Message::Decided(generation, effect::decide(&question, &facts, &index, context.as_ref())));
            }
            Effect::Copy { what, text } => {
                let bytes = text.len();
                terminal::copy(&text).map_err(|error| lost(&error))?;
                let _ = sender.send(Message::Copied(what, bytes));
            }
            Effect::ToastLater(number) => {
                let sender = sender.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(TOAST).await;
                    let _ = sender.send(Message::ToastOver(number));
                });
            }
            Effect::Suspend => suspend(terminal, events)?,
        }
    }
    Ok(false)
}

/// Work beside the loop; its result comes back as a message, or is dropped when nobody waits any more.
fn spawn(sender: &UnboundedSender<Message>, work: impl FnOnce() -> Message + Send + 'static) {
    let sender = sender.clone();
    tokio::task::spawn_blocking(move || {
        let _ = sender.send(work());
    });
}

/// Gives the terminal back, stops, and takes it again when the shell brings us to the front.
fn suspend<B: Backend>(terminal: &mut Terminal<B>, events: &mut EventStream) -> Result<(), Failure>
where
    B::Error: std::fmt::Display,
{
    if !super::terminal::can_be_resumed() {
        return Ok(());
    }
    super::terminal::stop();
    *events = EventStream::new();
    terminal.clear().map_err(|error| lost(&error))
}

/// The signals that end the program.
struct Signals {
    received: UnboundedReceiver<u8>,
}

impl Signals {
    #[cfg(unix)]
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let (sender, received) = unbounded_channel();
        for kind in [SignalKind::hangup(), SignalKind::interrupt(), SignalKind::terminate()] {
            let mut stream = signal(kind)?;
            let sender = sender.clone();
            let number = u8::try_from(kind.as_raw_value()).unwrap_or(15);
            tokio::spawn(async move {
                while stream.recv().await.is_some() {
                    let _ = sender.send(number);
                }
            });
        }
        Ok(Self { received })
    }

    #[cfg(not(unix))]
    fn new() -> std::io::Result<Self> {
        let (sender, received) = unbounded_channel();
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                let _ = sender.send(2);
            }
        });
        Ok(Self { received })
    }

    async fn next(&mut self) -> u8 {
        match self.received.recv().await {
            Some(number) => number,
            // without signals there is nothing to wait for
            None => std::future::pending().await,
        }
    }
}

/// Lets a test see what a panic leaves on the screen; only in debug builds.
#[cfg(debug_assertions)]
#[expect(clippy::panic, reason = "the test of panics needs one")]
fn panic_on_request(state: &State) {
    if std::env::var_os("WHYCAN_TEST_PANIC").is_some() && matches!(state.overlay, super::state::Overlay::Help(_)) {
        panic!("a panic on request");
    }
}

#[cfg(not(debug_assertions))]
fn panic_on_request(_: &State) {}
