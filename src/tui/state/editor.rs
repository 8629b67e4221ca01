//! The question while it is edited: five fields, completion, and what was understood.

use tui_input::{Input, InputRequest};

use super::Question;

/// A field of the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The verb.
    Verb,
    /// The resource, or a path.
    Resource,
    /// The object's name.
    Name,
    /// The namespace.
    Namespace,
    /// Who asks.
    Identity,
}

impl Field {
    /// In the order of the screen.
    pub const ALL: [Self; 5] = [Self::Verb, Self::Resource, Self::Name, Self::Namespace, Self::Identity];

    /// The word before it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Verb => "verb",
            Self::Resource => "resource",
            Self::Name => "name",
            Self::Namespace => "namespace",
            Self::Identity => "as",
        }
    }
}

/// The editor.
#[derive(Clone, Debug)]
pub struct Editor {
    /// The text of each field, in the order of [`Field::ALL`].
    pub inputs: Vec<Input>,
    /// The field with the cursor.
    pub field: Field,
    /// What completes the field, best first.
    pub completions: Vec<String>,
    /// The completion under the cursor, if one is.
    pub chosen: Option<usize>,
    /// What was understood, or what is wrong.
    pub understood: Result<Vec<String>, String>,
}

impl Editor {
    /// Edits a question, starting at a field.
    pub fn new(question: &Question, field: Field) -> Self {
        let values = [&question.verb, &question.resource, &question.name, &question.namespace, &question.identity];
        Self {
            inputs: values.into_iter().map(|value| Input::new(value.clone())).collect(),
            field,
            completions: Vec::new(),
            chosen: None,
            understood: Ok(Vec::new()),
        }
    }

    /// The text of a field.
    pub fn value(&self, field: Field) -> &str {
        let position = Field::ALL.iter().position(|known| *known == field).unwrap_or_default();
        self.inputs.get(position).map_or("", Input::value)
    }

    /// The field with the cursor.
    pub fn input(&self) -> Option<&Input> {
        self.inputs.get(self.position())
    }

    fn position(&self) -> usize {
        Field::ALL.iter().position(|known| *known == self.field).unwrap_or_default()
    }

    /// Changes the field with the cursor.
    pub fn handle(&mut self, request: InputRequest) {
        let position = self.position();
        if let Some(input) = self.inputs.get_mut(position) {
            input.handle(request);
        }
    }

    /// Puts a text into the field with the cursor, in place of what is there.
    pub fn set(&mut self, text: &str) {
        let position = self.position();
        if let Some(input) = self.inputs.get_mut(position) {
            *input = Input::new(text.to_owned());
        }
    }

    /// Goes to the next field, or the one before.
    pub fn step(&mut self, forward: bool) {
        let count = Field::ALL.len();
        let to = (self.position() + if forward { 1 } else { count - 1 }) % count;
        self.field = Field::ALL.get(to).copied().unwrap_or(Field::Verb);
        self.chosen = None;
    }

    /// The question as it stands in the fields.
    pub fn question(&self) -> Question {
        let value = |field| self.value(field).trim().to_owned();
        Question {
            verb: value(Field::Verb),
            resource: value(Field::Resource),
            name: value(Field::Name),
            namespace: value(Field::Namespace),
            identity: value(Field::Identity),
            text: None,
        }
    }
}
