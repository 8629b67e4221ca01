//! `cluster` as text.

use super::{Ink, Line, Look, Page, gaps, pairs};
use crate::base::text::count;
use crate::base::text::enumerate;
use crate::report::overview::{Overview, moment};
use crate::source::live::without_secret;

/// What is known of a cluster.
pub fn cluster(overview: &Overview<'_>, look: &Look) -> Page {
    let mut page = Page::default();
    let name = overview.name.as_deref().unwrap_or("the cluster of these facts");
    page.push(Line::default().text(name, Ink::Strong));
    page.gap();
    for (label, value) in told(overview) {
        pairs::put(&mut page, label, &value);
    }
    page.heading("what was read");
    let counts: Vec<String> = overview.counts().map(|(kind, number)| count(number, kind)).collect();
    page.push(Line::at(2).plain(if counts.is_empty() { "nothing".to_owned() } else { counts.join(", ") }));
    super::lint::list(&mut page, &overview.findings);
    gaps::of_list(&mut page, overview.facts.gaps(), look);
    page
}

fn told(overview: &Overview<'_>) -> Vec<(&'static str, String)> {
    let unknown = || "not known".to_owned();
    let live = overview.target.is_some();
    let mut told = Vec::new();
    told.extend(overview.target.map(|target| ("server", without_secret(&target.cluster.server))));
    let version = overview.version().map(|known| match overview.version {
        Some(version) => format!("{known} ({})", version.platform),
        None => format!("{known}, as AWS says"),
    });
    told.extend(version.or_else(|| live.then(unknown)).map(|version| ("version", version)));
    told.extend(overview.provider.clone().map(|provider| ("provider", provider)));
    told.extend(overview.mode().map(|mode| ("login", format!("authentication mode {mode}"))));
    told.push(("authorizers", format!("taken to be {}", enumerate(&overview.authorizers(), "and"))));
    told.extend(overview.issuer().map(str::to_owned).or_else(|| live.then(unknown)).map(|issuer| ("issuer", issuer)));
    let ends = overview.authority_ends.and_then(moment);
    told.extend(ends.map(|ends| ("CA until", ends)));
    told
}
