//! A question as a screen holds it: words in fields, and how they are understood.

use crate::authz::ask::{self, ReadFile, Surroundings};
use crate::authz::request::ResourceRequest;
use crate::authz::{Asked, Request, quote_for_shell};
use crate::base::Failure;
use crate::facts::{ApiResources, Scoping};
use crate::identity::{Form, Identity, Means, Settled};

/// The word for all namespaces, as kubectl has it.
pub const ALL_NAMESPACES: &str = "-A";

/// A question, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// What is asked.
    pub words: Words,
    /// Who asks: an IDENTITY, or nothing yet.
    pub identity: String,
    /// Groups of whoever asks, with commas.
    pub groups: String,
    /// How the words were read, when a pasted text became fields.
    pub read_as: Option<String>,
    /// What was said while reading that text.
    pub notes: Vec<String>,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Words {
    /// One request, in fields.
    Fields(Fields),
    /// A kubectl line or a message, as it stands.
    Line(String),
}

/// The fields of one request; each may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// `get`
    pub verb: String,
    /// `pods`, `deployments.apps/scale`, `/metrics`
    pub resource: String,
    /// The object's name.
    pub name: String,
    /// The namespace; `-A` for all.
    pub namespace: String,
}

impl Default for Words {
    fn default() -> Self {
        Self::Fields(Fields::default())
    }
}

/// Where a question is asked.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The namespace when none is given, and where it comes from.
    pub namespace: Option<(&'a str, &'a str)>,
    /// What makes an identity of what is typed.
    pub means: Means<'a>,
    /// Who asks when nobody is named: the caller, as a live cluster knows them.
    pub caller: Option<&'a Identity>,
}

/// A question, understood.
#[derive(Clone, Debug)]
pub struct Understood {
    /// The requests.
    pub asked: Asked,
    /// Who asks.
    pub identity: Identity,
    /// Whether that is the caller.
    pub is_caller: bool,
}

/// Why a question was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misread {
    /// What is asked.
    Words(Failure),
    /// Who asks.
    Identity(Failure),
}

impl Misread {
    /// The failure itself.
    pub fn failure(&self) -> &Failure {
        match self {
            Self::Words(failure) | Self::Identity(failure) => failure,
        }
    }
}

impl Question {
    /// Makes fields of a text where it asks one request that fields can hold; `before` says who asks when the text does not.
    pub fn of_text(text: &str, before: &Self, place: &Place<'_>) -> Self {
        let text = of_message(text.trim());
        let line = Self {
            words: Words::Line(text.to_owned()),
            identity: before.identity.clone(),
            groups: before.groups.clone(),
            ..Self::default()
        };
        let Ok(asked) = ask::read(&[text.to_owned()], &place.surroundings(None, None)) else { return line };
        let mut question = line;
        let is_of_caller = |username| place.caller.is_some_and(|caller| caller.username == Some(username));
        if asked.username.is_some_and(is_of_caller) && asked.groups.is_empty() && !asked.read_as.starts_with("kubectl") {
            // one's own message: the caller's groups are known
            question.identity.clear();
            question.groups.clear();
        } else if let Some(username) = asked.username {
            let identity = Form::of_username(username.as_str()).to_string();
            if identity != question.identity {
                question.groups.clear();
            }
            question.identity = identity;
        }
        if !asked.groups.is_empty() {
            question.groups = asked.groups.iter().map(|group| group.as_str()).collect::<Vec<_>>().join(", ");
        }
        if let ([part], None) = (asked.parts.as_slice(), asked.context) {
            let fields = Self { words: Words::Fields(Fields::of(&part.request, place.means.facts.resources())), ..question.clone() };
            let again = fields.ask(place, None).map(|again| again.parts.iter().map(|part| part.request).collect::<Vec<_>>());
            if again.is_ok_and(|again| again == [part.request]) {
                return Self { read_as: Some(asked.read_as), notes: asked.notes, ..fields };
            }
        }
        question
    }

    /// Understands the question; `files` reads the files that a kubectl line names.
    ///
    /// # Errors
    /// With what was understood and what was not.
    pub fn read(&self, place: &Place<'_>, files: Option<ReadFile<'_>>) -> Result<Understood, Misread> {
        let mut asked = self.ask(place, files).map_err(Misread::Words)?;
        if let Some(read_as) = &self.read_as {
            asked.read_as.clone_from(read_as);
        }
        for note in &self.notes {
            if !asked.notes.contains(note) {
                asked.notes.push(note.clone());
            }
        }
        let (Settled { identity, notes }, is_caller) = self.settle(place)?;
        asked.notes.extend(notes);
        Ok(Understood { asked, identity, is_caller })
    }

    /// Who asks.
    ///
    /// # Errors
    /// When nobody is named and no caller is known, or the name is no identity.
    pub fn who(&self, place: &Place<'_>) -> Result<Settled, Misread> {
        self.settle(place).map(|(settled, _)| settled)
    }

    fn settle(&self, place: &Place<'_>) -> Result<(Settled, bool), Misread> {
        let groups: Vec<&str> = self.groups.split(',').map(str::trim).filter(|group| !group.is_empty()).collect();
        let form = match (self.identity.trim(), place.caller) {
            ("", Some(caller)) if groups.is_empty() => return Ok((Settled { identity: caller.clone(), notes: Vec::new() }, true)),
            ("", _) => {
                let failure = Failure::usage("who asks is not said")
                    .hint("Give a user name, group:NAME, sa:NAMESPACE/NAME, node:NAME, arn:aws:… or token:FILE.");
                return Err(Misread::Identity(failure));
            }
            (flag, _) if flag.starts_with('-') => {
                let failure =
                    Failure::usage(format!("`{flag}` is a flag, and no identity")).hint("Give the name alone: alice, group:NAME.");
                return Err(Misread::Identity(failure));
            }
            (identity, _) => Form::read(identity).map_err(|error| Misread::Identity(Failure::usage(error.to_string())))?,
        };
        Ok((form.settle(&groups, "as asked", &place.means).map_err(Misread::Identity)?, false))
    }

    fn ask(&self, place: &Place<'_>, files: Option<ReadFile<'_>>) -> Result<Asked, Failure> {
        match &self.words {
            Words::Line(text) => ask::read(std::slice::from_ref(text), &place.surroundings(None, files)),
            Words::Fields(fields) if fields.verb.trim().is_empty() => {
                Err(Failure::usage("what is asked is not said").hint("Give a verb and a resource: delete pods"))
            }
            Words::Fields(fields) => {
                let named = [&fields.verb, &fields.resource, &fields.name];
                if let Some(flag) = named.into_iter().map(|word| word.trim()).find(|word| word.starts_with('-')) {
                    return Err(Failure::usage(format!("`{flag}` is a flag, and no verb, resource or name"))
                        .hint("The namespace and who asks have fields of their own; a whole line can be pasted."));
                }
                // a name without a resource would be read as one
                let given = if fields.resource.trim().is_empty() { 1 } else { named.len() };
                let words: Vec<String> = named.into_iter().take(given).map(|word| word.trim().to_owned()).collect();
                ask::read(&words, &place.surroundings(Some(fields.namespace.trim()), files))
            }
        }
    }

    /// What is asked, as the first line shows it: `delete pods -n dev`.
    pub fn shown(&self) -> String {
        match &self.words {
            Words::Line(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
            Words::Fields(fields) => fields.words().join(" "),
        }
    }

    /// The same as a shell reads it.
    pub fn quoted(&self) -> String {
        match &self.words {
            Words::Line(text) => quote_for_shell(text),
            Words::Fields(fields) => fields.words().iter().map(|word| quote_for_shell(word)).collect::<Vec<_>>().join(" "),
        }
    }

    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.shown().is_empty()
    }

    /// Whether it says who asks.
    pub fn names_somebody(&self) -> bool {
        !self.identity.trim().is_empty() || !self.groups.trim().is_empty()
    }

    /// Whether it asks about all namespaces.
    pub fn is_everywhere(&self) -> bool {
        match &self.words {
            Words::Fields(fields) => is_all(fields.namespace.trim()),
            Words::Line(line) => line.split_whitespace().any(is_all),
        }
    }

    /// The command that asks the same; `flags` say where the facts come from.
    pub fn command(&self, flags: &[String]) -> String {
        let mut who: Vec<String> = Vec::new();
        if !self.identity.trim().is_empty() {
            who.push(format!("--as {}", quote_for_shell(self.identity.trim())));
        }
        let groups = self.groups.split(',').map(str::trim).filter(|group| !group.is_empty());
        who.extend(groups.map(|group| format!("--as-group {}", quote_for_shell(group))));
        let mut words = vec!["whycan".to_owned()];
        words.extend(flags.iter().cloned());
        let why = vec!["why".to_owned(), self.quoted()];
        // after the word kubectl all words are its own
        let is_line = matches!(self.words, Words::Line(_));
        let (first, last) = if is_line { (who, why) } else { (why, who) };
        words.extend(first.into_iter().chain(last));
        words.join(" ")
    }
}

impl Fields {
    /// The fields that ask this request.
    pub fn of(request: &Request, resources: &ApiResources) -> Self {
        match request {
            Request::NonResource { verb, path } => Self { verb: verb.to_string(), resource: path.to_string(), ..Self::default() },
            Request::Resource(request) => Self {
                verb: request.verb.to_string(),
                resource: request.qualified(),
                name: request.name.to_string(),
                namespace: namespace_word(request, resources),
            },
        }
    }

    fn words(&self) -> Vec<String> {
        let named = [&self.verb, &self.resource, &self.name].into_iter().map(|word| word.trim()).filter(|word| !word.is_empty());
        let mut words: Vec<String> = named.map(str::to_owned).collect();
        match self.namespace.trim() {
            "" => {}
            namespace if is_all(namespace) => words.push(ALL_NAMESPACES.to_owned()),
            namespace => words.extend(["-n".to_owned(), namespace.to_owned()]),
        }
        words
    }
}

/// What is copied from a terminal has the command above its error: the error says more.
fn of_message(text: &str) -> &str {
    let at = text.lines().find(|line| ask::names_a_user(line)).and_then(|line| text.find(line));
    at.and_then(|at| text.get(at..)).unwrap_or(text)
}

/// The word for a request's namespace: none for what has none.
fn namespace_word(request: &ResourceRequest, resources: &ApiResources) -> String {
    let known = resources.get(request.api_group, request.resource);
    let has_none = known.is_some_and(|resource| resource.scoping == Scoping::Cluster);
    match request.namespace.as_str() {
        _ if has_none => String::new(),
        "" => ALL_NAMESPACES.to_owned(),
        namespace => namespace.to_owned(),
    }
}

fn is_all(namespace: &str) -> bool {
    matches!(namespace, ALL_NAMESPACES | "*" | "--all-namespaces")
}

impl<'a> Place<'a> {
    fn surroundings(&self, namespace: Option<&'a str>, files: Option<ReadFile<'a>>) -> Surroundings<'a> {
        let given = namespace.filter(|namespace| !namespace.is_empty());
        let all_namespaces = given.is_some_and(is_all);
        Surroundings {
            namespace: given.filter(|_| !all_namespaces),
            all_namespaces,
            default_namespace: self.namespace,
            resources: self.means.facts.resources(),
            files,
        }
    }
}

#[cfg(test)]
mod tests;
