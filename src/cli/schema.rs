//! `whycan schema [COMMAND]`.

use super::session::Session;
use crate::base::Failure;
use crate::report::{json, schema};

/// Examples at the end of the help.
pub const EXAMPLES: &str = "\
Examples:
  whycan schema why > why.schema.json
  whycan schema | jq '.\"$defs\" | keys'";

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The command whose output is described; without it, all of them
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

/// Prints a JSON Schema.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<u8, Failure> {
    let schema = match args.command.join(" ").as_str() {
        "" => json::to_json(&schema::all())?,
        command => json::to_json(&schema::of(command).ok_or_else(|| without(command))?)?,
    };
    session.out.raw(schema.as_bytes())?;
    Ok(0)
}

fn without(command: &str) -> Failure {
    let commands: Vec<&str> = schema::commands().collect();
    Failure::usage(format!("`{command}` prints no JSON")).hint(format!("Schemas: {}", commands.join(", ")))
}
