//! Where a part stands among the signs around it: dashes, colons, question marks.

use super::lines::{first_on_line, line_start};
use super::{ALIAS, NO_WAY, Refused};
use crate::kubeconfig::edit::step::Key;
use crate::kubeconfig::yaml::Value;
use crate::kubeconfig::yaml::layout::{Pair, Part, Shape};

/// Where a way through a document ends.
pub enum Reached<'a, 'k> {
    /// At the value of a pair of a mapping.
    Value(&'a Part, &'a Pair),
    /// At a value that is null, with this much of the way left.
    Empty(&'a Part, &'a Pair, &'k [Key]),
    /// At a mapping that has no such key, with this much of the way left.
    Missing(&'a Part, &'k str, &'k [Key]),
    /// At an item of a list.
    Item,
    /// At a root that is null, or the root itself.
    Root,
}

/// Follows a way.
pub fn reach<'a, 'k>(root: &'a Part, path: &'k [Key]) -> Result<Reached<'a, 'k>, Refused> {
    let mut part = root;
    let mut holder = None;
    for (depth, key) in path.iter().enumerate() {
        let rest = path.get(depth..).unwrap_or_default();
        match (&part.shape, key) {
            (Shape::Alias(_), _) => return Err(Refused { offset: part.start(), why: ALIAS }),
            (Shape::List(_, items), Key::Index(index)) => {
                part = items.get(*index).ok_or_else(|| Refused { offset: part.start(), why: NO_WAY })?;
                holder = None;
            }
            (Shape::Map(..), Key::Name(name)) => match part.pair(name) {
                Some(pair) => {
                    holder = Some((part, pair));
                    part = &pair.value;
                }
                None => return Ok(Reached::Missing(part, name, rest.get(1..).unwrap_or_default())),
            },
            (Shape::Scalar(_, Value::Null), _) => {
                return match holder {
                    Some((map, pair)) => Ok(Reached::Empty(map, pair, rest)),
                    None if depth == 0 => Ok(Reached::Root),
                    None => Err(Refused { offset: part.start(), why: NO_WAY }),
                };
            }
            _ => return Err(Refused { offset: part.start(), why: NO_WAY }),
        }
    }
    Ok(match (holder, path.last()) {
        (Some((map, pair)), _) => Reached::Value(map, pair),
        (None, Some(_)) => Reached::Item,
        (None, None) => Reached::Root,
    })
}

/// The item at the end of a way.
pub fn item<'a>(root: &'a Part, path: &[Key]) -> Option<&'a Part> {
    path.iter().try_fold(root, |part, key| match (&part.shape, key) {
        (Shape::List(_, items), Key::Index(index)) => items.get(*index),
        (Shape::Map(..), Key::Name(name)) => part.pair(name).map(|pair| &pair.value),
        _ => None,
    })
}

/// Where the dashes of a list without brackets stand.
pub fn dashes(text: &str, list: &Part) -> Option<Vec<usize>> {
    let Shape::List(false, items) = &list.shape else { return None };
    let column = list.range.start - line_start(text, list.range.start);
    let mut found: Vec<usize> = Vec::with_capacity(items.len());
    for before in std::iter::once(None).chain(items.iter().map(Some)).take(items.len()) {
        let Some(before) = before else {
            found.push(list.range.start);
            continue;
        };
        // between two items there are only comments and blank lines
        let mut at = before.range.end.max(found.last().map_or(0, |dash| dash + 1));
        loop {
            at = super::next_line(text, at);
            let dash = at + column;
            let is_dash = text.get(dash..).is_some_and(|rest| rest.starts_with('-'));
            if is_dash && line_start(text, dash) == at && first_on_line(text, dash) {
                found.push(dash);
                break;
            }
            if at >= text.len() {
                return None;
            }
        }
    }
    Some(found)
}

/// Where a pair begins: at its key, or at the question mark before it.
pub fn pair_start(text: &str, pair: &Pair) -> usize {
    let start = pair.key.start();
    let before = text.get(..start).unwrap_or_default().trim_end_matches([' ', '\t']);
    match before.strip_suffix('?') {
        Some(rest) if before.len() < start && rest.chars().next_back().is_none_or(|c| c.is_whitespace() || "{[,".contains(c)) => rest.len(),
        _ => start,
    }
}

/// Where the value of a pair goes when it has none: behind the colon, the anchor and the tag.
pub fn slot(text: &str, pair: &Pair) -> Option<usize> {
    if let Some(properties) = &pair.value.properties {
        return Some(properties.end);
    }
    let rest = text.get(pair.key.range.end..)?;
    let blanks = rest.len() - rest.trim_start().len();
    rest.trim_start().starts_with(':').then_some(pair.key.range.end + blanks + 1)
}

/// Where a pair ends, with its colon.
pub fn pair_end(text: &str, pair: &Pair) -> usize {
    if pair.value.range.is_empty() { slot(text, pair).unwrap_or(pair.key.range.end) } else { pair.value.range.end }
}
