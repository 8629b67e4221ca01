//! What is wrong with a user's credential plugin: what clients refuse in `exec`, and whether its program is there.

use super::part::Part;
use super::surroundings::{Program, Surroundings};
use crate::base::Finding;
use crate::base::text::{sanitise, shell_word};
use crate::kubeconfig::{Exec, User, Way};

/// The versions of the protocol that clients speak.
const VERSIONS: [&str; 2] = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

/// Everything about the plugin of a user.
pub fn check(user: &User, surroundings: &Surroundings) -> Vec<Finding> {
    let Some(exec) = &user.exec else { return Vec::new() };
    let part = Part::from(user);
    let mut findings = refused(part, exec);
    // what is never run need not be there
    if user.way() == Way::Exec {
        findings.extend(program(part, exec, surroundings));
        findings.extend(profile(part, exec, surroundings));
    }
    findings
}

/// What client-go refuses, whether the plugin would be run or not (`validateAuthInfo` and `newAuthenticator`; measured).
fn refused(part: Part<'_>, exec: &Exec) -> Vec<Finding> {
    let mut findings = Vec::new();
    if exec.command.is_empty() {
        let fix = "Set exec.command to the plugin's program.";
        findings.push(part.at("exec").error("exec-without-command", "has a plugin without a command", fix));
    }
    let version = exec.api_version.as_str();
    if version.is_empty() {
        let fix = format!("Set exec.apiVersion to {}.", VERSIONS[0]);
        findings.push(part.at("exec").error("exec-without-version", "has a plugin without an apiVersion", &fix));
    } else if version == "client.authentication.k8s.io/v1alpha1" {
        let what = "has a plugin of apiVersion v1alpha1, which clients gave up with Kubernetes 1.24";
        let fix = format!("Update the plugin, and set exec.apiVersion to {}.", VERSIONS[1]);
        findings.push(part.at("exec.apiVersion").error("removed-exec-version", what, &fix));
    } else if !VERSIONS.contains(&version) {
        let what = format!("has a plugin of apiVersion `{}`, which no client speaks", sanitise(version));
        let fix = format!("Set exec.apiVersion to {}.", VERSIONS[0]);
        findings.push(part.at("exec.apiVersion").error("unknown-exec-version", &what, &fix));
    }
    match exec.interactive_mode.as_str() {
        // older versions have a default
        "" if version == VERSIONS[0] => {
            let what = "has a plugin without an interactiveMode, which apiVersion v1 demands";
            findings.push(part.at("exec").error(
                "exec-without-interactive-mode",
                what,
                "Set exec.interactiveMode to IfAvailable or Never.",
            ));
        }
        "" | "Never" | "IfAvailable" | "Always" => {}
        other => {
            let what = format!("has a plugin of interactiveMode `{}`, which is none", sanitise(other));
            let fix = "Set exec.interactiveMode to Never, IfAvailable or Always.";
            findings.push(part.at("exec.interactiveMode").error("unknown-interactive-mode", &what, fix));
        }
    }
    findings
}

/// Whether the program is there and can be run.
fn program(part: Part<'_>, exec: &Exec, surroundings: &Surroundings) -> Option<Finding> {
    let command = sanitise(&exec.command);
    let part = part.at("exec.command");
    match surroundings.programs.get(&exec.command)? {
        Program::Found => None,
        Program::NotFound => {
            let hint = exec.install_hint.as_deref().map(str::trim).filter(|hint| !hint.is_empty());
            let fix = hint.map_or_else(|| "Install it, or put its folder into PATH.".to_owned(), |hint| sanitise(hint).into_owned());
            let what = format!("runs `{command}`, which is not there");
            Some(part.error("command-not-found", &what, &fix))
        }
        Program::NotExecutable => {
            let what = format!("runs `{command}`, which may not be run");
            Some(part.error("command-not-executable", &what, &format!("chmod +x {}", shell_word(&exec.command))))
        }
    }
}

/// Whether the AWS profile that a plugin is given is one.
fn profile(part: Part<'_>, exec: &Exec, surroundings: &Surroundings) -> Option<Finding> {
    let known = surroundings.profiles.as_ref()?;
    let is_given = |name: &str| exec.env.iter().any(|(variable, _)| variable == name);
    // the variables would point it to other files, or to another profile
    if exec.program() != "aws"
        || ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_DEFAULT_PROFILE", "HOME"].into_iter().any(is_given)
    {
        return None;
    }
    let of_variable = exec.env.iter().rfind(|(name, _)| name == "AWS_PROFILE").map(|(_, value)| value.as_str());
    let (field, profile) = match (exec.flag(&["--profile"]), of_variable) {
        (Some(profile), _) => ("exec.args", profile),
        (None, profile) => ("exec.env", profile?),
    };
    if profile.is_empty() || known.contains(profile) {
        return None;
    }
    let what = format!("runs `aws` with profile {}, which the AWS configuration has not", sanitise(profile));
    Some(part.at(field).error("unknown-profile", &what, &format!("aws configure sso --profile {}", shell_word(profile))))
}
