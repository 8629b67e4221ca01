//! An edit as a unified diff in which no secret is shown.

mod mask;

use std::fmt::Write as _;

use similar::{ChangeTag, TextDiff};

use super::Edit;
use crate::base::text::sanitise;
use crate::kubeconfig::text;
use mask::masked;

/// Lines around a change.
const CONTEXT: usize = 3;

impl Edit {
    /// The change as a unified diff, secrets hidden on every line shown; empty where nothing changes.
    ///
    /// What is compared are the lines as they are: a secret that changes is a line that changes, hidden on both sides.
    pub fn diff(&self) -> String {
        let (before, after) = (Side::new(self.before.as_deref()), Side::new(Some(&self.after)));
        let diff = TextDiff::from_lines(before.text.as_str(), after.text.as_str());
        let path = sanitise(&self.path);
        let old = if self.before.is_some() { path.as_ref() } else { "/dev/null" };
        let mut out = String::new();
        for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
            if out.is_empty() {
                let _ = writeln!(out, "--- {old}\n+++ {path}");
            }
            let _ = writeln!(out, "{}", hunk.header());
            for change in hunk.iter_changes() {
                let line = match change.tag() {
                    ChangeTag::Insert => after.line(change.new_index()),
                    ChangeTag::Delete | ChangeTag::Equal => before.line(change.old_index()),
                };
                let _ = writeln!(out, "{}{line}", change.tag());
                if change.missing_newline() {
                    out.push_str("\\ No newline at end of file\n");
                }
            }
        }
        out
    }

    /// The lines that are written, each with its number, secrets hidden.
    pub fn changed_lines(&self) -> Vec<(usize, String)> {
        let (before, after) = (Side::new(self.before.as_deref()), Side::new(Some(&self.after)));
        let diff = TextDiff::from_lines(before.text.as_str(), after.text.as_str());
        let inserted = diff.iter_all_changes().filter(|change| change.tag() == ChangeTag::Insert);
        inserted.filter_map(|change| Some((change.new_index()? + 1, after.line(change.new_index()).to_owned()))).collect()
    }
}

/// A file before or after, and the same with its secrets hidden, line by line.
struct Side {
    text: String,
    shown: Vec<String>,
}

impl Side {
    fn new(bytes: Option<&[u8]>) -> Self {
        let bytes = bytes.unwrap_or_default();
        // what is edited can be read
        let text = text::decode(bytes).unwrap_or_else(|_| String::from_utf8_lossy(bytes)).into_owned();
        let shown = masked(&text);
        // lines as the diff has them
        let shown = TextDiff::from_lines(shown.as_str(), "")
            .iter_all_changes()
            .map(|change| sanitise(change.value().trim_end_matches(['\r', '\n'])).into_owned())
            .collect();
        Self { text, shown }
    }

    fn line(&self, index: Option<usize>) -> &str {
        index.and_then(|index| self.shown.get(index)).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(before: Option<&str>, after: &str) -> Edit {
        Edit { path: "/k".to_owned(), before: before.map(|text| text.as_bytes().to_vec()), after: after.as_bytes().to_vec() }
    }

    #[test]
    fn a_diff_is_one_that_patch_reads() {
        let before = "a: 1\nb: 2\nc: 3\nd: 4\ne: 5\nf: 6";
        let after = before.replace("d: 4", "d: x");
        let shown = "--- /k\n+++ /k\n@@ -1,6 +1,6 @@\n a: 1\n b: 2\n c: 3\n-d: 4\n+d: x\n e: 5\n f: 6\n\\ No newline at end of file\n";
        assert_eq!(edit(Some(before), &after).diff(), shown);
        assert_eq!(edit(Some(before), &after).changed_lines(), [(4, "d: x".to_owned())]);
        assert_eq!(edit(None, "a: 1\n").diff(), "--- /dev/null\n+++ /k\n@@ -0,0 +1 @@\n+a: 1\n");
        assert_eq!(edit(Some("a"), "a").diff(), "");
        // what ends a line is not shown, and what acts on a terminal does not
        assert_eq!(edit(Some(""), "a: \u{202e}b\r\n").diff(), "--- /k\n+++ /k\n@@ -0,0 +1 @@\n+a: \\u{202e}b\n");
    }

    #[test]
    fn a_secret_that_changes_is_a_line_that_changes() {
        let before = "users: [{name: a, user: {token: one}}]\n";
        let diff = edit(Some(before), &before.replace("one", "two")).diff();
        assert!(diff.contains("\n-users: [{name: a, user: {token: (hidden)}}]\n+users: [{name: a, user: {token: (hidden)}}]\n"), "{diff}");
    }
}
