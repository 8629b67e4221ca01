//! Roles and bindings, in both directions.

use super::Goal;
use super::list::{List, Listing};
use crate::authz::quote_for_shell;
use crate::base::text::count;
use crate::facts::{Facts, Kind, ObjectRef};
use crate::tui::message::{Prepared, Task};
use crate::tui::scene::Scene;
use crate::view::named::identity;
use crate::view::phrase::Sign;
use crate::view::rules::listing::{self, About};
use crate::view::rules::{Wanted, nearest};
use crate::view::table::{Column, Row};
use crate::view::why::detail::Block;

/// The screen.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Which.
    pub wanted: Wanted,
    /// The table.
    list: List<About>,
    /// What it lists.
    rules: crate::view::rules::Rules,
}

impl Rules {
    /// The screen before anything is computed.
    pub fn new(wanted: Wanted) -> Self {
        Self { wanted, list: List::default(), rules: crate::view::rules::Rules::default() }
    }

    fn is_empty(&self) -> bool {
        self.rules.roles.is_empty() && self.rules.bindings.is_empty()
    }

    /// An object alone; not again where it is alone already.
    fn alone(&self, object: &ObjectRef) -> Result<Goal, &'static str> {
        let wanted = Wanted::object(object);
        if wanted == self.wanted { Err("this is what is shown; Space folds and unfolds") } else { Ok(Goal::Rules(wanted)) }
    }
}

impl Listing for Rules {
    type About = About;
    const COLUMNS: &'static [Column] = &listing::COLUMNS;
    const MAY_BE_MISSING: &'static str = "something may be missing";

    fn list(&self) -> &List<About> {
        &self.list
    }

    fn list_mut(&mut self) -> &mut List<About> {
        &mut self.list
    }

    fn called(&self) -> String {
        match self.wanted.words().as_slice() {
            [] => "rules".to_owned(),
            words => format!("rules: {}", words.join(" ")),
        }
    }

    fn wanted(&self) -> Task {
        Task::Rules(self.wanted.clone())
    }

    fn lay_out(&mut self, prepared: Prepared) -> Vec<Row<About>> {
        if let Prepared::Rules(rules) = prepared {
            self.rules = rules;
        }
        listing::rows(&self.rules, self.wanted.name.is_some())
    }

    fn counted(&self, all: usize) -> String {
        if all == 1 { "1 role or binding".to_owned() } else { format!("{all} roles and bindings") }
    }

    fn headline(&self) -> (Sign, String) {
        match &self.wanted.name {
            Some(name) if self.is_empty() => {
                let place = self.wanted.namespace.as_ref().map_or_else(String::new, |namespace| format!(" in namespace `{namespace}`"));
                (Sign::Open, format!("no role or binding is called `{name}`{place}"))
            }
            _ => (Sign::None, format!("{} and {}", count(self.rules.roles.len(), "role"), count(self.rules.bindings.len(), "binding"))),
        }
    }

    fn advice(&self, facts: Option<&Facts>) -> Vec<String> {
        if !self.is_empty() {
            return Vec::new();
        }
        let near = facts.map(|facts| nearest(facts, &self.wanted)).unwrap_or_default();
        match near.as_slice() {
            _ if self.wanted.name.is_none() => vec!["No role and no binding was read; 8 shows what could not be.".to_owned()],
            [] => vec!["5 shows all there are.".to_owned()],
            near => near.iter().map(|object| format!("Did you mean {object}?")).chain(["5 shows all there are.".to_owned()]).collect(),
        }
    }

    fn detail(&self, about: &About, _: &Scene) -> Vec<Block> {
        listing::detail(&self.rules, about)
    }

    fn goal(&self, about: &About, _: &Scene) -> Result<Goal, &'static str> {
        match about {
            About::Object(object) | About::Contributor(_, object) | About::By(_, object) => self.alone(object),
            About::Names(_, Some(role), true) => self.alone(role),
            About::Names(..) => Err("the role does not exist, so there is nothing to go to"),
            About::Subject(_, binding, _, subject) => {
                let identity = identity(subject).ok_or("this subject matches nobody")?;
                let namespace = (binding.kind == Kind::RoleBinding).then(|| binding.namespace.to_string());
                Ok(Goal::Matrix { identity, groups: String::new(), namespace })
            }
            About::Rule(..) => Err("a rule has no page of its own; Tab shows it in full"),
            About::Remark(..) => Err("there is nothing to go to from this row"),
        }
    }

    fn words(&self) -> String {
        let mut words = vec!["rules".to_owned()];
        words.extend(self.wanted.words().iter().map(|word| quote_for_shell(word)));
        // without a name all of a namespace
        if let (None, Some(namespace)) = (&self.wanted.name, &self.wanted.namespace) {
            words.push(format!("-n {}", quote_for_shell(namespace)));
        }
        words.join(" ")
    }
}
