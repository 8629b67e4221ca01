//! The terminal, taken and given back whatever happens.

use std::io::{self, Write, stdout};
use std::sync::Once;

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};

/// Holds the terminal; it is given back when this is dropped.
#[derive(Debug)]
pub struct Held(());

impl Held {
    /// Takes the terminal.
    pub fn take() -> io::Result<Self> {
        static HOOK: Once = Once::new();
        HOOK.call_once(restore_before_panics);
        // crossterm 0.29 resets the reversed cursor line when NO_COLOR is set; the theme does without colours itself
        crossterm::style::force_color_output(true);
        enable_raw_mode()?;
        let held = Self(());
        execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste)?;
        Ok(held)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        give_back();
    }
}

/// Gives the terminal back; doing it twice does no harm. What cannot be told to a terminal that is gone is let go.
pub fn give_back() {
    let _ = execute!(stdout(), DisableBracketedPaste, LeaveAlternateScreen, crossterm::cursor::Show);
    let _ = disable_raw_mode();
    let _ = stdout().flush();
}

/// Whether a shell could bring the program back: one that leads its session has none above it.
#[cfg(unix)]
pub fn can_be_resumed() -> bool {
    // field 6 of the kernel's line is the session; the name in parentheses may hold blanks
    let line = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let session = line.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(3).map(str::to_owned));
    session.is_none_or(|session| session != std::process::id().to_string())
}

/// Gives the terminal back, stops until `fg`, and takes it again.
#[cfg(unix)]
pub fn stop() {
    give_back();
    // the shell's own tool sends the signal: the standard library has no way to
    let stopped = std::process::Command::new("kill").args(["-TSTP", &std::process::id().to_string()]).status();
    drop(stopped);
    let _ = enable_raw_mode();
    let _ = execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste);
}

/// Nothing stops here.
#[cfg(not(unix))]
pub fn can_be_resumed() -> bool {
    false
}

/// Nothing stops here.
#[cfg(not(unix))]
pub fn stop() {}

/// The message of a panic must not be lost on the alternate screen.
fn restore_before_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        give_back();
        before(panic);
        let _ = writeln!(io::stderr(), "whycan: this is a defect of whycan; please report it with the lines above");
    }));
}

/// Copies a text through the terminal (OSC 52), which works over SSH; inside tmux and screen it is passed on.
pub fn copy(text: &str) -> io::Result<()> {
    let sequence = format!("\u{1b}]52;c;{}\u{7}", base64(text.as_bytes()));
    let wrapped = if std::env::var_os("TMUX").is_some() {
        format!("\u{1b}Ptmux;\u{1b}{sequence}\u{1b}\\")
    } else {
        sequence
    };
    let mut out = stdout();
    out.write_all(wrapped.as_bytes())?;
    out.flush()
}

/// Base64 with padding (RFC 4648), as OSC 52 wants it.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |position: usize| chunk.get(position).copied().map_or(0, u32::from);
        let group = at(0) << 16 | at(1) << 8 | at(2);
        for position in 0..4 {
            let digit = (group >> (18 - 6 * position)) & 63;
            let is_there = position <= chunk.len();
            out.push(if is_there { ALPHABET.get(digit as usize).copied().map_or('=', char::from) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (text, encoded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(text.as_bytes()), encoded);
        }
    }
}
