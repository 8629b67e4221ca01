//! The one door to standard output and standard error: nothing that acts on a terminal passes, but our own colours.

use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};

use crate::base::Failure;
use crate::base::redact::{has_secret, redact};
use crate::base::text::{is_harmless, sanitise};

/// Standard output, or a stand-in, buffered.
#[derive(Debug)]
pub struct Output<W: Write> {
    to: BufWriter<W>,
}

impl<W: Write> Output<W> {
    /// Writes to this.
    pub fn new(to: W) -> Self {
        Self { to: BufWriter::with_capacity(1 << 16, to) }
    }

    /// Writes text that may hold our own colour codes.
    ///
    /// # Errors
    /// When standard output is closed or cannot be written.
    pub fn text(&mut self, text: &str) -> Result<(), Failure> {
        self.raw(guard(text).as_bytes())
    }

    /// Writes bytes as they are: for what is ours from end to end, and for JSON, which is escaped where it is made.
    ///
    /// # Errors
    /// When standard output is closed or cannot be written.
    pub fn raw(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.to.write_all(bytes).map_err(|error| failure(&error))
    }

    /// Writes what is left in the buffer.
    ///
    /// # Errors
    /// When standard output is closed or cannot be written.
    pub fn finish(&mut self) -> Result<(), Failure> {
        self.to.flush().map_err(|error| failure(&error))
    }
}

fn failure(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        Failure::closed_pipe()
    } else {
        Failure::failed(format!("standard output cannot be written: {error}"))
    }
}

/// Text with every character replaced that could act, but newlines and colour codes.
fn guard(text: &str) -> std::borrow::Cow<'_, str> {
    if text.chars().all(|c| c == '\n' || is_harmless(c)) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = match colour(rest) {
            Some(code) => code,
            None => rest.get(..c.len_utf8()).unwrap_or(rest),
        };
        if taken.len() > c.len_utf8() || c == '\n' {
            out.push_str(taken);
        } else {
            out.push_str(&sanitise(taken));
        }
        rest = rest.get(taken.len()..).unwrap_or_default();
    }
    out.into()
}

/// The colour code that a text begins with.
fn colour(text: &str) -> Option<&str> {
    let parameters = text.strip_prefix("\x1b[")?;
    let end = parameters.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    parameters.get(end..)?.starts_with('m').then(|| text.get(..end + 3)).flatten()
}

/// Writes a failure: what failed and why, then the next steps. Standard error that cannot be written is no failure.
pub fn report(failure: &Failure, to: &mut dyn Write) {
    let mut text = format!("whycan: {}\n", lines(&redact(&failure.message)));
    for hint in &failure.hints {
        let _ = writeln!(text, "  {}", lines(&redact(hint)));
    }
    // somebody typed or pasted it as a word
    if has_secret(&failure.message) {
        text.push_str("  What looks like a secret is hidden. A token is piped, not typed: … | whycan token decode\n");
    }
    let _ = to.write_all(text.as_bytes());
    let _ = to.flush();
}

/// Sanitised line by line, further lines indented.
fn lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(sanitise).collect();
    lines.join("\n  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_colours_pass() {
        assert_eq!(guard("a\x1b[31mb\x1b[0m\n"), "a\x1b[31mb\x1b[0m\n");
        assert_eq!(guard("a\x1b[2Jb\x1b]0;x\x07\r"), "a␛[2Jb␛]0;x␇␍");
        assert_eq!(guard("\x1b[1;31"), "␛[1;31");
        assert_eq!(guard("\x1b"), "␛");
    }

    #[test]
    fn failures_are_written_with_their_hints() {
        let mut written = Vec::new();
        report(&Failure::failed("a\x1b[2J failed").hint("Do this:\nthat"), &mut written);
        assert_eq!(String::from_utf8(written).unwrap(), "whycan: a␛[2J failed\n  Do this:\n  that\n");
    }

    #[test]
    fn a_closed_pipe_is_told_from_a_full_disk() {
        struct Broken(io::ErrorKind);
        impl Write for Broken {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(self.0.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Err(self.0.into())
            }
        }
        let end = |kind| {
            let mut output = Output::new(Broken(kind));
            output.text("x").and_then(|()| output.finish()).unwrap_err().exit_status()
        };
        assert_eq!(end(io::ErrorKind::BrokenPipe), 0);
        assert_eq!(end(io::ErrorKind::StorageFull), 4);
    }
}
