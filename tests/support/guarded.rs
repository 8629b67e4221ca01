//! A process that does not outlive the test, however the test ends: returning, panicking, interrupted or killed.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The shell that stands over the process. Its standard input is a pipe from us: a line is a signal to pass on, the end of
/// it, which comes when we are gone by whatever means, is the death of the process and of the folder.
const GUARD: &str = r#"
folder=$1; shift
exec 3<&0 </dev/null
"$@" 3<&- &
peer=$!
{
  while read -r signal; do kill -s "$signal" "$peer"; done
  kill -s KILL "$peer"
  tries=0
  until [ -z "$folder" ] || rm -rf "$folder" || [ $((tries += 1)) -gt 50 ]; do sleep 0.1; done
} <&3 >/dev/null 2>&1 &
watch=$!
exec 3<&-
wait "$peer"
status=$?
kill "$watch" 2>/dev/null
exit "$status"
"#;

/// A running process.
pub struct Guarded {
    guard: Child,
    log: PathBuf,
}

impl Guarded {
    /// Starts a program that writes to `log`. When we die first, `folder` is removed with it.
    pub fn start<S: AsRef<OsStr>>(program: &Path, arguments: impl IntoIterator<Item = S>, log: &Path, folder: Option<&Path>) -> Self {
        let output = File::options().create(true).append(true).open(log).unwrap();
        let guard = Command::new("/bin/sh")
            .args(["-c", GUARD, "guard"])
            .arg(folder.unwrap_or_else(|| Path::new("")))
            .arg(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            // an interrupt from the terminal is ours alone: the guard would die of it and leave the process behind
            .process_group(0)
            .spawn()
            .unwrap();
        Self { guard, log: log.to_owned() }
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.guard.try_wait().unwrap().is_some()
    }

    /// Kills it as `kill -9` does, and waits until it is gone.
    pub fn kill(&mut self) {
        if let Some(pipe) = &mut self.guard.stdin {
            // a guard whose process has ended reads no more
            let _ = writeln!(pipe, "KILL");
        }
        let _ = self.guard.wait();
    }

    /// The end of what it wrote, for a failure's message.
    pub fn last_words(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.kill();
    }
}
