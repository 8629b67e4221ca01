//! The answer to a question: the verdict, the tree of reasons, and the details of each.

mod act;
mod draw;
mod page;
mod tree;

use std::sync::Arc;
use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::{Around, Face, Outcome};
use crate::authz::{Decision, Request, ServerVerdict, Verdict};
use crate::base::Failure;
use crate::identity::Identity;
use crate::session::heed;
use crate::tui::draw::Memory;
use crate::tui::message::Answer;
use crate::tui::state::{State, Tree};
use crate::view::actions::Action;
use crate::view::question::Question;
use crate::view::why::{Shown, Topic};
pub use act::scrolled;

/// How far the answer has come.
#[derive(Clone, Debug, Default)]
pub enum Stage {
    /// The facts are being loaded.
    #[default]
    Loading,
    /// Nothing has been asked.
    Nothing,
    /// The question is being decided.
    Deciding,
    /// The server has not said yet whom the question is about: who asks.
    Waiting,
    /// It cannot be decided: in a sentence, and through which failure.
    Blocked(String, Failure),
    /// The question could not be read.
    Invalid(Failure),
    /// It is answered.
    Answered(Answer),
}

/// Which part of the screen the keys move in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Focus {
    /// The tree.
    #[default]
    Tree,
    /// The details; where there is no room beside the tree they lie over it.
    Details,
}

/// The screen.
#[derive(Clone, Debug, Default)]
pub struct Why {
    /// The question.
    pub question: Question,
    /// How far its answer has come.
    pub stage: Stage,
    /// Which of the answer's requests is shown.
    pub part: usize,
    /// Whether the request shown stays when the answer comes anew.
    pub keeps_part: bool,
    /// The tree of the request shown.
    pub tree: Tree,
    /// Which part of the screen the keys move in.
    pub focus: Focus,
    /// How many lines the details are scrolled down.
    pub scroll: u16,
    /// The fix that lies over the screen, by position, scrolled down by so many lines.
    pub fix: Option<(usize, u16)>,
    /// Whether an answer is awaited; the one before stays on the screen until then.
    pub is_deciding: bool,
    /// The generation of the answer that is awaited.
    pub generation: u64,
    /// The number of what the server is being asked; what it says to anything else is not about this.
    reviewing: Option<u64>,
    /// What the server said, and to what.
    heard: Vec<Heard>,
    /// How often the server was asked again because it says something else.
    attempts: u32,
}

/// How often a server that says something else is asked again.
const ATTEMPTS: u32 = 4;

/// After what time it is asked again, first.
const BEHIND: Duration = Duration::from_millis(200);

/// How often a server is asked again that alone can decide.
const AGAIN: Duration = Duration::from_secs(10);

/// What the server said to a request, or why it did not.
#[derive(Clone, Debug)]
struct Heard {
    identity: Identity,
    request: Request,
    /// Our own verdict at that time: another one asks again.
    computed: Verdict,
    verdict: Result<ServerVerdict, Failure>,
}

impl Why {
    /// The same screen with another question: what was unfolded stays, and the old answer until there is a new one.
    #[must_use]
    pub fn asking(&self, question: Question) -> Self {
        let stage = match &self.stage {
            Stage::Answered(answer) => Stage::Answered(answer.clone()),
            _ => Stage::Deciding,
        };
        Self {
            question,
            stage,
            keeps_part: false,
            focus: Focus::Tree,
            scroll: 0,
            fix: None,
            heard: Vec::new(),
            attempts: 0,
            reviewing: None,
            ..self.clone()
        }
    }

    /// The answer, when there is one.
    pub fn answer(&self) -> Option<&Answer> {
        match &self.stage {
            Stage::Answered(answer) => Some(answer),
            _ => None,
        }
    }

    /// The decision that is shown.
    pub fn decision(&self) -> Option<&Arc<Decision>> {
        self.answer()?.parts.get(self.part).map(|(_, decision)| decision)
    }

    /// The answer as the tree shows it.
    pub fn shown(&self) -> Option<Shown<'_>> {
        let answer = self.answer()?;
        Some(Shown { parts: &answer.parts, part: self.part, read_as: &answer.read_as, notes: &answer.notes })
    }

    /// What the row under the cursor is about.
    pub fn topic(&self) -> Option<Topic> {
        self.tree.topic()
    }

    /// Takes the answer; the cursor stays on its row.
    pub fn answered(&mut self, answer: Result<Answer, Failure>) {
        self.is_deciding = false;
        match answer {
            Ok(mut answer) => {
                for (_, decision) in &mut answer.parts {
                    if let Some(heard) = self.heard.iter().find(|heard| heard.is_about(decision)) {
                        heed(Arc::make_mut(decision), &heard.verdict);
                    }
                }
                let computed = |answer: &Answer| answer.parts.iter().map(|(_, decision)| decision.computed).collect::<Vec<_>>();
                if self.answer().map(computed) != Some(computed(&answer)) {
                    self.attempts = 0;
                    // it is asked at once, not when it would have been asked again
                    self.reviewing = None;
                }
                if !self.keeps_part || self.part >= answer.parts.len() {
                    self.part = answer.whole().1;
                }
                self.keeps_part = true;
                self.stage = Stage::Answered(answer);
                self.show();
            }
            Err(failure) => self.stage = Stage::Invalid(failure),
        }
    }

    /// The requests to ask the server about under a number, and after what time: those of an answer that it has not spoken
    /// about; a few times those of one of which it says something else, since it may be behind by a second; and now and then
    /// those that it alone can decide, since nothing else would tell of a change.
    pub fn to_review(&mut self, number: u64) -> Option<(Vec<Request>, Duration)> {
        if self.reviewing.is_some() {
            return None;
        }
        let parts = &self.answer()?.parts;
        let is_heard = |decision: &Decision| self.heard.iter().any(|heard| heard.is_about(decision));
        let differs = |decision: &Decision| decision.agrees() == Some(false) && decision.computed != Verdict::Unknown;
        let is_new = !parts.iter().all(|(_, decision)| is_heard(decision));
        let is_behind = self.attempts < ATTEMPTS && parts.iter().any(|(_, decision)| differs(decision));
        let is_servers = parts.iter().any(|(_, decision)| decision.computed == Verdict::Unknown && decision.server.is_some());
        let requests = parts.iter().map(|(_, decision)| decision.request).collect();
        let after = match (is_new, is_behind, is_servers) {
            (true, _, _) => Duration::ZERO,
            (false, true, _) => {
                self.attempts += 1;
                BEHIND * 2_u32.pow(self.attempts - 1)
            }
            (false, false, true) => AGAIN,
            (false, false, false) => return None,
        };
        self.reviewing = Some(number);
        Some((requests, after))
    }

    /// Whether the server was asked under this number.
    pub fn awaits(&self, number: u64) -> bool {
        self.reviewing == Some(number)
    }

    /// Forgets what the server said: it may say something else by now.
    pub fn forget(&mut self) {
        self.heard.clear();
        (self.attempts, self.reviewing) = (0, None);
    }

    /// Takes the server's own verdicts on requests.
    pub fn heed(&mut self, verdicts: &[(Request, Result<ServerVerdict, Failure>)]) {
        self.reviewing = None;
        let Stage::Answered(answer) = &mut self.stage else { return };
        self.heard.clear();
        for (_, decision) in &mut answer.parts {
            let Some((_, verdict)) = verdicts.iter().find(|(request, _)| *request == decision.request) else { continue };
            let (identity, request, computed) = (decision.identity.clone(), decision.request, decision.computed);
            self.heard.push(Heard { identity, request, computed, verdict: verdict.clone() });
            heed(Arc::make_mut(decision), verdict);
        }
        self.show();
    }

    /// Shows the tree of the request that is chosen.
    fn show(&mut self) {
        let nodes = self.shown().map(|shown| crate::view::why::tree(&shown)).unwrap_or_default();
        let before = self.tree.cursor.clone();
        self.tree.show(nodes);
        if self.tree.cursor != before {
            self.scroll = 0;
        }
        let fixes = self.decision().map_or(0, |decision| decision.fixes.len());
        self.fix = self.fix.filter(|(fix, _)| *fix < fixes);
    }
}

impl Heard {
    fn is_about(&self, decision: &Decision) -> bool {
        self.computed == decision.computed && self.request == decision.request && self.identity == decision.identity
    }
}

impl Face for Why {
    fn title(&self) -> String {
        match self.decision() {
            Some(decision) => format!("why: {}", decision.request),
            None if self.question.is_empty() => "why".to_owned(),
            None => format!("why: {}", self.question.shown()),
        }
    }

    fn who(&self) -> String {
        self.decision().map_or_else(|| self.question.identity.clone(), |decision| decision.identity.to_string())
    }

    fn available(&self, action: Action) -> Option<Result<(), &'static str>> {
        self.can(action)
    }

    fn act(&mut self, action: Action, around: &Around) -> Outcome {
        self.does(action, around)
    }

    fn hints(&self) -> &'static [Action] {
        match (self.fix, self.focus) {
            (Some(_), _) => &[Action::Copy, Action::CopyYaml, Action::Back, Action::Down, Action::PageDown],
            (None, Focus::Details) => &[Action::Back, Action::Down, Action::PageDown, Action::Fix, Action::Copy],
            (None, Focus::Tree) if matches!(self.stage, Stage::Waiting | Stage::Blocked(..)) => &[
                Action::Cancel,
                Action::Refresh,
                Action::ShowWalk,
                Action::Identity,
                Action::Edit,
                Action::Pin,
                Action::Contexts,
                Action::Command,
                Action::Quit,
            ],
            (None, Focus::Tree) => &[
                Action::Open,
                Action::Fix,
                Action::WhoCan,
                Action::Edit,
                Action::Identity,
                Action::Pin,
                Action::Copy,
                Action::NextPart,
                Action::Contexts,
                Action::Command,
                Action::Before,
                Action::After,
                Action::Quit,
            ],
        }
    }

    fn head(&self, state: &State, columns: u16) -> Vec<Line<'static>> {
        draw::head(self, state, columns)
    }

    fn draw(&self, state: &State, memory: &mut Memory, frame: &mut Frame<'_>, area: Rect) {
        draw::draw(self, state, memory, frame, area);
    }
}
