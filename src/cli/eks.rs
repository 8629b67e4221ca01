//! `whycan eks [list|add]`.

mod add;
mod list;

use super::session::Session;
use crate::base::Failure;

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan eks list
  whycan eks list --all-profiles --all-regions
  whycan eks list --profile prod --region eu-central-1 --region us-east-1 -o json
  whycan eks add acme-prod --profile prod --region eu-central-1 --alias prod

Credentials are found as the aws command line finds them, and never asked for: log in first. AWS is only read.";

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// What to do; without it, list
    #[command(subcommand)]
    action: Option<Action>,
}

/// What can be done with EKS.
#[derive(Clone, Debug, clap::Subcommand)]
enum Action {
    /// List the clusters that AWS profiles can see, and the contexts that lead to them
    #[command(after_help = list::EXAMPLES)]
    List(list::Args),
    /// Add a cluster to the kubeconfig, as `aws eks update-kubeconfig` does, keeping comments
    #[command(after_help = add::EXAMPLES)]
    Add(add::Args),
}

/// Finds or adds clusters.
pub fn run(args: Args, session: &mut Session<'_>) -> Result<u8, Failure> {
    let global = &session.global;
    if global.demo || global.from.is_some() {
        return Err(Failure::usage("`eks` asks AWS; recorded facts know of no account").hint("Leave --demo and --from out."));
    }
    if global.offline {
        return Err(Failure::usage("`eks` asks AWS, and `--offline` touches nothing outside").hint("Leave --offline out."));
    }
    match args.action.unwrap_or_else(|| Action::List(list::Args::default())) {
        Action::List(args) => list::run(args, session),
        Action::Add(args) => add::run(&args, session),
    }
}

/// A runtime for the SDK.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().build().map_err(|error| Failure::failed(format!("cannot start: {error}")))
}
