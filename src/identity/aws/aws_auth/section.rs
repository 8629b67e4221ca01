//! mapRoles and mapUsers: a list of items, or what became of it.

use super::item::{self, Item};
use super::{Release, SectionName};
use crate::kubeconfig::Mistake;
use crate::kubeconfig::mistake::Place;
use crate::kubeconfig::spread::OneByOne;
use crate::kubeconfig::text::decode;
use crate::kubeconfig::yaml::{Node, Value, parse};

/// A section of aws-auth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section<T> {
    /// Its items, those that count for nothing included.
    pub items: Vec<T>,
    /// What is wrong with the section as a whole; there are no items then.
    pub problem: Option<Problem>,
    /// Whether the authenticator may read more of it than is read here.
    pub is_open: bool,
    /// Where the authenticator complains of a part and goes on.
    pub complaints: Vec<Problem>,
}

/// Something that the authenticator complains of in its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line within the section's text, counted from 1.
    pub line: Option<usize>,
    /// What is wrong, as a clause.
    pub message: String,
}

impl<T> Default for Section<T> {
    fn default() -> Self {
        Self { items: Vec::new(), problem: None, is_open: false, complaints: Vec::new() }
    }
}

impl<T> Section<T> {
    /// A section of which nothing counts.
    pub fn lost(line: Option<usize>, message: impl Into<String>) -> Self {
        Self { problem: Some(Problem { line, message: message.into() }), ..Self::default() }
    }

    /// A section that is no YAML to us. With odd tags, or a comment right behind quotes, it may be some to others.
    pub fn broken(mistake: &Mistake, text: &str) -> Self {
        let is_open = mistake.is_limit() || has_odd_tag(text) || has_near_sign(text);
        Self { is_open, ..Self::lost(mistake.place().map(|place| place.line), mistake.problem()) }
    }

    /// Whether the authenticator complains.
    pub fn has_errors(&self) -> bool {
        self.problem.is_some() || !self.complaints.is_empty()
    }
}

/// What is said of texts that are not read here.
pub const UNSURE: &str = "it has signs that YAML's readers take for different things";

/// Whether a text has what libyaml and the parser used here read differently: separators of Unicode, which end lines; a byte
/// order mark in the middle; three exclamation marks; a question mark in a word
/// that may be in brackets.
pub fn is_unsure(text: &str) -> bool {
    let rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    rest.contains(['\u{2028}', '\u{2029}', '\u{feff}']) || rest.contains("!!!") || (has_inner_question(rest) && rest.contains(['[', '{']))
}

fn has_inner_question(text: &str) -> bool {
    text.split('?').rev().skip(1).any(|before| before.ends_with(|c: char| c.is_alphanumeric()))
}

/// Whether something may be a tag with more in it than letters and digits.
fn has_odd_tag(text: &str) -> bool {
    let is_usual = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    text.split_whitespace().filter_map(|word| word.split_once('!')).any(|(_, tag)| !tag.trim_start_matches('!').chars().all(is_usual))
}

/// Whether a comment may begin right behind quotes or brackets, as libyaml lets it, or a dash be text in brackets.
fn has_near_sign(text: &str) -> bool {
    ["\"#", "'#", "]#", "}#", "[-", "-]", "-,", "{-", "-}"].iter().any(|sign| text.contains(sign))
}

/// Reads mapRoles or mapUsers.
pub fn read(text: &str, name: SectionName, release: Release) -> Section<Item> {
    // what begins with a brace is taken for JSON as it stands, and an object is no list
    if text.trim_start().starts_with('{') {
        return Section::lost(Some(1), "it begins with a brace, and must be a list");
    }
    if is_unsure(text) {
        return Section { is_open: true, ..Section::lost(None, UNSURE) };
    }
    let decoded = match decode(text.as_bytes()) {
        Ok(decoded) => decoded,
        Err(mistake) => return Section::broken(&mistake, text),
    };
    match parse(&decoded, &OneByOne) {
        Err(mistake) => Section::broken(&mistake, text),
        Ok(None | Some(Node { value: Value::Null, .. })) => Section::default(),
        Ok(Some(Node { value: Value::List(nodes), .. })) => {
            let mut section = Section::default();
            for (index, node) in nodes.iter().enumerate() {
                let item = item::read(node, index, name, release, &mut section.complaints);
                section.items.push(item);
            }
            section
        }
        Ok(Some(node)) => Section::lost(Some(node.place.line), format!("it is {}, and must be a list", node.value.kind())),
    }
}

impl Problem {
    /// A complaint at a place.
    pub fn at(place: Place, message: impl Into<String>) -> Self {
        Self { line: Some(place.line), message: message.into() }
    }
}
