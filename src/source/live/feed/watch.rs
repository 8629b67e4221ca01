//! A watch: one line of JSON for each change, as it happens.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use http_body_util::BodyExt as _;
use tokio::time::timeout;

use super::back_off::fraction;
use super::follow::{Kept, Publisher, live, publish_change};
use super::{Context, Note, scope};
use crate::base::{Failure, Loss};
use crate::facts::parse::page::{Event, event};
use crate::facts::{Change, Scope};
use crate::source::live::failure::{self, Fault, Words, garbage, silent};
use crate::source::live::http::Ask;

/// How long one watch lasts at least; at most twice that. A server re-reads who may watch only when one begins.
const LASTS: Duration = Duration::from_mins(5);

/// A server that sends neither a change nor a bookmark, which comes about once a minute, has gone without a word.
const SILENCE: Duration = Duration::from_mins(3);

/// A watch that lasts no longer ends too soon.
const BRIEF: Duration = Duration::from_secs(1);

/// The longest event.
const LONGEST: usize = 16 << 20;

/// How a watch ended.
#[derive(Debug)]
pub enum Ended {
    /// The server does not remember the version any more, or what it sent cannot be understood: list again.
    Expired(Failure),
    /// It broke, and why.
    Lost(Failure),
    /// It may not be watched, or not like this.
    Refused,
}

/// Watches from a version on, over as many requests as it takes.
pub async fn run(context: &Context, scope: Scope, version: String, kept: &mut Kept, publish: Option<&Publisher>) -> Ended {
    let mut version = version;
    loop {
        let seconds = LASTS.mul_f64(1.0 + fraction()).as_secs();
        let query = format!("watch=1&allowWatchBookmarks=true&timeoutSeconds={seconds}&resourceVersion={version}");
        let path = context.address(scope, &query);
        let body = match context.http.stream(&Ask::get(&path)).await {
            Ok(body) => body,
            Err(Fault::Gone(failure)) => return Ended::Expired(failure),
            Err(Fault::Forbidden(_) | Fault::NotAllowed(_) | Fault::Missing { .. }) => return Ended::Refused,
            Err(fault) => return Ended::Lost(fault.failure(&context.http.server)),
        };
        live(context, scope, kept).await;
        let (before, began) = (version.clone(), Instant::now());
        match read(context, scope, body, &mut version, kept, publish).await {
            // its time is over: the next one goes on where it ended
            None if version != before && began.elapsed() > BRIEF => {}
            // it was over at once, or nothing came, not even a bookmark: a proxy cuts it off, or the server; no hurry then
            None => tokio::time::sleep(BRIEF.mul_f64(0.5 + fraction() / 2.0)).await,
            Some(ended) => return ended,
        }
    }
}

/// Reads a watch to its end; none when it ended by itself.
async fn read(
    context: &Context,
    scope: Scope,
    mut body: kube::client::Body,
    version: &mut String,
    kept: &mut Kept,
    publish: Option<&Publisher>,
) -> Option<Ended> {
    let mut text: Vec<u8> = Vec::new();
    loop {
        let frame = match timeout(SILENCE, body.frame()).await {
            Err(_) => return Some(Ended::Lost(silent(&context.http.server, SILENCE))),
            Ok(None) => return None,
            Ok(Some(Err(error))) => return Some(Ended::Lost(context.http.broken(&error).failure(&context.http.server))),
            Ok(Some(Ok(frame))) => frame,
        };
        let Ok(data) = frame.into_data() else { continue };
        // only what is new is looked through: a long event comes in many pieces
        let end = data.iter().rposition(|byte| *byte == b'\n').map(|end| text.len() + end);
        text.extend_from_slice(&data);
        let Some(end) = end else {
            if text.len() > LONGEST {
                let why = "it sent an event that does not end";
                return Some(Ended::Lost(garbage(&context.http.server, &scope::path(scope), why)));
            }
            continue;
        };
        let rest = text.split_off(end + 1);
        let lines = std::mem::replace(&mut text, rest);
        let (changes, mut ended) = events(context, scope, &lines, version);
        if !changes.is_empty() {
            kept.hash = None;
            if kept.has_complaint && ended.is_none() {
                // only a list tells whether that was what could not be read
                ended = Some(Ended::Expired(garbage(&context.http.server, &scope::path(scope), "it sent what cannot be read")));
            }
            for change in &changes {
                publish_change(publish, change);
            }
            context.say(Note::Changes(changes)).await;
        }
        if ended.is_some() {
            return ended;
        }
    }
}

/// What some whole lines say; they came together and are told together.
fn events(context: &Context, scope: Scope, lines: &[u8], version: &mut String) -> (Vec<Change>, Option<Ended>) {
    let mut changes = Vec::new();
    for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
        let lost = |failure: Failure| Some(Ended::Lost(failure));
        match event(line, scope.kind) {
            Ok(Event::Upsert(object, at)) => {
                if object.reference().is_some_and(|object| scope.holds(&object)) {
                    changes.push(Change::Upsert(object));
                }
                *version = at;
            }
            Ok(Event::Delete(object, at)) => {
                if scope.holds(&object) {
                    changes.push(Change::Delete(object));
                }
                *version = at;
            }
            Ok(Event::Bookmark(at)) => *version = at,
            Ok(Event::Gap(gap)) => {
                // until the list that comes next, whatever it was may be missing
                let why = format!("{} cannot be read: {}", gap.what, gap.why);
                let expired = Ended::Expired(garbage(&context.http.server, &scope::path(scope), &why));
                changes.push(Change::Gap(scope::gap(scope, why, Loss::Unreachable, &BTreeSet::new())));
                return (changes, Some(expired));
            }
            Ok(Event::Error(code, message)) => {
                let words = Words { text: message, is_status: true };
                let fault = failure::status(&context.http.server, &scope::path(scope), code, &words, None);
                let is_gone = matches!(fault, Fault::Gone(_));
                let failure = fault.failure(&context.http.server);
                return (changes, Some(if is_gone { Ended::Expired(failure) } else { Ended::Lost(failure) }));
            }
            Err(why) => return (changes, lost(garbage(&context.http.server, &scope::path(scope), &why))),
        }
    }
    (changes, None)
}
