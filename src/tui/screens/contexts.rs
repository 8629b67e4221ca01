//! The contexts: local data, which waits for nothing. Enter looks into one.

use std::sync::Arc;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::list::step;
use super::{Around, Face, Goal, Outcome};
use crate::base::text::count;
use crate::session::{State as Stage, Walk};
use crate::tui::draw::lines::{sentence_lines, wrapped};
use crate::tui::draw::text::safe;
use crate::tui::draw::{Memory, hints, table};
use crate::tui::scene::Context;
use crate::tui::state::{Rows, State};
use crate::view::actions::Action;
use crate::view::phrase::{Phrase, Sign, Tone};
use crate::view::table::{Cell, Column, Row, Topic};

/// The columns; the kind of cluster goes first where there is no room, then the namespace.
const COLUMNS: [Column; 6] = [
    Column::words("CONTEXT", 26, 0),
    Column::words("STATE", 7, 0),
    Column::words("CREDENTIAL", 16, 1),
    Column::words("CLUSTER", 17, 2),
    Column::words("NAMESPACE", 9, 3),
    Column::words("PROVIDER", 8, 4),
];

/// How the context stands that is looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Everything is there.
    Open,
    /// Something is being read.
    Loading,
    /// A stage failed.
    Failed,
    /// What is known was true some time ago.
    Stale,
    /// Somebody stopped a stage.
    Stopped,
}

impl Standing {
    /// What the stages come to as a whole.
    pub fn of(walk: &Walk) -> Self {
        let some = |wanted: fn(&Stage) -> bool| walk.stages().any(|(_, stage)| wanted(&stage.state));
        if some(|state| matches!(state, Stage::Failed(_))) {
            Self::Failed
        } else if some(|state| *state == Stage::Loading) {
            Self::Loading
        } else if some(|state| matches!(state, Stage::Stale(_))) {
            Self::Stale
        } else if some(|state| *state == Stage::Cancelled) {
            Self::Stopped
        } else {
            Self::Open
        }
    }

    fn word(self) -> (Tone, &'static str) {
        match self {
            Self::Open => (Tone::Plain, "open"),
            Self::Loading => (Tone::Accent, "loading"),
            Self::Failed => (Tone::Bad, "failed"),
            Self::Stale => (Tone::Open, "stale"),
            Self::Stopped => (Tone::Open, "stopped"),
        }
    }
}

/// The screen.
#[derive(Clone, Debug, Default)]
pub struct Contexts {
    /// The contexts, as they were listed last.
    contexts: Arc<[Context]>,
    /// The same as rows, each about the name of one.
    rows: Rows<Option<String>>,
    /// The one that is looked into, and how it stands.
    open: Option<(Option<String>, Standing)>,
}

impl Contexts {
    /// Shows contexts, and how the one stands that is looked into; the cursor stays, or starts on that one. Rows are laid
    /// out when the contexts were listed anew, and only then.
    pub fn show(&mut self, contexts: &Arc<[Context]>, open: Option<(Option<&String>, Standing)>) {
        let is_first = self.rows.topic().is_none();
        let before = std::mem::replace(&mut self.open, open.map(|(name, standing)| (name.cloned(), standing)));
        if is_first || !Arc::ptr_eq(&self.contexts, contexts) {
            self.contexts = Arc::clone(contexts);
            self.rows.show(contexts.iter().map(|context| self.row(context)).collect());
        } else if before != self.open {
            for (name, _) in before.iter().chain(&self.open) {
                if let Some(row) = self.context(name.as_ref()).map(|context| self.row(context)) {
                    self.rows.put(row);
                }
            }
        }
        if let (true, Some((name, _))) = (is_first, &self.open) {
            self.rows.choose(Topic::Of(name.clone()));
        }
    }

    fn context(&self, name: Option<&String>) -> Option<&Context> {
        self.contexts.iter().find(|context| context.name.as_ref() == name)
    }

    fn row(&self, context: &Context) -> Row<Option<String>> {
        let open = self.open.as_ref().filter(|(name, _)| *name == context.name);
        let (tone, state) = match open {
            Some((_, standing)) => standing.word(),
            None if context.is_current => (Tone::Dim, "current"),
            None => (Tone::Dim, ""),
        };
        let name = Phrase::new().with(Tone::Name, context.name.as_deref().unwrap_or("the facts"));
        let name = if context.findings.is_empty() { name } else { name.with(Tone::Open, " !") };
        let cells = [
            name,
            Phrase::new().with(tone, state),
            Phrase::new().plain(context.user.as_str()),
            Phrase::new().name(context.cluster.as_str()),
            Phrase::new().plain(context.namespace.as_deref().unwrap_or("default")),
            Phrase::new().dim(context.provider.as_str()),
        ];
        let sign = if open.is_some() { Sign::Current } else { Sign::None };
        Row::item(0, context.name.clone(), cells.map(Cell::Words).into()).signed(sign)
    }

    /// The context under the cursor.
    fn chosen(&self) -> Option<&Context> {
        match self.rows.topic()? {
            Topic::Of(name) => self.context(name.as_ref()),
            _ => None,
        }
    }

    /// How many there are, how many have something wrong with them, and which is the current one.
    fn told(&self) -> String {
        let (shown, all) = self.rows.counts();
        let filter = self.rows.filter().trim();
        if all == 0 {
            return "there are no contexts".to_owned();
        }
        if !filter.is_empty() {
            return format!("{shown} of {} with {}", count(all, "context"), safe(filter));
        }
        let found = self.contexts.iter().filter(|context| !context.findings.is_empty()).count();
        let found = if found == 0 { String::new() } else { format!(", {found} with findings (!)") };
        let current = self.contexts.iter().find(|context| context.is_current).and_then(|context| context.name.as_deref());
        let current = current.map_or_else(|| "none is current".to_owned(), |name| format!("{name} is current"));
        format!("{}{found}; {current}", count(all, "context"))
    }

    /// What is known of the context under the cursor.
    fn details(&self, state: &State, room: usize) -> Vec<Line<'static>> {
        let theme = state.theme;
        let Some(context) = self.chosen() else { return Vec::new() };
        let findings = context.findings.iter().map(|text| Phrase::new().with(Tone::Open, format!("! {text}")));
        let details = context.details.iter().map(|text| Phrase::new().dim(text.as_str()));
        let mut lines: Vec<Line<'static>> = details.flat_map(|words| wrapped(&words, room, 2, theme)).collect();
        if !lines.is_empty() || !context.findings.is_empty() {
            // whole, where columns cut it
            let name = Phrase::new().name(context.name.as_deref().unwrap_or("the facts"));
            let to = Phrase::new().plain(context.cluster.as_str()).dim(", presenting ").plain(context.user.as_str());
            let found = findings.flat_map(|words| wrapped(&words, room, 2, theme));
            let lines_of = |words: &Phrase| wrapped(words, room, 2, theme);
            lines.splice(0..0, lines_of(&name).into_iter().chain(found).chain(lines_of(&to)));
            lines.insert(0, Line::styled(theme.rules().0.repeat(room), theme.style(Tone::Dim)));
        }
        lines
    }
}

impl Face for Contexts {
    fn title(&self) -> String {
        "contexts".to_owned()
    }

    fn available(&self, action: Action) -> Option<Result<(), &'static str>> {
        match action {
            Action::Open if self.rows.is_empty() => Some(Err("there is no context here to look into")),
            Action::Open | Action::Up | Action::Down | Action::PageUp | Action::PageDown | Action::First | Action::Last => Some(Ok(())),
            Action::Back if !self.rows.filter().is_empty() => Some(Ok(())),
            _ => None,
        }
    }

    fn act(&mut self, action: Action, around: &Around) -> Outcome {
        let page = usize::from(around.body.height.max(2) / 2);
        match action {
            Action::Open => {
                return self.chosen().map_or(Outcome::Done, |context| Outcome::Go(Goal::Context(context.name.clone())));
            }
            Action::Back => self.rows.set_filter(""),
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
        &[Action::Open, Action::Filter, Action::Refresh, Action::Cancel, Action::Command, Action::Before, Action::Quit]
    }

    fn head(&self, state: &State, columns: u16) -> Vec<Line<'static>> {
        sentence_lines(" ", Tone::Plain, &self.told(), columns, state.theme)
    }

    fn draw(&self, state: &State, memory: &mut Memory, frame: &mut Frame<'_>, area: Rect) {
        let theme = state.theme;
        if self.rows.is_empty() {
            let filter = self.rows.filter().trim();
            let next = if filter.is_empty() {
                "aws eks update-kubeconfig adds a context for an EKS cluster; r reads the kubeconfig again.".to_owned()
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
