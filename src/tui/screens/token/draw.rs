//! How the screen is painted: what it is, how long it lasts, the rows, and details beside, below or over them.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use secrecy::ExposeSecret as _;

use super::{Token, standing};
use crate::tui::draw::lines::{blocks, sentence_lines, wrapped};
use crate::tui::draw::text::{safe, width, wrap};
use crate::tui::draw::{Memory, hints, join, reading, table};
use crate::tui::screens::Around;
use crate::tui::screens::why::Focus;
use crate::tui::state::{Overlay, State};
use crate::tui::theme::Theme;
use crate::view::phrase::{Phrase, Tone};
use crate::view::table::Topic;
use crate::view::token::{COLUMNS, Countdown, detail};

/// How wide the bar is of what is left.
const BAR: u16 = 16;
/// What ends within so many seconds ends soon.
const SOON: i64 = 300;
/// From so many rows on there is room for details below the rows.
const TALL: u16 = 14;

/// The rows, the line beside them, and the details.
fn panes(is_wide: bool, body: Rect) -> (Rect, Option<(Rect, Rect)>) {
    if !is_wide {
        return (body, None);
    }
    let [main, bar, details] = Layout::horizontal([Constraint::Percentage(60), Constraint::Length(1), Constraint::Min(20)]).areas(body);
    (main, Some((bar, details)))
}

/// How many rows a page has, and where details are read.
pub fn page(around: &Around) -> (usize, Rect) {
    let (main, beside) = panes(around.is_wide, around.body);
    (usize::from(main.height.max(2) / 2), beside.map_or(around.over, |(_, details)| details))
}

/// The number of the last line to which the details can be scrolled.
pub fn last_line(token: &Token, theme: Theme, area: Rect) -> u16 {
    reading::last(&details(token, theme, reading::room(area)), area)
}

fn details(token: &Token, theme: Theme, room: usize) -> Vec<Line<'static>> {
    match token.rows.topic() {
        Some(Topic::Of(about)) => blocks(&detail(&token.known.shown(), about), room, theme),
        _ => Vec::new(),
    }
}

/// What it is and whether a server takes it; below, how long it lasts.
pub fn head(token: &Token, state: &State, columns: u16) -> Vec<Line<'static>> {
    let theme = state.theme;
    let (sign, tone, said) = standing::standing(token, state);
    let sign = if tone == Tone::Accent { theme.loading() } else { theme.sign(sign).0 };
    let mut lines = sentence_lines(&format!(" {sign}"), tone, &said, columns, theme);
    if let Some(now) = state.now.unix {
        lines.extend(countdowns(&token.known.countdowns, now, columns, theme));
    }
    lines
}

fn countdowns(all: &[Countdown], now: i64, columns: u16, theme: Theme) -> Vec<Line<'static>> {
    let mut lines: Vec<Line<'static>> = Vec::new();
    for countdown in all {
        let left = countdown.left(now);
        let tone = match left {
            ..=0 => Tone::Bad,
            1..SOON => Tone::Open,
            _ => Tone::Plain,
        };
        let mut spans = vec![Span::raw("   "), Span::styled(countdown.told(now), theme.style(tone))];
        if let Some(full) = countdown.full(now, BAR) {
            let (start, block, rest, end) = if theme.ascii { ("[", "#", ".", "]") } else { ("▕", "█", "░", "▏") };
            let count = |cells: u16| usize::from(cells);
            spans.push(Span::raw(format!(" {start}")));
            spans.push(Span::styled(block.repeat(count(full)), theme.style(tone)));
            spans.push(Span::styled(rest.repeat(count(BAR - full)), theme.style(Tone::Dim)));
            spans.push(Span::raw(end));
        }
        let wide: usize = spans.iter().map(|span| width(&span.content)).sum();
        match lines.last_mut() {
            Some(last) if last.width() + wide <= usize::from(columns) => last.spans.extend(spans),
            _ => lines.push(Line::from(spans)),
        }
    }
    lines
}

/// Paints it.
pub fn draw(token: &Token, state: &State, memory: &mut Memory, frame: &mut Frame<'_>, body: Rect) {
    let theme = state.theme;
    let is_clear = matches!(state.overlay, Overlay::None);
    let over = state.around().over;
    if token.is_revealed && is_clear {
        return reading::draw(revealed(state, reading::room(over)), 0, theme, frame, over);
    }
    let (mut main, beside) = panes(state.is_wide() && !token.rows.is_empty(), body);
    let advice = standing::advice(token, state);
    if !advice.is_empty() {
        let lines = hints(&advice, main.width, theme);
        let taken = u16::try_from(lines.len() + 1).unwrap_or(1);
        let [above, below] = Layout::vertical([Constraint::Length(taken), Constraint::Min(0)]).areas(main);
        frame.render_widget(Paragraph::new(lines), above);
        main = below;
    }
    if token.rows.is_empty() {
        return;
    }
    let look = table::Look { theme, is_moved: token.focus == Focus::Tree, column: None };
    if let Some((bar, area)) = beside {
        table::draw(&token.rows, &COLUMNS, look, memory, frame, main);
        join(theme, frame, bar);
        return reading::draw(details(token, theme, reading::room(area)), token.scroll, theme, frame, area);
    }
    let mut lines = details(token, theme, reading::room(main));
    lines.insert(0, Line::styled(theme.rules().0.repeat(reading::room(main)), theme.style(Tone::Dim)));
    let below = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(main.height / 2);
    let below = if main.height < TALL { 0 } else { below };
    let [rows, under] = Layout::vertical([Constraint::Min(1), Constraint::Length(below)]).areas(main);
    table::draw(&token.rows, &COLUMNS, look, memory, frame, rows);
    if below > 0 {
        reading::draw(lines, 0, theme, frame, under);
    }
    if token.focus == Focus::Details && is_clear {
        reading::draw(details(token, theme, reading::room(over)), token.scroll, theme, frame, over);
    }
}

/// The token itself, broken where a line ends.
fn revealed(state: &State, room: usize) -> Vec<Line<'static>> {
    let Some(secret) = state.walk.presented.as_ref().and_then(|presented| presented.secret.as_ref()) else { return Vec::new() };
    let said = Phrase::new().with(Tone::Open, "the token itself: it is hidden again within ten seconds; x hides it now");
    let mut lines = wrapped(&said, room, 0, state.theme);
    lines.push(Line::default());
    lines.extend(wrap(&safe(secret.expose_secret()), room).into_iter().map(Line::from));
    lines
}
