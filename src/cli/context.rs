//! `whycan context [list|current|use|rename|delete|shell|export|undo|alias]`.

mod alias;
mod alone;
pub mod change;
mod list;
pub mod names;

use super::session::Session;
use crate::base::Failure;

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan context
  whycan context use acme-prod
  whycan context use -
  whycan context delete acme-old --with-unused --dry-run
  whycan context shell acme-prod -- kubectl get pods
  whycan context undo
  whycan --kubeconfig ./kubeconfig.yaml context list
  whycan context list -o json | jq -r '.[] | select(.provider == \"eks\") | .name'

Nothing is run or asked for: plugins, clusters and the network are left alone. A kubeconfig is
changed in one step and under kubectl's locks, and keeps its comments.";

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// What to do; without it, list
    #[command(subcommand)]
    action: Option<Action>,
}

/// What can be done with contexts.
#[derive(Clone, Debug, clap::Subcommand)]
enum Action {
    /// List the contexts: where each leads, and what is wrong with it
    #[command(after_help = list::EXAMPLES)]
    List,
    /// Print the name of the current context
    Current,
    /// Make a context the current one; - for the one before
    Use(change::Use),
    /// Give a context another name
    Rename(change::Rename),
    /// Remove a context
    Delete(change::Delete),
    /// Open a shell, or run a command, that sees one context alone
    #[command(after_help = alone::EXAMPLES)]
    Shell(alone::Shell),
    /// Print one context as a kubeconfig of its own, with its secrets
    Export(alone::Export),
    /// Take back the last change that whycan made
    Undo(change::Undo),
    /// Give a context another name for whycan alone; without arguments, list them
    Alias(alias::Alias),
}

/// Does what is asked with contexts.
pub fn run(args: Args, session: &mut Session<'_>) -> Result<u8, Failure> {
    let action = args.action.unwrap_or(Action::List);
    if matches!(action, Action::List) {
        return list::run(session);
    }
    if session.global.demo || session.global.from.is_some() {
        return Err(Failure::usage("recorded facts have no kubeconfig to work on").hint("Leave --demo and --from out."));
    }
    match action {
        Action::List => list::run(session),
        Action::Current => list::current(session),
        Action::Use(args) => change::make_current(&args, session),
        Action::Rename(args) => change::rename(args, session),
        Action::Delete(args) => change::delete(&args, session),
        Action::Shell(args) => alone::shell(&args, session),
        Action::Export(args) => alone::export(&args, session),
        Action::Undo(args) => change::undo(&args, session),
        Action::Alias(args) => alias::run(args, session),
    }
}
