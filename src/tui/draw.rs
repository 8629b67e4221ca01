//! Paints a state. Nothing here changes it, or decides anything.
//!
//! ```text
//!  acme-prod ▸ alice ▸ why: delete pods in dev                     DEMO  READ-ONLY
//!  kubeconfig ✓  credential ✓ 402 ms  identity … 2.1 s  authorization …      (while something is not there)
//!  ✗ denied   alice may not delete pods in dev: …
//! ────────────────────────────────────────────────────────────────────────────────
//!  the screen
//!
//! ────────────────────────────────────────────────────────────────────────────────
//!  ↵ details  f fix  e edit  …                                              ? help
//! ```

mod ask;
mod change;
mod command;
mod editor;
mod footer;
mod help;
pub mod lines;
pub mod reading;
pub mod stages;
pub mod table;
pub mod text;
mod top;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};
use tui_tree_widget::TreeState;

use super::state::{Overlay, SMALLEST, State};
use super::theme::Theme;
use crate::view::phrase::{Phrase, Tone};
use lines::{sentence_lines, wrapped};
use text::wrap;

/// What widgets remember between frames: how far they are scrolled.
#[derive(Debug, Default)]
pub struct Memory {
    /// The tree's.
    pub tree: TreeState<String>,
    /// The first row of a table that is seen.
    pub first: usize,
}

/// The parts of the screen.
#[derive(Clone, Copy, Debug)]
pub struct Areas {
    top: Rect,
    stages: Rect,
    head: Rect,
    upper: Rect,
    /// What the screen itself paints.
    pub body: Rect,
    lower: Rect,
    bottom: Rect,
    /// What lies over the screen: all between the first line and the last rule.
    pub over: Rect,
}

/// Divides the screen.
pub fn areas(state: &State, whole: Rect) -> Areas {
    let head = u16::try_from(head(state, whole.width).len()).unwrap_or(1);
    let [top, stages, head, upper, body, lower, bottom] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(u16::from(stages::is_shown(state))),
        Constraint::Length(head),
        Constraint::Length(1),
        Constraint::Min(3),
        Constraint::Length(1),
        Constraint::Length(1),
    ])
    .areas(whole);
    let over = Rect { x: whole.x, y: head.y, width: whole.width, height: lower.y.saturating_sub(head.y) };
    Areas { top, stages, head, upper, body, lower, bottom, over }
}

/// The lines between the first one and the rule.
fn head(state: &State, columns: u16) -> Vec<Line<'static>> {
    match &state.failed {
        Some(failure) => sentence_lines(" failed   ", Tone::Bad, &failure.message, columns, state.theme),
        None => state.screen().face().head(state, columns),
    }
}

/// Paints the screen.
pub fn draw(state: &State, memory: &mut Memory, frame: &mut Frame<'_>) {
    let whole = frame.area();
    if whole.width < SMALLEST.0 || whole.height < SMALLEST.1 {
        let text = format!("whycan needs a terminal of {} by {}; this one is {} by {}", SMALLEST.0, SMALLEST.1, whole.width, whole.height);
        let lines: Vec<Line<'_>> = wrap(&text, usize::from(whole.width.max(1))).into_iter().map(Line::from).collect();
        frame.render_widget(Paragraph::new(lines), whole);
        return;
    }
    let areas = areas(state, whole);
    let theme = state.theme;
    frame.render_widget(top::line(state, areas.top.width), areas.top);
    if areas.stages.height > 0 {
        frame.render_widget(stages::line(state, areas.stages.width), areas.stages);
    }
    frame.render_widget(Paragraph::new(head(state, areas.head.width)), areas.head);
    let rule = if is_production(state) { heavy } else { horizontal };
    frame.render_widget(rule(theme, areas.upper.width), areas.upper);
    frame.render_widget(rule(theme, areas.lower.width), areas.lower);
    match &state.failed {
        Some(failure) => {
            let leave = if state.is_live { "r reads it again; q leaves." } else { "q leaves." };
            let texts: Vec<String> = failure.hints.iter().cloned().chain([leave.to_owned()]).collect();
            frame.render_widget(Paragraph::new(hints(&texts, areas.body.width, theme)), areas.body);
        }
        None => state.screen().face().draw(state, memory, frame, areas.body),
    }
    match &state.overlay {
        Overlay::None | Overlay::Filter(_) => {}
        Overlay::Editor(editor) => editor::draw(state, editor, frame, areas.over),
        Overlay::Command(line) => command::draw(line, theme, frame, areas.lower.y, areas.over),
        Overlay::Ask(asking) => ask::draw(asking, theme, frame, areas.over),
        Overlay::Paste(pasting) => ask::paste(pasting, theme, frame, areas.over),
        Overlay::Change(changing) => change::draw(changing, theme, frame, areas.over),
        Overlay::Help(scroll) => {
            frame.render_widget(Clear, areas.over);
            reading::draw(help::lines(theme, reading::room(areas.over)), *scroll, theme, frame, areas.over);
        }
    }
    footer::draw(state, frame, areas.bottom);
}

/// How far the keys can be scrolled down, and how many lines are seen of them.
pub fn help_range(state: &State) -> (u16, u16) {
    let over = state.around().over;
    let lines = help::lines(state.theme, reading::room(over));
    (reading::last(&lines, over), over.height.saturating_sub(1).max(1))
}

/// How far the change that is shown can be scrolled down, and how many lines are seen of it.
pub fn change_range(state: &State) -> (u16, u16) {
    let over = state.around().over;
    let lines = match &state.overlay {
        Overlay::Change(changing) => change::lines(changing, state.theme, reading::room(over)),
        _ => Vec::new(),
    };
    (reading::last(&lines, over), over.height.saturating_sub(1).max(1))
}

/// Next steps as sentences.
pub fn hints(texts: &[String], columns: u16, theme: Theme) -> Vec<Line<'static>> {
    let room = usize::from(columns).saturating_sub(4);
    let lines = texts.iter().flat_map(|text| wrapped(&Phrase::new().plain(text.as_str()), room, 8, theme));
    let indented = lines.map(|line| Line::from(std::iter::once(Span::raw("   ")).chain(line.spans).collect::<Vec<_>>()));
    std::iter::once(Line::default()).chain(indented).collect()
}

/// The line between two panes, joined to those above and below.
pub fn join(theme: Theme, frame: &mut Frame<'_>, bar: Rect) {
    let (_, vertical, down, up) = theme.rules();
    let style = theme.style(Tone::Dim);
    let lines: Vec<Line<'_>> = (0..bar.height).map(|_| Line::styled(vertical, style)).collect();
    frame.render_widget(Paragraph::new(lines), bar);
    frame.render_widget(Line::styled(down, style), Rect { y: bar.y.saturating_sub(1), height: 1, ..bar });
    frame.render_widget(Line::styled(up, style), Rect { y: bar.bottom(), height: 1, ..bar });
}

/// Whether what is shown belongs to a context that settings call a production one.
fn is_production(state: &State) -> bool {
    let is_list = matches!(state.screen(), super::screens::Screen::Contexts(_));
    !is_list && state.is_production()
}

/// The line around production: nobody takes it for another.
fn heavy(theme: Theme, width: u16) -> Line<'static> {
    let line = if theme.ascii { "=" } else { "═" };
    Line::styled(line.repeat(usize::from(width)), theme.style(Tone::Bad))
}

fn horizontal(theme: Theme, width: u16) -> Line<'static> {
    Line::styled(theme.rules().0.repeat(usize::from(width)), theme.style(Tone::Dim))
}
