//! The contexts: local data, which waits for nothing. Enter looks into one.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::{Around, Face, Goal, Outcome};
use crate::base::text::count;
use crate::tui::draw::Memory;
use crate::tui::draw::lines::{chosen, row, wrapped};
use crate::tui::draw::text::safe;
use crate::tui::scene::Context;
use crate::tui::state::State;
use crate::view::actions::Action;
use crate::view::phrase::{Phrase, Sign, Tone};

/// The screen.
#[derive(Clone, Debug, Default)]
pub struct Contexts {
    /// The contexts, as they were listed last.
    pub rows: Vec<Context>,
    /// The name of the one under the cursor.
    pub cursor: Option<String>,
    /// What rows must hold.
    pub filter: String,
}

impl Contexts {
    /// With the cursor on a context.
    pub fn new(rows: Vec<Context>, cursor: Option<String>) -> Self {
        Self { rows, cursor, filter: String::new() }
    }

    /// The rows that hold what is typed.
    fn shown(&self) -> Vec<&Context> {
        let wanted = self.filter.trim().to_lowercase();
        let holds = |row: &&Context| {
            [row.name.as_deref().unwrap_or_default(), row.cluster.as_str(), row.user.as_str()]
                .iter()
                .any(|text| text.to_lowercase().contains(&wanted))
        };
        self.rows.iter().filter(holds).collect()
    }

    /// The position of the cursor among the rows shown.
    fn at(&self) -> usize {
        self.shown().iter().position(|row| row.name == self.cursor).unwrap_or_default()
    }

    fn step(&mut self, action: Action, page: usize) {
        let shown = self.shown();
        let last = shown.len().saturating_sub(1);
        let at = self.at();
        let to = match action {
            Action::Up => at.saturating_sub(1),
            Action::Down => at + 1,
            Action::PageUp => at.saturating_sub(page),
            Action::PageDown => at + page,
            Action::First => 0,
            _ => last,
        };
        let to = shown.get(to.min(last)).and_then(|row| row.name.clone());
        self.cursor = to;
    }
}

impl Face for Contexts {
    fn title(&self) -> String {
        "contexts".to_owned()
    }

    fn available(&self, action: Action) -> Option<Result<(), &'static str>> {
        match action {
            Action::Open if self.shown().is_empty() => Some(Err("there is no context here to look into")),
            Action::Open | Action::Up | Action::Down | Action::PageUp | Action::PageDown | Action::First | Action::Last => Some(Ok(())),
            Action::Back if !self.filter.is_empty() => Some(Ok(())),
            _ => None,
        }
    }

    fn act(&mut self, action: Action, around: &Around) -> Outcome {
        match action {
            Action::Open => {
                let chosen = self.shown().get(self.at()).map(|row| row.name.clone());
                return chosen.map_or(Outcome::Done, |name| Outcome::Go(Goal::Context(name)));
            }
            Action::Back => self.filter.clear(),
            _ => self.step(action, usize::from(around.body.height.max(2) - 1)),
        }
        Outcome::Done
    }

    fn filter(&self) -> Option<&str> {
        Some(&self.filter)
    }

    fn set_filter(&mut self, text: &str) {
        text.clone_into(&mut self.filter);
        // the cursor is on a row that is seen
        let at = self.at();
        let first = self.shown().get(at).map(|row| row.name.clone());
        if let Some(name) = first {
            self.cursor = name;
        }
    }

    fn command(&self) -> Option<String> {
        Some("context list".to_owned())
    }

    fn hints(&self) -> &'static [Action] {
        &[Action::Open, Action::Filter, Action::Command, Action::Before, Action::Quit]
    }

    fn head(&self, state: &State, _: u16) -> Vec<Line<'static>> {
        let theme = state.theme;
        let (shown, all) = (self.shown().len(), self.rows.len());
        let said = match (all, self.filter.is_empty()) {
            (0, _) => "there are no contexts".to_owned(),
            (_, true) => count(all, "context"),
            (_, false) => format!("{shown} of {} with {}", count(all, "context"), safe(&self.filter)),
        };
        vec![Line::styled(format!(" {said}"), theme.style(Tone::Dim))]
    }

    fn draw(&self, state: &State, _: &mut Memory, frame: &mut Frame<'_>, area: Rect) {
        let theme = state.theme;
        let shown = self.shown();
        let at = self.at();
        let details = self.details(state, usize::from(area.width.saturating_sub(4)));
        let below = u16::try_from(details.len()).unwrap_or(u16::MAX).min(area.height / 2);
        let [list, details_area] = Layout::vertical([Constraint::Min(1), Constraint::Length(below)]).areas(area);
        let height = usize::from(list.height.max(1));
        let first = (at + 1).saturating_sub(height);
        let room = usize::from(list.width.saturating_sub(2));
        let lines: Vec<Line<'static>> = shown
            .iter()
            .enumerate()
            .skip(first)
            .take(height)
            .map(|(position, context)| {
                let open = state.is_open && context.name == state.context;
                let words = Phrase::new()
                    .with(Tone::Accent, if open { theme.current() } else { "  " })
                    .name(context.name.as_deref().unwrap_or("the facts"))
                    .dim("  namespace ")
                    .name(context.namespace.as_deref().unwrap_or("default"));
                let aside = [context.cluster.as_str(), context.user.as_str()].into_iter().filter(|text| !text.is_empty());
                let line = row(Sign::None, &words, &aside.collect::<Vec<_>>().join("  "), room, theme);
                if position == at { chosen(line, theme) } else { line }
            })
            .collect();
        let inner = Rect { x: list.x + 1, width: list.width.saturating_sub(2), ..list };
        frame.render_widget(Paragraph::new(lines), inner);
        let inner = Rect { x: details_area.x + 2, width: details_area.width.saturating_sub(4), ..details_area };
        frame.render_widget(Paragraph::new(details), inner);
    }
}

impl Contexts {
    /// What is known of the context under the cursor.
    fn details(&self, state: &State, room: usize) -> Vec<Line<'static>> {
        let theme = state.theme;
        let shown = self.shown();
        let Some(context) = shown.get(self.at()) else { return Vec::new() };
        let details = context.details.iter().map(|text| Phrase::new().dim(text.as_str()));
        let findings = context.findings.iter().map(|text| Phrase::new().with(Tone::Open, format!("! {text}")));
        let mut lines: Vec<Line<'static>> = details.chain(findings).flat_map(|words| wrapped(&words, room, 2, theme)).collect();
        if !lines.is_empty() {
            lines.insert(0, Line::styled(theme.rules().0.repeat(room), theme.style(Tone::Dim)));
        }
        lines
    }
}
