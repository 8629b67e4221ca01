//! How far a server's clock is from ours, as far as its answers tell.

use jiff::SignedDuration;

use crate::base::text::count;
use crate::base::{Finding, Severity};

/// From here on it matters: a server takes times that are less than a minute off (`jwt.DefaultLeeway` of go-jose).
const MATTERS: i64 = 60_000;

/// How far a server's clock is ahead of ours: between two bounds, since a `Date` has whole seconds and its way took time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skew {
    /// At least so many milliseconds; negative where the server is behind.
    least: i64,
    /// At most so many milliseconds.
    most: i64,
}

impl Skew {
    /// From the `Date` of an answer, and when by our clock, in milliseconds since 1970, the request went out and the answer came.
    pub fn of(date: &str, sent: i64, came: i64) -> Option<Self> {
        let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).ok()?.as_millisecond();
        // written somewhere between the two, and cut to the second
        (sent <= came).then_some(Self { least: date - came, most: date + 1000 - sent })
    }

    /// Joined with a later one: the narrower where both can be true; where they cannot, a clock was set, and the later counts.
    #[must_use]
    pub fn and(self, later: Self) -> Self {
        let joined = Self { least: self.least.max(later.least), most: self.most.min(later.most) };
        if joined.least <= joined.most { joined } else { later }
    }

    /// In seconds, as well as it is known.
    pub fn seconds(&self) -> i64 {
        (self.least + self.most).div_euclid(2).div_euclid(1000)
    }

    /// Whether the clocks differ by a minute or more for certain.
    pub fn is_certain(&self) -> bool {
        self.least >= MATTERS || self.most <= -MATTERS
    }

    /// What is added to our time to get the server's.
    pub fn offset(&self) -> SignedDuration {
        SignedDuration::from_secs(self.seconds())
    }

    /// What is wrong.
    pub fn finding(&self) -> Finding {
        let seconds = self.seconds();
        let (where_to, effect) = if seconds > 0 {
            ("behind", "what is still valid by the clock here may have ended there")
        } else {
            ("ahead of", "what is made here counts there as of the future")
        };
        Finding {
            code: "clock-skew",
            severity: Severity::Warning,
            subject: "clock".to_owned(),
            message: format!(
                "the clock here is {} {where_to} the server's: {effect}; times are judged by the server's",
                length(seconds.unsigned_abs())
            ),
            fix: Some("Set the clock of this machine, or of the server, by NTP.".to_owned()),
            source: None,
        }
    }
}

/// A length of time in the unit that says most.
fn length(seconds: u64) -> String {
    let (number, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7200 => (seconds / 60, "minute"),
        7200..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    count(usize::try_from(number).unwrap_or(usize::MAX), unit)
}
