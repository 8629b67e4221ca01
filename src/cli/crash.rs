//! What a panic tells: a defect of ours, its place and a trace, without what looks like a secret.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{self, Write as _};
use std::panic::{self, PanicHookInfo};

use crate::base::redact::redact;
use crate::base::text::sanitise;

/// Tells panics so from now on, in place of the standard library's own words.
pub fn install() {
    panic::set_hook(Box::new(|panic| {
        let trace = Backtrace::capture();
        let trace = if trace.status() == BacktraceStatus::Captured { trace.to_string() } else { String::new() };
        // nobody is left to be told that nobody listens
        let _ = io::stderr().write_all(told(message(panic), &place(panic), &trace).as_bytes());
    }));
}

/// The message and the trace, as they are told.
fn told(message: &str, place: &str, trace: &str) -> String {
    let thread = std::thread::current();
    let thread = thread.name().unwrap_or("<unnamed>");
    let message: Vec<String> = redact(message).lines().map(|line| sanitise(line).into_owned()).collect();
    let trace = if trace.is_empty() { "note: RUST_BACKTRACE=1 adds where it came from".to_owned() } else { redact(trace).into_owned() };
    format!("\nthread '{}' panicked at {place}:\n{}\n{}\n", sanitise(thread), message.join("\n"), trace.trim_end())
}

fn message<'a>(panic: &'a PanicHookInfo<'_>) -> &'a str {
    let payload = panic.payload();
    payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

fn place(panic: &PanicHookInfo<'_>) -> String {
    panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_panic_says_is_without_secrets_and_harmless() {
        let said = told("no \u{1b}[2Jtoken=hunter2\nin Bearer eyJhbGciOi.eyJzdWIi.c2ln", "src/x.rs:1:2", "");
        assert!(
            said.ends_with(
                "panicked at src/x.rs:1:2:\nno ␛[2Jtoken=(hidden)\nin Bearer (hidden)\nnote: RUST_BACKTRACE=1 adds where it came from\n"
            ),
            "{said:?}"
        );
        assert!(told("a", "b", "  0: main\n").ends_with("panicked at b:\na\n  0: main\n"));
    }
}
