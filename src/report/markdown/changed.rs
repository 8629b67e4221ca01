//! A change of kubeconfigs as Markdown: the sentence and the diff.

use super::escape::{code, fence, prose};
use crate::view::changed::Changed;

/// The change.
pub fn changed(changed: &Changed) -> String {
    let mut out = format!("{}\n", prose(&changed.summary));
    for file in &changed.files {
        out.push('\n');
        out.push_str(&fence("diff", &file.diff));
    }
    for note in &changed.notes {
        out.push('\n');
        out.push_str(&prose(note));
        out.push('\n');
    }
    out
}

/// Names, one a line.
pub fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| code(name) + "\n").collect()
}
