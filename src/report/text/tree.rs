//! The chain as a tree: identity, bindings, roles, rules.

use super::glyph::Glyphs;
use super::{Ink, Line, Look, Page, Span};
use crate::authz::access::Says;
use crate::authz::{Authorizer, CheckKind, Decision, Link, Principal, RuleCheck, Verdict};
use crate::base::text::count;
use crate::facts::Rule;
use crate::view::sentence;

/// How many bindings of other namespaces are shown under one user or group.
const MOST_ELSEWHERE: usize = 5;

/// A node with what hangs on it.
#[derive(Debug, Default)]
struct Node {
    text: Vec<Span>,
    children: Vec<Self>,
}

impl Node {
    fn leaf(text: Vec<Span>) -> Self {
        Self { text, children: Vec::new() }
    }
}

/// Draws the chain of a decision.
pub fn draw(page: &mut Page, decision: &Decision, look: &Look) {
    let glyphs = Glyphs::of(look);
    let root = root(decision, look, glyphs);
    page.push(Line::default().spans(root.text));
    branches(page, &root.children, &[], glyphs);
}

fn branches(page: &mut Page, nodes: &[Node], before: &[Span], glyphs: Glyphs) {
    for (position, node) in nodes.iter().enumerate() {
        let is_last = position + 1 == nodes.len();
        let guide = |text: &str| -> Vec<Span> { before.iter().cloned().chain([Span::new(text, Ink::Dim)]).collect() };
        let below = guide(if is_last { "   " } else { glyphs.bar });
        // a wrapped line goes on beside the guides of its own children
        let mut hanging = below.clone();
        hanging.push(Span::new(if node.children.is_empty() { "   " } else { glyphs.bar }, Ink::Dim));
        page.push(Line::after(guide(if is_last { glyphs.corner } else { glyphs.tee })).hanging(hanging).spans(node.text.clone()));
        branches(page, &node.children, &below, glyphs);
    }
}

fn root(decision: &Decision, look: &Look, glyphs: Glyphs) -> Node {
    let identity = &decision.identity;
    let user = identity.username.map(Principal::User);
    let mut node = Node::leaf(vec![Span::new(identity.to_string(), Ink::Strong), origin(decision, user)]);
    if identity.node().is_some() {
        node.children.push(kubelet(decision, glyphs));
    }
    if let Some(user) = user {
        node.children.extend(bindings(decision, user, look, glyphs));
    }
    for group in identity.groups.iter().copied().map(Principal::Group) {
        let Principal::Group(name) = group else { continue };
        let children = bindings(decision, group, look, glyphs);
        let mut text = vec![Span::new("group ", Ink::Dim), Span::new(name, Ink::Strong), origin(decision, Some(group))];
        let is_master = decision.grants.iter().any(|grant| grant.binding.is_none()) && name == "system:masters";
        if is_master {
            text.insert(0, Span::plain(" "));
            text.insert(0, glyphs.verdict(Verdict::Allowed));
            text.push(Span::plain("  may do everything, before any rule is asked"));
        } else if children.is_empty() {
            text.push(Span::new(if decision.computed == Verdict::Allowed { "" } else { "  no binding here" }, Ink::Dim));
        }
        node.children.push(Node { text, children });
    }
    let is_allowed = decision.computed == Verdict::Allowed;
    let told = decision.policies.iter().filter(|policy| look.verbose || !is_allowed || policy.says == Says::Allows);
    node.children.extend(told.map(|policy| {
        let sign = match policy.says {
            Says::Allows => glyphs.holds(true),
            Says::Nothing | Says::Elsewhere => glyphs.holds(false),
            Says::Undocumented | Says::Unpublished => glyphs.verdict(Verdict::Unknown),
        };
        Node::leaf(vec![sign, Span::plain(format!(" {}", policy.sentence(&decision.request)))])
    }));
    if decision.more_links > 0 {
        node.children.push(Node::leaf(vec![Span::new(format!("{} more", count(decision.more_links, "binding")), Ink::Dim)]));
    }
    node
}

/// What the Node authorizer says, and what it found.
fn kubelet(decision: &Decision, glyphs: Glyphs) -> Node {
    let allows = decision.grants.iter().any(|grant| grant.authorizer == Authorizer::Node);
    let said = if allows { " the Node authorizer lets a kubelet do this" } else { " the Node authorizer does not let a kubelet do this" };
    let found = sentence::relation(decision).into_iter().map(|line| Node::leaf(vec![Span::plain(line)]));
    Node { text: vec![glyphs.holds(allows), Span::plain(said)], children: found.collect() }
}

/// Where a user name or a group comes from.
fn origin(decision: &Decision, principal: Option<Principal>) -> Span {
    let what = match principal {
        Some(Principal::User(name)) => format!("user {name}"),
        Some(Principal::Group(name)) => format!("group {name}"),
        None => return Span::plain(""),
    };
    let from = decision.identity.provenance.iter().find(|provenance| provenance.what == what);
    Span::new(from.map(|from| format!("  ({})", from.from)).unwrap_or_default(), Ink::Dim)
}

/// The bindings through one user or group: those that grant; without any, all that hold here and what is elsewhere.
fn bindings(decision: &Decision, via: Principal, look: &Look, glyphs: Glyphs) -> Vec<Node> {
    let is_allowed = decision.computed == Verdict::Allowed;
    let is_shown = |link: &&Link| look.verbose || link.in_scope && (!is_allowed || link.grants().is_some());
    let (shown, hidden): (Vec<&Link>, Vec<&Link>) = decision.links.iter().filter(|link| link.via == via).partition(is_shown);
    let mut nodes: Vec<Node> = shown.into_iter().map(|link| binding(decision, link, look, glyphs)).collect();
    let (idle, elsewhere): (Vec<&Link>, Vec<&Link>) = hidden.into_iter().partition(|link| link.in_scope);
    if !is_allowed {
        nodes.extend(elsewhere.iter().take(MOST_ELSEWHERE).map(|link| binding(decision, link, look, glyphs)));
        let more = elsewhere.len().saturating_sub(MOST_ELSEWHERE);
        if more > 0 {
            nodes.push(Node::leaf(vec![Span::new(format!("{} more in other namespaces", count(more, "binding")), Ink::Dim)]));
        }
    }
    if !idle.is_empty() {
        let more = if nodes.is_empty() { "binding" } else { "more binding" };
        let verb = if idle.len() == 1 { "does" } else { "do" };
        nodes.push(Node::leaf(vec![Span::new(format!("{} {verb} not grant this", count(idle.len(), more)), Ink::Dim)]));
    }
    nodes
}

fn binding(decision: &Decision, link: &Link, look: &Look, glyphs: Glyphs) -> Node {
    let mut text = vec![
        glyphs.holds(link.grants().is_some()),
        Span::new(format!(" {} ", link.binding.kind), Ink::Dim),
        Span::new(place(link), Ink::Strong),
        Span::new(format!(" {} {} ", glyphs.arrow, link.role.map_or(link.role_ref.kind.as_str(), |role| role.kind.as_str())), Ink::Dim),
        Span::new(link.role_ref.name, Ink::Strong),
    ];
    if !link.in_scope {
        text.push(Span::new(format!("  holds in {} only", link.binding.namespace), Ink::Bad));
    }
    if let Some(problem) = &link.problem {
        text.push(Span::new(format!("  {problem}"), Ink::Bad));
    }
    Node { text, children: rules(decision, link, look, glyphs) }
}

fn place(link: &Link) -> String {
    let (namespace, name) = (link.binding.namespace, link.binding.name);
    if namespace.is_empty() { name.to_string() } else { format!("{namespace}/{name}") }
}

/// The rules that speak of what is asked; the others are counted.
fn rules(decision: &Decision, link: &Link, look: &Look, glyphs: Glyphs) -> Vec<Node> {
    let is_near = |check: &RuleCheck| {
        let is_far = |kind: &CheckKind| matches!(kind, CheckKind::Resource | CheckKind::NonResourceUrl);
        check.failing.is_empty() || check.failing.len() <= 2 && !check.failing.iter().any(is_far)
    };
    let all: Vec<(usize, (&Rule, &RuleCheck))> = link.rules.iter().zip(&link.checks).enumerate().collect();
    let total = all.len();
    let allows = all.iter().any(|(_, (_, check))| check.failing.is_empty());
    let shown: Vec<Node> = all
        .into_iter()
        .filter(|(_, (_, check))| look.verbose || if allows { check.failing.is_empty() } else { is_near(check) })
        .map(|(position, (rule, check))| rule_node(decision, position, rule, check, glyphs))
        .collect();
    let far = total - shown.len();
    let mut nodes = shown;
    if !allows && far > 0 && link.role.is_some() {
        let other = if nodes.is_empty() { "rule" } else { "more rule" };
        let none = if far == 1 { "not" } else { "none" };
        nodes.push(Node::leaf(vec![Span::new(
            format!("{}, {none} about {}", count(far, other), sentence::object(&decision.request)),
            Ink::Dim,
        )]));
    }
    if total == 0 && link.role.is_some() {
        nodes.push(Node::leaf(vec![Span::new("the role has no rules", Ink::Dim)]));
    }
    nodes
}

fn rule_node(decision: &Decision, position: usize, rule: &Rule, check: &RuleCheck, glyphs: Glyphs) -> Node {
    let mut text = vec![
        glyphs.holds(check.failing.is_empty()),
        Span::new(format!(" rules[{position}]  "), Ink::Dim),
        Span::plain(sentence::rule(rule)),
    ];
    if !check.failing.is_empty() {
        text.push(Span::new(format!(": {}", sentence::shortfall(rule, &check.failing, &decision.request)), Ink::Bad));
    }
    if let Some(from) = check.from {
        text.push(Span::new(format!("  from {from}"), Ink::Dim));
    }
    Node::leaf(text)
}
