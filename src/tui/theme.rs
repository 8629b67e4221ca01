//! What meanings look like: colours and marks, or marks alone; signs, or their ASCII twins.

use ratatui::style::{Color, Modifier, Style};

use crate::authz::Verdict;
use crate::view::phrase::{Sign, Tone};

/// How things look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Colours as well as marks.
    pub color: bool,
    /// Only ASCII signs.
    pub ascii: bool,
}

impl Theme {
    /// The style of a meaning. Colour only repeats what a word or a mark says too; the sixteen colours are the
    /// terminal's own, and what is dim has no colour, since dark grey is the background of some.
    pub fn style(self, tone: Tone) -> Style {
        let (color, modifier) = match tone {
            Tone::Plain => (Color::Reset, Modifier::empty()),
            Tone::Name => (Color::Reset, Modifier::BOLD),
            Tone::Dim => (Color::Reset, Modifier::DIM),
            Tone::Good => (Color::Green, Modifier::empty()),
            Tone::Bad => (Color::Red, Modifier::empty()),
            Tone::Open => (Color::Yellow, Modifier::empty()),
            Tone::Accent => (Color::Cyan, Modifier::empty()),
        };
        Style::new().fg(if self.color { color } else { Color::Reset }).add_modifier(modifier)
    }

    /// The style of a heading.
    pub fn heading(self) -> Style {
        self.style(Tone::Name).add_modifier(Modifier::UNDERLINED)
    }

    /// The style of the row under the cursor, where keys move it and where they do not.
    pub fn cursor(self, is_moved: bool) -> Style {
        // one look from end to end, whatever the row says
        let style = Style::new().fg(Color::Reset).remove_modifier(Modifier::DIM);
        style.add_modifier(if is_moved { Modifier::REVERSED } else { Modifier::UNDERLINED })
    }

    /// The sign before a row, two cells wide.
    pub fn sign(self, sign: Sign) -> (&'static str, Style) {
        let (utf8, ascii, tone) = match sign {
            Sign::Holds => ("✓ ", "+ ", Tone::Good),
            Sign::Fails => ("✗ ", "x ", Tone::Bad),
            Sign::Open => ("? ", "? ", Tone::Open),
            Sign::Idle => ("· ", "- ", Tone::Dim),
            Sign::Warns => ("! ", "! ", Tone::Open),
            Sign::Current => ("● ", "* ", Tone::Accent),
            Sign::None => ("", "", Tone::Plain),
        };
        (if self.ascii { ascii } else { utf8 }, self.style(tone))
    }

    /// A key as it stands on the keyboard.
    pub fn key(self, key: &str) -> String {
        let (sign, word) = match key {
            "enter" => ("↵", "Enter"),
            "up" => ("↑", "Up"),
            "down" => ("↓", "Down"),
            "left" => ("←", "Left"),
            "right" => ("→", "Right"),
            "tab" => ("⇥", "Tab"),
            "backtab" => ("⇤", "S-Tab"),
            "esc" => ("Esc", "Esc"),
            "space" => ("Space", "Space"),
            "pageup" => ("PgUp", "PgUp"),
            "pagedown" => ("PgDn", "PgDn"),
            "home" => ("Home", "Home"),
            "end" => ("End", "End"),
            "backspace" => ("⌫", "Bksp"),
            "delete" => ("Del", "Del"),
            "f1" => ("F1", "F1"),
            other => return other.to_owned(),
        };
        if self.ascii { word.to_owned() } else { sign.to_owned() }
    }

    /// Before the current one of several.
    pub fn current(self) -> &'static str {
        if self.ascii { "* " } else { "● " }
    }

    /// Before what is pinned.
    pub fn pin(self) -> &'static str {
        if self.ascii { "# " } else { "◆ " }
    }

    /// Before what has changed just now.
    pub fn flipped(self) -> &'static str {
        if self.ascii { "! " } else { "↯ " }
    }

    /// Before what is being read.
    pub fn loading(self) -> &'static str {
        if self.ascii { ". " } else { "… " }
    }

    /// The sign and the meaning of a verdict.
    pub fn verdict(self, verdict: Verdict) -> (&'static str, Tone) {
        let (sign, tone) = match verdict {
            Verdict::Allowed => (Sign::Holds, Tone::Good),
            Verdict::Denied => (Sign::Fails, Tone::Bad),
            Verdict::Unknown => (Sign::Open, Tone::Open),
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

    /// The lines between the parts of the screen: across, down, and where they meet.
    pub fn rules(self) -> (&'static str, &'static str, &'static str, &'static str) {
        if self.ascii { ("-", "|", "+", "+") } else { ("─", "│", "┬", "┴") }
    }

    /// Where something was left out of a name.
    pub fn ellipsis(self) -> &'static str {
        if self.ascii { "..." } else { "…" }
    }

    /// A text with signs in ASCII where that is wanted.
    pub fn text(self, text: &str) -> String {
        if self.ascii {
            text.replace('→', "->").replace('…', "...").replace('·', "-").replace('↵', "Enter")
        } else {
            text.to_owned()
        }
    }
}
