//! The cluster: where it is, what it is, how much is known of it, and what could not be read.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::why::scrolled;
use super::{Around, Face, Outcome};
use crate::base::Failure;
use crate::base::text::count;
use crate::facts::Kind;
use crate::tui::draw::Memory;
use crate::tui::draw::lines::blocks;
use crate::tui::draw::reading;
use crate::tui::message::{Prepared, Task};
use crate::tui::scene::Scene;
use crate::tui::state::State;
use crate::tui::theme::Theme;
use crate::view::actions::Action;
use crate::view::phrase::{Phrase, Sign, Tone};
use crate::view::why::detail::Block;

/// The screen.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// How many lines it is scrolled down.
    pub scroll: u16,
    /// How many findings there are, by how bad they are; once they are looked for.
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
        let last = around.scene.as_ref().map_or(0, |scene| {
            let blocks = self.blocks(scene, &[]);
            reading::last(&self::lines(&blocks, around.body, around.theme), around.body)
        });
        self.scroll = scrolled(self.scroll, action, around.body.height.saturating_sub(1).max(1), last.saturating_add(12));
        Outcome::Done
    }

    fn command(&self) -> Option<String> {
        Some("cluster".to_owned())
    }

    fn hints(&self) -> &'static [Action] {
        &[Action::Back, Action::ShowFindings, Action::ShowRules, Action::ShowIdentities, Action::Contexts, Action::Quit]
    }

    fn head(&self, state: &State, _: u16) -> Vec<Line<'static>> {
        let theme = state.theme;
        let said = match state.scene() {
            None => "no context is open".to_owned(),
            Some(scene) if !scene.is_whole() => "still being read".to_owned(),
            Some(scene) => match scene.snapshot.facts.gaps().len() {
                0 => "everything that was asked for has been read".to_owned(),
                gaps => format!("{} could not be read", count(gaps, "thing")),
            },
        };
        vec![Line::styled(format!(" {said}"), theme.style(Tone::Dim))]
    }

    fn draw(&self, state: &State, _: &mut Memory, frame: &mut Frame<'_>, area: Rect) {
        let Some(scene) = state.scene() else { return };
        let lines = lines(&self.blocks(&scene, &server(state)), area, state.theme);
        reading::draw(lines, self.scroll, state.theme, frame, area);
    }
}

fn lines(all: &[Block], area: Rect, theme: Theme) -> Vec<Line<'static>> {
    blocks(all, reading::room(area), theme)
}

/// What is known of the server.
fn server(state: &State) -> Vec<Block> {
    let mut said = Vec::new();
    let mut pair = |label: &str, text: String| said.push(Block::Pair(label.to_owned(), Phrase::new().plain(text)));
    if let Some(target) = &state.walk.target {
        pair("server", target.cluster.server.clone());
    }
    if let Some(version) = &state.walk.version {
        pair("version", format!("{} {}", version.git_version, version.platform));
    }
    said
}

impl Cluster {
    fn blocks(&self, scene: &Scene, server: &[Block]) -> Vec<Block> {
        let facts = &scene.snapshot.facts;
        let mut all = vec![Block::Heading("server".to_owned())];
        all.extend(server.iter().cloned());
        all.push(Block::Pair("authorizers".to_owned(), Phrase::new().plain("Node and RBAC, as far as can be known")));
        all.push(Block::Gap);
        all.push(Block::Heading("known".to_owned()));
        for kind in Kind::ALL {
            let known = facts.count(kind);
            if known > 0 || Kind::RBAC.contains(&kind) {
                all.push(Block::Pair(kind.to_string(), Phrase::new().plain(known.to_string())));
            }
        }
        if let Some(findings) = self.findings {
            all.push(Block::Pair("findings".to_owned(), Phrase::new().plain(findings.to_string())));
        }
        all.push(Block::Gap);
        all.push(Block::Heading("could not be read".to_owned()));
        if facts.gaps().is_empty() {
            all.push(Block::Line(Phrase::new().dim("nothing")));
        }
        for gap in facts.gaps() {
            all.push(Block::Check(Sign::Open, Phrase::new().name(gap.what.as_str()).plain(format!("  {}", gap.why))));
            if let Some(settled_by) = &gap.settled_by {
                all.push(Block::Command(settled_by.clone()));
            }
        }
        all
    }
}
