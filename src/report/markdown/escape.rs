//! Text that stays text: code spans, prose, cells and fences that names cannot break out of.

use crate::base::text::sanitise;

/// A code span; its fence is longer than any run of backticks inside.
pub fn code(text: &str) -> String {
    let text = sanitise(text);
    if text.trim().is_empty() {
        // a code span of blanks is not one
        return format!("`\"{text}\"`");
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A sentence: its plain words as they are, whatever could mean something to Markdown in code spans.
pub fn prose(text: &str) -> String {
    let text = sanitise(text);
    let mut out = String::with_capacity(text.len() + 16);
    for (position, word) in text.split(' ').enumerate() {
        if position > 0 {
            out.push(' ');
        }
        out.push_str(&guarded(word));
    }
    out
}

/// A word with its punctuation outside of the code span that its core may need.
fn guarded(word: &str) -> String {
    let is_punctuation = |c: char| matches!(c, ',' | '.' | ':' | ';' | '(' | ')' | '?');
    let core = word.trim_matches(is_punctuation);
    let (start, _) = word.split_once(core).unwrap_or(("", ""));
    let end = &word.get(start.len() + core.len()..).unwrap_or("");
    let is_plain = core.chars().all(|c| c.is_alphanumeric() || c == '\'' || c == '-') && !core.starts_with('-');
    if is_plain { word.to_owned() } else { format!("{start}{}{end}", code(core)) }
}

/// Text for a cell of a table: a bar would end it, also inside a code span.
pub fn cell(markdown: &str) -> String {
    markdown.replace('|', "\\|")
}

/// A fenced block; its fence is longer than any run of backticks inside.
pub fn fence(language: &str, text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| sanitise(line).into_owned()).collect();
    let body = lines.join("\n");
    let fence = "`".repeat(longest_run(&body).max(2) + 1);
    format!("{fence}{language}\n{body}\n{fence}\n")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_spans_cannot_be_left() {
        assert_eq!(code("dev/reader"), "`dev/reader`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("``"), "``` `` ```");
        assert_eq!(code(" a"), "`  a `");
        assert_eq!(code(""), "`\"\"`");
        assert_eq!(code("a\n# b"), "`a␊# b`");
    }

    #[test]
    fn prose_guards_what_means_something() {
        for (text, written) in [
            ("no binding reaches alice in dev.", "no binding reaches alice in dev."),
            ("RoleBinding staging/deployers grants this", "RoleBinding `staging/deployers` grants this"),
            ("to @everyone, <img src=x> (and #12)", "to `@everyone`, `<img` `src=x>` (and `#12`)"),
            ("**bold** _under_ [a](b)", "`**bold**` `_under_` `[a](b`)"),
            ("get, list on pods/log: no verb", "get, list on `pods/log`: no verb"),
            ("a `b` c", "a `` `b` `` c"),
            ("- a", "`-` a"),
        ] {
            assert_eq!(prose(text), written, "{text}");
        }
    }

    #[test]
    fn fences_are_longer_than_what_they_hold() {
        assert_eq!(fence("yaml", "a: ```\nb: 1\n"), "````yaml\na: ```\nb: 1\n````\n");
        assert_eq!(fence("sh", "x\x1b[2J"), "```sh\nx␛[2J\n```\n");
    }
}
