//! A pseudo-terminal with the program in it, and its screen. Nothing sleeps: conditions are waited for, with a limit.

use std::io::{Read, Write};
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long anything may take.
const LIMIT: Duration = Duration::from_secs(20);

struct Seen {
    parser: vt100::Parser,
    written: Vec<u8>,
    is_over: bool,
}

pub struct Terminal {
    seen: Arc<(Mutex<Seen>, Condvar)>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    /// The program with these arguments and nothing of the environment but what is given.
    pub fn open(arguments: &[&str], (columns, rows): (u16, u16), environment: &[(&str, &str)]) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_whycan"));
        command.args(arguments);
        Self::spawn(command, columns, rows, environment)
    }

    /// A shell that has job control.
    pub fn shell((columns, rows): (u16, u16)) -> Self {
        let mut command = CommandBuilder::new("/bin/sh");
        command.args(["-i"]);
        Self::spawn(command, columns, rows, &[("PS1", "$ ")])
    }

    fn spawn(mut command: CommandBuilder, columns: u16, rows: u16, environment: &[(&str, &str)]) -> Self {
        command.env_clear();
        command.env("TERM", "xterm-256color");
        command.env("PATH", "/usr/bin:/bin");
        command.env("HOME", std::env::temp_dir());
        for (name, value) in environment {
            command.env(name, value);
        }
        let pair = native_pty_system().openpty(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let parser = vt100::Parser::new(rows.try_into().unwrap(), columns.try_into().unwrap(), 0);
        let seen = Arc::new((Mutex::new(Seen { parser, written: Vec::new(), is_over: false }), Condvar::new()));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let shared = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut bytes = [0; 8192];
            loop {
                let read = reader.read(&mut bytes).unwrap_or(0);
                let mut seen = shared.0.lock().unwrap();
                seen.parser.process(&bytes[..read]);
                seen.written.extend_from_slice(&bytes[..read]);
                seen.is_over = read == 0;
                shared.1.notify_all();
                if read == 0 {
                    return;
                }
            }
        });
        Self { seen, writer: pair.master.take_writer().unwrap(), child, master: pair.master }
    }

    pub fn press(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    pub fn resize(&self, columns: u16, rows: u16) {
        self.seen.0.lock().unwrap().parser.screen_mut().set_size(rows.try_into().unwrap(), columns.try_into().unwrap());
        self.master.resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    /// The number of the program's process.
    pub fn process(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    pub fn kill(&self, signal: &str) {
        let process = self.process().to_string();
        assert!(Command::new("kill").args([format!("-{signal}"), process]).status().unwrap().success());
    }

    /// Waits for a text, however it is wrapped.
    pub fn wait_for(&self, text: &str) {
        self.wait_until(text, |screen| flat(&screen.contents()).contains(&flat(text)));
    }

    pub fn wait_until(&self, what: &str, holds: impl Fn(&vt100::Screen) -> bool) {
        let seen = self.seen.0.lock().unwrap();
        let (seen, waited) = self.seen.1.wait_timeout_while(seen, LIMIT, |seen| !holds(seen.parser.screen()) && !seen.is_over).unwrap();
        assert!(!waited.timed_out() && holds(seen.parser.screen()), "no {what:?} in:\n{}", seen.parser.screen().contents());
    }

    /// Waits for the end of the program and of what it wrote; gives its status.
    pub fn end(&mut self) -> u32 {
        let seen = self.seen.0.lock().unwrap();
        let (seen, waited) = self.seen.1.wait_timeout_while(seen, LIMIT, |seen| !seen.is_over).unwrap();
        assert!(!waited.timed_out(), "it goes on:\n{}", seen.parser.screen().contents());
        drop(seen);
        self.child.wait().unwrap().exit_code()
    }

    pub fn is_alternate(&self) -> bool {
        self.seen.0.lock().unwrap().parser.screen().alternate_screen()
    }

    pub fn hides_cursor(&self) -> bool {
        self.seen.0.lock().unwrap().parser.screen().hide_cursor()
    }

    /// Everything that was written so far.
    pub fn all(&self) -> Vec<u8> {
        self.seen.0.lock().unwrap().written.clone()
    }

    pub fn has_written(&self, text: &str) -> bool {
        let seen = self.seen.0.lock().unwrap();
        seen.written.windows(text.len()).any(|window| window == text.as_bytes())
    }

    /// What was put into the clipboard last, through the terminal (OSC 52).
    pub fn copied(&self) -> String {
        use base64::Engine as _;
        let seen = self.seen.0.lock().unwrap();
        let written = String::from_utf8_lossy(&seen.written).into_owned();
        let (_, rest) = written.rsplit_once("\x1b]52;c;").unwrap();
        let encoded = rest.split(['\x07', '\x1b']).next().unwrap();
        String::from_utf8(base64::engine::general_purpose::STANDARD.decode(encoded).unwrap()).unwrap()
    }

    pub fn has_colours(&self) -> bool {
        let seen = self.seen.0.lock().unwrap();
        let screen = seen.parser.screen();
        let (rows, columns) = screen.size();
        let mut cells = (0..rows.get()).flat_map(|row| (0..columns.get()).map(move |column| (row, column)));
        cells.any(|(row, column)| screen.cell(row, column).is_some_and(|cell| cell.fgcolor() != vt100::Color::Default))
    }
}

/// A program whose terminal goes away: nobody else holds the other end.
pub struct Detached {
    child: Box<dyn Child + Send + Sync>,
    ends: (Box<dyn MasterPty + Send>, Box<dyn Read + Send>),
}

impl Detached {
    /// Starts it and waits until it has written a text.
    pub fn open(arguments: &[&str], leads: bool, text: &str) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_whycan"));
        command.set_controlling_tty(leads);
        command.args(arguments);
        command.env_clear();
        command.env("TERM", "xterm-256color");
        let pair = native_pty_system().openpty(PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 }).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (mut written, mut bytes) = (Vec::new(), [0; 8192]);
        while !written.windows(text.len()).any(|window| window == text.as_bytes()) {
            let read = reader.read(&mut bytes).unwrap();
            written.extend_from_slice(&bytes[..read]);
        }
        Self { child, ends: (pair.master, reader) }
    }

    /// The status that it ends with once its terminal is gone; none while it goes on.
    pub fn end(self) -> Option<u32> {
        let Self { mut child, ends } = self;
        let mut killer = child.clone_killer();
        drop(ends);
        let (sender, ended) = std::sync::mpsc::channel();
        std::thread::spawn(move || sender.send(child.wait()));
        let ended = ended.recv_timeout(LIMIT);
        if ended.is_err() {
            let _ = killer.kill();
        }
        ended.ok().map(|status| status.unwrap().exit_code())
    }
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a row with this text is reversed from its first letter on.
pub fn has_reversed_row(screen: &vt100::Screen, text: &str) -> bool {
    let (rows, columns) = screen.size();
    (0..rows.get()).any(|row| {
        let cells: Vec<_> = (0..columns.get()).filter_map(|column| screen.cell(row, column)).collect();
        let line: String = cells.iter().map(|cell| if cell.contents().is_empty() { " " } else { cell.contents() }).collect();
        let letters = cells.iter().skip_while(|cell| cell.contents().trim().is_empty()).take(text.len());
        line.contains(text) && letters.into_iter().all(|cell| cell.inverse())
    })
}
