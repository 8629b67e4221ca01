//! What a plugin said on standard error, fit for a sentence.

use crate::base::redact::{HIDDEN, is_harmless_variable, is_secret_flag, redact};
use crate::base::text::sanitise;
use crate::kubeconfig::Exec;

/// How much of it is worth repeating.
const MOST: usize = 300;

/// So short is no secret that could be told from the words around it.
const LEAST: usize = 8;

/// What a plugin was given in its variables and arguments that may be secrets.
pub fn secrets(exec: &Exec) -> Vec<&str> {
    let variables = exec.env.iter().filter(|(name, _)| !is_harmless_variable(name)).map(|(_, value)| value.as_str());
    let mut secrets: Vec<&str> = variables.collect();
    let mut is_next = false;
    for argument in &exec.args {
        let (name, value) = argument.split_once('=').map_or((argument.as_str(), None), |(name, value)| (name, Some(value)));
        let is_named = is_secret_flag(name);
        match value {
            Some(value) if is_named => secrets.push(value),
            _ if is_next => secrets.push(argument),
            _ => {}
        }
        is_next = is_named && value.is_none() && !is_next;
    }
    secrets.retain(|secret| secret.len() >= LEAST);
    secrets
}

/// Its last lines in one, without these secrets and anything that looks like one.
pub fn last_words(said: &[u8], secrets: &[&str]) -> String {
    let text = String::from_utf8_lossy(said);
    let text = redact(&text);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut clean = lines.get(lines.len().saturating_sub(3)..).unwrap_or_default().join("; ");
    for secret in secrets {
        clean = clean.replace(secret, HIDDEN);
    }
    let clean = sanitise(&clean);
    match clean.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", clean.get(..end).unwrap_or_default()),
        None => clean.into_owned(),
    }
}
