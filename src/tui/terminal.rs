//! The terminal, taken and given back whatever happens.

use std::io::{self, IsTerminal, Write, stdout};
use std::sync::Once;

use super::run::{Desk, Gate};
use crate::base::Failure;
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
        let held = Self(());
        enter()?;
        Ok(held)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        give_back();
    }
}

/// The terminal that the program was started in.
#[derive(Debug, Default)]
pub struct Here {
    /// Where keys come in; none before the screen is drawn.
    gate: Option<Gate>,
}

impl Here {
    /// With the keys that come in there.
    pub fn new(gate: Gate) -> Self {
        Self { gate: Some(gate) }
    }
}

impl Desk for Here {
    fn copy(&mut self, text: &str) -> io::Result<()> {
        let mut out = stdout();
        out.write_all(clipboard(text, std::env::var_os("TMUX").is_some()).as_bytes())?;
        out.flush()
    }

    #[cfg(unix)]
    fn stop(&mut self) -> io::Result<bool> {
        use rustix::process::{Signal, getpid, getsid, kill_current_process_group};
        // nobody could bring the leader of a session back: no shell stands above it
        if getsid(None).is_ok_and(|session| session == getpid()) {
            return Ok(false);
        }
        give_back();
        // the whole job, as the shell's own key does; an orphan is not stopped, and goes on here at once
        kill_current_process_group(Signal::TSTP)?;
        enter()?;
        Ok(true)
    }

    #[cfg(not(unix))]
    fn stop(&mut self) -> io::Result<bool> {
        Ok(false)
    }

    fn lend(&mut self, other: &mut (dyn FnMut() -> Result<String, Failure> + Send)) -> io::Result<Result<String, Failure>> {
        // not on the thread of the loop, which has a runtime of its own
        let aside = || std::thread::scope(|scope| scope.spawn(other).join());
        give_back();
        let ended = match &self.gate {
            Some(gate) => gate.closed(aside),
            None => aside(),
        };
        enter()?;
        ended.map_err(|_| io::Error::other("what was lent the terminal panicked"))
    }

    fn take_again(&mut self) -> io::Result<()> {
        enter()
    }
}

/// Whether keys can be read: from standard input or, where that brings facts, from the terminal itself.
pub fn has_keyboard() -> bool {
    io::stdin().is_terminal() || std::fs::File::open("/dev/tty").is_ok()
}

fn enter() -> io::Result<()> {
    enable_raw_mode()?;
    execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste)
}

/// Gives the terminal back; doing it twice does no harm. What cannot be told to a terminal that is gone is let go.
pub fn give_back() {
    let _ = execute!(stdout(), DisableBracketedPaste, LeaveAlternateScreen, crossterm::cursor::Show);
    let _ = disable_raw_mode();
    let _ = stdout().flush();
}

/// The message of a panic must not be lost on the alternate screen.
fn restore_before_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        give_back();
        before(panic);
        let _ = writeln!(io::stderr(), "whycan: this is a defect of whycan; please report it with the lines above");
    }));
}

/// What puts a text into the clipboard (OSC 52), which works over SSH; tmux takes it itself or, wrapped, passes it on.
fn clipboard(text: &str, is_tmux: bool) -> String {
    let sequence = format!("\u{1b}]52;c;{}\u{7}", base64(text.as_bytes()));
    if is_tmux { format!("{sequence}\u{1b}Ptmux;\u{1b}{sequence}\u{1b}\\") } else { sequence }
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
    use super::{base64, clipboard};

    #[test]
    fn tmux_is_given_both_ways() {
        assert_eq!(clipboard("f", false), "\u{1b}]52;c;Zg==\u{7}");
        assert_eq!(clipboard("f", true), "\u{1b}]52;c;Zg==\u{7}\u{1b}Ptmux;\u{1b}\u{1b}]52;c;Zg==\u{7}\u{1b}\\");
    }

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (text, encoded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(text.as_bytes()), encoded);
        }
    }
}
