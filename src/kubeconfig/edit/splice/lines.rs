//! Lines and columns of a text.

use std::ops::Range;

/// What ends a line in this text: what ends its first one.
pub fn line_break(text: &str) -> &'static str {
    match text.find(['\r', '\n']).and_then(|at| text.get(at..)) {
        Some(rest) if rest.starts_with("\r\n") => "\r\n",
        Some(rest) if rest.starts_with('\r') => "\r",
        _ => "\n",
    }
}

/// Where the line of an offset begins.
pub fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind(['\r', '\n'])).map_or(0, |end| end + 1)
}

/// Where the line of an offset ends, before its line break.
pub fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find(['\r', '\n'])).map_or(text.len(), |end| at + end)
}

/// Where the line after the one of an offset begins.
pub fn next_line(text: &str, at: usize) -> usize {
    let end = line_end(text, at);
    let rest = text.get(end..).unwrap_or_default();
    end + if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) }
}

/// The column of an offset, counted in characters from 0.
pub fn column(text: &str, at: usize) -> usize {
    text.get(line_start(text, at)..at).map_or(0, |before| before.chars().count())
}

/// Whether only blanks stand before it on its line.
pub fn first_on_line(text: &str, at: usize) -> bool {
    text.get(line_start(text, at)..at).is_some_and(|before| before.chars().all(|c| matches!(c, ' ' | '\t')))
}

/// The first comma of a range that is in no comment.
pub fn comma(text: &str, range: Range<usize>) -> Option<usize> {
    let mut is_comment = false;
    let within = text.get(range.clone())?;
    let found = within.char_indices().find(|(_, c)| {
        is_comment = if is_comment { !matches!(c, '\r' | '\n') } else { *c == '#' };
        !is_comment && *c == ','
    });
    found.map(|(offset, _)| range.start + offset)
}
