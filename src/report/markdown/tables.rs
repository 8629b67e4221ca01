//! The other commands as tables.

use std::fmt::Write as _;

use super::escape::{cell, code, prose};
use crate::authz::identities::KnownIdentity;
use crate::authz::matrix::{COLUMNS, Matrix};
use crate::authz::who_can::Entitled;
use crate::authz::{Authorizer, GapEffect, Verdict};
use crate::base::text::{count, enumerate};
use crate::base::{Finding, Gap, Severity};
use crate::facts::{Facts, SubjectKind};
use crate::report::{Entitlements, Linted};
use crate::view::rules::Rules;
use crate::view::sentence;

/// How many names one cell gives.
const MOST_NAMES: usize = 8;

pub(super) fn row(out: &mut String, cells: &[String]) {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

pub(super) fn head(out: &mut String, headings: &[&str]) {
    let _ = writeln!(out, "| {} |", headings.join(" | "));
    let _ = writeln!(out, "|{}", "---|".repeat(headings.len()));
}

fn codes<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| code(&item.to_string())).collect();
    let more = items.len().saturating_sub(MOST_NAMES);
    let shown = items.into_iter().take(MOST_NAMES).collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

/// Everyone who may.
pub fn who_can(answered: &Entitlements) -> String {
    let mut out = String::new();
    for part in &answered.parts {
        let answer = &part.answer;
        let _ = writeln!(out, "## Who may {}\n", code(&answer.request.to_string()));
        head(&mut out, &["Who", "Where", "Through"]);
        for entitled in &answer.who {
            row(&mut out, &[who(entitled), place(entitled), through(entitled)]);
        }
        out.push('\n');
        verdict_gaps(&mut out, &answer.gaps);
        notes(&mut out, answered.notes.iter().chain(&answer.notes));
    }
    out
}

fn who(entitled: &Entitled) -> String {
    let subject = &entitled.subject;
    let name = match subject.kind {
        SubjectKind::ServiceAccount if !subject.namespace.is_empty() => format!("{}/{}", subject.namespace, subject.name),
        _ => subject.name.to_string(),
    };
    format!("{} {}", prose(subject.kind.as_str()), code(&name))
}

fn place(entitled: &Entitled) -> String {
    if entitled.cluster_wide { "everywhere".to_owned() } else { codes(&entitled.namespaces) }
}

fn through(entitled: &Entitled) -> String {
    let chains = entitled.grants.iter().map(|grant| match (grant.authorizer, grant.binding, grant.role) {
        (Authorizer::Rbac, Some(binding), Some(role)) => {
            let names = if grant.names.is_empty() { String::new() } else { format!(" (only {})", codes(&grant.names)) };
            format!("{} → {}{names}", prose(&binding.to_string()), prose(&role.to_string()))
        }
        (Authorizer::SystemMasters, ..) => "before any rule is asked".to_owned(),
        _ => "the Node authorizer".to_owned(),
    });
    let chains: Vec<String> = chains.collect();
    let more = chains.len().saturating_sub(MOST_NAMES);
    let shown = chains.into_iter().take(MOST_NAMES).collect::<Vec<_>>().join("; ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

/// The access matrix.
pub fn can(matrix: &Matrix, said: &[String]) -> String {
    let mut out = String::new();
    let place = if matrix.namespace.is_empty() { "the whole cluster".to_owned() } else { code(matrix.namespace.as_str()) };
    let _ = writeln!(out, "## What {} may do in {place}\n", code(&matrix.identity.to_string()));
    let mut headings = vec!["Resource"];
    headings.extend(COLUMNS);
    headings.extend(["others", "only"]);
    head(&mut out, &headings);
    for line in &matrix.rows {
        let group = if line.api_group.is_empty() { String::new() } else { format!(".{}", line.api_group) };
        let subresource = if line.subresource.is_empty() { String::new() } else { format!("/{}", line.subresource) };
        let mut cells = vec![code(&format!("{}{group}{subresource}", line.resource))];
        for column in COLUMNS {
            let verdict = line.verbs.iter().find(|(verb, _)| *verb == column).map(|(_, verdict)| *verdict);
            cells.push(match verdict {
                Some(Verdict::Allowed) => "✓".to_owned(),
                Some(Verdict::Unknown) => "?".to_owned(),
                _ => String::new(),
            });
        }
        let others = line.verbs.iter().filter(|(verb, verdict)| !COLUMNS.contains(&verb.as_str()) && *verdict == Verdict::Allowed);
        cells.push(codes(others.map(|(verb, _)| verb)));
        cells.push(codes(&line.resource_names));
        row(&mut out, &cells);
    }
    out.push('\n');
    if !matrix.non_resource.is_empty() {
        head(&mut out, &["Path", "Verbs"]);
        for line in &matrix.non_resource {
            row(&mut out, &[code(line.path.as_str()), codes(&line.verbs)]);
        }
        out.push('\n');
    }
    verdict_gaps(&mut out, &matrix.gaps);
    notes(&mut out, said.iter().chain(&matrix.notes));
    out
}

/// Roles with their rules and subjects, and bindings.
pub fn rules(rules: &Rules, facts: &Facts) -> String {
    let mut out = String::new();
    if !rules.roles.is_empty() {
        let _ = writeln!(out, "## Roles\n");
        head(&mut out, &["Role", "Rules", "Bound by"]);
        for line in &rules.roles {
            let rules: Vec<String> = line.rules.iter().map(|row| prose(&sentence::rule(&row.rule))).collect();
            let bindings = codes(line.bindings.iter().map(|binding| binding.reference()));
            row(&mut out, &[code(&line.role.to_string()), rules.join("<br>"), bindings]);
        }
        out.push('\n');
    }
    if !rules.bindings.is_empty() {
        let _ = writeln!(out, "## Bindings\n");
        head(&mut out, &["Binding", "Role", "Subjects"]);
        for line in &rules.bindings {
            let missing = if line.exists { "" } else { " (does not exist)" };
            let subjects = line.binding.subjects.iter().map(|subject| {
                let namespace = if subject.namespace.is_empty() { String::new() } else { format!("{}/", subject.namespace) };
                format!("{} {namespace}{}", subject.kind, subject.name)
            });
            let role = format!("{}{missing}", code(&sentence::role_ref(line.binding.role_ref)));
            row(&mut out, &[code(&line.binding.reference().to_string()), role, codes(subjects)]);
        }
        out.push('\n');
    }
    gaps(&mut out, facts.gaps());
    out
}

/// The identities known.
pub fn identities(known: &[KnownIdentity], facts: &Facts) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "## Identities\n");
    head(&mut out, &["Identity", "Bindings", "Named by"]);
    for known in known {
        let sources = Some(codes(&known.sources)).filter(|sources| !sources.is_empty());
        let named_by: Vec<String> = known.places.iter().map(|place| code(place)).chain(sources).collect();
        row(&mut out, &[code(&known.form()), known.bindings.to_string(), named_by.join(", ")]);
    }
    out.push('\n');
    gaps(&mut out, facts.gaps());
    out
}

/// The findings.
pub fn lint(linted: &Linted) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "## {}\n", count(linted.findings.len(), "finding"));
    if !linted.looked_at.is_empty() {
        let _ = writeln!(out, "Looked at {}.\n", prose(&enumerate(&linted.looked_at, "and")));
    }
    findings(&mut out, &linted.findings);
    gaps(&mut out, &linted.left_out);
    out
}

/// Findings as a table.
pub(super) fn findings(out: &mut String, findings: &[Finding]) {
    if !findings.is_empty() {
        head(out, &["Severity", "Object", "Finding", "Fix"]);
        for finding in findings {
            let severity = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "info",
            };
            let message = format!("{} ({})", prose(&finding.message), finding.code);
            let fix = finding.fix.as_deref().map(prose).unwrap_or_default();
            row(out, &[severity.to_owned(), code(&finding.subject), message, fix]);
        }
        out.push('\n');
    }
}

fn verdict_gaps(out: &mut String, gaps: &[GapEffect]) {
    let open: Vec<Gap> = gaps.iter().filter(|gap| gap.could_change_verdict).map(|gap| gap.gap.clone()).collect();
    self::gaps(out, &open);
}

/// What could not be read.
pub(super) fn gaps(out: &mut String, gaps: &[Gap]) {
    if gaps.is_empty() {
        return;
    }
    let _ = writeln!(out, "Could not be read, so that something may be missing:\n");
    for gap in gaps {
        let _ = writeln!(out, "- {}: {}", prose(&gap.what), prose(&gap.why));
    }
    out.push('\n');
}

fn notes<'a>(out: &mut String, notes: impl Iterator<Item = &'a String>) {
    let notes: Vec<String> = notes.map(|note| format!("- {}", prose(note))).collect();
    if !notes.is_empty() {
        let _ = writeln!(out, "{}\n", notes.join("\n"));
    }
}
