//! What meanings look like: colours and marks, or marks alone; signs, or their ASCII twins.

use ratatui::style::{Color, Modifier, Style};

use crate::authz::Verdict;
use crate::view::why::{Sign, Tone};

/// How things look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Colours as well as marks.
    pub color: bool,
    /// Only ASCII signs.
    pub ascii: bool,
}

impl Theme {
    /// The style of a meaning. Colour only repeats what a word or a mark says too.
    pub fn style(self, tone: Tone) -> Style {
        let (color, modifier) = match tone {
            Tone::Plain => (Color::Reset, Modifier::empty()),
            Tone::Strong => (Color::Reset, Modifier::BOLD),
            Tone::Dim => (Color::DarkGray, Modifier::DIM),
            Tone::Good => (Color::Green, Modifier::empty()),
            Tone::Bad => (Color::Red, Modifier::empty()),
            Tone::Unknown => (Color::Yellow, Modifier::empty()),
            Tone::Accent => (Color::Cyan, Modifier::empty()),
        };
        if self.color {
            // a dark grey that is dimmed too would vanish
            let modifier = if tone == Tone::Dim { Modifier::empty() } else { modifier };
            Style::new().fg(color).add_modifier(modifier)
        } else {
            Style::new().fg(Color::Reset).add_modifier(modifier)
        }
    }

    /// The style of the line under the cursor.
    pub fn cursor(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// The sign before a line, two cells wide.
    pub fn sign(self, sign: Sign) -> (&'static str, Style) {
        let (utf8, ascii, tone) = match sign {
            Sign::Yes => ("✓ ", "+ ", Tone::Good),
            Sign::No => ("✗ ", "x ", Tone::Bad),
            Sign::Open => ("? ", "? ", Tone::Unknown),
            Sign::None => ("", "", Tone::Plain),
        };
        (if self.ascii { ascii } else { utf8 }, self.style(tone))
    }

    /// The sign and the meaning of a verdict.
    pub fn verdict(self, verdict: Verdict) -> (&'static str, Tone) {
        let (sign, tone) = match verdict {
            Verdict::Allowed => (Sign::Yes, Tone::Good),
            Verdict::Denied => (Sign::No, Tone::Bad),
            Verdict::Unknown => (Sign::Open, Tone::Unknown),
        };
        (self.sign(sign).0, tone)
    }

    /// Between the parts of the first line.
    pub fn crumb(self) -> &'static str {
        if self.ascii { " > " } else { " ▸ " }
    }

    /// Before a folded, an unfolded and a lone line of the tree.
    pub fn folds(self) -> (&'static str, &'static str, &'static str) {
        if self.ascii { ("> ", "v ", "  ") } else { ("▸ ", "▾ ", "  ") }
    }

    /// The line between the parts of the screen, and the one beside the detail.
    pub fn rules(self) -> (&'static str, &'static str) {
        if self.ascii { ("-", "|") } else { ("─", "│") }
    }

    /// Where something was left out of a name.
    pub fn ellipsis(self) -> &'static str {
        if self.ascii { "..." } else { "…" }
    }

    /// A text with signs in ASCII where that is wanted.
    pub fn text(self, text: &str) -> String {
        if self.ascii { text.replace('→', "->").replace('…', "...").replace('·', "-") } else { text.to_owned() }
    }
}
