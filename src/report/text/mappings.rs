//! `map` of everybody as text: each mapping with the name that it gives, and whether it counts.

use super::glyph::Glyphs;
use super::{Ink, Line, Look, Page, Span, gaps};
use crate::base::Gap;
use crate::identity::aws::listing::{Listed, Standing};
use crate::report::mapped;
use crate::view::mapping::{Mappings, groups_of, username_of};

/// Whom EKS lets in.
pub fn mappings(mappings: &Mappings, look: &Look) -> Page {
    let glyphs = Glyphs::of(look);
    let mut page = Page::default();
    let headline = if mappings.is_empty() {
        "no access entry, nothing in aws-auth, and no identity provider was read".to_owned()
    } else {
        mappings.headline()
    };
    page.push(Line::default().text(headline, Ink::Strong));
    if !mappings.listed.is_empty() {
        page.gap();
    }
    for listed in &mappings.listed {
        mapping(&mut page, listed, &glyphs);
    }
    if !mappings.providers.is_empty() {
        page.heading("identity providers");
    }
    for provider in &mappings.providers {
        let told = format!("  audience {}, user {}, groups {}", provider.client_id, username_of(provider), groups_of(provider));
        page.push(Line::at(2).text(provider.name.as_str(), Ink::Strong).plain(format!("  {}", provider.issuer)).text(told, Ink::Dim));
    }
    if !mappings.associations.is_empty() {
        page.heading("pods that become a role of AWS");
    }
    for association in &mappings.associations {
        let account = format!("{}/{}", association.namespace, association.service_account);
        let role = association.role.as_deref().unwrap_or("a role that was not read");
        page.push(Line::at(2).text(account, Ink::Strong).plain(format!("  becomes {role}")));
    }
    let missing: Vec<Gap> = mappings.gaps.iter().map(|effect| effect.gap.clone()).collect();
    gaps::of_list(&mut page, &missing, look);
    page
}

fn mapping(page: &mut Page, listed: &Listed, glyphs: &Glyphs) {
    let (sign, ink) = match &listed.standing {
        Standing::Counts => (glyphs.holds(true), Ink::Strong),
        Standing::Shadowed(_) => (Span::new(glyphs.dot, Ink::Dim), Ink::Dim),
        Standing::Never(_) => (Span::new(glyphs.open, Ink::Open), Ink::Dim),
    };
    let subject = if listed.subject.is_empty() { "(no ARN)" } else { listed.subject.as_str() };
    let place = listed.line.map_or_else(|| listed.place(), |line| format!("{}, line {line}", listed.place()));
    page.push(Line::after(vec![sign, Span::plain("  ")]).plain(format!("{place}  ")).text(subject, ink));
    let username = match listed.username.as_deref() {
        None => "a user name that is not known".to_owned(),
        Some("") => "no user name".to_owned(),
        Some(name) => format!("user {name}"),
    };
    let groups = if listed.groups.is_empty() { String::new() } else { format!(", groups {}", listed.groups.join(", ")) };
    let kind = if matches!(listed.kind.as_str(), "" | "STANDARD") { String::new() } else { format!(" ({})", listed.kind) };
    page.push(Line::at(5).plain(format!("{username}{groups}{kind}")));
    for policy in listed.policies.iter().flatten() {
        page.push(Line::at(5).plain(format!("access policy {}", mapped::policy(policy))));
    }
    match &listed.standing {
        Standing::Counts => {}
        Standing::Shadowed(why) => page.push(Line::at(5).text(format!("does not decide: {why}"), Ink::Dim)),
        Standing::Never(why) => page.push(Line::at(5).text(format!("never counts: {why}"), Ink::Open)),
    }
}
