//! A list, page by page, each parsed into facts while the next is on its way.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hasher as _};

use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use super::scope;
use super::{Context, Note, Progress};
use crate::base::Name;
use crate::facts::parse::page::{Page, outline};
use crate::facts::{Change, Object, Scope};
use crate::source::live::failure::{Fault, garbage};
use crate::source::live::http::Ask;

/// How many objects a page has.
///
/// The resource version is left out, so that the server gives what is true now: `resourceVersion=0` would be answered
/// from a cache that may lag behind, and an answer must not be wrong. A current server reads its cache for this too, after
/// making sure that it is up to date.
const LIMIT: usize = 500;

/// The most pages of one list; a cluster with a million roles has as many.
const MOST_PAGES: usize = 2000;

/// How many pages may follow each other that hold nothing.
const MOST_EMPTY: usize = 10;

/// A larger page is parsed by a thread of its own.
const LARGE: usize = 32 << 10;

/// A list that was read to its end.
#[derive(Debug, Default)]
pub struct Listed {
    /// Where a watch goes on.
    pub resource_version: String,
    /// Tells whether two lists are the same.
    pub hash: u64,
    /// The names of the objects, where they are namespaces.
    pub names: Vec<Name>,
    /// The objects; empty where they were given out page by page.
    pub changes: Vec<Change>,
    /// What cannot be read of it, if anything.
    pub complaint: Option<String>,
    /// How many objects there were.
    pub count: usize,
}

/// Reads a scope's list; `at_once` gives out each page as it comes.
pub async fn read(context: &Context, scope: Scope, at_once: bool) -> Result<Listed, Fault> {
    match attempt(context, scope, at_once, Some(LIMIT)).await {
        // the pages lasted longer than the server remembers: once more, and in one piece, as kubectl does it
        Err(Fault::Gone(_)) => {
            if at_once {
                context.say(Note::Changes(vec![Change::Clear(scope)])).await;
            }
            attempt(context, scope, at_once, None).await
        }
        result => result,
    }
}

async fn attempt(context: &Context, scope: Scope, at_once: bool, limit: Option<usize>) -> Result<Listed, Fault> {
    let base = context.address(scope, &limit.map_or_else(String::new, |limit| format!("limit={limit}")));
    let mut listed = Listed::default();
    let mut hasher = DefaultHasher::new();
    let mut seen = HashSet::new();
    let mut pages = HashSet::new();
    let mut empty = 0;
    let mut bytes = context.http.answer(&Ask::get(&base)).await?;
    loop {
        let wrong = |why: &str| Fault::Other(garbage(&context.http.server, &scope::path(scope), why));
        let (parsed, next) = parse(context, scope, bytes, &base).await;
        let (hash, page) = parsed.map_err(|why| wrong(&why))?;
        hasher.write_u64(hash);
        empty = if page.objects.is_empty() { empty + 1 } else { 0 };
        if !page.continues.is_empty() && !seen.insert(page.continues.clone()) {
            return Err(wrong("its pages lead back to themselves"));
        }
        if !page.objects.is_empty() && !pages.insert(hash) {
            return Err(wrong("its pages repeat themselves"));
        }
        if seen.len() > MOST_PAGES || (empty > MOST_EMPTY && !page.continues.is_empty()) {
            return Err(wrong("its pages do not end"));
        }
        if listed.resource_version.is_empty() {
            listed.resource_version = page.resource_version;
        }
        listed.complaint = listed.complaint.or_else(|| page.gaps.first().map(|gap| format!("{} cannot be read: {}", gap.what, gap.why)));
        // what was not asked for is not believed
        let objects: Vec<Object> =
            page.objects.into_iter().filter(|object| object.reference().is_some_and(|object| scope.holds(&object))).collect();
        listed.count += objects.len();
        listed.names.extend(objects.iter().filter_map(|object| match object {
            Object::Namespace(namespace) => Some(namespace.meta.name),
            _ => None,
        }));
        if at_once {
            context.say(Note::Changes(vec![Change::Batch(objects)])).await;
            let of = page.remaining.map(|remaining| listed.count + remaining).or_else(|| page.continues.is_empty().then_some(listed.count));
            context.say(Note::Progress(Progress { kind: scope.kind, read: listed.count, of })).await;
        } else {
            listed.changes.push(Change::Batch(objects));
        }
        match next {
            None => break,
            Some(answer) => bytes = answer?,
        }
    }
    listed.hash = hasher.finish();
    Ok(listed)
}

type Parsed = Result<(u64, Page), String>;

/// Parses a page and, as soon as it is known that another follows, asks for that one.
async fn parse(context: &Context, scope: Scope, bytes: Vec<u8>, base: &str) -> (Parsed, Option<Result<Vec<u8>, Fault>>) {
    let (early, continues) = oneshot::channel();
    let is_small = bytes.len() < LARGE;
    let read = move || {
        let outline = outline(&bytes, scope.kind)?;
        let _ = early.send(outline.continues().to_owned());
        let mut hasher = DefaultHasher::new();
        hasher.write(outline.items().as_bytes());
        let page = outline.page(scope.kind);
        Ok((hasher.finish(), page))
    };
    let next = async {
        let continues = continues.await.ok().filter(|continues| !continues.is_empty())?;
        let sign = if base.contains('?') { '&' } else { '?' };
        Some(context.http.answer(&Ask::get(format!("{base}{sign}continue={}", scope::encoded(&continues)))).await)
    };
    if is_small {
        let parsed = read();
        return (parsed, next.await);
    }
    let parsing = async { spawn_blocking(read).await.unwrap_or_else(|error| Err(format!("its list cannot be read ({error})"))) };
    tokio::join!(parsing, next)
}
