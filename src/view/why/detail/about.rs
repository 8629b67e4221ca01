//! The details of the nodes of the chain.

use super::{Block, pair, rule_blocks, titled};
use crate::authz::access::{Associated, of_arn};
use crate::authz::{Authorizer, CheckKind, Decision, Link, Need, Part, Principal, Request, RuleAt};
use crate::base::text::count;
use crate::base::{Name, known};
use crate::facts::{Binding, Facts, Subject, SubjectKind};
use crate::view::phrase::{Phrase, Sign};
use crate::view::sentence;
use crate::view::why::{origin, qualified};

/// How many subjects and labels are listed.
const MOST: usize = 50;

/// The answer as a whole.
pub fn answer(decision: &Decision) -> Vec<Block> {
    let mut blocks = vec![Block::Title(sentence::answer(decision).into()), Block::Gap, pair("decided by", decision.decided_by())];
    blocks.extend(reasons(decision, |_| true));
    blocks
}

/// The API server's reasons for grants, byte for byte.
fn reasons(decision: &Decision, is_meant: impl Fn(&crate::authz::Grant) -> bool) -> Vec<Block> {
    let grants = decision.grants.iter().filter(|grant| grant.authorizer == Authorizer::Rbac && is_meant(grant));
    let lines: Vec<Block> = grants.map(|grant| Block::Line(grant.reason.as_str().into())).collect();
    if lines.is_empty() {
        return lines;
    }
    [Block::Gap, Block::Heading("the API server's reason, as it writes it".to_owned())].into_iter().chain(lines).collect()
}

/// One of the requests of a question.
pub fn part(part: &Part, decision: &Decision) -> Vec<Block> {
    let mut blocks = vec![Block::Title(Phrase::new().plain(part.request.to_string()))];
    if !part.purpose.is_empty() {
        blocks.push(pair("for", part.purpose.as_str()));
    }
    let need = match part.need {
        Need::All => "must be allowed",
        Need::Any(_) => "one of several that are enough",
        Need::Optional => "kubectl can do without",
    };
    blocks.extend([pair("need", need), Block::Gap, Block::Line(sentence::answer(decision).into())]);
    blocks
}

pub fn identity(decision: &Decision) -> Vec<Block> {
    let identity = &decision.identity;
    let mut blocks = vec![Block::Title(Phrase::new().name(identity.to_string()))];
    match identity.username {
        Some(username) => blocks.push(pair("user", from(username, origin(decision, Principal::User(username))))),
        None => blocks.push(Block::Line(Phrase::new().dim("a group as such: no user name is compared"))),
    }
    if !identity.uid.is_empty() {
        blocks.push(pair("uid", Phrase::new().name(identity.uid.as_str())));
    }
    for group in &identity.groups {
        blocks.push(pair("group", from(*group, origin(decision, Principal::Group(*group)))));
    }
    for (key, values) in &identity.extra {
        let values: Vec<&str> = values.iter().map(|value| value.as_str()).collect();
        blocks.push(pair(key.as_str(), Phrase::new().name(values.join(", "))));
    }
    let applying = decision.links.iter().filter(|link| link.in_scope).count();
    blocks.push(Block::Gap);
    blocks.push(Block::Line(format!("{} of this cluster apply to the question.", count(applying, "binding")).into()));
    blocks
}

fn from(name: Name, origin: Option<String>) -> Phrase {
    let phrase = Phrase::new().name(name.as_str());
    match origin {
        Some(origin) => phrase.dim(format!("  {origin}")),
        None => phrase,
    }
}

pub fn principal(decision: &Decision, principal: Principal) -> Vec<Block> {
    let (kind, name) = match principal {
        Principal::User(name) => ("user", name),
        Principal::Group(name) => ("group", name),
    };
    let mut blocks = vec![Block::Title(Phrase::new().dim(format!("{kind} ")).name(name.as_str()))];
    if let Some(origin) = origin(decision, principal) {
        blocks.push(pair("from", origin));
    }
    if name == *known::MASTERS && kind == "group" {
        let words = "whoever holds it may do everything; no binding can take it away, and no rule is asked";
        blocks.push(Block::Check(Sign::Holds, words.into()));
    }
    let bindings: Vec<&Link> = decision.links.iter().filter(|link| link.via == principal).collect();
    blocks.push(Block::Gap);
    if bindings.is_empty() {
        blocks.push(Block::Line("No binding that reaches the question names it.".into()));
    }
    for link in bindings.into_iter().take(MOST) {
        let sign = if link.grants().is_some() { Sign::Holds } else { Sign::Fails };
        let words = Phrase::new().name(link.binding.to_string()).dim(" → ").name(sentence::role_of(link));
        blocks.push(Block::Check(sign, words));
    }
    blocks
}

pub fn idle_groups(decision: &Decision) -> Vec<Block> {
    let is_bound = |group: Name| decision.links.iter().any(|link| link.via == Principal::Group(group));
    let idle = decision.identity.groups.iter().filter(|group| !is_bound(**group));
    let pairs = idle.map(|group| pair("group", from(*group, origin(decision, Principal::Group(*group)))));
    titled("groups that no binding here names", pairs.collect())
}

pub fn node(decision: &Decision) -> Vec<Block> {
    let mut blocks = titled(
        "the Node authorizer",
        vec![Block::Line("It lets a kubelet do what a kubelet needs: by fixed rules, and for objects of the pods on its own node.".into())],
    );
    let told: Vec<Block> = sentence::relation(decision).into_iter().map(|line| Block::Line(line.into())).collect();
    if !told.is_empty() {
        blocks.push(Block::Gap);
        blocks.extend(told);
    }
    for line in decision.reason.lines() {
        blocks.extend([Block::Gap, pair("it says", line)]);
    }
    blocks
}

pub fn link(link: &Link, facts: &Facts) -> Vec<Block> {
    let mut blocks = vec![Block::Title(Phrase::new().name(link.binding.to_string()))];
    let grants = Phrase::new().name(sentence::role_of(link)).plain(" to ").name(link.subject.to_string());
    blocks.push(pair("grants", grants.dim(format!("  subjects[{}]", link.subject.index))));
    let holds = if link.binding.namespace.is_empty() {
        Phrase::new().plain("in the whole cluster")
    } else {
        Phrase::new().plain("in ").name(link.binding.namespace.as_str())
    };
    blocks.push(pair("holds", if link.in_scope { holds } else { holds.bad(" only") }));
    if let Some(problem) = &link.problem {
        blocks.push(pair("problem", Phrase::new().bad(problem.as_str())));
    }
    if let Some(binding) = facts.binding(&link.binding) {
        blocks.extend(about_binding(binding));
    }
    blocks.push(Block::Gap);
    blocks.extend(all_rules(link));
    blocks
}

fn about_binding(binding: &Binding) -> Vec<Block> {
    let mut blocks = Vec::new();
    if !binding.meta.created.is_empty() {
        blocks.push(pair("created", binding.meta.created.as_str()));
    }
    if !binding.meta.uid.is_empty() {
        blocks.push(pair("uid", Phrase::new().dim(binding.meta.uid.as_str())));
    }
    for (key, value) in binding.meta.labels.iter().take(MOST) {
        blocks.push(pair("label", Phrase::new().dim(format!("{key}: ")).plain(value.as_str())));
    }
    for (position, subject) in binding.subjects.iter().take(MOST).enumerate() {
        let label = if position == 0 { "subjects" } else { "" };
        blocks.push(pair(label, Phrase::new().dim(format!("{} ", subject.kind)).name(subject_name(subject, binding.meta.namespace))));
    }
    let more = binding.subjects.len().saturating_sub(MOST);
    if more > 0 {
        blocks.push(pair("", Phrase::new().dim(format!("and {more} more"))));
    }
    blocks
}

fn subject_name(subject: &Subject, binding_namespace: Name) -> String {
    match subject.kind {
        SubjectKind::ServiceAccount if subject.namespace.is_empty() => qualified(binding_namespace, subject.name),
        SubjectKind::ServiceAccount => qualified(subject.namespace, subject.name),
        _ => subject.name.to_string(),
    }
}

/// All rules of a binding's role, in words.
pub fn all_rules(link: &Link) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(format!("rules of {}", sentence::role_of(link)))];
    for (position, (rule, check)) in link.rules.iter().zip(&link.checks).enumerate() {
        let sign = if check.failing.is_empty() { Sign::Holds } else { Sign::Idle };
        blocks.push(Block::Check(sign, Phrase::new().dim(format!("rules[{position}]  ")).plain(sentence::rule(rule))));
    }
    if link.rules.is_empty() {
        blocks.push(Block::Line(Phrase::new().dim("none")));
    }
    blocks
}

pub fn rule(decision: &Decision, position: usize, rule: usize) -> Vec<Block> {
    let found = decision.links.get(position).and_then(|link| Some((link, link.rule_at(rule)?, link.checks.get(rule)?)));
    let Some((link, at, check)) = found else { return Vec::new() };
    let mut blocks = vec![
        Block::Title(Phrase::new().plain(format!("rules[{rule}] of ")).name(sentence::role_of(link))),
        pair("bound by", Phrase::new().name(link.binding.to_string())),
        pair("subject", Phrase::new().name(link.subject.to_string())),
        Block::Gap,
    ];
    blocks.extend(rule_blocks(&at).into_iter().skip(1));
    blocks.extend([Block::Gap, Block::Heading("checks".to_owned())]);
    blocks.push(Block::Check(Sign::Holds, Phrase::new().plain("subject  ").dim(link.subject.to_string())));
    let scope = match (link.in_scope, link.binding.namespace.is_empty()) {
        (true, true) => Phrase::new().plain("scope  ").dim("the whole cluster"),
        (true, false) => Phrase::new().plain("scope  ").dim(format!("namespace {}", link.binding.namespace)),
        (false, _) => Phrase::new().plain("scope  ").bad(format!("namespace {} only", link.binding.namespace)),
    };
    blocks.push(Block::Check(if link.in_scope { Sign::Holds } else { Sign::Fails }, scope));
    for what in checks_of(&decision.request) {
        let fails = check.failing.contains(&what);
        let words = Phrase::new().plain(format!("{}  ", sentence::check_name(what)));
        blocks.push(if fails {
            Block::Check(Sign::Fails, words.bad(sentence::shortfall(&at.rule, &[what], &decision.request)))
        } else {
            Block::Check(Sign::Holds, words.dim(asked(&decision.request, what)))
        });
    }
    if link.grants() == Some(rule) {
        blocks.extend(reasons(decision, |grant| grant.binding == Some(link.binding)));
    }
    blocks
}

/// The checks of a rule that a request meets.
fn checks_of(request: &Request) -> Vec<CheckKind> {
    match request {
        Request::NonResource { .. } => vec![CheckKind::Verb, CheckKind::NonResourceUrl],
        Request::Resource(resource) => {
            let mut checks = vec![CheckKind::Verb, CheckKind::ApiGroup, CheckKind::Resource];
            if !resource.subresource.is_empty() {
                checks.push(CheckKind::Subresource);
            }
            checks.push(CheckKind::ResourceName);
            checks
        }
    }
}

/// What the request has where a check holds.
fn asked(request: &Request, check: CheckKind) -> String {
    match (check, request) {
        (CheckKind::Verb, request) => request.verb().to_string(),
        (CheckKind::ApiGroup, Request::Resource(request)) if request.api_group.is_empty() => "core".to_owned(),
        (CheckKind::ApiGroup, Request::Resource(request)) => request.api_group.to_string(),
        (CheckKind::Resource, Request::Resource(request)) => request.resource.to_string(),
        (CheckKind::Subresource, Request::Resource(request)) => request.subresource.to_string(),
        (CheckKind::ResourceName, Request::Resource(request)) if request.name.is_empty() => "every object".to_owned(),
        (CheckKind::ResourceName, Request::Resource(request)) => request.name.to_string(),
        (_, request) => sentence::object(request),
    }
}

/// An access policy of the principal.
pub fn policy(decision: &Decision, policy: &Associated) -> Vec<Block> {
    let mut blocks = vec![Block::Title(Phrase::new().dim("access policy ").name(policy.name()))];
    if let Some(known) = of_arn(&policy.association.policy) {
        blocks.push(Block::Line(known.description.as_str().into()));
    }
    blocks.extend([
        Block::Gap,
        Block::Line(policy.sentence(&decision.request).into()),
        Block::Gap,
        pair("principal", Phrase::new().name(policy.principal.as_str())),
        pair("policy", Phrase::new().name(policy.association.policy.as_str())),
        pair("holds in", policy.scope()),
    ]);
    if let Some((index, rule)) = policy.allowing().and_then(|index| Some((index, policy.rules.get(index)?.clone()))) {
        blocks.push(Block::Gap);
        blocks.extend(rule_blocks(&RuleAt { index, rule, from: None }));
    }
    blocks.extend([
        Block::Gap,
        Block::Line("It counts for whoever logs in as the principal, not for whoever acts as a user of that name (kubectl --as).".into()),
    ]);
    blocks
}
