//! The process group of a plugin, which ends when nobody waits for it any more.
//!
//! It is killed and not asked to end: dropping cannot wait, and one that heeds no wish would go on. What leaves the group
//! (`setsid`) has chosen a life of its own.

use tokio::process::Child;

/// A group that is killed when this is dropped, unless it was released; the default one is none.
#[derive(Debug, Default)]
pub struct Group(Option<u32>);

impl Group {
    /// The group that a child leads.
    pub fn of(child: &Child) -> Self {
        Self(child.id())
    }

    /// Leaves it alone from now on.
    pub fn release(&mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self.0.and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw) {
            // the child itself and whatever it started; it may have ended meanwhile
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}
