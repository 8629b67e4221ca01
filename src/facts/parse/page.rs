//! What an API server answers to a list or sends on a watch, as it comes: one page, one event.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Reader;
use super::shape::{identity, null};
use crate::base::{Gap, Loss, Name};
use crate::facts::{Change, Kind, Object, ObjectRef};

/// One page of a list.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Its objects.
    pub objects: Vec<Object>,
    /// Objects that could not be understood.
    pub gaps: Vec<Gap>,
    /// The state of the cluster that the list shows.
    pub resource_version: String,
    /// Where the next page begins; empty on the last.
    pub continues: String,
    /// How many objects are on the pages that follow, when the server tells.
    pub remaining: Option<usize>,
}

/// One event of a watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An object is new or different, as of a resource version.
    Upsert(Object, String),
    /// An object is gone, as of a resource version.
    Delete(ObjectRef, String),
    /// Nothing happened up to this resource version.
    Bookmark(String),
    /// The watch has failed: the status code and the message.
    Error(u16, String),
    /// An object that could not be understood, or not all of it.
    Gap(Gap),
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct List<'a> {
    #[serde(borrow, deserialize_with = "null")]
    kind: Cow<'a, str>,
    #[serde(deserialize_with = "null")]
    metadata: Metadata,
    #[serde(borrow)]
    items: Option<&'a RawValue>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Metadata {
    #[serde(deserialize_with = "null")]
    resource_version: String,
    #[serde(rename = "continue", deserialize_with = "null")]
    continues: String,
    remaining_item_count: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WatchEvent<'a> {
    #[serde(rename = "type", borrow, deserialize_with = "null")]
    verb: Cow<'a, str>,
    #[serde(borrow)]
    object: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Watched<'a> {
    #[serde(borrow, deserialize_with = "null")]
    kind: Cow<'a, str>,
    #[serde(deserialize_with = "null")]
    metadata: Metadata,
    code: Option<u16>,
    #[serde(deserialize_with = "null")]
    message: String,
}

/// The text of a list's items, and the rest of it.
#[derive(Clone, Debug)]
pub struct Outline<'a> {
    list: Metadata,
    items: &'a str,
}

/// Reads what a list says of itself, without its items.
///
/// # Errors
/// When it is no list of that kind: what it is instead, as a clause.
pub fn outline(bytes: &[u8], kind: Kind) -> Result<Outline<'_>, String> {
    let list: List<'_> = serde_json::from_slice(bytes).map_err(|error| complaint(bytes, &error).to_owned())?;
    let expected = format!("{kind}List");
    if list.kind != expected.as_str() {
        let kind = if list.kind.is_empty() { "an object without kind".to_owned() } else { format!("a {}", list.kind) };
        return Err(format!("it gave {kind} where a {expected} was asked for"));
    }
    Ok(Outline { list: list.metadata, items: list.items.map_or("[]", RawValue::get) })
}

impl Outline<'_> {
    /// The items as they stand, to see whether anything has changed.
    pub fn items(&self) -> &str {
        self.items
    }

    /// Where the next page begins; empty on the last.
    pub fn continues(&self) -> &str {
        &self.list.continues
    }

    /// Reads the items.
    pub fn page(&self, kind: Kind) -> Page {
        let mut reader = Reader::new("the list");
        let mut page = Page {
            resource_version: self.list.resource_version.clone(),
            continues: self.list.continues.clone(),
            remaining: self.list.remaining_item_count.and_then(|count| usize::try_from(count).ok()),
            ..Page::default()
        };
        if self.items != "null" {
            reader.value(self.items, "", Some(Name::new(kind.as_str())));
        }
        for change in reader.changes {
            match change {
                Change::Upsert(object) if object.reference().is_some_and(|object| object.kind == kind) => page.objects.push(object),
                Change::Gap(gap) => page.gaps.push(gap),
                // whatever it is, it stands where an object of the kind may be
                _ => page.gaps.push(Gap {
                    what: format!("an object among the {kind}s"),
                    why: "it is of another kind".to_owned(),
                    kinds: vec![Name::new(kind.as_str())],
                    loss: Loss::Unreadable,
                    ..Gap::default()
                }),
            }
        }
        page
    }
}

/// Reads a page of a list of one kind.
///
/// # Errors
/// When it is no such list: what it is instead, as a clause.
pub fn page(bytes: &[u8], kind: Kind) -> Result<Page, String> {
    Ok(outline(bytes, kind)?.page(kind))
}

/// Reads one line of a watch on a kind.
///
/// # Errors
/// When it is no event: what it is instead, as a clause.
pub fn event(line: &[u8], kind: Kind) -> Result<Event, String> {
    let event: WatchEvent<'_> = serde_json::from_slice(line).map_err(|error| complaint(line, &error).to_owned())?;
    let text = event.object.map_or("{}", RawValue::get);
    let watched: Watched<'_> = serde_json::from_str(text).map_err(|error| complaint(text.as_bytes(), &error).to_owned())?;
    let version = watched.metadata.resource_version;
    match event.verb.as_ref() {
        "BOOKMARK" => return Ok(Event::Bookmark(version)),
        "ERROR" => return Ok(Event::Error(watched.code.unwrap_or_default(), watched.message)),
        "ADDED" | "MODIFIED" | "DELETED" => {}
        other => return Err(format!("it sent an event of type `{other}`")),
    }
    if watched.kind != kind.as_str() {
        return Err(format!("it sent a {} where {kind}s are watched", watched.kind));
    }
    if event.verb == "DELETED" {
        let identity = identity(text);
        return Ok(Event::Delete(ObjectRef { kind, namespace: identity.namespace, name: identity.name }, version));
    }
    let mut reader = Reader::new("the watch");
    reader.value(text, "", None);
    let (gaps, mut objects): (Vec<Change>, Vec<Change>) = reader.changes.into_iter().partition(|change| matches!(change, Change::Gap(_)));
    match (gaps.into_iter().next(), objects.pop()) {
        (Some(Change::Gap(gap)), _) => Ok(Event::Gap(gap)),
        (_, Some(Change::Upsert(object))) => Ok(Event::Upsert(object, version)),
        _ => Ok(Event::Bookmark(version)),
    }
}

/// What is wrong with an answer that should be JSON of some shape, as a clause.
pub fn complaint(bytes: &[u8], error: &serde_json::Error) -> &'static str {
    let start = bytes.trim_ascii_start();
    match start.first() {
        None => "its answer is empty",
        Some(b'<') => "it gave a page for browsers (HTML)",
        Some(_) if error.is_eof() => "its answer breaks off",
        Some(_) if error.is_data() => "its answer is of another shape",
        Some(_) => "its answer is no JSON",
    }
}
