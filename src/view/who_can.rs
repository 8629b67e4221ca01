//! Everyone who may, as rows: whom, where, and through what; below each the grants and the members known.

use super::named::{briefly, called, identity, identity_of, object, short, who};
use super::phrase::{Phrase, Sign, Tone};
use super::sentence;
use super::table::{Cell, Column, Rank, Row, Shared, remarks};
use super::why::detail::{Block, pair};
use crate::authz::who_can::{Entitled, Entitlement, WhoCan};
use crate::authz::{Authorizer, GapEffect, Principal, Request};
use crate::base::Name;
use crate::base::text::count;
use crate::facts::{Facts, ObjectRef, Subject};

/// The columns.
pub const COLUMNS: [Column; 3] = [Column::words("WHO", 34, 0), Column::words("WHERE", 10, 0), Column::words("THROUGH", 26, 1)];

/// How many names a row gives.
const MOST_NAMES: usize = 3;

/// What a row is about; each is of the request at a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum About {
    /// One of the requests that the question needs.
    Request(usize),
    /// Somebody who may.
    Subject(usize, Subject),
    /// A grant to somebody, by its binding.
    Grant(usize, Subject, Option<ObjectRef>),
    /// Somebody who is known to be in a group.
    Member(usize, Subject, Principal),
}

/// The rows.
pub fn rows(each: &[WhoCan], gaps: &[GapEffect], notes: &[String]) -> Vec<Row<About>> {
    let mut rows = Vec::new();
    let depth = usize::from(each.len() > 1);
    for (part, answer) in each.iter().enumerate() {
        if depth > 0 {
            let words = Phrase::new().name(headline(answer));
            rows.push(Row { rank: Rank::Heading, is_open: true, ..Row::part(0, About::Request(part), words) });
        }
        answer.who.iter().for_each(|entitled| subject(&mut rows, part, entitled, depth));
    }
    rows.extend(remarks(gaps, notes));
    rows
}

/// What could not be read, which is the same for every request; whether it matters to any of them.
pub fn gaps(each: &[WhoCan]) -> Vec<GapEffect> {
    let mut gaps = each.first().map(|answer| answer.gaps.clone()).unwrap_or_default();
    for (position, gap) in gaps.iter_mut().enumerate() {
        gap.could_change_verdict = each.iter().filter_map(|answer| answer.gaps.get(position)).any(|gap| gap.could_change_verdict);
    }
    gaps
}

/// How many may: `3 subjects may delete pods in dev`; not everybody where somebody could be missing.
pub fn headline(answer: &WhoCan) -> String {
    let known = format!("{} may {}", count(answer.who.len(), "subject"), answer.request);
    if answer.gaps.iter().any(|effect| effect.could_change_verdict) {
        return format!("at least {known}; others may be missing");
    }
    known
}

/// Whether only those may to whom no binding gives it.
pub fn is_bare(answer: &WhoCan) -> bool {
    answer.who.iter().all(|entitled| entitled.grants.iter().all(|grant| grant.binding.is_none()))
}

fn subject(rows: &mut Vec<Row<About>>, part: usize, entitled: &Entitled, depth: usize) {
    let members = entitled.members.len();
    let known = |text: String| Phrase::new().dim(if members > 0 { text } else { String::new() });
    let full = Shared { words: who(&entitled.subject), tail: known(format!(" ({})", count(members, "known member"))) };
    let brief = Shared { words: briefly(&entitled.subject), tail: known(format!(" ({members})")) };
    let cells = vec![Cell::Either(full, brief), Cell::Words(place(entitled)), through(entitled)];
    rows.push(Row::item(depth, About::Subject(part, entitled.subject), cells));
    for grant in &entitled.grants {
        let words = Shared { words: chain(grant), tail: limited(Phrase::new(), &grant.names) };
        let row = Row::part(depth + 1, About::Grant(part, entitled.subject, grant.binding), Phrase::new()).signed(Sign::Holds);
        rows.push(Row { cells: vec![Cell::Either(words.clone(), words)], ..row });
    }
    for member in &entitled.members {
        let words = Phrase::new().dim("member ").name(called(member));
        rows.push(Row::part(depth + 1, About::Member(part, entitled.subject, *member), words));
    }
}

/// The IDENTITY that asks as a subject; for the Node authorizer, which looks at names of nodes and not at their group, a
/// node.
pub fn asker(entitled: &Entitled) -> Option<String> {
    if entitled.grants.iter().all(|grant| grant.authorizer == Authorizer::Node) {
        return entitled.members.first().copied().map(identity_of);
    }
    identity(&entitled.subject)
}

/// The request that is surely allowed: where the subject may, and with the name to which it is limited.
pub fn request(answer: &WhoCan, entitled: &Entitled) -> Request {
    let mut request = answer.request;
    if let Request::Resource(resource) = &mut request {
        if !entitled.cluster_wide && resource.namespace.is_empty() {
            resource.namespace = entitled.namespaces.first().copied().unwrap_or_default();
        }
        if resource.name.is_empty() {
            resource.name = sentence::limits(&entitled.grants).first().copied().unwrap_or_default();
        }
    }
    request
}

fn place(entitled: &Entitled) -> Phrase {
    match (entitled.cluster_wide, entitled.namespaces.as_slice()) {
        (true, _) => Phrase::new().plain("everywhere"),
        (false, [one]) => Phrase::new().name(one.as_str()),
        (false, several) => Phrase::new().plain(count(several.len(), "namespace")),
    }
}

fn through(entitled: &Entitled) -> Cell {
    let Some(first) = entitled.grants.first() else { return Cell::Words(Phrase::new()) };
    let more = entitled.grants.len() - 1;
    let more = if more == 0 { String::new() } else { format!("  +{more}") };
    let names = sentence::limits(&entitled.grants);
    let only = match names.as_slice() {
        [] => String::new(),
        [one] => format!("  only {one}"),
        several => format!("  {}", count(several.len(), "name")),
    };
    let brief = match (first.binding, first.role) {
        (Some(binding), Some(role)) => Phrase::new().name(short(&binding)).dim(" → ").name(role.name.as_str()),
        _ => chain(first),
    };
    Cell::Either(
        Shared { words: chain(first), tail: limited(Phrase::new(), &names).dim(more.as_str()) },
        Shared { words: brief, tail: Phrase::new().with(Tone::Open, only).dim(more) },
    )
}

/// `RoleBinding dev/readers → Role reader`, the kinds dim.
fn chain(grant: &Entitlement) -> Phrase {
    match (grant.authorizer, grant.binding, grant.role) {
        (Authorizer::Rbac, Some(binding), Some(role)) => object(&binding).dim(" → ").then(object(&role)),
        (Authorizer::SystemMasters, ..) => Phrase::new().plain("before any rule is asked"),
        (Authorizer::AccessPolicy, ..) => Phrase::new().plain(grant.policy.as_ref().map(sentence::association).unwrap_or_default()),
        _ => Phrase::new().plain("the Node authorizer"),
    }
}

fn limited(words: Phrase, names: &[Name]) -> Phrase {
    if names.is_empty() {
        return words;
    }
    let mut shown: Vec<String> = names.iter().take(MOST_NAMES).map(ToString::to_string).collect();
    if names.len() > MOST_NAMES {
        shown.push(format!("{} more", names.len() - MOST_NAMES));
    }
    words.with(Tone::Open, format!("  only those named {}", shown.join(", ")))
}

/// The details of a row.
pub fn detail(each: &[WhoCan], facts: &Facts, about: &About) -> Vec<Block> {
    let of = |part: usize, subject: Subject| {
        let answer = each.get(part)?;
        Some((answer, answer.who.iter().find(|entitled| entitled.subject == subject)?))
    };
    match *about {
        About::Request(part) => each.get(part).map(|answer| vec![Block::Title(headline(answer).into())]),
        About::Subject(part, subject) => of(part, subject).map(|(answer, entitled)| about_subject(answer, entitled)),
        About::Grant(part, subject, binding) => of(part, subject).and_then(|(_, entitled)| {
            let grant = entitled.grants.iter().find(|grant| grant.binding == binding)?;
            Some(about_grant(&subject, grant, facts))
        }),
        About::Member(part, subject, member) => of(part, subject).map(|(answer, _)| {
            let words = Phrase::new().name(called(&member)).plain(" may ").plain(answer.request.to_string());
            vec![Block::Title(words), Block::Gap, Block::Line(Phrase::new().plain("as a member of ").name(subject.name.as_str()))]
        }),
    }
    .unwrap_or_default()
}

fn about_subject(answer: &WhoCan, entitled: &Entitled) -> Vec<Block> {
    let mut blocks = vec![Block::Title(who(&entitled.subject)), Block::Line(format!("may {}", answer.request).into()), Block::Gap];
    if entitled.cluster_wide {
        blocks.push(pair("where", "everywhere"));
    }
    if !entitled.namespaces.is_empty() {
        let names: Vec<&str> = entitled.namespaces.iter().map(|name| name.as_str()).collect();
        blocks.push(pair("namespaces", Phrase::new().name(names.join(", "))));
    }
    let names = sentence::limits(&entitled.grants);
    if !names.is_empty() {
        let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
        blocks.push(pair("only named", Phrase::new().with(Tone::Open, names.join(", "))));
    }
    blocks.extend([Block::Gap, Block::Heading(count(entitled.grants.len(), "grant"))]);
    blocks.extend(entitled.grants.iter().map(|grant| Block::Check(Sign::Holds, limited(chain(grant), &grant.names))));
    if !entitled.members.is_empty() {
        blocks.extend([Block::Gap, Block::Heading(count(entitled.members.len(), "known member"))]);
        blocks
            .extend(entitled.members.iter().take(super::why::MOST_CHILDREN).map(|member| Block::Line(Phrase::new().name(called(member)))));
    }
    blocks
}

fn about_grant(subject: &Subject, grant: &Entitlement, facts: &Facts) -> Vec<Block> {
    let mut blocks = vec![Block::Title(chain(grant)), Block::Line(Phrase::new().dim("to ").then(who(subject)))];
    let role = grant.role.and_then(|role| facts.role(&role));
    if let Some(rule) = role.and_then(|role| role.rules.get(grant.rule_index)) {
        blocks.extend([Block::Gap, Block::Heading(format!("rules[{}]", grant.rule_index))]);
        blocks.push(Block::Line(sentence::rule(rule).into()));
    }
    let reason = grant.reason(facts);
    if !reason.is_empty() {
        blocks.extend([Block::Gap, Block::Heading("the API server's reason, as it writes it".to_owned()), Block::Line(reason.into())]);
    }
    blocks
}
