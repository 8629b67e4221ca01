//! `map` as Markdown.

use std::fmt::Write as _;

use super::escape::{code, prose};
use super::tables::{self, head, row};
use super::workload;
use crate::base::Gap;
use crate::identity::aws::Mapping;
use crate::identity::workload::Admissions;
use crate::report::mapped;

/// Who a principal is to the cluster, and of a role which service accounts may become it.
pub fn map(mapping: &Mapping, admissions: Option<&Admissions>) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "## {}\n\n{}\n", prose(&mapped::headline(mapping)), prose(&mapped::reason(mapping)));
    head(&mut out, &["What", "Which"]);
    for (label, value) in mapped::facts(mapping) {
        row(&mut out, &[label.to_owned(), code(&value)]);
    }
    out.push('\n');
    if !mapping.considered.is_empty() {
        head(&mut out, &["Looked at", "Names", "Decides", "Why"]);
        for candidate in &mapping.considered {
            let decides = if candidate.decides { "yes" } else { "no" };
            let subject = if candidate.subject.is_empty() { String::new() } else { code(&candidate.subject) };
            row(&mut out, &[code(&mapped::place(candidate)), subject, decides.to_owned(), prose(&candidate.why)]);
        }
        out.push('\n');
    }
    if let Some(admissions) = admissions {
        workload::admissions(&mut out, admissions);
    }
    let further = admissions.map(|admissions| admissions.findings.as_slice()).unwrap_or_default();
    tables::findings(&mut out, &[&mapping.findings, further].concat());
    let open = mapping.open.iter().chain(admissions.into_iter().flat_map(|admissions| &admissions.open));
    let gaps: Vec<Gap> = open.map(|open| open.gap.clone()).collect();
    tables::gaps(&mut out, &gaps);
    for note in mapped::notes(mapping) {
        let _ = writeln!(out, "- {}", prose(&note));
    }
    out
}
