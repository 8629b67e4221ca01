//! Actions on the answer.

use super::super::message::Effect;
use super::super::state::{Editor, Field, Overlay, Question, State};
use super::{ask, decide, edit, show, toast};
use crate::view::actions::Action;
use crate::view::why::Subject;

/// How many lines a page moves.
const PAGE: u16 = 10;

/// Acts.
pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    if !is_available(state, action) {
        return Vec::new();
    }
    if let Some(effects) = on_overlay(state, action) {
        return effects;
    }
    match action {
        Action::Up => state.tree.step(-1),
        Action::Down => state.tree.step(1),
        Action::PageUp => state.tree.step(-(PAGE as isize)),
        Action::PageDown => state.tree.step(PAGE as isize),
        Action::First => state.tree.step(isize::MIN),
        Action::Last => state.tree.step(isize::MAX),
        Action::Left => state.tree.left(),
        Action::Right => state.tree.right(),
        Action::Toggle => drop(state.tree.toggle()),
        Action::Open => open(state),
        Action::Edit => edit_question(state, Field::Verb),
        Action::Identity => edit_question(state, Field::Identity),
        Action::Fix => state.overlay = chosen_fix(state).map_or(Overlay::None, |fix| Overlay::Fix(fix, 0)),
        Action::NextPart => part(state, 1),
        Action::PreviousPart => part(state, -1),
        Action::Before => return remembered(state, -1),
        Action::After => return remembered(state, 1),
        Action::Context => state.overlay = Overlay::Contexts(state.cluster),
        Action::Copy => return copy(state),
        Action::Help => state.overlay = Overlay::Help(0),
        Action::Quit => return vec![Effect::Quit],
        Action::Suspend => return vec![Effect::Suspend],
        Action::Redraw => return vec![Effect::Redraw],
        Action::Back => {}
    }
    Vec::new()
}

/// Actions while something lies over the screen; none when nothing does.
fn on_overlay(state: &mut State, action: Action) -> Option<Vec<Effect>> {
    if matches!(state.overlay, Overlay::None) {
        return None;
    }
    match action {
        Action::Quit | Action::Suspend => return None,
        Action::Back => {
            state.overlay = Overlay::None;
            return Some(Vec::new());
        }
        Action::Copy => return matches!(state.overlay, Overlay::Fix(..)).then(|| copy(state)).or_else(|| Some(Vec::new())),
        _ => {}
    }
    let scrolled = |at: u16| match action {
        Action::Up => at.saturating_sub(1),
        Action::Down => at.saturating_add(1),
        Action::PageUp => at.saturating_sub(PAGE),
        Action::PageDown => at.saturating_add(PAGE),
        Action::First => 0,
        Action::Last => u16::MAX,
        _ => at,
    };
    let last = super::super::draw::last_line(state);
    match &mut state.overlay {
        Overlay::Help(at) | Overlay::Fix(_, at) | Overlay::Detail(at) => *at = scrolled((*at).min(last)).min(last),
        Overlay::Contexts(at) => {
            let count = state.loaded.as_ref().map_or(0, |loaded| loaded.world.clusters.len());
            let at = (scrolled(u16::try_from(*at).unwrap_or_default()) as usize).min(count.saturating_sub(1));
            if action == Action::Open {
                return Some(change_context(state, at));
            }
            state.overlay = Overlay::Contexts(at);
        }
        Overlay::None | Overlay::Editor(_) => {}
    }
    // the same key that opened it closes it
    match (action, &state.overlay) {
        (Action::Help, Overlay::Help(_))
        | (Action::Fix, Overlay::Fix(..))
        | (Action::Open, Overlay::Detail(_))
        | (Action::Context, Overlay::Contexts(_)) => {
            state.overlay = Overlay::None;
        }
        _ => {}
    }
    Some(Vec::new())
}

/// Beside the detail a line unfolds; without room for it the detail opens.
fn open(state: &mut State) {
    let unfolded = state.is_wide() && state.tree.toggle();
    if !unfolded && state.tree.subject().is_some() {
        match (state.tree.subject(), chosen_fix(state)) {
            (Some(Subject::Fix(_)), Some(fix)) => state.overlay = Overlay::Fix(fix, 0),
            _ if state.is_wide() => {}
            _ => state.overlay = Overlay::Detail(0),
        }
    }
}

fn edit_question(state: &mut State, field: Field) {
    let mut question = state.question.clone();
    // what a message or a kubectl line was taken for can be edited as fields
    if let (Some(_), Some(decision)) = (question.text.take(), state.decision()) {
        question = fields(&question, decision);
    }
    state.overlay = Overlay::Editor(Editor::new(&question, field));
    edit::understand(state);
}

fn fields(question: &Question, decision: &crate::authz::Decision) -> Question {
    use crate::authz::Request;
    let identity = decision.identity.username.map(|name| crate::identity::Form::of_username(name.as_str()).to_string());
    let mut question = Question { identity: identity.unwrap_or_else(|| question.identity.clone()), ..question.clone() };
    match decision.request {
        Request::NonResource { verb, path } => {
            question.verb = verb.to_string();
            question.resource = path.to_string();
        }
        Request::Resource(request) => {
            question.verb = request.verb.to_string();
            question.resource = request.qualified();
            question.name = request.name.to_string();
            question.namespace = request.namespace.to_string();
        }
    }
    question
}

/// The fix of the near miss under the cursor, or the first.
fn chosen_fix(state: &State) -> Option<usize> {
    let decision = state.decision()?;
    let of_cursor = match state.tree.subject() {
        Some(Subject::NearMiss(miss)) => decision.near_misses.get(miss).and_then(|miss| miss.fix),
        Some(Subject::Fix(fix)) => Some(fix),
        _ => None,
    };
    of_cursor.or_else(|| (!decision.fixes.is_empty()).then_some(0))
}

fn part(state: &mut State, by: isize) {
    let count = state.answer().map_or(1, |answer| answer.parts.len());
    state.part = (state.part + count).saturating_add_signed(by) % count.max(1);
    show(state, true);
}

fn remembered(state: &mut State, by: isize) -> Vec<Effect> {
    let to = state.at.saturating_add_signed(by);
    let Some((cluster, question)) = state.history.get(to).cloned().filter(|_| to != state.at) else { return Vec::new() };
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

fn copy(state: &mut State) -> Vec<Effect> {
    if let (Overlay::Fix(fix, _), Some(decision)) = (&state.overlay, state.decision()) {
        let Some(fix) = decision.fixes.get(*fix) else { return Vec::new() };
        return vec![Effect::Copy { what: "the YAML of the fix".to_owned(), text: fix.yaml.clone() }];
    }
    if state.question.is_empty() {
        return toast(state, "there is nothing to copy yet".to_owned());
    }
    let text = state.question.command(state.context(), state.demo);
    vec![Effect::Copy { what: "the command".to_owned(), text }]
}

/// Whether an action does something now.
pub fn is_available(state: &State, action: Action) -> bool {
    match action {
        Action::Fix => matches!(state.overlay, Overlay::Fix(..)) || chosen_fix(state).is_some(),
        Action::NextPart | Action::PreviousPart => state.answer().is_some_and(|answer| answer.parts.len() > 1),
        Action::Before => state.at > 0,
        Action::After => state.at + 1 < state.history.len(),
        Action::Context => state.loaded.as_ref().is_some_and(|loaded| loaded.world.clusters.len() > 1),
        Action::Edit | Action::Identity => state.loaded.is_some(),
        Action::Copy => !state.question.is_empty(),
        _ => true,
    }
}
