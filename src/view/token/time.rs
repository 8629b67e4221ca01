//! How long a credential lasts: what counts down, and in which words.

use jiff::Timestamp;

use crate::credential::end::Why;
use crate::credential::{Content, Decoded};

/// Something that ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Countdown {
    /// What ends: `token`, `certificate`.
    pub what: &'static str,
    /// What becomes of it then: `ends`, `is renewed`.
    pub verb: &'static str,
    /// The same, when it is past: `ended`, `was to be renewed`.
    pub past: &'static str,
    /// When, seconds since 1970 in UTC.
    pub at: i64,
    /// When it began, where that is known.
    pub since: Option<i64>,
}

impl Countdown {
    /// How many seconds are left; less than none when it is past.
    pub fn left(&self, now: i64) -> i64 {
        self.at.saturating_sub(now)
    }

    /// How many of so many cells are still full; none where it is not known when it began.
    pub fn full(&self, now: i64, cells: u16) -> Option<u16> {
        let whole = u128::try_from(self.at.checked_sub(self.since?)?).ok().filter(|whole| *whole > 0)?;
        let left = u128::try_from(self.left(now).max(0)).unwrap_or_default().min(whole);
        u16::try_from((left * u128::from(cells)).div_ceil(whole)).ok()
    }

    /// `token ends in 13m 40s`
    pub fn told(&self, now: i64) -> String {
        match self.left(now) {
            left @ 1.. => format!("{} {} in {}", self.what, self.verb, clock(left)),
            over => format!("{} {} {} ago", self.what, self.past, clock(over.saturating_neg())),
        }
    }
}

/// What counts down: the credential itself, and what is over before that: the time that its plugin says, when clients run it
/// again; the session that signed it; a certificate beside it.
pub fn countdowns(decoded: Option<&Decoded>, soonest: Option<(i64, Option<Why>)>) -> Vec<Countdown> {
    let what = match decoded.map(|decoded| &decoded.content) {
        Some(Content::X509(_)) => "certificate",
        _ => "token",
    };
    let own = decoded.and_then(Decoded::expires_at).map(Timestamp::as_second);
    let since = decoded.and_then(|decoded| decoded.issued_at().or_else(|| decoded.not_before())).map(Timestamp::as_second);
    let ends = |at: i64| Countdown { what, verb: "ends", past: "ended", at, since };
    let other = |at: i64, why: Option<Why>| {
        let (what, verb, past) = match why {
            Some(Why::Session) => ("session", "ends", "ended"),
            Some(Why::Certificate) => ("certificate", "ends", "ended"),
            _ => ("plugin", "is run again", "was to be run again"),
        };
        Countdown { what, verb, past, at, since: None }
    };
    match (own, soonest) {
        (Some(own), Some((said, why))) if said < own => vec![ends(own), other(said, why)],
        (None, Some((said, why @ Some(Why::Session | Why::Certificate)))) => vec![other(said, why)],
        (Some(at), _) | (None, Some((at, _))) => vec![ends(at)],
        (None, None) => Vec::new(),
    }
}

/// A time in its two largest units: `40s`, `13m 40s`, `2h 05m`, `3d 4h`, `211d`.
pub fn clock(seconds: i64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (10.., ..) => format!("{days}d"),
        (1.., ..) => format!("{days}d {hours}h"),
        (_, 1.., _) => format!("{hours}h {minutes:02}m"),
        (_, _, 1..) => format!("{minutes}m {:02}s", seconds % 60),
        _ => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_stand_in_their_two_largest_units() {
        for (seconds, told) in [
            (0, "0s"),
            (59, "59s"),
            (60, "1m 00s"),
            (820, "13m 40s"),
            (3_600, "1h 00m"),
            (7_559, "2h 05m"),
            (86_400, "1d 0h"),
            (864_000, "10d"),
        ] {
            assert_eq!(clock(seconds), told);
        }
    }

    #[test]
    fn the_bar_empties_and_is_empty_only_at_the_end() {
        let token = Countdown { what: "token", verb: "ends", past: "ended", at: 1_000, since: Some(100) };
        for (now, full) in [(0, 10), (100, 10), (101, 10), (550, 5), (999, 1), (1_000, 0), (5_000, 0)] {
            assert_eq!(token.full(now, 10), Some(full), "{now}");
        }
        assert_eq!(Countdown { since: None, ..token }.full(0, 10), None);
        assert_eq!(Countdown { since: Some(1_000), ..token }.full(0, 10), None);
        assert_eq!(Countdown { at: i64::MAX, since: Some(i64::MIN), ..token }.full(0, 10), None);
        assert_eq!(
            (token.told(180), token.told(1_000), token.told(1_061)),
            ("token ends in 13m 40s".to_owned(), "token ended 0s ago".to_owned(), "token ended 1m 01s ago".to_owned())
        );
    }

    #[test]
    fn what_a_plugin_says_comes_before_the_tokens_own_end() {
        assert_eq!(countdowns(None, None), []);
        let only = countdowns(None, Some((7, Some(Why::Plugin))));
        assert_eq!((only.len(), only[0].told(0).as_str(), only[0].since), (1, "token ends in 7s", None));
        let session = countdowns(None, Some((7, Some(Why::Session))));
        assert_eq!((session.len(), session[0].told(0).as_str()), (1, "session ends in 7s"));
    }
}
