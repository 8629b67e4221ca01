//! One item of mapRoles or mapUsers, as Go's JSON reader fills its struct (`encoding/json`, `config.RoleMapping`).
//!
//! Field names fit in any case. A field given in several spellings is filled in the order of their bytes, one over the other:
//! what does not fit leaves what was there.

use std::borrow::Cow;

use super::section::Problem;
use super::{Release, SectionName};
use crate::kubeconfig::yaml::{Node, Value};

/// A mapping of a principal to a name and groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// Its position in the list, counted from 0.
    pub index: usize,
    /// The line in the section's text where it begins, counted from 1.
    pub line: usize,
    /// Its rolearn or userarn, as the authenticator has it; empty when there is none.
    pub arn: String,
    /// Its username; empty when there is none, or none that is text.
    pub username: String,
    /// Its groups; one that is no text is empty.
    pub groups: Vec<String>,
    /// What does not fit.
    pub problems: Vec<Problem>,
    /// Why the item counts for nothing, if so.
    pub dropped: Option<&'static str>,
    /// Whether it has `sso` in place of an ARN.
    pub sso: bool,
}

/// A list of texts as Go keeps it: what was read before stands behind its end, and shows again when it grows.
#[derive(Default)]
struct Texts {
    kept: Vec<String>,
    length: usize,
}

impl Texts {
    fn clear(&mut self) {
        self.kept.clear();
        self.length = 0;
    }

    fn read(&mut self, nodes: &[Node<'_>], problems: &mut Vec<Problem>) {
        if nodes.is_empty() {
            return self.clear();
        }
        for (index, node) in nodes.iter().enumerate() {
            if index >= self.kept.len() {
                self.kept.push(String::new());
            }
            if let Some(text) = self.kept.get_mut(index) {
                fill(text, node, "a group", problems);
            }
        }
        self.length = nodes.len();
    }

    fn into_list(mut self) -> Vec<String> {
        self.kept.truncate(self.length);
        self.kept
    }
}

/// Reads an item; what the authenticator complains of goes to `complaints` too.
pub fn read(node: &Node<'_>, index: usize, section: SectionName, release: Release, complaints: &mut Vec<Problem>) -> Item {
    let mut item = Item { index, line: node.place.line, ..Item::default() };
    match &node.value {
        Value::Map(entries) => item.fill(entries, section, release),
        // nothing, which is an item with nothing in it
        Value::Null => {}
        value => {
            let message = format!("item {index} is {}, and must be a mapping with {}", value.kind(), section.arn_field());
            item.problems.push(Problem::at(node.place, message));
        }
    }
    complaints.extend(item.problems.iter().cloned());
    item.dropped = match (item.arn.is_empty(), item.sso) {
        (true, false) if section == SectionName::Users => Some("it has no userarn"),
        (true, false) => Some("it has no rolearn"),
        (false, true) => Some("it has both rolearn and sso"),
        _ => None,
    };
    // older code keeps it under the empty ARN, and says nothing
    if let (Some(why), Release::Newer) = (item.dropped, release) {
        complaints.push(Problem::at(node.place, format!("item {index} is left out: {why}")));
    }
    item.sso &= item.arn.is_empty();
    item
}

impl Item {
    fn fill(&mut self, entries: &[(Cow<'_, str>, Node<'_>)], section: SectionName, release: Release) {
        let mut groups = Texts::default();
        let mut user_id = String::new();
        let mut sorted: Vec<&(Cow<'_, str>, Node<'_>)> = entries.iter().collect();
        sorted.sort_by(|(one, _), (other, _)| one.as_bytes().cmp(other.as_bytes()));
        for (key, node) in sorted {
            let problems = &mut self.problems;
            match folded(key).as_str() {
                field if field == section.arn_field() => fill(&mut self.arn, node, field, problems),
                "username" => fill(&mut self.username, node, "username", problems),
                "userid" => fill(&mut user_id, node, "userid", problems),
                "groups" => match &node.value {
                    Value::List(nodes) => groups.read(nodes, problems),
                    Value::Null => groups.clear(),
                    value => problems.push(Problem::at(node.place, format!("groups is {}, and must be a list", value.kind()))),
                },
                // only newer code knows it, in mapRoles
                "sso" if release == Release::Newer && section == SectionName::Roles => self.sso(node),
                _ => {}
            }
        }
        self.groups = groups.into_list();
    }

    fn sso(&mut self, node: &Node<'_>) {
        self.sso = node.value != Value::Null;
        match &node.value {
            Value::Null => {}
            Value::Map(fields) => {
                let mut text = String::new();
                for (key, node) in fields {
                    if matches!(folded(key).as_str(), "permissionsetname" | "accountid" | "partition") {
                        fill(&mut text, node, key, &mut self.problems);
                    }
                }
            }
            value => self.problems.push(Problem::at(node.place, format!("sso is {}, and must be a mapping", value.kind()))),
        }
    }
}

/// Fills a text; nothing leaves it as it was, and so does what is no text.
fn fill(text: &mut String, node: &Node<'_>, what: &str, problems: &mut Vec<Problem>) {
    match &node.value {
        Value::Text(value) => value.as_ref().clone_into(text),
        Value::Null => {}
        value => problems.push(Problem::at(node.place, format!("{what} is {}, and must be text: put it in quotes", value.kind()))),
    }
}

/// A field's name without case, as Go folds it: two letters beyond ASCII are as `s` and `k`.
fn folded(key: &str) -> String {
    key.chars()
        .map(|c| match c {
            '\u{17f}' => 's',
            '\u{212a}' => 'k',
            c => c.to_ascii_lowercase(),
        })
        .collect()
}
