//! Who one is here: the stages of the open context, each to be opened, the one that failed with its cause and next step, and
//! what is pinned.

mod bar;
mod page;
mod stages;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::why::scrolled;
use super::{Around, Face, Goal, Outcome};
use crate::authz::Verdict;
use crate::session::{State as Stage, Step};
use crate::tui::draw::lines::{blocks, chosen, row, sentence_lines, wrapped};
use crate::tui::draw::{Memory, reading};
use crate::tui::state::{Overlay, State};
use crate::view::actions::Action;
use crate::view::login;
use crate::view::phrase::{Phrase, Sign, Tone};

/// What Enter opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// A stage.
    Stage(Step),
    /// A pinned question, by its position.
    Pin(usize),
}

/// The screen.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    /// How many lines it is scrolled down.
    scroll: u16,
    /// Where the cursor is, once it was moved; before, it is where a reader looks first.
    at: Option<usize>,
    /// Whether what is seen follows the cursor.
    follows: bool,
    /// What can be opened.
    rows: Vec<Row>,
    /// Where the cursor starts.
    start: usize,
    /// Whether the caller's rights can be shown.
    has_rights: bool,
    /// The stage that is shown in full, scrolled down by so many lines.
    page: Option<(Step, u16)>,
}

impl Walk {
    /// What can be opened as things stand: the stages, then what is pinned.
    pub fn show(&mut self, shown: Shown) {
        let on = self.at.and_then(|at| self.rows.get(at)).copied();
        let at = on.and_then(|row| shown.rows.iter().position(|other| *other == row));
        self.at = at.or_else(|| self.at.map(|at| at.min(shown.rows.len().saturating_sub(1))));
        if self.page.is_some_and(|(step, _)| !shown.rows.contains(&Row::Stage(step))) {
            self.page = None;
        }
        Shown { rows: self.rows, start: self.start, has_rights: self.has_rights } = shown;
    }

    fn row(&self) -> Option<Row> {
        self.rows.get(self.at.unwrap_or(self.start)).copied()
    }

    fn open(&mut self, around: &Around) -> Outcome {
        match self.row() {
            Some(Row::Stage(Step::Kubeconfig)) => Outcome::Go(Goal::Contexts),
            Some(Row::Stage(Step::Credential)) => Outcome::Go(Goal::Token),
            Some(Row::Stage(step @ (Step::Caller | Step::Identity))) => {
                self.page = Some((step, 0));
                Outcome::Done
            }
            Some(Row::Stage(Step::Authorization)) if self.has_rights => {
                Outcome::Go(Goal::Matrix { identity: String::new(), groups: String::new(), namespace: None })
            }
            Some(Row::Stage(Step::Authorization)) => Outcome::Go(Goal::Cluster),
            Some(Row::Pin(pin)) => around.pins.get(pin).map_or(Outcome::Done, |pin| Outcome::Go(Goal::Pin(*pin))),
            None => Outcome::Done,
        }
    }

    fn travel(&mut self, action: Action, around: &Around) {
        let at = self.at.unwrap_or(self.start);
        let last = self.rows.len().saturating_sub(1);
        let to = match action {
            Action::Up => at.checked_sub(1),
            Action::Down => Some(at + 1).filter(|to| *to <= last),
            Action::First => Some(0),
            Action::Last => Some(last),
            _ => None,
        };
        if let Some(to) = to {
            self.at = Some(to);
            self.follows = true;
            return;
        }
        self.follows = false;
        let height = around.body.height;
        let lowest = u16::try_from(around.length).unwrap_or(u16::MAX).saturating_sub(height);
        self.scroll = scrolled(self.scroll, action, height.saturating_sub(1).max(1), lowest);
    }
}

/// What the screen is told.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    rows: Vec<Row>,
    start: usize,
    has_rights: bool,
}

impl Shown {
    /// As things stand.
    pub fn of(state: &State) -> Self {
        let steps: Vec<Step> = if state.is_open { stages::shown(state).map(|(step, _)| step).collect() } else { Vec::new() };
        let trouble = state.walk.trouble().and_then(|(trouble, _)| steps.iter().position(|step| *step == trouble));
        let pins = (0..state.pins.len()).map(Row::Pin);
        Self {
            start: trouble.unwrap_or_default(),
            has_rights: state.is_live && state.walk.caller.is_some() && state.walk.snapshot.is_some(),
            rows: steps.into_iter().map(Row::Stage).chain(pins).collect(),
        }
    }
}

impl Face for Walk {
    fn title(&self) -> String {
        "who am I".to_owned()
    }

    fn available(&self, action: Action) -> Option<Result<(), &'static str>> {
        match action {
            Action::Open if self.rows.is_empty() => Some(Err("there is nothing to open: no context is open, and no question pinned")),
            Action::Back if self.page.is_none() => None,
            Action::Open | Action::Back | Action::Up | Action::Down | Action::PageUp | Action::PageDown | Action::First | Action::Last => {
                Some(Ok(()))
            }
            _ => None,
        }
    }

    fn act(&mut self, action: Action, around: &Around) -> Outcome {
        match (action, &mut self.page) {
            (Action::Open | Action::Back, page @ Some(_)) => *page = None,
            (action, Some((_, scroll))) => {
                let last = u16::try_from(around.length).unwrap_or(u16::MAX).saturating_sub(around.over.height);
                *scroll = scrolled(*scroll, action, around.over.height.saturating_sub(1).max(1), last);
            }
            (Action::Open, None) => return self.open(around),
            (action, None) => self.travel(action, around),
        }
        Outcome::Done
    }

    fn command(&self) -> Option<String> {
        Some("whoami".to_owned())
    }

    fn hints(&self) -> &'static [Action] {
        if self.page.is_some() {
            return &[Action::Back, Action::Down, Action::PageDown, Action::Quit];
        }
        &[
            Action::Open,
            Action::Cancel,
            Action::Refresh,
            Action::LogIn,
            Action::Edit,
            Action::ShowMatrix,
            Action::Contexts,
            Action::Command,
            Action::Before,
            Action::Quit,
        ]
    }

    fn head(&self, state: &State, columns: u16) -> Vec<Line<'static>> {
        let (sign, tone, said) = verdict(state);
        let head = format!(" {}", state.theme.sign(sign).0);
        let mut lines = sentence_lines(&head, tone, &said, columns, state.theme);
        lines.extend(bar::line(state, columns));
        lines
    }

    fn length(&self, state: &State, columns: u16) -> usize {
        let room = usize::from(columns.saturating_sub(2));
        match self.page {
            Some((step, _)) => blocks(&page::blocks(state, step), room, state.theme).len(),
            None => self.lines(state, room).0.len(),
        }
    }

    fn draw(&self, state: &State, _: &mut Memory, frame: &mut Frame<'_>, area: Rect) {
        let (lines, cursor) = self.lines(state, reading::room(area));
        let cursor = u16::try_from(cursor.unwrap_or_default()).unwrap_or(u16::MAX);
        // one line below the cursor tells what came of it
        let lowest = (cursor + 2).saturating_sub(area.height);
        let scroll = if self.follows { self.scroll.clamp(lowest, cursor.max(lowest)) } else { self.scroll };
        reading::draw(lines, scroll, state.theme, frame, area);
        if let Some((step, scroll)) = self.page.filter(|_| matches!(state.overlay, Overlay::None)) {
            let over = state.around().over;
            reading::draw(blocks(&page::blocks(state, step), reading::room(over), state.theme), scroll, state.theme, frame, over);
        }
    }
}

/// What the stages come to, in a sentence.
fn verdict(state: &State) -> (Sign, Tone, String) {
    let walk = &state.walk;
    let failures = walk.stages().filter(|(_, stage)| matches!(stage.state, Stage::Failed(_))).map(|(step, _)| step);
    // what AWS did not say comes last, and matters to nobody whom the server knows
    let counts = |step: &Step| *step != Step::Caller || walk.caller.is_none();
    let failed = failures.filter(counts).min_by_key(|step| (*step == Step::Caller, *step));
    if !state.is_open && state.is_live && !state.is_listed {
        return (Sign::Idle, Tone::Dim, "the kubeconfig is being read".to_owned());
    }
    if !state.is_open {
        return (Sign::None, Tone::Plain, "no context is open; c shows them".to_owned());
    }
    if let Some(step) = failed {
        let said = match step {
            Step::Kubeconfig => "this context leads nowhere: the kubeconfig has to be mended first",
            Step::Credential => "there is nothing to present to the server: no credential could be had",
            Step::Caller => "AWS did not say who signed the token",
            Step::Identity if login::is_unauthorized(walk) => "the server says Unauthorized (401): it does not take what is presented",
            Step::Identity => "the server did not say who you are",
            Step::Authorization => "roles and bindings could not be read",
        };
        return (Sign::Fails, Tone::Bad, said.to_owned());
    }
    if matches!(walk.stage(Step::Authorization).state, Stage::Stale(_)) {
        let since = state.stale_since.as_ref().map_or_else(String::new, |since| format!(" since {since}"));
        return (Sign::Open, Tone::Open, format!("the server is out of reach{since}; what was known before is shown"));
    }
    match &walk.caller {
        Some(caller) if walk.oneself.is_some() => {
            let oneself = walk.oneself.as_ref().map_or_else(String::new, |oneself| oneself.identity.to_string());
            (Sign::Holds, Tone::Good, format!("you are {oneself}, acting as {}", caller.identity))
        }
        Some(caller) => (Sign::Holds, Tone::Good, format!("the server takes you for {}", caller.identity)),
        None if !state.is_live => (Sign::None, Tone::Plain, "recorded facts: nobody is presented to a server".to_owned()),
        None if walk.stages().any(|(_, stage)| stage.state == Stage::Cancelled) => {
            (Sign::Open, Tone::Open, "stopped before the server said who you are; r tries again".to_owned())
        }
        None => (Sign::Idle, Tone::Dim, "the server has not said yet who you are".to_owned()),
    }
}

impl Walk {
    /// All of it, and the position of the line under the cursor.
    fn lines(&self, state: &State, room: usize) -> (Vec<Line<'static>>, Option<usize>) {
        let theme = state.theme;
        let mut lines = Vec::new();
        let mut cursor = None;
        let at = self.row();
        for (step, mut of_stage) in if state.is_open { stages::lines(state, room) } else { Vec::new() } {
            if let Some(first) = of_stage.first_mut().filter(|_| at == Some(Row::Stage(step))) {
                cursor = Some(lines.len());
                *first = chosen(std::mem::take(first), theme);
            }
            lines.extend(of_stage);
        }
        lines.extend([Line::default(), Line::styled("pinned", theme.heading())]);
        if state.pins.is_empty() {
            let words = Phrase::new().dim("nothing; p pins the question on the screen, and says when its answer changes");
            lines.extend(wrapped(&words, room, 0, theme));
        }
        for (position, pin) in state.pins.iter().enumerate() {
            let sign = match pin.answer.as_ref().map(|answer| answer.whole().0) {
                Some(Verdict::Allowed) => Sign::Holds,
                Some(Verdict::Denied) => Sign::Fails,
                Some(Verdict::Unknown) => Sign::Open,
                None => Sign::Idle,
            };
            let who = if pin.question.identity.is_empty() { "you" } else { pin.question.identity.as_str() };
            let words = Phrase::new().name(who).plain(format!("  {}", pin.question.shown()));
            // what is not open is not watched
            let is_watched = !state.is_live || (pin.context == state.context && state.stale_since.is_none());
            let context = pin.context.clone().unwrap_or_default();
            let aside = if is_watched { context } else { format!("{context}  as it was") };
            let line = row(sign, &words, &aside, room, theme);
            let is_chosen = at == Some(Row::Pin(position));
            if is_chosen {
                cursor = Some(lines.len());
            }
            lines.push(if is_chosen { chosen(line, theme) } else { line });
            if let Some(flip) = &pin.flip {
                let words = Phrase::new().with(Tone::Accent, format!("{}{}  ", theme.flipped(), flip.at)).plain(flip.sentence.as_str());
                let indented = |line: Line<'static>| Line::from(std::iter::once(Span::raw("  ")).chain(line.spans).collect::<Vec<_>>());
                lines.extend(wrapped(&words, room.saturating_sub(2), 2, theme).into_iter().map(indented));
            }
        }
        (lines, cursor)
    }
}
