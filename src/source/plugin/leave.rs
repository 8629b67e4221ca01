//! By whose leave plugins are run, and what those gave that were lent the terminal.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::answer::Credential;
use super::kuberc::Kuberc;
use super::name;
use crate::base::Failure;
use crate::base::text::{sanitise, shell_word};
use crate::kubeconfig::{Cluster, Exec};

/// How plugins are run. Clones share what was got on the terminal.
#[derive(Clone, Debug, Default)]
pub struct Plugins {
    /// The policy of kubectl; none by default.
    pub kuberc: Kuberc,
    /// The kubeconfigs whose plugins may be run; all by default.
    pub allowed: Allowed,
    /// Whether one that wants the terminal may have it at any moment: nothing else uses it.
    pub has_terminal: bool,
    pub(super) kept: Kept,
}

impl Plugins {
    /// As it is for kubectl here: its policy is kept, and only the kubeconfigs in its view are trusted; `explicit` is that of
    /// `--kubeconfig`. The terminal is for nobody.
    pub fn here(explicit: Option<&Path>) -> Self {
        let allowed = Allowed::only(crate::source::kubeconfig::in_view(explicit));
        Self { kuberc: Kuberc::here(), allowed, ..Self::default() }
    }

    /// The same, and whoever wants the terminal gets it, where there is one.
    #[must_use]
    pub fn with_terminal(mut self) -> Self {
        use std::io::IsTerminal as _;
        self.has_terminal = std::io::stdin().is_terminal();
        self
    }

    /// What a plugin gave on the terminal, unless its time is over.
    pub fn kept(&self, exec: &Exec, cluster: &Cluster, now: i64) -> Option<Credential> {
        let kept = self.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        let given = kept.iter().find(|given| given.is_of(exec, cluster))?;
        Some(given.credential.clone()).filter(|credential| credential.expires_at.is_none_or(|at| at > now))
    }

    /// Keeps what a plugin gave on the terminal, for as long as this or a clone of it is there.
    pub fn keep(&self, exec: &Exec, cluster: &Cluster, credential: &Credential) {
        self.forget(exec, cluster);
        let given = Given { exec: exec.clone(), server: cluster.server.clone(), credential: credential.clone() };
        self.kept.0.lock().unwrap_or_else(PoisonError::into_inner).push(given);
    }

    /// Forgets it: it was refused.
    pub fn forget(&self, exec: &Exec, cluster: &Cluster) {
        self.kept.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|given| !given.is_of(exec, cluster));
    }
}

/// What was given on the terminal. Where it asked nobody, a plugin is run again instead.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept(Arc<Mutex<Vec<Given>>>);

#[derive(Debug)]
struct Given {
    exec: Exec,
    server: String,
    credential: Credential,
}

impl Given {
    fn is_of(&self, exec: &Exec, cluster: &Cluster) -> bool {
        self.exec == *exec && self.server == cluster.server
    }
}

/// The kubeconfigs whose plugins may be run without a question: a file that merely lies about has named no program yet that
/// its owner wants to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed(Option<Vec<PathBuf>>);

impl Allowed {
    /// These files alone: those that kubectl looks at.
    pub fn only(files: Vec<PathBuf>) -> Self {
        Self(Some(files))
    }

    /// And this one too: somebody has been asked, and said yes.
    #[must_use]
    pub fn and(mut self, file: impl Into<PathBuf>) -> Self {
        if let Some(files) = &mut self.0 {
            files.push(file.into());
        }
        self
    }

    /// Whether plugins of a file may be run.
    pub fn holds(&self, file: &Path) -> bool {
        // a link to a file that is in view is in view
        let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        self.0.as_ref().is_none_or(|files| files.iter().any(|known| known == file || real(known) == real(file)))
    }

    /// Whether the plugin of a user may be run, who stands in this file; one that stands in none is our own.
    ///
    /// # Errors
    /// When nobody has allowed it; the hints say how to.
    pub fn check(&self, exec: &Exec, file: Option<&str>) -> Result<(), Failure> {
        let Some(file) = file.filter(|file| !self.holds(Path::new(file))) else { return Ok(()) };
        Err(Failure::failed(format!(
            "the credential plugin {} is of `{}`, which kubectl does not look at: it is not run without your word",
            name(exec),
            sanitise(file)
        ))
        .hint(format!("If you trust that file, name it: --kubeconfig {}", shell_word(file)))
        .hint("Or put it into KUBECONFIG, which `whycan context list` has the line for."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plugins_of_files_out_of_view_wait_for_a_word() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let [seen, other] = ["config", "other"].map(path);
        for file in [&seen, &other] {
            fs::write(file, "").unwrap();
        }
        let exec = Exec { command: "aws".to_owned(), ..Exec::default() };
        let told = |allowed: &Allowed, file: Option<&Path>| {
            let told = allowed.check(&exec, file.map(|file| file.to_str().unwrap()));
            told.map_err(|failure| format!("{failure} | {}", failure.hints[0]).replace(folder.path().to_str().unwrap(), "~"))
        };
        let allowed = Allowed::only(vec![seen.clone()]);
        assert_eq!((told(&allowed, Some(&seen)), told(&allowed, None)), (Ok(()), Ok(())));
        let refused = "the credential plugin `aws` is of `~/other`, which kubectl does not look at: it is not run without your word | If you trust that file, name it: --kubeconfig ~/other";
        assert_eq!(told(&allowed, Some(&other)), Err(refused.to_owned()));
        assert_eq!(told(&Allowed::only(vec![seen.clone()]).and(&other), Some(&other)), Ok(()));
        assert_eq!(told(&Allowed::default(), Some(&other)), Ok(()));
        #[cfg(unix)]
        {
            let link = path("link");
            std::os::unix::fs::symlink(&seen, &link).unwrap();
            assert_eq!(told(&allowed, Some(&link)), Ok(()));
        }
    }

    #[test]
    fn what_the_terminal_brought_is_kept_until_it_ends_or_is_refused() {
        let plugins = Plugins::default();
        let (exec, cluster) = (Exec { command: "a".to_owned(), ..Exec::default() }, Cluster::default());
        let credential = Credential { expires_at: Some(100), ..Credential::default() };
        assert!(plugins.kept(&exec, &cluster, 0).is_none());
        let other_hands = plugins.clone();
        other_hands.keep(&exec, &cluster, &credential);
        assert!(plugins.kept(&exec, &cluster, 99).is_some());
        assert!(plugins.kept(&exec, &cluster, 100).is_none());
        let other = Cluster { server: "https://x".to_owned(), ..Cluster::default() };
        assert!(plugins.kept(&exec, &other, 0).is_none());
        plugins.forget(&exec, &cluster);
        assert!(other_hands.kept(&exec, &cluster, 0).is_none());
    }
}
