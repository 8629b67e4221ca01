//! What is read: details beside the tree or over it, or a fix.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::{Why, draw};
use crate::tui::draw::lines::blocks;
use crate::tui::draw::reading;
use crate::tui::scene::Scene;
use crate::tui::screens::Around;
use crate::tui::theme::Theme;
use crate::view::why::detail;

/// How many lines a page holds.
pub fn height(why: &Why, around: &Around) -> u16 {
    area(why, around).height.saturating_sub(1).max(1)
}

/// The number of the last line to which the page can be scrolled.
pub fn last_line(why: &Why, around: &Around) -> u16 {
    let area = area(why, around);
    reading::last(&lines(why, around.theme, around.scene.as_ref(), reading::room(area)), area)
}

/// Where a page is: over the middle of the screen, or beside the tree.
fn area(why: &Why, around: &Around) -> Rect {
    let panes = draw::panes(why, around.is_wide, around.body);
    match (why.fix, panes.details) {
        (None, Some(details)) => details,
        _ => around.over,
    }
}

/// Paints the page.
pub fn draw(why: &Why, theme: Theme, scene: Option<&Scene>, frame: &mut Frame<'_>, area: Rect) {
    let scroll = why.fix.map_or(why.scroll, |(_, scroll)| scroll);
    reading::draw(lines(why, theme, scene, reading::room(area)), scroll, theme, frame, area);
}

fn lines(why: &Why, theme: Theme, scene: Option<&Scene>, room: usize) -> Vec<Line<'static>> {
    if let Some((fix, _)) = why.fix {
        let fix = why.decision().and_then(|decision| decision.fixes.get(fix));
        return fix.map(|fix| blocks(&detail::fix(fix), room, theme)).unwrap_or_default();
    }
    match (why.shown(), why.topic(), scene) {
        (Some(shown), Some(topic), Some(scene)) => blocks(&detail::detail(&shown, &scene.snapshot.facts, topic), room, theme),
        _ => Vec::new(),
    }
}
