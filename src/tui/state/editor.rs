//! The question while it is edited: fields, completion, and what was understood.

use tui_input::{Input, InputRequest};

use crate::view::complete::Completion;
use crate::view::question::{Fields, Question, Words};

/// A field of the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// A kubectl line or a message, as it stands.
    Line,
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
    /// Groups of whoever asks.
    Groups,
}

impl Field {
    /// The fields of one request, in the order of the screen.
    pub const REQUEST: [Self; 6] = [Self::Verb, Self::Resource, Self::Name, Self::Namespace, Self::Identity, Self::Groups];
    /// The fields of a line.
    pub const OF_LINE: [Self; 3] = [Self::Line, Self::Identity, Self::Groups];

    /// The word before it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Verb => "verb",
            Self::Resource => "resource",
            Self::Name => "name",
            Self::Namespace => "namespace",
            Self::Identity => "as",
            Self::Groups => "groups",
        }
    }

    /// What an empty field means.
    pub fn when_empty(self) -> &'static str {
        match self {
            Self::Name => "any object",
            Self::Namespace => "the context's; -A for all",
            Self::Groups => "none but the implied ones",
            Self::Line | Self::Verb | Self::Resource | Self::Identity => "",
        }
    }

    /// Whether a blank ends it: no verb, resource, name or namespace has one.
    pub fn ends_at_blank(self) -> bool {
        matches!(self, Self::Verb | Self::Resource | Self::Name | Self::Namespace)
    }
}

/// The editor.
#[derive(Clone, Debug)]
pub struct Editor {
    /// The question before it was edited.
    before: Question,
    /// The fields with their texts.
    pub fields: Vec<(Field, Input)>,
    /// The position of the field with the cursor.
    pub at: usize,
    /// Whether the field with the cursor is as it was found: what is typed then takes the place of the whole.
    pub is_fresh: bool,
    /// What completes the field, best first.
    pub completions: Vec<Completion>,
    /// The completion under the cursor, if one is.
    pub chosen: Option<usize>,
    /// What was understood, or what is wrong.
    pub understood: Result<Vec<String>, String>,
}

impl Editor {
    /// Edits a question, starting at a field.
    pub fn new(question: &Question, field: Field) -> Self {
        let of_words: Vec<(Field, &str)> = match &question.words {
            Words::Line(text) => vec![(Field::Line, text)],
            Words::Fields(Fields { verb, resource, name, namespace }) => {
                vec![(Field::Verb, verb), (Field::Resource, resource), (Field::Name, name), (Field::Namespace, namespace)]
            }
        };
        let all = of_words.into_iter().chain([(Field::Identity, question.identity.as_str()), (Field::Groups, question.groups.as_str())]);
        let fields: Vec<(Field, Input)> = all.map(|(field, text)| (field, Input::new(text.to_owned()))).collect();
        Self {
            at: fields.iter().position(|(known, _)| *known == field).unwrap_or_default(),
            fields,
            before: question.clone(),
            is_fresh: true,
            completions: Vec::new(),
            chosen: None,
            understood: Ok(Vec::new()),
        }
    }

    /// The text of a field.
    pub fn value(&self, field: Field) -> &str {
        self.fields.iter().find(|(known, _)| *known == field).map_or("", |(_, input)| input.value())
    }

    /// The field with the cursor.
    pub fn field(&self) -> Field {
        self.fields.get(self.at).map_or(Field::Verb, |(field, _)| *field)
    }

    /// The text of the field with the cursor.
    pub fn input(&self) -> Option<&Input> {
        self.fields.get(self.at).map(|(_, input)| input)
    }

    /// Changes the field with the cursor; what is typed over a fresh one replaces it.
    pub fn handle(&mut self, request: InputRequest) {
        let replaces = matches!(request, InputRequest::InsertChar(_) | InputRequest::DeletePrevChar | InputRequest::DeletePrevWord);
        let was_fresh = std::mem::take(&mut self.is_fresh) && replaces;
        self.chosen = None;
        if let Some((_, input)) = self.fields.get_mut(self.at) {
            if was_fresh {
                *input = Input::default();
            }
            input.handle(request);
        }
    }

    /// Puts a text into the field with the cursor, in place of what is there.
    pub fn set(&mut self, text: &str) {
        if let Some((_, input)) = self.fields.get_mut(self.at) {
            *input = Input::new(text.to_owned());
        }
    }

    /// Takes the completion under the cursor.
    pub fn accept(&mut self) {
        let Some(text) = self.chosen.take().and_then(|chosen| self.completions.get(chosen)).map(|completion| completion.text.clone())
        else {
            return;
        };
        if self.field() == Field::Groups {
            // the group being typed, behind those before it
            let before = self.value(Field::Groups).rsplit_once(',').map(|(before, _)| format!("{before}, ")).unwrap_or_default();
            self.set(&format!("{before}{text}"));
        } else {
            self.set(&text);
        }
    }

    /// Goes to the next field, or the one before.
    pub fn step(&mut self, forward: bool) {
        let count = self.fields.len().max(1);
        self.at = (self.at + if forward { 1 } else { count - 1 }) % count;
        self.is_fresh = true;
        self.chosen = None;
    }

    /// Goes to the field of which something is wrong.
    pub fn go_to(&mut self, field: Field) {
        if let Some(position) = self.fields.iter().position(|(known, _)| *known == field) {
            self.at = position;
            self.is_fresh = true;
            self.chosen = None;
        }
    }

    /// The question as it stands in the fields.
    pub fn question(&self) -> Question {
        let value = |field| self.value(field).trim().to_owned();
        let words = if self.fields.iter().any(|(field, _)| *field == Field::Line) {
            Words::Line(value(Field::Line))
        } else {
            Words::Fields(Fields {
                verb: value(Field::Verb),
                resource: value(Field::Resource),
                name: value(Field::Name),
                namespace: value(Field::Namespace),
            })
        };
        let identity = value(Field::Identity);
        let groups = value(Field::Groups);
        // what was said of a pasted text holds as long as its words do
        let (read_as, notes) =
            if words == self.before.words { (self.before.read_as.clone(), self.before.notes.clone()) } else { Default::default() };
        Question { words, identity, groups, read_as, notes }
    }
}
