//! Which near misses come first: the cheapest to mend, and those that people most often mean.

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::decision::{CheckKind, NearMissKind};
use super::candidate::{Candidate, Likeness};
use super::{MOST_ALIKE, MOST_LISTED, Question};
use crate::authz::Request;
use crate::base::Name;
use crate::base::text::edit_distance;
use crate::facts::{Kind, ObjectRef};

/// What it costs to mend, small first. Slips of the pen come before decisions that somebody has to make, and what only
/// looks close comes last.
pub fn cost(candidate: &Candidate<'_>, question: &Question<'_>) -> u8 {
    let is_here = candidate.binding.kind == Kind::RoleBinding;
    match (candidate.kind, candidate.likeness) {
        (NearMissKind::SubjectName, Likeness::Spelling) => 0,
        (NearMissKind::SubjectName, Likeness::Slip(_)) => 1,
        (NearMissKind::SubjectKind, _) => 2,
        (NearMissKind::SubjectNamespace, _) => 3,
        (NearMissKind::MissingRole, _) => 4,
        (NearMissKind::NotAggregated, _) => 5,
        (NearMissKind::OtherNamespace, _) => 6,
        (NearMissKind::RoleBindingForClusterScope, _) => 7,
        (NearMissKind::Verb, _) => 8,
        (NearMissKind::Subresource, _) => 9,
        (NearMissKind::ApiGroup, _) => 10,
        (NearMissKind::ResourceName, _) => 11,
        (NearMissKind::ResourceNamesWithoutName, _) => 12,
        (NearMissKind::Resource | NearMissKind::NonResourceUrl, _) if is_close(candidate, question) => 13,
        (NearMissKind::SubjectMissing, Likeness::Nobody) => 14,
        // who may here is nearer than who may everywhere: those are mostly administrators
        (NearMissKind::GroupNotHeld, _) if is_here => 15,
        (NearMissKind::SubjectMissing, _) if is_here => 16,
        (NearMissKind::GroupNotHeld, _) => 17,
        (NearMissKind::SubjectName, _) => 18,
        (NearMissKind::SubjectMissing, _) => 19,
        (NearMissKind::Resource | NearMissKind::NonResourceUrl, _) => 20,
    }
}

/// Whether some resource or path of the rule is nearly the one that was asked for.
fn is_close(candidate: &Candidate<'_>, question: &Question<'_>) -> bool {
    let Some(view) = candidate.rule else { return false };
    let near = |written: Name, asked: &str| {
        let written = written.as_str().to_lowercase();
        let asked = asked.to_lowercase();
        edit_distance(&written, &asked, 2).is_some() || is_prefix(&written, &asked) || is_prefix(&asked, &written)
    };
    match question.request {
        Request::Resource(request) if candidate.failing.contains(&CheckKind::Resource) => {
            view.rule.resources.iter().any(|written| near(*written, request.resource.as_str()))
        }
        Request::NonResource { path, .. } => view.rule.non_resource_urls.iter().any(|written| near(*written, path.as_str())),
        Request::Resource(_) => false,
    }
}

fn is_prefix(short: &str, long: &str) -> bool {
    let stem = short.trim_end_matches(['*', '/']);
    stem.len() > 1 && long.starts_with(stem)
}

/// The nearest, in order; no more than a few of one kind through one role while others wait. And how many are left.
pub fn choose(candidates: Vec<Candidate<'_>>) -> (Vec<Candidate<'_>>, usize) {
    let mut alike: FxHashMap<(NearMissKind, Option<ObjectRef>), usize> = FxHashMap::default();
    let mut turns: Vec<(bool, usize)> = candidates
        .iter()
        .enumerate()
        .map(|(position, candidate)| {
            let seen = alike.entry((candidate.kind, candidate.role)).or_default();
            *seen += 1;
            (*seen > MOST_ALIKE, position)
        })
        .collect();
    turns.sort_unstable();
    let chosen: FxHashSet<usize> = turns.into_iter().take(MOST_LISTED).map(|(_, position)| position).collect();
    let more = candidates.len() - chosen.len();
    let listed = candidates.into_iter().enumerate().filter(|(position, _)| chosen.contains(position)).map(|(_, candidate)| candidate);
    (listed.collect(), more)
}
