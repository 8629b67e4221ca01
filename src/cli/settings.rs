//! How to write: from flags, environment and terminal.

use std::ffi::OsStr;
use std::io::IsTerminal;

use super::args::{ColorWhen, Global};
use crate::report::text::Look;

/// The width of a page that no terminal shows.
const PIPED_WIDTH: usize = 100;
/// Wider lines are hard to read, narrower terminals scroll.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=160;

/// What the process knows of its terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Terminal {
    /// Whether standard output is a terminal.
    pub shown: bool,
    /// Whether standard error is a terminal.
    pub told: bool,
    /// Its width.
    pub width: Option<usize>,
    /// `COLUMNS`.
    pub columns: Option<usize>,
    /// Whether `NO_COLOR` is set and not empty (no-color.org).
    pub no_color: bool,
    /// Whether `TERM` is `dumb`.
    pub dumb: bool,
}

impl Terminal {
    /// Looks at the environment and at standard output.
    pub fn detect() -> Self {
        let shown = std::io::stdout().is_terminal();
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        Self {
            shown,
            told: std::io::stderr().is_terminal(),
            width: shown.then(|| crossterm::terminal::size().ok()).flatten().map(|(columns, _)| usize::from(columns)),
            columns: variable("COLUMNS").and_then(|value| value.to_str()?.parse().ok()),
            no_color: variable("NO_COLOR").is_some(),
            dumb: variable("TERM").as_deref() == Some(OsStr::new("dumb")),
        }
    }

    /// Whether to write colours.
    pub fn colors(&self, when: ColorWhen) -> bool {
        match when {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto => self.shown && !self.no_color && !self.dumb,
        }
    }

    /// How to write text.
    pub fn look(&self, global: &Global) -> Look {
        let width = self.columns.or(self.width).unwrap_or(PIPED_WIDTH);
        Look {
            width: width.clamp(*WIDTHS.start(), *WIDTHS.end()),
            color: self.colors(global.color),
            ascii: global.ascii,
            verbose: global.verbose,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_for_terminals_that_want_them() {
        let shown = Terminal { shown: true, ..Terminal::default() };
        let no_color = Terminal { no_color: true, ..shown };
        let dumb = Terminal { dumb: true, ..shown };
        assert!(shown.colors(ColorWhen::Auto));
        assert!(!shown.colors(ColorWhen::Never));
        assert!(!no_color.colors(ColorWhen::Auto));
        assert!(no_color.colors(ColorWhen::Always), "an explicit wish wins");
        assert!(!dumb.colors(ColorWhen::Auto));
        assert!(!Terminal::default().colors(ColorWhen::Auto));
    }

    #[test]
    fn the_width_is_the_terminals_within_reason() {
        let width = |terminal: Terminal| terminal.look(&Global::default()).width;
        assert_eq!(width(Terminal::default()), 100);
        assert_eq!(width(Terminal { width: Some(80), ..Terminal::default() }), 80);
        assert_eq!(width(Terminal { width: Some(80), columns: Some(60), ..Terminal::default() }), 60);
        assert_eq!(width(Terminal { width: Some(0), ..Terminal::default() }), 40);
        assert_eq!(width(Terminal { width: Some(400), ..Terminal::default() }), 160);
    }
}
