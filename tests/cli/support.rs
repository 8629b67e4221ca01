//! Runs the real program in an empty environment.

use std::fmt;
use std::io::{BufRead as _, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// What a run left behind.
#[must_use = "snapshot it, or assert something of it"]
pub struct Run {
    pub stdout: String,
    pub stderr: String,
    pub status: i32,
}

/// Runs `whycan` with these words.
pub fn whycan(words: &[&str]) -> Run {
    Whycan::new(words).run()
}

/// Runs `whycan` with these words and this standard input.
pub fn piped(words: &[&str], stdin: &str) -> Run {
    Whycan::new(words).stdin(stdin).run()
}

/// A run to be.
pub struct Whycan {
    command: Command,
    stdin: Vec<u8>,
    home: TempDir,
}

impl Whycan {
    pub fn new(words: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_whycan"));
        command.args(words).env_clear().env("HOME", home.path()).env("COLUMNS", "100").current_dir(fixtures());
        Self { command, stdin: Vec::new(), home }
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn stdin(mut self, stdin: impl Into<Vec<u8>>) -> Self {
        self.stdin = stdin.into();
        self
    }

    pub fn run(mut self) -> Run {
        let mut child = self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        let stdin = std::mem::take(&mut self.stdin);
        // a program that does not read its input closes it
        let writer = std::thread::spawn(move || drop(pipe.write_all(&stdin)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        let home = self.home.path().to_str().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(home, "~");
        Run { stdout: text(output.stdout), stderr: text(output.stderr), status: output.status.code().unwrap() }
    }
}

impl Whycan {
    /// Interrupts it, as Ctrl-C does, once something holds of what it has written, after the first line; gives that, the exit
    /// status, and how long it took to end.
    pub fn interrupt(mut self, holds: impl Fn(&str) -> bool) -> (String, i32, Duration) {
        let mut child = self.command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let began = Instant::now();
        while !holds(&first) {
            assert!(began.elapsed() < Duration::from_secs(20), "{first}");
            std::thread::yield_now();
        }
        let began = Instant::now();
        let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let status = child.wait().unwrap();
        (first, status.code().unwrap(), began.elapsed())
    }
}

/// Where the facts of these tests are.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/facts")
}

impl Run {
    /// Standard output as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}\n{self}"))
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.stdout.is_empty() {
            write!(f, "{}", self.stdout)?;
        }
        if !self.stderr.is_empty() {
            write!(f, "--- standard error\n{}", self.stderr)?;
        }
        write!(f, "--- exit status {}", self.status)
    }
}
