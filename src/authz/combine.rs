//! The verdict of a question that needs several requests, as most kubectl commands do.

use super::{Need, Verdict};

/// The verdict of the whole, and the position of the request that decides it.
///
/// Each request that is needed must be allowed, and one of each group of alternatives; what kubectl can do without does
/// not count. A denial outweighs what is unknown: nothing that is learnt about the rest could turn it.
pub fn combine(parts: &[(Need, Verdict)]) -> (Verdict, usize) {
    let mut answer: Option<(Verdict, usize)> = None;
    for (position, (need, verdict)) in parts.iter().enumerate() {
        let (verdict, decisive) = match need {
            Need::Optional => continue,
            Need::All => (*verdict, position),
            Need::Any(group) => best_of(parts, *group).unwrap_or((*verdict, position)),
        };
        if answer.is_none_or(|(worst, _)| severity(verdict) > severity(worst)) {
            answer = Some((verdict, decisive));
        }
    }
    answer.unwrap_or((Verdict::Allowed, 0))
}

/// The most favourable of the alternatives.
fn best_of(parts: &[(Need, Verdict)], group: u8) -> Option<(Verdict, usize)> {
    let alternatives = parts.iter().enumerate().filter(|(_, (need, _))| *need == Need::Any(group));
    alternatives.map(|(position, (_, verdict))| (*verdict, position)).min_by_key(|(verdict, position)| (severity(*verdict), *position))
}

fn severity(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Allowed => 0,
        Verdict::Unknown => 1,
        Verdict::Denied => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Need::{All, Any, Optional};
    use Verdict::{Allowed, Denied, Unknown};

    #[test]
    fn combined_verdicts() {
        for (parts, answer) in [
            (vec![(All, Allowed)], (Allowed, 0)),
            (vec![(All, Allowed), (All, Denied), (All, Denied)], (Denied, 1)),
            (vec![(All, Unknown), (All, Denied)], (Denied, 1)),
            (vec![(All, Allowed), (All, Unknown)], (Unknown, 1)),
            (vec![(Optional, Denied), (All, Allowed)], (Allowed, 1)),
            (vec![(Any(0), Denied), (Any(0), Allowed)], (Allowed, 1)),
            (vec![(Any(0), Denied), (Any(0), Unknown), (Any(1), Allowed)], (Unknown, 1)),
            (vec![(Any(0), Allowed), (Any(1), Denied), (Any(1), Denied)], (Denied, 1)),
            (vec![(Optional, Denied)], (Allowed, 0)),
        ] {
            assert_eq!(combine(&parts), answer, "{parts:?}");
        }
    }
}
