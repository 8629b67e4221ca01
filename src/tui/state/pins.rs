//! Questions that are watched: each is decided again whenever the facts change.

use super::super::message::Answer;
use crate::authz::Verdict;
use crate::authz::combine::combine;
use crate::view::question::Question;

/// A question that is watched.
#[derive(Clone, Debug)]
pub struct Pin {
    /// Its number.
    pub number: u64,
    /// The context that it is asked in.
    pub context: Option<String>,
    /// The question.
    pub question: Question,
    /// The answer to it, of the facts as they were last.
    pub answer: Option<Answer>,
    /// When and why the verdict changed last.
    pub flip: Option<Flip>,
    /// The generation of the answer that is awaited.
    pub generation: u64,
}

/// A verdict that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flip {
    /// What the clock said.
    pub at: String,
    /// What changed, as a sentence.
    pub sentence: String,
    /// Whether somebody has looked at it since.
    pub is_seen: bool,
}

impl Answer {
    /// The verdict on the whole question, and the request that decides it.
    pub fn whole(&self) -> (Verdict, usize) {
        combine(&self.parts.iter().map(|(part, decision)| (part.need, decision.verdict)).collect::<Vec<_>>())
    }
}
