//! `whycan completions SHELL`.

use clap::CommandFactory;
use clap_complete::Shell;

use super::args::Cli;
use super::session::Session;
use crate::base::Failure;

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan completions bash > ~/.local/share/bash-completion/completions/whycan
  whycan completions zsh > \"${fpath[1]}/_whycan\"
  whycan completions fish > ~/.config/fish/completions/whycan.fish";

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints a completion script.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "whycan", &mut script);
    session.out.raw(&script)?;
    Ok(0)
}
