//! Answers as Markdown: the ticket of `why`, and tables.
//!
//! Names come from a cluster and may hold anything: each stands in a code span or fence that it cannot leave.

mod changed;
mod contexts;
mod eks;
mod escape;
mod map;
mod overview;
mod tables;
mod token;
mod why;
mod workload;

pub use changed::{changed, names};
pub use contexts::contexts;
pub use eks::eks;
pub use map::{map, mappings};
pub use overview::{cluster, whoami};
pub use tables::{can, identities, lint, rules, who_can};
pub use token::token;
pub use why::why;
pub use workload::workload;
