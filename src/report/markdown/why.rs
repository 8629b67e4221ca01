//! The ticket: question, verdict, cause, chain, what would mend it, who may, and how to prove it.

use std::fmt::Write as _;

use super::escape::{code, fence, prose};
use crate::authz::access::{Associated, Says};
use crate::authz::{Decision, Fix, Link, Verdict};
use crate::base::text::count;
use crate::report::Explained;
use crate::view::sentence;

/// The ticket of a question; of several requests, the one that decides is explained.
pub fn why(explained: &Explained) -> String {
    let (verdict, because) = explained.verdict();
    let Some(decisive) = explained.parts.get(because) else { return String::new() };
    let decision = &decisive.answer;
    let mut out = String::new();
    let word = match verdict {
        Verdict::Allowed => "may",
        Verdict::Denied => "may not",
        Verdict::Unknown => "may or may not",
    };
    let what = if explained.parts.len() > 1 { explained.read_as.clone() } else { decision.request.to_string() };
    let _ = writeln!(out, "## {} {word} {}\n", code(&decision.identity.to_string()), code(&what));
    question(&mut out, explained, decision);
    if explained.parts.len() > 1 {
        parts(&mut out, explained);
    }
    let _ = writeln!(out, "**Verdict:** {} {}\n", glyph(decision.verdict), decision.verdict.as_str());
    let _ = writeln!(out, "**Cause:** {}\n", prose(&sentence::because(decision)));
    server(&mut out, decision);
    if decision.verdict != decision.computed {
        let _ = writeln!(out, "What follows is whycan's own computation: {}.\n", decision.computed.as_str());
    }
    if !decision.reason.is_empty() {
        let _ = writeln!(out, "The API server's reason:\n\n{}", fence("text", &decision.reason));
    }
    chain(&mut out, decision);
    near_misses(&mut out, decision);
    if decision.computed != Verdict::Allowed && decision.verdict != Verdict::Allowed {
        fix(&mut out, decision);
    }
    gaps(&mut out, decision);
    notes(&mut out, explained, decision);
    out
}

/// What the server says beside ours.
fn server(out: &mut String, decision: &Decision) {
    let (Some(server), Some(line)) = (&decision.server, sentence::server(decision)) else { return };
    let _ = writeln!(out, "**Server:** {} ({})\n", prose(&line), sentence::asked(server.asked));
    // what could not be read stands further down
    let told = if decision.computed == Verdict::Unknown { Vec::new() } else { sentence::difference(decision) };
    for told in &told {
        let _ = writeln!(out, "- {}", prose(told));
    }
    if !told.is_empty() {
        out.push('\n');
    }
    if decision.agrees() != Some(true) && !server.reason.is_empty() {
        let _ = writeln!(out, "Its reason:\n\n{}", fence("text", &server.reason));
    }
}

fn glyph(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "✓",
        Verdict::Denied => "✗",
        Verdict::Unknown => "?",
    }
}

fn question(out: &mut String, explained: &Explained, decision: &Decision) {
    let _ = writeln!(out, "**Question:** may {} {}?", code(&decision.identity.to_string()), code(&decision.request.to_string()));
    let groups: Vec<String> = decision.identity.groups.iter().map(|group| code(group.as_str())).collect();
    if !groups.is_empty() {
        let _ = writeln!(out, "Groups: {}.", groups.join(", "));
    }
    let _ = writeln!(out, "Read as: {}.\n", prose(&explained.read_as));
}

fn parts(out: &mut String, explained: &Explained) {
    let _ = writeln!(out, "{} needs {}:\n", prose(&explained.read_as), count(explained.parts.len(), "request"));
    for part in &explained.parts {
        let purpose = if part.purpose.is_empty() { String::new() } else { format!(": {}", prose(&part.purpose)) };
        let verdict = part.answer.verdict;
        let _ = writeln!(out, "- {} {} {}{purpose}", glyph(verdict), verdict.as_str(), code(&part.answer.request.to_string()));
    }
    out.push('\n');
}

fn chain(out: &mut String, decision: &Decision) {
    let is_told = |link: &&Link| link.in_scope && (decision.computed != Verdict::Allowed || link.grants().is_some());
    let shown: Vec<&Link> = decision.links.iter().filter(is_told).collect();
    let policies = decision.policies.iter().filter(|policy| decision.computed != Verdict::Allowed || policy.says == Says::Allows);
    let policies: Vec<&Associated> = policies.collect();
    let related = sentence::relation(decision);
    if shown.is_empty() && policies.is_empty() && related.is_empty() {
        return;
    }
    let _ = writeln!(out, "### Chain\n");
    for policy in policies {
        let sign = match policy.says {
            Says::Allows => "✓",
            Says::Nothing | Says::Elsewhere => "✗",
            Says::Undocumented | Says::Unpublished => "?",
        };
        let _ = writeln!(out, "- {sign} {}", prose(&policy.sentence(&decision.request)));
    }
    let sign = if decision.relation.as_ref().is_some_and(|relation| !relation.paths.is_empty()) { "✓" } else { "✗" };
    for line in related {
        let _ = writeln!(out, "- {sign} Node authorizer: {}", prose(&line));
    }
    for link in shown {
        let grants = link.grants();
        let sign = if grants.is_some() { "✓" } else { "✗" };
        let said = match (grants.and_then(|position| Some((position, link.rules.get(position)?))), &link.problem) {
            (Some((position, rule)), _) => format!("{} allows {}", code(&format!("rules[{position}]")), prose(&sentence::rule(rule))),
            (None, Some(problem)) => prose(problem),
            (None, None) => format!("{}, none allows this", count(link.rules.len(), "rule")),
        };
        let subject = prose(&link.subject.to_string());
        let _ = writeln!(out, "- {sign} {subject} → {} → {}: {said}", prose(&link.binding.to_string()), prose(&sentence::role_of(link)));
    }
    out.push('\n');
}

fn near_misses(out: &mut String, decision: &Decision) {
    if decision.near_misses.is_empty() {
        return;
    }
    let _ = writeln!(out, "### What comes nearest\n");
    for (position, miss) in decision.near_misses.iter().enumerate() {
        let _ = writeln!(out, "{}. {} ({})", position + 1, prose(&miss.sentence), miss.kind.as_str());
    }
    if decision.more_near_misses > 0 {
        let _ = writeln!(out, "\nand {}.", count(decision.more_near_misses, "more near miss"));
    }
    out.push('\n');
}

fn fix(out: &mut String, decision: &Decision) {
    let first = decision.near_misses.iter().find_map(|miss| miss.fix).unwrap_or_default();
    let Some(fix) = decision.fixes.get(first) else { return };
    let _ = writeln!(out, "### Fix: {}\n", prose(&fix.title));
    if !fix.yaml.is_empty() {
        let _ = write!(out, "{}", fence("yaml", &fix.yaml));
    }
    commands(out, fix);
    let _ = writeln!(out, "**Who may apply it:** {}.\n", prose(&fix.who_may_apply));
    if !fix.widens.is_empty() {
        let _ = writeln!(out, "**Who may do more then:**\n");
        for widening in &fix.widens {
            let gains: Vec<String> = sentence::gains(widening).iter().map(|gain| prose(gain)).collect();
            let _ = writeln!(out, "- {}: {}", prose(&widening.subject.to_string()), gains.join("; "));
        }
        out.push('\n');
    }
    if decision.fixes.len() > 1 {
        let others = decision.fixes.iter().enumerate().filter(|(position, _)| *position != first);
        let _ = writeln!(out, "**Or:**\n");
        for (_, other) in others {
            let _ = writeln!(out, "- {}", prose(&other.title));
        }
        out.push('\n');
    }
}

fn commands(out: &mut String, fix: &Fix) {
    let Some((proof, apply)) = fix.commands.split_last() else { return };
    let what = if fix.objects.len() == 1 { "it" } else { "them" };
    if !fix.yaml.is_empty() {
        let _ = writeln!(out, "\nApply {what} with {}", code("kubectl apply -f -"));
    }
    if apply.is_empty() {
        out.push('\n');
    } else if fix.yaml.is_empty() {
        let _ = writeln!(out, "Run:\n\n{}", fence("sh", &apply.join("\n")));
    } else {
        let _ = writeln!(out, "or run:\n\n{}", fence("sh", &apply.join("\n")));
    }
    let _ = writeln!(out, "Verify:\n\n{}", fence("sh", proof));
}

fn gaps(out: &mut String, decision: &Decision) {
    let open: Vec<_> = decision.gaps.iter().filter(|gap| gap.could_change_verdict).collect();
    if open.is_empty() {
        return;
    }
    if decision.server.as_ref().is_some_and(|server| server.verdict().is_some()) {
        let _ = writeln!(out, "### What could not be read, so that the server alone can tell\n");
        for gap in open {
            let _ = writeln!(out, "- {}", prose(&sentence::gap(gap)));
        }
        out.push('\n');
        return;
    }
    let _ = writeln!(out, "### What could not be read, and could change this\n");
    for gap in open {
        let _ = writeln!(out, "- {}. It is settled by {}", prose(&sentence::gap(gap)), code(&gap.settled_by));
    }
    out.push('\n');
}

fn notes(out: &mut String, explained: &Explained, decision: &Decision) {
    let notes: Vec<&String> = explained.notes.iter().chain(&decision.notes).collect();
    if notes.is_empty() {
        return;
    }
    let _ = writeln!(out, "### Notes\n");
    for note in notes {
        let _ = writeln!(out, "- {}", prose(note));
    }
}
