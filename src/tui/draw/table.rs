//! Tables: a line of titles, and only the rows that are seen. Columns go by what they are worth where there is no room.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::super::state::{About, Rows};
use super::super::theme::Theme;
use super::Memory;
use super::lines::fit;
use super::text::{safe, width};
use crate::view::phrase::{Phrase, Sign, Tone};
use crate::view::table::{Cell, Column, Rank, Row, Shared};

/// The fewest cells that are left to words with others behind them that are kept whole.
const FEWEST: usize = 10;

/// How a table is painted.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// How things look.
    pub theme: Theme,
    /// Whether keys move the cursor.
    pub is_moved: bool,
    /// The column under the cursor, where one is.
    pub column: Option<usize>,
}

/// A column that is shown, and how wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shown {
    column: usize,
    title: &'static str,
    width: usize,
    is_sign: bool,
    /// Whether its words are the brief ones, in all rows alike.
    is_brief: bool,
}

impl Shown {
    /// The blanks behind it.
    fn gap(self) -> usize {
        if self.is_sign { 1 } else { 2 }
    }
}

/// Whether a table of this width has the brief titles.
pub fn is_brief<T: About>(rows: &Rows<T>, columns: &[Column], width: u16) -> bool {
    let natural: Vec<(usize, usize)> = (0..columns.len()).map(|column| rows.width(column)).collect();
    let room = usize::from(width.saturating_sub(2));
    layout(columns, &natural, room).iter().any(|shown| columns.get(shown.column).is_some_and(|column| column.title != shown.title))
}

/// Paints a table.
pub fn draw<T: About>(rows: &Rows<T>, columns: &[Column], look: Look, memory: &mut Memory, frame: &mut Frame<'_>, area: Rect) {
    let area = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let room = usize::from(area.width);
    let natural: Vec<(usize, usize)> = (0..columns.len()).map(|column| rows.width(column)).collect();
    let shown = layout(columns, &natural, room);
    let height = usize::from(area.height).saturating_sub(1);
    memory.first = first(memory.first, rows.at(), height, rows.len());
    // titles without a row below them say nothing
    let has_items = natural.first().is_some_and(|(full, _)| *full > 0);
    let mut lines = vec![if has_items { titles(&shown, look) } else { Line::default() }];
    for (position, (row, fold)) in rows.window(memory.first, height).enumerate() {
        lines.push(line(row, fold, &shown, room, memory.first + position == rows.at(), look));
    }
    frame.render_widget(Paragraph::new(lines), area);
}

/// The first row that is seen: as before, unless the cursor would not be seen, or there would be room below the last one.
fn first(before: usize, at: usize, height: usize, len: usize) -> usize {
    let lowest = (at + 1).saturating_sub(height.max(1));
    before.clamp(lowest, at.max(lowest)).min(len.saturating_sub(height).max(lowest))
}

/// Divides the room: columns give up words, then the middle of their names, then the least of them goes.
fn layout(columns: &[Column], natural: &[(usize, usize)], room: usize) -> Vec<Shown> {
    // a column without a word would only take room
    let says = |column: &usize| {
        let words = natural.get(*column).is_some_and(|(full, _)| *full > 0);
        words || columns.get(*column).is_some_and(|column| column.is_sign)
    };
    let mut kept: Vec<usize> = (0..columns.len()).filter(says).collect();
    loop {
        let mut shown = as_wide(columns, natural, &kept, false);
        if total(&shown) > room {
            shown = as_wide(columns, natural, &kept, true);
        }
        while total(&shown) > room {
            let least = |column: &Shown| columns.get(column.column).map_or(0, |column| column.least).max(width(column.title));
            let widest = shown.iter_mut().filter(|column| column.width > least(column)).max_by_key(|column| column.width);
            match widest {
                Some(column) => column.width -= 1,
                None => break,
            }
        }
        let rank = |column: usize| columns.get(column).map_or(0, |column| column.goes);
        let goes = kept.iter().copied().max_by_key(|column| rank(*column)).filter(|column| rank(*column) > 0);
        if let (true, Some(goes)) = (total(&shown) > room, goes) {
            kept.retain(|column| *column != goes);
            continue;
        }
        let spare = room.saturating_sub(total(&shown));
        if let Some(last) = shown.last_mut().filter(|last| !last.is_sign) {
            last.width += spare;
        }
        for column in &mut shown {
            column.is_brief = natural.get(column.column).is_some_and(|(full, _)| *full > column.width);
        }
        return shown;
    }
}

/// The columns as wide as their words.
fn as_wide(columns: &[Column], natural: &[(usize, usize)], kept: &[usize], is_brief: bool) -> Vec<Shown> {
    let of = |column: &usize| {
        let this = columns.get(*column)?;
        let title = if is_brief { this.brief } else { this.title };
        let (full, brief) = natural.get(*column).copied().unwrap_or_default();
        let words = if is_brief { brief } else { full };
        // the first title stands over the names, behind the sign that folds
        let titled = width(title) + if *column == 0 { 2 } else { 0 };
        let width = if this.is_sign { titled.max(3) } else { titled.max(words) };
        Some(Shown { column: *column, title, width, is_sign: this.is_sign, is_brief })
    };
    kept.iter().filter_map(of).collect()
}

fn total(shown: &[Shown]) -> usize {
    let gaps: usize = shown.iter().rev().skip(1).map(|column| column.gap()).sum();
    shown.iter().map(|column| column.width).sum::<usize>() + gaps
}

fn titles(shown: &[Shown], look: Look) -> Line<'static> {
    let mut spans = Vec::new();
    for (position, column) in shown.iter().enumerate() {
        // over the names, which stand behind the sign that folds
        let before = if position == 0 { 2 } else { 0 };
        let tone = if look.column == Some(column.column) { Tone::Name } else { Tone::Dim };
        let blanks = (column.width + column.gap()).saturating_sub(before + width(column.title));
        spans.push(Span::raw(" ".repeat(before)));
        spans.push(Span::styled(column.title, look.theme.style(tone)));
        spans.push(Span::raw(" ".repeat(blanks)));
    }
    Line::from(spans)
}

/// Where a cell stands.
#[derive(Clone, Copy, Debug, Default)]
struct At {
    /// Under the cursor.
    is_marked: bool,
    /// In a column that says little.
    is_brief: bool,
}

fn line<T>(row: &Row<T>, fold: Option<bool>, shown: &[Shown], room: usize, is_chosen: bool, look: Look) -> Line<'static> {
    let theme = look.theme;
    let (closed, open, lone) = theme.folds();
    let fold = match fold {
        Some(false) => closed,
        Some(true) => open,
        None => lone,
    };
    let (glyph, style) = theme.sign(row.sign);
    // where nothing can be folded, the sign takes that place
    let fold = if fold == lone && row.sign != Sign::None { "" } else { fold };
    let mut spans = vec![Span::raw(format!("{}{fold}", " ".repeat(2 * row.depth))), Span::styled(glyph, style)];
    let before: usize = spans.iter().map(|span| width(&span.content)).sum();
    let mut marked = None;
    if row.cells.len() == 1 || row.rank == Rank::Heading {
        spans.extend(row.cells.first().into_iter().flat_map(|cell| spans_of(cell, room.saturating_sub(before), At::default(), theme)));
    } else {
        for (position, column) in shown.iter().enumerate() {
            let taken = if position == 0 { before } else { 0 };
            let is_marked = is_chosen && look.column == Some(column.column);
            let cell = row.cells.get(column.column);
            let cell = cell.map_or_else(Vec::new, |cell| {
                spans_of(cell, column.width.saturating_sub(taken), At { is_marked, is_brief: column.is_brief }, theme)
            });
            let used: usize = cell.iter().map(|span| width(&span.content)).sum();
            if is_marked {
                marked = Some(spans.len());
            }
            spans.extend(cell);
            spans.push(Span::raw(" ".repeat((column.width + column.gap()).saturating_sub(taken + used))));
        }
    }
    if !is_chosen {
        return Line::from(spans);
    }
    let used: usize = spans.iter().map(|span| width(&span.content)).sum();
    spans.push(Span::raw(" ".repeat(room.saturating_sub(used))));
    let style = theme.cursor(look.is_moved);
    let mut line = Line::from(spans.into_iter().map(|span| span.patch_style(style)).collect::<Vec<_>>());
    // the cell under the cursor stands out of its row
    if let Some(span) = marked.and_then(|marked| line.spans.get_mut(marked)) {
        span.style = Style::new().add_modifier(Modifier::BOLD).remove_modifier(Modifier::REVERSED);
    }
    line
}

fn spans_of(cell: &Cell, room: usize, at: At, theme: Theme) -> Vec<Span<'static>> {
    match cell {
        Cell::Sign(sign) => {
            let (glyph, style) = theme.sign(*sign);
            let glyph = glyph.trim_end();
            let glyph = if at.is_marked { format!("[{glyph}]") } else { format!(" {glyph} ") };
            vec![Span::styled(glyph, style)]
        }
        Cell::Words(words) => fitted(words, room, theme),
        Cell::Either(full, brief) => {
            let all = width(&theme.text(&safe(&full.phrase().text())));
            let Shared { words, tail } = if all <= room && !at.is_brief { full } else { brief };
            // the start of the words is kept too
            let tail = fitted(tail, room.saturating_sub(width(&words.text()).min(FEWEST)), theme);
            let kept: usize = tail.iter().map(|span| width(&span.content)).sum();
            let mut spans = fitted(words, room.saturating_sub(kept), theme);
            spans.extend(tail);
            spans
        }
    }
}

fn fitted(words: &Phrase, room: usize, theme: Theme) -> Vec<Span<'static>> {
    fit(words, room, theme).into_iter().map(|(text, tone)| Span::styled(text, theme.style(tone))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 3] = [Column::words("WHO", 10, 0), Column::words("WHERE", 8, 0), Column::words("THROUGH", 12, 1)];

    /// The columns of a width: which, how wide, and whether in brief.
    fn laid_out(room: usize) -> Vec<(usize, usize, bool)> {
        let natural = [(30, 20), (10, 10), (40, 25)];
        layout(&COLUMNS, &natural, room).into_iter().map(|shown| (shown.column, shown.width, shown.is_brief)).collect()
    }

    #[test]
    fn columns_give_up_words_then_cells_then_the_least_of_them_goes() {
        assert_eq!(laid_out(90), [(0, 30, false), (1, 10, false), (2, 46, false)], "the last one takes what is left");
        assert_eq!(laid_out(60), [(0, 20, true), (1, 10, false), (2, 26, true)]);
        assert_eq!(laid_out(40), [(0, 13, true), (1, 10, false), (2, 13, true)]);
        assert_eq!(laid_out(33), [(0, 20, true), (1, 11, false)]);
        assert_eq!(laid_out(5), [(0, 10, true), (1, 8, true)], "those that stay are cut by the edge");
    }

    #[test]
    fn a_column_without_words_is_left_out_and_signs_stay() {
        let columns = [
            Column::words("WHAT", 8, 0),
            Column::sign("get", "get"),
            Column::sign("deletecollection", "dco"),
            Column::words("OTHERS", 6, 1),
        ];
        let shown =
            |room| -> Vec<&str> { layout(&columns, &[(12, 12), (0, 0), (0, 0), (0, 0)], room).iter().map(|shown| shown.title).collect() };
        assert_eq!(shown(60), ["WHAT", "get", "deletecollection"]);
        assert_eq!(shown(24), ["WHAT", "get", "dco"]);
    }

    #[test]
    fn the_first_row_stays_as_long_as_the_cursor_is_seen() {
        // before, cursor, height, rows
        for (before, at, height, rows, expected) in [
            (0, 3, 10, 50, 0),
            (0, 10, 10, 50, 1),
            (20, 25, 10, 50, 20),
            (20, 15, 10, 50, 15),
            (45, 49, 10, 50, 40),
            (7, 0, 10, 3, 0),
            (0, 0, 0, 0, 0),
        ] {
            assert_eq!(first(before, at, height, rows), expected, "{before} {at} {height} {rows}");
        }
    }
}
