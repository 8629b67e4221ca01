//! The command line: arguments to answers, failures to exit statuses.

mod args;
mod arrange;
mod can;
mod cluster;
mod completions;
mod context;
mod crash;
mod duration;
mod eks;
mod help;
mod identities;
mod identity;
mod lint;
mod live;
mod man;
mod map;
mod namespace;
mod output;
mod question;
mod review;
mod roles;
mod rules;
mod scene;
mod schema;
mod session;
mod settings;
mod start;
mod token;
mod version;
mod who_can;
mod whoami;
mod why;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches};

use crate::base::{Failure, FailureKind};
use args::{Cli, ColorWhen, Command};
use output::Output;
use session::Session;
use settings::Terminal;

/// Runs the program on the process's own arguments.
pub fn main() -> ExitCode {
    crash::install();
    let words: Vec<OsString> = std::env::args_os().collect();
    let terminal = Terminal::detect();
    let status = run(words, &terminal, &mut io::stdout(), &mut io::stderr());
    ExitCode::from(status)
}

/// Runs the program and tells its failure; gives the exit status.
fn run(words: Vec<OsString>, terminal: &Terminal, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    match dispatch(words, terminal, out, err) {
        Ok(status) => status,
        Err(failure) => {
            if failure.kind != FailureKind::ClosedPipe {
                output::report(&failure, err);
            }
            failure.exit_status()
        }
    }
}

fn dispatch(words: Vec<OsString>, terminal: &Terminal, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8, Failure> {
    let early = terminal.colors(early_color(&words));
    let root = Cli::command();
    let words = arrange::arrange(&root, words)?;
    let cli = match root.try_get_matches_from(words).and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return explain_usage(&error, early, out),
    };
    let Some(command) = cli.command else { return start::run(&cli.global, terminal, err) };
    let mut session = Session::new(cli.global, terminal, out, err);
    if session.global.from.as_deref().is_some_and(|path| path.as_os_str() == "-") {
        session.claim_stdin("`--from -`")?;
    }
    let status = match command {
        Command::Why(args) => why::run(args, &mut session),
        Command::WhoCan(args) => who_can::run(args, &mut session),
        Command::Can(args) => can::run(args, &mut session),
        Command::Whoami(_) => whoami::run(&mut session),
        Command::Cluster(_) => cluster::run(&mut session),
        Command::Rules(args) => rules::run(&args, &mut session),
        Command::Identities(_) => identities::run(&mut session),
        Command::Context(args) => context::run(args, &mut session),
        Command::Namespace(args) => namespace::run(args, &mut session),
        Command::Eks(args) => eks::run(args, &mut session),
        Command::Token(args) => token::run(args, &mut session),
        Command::Map(args) => map::run(&args, &mut session),
        Command::Lint(args) => lint::run(&args, &mut session),
        Command::Review(args) => review::run(&args, &mut session),
        Command::Schema(args) => schema::run(&args, &mut session),
        Command::Completions(args) => completions::run(&args, &mut session),
        Command::Man(args) => man::run(&args, &mut session),
    }?;
    session.out.finish()?;
    Ok(status)
}

/// Help and version go to standard output; what clap refuses is a failure of usage in our own form.
fn explain_usage(error: &clap::Error, color: bool, out: &mut dyn Write) -> Result<u8, Failure> {
    let text = error.render();
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let mut out = Output::new(out);
        out.text(&if color { text.ansi().to_string() } else { text.to_string() })?;
        out.finish()?;
        return Ok(0);
    }
    let text = text.to_string();
    let mut lines = text.strip_prefix("error: ").unwrap_or(&text).lines().map(str::trim_end).filter(|line| !line.is_empty());
    let failure = Failure::usage(lines.next().unwrap_or("the command line cannot be understood"));
    Err(lines.fold(failure, |failure, line| failure.hint(line.trim_start())))
}

/// The wish about colours, as far as it can be seen before the words are understood.
fn early_color(words: &[OsString]) -> ColorWhen {
    let texts: Vec<&str> = words.iter().filter_map(|word| word.to_str()).collect();
    let spaced = texts.windows(2).find(|pair| matches!(pair, ["--color", _])).and_then(|pair| pair.get(1).copied());
    match texts.iter().find_map(|text| text.strip_prefix("--color=")).or(spaced) {
        Some("always") => ColorWhen::Always,
        Some("never") => ColorWhen::Never,
        _ => ColorWhen::Auto,
    }
}
