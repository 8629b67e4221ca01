//! The tree of the answer.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span, Text};
use tui_tree_widget::{Tree, TreeItem};

use super::{Focus, Why};
use crate::tui::draw::Memory;
use crate::tui::draw::lines::{row, wrapped};
use crate::tui::draw::text::width;
use crate::tui::theme::Theme;
use crate::view::phrase::Tone;
use crate::view::why::Node;

/// Paints it.
pub fn draw(why: &Why, theme: Theme, memory: &mut Memory, frame: &mut Frame<'_>, area: Rect) {
    let area = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let items: Vec<TreeItem<'_, String>> =
        why.tree.nodes.iter().filter_map(|node| item(node, why, theme, &mut Vec::new(), area.width)).collect();
    let (closed, open, lone) = theme.folds();
    // siblings have distinct ids; if they ever had not, the tree is not drawn rather than the program ended
    let Ok(widget) = Tree::new(&items) else { return };
    let cursor = theme.cursor(why.focus == Focus::Tree);
    let widget = widget.highlight_style(cursor).node_closed_symbol(closed).node_open_symbol(open).node_no_children_symbol(lone);
    memory.tree.close_all();
    for row in why.tree.rows() {
        if why.tree.is_open(row.node, &row.path) {
            memory.tree.open(row.path);
        }
    }
    memory.tree.select(why.tree.cursor.clone());
    frame.render_stateful_widget(widget, area, &mut memory.tree);
}

/// A row of the tree; what is folded away is not built.
fn item(node: &Node, why: &Why, theme: Theme, path: &mut Vec<String>, columns: u16) -> Option<TreeItem<'static, String>> {
    path.push(node.id.clone());
    let text = text(node, usize::from(columns).saturating_sub(2 * path.len()), theme);
    let built = if why.tree.is_open(node, path) {
        let children = node.children.iter().filter_map(|child| item(child, why, theme, path, columns)).collect();
        TreeItem::new(node.id.clone(), text, children)
    } else if node.children.is_empty() {
        Ok(TreeItem::new_leaf(node.id.clone(), text))
    } else {
        // one stand-in is enough for the sign that something is inside
        TreeItem::new(node.id.clone(), text, vec![TreeItem::new_leaf(String::new(), "")])
    };
    path.pop();
    built.ok()
}

fn text(node: &Node, room: usize, theme: Theme) -> Text<'static> {
    if !node.is_sentence {
        return Text::from(row(node.sign, &node.words, &node.aside, room, theme));
    }
    let (glyph, style) = theme.sign(node.sign);
    let indent = width(glyph) + if node.words.pieces.first().is_some_and(|piece| piece.tone == Tone::Accent) { 3 } else { 0 };
    let words = if node.aside.is_empty() { node.words.clone() } else { node.words.clone().with(Tone::Dim, format!("  {}", node.aside)) };
    let lines = wrapped(&words, room.saturating_sub(width(glyph)), indent - width(glyph), theme);
    let put = |(position, line): (usize, Line<'static>)| {
        let before = if position == 0 { Span::styled(glyph, style) } else { Span::raw(" ".repeat(width(glyph))) };
        Line::from(std::iter::once(before).chain(line.spans).collect::<Vec<_>>())
    };
    Text::from(lines.into_iter().enumerate().map(put).collect::<Vec<_>>())
}
