//! The screens that were looked at, in their order, and where among them one is.

use super::super::screens::Screen;

/// The most screens that are remembered.
const MOST: usize = 200;

/// A screen that was looked at.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The context that was open.
    pub context: Option<String>,
    /// The screen, as it was left.
    pub screen: Screen,
    /// Whether it was opened from the one before it, to which Esc goes back.
    pub is_inside: bool,
}

/// Where one was, is, and came back from.
#[derive(Clone, Debug)]
pub struct History {
    before: Vec<Visit>,
    /// What is shown.
    pub now: Visit,
    /// The nearest one last.
    after: Vec<Visit>,
}

impl History {
    /// Starts with a screen.
    pub fn new(screen: Screen) -> Self {
        Self { before: Vec::new(), now: Visit { context: None, screen, is_inside: false }, after: Vec::new() }
    }

    /// Goes on to a screen; what one had come back from is forgotten.
    pub fn push(&mut self, visit: Visit) {
        self.after.clear();
        self.before.push(std::mem::replace(&mut self.now, visit));
        let surplus = self.before.len().saturating_sub(MOST);
        self.before.drain(..surplus);
    }

    /// Goes back to the screen before; false when there is none.
    pub fn back(&mut self) -> bool {
        let Some(visit) = self.before.pop() else { return false };
        self.after.push(std::mem::replace(&mut self.now, visit));
        true
    }

    /// Goes on to the screen after; false when there is none.
    pub fn forward(&mut self) -> bool {
        let Some(visit) = self.after.pop() else { return false };
        self.before.push(std::mem::replace(&mut self.now, visit));
        true
    }

    /// Whether there are screens before this one.
    pub fn has_before(&self) -> bool {
        !self.before.is_empty()
    }

    /// Whether there are screens after this one.
    pub fn has_after(&self) -> bool {
        !self.after.is_empty()
    }

    /// Every screen, to be changed.
    pub fn all(&mut self) -> impl Iterator<Item = &mut Visit> {
        self.before.iter_mut().chain(std::iter::once(&mut self.now)).chain(&mut self.after)
    }

    /// The screens before this one, the nearest first.
    pub fn earlier(&self) -> impl Iterator<Item = &Visit> {
        self.before.iter().rev()
    }
}
