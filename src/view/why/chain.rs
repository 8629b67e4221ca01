//! The chain: identity, bindings, roles, rules.

use std::collections::BTreeSet;

use super::{Node, Topic, capped};
use crate::authz::access::{Associated, Says};
use crate::authz::{Authorizer, CheckKind, Decision, Link, Principal, RuleCheck, Verdict};
use crate::base::text::count;
use crate::base::{Name, known};
use crate::facts::Kind;
use crate::view::phrase::{Phrase, Sign};
use crate::view::sentence;

/// Groups without any binding are folded into one row when there are more.
const MOST_IDLE_GROUPS: usize = 3;

/// The identity, which everything else hangs on.
pub fn root(decision: &Decision) -> Node {
    let identity = &decision.identity;
    let username = identity.username.filter(|name| !name.is_empty());
    let aside = username.and_then(|name| origin(decision, Principal::User(name))).unwrap_or_default();
    let words = match identity.service_account() {
        Some((namespace, name)) => Phrase::new().dim("service account ").name(format!("{namespace}/{name}")),
        None => Phrase::new().name(identity.to_string()),
    };
    Node { aside, open: true, children: below(decision), ..Node::leaf("identity", Topic::Identity, words) }
}

fn below(decision: &Decision) -> Vec<Node> {
    let identity = &decision.identity;
    let mut nodes = Vec::new();
    if identity.node().is_some() {
        let allows = decision.grants.iter().any(|grant| grant.authorizer == Authorizer::Node);
        let (sign, lets) = if allows { (Sign::Holds, "lets") } else { (failing(decision), "does not let") };
        let words = Phrase::new().plain(format!("the Node authorizer {lets} a kubelet do this"));
        let told = sentence::relation(decision).into_iter().enumerate();
        let children = told.map(|(position, line)| Node::sentence(format!("relation {position}"), Topic::Node, Phrase::new().plain(line)));
        nodes.push(Node { sign, children: children.collect(), open: true, ..Node::leaf("node", Topic::Node, words) });
    }
    nodes.extend(decision.policies.iter().enumerate().map(|(position, policy)| policy_node(decision, position, policy)));
    nodes.extend(identity.username.map_or_else(Vec::new, |user| links(decision, Principal::User(user))));
    let idle: Vec<Principal> = groups(decision).filter(|group| is_idle(decision, *group)).collect();
    let folded = idle.len() > MOST_IDLE_GROUPS;
    let shown = groups(decision).filter(|group| !folded || !idle.contains(group));
    nodes.extend(shown.map(|group| group_node(decision, group)));
    if folded {
        let words = Phrase::new().dim(format!("{} without a binding here", count(idle.len(), "group")));
        let children = capped(idle.into_iter().map(|group| group_node(decision, group)).collect());
        nodes.push(Node { children, ..Node::leaf("idle groups", Topic::IdleGroups, words) });
    }
    if decision.more_links > 0 {
        let words = Phrase::new().dim(format!("{} not listed", count(decision.more_links, "more binding")));
        nodes.push(Node::leaf("more links", Topic::More, words));
    }
    nodes
}

fn policy_node(decision: &Decision, position: usize, policy: &Associated) -> Node {
    let sign = match policy.says {
        Says::Allows => Sign::Holds,
        Says::Nothing | Says::Elsewhere => failing(decision),
        Says::Undocumented | Says::Unpublished => Sign::Open,
    };
    let words = Phrase::new().plain(policy.sentence(&decision.request));
    Node { sign, ..Node::sentence(format!("policy {}", policy.name()), Topic::Policy(position), words) }
}

fn groups(decision: &Decision) -> impl Iterator<Item = Principal> + '_ {
    let mut seen = BTreeSet::new();
    decision.identity.groups.iter().copied().filter(move |group| seen.insert(*group)).map(Principal::Group)
}

fn is_idle(decision: &Decision, group: Principal) -> bool {
    !is_masters(group) && !decision.links.iter().any(|link| link.via == group)
}

fn is_masters(principal: Principal) -> bool {
    principal == Principal::Group(*known::MASTERS)
}

fn group_node(decision: &Decision, group: Principal) -> Node {
    let (Principal::User(name) | Principal::Group(name)) = group;
    let words = Phrase::new().dim("group ").name(name.as_str());
    let children = links(decision, group);
    let (sign, words) = match children.len() {
        _ if is_masters(group) => (Sign::Holds, words.plain("  may do everything, before any rule is asked")),
        0 if decision.computed == Verdict::Allowed => (Sign::None, words),
        0 if sentence::is_loading(decision) => (Sign::None, words.dim("  no binding read yet")),
        0 if lacks_bindings(decision) => (Sign::None, words.dim("  no binding known")),
        0 => (Sign::None, words.dim("  no binding here")),
        some => (Sign::None, words.dim(format!("  {}", count(some, "binding")))),
    };
    // what everybody holds is seldom the reason, and long
    let is_everybodys = name == *known::AUTHENTICATED && decision.computed != Verdict::Allowed;
    let open = !is_everybodys && children.iter().any(|child| child.open || child.sign == Sign::Holds)
        || children.iter().any(|child| child.sign == Sign::Holds);
    Node {
        sign,
        aside: origin(decision, group).unwrap_or_default(),
        open,
        children,
        ..Node::leaf(format!("group {name}"), Topic::Principal(group), words)
    }
}

/// Whether bindings that could change the answer were not read.
fn lacks_bindings(decision: &Decision) -> bool {
    let is_binding = |kind: &Name| [Kind::RoleBinding, Kind::ClusterRoleBinding].iter().any(|binding| kind.as_str() == binding.as_str());
    let open = decision.gaps.iter().filter(|effect| effect.could_change_verdict);
    open.into_iter().any(|effect| effect.gap.kinds.is_empty() || effect.gap.kinds.iter().any(is_binding))
}

/// Where a user name or a group comes from.
pub fn origin(decision: &Decision, principal: Principal) -> Option<String> {
    let what = match principal {
        Principal::User(name) => format!("user {name}"),
        Principal::Group(name) => format!("group {name}"),
    };
    decision.identity.provenance.iter().find(|provenance| provenance.what == what).map(|provenance| provenance.from.clone())
}

/// The bindings through one user or group: those that grant first, then the nearest.
fn links(decision: &Decision, via: Principal) -> Vec<Node> {
    let mut found: Vec<(usize, &Link)> = decision.links.iter().enumerate().filter(|(_, link)| link.via == via).collect();
    found.sort_by_key(|(_, link)| distance(link));
    capped(found.into_iter().map(|(position, link)| link_node(decision, position, link)).collect())
}

/// How far a binding is from granting: it grants, it holds here, it is elsewhere; then by what its nearest rule lacks.
fn distance(link: &Link) -> (bool, bool, usize) {
    let nearest = link.checks.iter().map(|check| check.failing.len()).min().unwrap_or(usize::MAX);
    (link.grants().is_none(), !link.in_scope, nearest)
}

fn link_node(decision: &Decision, position: usize, link: &Link) -> Node {
    let role_kind = link.role.map_or(link.role_ref.kind.as_str(), |role| role.kind.as_str());
    let mut words = Phrase::new()
        .dim(format!("{} ", link.binding.kind))
        .name(qualified(link.binding.namespace, link.binding.name))
        .dim(" → ")
        .dim(format!("{role_kind} "))
        .name(link.role_ref.name.as_str());
    if !link.in_scope {
        words = words.bad(format!("  in {} only", link.binding.namespace));
    }
    if link.problem.is_some() {
        words = words.bad("  no such role");
    }
    let grants = link.grants().is_some();
    let sign = if grants { Sign::Holds } else { failing(decision) };
    let children = rules(decision, position, link);
    let is_told = children.iter().any(|child| matches!(child.topic, Topic::Rule(..)));
    let open = is_told && link.in_scope && (grants || decision.computed != Verdict::Allowed);
    let id = link.binding.to_string();
    Node { sign, children, open, ..Node::leaf(id, Topic::Link(position), words) }
}

/// `dev/readers`, or the name alone for what has no namespace.
pub fn qualified(namespace: Name, name: Name) -> String {
    if namespace.is_empty() { name.to_string() } else { format!("{namespace}/{name}") }
}

/// What does not grant: a failure when nothing does, else of no account, as RBAC only ever adds.
fn failing(decision: &Decision) -> Sign {
    if decision.computed == Verdict::Allowed { Sign::Idle } else { Sign::Fails }
}

/// Whether a rule speaks of what is asked: it allows it, or fails in at most two ways and not in the object itself.
fn is_told(link: &Link, rule: usize) -> bool {
    let allows = link.checks.iter().any(|check| check.failing.is_empty());
    let is_far = |kind: &CheckKind| matches!(kind, CheckKind::Resource | CheckKind::NonResourceUrl);
    let is_near = |check: &RuleCheck| check.failing.len() <= 2 && !check.failing.iter().any(is_far);
    link.checks.get(rule).is_some_and(|check| check.failing.is_empty() || !allows && is_near(check))
}

fn rules(decision: &Decision, position: usize, link: &Link) -> Vec<Node> {
    if link.role.is_none() {
        return Vec::new();
    }
    if link.rules.is_empty() {
        return vec![Node::leaf("none", Topic::Link(position), Phrase::new().dim("the role has no rules"))];
    }
    let (told, others): (Vec<usize>, Vec<usize>) = (0..link.rules.len()).partition(|rule| is_told(link, *rule));
    let rows = |rules: &[usize]| capped(rules.iter().filter_map(|rule| rule_node(decision, position, *rule)).collect());
    let mut nodes = rows(&told);
    if !others.is_empty() {
        let counted = count(others.len(), if told.is_empty() { "rule" } else { "more rule" });
        let allows = link.checks.iter().any(|check| check.failing.is_empty());
        let words = match (allows, others.len()) {
            (true, _) => counted,
            (false, 1) => format!("{counted}, not about {}", sentence::object(&decision.request)),
            (false, _) => format!("{counted}, none about {}", sentence::object(&decision.request)),
        };
        nodes.push(Node { children: rows(&others), ..Node::leaf("others", Topic::OtherRules(position), Phrase::new().dim(words)) });
    }
    nodes
}

fn rule_node(decision: &Decision, position: usize, rule: usize) -> Option<Node> {
    let link = decision.links.get(position)?;
    let (said, check) = (link.rules.get(rule)?, link.checks.get(rule)?);
    let words = Phrase::new().dim(format!("rules[{rule}]  "));
    let (sign, words) = if check.failing.is_empty() {
        (Sign::Holds, words.plain(sentence::rule(said)))
    } else if is_told(link, rule) {
        // what fails comes first: the end of a long row is cut
        let lacking = sentence::shortfall(said, &check.failing, &decision.request);
        (failing(decision), words.bad(lacking).dim("  ").plain(sentence::rule(said)))
    } else {
        (Sign::Idle, words.dim(sentence::rule(said)))
    };
    let aside = check.from.map(|from| format!("from {from}")).unwrap_or_default();
    Some(Node { sign, aside, ..Node::leaf(format!("rules[{rule}]"), Topic::Rule(position, rule), words) })
}
