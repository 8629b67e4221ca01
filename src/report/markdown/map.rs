//! `map` as Markdown.

use std::fmt::Write as _;

use super::escape::{code, prose};
use super::tables::{self, head, row};
use super::workload;
use crate::base::Gap;
use crate::identity::aws::Mapping;
use crate::identity::aws::listing::Standing;
use crate::identity::workload::Admissions;
use crate::report::mapped;
use crate::view::mapping::{Mappings, groups_of, username_of};

/// Who a principal is to the cluster, and of a role which service accounts may become it.
pub fn map(mapping: &Mapping, fixes: &[String], admissions: Option<&Admissions>) -> String {
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
    if !fixes.is_empty() {
        out.push_str("What would let it in:\n\n");
        for fix in fixes {
            let fix = if fix.starts_with("aws ") { code(fix) } else { prose(fix) };
            let _ = writeln!(out, "- {fix}");
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

/// Whom EKS lets in.
pub fn mappings(mappings: &Mappings) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "## Mappings\n\n{}\n", prose(&mappings.headline()));
    head(&mut out, &["Stands", "Names", "User", "Groups", "Access policies", "Counts"]);
    for listed in &mappings.listed {
        let counts = match &listed.standing {
            Standing::Counts => "yes".to_owned(),
            Standing::Shadowed(why) | Standing::Never(why) => format!("no: {}", prose(why)),
        };
        let policies: Vec<String> = listed.policies.iter().flatten().map(mapped::policy).collect();
        row(
            &mut out,
            &[
                code(&listed.place()),
                code(&listed.subject),
                code(listed.username.as_deref().unwrap_or("not known")),
                code(&listed.groups.join(", ")),
                prose(&policies.join("; ")),
                counts,
            ],
        );
    }
    out.push('\n');
    if !mappings.providers.is_empty() {
        head(&mut out, &["Identity provider", "Issuer", "Audience", "User", "Groups"]);
        for one in &mappings.providers {
            row(&mut out, &[code(&one.name), code(&one.issuer), code(&one.client_id), code(&username_of(one)), code(&groups_of(one))]);
        }
        out.push('\n');
    }
    if !mappings.associations.is_empty() {
        head(&mut out, &["Service account", "Becomes"]);
        for one in &mappings.associations {
            let account = format!("{}/{}", one.namespace, one.service_account);
            row(&mut out, &[code(&account), code(one.role.as_deref().unwrap_or("not read"))]);
        }
        out.push('\n');
    }
    let gaps: Vec<Gap> = mappings.gaps.iter().map(|effect| effect.gap.clone()).collect();
    tables::gaps(&mut out, &gaps);
    out
}
