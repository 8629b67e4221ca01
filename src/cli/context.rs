//! `whycan context`: where one is pointed.

mod list;

use super::session::Session;
use crate::base::Failure;

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
        None | Some(Action::List) => list::run(session),
    }
}
