//! Actions: those that mean the same on every screen, then those of the screen.

use super::super::draw::help_range;
use super::super::message::Effect;
use super::super::screens::why::scrolled;
use super::super::screens::{Goal, Outcome, Screen};
use super::super::state::{CommandLine, Editor, Field, Overlay, State};
use super::{ask, change, command, edit, go, pins, search, session, toast, token};
use crate::view::actions::Action;
use crate::view::change::Wish;
use crate::view::question::{Question, Words};
use crate::view::rules::Wanted;

/// Acts; an action that cannot be done now says why.
pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    if let Overlay::Help(at) = state.overlay {
        match action {
            Action::Up | Action::Down | Action::PageUp | Action::PageDown | Action::First | Action::Last => {
                let (last, lines) = help_range(state);
                state.overlay = Overlay::Help(scrolled(at, action, lines, last));
                return Vec::new();
            }
            Action::Right | Action::Toggle => return act(state, Action::PageDown),
            Action::Help | Action::Back | Action::Open | Action::Left => {
                state.overlay = Overlay::None;
                return Vec::new();
            }
            _ => state.overlay = Overlay::None,
        }
    }
    if let Err(why) = available(state, action) {
        return toast(state, why.to_owned());
    }
    if state.failed.is_none() && state.screen().face().available(action).is_some() {
        let around = state.around();
        let outcome = state.history.now.screen.face_mut().act(action, &around);
        return match outcome {
            Outcome::Done => Vec::new(),
            Outcome::Say(text) => toast(state, text),
            Outcome::Token(deed) => token::act(state, deed),
            Outcome::LookInto(context) => session::look_into(state, context),
            Outcome::Go(goal) => go::inside(state, goal),
            Outcome::Effect(effect) => vec![effect],
            Outcome::Search(true) => search::begin(state),
            Outcome::Search(false) => search::stop(state),
            Outcome::Change(wish) => change::begin(state, wish),
            Outcome::Type(text) => {
                command::open(state, &text);
                Vec::new()
            }
        };
    }
    everywhere(state, action)
}

/// What means the same on every screen.
fn everywhere(state: &mut State, action: Action) -> Vec<Effect> {
    match action {
        Action::Quit => return vec![Effect::Quit],
        Action::Suspend => return vec![Effect::Suspend],
        Action::Redraw => return vec![Effect::Redraw],
        Action::Refresh => return vec![Effect::Refresh],
        Action::Cancel => return super::session::cancel(state),
        Action::Help => state.overlay = Overlay::Help(0),
        Action::Command => command::open(state, ""),
        Action::Filter => {
            let text = state.screen().face().filter().unwrap_or_default().to_owned();
            state.overlay = Overlay::Filter(tui_input::Input::new(text));
        }
        Action::Edit => edit_question(state),
        Action::Identity => ask_as(state),
        Action::WhoCan => {
            let question = Question { identity: String::new(), groups: String::new(), ..state.question.clone() };
            return go::inside(state, Goal::WhoCan(question));
        }
        Action::Pin => return pins::toggle(state),
        Action::Undo => return change::begin(state, Wish::Undo),
        Action::Before => return go::back(state),
        Action::After => return go::forward(state),
        Action::Back => return go::up(state),
        Action::Copy => return copy(state),
        Action::Contexts => return go::to(state, Goal::Contexts),
        Action::ShowWalk => return go::to(state, Goal::Walk),
        Action::ShowToken => return go::to(state, Goal::Token),
        Action::PasteToken => return ask::open(state),
        Action::LogIn => return token::log_in(state),
        Action::ShowWhy => return go::why(state),
        Action::ShowWhoCan if state.question.is_empty() => command::open(state, "who-can "),
        Action::ShowWhoCan => {
            let question = Question { identity: String::new(), groups: String::new(), ..state.question.clone() };
            return go::to(state, Goal::WhoCan(question));
        }
        Action::ShowMatrix => {
            let Question { identity, groups, .. } = state.question.clone();
            return go::to(state, Goal::Matrix { identity, groups, namespace: None });
        }
        Action::ShowRules => return go::to(state, Goal::Rules(Wanted::default())),
        Action::ShowIdentities => return go::to(state, Goal::Identities),
        Action::ShowMapping => return go::to(state, Goal::Mapping),
        Action::ShowFindings => return go::to(state, Goal::Findings),
        Action::ShowCluster => return go::to(state, Goal::Cluster),
        _ => {}
    }
    Vec::new()
}

fn edit_question(state: &mut State) {
    if let Screen::WhoCan(who_can) = state.screen() {
        let text = format!("who-can {}", who_can.question.shown());
        return command::open(state, &text);
    }
    let field = if matches!(state.question.words, Words::Line(_)) { Field::Line } else { Field::Verb };
    open_editor(state, field);
}

fn ask_as(state: &mut State) {
    if state.why().is_some() { open_editor(state, Field::Identity) } else { command::open(state, "as ") }
}

fn open_editor(state: &mut State, field: Field) {
    let question = state.why().map_or_else(|| state.question.clone(), |why| why.question.clone());
    state.overlay = Overlay::Editor(Box::new(Editor::new(&question, field)));
    edit::understand(state);
}

/// The command that prints what the screen shows.
fn copy(state: &State) -> Vec<Effect> {
    let Some(command) = state.screen().face().command() else { return Vec::new() };
    let words: Vec<String> = std::iter::once("whycan".to_owned()).chain(state.flags()).chain([command]).collect();
    vec![Effect::Copy { what: "the command that prints this".to_owned(), text: words.join(" ") }]
}

/// Whether an action does something now; the hints leave the others out.
pub fn is_available(state: &State, action: Action) -> bool {
    available(state, action).is_ok()
}

/// Whether an action does something now, or why not.
fn available(state: &State, action: Action) -> Result<(), &'static str> {
    let holds = |holds: bool, why: &'static str| if holds { Ok(()) } else { Err(why) };
    if state.failed.is_none()
        && let Some(here) = state.screen().face().available(action)
    {
        return here;
    }
    match action {
        Action::Fix | Action::CopyYaml | Action::NextPart | Action::PreviousPart => {
            Err("this belongs to the answer of a question; 2 shows it")
        }
        Action::Open => Err("there is nothing to open here"),
        Action::Filter => holds(state.screen().face().filter().is_some(), "there are no rows here to choose from"),
        Action::Before => holds(state.history.has_before(), "nothing was looked at before this"),
        Action::After => holds(state.history.has_after(), "nothing was looked at after this"),
        Action::Edit | Action::Identity => holds(state.is_open, "there are no facts to ask yet"),
        Action::WhoCan => holds(!state.question.is_empty(), "nothing has been asked yet; e asks"),
        Action::Pin => holds(state.why().is_some_and(|why| !why.question.is_empty()), "questions are pinned on the why screen; 2 shows it"),
        Action::Copy => holds(state.screen().face().command().is_some(), "there is nothing to copy here"),
        Action::Refresh => holds(state.is_live, "recorded facts do not change"),
        Action::MakeCurrent | Action::Namespace | Action::Rename | Action::Delete | Action::Add | Action::Shell | Action::Arrange => {
            Err("this belongs to the contexts; c shows them")
        }
        Action::LogIn => holds(state.plugin().is_some(), "the context presents nothing that a plugin gives"),
        Action::Undo => holds(state.is_live, "recorded facts come from no kubeconfig"),
        Action::Cancel => holds(state.walk.is_loading(), "nothing is being read"),
        Action::Erase | Action::EraseNext | Action::EraseWord | Action::EraseAll => Err("nothing is typed here; e edits the question"),
        _ => Ok(()),
    }
}

/// A command line with a text in it.
pub fn command_line(text: &str) -> Overlay {
    Overlay::Command(Box::new(CommandLine::new(text)))
}
