//! `map sa:NAMESPACE/NAME` as Markdown.

use std::fmt::Write as _;

use super::escape::{code, fence, prose};
use super::tables::{self, head, row};
use crate::base::Gap;
use crate::identity::workload::trust::Holds;
use crate::identity::workload::{Admissions, Workload};
use crate::report::workload as words;

/// The AWS side of a service account.
pub fn workload(workload: &Workload) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "## {}\n\n{}\n", prose(&words::headline(workload)), prose(&words::reason(workload)));
    for way in &workload.ways {
        let _ = writeln!(out, "### {}\n\n{}\n", prose(&words::way(way)), prose(words::standing(way, workload)));
        head(&mut out, &["Step", "Holds", "Why"]);
        for step in &way.steps {
            row(&mut out, &[step.what.to_owned(), told(step.holds).to_owned(), prose(&step.sentence)]);
        }
        out.push('\n');
    }
    if !workload.injected.is_empty() {
        head(&mut out, &["Put into new pods", "Value"]);
        for (name, value) in &workload.injected {
            row(&mut out, &[code(name), code(value)]);
        }
        out.push('\n');
    }
    for legacy in &workload.legacy {
        let _ = writeln!(out, "- {} {}", prose(&words::legacy(legacy)), prose(legacy.meaning));
    }
    if !workload.legacy.is_empty() {
        out.push('\n');
    }
    tables::findings(&mut out, &workload.findings);
    if let Some(document) = workload.document() {
        let _ = writeln!(out, "trust.json:\n\n{}", fence("json", document));
    }
    let gaps: Vec<Gap> = workload.open.iter().map(|open| open.gap.clone()).collect();
    tables::gaps(&mut out, &gaps);
    for note in words::notes(workload) {
        let _ = writeln!(out, "- {}", prose(&note));
    }
    out
}

/// The service accounts that may become a role.
pub fn admissions(out: &mut String, admissions: &Admissions) {
    if admissions.accounts.is_empty() {
        return;
    }
    head(out, &["Service account", "Becomes the role", "Why"]);
    for one in &admissions.accounts {
        let who = code(&format!("{}/{}", one.namespace, one.name));
        row(out, &[who, told(one.holds).to_owned(), prose(&words::admission(one))]);
    }
    out.push('\n');
}

fn told(holds: Holds) -> &'static str {
    match holds {
        Holds::Yes => "yes",
        Holds::No => "no",
        Holds::Unknown => "not known",
    }
}
