//! Kubeconfig files looked through: what breaks one does not keep the others from being shown, and nothing is waited for.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::Chosen;
use crate::base::text::sanitise;
use crate::base::{Failure, Finding, Severity, Source};
use crate::kubeconfig::{self, Kubeconfig, Mistake};
use crate::source::regular::{LARGEST, Refusal, content};
use crate::source::side_by_side::{SideBySide, side_by_side};

/// How many certificates in files of their own are read; local clusters have one each.
const MOST_CERTIFICATES: usize = 100;

/// The files that count, merged as far as they can be read.
#[derive(Clone, Debug, Default)]
pub struct Browsed {
    /// What the readable ones say.
    pub kubeconfig: Kubeconfig,
    /// Those that break, in the order of the files.
    pub broken: Vec<Broken>,
    /// All that count, there or not, as they are spelled.
    pub paths: Vec<PathBuf>,
    /// Whether the flag names the one that there is.
    pub is_explicit: bool,
    /// When they were read, by which what has ended is told.
    pub read_at: Option<Timestamp>,
}

/// A file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Where it breaks; without a line where that is not in its text.
    pub source: Source,
    /// What is wrong, as a sentence that names the file.
    pub message: String,
    /// How to mend it.
    pub fix: Option<String>,
    /// What kubectl makes of it, as a clause about `this file`.
    pub verdict: &'static str,
}

impl Broken {
    /// As what ends a command that needs the file.
    pub fn failure(&self) -> Failure {
        self.fix.iter().fold(Failure::failed(&self.message), Failure::hint)
    }

    /// As a finding.
    pub fn finding(&self) -> Finding {
        Finding {
            code: "broken-file",
            severity: Severity::Error,
            subject: format!("file {}", sanitise(&self.source.file)),
            message: format!("{}; {}", self.message, self.verdict),
            fix: self.fix.clone(),
            source: Some(self.source.clone()),
        }
    }
}

/// Reads the files that [`load`](super::load) reads, and goes on where it fails.
pub fn browse(explicit: Option<&Path>) -> Browsed {
    let here = std::env::current_dir().unwrap_or_default();
    browse_with(&Chosen::of(explicit, |name| std::env::var_os(name)), &here)
}

/// The same with the files and the working folder given.
pub(super) fn browse_with(chosen: &Chosen, here: &Path) -> Browsed {
    let mut files = Vec::new();
    let mut missing = Vec::new();
    let mut broken = Vec::new();
    for (path, read) in chosen.paths.iter().zip(side_by_side(&chosen.paths, |path| read(path, here, chosen))) {
        match read {
            Ok(Some(file)) => files.push(file),
            Ok(None) if chosen.is_explicit => broken.push(Broken {
                source: Source { file: path.to_string_lossy().into_owned(), line: None },
                message: format!("cannot read kubeconfig `{}`: there is no such file", sanitise(&path.to_string_lossy())),
                fix: Some(chosen.hint().to_owned()),
                verdict: chosen.verdict(),
            }),
            Ok(None) => missing.push(here.join(path).to_string_lossy().into_owned()),
            Err(why) => broken.push(*why),
        }
    }
    let mut kubeconfig = kubeconfig::merge(files).with_missing(missing);
    let left = std::cell::Cell::new(MOST_CERTIFICATES);
    kubeconfig.read_certificates(|path| {
        left.set(left.get().checked_sub(1)?);
        content(Path::new(path)).ok().flatten()
    });
    Browsed { kubeconfig, broken, paths: chosen.paths.clone(), is_explicit: chosen.is_explicit, read_at: Some(Timestamp::now()) }
}

/// Reads a file; none where there is none, though it may have been there a moment ago.
fn read(path: &Path, here: &Path, chosen: &Chosen) -> Result<Option<kubeconfig::File>, Box<Broken>> {
    let path = here.join(path);
    let shown = path.to_string_lossy();
    let broken = |why: &str, fix: &str, verdict: &'static str| {
        Box::new(Broken {
            source: Source { file: shown.clone().into_owned(), line: None },
            message: format!("cannot read kubeconfig `{}`: {why}", sanitise(&shown)),
            fix: Some(fix.to_owned()),
            verdict,
        })
    };
    let bytes = match content(&path) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Ok(None),
        Err(Refusal::Pipe) => {
            return Err(broken(
                "it is a pipe or a device, and is not opened here",
                "Name a regular file.",
                "kubectl opens it, and waits for what comes out of it",
            ));
        }
        Err(Refusal::Large) => {
            let why = format!("it is larger than {} MiB, and is not read here", LARGEST >> 20);
            return Err(broken(&why, "Check that this is the file that was meant.", "kubectl reads it whole"));
        }
        Err(Refusal::Other(why)) => return Err(broken(&why, chosen.hint(), chosen.verdict())),
    };
    kubeconfig::parse_spread(&shown, &bytes, &SideBySide)
        .map(Some)
        .map_err(|mistake| Box::new(of_mistake(&shown, mistake, chosen.verdict())))
}

/// A file that breaks at a place of its text.
pub(super) fn of_mistake(path: &str, mistake: Mistake, verdict: &'static str) -> Broken {
    let line = mistake.place().map(|place| place.line);
    let failure = mistake.failure(path);
    Broken { source: Source { file: path.to_owned(), line }, message: failure.message, fix: failure.hints.into_iter().next(), verdict }
}
