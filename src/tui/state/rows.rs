//! The rows of a table as they are unfolded and filtered, and the cursor on them.
//!
//! Rows are laid out once, when they come; what is seen of them is found again only when somebody folds or filters. The
//! cursor is what a row is about, never a position, so that it stays with its row when the facts change.

use std::collections::HashSet;
use std::fmt::Debug;
use std::hash::Hash;

use unicode_width::UnicodeWidthStr;

use crate::view::phrase::Sign;
use crate::view::table::{Rank, Row, Topic};

/// The widest that words make a column.
const WIDEST: usize = 60;

/// What rows can be about.
pub trait About: Clone + Debug + Eq + Hash {}

impl<T: Clone + Debug + Eq + Hash> About for T {}

/// The rows, what somebody folded or unfolded, and the cursor.
#[derive(Clone, Debug)]
pub struct Rows<T> {
    rows: Vec<Row<T>>,
    /// What a filter looks for in each row.
    searched: Vec<String>,
    /// The position behind each row and all that hangs on it.
    ends: Vec<usize>,
    /// The most cells that the words of a column take, in full and in brief.
    widths: Vec<(usize, usize)>,
    /// How many items there are.
    items: usize,
    /// The positions of the rows that are seen.
    seen: Vec<usize>,
    toggled: HashSet<Topic<T>>,
    cursor: Option<Topic<T>>,
    /// The position of the cursor among the rows that are seen.
    at: usize,
    filter: String,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            searched: Vec::new(),
            ends: Vec::new(),
            widths: Vec::new(),
            items: 0,
            seen: Vec::new(),
            toggled: HashSet::new(),
            cursor: None,
            at: 0,
            filter: String::new(),
        }
    }
}

impl<T: About> Rows<T> {
    /// Takes other rows; the cursor stays on its row, or goes to the nearest that is still there.
    pub fn show(&mut self, rows: Vec<Row<T>>) {
        let before: Vec<Topic<T>> = self.seen.iter().filter_map(|row| self.rows.get(*row)).map(|row| row.topic.clone()).collect();
        self.searched = rows.iter().map(Row::searched).collect();
        self.ends = ends(&rows);
        self.widths = widths(&rows);
        self.items = rows.iter().filter(|row| row.rank == Rank::Item).count();
        self.rows = rows;
        self.see();
        let there: HashSet<&Topic<T>> = self.seen.iter().filter_map(|row| self.rows.get(*row)).map(|row| &row.topic).collect();
        if self.cursor.as_ref().is_none_or(|cursor| !there.contains(cursor)) {
            let (above, below) = before.split_at(self.at.min(before.len()));
            let nearest = below.iter().chain(above.iter().rev()).find(|topic| there.contains(topic)).cloned();
            self.cursor = nearest.or_else(|| self.first_item());
        }
        self.find_cursor();
    }

    /// How deep the row stands that is about this.
    pub fn depth(&self, topic: &Topic<T>) -> Option<usize> {
        self.rows.iter().find(|row| row.topic == *topic).map(|row| row.depth)
    }

    /// Puts a row in the place of the one that is about the same.
    pub fn put(&mut self, row: Row<T>) {
        let Some(at) = self.rows.iter().position(|before| before.topic == row.topic) else { return };
        for (most, (full, brief)) in self.widths.iter_mut().zip(widths(std::slice::from_ref(&row))) {
            *most = (most.0.max(full), most.1.max(brief));
        }
        if let (Some(slot), Some(searched)) = (self.rows.get_mut(at), self.searched.get_mut(at)) {
            *searched = row.searched();
            *slot = row;
        }
    }

    /// Shows only what holds a text; the cursor is on a row that is seen.
    pub fn set_filter(&mut self, text: &str) {
        text.clone_into(&mut self.filter);
        self.see();
        let is_seen = self.seen.iter().filter_map(|row| self.rows.get(*row)).any(|row| Some(&row.topic) == self.cursor.as_ref());
        if !is_seen {
            self.cursor = self.first_item();
        }
        self.find_cursor();
    }

    /// What rows must hold.
    pub fn filter(&self) -> &str {
        &self.filter
    }

    /// How many items are seen, and how many there are.
    pub fn counts(&self) -> (usize, usize) {
        let is_item = |row: &&usize| self.rows.get(**row).is_some_and(|row| row.rank == Rank::Item);
        (if self.wanted().is_empty() { self.items } else { self.seen.iter().filter(is_item).count() }, self.items)
    }

    /// How many rows are seen.
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Whether no row is seen.
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// Rows that are seen, and whether what hangs on them is; none for a row on which nothing hangs.
    pub fn window(&self, first: usize, most: usize) -> impl Iterator<Item = (&Row<T>, Option<bool>)> {
        let shown = self.seen.iter().enumerate().skip(first).take(most);
        shown.filter_map(|(at, row)| Some((self.rows.get(*row)?, self.fold_at(at))))
    }

    /// The most cells that the words of a column take, in full and in brief.
    pub fn width(&self, column: usize) -> (usize, usize) {
        self.widths.get(column).copied().unwrap_or_default()
    }

    /// The position of the cursor among the rows that are seen.
    pub fn at(&self) -> usize {
        self.at
    }

    /// What the row under the cursor is about.
    pub fn topic(&self) -> Option<&Topic<T>> {
        self.seen.get(self.at).and_then(|row| self.rows.get(*row)).map(|row| &row.topic)
    }

    /// Puts the cursor on a row, where it is seen.
    pub fn choose(&mut self, topic: Topic<T>) {
        let is_seen = self.seen.iter().filter_map(|row| self.rows.get(*row)).any(|row| row.topic == topic);
        if is_seen {
            self.cursor = Some(topic);
            self.find_cursor();
        }
    }

    /// Moves the cursor by so many rows, staying inside.
    pub fn step(&mut self, by: isize) {
        self.go(self.at.saturating_add_signed(by));
    }

    fn go(&mut self, to: usize) {
        self.at = to.min(self.seen.len().saturating_sub(1));
        self.cursor = self.topic().cloned();
    }

    /// Whether the row under the cursor is unfolded; none when nothing hangs on it.
    pub fn fold(&self) -> Option<bool> {
        self.fold_at(self.at)
    }

    fn fold_at(&self, at: usize) -> Option<bool> {
        let row = *self.seen.get(at)?;
        let has_more = self.ends.get(row).is_some_and(|end| *end > row + 1);
        // what is seen says it, as a filter unfolds too
        has_more.then(|| self.seen.get(at + 1).is_some_and(|next| self.ends.get(row).is_some_and(|end| next < end)))
    }

    /// Unfolds the row, or goes to the first one inside it.
    pub fn right(&mut self) {
        match self.fold() {
            Some(false) => self.toggle(),
            Some(true) => self.step(1),
            None => {}
        }
    }

    /// Folds the row, or goes to the one that holds it.
    pub fn left(&mut self) {
        if self.fold() == Some(true) {
            self.toggle();
            if self.fold() == Some(false) {
                return;
            }
            self.toggle();
        }
        let depth = |at: usize| self.seen.get(at).and_then(|row| self.rows.get(*row)).map_or(0, |row| row.depth);
        let here = depth(self.at);
        if let Some(above) = (0..self.at).rev().find(|at| depth(*at) < here) {
            self.go(above);
        }
    }

    /// Folds or unfolds the row.
    pub fn toggle(&mut self) {
        let Some(cursor) = self.cursor.clone().filter(|_| self.fold().is_some()) else { return };
        if !self.toggled.remove(&cursor) {
            self.toggled.insert(cursor);
        }
        self.see();
        self.find_cursor();
    }

    /// Finds the rows that are seen.
    fn see(&mut self) {
        let wanted = self.wanted();
        let holds = |text: &String| !text.is_empty() && text.contains(&wanted);
        // how many of the rows before each hold it
        let mut before = Vec::with_capacity(self.rows.len() + 1);
        let mut sum = 0_usize;
        before.push(0);
        for text in &self.searched {
            sum += usize::from(!wanted.is_empty() && holds(text));
            before.push(sum);
        }
        let found = |from: usize, to: usize| before.get(to).copied().unwrap_or_default() > before.get(from).copied().unwrap_or_default();
        let mut seen = Vec::new();
        let mut row = 0;
        // up to here all is seen, as what it hangs on holds the text itself
        let mut whole = if wanted.is_empty() { usize::MAX } else { 0 };
        while let (Some(this), Some(end)) = (self.rows.get(row), self.ends.get(row).copied()) {
            let is_whole = row < whole || found(row, row + 1);
            if !is_whole && !found(row, end) {
                row = end;
                continue;
            }
            seen.push(row);
            let is_open = if is_whole { this.is_open != self.toggled.contains(&this.topic) } else { true };
            if is_whole {
                whole = whole.max(end);
            }
            row = if is_open { row + 1 } else { end };
        }
        self.seen = seen;
    }

    fn wanted(&self) -> String {
        self.filter.trim().to_lowercase()
    }

    fn first_item(&self) -> Option<Topic<T>> {
        let mut seen = self.seen.iter().filter_map(|row| self.rows.get(*row));
        let item = seen.find(|row| row.rank == Rank::Item);
        item.or_else(|| self.seen.first().and_then(|row| self.rows.get(*row))).map(|row| row.topic.clone())
    }

    fn find_cursor(&mut self) {
        let mut seen = self.seen.iter().filter_map(|row| self.rows.get(*row));
        self.at = seen.position(|row| Some(&row.topic) == self.cursor.as_ref()).unwrap_or_default();
    }
}

/// The position behind each row and all that hangs on it.
fn ends<T>(rows: &[Row<T>]) -> Vec<usize> {
    let mut ends = vec![rows.len(); rows.len()];
    let mut open: Vec<(usize, usize)> = Vec::new();
    for (position, row) in rows.iter().enumerate() {
        while let Some((above, _)) = open.pop_if(|(_, depth)| *depth >= row.depth) {
            if let Some(end) = ends.get_mut(above) {
                *end = position;
            }
        }
        open.push((position, row.depth));
    }
    ends
}

/// The most cells that the words of each column take; of the first one with what stands before them.
fn widths<T>(rows: &[Row<T>]) -> Vec<(usize, usize)> {
    let mut widths: Vec<(usize, usize)> = Vec::new();
    for (position, row) in rows.iter().enumerate().filter(|(_, row)| row.cells.len() > 1) {
        widths.resize(widths.len().max(row.cells.len()), (0, 0));
        let is_foldable = rows.get(position + 1).is_some_and(|next| next.depth > row.depth);
        for (column, (cell, most)) in row.cells.iter().zip(&mut widths).enumerate() {
            let signed = if row.sign == Sign::None || !is_foldable { 0 } else { 2 };
            let before = if column == 0 { 2 * row.depth + 2 + signed } else { 0 };
            let wide = |text: String| (before + text.width()).min(WIDEST);
            *most = (wide(cell.text()).max(most.0), wide(cell.brief()).max(most.1));
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::phrase::Phrase;
    use crate::view::table::Cell;

    fn item(depth: usize, topic: &'static str) -> Row<&'static str> {
        Row::item(depth, topic, vec![Cell::Words(Phrase::new().name(topic)), Cell::Words("".into())])
    }

    fn part(topic: &'static str) -> Row<&'static str> {
        Row::part(2, topic, topic.into())
    }

    fn table() -> Rows<&'static str> {
        let mut rows = Rows::default();
        rows.show(vec![
            Row::heading("users", "2"),
            item(1, "alice"),
            part("through readers"),
            part("through writers"),
            item(1, "Bob"),
            Row::heading("groups", "1"),
            item(1, "dev"),
            part("through Readers"),
        ]);
        rows
    }

    fn seen(rows: &Rows<&'static str>) -> Vec<&'static str> {
        rows.window(0, 100)
            .map(|(row, _)| match row.topic {
                Topic::Of(text) | Topic::Heading(text) => text,
                _ => "",
            })
            .collect()
    }

    #[test]
    fn rows_fold_and_the_cursor_starts_on_an_item() {
        let mut rows = table();
        assert_eq!(seen(&rows), ["users", "alice", "Bob", "groups", "dev"]);
        assert_eq!(rows.topic(), Some(&Topic::Of("alice")));
        rows.right();
        assert_eq!(seen(&rows), ["users", "alice", "through readers", "through writers", "Bob", "groups", "dev"]);
        rows.right();
        assert_eq!(rows.topic(), Some(&Topic::Of("through readers")));
        rows.left();
        assert_eq!(rows.topic(), Some(&Topic::Of("alice")));
        rows.left();
        rows.left();
        assert_eq!(rows.topic(), Some(&Topic::Heading("users")));
        rows.left();
        assert_eq!(seen(&rows), ["users", "groups", "dev"]);
    }

    #[test]
    fn a_filter_shows_what_holds_the_text_and_unfolds_what_hides_it() {
        let mut rows = table();
        rows.set_filter(" READERS ");
        assert_eq!(seen(&rows), ["users", "alice", "through readers", "groups", "dev", "through Readers"]);
        assert_eq!(rows.counts(), (2, 3));
        rows.set_filter("bo");
        assert_eq!((seen(&rows), rows.topic()), (vec!["users", "Bob"], Some(&Topic::Of("Bob"))));
        rows.set_filter("nobody");
        assert_eq!((seen(&rows), rows.topic()), (vec![], None));
        rows.set_filter("");
        assert_eq!(rows.counts(), (3, 3));
        assert_eq!(rows.topic(), Some(&Topic::Of("alice")));
    }

    #[test]
    fn the_cursor_stays_with_its_row_or_goes_to_the_nearest() {
        let mut rows = table();
        rows.step(1);
        assert_eq!(rows.topic(), Some(&Topic::Of("Bob")));
        rows.show(vec![Row::heading("users", ""), item(1, "aaron"), item(1, "alice"), item(1, "Bob"), item(1, "carol")]);
        assert_eq!((rows.topic(), rows.at()), (Some(&Topic::Of("Bob")), 3));
        rows.show(vec![Row::heading("users", ""), item(1, "aaron"), item(1, "carol")]);
        assert_eq!(rows.topic(), Some(&Topic::Of("carol")));
        rows.show(Vec::new());
        assert_eq!(rows.topic(), None);
        rows.step(1);
        rows.left();
        rows.right();
        rows.toggle();
    }
}
