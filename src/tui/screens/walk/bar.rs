//! The stages as a bar that fills as answers come; gone once all of them are there.

use ratatui::text::{Line, Span};

use super::stages;
use crate::session::State as Standing;
use crate::tui::state::State;
use crate::view::phrase::{Sign, Tone};

/// The widest that a stage is.
const WIDEST: usize = 14;

/// The line, while something is not there.
pub fn line(state: &State, columns: u16) -> Option<Line<'static>> {
    let stages: Vec<&Standing> = stages::shown(state).map(|(_, stage)| &stage.state).collect();
    if !state.is_live || !state.is_open || stages.iter().all(|stage| **stage == Standing::Ready) {
        return None;
    }
    let theme = state.theme;
    let room = usize::from(columns).saturating_sub(3 + stages.len());
    let wide = (room / stages.len().max(1)).clamp(2, WIDEST);
    let mut spans = vec![Span::raw("   ")];
    for stage in &stages {
        let (sign, full, ascii, tone) = match stage {
            Standing::Ready => ("", "█", "#", Tone::Good),
            Standing::Loading => ("", "▒", "=", Tone::Accent),
            Standing::Stale(_) => ("", "▓", "~", Tone::Open),
            Standing::Failed(_) => (theme.sign(Sign::Fails).0.trim_end(), "░", ".", Tone::Bad),
            Standing::Cancelled => ("", "░", ".", Tone::Open),
            Standing::Idle => ("", "░", ".", Tone::Dim),
        };
        let cell = if theme.ascii { ascii } else { full };
        spans.push(Span::styled(format!("{sign}{}", cell.repeat(wide - usize::from(!sign.is_empty()))), theme.style(tone)));
        spans.push(Span::raw(" "));
    }
    Some(Line::from(spans))
}
