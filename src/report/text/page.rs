//! A page: lines of spans that carry their meaning, wrapped and inked only when they are written.
//!
//! Everything put on a page is sanitised: a name from a cluster cannot move the cursor or colour the rest.

use std::borrow::Cow;
use std::fmt::{Display, Write as _};

use unicode_width::UnicodeWidthStr;

use crate::base::text::sanitise;

/// What a span means; the colours follow from it, and nothing is said by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Ordinary text.
    Plain,
    /// A name, or what the eye should find first.
    Strong,
    /// What can be skipped.
    Dim,
    /// Allowed, holds.
    Good,
    /// Denied, fails.
    Bad,
    /// Unknown.
    Open,
    /// A heading, a key.
    Accent,
}

impl Ink {
    /// The SGR parameters; basic colours, so that the reader's own theme decides.
    fn sgr(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Strong => "1",
            Self::Dim => "2",
            Self::Good => "32",
            Self::Bad => "31",
            Self::Open => "33",
            Self::Accent => "36",
        }
    }
}

/// A piece of text with one meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    text: String,
    ink: Ink,
}

impl Span {
    /// Text with a meaning; sanitised here.
    pub fn new(text: impl Display, ink: Ink) -> Self {
        let text = text.to_string();
        let sanitised = match sanitise(&text) {
            Cow::Owned(sanitised) => Some(sanitised),
            Cow::Borrowed(_) => None,
        };
        Self { text: sanitised.unwrap_or(text), ink }
    }

    /// Ordinary text.
    pub fn plain(text: impl Display) -> Self {
        Self::new(text, Ink::Plain)
    }

    /// How many cells it takes.
    pub fn width(&self) -> usize {
        // no control characters are left, and the rest of ASCII takes a cell each
        if self.text.is_ascii() { self.text.len() } else { self.text.width() }
    }
}

/// How a page is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// The width to wrap at.
    pub width: usize,
    /// Whether to write colours.
    pub color: bool,
    /// Whether to write ASCII glyphs only.
    pub ascii: bool,
    /// Whether to say what is otherwise left out.
    pub verbose: bool,
}

/// The narrowest column that is still wrapped into; a narrower terminal scrolls.
const NARROWEST: usize = 24;

/// One line before wrapping.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Before the text, on its first line.
    first: Vec<Span>,
    /// Before the text, on its other lines; blanks as wide as `first` when empty.
    rest: Vec<Span>,
    body: Vec<Span>,
    /// Whether it may be wrapped.
    wraps: bool,
}

impl Line {
    /// A line that begins at a column.
    pub fn at(column: usize) -> Self {
        Self { first: vec![Span::plain(" ".repeat(column))], wraps: true, ..Self::default() }
    }

    /// A line after a prefix that is never wrapped; other lines hang under its end.
    pub fn after(prefix: Vec<Span>) -> Self {
        Self { first: prefix, wraps: true, ..Self::default() }
    }

    /// What stands before the second and further lines, in place of blanks.
    #[must_use]
    pub fn hanging(mut self, rest: Vec<Span>) -> Self {
        self.rest = rest;
        self
    }

    /// Never wraps: code, and rows of tables.
    #[must_use]
    pub fn unwrapped(mut self) -> Self {
        self.wraps = false;
        self
    }

    /// Adds text.
    #[must_use]
    pub fn text(mut self, text: impl Display, ink: Ink) -> Self {
        self.body.push(Span::new(text, ink));
        self
    }

    /// Adds ordinary text.
    #[must_use]
    pub fn plain(self, text: impl Display) -> Self {
        self.text(text, Ink::Plain)
    }

    /// Adds spans.
    #[must_use]
    pub fn spans(mut self, spans: impl IntoIterator<Item = Span>) -> Self {
        self.body.extend(spans);
        self
    }
}

/// Lines to be written.
#[derive(Clone, Debug, Default)]
pub struct Page {
    lines: Vec<Line>,
}

impl Page {
    /// Adds a line.
    pub fn push(&mut self, line: Line) {
        self.lines.push(line);
    }

    /// Adds an empty line, unless the page is empty or ends with one.
    pub fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.body.is_empty() || !line.first.is_empty()) {
            self.lines.push(Line::default());
        }
    }

    /// Adds a heading after an empty line.
    pub fn heading(&mut self, text: &str) {
        self.gap();
        self.push(Line::default().text(text, Ink::Accent));
    }

    /// Adds text that is copied as it is, one line each: YAML, commands.
    pub fn verbatim(&mut self, column: usize, text: &str, ink: Ink) {
        for line in text.lines() {
            self.push(Line::at(column).text(line, ink).unwrapped());
        }
    }

    /// Writes the page.
    pub fn render(&self, look: &Look) -> String {
        let mut out = String::new();
        for line in &self.lines {
            write_line(line, look, &mut out);
        }
        out
    }
}

fn write_line(line: &Line, look: &Look, out: &mut String) {
    let indent: usize = line.first.iter().map(Span::width).sum();
    let room = look.width.saturating_sub(indent).max(NARROWEST);
    // words are inked one by one, so only without colours does a line that fits come out the same unbroken
    let is_whole = !line.wraps || !look.color && line.body.iter().map(Span::width).sum::<usize>() <= room;
    let rows = if is_whole { vec![line.body.clone()] } else { wrap(&line.body, room) };
    for (position, row) in rows.iter().enumerate() {
        let blanks = [Span::plain(" ".repeat(indent))];
        let prefix = match position {
            0 => line.first.as_slice(),
            _ if line.rest.is_empty() => blanks.as_slice(),
            _ => line.rest.as_slice(),
        };
        let mut written = String::new();
        for span in prefix.iter().chain(row) {
            ink(span, look.color, &mut written);
        }
        out.push_str(written.trim_end_matches(' '));
        out.push('\n');
    }
}

fn ink(span: &Span, color: bool, out: &mut String) {
    let sgr = span.ink.sgr();
    if !color || sgr.is_empty() || span.text.trim().is_empty() {
        out.push_str(&span.text);
    } else {
        let _ = write!(out, "\x1b[{sgr}m{}\x1b[0m", span.text);
    }
}

/// Breaks text at blanks only, so that a name is never broken; blanks at a break are dropped.
fn wrap(body: &[Span], room: usize) -> Vec<Vec<Span>> {
    let mut rows: Vec<Vec<Span>> = vec![Vec::new()];
    let mut width = 0;
    let mut blanks: Vec<Span> = Vec::new();
    for word in words(body) {
        let wide: usize = word.iter().map(Span::width).sum();
        if word.iter().all(|span| span.text.trim_matches(' ').is_empty()) {
            blanks.extend(word);
            continue;
        }
        let between: usize = blanks.iter().map(Span::width).sum();
        let is_start = rows.last().is_none_or(Vec::is_empty);
        if !is_start && width + between + wide > room {
            blanks.clear();
            rows.push(word);
            width = wide;
        } else if let Some(row) = rows.last_mut() {
            row.append(&mut blanks);
            row.extend(word);
            width += between + wide;
        }
    }
    rows
}

/// Words and the blanks between them, in turn; a word may be of several inks.
fn words(body: &[Span]) -> Vec<Vec<Span>> {
    let mut words: Vec<Vec<Span>> = Vec::new();
    let mut was_blank = None;
    for span in body {
        for piece in span.text.split_inclusive(' ').flat_map(split_blank) {
            let is_blank = piece == " ";
            let piece = Span { text: piece.to_owned(), ink: span.ink };
            match words.last_mut() {
                Some(word) if was_blank == Some(is_blank) => word.push(piece),
                _ => words.push(vec![piece]),
            }
            was_blank = Some(is_blank);
        }
    }
    words
}

/// `word ` as the word and the blank.
fn split_blank(piece: &str) -> impl Iterator<Item = &str> {
    let parts = piece.strip_suffix(' ').map_or([piece, ""], |word| [word, " "]);
    parts.into_iter().filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOK: Look = Look { width: 40, color: false, ascii: false, verbose: false };

    fn rendered(line: Line, look: &Look) -> String {
        let mut page = Page::default();
        page.push(line);
        page.render(look)
    }

    #[test]
    fn wraps_at_blanks_and_hangs() {
        let line =
            Line::after(vec![Span::plain("1  ")]).plain("RoleBinding staging/deployers grants this in namespace staging, not in dev");
        assert_eq!(rendered(line, &LOOK), "1  RoleBinding staging/deployers grants\n   this in namespace staging, not in dev\n");
    }

    #[test]
    fn a_name_is_never_broken() {
        let name = "arn:aws:sts::111122223333:assumed-role/A-very-long-role-name/session";
        let written = rendered(Line::at(2).plain("user ").text(name, Ink::Strong).plain(", and more"), &LOOK);
        assert!(written.lines().any(|line| line.contains(name)), "{written}");
    }

    #[test]
    fn a_word_of_two_inks_stays_one() {
        let line = Line::at(0).plain("aaaaaaaaaa bbbbbbbbbb cccccccccc ").text("ddddd", Ink::Strong).plain("eeeee");
        assert_eq!(rendered(line, &LOOK), "aaaaaaaaaa bbbbbbbbbb cccccccccc\ndddddeeeee\n");
    }

    #[test]
    fn colours_are_only_written_when_wanted_and_nothing_else_acts() {
        let line = || Line::at(0).text("bad\x1b[2J\n\u{202e}", Ink::Bad);
        assert_eq!(rendered(line(), &LOOK), "bad␛[2J␊\\u{202e}\n");
        assert_eq!(rendered(line(), &Look { color: true, ..LOOK }), "\x1b[31mbad␛[2J␊\\u{202e}\x1b[0m\n");
    }

    #[test]
    fn blanks_between_words_are_kept_on_a_line() {
        assert_eq!(rendered(Line::at(0).plain("a  b   c"), &LOOK), "a  b   c\n");
    }

    #[test]
    fn an_empty_line_is_written() {
        let mut page = Page::default();
        page.gap();
        page.push(Line::at(0).plain("a"));
        page.gap();
        page.gap();
        page.push(Line::at(0).plain("b"));
        assert_eq!(page.render(&LOOK), "a\n\nb\n");
    }
}
