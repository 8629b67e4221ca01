//! Everybody whom objects name.

use super::Goal;
use super::list::{List, Listing};
use crate::authz::identities::KnownIdentity;
use crate::base::text::count;
use crate::facts::{Facts, Kind};
use crate::tui::message::{Prepared, Task};
use crate::tui::scene::Scene;
use crate::view::identities::{self, About};
use crate::view::phrase::Sign;
use crate::view::rules::Wanted;
use crate::view::table::{Column, Row};
use crate::view::why::detail::Block;

/// The screen.
#[derive(Clone, Debug, Default)]
pub struct Identities {
    /// The table.
    list: List<About>,
    /// Whom it lists.
    known: Vec<KnownIdentity>,
}

impl Listing for Identities {
    type About = About;
    const COLUMNS: &'static [Column] = &identities::COLUMNS;
    const MAY_BE_MISSING: &'static str = "somebody may be missing";

    fn list(&self) -> &List<About> {
        &self.list
    }

    fn list_mut(&mut self) -> &mut List<About> {
        &mut self.list
    }

    fn called(&self) -> String {
        "identities".to_owned()
    }

    fn wanted(&self) -> Task {
        Task::Identities
    }

    fn lay_out(&mut self, prepared: Prepared) -> Vec<Row<About>> {
        if let Prepared::Identities(known) = prepared {
            self.known = known;
        }
        identities::rows(&self.known)
    }

    fn counted(&self, all: usize) -> String {
        count(all, "identity")
    }

    fn headline(&self) -> (Sign, String) {
        (Sign::None, identities::headline(&self.known))
    }

    fn advice(&self, _: Option<&Facts>) -> Vec<String> {
        let advice = "No binding, service account or node was read; 8 shows what could not be.";
        self.known.is_empty().then(|| advice.to_owned()).into_iter().collect()
    }

    fn note(&self, _: usize) -> Option<&str> {
        Some(identities::NOTE)
    }

    fn detail(&self, about: &About, _: &Scene) -> Vec<Block> {
        identities::detail(&self.known, about)
    }

    fn goal(&self, about: &About, _: &Scene) -> Result<Goal, &'static str> {
        match about {
            About::Identity(who) => {
                let known = self.known.iter().find(|known| identities::who(known) == *who).ok_or("this is not there any more")?;
                Ok(Goal::Matrix { identity: known.form(), groups: String::new(), namespace: None })
            }
            About::Source(_, source) if Kind::RBAC.contains(&source.kind) => Ok(Goal::Rules(Wanted::object(source))),
            About::Source(..) => Err("only roles and bindings have a page of their own"),
        }
    }

    fn words(&self) -> String {
        "identities".to_owned()
    }
}
