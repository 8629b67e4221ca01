//! `whoami` and `cluster` as Markdown.

use std::fmt::Write as _;

use super::escape::{cell, code, prose};
use super::tables;
use crate::base::text::enumerate;
use crate::report::overview::{self, Overview, moment};
use crate::session::Walk;
use crate::source::live::without_secret;
use crate::view::login;

/// Who one is.
pub fn whoami(walk: &Walk) -> String {
    let mut out = String::new();
    match &walk.caller {
        Some(caller) => drop(writeln!(out, "## The cluster takes me for {}\n", code(&caller.identity.to_string()))),
        None => out.push_str("## Who the cluster takes me for is unknown\n\n"),
    }
    let mut rows: Vec<(&str, String)> = Vec::new();
    if let Some(target) = &walk.target {
        rows.extend(target.context.as_deref().map(|context| ("Context", code(context))));
        rows.push(("Cluster", code(&without_secret(&target.cluster.server))));
    }
    rows.extend(walk.version.as_ref().map(|version| ("Version", code(&version.git_version))));
    if let Some(presented) = &walk.presented {
        rows.push(("Credential", prose(if presented.description.is_empty() { presented.kind.as_str() } else { &presented.description })));
        rows.extend(presented.expires_at.and_then(moment).map(|end| ("Until", code(&end))));
    }
    let origin = walk.presented.as_ref().and_then(|presented| presented.origin.as_ref());
    rows.extend(origin.map(|origin| ("Signed with", prose(&origin.sentence()))));
    rows.extend(walk.principal.as_ref().map(|principal| ("Caller", code(&principal.arn))));
    rows.extend(login::mapping(walk).map(|mapping| ("Mapping", prose(&login::decided(&mapping)))));
    rows.extend(walk.oneself.as_ref().map(|caller| ("You are", code(&caller.identity.to_string()))));
    if let Some(caller) = &walk.caller {
        rows.extend(caller.identity.username.map(|username| ("User", code(username.as_str()))));
        let groups: Vec<String> = caller.identity.groups.iter().map(|group| code(group.as_str())).collect();
        rows.push(("Groups", if groups.is_empty() { "none known".to_owned() } else { groups.join(", ") }));
    }
    let method = overview::method(walk);
    rows.extend(method.map(|method| ("Method", prose(method.taken()))));
    rows.extend(method.map(|method| ("Revoking", prose(method.ends()))));
    table(&mut out, &rows);
    for (step, stage) in overview::told(walk) {
        if stage.state.failure().is_some() {
            let _ = writeln!(out, "**{} {}:** {}\n", step.as_str(), stage.state.as_str(), prose(overview::message(stage)));
        }
    }
    causes(&mut out, walk);
    tables::findings(&mut out, &overview::findings(walk));
    tables::gaps(&mut out, &overview::gaps(walk));
    out
}

/// Why a server that said Unauthorized may have said it.
fn causes(out: &mut String, walk: &Walk) {
    let causes = login::causes(walk);
    if causes.is_empty() {
        return;
    }
    out.push_str("### Why the server says Unauthorized, the likeliest first\n\n");
    for cause in causes {
        let _ = writeln!(out, "- {} {}", if cause.is_certain { "✗" } else { "?" }, prose(&cause.sentence));
        for detail in &cause.details {
            let _ = writeln!(out, "  - {}", prose(detail));
        }
        for fix in &cause.fixes {
            let _ = writeln!(out, "  - fix: {}", code(fix));
        }
    }
    out.push('\n');
}

/// What is known of a cluster.
pub fn cluster(overview: &Overview<'_>) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "## Cluster {}\n", overview.name.as_deref().map_or_else(String::new, code));
    let mut rows: Vec<(&str, String)> = Vec::new();
    rows.extend(overview.target.map(|target| ("Server", code(&without_secret(&target.cluster.server)))));
    rows.extend(overview.version().map(|version| ("Version", code(version))));
    rows.extend(overview.provider.as_deref().map(|provider| ("Provider", code(provider))));
    rows.extend(overview.mode().map(|mode| ("Authentication mode", code(mode))));
    rows.push(("Authorizers", format!("taken to be {}", enumerate(&overview.authorizers(), "and"))));
    rows.extend(overview.issuer().map(|issuer| ("Issuer", code(issuer))));
    rows.extend(overview.authority_ends.and_then(moment).map(|ends| ("CA until", code(&ends))));
    rows.extend(overview.counts().map(|(kind, count)| (kind, count.to_string())));
    table(&mut out, &rows);
    tables::findings(&mut out, &overview.findings);
    tables::gaps(&mut out, overview.facts.gaps());
    out
}

fn table(out: &mut String, rows: &[(&str, String)]) {
    out.push_str("| What | Which |\n|---|---|\n");
    for (label, value) in rows {
        let _ = writeln!(out, "| {label} | {} |", cell(value));
    }
    out.push('\n');
}
