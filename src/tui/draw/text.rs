//! Text fit for cells: safe, measured, cut in the middle, wrapped between words.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::base::text::sanitise;

/// A text from outside, with nothing in it that acts on a terminal.
pub fn safe(text: &str) -> String {
    sanitise(text).into_owned()
}

/// How many cells a text takes.
pub fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// A text of at most so many cells, the middle left out: the ends of names tell more.
pub fn cut_middle(text: &str, most: usize, ellipsis: &str) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let room = most.saturating_sub(width(ellipsis));
    let head = take(text.chars(), room.div_ceil(2));
    let tail: String = take(text.chars().rev(), room / 2).chars().rev().collect();
    format!("{head}{ellipsis}{tail}")
}

/// As many characters as fit into so many cells.
pub fn take(chars: impl Iterator<Item = char>, most: usize) -> String {
    let mut used = 0;
    chars
        .take_while(|c| {
            used += c.width().unwrap_or_default();
            used <= most
        })
        .collect()
}

/// Lines of at most so many cells, broken between words; a word that is too long is broken where it must.
pub fn wrap(text: &str, most: usize) -> Vec<String> {
    let most = most.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let glue = usize::from(!line.is_empty());
        if width(&line) + glue + width(word) <= most {
            if glue == 1 {
                line.push(' ');
            }
            line.push_str(word);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        let mut rest = word;
        while width(rest) > most {
            let head = take(rest.chars(), most);
            // a character wider than the line itself still must go somewhere
            let cut = if head.is_empty() { rest.chars().next().map_or(rest.len(), char::len_utf8) } else { head.len() };
            let (head, tail) = rest.split_at(cut);
            lines.push(head.to_owned());
            rest = tail;
        }
        rest.clone_into(&mut line);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_in_the_middle() {
        assert_eq!(cut_middle("arn:aws:iam::111122223333:role/Dev", 12, "…"), "arn:aw…e/Dev");
        assert_eq!(cut_middle("名前名前名前", 7, "…"), "名…前");
        assert_eq!(cut_middle("short", 5, "…"), "short");
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrap("alice may not delete pods", 10), ["alice may", "not delete", "pods"]);
        assert_eq!(wrap("averyverylongword x", 6), ["averyv", "erylon", "gword", "x"]);
        assert_eq!(wrap("名前名前", 3), ["名", "前", "名", "前"]);
        assert_eq!(wrap("", 5), [""]);
    }
}
