//! Removing an item of a list, or a pair of a mapping, with what separates it from its neighbours.

use std::ops::Range;

use super::lines::{self, first_on_line, line_start, next_line};
use super::place::{Reached, dashes, item, pair_end, pair_start, reach, slot};
use super::{ALIAS, MERGED, NO_WAY, Proposals, REMOVED, Refused, Site, Splice, one, refused};
use crate::kubeconfig::edit::step::Key;
use crate::kubeconfig::yaml::layout::{Pair, Part, Shape};

impl Site<'_> {
    /// Removes a key.
    pub(super) fn unset(&self, path: &[Key]) -> Proposals {
        let root = self.layout.root.as_ref().ok_or(Refused { offset: 0, why: NO_WAY })?;
        match reach(root, path)? {
            Reached::Value(_, pair) | Reached::Empty(_, pair, []) => self.check(&pair.value, REMOVED)?,
            Reached::Missing(map, ..) => return Err(refused(map, MERGED)),
            _ => return Err(refused(root, NO_WAY)),
        }
        self.remove(path)
    }

    /// Removes an item of a list or a pair of a mapping.
    pub(super) fn remove(&self, path: &[Key]) -> Proposals {
        let root = self.layout.root.as_ref().ok_or(Refused { offset: 0, why: NO_WAY })?;
        let no_way = || refused(root, NO_WAY);
        let (last, way) = path.split_last().ok_or_else(no_way)?;
        let (outer, holder) = match reach(root, way)? {
            Reached::Value(_, pair) => (&pair.value, Some(pair)),
            Reached::Item => (item(root, way).ok_or_else(no_way)?, None),
            Reached::Root => (root, None),
            _ => return Err(no_way()),
        };
        let text = self.text;
        let (index, elements): (usize, Vec<Range<usize>>) = match (&outer.shape, last) {
            (Shape::Alias(_), _) => return Err(refused(outer, ALIAS)),
            (Shape::List(is_flow, items), Key::Index(index)) => {
                items.get(*index).map_or(Ok(()), |item| self.check_all(item))?;
                let starts = if *is_flow { None } else { Some(dashes(text, outer).ok_or_else(no_way)?) };
                let range = |(position, item): (usize, &Part)| match starts.as_ref().and_then(|starts| starts.get(position)) {
                    Some(dash) => *dash..item.range.end.max(dash + 1),
                    None => item.start()..item.range.end,
                };
                (*index, items.iter().enumerate().map(range).collect())
            }
            (Shape::Map(_, pairs), Key::Name(name)) => {
                let index = pairs.iter().rposition(|pair| pair.is(name)).ok_or_else(no_way)?;
                (index, pairs.iter().map(|pair| pair_start(text, pair)..pair_end(text, pair)).collect())
            }
            _ => return Err(no_way()),
        };
        let own = elements.get(index).cloned().ok_or_else(no_way)?;
        let before = index.checked_sub(1).and_then(|before| elements.get(before));
        let after = elements.get(index + 1);
        Ok(vec![if outer.is_flow() { self.cut_flow(&own, before, after) } else { self.cut_block(outer, holder, &own, before, after) }])
    }

    /// Cuts out what stands on lines of its own.
    fn cut_block(
        &self,
        outer: &Part,
        holder: Option<&Pair>,
        own: &Range<usize>,
        before: Option<&Range<usize>>,
        after: Option<&Range<usize>>,
    ) -> Vec<Splice> {
        let text = self.text;
        let lines = line_start(text, own.start)..next_line(text, own.end);
        let is_first = first_on_line(text, own.start);
        if before.is_none() && after.is_none() {
            // nothing would be null, and not an empty list
            let empty = if matches!(outer.shape, Shape::List(..)) { "[]" } else { "{}" };
            return match holder.and_then(|pair| slot(text, pair)) {
                Some(slot) if is_first => {
                    vec![Splice { range: slot..slot, text: format!(" {empty}") }, Splice { range: lines, text: String::new() }]
                }
                _ => one(own.clone(), empty.to_owned()),
            };
        }
        match after {
            Some(after) if !is_first => one(own.start..after.start, String::new()),
            _ => one(lines, String::new()),
        }
    }

    /// Cuts out what stands in brackets, with one comma.
    fn cut_flow(&self, own: &Range<usize>, before: Option<&Range<usize>>, after: Option<&Range<usize>>) -> Vec<Splice> {
        let text = self.text;
        let comma = |from: usize, to: usize| lines::comma(text, from..to);
        if let Some(after) = after {
            let Some(comma) = comma(own.end, after.start) else { return one(own.clone(), String::new()) };
            let rest = text.get(comma + 1..after.start).unwrap_or_default();
            // comments between stay
            if rest.chars().all(char::is_whitespace) {
                return one(own.start..after.start, String::new());
            }
            return one(own.start..comma + 1, String::new());
        }
        if let Some(before) = before {
            let gap = text.get(before.end..own.start).unwrap_or_default();
            if gap.chars().all(|c| c == ',' || c.is_whitespace()) {
                return one(before.end..own.end, String::new());
            }
            if let Some(comma) = comma(before.end, own.start) {
                let own = Splice { range: own.clone(), text: String::new() };
                return vec![Splice { range: comma..comma + 1, text: String::new() }, own];
            }
        }
        // the only one may have a comma behind it
        match comma(own.end, text.len()).filter(|comma| text.get(own.end..*comma).is_some_and(|gap| gap.trim().is_empty())) {
            Some(comma) => one(own.start..comma + 1, String::new()),
            None => one(own.clone(), String::new()),
        }
    }

    /// Refuses to remove what has an anchor in it that an alias elsewhere takes up.
    fn check_all(&self, part: &Part) -> Result<(), Refused> {
        let mut anchors = Vec::new();
        part.walk(&mut |part| anchors.extend((part.anchor != 0).then_some((part.anchor, part.start()))));
        let root = self.layout.root.as_ref();
        let mut outside = Vec::new();
        if let Some(root) = root {
            root.walk(&mut |other| {
                if let Shape::Alias(anchor) = other.shape
                    && !part.range.contains(&other.range.start)
                {
                    outside.push(anchor);
                }
            });
        }
        match anchors.into_iter().find(|(anchor, _)| outside.contains(anchor)) {
            Some((_, offset)) => Err(Refused { offset, why: REMOVED }),
            None => Ok(()),
        }
    }
}
