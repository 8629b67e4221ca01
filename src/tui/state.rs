//! The state of the screen: plain values, changed by `update` alone.

mod editor;
mod tree;

use std::sync::Arc;

use super::message::{Answer, Loaded};
use super::theme::Theme;
use crate::authz::{Decision, Index};
use crate::base::Failure;
use crate::source::Cluster;
use crate::view::question::Question;
use crate::view::why::{Shown, Topic};

pub use editor::{Editor, Field};
pub use tree::{Row, Tree};

/// The smallest terminal that is drawn in.
pub const SMALLEST: (u16, u16) = (60, 15);
/// From this width on the detail stands beside the tree.
pub const WIDE: u16 = 100;

/// How far the answer has come.
#[derive(Clone, Debug)]
pub enum Stage {
    /// The facts are being loaded.
    Loading,
    /// There are no facts, and why.
    Failed(Failure),
    /// Nothing has been asked.
    Nothing,
    /// The question is being decided.
    Deciding,
    /// The question could not be read.
    Invalid(Failure),
    /// It is answered.
    Answered(Answer),
}

/// What lies over the screen.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// Nothing.
    None,
    /// The question is being edited.
    Editor(Box<Editor>),
    /// The keys, scrolled down by so many lines.
    Help(u16),
    /// A fix, by position, scrolled down by so many lines.
    Fix(usize, u16),
    /// The contexts, with the one under the cursor.
    Contexts(usize),
}

/// Which part of the screen the keys move in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// The tree.
    Tree,
    /// The details; where there is no room beside the tree they lie over it.
    Details,
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
pub struct State {
    /// How things look.
    pub theme: Theme,
    /// Whether the facts are the demo's.
    pub demo: bool,
    /// The flags that name the facts: `--demo`, `--from PATH`.
    pub source: Vec<String>,
    /// Width and height of the terminal.
    pub size: (u16, u16),
    /// The facts, once they are there.
    pub loaded: Option<Arc<Loaded>>,
    /// The cluster asked about, by position.
    pub cluster: usize,
    /// The question.
    pub question: Question,
    /// How far its answer has come.
    pub stage: Stage,
    /// Which of the answer's requests is shown.
    pub part: usize,
    /// The tree of the request shown.
    pub tree: Tree,
    /// Which part of the screen the keys move in.
    pub focus: Focus,
    /// How many lines the details are scrolled down.
    pub scroll: u16,
    /// What lies over the screen.
    pub overlay: Overlay,
    /// A short word at the bottom.
    pub toast: Option<Toast>,
    /// The questions asked, oldest first.
    pub history: Vec<(usize, Question)>,
    /// Which of them is shown.
    pub at: usize,
    /// Whether an answer is awaited; the one before stays on the screen until then.
    pub is_deciding: bool,
    /// The generation of the answer that is awaited.
    pub generation: u64,
    /// How many toasts there have been.
    pub toasts: u64,
    /// The context to start in.
    pub wanted_context: Option<String>,
}

impl State {
    /// The state before anything is loaded.
    pub fn new(theme: Theme, demo: bool, size: (u16, u16)) -> Self {
        Self {
            theme,
            demo,
            source: if demo { vec!["--demo".to_owned()] } else { Vec::new() },
            size,
            loaded: None,
            cluster: 0,
            question: Question::default(),
            stage: Stage::Loading,
            part: 0,
            tree: Tree::default(),
            focus: Focus::Tree,
            scroll: 0,
            overlay: Overlay::None,
            toast: None,
            history: Vec::new(),
            at: 0,
            is_deciding: false,
            generation: 0,
            toasts: 0,
            wanted_context: None,
        }
    }

    /// The cluster asked about.
    pub fn cluster(&self) -> Option<&Cluster> {
        self.loaded.as_ref()?.world.clusters.get(self.cluster)
    }

    /// The flags that say where the facts come from.
    pub fn flags(&self) -> Vec<String> {
        let mut flags = self.source.clone();
        let is_current = self.loaded.as_ref().is_some_and(|loaded| loaded.world.current_context.as_deref() == self.context());
        if let Some(context) = self.context().filter(|_| !is_current) {
            flags.push(format!("--context {}", crate::authz::quote_for_shell(context)));
        }
        flags
    }

    /// Its index.
    pub fn index(&self) -> Option<&Arc<Index>> {
        self.loaded.as_ref()?.indices.get(self.cluster)
    }

    /// Its context, when it has one.
    pub fn context(&self) -> Option<&str> {
        self.cluster()?.context.as_deref()
    }

    /// The answer, when there is one.
    pub fn answer(&self) -> Option<&Answer> {
        match &self.stage {
            Stage::Answered(answer) => Some(answer),
            _ => None,
        }
    }

    /// The decision that is shown.
    pub fn decision(&self) -> Option<&Arc<Decision>> {
        self.answer()?.parts.get(self.part).map(|(_, decision)| decision)
    }

    /// The answer as the tree shows it.
    pub fn shown(&self) -> Option<Shown<'_>> {
        let answer = self.answer()?;
        Some(Shown { parts: &answer.parts, part: self.part, read_as: &answer.read_as, notes: &answer.notes })
    }

    /// What the row under the cursor is about.
    pub fn topic(&self) -> Option<Topic> {
        self.tree.topic()
    }

    /// Whether the details stand beside the tree.
    pub fn is_wide(&self) -> bool {
        self.size.0 >= WIDE
    }
}
