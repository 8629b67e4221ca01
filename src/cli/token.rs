//! `whycan token [show|decode|mint]`.

mod mint;

use super::session::Session;
use crate::base::Failure;

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan token mint --cluster-name acme-prod | whycan token decode -";

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// What to do
    #[command(subcommand)]
    action: Action,
}

/// What can be done with credentials.
#[derive(Clone, Debug, clap::Subcommand)]
enum Action {
    /// Make a token for a cluster of EKS, as `aws eks get-token` does
    #[command(after_help = mint::EXAMPLES)]
    Mint(mint::Args),
}

/// Shows, takes apart or makes credentials.
pub fn run(args: Args, session: &mut Session<'_>) -> Result<u8, Failure> {
    match args.action {
        Action::Mint(args) => mint::run(args, session),
    }
}
