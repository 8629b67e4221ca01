//! The state of the screen: plain values, changed by `update` alone.

mod editor;
mod tree;

use std::sync::Arc;

use super::message::{Answer, Loaded};
use super::theme::Theme;
use crate::authz::{Decision, Index};
use crate::base::Failure;
use crate::source::Cluster;

pub use editor::{Editor, Field};
pub use tree::{Row, Tree};

/// The smallest terminal that is drawn in.
pub const SMALLEST: (u16, u16) = (60, 15);
/// From this width on the detail stands beside the tree.
pub const WIDE: u16 = 100;

/// A question, as it was put.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// The fields, as typed.
    pub verb: String,
    /// `pods`, `deployments.apps/scale`, `/metrics`.
    pub resource: String,
    /// The object's name, or empty.
    pub name: String,
    /// The namespace, `*` for all of them, or empty.
    pub namespace: String,
    /// Who asks, as an IDENTITY; empty when a message says it.
    pub identity: String,
    /// A message or a kubectl line that was pasted; then the first three fields are empty.
    pub text: Option<String>,
}

impl Question {
    /// Whether there is nothing to ask yet.
    pub fn is_empty(&self) -> bool {
        self.text.is_none() && self.verb.is_empty() && self.resource.is_empty()
    }

    /// As the first line shows it.
    pub fn summary(&self) -> String {
        if let Some(text) = &self.text {
            return text.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        let mut summary = format!("{} {}", self.verb, self.resource);
        for (before, value) in [(" ", &self.name), (" -n ", &self.namespace)] {
            if !value.is_empty() {
                summary.push_str(if value == "*" && before != " " { " -A" } else { before });
                if value != "*" || before == " " {
                    summary.push_str(value);
                }
            }
        }
        summary.trim().to_owned()
    }

    /// The command that asks the same.
    pub fn command(&self, context: Option<&str>, demo: bool) -> String {
        let quote = crate::authz::quote_for_shell;
        let mut words = vec!["whycan".to_owned()];
        if demo {
            words.push("--demo".to_owned());
        }
        words.push("why".to_owned());
        if let Some(context) = context {
            words.push(format!("--context {}", quote(context)));
        }
        if !self.identity.is_empty() {
            words.push(format!("--as {}", quote(&self.identity)));
        }
        match self.namespace.as_str() {
            "" => {}
            "*" => words.push("-A".to_owned()),
            namespace => words.push(format!("-n {}", quote(namespace))),
        }
        match &self.text {
            Some(text) => words.push(quote(text)),
            None => {
                words.extend([&self.verb, &self.resource, &self.name].into_iter().filter(|word| !word.is_empty()).map(|word| quote(word)))
            }
        }
        words.join(" ")
    }
}

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
    Editor(Editor),
    /// The keys, scrolled down by so many lines.
    Help(u16),
    /// A fix, by position, scrolled down by so many lines.
    Fix(usize, u16),
    /// The detail of the line under the cursor, scrolled down by so many lines.
    Detail(u16),
    /// The contexts, with the one under the cursor.
    Contexts(usize),
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
    /// What lies over the screen.
    pub overlay: Overlay,
    /// A short word at the bottom.
    pub toast: Option<Toast>,
    /// The questions asked, oldest first.
    pub history: Vec<(usize, Question)>,
    /// Which of them is shown.
    pub at: usize,
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
            size,
            loaded: None,
            cluster: 0,
            question: Question::default(),
            stage: Stage::Loading,
            part: 0,
            tree: Tree::default(),
            overlay: Overlay::None,
            toast: None,
            history: Vec::new(),
            at: 0,
            generation: 0,
            toasts: 0,
            wanted_context: None,
        }
    }

    /// The cluster asked about.
    pub fn cluster(&self) -> Option<&Cluster> {
        self.loaded.as_ref()?.world.clusters.get(self.cluster)
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

    /// Whether the detail stands beside the tree.
    pub fn is_wide(&self) -> bool {
        self.size.0 >= WIDE
    }
}
