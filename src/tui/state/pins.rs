//! Questions that are watched: each is decided again whenever the facts change.

use super::super::message::Answer;
use crate::authz::combine::combine;
use crate::authz::{Decision, Verdict};
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
    /// The same of facts that leave it open, until the server has spoken.
    pub open: Option<Answer>,
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

impl Pin {
    /// Whether an answer of the facts alone is not enough: it leaves the question open, or the server has said otherwise of
    /// the same before.
    pub fn wants_the_server(&self, answer: &Answer) -> bool {
        let differed = |decision: &Decision| {
            let mut before = self.answer.iter().flat_map(|answer| &answer.parts).map(|(_, before)| before);
            let is_same = |before: &Decision| before.request == decision.request && before.computed == decision.computed;
            before.any(|before| is_same(before) && before.agrees() == Some(false))
        };
        answer.parts.iter().any(|(_, decision)| decision.computed == Verdict::Unknown || differed(decision))
    }
}

impl Answer {
    /// The verdict on the whole question, and the request that decides it.
    pub fn whole(&self) -> (Verdict, usize) {
        combine(&self.parts.iter().map(|(part, decision)| (part.need, decision.verdict)).collect::<Vec<_>>())
    }
}
