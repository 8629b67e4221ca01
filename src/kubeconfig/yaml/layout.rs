//! Where every part of a document stands, to the byte: what an edit needs and a reader does not.
//!
//! Unlike the tree of values it keeps aliases, merge keys and keys that stand twice as they are written.

use std::borrow::Cow;
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, Span, StructureStyle};
use rustc_hash::FxHashSet;

use super::{Value, scalar};

/// A document as it is written.
#[derive(Default)]
pub struct Layout {
    /// Its root; none where the file holds nothing, or comments alone.
    pub root: Option<Part>,
    /// The anchors that an alias takes up.
    pub aliased: FxHashSet<usize>,
    /// Where the document ends: at its end mark, at the mark of the next one, or with the file.
    pub end: usize,
}

/// A value, as it is written.
#[derive(Clone)]
pub struct Part {
    /// Its content, without anchor and tag: with the quotes, the brackets, the header of a block scalar; no line break at its end.
    pub range: Range<usize>,
    /// Its anchor and its tag.
    pub properties: Option<Range<usize>>,
    /// The number of its anchor, or 0.
    pub anchor: usize,
    /// What it is.
    pub shape: Shape,
}

/// What a part is.
#[derive(Clone)]
pub enum Shape {
    /// A scalar, and what it stands for; what is no value of JSON counts as empty text.
    Scalar(Style, Value<'static>),
    /// An alias.
    Alias(usize),
    /// A list, in brackets or not.
    List(bool, Vec<Part>),
    /// A mapping, in braces or not.
    Map(bool, Vec<Pair>),
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// In single quotes.
    Single,
    /// In double quotes.
    Double,
    /// As a block, `|` or `>`.
    Block,
}

/// A key and its value.
#[derive(Clone)]
pub struct Pair {
    /// The key.
    pub key: Part,
    /// The value.
    pub value: Part,
}

impl Part {
    /// Where it begins, with its anchor and tag.
    pub fn start(&self) -> usize {
        self.properties.as_ref().map_or(self.range.start, |properties| properties.start.min(self.range.start))
    }

    /// Whether it stands in brackets or braces.
    pub fn is_flow(&self) -> bool {
        matches!(self.shape, Shape::List(true, _) | Shape::Map(true, _))
    }

    /// The value of a key, as it is written last; merge keys are not followed.
    pub fn pair(&self, key: &str) -> Option<&Pair> {
        let Shape::Map(_, pairs) = &self.shape else { return None };
        pairs.iter().rev().find(|pair| pair.is(key))
    }

    /// It and all that is in it.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        visit(self);
        match &self.shape {
            Shape::List(_, items) => items.iter().for_each(|item| item.walk(visit)),
            Shape::Map(_, pairs) => {
                for pair in pairs {
                    pair.key.walk(visit);
                    pair.value.walk(visit);
                }
            }
            Shape::Scalar(..) | Shape::Alias(_) => {}
        }
    }
}

impl Pair {
    /// Whether the key is this text.
    pub fn is(&self, name: &str) -> bool {
        matches!(&self.key.shape, Shape::Scalar(_, Value::Text(text)) if text == name)
    }
}

/// The layout of the first document of a text that can be read.
///
/// None where the parser gives up, which it does not on what was read.
pub fn layout(text: &str) -> Option<Layout> {
    documents(text).0.into_iter().next()
}

/// The layouts of all documents up to one that cannot be read, and where that one begins.
pub fn documents(text: &str) -> (Vec<Layout>, Option<usize>) {
    let mut options = super::options();
    options.emit_anchor_events = true;
    let mut documents = Vec::new();
    let mut builder = Builder { text, ..Builder::default() };
    let mut start = 0;
    for event in Parser::new_from_str_with_options(text, options) {
        let Ok((event, span)) = event else { return (documents, Some(start)) };
        let is_end = matches!(event, Event::DocumentEnd);
        if builder.take(event, span).is_none() {
            return (documents, Some(start));
        }
        if is_end {
            let end = bytes(&span);
            start = end.end;
            let done = std::mem::replace(&mut builder, Builder { text, last: start, ..Builder::default() });
            documents.push(Layout { root: done.root, aliased: done.aliased, end: end.start });
        }
    }
    if documents.is_empty() {
        documents.push(Layout { end: text.len(), ..Layout::default() });
    }
    (documents, None)
}

/// A list or mapping that is not complete yet; the parts of a mapping are keys and values by turns.
struct Open {
    part: Part,
    parts: Vec<Part>,
}

#[derive(Default)]
struct Builder<'a> {
    text: &'a str,
    open: Vec<Open>,
    root: Option<Part>,
    aliased: FxHashSet<usize>,
    /// Where the last event ended: nothing before it can be of the next part.
    last: usize,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> Option<()> {
        let range = bytes(&span);
        let tag = span.tag_span().map(|span| bytes(&span));
        match event {
            Event::Scalar(text, style, anchor, tag_name) => {
                let value = scalar::resolve(text, style == ScalarStyle::Plain, tag_name.as_deref())
                    .map_or_else(|_| Value::Text(Cow::Borrowed("")), Value::of_scalar);
                let (style, range) = match style {
                    ScalarStyle::Plain => (Style::Plain, range),
                    ScalarStyle::SingleQuoted => (Style::Single, range),
                    ScalarStyle::DoubleQuoted => (Style::Double, range),
                    ScalarStyle::Literal | ScalarStyle::Folded => (Style::Block, self.block(range)?),
                };
                self.add(Part { range, properties: tag, anchor, shape: Shape::Scalar(style, value) })?;
            }
            Event::Alias(anchor) => {
                self.aliased.insert(anchor);
                self.add(Part { range, properties: None, anchor: 0, shape: Shape::Alias(anchor) })?;
            }
            Event::SequenceStart(style, anchor, _) => {
                let is_flow = style == StructureStyle::Flow;
                let range = if is_flow { range } else { self.dash(range.start)..range.end };
                self.begin(Part { range, properties: tag, anchor, shape: Shape::List(is_flow, Vec::new()) });
            }
            Event::MappingStart(style, anchor, _) => {
                self.begin(Part { range, properties: tag, anchor, shape: Shape::Map(style == StructureStyle::Flow, Vec::new()) });
            }
            Event::Anchor(..) => self.anchor(range),
            Event::SequenceEnd | Event::MappingEnd => {
                let Open { mut part, parts } = self.open.pop()?;
                // the end of what is not in brackets is told only when the next token is seen
                let end = if part.is_flow() { range.end } else { parts.last()?.range.end };
                part.range.end = end;
                part.shape = if let Shape::List(is_flow, _) = part.shape {
                    Shape::List(is_flow, parts)
                } else {
                    let mut pairs = Vec::with_capacity(parts.len() / 2);
                    let mut parts = parts.into_iter();
                    while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
                        pairs.push(Pair { key, value });
                    }
                    Shape::Map(part.is_flow(), pairs)
                };
                self.add(part)?;
                self.last = self.last.max(end);
                return Some(());
            }
            _ => {}
        }
        self.last = self.last.max(bytes(&span).end);
        Some(())
    }

    fn begin(&mut self, part: Part) {
        self.open.push(Open { part, parts: Vec::new() });
    }

    fn add(&mut self, part: Part) -> Option<()> {
        match self.open.last_mut() {
            Some(open) => open.parts.push(part),
            None if self.root.is_none() => self.root = Some(part),
            None => return None,
        }
        Some(())
    }

    /// The event of an anchor follows the one of its part.
    fn anchor(&mut self, range: Range<usize>) {
        let part = match self.open.last_mut() {
            Some(Open { part, parts }) if parts.is_empty() && part.anchor != 0 => Some(part),
            Some(Open { parts, .. }) => parts.last_mut(),
            None => self.root.as_mut(),
        };
        if let Some(part) = part {
            let (start, end) = part.properties.as_ref().map_or((range.start, range.end), |tag| (tag.start, tag.end));
            part.properties = Some(start.min(range.start)..end.max(range.end));
        }
    }

    /// The first dash of a list without brackets. Of one that is not indented the parser tells where its first item begins.
    fn dash(&self, told: usize) -> usize {
        let is_dash = |rest: &str| rest.strip_prefix('-').is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']));
        let rest = |at: usize| self.text.get(at..).unwrap_or_default();
        if is_dash(rest(told)) {
            return told;
        }
        let mut at = self.last;
        while at < told {
            let here = rest(at);
            let length = match here.chars().next() {
                Some('-') if is_dash(here) => return at,
                // a comment, to the end of its line
                Some('#') => here.find(['\r', '\n']),
                // an anchor or a tag
                Some('&' | '!') => here.find([' ', '\t', '\r', '\n']),
                Some(' ' | '\t' | '\r' | '\n' | ':') => Some(1),
                _ => None,
            };
            match length {
                Some(length) => at += length,
                None => break,
            }
        }
        told
    }

    /// A block scalar with its header; what the parser gives begins below it and ends before the next token.
    fn block(&self, content: Range<usize>) -> Option<Range<usize>> {
        let before = self.text.get(..content.start)?;
        // the header ends its line, and no comment in it is like one
        let header = self.text.get(self.last..content.start)?;
        let start = self.last + header.find(['|', '>'])?;
        let end = self.text.get(content.clone())?.trim_end_matches([' ', '\t', '\r', '\n']).len();
        let end = if end == 0 { before.trim_end_matches([' ', '\r', '\n']).len() } else { content.start + end };
        Some(start..end)
    }
}

fn bytes(span: &Span) -> Range<usize> {
    // both are known of a text that is in memory
    span.start.byte_offset().unwrap_or_default()..span.end.byte_offset().unwrap_or_default()
}
