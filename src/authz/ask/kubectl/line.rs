//! The words of a kubectl line: command, arguments, flags.

use std::collections::BTreeMap;

use crate::base::Failure;

/// Flags with a value, long name and letter; a letter may mean something else to a command (see [`letter`]).
const VALUED: [(&str, char); 69] = [
    ("namespace", 'n'),
    ("context", ' '),
    ("cluster", ' '),
    ("user", ' '),
    ("server", 's'),
    ("token", ' '),
    ("kubeconfig", ' '),
    ("as", ' '),
    ("as-group", ' '),
    ("as-uid", ' '),
    ("request-timeout", ' '),
    ("cache-dir", ' '),
    ("tls-server-name", ' '),
    ("certificate-authority", ' '),
    ("client-certificate", ' '),
    ("client-key", ' '),
    ("username", ' '),
    ("password", ' '),
    ("v", 'v'),
    ("filename", 'f'),
    ("kustomize", 'k'),
    ("selector", 'l'),
    ("output", 'o'),
    ("container", 'c'),
    ("field-selector", ' '),
    ("raw", ' '),
    ("subresource", ' '),
    ("replicas", ' '),
    ("current-replicas", ' '),
    ("resource-version", ' '),
    ("type", ' '),
    ("patch", 'p'),
    ("patch-file", ' '),
    ("tail", ' '),
    ("since", ' '),
    ("since-time", ' '),
    ("limit-bytes", ' '),
    ("max-log-requests", ' '),
    ("pod-running-timeout", ' '),
    ("image", ' '),
    ("timeout", ' '),
    ("grace-period", ' '),
    ("sort-by", ' '),
    ("template", ' '),
    ("label-columns", 'L'),
    ("chunk-size", ' '),
    ("field-manager", ' '),
    ("from", ' '),
    ("from-literal", ' '),
    ("from-file", ' '),
    ("from-env-file", ' '),
    ("schedule", ' '),
    ("port", ' '),
    ("tcp", ' '),
    ("node-port", ' '),
    ("clusterip", ' '),
    ("rule", ' '),
    ("class", ' '),
    ("hard", ' '),
    ("scopes", ' '),
    ("verb", ' '),
    ("resource", ' '),
    ("resource-name", ' '),
    ("non-resource-url", ' '),
    ("clusterrole", ' '),
    ("role", ' '),
    ("group", ' '),
    ("serviceaccount", ' '),
    ("duration", ' '),
];

/// Flags without a value, or with one behind an equals sign only.
const SWITCHES: [(&str, char); 41] = [
    ("all-namespaces", 'A'),
    ("all", ' '),
    ("watch", 'w'),
    ("watch-only", ' '),
    ("stdin", 'i'),
    ("tty", 't'),
    ("quiet", 'q'),
    ("recursive", 'R'),
    ("force", ' '),
    ("now", ' '),
    ("wait", ' '),
    ("ignore-not-found", ' '),
    ("server-side", ' '),
    ("prune", ' '),
    ("all-containers", ' '),
    ("prefix", ' '),
    ("timestamps", ' '),
    ("show-labels", ' '),
    ("no-headers", ' '),
    ("ignore-errors", ' '),
    ("overwrite", ' '),
    ("show-managed-fields", ' '),
    ("validate", ' '),
    ("save-config", ' '),
    ("force-conflicts", ' '),
    ("local", ' '),
    ("record", ' '),
    ("dry-run", ' '),
    ("cascade", ' '),
    ("show-kind", ' '),
    ("output-watch-events", ' '),
    ("show-events", ' '),
    ("interactive", ' '),
    ("allow-missing-template-keys", ' '),
    ("insecure-skip-tls-verify", ' '),
    ("match-server-version", ' '),
    ("warnings-as-errors", ' '),
    ("disable-compression", ' '),
    ("insecure-skip-tls-verify-backend", ' '),
    ("previous", ' '),
    ("follow", ' '),
];

/// A kubectl line, taken apart.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// The command: `get`, `rollout restart`.
    pub command: String,
    /// What is neither flag nor command, up to `--`.
    pub arguments: Vec<String>,
    flags: BTreeMap<&'static str, Vec<String>>,
}

impl Line {
    /// Takes a line apart.
    pub fn read(words: &[&str]) -> Result<Self, Failure> {
        let mut line = Self::default();
        let mut words = words.iter().copied();
        while let Some(word) = words.next() {
            if word == "--" {
                // what follows is for the container
                break;
            } else if let Some(long) = word.strip_prefix("--") {
                line.long(long, &mut words)?;
            } else if word.len() > 1 && word.starts_with('-') {
                line.letters(word, &mut words)?;
            } else if line.command.is_empty() {
                word.clone_into(&mut line.command);
            } else {
                line.arguments.push(word.to_owned());
            }
        }
        if line.command.is_empty() {
            return Err(
                Failure::usage("`kubectl` alone asks for nothing").hint("For example: whycan why kubectl get pods -n dev --as alice")
            );
        }
        if line.command == "rollout" && !line.arguments.is_empty() {
            let action = line.arguments.remove(0);
            line.command = format!("rollout {action}");
        }
        Ok(line)
    }

    fn long<'a>(&mut self, long: &str, words: &mut impl Iterator<Item = &'a str>) -> Result<(), Failure> {
        let (name, value) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value.to_owned())));
        if let Some((known, _)) = VALUED.iter().find(|(known, _)| *known == name) {
            let value = value.or_else(|| words.next().map(str::to_owned));
            self.set(known, value.ok_or_else(|| Failure::usage(format!("flag `--{name}` of the kubectl line has no value")))?);
            return Ok(());
        }
        let known = SWITCHES.iter().find(|(known, _)| *known == name).map(|(known, _)| *known);
        match known {
            Some(known) => self.set(known, value.unwrap_or_else(|| "true".to_owned())),
            // with its value attached an unknown flag cannot be mistaken for a name
            None if value.is_some() => {}
            None => {
                return Err(Failure::usage(format!("flag `--{name}` of the kubectl line is not known here"))
                    .hint("Leave it out: only what changes the requests matters."));
            }
        }
        Ok(())
    }

    fn letters<'a>(&mut self, word: &str, words: &mut impl Iterator<Item = &'a str>) -> Result<(), Failure> {
        for (position, letter) in word.char_indices().skip(1) {
            let attached = word.get(position + letter.len_utf8()..).unwrap_or_default();
            match self.letter(letter) {
                Some((name, true)) => {
                    let attached = attached.strip_prefix('=').unwrap_or(attached);
                    let value = if attached.is_empty() { words.next().map(str::to_owned) } else { Some(attached.to_owned()) };
                    let value = value.ok_or_else(|| Failure::usage(format!("flag `-{letter}` of the kubectl line has no value")))?;
                    self.set(name, value);
                    return Ok(());
                }
                Some((name, false)) => self.set(name, "true".to_owned()),
                None => return Err(Failure::usage(format!("flag `-{letter}` of the kubectl line is not known here"))),
            }
        }
        Ok(())
    }

    /// The flag of a letter, and whether it takes a value.
    fn letter(&self, letter: char) -> Option<(&'static str, bool)> {
        match (self.command.as_str(), letter) {
            ("logs", 'f') => return Some(("follow", false)),
            ("logs", 'p') => return Some(("previous", false)),
            _ => {}
        }
        let find = |table: &'static [(&'static str, char)]| table.iter().find(|(_, known)| *known == letter).map(|(name, _)| *name);
        find(&VALUED).map(|name| (name, true)).or_else(|| find(&SWITCHES).map(|name| (name, false)))
    }

    fn set(&mut self, name: &'static str, value: String) {
        self.flags.entry(name).or_default().push(value);
    }

    /// The last value of a flag.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.flags.get(name)?.last().map(String::as_str)
    }

    /// Every value of a flag.
    pub fn values<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.flags.get(name).into_iter().flatten().map(String::as_str)
    }

    /// Whether a switch is on.
    pub fn has(&self, name: &str) -> bool {
        self.value(name).is_some_and(|value| value != "false")
    }
}
