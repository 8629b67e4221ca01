//! What answers tell beside what was asked: whether the credential is taken, and what time it is there.

use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use http::header::DATE;
use tokio::sync::watch;

use crate::credential::live::Skew;

/// What was heard.
#[derive(Debug)]
pub struct Heard {
    skew: Mutex<Option<Skew>>,
    standing: watch::Sender<Option<Standing>>,
}

/// How a credential stands with the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Which of the credentials that were presented one after the other.
    pub generation: u64,
    /// Whether it is taken.
    pub is_accepted: bool,
}

impl Default for Heard {
    fn default() -> Self {
        Self { skew: Mutex::default(), standing: watch::channel(None).0 }
    }
}

impl Heard {
    /// Takes the time of an answer that has just come; `sent` is when it was asked for, by [`now`].
    pub fn time(&self, headers: &HeaderMap, sent: i64) {
        let date = headers.get(DATE).and_then(|date| date.to_str().ok());
        if let Some(skew) = date.and_then(|date| Skew::of(date, sent, now())) {
            let mut held = self.skew.lock().unwrap_or_else(PoisonError::into_inner);
            *held = Some(held.map_or(skew, |held| held.and(skew)));
        }
    }

    /// Takes whether the credential was taken.
    pub fn stands(&self, generation: u64, is_accepted: bool) {
        let now = Some(Standing { generation, is_accepted });
        self.standing.send_if_modified(|standing| std::mem::replace(standing, now) != now);
    }

    /// How far the server's clock is ahead, as far as it told.
    pub fn skew(&self) -> Option<Skew> {
        *self.skew.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the credential stands, and when that changes.
    pub fn standing(&self) -> watch::Receiver<Option<Standing>> {
        self.standing.subscribe()
    }
}

/// Milliseconds since 1970 in UTC.
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
