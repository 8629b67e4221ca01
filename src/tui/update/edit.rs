//! Editing the question.

use tui_input::{Input, InputRequest};

use super::super::message::Effect;
use super::super::scene::Scene;
use super::super::state::{Editor, Field, Overlay, State};
use super::{go, session, toast};
use crate::authz::Index;
use crate::facts::Facts;
use crate::view::actions::{Action, of_key};
use crate::view::complete::{self, Completion};
use crate::view::question::{Misread, Question, Understood, Words};

/// The longest text that is taken from a paste.
const LONGEST: usize = 16 << 10;

/// A key while the question is edited.
pub fn key(state: &mut State, key: &str) -> Vec<Effect> {
    let Overlay::Editor(editor) = &mut state.overlay else { return Vec::new() };
    let mut chars = key.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        editor.handle(InputRequest::InsertChar(c));
        understand(state);
        return Vec::new();
    }
    if key == "space" {
        blank(editor);
        understand(state);
        return Vec::new();
    }
    let request = match of_key(key) {
        // the question that was there is still there
        Some(Action::Back) => {
            state.overlay = Overlay::None;
            return Vec::new();
        }
        Some(Action::Open) => return enter(state),
        Some(Action::Down) => return choose(editor, 1),
        Some(Action::Up) => return choose(editor, -1),
        Some(Action::Redraw) => return vec![Effect::Redraw],
        Some(action @ (Action::Pane | Action::PaneBack)) => {
            editor.accept();
            editor.step(action == Action::Pane);
            understand(state);
            return Vec::new();
        }
        Some(action) => match request_of(action) {
            Some(request) => request,
            None => return Vec::new(),
        },
        None => return Vec::new(),
    };
    editor.handle(request);
    let is_emptied = editor.field() == Field::Line && editor.value(Field::Line).is_empty();
    if is_emptied {
        // what is typed next is typed into fields
        let Question { identity, groups, .. } = editor.question();
        **editor = Editor::new(&Question { identity, groups, ..Question::default() }, Field::Verb);
    }
    understand(state);
    Vec::new()
}

/// What an action means in a text that is typed.
pub fn request_of(action: Action) -> Option<InputRequest> {
    Some(match action {
        Action::Left => InputRequest::GoToPrevChar,
        Action::Right => InputRequest::GoToNextChar,
        Action::First => InputRequest::GoToStart,
        Action::Last => InputRequest::GoToEnd,
        Action::Erase => InputRequest::DeletePrevChar,
        Action::EraseNext => InputRequest::DeleteNextChar,
        Action::EraseWord => InputRequest::DeletePrevWord,
        Action::EraseAll => InputRequest::DeleteLine,
        _ => return None,
    })
}

/// Puts the words of a paste into a text, in one line.
pub fn insert(input: &mut Input, text: &str) {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for c in words.chars().take(LONGEST) {
        input.handle(InputRequest::InsertChar(c));
    }
}

/// A blank goes on to the next field where none can be part of the word; after `kubectl` all words are its own.
fn blank(editor: &mut Editor) {
    let field = editor.field();
    let is_kubectl = field == Field::Verb && editor.value(Field::Verb).trim() == "kubectl";
    if is_kubectl {
        let Question { identity, groups, .. } = editor.question();
        let line = Question { words: Words::Line("kubectl ".to_owned()), identity, groups, ..Question::default() };
        *editor = Editor::new(&line, Field::Line);
        editor.is_fresh = false;
    } else if field.ends_at_blank() {
        if !editor.value(field).is_empty() {
            editor.accept();
            editor.step(true);
        }
    } else {
        editor.handle(InputRequest::InsertChar(' '));
    }
}

fn choose(editor: &mut Editor, by: isize) -> Vec<Effect> {
    let count = editor.completions.len();
    editor.chosen = match (editor.chosen, by) {
        _ if count == 0 => None,
        (None, 1) => Some(0),
        (None, _) => Some(count - 1),
        // past either end the cursor is in the field again
        (Some(0), -1) => None,
        (Some(at), _) => Some(at.saturating_add_signed(by)).filter(|at| *at < count),
    };
    Vec::new()
}

/// Takes the completion under the cursor, and asks.
fn enter(state: &mut State) -> Vec<Effect> {
    let Some(scene) = state.scene() else { return Vec::new() };
    let Overlay::Editor(editor) = &state.overlay else { return Vec::new() };
    let mut editor = editor.clone();
    editor.accept();
    let question = editor.question();
    // a line may name files, which are read while it is decided: its own words are judged then
    let misread = scene.in_place(|place| question.read(place, None)).err();
    let missing = match (&misread, &question.words) {
        (Some(Misread::Identity(_)), _) => Some(Field::Identity),
        (Some(Misread::Words(_)), Words::Fields(fields)) if fields.verb.is_empty() => Some(Field::Verb),
        (Some(Misread::Words(_)), Words::Fields(_)) => Some(Field::Resource),
        _ => None,
    };
    state.overlay = Overlay::Editor(editor);
    match missing {
        None => go::ask(state, question, false),
        Some(field) => {
            if let Overlay::Editor(editor) = &mut state.overlay {
                editor.go_to(field);
            }
            understand(state);
            Vec::new()
        }
    }
}

/// A paste: a message or a kubectl line is a question of its own, anything else goes into the field.
pub fn paste(state: &mut State, text: &str) -> Vec<Effect> {
    let Some(scene) = state.scene() else { return Vec::new() };
    let text: String = text.chars().take(LONGEST).collect();
    let before = match &state.overlay {
        Overlay::Editor(editor) => editor.question(),
        _ => state.why().map_or_else(|| state.question.clone(), |why| why.question.clone()),
    };
    if crate::authz::ask::is_whole_question(&text) {
        let question = scene.in_place(|place| Question::of_text(&text, &before, place));
        return ask_pasted(state, question, &scene);
    }
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Overlay::Editor(editor) = &mut state.overlay {
        for c in words.chars() {
            editor.handle(InputRequest::InsertChar(c));
        }
        understand(state);
        return Vec::new();
    }
    toast(state, "what was pasted is no Forbidden message and no kubectl line; e edits the question".to_owned())
}

/// Asks what was pasted; when nobody is named who asks, that is asked first.
fn ask_pasted(state: &mut State, question: Question, scene: &Scene) -> Vec<Effect> {
    let said = question.read_as.clone();
    let context = match scene.in_place(|place| question.read(place, None)) {
        Err(Misread::Identity(_)) => {
            state.overlay = Overlay::Editor(Box::new(Editor::new(&question, Field::Identity)));
            understand(state);
            return Vec::new();
        }
        Ok(Understood { asked, .. }) => asked.context,
        Err(Misread::Words(_)) => None,
    };
    let mut effects = Vec::new();
    // the context of a kubectl line, where there is one of that name
    if let Some(context) = context.map(|context| context.to_string()) {
        if !state.contexts.iter().any(|row| row.name.as_deref() == Some(context.as_str())) {
            return toast(state, format!("the line is for context {context}, which is not among these"));
        }
        if state.context.as_deref() != Some(context.as_str()) {
            effects.extend(session::open(state, Some(context)));
        }
    }
    effects.extend(go::ask(state, question, false));
    if let Some(read_as) = said {
        effects.extend(toast(state, format!("read what was pasted as: {read_as}")));
    }
    effects
}

/// Reads what is typed, and finds what completes it.
pub fn understand(state: &mut State) {
    let Some(scene) = state.scene() else { return };
    let Overlay::Editor(editor) = &mut state.overlay else { return };
    let question = editor.question();
    editor.understood = if question.is_empty() {
        Err("type a verb and a resource, or paste a Forbidden message or a kubectl line".to_owned())
    } else {
        match scene.in_place(|place| question.read(place, None)) {
            Ok(Understood { asked, identity, .. }) => {
                let requests = asked.parts.iter().map(|part| format!("may {identity} {}?", part.request));
                Ok(requests.chain(asked.notes).collect())
            }
            Err(misread) => {
                let failure = misread.failure();
                let hint = failure.hints.first().filter(|_| matches!(misread, Misread::Identity(_)));
                Err(hint.map_or_else(|| failure.message.clone(), |hint| format!("{}: {hint}", failure.message)))
            }
        }
    };
    editor.completions = completions(editor, &scene.snapshot.facts, &scene.snapshot.index);
}

fn completions(editor: &Editor, facts: &Facts, index: &Index) -> Vec<Completion> {
    let field = editor.field();
    let known = match field {
        Field::Line => return Vec::new(),
        Field::Verb => complete::verbs(facts),
        Field::Resource => complete::resources(facts),
        Field::Name => complete::names(facts, editor.value(Field::Resource).trim(), editor.value(Field::Namespace).trim()),
        Field::Namespace => complete::namespaces(facts),
        Field::Identity => complete::identities(facts, index),
        Field::Groups => complete::groups(index),
    };
    // over a fresh field anything may be typed
    let typed = if editor.is_fresh { "" } else { editor.value(field) };
    let typed = if field == Field::Groups { typed.rsplit(',').next().unwrap_or_default() } else { typed };
    complete::matching(known, typed)
}
