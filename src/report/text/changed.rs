//! A change of kubeconfigs as text: one sentence, and where it is only planned its diff.

use super::{Ink, Line, Page};
use crate::view::changed::Changed;

/// The change.
pub fn changed(changed: &Changed) -> Page {
    let mut page = Page::default();
    if changed.is_planned {
        for line in changed.files.iter().flat_map(|file| file.diff.lines()) {
            page.push(Line::default().text(line, ink(line)));
        }
    }
    if changed.is_planned && changed.is_change() {
        page.gap();
        page.push(Line::default().plain(format!("{}; nothing was written (--dry-run)", changed.summary)));
    } else {
        page.push(Line::default().plain(&changed.summary));
    }
    page
}

fn ink(line: &str) -> Ink {
    match line.as_bytes().first() {
        Some(b'+') if !line.starts_with("+++ ") => Ink::Good,
        Some(b'-') if !line.starts_with("--- ") => Ink::Bad,
        Some(b'@') => Ink::Accent,
        Some(b' ') => Ink::Plain,
        _ => Ink::Dim,
    }
}
