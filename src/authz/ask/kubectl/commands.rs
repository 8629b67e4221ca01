//! The requests of each command.

mod read;
mod write;

use super::later;
use super::line::Line;
use super::target::{self, Target};
use crate::authz::Request;
use crate::authz::ask::resolve::{self, Resolved};
use crate::authz::ask::{Need, Part, Surroundings};
use crate::authz::request::ResourceRequest;
use crate::base::{Failure, Name};

/// The most requests that one line is answered with.
const MOST: usize = 60;

/// Collects the requests of a line.
pub struct Builder<'a> {
    line: &'a Line,
    surroundings: &'a Surroundings<'a>,
    parts: Vec<Part>,
    notes: Vec<String>,
    groups: u8,
}

impl<'a> Builder<'a> {
    /// For a line and what surrounds it.
    pub fn new(line: &'a Line, surroundings: &'a Surroundings<'a>) -> Self {
        Self { line, surroundings, parts: Vec::new(), notes: Vec::new(), groups: 0 }
    }

    /// Collects the requests of the line's command.
    pub fn build(&mut self) -> Result<(), Failure> {
        match self.line.command.as_str() {
            "get" => self.get(),
            "describe" => self.describe(),
            "logs" | "log" => self.logs(),
            "exec" => self.exec(),
            "create" => self.create(),
            "delete" => self.delete(),
            "apply" => self.apply(),
            "patch" => self.patch(),
            "scale" => self.scale(),
            "rollout restart" => self.restart(),
            other => Err(later(other)),
        }
    }

    /// The requests and the notes.
    pub fn finish(self) -> Result<(Vec<Part>, Vec<String>), Failure> {
        if self.parts.is_empty() {
            return Err(Failure::usage(format!("`kubectl {}` names nothing to act on", self.line.command))
                .hint(format!("For example: whycan why kubectl {} pods web-0 -n dev --as alice", self.line.command)));
        }
        if self.parts.len() > MOST {
            return Err(Failure::usage(format!("the line makes {} requests; at most {MOST} are answered at once", self.parts.len())));
        }
        Ok((self.parts, self.notes))
    }

    fn targets(&mut self, by_default: Option<&str>) -> Result<Vec<Target>, Failure> {
        target::targets(self.line, by_default, self.surroundings, &mut self.notes)
    }

    /// Adds a request for a target, with its own name.
    fn ask(&mut self, verb: &str, target: &Target, need: Need, purpose: &str) {
        let name = target.name.clone().unwrap_or_default();
        self.ask_named(verb, target, "", &name, need, purpose);
    }

    /// Adds a request for a subresource of a target.
    fn ask_sub(&mut self, verb: &str, target: &Target, subresource: &str, need: Need, purpose: &str) {
        let name = target.name.clone().unwrap_or_default();
        self.ask_named(verb, target, subresource, &name, need, purpose);
    }

    /// Adds a request with a name of its own choice: a list has none.
    fn ask_named(&mut self, verb: &str, target: &Target, subresource: &str, name: &str, need: Need, purpose: &str) {
        let mut request = ResourceRequest {
            verb: Name::new(verb),
            api_group: target.resource.group,
            resource: target.resource.plural,
            subresource: Name::new(subresource),
            name: Name::new(name),
            namespace: Name::EMPTY,
            selected_node: Name::EMPTY,
        };
        let surroundings = Surroundings { namespace: target.namespace.as_deref().or(self.surroundings.namespace), ..*self.surroundings };
        request.namespace = resolve::namespace(&request, target.resource.scoping, &surroundings, &mut self.notes);
        self.push(Request::Resource(request), need, purpose);
    }

    fn push(&mut self, request: Request, need: Need, purpose: &str) {
        let part = Part { request, need, purpose: purpose.to_owned() };
        if !self.parts.contains(&part) {
            self.parts.push(part);
        }
        // what several requests say of the namespace is said once
        let mut seen = Vec::new();
        self.notes.retain(|note| {
            let is_new = !seen.contains(note);
            seen.push(note.clone());
            is_new
        });
    }

    /// A new group of requests of which one is enough.
    fn any(&mut self) -> Need {
        self.groups = self.groups.saturating_add(1);
        Need::Any(self.groups)
    }

    /// A resource of Kubernetes' own as a target.
    fn own(&self, word: &str, name: Option<&str>) -> Target {
        let resource: Resolved = resolve::resource(word, self.surroundings, &mut Vec::new());
        Target { resource, name: name.map(str::to_owned), namespace: None }
    }
}
