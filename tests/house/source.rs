//! The source files as the tests of the house read them: without comments and texts, each in its room.

use std::fs;
use std::path::{Path, PathBuf};

/// A source file.
pub struct File {
    /// Its path below `src`, with slashes: `authz/fix/plan.rs`.
    pub path: String,
    /// Its lines as written.
    pub lines: Vec<String>,
    /// Its code, line by line, without comments and without what stands in quotes.
    pub code: Vec<String>,
}

impl File {
    /// The room it belongs to; `main` and `lib` are the doors of the house and belong to none.
    pub fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// How many modules it is below the root of the crate.
    pub fn depth(&self) -> usize {
        self.path.split('/').count()
    }
}

/// Every file below `src`, sorted.
pub fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    assert!(paths.len() > 20, "the sources are not where they were");
    paths
        .iter()
        .map(|path| {
            let text = fs::read_to_string(path).unwrap();
            let path = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            File { path, code: code(&text).lines().map(str::to_owned).collect(), lines }
        })
        .collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

/// The text without comments and the insides of string literals; lines stay where they are.
pub fn code(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            'r' if rest.starts_with("r\"") || rest.starts_with("r#") => raw(rest),
            '"' => quoted(rest),
            // a quote or a backslash as a character
            '\'' if rest.starts_with("'\"'") => 3,
            '\'' if rest.starts_with("'\\") => rest.get(3..).and_then(|after| after.find('\'')).map_or(2, |end| end + 4),
            _ => {
                out.push(c);
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
                continue;
            }
        };
        let (gone, after) = rest.split_at(length.max(1));
        out.extend(gone.chars().filter(|c| *c == '\n'));
        out.push(' ');
        rest = after;
    }
    out
}

/// The length of the string literal that a text begins with.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (position, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return position + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of the raw string literal that a text begins with; of its `r` alone when it is a raw identifier.
fn raw(text: &str) -> usize {
    let fences = text.chars().skip(1).take_while(|c| *c == '#').count();
    if !text.get(1 + fences..).is_some_and(|rest| rest.starts_with('"')) {
        return 1;
    }
    let end = format!("\"{}", "#".repeat(fences));
    let inside = 2 + fences;
    text.get(inside..).and_then(|rest| rest.find(&end)).map_or(text.len(), |position| inside + position + end.len())
}

#[test]
fn comments_and_texts_are_no_code() {
    let text = "a // crate::tui\n\"b \\\" crate::tui\" c r#\"x \" y\"# /* d\n e */ f '\"' g '\\'' h\n";
    assert_eq!(code(text).split_whitespace().collect::<Vec<_>>(), ["a", "c", "f", "g", "h"]);
    assert_eq!(code(text).lines().count(), text.lines().count());
}
