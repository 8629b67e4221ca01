//! Tables: columns as wide as they need; the last one is wrapped.

use super::{Ink, Line, Page, Span};

/// The widest a column gets before a long cell pushes the rest of its row aside.
const WIDEST: usize = 48;

/// Rows of cells.
#[derive(Debug)]
pub struct Table {
    rows: Vec<Vec<Vec<Span>>>,
}

impl Table {
    /// A table with headings.
    pub fn new(headings: &[&str]) -> Self {
        Self { rows: vec![headings.iter().map(|heading| vec![Span::new(heading, Ink::Dim)]).collect()] }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<Vec<Span>>) {
        self.rows.push(cells);
    }

    /// Adds the heading of the rows that follow.
    pub fn heading(&mut self, text: &str) {
        self.rows.push(vec![vec![Span::new(text, Ink::Accent)]]);
    }

    /// Takes a column away.
    pub fn drop_column(&mut self, column: usize) {
        for row in &mut self.rows {
            if row.len() > 1 && column < row.len() {
                row.remove(column);
            }
        }
    }

    /// How wide it is, when nothing is wrapped.
    pub fn width(&self) -> usize {
        let widths = self.widths();
        widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1)
    }

    /// Puts the table on a page.
    pub fn put(self, page: &mut Page) {
        let widths = self.widths();
        for mut row in self.rows {
            let last = row.pop().unwrap_or_default();
            let mut before = Vec::new();
            for (cell, room) in row.into_iter().zip(&widths) {
                let pad = room.saturating_sub(width(&cell)) + 2;
                before.extend(cell);
                before.push(Span::plain(" ".repeat(pad)));
            }
            page.push(Line::after(before).spans(last));
        }
    }

    /// The widths of the columns.
    fn widths(&self) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        (0..columns)
            .map(|column| {
                // the heading of a group stands across the columns
                let rows = self.rows.iter().filter(|row| row.len() > 1 || columns == 1);
                let cells = rows.filter_map(|row| row.get(column)).map(|cell| width(cell));
                cells.filter(|width| *width <= WIDEST).max().unwrap_or(WIDEST)
            })
            .collect()
    }
}

fn width(cell: &[Span]) -> usize {
    cell.iter().map(Span::width).sum()
}

#[cfg(test)]
mod tests {
    use super::super::Look;
    use super::*;

    #[test]
    fn columns_align_and_the_last_wraps() {
        let mut table = Table::new(&["WHO", "WHERE", "THROUGH"]);
        let cell = |text: &str| vec![Span::plain(text)];
        table.row(vec![cell("alice"), cell("dev"), cell("one two three four five six seven")]);
        table.row(vec![cell("a-much-longer-name"), cell("everywhere"), cell("x")]);
        let mut page = Page::default();
        table.put(&mut page);
        let look = Look { width: 58, color: false, ascii: false, verbose: false };
        insta::assert_snapshot!(page.render(&look), @r"
        WHO                 WHERE       THROUGH
        alice               dev         one two three four five
                                        six seven
        a-much-longer-name  everywhere  x
        ");
    }
}
