//! Tables without a terminal: columns, and rows in the order in which they are shown, some of which hang on others.
//!
//! A row is known by what it is about, never by where it stands: that stays the same when the facts change.

use super::phrase::{Phrase, Sign, Tone};
use super::sentence;
use crate::authz::GapEffect;

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its title.
    pub title: &'static str,
    /// The same where there is little room.
    pub brief: &'static str,
    /// The fewest cells that its words are cut to.
    pub least: usize,
    /// Where there is no room the column with the highest number goes first; those with 0 stay.
    pub goes: u8,
    /// Whether it has a sign in each row, and no words.
    pub is_sign: bool,
}

impl Column {
    /// A column of words.
    pub const fn words(title: &'static str, least: usize, goes: u8) -> Self {
        Self { title, brief: title, least, goes, is_sign: false }
    }

    /// A column of signs; its brief title has three letters, so that the sign has room around it.
    pub const fn sign(title: &'static str, brief: &'static str) -> Self {
        Self { title, brief, least: 3, goes: 0, is_sign: true }
    }
}

/// What stands in a column of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Words.
    Words(Phrase),
    /// Words, and fewer for where these have no room.
    Either(Shared, Shared),
    /// A sign.
    Sign(Sign),
}

/// Words that are cut where they must be, and behind them some that are kept whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    /// What is cut.
    pub words: Phrase,
    /// What is kept.
    pub tail: Phrase,
}

impl Shared {
    /// All its words.
    pub fn phrase(&self) -> Phrase {
        self.words.clone().then(self.tail.clone())
    }
}

impl From<Phrase> for Shared {
    fn from(words: Phrase) -> Self {
        Self { words, tail: Phrase::new() }
    }
}

impl Cell {
    /// All its words.
    pub fn text(&self) -> String {
        match self {
            Self::Words(words) => words.text(),
            Self::Either(full, _) => full.phrase().text(),
            Self::Sign(_) => String::new(),
        }
    }

    /// The same where there is little room.
    pub fn brief(&self) -> String {
        match self {
            Self::Either(_, brief) => brief.phrase().text(),
            Self::Words(_) | Self::Sign(_) => self.text(),
        }
    }
}

/// What a row is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Topic<T> {
    /// Something of the table's own.
    Of(T),
    /// The rows below it.
    Heading(&'static str),
    /// Something that could not be read, by position.
    Gap(usize),
    /// Something that was assumed, by position.
    Note(usize),
}

/// How a row counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// It only holds others together: no filter looks for it.
    Heading,
    /// It is one of those that the table lists.
    Item,
    /// It tells more of the one it hangs on.
    Part,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<T> {
    /// What it is about: distinct in its table.
    pub topic: Topic<T>,
    /// How it counts.
    pub rank: Rank,
    /// On how many others it hangs: on the nearest before it that hangs on fewer.
    pub depth: usize,
    /// Whether it holds.
    pub sign: Sign,
    /// What stands in the columns; a single cell goes across all of them.
    pub cells: Vec<Cell>,
    /// Whether what hangs on it is seen until somebody folds it.
    pub is_open: bool,
}

impl<T> Row<T> {
    /// One of those that the table lists.
    pub fn item(depth: usize, topic: T, cells: Vec<Cell>) -> Self {
        Self { topic: Topic::Of(topic), rank: Rank::Item, depth, sign: Sign::None, cells, is_open: false }
    }

    /// Something more about a row, across all columns.
    pub fn part(depth: usize, topic: T, words: Phrase) -> Self {
        Self { rank: Rank::Part, ..Self::item(depth, topic, vec![Cell::Words(words)]) }
    }

    /// A row that holds others together.
    pub fn heading(text: &'static str, aside: &str) -> Self {
        let words = Phrase::new().name(text).dim(if aside.is_empty() { String::new() } else { format!("  {aside}") });
        let cells = vec![Cell::Words(words)];
        Self { topic: Topic::Heading(text), rank: Rank::Heading, depth: 0, sign: Sign::None, cells, is_open: true }
    }

    /// The same with a sign.
    #[must_use]
    pub fn signed(self, sign: Sign) -> Self {
        Self { sign, ..self }
    }

    /// The same, unfolded.
    #[must_use]
    pub fn opened(self, is_open: bool) -> Self {
        Self { is_open, ..self }
    }

    /// What a filter looks for, in lower case.
    pub fn searched(&self) -> String {
        let words = self.cells.iter().map(Cell::text);
        if self.rank == Rank::Heading { String::new() } else { words.collect::<Vec<_>>().join(" ").to_lowercase() }
    }
}

/// The rows at the end of a table: what could not be read, and what was assumed.
pub fn remarks<T>(gaps: &[GapEffect], notes: &[String]) -> Vec<Row<T>> {
    let row = |topic, sign, tone, text: String| Row {
        topic,
        rank: Rank::Part,
        depth: 1,
        sign,
        cells: vec![Cell::Words(Phrase::new().with(tone, text))],
        is_open: false,
    };
    let gap = |wanted: bool| {
        gaps.iter().enumerate().filter(move |(_, gap)| gap.could_change_verdict == wanted).map(move |(position, gap)| {
            let (sign, tone) = if wanted { (Sign::Open, Tone::Plain) } else { (Sign::Idle, Tone::Dim) };
            row(Topic::Gap(position), sign, tone, sentence::gap(gap))
        })
    };
    let notes = notes.iter().enumerate().map(|(position, note)| row(Topic::Note(position), Sign::Idle, Tone::Dim, note.clone()));
    let mut rows = Vec::new();
    for (heading, is_open, under) in [
        ("could not be read, and could change this answer", true, gap(true).collect::<Vec<_>>()),
        ("could not be read, and does not change this answer", false, gap(false).collect()),
        ("notes", true, notes.collect()),
    ] {
        if !under.is_empty() {
            rows.push(Row::heading(heading, "").opened(is_open));
            rows.extend(under);
        }
    }
    rows
}
