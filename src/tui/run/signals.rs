//! Signals: those that end the program, the one that brings it back to the front, and a terminal that goes away.

use std::io;

use tokio::sync::mpsc::UnboundedSender;

use super::Input;

/// Passes signals on.
#[cfg(unix)]
pub fn listen(sender: &UnboundedSender<Input>) -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    for kind in [SignalKind::hangup(), SignalKind::interrupt(), SignalKind::terminate()] {
        let mut stream = signal(kind)?;
        let sender = sender.clone();
        let number = u8::try_from(kind.as_raw_value()).unwrap_or(15);
        tokio::spawn(async move {
            while stream.recv().await.is_some() {
                let _ = sender.send(Input::Signal(number));
            }
        });
    }
    let continued = SignalKind::from_raw(rustix::process::Signal::CONT.as_raw());
    let mut stream = signal(continued)?;
    watch_for_hangup(sender.clone());
    let sender = sender.clone();
    tokio::spawn(async move {
        while stream.recv().await.is_some() {
            let _ = sender.send(Input::Continued);
        }
    });
    Ok(())
}

/// Says when the terminal is gone: only who leads its session or stands in front is told by a signal.
#[cfg(unix)]
fn watch_for_hangup(sender: UnboundedSender<Input>) {
    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::io::Errno;
    std::thread::spawn(move || {
        // what draws is the same terminal as what keys come from
        let output = io::stdout();
        let mut watched = [PollFd::new(&output, PollFlags::empty())];
        while poll(&mut watched, None) == Err(Errno::INTR) {}
        let [watched] = watched;
        if watched.revents().contains(PollFlags::HUP) {
            let _ = sender.send(Input::Lost);
        }
    });
}

/// Passes the one signal on that there is.
#[cfg(not(unix))]
pub fn listen(sender: &UnboundedSender<Input>) -> io::Result<()> {
    let sender = sender.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            let _ = sender.send(Input::Signal(2));
        }
    });
    Ok(())
}
