//! What kubectl prints, read into changes.
//!
//! JSON or YAML; single objects, `List`, typed lists, arrays, several documents, JSON lines. An object that cannot be
//! understood is a gap that says where it stands, and the others are still read; so is the rest of a text that breaks off.
//!
//! Each item is cut out as raw text first and then read into the few fields that matter: a mistake in one cannot lose
//! another, and nothing else (managed fields, commands, images) is ever built.

mod annotations;
mod authentication;
mod aws;
mod convert;
mod discovery;
mod injected;
pub mod page;
mod shape;
mod workload;
mod yaml;

use std::fmt;

use serde_json::value::RawValue;

use super::Change;
use crate::base::{Gap, Loss, Name};
use convert::Converter;
use shape::Head;

/// What one text held.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The objects, gaps and skipped kinds, in the order of the text.
    pub changes: Vec<Change>,
    /// Why the text could not be read to its end, when it could not; a gap among the changes says the same.
    pub broken: Option<Problem>,
}

/// Why something could not be read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// `roles.json:12:3`, or `roles.json, items[3].rules[0].verbs`.
    pub place: String,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// Reads a text into changes; `name` is what gaps call it.
pub fn document(name: &str, bytes: &[u8]) -> Vec<Change> {
    read(name, bytes).changes
}

/// Reads a text, and tells whether it could be read to its end.
pub fn read(name: &str, bytes: &[u8]) -> Document {
    let mut reader = Reader::new(name);
    let broken = match text(bytes) {
        Err(message) => Some(Problem { place: name.to_owned(), message: message.to_owned() }),
        Ok(text) if text.trim_start().starts_with(['{', '[']) => reader.json_or_flow(text),
        Ok(text) => reader.yaml(text),
    };
    if let Some(problem) = &broken {
        reader.changes.push(Change::Gap(Gap {
            what: format!("the rest of {name}"),
            why: problem.to_string(),
            kinds: Vec::new(),
            namespaces: Vec::new(),
            loss: Loss::Unreadable,
            except: Vec::new(),
            settled_by: None,
        }));
    }
    Document { changes: reader.changes, broken }
}

/// The text of a file: UTF-8, with or without a byte order mark.
fn text(bytes: &[u8]) -> Result<&str, &'static str> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err("it is UTF-16; save it as UTF-8");
    }
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8 text")?;
    if text.contains('\0') {
        return Err("it is binary, not text");
    }
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

struct Reader<'a> {
    name: &'a str,
    changes: Vec<Change>,
    converter: Converter,
    depth: usize,
}

/// How deep lists may stand in lists; kubectl prints one in none.
const DEEPEST: usize = 8;

/// Who writes YAML in braces does so by hand: a longer text that is not JSON is JSON that breaks off.
const LONGEST_FLOW: usize = 1 << 20;

impl<'a> Reader<'a> {
    fn new(name: &'a str) -> Self {
        Self { name, changes: Vec::new(), converter: Converter::default(), depth: 0 }
    }

    /// JSON values or, where that is what they are after all, YAML documents in flow style.
    fn json_or_flow(&mut self, text: &str) -> Option<Problem> {
        let problem = self.json(text)?;
        let mut flow = Self::new(self.name);
        if text.len() > LONGEST_FLOW || flow.yaml(text).is_some() {
            return Some(problem);
        }
        *self = flow;
        None
    }

    /// One or more JSON values, one after the other.
    fn json(&mut self, text: &str) -> Option<Problem> {
        for value in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
            match value {
                Ok(value) => self.value(value.get(), "", None),
                Err(error) => {
                    let place = format!("{}:{}:{}", self.name, error.line(), error.column());
                    return Some(Problem { place, message: without_place(&error.to_string()) });
                }
            }
        }
        None
    }

    /// YAML documents; what comes before a mistake is kept.
    fn yaml(&mut self, text: &str) -> Option<Problem> {
        for document in yaml::documents(text) {
            match document {
                Ok(None) => {}
                Ok(Some(value)) => self.value(&value.to_string(), "", None),
                Err(error) => {
                    let place = error.line.map_or_else(|| self.name.to_owned(), |line| format!("{}:{line}", self.name));
                    return Some(Problem { place, message: error.message });
                }
            }
        }
        None
    }

    /// A value at a path: an array, a list or an object. An item of a typed list takes its kind from the list.
    fn value(&mut self, text: &str, path: &str, item_kind: Option<Name>) {
        if text.trim_start().starts_with('[') {
            match serde_json::from_str::<Vec<&RawValue>>(text) {
                Ok(items) => self.items(&items, path, item_kind),
                Err(error) => self.unreadable(text, path, None, &without_place(&error.to_string())),
            }
            return;
        }
        let head: Head<'_> = match serde_json::from_str(text) {
            Ok(head) => head,
            Err(_) => return self.misshapen::<Head<'_>>(text, path, None),
        };
        let kind = if head.kind.is_empty() { item_kind.unwrap_or_default() } else { head.kind };
        if let Some(items) = &head.items {
            let item_kind = kind.as_str().strip_suffix("List").filter(|kind| !kind.is_empty()).map(Name::new);
            self.items(items, &join(path, "items"), item_kind);
            if head.metadata.is_some_and(|metadata| !metadata.continues.is_empty()) {
                self.first_page(item_kind);
            }
            return;
        }
        // what the AWS CLI prints has no kind
        if kind.is_empty()
            && let Some(read) = aws::read(text)
        {
            match read {
                Ok(changes) => self.changes.extend(changes),
                Err((inner, message)) => self.unreadable(text, &join(path, &inner), None, &message),
            }
            return;
        }
        self.object(text, path, kind, head.group());
    }

    fn items(&mut self, items: &[&RawValue], path: &str, item_kind: Option<Name>) {
        if self.depth == DEEPEST {
            return self.unreadable("", path, None, "lists are nested too deeply");
        }
        self.depth += 1;
        for (index, item) in items.iter().enumerate() {
            self.value(item.get(), &format!("{path}[{index}]"), item_kind);
        }
        self.depth -= 1;
    }

    fn object(&mut self, text: &str, path: &str, kind: Name, group: &str) {
        let read = match kind.as_str() {
            "AuthenticationConfiguration" if group == authentication::SETTINGS => {
                authentication::configuration(text, self.name).map(|change| vec![change])
            }
            kind => self.converter.convert(text, kind, group),
        };
        match read {
            Ok(changes) => self.changes.extend(changes),
            Err(convert::Refusal::Shape { path: inner, message }) => self.unreadable(text, &join(path, &inner), Some(kind), &message),
            Err(convert::Refusal::Content(message)) => self.unreadable(text, path, Some(kind), &message),
        }
    }

    /// Says where a value is not of the shape that was expected.
    fn misshapen<'de, T: serde::Deserialize<'de>>(&mut self, text: &'de str, path: &str, kind: Option<Name>) {
        if let Err((inner, message)) = shape::read::<T>(text) {
            self.unreadable(text, &join(path, &inner), kind, &message);
        }
    }

    fn unreadable(&mut self, text: &str, path: &str, kind: Option<Name>, message: &str) {
        let identity = shape::identity(text);
        let kind = kind.filter(|kind| !kind.is_empty());
        let what = match (kind, identity.name.is_empty()) {
            (Some(kind), false) => format!("{kind} {}", identity.qualified()),
            (Some(kind), true) => format!("a {kind} of {}", self.name),
            (None, _) => format!("an object of {}", self.name),
        };
        let place = if path.is_empty() { self.name.to_owned() } else { format!("{}, {path}", self.name) };
        self.changes.push(Change::Gap(Gap {
            what,
            why: Problem { place, message: message.to_owned() }.to_string(),
            kinds: kind.into_iter().collect(),
            namespaces: Some(identity.namespace).filter(|namespace| !namespace.is_empty()).into_iter().collect(),
            loss: Loss::Unreadable,
            except: Vec::new(),
            settled_by: None,
        }));
    }

    /// A list that says there is more.
    fn first_page(&mut self, kind: Option<Name>) {
        self.changes.push(Change::Gap(Gap {
            what: kind.map_or_else(|| format!("the further pages of {}", self.name), |kind| format!("further {kind}s")),
            why: format!("{} holds one page of a longer list (metadata.continue is set)", self.name),
            kinds: kind.into_iter().collect(),
            namespaces: Vec::new(),
            loss: Loss::Recorded,
            except: Vec::new(),
            settled_by: Some("kubectl get prints all pages; record the list with it".to_owned()),
        }));
    }
}

/// `serde_json` ends its messages with the place, which is said before them here.
fn without_place(message: &str) -> String {
    message.split(" at line ").next().unwrap_or(message).to_owned()
}

fn join(path: &str, inner: &str) -> String {
    match (path.is_empty(), inner.is_empty() || inner == ".") {
        (true, true) => String::new(),
        (true, false) => inner.to_owned(),
        (false, true) => path.to_owned(),
        (false, false) => format!("{path}.{inner}"),
    }
}

#[cfg(test)]
mod tests;
