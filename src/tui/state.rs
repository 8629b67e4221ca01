//! The state of the screen: plain values, changed by `update` alone.

mod asking;
mod changing;
mod discovery;
mod editor;
mod history;
mod line;
mod pins;
mod rows;
mod tree;

use std::sync::Arc;
use std::time::Duration;

use super::message::{Loaded, Pace, When};
use super::scene::{Beyond, Context, Further, Scene};
use super::screens::why::Why;
use super::screens::{Around, Screen};
use super::theme::Theme;
use crate::base::Failure;
use crate::credential::Decoded;
use crate::kubeconfig::{Exec, Way};
use crate::session::{Step, Walk};
use crate::view::question::Question;

pub use asking::{Asking, Pasting};
pub use changing::{Changing, Stage as ChangeStage};
pub use discovery::{Discovery, Search};
pub use editor::{Editor, Field};
pub use history::{History, Visit};
pub use line::CommandLine;
pub use pins::{Flip, Pin};
pub use rows::{About, Rows};
pub use tree::{Row, Tree};

/// The smallest terminal that is drawn in.
pub const SMALLEST: (u16, u16) = (60, 15);
/// From this width on details stand beside what they are about.
pub const WIDE: u16 = 100;

/// What lies over the screen.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// Nothing.
    None,
    /// The question is being edited.
    Editor(Box<Editor>),
    /// A command is being typed.
    Command(Box<CommandLine>),
    /// What rows must hold is being typed.
    Filter(tui_input::Input),
    /// A change of kubeconfigs is shown before it is made.
    Change(Box<Changing>),
    /// Something is asked before it is done.
    Ask(Box<Asking>),
    /// A token is being pasted.
    Paste(Pasting),
    /// The keys, scrolled down by so many lines.
    Help(u16),
}

/// A short word at the bottom, and its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// The word.
    pub text: String,
    /// Which one it is, so that an older timer does not take a newer one away.
    pub number: u64,
}

/// The whole state.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each says something of its own")]
pub struct State {
    /// How things look.
    pub theme: Theme,
    /// Whether the facts are the demo's.
    pub demo: bool,
    /// The flags that name the facts: `--demo`, `--from PATH`.
    pub source: Vec<String>,
    /// Width and height of the terminal.
    pub size: (u16, u16),
    /// Why there is nothing to look at.
    pub failed: Option<Failure>,
    /// Recorded facts, once they are there.
    pub loaded: Option<Arc<Loaded>>,
    /// The contexts that can be looked into.
    pub contexts: Arc<[Context]>,
    /// What is wrong with files that contexts come from, as sentences.
    pub problems: Arc<[String]>,
    /// Kubeconfigs that kubectl does not see.
    pub further: Arc<[Further]>,
    /// What is looked for in AWS.
    pub discovery: Arc<Discovery>,
    /// Whether the contexts have been listed.
    pub is_listed: bool,
    /// Whether contexts lead to clusters, and not to recorded facts.
    pub is_live: bool,
    /// Whether a context is open.
    pub is_open: bool,
    /// Which one; none where there are no contexts.
    pub context: Option<String>,
    /// The namespace that was typed, instead of the context's.
    pub namespace: Option<String>,
    /// What the stages of the open context have come to.
    pub walk: Walk,
    /// When each stage began that is running.
    pub began: Vec<(Step, Duration)>,
    /// The number of the session that is open.
    pub session: u64,
    /// The screens that were looked at.
    pub history: History,
    /// What lies over the screen.
    pub overlay: Overlay,
    /// A short word at the bottom.
    pub toast: Option<Toast>,
    /// How many toasts there have been.
    pub toasts: u64,
    /// The question asked last.
    pub question: Question,
    /// The generation of what is awaited last.
    pub generation: u64,
    /// How many changes of kubeconfigs were asked for.
    pub changes: u64,
    /// The questions that are watched.
    pub pins: Vec<Pin>,
    /// What the clock said last.
    pub now: When,
    /// Why the time will be told.
    pub ticking: Vec<Pace>,
    /// What the clock said when what is known of the cluster began to be stale.
    pub stale_since: Option<String>,
    /// The generation of what is being computed for the screen.
    pub preparing: Option<u64>,
    /// Whether the facts have changed since that began.
    pub is_outdated: bool,
    /// The context to start in.
    pub wanted_context: Option<String>,
    /// The kubeconfigs outside of kubectl's view whose plugins may be run: somebody has said so.
    pub allowed: Vec<String>,
    /// The token that was pasted, taken apart, for as long as it is shown.
    pub pasted: Option<Arc<Decoded>>,
    /// The number of the showing of the token itself, while it is seen.
    pub revealed: Option<u64>,
    /// How many of these there have been.
    pub reveals: u64,
}

impl State {
    /// The state before anything is loaded.
    pub fn new(theme: Theme, demo: bool, size: (u16, u16)) -> Self {
        Self {
            theme,
            demo,
            source: if demo { vec!["--demo".to_owned()] } else { Vec::new() },
            size,
            failed: None,
            loaded: None,
            contexts: Arc::default(),
            problems: Arc::default(),
            further: Arc::default(),
            discovery: Arc::default(),
            is_listed: false,
            is_live: false,
            is_open: false,
            context: None,
            namespace: None,
            walk: Walk::default(),
            began: Vec::new(),
            session: 0,
            history: History::new(Screen::Why(Box::default())),
            overlay: Overlay::None,
            toast: None,
            toasts: 0,
            question: Question::default(),
            generation: 0,
            changes: 0,
            pins: Vec::new(),
            now: When::default(),
            ticking: Vec::new(),
            stale_since: None,
            preparing: None,
            is_outdated: false,
            wanted_context: None,
            allowed: Vec::new(),
            pasted: None,
            revealed: None,
            reveals: 0,
        }
    }

    /// The screen that is shown.
    pub fn screen(&self) -> &Screen {
        &self.history.now.screen
    }

    /// The why screen, when it is shown.
    pub fn why(&self) -> Option<&Why> {
        match self.screen() {
            Screen::Why(why) => Some(why),
            _ => None,
        }
    }

    /// The open context, as questions see it.
    pub fn scene(&self) -> Option<Scene> {
        let of_target = || self.walk.target.as_ref().and_then(|target| target.namespace.clone());
        let of_row = || self.row().and_then(|row| row.namespace.clone());
        self.is_open.then(|| Scene {
            context: self.context.clone(),
            namespace: self.namespace.clone().or_else(of_target).or_else(of_row),
            snapshot: self.walk.snapshot.clone().unwrap_or_default(),
            caller: self.walk.caller.clone(),
            is_live: self.is_live,
        })
    }

    /// The open context among those that can be looked into.
    pub fn row(&self) -> Option<&Context> {
        self.contexts.iter().find(|row| self.is_open && row.name == self.context)
    }

    /// What a screen sees of everything else.
    pub fn around(&self) -> Around {
        let areas = super::draw::areas(self, ratatui::layout::Rect::new(0, 0, self.size.0, self.size.1));
        Around {
            theme: self.theme,
            body: areas.body,
            over: areas.over,
            is_wide: self.is_wide(),
            flags: self.flags(),
            pins: self.pins.iter().map(|pin| pin.number).collect(),
            scene: self.scene(),
            length: self.screen().face().length(self, areas.body.width),
        }
    }

    /// How many seconds are left of what is presented, where that is little: less than a day; none or less when it ended.
    pub fn left(&self) -> Option<i64> {
        let left = self.walk.presented.as_ref()?.expires_at?.checked_sub(self.now.unix?)?;
        (self.is_open && left < 86_400).then_some(left)
    }

    /// The pin of a question in the open context.
    pub fn pin_of(&self, question: &Question) -> Option<&Pin> {
        self.pins.iter().find(|pin| pin.context == self.context && pin.question == *question)
    }

    /// The flags that say where the facts come from.
    pub fn flags(&self) -> Vec<String> {
        let mut flags = self.source.clone();
        if let Some((file, context)) = self.beyond(self.context.as_deref().unwrap_or_default()) {
            let [path, name] = [&file.path, &context.name].map(|word| crate::authz::quote_for_shell(word));
            return vec![format!("--kubeconfig {path}"), format!("--context {name}")];
        }
        let is_current = self.row().is_some_and(|row| row.is_current);
        if let Some(context) = self.context.as_deref().filter(|_| !is_current) {
            flags.push(format!("--context {}", crate::authz::quote_for_shell(context)));
        }
        flags
    }

    /// A context of a kubeconfig that kubectl does not see, by what it is called.
    pub fn beyond(&self, called: &str) -> Option<(&Further, &Beyond)> {
        let all = self.further.iter().flat_map(|file| file.contexts.iter().map(move |context| (file, context)));
        all.into_iter().find(|(file, context)| file.called(context) == called)
    }

    /// Whether settings call the open context a production one.
    pub fn is_production(&self) -> bool {
        let beyond = || self.beyond(self.context.as_deref().filter(|_| self.is_open)?).map(|(_, context)| context.is_production);
        self.row().map_or_else(|| beyond().unwrap_or_default(), |row| row.is_production)
    }

    /// The plugin whose answer the open context presents.
    pub fn plugin(&self) -> Option<&Exec> {
        let user = &self.walk.target.as_ref().filter(|_| self.is_open)?.user;
        user.exec.as_ref().filter(|_| user.way() == Way::Exec)
    }

    /// Whether details stand beside what they are about.
    pub fn is_wide(&self) -> bool {
        self.size.0 >= WIDE
    }
}
