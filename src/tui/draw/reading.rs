//! Something to be read: lines in an area, scrolled.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Clear, Paragraph};

use super::super::theme::Theme;
use crate::view::phrase::Tone;

/// How many cells a line has.
pub fn room(area: Rect) -> usize {
    usize::from(area.width.saturating_sub(2))
}

/// The number of the last line to which these can be scrolled.
pub fn last(lines: &[Line<'_>], area: Rect) -> u16 {
    u16::try_from(lines.len().saturating_sub(usize::from(area.height))).unwrap_or(u16::MAX)
}

/// Paints lines, scrolled down.
pub fn draw(lines: Vec<Line<'static>>, scroll: u16, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    frame.render_widget(Clear, area);
    let last = last(&lines, area);
    let scroll = scroll.min(last);
    let page = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    frame.render_widget(Paragraph::new(lines).scroll((scroll, 0)), page);
    // that there is more is said in the last line, which is shown with the rest
    if scroll < last {
        let last = Rect { y: area.bottom().saturating_sub(1), height: 1, ..area };
        frame.render_widget(Clear, last);
        let more = if theme.ascii { "more " } else { "↓ more " };
        frame.render_widget(Line::styled(more, theme.style(Tone::Accent)).right_aligned(), last);
    }
}
