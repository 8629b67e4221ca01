//! The few signs of the text report, and their ASCII twins.

use super::{Ink, Look, Span};
use crate::authz::Verdict;

/// The signs.
#[derive(Clone, Copy, Debug)]
pub struct Glyphs {
    /// Allowed, holds.
    pub good: &'static str,
    /// Denied, fails.
    pub bad: &'static str,
    /// Unknown.
    pub open: &'static str,
    /// Leads from a binding to its role.
    pub arrow: &'static str,
    /// Nothing to say.
    pub dot: &'static str,
    /// A branch with others after it.
    pub tee: &'static str,
    /// The last branch.
    pub corner: &'static str,
    /// Beside the branches of another.
    pub bar: &'static str,
}

const UNICODE: Glyphs =
    Glyphs { good: "✓", bad: "✗", open: "?", arrow: "→", dot: "·", tee: "├─ ", corner: "└─ ", bar: "│  " };
const ASCII: Glyphs = Glyphs { good: "+", bad: "x", open: "?", arrow: "->", dot: "-", tee: "|- ", corner: "`- ", bar: "|  " };

impl Glyphs {
    /// The signs for a look.
    pub fn of(look: &Look) -> Self {
        if look.ascii { ASCII } else { UNICODE }
    }

    /// The sign of a verdict in its ink.
    pub fn verdict(&self, verdict: Verdict) -> Span {
        let glyph = match verdict {
            Verdict::Allowed => self.good,
            Verdict::Denied => self.bad,
            Verdict::Unknown => self.open,
        };
        Span::new(glyph, ink(verdict))
    }

    /// The sign of something that holds or fails.
    pub fn holds(&self, holds: bool) -> Span {
        self.verdict(if holds { Verdict::Allowed } else { Verdict::Denied })
    }
}

/// The ink of a verdict.
pub fn ink(verdict: Verdict) -> Ink {
    match verdict {
        Verdict::Allowed => Ink::Good,
        Verdict::Denied => Ink::Bad,
        Verdict::Unknown => Ink::Open,
    }
}
