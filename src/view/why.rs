//! The why screen without a terminal: one tree of rows, and the details of each.
//!
//! Reading order: what the question needs, the identity with all that reaches it, what comes nearest, what could not be
//! read, what was assumed. All of it is a projection of a [`Decision`]; nothing is decided here.

mod chain;
pub mod detail;

use std::borrow::Cow;

use super::phrase::{Phrase, Sign, Tone};
use super::sentence;
use crate::authz::combine::combine;
use crate::authz::{Decision, Need, Part, Principal, Verdict};
use crate::base::text::count;

pub use chain::{origin, qualified};

/// How many rows hang on one; the rest is counted.
pub const MOST_CHILDREN: usize = 100;

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// One of the requests that the question needs, by position.
    Part(usize),
    /// Who asks.
    Identity,
    /// The user, or one of the groups.
    Principal(Principal),
    /// The groups that no binding here names.
    IdleGroups,
    /// What the Node authorizer says.
    Node,
    /// An access policy, by its position in the decision.
    Policy(usize),
    /// A binding, by its position in the decision.
    Link(usize),
    /// A rule of a binding's role, by the binding's position and its own.
    Rule(usize, usize),
    /// The rules of a binding's role that are about something else.
    OtherRules(usize),
    /// A near miss.
    Near(usize),
    /// A fix.
    Fix(usize),
    /// A gap.
    Gap(usize),
    /// The API server's own reason.
    Reason,
    /// A note, among those on the question and then those on the decision.
    Note(usize),
    /// Something that is counted and not listed.
    More,
    /// A heading.
    Heading,
}

/// A row of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Distinct among those beside it, and the same in another decision for the same thing.
    pub id: String,
    /// Whether it holds.
    pub sign: Sign,
    /// What it says.
    pub words: Phrase,
    /// Said at the right, where there is room.
    pub aside: String,
    /// Whether it is a sentence, which goes on in the next line, or a row, which is cut.
    pub is_sentence: bool,
    /// What it is about.
    pub topic: Topic,
    /// What hangs on it.
    pub children: Vec<Self>,
    /// Whether it is unfolded until somebody folds it.
    pub open: bool,
}

impl Node {
    fn leaf(id: impl Into<String>, topic: Topic, words: Phrase) -> Self {
        Self { id: id.into(), sign: Sign::None, words, aside: String::new(), is_sentence: false, topic, children: Vec::new(), open: false }
    }

    fn sentence(id: impl Into<String>, topic: Topic, words: Phrase) -> Self {
        Self { is_sentence: true, ..Self::leaf(id, topic, words) }
    }

    fn heading(text: &str, aside: String, children: Vec<Self>) -> Option<Self> {
        let node = Self { aside, open: true, ..Self::leaf(text, Topic::Heading, Phrase::new().name(text)) };
        (!children.is_empty()).then_some(Self { children, ..node })
    }
}

/// An answer as the tree shows it.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The requests of the question, each decided.
    pub parts: &'a [(Part, std::sync::Arc<Decision>)],
    /// Which of them the rest of the tree is about.
    pub part: usize,
    /// How the question was read.
    pub read_as: &'a str,
    /// What was said while it was read.
    pub notes: &'a [String],
}

impl<'a> Shown<'a> {
    /// The decision that the tree is about.
    pub fn decision(&self) -> Option<&'a Decision> {
        self.parts.get(self.part).map(|(_, decision)| &**decision)
    }

    /// What may explain that the server says something else, the notes on the question, then those on the decision.
    pub fn all_notes(&self) -> impl Iterator<Item = Cow<'a, str>> {
        let difference = self.decision().map(sentence::difference).unwrap_or_default();
        let decision = self.decision().map_or([].as_slice(), |decision| decision.notes.as_slice());
        let notes = self.notes.iter().chain(decision).map(|note| Cow::Borrowed(note.as_str()));
        difference.into_iter().map(Cow::Owned).chain(notes)
    }
}

/// The tree of an answer.
pub fn tree(shown: &Shown<'_>) -> Vec<Node> {
    let Some(decision) = shown.decision() else { return Vec::new() };
    let mut roots = Vec::new();
    roots.extend(parts(shown));
    roots.push(chain::root(decision));
    if decision.computed != Verdict::Allowed {
        // what has not come yet may be nearer, or grant it
        roots.extend(if sentence::is_loading(decision) { Vec::new() } else { nearest(decision) });
        roots.extend(reason(decision));
    }
    roots.extend(gaps(decision));
    let notes = shown.all_notes().enumerate().map(|(position, note)| note_row(position, &note)).collect();
    roots.extend(Node::heading("notes", String::new(), notes));
    roots
}

/// What a question of several requests needs.
fn parts(shown: &Shown<'_>) -> Option<Node> {
    if shown.parts.len() < 2 {
        return None;
    }
    let rows = shown.parts.iter().enumerate().map(|(position, (part, decision))| {
        let current = if position == shown.part { Tone::Name } else { Tone::Plain };
        let mut words = Phrase::new().with(current, part.request.to_string());
        words = match part.need {
            Need::All => words,
            Need::Any(_) => words.plain("  one of these is enough"),
            Need::Optional => words.plain("  it can do without"),
        };
        if !part.purpose.is_empty() {
            words = words.dim(format!("  {}", part.purpose));
        }
        let aside = if position == shown.part { "shown below" } else { "" };
        Node {
            sign: of_verdict(decision.verdict),
            aside: aside.to_owned(),
            ..Node::leaf(format!("part {position}"), Topic::Part(position), words)
        }
    });
    let (whole, _) = combine(&shown.parts.iter().map(|(part, decision)| (part.need, decision.verdict)).collect::<Vec<_>>());
    let heading = Node::heading(&format!("{} needs", shown.read_as), "↵ shows one".to_owned(), rows.collect());
    heading.map(|heading| Node { sign: of_verdict(whole), ..heading })
}

fn of_verdict(verdict: Verdict) -> Sign {
    match verdict {
        Verdict::Allowed => Sign::Holds,
        Verdict::Denied => Sign::Fails,
        Verdict::Unknown => Sign::Open,
    }
}

fn nearest(decision: &Decision) -> Vec<Node> {
    let mut rows: Vec<Node> = decision
        .near_misses
        .iter()
        .enumerate()
        .map(|(position, miss)| {
            let words = Phrase::new().with(Tone::Accent, format!("{:<2} ", position + 1)).plain(miss.sentence.as_str());
            // the same binding is the same row in another decision
            let id = format!("{} {} {}", miss.kind.as_str(), miss.binding, miss.rule.as_ref().map_or(0, |rule| rule.index));
            Node { aside: miss.kind.as_str().to_owned(), ..Node::sentence(id, Topic::Near(position), words) }
        })
        .collect();
    distinct(&mut rows);
    if decision.more_near_misses > 0 {
        rows.push(Node::leaf(
            "more",
            Topic::More,
            Phrase::new().dim(format!("{} not listed", count(decision.more_near_misses, "more near miss"))),
        ));
    }
    let is_other = |position: usize| !decision.near_misses.iter().any(|miss| miss.fix == Some(position));
    let others = decision.fixes.iter().enumerate().filter(|(position, _)| is_other(*position));
    let others: Vec<Node> = others
        .map(|(position, fix)| Node::sentence(format!("fix {position}"), Topic::Fix(position), Phrase::new().plain(fix.title.as_str())))
        .collect();
    // what the server allows wants no fix, though what grants it was not read
    let is_wanted = decision.verdict != Verdict::Allowed;
    let others = if is_wanted { others } else { Vec::new() };
    if rows.is_empty() && others.is_empty() {
        if !is_wanted {
            return Vec::new();
        }
        let words = Phrase::new().plain("no role here grants this to anybody, or whycan may not propose it");
        rows.push(Node::sentence("nothing", Topic::More, words));
        return Node::heading("nothing comes near", String::new(), rows).into_iter().collect();
    }
    let fixable = is_wanted && decision.near_misses.iter().any(|miss| miss.fix.is_some());
    let hint = |is_there: bool| if is_there { "f shows the fix".to_owned() } else { String::new() };
    Node::heading("what comes nearest", hint(fixable), rows)
        .into_iter()
        .chain(Node::heading("what would allow it", hint(true), others))
        .collect()
}

/// Two near misses of the same kind on the same binding are told apart by their order.
fn distinct(rows: &mut [Node]) {
    let mut seen = std::collections::BTreeMap::new();
    for row in rows {
        let before = seen.entry(row.id.clone()).or_insert(0_usize);
        if *before > 0 {
            row.id = format!("{} {before}", row.id);
        }
        *before += 1;
    }
}

/// What the API server says itself of a denial; of a grant it stands in the details of its rule.
fn reason(decision: &Decision) -> Option<Node> {
    let lines = decision.reason.lines().enumerate();
    let rows = lines.map(|(position, line)| Node::sentence(format!("reason {position}"), Topic::Reason, Phrase::new().plain(line)));
    Node::heading("the API server's reason", String::new(), rows.collect())
}

fn gaps(decision: &Decision) -> Vec<Node> {
    let row = |position: usize| {
        let effect = decision.gaps.get(position)?;
        let (sign, tone) = if effect.could_change_verdict { (Sign::Open, Tone::Plain) } else { (Sign::Idle, Tone::Dim) };
        Some(Node {
            sign,
            ..Node::sentence(format!("gap {position}"), Topic::Gap(position), Phrase::new().with(tone, sentence::gap(effect)))
        })
    };
    let (open, idle): (Vec<Node>, Vec<Node>) = (0..decision.gaps.len()).filter_map(row).partition(|node| node.sign == Sign::Open);
    let open = Node::heading("could not be read, and could change this answer", String::new(), capped(open));
    let idle = Node::heading("could not be read, and does not change this answer", String::new(), capped(idle));
    open.into_iter().chain(idle.map(|idle| Node { open: false, ..idle })).collect()
}

fn note_row(position: usize, note: &str) -> Node {
    Node { sign: Sign::Idle, ..Node::sentence(format!("note {position}"), Topic::Note(position), Phrase::new().dim(note)) }
}

fn capped(mut nodes: Vec<Node>) -> Vec<Node> {
    let more = nodes.len().saturating_sub(MOST_CHILDREN);
    if more > 0 {
        nodes.truncate(MOST_CHILDREN);
        nodes.push(Node::leaf("more", Topic::More, Phrase::new().dim(format!("… {more} more"))));
    }
    nodes
}

/// The fix that belongs to a row: itself, that of a near miss; elsewhere the first there is.
pub fn fix_of(decision: &Decision, topic: Option<Topic>) -> Option<usize> {
    match topic {
        Some(Topic::Fix(fix)) => Some(fix),
        Some(Topic::Near(miss)) => decision.near_misses.get(miss).and_then(|miss| miss.fix),
        _ => decision.near_misses.iter().find_map(|miss| miss.fix).or(Some(0)),
    }
    .filter(|fix| *fix < decision.fixes.len())
}
