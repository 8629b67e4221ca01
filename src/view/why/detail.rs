//! The detail of one line of the why screen.

use super::{Piece, Subject, Tone, check_name};
use crate::authz::{Authorizer, Decision, Fix, Link, NearMiss, Principal};
use crate::base::Name;
use crate::facts::Rule;
use crate::view::sentence;

/// A line of a detail.
pub type DetailLine = Vec<Piece>;

/// Everything worth knowing of what a line stands for.
pub fn detail(decision: &Decision, subject: Subject) -> Vec<DetailLine> {
    match subject {
        Subject::Identity | Subject::Heading => identity(decision),
        Subject::Principal(principal) => of_principal(decision, principal),
        Subject::Link(link) => decision.links.get(link).map(of_link).unwrap_or_default(),
        Subject::Rule(link, rule) => decision.links.get(link).map(|link| of_rule(link, rule)).unwrap_or_default(),
        Subject::Authorizer(authorizer) => of_authorizer(authorizer),
        Subject::NearMiss(miss) => decision.near_misses.get(miss).map(|miss| of_near_miss(decision, miss)).unwrap_or_default(),
        Subject::Fix(fix) => decision.fixes.get(fix).map(of_fix).unwrap_or_default(),
        Subject::Gap(gap) => of_gap(decision, gap),
        Subject::Note(note) => decision.notes.get(note).map(|note| vec![text(note)]).unwrap_or_default(),
    }
}

fn title(text: impl Into<String>) -> DetailLine {
    vec![Piece::new(text, Tone::Strong)]
}

fn text(text: impl Into<String>) -> DetailLine {
    vec![Piece::new(text, Tone::Plain)]
}

fn blank() -> DetailLine {
    Vec::new()
}

fn field(name: &str, value: &str) -> DetailLine {
    vec![Piece::new(format!("{name:<11} "), Tone::Dim), Piece::new(value, Tone::Plain)]
}

fn identity(decision: &Decision) -> Vec<DetailLine> {
    let mut lines = vec![title(decision.identity.to_string()), blank()];
    for part in &decision.identity.provenance {
        lines.push(vec![Piece::new(part.what.as_str(), Tone::Plain), Piece::new(format!("  {}", part.from), Tone::Dim)]);
    }
    if !decision.reason.is_empty() {
        lines.extend([blank(), vec![Piece::new("the API server's reason", Tone::Dim)]]);
        lines.extend(decision.reason.lines().map(text));
    }
    lines
}

fn of_principal(decision: &Decision, principal: Principal) -> Vec<DetailLine> {
    let what = match principal {
        Principal::User(name) => format!("user {name}"),
        Principal::Group(name) => format!("group {name}"),
    };
    let from = decision.identity.provenance.iter().find(|part| part.what == what).map(|part| part.from.as_str()).unwrap_or_default();
    let reached = decision.links.iter().filter(|link| link.via == principal).count();
    vec![title(what.clone()), blank(), field("from", from), field("bindings", &reached.to_string())]
}

fn of_authorizer(authorizer: Authorizer) -> Vec<DetailLine> {
    let why = match authorizer {
        Authorizer::SystemMasters => {
            "The first authorizer of every API server lets this group do everything. No role, binding or webhook can take that away; only losing the credential does."
        }
        Authorizer::Node => {
            "The Node authorizer knows what a kubelet needs. It looks at user system:node:NAME in group system:nodes, and at no role."
        }
        Authorizer::Rbac => "Roles and bindings.",
    };
    vec![title(authorizer.as_str()), blank(), text(why)]
}

fn of_link(link: &Link) -> Vec<DetailLine> {
    let mut lines = vec![
        title(link.binding.to_string()),
        vec![
            Piece::new("grants ", Tone::Dim),
            Piece::new(format!("{} {}", link.role_ref.kind, link.role_ref.name), Tone::Plain),
            Piece::new(" to ", Tone::Dim),
            Piece::new(link.subject.to_string(), Tone::Plain),
            Piece::new(format!("  subjects[{}]", link.subject.index), Tone::Dim),
        ],
        blank(),
    ];
    if let Some(problem) = &link.problem {
        lines.push(vec![Piece::new(problem.as_str(), Tone::Bad)]);
    }
    if !link.in_scope {
        lines.push(vec![Piece::new(format!("holds in namespace {} only", link.binding.namespace), Tone::Bad)]);
    }
    for (index, (rule, check)) in link.rules.iter().zip(&link.checks).enumerate() {
        let tone = if check.failing.is_empty() { Tone::Good } else { Tone::Plain };
        lines.push(vec![Piece::new(format!("rules[{index}] "), Tone::Dim), Piece::new(sentence::rule(rule), tone)]);
    }
    lines
}

fn of_rule(link: &Link, index: usize) -> Vec<DetailLine> {
    let (Some(rule), Some(check)) = (link.rules.get(index), link.checks.get(index)) else { return Vec::new() };
    let role = link.role.map_or_else(String::new, |role| format!(" of {role}"));
    let mut lines = vec![title(format!("rules[{index}]{role}")), blank()];
    lines.extend(rule_fields(rule));
    if let Some(from) = check.from {
        lines.push(field("from", &from.to_string()));
    }
    lines.push(blank());
    if check.failing.is_empty() && link.in_scope {
        lines.push(vec![Piece::new("allows this request", Tone::Good)]);
    }
    for failing in &check.failing {
        lines.push(vec![Piece::new(format!("fails: {}", check_name(*failing)), Tone::Bad)]);
    }
    if !link.in_scope {
        lines.push(vec![Piece::new(format!("fails: scope, it holds in namespace {} only", link.binding.namespace), Tone::Bad)]);
    }
    lines
}

fn rule_fields(rule: &Rule) -> Vec<DetailLine> {
    let list = |names: &[Name]| names.iter().map(|name| if name.is_empty() { "\"\"" } else { name.as_str() }).collect::<Vec<_>>().join(", ");
    let all = [
        ("apiGroups", &rule.api_groups),
        ("resources", &rule.resources),
        ("names", &rule.resource_names),
        ("paths", &rule.non_resource_urls),
        ("verbs", &rule.verbs),
    ];
    all.into_iter().filter(|(_, names)| !names.is_empty()).map(|(name, names)| field(name, &list(names))).collect()
}

fn of_near_miss(decision: &Decision, miss: &NearMiss) -> Vec<DetailLine> {
    let mut lines = vec![title(miss.sentence.as_str()), blank()];
    for check in &miss.checks {
        let (mark, tone) = if check.ok { ("holds", Tone::Good) } else { ("fails", Tone::Bad) };
        lines.push(vec![
            Piece::new(format!("{:<11} ", check_name(check.what)), Tone::Dim),
            Piece::new(format!("{mark}  "), tone),
            Piece::new(check.detail.as_str(), Tone::Plain),
        ]);
    }
    if let Some(fix) = miss.fix.and_then(|fix| decision.fixes.get(fix)) {
        lines.push(blank());
        lines.push(vec![Piece::new("fix ", Tone::Dim), Piece::new(fix.title.as_str(), Tone::Accent)]);
        lines.push(vec![Piece::new("f shows it", Tone::Dim)]);
    }
    lines
}

fn of_gap(decision: &Decision, position: usize) -> Vec<DetailLine> {
    let Some(gap) = decision.gaps.get(position) else { return Vec::new() };
    let effect = if gap.could_change_verdict {
        "An object in this gap could allow it."
    } else {
        "Nothing in this gap could change the verdict."
    };
    vec![title(sentence::gap(gap)), blank(), text(effect), blank(), field("settled by", &gap.settled_by)]
}

/// A fix, whole.
pub fn of_fix(fix: &Fix) -> Vec<DetailLine> {
    let heading = |name: &str| vec![Piece::new(name.to_owned(), Tone::Dim)];
    let mut lines = vec![title(fix.title.as_str()), vec![Piece::new("decided again with this change: allowed", Tone::Good)], blank()];
    let (proof, apply) = fix.commands.split_last().map_or((None, [].as_slice()), |(proof, apply)| (Some(proof), apply));
    lines.push(heading("run"));
    lines.extend(apply.iter().map(|command| vec![Piece::new(command.as_str(), Tone::Accent)]));
    if let Some(proof) = proof {
        lines.extend([heading("then, to prove it"), vec![Piece::new(proof.as_str(), Tone::Accent)]]);
    }
    lines.extend([blank(), heading("who gains")]);
    for widening in &fix.widens {
        let gains = sentence::gains(widening);
        lines.push(vec![Piece::new(format!("{}: {}", widening.subject, gains.join("; ")), Tone::Plain)]);
    }
    lines.push(blank());
    lines.push(vec![Piece::new("who may apply it  ", Tone::Dim), Piece::new(fix.who_may_apply.as_str(), Tone::Plain)]);
    lines.extend([blank(), heading("or apply this: kubectl apply -f -")]);
    lines.extend(fix.yaml.lines().map(|line| vec![Piece::new(line.to_owned(), Tone::Plain)]));
    lines
}
