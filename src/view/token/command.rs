//! A plugin as a command line, fit to be read before it is run.

use crate::authz::quote_for_shell;
use crate::base::redact::{HIDDEN, has_secret};
use crate::kubeconfig::Exec;

/// Words in the names of flags whose values are secrets.
const SECRETS: [&str; 4] = ["token", "password", "secret", "key"];

/// The program with its arguments, quoted as a shell has them; what follows a flag that is named for a secret, and what looks
/// like one, is hidden. Variables are named alone, before it.
pub fn command_line(exec: &Exec) -> String {
    let mut words: Vec<String> = exec.env.iter().map(|(name, _)| format!("{name}=…")).collect();
    words.push(quote_for_shell(&exec.command));
    let mut is_next = false;
    for argument in &exec.args {
        let (name, value) = argument.split_once('=').map_or((argument.as_str(), None), |(name, value)| (name, Some(value)));
        let is_named = name.starts_with('-') && SECRETS.iter().any(|word| name.to_ascii_lowercase().contains(word));
        words.push(match value {
            Some(_) if is_named && !is_next => format!("{name}={HIDDEN}"),
            _ if is_next || has_secret(argument) => HIDDEN.to_owned(),
            _ => quote_for_shell(argument),
        });
        is_next = is_named && value.is_none() && !is_next;
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_a_plugin_are_not_shown() {
        let told = |command: &str, args: &[&str], env: &[(&str, &str)]| {
            command_line(&Exec {
                command: command.to_owned(),
                args: args.iter().map(|text| (*text).to_owned()).collect(),
                env: env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
                ..Exec::default()
            })
        };
        assert_eq!(
            told("aws", &["eks", "get-token", "--cluster-name", "acme prod"], &[("AWS_PROFILE", "prod")]),
            "AWS_PROFILE=… aws eks get-token --cluster-name 'acme prod'"
        );
        assert_eq!(
            told("/opt/login", &["--client-secret", "canary", "--x", "--api-key=canary", "password=canary"], &[]),
            "/opt/login --client-secret (hidden) --x --api-key=(hidden) (hidden)"
        );
    }
}
