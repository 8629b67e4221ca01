//! `identities` as text.

use super::table::Table;
use super::{Ink, Line, Look, Page, Span, gaps};
use crate::authz::identities::{IdentityKind, KnownIdentity};
use crate::base::text::count;
use crate::facts::Facts;

/// How many sources a row names.
const MOST_SOURCES: usize = 2;

/// The identities known.
pub fn identities(known: &[KnownIdentity], facts: &Facts, look: &Look) -> Page {
    let mut page = Page::default();
    let of = |kind: IdentityKind, noun: &str| count(known.iter().filter(|known| known.kind == kind).count(), noun);
    let summary = format!(
        "{}, {}, {} and {} are named by what was read",
        of(IdentityKind::User, "user"),
        of(IdentityKind::Group, "group"),
        of(IdentityKind::ServiceAccount, "service account"),
        of(IdentityKind::Node, "node")
    );
    page.push(Line::default().text(summary, Ink::Strong));
    if !known.is_empty() {
        page.gap();
        let mut table = Table::new(&["IDENTITY", "BINDINGS", "NAMED BY"]);
        for known in known {
            let most = if look.verbose { usize::MAX } else { MOST_SOURCES };
            let mut sources: Vec<String> = known.sources.iter().take(most).map(ToString::to_string).collect();
            if known.sources.len() > most {
                sources.push(format!("{} more", known.sources.len() - most));
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
