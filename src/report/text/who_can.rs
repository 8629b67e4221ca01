//! `who-can` as text: everyone who may, where, and through what.

use super::glyph::Glyphs;
use super::table::Table;
use super::{Ink, Line, Look, Page, Span, gaps};
use crate::authz::who_can::{Entitled, Entitlement, WhoCan};
use crate::authz::{Authorizer, Need, Principal};
use crate::base::Name;
use crate::base::text::count;
use crate::facts::{Subject, SubjectKind};
use crate::report::Entitlements;
use crate::view::sentence::limits;
use crate::view::who_can::headline;

/// How many chains, namespaces and members one row names.
const MOST_NAMED: usize = 3;

/// The answer to a question.
pub fn who_can(answered: &Entitlements, look: &Look) -> Page {
    let mut page = Page::default();
    let several = answered.parts.len() > 1;
    if several {
        let line = Line::default()
            .text(format!("{} needs {}; each has its own list", answered.read_as, count(answered.parts.len(), "request")), Ink::Strong);
        page.push(line);
    }
    for part in &answered.parts {
        page.gap();
        let need = match part.need {
            Need::All => "",
            Need::Any(_) => "  (one of several that would do)",
            Need::Optional => "  (it can do without)",
        };
        one(&mut page, &part.answer, need, look);
    }
    let read_as = [format!("read as: {}", answered.read_as)];
    let assumed: Vec<String> = answered.parts.first().map(|part| part.answer.notes.clone()).unwrap_or_default();
    gaps::notes(&mut page, &[&read_as, &answered.notes, &assumed], look);
    page
}

fn one(page: &mut Page, answer: &WhoCan, need: &str, look: &Look) {
    page.push(Line::default().text(format!("{}{need}", headline(answer)), Ink::Strong));
    page.gap();
    let mut table = Table::new(&["WHO", "WHERE", "THROUGH"]);
    for entitled in &answer.who {
        table.row(vec![who(&entitled.subject), place(entitled), through(entitled, look)]);
    }
    table.put(page);
    gaps::of_verdict(page, &answer.gaps, false, look);
}

/// `user alice`, `group dev`, `service account ci/deployer`: the kind dim, the name bright.
pub fn who(subject: &Subject) -> Vec<Span> {
    let (kind, name) = match subject.kind {
        SubjectKind::User => ("user".to_owned(), subject.name.to_string()),
        SubjectKind::Group => ("group".to_owned(), subject.name.to_string()),
        SubjectKind::ServiceAccount if subject.namespace.is_empty() => ("service account".to_owned(), subject.name.to_string()),
        SubjectKind::ServiceAccount => ("service account".to_owned(), format!("{}/{}", subject.namespace, subject.name)),
        SubjectKind::Other(kind) => (kind.to_string(), subject.name.to_string()),
    };
    vec![Span::new(format!("{kind} "), Ink::Dim), Span::new(name, Ink::Strong)]
}

fn place(entitled: &Entitled) -> Vec<Span> {
    if entitled.cluster_wide {
        return vec![Span::plain("everywhere")];
    }
    vec![Span::plain(some(&entitled.namespaces, MOST_NAMED))]
}

/// The first few and how many more.
fn some(names: &[Name], most: usize) -> String {
    let mut shown: Vec<String> = names.iter().take(most).map(ToString::to_string).collect();
    if names.len() > most {
        shown.push(format!("{} more", names.len() - most));
    }
    shown.join(", ")
}

fn through(entitled: &Entitled, look: &Look) -> Vec<Span> {
    let glyphs = Glyphs::of(look);
    let most = if look.verbose { usize::MAX } else { MOST_NAMED };
    let mut spans = Vec::new();
    for grant in entitled.grants.iter().take(most) {
        if !spans.is_empty() {
            spans.push(Span::plain("; "));
        }
        spans.extend(chain(grant, glyphs));
    }
    if entitled.grants.len() > most {
        spans.push(Span::new(format!("; {} more", entitled.grants.len() - most), Ink::Dim));
    }
    let names = limits(&entitled.grants);
    if !names.is_empty() {
        spans.push(Span::new(format!("  only those named {}", some(&names, MOST_NAMED)), Ink::Open));
    }
    if !entitled.members.is_empty() {
        let members: Vec<Name> = entitled.members.iter().map(|member| Name::new(&called(*member))).collect();
        spans.push(Span::new(format!("  members known: {}", some(&members, most.min(members.len()))), Ink::Dim));
    }
    spans
}

fn called(principal: Principal) -> String {
    match principal {
        Principal::Group(name) => format!("group {name}"),
        Principal::User(name) => match name.as_str().strip_prefix(crate::identity::SERVICE_ACCOUNT).and_then(|rest| rest.split_once(':')) {
            Some((namespace, account)) => format!("{namespace}/{account}"),
            None => name.to_string(),
        },
    }
}

fn chain(grant: &Entitlement, glyphs: Glyphs) -> Vec<Span> {
    match (grant.authorizer, grant.binding, grant.role) {
        (Authorizer::Rbac, Some(binding), Some(role)) => {
            vec![Span::plain(binding.to_string()), Span::new(format!(" {} ", glyphs.arrow), Ink::Dim), Span::plain(role.to_string())]
        }
        (Authorizer::SystemMasters, ..) => vec![Span::plain("before any rule is asked")],
        (Authorizer::AccessPolicy, ..) => {
            vec![Span::plain(grant.policy.as_ref().map(crate::view::sentence::association).unwrap_or_default())]
        }
        _ => vec![Span::plain("the Node authorizer")],
    }
}
