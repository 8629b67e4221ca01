//! Paints a state. Nothing here changes it, or decides anything.
//!
//! ```text
//!  acme-prod ▸ alice ▸ why: delete pods -n dev                     DEMO  READ-ONLY
//!  ✗ denied   alice may not delete pods in dev: …
//! ────────────────────────────────────────────────────────────────────────────────
//!  tree                                             │ detail (from 100 columns on)
//!
//! ────────────────────────────────────────────────────────────────────────────────
//!  ↵ open  f fix  e edit question  …                                        ? help
//! ```

mod body;
mod overlay;
mod text;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use tui_tree_widget::TreeState;

use super::state::{Overlay, SMALLEST, Stage, State};
use super::theme::Theme;
use super::update::is_available;
use crate::view::actions::{self, Action};
use crate::view::sentence;
use crate::view::why::Tone;
use text::{cut_middle, safe, width, wrap};

pub use overlay::last_line;

/// What widgets remember between frames: how far the tree is scrolled.
#[derive(Debug, Default)]
pub struct Memory {
    /// The tree's.
    pub tree: TreeState<String>,
}

/// Paints the screen.
pub fn draw(state: &State, memory: &mut Memory, frame: &mut Frame<'_>) {
    let area = frame.area();
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        let text = format!("whycan needs a terminal of {} by {}; this one is {} by {}", SMALLEST.0, SMALLEST.1, area.width, area.height);
        let lines: Vec<Line<'_>> = wrap(&text, area.width.max(1) as usize).into_iter().map(Line::from).collect();
        frame.render_widget(Paragraph::new(lines), area);
        return;
    }
    let answer = verdict_lines(state, area.width);
    let height = u16::try_from(answer.len()).unwrap_or(1);
    let [top, verdict, rule, body, below, bottom] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(height),
        Constraint::Length(1),
        Constraint::Min(3),
        Constraint::Length(1),
        Constraint::Length(1),
    ])
    .areas(area);
    frame.render_widget(breadcrumb(state, top.width), top);
    frame.render_widget(Paragraph::new(answer), verdict);
    frame.render_widget(horizontal(state.theme, rule.width), rule);
    body::draw(state, memory, frame, body);
    frame.render_widget(horizontal(state.theme, below.width), below);
    frame.render_widget(footer(state, bottom.width), bottom);
    match &state.overlay {
        Overlay::None => {}
        Overlay::Editor(editor) => overlay::editor(state, editor, frame, union(verdict, body)),
        _ => overlay::page(state, frame, union(verdict, body)),
    }
}

fn union(upper: Rect, lower: Rect) -> Rect {
    Rect { x: upper.x, y: upper.y, width: upper.width, height: lower.bottom().saturating_sub(upper.y) }
}

fn horizontal(theme: Theme, width: u16) -> Line<'static> {
    Line::styled(theme.rules().0.repeat(width as usize), theme.style(Tone::Dim))
}

/// `context ▸ identity ▸ why: question`, and on the right what kind of session this is.
fn breadcrumb(state: &State, columns: u16) -> Line<'static> {
    let theme = state.theme;
    let mut right = String::new();
    if let Some(answer) = state.answer().filter(|answer| answer.parts.len() > 1) {
        right.push_str(&format!("request {} of {}  ", state.part + 1, answer.parts.len()));
    }
    if state.demo {
        right.push_str("DEMO  ");
    }
    right.push_str("READ-ONLY ");
    let world = state.loaded.as_ref().map(|loaded| loaded.world.name.as_str()).unwrap_or_default();
    let context = state.context().unwrap_or(world);
    let who = match state.decision() {
        Some(decision) => decision.identity.to_string(),
        None => state.question.identity.clone(),
    };
    let question = match state.decision() {
        Some(decision) => format!("why: {}", decision.request),
        None if state.question.is_empty() => "why".to_owned(),
        None => format!("why: {}", state.question.summary()),
    };
    let parts: Vec<String> =
        [context.to_owned(), who, question].into_iter().filter(|part| !part.is_empty()).map(|part| safe(&part)).collect();
    let room = (columns as usize).saturating_sub(width(&right) + 2);
    let separators = theme.crumb().chars().count() * parts.len().saturating_sub(1);
    let share = room.saturating_sub(separators);
    let mut spans = vec![Span::raw(" ")];
    let mut used = 1;
    for (position, part) in parts.iter().enumerate() {
        // the question is what the reader came for: it gets what the others leave
        let is_last = position + 1 == parts.len();
        let most = if is_last { room.saturating_sub(used - 1) } else { (share / parts.len()).max(8) };
        let shown = cut_middle(part, most, theme.ellipsis());
        used += width(&shown);
        spans.push(Span::styled(shown, theme.style(if is_last { Tone::Strong } else { Tone::Plain })));
        if !is_last {
            used += theme.crumb().chars().count();
            spans.push(Span::styled(theme.crumb(), theme.style(Tone::Dim)));
        }
    }
    let gap = (columns as usize).saturating_sub(used + width(&right));
    spans.push(Span::raw(" ".repeat(gap)));
    spans.push(Span::styled(right, theme.style(Tone::Dim)));
    Line::from(spans)
}

/// The verdict first: sign, word, and the whole answer in one sentence.
fn verdict_lines(state: &State, columns: u16) -> Vec<Line<'static>> {
    let theme = state.theme;
    let plain = |text: &str| vec![Line::styled(format!(" {text}"), theme.style(Tone::Dim))];
    match &state.stage {
        Stage::Loading => plain("reading the facts"),
        Stage::Deciding => plain("deciding"),
        Stage::Nothing => plain("nothing has been asked yet"),
        Stage::Failed(failure) | Stage::Invalid(failure) => sentence_lines(" ? ", Tone::Unknown, &failure.message, columns, theme),
        Stage::Answered(_) => match state.decision() {
            None => plain("nothing has been asked yet"),
            Some(decision) => {
                let (sign, tone) = theme.verdict(decision.verdict);
                let head = format!(" {sign}{:<8} ", decision.verdict.as_str());
                sentence_lines(&head, tone, &sentence::answer(decision), columns, theme)
            }
        },
    }
}

/// A head, and a sentence wrapped beside it in at most three lines.
fn sentence_lines(head: &str, tone: Tone, sentence: &str, columns: u16, theme: Theme) -> Vec<Line<'static>> {
    let indent = width(head);
    let room = (columns as usize).saturating_sub(indent + 1).max(10);
    let mut lines: Vec<String> = wrap(&theme.text(&safe(sentence)), room);
    if lines.len() > 3 {
        lines.truncate(3);
        if let Some(last) = lines.last_mut() {
            last.push_str(theme.ellipsis());
        }
    }
    lines
        .into_iter()
        .enumerate()
        .map(|(position, line)| {
            let before = if position == 0 { head.to_owned() } else { " ".repeat(indent) };
            Line::from(vec![Span::styled(before, theme.style(tone)), Span::styled(line, theme.style(Tone::Strong))])
        })
        .collect()
}

/// The keys that do something now, the most useful first; `?` always at the end.
fn footer(state: &State, columns: u16) -> Line<'static> {
    let theme = state.theme;
    if let Some(toast) = &state.toast {
        return Line::styled(
            format!(" {}", cut_middle(&safe(&toast.text), columns as usize - 2, theme.ellipsis())),
            theme.style(Tone::Accent),
        );
    }
    let hints: Vec<(String, &str)> = match &state.overlay {
        Overlay::Editor(_) => [("tab", "next field"), ("down", "complete"), ("enter", "ask"), ("esc", "leave")]
            .into_iter()
            .map(|(key, name)| (shown_key(key, theme), name))
            .collect(),
        Overlay::None => hints_of(
            state,
            &[
                Action::Open,
                Action::Fix,
                Action::NextPart,
                Action::Edit,
                Action::Identity,
                Action::Copy,
                Action::Context,
                Action::Before,
                Action::Quit,
            ],
        ),
        Overlay::Fix(..) => hints_of(state, &[Action::Copy, Action::Back, Action::Down]),
        Overlay::Contexts(_) => hints_of(state, &[Action::Open, Action::Back]),
        Overlay::Help(_) | Overlay::Detail(_) => hints_of(state, &[Action::Back, Action::Down]),
    };
    let help = if matches!(state.overlay, Overlay::Editor(_)) { "" } else { "? help " };
    let mut spans = vec![Span::raw(" ")];
    let mut used = 1;
    for (key, name) in hints {
        let length = width(&key) + 1 + width(name) + 2;
        if used + length + width(help) > columns as usize {
            break;
        }
        used += length;
        spans.push(Span::styled(key, theme.style(Tone::Accent)));
        spans.push(Span::raw(format!(" {name}  ")));
    }
    spans.push(Span::raw(" ".repeat((columns as usize).saturating_sub(used + width(help)))));
    spans.push(Span::styled(help, theme.style(Tone::Dim)));
    Line::from(spans)
}

fn hints_of(state: &State, wanted: &[Action]) -> Vec<(String, &'static str)> {
    wanted
        .iter()
        .filter(|action| is_available(state, **action))
        .filter_map(|action| actions::entry_of(*action))
        .map(|entry| (shown_key(entry.keys.first().copied().unwrap_or_default(), state.theme), entry.name))
        .collect()
}

/// A key as it stands on the keyboard.
fn shown_key(key: &str, theme: Theme) -> String {
    match (key, theme.ascii) {
        ("enter", false) => "↵".to_owned(),
        ("up", false) => "↑".to_owned(),
        ("down", false) => "↓".to_owned(),
        ("left", false) => "←".to_owned(),
        ("right", false) => "→".to_owned(),
        (key, _) => key.to_owned(),
    }
}
