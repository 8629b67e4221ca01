//! Lists read again and again, where a watch is refused.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::follow::{Kept, Publisher, take};
use super::{Context, list};
use crate::facts::{Kind, Scope};

/// How often bindings are read: a fix shall show within a second.
const SOON: Duration = Duration::from_millis(700);

/// How many times longer than a list took nothing is asked: a large one shall not keep the server busy.
const REST: u32 = 10;

/// How much longer each waits for every list that is read again and again: together they are ten a second at most.
const EACH: Duration = Duration::from_millis(100);

/// For how long, before a watch is tried again.
const LASTS: Duration = Duration::from_mins(1);

/// How long between two lists of a kind.
const fn pause(kind: Kind) -> Duration {
    match kind {
        Kind::ClusterRoleBinding | Kind::RoleBinding => SOON,
        Kind::ClusterRole | Kind::Role => Duration::from_secs(2),
        _ => Duration::from_secs(5),
    }
}

/// One of those that read a list again and again, for as long as it does.
struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    fn new(all: &'a AtomicUsize) -> Self {
        all.fetch_add(1, Ordering::Relaxed);
        Self(all)
    }

    /// How long each waits so that together they are not too many.
    fn share(&self) -> Duration {
        EACH.saturating_mul(u32::try_from(self.0.load(Ordering::Relaxed)).unwrap_or(u32::MAX))
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Polls a scope for a while, or until that breaks; the next step is to list anew.
pub async fn run(context: &Context, scope: Scope, kept: &mut Kept, publish: Option<&Publisher>) {
    let counted = Counted::new(&context.polls);
    let (began, mut took) = (Instant::now(), Duration::ZERO);
    // who may not watch any more may not list any more either: that is found out at once
    let mut rest = SOON;
    while began.elapsed() < LASTS {
        sleep(rest.max(took * REST).max(counted.share())).await;
        let before = Instant::now();
        // whatever is wrong is met again, and told, by the list that comes next
        let Ok(listed) = list::read(context, scope, false).await else { return };
        took = before.elapsed();
        rest = pause(scope.kind);
        take(context, scope, kept, listed, publish).await;
    }
}
