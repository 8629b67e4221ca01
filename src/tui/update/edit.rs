//! Editing the question.

use tui_input::InputRequest;

use super::super::effect;
use super::super::message::Effect;
use super::super::state::{Editor, Field, Overlay, Question, State};
use super::ask;
use crate::view::complete;

/// The longest text that is taken from a paste.
const LONGEST: usize = 16 << 10;

/// A key while the question is edited.
pub fn key(state: &mut State, key: &str) -> Vec<Effect> {
    let Overlay::Editor(editor) = &mut state.overlay else { return Vec::new() };
    let request = match key {
        "esc" => {
            // the question that was there is still there
            state.overlay = Overlay::None;
            return Vec::new();
        }
        "enter" => return enter(state),
        "tab" => {
            accept(editor);
            editor.step(true);
            None
        }
        "backtab" => {
            editor.step(false);
            None
        }
        "down" => {
            choose(editor, 1);
            return Vec::new();
        }
        "up" => {
            choose(editor, -1);
            return Vec::new();
        }
        "backspace" | "ctrl-h" => Some(InputRequest::DeletePrevChar),
        "delete" => Some(InputRequest::DeleteNextChar),
        "left" => Some(InputRequest::GoToPrevChar),
        "right" => Some(InputRequest::GoToNextChar),
        "home" | "ctrl-a" => Some(InputRequest::GoToStart),
        "end" | "ctrl-e" => Some(InputRequest::GoToEnd),
        "ctrl-w" => Some(InputRequest::DeletePrevWord),
        "ctrl-u" => Some(InputRequest::DeleteLine),
        "ctrl-k" => Some(InputRequest::DeleteTillEnd),
        "space" => Some(InputRequest::InsertChar(' ')),
        typed => {
            let mut chars = typed.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => Some(InputRequest::InsertChar(c)),
                _ => return Vec::new(),
            }
        }
    };
    if let Some(request) = request {
        editor.handle(request);
        editor.chosen = None;
    }
    understand(state);
    Vec::new()
}

/// Takes the completion under the cursor.
fn accept(editor: &mut Editor) {
    if let Some(text) = editor.chosen.and_then(|chosen| editor.completions.get(chosen)).cloned() {
        editor.set(&text);
    }
    editor.chosen = None;
}

fn choose(editor: &mut Editor, by: isize) {
    let count = editor.completions.len();
    if count == 0 {
        return;
    }
    editor.chosen = match (editor.chosen, by) {
        (None, 1) => Some(0),
        (None, _) => Some(count - 1),
        // past either end the cursor is in the field again
        (Some(0), -1) => None,
        (Some(at), _) => Some(at.saturating_add_signed(by)).filter(|at| *at < count),
    };
}

/// Takes a completion, or asks.
fn enter(state: &mut State) -> Vec<Effect> {
    let Overlay::Editor(editor) = &mut state.overlay else { return Vec::new() };
    if editor.chosen.is_some() {
        accept(editor);
        if editor.field != Field::Identity {
            editor.step(true);
        }
        understand(state);
        return Vec::new();
    }
    let question = editor.question();
    if editor.understood.is_err() {
        // what is wrong stands under the fields; the answer to it would be the same
        return Vec::new();
    }
    ask(state, question)
}

/// A paste: a message or a kubectl line is a question of its own, anything else goes into the field.
pub fn paste(state: &mut State, text: &str) -> Vec<Effect> {
    if state.loaded.is_none() {
        return Vec::new();
    }
    let text: String = text.chars().take(LONGEST).collect();
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_question = crate::authz::ask::is_whole_question(&text);
    if is_question {
        let identity = match &state.overlay {
            Overlay::Editor(editor) => editor.value(Field::Identity).to_owned(),
            _ => state.question.identity.clone(),
        };
        // who a message names is who was denied
        let identity = if crate::authz::ask::names_a_user(&text) { String::new() } else { identity };
        let question = Question { text: Some(text.trim().to_owned()), identity, ..Question::default() };
        return ask(state, question);
    }
    if let Overlay::Editor(editor) = &mut state.overlay {
        for c in words.join(" ").chars() {
            editor.handle(InputRequest::InsertChar(c));
        }
        editor.chosen = None;
        understand(state);
    }
    Vec::new()
}

/// Reads what is typed, and finds what completes it.
pub fn understand(state: &mut State) {
    let Some(cluster) = state.cluster().cloned() else { return };
    let index = state.index().cloned();
    let Overlay::Editor(editor) = &mut state.overlay else { return };
    let question = editor.question();
    let context = cluster.context.clone().map(|name| (name, cluster.namespace.clone()));
    editor.understood = if question.is_empty() {
        Err("type a verb and a resource, or paste a Forbidden message or a kubectl line".to_owned())
    } else {
        effect::read(&question, &cluster.facts, context.as_ref()).map_err(|failure| failure.message).and_then(|asked| {
            if question.identity.is_empty() {
                return Err("who asks? fill in the last field: alice, group:dev, sa:ci/deployer, node:n1".to_owned());
            }
            crate::identity::Form::read(&question.identity).map_err(|error| error.to_string())?;
            let mut lines: Vec<String> = asked.parts.iter().map(|part| part.request.to_string()).collect();
            lines.extend(asked.notes);
            Ok(lines)
        })
    };
    let typed = editor.value(editor.field).to_owned();
    let known = match editor.field {
        Field::Verb => complete::verbs(),
        Field::Resource => complete::resources(&cluster.facts),
        Field::Name => complete::names(&cluster.facts, &question.resource, &question.namespace),
        Field::Namespace => complete::namespaces(&cluster.facts),
        Field::Identity => index.map(|index| complete::identities(&cluster.facts, &index)).unwrap_or_default(),
    };
    editor.completions = complete::matching(&known, &typed);
}
