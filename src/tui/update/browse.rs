//! Actions on the answer.

use super::super::draw::page;
use super::super::message::Effect;
use super::super::state::{Editor, Field, Focus, Overlay, State};
use super::{ask, decide, edit, show, toast};
use crate::authz::Verdict;
use crate::view::actions::Action;
use crate::view::question::Words;
use crate::view::why::{Topic, fix_of};

/// Acts; an action that cannot be done now says why.
pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    if let Err(why) = available(state, action) {
        return toast(state, why.to_owned());
    }
    match action {
        Action::Quit => return vec![Effect::Quit],
        Action::Suspend => return vec![Effect::Suspend],
        Action::Redraw => return vec![Effect::Redraw],
        Action::Help => {
            let is_open = matches!(state.overlay, Overlay::Help(_));
            state.overlay = if is_open { Overlay::None } else { Overlay::Help(0) };
        }
        Action::Context => {
            let is_open = matches!(state.overlay, Overlay::Contexts(_));
            state.overlay = if is_open { Overlay::None } else { Overlay::Contexts(state.cluster) };
        }
        Action::Fix => {
            let is_open = matches!(state.overlay, Overlay::Fix(..));
            state.overlay = chosen_fix(state).filter(|_| !is_open).map_or(Overlay::None, |fix| Overlay::Fix(fix, 0));
        }
        Action::Edit => edit_question(state, None),
        Action::Identity => edit_question(state, Some(Field::Identity)),
        Action::NextPart => part(state, state.part + 1),
        Action::PreviousPart => part(state, state.part + state.answer().map_or(1, |answer| answer.parts.len()) - 1),
        Action::Before => return remembered(state, -1),
        Action::After => return remembered(state, 1),
        Action::Copy => return copy(state),
        Action::CopyYaml => return copy_yaml(state),
        Action::Open => return open(state),
        Action::Pane | Action::PaneBack => {
            state.overlay = Overlay::None;
            state.focus = if state.focus == Focus::Tree { Focus::Details } else { Focus::Tree };
        }
        Action::Toggle | Action::Left | Action::Right if is_on_tree(state) => fold(state, action),
        Action::Back | Action::Left => leave(state),
        Action::Toggle | Action::Right => travel(state, Action::PageDown),
        Action::Erase | Action::EraseNext | Action::EraseWord | Action::EraseAll => {
            return toast(state, "nothing is typed here; e edits the question".to_owned());
        }
        Action::Up | Action::Down | Action::PageUp | Action::PageDown | Action::First | Action::Last => travel(state, action),
    }
    Vec::new()
}

fn is_on_tree(state: &State) -> bool {
    state.focus == Focus::Tree && matches!(state.overlay, Overlay::None)
}

fn fold(state: &mut State, action: Action) {
    match action {
        Action::Left => state.tree.left(),
        Action::Right => state.tree.right(),
        _ => state.tree.toggle(),
    }
    state.scroll = 0;
}

/// Moves the cursor, or scrolls what is read.
fn travel(state: &mut State, action: Action) {
    let lines = page::height(state);
    if is_on_tree(state) {
        let lines = isize::try_from(lines).unwrap_or(isize::MAX);
        let moved = state.tree.step(match action {
            Action::Up => -1,
            Action::Down => 1,
            Action::PageUp => -lines,
            Action::PageDown => lines,
            Action::First => isize::MIN,
            _ => isize::MAX,
        });
        if moved {
            state.scroll = 0;
        }
        return;
    }
    let last = page::last_line(state);
    let clusters = state.loaded.as_ref().map_or(0, |loaded| loaded.world.clusters.len());
    let to = |at: u16, last: u16| {
        match action {
            Action::Up => at.min(last).saturating_sub(1),
            Action::Down => at.saturating_add(1),
            Action::PageUp => at.min(last).saturating_sub(lines),
            Action::PageDown => at.saturating_add(lines),
            Action::First => 0,
            _ => last,
        }
        .min(last)
    };
    match &mut state.overlay {
        Overlay::Help(at) | Overlay::Fix(_, at) => *at = to(*at, last),
        Overlay::Contexts(at) => {
            let bottom = u16::try_from(clusters.saturating_sub(1)).unwrap_or(u16::MAX);
            *at = usize::from(to(u16::try_from(*at).unwrap_or_default(), bottom));
        }
        Overlay::None => state.scroll = to(state.scroll, last),
        Overlay::Editor(_) => {}
    }
}

/// Closes what is open, the uppermost first.
fn leave(state: &mut State) {
    if matches!(state.overlay, Overlay::None) {
        state.focus = Focus::Tree;
    }
    state.overlay = Overlay::None;
}

/// Opens the details, chooses the request or the context under the cursor.
fn open(state: &mut State) -> Vec<Effect> {
    match (&state.overlay, state.topic()) {
        (Overlay::Contexts(at), _) => {
            let at = *at;
            return change_context(state, at);
        }
        (Overlay::Help(_) | Overlay::Fix(..), _) => state.overlay = Overlay::None,
        (Overlay::Editor(_), _) => {}
        (Overlay::None, Some(Topic::Part(chosen))) if chosen != state.part => part(state, chosen),
        (Overlay::None, Some(_)) if state.focus == Focus::Tree => state.focus = Focus::Details,
        (Overlay::None, _) => state.focus = Focus::Tree,
    }
    Vec::new()
}

fn edit_question(state: &mut State, field: Option<Field>) {
    let first = if matches!(state.question.words, Words::Line(_)) { Field::Line } else { Field::Verb };
    state.overlay = Overlay::Editor(Box::new(Editor::new(&state.question, field.unwrap_or(first))));
    edit::understand(state);
}

/// The fix that is shown, of the row under the cursor, or the first.
fn chosen_fix(state: &State) -> Option<usize> {
    match state.overlay {
        Overlay::Fix(fix, _) => Some(fix),
        _ => fix_of(state.decision()?, state.topic()),
    }
}

fn part(state: &mut State, to: usize) {
    let count = state.answer().map_or(1, |answer| answer.parts.len());
    state.part = to % count.max(1);
    state.overlay = Overlay::None;
    show(state);
}

fn remembered(state: &mut State, by: isize) -> Vec<Effect> {
    let to = state.at.saturating_add_signed(by);
    let Some((cluster, question)) = state.history.get(to).cloned() else { return Vec::new() };
    state.at = to;
    state.cluster = cluster;
    decide(state, question)
}

fn change_context(state: &mut State, cluster: usize) -> Vec<Effect> {
    state.overlay = Overlay::None;
    if cluster == state.cluster {
        return Vec::new();
    }
    state.cluster = cluster;
    if state.question.is_empty() {
        return Vec::new();
    }
    let question = state.question.clone();
    ask(state, question)
}

/// The command of the fix that is shown, that settles the gap under the cursor, or that asks the question again.
fn copy(state: &State) -> Vec<Effect> {
    if let (Some(fix), Some(decision)) = (shown_fix(state), state.decision()) {
        let commands = decision.fixes.get(fix).map(|fix| fix.commands.as_slice()).unwrap_or_default();
        // the last one only proves it
        let text = commands.split_last().map_or("", |(_, apply)| apply.first().map_or("", String::as_str)).to_owned();
        if !text.is_empty() {
            let all = commands.len() - 1;
            let text = commands.iter().take(all).map(String::as_str).collect::<Vec<_>>().join("\n");
            return vec![Effect::Copy { what: "the kubectl command of the fix".to_owned(), text }];
        }
        return copy_yaml(state);
    }
    if let (Some(Topic::Gap(gap)), Some(decision)) = (state.topic(), state.decision())
        && let Some(effect) = decision.gaps.get(gap)
    {
        return vec![Effect::Copy { what: "what settles the gap".to_owned(), text: effect.settled_by.clone() }];
    }
    let text = state.question.command(&state.flags());
    vec![Effect::Copy { what: "the command that asks this".to_owned(), text }]
}

/// The fix that is read: over the screen, or in the details.
fn shown_fix(state: &State) -> Option<usize> {
    match (&state.overlay, state.topic()) {
        (Overlay::Fix(fix, _), _) => Some(*fix),
        (_, Some(Topic::Fix(fix))) => Some(fix),
        _ => None,
    }
}

fn copy_yaml(state: &State) -> Vec<Effect> {
    let fix = chosen_fix(state).and_then(|fix| state.decision()?.fixes.get(fix));
    fix.map(|fix| Effect::Copy { what: "the YAML of the fix".to_owned(), text: fix.yaml.clone() }).into_iter().collect()
}

/// Whether an action does something now, or why not.
pub fn available(state: &State, action: Action) -> Result<(), &'static str> {
    let holds = |holds: bool, why: &'static str| if holds { Ok(()) } else { Err(why) };
    match action {
        Action::Fix | Action::CopyYaml => match state.decision() {
            None => Err("nothing has been asked yet"),
            Some(decision) if decision.verdict == Verdict::Allowed => Err("there is nothing to fix: it is allowed"),
            Some(_) => holds(chosen_fix(state).is_some(), "no fix is proposed for this: it would give too much, or several things fail"),
        },
        Action::Open => holds(
            state.topic().is_some() && state.decision().is_some() || !matches!(state.overlay, Overlay::None),
            "there is nothing to open yet",
        ),
        Action::NextPart | Action::PreviousPart => {
            holds(state.answer().is_some_and(|answer| answer.parts.len() > 1), "this question needs one request only")
        }
        Action::Before => holds(state.at > 0, "there is no question before this one"),
        Action::After => holds(state.at + 1 < state.history.len(), "there is no question after this one"),
        Action::Context => {
            holds(state.loaded.as_ref().is_some_and(|loaded| loaded.world.clusters.len() > 1), "these facts hold one cluster only")
        }
        Action::Edit | Action::Identity => holds(state.loaded.is_some(), "there are no facts to ask yet"),
        Action::Copy => holds(!state.question.is_empty(), "there is nothing to copy yet"),
        _ => Ok(()),
    }
}
