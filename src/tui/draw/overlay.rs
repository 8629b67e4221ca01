//! What lies over the screen: the editor, the keys, a fix, a detail, the contexts.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};

use super::super::state::{Editor, Field, Overlay, State};
use super::body::paint;
use super::text::{cut_middle, safe, wrap};
use crate::facts::Kind;
use crate::view::actions::ACTIONS;
use crate::view::why::{Tone, detail, of_fix};

/// How wide the words before the fields are.
const LABEL: u16 = 11;

/// The number of the last line to which a page can be scrolled.
pub fn last_line(state: &State) -> u16 {
    let lines = page_lines(state, page_width(state.size.0)).len();
    let height = state.size.1.saturating_sub(5) as usize;
    u16::try_from(lines.saturating_sub(height)).unwrap_or(u16::MAX)
}

fn page_width(columns: u16) -> u16 {
    columns.saturating_sub(2)
}

/// Paints a page over the middle of the screen.
pub fn page(state: &State, frame: &mut Frame<'_>, area: Rect) {
    frame.render_widget(Clear, area);
    let inner = Rect { x: area.x + 1, width: page_width(area.width), ..area };
    let lines = page_lines(state, inner.width);
    let scroll = match &state.overlay {
        Overlay::Help(at) | Overlay::Fix(_, at) | Overlay::Detail(at) => (*at).min(last_line(state)),
        _ => 0,
    };
    frame.render_widget(Paragraph::new(lines).scroll((scroll, 0)), inner);
}

fn page_lines(state: &State, columns: u16) -> Vec<Line<'static>> {
    let theme = state.theme;
    match &state.overlay {
        Overlay::Help(_) => help(state),
        Overlay::Fix(fix, _) => {
            let fix = state.decision().and_then(|decision| decision.fixes.get(*fix));
            fix.map(|fix| paint(&of_fix(fix), columns, theme)).unwrap_or_default()
        }
        Overlay::Detail(_) => match (state.decision(), state.tree.subject()) {
            (Some(decision), Some(subject)) => paint(&detail(decision, subject), columns, theme),
            _ => Vec::new(),
        },
        Overlay::Contexts(at) => contexts(state, *at, columns),
        Overlay::None | Overlay::Editor(_) => Vec::new(),
    }
}

/// The keys, from the table of actions.
fn help(state: &State) -> Vec<Line<'static>> {
    let theme = state.theme;
    let mut lines = Vec::new();
    let mut group = "";
    for entry in ACTIONS {
        if entry.group != group {
            if !group.is_empty() {
                lines.push(Line::default());
            }
            group = entry.group;
            lines.push(Line::styled(group, theme.style(Tone::Strong)));
        }
        lines.push(Line::from(vec![
            Span::styled(format!("  {:<12} ", entry.keys.join(" ")), theme.style(Tone::Accent)),
            Span::raw(entry.sentence),
        ]));
    }
    lines.push(Line::default());
    let (yes, no) = if theme.ascii { ("+", "x") } else { ("✓", "✗") };
    lines.push(Line::styled(format!("{yes} allows   {no} does not   ? is not known"), theme.style(Tone::Dim)));
    lines
}

fn contexts(state: &State, at: usize, columns: u16) -> Vec<Line<'static>> {
    let theme = state.theme;
    let mut lines = vec![Line::styled("contexts", theme.style(Tone::Strong)), Line::default()];
    let Some(loaded) = &state.loaded else { return lines };
    for (position, cluster) in loaded.world.clusters.iter().enumerate() {
        let current = if position == state.cluster { if theme.ascii { "* " } else { "● " } } else { "  " };
        let name = cut_middle(&safe(cluster.context.as_deref().unwrap_or("the facts")), 40, theme.ellipsis());
        let namespace = cluster.namespace.as_deref().unwrap_or("default");
        let bindings = cluster.facts.count(Kind::RoleBinding) + cluster.facts.count(Kind::ClusterRoleBinding);
        let text = format!("{current}{name:<24} namespace {:<16} {bindings} bindings", safe(namespace));
        let text = cut_middle(&text, columns as usize, theme.ellipsis());
        lines.push(if position == at { Line::styled(text, theme.cursor()) } else { Line::raw(text) });
    }
    lines
}

/// Paints the question's fields over the middle of the screen, with completions on the right.
pub fn editor(state: &State, editor: &Editor, frame: &mut Frame<'_>, area: Rect) {
    let theme = state.theme;
    let understood = understood(state, editor, area.width);
    let height = 6 + u16::try_from(understood.len()).unwrap_or(1).min(area.height.saturating_sub(7));
    let over = Rect { height: height.min(area.height), ..area };
    frame.render_widget(Clear, over);
    let [fields, said] = Layout::vertical([Constraint::Length(6), Constraint::Min(1)]).areas(over);
    let [left, right] = Layout::horizontal([Constraint::Percentage(56), Constraint::Min(10)]).areas(fields);
    for (row, field) in (0..).zip(Field::ALL) {
        let line = Rect { y: left.y + row, height: 1, ..left };
        field_line(state, editor, field, frame, line);
    }
    frame.render_widget(Paragraph::new(completions(editor, right, theme)), right);
    frame.render_widget(Paragraph::new(understood), said);
}

fn field_line(state: &State, editor: &Editor, field: Field, frame: &mut Frame<'_>, area: Rect) {
    let theme = state.theme;
    let has_cursor = editor.field == field;
    let room = area.width.saturating_sub(LABEL + 2) as usize;
    let value = safe(editor.value(field));
    let input = editor.input().filter(|_| has_cursor);
    let scroll = input.map_or(0, |input| input.visual_scroll(room));
    let shown: String = value.chars().skip(scroll).collect();
    let placeholder = match field {
        _ if !value.is_empty() || has_cursor => "",
        Field::Name => "any",
        Field::Namespace => "the context's, * for all",
        _ => "",
    };
    let style = theme.style(if has_cursor { Tone::Strong } else { Tone::Plain });
    let spans = vec![
        Span::styled(format!(" {:<1$}", field.label(), LABEL as usize - 1), theme.style(if has_cursor { Tone::Accent } else { Tone::Dim })),
        Span::styled(cut_middle(&shown, room, theme.ellipsis()), style),
        Span::styled(placeholder, theme.style(Tone::Dim)),
    ];
    frame.render_widget(Line::from(spans), area);
    if let Some(input) = input {
        let column = u16::try_from(input.visual_cursor().saturating_sub(scroll)).unwrap_or_default();
        frame.set_cursor_position(Position { x: area.x + LABEL + column.min(area.width.saturating_sub(LABEL + 1)), y: area.y });
    }
}

fn completions(editor: &Editor, area: Rect, theme: super::Theme) -> Vec<Line<'static>> {
    let height = area.height as usize;
    let first = editor.chosen.map_or(0, |chosen| chosen.saturating_sub(height.saturating_sub(1)));
    let room = area.width.saturating_sub(2) as usize;
    editor
        .completions
        .iter()
        .enumerate()
        .skip(first)
        .take(height)
        .map(|(position, text)| {
            let text = cut_middle(&safe(text), room, theme.ellipsis());
            let style = if editor.chosen == Some(position) { theme.cursor() } else { theme.style(Tone::Dim) };
            Line::styled(text, style)
        })
        .collect()
}

/// What was made of the fields, or what is wrong with them.
fn understood(state: &State, editor: &Editor, columns: u16) -> Vec<Line<'static>> {
    let theme = state.theme;
    let room = (columns as usize).saturating_sub(LABEL as usize + 2);
    let (texts, tone): (Vec<&str>, Tone) = match &editor.understood {
        Ok(lines) => (lines.iter().map(String::as_str).collect(), Tone::Good),
        Err(wrong) => (vec![wrong], Tone::Unknown),
    };
    let label = if editor.understood.is_ok() { "asks" } else { "" };
    let mut lines: Vec<Line<'static>> = Vec::new();
    for (position, text) in texts.into_iter().enumerate() {
        let tone = if position == 0 { tone } else { Tone::Dim };
        for piece in wrap(&theme.text(&safe(text)), room) {
            let before = if lines.is_empty() { label } else { "" };
            let label = Span::styled(format!(" {before:<0$}", LABEL as usize - 1), theme.style(Tone::Dim));
            lines.push(Line::from(vec![label, Span::styled(piece, theme.style(tone))]));
        }
    }
    lines.push(Line::styled(theme.rules().0.repeat(columns as usize), theme.style(Tone::Dim)));
    lines
}
