//! Credential plugins: client-go's exec protocol, `client.authentication.k8s.io/v1` and `v1beta1`.
//!
//! A plugin is a program of somebody else. It is run only for a target that was chosen, once, without a terminal, with a
//! limit to its time and output, and in a process group of its own that ends with us.

mod answer;
mod group;
mod said;

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;
use tokio::time::timeout;

use crate::base::Failure;
use crate::base::text::sanitise;
use crate::kubeconfig::{Cluster, Exec};

pub use answer::Credential;
use group::Group;
pub use said::last_words;

/// The most that a plugin may print; an answer has a few kilobytes.
const LARGEST: usize = 1 << 20;

/// How long the output may stay open after the plugin has ended: something it started may hold it.
const GRACE: Duration = Duration::from_millis(500);

/// The versions of the protocol.
const VERSIONS: [&str; 2] = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

/// Runs a plugin and takes its answer; `authority` is the cluster's certificate authority, in PEM.
///
/// # Errors
/// When it may not be run, is not there, fails, takes too long, or answers nothing of use.
pub async fn run(exec: &Exec, cluster: &Cluster, authority: Option<&[u8]>, limit: Duration) -> Result<Credential, Failure> {
    check(exec)?;
    let output = match timeout(limit, output(exec, &information(exec, cluster, authority))).await {
        Ok(output) => output?,
        Err(_) => {
            return Err(Failure::failed(format!("the credential plugin {} did not end within {}", name(exec), seconds(limit)))
                .hint(login(exec))
                .hint("Give it more time with --timeout."));
        }
    };
    if !output.status.success() {
        let said = said::last_words(&output.said, &exec.env);
        let message = if said.is_empty() { String::new() } else { format!(": {said}") };
        return Err(
            Failure::failed(format!("the credential plugin {} failed ({}){message}", name(exec), ending(output.status))).hint(login(exec))
        );
    }
    answer::read(&output.answer, exec)
}

/// What may not be run at all.
fn check(exec: &Exec) -> Result<(), Failure> {
    let refuse = |why: &str| Failure::failed(format!("the credential plugin {} {why}", name(exec)));
    if exec.command.is_empty() {
        return Err(Failure::failed("the user's exec section names no command").hint("Set users[].user.exec.command in the kubeconfig."));
    }
    if !VERSIONS.contains(&exec.api_version.as_str()) {
        return Err(refuse(&format!("has apiVersion `{}`, which Kubernetes clients do not run any more", sanitise(&exec.api_version)))
            .hint("Update the plugin, and set apiVersion to client.authentication.k8s.io/v1."));
    }
    match exec.interactive_mode.as_str() {
        "Always" => Err(refuse("wants a terminal (interactiveMode Always), and whycan runs plugins without one").hint(login(exec))),
        "" if exec.api_version == VERSIONS[0] => {
            Err(refuse("has no interactiveMode, which v1 demands").hint("Set interactiveMode to IfAvailable or Never."))
        }
        "" | "Never" | "IfAvailable" => Ok(()),
        other => Err(refuse(&format!("has interactiveMode `{}`, which is none", sanitise(other)))
            .hint("Set interactiveMode to Never, IfAvailable or Always.")),
    }
}

/// What the plugin is told: `KUBERNETES_EXEC_INFO`.
fn information(exec: &Exec, cluster: &Cluster, authority: Option<&[u8]>) -> String {
    let mut spec = json!({ "interactive": false });
    if exec.provide_cluster_info {
        let mut about = serde_json::Map::new();
        about.insert("server".to_owned(), Value::from(cluster.server.as_str()));
        let texts = [("tls-server-name", &cluster.tls_server_name), ("proxy-url", &cluster.proxy_url)];
        for (key, value) in texts {
            if let Some(value) = value {
                about.insert(key.to_owned(), Value::from(value.as_str()));
            }
        }
        if let Some(pem) = authority {
            use base64::Engine as _;
            let data = base64::engine::general_purpose::STANDARD.encode(pem);
            about.insert("certificate-authority-data".to_owned(), Value::from(data));
        }
        let flags = [("insecure-skip-tls-verify", cluster.insecure_skip_tls_verify), ("disable-compression", cluster.disable_compression)];
        for (key, _) in flags.into_iter().filter(|(_, value)| *value) {
            about.insert(key.to_owned(), Value::from(true));
        }
        about.insert("config".to_owned(), cluster.exec_config.clone().unwrap_or(Value::Null));
        if let Some(spec) = spec.as_object_mut() {
            spec.insert("cluster".to_owned(), Value::Object(about));
        }
    }
    json!({ "apiVersion": exec.api_version, "kind": "ExecCredential", "spec": spec }).to_string()
}

/// What a program printed, and how it ended.
#[derive(Debug)]
pub struct Output {
    /// How it ended.
    pub status: ExitStatus,
    /// Standard output.
    pub answer: Vec<u8>,
    /// Standard error.
    pub said: Vec<u8>,
}

async fn output(exec: &Exec, information: &str) -> Result<Output, Failure> {
    let mut command = Command::new(&exec.command);
    command.args(&exec.args).envs(exec.env.iter().map(|(key, value)| (key, value))).env("KUBERNETES_EXEC_INFO", information);
    let output = finish(command).await.map_err(|error| not_started(exec, &error))?;
    if output.answer.len() > LARGEST {
        return Err(Failure::failed(format!("the credential plugin {} printed more than 1 MiB", name(exec)))
            .hint("Check that it prints an ExecCredential and nothing else."));
    }
    Ok(output)
}

/// Runs a program without a terminal until it ends; it ends, with all that it started, when this is dropped.
///
/// # Errors
/// When it cannot be started.
pub async fn finish(mut command: Command) -> std::io::Result<Output> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    let mut child = command.spawn()?;
    let mut group = Group::of(&child);
    let (mut answer, mut said) = (Vec::new(), Vec::new());
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let reading = async { tokio::join!(capture(stdout, &mut answer), capture(stderr, &mut said)) };
    let status = {
        tokio::pin!(reading);
        tokio::select! {
            status = child.wait() => {
                let _ = timeout(GRACE, &mut reading).await;
                status
            }
            _ = &mut reading => child.wait().await,
        }
    };
    let status = status?;
    // it has ended by itself: what it left running, an agent say, is meant to run
    group.release();
    Ok(Output { status, answer, said })
}

/// Reads to the end, and keeps no more than is bearable.
async fn capture(pipe: Option<impl AsyncRead + Unpin>, kept: &mut Vec<u8>) {
    let Some(mut pipe) = pipe else { return };
    let mut part = vec![0; 8192];
    while let Ok(count) = pipe.read(&mut part).await {
        if count == 0 {
            return;
        }
        if kept.len() <= LARGEST {
            kept.extend_from_slice(part.get(..count).unwrap_or_default());
        }
    }
}

fn not_started(exec: &Exec, error: &std::io::Error) -> Failure {
    match error.kind() {
        std::io::ErrorKind::NotFound => {
            let failure = Failure::failed(format!("the credential plugin {} is not there", name(exec)));
            let hint = exec.install_hint.as_deref().map(str::trim).filter(|hint| !hint.is_empty());
            match hint {
                Some(hint) => failure.hint(sanitise(hint)),
                None => failure.hint("Install it, or put its folder into PATH."),
            }
        }
        std::io::ErrorKind::PermissionDenied => {
            Failure::failed(format!("the credential plugin {} may not be run: permission denied", name(exec)))
                .hint("Make the file executable (chmod +x).")
        }
        _ => Failure::failed(format!("the credential plugin {} cannot be started: {}", name(exec), super::files::cause(error))),
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
