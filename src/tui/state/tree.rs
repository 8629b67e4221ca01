//! The tree's lines as they are unfolded, and the cursor on them.
//!
//! The cursor is a path of ids, never a position: it stays on its line when the decision is taken again.

use std::collections::BTreeSet;

use crate::view::why::{Node, Subject};

/// A path of ids from the root.
pub type Path = Vec<String>;

/// A visible line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it is.
    pub path: Path,
    /// What it stands for.
    pub subject: Subject,
    /// Whether lines stand inside it.
    pub has_children: bool,
}

/// The lines, which are unfolded, and the cursor.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// The lines.
    pub nodes: Vec<Node>,
    /// The unfolded ones.
    pub open: BTreeSet<Path>,
    /// The line under the cursor.
    pub cursor: Path,
}

impl Tree {
    /// Takes the lines of a decision; what was folded and where the cursor stood stays where it can.
    pub fn show(&mut self, nodes: Vec<Node>, afresh: bool) {
        if afresh {
            self.open.clear();
            self.cursor.clear();
        }
        if self.open.is_empty() {
            open_defaults(&nodes, &mut Vec::new(), &mut self.open);
        }
        self.nodes = nodes;
        let rows = self.rows();
        if !rows.iter().any(|row| row.path == self.cursor) {
            self.cursor = first_of_interest(&rows).map(|row| row.path.clone()).unwrap_or_default();
        }
    }

    /// The visible lines.
    pub fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        self.collect(&self.nodes, &mut Vec::new(), &mut rows);
        rows
    }

    fn collect(&self, nodes: &[Node], path: &mut Path, rows: &mut Vec<Row>) {
        for node in nodes {
            path.push(node.id.clone());
            rows.push(Row { path: path.clone(), subject: node.subject, has_children: !node.children.is_empty() });
            if self.open.contains(path) {
                self.collect(&node.children, path, rows);
            }
            path.pop();
        }
    }

    /// What the line under the cursor stands for.
    pub fn subject(&self) -> Option<Subject> {
        self.rows().into_iter().find(|row| row.path == self.cursor).map(|row| row.subject)
    }

    /// Moves the cursor by so many lines, staying inside.
    pub fn step(&mut self, by: isize) {
        let rows = self.rows();
        let at = rows.iter().position(|row| row.path == self.cursor).unwrap_or_default();
        let to = at.saturating_add_signed(by).min(rows.len().saturating_sub(1));
        if let Some(row) = rows.get(to) {
            self.cursor.clone_from(&row.path);
        }
    }

    /// Unfolds the line, or goes to the first one inside it.
    pub fn right(&mut self) {
        let has_children = self.rows().iter().any(|row| row.path == self.cursor && row.has_children);
        if has_children && !self.open.insert(self.cursor.clone()) {
            self.step(1);
        }
    }

    /// Folds the line, or goes to the one that holds it.
    pub fn left(&mut self) {
        if !self.open.remove(&self.cursor) && self.cursor.len() > 1 {
            self.cursor.pop();
        }
    }

    /// Folds or unfolds the line; false when there is nothing inside it.
    pub fn toggle(&mut self) -> bool {
        let has_children = self.rows().iter().any(|row| row.path == self.cursor && row.has_children);
        if has_children && !self.open.remove(&self.cursor) {
            self.open.insert(self.cursor.clone());
        }
        has_children
    }
}

fn open_defaults(nodes: &[Node], path: &mut Path, open: &mut BTreeSet<Path>) {
    for node in nodes {
        path.push(node.id.clone());
        if node.open {
            open.insert(path.clone());
        }
        open_defaults(&node.children, path, open);
        path.pop();
    }
}

/// The nearest miss, or a rule that allows: what a reader looks for first.
fn first_of_interest(rows: &[Row]) -> Option<&Row> {
    rows.iter().find(|row| matches!(row.subject, Subject::NearMiss(0) | Subject::Fix(0))).or_else(|| rows.first())
}
