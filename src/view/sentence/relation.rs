//! How an object and a node are related, or nearly are, as sentences.

use crate::authz::Decision;

/// What the Node authorizer looked for and found, the nearest first; nothing where no relation is asked about.
pub fn relation(decision: &Decision) -> Vec<String> {
    let Some(relation) = &decision.relation else { return Vec::new() };
    let mut lines: Vec<String> = relation.paths.iter().map(ToString::to_string).collect();
    if lines.is_empty() {
        let nothing = relation.nothing();
        let is_open = decision.gaps.iter().any(|effect| effect.could_change_verdict);
        lines.push(if is_open { format!("{nothing}, as far as it was read") } else { nothing });
        lines.extend(relation.near.iter().map(ToString::to_string));
    }
    if relation.more > 0 {
        lines.push(format!("{} more not listed", relation.more));
    }
    lines
}
