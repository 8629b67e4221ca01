//! One run of the program: what was asked for globally, and where answers go.

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write};
use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::args::{Format, Global};
use super::output::Output;
use super::settings::Terminal;
use crate::base::Failure;
use crate::base::text::sanitise;
use crate::credential::Decoded;
use crate::report::json;
use crate::report::text::{Look, Page};
use crate::source;

/// A run.
pub struct Session<'a> {
    /// The flags that all commands take.
    pub global: Global,
    /// How to write text.
    pub look: Look,
    /// Standard output.
    pub out: Output<&'a mut dyn Write>,
    /// Standard error.
    pub err: &'a mut dyn Write,
    /// Whether somebody watches standard error and wants to know what is going on.
    pub is_watched: bool,
    /// Whether standard output is a terminal, where a secret is read by whoever looks.
    pub is_shown: bool,
    /// What reads standard input.
    stdin: Option<String>,
    /// Credentials that were read, by the file's name: one may be asked for twice.
    credentials: BTreeMap<String, Decoded>,
}

impl<'a> Session<'a> {
    /// Starts a run.
    pub fn new(global: Global, terminal: &Terminal, out: &'a mut dyn Write, err: &'a mut dyn Write) -> Self {
        let look = terminal.look(&global);
        let is_watched = terminal.told || global.verbose;
        Self { global, look, out: Output::new(out), err, is_watched, is_shown: terminal.shown, stdin: None, credentials: BTreeMap::new() }
    }

    /// Writes a page of text.
    pub fn page(&mut self, page: &Page) -> Result<(), Failure> {
        self.out.text(&page.render(&self.look))
    }

    /// Writes a value as JSON or YAML.
    pub fn value<T: Serialize>(&mut self, value: &T) -> Result<(), Failure> {
        if self.global.output == Format::Yaml {
            self.out.text(&json::to_yaml(value)?)
        } else {
            self.out.raw(json::to_json(value)?.as_bytes())
        }
    }

    /// Tells something beside the answer, on standard error.
    pub fn tell(&mut self, text: &str) {
        // what nobody reads is no failure
        let _ = writeln!(self.err, "whycan: {}", sanitise(text));
    }

    /// Reserves standard input; it can be read once.
    pub fn claim_stdin(&mut self, reader: &str) -> Result<(), Failure> {
        match self.stdin.replace(reader.to_owned()) {
            None => Ok(()),
            Some(first) => Err(Failure::usage(format!("standard input can be read once, but {first} and {reader} both read it"))
                .hint("Put one of them into a file.")),
        }
    }

    /// The credential of a file, `-` for standard input, read once.
    pub fn credential(&mut self, file: &str) -> Result<Decoded, Failure> {
        if let Some(known) = self.credentials.get(file) {
            return Ok(known.clone());
        }
        if file == "-" {
            if std::io::stdin().is_terminal() {
                return Err(Failure::usage("there is no token to read: standard input is a terminal")
                    .hint("Name a file, or pipe a token: kubectl create token web -n dev | whycan can token:-"));
            }
            self.claim_stdin("`token:-`")?;
        }
        let decoded = source::credential(Path::new(file))?;
        self.credentials.insert(file.to_owned(), decoded.clone());
        Ok(decoded)
    }
}

impl Global {
    /// What time it is, to the second.
    pub fn now(&self) -> Timestamp {
        let now = self.now.unwrap_or_else(Timestamp::now);
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }

    /// Whether a flag says who asks.
    pub fn names_somebody(&self) -> bool {
        self.as_identity.is_some() || !self.as_group.is_empty() || self.as_uid.is_some()
    }
}
