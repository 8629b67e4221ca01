//! Facts and index kept up with changes, and given out as snapshots.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Snapshot;
use crate::base::text::count;
use crate::facts::{Change, Facts, Kind};

/// The shortest time between two snapshots: each that somebody looks at costs a copy.
const APART: Duration = Duration::from_millis(40);

/// Keeps one snapshot; what was given out stays as it is.
#[derive(Debug, Default)]
pub struct Keeper {
    current: Arc<Snapshot>,
    /// Whether something changed since the last one was given out.
    has_news: bool,
    given: Option<Instant>,
}

impl Keeper {
    /// Takes changes that belong together.
    pub fn take(&mut self, changes: Vec<Change>) {
        // a node is written every few seconds, and nothing of it changes that is kept here
        let facts = &self.current.facts;
        if changes.iter().all(|change| matches!(change, Change::Upsert(object) if facts.holds(object))) {
            return;
        }
        let snapshot = Arc::make_mut(&mut self.current);
        for change in changes {
            self.has_news |= !matches!(change, Change::Progress { .. });
            snapshot.apply(change);
        }
    }

    /// Waits until there is news and the last snapshot was long enough ago. News after a quiet time is due at once.
    pub async fn due(&self) {
        if !self.has_news {
            return std::future::pending().await;
        }
        if let Some(given) = self.given {
            tokio::time::sleep_until(given + APART).await;
        }
    }

    /// The snapshot, if there is news.
    pub fn give(&mut self) -> Option<Arc<Snapshot>> {
        if !std::mem::take(&mut self.has_news) {
            return None;
        }
        self.given = Some(Instant::now());
        Some(Arc::clone(&self.current))
    }

    /// What is known.
    pub fn facts(&self) -> &Facts {
        &self.current.facts
    }

    /// Whether everything that was asked for has come.
    pub fn is_complete(&self) -> bool {
        self.current.facts.is_complete()
    }

    /// Whether no role and no binding is known.
    pub fn is_empty(&self) -> bool {
        Kind::RBAC.iter().all(|kind| self.current.facts.count(*kind) == 0)
    }

    /// How much is known: `2700 roles, 4491 bindings`.
    pub fn counts(&self) -> String {
        let facts = &self.current.facts;
        let roles = facts.count(Kind::Role) + facts.count(Kind::ClusterRole);
        let bindings = facts.count(Kind::RoleBinding) + facts.count(Kind::ClusterRoleBinding);
        let known = format!("{}, {}", count(roles, "role"), count(bindings, "binding"));
        match facts.gaps().len() {
            0 => known,
            gaps => format!("{known}, {}", count(gaps, "gap")),
        }
    }
}
