//! The cluster: where it is, what it is, how much is known of it, and what could not be read.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::why::scrolled;
use super::{Around, Face, Outcome};
use crate::base::text::{count, enumerate};
use crate::base::{Failure, Gap, Loss};
use crate::facts::Kind;
use crate::session::{State as Standing, Step};
use crate::source::live::without_secret;
use crate::tui::draw::lines::{blocks, sentence_lines};
use crate::tui::draw::{Memory, reading};
use crate::tui::message::{Prepared, Task};
use crate::tui::state::State;
use crate::view::actions::Action;
use crate::view::phrase::{Phrase, Sign, Tone};
use crate::view::why::detail::Block;

/// What every refusal of the server holds: `pods is forbidden: User "alice" cannot list resource …`.
const FORBIDDEN: &str = " is forbidden: ";

/// The screen.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// How many lines it is scrolled down.
    pub scroll: u16,
    /// How many findings there are, once they are looked for.
    pub findings: Option<usize>,
}

impl Face for Cluster {
    fn title(&self) -> String {
        "cluster".to_owned()
    }

    fn task(&self) -> Option<Task> {
        Some(Task::Findings)
    }

    fn take(&mut self, prepared: Result<Prepared, Failure>) {
        if let Ok(Prepared::Findings(findings)) = prepared {
            self.findings = Some(findings.len());
        }
    }

    fn available(&self, action: Action) -> Option<Result<(), &'static str>> {
        match action {
            Action::Up | Action::Down | Action::PageUp | Action::PageDown | Action::First | Action::Last => Some(Ok(())),
            _ => None,
        }
    }

    fn act(&mut self, action: Action, around: &Around) -> Outcome {
        let height = around.body.height;
        let last = u16::try_from(around.length).unwrap_or(u16::MAX).saturating_sub(height);
        self.scroll = scrolled(self.scroll, action, height.saturating_sub(1).max(1), last);
        Outcome::Done
    }

    fn command(&self) -> Option<String> {
        Some("cluster".to_owned())
    }

    fn hints(&self) -> &'static [Action] {
        &[
            Action::Cancel,
            Action::Refresh,
            Action::Back,
            Action::ShowFindings,
            Action::ShowRules,
            Action::ShowIdentities,
            Action::Contexts,
            Action::Quit,
        ]
    }

    fn head(&self, state: &State, columns: u16) -> Vec<Line<'static>> {
        let (sign, tone, said) = match (state.scene(), failed(state), &state.walk.stage(Step::Authorization).state) {
            (None, ..) => (Sign::None, Tone::Plain, "no context is open; c shows them".to_owned()),
            (Some(_), Some((_, failure)), _) => (Sign::Fails, Tone::Bad, format!("nothing could be read: {}", failure.message)),
            (Some(_), _, Standing::Stale(failure)) => {
                let since = state.stale_since.as_ref().map_or_else(String::new, |since| format!(" at {since}"));
                (Sign::Open, Tone::Open, format!("as it was{since}: {}", failure.message))
            }
            (Some(scene), ..) if !scene.is_whole() => (Sign::Idle, Tone::Dim, "still being read".to_owned()),
            (Some(scene), ..) => match scene.snapshot.facts.gaps().len() {
                0 => (Sign::Holds, Tone::Good, "everything that was asked for has been read".to_owned()),
                gaps => (Sign::Open, Tone::Open, format!("{} could not be read", count(gaps, "thing"))),
            },
        };
        sentence_lines(&format!(" {}", state.theme.sign(sign).0), tone, &said, columns, state.theme)
    }

    fn length(&self, state: &State, columns: u16) -> usize {
        self.lines(state, usize::from(columns.saturating_sub(2))).len()
    }

    fn draw(&self, state: &State, _: &mut Memory, frame: &mut Frame<'_>, area: Rect) {
        reading::draw(self.lines(state, reading::room(area)), self.scroll, state.theme, frame, area);
    }
}

impl Cluster {
    fn lines(&self, state: &State, room: usize) -> Vec<Line<'static>> {
        let Some(scene) = state.scene() else { return Vec::new() };
        let facts = &scene.snapshot.facts;
        let hints = failed(state).map(|(_, failure)| failure.hints.as_slice()).unwrap_or_default();
        let mut all: Vec<Block> = hints.iter().map(|hint| Block::Line(Phrase::new().plain(hint.as_str()))).collect();
        if !hints.is_empty() {
            all.push(Block::Gap);
        }
        all.push(Block::Heading("server".to_owned()));
        all.extend(server(state));
        all.push(pair("authorizers", "Node and RBAC, as far as can be known"));
        all.push(Block::Gap);
        all.push(Block::Heading("known".to_owned()));
        for kind in Kind::ALL {
            let known = facts.count(kind);
            if known > 0 {
                all.push(pair(kind.as_str(), &known.to_string()));
            }
        }
        if Kind::ALL.into_iter().all(|kind| facts.count(kind) == 0) {
            all.push(Block::Line(Phrase::new().dim(if state.walk.is_loading() { "nothing yet" } else { "nothing" })));
        }
        let knows_roles = Kind::RBAC.into_iter().any(|kind| facts.count(kind) > 0);
        if let Some(findings) = self.findings.filter(|_| scene.is_whole() && knows_roles) {
            all.push(pair("findings", &if findings == 0 { "none".to_owned() } else { format!("{findings}; 7 shows them") }));
        }
        if failed(state).is_some() && facts.gaps().is_empty() {
            return blocks(&all, room, state.theme);
        }
        all.push(Block::Gap);
        all.push(Block::Heading("could not be read".to_owned()));
        all.extend(match facts.gaps() {
            [] => vec![Block::Line(Phrase::new().dim(if scene.is_whole() { "nothing" } else { "nothing so far" }))],
            gaps => unread(gaps),
        });
        blocks(&all, room, state.theme)
    }
}

/// The stage that failed without which nothing can be read.
fn failed(state: &State) -> Option<(Step, &Failure)> {
    let stages = state.walk.stages().filter(|(step, _)| *step != Step::Identity);
    stages.into_iter().find_map(|(step, stage)| match &stage.state {
        Standing::Failed(failure) => Some((step, failure)),
        _ => None,
    })
}

fn pair(label: &str, text: &str) -> Block {
    Block::Pair(label.to_owned(), Phrase::new().plain(text))
}

/// What is known of the server.
fn server(state: &State) -> Vec<Block> {
    let mut said = Vec::new();
    if let Some(target) = &state.walk.target {
        said.push(pair("server", &without_secret(&target.cluster.server)));
    }
    if let Some(row) = state.row().filter(|row| !row.provider.is_empty()) {
        said.push(pair("provider", &row.provider));
    }
    if let Some(version) = &state.walk.version {
        said.push(pair("version", &format!("{} {}", version.git_version, version.platform)));
    }
    said
}

/// What is missing, by who may settle it.
fn unread(gaps: &[Gap]) -> Vec<Block> {
    let mut all = Vec::new();
    // the server's refusals differ in nothing but the name of what is refused
    let (refused, others): (Vec<&Gap>, Vec<&Gap>) = gaps.iter().partition(|gap| gap.loss == Loss::Refused && gap.why.contains(FORBIDDEN));
    if !refused.is_empty() {
        let names: Vec<&str> = refused.iter().map(|gap| gap.what.as_str()).collect();
        all.push(Block::Check(Sign::Open, Phrase::new().name(enumerate(&names, "and"))));
        all.push(Block::Line(Phrase::new().plain("  The server does not let you read them. Who may can record them for you:")));
        all.push(Block::Command("kubectl get clusterroles,clusterrolebindings,roles,rolebindings -A -o json > rbac.json".to_owned()));
        all.push(Block::Command("whycan --from rbac.json".to_owned()));
    }
    for gap in others {
        all.push(Block::Check(Sign::Open, Phrase::new().name(gap.what.as_str()).plain(format!("  {}", gap.why))));
        let next = match gap.loss {
            Loss::Unreachable => Some(Block::Line(Phrase::new().plain("  r reads it again."))),
            _ => gap.settled_by.clone().map(Block::Command),
        };
        all.extend(next);
    }
    all
}
