//! The `whycan` command: arguments to the terminal UI or a command, a failure to an exit status.

use std::process::ExitCode;

fn main() -> ExitCode {
    whycan::cli::main()
}
