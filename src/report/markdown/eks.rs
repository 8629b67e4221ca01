//! `eks list` as Markdown.

use std::fmt::Write as _;

use super::escape::{code, prose};
use super::tables::{head, row};
use crate::view::eks::{Place, summary};

/// The clusters of all places, then what could not be read.
pub fn eks(places: &[Place]) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "## {}\n", prose(&summary(places)));
    let or_empty = |text: Option<&str>| text.map(code).unwrap_or_default();
    if places.iter().any(|place| !place.rows.is_empty()) {
        head(&mut out, &["Cluster", "Profile", "Region", "Account", "Version", "Status", "Context", "Endpoint"]);
        for place in places {
            for cluster in &place.rows {
                row(
                    &mut out,
                    &[
                        code(&cluster.name),
                        or_empty(place.profile.as_deref()),
                        or_empty(place.region.as_deref()),
                        or_empty(place.account.as_deref()),
                        or_empty(cluster.version.as_deref()),
                        or_empty(cluster.status.as_deref()),
                        or_empty(cluster.context.as_deref()),
                        or_empty(cluster.endpoint.as_deref()),
                    ],
                );
            }
        }
        out.push('\n');
    }
    for place in places {
        if let Some(failure) = &place.failure {
            let _ = writeln!(out, "- {}: {}", prose(&place.title()), prose(&failure.message));
            for hint in &failure.hints {
                let _ = writeln!(out, "  - {}", prose(hint));
            }
        }
    }
    out
}
