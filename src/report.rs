//! Answers put down: as text for people, JSON and YAML for programs, Markdown for tickets.
//!
//! A report is a projection of an answer. It decides nothing, and touches neither the terminal nor a file: `cli` writes
//! what it gives, through a door that lets no control character pass.

pub mod json;
mod mapped;
pub mod markdown;
pub mod overview;
pub mod schema;
pub mod text;
pub mod token;
mod workload;

use crate::authz::combine::combine;
use crate::authz::who_can::WhoCan;
use crate::authz::{Asked, Decision, Need, Verdict};
use crate::base::{Finding, Gap};
use crate::source::live::RulesReview;

/// A question, as it was read, with an answer to each request that it needs.
#[derive(Clone, Debug)]
pub struct Answered<T> {
    /// How it was read: `verb and resource`, `kubectl exec`.
    pub read_as: String,
    /// What was dropped, resolved or assumed while reading, as sentences.
    pub notes: Vec<String>,
    /// What the server says that the caller may do, where not everything could be read.
    pub told: Option<RulesReview>,
    /// The answers, in the order in which the requests are made.
    pub parts: Vec<AnsweredPart<T>>,
}

/// The answer to one request.
#[derive(Clone, Debug)]
pub struct AnsweredPart<T> {
    /// Whether the question can do without it.
    pub need: Need,
    /// What it is for; empty for a question of one request.
    pub purpose: String,
    /// The answer.
    pub answer: T,
}

/// A question explained.
pub type Explained = Answered<Decision>;

/// A question turned round: who may.
pub type Entitlements = Answered<WhoCan>;

impl<T> Answered<T> {
    /// Answers each request of a question.
    pub fn new(asked: Asked, notes: Vec<String>, mut answer: impl FnMut(&crate::authz::Request) -> T) -> Self {
        let parts = asked
            .parts
            .into_iter()
            .map(|part| AnsweredPart { need: part.need, answer: answer(&part.request), purpose: part.purpose })
            .collect();
        Self { read_as: asked.read_as, notes: asked.notes.into_iter().chain(notes).collect(), told: None, parts }
    }
}

impl Explained {
    /// The verdict of the whole and the position of the request that decides it.
    pub fn verdict(&self) -> (Verdict, usize) {
        combine(&self.parts.iter().map(|part| (part.need, part.answer.verdict)).collect::<Vec<_>>())
    }
}

/// What was looked at for defects, and what was found.
#[derive(Clone, Debug, Default)]
pub struct Linted {
    /// The findings, the worst first.
    pub findings: Vec<Finding>,
    /// What was looked at, as noun phrases; empty for recorded facts, which were named by whoever asked.
    pub looked_at: Vec<String>,
    /// What could not be looked at.
    pub left_out: Vec<Gap>,
}

impl Linted {
    /// Adds what was found elsewhere.
    pub fn add(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.findings.sort_by_key(|finding| finding.severity);
        self.looked_at.extend(other.looked_at);
        self.left_out.extend(other.left_out);
    }
}

/// A need as JSON has it: `all`, `any:0`, `optional`.
pub fn need(need: Need) -> String {
    match need {
        Need::All => "all".to_owned(),
        Need::Any(group) => format!("any:{group}"),
        Need::Optional => "optional".to_owned(),
    }
}
