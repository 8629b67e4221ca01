//! Paints a state. Nothing here changes it, or decides anything.
//!
//! ```text
//!  acme-prod ▸ alice ▸ why: delete pods in dev                     DEMO  READ-ONLY
//!  ✗ denied   alice may not delete pods in dev: …
//! ────────────────────────────────────────────────────────────────────────────────
//!  tree                                             │ details (from 100 columns on)
//!
//! ────────────────────────────────────────────────────────────────────────────────
//!  ↵ details  f fix  e edit  …                                              ? help
//! ```

mod editor;
mod lines;
pub mod page;
pub mod text;
mod tree;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};
use tui_tree_widget::TreeState;

use super::state::{Focus, Overlay, SMALLEST, Stage, State, WIDE};
use super::theme::Theme;
use super::update::is_available;
use crate::base::Failure;
use crate::base::text::count;
use crate::facts::Kind;
use crate::view::actions::{self, Action};
use crate::view::phrase::{Phrase, Tone};
use crate::view::sentence;
use lines::wrapped;
use text::{cut_middle, safe, width, wrap};

/// What widgets remember between frames: how far the tree is scrolled.
#[derive(Debug, Default)]
pub struct Memory {
    /// The tree's.
    pub tree: TreeState<String>,
}

/// The parts of the screen.
#[derive(Clone, Copy, Debug)]
pub struct Areas {
    top: Rect,
    verdict: Rect,
    upper: Rect,
    main: Rect,
    bar: Option<Rect>,
    details: Option<Rect>,
    lower: Rect,
    bottom: Rect,
    over: Rect,
}

/// Divides the screen.
pub fn areas(state: &State, whole: Rect) -> Areas {
    let verdict = u16::try_from(verdict_lines(state, whole.width).len()).unwrap_or(1);
    let [top, verdict, upper, body, lower, bottom] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(verdict),
        Constraint::Length(1),
        Constraint::Min(3),
        Constraint::Length(1),
        Constraint::Length(1),
    ])
    .areas(whole);
    let over = Rect { x: whole.x, y: verdict.y, width: whole.width, height: lower.y.saturating_sub(verdict.y) };
    let is_divided = whole.width >= WIDE && matches!(state.stage, Stage::Answered(_));
    if !is_divided {
        return Areas { top, verdict, upper, main: body, bar: None, details: None, lower, bottom, over };
    }
    let [main, bar, details] = Layout::horizontal([Constraint::Percentage(56), Constraint::Length(1), Constraint::Min(20)]).areas(body);
    Areas { top, verdict, upper, main, bar: Some(bar), details: Some(details), lower, bottom, over }
}

/// Paints the screen.
pub fn draw(state: &State, memory: &mut Memory, frame: &mut Frame<'_>) {
    let whole = frame.area();
    if whole.width < SMALLEST.0 || whole.height < SMALLEST.1 {
        let text = format!("whycan needs a terminal of {} by {}; this one is {} by {}", SMALLEST.0, SMALLEST.1, whole.width, whole.height);
        let lines: Vec<Line<'_>> = wrap(&text, usize::from(whole.width.max(1))).into_iter().map(Line::from).collect();
        frame.render_widget(Paragraph::new(lines), whole);
        return;
    }
    let areas = areas(state, whole);
    let theme = state.theme;
    frame.render_widget(breadcrumb(state, areas.top.width), areas.top);
    frame.render_widget(Paragraph::new(verdict_lines(state, areas.verdict.width)), areas.verdict);
    frame.render_widget(horizontal(theme, areas.upper.width), areas.upper);
    frame.render_widget(horizontal(theme, areas.lower.width), areas.lower);
    if matches!(state.stage, Stage::Answered(_)) {
        tree::draw(state, memory, frame, areas.main);
    } else {
        frame.render_widget(Paragraph::new(next_steps(state, areas.main.width)), areas.main);
    }
    if let (Some(bar), Some(details)) = (areas.bar, areas.details) {
        join(theme, frame, bar);
        if matches!(state.overlay, Overlay::None | Overlay::Editor(_)) {
            page::draw(state, frame, details);
        }
    }
    match &state.overlay {
        Overlay::None if areas.details.is_none() && state.focus == Focus::Details => page::draw(state, frame, areas.over),
        Overlay::None => {}
        Overlay::Editor(editor) => editor::draw(state, editor, frame, areas.over),
        _ => {
            frame.render_widget(Clear, areas.over);
            page::draw(state, frame, areas.over);
        }
    }
    frame.render_widget(footer(state, areas.bottom.width), areas.bottom);
}

/// The line between tree and details, joined to those above and below.
fn join(theme: Theme, frame: &mut Frame<'_>, bar: Rect) {
    let (_, vertical, down, up) = theme.rules();
    let style = theme.style(Tone::Dim);
    let lines: Vec<Line<'_>> = (0..bar.height).map(|_| Line::styled(vertical, style)).collect();
    frame.render_widget(Paragraph::new(lines), bar);
    frame.render_widget(Line::styled(down, style), Rect { y: bar.y.saturating_sub(1), height: 1, ..bar });
    frame.render_widget(Line::styled(up, style), Rect { y: bar.bottom(), height: 1, ..bar });
}

fn horizontal(theme: Theme, width: u16) -> Line<'static> {
    Line::styled(theme.rules().0.repeat(usize::from(width)), theme.style(Tone::Dim))
}

/// `context ▸ identity ▸ why: question`, and on the right what kind of session this is.
fn breadcrumb(state: &State, columns: u16) -> Line<'static> {
    let theme = state.theme;
    let mut right = Phrase::new();
    if let Some(answer) = state.answer().filter(|answer| answer.parts.len() > 1) {
        right = right.plain(format!("request {} of {}  ", state.part + 1, answer.parts.len()));
    }
    if state.demo {
        right = right.with(Tone::Accent, "DEMO  ");
    }
    let right = right.dim("READ-ONLY ");
    let world = state.loaded.as_ref().map(|loaded| loaded.world.name.as_str()).unwrap_or_default();
    let context = state.context().unwrap_or(world);
    let who = state.decision().map_or_else(|| state.question.identity.clone(), |decision| decision.identity.to_string());
    let question = match state.decision() {
        Some(decision) => format!("why: {}", decision.request),
        None if state.question.is_empty() => "why".to_owned(),
        None => format!("why: {}", state.question.shown()),
    };
    let parts: Vec<String> =
        [context.to_owned(), who, question].into_iter().filter(|part| !part.is_empty()).map(|part| safe(&part)).collect();
    let room = usize::from(columns).saturating_sub(width(&right.text()) + 3);
    let mut words = Phrase::new();
    let last = parts.len().saturating_sub(1);
    for (position, part) in parts.into_iter().enumerate() {
        words = if position == 0 { words } else { words.dim(theme.crumb()) };
        // the question is what the reader came for: the others are cut first
        words = if position == last { words.plain(part) } else { words.name(part) };
    }
    let fitted = lines::fit(&words, room, theme);
    let used: usize = fitted.iter().map(|(text, _)| width(text)).sum();
    let mut spans = vec![Span::raw(" ")];
    let tone = |tone: Tone| match tone {
        Tone::Plain => Tone::Name,
        Tone::Name => Tone::Plain,
        other => other,
    };
    spans.extend(fitted.into_iter().map(|(text, piece)| Span::styled(text, theme.style(tone(piece)))));
    spans.push(Span::raw(" ".repeat(usize::from(columns).saturating_sub(used + 1 + width(&right.text())))));
    spans.extend(right.pieces.into_iter().map(|piece| Span::styled(piece.text, theme.style(piece.tone))));
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
        Stage::Failed(failure) => sentence_lines(" failed   ", Tone::Bad, &failure.message, columns, theme),
        Stage::Invalid(failure) => sentence_lines(" not understood   ", Tone::Open, &failure.message, columns, theme),
        Stage::Answered(_) => state.decision().map_or_else(Vec::new, |decision| {
            let (sign, tone) = theme.verdict(decision.verdict);
            let head = format!(" {sign}{:<9} ", decision.verdict.as_str());
            sentence_lines(&head, tone, &sentence::answer(decision), columns, theme)
        }),
    }
}

/// A head, and a sentence wrapped beside it in at most three lines.
fn sentence_lines(head: &str, tone: Tone, sentence: &str, columns: u16, theme: Theme) -> Vec<Line<'static>> {
    let indent = width(head);
    let room = usize::from(columns).saturating_sub(indent + 1).max(10);
    let mut lines = wrapped(&Phrase::new().plain(sentence), room, 0, theme);
    if lines.len() > 3 {
        lines.truncate(3);
        if let Some(last) = lines.last_mut() {
            last.push_span(theme.ellipsis());
        }
    }
    let style = theme.style(tone).add_modifier(ratatui::style::Modifier::BOLD);
    let put = |(position, line): (usize, Line<'static>)| {
        let before = if position == 0 { Span::styled(head.to_owned(), style) } else { Span::raw(" ".repeat(indent)) };
        Line::from(std::iter::once(before).chain(line.spans).collect::<Vec<_>>())
    };
    lines.into_iter().enumerate().map(put).collect()
}

/// What to do while there is no answer.
fn next_steps(state: &State, columns: u16) -> Vec<Line<'static>> {
    let theme = state.theme;
    let hinted = |failure: &Failure, last: &str| failure.hints.iter().cloned().chain([last.to_owned()]).collect();
    let texts: Vec<String> = match &state.stage {
        Stage::Failed(failure) => hinted(failure, "q leaves."),
        Stage::Invalid(failure) => hinted(failure, "e edits the question; [ goes back to the one before."),
        Stage::Nothing => [
            "e       asks: a verb, a resource, a namespace, and who",
            "paste   a message: Error from server (Forbidden): pods is forbidden: User …",
            "paste   a command: kubectl exec web-0 -n dev --as alice",
        ]
        .map(str::to_owned)
        .into_iter()
        .chain(known(state))
        .collect(),
        Stage::Loading | Stage::Deciding | Stage::Answered(_) => Vec::new(),
    };
    let room = usize::from(columns).saturating_sub(4);
    let lines = texts.into_iter().flat_map(|text| wrapped(&Phrase::new().plain(text), room, 8, theme));
    let indented = lines.map(|line| Line::from(std::iter::once(Span::raw("   ")).chain(line.spans).collect::<Vec<_>>()));
    std::iter::once(Line::default()).chain(indented).collect()
}

/// What is known, while nothing is asked of it.
fn known(state: &State) -> Vec<String> {
    let Some(cluster) = state.cluster() else { return Vec::new() };
    let counted = |kind: Kind| count(cluster.facts.count(kind), kind.as_str());
    let mut said = vec![String::new(), format!("known   {}", Kind::RBAC.map(counted).join(", "))];
    said.extend(cluster.facts.gaps().iter().take(3).map(|gap| format!("missing {}: {}", gap.what, gap.why)));
    let more = cluster.facts.gaps().len().saturating_sub(3);
    said.extend((more > 0).then(|| format!("        and {}", count(more, "more gap"))));
    said
}

/// The keys that do something now, the most useful first; `?` always at the end.
fn footer(state: &State, columns: u16) -> Line<'static> {
    let theme = state.theme;
    if let Some(toast) = &state.toast {
        return Line::styled(
            format!(" {}", cut_middle(&safe(&toast.text), usize::from(columns) - 2, theme.ellipsis())),
            theme.style(Tone::Accent),
        );
    }
    if state.is_deciding && matches!(state.stage, Stage::Answered(_)) {
        return Line::styled(" deciding the new question", theme.style(Tone::Accent));
    }
    let is_reading = state.focus == Focus::Details;
    let hints: Vec<(String, &str)> = match &state.overlay {
        Overlay::Editor(_) => [("enter", "ask"), ("tab", "next field"), ("down", "complete"), ("esc", "keep the old question")]
            .into_iter()
            .map(|(key, name)| (theme.key(key), name))
            .collect(),
        Overlay::None if is_reading => hints_of(state, &[Action::Back, Action::Down, Action::PageDown, Action::Fix, Action::Copy]),
        Overlay::None => hints_of(
            state,
            &[
                Action::Open,
                Action::Fix,
                Action::Edit,
                Action::Identity,
                Action::Copy,
                Action::NextPart,
                Action::Context,
                Action::Before,
                Action::After,
                Action::Quit,
            ],
        ),
        Overlay::Fix(..) => hints_of(state, &[Action::Copy, Action::CopyYaml, Action::Back, Action::Down, Action::PageDown]),
        Overlay::Contexts(_) => vec![(theme.key("enter"), "choose"), (theme.key("esc"), "back")],
        Overlay::Help(_) => hints_of(state, &[Action::Back, Action::Down, Action::PageDown]),
    };
    let help = if matches!(state.overlay, Overlay::Editor(_)) { "" } else { "? help " };
    let mut spans = vec![Span::raw(" ")];
    let mut used = 1;
    for (key, name) in hints {
        let length = width(&key) + 1 + width(name) + 2;
        if used + length + width(help) > usize::from(columns) {
            break;
        }
        used += length;
        spans.push(Span::styled(key, theme.style(Tone::Accent)));
        spans.push(Span::raw(format!(" {name}  ")));
    }
    spans.push(Span::raw(" ".repeat(usize::from(columns).saturating_sub(used + width(help)))));
    spans.push(Span::styled(help, theme.style(Tone::Dim)));
    Line::from(spans)
}

fn hints_of(state: &State, wanted: &[Action]) -> Vec<(String, &'static str)> {
    wanted
        .iter()
        .filter(|action| is_available(state, **action))
        .filter_map(|action| actions::entry_of(*action))
        .map(|entry| (state.theme.key(entry.keys.first().copied().unwrap_or_default()), entry.name))
        .collect()
}
