//! Effects done: work beside the loop, timers, the clipboard, the background.

use std::io;
use std::time::{Duration, Instant};

use secrecy::ExposeSecret as _;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::AbortHandle;

use super::outside::{Outside, Review, Tell};
use super::{End, Input, Taken};
use crate::base::Failure;
use crate::source::live::log_in;
use crate::tui::message::{Effect, Message, Pace, Ticket, When};
use crate::tui::{Live, effect};
use crate::view::change::Wish;

/// How long a toast stays.
const TOAST: Duration = Duration::from_secs(6);

/// How often the time is told while something runs.
const TICK: Duration = Duration::from_millis(200);

/// How often the time is told where seconds are counted.
const SECOND: Duration = Duration::from_secs(1);

/// How long after the terminal was lent an interrupt was meant for whoever had it.
const MEANT: Duration = Duration::from_millis(500);

/// How long a token is seen.
const SEEN: Duration = Duration::from_secs(10);

/// How often the time is told that is left of what is presented.
const MINUTE: Duration = Duration::from_mins(1);

/// What effects do to the terminal, apart from drawing.
pub trait Desk {
    /// Puts a text into the clipboard of whoever looks at the screen.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    fn copy(&mut self, text: &str) -> io::Result<()>;
    /// Gives the terminal back and stops the program until somebody brings it to the front; false where nobody could.
    ///
    /// # Errors
    /// When the terminal cannot be had again.
    fn stop(&mut self) -> io::Result<bool>;
    /// Gives the terminal to something else in the foreground, and takes it again.
    ///
    /// # Errors
    /// When the terminal cannot be had again.
    fn lend(&mut self, other: &mut (dyn FnMut() -> Result<String, Failure> + Send)) -> io::Result<Result<String, Failure>>;
    /// Takes the terminal again, after the program was stopped.
    ///
    /// # Errors
    /// When the terminal cannot be had again.
    fn take_again(&mut self) -> io::Result<()>;
}

/// Starts effects; their results come back through the queue.
#[derive(Debug)]
pub struct Performer {
    sender: UnboundedSender<Input>,
    /// The question that is being decided; a newer one ends the wait for it.
    deciding: Option<AbortHandle>,
    clock: Clock,
    /// When the terminal came back that was lent last.
    back: Option<Instant>,
    /// The live side, where contexts lead to clusters.
    outside: Option<Outside>,
}

/// Tells the moment that it is.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// When the program began.
    began: Instant,
}

impl Performer {
    /// Effects whose results go into this queue.
    pub fn new(sender: UnboundedSender<Input>) -> Self {
        Self { sender, deciding: None, clock: Clock { began: Instant::now() }, back: None, outside: None }
    }

    /// The same, where contexts lead to clusters; the contexts are listed at once.
    pub fn live(sender: UnboundedSender<Input>, live: Live) -> Self {
        let mut outside = Outside::new(live);
        outside.watch(&sender);
        let performer = Self { outside: Some(outside), ..Self::new(sender) };
        performer.list();
        performer
    }

    /// Lists the contexts.
    fn list(&self) {
        if let Some(outside) = &self.outside {
            let (path, memory, handed) = (outside.live().kubeconfig.clone(), outside.switch().memory().clone(), outside.handed());
            self.work(move || Message::Contexts(effect::contexts(path.as_deref(), &memory, &handed)));
        }
    }

    /// Starts effects.
    pub(super) fn start(&mut self, effects: Vec<Effect>, desk: &mut impl Desk) -> io::Result<Taken> {
        let mut taken = Taken::Message;
        for effect in effects {
            match effect {
                Effect::Quit => return Ok(Taken::End(End::Quit)),
                Effect::Redraw => taken = Taken::Redraw,
                Effect::Suspend => {
                    if desk.stop()? {
                        taken = Taken::Redraw;
                    }
                }
                Effect::Decide { ticket, question, scene } => {
                    let when = self.when();
                    let newer = self.work(move || Message::Decided(ticket, when, effect::decide(&question, &scene)));
                    if matches!(ticket, Ticket::Screen(_))
                        && let Some(older) = self.deciding.replace(newer)
                    {
                        older.abort();
                    }
                }
                Effect::Prepare { generation, task, scene } => {
                    self.work(move || Message::Prepared(generation, effect::prepare(&task, &scene)));
                }
                Effect::TickLater(pace) => {
                    let after = match pace {
                        Pace::Running => TICK,
                        Pace::Ending => MINUTE,
                        Pace::Counting => SECOND,
                        Pace::Once => Duration::ZERO,
                    };
                    self.later(after, move |when| Message::Tick(pace, when));
                }
                Effect::List => self.list(),
                Effect::Plan { number, wish: Wish::Add(found) } => {
                    if let Some(outside) = &mut self.outside {
                        outside.add(number, *found, &self.sender);
                    }
                }
                Effect::Plan { number, wish } => {
                    if let Some(switch) = self.outside.as_ref().map(|outside| outside.switch().clone()) {
                        self.work(move || Message::Planned(number, effect::change::plan(&switch, wish).map(Box::new)));
                    }
                }
                Effect::Change { number, planned } => {
                    if let Some(switch) = self.outside.as_ref().map(|outside| outside.switch().clone()) {
                        self.work(move || Message::Changed(number, effect::change::make(&switch, &planned)));
                    }
                }
                Effect::Shell(context) => {
                    if let Some(outside) = &self.outside {
                        let path = outside.live().kubeconfig.clone();
                        let ended = desk.lend(&mut || effect::change::shell(path.as_deref(), &context))?;
                        let _ = self.sender.send(Input::Message(Message::ShellEnded(ended)));
                        taken = Taken::Redraw;
                    }
                }
                Effect::LogIn(target) => {
                    if let Some(outside) = &self.outside {
                        let options = outside.live().options.clone();
                        let ended = desk.lend(&mut || log_in(&target, &options))?;
                        self.back = Some(Instant::now());
                        let _ = self.sender.send(Input::Message(Message::LoggedIn(ended)));
                        taken = Taken::Redraw;
                    }
                }
                Effect::CopySecret(secret) => {
                    desk.copy(secret.expose_secret())?;
                    let _ = self.sender.send(Input::Message(Message::Copied("the token".to_owned(), secret.expose_secret().len())));
                }
                Effect::HideLater(number) => self.later(SEEN, move |_| Message::Hide(number)),
                Effect::Search(_)
                | Effect::Allow(_)
                | Effect::StopSearch
                | Effect::Open { .. }
                | Effect::Cancel(_)
                | Effect::Refresh
                | Effect::Review { .. }
                | Effect::Tell { .. } => {
                    self.go_outside(effect);
                }
                Effect::Copy { what, text } => {
                    desk.copy(&text)?;
                    // what nobody waits for any more is let go
                    let _ = self.sender.send(Input::Message(Message::Copied(what, text.len())));
                }
                Effect::ToastLater(number) => self.later(TOAST, move |_| Message::ToastOver(number)),
            }
        }
        Ok(taken)
    }

    /// Does what only live contexts ask for.
    fn go_outside(&mut self, effect: Effect) {
        if matches!(effect, Effect::Refresh) {
            self.list();
        }
        let Some(outside) = &mut self.outside else { return };
        match effect {
            Effect::Open { session, context, file } => outside.open(session, context, file, &self.sender, self.clock),
            Effect::Allow(file) => outside.allow(file),
            Effect::Search(number) => outside.search(number, &self.sender),
            Effect::StopSearch => outside.stop_search(),
            Effect::Cancel(step) => outside.cancel(step),
            Effect::Refresh => outside.refresh(),
            Effect::Tell { generation, matrix, notes, scene } => {
                outside.tell(Tell { generation, matrix, notes, scene }, &self.sender);
            }
            Effect::Review { ticket, identity, requests, after } => {
                let review = Review { ticket, identity, requests, after };
                outside.review(review, &self.sender);
            }
            _ => {}
        }
    }

    /// Whether an interrupt that is heard now was meant for a plugin that had the terminal: it is in our own group, so that
    /// its keys reach both, and nothing was heard here meanwhile.
    pub(super) fn was_lent(&self) -> bool {
        self.back.is_some_and(|back| back.elapsed() < MEANT)
    }

    /// Sends a message after a while.
    fn later(&self, after: Duration, message: impl FnOnce(When) -> Message + Send + 'static) {
        let (sender, clock) = (self.sender.clone(), self.clock);
        tokio::spawn(async move {
            tokio::time::sleep(after).await;
            let _ = sender.send(Input::Message(message(clock.now())));
        });
    }

    /// The moment that it is.
    pub fn when(&self) -> When {
        self.clock.now()
    }

    /// Does work beside the loop.
    pub(super) fn work(&self, work: impl FnOnce() -> Message + Send + 'static) -> AbortHandle {
        let sender = self.sender.clone();
        let task = tokio::spawn(async move {
            let input = match tokio::task::spawn_blocking(work).await {
                Ok(message) => Input::Message(message),
                Err(error) => match error.try_into_panic() {
                    Ok(payload) => Input::Panicked(payload),
                    Err(_) => return,
                },
            };
            let _ = sender.send(input);
        });
        task.abort_handle()
    }
}

impl Clock {
    /// The moment that it is: the time of day in UTC, and since the program began.
    pub fn now(self) -> When {
        let unix = jiff::Timestamp::now().as_second();
        let now = unix.rem_euclid(86_400);
        let clock = format!("{:02}:{:02}:{:02}Z", now / 3600, now / 60 % 60, now % 60);
        When { clock, elapsed: self.began.elapsed(), unix: Some(unix) }
    }
}
