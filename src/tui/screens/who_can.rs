//! Everyone who may.

use super::Goal;
use super::list::{List, Listing, Missing};
use crate::authz::{GapEffect, Request};
use crate::base::text::count;
use crate::facts::Facts;
use crate::tui::message::{Prepared, Task};
use crate::tui::scene::Scene;
use crate::view::named::identity_of;
use crate::view::phrase::Sign;
use crate::view::question::{Fields, Question, Words};
use crate::view::rules::Wanted;
use crate::view::table::{Column, Row};
use crate::view::who_can::{self, About};
use crate::view::why::detail::Block;

/// The screen.
#[derive(Clone, Debug)]
pub struct WhoCan {
    /// The question; who asks is of no account.
    pub question: Question,
    /// The table.
    list: List<About>,
    /// Everyone who may, for each request of the question.
    each: Vec<crate::authz::who_can::WhoCan>,
    /// What could not be read.
    gaps: Vec<GapEffect>,
    /// What was assumed.
    notes: Vec<String>,
}

impl WhoCan {
    /// The screen before anything is computed.
    pub fn new(question: Question) -> Self {
        Self { question, list: List::default(), each: Vec::new(), gaps: Vec::new(), notes: Vec::new() }
    }

    /// The question why somebody may.
    fn why(&self, part: usize, identity: String, request: &Request, scene: &Scene) -> Goal {
        let asked = self.each.get(part).map(|answer| answer.request);
        let words = match &self.question.words {
            Words::Fields(_) if asked == Some(*request) => self.question.words.clone(),
            _ => Words::Fields(Fields::of(request, scene.snapshot.facts.resources())),
        };
        Goal::Why(Question { words, identity, ..Question::default() })
    }
}

impl Listing for WhoCan {
    type About = About;
    const COLUMNS: &'static [Column] = &who_can::COLUMNS;
    const MAY_BE_MISSING: &'static str = "somebody may be missing";

    fn list(&self) -> &List<About> {
        &self.list
    }

    fn list_mut(&mut self) -> &mut List<About> {
        &mut self.list
    }

    fn called(&self) -> String {
        format!("who can: {}", self.question.shown())
    }

    fn wanted(&self) -> Task {
        Task::WhoCan(self.question.clone())
    }

    fn lay_out(&mut self, prepared: Prepared) -> Vec<Row<About>> {
        if let Prepared::WhoCan(each, notes) = prepared {
            self.notes = notes.into_iter().chain(each.iter().take(1).flat_map(|answer| answer.notes.clone())).collect();
            self.gaps = who_can::gaps(&each);
            self.each = each;
        }
        who_can::rows(&self.each, &self.gaps, &self.notes)
    }

    fn counted(&self, all: usize) -> String {
        count(all, "subject")
    }

    fn headline(&self) -> (Sign, String) {
        let said = match self.each.as_slice() {
            [one] => who_can::headline(one),
            several => format!("{} are needed; each has its own list", count(several.len(), "request")),
        };
        (Sign::None, said)
    }

    fn advice(&self, _: Option<&Facts>) -> Vec<String> {
        let is_missing = self.each.iter().flat_map(|answer| &answer.gaps).any(|effect| effect.could_change_verdict);
        match (self.each.iter().any(who_can::is_bare), is_missing) {
            (false, _) => Vec::new(),
            (true, false) => vec!["No binding gives this to anybody; f on the why screen (2) shows what would.".to_owned()],
            (true, true) => vec!["No binding that was read gives this to anybody; who may read more sees more.".to_owned()],
        }
    }

    fn missing(&self, _: &Facts) -> Missing {
        Missing::of(&self.gaps)
    }

    fn gap(&self, position: usize) -> Option<&GapEffect> {
        self.gaps.get(position)
    }

    fn note(&self, position: usize) -> Option<&str> {
        self.notes.get(position).map(String::as_str)
    }

    fn detail(&self, about: &About, scene: &Scene) -> Vec<Block> {
        who_can::detail(&self.each, &scene.snapshot.facts, about)
    }

    fn goal(&self, about: &About, scene: &Scene) -> Result<Goal, &'static str> {
        let asked = |part: usize, subject| {
            let answer = self.each.get(part)?;
            let entitled = answer.who.iter().find(|entitled| entitled.subject == subject)?;
            Some(who_can::request(answer, entitled))
        };
        let gone = "this is not there any more";
        match *about {
            About::Request(part) => {
                let request = self.each.get(part).map(|answer| answer.request).ok_or(gone)?;
                let words = Words::Fields(Fields::of(&request, scene.snapshot.facts.resources()));
                Ok(Goal::WhoCan(Question { words, ..Question::default() }))
            }
            About::Subject(part, subject) => {
                let entitled = self.each.get(part).and_then(|answer| answer.who.iter().find(|entitled| entitled.subject == subject));
                let identity = who_can::asker(entitled.ok_or(gone)?).ok_or("nobody is known whose question this would be")?;
                Ok(self.why(part, identity, &asked(part, subject).ok_or(gone)?, scene))
            }
            About::Member(part, subject, member) => Ok(self.why(part, identity_of(member), &asked(part, subject).ok_or(gone)?, scene)),
            About::Grant(_, _, Some(binding)) => Ok(Goal::Rules(Wanted::object(&binding))),
            About::Grant(_, _, None) => Err("no binding gives this: it is built into the API server"),
        }
    }

    fn words(&self) -> String {
        format!("who-can {}", self.question.quoted())
    }
}
