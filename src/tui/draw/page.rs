//! What is read: details beside the tree or over it, a fix, the keys, the contexts.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};

use super::super::state::{Overlay, State};
use super::areas;
use super::lines::{blocks, row};
use super::text::safe;
use crate::base::text::count;
use crate::facts::Kind;
use crate::view::actions::ACTIONS;
use crate::view::phrase::{Phrase, Sign, Tone};
use crate::view::why::detail;

/// How many lines a page holds.
pub fn height(state: &State) -> u16 {
    area(state).height.saturating_sub(1).max(1)
}

/// The number of the last line to which the page can be scrolled.
pub fn last_line(state: &State) -> u16 {
    let area = area(state);
    let lines = lines(state, inner(area)).len();
    u16::try_from(lines.saturating_sub(usize::from(area.height))).unwrap_or(u16::MAX)
}

/// Where a page is: over the middle of the screen, or beside the tree.
fn area(state: &State) -> Rect {
    let areas = areas(state, Rect::new(0, 0, state.size.0, state.size.1));
    match (&state.overlay, areas.details) {
        (Overlay::None, Some(details)) => details,
        _ => areas.over,
    }
}

fn inner(area: Rect) -> usize {
    usize::from(area.width.saturating_sub(2))
}

/// Paints a page.
pub fn draw(state: &State, frame: &mut Frame<'_>, area: Rect) {
    frame.render_widget(Clear, area);
    let lines = lines(state, inner(area));
    let last = u16::try_from(lines.len().saturating_sub(usize::from(area.height))).unwrap_or(u16::MAX);
    let scroll = match &state.overlay {
        Overlay::Help(at) | Overlay::Fix(_, at) => *at,
        Overlay::None => state.scroll,
        Overlay::Editor(_) | Overlay::Contexts(_) => 0,
    }
    .min(last);
    let page = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    frame.render_widget(Paragraph::new(lines).scroll((scroll, 0)), page);
    // that there is more is said in the last line, which is shown with the rest
    if scroll < last {
        let last = Rect { y: area.bottom().saturating_sub(1), height: 1, ..area };
        frame.render_widget(Clear, last);
        let more = if state.theme.ascii { "more " } else { "↓ more " };
        frame.render_widget(Line::styled(more, state.theme.style(Tone::Accent)).right_aligned(), last);
    }
}

fn lines(state: &State, room: usize) -> Vec<Line<'static>> {
    let theme = state.theme;
    match &state.overlay {
        Overlay::Help(_) => help(state, room),
        Overlay::Fix(fix, _) => {
            let fix = state.decision().and_then(|decision| decision.fixes.get(*fix));
            fix.map(|fix| blocks(&detail::fix(fix), room, theme)).unwrap_or_default()
        }
        Overlay::Contexts(at) => contexts(state, *at, room),
        Overlay::None | Overlay::Editor(_) => match (state.shown(), state.topic(), state.cluster()) {
            (Some(shown), Some(topic), Some(cluster)) => blocks(&detail::detail(&shown, &cluster.facts, topic), room, theme),
            _ => Vec::new(),
        },
    }
}

/// The keys, from the table of actions.
fn help(state: &State, room: usize) -> Vec<Line<'static>> {
    let theme = state.theme;
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
        let width = super::text::width(&keys.content);
        let sentence = super::text::wrap(entry.sentence, room.saturating_sub(width).max(20));
        for (position, line) in sentence.into_iter().enumerate() {
            let before = if position == 0 { keys.clone() } else { Span::raw(" ".repeat(width)) };
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
    ] {
        lines.push(row(sign, &Phrase::new().plain(meaning), "", room, theme));
    }
    lines.push(Line::default());
    lines.push(Line::styled("whycan only reads: nothing here changes a cluster.", theme.style(Tone::Dim)));
    lines
}

fn contexts(state: &State, at: usize, room: usize) -> Vec<Line<'static>> {
    let theme = state.theme;
    let mut lines = vec![Line::styled("ask in another context", theme.heading()), Line::default()];
    let Some(loaded) = &state.loaded else { return lines };
    for (position, cluster) in loaded.world.clusters.iter().enumerate() {
        let current = if position == state.cluster { theme.current() } else { "  " };
        let bindings = cluster.facts.count(Kind::RoleBinding) + cluster.facts.count(Kind::ClusterRoleBinding);
        let roles = cluster.facts.count(Kind::Role) + cluster.facts.count(Kind::ClusterRole);
        let words = Phrase::new()
            .with(Tone::Accent, current)
            .name(cluster.context.as_deref().unwrap_or("the facts"))
            .dim("  namespace ")
            .name(cluster.namespace.as_deref().unwrap_or("default"));
        let aside = format!("{}, {}", count(roles, "role"), count(bindings, "binding"));
        let line = row(Sign::None, &words, &safe(&aside), room, theme);
        lines.push(if position == at { line.patch_style(theme.cursor(true)) } else { line });
    }
    lines
}
