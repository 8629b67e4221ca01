//! A shell, or a command, that sees one context alone: its kubeconfig lives as long as it, in a folder of its own.

mod folder;
mod prompt;

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::ExitStatus;

use tokio::process::{Child, Command};

use super::files::cause;
use crate::base::Failure;
use crate::base::text::sanitise;
use folder::Folder;

/// Names the context, in the environment of the shell.
const CONTEXT: &str = "WHYCAN_SHELL";
/// How many such shells there are within each other.
const DEPTH: &str = "WHYCAN_SHELL_DEPTH";
/// The kubeconfig of the shell: what a person's own start files may have put in its place is set right by it.
const FILE: &str = "WHYCAN_SHELL_FILE";
/// `KUBECONFIG` as it was outside.
const OUTER: &str = "WHYCAN_SHELL_OUTER";

/// What is run.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The name of the context.
    pub context: &'a str,
    /// The kubeconfig with this context alone.
    pub kubeconfig: &'a str,
    /// A command and its arguments; empty for the person's own shell.
    pub command: &'a [OsString],
}

/// A shell of ours that this runs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outer {
    /// Its context.
    pub context: String,
    /// How deep it stands.
    pub depth: usize,
    /// `KUBECONFIG` outside of all of them; empty where it was not set.
    pub kubeconfig: OsString,
}

/// The shell of ours that this runs in.
pub fn outer() -> Option<Outer> {
    outer_with(|name| std::env::var_os(name))
}

fn outer_with(variable: impl Fn(&str) -> Option<OsString>) -> Option<Outer> {
    let context = variable(CONTEXT).filter(|name| !name.is_empty())?.to_string_lossy().into_owned();
    let depth = variable(DEPTH).and_then(|depth| depth.to_str()?.parse().ok()).unwrap_or(1);
    Some(Outer { context, depth, kubeconfig: variable(OUTER).unwrap_or_default() })
}

/// Runs it in the foreground, and gives its exit status; the kubeconfig is gone afterwards, however it ended.
///
/// # Errors
/// When its kubeconfig cannot be written, or it cannot be started.
pub fn run(run: Run<'_>) -> Result<u8, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::failed(format!("cannot start: {}", cause(&error))))?;
    runtime.block_on(async {
        // before there is anything to clean up
        let mut signals = Signals::new().map_err(|error| Failure::failed(format!("cannot start: {}", cause(&error))))?;
        let folder = Folder::new(run.kubeconfig)
            .map_err(|error| Failure::failed(format!("cannot write the kubeconfig of the shell: {}", cause(&error))))?;
        let mut command = command(&run, &folder)
            .map_err(|error| Failure::failed(format!("cannot write the start file of the shell: {}", cause(&error))))?;
        let program = command.as_std().get_program().to_string_lossy().into_owned();
        let mut child = command.spawn().map_err(|error| not_started(&program, &error, run.command.is_empty()))?;
        let status = signals.wait(&mut child).await;
        status.map(exit_status).map_err(|error| Failure::failed(format!("cannot wait for `{}`: {}", sanitise(&program), cause(&error))))
    })
}

fn command(run: &Run<'_>, folder: &Folder) -> std::io::Result<Command> {
    let mut command = match run.command {
        [] => prompt::shell(&person_s_shell(), folder)?,
        [program, arguments @ ..] => {
            let mut command = Command::new(program);
            command.args(arguments);
            command
        }
    };
    let file = folder.kubeconfig();
    let (depth, kubeconfig) = match outer() {
        Some(outer) => (outer.depth + 1, outer.kubeconfig),
        None => (1, std::env::var_os("KUBECONFIG").unwrap_or_default()),
    };
    command.env("KUBECONFIG", &file).env(FILE, &file).env(OUTER, kubeconfig);
    command.env(CONTEXT, sanitise(run.context).as_ref()).env(DEPTH, depth.to_string());
    Ok(command)
}

fn person_s_shell() -> OsString {
    let set = std::env::var_os("SHELL").filter(|shell| Path::new(shell).is_absolute());
    set.unwrap_or_else(|| OsStr::new(if cfg!(windows) { "cmd.exe" } else { "/bin/sh" }).to_owned())
}

fn not_started(program: &str, error: &std::io::Error, is_shell: bool) -> Failure {
    let hint = if is_shell { "Set SHELL to a shell that is there." } else { "Check its spelling, and PATH." };
    Failure::failed(format!("cannot run `{}`: {}", sanitise(program), cause(error))).hint(hint)
}

/// As a shell has it: 128 and the number of the signal that ended it.
fn exit_status(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    let code = status.code().or_else(|| std::os::unix::process::ExitStatusExt::signal(&status).map(|signal| 128 + signal));
    #[cfg(not(unix))]
    let code = status.code();
    code.and_then(|code| u8::try_from(code & 0xff).ok()).unwrap_or(1)
}

/// The signals that would end us before the kubeconfig is gone.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    quit: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// How long a shell that is told to end has for it; interactive ones take no SIGTERM.
    const GRACE: std::time::Duration = std::time::Duration::from_millis(500);

    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for a child, and passes on what it is sent.
    async fn wait(&mut self, child: &mut Child) -> std::io::Result<ExitStatus> {
        use std::io::IsTerminal as _;

        use rustix::process::Signal;
        // what is typed reaches the child by itself, and twice means something else to many programs
        let is_typed = std::io::stdin().is_terminal();
        let mut deadline = None;
        loop {
            let overdue = async {
                match deadline {
                    Some(deadline) => tokio::time::sleep_until(deadline).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                status = child.wait() => return status,
                _ = self.interrupt.recv() => if !is_typed { send(child, Signal::INT) },
                _ = self.quit.recv() => if !is_typed { send(child, Signal::QUIT) },
                _ = self.hang_up.recv() => send(child, Signal::HUP),
                _ = self.terminate.recv() => {
                    send(child, Signal::TERM);
                    deadline = Some(tokio::time::Instant::now() + Self::GRACE);
                }
                () = overdue => {
                    send(child, Signal::HUP);
                    deadline = None;
                }
            }
        }
    }
}

#[cfg(unix)]
fn send(child: &Child, signal: rustix::process::Signal) {
    if let Some(process) = child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw) {
        // it may have ended meanwhile
        let _ = rustix::process::kill_process(process, signal);
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn wait(&mut self, child: &mut Child) -> std::io::Result<ExitStatus> {
        loop {
            tokio::select! {
                status = child.wait() => return status,
                // the child is told by the console itself
                _ = tokio::signal::ctrl_c() => {}
            }
        }
    }
}

#[cfg(test)]
mod tests;
