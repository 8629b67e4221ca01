//! How a screen with a table is painted: what it comes to, the table, and details beside or over it.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{Listing, Missing, Stage, details};
use crate::base::text::count;
use crate::base::{Failure, FailureKind};
use crate::session::{self, Step};
use crate::tui::draw::lines::{blocks, fit, sentence_lines};
use crate::tui::draw::text::safe;
use crate::tui::draw::{Memory, hints, join, reading, table};
use crate::tui::scene::Scene;
use crate::tui::screens::Around;
use crate::tui::screens::why::Focus;
use crate::tui::state::{Overlay, State};
use crate::tui::theme::Theme;
use crate::view::phrase::{Sign, Tone};

/// The rows of the body that the titles and the legend take.
const FRAME: usize = 2;

/// The table, the line beside it, and the details.
fn panes(is_wide: bool, body: Rect) -> (Rect, Option<(Rect, Rect)>) {
    if !is_wide {
        return (body, None);
    }
    let [main, bar, details] = Layout::horizontal([Constraint::Percentage(64), Constraint::Length(1), Constraint::Min(20)]).areas(body);
    (main, Some((bar, details)))
}

/// How many rows a page holds.
pub fn height<L: Listing>(_: &L, around: &Around) -> usize {
    usize::from(around.body.height).saturating_sub(FRAME).max(1)
}

/// Where details are read.
pub fn page(around: &Around) -> Rect {
    panes(around.is_wide, around.body).1.map_or(around.over, |(_, details)| details)
}

/// The number of the last line to which the details can be scrolled.
pub fn last_line<L: Listing>(listing: &L, scene: Option<&Scene>, theme: Theme, area: Rect) -> u16 {
    reading::last(&lines(listing, scene, theme, area), area)
}

fn lines<L: Listing>(listing: &L, scene: Option<&Scene>, theme: Theme, area: Rect) -> Vec<Line<'static>> {
    scene.map(|scene| blocks(&details(listing, scene), reading::room(area), theme)).unwrap_or_default()
}

/// What it comes to, and what may be missing.
pub fn head<L: Listing>(listing: &L, state: &State, columns: u16) -> Vec<Line<'static>> {
    let theme = state.theme;
    let list = listing.list();
    let plain = |text: &str| vec![Line::styled(format!(" {text}"), theme.style(Tone::Dim))];
    match &list.stage {
        Stage::Reading if !state.is_open => return plain("no context is open; c shows them"),
        Stage::Reading => return plain("working it out"),
        Stage::Failed(failure) => {
            let (head, tone) = match failure.kind {
                FailureKind::Usage => (" not understood   ", Tone::Open),
                FailureKind::Unknown => (" unknown   ", Tone::Open),
                FailureKind::Failed | FailureKind::Unauthorized | FailureKind::ClosedPipe => (" failed   ", Tone::Bad),
            };
            return sentence_lines(head, tone, &failure.message, columns, theme);
        }
        Stage::Ready => {}
    }
    let (shown, all) = list.rows.counts();
    let filter = list.rows.filter().trim();
    let (sign, headline) = listing.headline();
    let mut lines = if filter.is_empty() {
        let (sign, style) = theme.sign(sign);
        let mut lines = sentence_lines(&format!(" {sign}"), Tone::Plain, &headline, columns, theme);
        if let Some(first) = lines.first_mut().and_then(|line| line.spans.first_mut()) {
            first.style = style;
        }
        lines
    } else {
        sentence_lines(" ", Tone::Plain, &format!("{shown} of {} with {}", listing.counted(all), safe(filter)), columns, theme)
    };
    lines.extend(listing.assumed().map(|note| Line::styled(cut(&format!(" {note}"), columns, theme), theme.style(Tone::Dim))));
    lines.extend(doubts(listing, state, columns));
    lines
}

fn cut(text: &str, columns: u16, theme: Theme) -> String {
    fit(&text.into(), usize::from(columns), theme).into_iter().map(|(text, _)| text).collect()
}

/// Why the table may lack something: what could not be read, is still being read, or was true some time ago.
fn doubts<L: Listing>(listing: &L, state: &State, columns: u16) -> Vec<Line<'static>> {
    let theme = state.theme;
    let mut doubts = Vec::new();
    let scene = state.scene();
    if let Some(Missing { first: Some(first), all, told }) = scene.as_ref().map(|scene| listing.missing(&scene.snapshot.facts)) {
        let more = if all > 1 { format!(" and {}", count(all - 1, "more gap")) } else { String::new() };
        let told = if told.is_empty() { String::new() } else { format!("; {told}") };
        doubts.push((Sign::Open, format!("could not be read: {first}{more}; {}{told}", L::MAY_BE_MISSING)));
    }
    if let session::State::Stale(failure) = &state.walk.stage(Step::Authorization).state {
        doubts.push((Sign::Open, format!("true some time ago: {}", failure.message)));
    } else if scene.is_some_and(|scene| !scene.is_whole()) {
        doubts.push((
            Sign::Open,
            match unread(state) {
                Some(failure) => format!("roles and bindings could not be read: {}; 1 shows how far it came", failure.message),
                None => format!("roles and bindings are still being read; {}", L::MAY_BE_MISSING),
            },
        ));
    }
    let line = |(sign, text): (Sign, String)| sentence_lines(&format!(" {}", theme.sign(sign).0), Tone::Open, &text, columns, theme);
    doubts.into_iter().flat_map(line).collect()
}

/// Why nothing will be read until somebody tries again.
fn unread(state: &State) -> Option<&Failure> {
    let needed = [Step::Kubeconfig, Step::Credential, Step::Authorization];
    needed.into_iter().find_map(|step| state.walk.stage(step).state.failure())
}

/// Paints it.
pub fn draw<L: Listing>(listing: &L, state: &State, memory: &mut Memory, frame: &mut Frame<'_>, body: Rect) {
    let theme = state.theme;
    let list = listing.list();
    if !matches!(list.stage, Stage::Ready) {
        frame.render_widget(Paragraph::new(hints(&next_steps(&list.stage), body.width, theme)), body);
        return;
    }
    let scene = state.scene();
    let (mut main, beside) = panes(state.is_wide(), body);
    let advice = match (list.rows.counts(), list.rows.filter().trim()) {
        (_, "") => listing.advice(scene.as_ref().map(|scene| &scene.snapshot.facts)),
        ((0, _), filter) => vec![format!("No row holds {filter}; Esc shows all of them.")],
        _ => Vec::new(),
    };
    if !advice.is_empty() {
        let lines = hints(&advice, main.width, theme);
        let [above, below] =
            Layout::vertical([Constraint::Length(u16::try_from(lines.len() + 1).unwrap_or(1)), Constraint::Min(0)]).areas(main);
        frame.render_widget(Paragraph::new(lines), above);
        main = below;
    }
    if let Some(legend) = listing.legend(theme, table::is_brief(&list.rows, L::COLUMNS, main.width)).filter(|_| main.height > 3) {
        let [above, below] = Layout::vertical([Constraint::Min(1), Constraint::Length(1)]).areas(main);
        let pieces = fit(&legend, usize::from(below.width.saturating_sub(2)), theme);
        let spans = pieces.into_iter().map(|(text, tone)| Span::styled(text, theme.style(tone)));
        frame.render_widget(Line::from(std::iter::once(Span::raw(" ")).chain(spans).collect::<Vec<_>>()), below);
        main = above;
    }
    if !list.rows.is_empty() {
        let look = table::Look { theme, is_moved: list.focus == Focus::Tree, column: listing.column() };
        table::draw(&list.rows, L::COLUMNS, look, memory, frame, main);
    }
    let is_clear = matches!(state.overlay, Overlay::None);
    match beside {
        Some((bar, details)) => {
            join(theme, frame, bar);
            reading::draw(lines(listing, scene.as_ref(), theme, details), list.scroll, theme, frame, details);
        }
        None if list.focus == Focus::Details && is_clear => {
            let over = state.around().over;
            reading::draw(lines(listing, scene.as_ref(), theme, over), list.scroll, theme, frame, over);
        }
        None => {}
    }
}

fn next_steps(stage: &Stage) -> Vec<String> {
    match stage {
        Stage::Failed(Failure { hints, .. }) => {
            hints.iter().cloned().chain(["[ goes back to what was looked at before.".to_owned()]).collect()
        }
        Stage::Reading | Stage::Ready => Vec::new(),
    }
}
