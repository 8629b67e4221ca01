//! `why` as text: the verdict in one sentence, the chain, what comes nearest and would mend it, what is open.

use super::glyph::{Glyphs, ink};
use super::{Ink, Line, Look, Page, Span, gaps, told, tree};
use crate::authz::{Authorizer, Decision, Fix, NearMiss, Need, Verdict};
use crate::base::text::count;
use crate::report::Explained;
use crate::view::sentence;

/// The answer to a question.
pub fn why(explained: &Explained, look: &Look) -> Page {
    let mut page = Page::default();
    if let [only] = explained.parts.as_slice() {
        verdict(&mut page, only.answer.verdict, &sentence::answer(&only.answer), look);
        server(&mut page, &only.answer);
        reasons(&mut page, explained, &only.answer, look);
        notes(&mut page, explained, &only.answer, look);
    } else {
        several(&mut page, explained, look);
    }
    page
}

/// The verdict as word, sign and colour, and the whole answer in one sentence.
fn verdict(page: &mut Page, verdict: Verdict, answer: &str, look: &Look) {
    let glyphs = Glyphs::of(look);
    let word = Span::new(format!(" {:<8} ", verdict.as_str()), ink(verdict));
    page.push(Line::after(vec![glyphs.verdict(verdict), word]).text(answer, Ink::Strong));
}

/// What the server says beside ours, in which way it was asked, and what may explain a difference.
fn server(page: &mut Page, decision: &Decision) {
    let (Some(server), Some(line)) = (&decision.server, sentence::server(decision)) else { return };
    let how = Span::new(format!("  ({})", sentence::asked(server.asked)), Ink::Dim);
    let ink = if decision.agrees() == Some(true) { Ink::Dim } else { Ink::Open };
    page.push(Line::after(vec![Span::plain("  ")]).text(line, ink).spans([how]));
    // what could not be read is listed further down
    for told in sentence::difference(decision).iter().filter(|_| decision.computed != Verdict::Unknown) {
        page.push(Line::at(4).plain(told));
    }
    // where both say the same the reason is among ours
    if decision.agrees() != Some(true) && !server.reason.is_empty() {
        page.push(Line::after(vec![Span::new("    its reason  ", Ink::Dim)]).plain(&server.reason));
    }
}

/// Whether the verdict is the server's and not ours: then the reasons are those of another verdict, and say so.
fn is_overruled(decision: &Decision) -> bool {
    decision.verdict != decision.computed
}

/// A question that needs several requests: each with its verdict, and the reasons of the one that decides.
fn several(page: &mut Page, explained: &Explained, look: &Look) {
    let (whole, because) = explained.verdict();
    let Some(decisive) = explained.parts.get(because) else { return };
    let identity = &decisive.answer.identity;
    let answer = match whole {
        Verdict::Allowed => format!("{identity} may do this: all that it needs is allowed"),
        Verdict::Denied => format!("{identity} may not do this: it needs to {}", decisive.answer.request),
        Verdict::Unknown => format!("whether {identity} may do this is unknown: it needs to {}", decisive.answer.request),
    };
    verdict(page, whole, &answer, look);
    let glyphs = Glyphs::of(look);
    page.heading(&format!("{} needs", explained.read_as));
    for (position, part) in explained.parts.iter().enumerate() {
        let need = match part.need {
            Need::All => String::new(),
            Need::Any(_) => "  one of these is enough".to_owned(),
            Need::Optional => "  it can do without".to_owned(),
        };
        let line = Line::after(vec![Span::plain(format!("{} ", position + 1)), glyphs.verdict(part.answer.verdict), Span::plain(" ")]);
        let purpose = if part.purpose.is_empty() { String::new() } else { format!("  {}", part.purpose) };
        page.push(line.text(part.answer.request.to_string(), Ink::Strong).text(purpose, Ink::Dim).text(need, Ink::Dim));
    }
    for (position, part) in explained.parts.iter().enumerate() {
        if position == because || look.verbose {
            page.heading(&format!("{}  {}", position + 1, part.answer.request));
            verdict(page, part.answer.verdict, &sentence::answer(&part.answer), look);
            server(page, &part.answer);
            reasons(page, explained, &part.answer, look);
        }
    }
    notes(page, explained, &decisive.answer, look);
}

fn reasons(page: &mut Page, explained: &Explained, decision: &Decision, look: &Look) {
    if is_overruled(decision) {
        page.heading(&format!("what whycan computes: {}", decision.computed.as_str()));
    } else {
        page.gap();
    }
    tree::draw(page, decision, look);
    if let Some(rules) = explained.told.as_ref().filter(|_| decision.computed == Verdict::Unknown) {
        told::put(page, rules, decision, look);
    }
    server_reasons(page, decision);
    near_misses(page, decision, look);
    let by_server = decision.server.as_ref().is_some_and(|server| server.verdict().is_some());
    gaps::of_verdict(page, &decision.gaps, by_server, look);
}

/// What the API server says itself: of each grant, or of the denial.
fn server_reasons(page: &mut Page, decision: &Decision) {
    // the server's own reason stands above
    if is_overruled(decision) && decision.computed == Verdict::Unknown {
        return;
    }
    let granted: Vec<&str> =
        decision.grants.iter().filter(|grant| grant.authorizer == Authorizer::Rbac).map(|grant| grant.reason.as_str()).collect();
    let said: Vec<&str> = if granted.is_empty() { decision.reason.lines().collect() } else { granted };
    match said.as_slice() {
        [] => return,
        _ if is_overruled(decision) => page.heading("the API server's reason would be"),
        [_] => page.heading("the API server's reason"),
        _ if decision.computed == Verdict::Allowed => page.heading("the API server's reason is one of"),
        _ => page.heading("the API server's reason"),
    }
    for reason in said {
        page.push(Line::at(3).plain(reason));
    }
}

fn near_misses(page: &mut Page, decision: &Decision, look: &Look) {
    if decision.computed == Verdict::Allowed {
        return;
    }
    // what the server allows needs no fix
    if decision.verdict == Verdict::Allowed && decision.near_misses.is_empty() {
        return;
    }
    if decision.near_misses.is_empty() && decision.fixes.is_empty() {
        page.heading("nothing comes near: no role here grants this to anybody, or whycan may not propose it");
        return;
    }
    if !decision.near_misses.is_empty() {
        page.heading(if is_overruled(decision) { "what comes nearest among what whycan read" } else { "what comes nearest" });
    }
    let mut told: Vec<usize> = Vec::new();
    for (position, miss) in decision.near_misses.iter().enumerate() {
        near_miss(page, position + 1, miss);
        if decision.verdict == Verdict::Allowed {
            continue;
        }
        let Some(fix) = miss.fix.and_then(|fix| Some((fix, decision.fixes.get(fix)?))) else { continue };
        if told.contains(&fix.0) {
            page.push(Line::at(4).text(format!("fix      as in {}", first_with(decision, fix.0)), Ink::Dim));
        } else {
            propose(page, fix.1, told.is_empty() || look.verbose);
            told.push(fix.0);
        }
    }
    if decision.more_near_misses > 0 {
        page.push(Line::at(4).text(format!("and {}", count(decision.more_near_misses, "more near miss")), Ink::Dim));
    }
    if decision.verdict == Verdict::Allowed {
        return;
    }
    let others = decision.fixes.iter().enumerate().filter(|(position, _)| !told.contains(position));
    for (position, (_, fix)) in others.enumerate() {
        if position == 0 {
            page.heading("what would allow it");
        }
        propose(page, fix, told.is_empty() || look.verbose);
    }
}

/// The number of the near miss where a fix was shown.
fn first_with(decision: &Decision, fix: usize) -> usize {
    decision.near_misses.iter().position(|miss| miss.fix == Some(fix)).map_or(1, |position| position + 1)
}

fn near_miss(page: &mut Page, number: usize, miss: &NearMiss) {
    page.push(
        Line::after(vec![Span::new(format!("{number:>2}  "), Ink::Accent)])
            .plain(&miss.sentence)
            .text(format!("  {}", miss.kind.as_str()), Ink::Dim),
    );
}

/// A fix: what it does, the commands, who gains, who may apply it; its YAML when in full.
fn propose(page: &mut Page, fix: &Fix, in_full: bool) {
    let label = |text: &str| Line::after(vec![Span::new(format!("    {text:<9}"), Ink::Dim)]);
    page.push(label("fix").plain(&fix.title));
    let (proof, apply) = match fix.commands.split_last() {
        Some((proof, apply)) => (Some(proof), apply),
        None => (None, [].as_slice()),
    };
    for (position, command) in apply.iter().enumerate() {
        page.push(label(if position == 0 { "run" } else { "" }).text(command, Ink::Strong).unwrapped());
    }
    for widening in &fix.widens {
        let gains = sentence::gains(widening);
        page.push(label("gives").plain(format!("{}: {}", widening.subject, gains.join("; "))));
    }
    page.push(label("needs").plain(&fix.who_may_apply));
    if let Some(proof) = proof {
        page.push(label("then").plain(proof).unwrapped());
    }
    if in_full && !fix.yaml.is_empty() {
        page.push(label("as YAML").text("kubectl apply -f -", Ink::Dim));
        page.verbatim(6, &fix.yaml, Ink::Plain);
    }
}

fn notes(page: &mut Page, explained: &Explained, decision: &Decision, look: &Look) {
    let read_as = [format!("read as: {}", explained.read_as)];
    gaps::notes(page, &[&read_as, &explained.notes, &decision.notes], look);
}
