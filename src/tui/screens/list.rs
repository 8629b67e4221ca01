//! What the screens with a table have in common: the cursor, folding, the filter, details, and what is said while there
//! is nothing to list.
//!
//! Enter goes to the thing under the cursor; Tab shows its details: beside the table where there is room, else over it.

mod draw;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::why::{Focus, scrolled};
use super::{Around, Face, Goal, Outcome};
use crate::authz::GapEffect;
use crate::base::Failure;
use crate::facts::Facts;
use crate::tui::draw::Memory;
use crate::tui::message::{Effect, Prepared, Task};
use crate::tui::scene::Scene;
use crate::tui::state::{About, Rows, State};
use crate::tui::theme::Theme;
use crate::view::actions::Action;
use crate::view::phrase::{Phrase, Sign};
use crate::view::table::{Column, Row, Topic};
use crate::view::why::detail::{self, Block};

/// How far a table has come.
#[derive(Clone, Debug, Default)]
pub enum Stage {
    /// It is being computed.
    #[default]
    Reading,
    /// What it is about cannot be understood.
    Failed(Failure),
    /// It is there.
    Ready,
}

/// The table of a screen, and what is read of it.
#[derive(Clone, Debug)]
pub struct List<T> {
    /// The rows.
    pub rows: Rows<T>,
    /// How far it has come.
    pub stage: Stage,
    /// Which part of the screen the keys move in.
    pub focus: Focus,
    /// How many lines the details are scrolled down.
    pub scroll: u16,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { rows: Rows::default(), stage: Stage::Reading, focus: Focus::Tree, scroll: 0 }
    }
}

/// What is missing from a table, so that something else may be.
#[derive(Clone, Debug, Default)]
pub struct Missing {
    /// The first thing that could not be read, of so many.
    pub first: Option<String>,
    /// How many there are.
    pub all: usize,
    /// Where all of it is told: `8 shows it`; nothing where it stands below.
    pub told: &'static str,
}

impl Missing {
    /// Of gaps of which rows tell, those that could change the answer.
    pub fn of<'a>(gaps: impl IntoIterator<Item = &'a GapEffect>) -> Self {
        let mut open = gaps.into_iter().filter(|gap| gap.could_change_verdict);
        let first = open.next().map(|gap| gap.gap.what.clone());
        Self { all: usize::from(first.is_some()) + open.count(), first, told: "" }
    }
}

/// A screen with a table.
pub trait Listing {
    /// What its rows are about.
    type About: About;
    /// Its columns.
    const COLUMNS: &'static [Column];
    /// What may be missing when something could not be read, as a clause: `somebody may be missing`.
    const MAY_BE_MISSING: &'static str;

    /// The table.
    fn list(&self) -> &List<Self::About>;
    /// The same, to be changed.
    fn list_mut(&mut self) -> &mut List<Self::About>;
    /// What the first line calls it.
    fn called(&self) -> String;
    /// Whom it is about, for the first line.
    fn whose(&self) -> String {
        String::new()
    }
    /// What is to be computed.
    fn wanted(&self) -> Task;
    /// Keeps what was computed, and lays out its rows.
    fn lay_out(&mut self, prepared: Prepared) -> Vec<Row<Self::About>>;
    /// So many of what it lists.
    fn counted(&self, all: usize) -> String;
    /// What it comes to, in a sentence.
    fn headline(&self) -> (Sign, String);
    /// What was assumed and is worth saying first.
    fn assumed(&self) -> Option<&str> {
        None
    }
    /// What to do next, where there is nothing to list.
    fn advice(&self, facts: Option<&Facts>) -> Vec<String>;
    /// What could not be read; by itself all that the facts lack.
    fn missing(&self, facts: &Facts) -> Missing {
        let gaps = facts.gaps();
        Missing { first: gaps.first().map(|gap| gap.what.clone()), all: gaps.len(), told: "8 shows it" }
    }
    /// What could not be read, by its position, where rows tell of it.
    fn gap(&self, _position: usize) -> Option<&GapEffect> {
        None
    }
    /// What was assumed, by its position, where rows tell of it.
    fn note(&self, _position: usize) -> Option<&str> {
        None
    }
    /// The details of a row.
    fn detail(&self, about: &Self::About, scene: &Scene) -> Vec<Block>;
    /// Where Enter goes from a row.
    ///
    /// # Errors
    /// When it goes nowhere, and why.
    fn goal(&self, about: &Self::About, scene: &Scene) -> Result<Goal, &'static str>;
    /// The words of the command that prints the same.
    fn words(&self) -> String;
    /// The actions that the last line names.
    fn named(&self) -> &'static [Action] {
        HINTS
    }
    /// Whether an action of its own does something now, or why not.
    fn can(&self, _action: Action) -> Option<Result<(), &'static str>> {
        None
    }
    /// Does an action of its own.
    fn does(&mut self, _action: Action) {}
    /// The column under the cursor.
    fn column(&self) -> Option<usize> {
        None
    }
    /// What its signs mean.
    fn legend(&self, _theme: Theme, _is_brief: bool) -> Option<Phrase> {
        None
    }
}

/// What the last line names, where a screen has nothing of its own.
pub const HINTS: &[Action] = &[
    Action::Open,
    Action::Pane,
    Action::Filter,
    Action::Toggle,
    Action::Copy,
    Action::Back,
    Action::Contexts,
    Action::Command,
    Action::Before,
    Action::After,
    Action::Quit,
];

/// What acts on rows.
const OWN: [Action; 12] = [
    Action::Open,
    Action::Pane,
    Action::PaneBack,
    Action::Toggle,
    Action::Left,
    Action::Right,
    Action::Up,
    Action::Down,
    Action::PageUp,
    Action::PageDown,
    Action::First,
    Action::Last,
];

/// Why nothing can be opened on a row that holds others together, or tells of what is missing.
const NOTHING_TO_OPEN: &str = "there is nothing to go to from this row; Tab shows what it says in full";

impl<L: Listing> Face for L {
    fn title(&self) -> String {
        self.called()
    }

    fn who(&self) -> String {
        self.whose()
    }

    fn task(&self) -> Option<Task> {
        Some(self.wanted())
    }

    fn take(&mut self, prepared: Result<Prepared, Failure>) {
        match prepared {
            Ok(prepared) => {
                let rows = self.lay_out(prepared);
                let list = self.list_mut();
                let before = list.rows.topic().cloned();
                list.rows.show(rows);
                list.stage = Stage::Ready;
                if list.rows.topic() != before.as_ref() {
                    list.scroll = 0;
                }
            }
            Err(failure) => self.list_mut().stage = Stage::Failed(failure),
        }
    }

    fn available(&self, action: Action) -> Option<Result<(), &'static str>> {
        let List { rows, stage, focus, .. } = self.list();
        if !matches!(stage, Stage::Ready) {
            return OWN.contains(&action).then_some(Err("there is nothing here yet"));
        }
        if let Some(own) = self.can(action) {
            return Some(own);
        }
        let holds = |holds: bool, why: &'static str| if holds { Ok(()) } else { Err(why) };
        Some(match action {
            Action::Open | Action::Pane | Action::PaneBack => holds(rows.topic().is_some(), "there is no row here to open"),
            Action::Back if *focus == Focus::Details || !rows.filter().is_empty() => Ok(()),
            Action::Copy if matches!(rows.topic(), Some(Topic::Gap(_))) => Ok(()),
            Action::Toggle if *focus == Focus::Tree => holds(rows.fold().is_some(), "nothing hangs on this row"),
            action if action.is_motion() => Ok(()),
            _ => return None,
        })
    }

    fn act(&mut self, action: Action, around: &Around) -> Outcome {
        if self.can(action).is_some() {
            self.does(action);
            return Outcome::Done;
        }
        match (action, self.list().focus) {
            (Action::Open, _) => return open(self, around),
            (Action::Copy, _) => return copy_gap(self),
            (Action::Pane | Action::PaneBack, Focus::Tree) => self.list_mut().focus = Focus::Details,
            (Action::Pane | Action::PaneBack | Action::Back | Action::Left, Focus::Details) => self.list_mut().focus = Focus::Tree,
            (Action::Back, Focus::Tree) => self.list_mut().rows.set_filter(""),
            (Action::Right | Action::Toggle, Focus::Details) => read(self, Action::PageDown, around),
            (_, Focus::Details) => read(self, action, around),
            (_, Focus::Tree) => {
                let lines = draw::height(self, around);
                move_by(self.list_mut(), action, lines);
            }
        }
        Outcome::Done
    }

    fn filter(&self) -> Option<&str> {
        matches!(self.list().stage, Stage::Ready).then(|| self.list().rows.filter())
    }

    fn set_filter(&mut self, text: &str) {
        let list = self.list_mut();
        list.rows.set_filter(text);
        list.focus = Focus::Tree;
        list.scroll = 0;
    }

    fn command(&self) -> Option<String> {
        Some(self.words())
    }

    fn hints(&self) -> &'static [Action] {
        match self.list().focus {
            Focus::Details => &[Action::Back, Action::Open, Action::Down, Action::PageDown, Action::Copy, Action::Quit],
            Focus::Tree => self.named(),
        }
    }

    fn head(&self, state: &State, columns: u16) -> Vec<Line<'static>> {
        draw::head(self, state, columns)
    }

    fn draw(&self, state: &State, memory: &mut Memory, frame: &mut Frame<'_>, area: Rect) {
        draw::draw(self, state, memory, frame, area);
    }
}

/// Moves the cursor, folds and unfolds.
fn move_by<T: About>(list: &mut List<T>, action: Action, lines: usize) {
    let before = list.rows.at();
    match action {
        Action::Left => list.rows.left(),
        Action::Right => list.rows.right(),
        Action::Toggle => list.rows.toggle(),
        _ => list.rows.step(step(action, lines)),
    }
    if list.rows.at() != before {
        list.scroll = 0;
    }
}

/// By how many rows an action moves the cursor, where a page has so many lines.
pub fn step(action: Action, lines: usize) -> isize {
    let lines = isize::try_from(lines).unwrap_or(isize::MAX);
    match action {
        Action::Up => -1,
        Action::Down => 1,
        Action::PageUp => -lines,
        Action::PageDown => lines,
        Action::First => isize::MIN,
        _ => isize::MAX,
    }
}

/// Scrolls the details.
fn read<L: Listing>(listing: &mut L, action: Action, around: &Around) {
    let area = draw::page(around);
    let last = draw::last_line(listing, around.scene.as_ref(), around.theme, area);
    let list = listing.list_mut();
    list.scroll = scrolled(list.scroll, action, area.height.saturating_sub(1).max(1), last);
}

fn open<L: Listing>(listing: &mut L, around: &Around) -> Outcome {
    let goal = match (listing.list().rows.topic(), &around.scene) {
        (Some(Topic::Of(about)), Some(scene)) => listing.goal(about, scene),
        (Some(Topic::Heading(_)), _) => {
            listing.list_mut().rows.toggle();
            return Outcome::Done;
        }
        _ => Err(NOTHING_TO_OPEN),
    };
    match goal {
        Ok(goal) => Outcome::Go(goal),
        Err(why) => Outcome::Say(why.to_owned()),
    }
}

/// The command that settles the gap under the cursor.
fn copy_gap<L: Listing>(listing: &L) -> Outcome {
    let Some(Topic::Gap(gap)) = listing.list().rows.topic() else { return Outcome::Done };
    listing.gap(*gap).map_or(Outcome::Done, |gap| {
        Outcome::Effect(Effect::Copy { what: "what settles the gap".to_owned(), text: gap.settled_by.clone() })
    })
}

/// The details of the row under the cursor.
fn details<L: Listing>(listing: &L, scene: &Scene) -> Vec<Block> {
    match listing.list().rows.topic() {
        Some(Topic::Of(about)) => listing.detail(about, scene),
        Some(Topic::Gap(position)) => listing.gap(*position).map(detail::gap).unwrap_or_default(),
        Some(Topic::Note(position)) => listing.note(*position).map(|note| vec![Block::Line(note.into())]).unwrap_or_default(),
        Some(Topic::Heading(_)) | None => Vec::new(),
    }
}
