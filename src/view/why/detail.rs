//! The details of what is selected: everything that is known of it, with names in full.

mod about;

use super::{Shown, Topic};
use crate::authz::{Decision, Fix, GapEffect, NearMiss, RuleAt};
use crate::base::Name;
use crate::facts::Facts;
use crate::view::phrase::{Phrase, Sign};
use crate::view::sentence;

/// A part of the details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// What it is about.
    Title(Phrase),
    /// A heading.
    Heading(String),
    /// A sentence.
    Line(Phrase),
    /// A label and what it stands for.
    Pair(String, Phrase),
    /// A check.
    Check(Sign, Phrase),
    /// A command, to be typed as it stands.
    Command(String),
    /// Text to be taken as it stands.
    Code(String),
    /// An empty line.
    Gap,
}

/// The details of a topic.
pub fn detail(shown: &Shown<'_>, facts: &Facts, topic: Topic) -> Vec<Block> {
    let Some(decision) = shown.decision() else { return Vec::new() };
    let link = |position: usize| decision.links.get(position);
    match topic {
        Topic::Part(position) => shown.parts.get(position).map_or_else(Vec::new, |(part, decision)| about::part(part, decision)),
        Topic::Identity => about::identity(decision),
        Topic::Principal(principal) => about::principal(decision, principal),
        Topic::IdleGroups => about::idle_groups(decision),
        Topic::Node => about::node(decision),
        Topic::Policy(position) => decision.policies.get(position).map_or_else(Vec::new, |policy| about::policy(decision, policy)),
        Topic::Link(position) => link(position).map_or_else(Vec::new, |link| about::link(link, facts)),
        Topic::OtherRules(position) => link(position).map_or_else(Vec::new, about::all_rules),
        Topic::Rule(link, rule) => about::rule(decision, link, rule),
        Topic::Near(position) => decision.near_misses.get(position).map_or_else(Vec::new, |miss| near_miss(decision, miss)),
        Topic::Fix(position) => decision.fixes.get(position).map_or_else(Vec::new, fix),
        Topic::Gap(position) => decision.gaps.get(position).map_or_else(Vec::new, gap),
        Topic::Reason => {
            let lines = decision.reason.lines().map(|line| Block::Line(line.into()));
            titled("the API server's reason, as it writes it", lines.collect())
        }
        Topic::Note(position) => {
            let note = shown.all_notes().nth(position).unwrap_or_default();
            titled("note", vec![Block::Gap, Block::Line(note.into_owned().into())])
        }
        Topic::More => {
            titled("more than is listed", vec![Block::Line("A narrower question lists less: name a namespace, or an object.".into())])
        }
        Topic::Heading => about::answer(decision),
    }
}

fn titled(title: &str, blocks: Vec<Block>) -> Vec<Block> {
    std::iter::once(Block::Title(title.into())).chain(blocks).collect()
}

/// A label and what it stands for.
pub(in crate::view) fn pair(label: &str, phrase: impl Into<Phrase>) -> Block {
    Block::Pair(label.to_owned(), phrase.into())
}

/// A rule's lists, as its YAML has them.
fn rule_blocks(at: &RuleAt) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(format!("rules[{}]", at.index))];
    let lists = [
        ("apiGroups", &at.rule.api_groups),
        ("resources", &at.rule.resources),
        ("resourceNames", &at.rule.resource_names),
        ("nonResourceURLs", &at.rule.non_resource_urls),
        ("verbs", &at.rule.verbs),
    ];
    blocks.extend(lists.into_iter().filter(|(_, list)| !list.is_empty()).map(|(label, list)| pair(label, names(list))));
    if let Some(from) = at.from {
        blocks.push(pair("from", Phrase::new().name(from.to_string())));
    }
    blocks
}

fn names(list: &[Name]) -> Phrase {
    let names: Vec<String> = list.iter().map(|name| if name.is_empty() { "\"\"".to_owned() } else { name.to_string() }).collect();
    Phrase::new().plain(names.join(", "))
}

fn near_miss(decision: &Decision, miss: &NearMiss) -> Vec<Block> {
    let mut blocks = vec![Block::Title(miss.sentence.as_str().into()), Block::Line(Phrase::new().dim(miss.kind.as_str())), Block::Gap];
    for check in &miss.checks {
        let sign = if check.ok { Sign::Holds } else { Sign::Fails };
        let words = Phrase::new().plain(format!("{}  ", sentence::check_name(check.what)));
        blocks.push(Block::Check(sign, if check.ok { words.dim(check.detail.as_str()) } else { words.bad(check.detail.as_str()) }));
    }
    blocks.push(Block::Gap);
    blocks.push(pair("binding", Phrase::new().name(miss.binding.to_string())));
    if let Some(role) = miss.role {
        blocks.push(pair("role", Phrase::new().name(role.to_string())));
    }
    if let Some(subject) = miss.subject {
        blocks.push(pair("subject", Phrase::new().dim(format!("subjects[{}]  ", subject.index)).name(subject.to_string())));
    }
    if let Some(rule) = &miss.rule {
        blocks.push(Block::Gap);
        blocks.extend(rule_blocks(rule));
    }
    blocks.push(Block::Gap);
    match miss.fix.and_then(|fix| decision.fixes.get(fix)) {
        Some(found) => blocks.extend(fix(found)),
        None => blocks
            .push(Block::Line(Phrase::new().dim("no change is proposed for this one: it would give too much, or several things fail"))),
    }
    blocks
}

/// A fix, whole.
pub fn fix(fix: &Fix) -> Vec<Block> {
    let mut blocks = vec![Block::Heading("what would allow it".to_owned()), Block::Line(fix.title.as_str().into())];
    if fix.verified {
        blocks.push(Block::Check(Sign::Holds, "decided again with this change: allowed".into()));
    }
    let (proof, apply) = match fix.commands.split_last() {
        Some((proof, apply)) => (Some(proof), apply),
        None => (None, [].as_slice()),
    };
    blocks.push(Block::Gap);
    if !apply.is_empty() {
        blocks.push(Block::Heading("run".to_owned()));
        blocks.extend(apply.iter().map(|command| Block::Command(command.clone())));
    }
    if let Some(proof) = proof {
        blocks.extend([Block::Heading("then it holds".to_owned()), Block::Command(proof.clone())]);
    }
    blocks.push(Block::Gap);
    blocks.push(Block::Heading("who gains what".to_owned()));
    for widening in &fix.widens {
        let gains = sentence::gains(widening);
        blocks.push(Block::Line(Phrase::new().name(widening.subject.to_string()).plain(format!(": {}", gains.join("; ")))));
    }
    blocks.extend([Block::Gap, pair("needs", fix.who_may_apply.as_str())]);
    if fix.yaml.is_empty() {
        return blocks;
    }
    blocks.extend([Block::Gap, Block::Heading("as YAML, for kubectl apply -f -".to_owned()), Block::Code(fix.yaml.clone())]);
    blocks
}

/// What could not be read, why, and what would settle it.
pub fn gap(effect: &GapEffect) -> Vec<Block> {
    let gap = &effect.gap;
    let (sign, means) = if effect.could_change_verdict {
        (Sign::Open, "an object in here could turn the answer into allowed")
    } else {
        (Sign::Idle, "nothing in here could change the answer")
    };
    let list = |names: &[Name], all: &str| if names.is_empty() { Phrase::new().plain(all) } else { self::names(names) };
    vec![
        Block::Title(gap.what.as_str().into()),
        Block::Check(sign, means.into()),
        Block::Gap,
        pair("why", gap.why.as_str()),
        pair("kinds", list(&gap.kinds, "any")),
        pair("namespaces", list(&gap.namespaces, "everywhere")),
        Block::Gap,
        Block::Heading("what settles it".to_owned()),
        Block::Command(effect.settled_by.clone()),
    ]
}
