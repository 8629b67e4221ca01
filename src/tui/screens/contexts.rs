//! The contexts: local data, which waits for nothing. Enter looks into one.

mod details;
mod rows;
mod standing;

use std::sync::Arc;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::list::step;
use super::{Around, Face, Goal, Outcome};
use crate::base::text::count;
use crate::kubeconfig::Change;
use crate::tui::draw::lines::sentence_lines;
use crate::tui::draw::text::safe;
use crate::tui::draw::{Memory, hints, table};
use crate::tui::message::Effect;
use crate::tui::scene::{Context, Further};
use crate::tui::state::{Discovery, Rows, Search, State};
use crate::view::actions::Action;
use crate::view::change::{Found, Wish};
use crate::view::phrase::Tone;
use crate::view::table::{Column, Topic};

pub use standing::Standing;

/// The columns; the kind of cluster goes first where there is no room, then when it was used, then the namespace.
const COLUMNS: [Column; 7] = [
    Column::words("CONTEXT", 26, 0),
    Column::words("STATE", 7, 0),
    Column::words("CREDENTIAL", 16, 1),
    Column::words("CLUSTER", 17, 2),
    Column::words("NAMESPACE", 9, 3),
    Column::words("USED", 5, 4),
    Column::words("PROVIDER", 8, 5),
];

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The contexts.
    pub contexts: &'a Arc<[Context]>,
    /// What is wrong with files.
    pub problems: &'a Arc<[String]>,
    /// Kubeconfigs that kubectl does not see.
    pub further: &'a Arc<[Further]>,
    /// What is looked for in AWS; none where contexts lead to recorded facts.
    pub discovery: Option<&'a Arc<Discovery>>,
    /// Whether they have been listed.
    pub is_listed: bool,
    /// The context that is looked into, and how it stands.
    pub open: Option<(Option<&'a String>, Standing)>,
}

/// What a row is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum About {
    /// A context, by its name; none where facts have no contexts.
    Context(Option<String>),
    /// Contexts that stand together.
    Group(String),
    /// A file that breaks, by position.
    Problem(usize),
    /// Kubeconfigs that kubectl does not see.
    Beyond,
    /// One of them, by position.
    Further(usize),
    /// A context of one of them.
    Outside {
        /// The position of the file.
        file: usize,
        /// What it is called.
        called: String,
    },
    /// All that was found in AWS.
    Aws,
    /// A cluster that was found.
    Found {
        /// The profile that sees it.
        profile: Option<String>,
        /// Its region.
        region: Option<String>,
        /// Its name.
        name: String,
    },
    /// A place of AWS that could not be looked at, by position.
    Failed(usize),
}

/// How contexts are arranged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrangement {
    /// By provider, account and region.
    #[default]
    Place,
    /// As they stand in the files.
    Flat,
    /// By file.
    File,
}

impl Arrangement {
    fn next(self) -> (Self, &'static str) {
        match self {
            Self::Place => (Self::Flat, "the contexts as they stand"),
            Self::Flat => (Self::File, "the contexts by file"),
            Self::File => (Self::Place, "the contexts by place"),
        }
    }
}

/// The screen.
#[derive(Clone, Debug, Default)]
pub struct Contexts {
    /// The contexts, as they were listed last.
    contexts: Arc<[Context]>,
    /// What is wrong with files.
    problems: Arc<[String]>,
    /// Kubeconfigs that kubectl does not see.
    further: Arc<[Further]>,
    /// What is looked for in AWS; none where contexts lead to recorded facts.
    discovery: Option<Arc<Discovery>>,
    /// The same as rows.
    rows: Rows<About>,
    arrangement: Arrangement,
    /// Whether they have been listed.
    is_listed: bool,
    /// The one that is looked into, and how it stands.
    open: Option<(Option<String>, Standing)>,
}

impl Contexts {
    /// Shows what is known; the cursor stays, or starts on the context that is looked into. Rows are laid out when
    /// something was listed anew, and only then.
    pub fn show(&mut self, state: &Shown<'_>) {
        let is_first = self.rows.topic().is_none();
        let open = state.open.map(|(name, standing)| (name.cloned(), standing));
        let before = std::mem::replace(&mut self.open, open);
        let is_same = Arc::ptr_eq(&self.contexts, state.contexts)
            && Arc::ptr_eq(&self.problems, state.problems)
            && Arc::ptr_eq(&self.further, state.further)
            && match (&self.discovery, state.discovery) {
                (Some(one), Some(other)) => Arc::ptr_eq(one, other),
                (one, other) => one.is_none() && other.is_none(),
            };
        let is_same = is_same && self.is_listed == state.is_listed;
        if is_first || !is_same {
            self.is_listed = state.is_listed;
            self.contexts = Arc::clone(state.contexts);
            self.problems = Arc::clone(state.problems);
            self.further = Arc::clone(state.further);
            self.discovery = state.discovery.cloned();
            let rows = self.lay_out();
            self.rows.show(rows);
        } else if before != self.open {
            for (name, _) in before.iter().chain(&self.open) {
                let depth = self.rows.depth(&Topic::Of(About::Context(name.clone())));
                if let Some(row) = depth.and_then(|depth| Some(self.row(self.context(name.as_ref())?, depth))) {
                    self.rows.put(row);
                }
            }
        }
        if let (true, Some((name, _))) = (is_first, &self.open) {
            self.rows.choose(Topic::Of(About::Context(name.clone())));
        }
    }

    fn context(&self, name: Option<&String>) -> Option<&Context> {
        self.contexts.iter().find(|context| context.name.as_ref() == name)
    }

    /// Whether AWS is being asked.
    fn is_searching(&self) -> bool {
        self.discovery.as_ref().is_some_and(|discovery| matches!(discovery.search, Search::Running { .. }))
    }

    /// The context under the cursor.
    fn chosen(&self) -> Option<&Context> {
        match self.rows.topic()? {
            Topic::Of(About::Context(name)) => self.context(name.as_ref()),
            _ => None,
        }
    }

    /// The name of the context under the cursor.
    fn name(&self) -> Option<&String> {
        self.chosen()?.name.as_ref()
    }

    /// The command that puts the file under the cursor into kubectl's view.
    fn export(&self) -> Option<&str> {
        match self.rows.topic()? {
            Topic::Of(About::Further(position) | About::Outside { file: position, .. }) => self.further.get(*position)?.export.as_deref(),
            _ => None,
        }
    }

    /// The cluster under the cursor that was found, if it can be added.
    fn cluster(&self) -> Option<Found> {
        match self.rows.topic()? {
            Topic::Of(About::Found { profile, region: Some(region), name }) => {
                Some(Found { name: name.clone(), region: region.clone(), profile: profile.clone() })
            }
            _ => None,
        }
    }

    /// How many there are, how many have something wrong with them, and which is the current one.
    fn told(&self) -> String {
        let all = self.contexts.len();
        let filter = self.rows.filter().trim();
        if !self.is_listed {
            return format!("the {} being read", if self.discovery.is_some() { "kubeconfig is" } else { "facts are" });
        }
        if all == 0 {
            return "there are no contexts".to_owned();
        }
        if !filter.is_empty() {
            let (shown, all) = self.rows.counts();
            return format!("{shown} of {} with {}", count(all, if self.discovery.is_some() { "row" } else { "context" }), safe(filter));
        }
        let found = self.contexts.iter().filter(|context| !context.findings.is_empty()).count();
        let found = if found == 0 { String::new() } else { format!(", {found} with findings (!)") };
        let current = self.contexts.iter().find(|context| context.is_current).and_then(|context| context.name.as_deref());
        let current = current.map_or_else(|| "none is current".to_owned(), |name| format!("{name} is current"));
        format!("{}{found}; {current}", count(all, "context"))
    }
}

impl Face for Contexts {
    fn title(&self) -> String {
        "contexts".to_owned()
    }

    fn available(&self, action: Action) -> Option<Result<(), &'static str>> {
        const NO_CONTEXT: &str = "there is no context under the cursor";
        let holds = |holds: bool, why: &'static str| if holds { Ok(()) } else { Err(why) };
        let is_live = self.discovery.is_some();
        let on_context = || if is_live { holds(self.name().is_some(), NO_CONTEXT) } else { Err("recorded facts come from no kubeconfig") };
        Some(match action {
            Action::Open => match self.rows.topic() {
                None => Err("there is no context here to look into"),
                Some(Topic::Of(About::Found { .. })) => Err("no context leads there yet; a adds one"),
                Some(Topic::Of(About::Failed(_) | About::Problem(_))) => Err("what is wrong stands below; there is nothing to look into"),
                Some(_) => Ok(()),
            },
            Action::Up | Action::Down | Action::PageUp | Action::PageDown | Action::First | Action::Last | Action::Left | Action::Right => {
                Ok(())
            }
            Action::Toggle => holds(self.rows.fold().is_some(), "nothing hangs on this row"),
            Action::MakeCurrent => on_context().and_then(|()| {
                let is_current = self.chosen().is_some_and(|context| context.is_current);
                holds(!is_current, "this is the current context")
            }),
            Action::Namespace | Action::Rename | Action::Delete | Action::Shell => on_context(),
            Action::Add => holds(self.cluster().is_some(), "there is no cluster under the cursor that was found in AWS and could be added"),
            Action::Arrange => holds(self.contexts.len() > 1, "there is one context, and nothing to arrange"),
            Action::Copy if self.export().is_some() => Ok(()),
            Action::Cancel if self.is_searching() => Ok(()),
            Action::Back if self.is_searching() || !self.rows.filter().is_empty() => Ok(()),
            _ => return None,
        })
    }

    fn act(&mut self, action: Action, around: &Around) -> Outcome {
        let page = usize::from(around.body.height.max(2) / 2);
        let quoted = |name: &String| crate::authz::quote_for_shell(name);
        match action {
            Action::Open => match self.rows.topic() {
                Some(Topic::Of(About::Context(name))) => return Outcome::Go(Goal::Context(name.clone())),
                Some(Topic::Of(About::Outside { called, .. })) => return Outcome::LookInto(called.clone()),
                Some(Topic::Of(About::Aws)) if !self.is_searching() => return Outcome::Search(true),
                _ => self.rows.toggle(),
            },
            Action::Cancel | Action::Back if self.is_searching() => return Outcome::Search(false),
            Action::Copy => {
                let copy =
                    |text: &str| Effect::Copy { what: "the line that puts the file into kubectl's view".to_owned(), text: text.to_owned() };
                return self.export().map_or(Outcome::Done, |text| Outcome::Effect(copy(text)));
            }
            Action::Back => self.rows.set_filter(""),
            Action::Left => self.rows.left(),
            Action::Right => self.rows.right(),
            Action::Toggle => self.rows.toggle(),
            Action::Arrange => {
                let (next, said) = self.arrangement.next();
                self.arrangement = next;
                let rows = self.lay_out();
                self.rows.show(rows);
                return Outcome::Say(said.to_owned());
            }
            Action::Add => return self.cluster().map_or(Outcome::Done, |found| Outcome::Change(Wish::Add(Box::new(found)))),
            Action::MakeCurrent | Action::Namespace | Action::Rename | Action::Delete | Action::Shell => {
                let Some(name) = self.name() else { return Outcome::Done };
                return match action {
                    Action::MakeCurrent => Outcome::Change(Wish::Change(Change::Use(name.clone()))),
                    Action::Delete => Outcome::Change(Wish::Change(Change::Delete { context: name.clone(), with_unused: false })),
                    Action::Shell => Outcome::Effect(Effect::Shell(name.clone())),
                    Action::Rename => Outcome::Type(format!("rename {} ", quoted(name))),
                    _ => Outcome::Type(format!("namespace {} ", quoted(name))),
                };
            }
            _ => self.rows.step(step(action, page)),
        }
        Outcome::Done
    }

    fn filter(&self) -> Option<&str> {
        Some(self.rows.filter())
    }

    fn set_filter(&mut self, text: &str) {
        self.rows.set_filter(text);
    }

    fn command(&self) -> Option<String> {
        Some("context list".to_owned())
    }

    fn hints(&self) -> &'static [Action] {
        &[
            Action::Open,
            Action::Add,
            Action::MakeCurrent,
            Action::Namespace,
            Action::Filter,
            Action::Cancel,
            Action::Rename,
            Action::Delete,
            Action::Shell,
            Action::Undo,
            Action::Arrange,
            Action::Refresh,
            Action::Command,
            Action::Before,
            Action::Quit,
        ]
    }

    fn head(&self, state: &State, columns: u16) -> Vec<Line<'static>> {
        sentence_lines(" ", Tone::Plain, &self.told(), columns, state.theme)
    }

    fn draw(&self, state: &State, memory: &mut Memory, frame: &mut Frame<'_>, area: Rect) {
        let theme = state.theme;
        if self.rows.is_empty() {
            let filter = self.rows.filter().trim();
            let next = if !self.is_listed {
                "The contexts follow in a moment.".to_owned()
            } else if filter.is_empty() {
                "whycan eks add CLUSTER adds a context for a cluster of EKS; r reads the kubeconfig again.".to_owned()
            } else {
                format!("No context holds {}; Esc shows all of them.", safe(filter))
            };
            frame.render_widget(Paragraph::new(hints(&[next], area.width, theme)), area);
            return;
        }
        let details = self.details(state, usize::from(area.width.saturating_sub(2)));
        let below = u16::try_from(details.len()).unwrap_or(u16::MAX).min(area.height / 2);
        let [list, details_area] = Layout::vertical([Constraint::Min(1), Constraint::Length(below)]).areas(area);
        table::draw(&self.rows, &COLUMNS, table::Look { theme, is_moved: true, column: None }, memory, frame, list);
        let inner = Rect { x: details_area.x + 1, width: details_area.width.saturating_sub(2), ..details_area };
        frame.render_widget(Paragraph::new(details), inner);
    }
}
