//! Checks over time: what a token is bound to is watched, and all is asked again when the server's mind changes.
//!
//! When nothing happens, nothing is asked.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::{Asking, Checked, Looked, current, object};
use crate::credential::Decoded;
use crate::credential::live::{Heard, next_change};
use crate::source::live::credential::{Origin, now};
use crate::source::live::http::Shared;

/// How long to wait before all is asked again: others who find out at the same time go first.
const PAUSE: Duration = Duration::from_millis(300);

/// Checks of one credential, as they become known.
#[derive(Debug)]
pub struct Checks {
    told: mpsc::UnboundedReceiver<Checked>,
    task: AbortHandle,
}

impl Checks {
    /// Starts them on the runtime that this is called on.
    pub(crate) fn start(asking: Asking, decoded: &Arc<Decoded>, watch: bool) -> Self {
        let (sender, told) = mpsc::unbounded_channel();
        let decoded = Arc::clone(decoded);
        let task = tokio::spawn(async move {
            if watch {
                run(&asking, decoded, &sender).await;
            } else {
                // who does not listen any more has dropped this
                let _ = sender.send(asking.check(&decoded).await);
            }
        });
        Self { told, task: task.abort_handle() }
    }

    /// What became known next; none at the end, which what is watched never has. What is dropped before is not lost.
    pub async fn next(&mut self) -> Option<Checked> {
        self.told.recv().await
    }
}

impl Drop for Checks {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(asking: &Asking, mut decoded: Arc<Decoded>, sender: &mpsc::UnboundedSender<Checked>) {
    let mut standing = asking.http.heard.standing();
    let mut looked = asking.look(&decoded, &[]).await;
    loop {
        // what changes from here on is told by the channel
        let known = *standing.borrow_and_update();
        let mut told = asking.tell(&looked);
        if sender.send(told.clone()).is_err() {
            return;
        }
        let mut watching: FuturesUnordered<_> =
            looked.found.iter().enumerate().filter_map(|(index, _)| watch(asking, &looked, index)).collect();
        loop {
            tokio::select! {
                Some((index, found)) = watching.next() => {
                    let Some(found) = found else { continue };
                    take(&mut looked, index, found);
                    watching.extend(watch(asking, &looked, index));
                }
                changed = standing.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    if *standing.borrow_and_update() != known {
                        break;
                    }
                }
                () = time(asking, &looked) => {}
            }
            let now = asking.tell(&looked);
            if !now.says_as(&told) && sender.send(now.clone()).is_err() {
                return;
            }
            told = now;
        }
        drop(watching);
        tokio::time::sleep(PAUSE).await;
        // a plugin or a file may have given another
        let given = current(&asking.http).filter(|given| given.sha256 != decoded.sha256);
        let before = if given.is_some() { Vec::new() } else { std::mem::take(&mut looked.heard.bound) };
        if let Some(given) = given {
            decoded = Arc::new(given);
        }
        looked = asking.look(&decoded, &before).await;
    }
}

/// Waits for the change of one object, where it can be watched.
fn watch(asking: &Asking, looked: &Looked, index: usize) -> Option<impl Future<Output = (usize, Option<object::Found>)> + use<>> {
    let found = looked.found.get(index)?.clone()?;
    let (bound, _) = looked.heard.bound.get(index)?.clone();
    let http: Shared = Arc::clone(&asking.http);
    Some(async move { (index, object::changed(&http, &bound, found).await) })
}

fn take(looked: &mut Looked, index: usize, found: object::Found) {
    let (Some((_, seen)), Some(slot)) = (looked.heard.bound.get_mut(index), looked.found.get_mut(index)) else { return };
    *seen = Some(found.seen.clone());
    *slot = Some(found);
}

/// Waits until time alone changes something.
async fn time(asking: &Asking, looked: &Looked) {
    // what is renewed by itself does not end
    let is_renewed = matches!(asking.http.credential.origin(), Origin::Plugin(_) | Origin::File(_));
    let now = now();
    let heard = Heard { skew: asking.http.heard.skew(), ..looked.heard.clone() };
    let next = Timestamp::from_second(now).ok().and_then(|now| next_change(&looked.decoded, &heard, now));
    let ends = looked.decoded.expires_at();
    match next.filter(|next| !is_renewed || ends.is_none_or(|ends| *next < ends)) {
        Some(next) => tokio::time::sleep(Duration::from_secs(u64::try_from(next.as_second() - now).unwrap_or_default())).await,
        None => pending().await,
    }
}
