//! `whycan context [list]` and `whycan context current`.

use crate::base::Failure;
use crate::cli::args::Format;
use crate::cli::session::Session;
use crate::cli::{live, scene};
use crate::report::{json, markdown, text};
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
    let contexts =
        if is_recorded { Contexts::recorded(&scene::recorded(session)?) } else { Contexts::of(&live::kubeconfig(&session.global)?) };
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
    Ok(0)
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
