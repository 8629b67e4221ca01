//! What is wrong with roles and bindings.

use super::Goal;
use super::list::{List, Listing};
use super::why::Focus;
use crate::base::Finding;
use crate::base::text::count;
use crate::facts::Facts;
use crate::tui::message::{Prepared, Task};
use crate::tui::scene::Scene;
use crate::view::actions::Action;
use crate::view::findings::{self, About};
use crate::view::phrase::Sign;
use crate::view::table::{Column, Row, Topic};
use crate::view::why::detail::Block;

/// The screen.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// The table.
    list: List<About>,
    /// What it lists.
    findings: Vec<Finding>,
}

impl Findings {
    /// The finding under the cursor.
    fn chosen(&self) -> Option<&Finding> {
        match self.list.rows.topic() {
            Some(Topic::Of(about)) => about.find(&self.findings),
            _ => None,
        }
    }
}

impl Listing for Findings {
    type About = About;
    const COLUMNS: &'static [Column] = &findings::COLUMNS;
    const MAY_BE_MISSING: &'static str = "something may be missing";

    fn list(&self) -> &List<About> {
        &self.list
    }

    fn list_mut(&mut self) -> &mut List<About> {
        &mut self.list
    }

    fn called(&self) -> String {
        "findings".to_owned()
    }

    fn wanted(&self) -> Task {
        Task::Findings
    }

    fn lay_out(&mut self, prepared: Prepared) -> Vec<Row<About>> {
        if let Prepared::Findings(findings) = prepared {
            self.findings = findings;
        }
        findings::rows(&self.findings)
    }

    fn counted(&self, all: usize) -> String {
        count(all, "finding")
    }

    fn headline(&self) -> (Sign, String) {
        findings::headline(&self.findings)
    }

    fn advice(&self, facts: Option<&Facts>) -> Vec<String> {
        let is_empty = facts.is_some_and(|facts| facts.roles().next().is_none() && facts.bindings().next().is_none());
        let advice = if is_empty {
            "No role and no binding was read: there was nothing to look at; 8 shows what could not be read."
        } else {
            "Nothing is wrong with the roles and bindings that were read; 5 shows them."
        };
        self.findings.is_empty().then(|| advice.to_owned()).into_iter().collect()
    }

    fn detail(&self, about: &About, _: &Scene) -> Vec<Block> {
        about.find(&self.findings).map(findings::detail).unwrap_or_default()
    }

    fn goal(&self, about: &About, _: &Scene) -> Result<Goal, &'static str> {
        Ok(Goal::Rules(about.object()))
    }

    fn words(&self) -> String {
        "lint".to_owned()
    }

    fn named(&self) -> &'static [Action] {
        &[
            Action::Open,
            Action::Fix,
            Action::Pane,
            Action::Filter,
            Action::Copy,
            Action::Back,
            Action::Contexts,
            Action::Command,
            Action::Before,
            Action::Quit,
        ]
    }

    fn can(&self, action: Action) -> Option<Result<(), &'static str>> {
        let has_fix = self.chosen().is_some_and(|finding| finding.fix.is_some());
        (action == Action::Fix).then_some(if has_fix { Ok(()) } else { Err("nothing is proposed for this") })
    }

    /// The fix stands in the details.
    fn does(&mut self, _: Action) {
        self.list.focus = if self.list.focus == Focus::Tree { Focus::Details } else { Focus::Tree };
    }
}
