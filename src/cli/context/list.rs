//! `whycan context list` and `whycan context current`.

use crate::base::{Failure, Severity};
use crate::cli::args::Format;
use crate::cli::session::Session;
use crate::cli::{live, scene};
use crate::report::{json, markdown, text};
use crate::source::{kubeconfig, settings};
use crate::view::contexts::Contexts;

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan context
  whycan context list -v
  whycan --kubeconfig ./kubeconfig.yaml context list
  whycan context list -o json | jq -r '.[] | select(.provider == \"eks\") | .name'

Nothing is run or asked for: plugins, clusters and the network are left alone.";

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

/// Prints the name of the current context, whether or not there is such a context, as kubectl does.
pub fn current(session: &mut Session<'_>) -> Result<u8, Failure> {
    let kubeconfig = live::kubeconfig(&session.global)?;
    let Some(name) = kubeconfig.current_context() else {
        // the failure says what there is
        return kubeconfig.selected(None).map(|_| 0);
    };
    let context = kubeconfig.context(name);
    if context.is_none() {
        session.tell(&format!("there is no context {name}"));
    }
    match session.global.output {
        Format::Text => session.out.text(&format!("{name}\n"))?,
        Format::Markdown => session.out.text(&markdown::names([name]))?,
        Format::Json | Format::Yaml => {
            let namespace = context.and_then(|context| context.namespace.as_deref());
            session.value(&json::CurrentContext::new(name, namespace, context.is_some(), kubeconfig.current_context_source()))?;
        }
    }
    Ok(0)
}
