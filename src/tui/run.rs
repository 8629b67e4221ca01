//! The loop: what happens goes in, frames come out; nothing turns while nothing happens.
//!
//! Keys, signals and results of effects arrive in one queue. All that is queued is taken before a frame is drawn, and a
//! frame is drawn at most every ten milliseconds.

mod outside;
mod perform;
mod signals;

use std::any::Any;
use std::io::{self, IsTerminal, stdout};
use std::mem::ManuallyDrop;
use std::panic::resume_unwind;
use std::time::Duration;

use crossterm::event::{Event, EventStream};
use futures::StreamExt;
use ratatui::Terminal;
use ratatui::backend::{Backend, CrosstermBackend};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};

use super::draw::{Memory, draw};
use super::message::Message;
use super::screens::Screen;
use super::screens::walk::Walk;
use super::state::{History, State, Toast};
use super::theme::Theme;
use super::update::update;
use super::{Options, Origin, effect, keymap, terminal};
use crate::base::Failure;
use crate::view::question::{Fields, Question, Words};
pub use perform::{Desk, Performer};

/// The shortest time between two frames.
const FRAME: Duration = Duration::from_millis(10);
/// The signal of ctrl-c where a terminal makes one of it.
const INTERRUPT: u8 = 2;
/// Facts that are there within this time are in the first frame.
const GRACE: Duration = Duration::from_millis(6);

/// What arrives in the queue.
#[derive(Debug)]
pub enum Input {
    /// Something that happened in the terminal.
    Event(Event),
    /// What an effect came to.
    Message(Message),
    /// The terminal is gone.
    Lost,
    /// A signal that ends the program, by its number.
    Signal(u8),
    /// The program was stopped and goes on.
    Continued,
    /// An effect panicked.
    Panicked(Box<dyn Any + Send>),
}

/// What ended the loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Somebody quit, or the terminal is gone.
    Quit,
    /// A signal, by its number.
    Signal(u8),
}

/// Runs until the end; the status is that of the process.
///
/// # Errors
/// Without a terminal, when it is lost, and when the facts cannot be loaded.
pub fn run(options: Options) -> Result<u8, Failure> {
    if !stdout().is_terminal() || !terminal::has_keyboard() {
        return Err(Failure::usage("the terminal UI needs a terminal").hint(super::PRINTING));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(format!("cannot start: {error}")))?;
    let result = runtime.block_on(on_terminal(options));
    // a task that is still loading is not waited for
    runtime.shutdown_background();
    match result? {
        End::Quit => Ok(0),
        End::Signal(number) => Ok(128_u8.saturating_add(number)),
    }
}

async fn on_terminal(options: Options) -> Result<End, Failure> {
    let (mut state, origin) = start(options);
    let (sender, mut inbox) = unbounded_channel();
    let mut performer = match origin {
        Origin::Live(live) => Performer::live(sender.clone(), live),
        Origin::Recorded(load) => {
            let performer = Performer::new(sender.clone());
            performer.work(move || effect::load(load()));
            performer
        }
    };
    // facts that cannot be read need no screen to say so
    if let Ok(Some(first)) = timeout(GRACE, inbox.recv()).await {
        take(&mut state, first, &mut performer, &mut terminal::Here::default())?;
    }
    if let Some(failure) = &state.failed {
        return Err(failure.clone());
    }
    let held = terminal::Held::take().map_err(|error| lost(&error))?;
    // shown by `held`; its own drop complains to a standard error that may be as gone as the terminal, and panics
    let mut screen = ManuallyDrop::new(Terminal::new(CrosstermBackend::new(stdout())).map_err(|error| lost(&error))?);
    let mut desk = terminal::Here::new(listen(&sender).map_err(|error| lost(&error))?);
    signals::listen(&sender).map_err(|error| lost(&error))?;
    let end = live(&mut state, &mut screen, &mut inbox, &mut performer, &mut desk).await;
    drop(held);
    match (&state.failed, end) {
        // what was on the screen that is gone
        (Some(failure), Ok(End::Quit)) => Err(failure.clone()),
        (_, end) => end,
    }
}

fn lost(error: &impl std::fmt::Display) -> Failure {
    Failure::failed(format!("lost the terminal: {error}"))
}

/// Passes events on, from a thread of their own: when the terminal goes away, crossterm reads its end for ever, and the
/// signal that says so must still be heard.
fn listen(sender: &UnboundedSender<Input>) -> io::Result<Gate> {
    let sender = sender.clone();
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let (close, mut is_closed) = watch::channel(false);
    let (tell, closed) = std::sync::mpsc::channel();
    let pass_on = async move {
        loop {
            let mut events = EventStream::new();
            loop {
                let event = tokio::select! {
                    event = events.next() => event,
                    _ = is_closed.wait_for(|is_closed| *is_closed) => break,
                };
                let Some(Ok(event)) = event else {
                    let _ = sender.send(Input::Lost);
                    return;
                };
                if sender.send(Input::Event(event)).is_err() {
                    return;
                }
            }
            // keys are somebody else's now
            drop(events);
            if tell.send(()).is_err() || is_closed.wait_for(|is_closed| !*is_closed).await.is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new().name("events".to_owned()).spawn(move || runtime.block_on(pass_on))?;
    Ok(Gate { close, closed })
}

/// What lets keys through; while it is closed they are left to another program in the foreground.
#[derive(Debug)]
pub struct Gate {
    close: watch::Sender<bool>,
    closed: std::sync::mpsc::Receiver<()>,
}

impl Gate {
    /// Does something while no key is taken.
    pub fn closed<T>(&self, work: impl FnOnce() -> T) -> T {
        if self.close.send(true).is_ok() {
            let _ = self.closed.recv();
        }
        let done = work();
        let _ = self.close.send(false);
        done
    }
}

/// Draws and takes what arrives, until something ends it.
///
/// # Errors
/// When the terminal cannot be drawn on.
pub async fn live<B: Backend>(
    state: &mut State,
    screen: &mut Terminal<B>,
    inbox: &mut UnboundedReceiver<Input>,
    performer: &mut Performer,
    desk: &mut impl Desk,
) -> Result<End, Failure>
where
    B::Error: std::fmt::Display,
{
    let size = screen.size().map_err(|error| lost(&error))?;
    performer.start(update(state, Message::Resize(size.width, size.height)), desk).map_err(|error| lost(&error))?;
    let mut memory = Memory::default();
    let mut next_frame = Instant::now();
    let mut is_dirty = true;
    loop {
        let arrived = if is_dirty { timeout_at(next_frame, inbox.recv()).await.ok() } else { Some(inbox.recv().await) };
        let Some(arrived) = arrived else {
            screen.draw(|frame| draw(state, &mut memory, frame)).map_err(|error| lost(&error))?;
            next_frame = Instant::now() + FRAME;
            is_dirty = false;
            continue;
        };
        match take(state, arrived.unwrap_or(Input::Lost), performer, desk)? {
            Taken::End(end) => return Ok(end),
            Taken::Redraw => {
                // `clear` would ask the terminal where the cursor is, and the answer would go to the keys
                let size = screen.size().map_err(|error| lost(&error))?;
                screen.resize(size.into()).map_err(|error| lost(&error))?;
            }
            Taken::Message => {}
        }
        panic_on_request(state);
        is_dirty = true;
    }
}

/// What has become of an input.
enum Taken {
    Message,
    Redraw,
    End(End),
}

fn take(state: &mut State, input: Input, performer: &mut Performer, desk: &mut impl Desk) -> Result<Taken, Failure> {
    let message = match input {
        Input::Event(event) => of_event(event),
        Input::Message(message) => Some(message),
        Input::Lost => return Ok(Taken::End(End::Quit)),
        Input::Signal(INTERRUPT) if performer.was_lent() => None,
        Input::Signal(number) => return Ok(Taken::End(End::Signal(number))),
        // the hook has given the terminal back and told what it is
        Input::Panicked(payload) => resume_unwind(payload),
        Input::Continued => {
            desk.take_again().map_err(|error| lost(&error))?;
            return Ok(Taken::Redraw);
        }
    };
    let effects = message.map(|message| update(state, message)).unwrap_or_default();
    performer.start(effects, desk).map_err(|error| lost(&error))
}

fn of_event(event: Event) -> Option<Message> {
    match event {
        Event::Key(key) => keymap::name(key).map(Message::Key),
        Event::Paste(text) => Some(Message::Paste(text)),
        Event::Resize(width, height) => Some(Message::Resize(width, height)),
        _ => None,
    }
}

/// The state to start with, and where contexts lead.
fn start(options: Options) -> (State, Origin) {
    let mut state = State::new(Theme { color: options.color, ascii: options.ascii }, options.demo, (80, 24));
    state.wanted_context = options.context;
    // it stays until a key is pressed
    state.toast = options.notice.map(|text| Toast { text, number: u64::MAX });
    state.source.extend(options.flags);
    state.is_live = matches!(options.origin, Origin::Live(_));
    // the demo starts with a question worth looking at
    let asks = options.demo && options.request.is_empty() && options.identity.is_none();
    let request = if asks { ["delete", "pods"].map(str::to_owned).to_vec() } else { options.request };
    let mut words = request.into_iter();
    let mut word = || words.next().unwrap_or_default();
    let fields = Fields { verb: word(), resource: word(), name: word(), namespace: options.namespace.unwrap_or_default() };
    let identity = options.identity.unwrap_or_default();
    state.question = Question { words: Words::Fields(fields), identity, groups: options.groups.join(", "), ..Question::default() };
    if asks {
        "alice".clone_into(&mut state.question.identity);
        if let Words::Fields(fields) = &mut state.question.words
            && fields.namespace.is_empty()
        {
            "dev".clone_into(&mut fields.namespace);
        }
    }
    if state.is_live && state.question.is_empty() {
        // what comes first once the kubeconfig is read, so that nothing jumps
        state.history = History::new(Screen::Walk(Walk::default()));
    }
    (state, options.origin)
}

/// Lets a test see what a panic leaves on the screen; only in debug builds.
#[cfg(debug_assertions)]
fn panic_on_request(state: &State) {
    let is_asked = std::env::var_os("WHYCAN_TEST_PANIC").is_some() && matches!(state.overlay, super::state::Overlay::Help(_));
    assert!(!is_asked, "a panic on request");
}

#[cfg(not(debug_assertions))]
fn panic_on_request(_: &State) {}
