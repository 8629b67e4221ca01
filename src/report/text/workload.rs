//! `map sa:NAMESPACE/NAME` as text: the role, each way to it with its steps, what the webhook puts into pods.

use super::glyph::Glyphs;
use super::{Ink, Line, Look, Page, Span, gaps, lint, map, pairs};
use crate::authz::Verdict;
use crate::base::Finding;
use crate::base::text::count;
use crate::identity::workload::trust::Holds;
use crate::identity::workload::{Admissions, Step, Workload};
use crate::report::workload as words;

/// How many service accounts are listed that nothing gives the role.
const MOST: usize = 10;

/// The AWS side of a service account.
pub fn workload(workload: &Workload, look: &Look) -> Page {
    let glyphs = Glyphs::of(look);
    let mut page = Page::default();
    page.push(Line::after(vec![glyphs.verdict(verdict(workload.holds)), Span::plain(" ")]).text(words::headline(workload), Ink::Strong));
    page.push(Line::at(2).plain(words::reason(workload)));
    for way in &workload.ways {
        page.heading(&format!("{} ({})", words::way(way), words::standing(way, workload)));
        for step in &way.steps {
            put_step(&mut page, step, &glyphs, look);
            if let Some(remedy) = step.remedy.as_ref().filter(|_| way.is_taken) {
                page.push(Line::after(vec![Span::new("   fix  ", Ink::Dim)]).plain(remedy.line()));
            }
        }
    }
    if !workload.injected.is_empty() {
        page.heading("put into new pods");
        for (name, value) in &workload.injected {
            page.push(Line::at(3).text(format!("{name}  "), Ink::Dim).plain(value).unwrapped());
        }
    }
    if !workload.legacy.is_empty() {
        page.heading("of kube2iam and kiam");
        for legacy in &workload.legacy {
            page.push(Line::after(vec![Span::new(glyphs.dot, Ink::Dim), Span::plain("  ")]).plain(words::legacy(legacy)));
            page.push(Line::at(5).text(legacy.meaning, Ink::Dim));
        }
    }
    // what fails on the way is told above
    let failing = workload.taken().and_then(|way| way.failure()).map_or("", |step| step.code);
    let further: Vec<Finding> = workload.findings.iter().filter(|finding| finding.code != failing).cloned().collect();
    lint::list(&mut page, &further);
    if let Some(document) = workload.document() {
        page.heading("trust.json");
        page.verbatim(2, document, Ink::Plain);
    }
    map::open(&mut page, &workload.open, &glyphs);
    gaps::notes(&mut page, &[&words::notes(workload)], look);
    page
}

fn put_step(page: &mut Page, step: &Step, glyphs: &Glyphs, look: &Look) {
    page.push(
        Line::after(vec![glyphs.verdict(verdict(step.holds)), Span::plain("  ")])
            .text(step.what, Ink::Dim)
            .plain(format!("  {}", step.sentence)),
    );
    // of a policy of one statement, the step says what fails
    if !look.verbose && (step.statements.len() < 2 || step.holds == Holds::Yes) {
        return;
    }
    for statement in &step.statements {
        for check in &statement.checks {
            let sign = glyphs.verdict(verdict(check.holds));
            let text = format!("{}: {}", statement.place, check.sentence);
            page.push(Line::after(vec![Span::plain("   "), sign, Span::plain("  ")]).text(text, Ink::Dim));
        }
    }
}

/// The service accounts that may become a role.
pub fn admissions(page: &mut Page, admissions: &Admissions, look: &Look) {
    let glyphs = Glyphs::of(look);
    if admissions.accounts.is_empty() {
        return;
    }
    page.heading("service accounts that may become it");
    let shown = if look.verbose { usize::MAX } else { MOST };
    let mut left = 0;
    let mut others = 0;
    for one in &admissions.accounts {
        if one.from.is_none() {
            others += 1;
            if others > shown {
                left += 1;
                continue;
            }
        }
        let sign = glyphs.verdict(verdict(one.holds));
        page.push(Line::after(vec![sign, Span::plain("  ")]).text(format!("{}/{}", one.namespace, one.name), Ink::Strong));
        page.push(Line::at(5).text(words::admission(one), Ink::Dim));
    }
    if left > 0 {
        let more = format!("and {} that the trust policy lets in; -v lists them", count(left, "more service account"));
        page.push(Line::at(3).text(more, Ink::Dim));
    }
}

/// Puts what a role lets in beside who it is in the cluster.
pub fn pair(page: &mut Page, admissions: &Admissions) {
    if admissions.is_open_to_all {
        pairs::put(page, "open to", "every service account of the cluster");
    }
}

/// The verdict that a reader knows the signs of.
pub fn verdict(holds: Holds) -> Verdict {
    match holds {
        Holds::Yes => Verdict::Allowed,
        Holds::No => Verdict::Denied,
        Holds::Unknown => Verdict::Unknown,
    }
}
