//! `whycan context shell` and `whycan context export`: one context by itself.

use std::ffi::OsString;

use super::names::{Namespace, resolve, switch};
use crate::base::Failure;
use crate::base::text::sanitise;
use crate::cli::live;
use crate::cli::session::Session;
use crate::kubeconfig::Kubeconfig;
use crate::source::kubeconfig;
use crate::source::shell::{self, Outer, Run};
use crate::source::state::State;

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan context shell acme-prod
  whycan context shell acme-prod -n payments -- kubectl get pods

It is the shell of SHELL, with the context in its prompt. KUBECONFIG names a file that holds this
context alone and goes with the shell; other shells, and the kubeconfig itself, are not affected.
WHYCAN_SHELL has the name of the context.

Exit status: that of the shell or the command.";

/// The arguments of `shell`.
#[derive(Clone, Debug, clap::Args)]
pub struct Shell {
    /// The context, an alias of it, or - for the one before; without it, the current one
    #[arg(value_name = "NAME", allow_hyphen_values = true)]
    name: Option<String>,
    /// Open it within a shell of whycan all the same
    #[arg(long)]
    nested: bool,
    /// What to run in place of a shell
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// The arguments of `export`.
#[derive(Clone, Debug, clap::Args)]
pub struct Export {
    /// The context, an alias of it, or - for the one before; without it, the current one
    #[arg(value_name = "NAME", allow_hyphen_values = true)]
    name: Option<String>,
}

/// Opens a shell, or runs a command.
pub fn shell(args: &Shell, session: &mut Session<'_>) -> Result<u8, Failure> {
    let outer = shell::outer();
    if let Some(outer) = outer.as_ref().filter(|_| args.command.is_empty() && !args.nested) {
        return Err(Failure::usage(format!("this is a shell of whycan already, of context `{}`", sanitise(&outer.context)))
            .hint("Leave it first: exit")
            .hint("Or open one within it: --nested; or run one command: -- COMMAND"));
    }
    let (context, text) = alone(args.name.as_deref(), outer.as_ref(), session)?;
    // what was said so far stands before what the shell says
    session.out.finish()?;
    if let Some(outer) = outer.filter(|_| args.command.is_empty()) {
        session.tell(&format!("a shell within {} of whycan", crate::base::text::count(outer.depth, "shell")));
    }
    shell::run(Run { context: &context, kubeconfig: &text, command: &args.command })
}

/// Prints a kubeconfig.
pub fn export(args: &Export, session: &mut Session<'_>) -> Result<u8, Failure> {
    let (_, text) = alone(args.name.as_deref(), None, session)?;
    session.out.raw(text.as_bytes())?;
    Ok(0)
}

/// A context and its kubeconfig; from within a shell of ours, those outside of it are seen.
fn alone(name: Option<&str>, outer: Option<&Outer>, session: &mut Session<'_>) -> Result<(String, String), Failure> {
    let kubeconfig = match outer.filter(|_| session.global.kubeconfig.is_none()) {
        Some(outer) => kubeconfig::load_listed(&outer.kubeconfig)?,
        None => live::kubeconfig(&session.global)?,
    };
    let (state, notes) = switch(&session.global).memory().recall();
    for note in &notes {
        session.tell(note);
    }
    let (context, namespace) = meant(name, &kubeconfig, session, &state)?;
    let namespace = session.global.namespace.clone().or(namespace);
    let text = kubeconfig.alone(Some(&context), namespace.as_deref())?;
    Ok((context, text))
}

fn meant(name: Option<&str>, kubeconfig: &Kubeconfig, session: &Session<'_>, state: &State) -> Result<(String, Option<String>), Failure> {
    match name.or(session.global.context.as_deref()) {
        Some(name) => resolve(name, kubeconfig, state).map(|meant| match meant.namespace {
            Namespace::Given(namespace) => (meant.context, namespace),
            Namespace::Own => (meant.context, None),
        }),
        None => kubeconfig.selected(None).map(|context| (context.name.clone(), None)),
    }
}
