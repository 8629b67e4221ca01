//! `identities` as text.

use super::table::Table;
use super::{Ink, Line, Look, Page, Span, gaps};
use crate::authz::identities::KnownIdentity;
use crate::facts::Facts;
use crate::view::identities::headline;

/// How many sources a row names.
const MOST_SOURCES: usize = 2;

/// The identities known.
pub fn identities(known: &[KnownIdentity], facts: &Facts, look: &Look) -> Page {
    let mut page = Page::default();
    page.push(Line::default().text(headline(known), Ink::Strong));
    if !known.is_empty() {
        page.gap();
        let mut table = Table::new(&["IDENTITY", "BINDINGS", "NAMED BY"]);
        for known in known {
            let most = if look.verbose { usize::MAX } else { MOST_SOURCES };
            let all = known.places.iter().cloned().chain(known.sources.iter().map(ToString::to_string));
            let mut sources: Vec<String> = all.take(most).collect();
            let more = (known.places.len() + known.sources.len()).saturating_sub(most);
            if more > 0 {
                sources.push(format!("{more} more"));
            }
            table.row(vec![
                vec![Span::new(known.form(), Ink::Strong)],
                vec![Span::plain(format!("{:>8}", known.bindings))],
                vec![Span::new(sources.join(", "), Ink::Dim)],
            ]);
        }
        table.put(&mut page);
    }
    gaps::of_list(&mut page, facts.gaps(), look);
    let note = ["Kubernetes keeps no list of users and groups: others may exist that no binding names".to_owned()];
    gaps::notes(&mut page, &[&note], look);
    page
}
