//! The screens. Each has its state, what actions mean there, and how it is drawn; the frame around them is common.

pub mod cluster;
pub mod contexts;
pub mod findings;
pub mod identities;
pub mod list;
pub mod mapping;
pub mod matrix;
pub mod rules;
pub mod token;
pub mod walk;
pub mod who_can;
pub mod why;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::draw::Memory;
use super::message::{Effect, Prepared, Task};
use super::scene::Scene;
use super::state::State;
use super::theme::Theme;
use crate::base::Failure;
use crate::view::actions::Action;
use crate::view::change::Wish;
use crate::view::question::Question;
use crate::view::rules::Wanted;

/// A screen, with its state.
#[derive(Clone, Debug)]
pub enum Screen {
    /// The contexts that can be looked into.
    Contexts(Box<contexts::Contexts>),
    /// The cluster: server, counts, gaps.
    Cluster(cluster::Cluster),
    /// Who one is here, stage by stage.
    Walk(walk::Walk),
    /// What is presented.
    Token(Box<token::Token>),
    /// The answer to a question.
    Why(Box<why::Why>),
    /// Everyone who may.
    WhoCan(Box<who_can::WhoCan>),
    /// All that somebody may.
    Matrix(Box<matrix::Matrix>),
    /// Roles and bindings.
    Rules(Box<rules::Rules>),
    /// Everybody whom objects name.
    Identities(Box<identities::Identities>),
    /// Who is let in under which name.
    Mapping(Box<mapping::Mapping>),
    /// What is wrong with roles and bindings.
    Findings(Box<findings::Findings>),
}

/// What a screen sees of everything else while it acts.
#[derive(Clone, Debug)]
pub struct Around {
    /// How things look.
    pub theme: Theme,
    /// Where the screen is drawn.
    pub body: Rect,
    /// Where something over it is drawn.
    pub over: Rect,
    /// Whether details stand beside what they are about.
    pub is_wide: bool,
    /// The flags that say where the facts come from.
    pub flags: Vec<String>,
    /// The numbers of the pinned questions.
    pub pins: Vec<u64>,
    /// The open context.
    pub scene: Option<Scene>,
    /// How many lines the screen has, where its keys need that.
    pub length: usize,
}

/// What came of an action.
#[derive(Debug)]
pub enum Outcome {
    /// It is done.
    Done,
    /// Something is to be said.
    Say(String),
    /// Something else is to be shown.
    Go(Goal),
    /// A context of a kubeconfig that kubectl does not see is to be looked into, by what it is called.
    LookInto(String),
    /// Something is to be done with the credential.
    Token(token::Deed),
    /// Something is to be done outside.
    Effect(Effect),
    /// A change of kubeconfigs is to be shown, and made when somebody says so.
    Change(Wish),
    /// Clusters are to be looked for in AWS, or no longer.
    Search(bool),
    /// The command line is to be opened with this in it.
    Type(String),
}

/// Something to look at.
#[derive(Clone, Debug)]
pub enum Goal {
    /// The contexts.
    Contexts,
    /// A context's walk.
    Context(Option<String>),
    /// The walk of the open context.
    Walk,
    /// What is presented.
    Token,
    /// The cluster.
    Cluster,
    /// The answer to a question.
    Why(Question),
    /// The answer to a pinned question, by its number, in its context.
    Pin(u64),
    /// Everyone who may.
    WhoCan(Question),
    /// All that somebody may.
    Matrix {
        /// Who: an IDENTITY, or nothing for the caller.
        identity: String,
        /// Groups, with commas.
        groups: String,
        /// The namespace; none for the context's.
        namespace: Option<String>,
    },
    /// Roles and bindings.
    Rules(Wanted),
    /// Everybody whom objects name.
    Identities,
    /// Who is let in under which name.
    Mapping,
    /// What is wrong with roles and bindings.
    Findings,
}

/// What every screen does.
pub trait Face {
    /// What the first line calls it: `who can: get secrets -A`.
    fn title(&self) -> String;

    /// Whom it is about, for the first line.
    fn who(&self) -> String {
        String::new()
    }

    /// What is to be computed of the facts before it can be shown; computed again when they change.
    fn task(&self) -> Option<Task> {
        None
    }

    /// Takes what was computed; the cursor and what is folded stay, by id.
    fn take(&mut self, _prepared: Result<Prepared, Failure>) {}

    /// Whether an action does something here now, or why not; none where it means nothing here.
    fn available(&self, action: Action) -> Option<Result<(), &'static str>>;

    /// Does what an action means here; only called when it is available.
    fn act(&mut self, action: Action, around: &Around) -> Outcome;

    /// What an action is called here, where that is not what it is called everywhere.
    fn word(&self, _action: Action) -> Option<&'static str> {
        None
    }

    /// What rows must hold; none where there are no rows to choose from.
    fn filter(&self) -> Option<&str> {
        None
    }

    /// Shows only the rows that hold this.
    fn set_filter(&mut self, _text: &str) {}

    /// The words of the command that prints the same: `who-can get secrets -A`.
    fn command(&self) -> Option<String> {
        None
    }

    /// The actions that the last line names, most useful first.
    fn hints(&self) -> &'static [Action];

    /// The lines between the first one and the rule: verdict and sentence.
    fn head(&self, state: &State, columns: u16) -> Vec<Line<'static>>;

    /// How many lines there are to scroll through, where its keys need that.
    fn length(&self, _state: &State, _columns: u16) -> usize {
        0
    }

    /// Paints it.
    fn draw(&self, state: &State, memory: &mut Memory, frame: &mut Frame<'_>, area: Rect);
}

impl Screen {
    /// The screen, whichever it is.
    pub fn face(&self) -> &dyn Face {
        match self {
            Self::Contexts(screen) => &**screen,
            Self::Cluster(screen) => screen,
            Self::Walk(screen) => screen,
            Self::Token(screen) => &**screen,
            Self::Why(screen) => &**screen,
            Self::WhoCan(screen) => &**screen,
            Self::Matrix(screen) => &**screen,
            Self::Rules(screen) => &**screen,
            Self::Identities(screen) => &**screen,
            Self::Mapping(screen) => &**screen,
            Self::Findings(screen) => &**screen,
        }
    }

    /// The same, to be changed.
    pub fn face_mut(&mut self) -> &mut dyn Face {
        match self {
            Self::Contexts(screen) => &mut **screen,
            Self::Cluster(screen) => screen,
            Self::Walk(screen) => screen,
            Self::Token(screen) => &mut **screen,
            Self::Why(screen) => &mut **screen,
            Self::WhoCan(screen) => &mut **screen,
            Self::Matrix(screen) => &mut **screen,
            Self::Rules(screen) => &mut **screen,
            Self::Identities(screen) => &mut **screen,
            Self::Mapping(screen) => &mut **screen,
            Self::Findings(screen) => &mut **screen,
        }
    }
}
