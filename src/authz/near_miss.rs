//! Near misses: chains that fail in exactly one or two named ways, nearest first.
//!
//! They come from the identity's own bindings and from the roles that would allow the request, both looked up; nothing
//! is tried on all bindings. Wrong advice is worse than none: each candidate names every check that fails, so that
//! putting those right, and nothing else, allows the request.

mod aggregation;
mod candidate;
mod rank;
mod rule;
mod sentence;
mod subject;

use super::decision::{Link, NearMiss};
use super::{Door, Index, Request};
use crate::identity::Identity;
use candidate::Candidate;

pub(in crate::authz) use aggregation::mislabelled;

/// How many are listed; the rest is counted.
const MOST_LISTED: usize = 10;
/// How many of one kind through one role are listed before others have had their turn.
const MOST_ALIKE: usize = 3;
/// How many checks may fail.
const MOST_FAILING: usize = 2;

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// The nearest.
    pub listed: Vec<NearMiss>,
    /// How many more there are.
    pub more: usize,
}

/// The question, as all searches take it.
#[derive(Clone, Copy, Debug)]
struct Question<'a> {
    index: &'a Index,
    identity: &'a Identity,
    request: &'a Request,
    door: Door,
}

/// Finds the near misses of a denied request; `links` are the identity's bindings in scope, `elsewhere` those of other
/// namespaces.
pub fn find(index: &Index, identity: &Identity, request: &Request, door: Door, links: &[Link], elsewhere: &[Link]) -> Found {
    let question = Question { index, identity, request, door };
    let mut candidates: Vec<Candidate<'_>> = Vec::new();
    for link in links.iter().chain(elsewhere) {
        rule::collect(&question, link, &mut candidates);
    }
    aggregation::collect(&question, links, &mut candidates);
    subject::collect(&question, &mut candidates);

    candidates.sort_by_cached_key(|candidate| candidate.rank(&question));
    let (listed, more) = rank::choose(candidates);
    Found { listed: listed.iter().map(|candidate| candidate.describe(&question)).collect(), more }
}
