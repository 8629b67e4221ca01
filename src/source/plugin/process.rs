//! A program run until it ends, its output bounded, and ended with all that it started when nobody waits any more.

use std::io::{Error, ErrorKind};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use secrecy::zeroize::Zeroize as _;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;
use tokio::time::timeout;

use super::group::Group;

/// The most that a program may print; an answer has a few kilobytes. One that prints more is ended at once.
pub const LARGEST: usize = 1 << 20;

/// How much of standard error is kept: its end.
const LAST: usize = 16 << 10;

/// How long the output may stay open after the program has ended: something it started may hold it.
const GRACE: Duration = Duration::from_millis(500);

/// What a program printed, and how it ended.
#[derive(Debug)]
pub struct Output {
    /// How it ended.
    pub status: ExitStatus,
    /// Standard output, with its secrets.
    pub answer: Vec<u8>,
    /// The end of standard error; nothing where that was inherited.
    pub said: Vec<u8>,
}

/// What a program printed is a secret: it is gone from memory with this.
impl Drop for Output {
    fn drop(&mut self) {
        self.answer.zeroize();
    }
}

/// Runs a program without a terminal until it ends; it ends, with all that it started, when this is dropped.
///
/// # Errors
/// When it cannot be started, or prints more than is bearable ([`ErrorKind::FileTooLarge`]).
pub async fn finish(mut command: Command) -> std::io::Result<Output> {
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    // a group of its own, which can be ended as a whole
    #[cfg(unix)]
    command.process_group(0);
    run(command, true).await
}

/// Runs a program in our own group, so that it can read from our terminal and its keys reach it too.
///
/// # Errors
/// As [`finish`].
pub async fn finish_in_foreground(mut command: Command) -> std::io::Result<Output> {
    command.stdin(Stdio::inherit()).stderr(Stdio::inherit());
    run(command, false).await
}

async fn run(mut command: Command, leads_group: bool) -> std::io::Result<Output> {
    let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
    let mut group = if leads_group { Group::of(&child) } else { Group::default() };
    let (mut answer, mut said) = (Vec::new(), Vec::new());
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let reading = async { tokio::try_join!(whole(stdout, &mut answer), end(stderr, &mut said)).map(|_| ()) };
    let status = {
        tokio::pin!(reading);
        tokio::select! {
            status = child.wait() => {
                if let Ok(read) = timeout(GRACE, &mut reading).await {
                    read?;
                }
                status?
            }
            read = &mut reading => {
                read?;
                child.wait().await?
            }
        }
    };
    // it has ended by itself: what it left running, an agent say, is meant to run
    group.release();
    Ok(Output { status, answer, said })
}

/// Reads to the end.
///
/// # Errors
/// When there is more than is bearable.
async fn whole(pipe: Option<impl AsyncRead + Unpin>, kept: &mut Vec<u8>) -> std::io::Result<()> {
    let Some(mut pipe) = pipe else { return Ok(()) };
    let mut part = vec![0; 8192];
    while let Ok(count) = pipe.read(&mut part).await {
        if count == 0 {
            break;
        }
        kept.extend_from_slice(part.get(..count).unwrap_or_default());
        if kept.len() > LARGEST {
            kept.zeroize();
            return Err(Error::new(ErrorKind::FileTooLarge, format!("it printed more than {} MiB", LARGEST >> 20)));
        }
    }
    part.zeroize();
    Ok(())
}

/// Reads to the end, and keeps what came last.
async fn end(pipe: Option<impl AsyncRead + Unpin>, kept: &mut Vec<u8>) -> std::io::Result<()> {
    let Some(mut pipe) = pipe else { return Ok(()) };
    let mut part = vec![0; 8192];
    while let Ok(count) = pipe.read(&mut part).await {
        if count == 0 {
            break;
        }
        kept.extend_from_slice(part.get(..count).unwrap_or_default());
        if kept.len() > 2 * LAST {
            kept.drain(..kept.len() - LAST);
        }
    }
    Ok(())
}
