//! `whycan man`.

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::args::Cli;
use super::session::Session;
use crate::base::Failure;

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan man | man -l -
  whycan man why | man -l -
  whycan man > /usr/local/share/man/man1/whycan.1";

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The command to describe; without it, whycan itself
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

/// Prints a manual page.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<u8, Failure> {
    let mut root = Cli::command();
    root.build();
    let command = match args.command.as_deref() {
        None => root,
        Some(name) => root.find_subcommand(name).cloned().ok_or_else(|| unknown(name, &root))?,
    };
    let mut page = Vec::new();
    Man::new(command).render(&mut page).map_err(|error| Failure::failed(format!("the manual page cannot be made: {error}")))?;
    session.out.raw(&page)?;
    Ok(0)
}

fn unknown(name: &str, root: &Command) -> Failure {
    let names: Vec<&str> = root.get_subcommands().map(Command::get_name).collect();
    Failure::usage(format!("there is no command `{name}`")).hint(format!("Commands: {}", names.join(", ")))
}
