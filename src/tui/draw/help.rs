//! The keys, from the table of actions.

use ratatui::text::{Line, Span};

use super::super::theme::Theme;
use super::lines::row;
use super::text::{width, wrap};
use crate::view::actions::ACTIONS;
use crate::view::phrase::{Phrase, Sign, Tone};

/// The lines.
pub fn lines(theme: Theme, room: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let mut group = "";
    for entry in ACTIONS {
        if entry.group != group {
            if !group.is_empty() {
                lines.push(Line::default());
            }
            group = entry.group;
            lines.push(Line::styled(group, theme.heading()));
        }
        let keys: Vec<String> = entry.keys.iter().map(|key| theme.key(key)).collect();
        let keys = Span::styled(format!("  {:<14} ", keys.join(" ")), theme.style(Tone::Accent));
        let before = width(&keys.content);
        let sentence = wrap(entry.sentence, room.saturating_sub(before).max(20));
        for (position, line) in sentence.into_iter().enumerate() {
            let before = if position == 0 { keys.clone() } else { Span::raw(" ".repeat(before)) };
            lines.push(Line::from(vec![before, Span::raw(line)]));
        }
    }
    lines.push(Line::default());
    lines.push(Line::styled("signs", theme.heading()));
    for (sign, meaning) in [
        (Sign::Holds, "allowed, or holds"),
        (Sign::Fails, "denied, or fails"),
        (Sign::Open, "unknown: something that could change it was not read"),
        (Sign::Idle, "of no account for this answer"),
        (Sign::Warns, "works, and is worth a look"),
        (Sign::Current, "the context that is open"),
    ] {
        lines.push(row(sign, &Phrase::new().plain(meaning), "", room, theme));
    }
    for (sign, meaning) in [(theme.pin(), "a pinned question"), (theme.flipped(), "its answer changed")] {
        let sign = Span::styled(sign, theme.style(Tone::Accent));
        lines.push(Line::from(vec![sign, Span::raw(meaning)]));
    }
    lines.push(Line::default());
    lines.push(Line::styled("whycan only reads: nothing here changes a cluster.", theme.style(Tone::Dim)));
    lines
}
