//! Credential plugins: client-go's exec protocol, `client.authentication.k8s.io/v1` and `v1beta1`.
//!
//! A plugin is a program of somebody else. It is run only for a target that was chosen, by the leave of kubectl's own policy,
//! once, without a terminal, with a limit to its time and output, and in a process group of its own that ends with us. One
//! that wants the terminal gets it where nothing else uses it.

mod answer;
mod group;
mod information;
mod kuberc;
mod leave;
mod process;
mod program;
mod said;

use std::ffi::OsString;
use std::io::{Error, ErrorKind, IsTerminal as _};
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use crate::base::Failure;
use crate::base::text::sanitise;
use crate::kubeconfig::{Cluster, Exec, User, Way};
use program::Missing;

pub use answer::Credential;
pub use kuberc::Kuberc;
pub use leave::{Allowed, Plugins};
pub use process::finish;
pub use said::last_words;

/// The versions of the protocol.
const VERSIONS: [&str; 2] = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

/// A plugin, what it is told, and by whose leave it is run.
#[derive(Clone, Debug, Default)]
pub struct Plugin {
    /// How it is run.
    pub exec: Exec,
    /// The cluster it may be told of.
    pub cluster: Cluster,
    /// The cluster's certificate authority, in PEM.
    pub authority: Option<Vec<u8>>,
    /// The kubeconfig that it stands in.
    pub file: Option<String>,
    /// By whose leave.
    pub plugins: Plugins,
}

/// Whether what a user presents comes from a plugin that wants the terminal, and gives nothing without.
pub fn wants_terminal(user: &User) -> bool {
    user.way() == Way::Exec && user.exec.as_ref().is_some_and(needs_terminal)
}

fn needs_terminal(exec: &Exec) -> bool {
    exec.interactive_mode == "Always"
}

impl Plugin {
    /// Runs it and takes its answer. Where it wants the terminal, it gets it or, where there is none for it, what it gave there
    /// before is taken.
    ///
    /// # Errors
    /// When it may not be run, is not there, fails, takes too long, or answers nothing of use.
    pub async fn run(&self, limit: Duration) -> Result<Credential, Failure> {
        check(&self.exec)?;
        self.plugins.allowed.check(&self.exec, self.file.as_deref())?;
        if needs_terminal(&self.exec) {
            if let Some(kept) = self.plugins.kept(&self.exec, &self.cluster, super::live::now()) {
                return Ok(kept);
            }
            if self.plugins.has_terminal {
                return self.run_in_foreground().await;
            }
            return Err(self.refusal("wants a terminal (interactiveMode Always), and there is none for it here").hint(login(&self.exec)));
        }
        let Ok(output) = timeout(limit, process::finish(self.command(false)?)).await else {
            return Err(self
                .refusal(&format!("did not end within {}", seconds(limit)))
                .hint(login(&self.exec))
                .hint("Give it more time with --timeout."));
        };
        self.answer(output)
    }

    /// Runs it on the terminal: it may ask there, and nothing ends it but its user. What it gives is kept.
    ///
    /// # Errors
    /// When standard input is no terminal; else as [`run`](Self::run), but for time.
    pub async fn run_in_foreground(&self) -> Result<Credential, Failure> {
        check(&self.exec)?;
        self.plugins.allowed.check(&self.exec, self.file.as_deref())?;
        if !std::io::stdin().is_terminal() {
            return Err(self.refusal("wants a terminal, and standard input is none").hint(login(&self.exec)));
        }
        let credential = self.answer(process::finish_in_foreground(self.command(true)?).await)?;
        self.plugins.keep(&self.exec, &self.cluster, &credential);
        Ok(credential)
    }

    /// Forgets what it gave on the terminal: that was refused.
    pub fn forget(&self) {
        self.plugins.forget(&self.exec, &self.cluster);
    }

    /// The command, if it is there and allowed.
    fn command(&self, is_interactive: bool) -> Result<Command, Failure> {
        let path: Option<OsString> = std::env::var_os("PATH");
        let named = program::clean(&self.exec.command);
        let found = program::find(&named, path.as_deref());
        self.plugins.kuberc.check(&named, &found, path.as_deref())?;
        let program: PathBuf = found.map_err(|missing| self.missing(&missing))?;
        let mut command = Command::new(program);
        #[cfg(unix)]
        command.arg0(&self.exec.command);
        let information = information::information(&self.exec, &self.cluster, self.authority.as_deref(), is_interactive);
        command.args(&self.exec.args).envs(self.exec.env.iter().map(|(key, value)| (key, value)));
        command.env("KUBERNETES_EXEC_INFO", information);
        Ok(command)
    }

    /// What it came to.
    fn answer(&self, output: std::io::Result<process::Output>) -> Result<Credential, Failure> {
        let output = output.map_err(|error| self.not_run(&error))?;
        if output.status.success() {
            return answer::read(&output.answer, &self.exec);
        }
        let said = said::last_words(&output.said, &said::secrets(&self.exec));
        let said = if said.is_empty() { String::new() } else { format!(": {said}") };
        Err(self.refusal(&format!("failed ({}){said}", ending(output.status))).hint(login(&self.exec)))
    }

    fn missing(&self, missing: &Missing) -> Failure {
        match missing {
            Missing::NotFound => {
                let hint = self.exec.install_hint.as_deref().map(str::trim).filter(|hint| !hint.is_empty());
                let hint = hint.map_or_else(|| "Install it, or put its folder into PATH.".into(), sanitise);
                self.refusal("is not there").hint(hint)
            }
            Missing::NotExecutable => self.refusal("may not be run: permission denied").hint("Make the file executable (chmod +x)."),
            Missing::Relative(program) => self
                .refusal(&format!("is `{}`, in a folder of PATH that is relative, and is not run", sanitise(&program.to_string_lossy())))
                .hint("kubectl does not run it either: name its whole path in users[].user.exec.command."),
        }
    }

    fn not_run(&self, error: &Error) -> Failure {
        match error.kind() {
            ErrorKind::FileTooLarge => self
                .refusal(&format!("printed more than {} MiB, and was ended", process::LARGEST >> 20))
                .hint("Check that it prints an ExecCredential and nothing else."),
            ErrorKind::NotFound => self.missing(&Missing::NotFound),
            ErrorKind::PermissionDenied => self.missing(&Missing::NotExecutable),
            _ => self
                .refusal(&format!("cannot be started: {}", super::files::cause(error)))
                .hint("Check that it is a program for this machine: a script begins with #!."),
        }
    }

    /// `the credential plugin … WHY`
    fn refusal(&self, why: &str) -> Failure {
        refusal(&self.exec, why)
    }
}

fn refusal(exec: &Exec, why: &str) -> Failure {
    Failure::failed(format!("the credential plugin {} {why}", name(exec)))
}

/// What may not be run at all.
fn check(exec: &Exec) -> Result<(), Failure> {
    if exec.command.is_empty() {
        return Err(Failure::failed("the user's exec section names no command").hint("Set users[].user.exec.command in the kubeconfig."));
    }
    if !VERSIONS.contains(&exec.api_version.as_str()) {
        let why = format!("has apiVersion `{}`, which Kubernetes clients do not run any more", sanitise(&exec.api_version));
        return Err(refusal(exec, &why).hint("Update the plugin, and set apiVersion to client.authentication.k8s.io/v1."));
    }
    match exec.interactive_mode.as_str() {
        "" if exec.api_version == VERSIONS[0] => {
            Err(refusal(exec, "has no interactiveMode, which v1 demands").hint("Set interactiveMode to IfAvailable or Never."))
        }
        "" | "Never" | "IfAvailable" | "Always" => Ok(()),
        other => Err(refusal(exec, &format!("has interactiveMode `{}`, which is none", sanitise(other)))
            .hint("Set interactiveMode to Never, IfAvailable or Always.")),
    }
}

/// The command as a sentence names it.
fn name(exec: &Exec) -> String {
    format!("`{}`", sanitise(&exec.command))
}

/// What to do when a plugin cannot by itself.
fn login(exec: &Exec) -> String {
    let program = exec.command.rsplit(['/', '\\']).next().unwrap_or_default();
    let profile = exec.env.iter().find(|(key, _)| key == "AWS_PROFILE").map(|(_, value)| value.as_str());
    match program.trim_end_matches(".exe") {
        "aws" => {
            let profile = profile.map(|profile| format!(" --profile {}", sanitise(profile))).unwrap_or_default();
            format!("Log in first: aws sso login{profile}")
        }
        "gke-gcloud-auth-plugin" | "gcloud" => "Log in first: gcloud auth login".to_owned(),
        "kubelogin" | "az" => "Log in first: az login".to_owned(),
        _ => format!("Log in first: run {} in a terminal.", name(exec)),
    }
}

/// How a program ended, in a few words.
pub fn ending(status: ExitStatus) -> String {
    status.code().map_or_else(|| "ended by a signal".to_owned(), |code| format!("exit status {code}"))
}

/// `10 s`, `500 ms`.
pub fn seconds(limit: Duration) -> String {
    if limit.subsec_millis() == 0 { format!("{} s", limit.as_secs()) } else { format!("{} ms", limit.as_millis()) }
}

#[cfg(test)]
mod tests;
