//! `whycan context list`.

use crate::base::{Failure, Severity};
use crate::cli::args::Format;
use crate::cli::scene;
use crate::cli::session::Session;
use crate::report::{json, markdown, text};
use crate::source::{kubeconfig, settings};
use crate::view::contexts::Contexts;

/// Lists the contexts of the kubeconfig or, with recorded facts, those of the facts.
pub fn run(session: &mut Session<'_>) -> Result<u8, Failure> {
    let is_recorded = session.global.demo || session.global.from.is_some();
    let contexts = if is_recorded { Contexts::recorded(&scene::recorded(session)?) } else { browsed(session)? };
    match session.global.output {
        Format::Text => session.page(&text::contexts(&contexts, &session.look))?,
        Format::Markdown => session.out.text(&markdown::contexts(&contexts))?,
        Format::Json | Format::Yaml => {
            session.value(&json::Contexts::new(&contexts))?;
            // a list has no place for what is wrong with the whole
            if contexts.files.is_empty() {
                session.tell(&text::contexts_summary(&contexts));
            }
            for finding in &contexts.findings {
                session.tell(&finding.message);
            }
        }
    }
    let has_read_none = contexts.files.is_empty() && contexts.findings.iter().any(|finding| finding.severity == Severity::Error);
    // nothing of what was given could be read: the status of a failure
    Ok(if has_read_none { 4 } else { 0 })
}

/// The contexts of the files that can be read. A single file that cannot leaves nothing to list.
fn browsed(session: &Session<'_>) -> Result<Contexts, Failure> {
    let settings = settings::load()?;
    let browsed = kubeconfig::browse(session.global.kubeconfig.as_deref());
    if let ([], [only]) = (browsed.kubeconfig.files(), browsed.broken.as_slice()) {
        return Err(only.failure());
    }
    let contexts = Contexts::browsed(&browsed);
    // whoever names one file asks for that one
    Ok(if browsed.is_explicit { contexts } else { contexts.with_further(&kubeconfig::further(&browsed, &settings)) })
}
