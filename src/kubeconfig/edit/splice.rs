//! A change of a document as a change of its text: which bytes go, and what comes in their place.
//!
//! What is proposed here is checked by reading it again (`document`): a place that was overlooked is refused, never spoilt.

mod cut;
mod lines;
mod place;

use std::ops::Range;

use serde_json::Value;

use super::step::{Key, Step};
use super::write::{self, Surroundings};
use crate::kubeconfig::yaml;
use crate::kubeconfig::yaml::layout::{Layout, Pair, Part, Shape, Style};
use lines::{column, first_on_line, line_break, line_end, line_start, next_line};
use place::{Reached, dashes, pair_end, pair_start, reach, slot};

/// Bytes that go, and the text that comes in their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splice {
    /// What goes.
    pub range: Range<usize>,
    /// What comes.
    pub text: String,
}

/// Why a change is not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Where the obstacle stands.
    pub offset: usize,
    /// What it is.
    pub why: &'static str,
}

/// What is made of a text: the splices that might do, the best first.
pub type Proposals = Result<Vec<Vec<Splice>>, Refused>;

/// The ways to make a change.
pub fn propose(text: &str, layout: &Layout, step: &Step) -> Proposals {
    let site = Site { text, layout, around: surroundings(text, layout) };
    match step {
        Step::Set(path, value) => site.set(path, value),
        Step::Unset(path) => site.unset(path),
        Step::Add(section, entry) => site.add(section, entry),
        Step::Remove(section, index) => site.remove(&[Key::Name((*section).to_owned()), Key::Index(*index)]),
    }
}

/// A text with splices made, which do not overlap.
pub fn splice(text: &str, splices: &[Splice]) -> Option<String> {
    let mut sorted: Vec<&Splice> = splices.iter().collect();
    sorted.sort_by_key(|splice| (splice.range.start, splice.range.end));
    let mut out = String::with_capacity(text.len() + 64);
    let mut at = 0;
    for Splice { range, text: new } in sorted {
        out.push_str(text.get(at..range.start)?);
        out.push_str(new);
        at = range.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// How this file is written.
fn surroundings<'a>(text: &'a str, layout: &Layout) -> Surroundings<'a> {
    let root = layout.root.as_ref();
    let pairs = match root.map(|root| &root.shape) {
        Some(Shape::Map(_, pairs)) => pairs.as_slice(),
        _ => &[],
    };
    let is_block_list = |pair: &&Pair| matches!(pair.value.shape, Shape::List(false, _));
    let list_indent = pairs
        .iter()
        .find(is_block_list)
        .map_or(0, |pair| column(text, pair.value.range.start).saturating_sub(column(text, pair_start(text, pair))));
    let is_json = root.is_some_and(Part::is_flow) && pairs.first().is_none_or(is_double);
    Surroundings { line_break: line_break(text), list_indent, is_json }
}

fn is_double(pair: &Pair) -> bool {
    matches!(pair.key.shape, Shape::Scalar(Style::Double, _))
}

/// The text that is changed.
struct Site<'a> {
    text: &'a str,
    layout: &'a Layout,
    around: Surroundings<'a>,
}

impl<'a> Site<'a> {
    fn set(&self, path: &[Key], value: &Value) -> Proposals {
        let Some(root) = &self.layout.root else {
            return Ok(vec![self.begin(self.layout.end, &wrap(path, value))]);
        };
        match reach(root, path)? {
            Reached::Value(holder, pair) => self.replace(holder, pair, value),
            Reached::Empty(holder, pair, rest) => self.replace(holder, pair, &wrap(rest, value)),
            Reached::Missing(map, name, rest) => Ok(self.insert(map, name, &wrap(rest, value))),
            Reached::Root => {
                let value = wrap(path, value);
                if root.range.is_empty() {
                    return Ok(vec![self.begin(next_line(self.text, root.range.start), &value)]);
                }
                Ok(vec![one(root.range.clone(), write::block(&value, 0, self.around))])
            }
            Reached::Item => Err(refused(root, NO_WAY)),
        }
    }

    /// The first content of a document.
    fn begin(&self, at: usize, value: &Value) -> Vec<Splice> {
        let at = at.min(self.text.len());
        let before = if line_start(self.text, at) == at { "" } else { self.around.line_break };
        one(at..at, format!("{before}{}{}", write::block(value, 0, self.around), self.around.line_break))
    }

    /// Gives a pair another value.
    fn replace(&self, map: &Part, pair: &Pair, value: &Value) -> Proposals {
        let old = &pair.value;
        self.check(old, CHANGED)?;
        let is_collection = matches!(value, Value::Array(_) | Value::Object(_));
        let is_beside = !is_collection || map.is_flow() || matches!(value, Value::Array(items) if items.is_empty());
        if is_beside {
            let written = match (value, &old.shape) {
                (Value::String(new), Shape::Scalar(style, _)) if !old.range.is_empty() => write::text(new, *style, map.is_flow()),
                _ => write::flow(value, self.local(map)),
            };
            if !old.range.is_empty() || (old.anchor == 0 && old.properties.is_some()) {
                // a tag would be one of the new value
                let start = if old.anchor == 0 { old.start() } else { old.range.start };
                return Ok(vec![one(start..old.range.end, written)]);
            }
            return Ok(match slot(self.text, pair) {
                Some(slot) => vec![one(slot..slot, format!(" {written}"))],
                None => vec![one(pair.key.range.end..pair.key.range.end, format!(": {written}"))],
            });
        }
        let is_same = matches!((&old.shape, value), (Shape::List(false, _), Value::Array(_)) | (Shape::Map(false, _), Value::Object(_)));
        if is_same {
            return Ok(vec![one(old.range.clone(), write::block(value, column(self.text, old.range.start), self.around))]);
        }
        // from beside the key to below it
        let slot = slot(self.text, pair).ok_or_else(|| refused(&pair.key, NO_WAY))?;
        let gone = if old.range.is_empty() { slot..slot } else { slot..old.range.end };
        let end = line_end(self.text, gone.end);
        let indent = column(self.text, pair_start(self.text, pair));
        let below = write::below(value, indent, self.around).unwrap_or_default();
        Ok(vec![vec![Splice { range: gone, text: String::new() }, Splice { range: end..end, text: below }]])
    }

    /// Adds a key to a mapping: where the alphabet has it, as kubectl and the AWS CLI write keys.
    fn insert(&self, map: &Part, name: &str, value: &Value) -> Vec<Vec<Splice>> {
        let Shape::Map(is_flow, pairs) = &map.shape else { return Vec::new() };
        let next = pairs.iter().position(|pair| matches!(&pair.key.shape, Shape::Scalar(_, yaml::Value::Text(key)) if **key > *name));
        let position = next.unwrap_or(pairs.len());
        let before = position.checked_sub(1).and_then(|before| pairs.get(before));
        let after = pairs.get(position);
        if *is_flow {
            let written = write::flow_pair(name, value, self.local(map));
            return vec![self.between(
                map,
                before.map(|pair| (pair.key.start(), pair_end(self.text, pair))),
                after.map(|pair| pair.key.start()),
                &written,
            )];
        }
        let Some(first) = pairs.first() else { return Vec::new() };
        let indent = column(self.text, pair_start(self.text, first));
        let between = format!("{}{}", self.around.line_break, " ".repeat(indent));
        let written = write::block_pair(name, value, indent, self.around);
        let below = before.map(|pair| {
            let end = line_end(self.text, pair_end(self.text, pair));
            one(end..end, format!("{between}{written}"))
        });
        let above = after.map(|pair| {
            let start = pair_start(self.text, pair);
            one(start..start, format!("{written}{between}"))
        });
        below.into_iter().chain(above).collect()
    }

    /// Puts something between two neighbours in brackets, or at their end; on a line of its own where they have their own.
    fn between(&self, outer: &Part, before: Option<(usize, usize)>, after: Option<usize>, written: &str) -> Vec<Splice> {
        let gap = |start: usize| {
            if first_on_line(self.text, start) { self.text.get(before_line(self.text, start)..start).unwrap_or(" ") } else { " " }
        };
        match (before, after) {
            (_, Some(after)) => one(after..after, format!("{written},{}", gap(after))),
            (Some((start, end)), None) => one(end..end, format!(",{}{written}", gap(start))),
            (None, None) => {
                let inside = outer.range.start + 1;
                one(inside..inside, written.to_owned())
            }
        }
    }

    fn add(&self, section: &str, entry: &Value) -> Proposals {
        let path = [Key::Name(section.to_owned())];
        let list = self.layout.root.as_ref().and_then(|root| root.pair(section)).map(|pair| &pair.value);
        if let Some(list) = list {
            self.check(list, CHANGED)?;
            match &list.shape {
                Shape::List(true, items) if !items.is_empty() => {
                    let last = items.last().map(|item| (item.start(), item.range.end));
                    return Ok(vec![self.between(list, last, None, &write::flow(entry, self.local(list)))]);
                }
                Shape::List(false, items) => {
                    let dash = dashes(self.text, list).ok_or_else(|| refused(list, NO_WAY))?;
                    let end = items.last().map_or(0, |item| item.range.end).max(dash.last().map_or(0, |dash| dash + 1));
                    let end = line_end(self.text, end);
                    let indent = column(self.text, list.range.start);
                    let written = write::block(entry, indent + 2, self.around);
                    return Ok(vec![one(end..end, format!("{}{}- {written}", self.around.line_break, " ".repeat(indent)))]);
                }
                _ => {}
            }
        }
        self.set(&path, &Value::Array(vec![entry.clone()]))
    }

    /// How pairs of one mapping, or items of one list, are written.
    fn local(&self, outer: &Part) -> Surroundings<'a> {
        let mut is_json = self.around.is_json;
        outer.walk(&mut |part| {
            if let Shape::Map(true, pairs) = &part.shape {
                is_json |= pairs.first().is_some_and(is_double);
            }
        });
        Surroundings { is_json, ..self.around }
    }

    /// Refuses what others take from here, or what is taken from elsewhere.
    fn check(&self, part: &Part, anchored: &'static str) -> Result<(), Refused> {
        match part.shape {
            Shape::Alias(_) => Err(refused(part, ALIAS)),
            _ if part.anchor != 0 && self.layout.aliased.contains(&part.anchor) => Err(refused(part, anchored)),
            _ => Ok(()),
        }
    }
}

/// Why a part cannot be changed.
const ALIAS: &str = "what is to be changed is an alias, and stands elsewhere";
const CHANGED: &str = "what is to be changed has an anchor, and an alias takes it up elsewhere";
const REMOVED: &str = "what is to be removed has an anchor, and an alias takes it up elsewhere";
/// The value is there and its key is not.
pub const MERGED: &str = "what is to be changed comes from a merge key (<<)";
/// What nothing else says.
pub const NO_WAY: &str = "the way it is written leaves no safe way to change it";

fn refused(part: &Part, why: &'static str) -> Refused {
    Refused { offset: part.start(), why }
}

fn one(range: Range<usize>, text: String) -> Vec<Splice> {
    vec![Splice { range, text }]
}

/// The end of the line before the one of an offset.
fn before_line(text: &str, at: usize) -> usize {
    let start = line_start(text, at);
    let before = text.get(..start).unwrap_or_default();
    before.strip_suffix("\r\n").or_else(|| before.strip_suffix(['\r', '\n'])).unwrap_or(before).len()
}

/// A value in the mappings that lead to it.
fn wrap(path: &[Key], value: &Value) -> Value {
    path.iter().rev().fold(value.clone(), |value, key| match key {
        Key::Name(name) => Value::Object(std::iter::once((name.clone(), value)).collect()),
        Key::Index(_) => Value::Array(vec![value]),
    })
}
