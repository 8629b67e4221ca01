//! The why screen without a terminal: a tree of lines, each with a detail.
//!
//! Reading order: the identity with what reaches it, then what comes nearest, then what could not be read.

mod detail;

use crate::authz::{Authorizer, CheckKind, Decision, Link, Principal, Verdict};
use crate::base::text::count;
use crate::facts::ObjectRef;
use crate::view::sentence;

pub use detail::{DetailLine, detail, of_fix};

/// What a piece of text means; a theme makes colours and marks of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Plain text.
    Plain,
    /// What the eye should find first.
    Strong,
    /// What can be passed over.
    Dim,
    /// Allowed, holds.
    Good,
    /// Denied, fails.
    Bad,
    /// Not known.
    Unknown,
    /// What can be acted on.
    Accent,
}

/// A sign that is drawn as a glyph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sign {
    /// Allows.
    Yes,
    /// Does not.
    No,
    /// Not known.
    Open,
    /// None.
    None,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text, as the cluster has it: who draws it sanitises it.
    pub text: String,
    /// What it means.
    pub tone: Tone,
}

impl Piece {
    /// A piece.
    pub fn new(text: impl Into<String>, tone: Tone) -> Self {
        Self { text: text.into(), tone }
    }
}

/// What a line of the tree stands for; also what its detail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The identity.
    Identity,
    /// The user name or a group.
    Principal(Principal),
    /// A link of the decision, by position.
    Link(usize),
    /// A rule of a link, by position.
    Rule(usize, usize),
    /// An authorizer that is no binding.
    Authorizer(Authorizer),
    /// A heading.
    Heading,
    /// A near miss, by position.
    NearMiss(usize),
    /// A fix that no near miss has, by position.
    Fix(usize),
    /// A gap, by position.
    Gap(usize),
    /// A note, by position among the decision's.
    Note(usize),
}

/// A line of the tree with those inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Distinct among its siblings, and the same after the decision is taken again.
    pub id: String,
    /// The sign before it.
    pub sign: Sign,
    /// The text.
    pub pieces: Vec<Piece>,
    /// What it stands for.
    pub subject: Subject,
    /// The lines inside it.
    pub children: Vec<Self>,
    /// Whether it starts unfolded.
    pub open: bool,
}

/// How many bindings one part of the identity shows before they are counted.
const MOST_BINDINGS: usize = 100;

/// The tree of a decision.
pub fn tree(decision: &Decision) -> Vec<Node> {
    let mut roots = vec![identity(decision)];
    if decision.verdict != Verdict::Allowed {
        roots.extend(near_misses(decision));
    }
    let open = decision.gaps.iter().any(|gap| gap.could_change_verdict);
    if !decision.gaps.is_empty() {
        let children = decision.gaps.iter().enumerate().map(|(position, gap)| {
            let tone = if gap.could_change_verdict { Tone::Unknown } else { Tone::Dim };
            let sign = if gap.could_change_verdict { Sign::Open } else { Sign::None };
            leaf(format!("gap {position}"), sign, vec![Piece::new(sentence::gap(gap), tone)], Subject::Gap(position))
        });
        roots.push(heading("could not be read", children.collect(), open));
    }
    if !decision.notes.is_empty() {
        let children = decision.notes.iter().enumerate().map(|(position, note)| {
            leaf(format!("note {position}"), Sign::None, vec![Piece::new(note, Tone::Dim)], Subject::Note(position))
        });
        roots.push(heading("taken for granted", children.collect(), false));
    }
    roots
}

fn leaf(id: String, sign: Sign, pieces: Vec<Piece>, subject: Subject) -> Node {
    Node { id, sign, pieces, subject, children: Vec::new(), open: false }
}

fn heading(text: &str, children: Vec<Node>, open: bool) -> Node {
    let number = format!("  {}", children.len());
    Node {
        id: text.to_owned(),
        sign: Sign::None,
        pieces: vec![Piece::new(text, Tone::Strong), Piece::new(number, Tone::Dim)],
        subject: Subject::Heading,
        children,
        open,
    }
}

fn identity(decision: &Decision) -> Node {
    let from = |what: &str| decision.identity.provenance.iter().find(|part| part.what == what).map(|part| part.from.clone()).unwrap_or_default();
    let mut children: Vec<Node> = decision
        .grants
        .iter()
        .filter(|grant| grant.authorizer != Authorizer::Rbac)
        .map(|grant| {
            leaf(
                grant.authorizer.as_str().to_owned(),
                Sign::Yes,
                vec![Piece::new(sentence::grant(grant), Tone::Good)],
                Subject::Authorizer(grant.authorizer),
            )
        })
        .collect();
    // the user's own bindings stand under the identity itself, a group's under the group
    let own = decision.identity.username.map(Principal::User);
    children.extend(own.into_iter().flat_map(|principal| links(decision, principal)));
    for group in &decision.identity.groups {
        let principal = Principal::Group(*group);
        let inside = links(decision, principal);
        let allows = inside.iter().any(|node| node.sign == Sign::Yes);
        let number = if inside.is_empty() { "no bindings".to_owned() } else { count(inside.len(), "binding") };
        children.push(Node {
            id: format!("group {group}"),
            sign: if allows { Sign::Yes } else { Sign::None },
            pieces: vec![
                Piece::new("group ", Tone::Dim),
                Piece::new(group.as_str(), Tone::Plain),
                Piece::new(format!("  {number}  {}", from(&format!("group {group}"))), Tone::Dim),
            ],
            subject: Subject::Principal(principal),
            open: allows || (!inside.is_empty() && *group != "system:authenticated"),
            children: inside,
        });
    }
    let name = decision.identity.to_string();
    let origin = decision.identity.provenance.first().map(|part| format!("  {}", part.from)).unwrap_or_default();
    Node {
        id: "identity".to_owned(),
        sign: Sign::None,
        pieces: vec![Piece::new(name, Tone::Strong), Piece::new(origin, Tone::Dim)],
        subject: Subject::Identity,
        children,
        open: true,
    }
}

/// The bindings through which a part of the identity is reached.
fn links(decision: &Decision, principal: Principal) -> Vec<Node> {
    let all: Vec<(usize, &Link)> = decision.links.iter().enumerate().filter(|(_, link)| link.via == principal).collect();
    let more = all.len().saturating_sub(MOST_BINDINGS);
    let mut nodes: Vec<Node> = all.into_iter().take(MOST_BINDINGS).map(|(position, link)| binding(position, link)).collect();
    if more > 0 {
        let text = format!("and {}; whycan rules lists them", count(more, "more binding"));
        nodes.push(leaf("more".to_owned(), Sign::None, vec![Piece::new(text, Tone::Dim)], Subject::Heading));
    }
    nodes
}

fn binding(position: usize, link: &Link) -> Node {
    let allows = link.grants().is_some();
    let mut pieces = named(&link.binding, if allows { Tone::Good } else { Tone::Plain });
    pieces.push(Piece::new(" → ", Tone::Dim));
    match &link.role {
        Some(role) => pieces.extend([Piece::new(format!("{} ", role.kind), Tone::Dim), Piece::new(role.name.as_str(), Tone::Plain)]),
        None => pieces.extend([
            Piece::new(format!("{} ", link.role_ref.kind), Tone::Dim),
            Piece::new(link.role_ref.name.as_str(), Tone::Bad),
            Piece::new("  does not exist", Tone::Bad),
        ]),
    }
    if !link.in_scope {
        pieces.push(Piece::new(format!("  holds in {} only", link.binding.namespace), Tone::Bad));
    }
    let shown = rules(position, link);
    let hidden = link.rules.len() - shown.len();
    let mut children = shown;
    if hidden > 0 {
        let text = format!("{}, nothing near", count(hidden, if children.is_empty() { "rule" } else { "more rule" }));
        children.push(leaf("others".to_owned(), Sign::None, vec![Piece::new(text, Tone::Dim)], Subject::Link(position)));
    }
    Node {
        id: link.binding.to_string(),
        sign: if allows { Sign::Yes } else { Sign::No },
        pieces,
        subject: Subject::Link(position),
        open: children.iter().any(|child| child.sign != Sign::None && link.in_scope) || (!link.in_scope && children.len() == 1),
        children,
    }
}

/// The rules that allow, or that fail in one or two ways.
fn rules(position: usize, link: &Link) -> Vec<Node> {
    let near = link.checks.iter().zip(link.rules.iter()).enumerate().filter(|(_, (check, _))| check.failing.len() <= 1);
    near.map(|(index, (check, rule))| {
        let allows = check.failing.is_empty();
        let mut pieces = vec![
            Piece::new(format!("rules[{index}] "), Tone::Dim),
            Piece::new(sentence::rule(rule), if allows { Tone::Good } else { Tone::Plain }),
        ];
        if let Some(first) = check.failing.first() {
            pieces.push(Piece::new(format!("  no: {}", check_name(*first)), Tone::Bad));
        }
        leaf(format!("rule {index}"), if allows { Sign::Yes } else { Sign::No }, pieces, Subject::Rule(position, index))
    })
    .collect()
}

fn named(object: &ObjectRef, tone: Tone) -> Vec<Piece> {
    let name = if object.namespace.is_empty() { object.name.to_string() } else { format!("{}/{}", object.namespace, object.name) };
    vec![Piece::new(format!("{} ", object.kind), Tone::Dim), Piece::new(name, tone)]
}

/// The word for a check.
pub fn check_name(check: CheckKind) -> &'static str {
    match check {
        CheckKind::Scope => "scope",
        CheckKind::Role => "role",
        CheckKind::Aggregation => "aggregation",
        CheckKind::Verb => "verb",
        CheckKind::ApiGroup => "API group",
        CheckKind::Resource => "resource",
        CheckKind::Subresource => "subresource",
        CheckKind::ResourceName => "name",
        CheckKind::NonResourceUrl => "path",
        CheckKind::Subject => "subject",
    }
}

fn near_misses(decision: &Decision) -> Option<Node> {
    let mut children: Vec<Node> = decision
        .near_misses
        .iter()
        .enumerate()
        .map(|(position, miss)| {
            let pieces = vec![
                Piece::new(format!("{} ", position + 1), Tone::Accent),
                Piece::new(miss.sentence.as_str(), Tone::Plain),
                Piece::new(format!("  {}", miss.kind.as_str()), Tone::Dim),
            ];
            leaf(format!("near miss {position}"), Sign::None, pieces, Subject::NearMiss(position))
        })
        .collect();
    if decision.near_misses.is_empty() {
        let fixes = decision.fixes.iter().enumerate().map(|(position, fix)| {
            let pieces = vec![Piece::new("nothing is near; ", Tone::Dim), Piece::new(fix.title.as_str(), Tone::Plain)];
            leaf(format!("fix {position}"), Sign::None, pieces, Subject::Fix(position))
        });
        children.extend(fixes);
    }
    if decision.more_near_misses > 0 {
        let text = format!("and {} more", decision.more_near_misses);
        children.push(leaf("more".to_owned(), Sign::None, vec![Piece::new(text, Tone::Dim)], Subject::Heading));
    }
    if children.is_empty() {
        return None;
    }
    Some(heading("what comes nearest", children, true))
}
