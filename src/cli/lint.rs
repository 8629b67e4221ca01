//! `whycan lint`.

use super::args::Format;
use super::scene::Scene;
use super::session::Session;
use crate::authz::lint::lint;
use crate::base::{Failure, Severity};
use crate::report::{json, markdown, text};
use crate::session::Options;

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan --demo lint
  whycan lint --from ./manifests -o json | jq '.findings[] | select(.severity == \"error\")'

Exit status: 1 when there are findings of severity error.";

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {}

/// Prints the findings; the exit status tells whether there are errors.
pub fn run(session: &mut Session<'_>) -> Result<u8, Failure> {
    let scene = Scene::load(session, Options::everybody)?;
    let mut findings = lint(scene.facts());
    findings.sort_by(|a, b| (a.severity, &a.subject, a.code).cmp(&(b.severity, &b.subject, b.code)));
    let has_errors = findings.iter().any(|finding| finding.severity == Severity::Error);
    match session.global.output {
        Format::Text => session.page(&text::lint(&findings, scene.facts(), &session.look))?,
        Format::Markdown => session.out.text(&markdown::lint(&findings, scene.facts()))?,
        Format::Json | Format::Yaml => session.value(&json::Lint { findings })?,
    }
    Ok(u8::from(has_errors))
}
