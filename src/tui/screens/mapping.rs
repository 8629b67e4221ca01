//! The mappings of an EKS cluster: who is let in under which name, in the order in which it is asked.

use super::Goal;
use super::list::{List, Listing};
use crate::base::text::count;
use crate::facts::Facts;
use crate::tui::message::{Prepared, Task};
use crate::tui::scene::Scene;
use crate::view::mapping::{self, About, Mappings};
use crate::view::phrase::Sign;
use crate::view::table::{Column, Row};
use crate::view::why::detail::Block;

/// The screen.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    /// The table.
    list: List<About>,
    /// What it lists.
    mappings: Mappings,
}

impl Listing for Mapping {
    type About = About;
    const COLUMNS: &'static [Column] = &mapping::COLUMNS;
    const MAY_BE_MISSING: &'static str = "mappings may be missing";

    fn list(&self) -> &List<About> {
        &self.list
    }

    fn list_mut(&mut self) -> &mut List<About> {
        &mut self.list
    }

    fn called(&self) -> String {
        "mapping".to_owned()
    }

    fn wanted(&self) -> Task {
        Task::Mapping
    }

    fn lay_out(&mut self, prepared: Prepared) -> Vec<Row<About>> {
        if let Prepared::Mapping(mappings) = prepared {
            self.mappings = *mappings;
        }
        mapping::rows(&self.mappings)
    }

    fn counted(&self, all: usize) -> String {
        count(all, "mapping")
    }

    fn headline(&self) -> (Sign, String) {
        if self.mappings.is_empty() {
            return (Sign::None, "no access entry, nothing in aws-auth, and no identity provider was read".to_owned());
        }
        (Sign::None, self.mappings.headline())
    }

    fn advice(&self, _: Option<&Facts>) -> Vec<String> {
        let advice =
            "This is about clusters of EKS: others take users from certificates, tokens and issuers. 8 shows what could not be read.";
        self.mappings.is_empty().then(|| advice.to_owned()).into_iter().collect()
    }

    fn gap(&self, position: usize) -> Option<&crate::authz::GapEffect> {
        self.mappings.gaps.get(position)
    }

    fn detail(&self, about: &About, _: &Scene) -> Vec<Block> {
        mapping::detail(&self.mappings, about)
    }

    fn goal(&self, about: &About, _: &Scene) -> Result<Goal, &'static str> {
        let identity = self.mappings.identity(about).ok_or("this names nobody by an ARN: what it lets in depends on who comes")?;
        Ok(Goal::Matrix { identity, groups: String::new(), namespace: None })
    }

    fn words(&self) -> String {
        "map".to_owned()
    }
}
