//! Why a verdict changed: which grant is new, or gone.

use crate::authz::decision::Grant;
use crate::authz::{Decision, Verdict};
use crate::facts::{Facts, ObjectRef};

/// The sentence: what is so now, and through which binding.
pub fn sentence(before: &Decision, now: &Decision, facts: Option<&Facts>) -> String {
    let headline = now.headline();
    match now.verdict {
        Verdict::Allowed => match now.grants.iter().find(|grant| !before.grants.contains(grant)).or_else(|| now.grants.first()) {
            Some(grant) => format!("{headline} now: {}", through(grant)),
            None => format!("{headline} now"),
        },
        Verdict::Denied => match before.grants.iter().find_map(|grant| grant.binding) {
            Some(binding) => format!("{headline} any more: {}", lost(&binding, facts)),
            None => format!("{headline}, now that everything could be read"),
        },
        Verdict::Unknown => match now.gaps.iter().find(|effect| effect.could_change_verdict) {
            Some(effect) => format!("{headline} is not known any more: {} could not be read", effect.gap.what),
            None => format!("{headline} is not known any more"),
        },
    }
}

fn through(grant: &Grant) -> String {
    match (&grant.binding, &grant.role) {
        (Some(binding), Some(role)) => format!("{binding} grants {role}"),
        (Some(binding), None) => format!("{binding} grants it"),
        (None, _) => format!("{} allows it", grant.authorizer.as_str()),
    }
}

fn lost(binding: &ObjectRef, facts: Option<&Facts>) -> String {
    match facts.map(|facts| facts.binding(binding).is_some()) {
        Some(true) => format!("{binding} no longer grants it"),
        Some(false) => format!("{binding} is gone"),
        None => format!("{binding} granted it"),
    }
}
