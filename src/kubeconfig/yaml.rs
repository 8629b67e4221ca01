//! A kubeconfig's YAML as a tree that knows its places, read as kubectl's reader (go-yaml, YAML 1.1) reads it.
//!
//! Only the first document counts; of a key that stands twice in a mapping, the last; `<<` merges; aliases are put in.

mod block;
mod checks;
pub mod layout;
mod refused;
pub mod scalar;

use std::borrow::Cow;

use granit_parser::{Event, Parser, ScalarStyle, Span};
use rustc_hash::FxHashMap;
use serde_json::Number;

use super::mistake::{Mistake, Place};
use super::spread::Spread;
use checks::{Gaps, check_escapes, end_without_document, is_explicit, is_of_tag, is_of_token};
use refused::refused;

/// A value and where it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Node<'a> {
    /// Where it begins.
    pub place: Place,
    /// What it is.
    pub value: Value<'a>,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// Nothing, `~` or `null`.
    Null,
    /// `true`, and in YAML 1.1 also `yes`, `on` and `y`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text.
    Text(Cow<'a, str>),
    /// A sequence.
    List(Vec<Node<'a>>),
    /// A mapping, each key once.
    Map(Vec<(Cow<'a, str>, Node<'a>)>),
}

impl Value<'_> {
    /// A scalar with a text of its own; what is none is null.
    fn of_scalar(self) -> Value<'static> {
        match self {
            Self::Bool(value) => Value::Bool(value),
            Self::Number(number) => Value::Number(number),
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Null | Self::List(_) | Self::Map(_) => Value::Null,
        }
    }

    /// What it is, in words.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "empty",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }
}

impl Node<'_> {
    /// The same as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => serde_json::Value::Bool(*value),
            Value::Number(value) => serde_json::Value::Number(value.clone()),
            Value::Text(value) => serde_json::Value::String(value.clone().into_owned()),
            Value::List(items) => serde_json::Value::Array(items.iter().map(Self::to_json).collect()),
            Value::Map(entries) => {
                serde_json::Value::Object(entries.iter().map(|(key, value)| (key.clone().into_owned(), value.to_json())).collect())
            }
        }
    }

    /// The first of these places that one of its scalars is at.
    fn find(&self, places: &[Place]) -> Option<Place> {
        match &self.value {
            Value::List(items) => items.iter().find_map(|item| item.find(places)),
            Value::Map(entries) => entries.iter().find_map(|(_, value)| value.find(places)),
            Value::Null => Some(self.place).filter(|place| places.contains(place)),
            _ => None,
        }
    }

    /// How many nodes there are in it, with itself.
    fn size(&self) -> usize {
        1 + match &self.value {
            Value::List(items) => items.iter().map(Self::size).sum(),
            Value::Map(entries) => entries.iter().map(|(_, value)| value.size() + 1).sum(),
            _ => 0,
        }
    }
}

/// How deep mappings and lists may stand in each other; a kubeconfig has six levels.
const DEEPEST: usize = 64;

/// How many nodes aliases may add: a few lines can otherwise stand for billions.
const MOST_ALIASED: usize = 100_000;

/// The first document of a text; nothing where there is none.
///
/// # Errors
/// Where it is no YAML, or YAML that kubectl does not take.
pub fn parse<'a>(text: &'a str, spread: &impl Spread) -> Result<Option<Node<'a>>, Mistake> {
    match block::read(text, spread) {
        Some(root) => Ok(Some(root)),
        None => parse_any(text),
    }
}

/// The same with booleans and numbers as text, as they are written: what go-yaml gives who asks it for a list of texts. What is
/// not what its tag says is a boolean, at which go-yaml breaks off; mappings are empty.
///
/// # Errors
/// Where it is no YAML.
pub fn parse_as_text(text: &str) -> Result<Option<Node<'_>>, Mistake> {
    build(Builder { text, as_text: true, ..Builder::default() })
}

/// The same for any YAML, by a parser that knows all of it.
fn parse_any(text: &str) -> Result<Option<Node<'_>>, Mistake> {
    build(Builder { text, ..Builder::default() })
}

fn build(mut builder: Builder<'_>) -> Result<Option<Node<'_>>, Mistake> {
    let text = builder.text;
    if let Some(line) = end_without_document(text) {
        return Err(Mistake::new(Place { line, column: 1 }, "a document ends before one has begun").hint("Remove the three dots."));
    }
    let mut options = options();
    options.emit_anchor_events = true;
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut gaps = Gaps::default();
    while let Some(event) = parser.next() {
        let (event, span) = event.map_err(|error| refused(&error))?;
        gaps.check(text, &event, &span)?;
        match event {
            Event::StreamEnd => break,
            Event::DocumentEnd => {
                // libyaml has read the next token where no mark ends the document; else what follows is not looked at
                if span.is_empty() {
                    match parser.next() {
                        Some(Err(error)) if is_of_token(error.kind()) => return Err(refused(&error)),
                        Some(Err(error)) => gaps.check(text, &Event::StreamEnd, &Span::empty(*error.marker()))?,
                        Some(Ok((event, span))) => gaps.check(text, &event, &span)?,
                        None => {}
                    }
                }
                break;
            }
            event => builder.take(event, span)?,
        }
    }
    match builder.root.as_ref().filter(|_| !builder.unfit.is_empty()).and_then(|root| root.find(&builder.unfit)) {
        Some(place) => Err(Mistake::new(place, scalar::NOT_JSON)),
        None => Ok(builder.root),
    }
}

/// As libyaml does, which go-yaml is.
fn options() -> granit_parser::Options {
    granit_parser::options! {
        bom_inside_document_as_content: true,
        block_scalar_eof_without_line_feed: true,
        emit_comments: false,
        flow_nesting_limit: DEEPEST,
        block_nesting_limit: DEEPEST,
    }
}

/// A list or mapping that is not complete yet.
struct Open<'a> {
    place: Place,
    anchor: usize,
    content: Content<'a>,
}

enum Content<'a> {
    List(Vec<Node<'a>>),
    Map(Map<'a>),
    /// A mapping where text is wanted: nobody looks into it.
    Closed,
}

/// A mapping that is being read: the key that waits for its value, and what there is.
#[derive(Default)]
struct Map<'a> {
    key: Option<Key<'a>>,
    entries: Entries<'a>,
}

enum Key<'a> {
    Name(Cow<'a, str>),
    /// A plain `<<`.
    Merge,
}

/// The fields of a mapping that is being read.
#[derive(Default)]
struct Entries<'a> {
    entries: Vec<(Cow<'a, str>, Node<'a>)>,
    /// Where each key is; empty as long as there are few.
    positions: FxHashMap<Cow<'a, str>, usize>,
}

/// How many fields are looked through one by one; the mappings of a kubeconfig have fewer, but for those made by mistake.
const FEW: usize = 16;

impl<'a> Entries<'a> {
    /// The last of two equal keys wins.
    fn put(&mut self, key: Cow<'a, str>, value: Node<'a>) {
        if self.entries.len() == FEW && self.positions.is_empty() {
            self.positions = self.entries.iter().enumerate().map(|(position, (key, _))| (key.clone(), position)).collect();
        }
        let known = if self.positions.is_empty() {
            self.entries.iter().position(|(name, _)| *name == key)
        } else {
            self.positions.get(&key).copied()
        };
        if let Some((_, first)) = known.and_then(|position| self.entries.get_mut(position)) {
            *first = value;
            return;
        }
        if !self.positions.is_empty() {
            self.positions.insert(key.clone(), self.entries.len());
        }
        self.entries.push((key, value));
    }

    fn merge(&mut self, value: Node<'a>) -> Result<(), Mistake> {
        match value.value {
            Value::Map(entries) => {
                for (key, value) in entries {
                    self.put(key, value);
                }
                Ok(())
            }
            // the first of several wins, so it comes last
            Value::List(items) if items.iter().all(|item| matches!(item.value, Value::Map(_))) => {
                items.into_iter().rev().try_for_each(|item| self.merge(item))
            }
            _ => Err(Mistake::new(value.place, "`<<` merges mappings, and this is none")),
        }
    }
}

/// Makes a tree of events.
#[derive(Default)]
struct Builder<'a> {
    text: &'a str,
    /// Whether booleans and numbers are kept as they are written.
    as_text: bool,
    open: Vec<Open<'a>>,
    anchors: FxHashMap<usize, Node<'a>>,
    aliased: usize,
    /// Where numbers stand that JSON cannot hold.
    unfit: Vec<Place>,
    root: Option<Node<'a>>,
}

impl<'a> Builder<'a> {
    fn take(&mut self, event: Event<'a>, span: Span) -> Result<(), Mistake> {
        let place = place(&span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_plain = style == ScalarStyle::Plain;
                if let Some(tag) = &tag
                    && !tag.suffix().bytes().all(is_of_tag)
                {
                    return Err(Mistake::new(place, "a tag has a character that YAML has not there"));
                }
                if self.expects_key() && span.start.line() < span.end.line() && !is_explicit(self.text, &span) {
                    return Err(Mistake::new(place, "a key goes over several lines").hint("Write it on one line."));
                }
                if style == ScalarStyle::DoubleQuoted {
                    check_escapes(span.slice(self.text).unwrap_or_default(), place)?;
                }
                if let Some(Open { content: Content::Map(Map { key: key @ None, .. }), .. }) = self.open.last_mut()
                    && is_plain
                    && tag.is_none()
                    && text == "<<"
                {
                    *key = Some(Key::Merge);
                    return Ok(());
                }
                let value = match scalar::resolve(text.clone(), is_plain, tag.as_deref()) {
                    Ok(Value::Bool(_) | Value::Number(_)) if self.as_text => Value::Text(text),
                    // where text is wanted, what is deeper is not looked at
                    Err(_) if self.as_text && self.open.len() > 1 => Value::Text(text),
                    // a key has it as text
                    Err(scalar::NOT_JSON) if self.as_text || self.expects_key() => Value::Text(text),
                    // a later field of that name may take its place
                    Err(scalar::NOT_JSON) => {
                        self.unfit.push(place);
                        Value::Null
                    }
                    Err(_) if self.as_text => Value::Bool(false),
                    resolved => resolved.map_err(|problem| Mistake::new(place, problem))?,
                };
                self.add(Node { place, value }, anchor)
            }
            Event::SequenceStart(_, anchor, _) => self.begin(place, anchor, Content::List(Vec::new())),
            Event::MappingStart(_, anchor, _) if self.as_text => self.begin(place, anchor, Content::Closed),
            Event::MappingStart(_, anchor, _) => self.begin(place, anchor, Content::Map(Map::default())),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open { place, anchor, content: Content::List(items) }) => self.add(Node { place, value: Value::List(items) }, anchor),
                Some(Open { place, anchor, content: Content::Map(map) }) => {
                    self.add(Node { place, value: Value::Map(map.entries.entries) }, anchor)
                }
                Some(Open { place, anchor, content: Content::Closed }) => self.add(Node { place, value: Value::Map(Vec::new()) }, anchor),
                None => Ok(()),
            },
            // libyaml has fewer letters for names
            Event::Anchor(_, name) if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) => {
                Err(Mistake::new(place, "the name of an anchor has a character that YAML has not there").beyond())
            }
            // what go-yaml reads; it takes no other for one
            Event::DocumentStart(_, Some(version)) if (version.major, version.minor) != (1, 1) => {
                Err(Mistake::new(place, "the file is of a YAML that kubectl does not read").hint("Remove the line that begins with %YAML."))
            }
            Event::Alias(anchor) => {
                // an anchor inside of which the alias stands is not known yet
                let Some(node) = self.anchors.get(&anchor) else {
                    return Err(Mistake::new(place, "an alias stands for what it is part of"));
                };
                self.aliased += node.size();
                if self.aliased > MOST_ALIASED {
                    return Err(Mistake::new(place, "aliases stand for too much").beyond());
                }
                let node = node.clone();
                self.add(node, 0)
            }
            _ => Ok(()),
        }
    }

    fn begin(&mut self, place: Place, anchor: usize, content: Content<'a>) -> Result<(), Mistake> {
        if self.expects_key() {
            return Err(no_key(place));
        }
        self.open.push(Open { place, anchor, content });
        Ok(())
    }

    fn expects_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { content: Content::Map(Map { key: None, .. }), .. }))
    }

    /// Puts a complete node where it belongs.
    fn add(&mut self, node: Node<'a>, anchor: usize) -> Result<(), Mistake> {
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.root = Some(node),
            Some(Content::List(items)) => items.push(node),
            Some(Content::Closed) => {}
            Some(Content::Map(map)) => match map.key.take() {
                Some(Key::Name(key)) => map.entries.put(key, node),
                Some(Key::Merge) => map.entries.merge(node)?,
                // JSON, which kubectl makes of it, has text as keys
                None => {
                    let name = match node.value {
                        Value::Text(text) => text,
                        Value::Number(number) => Cow::Owned(number.to_string()),
                        Value::Bool(value) => Cow::Owned(value.to_string()),
                        _ => return Err(no_key(node.place)),
                    };
                    map.key = Some(Key::Name(name));
                }
            },
        }
        Ok(())
    }
}

fn place(span: &Span) -> Place {
    Place { line: span.start.line(), column: span.start.col() + 1 }
}

fn no_key(place: Place) -> Mistake {
    Mistake::new(place, "a key of a mapping is neither text, number nor boolean")
}
