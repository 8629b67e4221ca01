//! The middle of the screen: the tree, and beside it the detail.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use tui_tree_widget::{Tree, TreeItem};

use super::super::state::{Stage, State};
use super::super::theme::Theme;
use super::Memory;
use super::text::{cut_middle, safe, width, wrap};
use crate::view::why::{DetailLine, Node, Piece, Tone, detail};

/// Paints the middle.
pub fn draw(state: &State, memory: &mut Memory, frame: &mut Frame<'_>, area: Rect) {
    match &state.stage {
        Stage::Answered(_) => {}
        other => return frame.render_widget(Paragraph::new(hints(other, state, area.width)), area),
    }
    if !state.is_wide() {
        return tree(state, memory, frame, area);
    }
    let [left, line, right] = Layout::horizontal([Constraint::Percentage(58), Constraint::Length(2), Constraint::Min(20)]).areas(area);
    tree(state, memory, frame, left);
    let bar = state.theme.rules().1;
    let bars: Vec<Line<'_>> = (0..line.height).map(|_| Line::styled(bar, state.theme.style(Tone::Dim))).collect();
    frame.render_widget(Paragraph::new(bars), line);
    if let (Some(decision), Some(subject)) = (state.decision(), state.tree.subject()) {
        let lines = paint(&detail(decision, subject), right.width, state.theme);
        frame.render_widget(Paragraph::new(lines), right);
    }
}

/// What to do while there is no answer.
fn hints(stage: &Stage, state: &State, columns: u16) -> Vec<Line<'static>> {
    let theme = state.theme;
    let texts: Vec<String> = match stage {
        Stage::Failed(failure) | Stage::Invalid(failure) => {
            let keys = if matches!(stage, Stage::Failed(_)) { "Press q to leave." } else { "Press e to edit the question, [ to go back." };
            failure.hints.iter().cloned().chain([keys.to_owned()]).collect()
        }
        Stage::Nothing => vec![
            "Press e and type a question: delete pods, in dev, as alice.".to_owned(),
            "Or paste a message: Error from server (Forbidden): …".to_owned(),
            "Or paste a kubectl line: kubectl exec web-0 -n dev --as alice".to_owned(),
        ],
        _ => Vec::new(),
    };
    let room = (columns as usize).saturating_sub(4);
    let lines = texts.iter().flat_map(|text| wrap(&theme.text(&safe(text)), room));
    std::iter::once(Line::default()).chain(lines.map(|line| Line::styled(format!("   {line}"), theme.style(Tone::Plain)))).collect()
}

fn tree(state: &State, memory: &mut Memory, frame: &mut Frame<'_>, area: Rect) {
    let theme = state.theme;
    let items: Vec<TreeItem<'_, String>> =
        state.tree.nodes.iter().filter_map(|node| item(node, state, &mut Vec::new(), area.width)).collect();
    let (closed, open, lone) = theme.folds();
    // siblings have distinct ids; if they ever had not, the tree is not drawn rather than the program ended
    let Ok(widget) = Tree::new(&items) else { return };
    let widget = widget.highlight_style(theme.cursor()).node_closed_symbol(closed).node_open_symbol(open).node_no_children_symbol(lone);
    memory.tree.close_all();
    for path in &state.tree.open {
        memory.tree.open(path.clone());
    }
    memory.tree.select(state.tree.cursor.clone());
    frame.render_stateful_widget(widget, area, &mut memory.tree);
}

/// A line of the tree; what is folded away is not built.
fn item(node: &Node, state: &State, path: &mut Vec<String>, columns: u16) -> Option<TreeItem<'static, String>> {
    path.push(node.id.clone());
    let depth = path.len();
    let line = one_line(node, (columns as usize).saturating_sub(2 * depth + 1), state.theme);
    let built = if state.tree.open.contains(path) {
        let children = node.children.iter().filter_map(|child| item(child, state, path, columns)).collect();
        TreeItem::new(node.id.clone(), line, children)
    } else if node.children.is_empty() {
        Ok(TreeItem::new_leaf(node.id.clone(), line))
    } else {
        // one stand-in is enough for the sign that something is inside
        TreeItem::new(node.id.clone(), line, vec![TreeItem::new_leaf(String::new(), "")])
    };
    path.pop();
    built.ok()
}

/// The line of a node, cut where the room ends: the detail has it whole.
fn one_line(node: &Node, room: usize, theme: Theme) -> Line<'static> {
    let (sign, style) = theme.sign(node.sign);
    let mut spans = vec![Span::styled(sign, style)];
    let mut left = room.saturating_sub(width(sign));
    let total = node.pieces.len();
    for (position, piece) in node.pieces.iter().enumerate() {
        let text = theme.text(&safe(&piece.text));
        // what follows needs a little room too, so that a long name does not push the reason out
        let after: usize = node.pieces.iter().skip(position + 1).map(|piece| width(&piece.text).min(24)).sum();
        let most = if position + 1 == total { left } else { left.saturating_sub(after).max(left.min(8)) };
        let shown = cut(&text, most, piece, theme);
        left = left.saturating_sub(width(&shown));
        spans.push(Span::styled(shown, theme.style(piece.tone)));
    }
    Line::from(spans)
}

/// Names are cut in the middle, sentences at the end.
fn cut(text: &str, most: usize, piece: &Piece, theme: Theme) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let is_sentence = piece.text.trim().contains(' ');
    if is_sentence && most > width(theme.ellipsis()) {
        let line = wrap(text.trim_end(), most - width(theme.ellipsis())).into_iter().next().unwrap_or_default();
        return format!("{line}{}", theme.ellipsis());
    }
    cut_middle(text, most, if most > width(theme.ellipsis()) { theme.ellipsis() } else { "" })
}

/// The lines of a detail, wrapped; a continued line is indented.
pub fn paint(lines: &[DetailLine], columns: u16, theme: Theme) -> Vec<Line<'static>> {
    let room = (columns as usize).saturating_sub(2).max(8);
    lines.iter().flat_map(|line| wrapped(line, room, theme)).collect()
}

fn wrapped(pieces: &[Piece], room: usize, theme: Theme) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let mut spans: Vec<Span<'static>> = Vec::new();
    let mut used = 0;
    // what is lined up under a label stays under it
    let label = pieces.first().filter(|piece| piece.tone == Tone::Dim && pieces.len() > 1 && piece.text.ends_with(' '));
    let indent = label.map_or(2, |piece| width(&piece.text).min(room / 3));
    for piece in pieces {
        let style = theme.style(piece.tone);
        let text = theme.text(&safe(&piece.text));
        for (position, word) in text.split(' ').enumerate() {
            let glue = usize::from(position > 0);
            if used + glue + width(word) > room && used > indent {
                lines.push(Line::from(std::mem::take(&mut spans)));
                spans.push(Span::raw(" ".repeat(indent)));
                used = indent;
            } else if glue == 1 {
                spans.push(Span::styled(" ", style));
                used += 1;
            }
            let mut chunks = wrap(word, room.saturating_sub(used).max(1)).into_iter().peekable();
            while let Some(chunk) = chunks.next() {
                used += width(&chunk);
                spans.push(Span::styled(chunk, style));
                if chunks.peek().is_some() {
                    lines.push(Line::from(std::mem::take(&mut spans)));
                    spans.push(Span::raw(" ".repeat(indent)));
                    used = indent;
                }
            }
        }
    }
    lines.push(Line::from(spans));
    lines
}
