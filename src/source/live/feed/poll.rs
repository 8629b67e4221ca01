//! Lists read again and again, where a watch is refused.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::follow::{Kept, Publisher, take};
use super::{Context, WATCHES, list};
use crate::facts::{Kind, Scope};

/// How often bindings are read: a fix shall show within a second.
const SOON: Duration = Duration::from_millis(700);

/// How many times longer than a list took nothing is asked: a large one shall not keep the server busy.
const REST: u32 = 10;

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
    let began = Instant::now();
    let mut took = Duration::ZERO;
    while began.elapsed() < LASTS {
        let crowd = if context.watches.available_permits() == 0 { u32::try_from(WATCHES / 8).unwrap_or(1) } else { 1 };
        sleep((pause(scope.kind) * crowd).max(took * REST)).await;
        let before = Instant::now();
        // whatever is wrong is met again, and told, by the list that comes next
        let Ok(listed) = list::read(context, scope, false).await else { return };
        took = before.elapsed();
        take(context, scope, kept, listed, publish).await;
    }
}
