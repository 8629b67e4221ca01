//! `whycan context [list]`.

use super::args::Format;
use super::session::Session;
use super::{live, scene};
use crate::base::Failure;
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

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// What to do; without it, list
    #[command(subcommand)]
    action: Option<Action>,
}

/// What can be done with contexts.
#[derive(Clone, Copy, Debug, clap::Subcommand)]
enum Action {
    /// List the contexts: where each leads, and what is wrong with it
    #[command(after_help = EXAMPLES)]
    List,
}

/// Lists the contexts of the kubeconfig or, with recorded facts, those of the facts.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<u8, Failure> {
    match args.action {
        None | Some(Action::List) => list(session),
    }
}

fn list(session: &mut Session<'_>) -> Result<u8, Failure> {
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
