//! A kubectl command line, and the requests that kubectl makes for it.
//!
//! Which requests those are was measured with kubectl 1.36 against kube-apiserver 1.36, from its audit log.

mod commands;
mod line;
mod manifest;
mod target;

use super::{Asked, Surroundings};
use crate::base::{Failure, Name};
use line::Line;

/// The commands of kubectl that are followed, in the order in which help names them.
const KNOWN: &str = "get, describe, logs, exec, create, delete, apply, patch, scale and rollout restart";

/// Whether words are a kubectl line: it may have a prompt, `sudo`, or variables before it.
pub fn is_line(words: &[&str]) -> bool {
    match words {
        [only] if only.contains(char::is_whitespace) => without_prompt(&only.split_whitespace().collect::<Vec<_>>()).is_some(),
        words => without_prompt(words).is_some(),
    }
}

/// What follows the word `kubectl`; none when it is no kubectl line.
pub fn without_prompt<'a>(words: &'a [&'a str]) -> Option<&'a [&'a str]> {
    let is_variable = |word: &str| {
        word.split_once('=').is_some_and(|(name, _)| !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
    };
    let mut rest = words;
    while let [first, after @ ..] = rest {
        let name = first.rsplit('/').next().unwrap_or(first);
        match *first {
            "$" | "#" | "%" | ">" | "sudo" => rest = after,
            word if is_variable(word) => rest = after,
            _ if name == "kubectl" || *first == "k" => return Some(after),
            _ => return None,
        }
    }
    None
}

/// Reads what follows the word `kubectl`.
///
/// # Errors
/// For commands and flags that are not followed, and for files that cannot be read.
pub fn read(words: &[&str], surroundings: &Surroundings<'_>) -> Result<Asked, Failure> {
    let line = Line::read(words)?;
    let mut surroundings = *surroundings;
    // the line's own flags win over those around it
    if let Some(namespace) = line.value("namespace") {
        surroundings.namespace = Some(namespace);
        surroundings.all_namespaces = false;
    }
    if line.has("all-namespaces") {
        surroundings.namespace = None;
        surroundings.all_namespaces = true;
    }
    let mut builder = commands::Builder::new(&line, &surroundings);
    builder.build()?;
    let (parts, mut notes) = builder.finish()?;
    notes.dedup();
    Ok(Asked {
        parts,
        read_as: format!("kubectl {}", line.command),
        username: line.value("as").map(Name::new),
        groups: line.values("as-group").map(Name::new).collect(),
        context: line.value("context").map(Name::new),
        notes,
    })
}

/// Splits a line as a POSIX shell does, without expanding anything.
///
/// # Errors
/// For a quote that is never closed.
pub fn shell_words(line: &str) -> Result<Vec<String>, Failure> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => words.extend(word.take()),
            '\'' | '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next() {
                        None => return Err(Failure::usage(format!("a quote {c} is opened and not closed in `{line}`"))),
                        Some(end) if end == c => break,
                        Some('\\') if c == '"' => word.extend(chars.next()),
                        Some(inside) => word.push(inside),
                    }
                }
            }
            // a line that is continued on the next
            '\\' => match chars.next() {
                Some('\n') | None => {}
                Some(escaped) => word.get_or_insert_default().push(escaped),
            },
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

/// The failure for a command that is not followed.
fn later(command: &str) -> Failure {
    let same = match command {
        "port-forward" => "create pods/portforward NAME",
        "attach" => "create pods/attach NAME",
        "cp" => "create pods/exec NAME",
        "top" => "list pods.metrics.k8s.io",
        "drain" => "create pods/eviction NAME",
        "cordon" | "uncordon" | "taint" => "patch nodes NAME",
        "edit" | "label" | "annotate" | "set" => "patch deployments NAME",
        "debug" => "patch pods/ephemeralcontainers NAME",
        "run" => "create pods",
        "expose" => "create services",
        "autoscale" => "create horizontalpodautoscalers",
        "replace" => "update deployments NAME",
        "auth" => "VERB RESOURCE",
        "certificate" => "update certificatesigningrequests/approval NAME",
        _ => "list pods",
    };
    Failure::usage(format!("`kubectl {command}` is not followed yet; {KNOWN} are"))
        .hint(format!("Ask for the request itself: whycan why {same} -n NAMESPACE --as USER"))
}

#[cfg(test)]
mod tests;
