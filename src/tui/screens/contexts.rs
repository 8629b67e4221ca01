//! The contexts: local data, which waits for nothing. Enter looks into one.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::list::step;
use super::{Around, Face, Goal, Outcome};
use crate::base::text::count;
use crate::tui::draw::Memory;
use crate::tui::draw::lines::wrapped;
use crate::tui::draw::table::{self, Look};
use crate::tui::draw::text::safe;
use crate::tui::scene::Context;
use crate::tui::state::{Rows, State};
use crate::view::actions::Action;
use crate::view::phrase::{Phrase, Sign, Tone};
use crate::view::table::{Cell, Column, Row, Topic};

/// The columns.
const COLUMNS: [Column; 4] =
    [Column::words("NAME", 20, 0), Column::words("NAMESPACE", 9, 1), Column::words("CLUSTER", 14, 2), Column::words("USER", 12, 3)];

/// The screen.
#[derive(Clone, Debug, Default)]
pub struct Contexts {
    /// The contexts, as they were listed last.
    contexts: Vec<Context>,
    /// The same as a table; a row is known by its name.
    rows: Rows<Option<String>>,
}

impl Contexts {
    /// With the cursor on the open context.
    pub fn new(contexts: &[Context], open: Option<&Option<String>>) -> Self {
        let mut screen = Self::default();
        screen.list(contexts, open);
        if let Some(name) = open {
            screen.rows.choose(Topic::Of(name.clone()));
        }
        screen
    }

    /// Lists contexts, the open one marked; the cursor stays on its row.
    pub fn list(&mut self, contexts: &[Context], open: Option<&Option<String>>) {
        self.rows.show(contexts.iter().map(|context| row(context, open == Some(&context.name))).collect());
        self.contexts = contexts.to_vec();
    }

    /// The context under the cursor.
    fn chosen(&self) -> Option<&Context> {
        let Topic::Of(name) = self.rows.topic()? else { return None };
        self.contexts.iter().find(|context| context.name == *name)
    }
}

fn row(context: &Context, is_open: bool) -> Row<Option<String>> {
    let name = Phrase::new().name(context.name.as_deref().unwrap_or("the facts"));
    let words = [context.namespace.as_deref().unwrap_or("default"), &context.cluster, &context.user];
    let cells = std::iter::once(name).chain(words.into_iter().map(|text| Phrase::new().with(Tone::Plain, text)));
    let sign = if is_open { Sign::Current } else { Sign::None };
    Row::item(0, context.name.clone(), cells.map(Cell::Words).collect()).signed(sign)
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
        match action {
            Action::Open => return self.chosen().map_or(Outcome::Done, |context| Outcome::Go(Goal::Context(context.name.clone()))),
            Action::Back => self.rows.set_filter(""),
            _ => self.rows.step(step(action, usize::from(around.body.height.max(3) - 2))),
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
        &[Action::Open, Action::Filter, Action::Command, Action::Before, Action::Quit]
    }

    fn head(&self, state: &State, _: u16) -> Vec<Line<'static>> {
        let theme = state.theme;
        let (shown, all) = self.rows.counts();
        let said = match (all, self.rows.filter().trim()) {
            (0, _) => "there are no contexts".to_owned(),
            (_, "") => count(all, "context"),
            (_, filter) => format!("{shown} of {} with {}", count(all, "context"), safe(filter)),
        };
        vec![Line::styled(format!(" {said}"), theme.style(Tone::Dim))]
    }

    fn draw(&self, state: &State, memory: &mut Memory, frame: &mut Frame<'_>, area: Rect) {
        let details = self.details(state, usize::from(area.width.saturating_sub(4)));
        let below = u16::try_from(details.len()).unwrap_or(u16::MAX).min(area.height / 2);
        let [list, details_area] = Layout::vertical([Constraint::Min(1), Constraint::Length(below)]).areas(area);
        if !self.rows.is_empty() {
            let look = Look { theme: state.theme, is_moved: true, column: None };
            table::draw(&self.rows, &COLUMNS, look, memory, frame, list);
        }
        let inner = Rect { x: details_area.x + 2, width: details_area.width.saturating_sub(4), ..details_area };
        frame.render_widget(Paragraph::new(details), inner);
    }
}

impl Contexts {
    /// What is known of the context under the cursor.
    fn details(&self, state: &State, room: usize) -> Vec<Line<'static>> {
        let theme = state.theme;
        let Some(context) = self.chosen() else { return Vec::new() };
        let details = context.details.iter().map(|text| Phrase::new().dim(text.as_str()));
        let findings = context.findings.iter().map(|text| Phrase::new().with(Tone::Open, format!("! {text}")));
        let mut lines: Vec<Line<'static>> = details.chain(findings).flat_map(|words| wrapped(&words, room, 2, theme)).collect();
        if !lines.is_empty() {
            lines.insert(0, Line::styled(theme.rules().0.repeat(room), theme.style(Tone::Dim)));
        }
        lines
    }
}
