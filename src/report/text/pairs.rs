//! A label and what it stands for, one a line.

use super::{Ink, Line, Page, Span};

/// The width of the labels.
const LABEL: usize = 15;

/// Puts a pair on a page.
pub fn put(page: &mut Page, label: &str, value: &str) {
    page.push(Line::after(vec![Span::new(format!("{label:<LABEL$}"), Ink::Dim)]).plain(value));
}
