//! The question while it is typed: fields, what completes them, what was understood.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};

use super::super::state::{Editor, Field, State};
use super::super::theme::Theme;
use super::horizontal;
use super::lines::{chosen, row, wrapped};
use super::text::{cut_middle, safe, width};
use crate::view::phrase::{Phrase, Sign, Tone};

/// How wide the words before the fields are.
const LABEL: u16 = 12;
/// The fewest lines that completions are given.
const LISTED: u16 = 8;

/// Paints the fields over the top of the screen, with completions on the right.
pub fn draw(state: &State, editor: &Editor, frame: &mut Frame<'_>, area: Rect) {
    let theme = state.theme;
    let fields = u16::try_from(editor.fields.len()).unwrap_or(6);
    let said = understood(editor, area.width, theme);
    let rows = fields.max(LISTED.min(area.height.saturating_sub(4)));
    let height = rows + u16::try_from(said.len()).unwrap_or(1).min(area.height.saturating_sub(rows + 1)) + 1;
    let over = Rect { height: height.min(area.height), ..area };
    frame.render_widget(Clear, over);
    let [top, middle, bottom] = Layout::vertical([Constraint::Length(rows), Constraint::Min(0), Constraint::Length(1)]).areas(over);
    // nothing completes a line, and it is long
    let share = if editor.fields.iter().any(|(field, _)| *field == Field::Line) { 100 } else { 55 };
    let [left, right] = Layout::horizontal([Constraint::Percentage(share), Constraint::Min(0)]).areas(top);
    for (line, (position, _)) in (0..).zip(editor.fields.iter().enumerate()) {
        field(editor, position, frame, Rect { y: left.y + line, height: 1, ..left }, theme);
    }
    let right = Rect { width: right.width.saturating_sub(1), ..right };
    frame.render_widget(Paragraph::new(completions(editor, right, theme)), right);
    frame.render_widget(Paragraph::new(said), middle);
    // one line is enough where the screen's own follows
    if over.height < area.height {
        frame.render_widget(horizontal(theme, bottom.width), bottom);
    }
}

fn field(editor: &Editor, position: usize, frame: &mut Frame<'_>, area: Rect, theme: Theme) {
    let Some((field, input)) = editor.fields.get(position) else { return };
    let has_cursor = editor.at == position;
    let room = usize::from(area.width.saturating_sub(LABEL + 1));
    let label = format!(" {:<1$}", field.label(), usize::from(LABEL) - 1);
    let label = Span::styled(label, theme.style(if has_cursor { Tone::Accent } else { Tone::Dim }));
    let value = safe(input.value());
    if !has_cursor {
        let shown = if value.is_empty() {
            Span::styled(field.when_empty(), theme.style(Tone::Dim))
        } else {
            Span::raw(cut_middle(&value, room, theme.ellipsis()))
        };
        return frame.render_widget(Line::from(vec![label, shown]), area);
    }
    // a chosen completion stands in the field before it is taken
    let chosen = editor.chosen.and_then(|chosen| editor.completions.get(chosen)).filter(|_| *field != Field::Groups);
    let before_cursor = width(&safe(&input.value().chars().take(input.cursor()).collect::<String>()));
    let scroll = (before_cursor + 1).saturating_sub(room);
    let shown = match chosen {
        Some(completion) => cut_middle(&safe(&completion.text), room, theme.ellipsis()),
        None => skip(&value, scroll),
    };
    let mut style = theme.style(if chosen.is_some() { Tone::Accent } else { Tone::Name });
    if editor.is_fresh && chosen.is_none() {
        style = style.add_modifier(Modifier::REVERSED);
    }
    frame.render_widget(Line::from(vec![label, Span::styled(shown, style)]), area);
    let column = chosen.map_or(before_cursor - scroll, |completion| width(&safe(&completion.text)).min(room));
    let column = u16::try_from(column).unwrap_or_default().min(area.width.saturating_sub(LABEL + 1));
    frame.set_cursor_position(Position { x: area.x + LABEL + column, y: area.y });
}

/// A text without its first so many cells.
fn skip(text: &str, cells: usize) -> String {
    let mut left = cells;
    let rest = text.char_indices().find(|(_, c)| {
        let columns = unicode_width::UnicodeWidthChar::width(*c).unwrap_or_default();
        let is_reached = left == 0;
        left = left.saturating_sub(columns);
        is_reached
    });
    rest.map_or_else(String::new, |(position, _)| text.get(position..).unwrap_or_default().to_owned())
}

fn completions(editor: &Editor, area: Rect, theme: Theme) -> Vec<Line<'static>> {
    let height = usize::from(area.height);
    let first = editor.chosen.map_or(0, |chosen| (chosen + 1).saturating_sub(height));
    let room = usize::from(area.width);
    editor
        .completions
        .iter()
        .enumerate()
        .skip(first)
        .take(height)
        .map(|(position, completion)| {
            let words = Phrase::new().plain(completion.text.as_str());
            let line = row(Sign::None, &words, &completion.note, room, theme);
            if editor.chosen == Some(position) { chosen(line, theme) } else { line }
        })
        .collect()
}

/// What was made of the fields, or what is wrong with them.
fn understood(editor: &Editor, columns: u16, theme: Theme) -> Vec<Line<'static>> {
    let room = usize::from(columns.saturating_sub(LABEL + 1));
    let (texts, label): (Vec<(&str, Tone)>, &str) = match &editor.understood {
        Ok(lines) => {
            let tone = |position: usize| if position == 0 { Tone::Good } else { Tone::Dim };
            (lines.iter().enumerate().map(|(position, line)| (line.as_str(), tone(position))).collect(), "asks")
        }
        Err(wrong) => (vec![(wrong.as_str(), Tone::Open)], "not yet"),
    };
    let lines = texts.into_iter().flat_map(|(text, tone)| wrapped(&Phrase::new().with(tone, text), room, 2, theme));
    let put = |(position, line): (usize, Line<'static>)| {
        let label = format!(" {:<1$}", if position == 0 { label } else { "" }, usize::from(LABEL) - 1);
        Line::from(std::iter::once(Span::styled(label, theme.style(Tone::Dim))).chain(line.spans).collect::<Vec<_>>())
    };
    std::iter::once(Line::default()).chain(lines.enumerate().map(put)).collect()
}
