//! A command while it is typed, and what it does.

use tui_input::{Input, InputRequest};

use super::super::message::Effect;
use super::super::screens::{Goal, Screen};
use super::super::state::{Overlay, State};
use super::act::command_line;
use super::{act, ask, change, go, search, toast};
use crate::base::Failure;
use crate::view::actions::{Action, of_key};
use crate::view::command::{self, Command, Known};
use crate::view::question::{Question, Words};

/// Opens the line with a text in it.
pub fn open(state: &mut State, text: &str) {
    state.overlay = command_line(text);
    complete(state);
}

/// A key while a command is typed.
pub fn key(state: &mut State, key: &str) -> Vec<Effect> {
    let Overlay::Command(line) = &mut state.overlay else { return Vec::new() };
    let mut chars = key.chars();
    let request = match (chars.next(), chars.next(), of_key(key)) {
        (Some(c), None, _) => InputRequest::InsertChar(c),
        (_, _, Some(Action::Toggle)) => InputRequest::InsertChar(' '),
        (_, _, Some(Action::Back)) => {
            state.overlay = Overlay::None;
            return Vec::new();
        }
        (_, _, Some(Action::Redraw)) => return vec![Effect::Redraw],
        (_, _, Some(Action::Open)) => return enter(state),
        (_, _, Some(Action::Down)) => {
            line.chosen = next(line.chosen, line.completions.len(), true);
            return Vec::new();
        }
        (_, _, Some(Action::Up)) => {
            line.chosen = next(line.chosen, line.completions.len(), false);
            return Vec::new();
        }
        (_, _, Some(Action::Pane)) => {
            let chosen = line.completions.get(line.chosen.unwrap_or_default());
            if let Some(text) = chosen.map(|completion| command::completed(line.input.value(), completion)) {
                line.input = Input::new(text);
            }
            complete(state);
            return Vec::new();
        }
        (_, _, Some(action)) => match super::edit::request_of(action) {
            // a line without a letter is left
            Some(InputRequest::DeletePrevChar) if line.input.value().is_empty() => {
                state.overlay = Overlay::None;
                return Vec::new();
            }
            Some(request) => request,
            None => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    line.input.handle(request);
    complete(state);
    Vec::new()
}

/// A paste: its words, in one line.
pub fn paste(state: &mut State, text: &str) -> Vec<Effect> {
    if let Overlay::Command(line) = &mut state.overlay {
        super::edit::insert(&mut line.input, text);
    }
    complete(state);
    Vec::new()
}

/// The completion after the one chosen; past either end none is.
fn next(chosen: Option<usize>, count: usize, forward: bool) -> Option<usize> {
    match (chosen, forward) {
        _ if count == 0 => None,
        (None, true) => Some(0),
        (None, false) => Some(count - 1),
        (Some(at), true) => Some(at + 1).filter(|at| *at < count),
        (Some(at), false) => at.checked_sub(1),
    }
}

fn complete(state: &mut State) {
    let contexts: Vec<String> = state.contexts.iter().filter_map(|context| context.name.clone()).collect();
    let scene = state.scene();
    let facts = scene.as_ref().map(|scene| (&scene.snapshot.facts, &scene.snapshot.index));
    let open = state.context.clone().filter(|_| state.is_open);
    let namespaces: Vec<(String, Vec<String>)> =
        state.contexts.iter().filter_map(|context| Some((context.name.clone()?, context.namespaces.clone()))).collect();
    let Overlay::Command(line) = &mut state.overlay else { return };
    line.wrong = None;
    line.chosen = None;
    let known = Known { contexts: &contexts, facts, open: open.as_deref(), namespaces: &namespaces };
    line.completions = command::completions(line.input.value(), &known);
}

/// Takes the completion under the cursor, or does what is typed; what is wrong stays on the line.
fn enter(state: &mut State) -> Vec<Effect> {
    let Overlay::Command(line) = &mut state.overlay else { return Vec::new() };
    if let Some(completion) = line.chosen.and_then(|chosen| line.completions.get(chosen)) {
        line.input = Input::new(command::completed(line.input.value(), completion));
        complete(state);
        return Vec::new();
    }
    let text = line.input.value().trim().to_owned();
    if text.is_empty() {
        state.overlay = Overlay::None;
        return Vec::new();
    }
    match command::read(&text).and_then(|command| run(state, command)) {
        Ok(effects) => effects,
        Err(failure) => {
            let hint = failure.hints.first().map(|hint| format!(": {hint}")).unwrap_or_default();
            if let Overlay::Command(line) = &mut state.overlay {
                line.wrong = Some(format!("{}{hint}", failure.message));
            }
            Vec::new()
        }
    }
}

/// Does it.
fn run(state: &mut State, command: Command) -> Result<Vec<Effect>, Failure> {
    let goal = match command {
        Command::Why(question) => Goal::Why(named(state, question)?),
        Command::WhoCan(question) => {
            let who = Question { identity: "group:system:authenticated".to_owned(), ..question.clone() };
            named(state, who)?;
            Goal::WhoCan(Question { identity: String::new(), groups: String::new(), ..question })
        }
        Command::Can { identity, groups, namespace } => {
            let question = named_only(state, Question { identity, groups, ..Question::default() })?;
            Goal::Matrix { identity: question.identity, groups: question.groups, namespace }
        }
        Command::Rules(wanted) => Goal::Rules(wanted),
        Command::Identities => Goal::Identities,
        Command::Mapping => Goal::Mapping,
        Command::Lint => Goal::Findings,
        Command::Whoami => Goal::Walk,
        Command::Token => Goal::Token,
        Command::PasteToken => return Ok(ask::open(state)),
        Command::Cluster => Goal::Cluster,
        Command::Context(None) => Goal::Contexts,
        Command::Context(Some(name)) => {
            let is_known = state.contexts.iter().any(|row| row.name.as_deref() == Some(name.as_str()));
            if !is_known {
                return Err(Failure::usage(format!("there is no context `{name}`")));
            }
            Goal::Context(Some(name))
        }
        Command::As { identity, groups } => return ask_as(state, identity, groups),
        Command::Namespace(name) => {
            state.overlay = Overlay::None;
            state.namespace = Some(name);
            let mut effects = super::pins::decide_all(state);
            effects.extend(go::arrive(state));
            return Ok(effects);
        }
        Command::Wish(wish) => {
            state.overlay = Overlay::None;
            return Ok(change::begin(state, wish));
        }
        Command::Shell(name) => {
            let name = name.or_else(|| state.context.clone().filter(|_| state.is_open));
            if name.as_deref().is_some_and(|name| state.beyond(name).is_some()) {
                return Err(Failure::usage("kubectl does not see the file of this context, and a shell has only what it sees"));
            }
            let name = name
                .filter(|_| state.is_live)
                .ok_or_else(|| Failure::usage("no context of a kubeconfig is open, and `shell` needs one"))?;
            state.overlay = Overlay::None;
            return Ok(vec![Effect::Shell(name)]);
        }
        Command::Eks if !state.is_live => return Err(Failure::usage("recorded facts know of no AWS account")),
        Command::Eks => {
            let mut effects = go::to(state, Goal::Contexts);
            effects.extend(search::begin(state));
            return Ok(effects);
        }
        Command::Refresh => {
            state.overlay = Overlay::None;
            return Ok(act::act(state, Action::Refresh));
        }
        Command::Help => {
            state.overlay = Overlay::Help(0);
            return Ok(Vec::new());
        }
        Command::Quit => return Ok(vec![Effect::Quit]),
    };
    Ok(go::to(state, goal))
}

/// The question with whoever asked last, when it names nobody; read once, so that what is wrong is said on the line.
fn named(state: &State, question: Question) -> Result<Question, Failure> {
    let question = last_asker(state, question);
    let scene = state.scene().ok_or_else(|| Failure::usage("no context is open"))?;
    scene.in_place(|place| question.read(place, None)).map_err(|misread| misread.failure().clone())?;
    Ok(question)
}

fn named_only(state: &State, question: Question) -> Result<Question, Failure> {
    let question = last_asker(state, question);
    let scene = state.scene().ok_or_else(|| Failure::usage("no context is open"))?;
    scene.in_place(|place| question.who(place)).map_err(|misread| misread.failure().clone())?;
    Ok(question)
}

fn last_asker(state: &State, question: Question) -> Question {
    // on a cluster it is oneself who asks, as on the command line
    if !state.is_live && question.identity.is_empty() && question.groups.is_empty() {
        let Question { identity, groups, .. } = state.question.clone();
        return Question { identity, groups, ..question };
    }
    question
}

/// The same as somebody else: on the matrix theirs, else the question.
fn ask_as(state: &mut State, identity: String, groups: String) -> Result<Vec<Effect>, Failure> {
    let who = named_only(state, Question { identity, groups, ..Question::default() })?;
    let Question { identity, groups, .. } = who;
    if let Screen::Matrix(matrix) = state.screen() {
        let namespace = matrix.namespace.clone();
        return Ok(go::to(state, Goal::Matrix { identity, groups, namespace }));
    }
    let question = Question { identity: identity.clone(), groups, ..state.question.clone() };
    if matches!(&question.words, Words::Fields(fields) if fields.verb.is_empty()) {
        state.question = question;
        state.overlay = Overlay::None;
        return Ok(toast(state, format!("asking as {identity}")));
    }
    Ok(go::to(state, Goal::Why(question)))
}
