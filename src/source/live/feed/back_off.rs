//! Pauses that grow, and that differ so that many clients do not come back at once.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::Duration;

const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);

/// The pauses between attempts.
#[derive(Debug)]
pub struct BackOff(Duration);

impl Default for BackOff {
    fn default() -> Self {
        Self(FIRST)
    }
}

impl BackOff {
    /// The next pause.
    pub fn next(&mut self) -> Duration {
        let pause = self.0;
        self.0 = (pause * 2).min(LONGEST);
        // three quarters to all of it
        pause.mul_f64(0.75 + fraction() / 4.0)
    }

    /// Whether nothing has been waited for yet.
    pub fn is_fresh(&self) -> bool {
        self.0 == FIRST
    }

    /// Waits for the next pause.
    pub async fn wait(&mut self) {
        tokio::time::sleep(self.next()).await;
    }
}

/// A number from 0 to 1, as random as the standard library's hashing.
pub fn fraction() -> f64 {
    let number = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(number >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_limit() {
        let mut back_off = BackOff::default();
        let pauses: Vec<Duration> = (0..10).map(|_| back_off.next()).collect();
        for (pause, most) in pauses.iter().zip([0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0, 30.0]) {
            assert!((0.75 * most..=most).contains(&pause.as_secs_f64()), "{pauses:?}");
        }
    }
}
