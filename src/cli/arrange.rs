//! Arranges the words of the command line so that a REQUEST needs no ceremony.
//!
//! clap knows flags and commands, not requests. Two things are settled before it reads the words: a first word that is
//! no command but begins a REQUEST means `why`; and after the word `kubectl` all words are kubectl's own.

use std::ffi::{OsStr, OsString};

use clap::{Arg, ArgAction, Command};

use crate::authz::request::{METHODS, VERBS};
use crate::base::Failure;
use crate::base::text::{edit_distance, quote};

/// The commands that take a REQUEST.
const ASKING: [&str; 2] = ["why", "who-can"];

/// Arranges the words, the program's name first.
///
/// # Errors
/// A usage failure for a first word that is neither a command nor the beginning of a request.
pub fn arrange(root: &Command, words: Vec<OsString>) -> Result<Vec<OsString>, Failure> {
    let mut arranged: Vec<OsString> = Vec::with_capacity(words.len() + 2);
    let mut words = words.into_iter();
    arranged.extend(words.next());
    let mut command: Option<&Command> = None;
    while let Some(word) = words.next() {
        if word == "--" {
            arranged.push(word);
            break;
        }
        if let Some(takes_next) = flag(root, command, &word) {
            arranged.push(word);
            if takes_next {
                arranged.extend(words.next());
            }
            continue;
        }
        if command.is_some() {
            // the first word of a request
            if is_kubectl(&word) {
                arranged.push("--".into());
            }
            arranged.push(word);
            break;
        }
        match root.get_subcommands().find(|known| word == known.get_name() || known.get_all_aliases().any(|alias| word == alias)) {
            Some(known) if ASKING.contains(&known.get_name()) => command = Some(known),
            Some(_) => {
                arranged.push(word);
                break;
            }
            None if begins_request(&word) => {
                arranged.push("why".into());
                if is_kubectl(&word) {
                    arranged.push("--".into());
                }
                arranged.push(word);
                break;
            }
            None => return Err(unknown(root, &word)),
        }
        arranged.push(word);
    }
    arranged.extend(words);
    Ok(arranged)
}

/// Whether a word is flags, and if so whether the next word is their value.
fn flag(root: &Command, command: Option<&Command>, word: &OsStr) -> Option<bool> {
    let text = word.to_string_lossy();
    let arguments = || root.get_arguments().chain(command.into_iter().flat_map(Command::get_arguments));
    let takes_value = |argument: &Arg| matches!(argument.get_action(), ArgAction::Set | ArgAction::Append);
    if let Some(name) = text.strip_prefix("--") {
        let known = arguments().find(|argument| argument.get_long() == Some(name));
        return Some(known.is_some_and(takes_value));
    }
    let letters = text.strip_prefix('-').filter(|letters| !letters.is_empty())?;
    for (position, letter) in letters.char_indices() {
        let Some(argument) = arguments().find(|argument| argument.get_short() == Some(letter)) else { return Some(false) };
        if takes_value(argument) {
            return Some(position + letter.len_utf8() == letters.len());
        }
    }
    Some(false)
}

fn begins_request(word: &OsStr) -> bool {
    let text = word.to_string_lossy();
    let lower = text.to_lowercase();
    let is_verb = lower == "*" || VERBS.contains(&lower.as_str()) || METHODS.contains(&lower.as_str());
    is_verb || word == "-" || is_kubectl(word) || text.trim().contains(char::is_whitespace)
}

/// `kubectl`, also with its path.
fn is_kubectl(word: &OsStr) -> bool {
    std::path::Path::new(word).file_name().is_some_and(|name| name == "kubectl")
}

fn unknown(root: &Command, word: &OsStr) -> Failure {
    let text = word.to_string_lossy();
    let failure = Failure::usage(format!("`{text}` is neither a command nor the beginning of a request"));
    let names = root.get_subcommands().map(Command::get_name).chain(VERBS);
    let near = names.filter_map(|name| Some((edit_distance(&text.to_lowercase(), name, 2)?, name))).min();
    match near {
        Some((_, name)) => failure.hint(format!("Did you mean `{name}`?")),
        None => failure,
    }
    .hint(format!("To ask about a verb of that name, write: whycan why {} RESOURCE", shell(&text)))
    .hint("whycan --help lists the commands and the forms of a request.")
}

fn shell(word: &str) -> String {
    if word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:".contains(c)) { word.to_owned() } else { quote(word) }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::args::Cli;

    fn arranged(line: &[&str]) -> Vec<String> {
        let words = std::iter::once("whycan").chain(line.iter().copied()).map(OsString::from).collect();
        let arranged = arrange(&Cli::command(), words).unwrap();
        arranged.into_iter().skip(1).map(|word| word.into_string().unwrap()).collect()
    }

    #[test]
    fn a_request_means_why() {
        assert_eq!(arranged(&["delete", "pods", "-n", "dev"]), ["why", "delete", "pods", "-n", "dev"]);
        assert_eq!(arranged(&["--demo", "-n", "dev", "delete", "pods"]), ["--demo", "-n", "dev", "why", "delete", "pods"]);
        assert_eq!(arranged(&["GET", "/api/v1/pods"]), ["why", "GET", "/api/v1/pods"]);
        assert_eq!(arranged(&["Error from server (Forbidden): …"]), ["why", "Error from server (Forbidden): …"]);
        assert_eq!(arranged(&["--as=alice", "-"]), ["--as=alice", "why", "-"]);
    }

    #[test]
    fn commands_stay() {
        assert_eq!(arranged(&["lint", "--demo"]), ["lint", "--demo"]);
        assert_eq!(arranged(&["--demo", "why", "get", "pods"]), ["--demo", "why", "get", "pods"]);
        assert_eq!(arranged(&["rules", "kubectl"]), ["rules", "kubectl"]);
        assert_eq!(arranged(&[]), Vec::<String>::new());
        assert_eq!(arranged(&["--version"]), ["--version"]);
    }

    #[test]
    fn after_kubectl_all_words_are_its_own() {
        let line = ["kubectl", "get", "pods", "-n", "dev"];
        assert_eq!(arranged(&line), ["why", "--", "kubectl", "get", "pods", "-n", "dev"]);
        assert_eq!(arranged(&["why", "--demo", "kubectl", "get", "pods"]), ["why", "--demo", "--", "kubectl", "get", "pods"]);
        assert_eq!(arranged(&["who-can", "/usr/bin/kubectl", "get"]), ["who-can", "--", "/usr/bin/kubectl", "get"]);
        assert_eq!(arranged(&["why", "-An", "kubectl", "get", "pods"]), ["why", "-An", "kubectl", "get", "pods"]);
        assert_eq!(arranged(&["why", "-nkubectl", "kubectl", "get"]), ["why", "-nkubectl", "--", "kubectl", "get"]);
        assert_eq!(arranged(&["why", "get", "kubectl"]), ["why", "get", "kubectl"]);
        assert_eq!(arranged(&["why", "--", "kubectl", "get"]), ["why", "--", "kubectl", "get"]);
    }

    #[test]
    fn other_words_are_refused() {
        let failure = |word: &str| arrange(&Cli::command(), vec!["whycan".into(), word.into(), "x".into()]).unwrap_err();
        assert_eq!(failure("wyh").message, "`wyh` is neither a command nor the beginning of a request");
        assert_eq!(failure("wyh").hints[0], "Did you mean `why`?");
        assert_eq!(failure("delte").hints[0], "Did you mean `delete`?");
        assert!(failure("frobnicate").hints[0].contains("whycan why frobnicate RESOURCE"));
    }
}
