//! Lists read again and again, where a watch is refused.

use std::sync::Arc;
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

/// Polls a scope for a while, or until that breaks; the next step is to list anew.
pub async fn run(context: &Context, scope: Scope, kept: &mut Kept, publish: Option<&Publisher>) {
    let counted = Arc::clone(&*context.polls);
    let (began, mut took) = (Instant::now(), Duration::ZERO);
    while began.elapsed() < LASTS {
        let polls = u32::try_from(Arc::strong_count(&counted)).unwrap_or(u32::MAX);
        sleep(pause(scope.kind).max(took * REST).max(EACH.saturating_mul(polls))).await;
        let before = Instant::now();
        // whatever is wrong is met again, and told, by the list that comes next
        let Ok(listed) = list::read(context, scope, false).await else { return };
        took = before.elapsed();
        take(context, scope, kept, listed, publish).await;
    }
}
