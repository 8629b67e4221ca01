//! A kubeconfig that was just read for a list, handed to whoever opens a context of it: thousands of contexts are not read twice
//! at once.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Browsed, load};
use crate::base::Failure;
use crate::kubeconfig::Kubeconfig;

/// How long it counts as just read.
const FRESH: Duration = Duration::from_secs(1);

/// Where it is left, and taken once.
#[derive(Clone, Debug, Default)]
pub struct Handed(Arc<Mutex<Option<(Instant, Kubeconfig)>>>);

impl Handed {
    /// Leaves what was read, unless a part of it could not be: then reading it again says why.
    pub fn leave(&self, browsed: Browsed) {
        let left = browsed.broken.is_empty().then(|| (Instant::now(), browsed.kubeconfig));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = left;
    }

    /// Takes what was left, or reads it.
    ///
    /// # Errors
    /// As [`load`].
    pub fn take(&self, explicit: Option<&Path>) -> Result<Kubeconfig, Failure> {
        let left = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        match left {
            Some((read_at, kubeconfig)) if read_at.elapsed() < FRESH => Ok(kubeconfig),
            _ => load(explicit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::kubeconfig::browse;

    #[test]
    fn what_was_left_is_taken_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        let write = |name: &str| std::fs::write(&path, format!("contexts: [{{name: {name}, context: {{}}}}]\n")).unwrap();
        let names = |kubeconfig: Kubeconfig| kubeconfig.contexts().iter().map(|context| context.name.clone()).collect::<Vec<_>>();
        write("a");
        let handed = Handed::default();
        handed.leave(browse(Some(&path)));
        write("b");
        assert_eq!(names(handed.take(Some(&path)).unwrap()), ["a"]);
        assert_eq!(names(handed.take(Some(&path)).unwrap()), ["b"]);
        // what breaks is read again, for its failure
        std::fs::write(&path, "contexts: [").unwrap();
        handed.leave(browse(Some(&path)));
        assert!(handed.take(Some(&path)).is_err());
    }
}
