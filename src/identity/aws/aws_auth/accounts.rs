//! mapAccounts: a list of account numbers, as go-yaml gives it who asks for texts.

use super::section::{Problem, Section, UNSURE, is_unsure};
use crate::kubeconfig::text::decode;
use crate::kubeconfig::yaml::{Node, Value, parse_as_text};

/// An account whose principals are all let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its position in the list as it is read: what is no text is left out before.
    pub index: usize,
    /// The line in the section's text, counted from 1.
    pub line: usize,
    /// The number, as it is written.
    pub number: String,
}

/// What is said of a list that breaks off.
const BROKEN_OFF: &str = "an account is not what its tag says, and nothing after it counts";

/// Reads mapAccounts.
pub fn read(text: &str) -> Section<Account> {
    if is_unsure(text) {
        return Section { is_open: true, ..Section::lost(None, UNSURE) };
    }
    let decoded = match decode(text.as_bytes()) {
        Ok(decoded) => decoded,
        Err(mistake) => return Section::broken(&mistake, text),
    };
    let nodes = match parse_as_text(&decoded) {
        // an alias that does not fit may break the list off in its middle, and what came before would count
        Err(mistake) => {
            let broken = Section::broken(&mistake, text);
            return Section { is_open: broken.is_open || (text.contains('&') && text.contains('*')), ..broken };
        }
        Ok(None | Some(Node { value: Value::Null, .. })) => return Section::default(),
        Ok(Some(Node { value: Value::List(nodes), .. })) => nodes,
        Ok(Some(node)) => return Section::lost(Some(node.place.line), format!("it is {}, and must be a list", node.value.kind())),
    };
    let length = nodes.len();
    let mut section = Section::default();
    for node in nodes {
        let number = match node.value {
            Value::Text(number) => number.into_owned(),
            Value::Null => String::new(),
            // not what its tag says: the reader breaks off, and leaves the rest of the list as it made it, empty
            Value::Bool(_) => {
                section.complaints.push(Problem::at(node.place, BROKEN_OFF));
                break;
            }
            value => {
                section.complaints.push(Problem::at(node.place, format!("an account is {}, and must be text", value.kind())));
                continue;
            }
        };
        section.items.push(Account { index: section.items.len(), line: node.place.line, number });
    }
    let is_broken_off = section.items.len() < length && section.complaints.iter().any(|complaint| complaint.message == BROKEN_OFF);
    while is_broken_off && section.items.len() < length {
        section.items.push(Account { index: section.items.len(), line: 0, number: String::new() });
    }
    section
}
