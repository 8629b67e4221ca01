//! Text from outside made safe and fit to show: sanitised, quoted as Go quotes, compared loosely.

mod glob;
mod printable;

use std::borrow::Cow;
use std::fmt::Write as _;

pub use glob::{is_like, is_pattern};
use printable::is_printable;

/// Replaces everything that could move a cursor or hide text by a visible stand-in.
///
/// Names in a cluster may hold control characters (a user name is any string that a token carries); bidirectional
/// controls and zero-width characters could make one name look like another.
pub fn sanitise(text: &str) -> Cow<'_, str> {
    // most text is plain ASCII, and looked at byte by byte
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) || text.chars().all(is_harmless) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\u{7f}' => out.push('\u{2421}'),
            // the control pictures stand in the order of the controls
            '\0'..='\u{1f}' => out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}')),
            c if is_harmless(c) => out.push(c),
            c => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
        }
    }
    Cow::Owned(out)
}

/// Whether a character neither acts on a terminal nor hides.
pub fn is_harmless(c: char) -> bool {
    !(c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'))
}

/// Quotes as Go's `%q` does, so that reasons are the API server's own byte for byte.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            c if is_printable(c) => out.push(c),
            c if u32::from(c) < 0x80 => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c if u32::from(c) < 0x1_0000 => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => {
                let _ = write!(out, "\\U{:08x}", u32::from(c));
            }
        }
    }
    out.push('"');
    out
}

/// A word as a POSIX shell reads it back; control characters go as `$'…'`, which bash and zsh read.
pub fn shell_word(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else if word.chars().any(char::is_control) {
        let escaped: String = word
            .chars()
            .map(|c| match c {
                '\'' | '\\' => format!("\\{c}"),
                c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
                c => c.to_string(),
            })
            .collect();
        format!("$'{escaped}'")
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// The number of single-character edits between two strings, or `None` when there are more than `limit`.
///
/// Swapping two neighbours is one edit: it is the commonest slip of a keyboard.
pub fn edit_distance(a: &str, b: &str, limit: usize) -> Option<usize> {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, &y) in b.iter().enumerate() {
            let at = |row: &[usize], k: usize| row.get(k).copied().unwrap_or(usize::MAX / 2);
            let mut cost = (at(&above, j) + usize::from(x != y)).min(at(&above, j + 1) + 1).min(at(&row, j) + 1);
            if i > 0 && j > 0 && a.get(i - 1) == Some(&y) && b.get(j - 1) == Some(&x) && x != y {
                cost = cost.min(at(&before, j - 1) + 1);
            }
            row.push(cost);
        }
        if row.iter().min().is_some_and(|least| *least > limit) {
            return None;
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().filter(|distance| *distance <= limit)
}

/// A list as a sentence has it: `a`, `a and b`, `a, b and c`.
pub fn enumerate<T: AsRef<str>>(items: &[T], last: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [most @ .., end] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{} {last} {}", most.join(", "), end.as_ref())
        }
    }
}

/// `count` and its noun: `1 binding`, `3 bindings`.
pub fn count(count: usize, noun: &str) -> String {
    match (count, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{count} {stem}ies"),
        _ if noun.ends_with('s') => format!("{count} {noun}es"),
        _ => format!("{count} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sanitise_leaves_nothing_that_acts() {
        assert_eq!(sanitise("alice"), "alice");
        assert_eq!(sanitise("a\x1b[2Jb"), "a␛[2Jb");
        assert_eq!(sanitise("a\r\nb\t"), "a␍␊b␉");
        assert_eq!(sanitise("a\u{202e}b"), "a\\u{202e}b");
        assert_eq!(sanitise("a\u{9b}b"), "a\\u{9b}b");
        assert_eq!(sanitise("名前 é"), "名前 é");
    }

    #[test]
    fn quote_is_gos() {
        for (text, quoted) in [
            ("alice", r#""alice""#),
            ("a\"b\\c", r#""a\"b\\c""#),
            ("a\nb\t\u{7}\u{b}", r#""a\nb\t\a\v""#),
            ("\u{1}\u{7f}", r#""\x01\x7f""#),
            ("é名\u{301}", "\"é名\u{301}\""),
            ("\u{200b}\u{a0}\u{ad}", r#""\u200b\u00a0\u00ad""#),
            ("\u{e0001}", r#""\U000e0001""#),
        ] {
            assert_eq!(quote(text), quoted, "{text:?}");
        }
    }

    #[test]
    fn edit_distance_counts_slips() {
        assert_eq!(edit_distance("bob", "bbo", 2), Some(1));
        assert_eq!(edit_distance("bob", "bob", 2), Some(0));
        assert_eq!(edit_distance("alice", "alicia", 2), Some(2));
        assert_eq!(edit_distance("alice", "bob", 2), None);
        assert_eq!(edit_distance("", "ab", 2), Some(2));
        assert_eq!(edit_distance("", "abc", 2), None);
    }

    #[test]
    fn counted_nouns() {
        assert_eq!(count(1, "binding"), "1 binding");
        assert_eq!(count(0, "binding"), "0 bindings");
        assert_eq!(count(2, "identity"), "2 identities");
        assert_eq!(count(2, "near miss"), "2 near misses");
        assert_eq!(enumerate(&["a", "b", "c"], "and"), "a, b and c");
    }

    #[test]
    fn words_survive_the_shell() {
        assert_eq!(shell_word("it's"), "'it'\\''s'");
        assert_eq!(shell_word("*"), "'*'");
        assert_eq!(shell_word("a\nb"), "$'a\\u000ab'");
        assert_eq!(shell_word(""), "''");
    }
}
