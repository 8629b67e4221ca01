//! `whycan token [show|decode|mint]`.

mod decode;
mod mint;
mod show;

use super::session::Session;
use crate::base::Failure;

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan token show
  whycan token mint --cluster-name acme-prod | whycan token decode
  whycan token decode ./token --issuer https://login.example --audience kubernetes
  kubectl create token web -n dev | whycan token decode - -o json | jq .jwt.serviceAccount";

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// What to do; without it, show
    #[command(subcommand)]
    action: Option<Action>,
}

/// What can be done with credentials.
#[derive(Clone, Debug, clap::Subcommand)]
enum Action {
    /// Explain what is presented to the cluster: the plugin runs, and its answer is taken apart
    #[command(after_help = show::EXAMPLES)]
    Show(show::Args),
    /// Explain a token or a certificate from anywhere: what it is, whose, how long, what is wrong with it
    #[command(after_help = decode::EXAMPLES)]
    Decode(decode::Args),
    /// Make a token for a cluster of EKS, as `aws eks get-token` does
    #[command(after_help = mint::EXAMPLES)]
    Mint(mint::Args),
}

/// Does what is asked.
pub fn run(args: Args, session: &mut Session<'_>) -> Result<u8, Failure> {
    match args.action.unwrap_or_else(|| Action::Show(show::Args::default())) {
        Action::Show(args) => show::run(&args, session),
        Action::Decode(args) => decode::run(&args, session),
        Action::Mint(args) => mint::run(args, session),
    }
}
