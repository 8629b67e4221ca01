//! All that somebody may. Left and right go from verb to verb, Enter explains the cell under the cursor.

use super::Goal;
use super::list::{HINTS, List, Listing, Missing};
use super::why::Focus;
use crate::authz::{GapEffect, Request, quote_for_shell};
use crate::base::Name;
use crate::base::text::count;
use crate::facts::Facts;
use crate::tui::message::{Prepared, Task};
use crate::tui::scene::Scene;
use crate::tui::theme::Theme;
use crate::view::actions::Action;
use crate::view::matrix::{self, About};
use crate::view::phrase::{Phrase, Sign};
use crate::view::question::{ALL_NAMESPACES, Fields, Question, Words};
use crate::view::rules::Wanted;
use crate::view::table::{Column, Row};
use crate::view::why::detail::Block;

/// The screen.
#[derive(Clone, Debug)]
pub struct Matrix {
    /// Who: an IDENTITY, or nothing for the caller.
    pub identity: String,
    /// Groups, with commas.
    pub groups: String,
    /// The namespace; none for the context's.
    pub namespace: Option<String>,
    /// What was read when the server was asked about the caller's rights: as long as it is the same, what it told holds.
    pub asked: Option<Box<crate::authz::matrix::Matrix>>,
    /// The table.
    list: List<About>,
    /// The column under the cursor.
    column: usize,
    /// What was computed.
    matrix: Option<Box<crate::authz::matrix::Matrix>>,
    /// What was assumed, of the question first.
    notes: Vec<String>,
    /// How many of these are of the question.
    assumed: usize,
}

impl Matrix {
    /// The screen before anything is computed.
    pub fn new(identity: String, groups: String, namespace: Option<String>) -> Self {
        Self { identity, groups, namespace, asked: None, list: List::default(), column: 1, matrix: None, notes: Vec::new(), assumed: 0 }
    }

    fn why(&self, request: &Request, scene: &Scene) -> Goal {
        let words = Words::Fields(Fields::of(request, scene.snapshot.facts.resources()));
        Goal::Why(Question { words, identity: self.identity.clone(), groups: self.groups.clone(), ..Question::default() })
    }
}

impl Listing for Matrix {
    type About = About;
    const COLUMNS: &'static [Column] = &matrix::COLUMNS;
    const MAY_BE_MISSING: &'static str = "more may be allowed";

    fn list(&self) -> &List<About> {
        &self.list
    }

    fn list_mut(&mut self) -> &mut List<About> {
        &mut self.list
    }

    fn called(&self) -> String {
        match self.namespace.as_deref() {
            None => "can".to_owned(),
            Some(ALL_NAMESPACES) => "can: -A".to_owned(),
            Some(namespace) => format!("can: -n {namespace}"),
        }
    }

    fn whose(&self) -> String {
        match &self.matrix {
            Some(matrix) => matrix.identity.to_string(),
            None => self.identity.clone(),
        }
    }

    fn wanted(&self) -> Task {
        Task::Matrix { identity: self.identity.clone(), groups: self.groups.clone(), namespace: self.namespace.clone() }
    }

    fn lay_out(&mut self, prepared: Prepared) -> Vec<Row<About>> {
        if let Prepared::Matrix(matrix, notes) = prepared {
            self.assumed = notes.len();
            self.notes = notes.into_iter().chain(matrix.notes.iter().cloned()).collect();
            self.matrix = Some(matrix);
        }
        self.matrix.as_ref().map(|matrix| matrix::rows(matrix, &self.notes)).unwrap_or_default()
    }

    fn counted(&self, all: usize) -> String {
        count(all, "row")
    }

    fn headline(&self) -> (Sign, String) {
        (Sign::None, self.matrix.as_ref().map(|matrix| matrix::headline(matrix)).unwrap_or_default())
    }

    fn assumed(&self) -> Option<&str> {
        self.notes.first().filter(|_| self.assumed > 0).map(String::as_str)
    }

    fn advice(&self, _: Option<&Facts>) -> Vec<String> {
        let is_bare = self.matrix.as_ref().is_some_and(|matrix| matrix.rows.is_empty() && matrix.non_resource.is_empty());
        let is_missing = self.matrix.iter().flat_map(|matrix| &matrix.gaps).any(|effect| effect.could_change_verdict);
        let advice = if is_missing {
            "Nothing that was read allows anything here; e asks for something, and the server is asked too."
        } else {
            "Nothing is allowed here; e asks for something, and f on its answer shows what would allow it."
        };
        is_bare.then(|| advice.to_owned()).into_iter().collect()
    }

    fn missing(&self, _: &Facts) -> Missing {
        Missing::of(self.matrix.iter().flat_map(|matrix| &matrix.gaps))
    }

    fn gap(&self, position: usize) -> Option<&GapEffect> {
        self.matrix.as_ref()?.gaps.get(position)
    }

    fn note(&self, position: usize) -> Option<&str> {
        self.notes.get(position).map(String::as_str)
    }

    fn detail(&self, about: &About, scene: &Scene) -> Vec<Block> {
        self.matrix.as_ref().map(|matrix| matrix::detail(matrix, &scene.snapshot.facts, about)).unwrap_or_default()
    }

    fn goal(&self, about: &About, scene: &Scene) -> Result<Goal, &'static str> {
        let matrix = self.matrix.as_ref().ok_or("there is nothing to open yet")?;
        match about {
            About::Resource(key) => Ok(self.why(&key.request(matrix::verb(self.column), matrix.namespace), scene)),
            About::Verb(key, verb) => Ok(self.why(&key.request(*verb, matrix.namespace), scene)),
            About::Path(path) => {
                let row = matrix.non_resource.iter().find(|row| row.path == *path);
                let verb = row.and_then(|row| row.verbs.first()).copied().filter(|verb| *verb != Name::STAR);
                // a path with a star covers what stands before the star
                let path = path.as_str().trim_end_matches('*');
                let path = if path.is_empty() { "/" } else { path };
                Ok(self.why(&Request::path(verb.map_or("get", Name::as_str), path), scene))
            }
            About::Grant(_, grant) | About::PathGrant(_, grant) => match grant.binding {
                Some(binding) => Ok(Goal::Rules(Wanted::object(&binding))),
                None => Err("no binding is known to give this; Tab says more"),
            },
        }
    }

    fn words(&self) -> String {
        let mut words = vec!["can".to_owned()];
        words.extend((!self.identity.is_empty()).then(|| quote_for_shell(&self.identity)));
        let groups = self.groups.split(',').map(str::trim).filter(|group| !group.is_empty());
        words.extend(groups.map(|group| format!("--as-group {}", quote_for_shell(group))));
        words.extend(self.namespace.as_deref().map(|namespace| match namespace {
            ALL_NAMESPACES => ALL_NAMESPACES.to_owned(),
            namespace => format!("-n {}", quote_for_shell(namespace)),
        }));
        words.join(" ")
    }

    fn named(&self) -> &'static [Action] {
        HINTS
    }

    fn can(&self, action: Action) -> Option<Result<(), &'static str>> {
        // rows are unfolded with space alone
        (matches!(action, Action::Left | Action::Right) && self.list.focus == Focus::Tree).then_some(Ok(()))
    }

    fn does(&mut self, action: Action) {
        let last = crate::authz::matrix::COLUMNS.len();
        self.column = if action == Action::Left { self.column - 1 } else { self.column + 1 }.clamp(1, last);
    }

    fn column(&self) -> Option<usize> {
        Some(self.column)
    }

    fn legend(&self, theme: Theme, is_brief: bool) -> Option<Phrase> {
        let sign = |sign| theme.sign(sign).0;
        let words = matrix::legend(sign(Sign::Holds), sign(Sign::Open), sign(Sign::Idle), is_brief);
        self.matrix.as_ref().is_some_and(|matrix| !matrix.rows.is_empty()).then_some(words)
    }
}
