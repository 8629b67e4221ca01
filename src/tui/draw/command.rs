//! A command while it is typed: what completes it stands above it, or what is wrong with it.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Clear, Paragraph};

use super::super::state::CommandLine;
use super::super::theme::Theme;
use super::lines::{chosen, row, wrapped};
use crate::view::phrase::{Phrase, Sign, Tone};

/// The most completions that are seen.
const MOST: u16 = 8;

/// Paints what belongs to the line, above it: `bottom` is the line of the lower rule.
pub fn draw(line: &CommandLine, theme: Theme, frame: &mut Frame<'_>, bottom: u16, over: Rect) {
    let room = usize::from(over.width.saturating_sub(2));
    let lines = match &line.wrong {
        Some(wrong) => wrapped(&Phrase::new().with(Tone::Open, wrong.as_str()), room, 2, theme),
        None => completions(line, room, theme),
    };
    if lines.is_empty() {
        return;
    }
    let height = u16::try_from(lines.len()).unwrap_or(MOST).min(over.height.saturating_sub(1));
    let area = Rect { x: over.x, y: bottom.saturating_sub(height + 1), width: over.width, height: height + 1 };
    frame.render_widget(Clear, area);
    frame.render_widget(super::horizontal(theme, area.width), Rect { height: 1, ..area });
    let inner = Rect { x: area.x + 1, y: area.y + 1, width: area.width.saturating_sub(2), height };
    frame.render_widget(Paragraph::new(lines), inner);
}

fn completions(line: &CommandLine, room: usize, theme: Theme) -> Vec<Line<'static>> {
    let most = usize::from(MOST);
    let first = line.chosen.map_or(0, |chosen| (chosen + 1).saturating_sub(most));
    let one = |(position, completion): (usize, &crate::view::complete::Completion)| {
        let words = Phrase::new().plain(completion.text.as_str());
        let row = row(Sign::None, &words, &completion.note, room, theme);
        if line.chosen == Some(position) { chosen(row, theme) } else { row }
    };
    line.completions.iter().enumerate().skip(first).take(most).map(one).collect()
}
