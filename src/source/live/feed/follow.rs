//! One scope over time: listed, watched from there, and listed again when that breaks.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch as channel;

use super::back_off::BackOff;
use super::list::Listed;
use super::watch::Ended;
use super::{Context, Note, list, poll, scope, watch};
use crate::base::{Failure, Loss, Name};
use crate::facts::{Change, Object, Scope};
use crate::source::live::failure::Fault;

/// Who is told which namespaces there are.
pub type Publisher = channel::Sender<Option<Arc<BTreeSet<Name>>>>;

/// Somebody who is told when a list has been read for the first time.
pub type OnRead<'a> = &'a (dyn Fn() + Send + Sync);

/// A scope that is being kept.
#[derive(Debug, Default)]
pub struct Kept {
    /// Whether something of it has been given out, so that a list replaces rather than adds.
    pub is_given: bool,
    /// The hash of the last list, while nothing has changed since.
    pub hash: Option<u64>,
    /// Whether the scope is said to be stale.
    pub is_stale: bool,
    /// Whether something of it could not be read, and any change may be what mends it.
    pub has_complaint: bool,
}

impl Kept {
    /// A scope of which something is known already.
    pub fn given() -> Self {
        Self { is_given: true, ..Self::default() }
    }
}

/// What was kept for so long was not broken from the start: the pauses begin anew.
const STEADY: Duration = Duration::from_secs(30);

/// Keeps a scope until the server refuses it, and returns the server's words; none when it is listed and not watched.
pub async fn follow(context: &Context, scope: Scope, mut kept: Kept, publish: Option<&Publisher>, on_read: OnRead<'_>) -> Option<String> {
    let mut back_off = BackOff::default();
    loop {
        match list::read(context, scope, !kept.is_given).await {
            Err(Fault::Forbidden(message)) => {
                // what can no longer be confirmed is no fact any more, and from the same moment on a gap
                let gap = scope::gap(scope, message.clone(), Loss::Refused, &BTreeSet::new());
                context.say(Note::Changes(vec![Change::Clear(scope), Change::Gap(gap)])).await;
                live(context, scope, &mut kept).await;
                return Some(message);
            }
            Err(fault) => {
                let failure = fault.failure(&context.http.server);
                if !kept.is_given {
                    let gap = scope::gap(scope, failure.message.clone(), Loss::Unreachable, &BTreeSet::new());
                    context.say(Note::Changes(vec![Change::Settled(scope), Change::Gap(gap)])).await;
                    kept.is_given = true;
                }
                if let Some(publish) = publish {
                    publish.send_if_modified(|names| names.is_none().then(|| *names = Some(Arc::default())).is_some());
                }
                kept.hash = None;
                stale(context, scope, &mut kept, failure).await;
                context.say(Note::Listed(scope::part(scope))).await;
                on_read();
                if !context.is_watched {
                    return None;
                }
                back_off.wait().await;
            }
            Ok(listed) => {
                let version = listed.resource_version.clone();
                take(context, scope, &mut kept, listed, publish).await;
                on_read();
                if !context.is_watched {
                    return None;
                }
                let began = Instant::now();
                let ended = match context.watches.try_acquire() {
                    Ok(_permit) if !version.is_empty() => watch::run(context, scope, version, &mut kept, publish).await,
                    _ => Ended::Refused,
                };
                if matches!(ended, Ended::Refused) {
                    poll::run(context, scope, &mut kept, publish).await;
                }
                if began.elapsed() >= STEADY {
                    back_off = BackOff::default();
                }
                match ended {
                    // the next list mends it; only a server that never remembers is none to rely on
                    Ended::Expired(_) if back_off.is_fresh() => {}
                    Ended::Refused => {}
                    Ended::Expired(failure) | Ended::Lost(failure) => stale(context, scope, &mut kept, failure).await,
                }
                back_off.wait().await;
            }
        }
    }
}

/// Gives out what was listed, if it is not known already, and says that the scope is up to date.
pub async fn take(context: &Context, scope: Scope, kept: &mut Kept, listed: Listed, publish: Option<&Publisher>) {
    let gap = listed.complaint.map(|why| Change::Gap(scope::gap(scope, why, Loss::Unreachable, &BTreeSet::new())));
    kept.has_complaint = gap.is_some();
    if !kept.is_given {
        context.say(Note::Changes(std::iter::once(Change::Settled(scope)).chain(gap).collect())).await;
    } else if kept.hash != Some(listed.hash) {
        // all at once: between the old and the new list nobody may see half of it
        let changes = std::iter::once(Change::Clear(scope)).chain(listed.changes).chain(gap).collect();
        context.say(Note::Changes(changes)).await;
    }
    kept.is_given = true;
    kept.hash = Some(listed.hash);
    if let Some(publish) = publish {
        publish.send_replace(Some(Arc::new(listed.names.into_iter().collect())));
    }
    context.say(Note::Listed(scope::part(scope))).await;
    live(context, scope, kept).await;
}

/// Says that a scope is not kept up, and why.
async fn stale(context: &Context, scope: Scope, kept: &mut Kept, failure: Failure) {
    kept.is_stale = true;
    context.say(Note::Stale(scope::part(scope), failure)).await;
}

/// Takes back that a scope is stale.
pub async fn live(context: &Context, scope: Scope, kept: &mut Kept) {
    if std::mem::take(&mut kept.is_stale) {
        context.say(Note::Live(scope::part(scope))).await;
    }
}

/// Tells of a namespace that is new or gone.
pub fn publish_change(publish: Option<&Publisher>, change: &Change) {
    let Some(publish) = publish else { return };
    let (name, is_there) = match change {
        Change::Upsert(Object::Namespace(namespace)) => (namespace.meta.name, true),
        Change::Delete(object) => (object.name, false),
        _ => return,
    };
    publish.send_if_modified(|names| {
        let mut all = names.as_deref().cloned().unwrap_or_default();
        let has_changed = if is_there { all.insert(name) } else { all.remove(&name) };
        if has_changed {
            *names = Some(Arc::new(all));
        }
        has_changed
    });
}
