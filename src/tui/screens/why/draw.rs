//! How the answer is painted: the verdict, the tree and, where there is room, details beside it.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{Focus, Stage, Why, page, tree};
use crate::authz::{Decision, Verdict};
use crate::base::Failure;
use crate::base::text::count;
use crate::facts::Kind;
use crate::session::{NOT_HEARD, State as Standing, Step};
use crate::tui::draw::Memory;
use crate::tui::draw::join;
use crate::tui::draw::lines::{sentence_lines, wrapped};
use crate::tui::scene::Scene;
use crate::tui::state::{Overlay, State};
use crate::view::phrase::{Phrase, Sign, Tone};
use crate::view::sentence;

/// How wide the verdict is before its sentence.
const HEAD: usize = 13;

/// The parts of the screen.
#[derive(Clone, Copy, Debug)]
pub struct Panes {
    main: Rect,
    bar: Option<Rect>,
    /// Where details stand; none where there is no room beside the tree.
    pub details: Option<Rect>,
}

/// Divides the screen.
pub fn panes(why: &Why, is_wide: bool, body: Rect) -> Panes {
    if !is_wide || !matches!(why.stage, Stage::Answered(_)) {
        return Panes { main: body, bar: None, details: None };
    }
    let [main, bar, details] = Layout::horizontal([Constraint::Percentage(56), Constraint::Length(1), Constraint::Min(20)]).areas(body);
    Panes { main, bar: Some(bar), details: Some(details) }
}

/// Paints it.
pub fn draw(why: &Why, state: &State, memory: &mut Memory, frame: &mut Frame<'_>, body: Rect) {
    let panes = panes(why, state.is_wide(), body);
    let theme = state.theme;
    let scene = state.scene();
    if matches!(why.stage, Stage::Answered(_)) {
        tree::draw(why, theme, memory, frame, panes.main);
    } else {
        frame.render_widget(Paragraph::new(next_steps(why, state, panes.main.width)), panes.main);
    }
    if let (Some(bar), Some(details)) = (panes.bar, panes.details) {
        join(theme, frame, bar);
        if why.fix.is_none() {
            page::draw(why, theme, scene.as_ref(), frame, details);
        }
    }
    let is_over = why.fix.is_some() || panes.details.is_none() && why.focus == Focus::Details;
    if is_over && matches!(state.overlay, Overlay::None) {
        page::draw(why, theme, scene.as_ref(), frame, state.around().over);
    }
}

/// The verdict first: sign, word, and the whole answer in one sentence.
pub fn head(why: &Why, state: &State, columns: u16) -> Vec<Line<'static>> {
    let theme = state.theme;
    let plain = |text: &str| vec![Line::styled(format!(" {text}"), theme.style(Tone::Dim))];
    match &why.stage {
        Stage::Loading if state.is_live => plain("reading the kubeconfig"),
        Stage::Loading => plain("reading the facts"),
        Stage::Deciding => plain("deciding"),
        Stage::Nothing => plain("nothing has been asked yet"),
        Stage::Waiting => plain("the server has not said yet who you are"),
        Stage::Blocked(why, _) => sentence_lines(&format!(" {}", theme.sign(Sign::Fails).0), Tone::Bad, why, columns, theme),
        Stage::Invalid(failure) => sentence_lines(" not understood   ", Tone::Open, &failure.message, columns, theme),
        Stage::Answered(_) => why.decision().map_or_else(Vec::new, |decision| {
            let (sign, tone) = theme.verdict(decision.verdict);
            let head = format!(" {sign}{:<9} ", decision.verdict.as_str());
            let mut lines = sentence_lines(&head, tone, &sentence::answer(decision), columns, theme);
            lines.extend(beside(decision, state, columns));
            let pin = state.pin_of(&why.question);
            if let Some(flip) = pin.and_then(|pin| pin.flip.as_ref()) {
                let head = format!(" {}{:<9} ", theme.flipped(), flip.at);
                lines.extend(sentence_lines(&head, Tone::Accent, &flip.sentence, columns, theme));
            }
            lines
        }),
    }
}

/// What the verdict rests on, besides roles and bindings: the server's own verdict, or why there is none, and since when what
/// is known is not kept up.
fn beside(decision: &Decision, state: &State, columns: u16) -> Vec<Line<'static>> {
    let theme = state.theme;
    let not_heard = decision.notes.iter().find(|note| note.starts_with(NOT_HEARD)).cloned();
    // where whycan cannot tell, the verdict is the server's, and the sentence says so
    let is_told = decision.computed == Verdict::Unknown && decision.verdict != Verdict::Unknown;
    let said = sentence::server(decision).filter(|_| !is_told);
    let tone = if decision.agrees() == Some(true) { Tone::Dim } else { Tone::Open };
    let is_stale = matches!(state.walk.stage(Step::Authorization).state, Standing::Stale(_));
    let since = state.stale_since.as_deref().unwrap_or("some time");
    let stale = is_stale.then(|| (Tone::Open, format!("true at {since}; the server is out of reach since then")));
    let room = usize::from(columns).saturating_sub(HEAD + 1);
    let indented = |line: Line<'static>| Line::from(std::iter::once(Span::raw(" ".repeat(HEAD))).chain(line.spans).collect::<Vec<_>>());
    let told = said.or(not_heard).map(|said| (tone, said)).into_iter().chain(stale);
    let lines = told.flat_map(|(tone, said)| wrapped(&Phrase::new().with(tone, said), room, 0, theme).into_iter().take(2));
    lines.map(indented).collect()
}

/// What to do while there is no answer.
fn next_steps(why: &Why, state: &State, columns: u16) -> Vec<Line<'static>> {
    let theme = state.theme;
    let hinted = |failure: &Failure, last: &str| failure.hints.iter().cloned().chain([last.to_owned()]).collect();
    let texts: Vec<String> = match &why.stage {
        Stage::Invalid(failure) => hinted(failure, "e edits the question; [ goes back to the one before."),
        Stage::Nothing => [
            "e       asks: a verb, a resource, a namespace, and who",
            "paste   a message: Error from server (Forbidden): pods is forbidden: User …",
            "paste   a command: kubectl exec web-0 -n dev --as alice",
        ]
        .map(str::to_owned)
        .into_iter()
        .chain(state.scene().iter().flat_map(known))
        .collect(),
        Stage::Waiting => {
            ["i asks as somebody by name meanwhile.", "x stops waiting.", "1 shows how far it has come."].map(str::to_owned).into()
        }
        Stage::Blocked(_, failure) => {
            let hints = failure.hints.iter().cloned().chain(["1 shows how far it came; r tries again.".to_owned()]);
            std::iter::once(failure.message.clone()).filter(|message| !message.is_empty()).chain(hints).collect()
        }
        Stage::Loading | Stage::Deciding | Stage::Answered(_) => Vec::new(),
    };
    let room = usize::from(columns).saturating_sub(4);
    // what to type stands in a column of its own
    let indent = if matches!(why.stage, Stage::Nothing) { 8 } else { 2 };
    let lines = texts.into_iter().flat_map(|text| wrapped(&Phrase::new().plain(text), room, indent, theme));
    let indented = lines.map(|line| Line::from(std::iter::once(Span::raw("   ")).chain(line.spans).collect::<Vec<_>>()));
    std::iter::once(Line::default()).chain(indented).collect()
}

/// What is known, while nothing is asked of it.
fn known(scene: &Scene) -> Vec<String> {
    let facts = &scene.snapshot.facts;
    let counted = |kind: Kind| count(facts.count(kind), kind.as_str());
    let mut said = vec![String::new(), format!("known   {}", Kind::RBAC.map(counted).join(", "))];
    said.extend(facts.gaps().iter().take(3).map(|gap| format!("missing {}: {}", gap.what, gap.why)));
    let more = facts.gaps().len().saturating_sub(3);
    said.extend((more > 0).then(|| format!("        and {}", count(more, "more gap"))));
    said
}
