//! The rows of the tree as they are unfolded, and the cursor on them.
//!
//! The cursor is a path of ids, never a position, and folding is remembered by path: both stay with their row when the
//! decision is taken again.

use std::collections::BTreeSet;

use crate::view::phrase::Sign;
use crate::view::why::{Node, Topic};

/// A path of ids from the root.
pub type Path = Vec<String>;

/// A visible row.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// Where it is.
    pub path: Path,
    /// The row itself.
    pub node: &'a Node,
}

/// The rows, what somebody folded or unfolded, and the cursor.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// The rows.
    pub nodes: Vec<Node>,
    /// Those that somebody folded or unfolded.
    pub toggled: BTreeSet<Path>,
    /// The row under the cursor.
    pub cursor: Path,
}

impl Tree {
    /// Takes the rows of a decision; the cursor stays on its row, or on the nearest that is still there.
    pub fn show(&mut self, nodes: Vec<Node>) {
        self.nodes = nodes;
        let rows = self.rows();
        let mut cursor = self.cursor.clone();
        while !cursor.is_empty() && !rows.iter().any(|row| row.path == cursor) {
            cursor.pop();
        }
        if cursor.len() < 2 {
            cursor = first_of_interest(&rows).map(|row| row.path.clone()).unwrap_or_default();
        }
        self.cursor = cursor;
    }

    /// The visible rows.
    pub fn rows(&self) -> Vec<Row<'_>> {
        let mut rows = Vec::new();
        self.collect(&self.nodes, &mut Vec::new(), &mut rows);
        rows
    }

    fn collect<'a>(&self, nodes: &'a [Node], path: &mut Path, rows: &mut Vec<Row<'a>>) {
        for node in nodes {
            path.push(node.id.clone());
            rows.push(Row { path: path.clone(), node });
            if self.is_open(node, path) {
                self.collect(&node.children, path, rows);
            }
            path.pop();
        }
    }

    /// Whether a row is unfolded.
    pub fn is_open(&self, node: &Node, path: &Path) -> bool {
        !node.children.is_empty() && node.open != self.toggled.contains(path)
    }

    /// What the row under the cursor is about.
    pub fn topic(&self) -> Option<Topic> {
        self.rows().into_iter().find(|row| row.path == self.cursor).map(|row| row.node.topic)
    }

    /// Moves the cursor by so many rows, staying inside; whether it moved.
    pub fn step(&mut self, by: isize) -> bool {
        let rows = self.rows();
        let at = rows.iter().position(|row| row.path == self.cursor).unwrap_or_default();
        let to = at.saturating_add_signed(by).min(rows.len().saturating_sub(1));
        let path = rows.get(to).map(|row| row.path.clone()).unwrap_or_default();
        let moved = path != self.cursor;
        self.cursor = path;
        moved
    }

    /// Unfolds the row, or goes to the first one inside it.
    pub fn right(&mut self) {
        match self.fold() {
            Some(false) => self.toggle(),
            Some(true) => drop(self.step(1)),
            None => {}
        }
    }

    /// Folds the row, or goes to the one that holds it.
    pub fn left(&mut self) {
        if self.fold() == Some(true) {
            self.toggle();
        } else if self.cursor.len() > 1 {
            self.cursor.pop();
        }
    }

    /// Folds or unfolds the row.
    pub fn toggle(&mut self) {
        if self.fold().is_some() && !self.toggled.remove(&self.cursor) {
            self.toggled.insert(self.cursor.clone());
        }
    }

    /// Whether the row under the cursor is unfolded; none when nothing hangs on it.
    pub fn fold(&self) -> Option<bool> {
        let rows = self.rows();
        let row = rows.iter().find(|row| row.path == self.cursor && !row.node.children.is_empty())?;
        Some(self.is_open(row.node, &row.path))
    }
}

/// What a reader looks for first: the rule that allows, else what comes nearest.
fn first_of_interest<'a, 'b>(rows: &'b [Row<'a>]) -> Option<&'b Row<'a>> {
    let allows =
        |row: &&Row<'_>| row.node.sign == Sign::Holds && matches!(row.node.topic, Topic::Rule(..) | Topic::Principal(_) | Topic::Node);
    let is_nearest = |row: &&Row<'_>| matches!(row.node.topic, Topic::Near(0) | Topic::Fix(0));
    let is_allowed = !rows.iter().any(|row| is_nearest(&row));
    let found = if is_allowed { rows.iter().find(allows) } else { rows.iter().find(is_nearest) };
    found.or_else(|| rows.iter().find(|row| row.node.topic == Topic::Identity)).or_else(|| rows.first())
}
