//! Answers as text, made to be read at 3 a.m.: the verdict in one sentence, then why, then what to do.

mod can;
mod changed;
mod cluster;
mod contexts;
mod eks;
mod gaps;
mod glyph;
mod identities;
mod lint;
mod map;
pub mod page;
mod pairs;
mod rules;
mod table;
mod token;
mod told;
mod tree;
mod who_can;
mod whoami;
mod why;
mod workload;

pub use can::can;
pub use changed::changed;
pub use cluster::cluster;
pub use contexts::{contexts, summary as contexts_summary};
pub use eks::Listing as EksListing;
pub use identities::identities;
pub use lint::lint;
pub use map::map;
pub use page::{Ink, Line, Look, Page, Span};
pub use rules::rules;
pub use token::token;
pub use who_can::who_can;
pub use whoami::whoami;
pub use why::why;
pub use workload::workload;
