//! Actions on the answer.

use super::page;
use super::{Focus, Why};
use crate::authz::Verdict;
use crate::tui::message::Effect;
use crate::tui::screens::{Around, Outcome};
use crate::view::actions::Action;
use crate::view::sentence;
use crate::view::why::{Topic, fix_of};

impl Why {
    /// Acts.
    pub(super) fn does(&mut self, action: Action, around: &Around) -> Outcome {
        match action {
            Action::Fix => {
                let chosen = self.chosen_fix().filter(|_| self.fix.is_none());
                self.fix = chosen.map(|fix| (fix, 0));
            }
            Action::NextPart => self.go_to_part(self.part + 1),
            Action::PreviousPart => self.go_to_part(self.part + self.answer().map_or(1, |answer| answer.parts.len()) - 1),
            Action::Copy => return Outcome::Effect(self.copy(around)),
            Action::CopyYaml => return self.copy_yaml().map_or(Outcome::Done, Outcome::Effect),
            Action::Open => self.open(),
            Action::Pane | Action::PaneBack => {
                self.fix = None;
                self.focus = if self.focus == Focus::Tree { Focus::Details } else { Focus::Tree };
            }
            Action::Toggle | Action::Left | Action::Right if self.is_on_tree() => self.fold(action),
            Action::Back | Action::Left => self.leave(),
            Action::Toggle | Action::Right => self.travel(Action::PageDown, around),
            _ => self.travel(action, around),
        }
        Outcome::Done
    }

    fn is_on_tree(&self) -> bool {
        self.focus == Focus::Tree && self.fix.is_none()
    }

    fn fold(&mut self, action: Action) {
        match action {
            Action::Left => self.tree.left(),
            Action::Right => self.tree.right(),
            _ => self.tree.toggle(),
        }
        self.scroll = 0;
    }

    /// Moves the cursor, or scrolls what is read.
    fn travel(&mut self, action: Action, around: &Around) {
        let lines = page::height(self, around);
        if self.is_on_tree() {
            let lines = isize::try_from(lines).unwrap_or(isize::MAX);
            let moved = self.tree.step(match action {
                Action::Up => -1,
                Action::Down => 1,
                Action::PageUp => -lines,
                Action::PageDown => lines,
                Action::First => isize::MIN,
                _ => isize::MAX,
            });
            if moved {
                self.scroll = 0;
            }
            return;
        }
        let last = page::last_line(self, around);
        let at = match &mut self.fix {
            Some((_, at)) => at,
            None => &mut self.scroll,
        };
        *at = scrolled(*at, action, lines, last);
    }

    /// Closes what is open, the uppermost first.
    fn leave(&mut self) {
        if self.fix.is_none() {
            self.focus = Focus::Tree;
        }
        self.fix = None;
    }

    /// Opens the details, or chooses the request under the cursor.
    fn open(&mut self) {
        match (self.fix, self.topic()) {
            (Some(_), _) => self.fix = None,
            (None, Some(Topic::Part(chosen))) if chosen != self.part => self.go_to_part(chosen),
            (None, Some(_)) if self.focus == Focus::Tree => self.focus = Focus::Details,
            (None, _) => self.focus = Focus::Tree,
        }
    }

    /// The fix that is shown, of the row under the cursor, or the first.
    fn chosen_fix(&self) -> Option<usize> {
        match self.fix {
            Some((fix, _)) => Some(fix),
            None => fix_of(self.decision()?, self.topic()),
        }
    }

    fn go_to_part(&mut self, to: usize) {
        let count = self.answer().map_or(1, |answer| answer.parts.len());
        self.part = to % count.max(1);
        self.fix = None;
        self.scroll = 0;
        self.show();
    }

    /// The command of the fix that is shown, that settles the gap under the cursor, or that asks the question again.
    fn copy(&self, around: &Around) -> Effect {
        if let (Some(fix), Some(decision)) = (self.shown_fix(), self.decision()) {
            let commands = decision.fixes.get(fix).map(|fix| fix.commands.as_slice()).unwrap_or_default();
            // the last one only proves it
            let changes = commands.split_last().map_or(&[][..], |(_, changes)| changes);
            if changes.first().is_some_and(|change| !change.is_empty()) {
                return Effect::Copy { what: "the kubectl command of the fix".to_owned(), text: changes.join("\n") };
            }
            if let Some(effect) = self.copy_yaml() {
                return effect;
            }
        }
        if let (Some(Topic::Gap(gap)), Some(decision)) = (self.topic(), self.decision())
            && let Some(effect) = decision.gaps.get(gap)
        {
            return Effect::Copy { what: "what settles the gap".to_owned(), text: effect.settled_by.clone() };
        }
        Effect::Copy { what: "the command that asks this".to_owned(), text: self.question.command(&around.flags) }
    }

    /// The fix that is read: over the screen, or in the details.
    fn shown_fix(&self) -> Option<usize> {
        match (self.fix, self.topic()) {
            (Some((fix, _)), _) | (_, Some(Topic::Fix(fix))) => Some(fix),
            _ => None,
        }
    }

    fn copy_yaml(&self) -> Option<Effect> {
        let fix = self.decision()?.fixes.get(self.chosen_fix()?)?;
        if fix.yaml.is_empty() {
            // a change at AWS has a command alone
            let command = fix.commands.first()?.clone();
            return Some(Effect::Copy { what: "the command of the fix".to_owned(), text: command });
        }
        Some(Effect::Copy { what: "the YAML of the fix".to_owned(), text: fix.yaml.clone() })
    }

    /// Whether an action does something here now, or why not.
    pub(super) fn can(&self, action: Action) -> Option<Result<(), &'static str>> {
        let holds = |holds: bool, why: &'static str| if holds { Ok(()) } else { Err(why) };
        Some(match action {
            Action::Fix | Action::CopyYaml => match self.decision() {
                None => Err("nothing has been asked yet"),
                Some(decision) if decision.verdict == Verdict::Allowed => Err("there is nothing to fix: it is allowed"),
                Some(decision) if sentence::is_loading(decision) => Err("roles and bindings are still being read"),
                Some(_) => {
                    holds(self.chosen_fix().is_some(), "no fix is proposed for this: it would give too much, or several things fail")
                }
            },
            Action::Open => holds(self.topic().is_some() && self.decision().is_some(), "there is nothing to open yet"),
            Action::NextPart | Action::PreviousPart => {
                holds(self.answer().is_some_and(|answer| answer.parts.len() > 1), "this question needs one request only")
            }
            Action::Copy => holds(!self.question.is_empty(), "there is nothing to copy yet"),
            // what is open is closed first
            Action::Back if self.fix.is_none() && self.focus == Focus::Tree => return None,
            Action::Back | Action::Pane | Action::PaneBack => Ok(()),
            action if action.is_motion() => Ok(()),
            _ => return None,
        })
    }
}

/// Scrolls within a page.
pub fn scrolled(at: u16, action: Action, lines: u16, last: u16) -> u16 {
    match action {
        Action::Up => at.min(last).saturating_sub(1),
        Action::Down => at.saturating_add(1),
        Action::PageUp => at.min(last).saturating_sub(lines),
        Action::PageDown => at.saturating_add(lines),
        Action::First => 0,
        _ => last,
    }
    .min(last)
}
