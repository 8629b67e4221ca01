//! The YAML that programs write into kubeconfigs, read line by line: block style, keys that are words, values on one line.
//!
//! kubectl, the AWS CLI and kind write nothing else, and files of thousands of contexts are written by programs. It is read
//! here several times as fast as by a parser that knows all of YAML. Whatever is not certainly of this kind is left to that
//! parser: an unusual indentation, text in quotes with a backslash, anchors, tags, flow style, scalars over several lines.

mod piece;

use std::borrow::Cow;

use super::{Entries, Node, Value, scalar};
use crate::kubeconfig::mistake::Place;
use crate::kubeconfig::spread::Spread;
use piece::pieces;

/// The document of a text; none where it is not of this kind.
pub fn read<'a>(text: &'a str, spread: &impl Spread) -> Option<Node<'a>> {
    // a return alone breaks lines too, also in comments; so does much beyond ASCII, to YAML 1.1
    if !text.is_ascii() || text.contains('\r') {
        return None;
    }
    let place = Lines { rest: text, number: 0, next: None }.peek().filter(|first| first.indent == 0)?.place(0);
    let mut entries = Entries::default();
    let mut open: Option<(&'a str, Node<'a>)> = None;
    let mut goes_on = false;
    for read in spread.each(pieces(text), |piece| Lines { rest: piece.text, number: piece.above, next: None }.piece()) {
        let Read { items, sections, ends_with_item } = read?;
        match open.as_mut() {
            _ if items.is_empty() => {}
            Some((_, Node { value: Value::List(list), .. })) if goes_on => list.extend(items),
            _ => return None,
        }
        goes_on = ends_with_item;
        for section in sections {
            if let Some((key, value)) = open.replace(section) {
                entries.put(Cow::Borrowed(key), value);
            }
        }
    }
    if let Some((key, value)) = open {
        entries.put(Cow::Borrowed(key), value);
    }
    Some(Node { place, value: Value::Map(entries.entries) })
}

/// What is read of a piece.
struct Read<'a> {
    /// The items that go on with the list that the piece before ends with.
    items: Vec<Node<'a>>,
    /// Keys of the document, and their values.
    sections: Vec<(&'a str, Node<'a>)>,
    /// Whether the last that begins in the first column is an item.
    ends_with_item: bool,
}

/// A line that says something.
#[derive(Clone, Copy)]
struct Line<'a> {
    number: usize,
    indent: usize,
    content: &'a str,
}

impl Line<'_> {
    fn place(self, offset: usize) -> Place {
        Place { line: self.number, column: self.indent + offset + 1 }
    }

    /// Whether it begins an item of a list.
    fn is_item(self) -> bool {
        self.content.starts_with("- ") || self.content == "-"
    }
}

/// What is left to read.
struct Lines<'a> {
    rest: &'a str,
    number: usize,
    next: Option<Line<'a>>,
}

impl<'a> Lines<'a> {
    /// All of a piece.
    fn piece(mut self) -> Option<Read<'a>> {
        let begins = |line: &&str| !line.is_empty() && !line.starts_with([' ', '#']);
        let ends_with_item = self.rest.rsplit('\n').find(begins).is_some_and(|line| line.starts_with('-'));
        let goes_on = self.peek().is_some_and(Line::is_item);
        let Value::List(items) = (if goes_on { self.list(0, 2, 1)?.value } else { Value::List(Vec::new()) }) else { return None };
        let mut sections = Vec::new();
        while let Some(line) = self.peek() {
            sections.push(self.entry(line, 0, 0)?);
        }
        Some(Read { items, sections, ends_with_item })
    }

    /// The next line that says something: no empty one, no comment.
    fn peek(&mut self) -> Option<Line<'a>> {
        while self.next.is_none() && !self.rest.is_empty() {
            let (line, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
            (self.rest, self.number) = (rest, self.number + 1);
            let content = line.trim_start_matches(' ');
            if !content.is_empty() && !content.starts_with('#') {
                self.next = Some(Line { number: self.number, indent: line.len() - content.len(), content });
            }
        }
        self.next
    }

    /// A mapping whose keys stand in this column.
    fn mapping(&mut self, indent: usize, depth: usize) -> Option<Node<'a>> {
        let place = self.peek()?.place(0);
        let mut entries = Entries::default();
        while let Some(line) = self.peek().filter(|line| line.indent >= indent) {
            let (key, value) = self.entry(line, indent, depth)?;
            entries.put(Cow::Borrowed(key), value);
        }
        Some(Node { place, value: Value::Map(entries.entries) })
    }

    /// A key that stands in this column, and its value.
    fn entry(&mut self, line: Line<'a>, indent: usize, depth: usize) -> Option<(&'a str, Node<'a>)> {
        let (key, rest) = key(line.content).filter(|_| line.indent == indent)?;
        self.next = None;
        let value = match rest {
            Some(text) => self.value(line, text, indent)?,
            None => self.below(line, key, indent, depth)?,
        };
        Some((key, value))
    }

    /// What stands below a key without a value on its line.
    fn below(&mut self, line: Line<'a>, key: &str, indent: usize, depth: usize) -> Option<Node<'a>> {
        match self.peek() {
            Some(next) if next.indent >= indent && next.is_item() => {
                // where the other parser finds one that is not indented: at its first item
                let offset = if next.indent == indent { 2 } else { 0 };
                self.list(next.indent, offset, depth + 1)
            }
            Some(next) if next.indent > indent => {
                if depth >= super::DEEPEST / 2 {
                    return None;
                }
                self.mapping(next.indent, depth + 1)
            }
            // where the other parser finds it: at the colon
            _ => Some(Node { place: line.place(key.len()), value: Value::Null }),
        }
    }

    /// A list whose dashes stand in this column.
    fn list(&mut self, indent: usize, offset: usize, depth: usize) -> Option<Node<'a>> {
        let place = self.peek()?.place(offset);
        let mut items = Vec::new();
        while let Some(line) = self.peek().filter(|line| line.indent >= indent) {
            // a mapping goes on in the same column
            if line.indent == indent && !line.is_item() {
                break;
            }
            let text = line.content.strip_prefix("- ").filter(|_| line.indent == indent)?;
            if key(text).is_some() {
                if depth >= super::DEEPEST / 2 {
                    return None;
                }
                self.next = Some(Line { indent: indent + 2, content: text, ..line });
                items.push(self.mapping(indent + 2, depth + 1)?);
            } else {
                self.next = None;
                items.push(self.value(line, text, indent)?);
            }
        }
        Some(Node { place, value: Value::List(items) })
    }

    /// A value that ends its line; what stands further in than `indent` below would go on with it.
    fn value(&mut self, line: Line<'a>, text: &'a str, indent: usize) -> Option<Node<'a>> {
        let goes_on = self.peek().is_some_and(|next| next.indent > indent);
        let value = one_line(text).filter(|_| !goes_on)?;
        Some(Node { place: line.place(line.content.len() - text.len()), value })
    }
}

/// The key that a line begins with, and what stands behind it.
fn key(content: &str) -> Option<(&str, Option<&str>)> {
    let end = content.bytes().position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')))?;
    let (key, rest) = content.split_at_checked(end)?;
    let is_word = key.starts_with(|c: char| c.is_ascii_alphabetic()) && matches!(scalar::plain(Cow::Borrowed(key)), Ok(Value::Text(_)));
    let rest = rest.strip_prefix(':').filter(|_| is_word)?;
    match rest.strip_prefix(' ') {
        Some(value) => Some((key, Some(value))),
        None if rest.is_empty() => Some((key, None)),
        None => None,
    }
}

/// A scalar in one line, or an empty collection.
fn one_line(text: &str) -> Option<Value<'_>> {
    let first = *text.as_bytes().first()?;
    let quoted = |quote: char| {
        let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
        inner.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != first && byte != b'\\').then_some(inner)
    };
    match first {
        b'"' | b'\'' => quoted(first.into()).map(|inner| Value::Text(Cow::Borrowed(inner))),
        b'{' if text == "{}" => Some(Value::Map(Vec::new())),
        b'[' if text == "[]" => Some(Value::List(Vec::new())),
        // what begins something else, but for a dash before text
        b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|' | b'>' | b'%' | b'@' | b'`' | b'?' | b':' | b' ' => None,
        _ if text == "-" || text.starts_with("- ") => None,
        _ if is_one_plain(text) => scalar::plain(Cow::Borrowed(text)).ok(),
        _ => None,
    }
}

/// Whether text is one plain scalar to its end: no colon or comment ends it, no blank stands over, all is printable.
fn is_one_plain(text: &str) -> bool {
    let mut before = 0;
    for byte in text.bytes() {
        if !matches!(byte, b' '..=b'~') || (before == b':' && byte == b' ') || (before == b' ' && byte == b'#') {
            return false;
        }
        before = byte;
    }
    !matches!(before, b' ' | b':')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::parse_any;
    use crate::kubeconfig::spread::OneByOne;

    fn read(text: &str) -> Option<super::Node<'_>> {
        super::read(text, &OneByOne)
    }

    /// A text is left alone, or means what the other parser takes it for, with the same places.
    fn agrees(text: &str) -> bool {
        let Some(ours) = read(text) else { return false };
        let theirs = parse_any(text);
        assert_eq!(Ok(Some(ours)), theirs, "{text:?}");
        true
    }

    fn joined(lines: &[(usize, prop::sample::Index)], step: usize, parts: &[&str]) -> String {
        lines.iter().fold(String::new(), |text, (indent, part)| text + &" ".repeat(indent * step) + parts[part.index(parts.len())] + "\n")
    }

    #[test]
    fn what_programs_write_is_read() {
        for text in [
            "apiVersion: v1\nclusters: []\ncontexts: []\ncurrent-context: \"\"\nkind: Config\npreferences: {}\nusers: []\n",
            "clusters:\n- cluster:\n    server: https://127.0.0.1:6443\n  name: kind-dev\ncontexts: null\nusers:\n",
            "users:\n  - name: a\n    user:\n      exec:\n        args:\n          - --region\n          - eu-central-1\n        env: null\n",
            "# of mine\na: b\n\n  # further in\nc: 'd e'\ne:\n- 010\n- yes\n- 2024-01-01\n- x: 1\n  y-z: -\u{7e}\n",
            "a: b",
            "a:\n  b:\n",
            "a:\n- b\nc:\n  - d:\n    - e\n    f: g\n",
            "a: x:y#z\nb: -1\nc: ...\nd: -x\na: last\n",
        ] {
            assert!(agrees(text), "{text:?} is left to the other parser");
        }
    }

    #[test]
    fn what_is_not_certain_is_left_alone() {
        for text in [
            "",
            "# nothing\n",
            "a",
            "- a",
            "a: b\n c: d\n",
            "a: b\n  c\n",
            "a: b # c\n",
            "a: &x b\n",
            "a: |\n  b\n",
            "a: \"b\\n\"\n",
            "a: 'b''c'\n",
            "a:  b\n",
            "a: b \n",
            "a: [b]\n",
            "a: {b: c}\n",
            "a: \u{e9}\n",
            "a: b\r\n",
            "---\na: b\n",
            "a: b\n---\nc: d\n",
            "a: b\n...\n",
            "a: b: c\n",
            "a: b:\n",
            "y: a\n",
            "null: a\n",
            "1: a\n",
            "? a\n: b\n",
            "<<: a\n",
            "a: *b\n",
            "a: !x b\n",
            "a: %b\n",
            "a: @b\n",
            "a: `b\n",
            "a:\n  b\n",
            "a:\n- - b\n",
            "a:\n-\n",
            "a:\n-  b: c\n",
            "a:\n  - b\n - c\n",
            "a:\n    b: c\n  d: e\n",
            "a: .inf\n",
            "a: \t\n",
            "a:\tb\n",
            "\ta: b\n",
            "a: ,b\n",
            " a: b\n",
            "a: - b\n",
            "a: #b\n",
        ] {
            assert!(read(text).is_none(), "{text:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_read_is_what_the_other_parser_reads(lines in prop::collection::vec((0..7_usize, any::<prop::sample::Index>()), 1..9)) {
            const PARTS: [&str; 40] = [
                "a: b", "c: d", "a:", "name: x", "- a: b", "- c", "- --region", "-", "- ", "# note", "", "a: ''", "b: \"x y\"", "e: {}", "f: []", "- {}",
                "g: 010", "h: y", "- n", "i: ~", "j: a:b", "k: a#b", "l: a #b", "---", "...", "x", "- - a", "m: 'it''s'", "n: \"", "o: '", "p: -", "q: --",
                "r: https://h:1/p?q=1", "s: a, b", "t: a]", "u: [", "v: |", "w: >-", "- x: |", "a : b",
            ];
            agrees(&joined(&lines, 1, &PARTS));
        }

        #[test]
        fn what_is_well_indented_is_read_too(lines in prop::collection::vec((0..4_usize, any::<prop::sample::Index>()), 1..9)) {
            const PARTS: [&str; 9] = ["a: b", "c:", "d: e", "- a: b", "- c", "- c:", "f: 'x'", "g: null", "- --h"];
            agrees(&joined(&lines, 2, &PARTS));
        }
    }
}
