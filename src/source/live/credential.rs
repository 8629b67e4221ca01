//! The credential of a connection over its life: a token read anew from its file, a plugin run again when its time is over.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use http::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};

use crate::base::Failure;
use crate::base::text::sanitise;
use crate::source::files;
use crate::source::plugin::Plugin;

/// How long a token from a file is taken for true, as in client-go.
const FRESH: Duration = Duration::from_mins(1);

/// How soon a plugin may be run again because it failed once, or because a server refused what it gave.
const APART: Duration = Duration::from_secs(10);

/// The longest pause after failures of a plugin: each in a row doubles it, for whoever must log in first may be at lunch.
const LONGEST: Duration = Duration::from_mins(10);

/// Where the `Authorization` header comes from.
#[derive(Debug)]
pub enum Origin {
    /// There is none.
    Nothing,
    /// It stays as it is.
    Fixed(HeaderValue),
    /// A file with a token, read again now and then.
    File(String),
    /// A plugin, run again when its answer ends.
    Plugin(Box<Plugin>),
}

/// The credential of a connection.
#[derive(Debug)]
pub struct Credential {
    origin: Origin,
    limit: Duration,
    held: Mutex<Held>,
    /// One renewal at a time: who comes second takes what the first has got.
    renewing: tokio::sync::Mutex<()>,
}

/// What is presented at the moment.
#[derive(Clone, Debug, Default)]
struct Held {
    header: Option<HeaderValue>,
    certificate: Option<Identity>,
    expires_at: Option<i64>,
    /// When to run a plugin again: at its answer's end, unless that was over from the start.
    renew_at: Option<i64>,
    read_at: Option<Instant>,
    refused_at: Option<Instant>,
    /// How the plugin failed last; none after a success.
    failed: Option<Failed>,
    generation: u64,
}

/// A failure of a plugin, which is not run again for a while.
#[derive(Clone, Debug)]
struct Failed {
    failure: Failure,
    pause: Duration,
    again_at: Instant,
}

impl Held {
    /// How the plugin failed, if it is too soon to run it again.
    fn recent_failure(&self) -> Option<Failure> {
        self.failed.as_ref().filter(|failed| Instant::now() < failed.again_at).map(|failed| failed.failure.clone())
    }

    /// Takes note of a failure.
    fn fail(&mut self, failure: Failure) {
        let pause = self.failed.as_ref().map_or(APART, |before| LONGEST.min(before.pause * 2));
        self.failed = Some(Failed { failure, pause, again_at: Instant::now() + pause });
    }
}

/// A client certificate with its key, both in PEM.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The certificate, with those that signed it.
    pub certificate: String,
    /// The key.
    pub key: SecretString,
}

/// What a request presents.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The `Authorization` header.
    pub header: Option<HeaderValue>,
    /// A plugin's certificate, for the TLS of this connection.
    pub certificate: Option<Identity>,
    /// Grows with every renewal.
    pub generation: u64,
}

impl Credential {
    /// A credential and its first content; a plugin is run here.
    pub async fn take(origin: Origin, limit: Duration) -> Result<Self, Failure> {
        let credential = Self { origin, limit, held: Mutex::new(Held::default()), renewing: tokio::sync::Mutex::new(()) };
        credential.read().await?;
        Ok(credential)
    }

    /// Where it comes from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// When it ends, if that is known.
    pub fn expires_at(&self) -> Option<i64> {
        self.held().expires_at
    }

    /// What to present now, renewed first where its time is over.
    pub async fn shown(&self) -> Result<Shown, Failure> {
        if self.is_over() {
            let _turn = self.renewing.lock().await;
            if self.is_over() {
                match self.read().await {
                    // a file that cannot be read for a moment is no reason to forget what it said
                    Err(_) if matches!(self.origin, Origin::File(_)) => self.change(|held| held.read_at = Some(Instant::now())),
                    other => other?,
                }
            }
        }
        let held = self.held();
        Ok(Shown { header: held.header, certificate: held.certificate, generation: held.generation })
    }

    /// What is presented, as it is: nothing is renewed for it.
    pub fn held_now(&self) -> Shown {
        let held = self.held();
        Shown { header: held.header, certificate: held.certificate, generation: held.generation }
    }

    /// Renews what a server has refused; whether there is something to try again with.
    pub async fn renew(&self, refused: u64) -> Result<bool, Failure> {
        if matches!(self.origin, Origin::Nothing | Origin::Fixed(_)) {
            return Ok(false);
        }
        let _turn = self.renewing.lock().await;
        let held = self.held();
        if held.generation != refused {
            return Ok(true);
        }
        if let Some(failure) = held.recent_failure() {
            return Err(failure);
        }
        if matches!(self.origin, Origin::Plugin(_)) && held.refused_at.is_some_and(|at| at.elapsed() < APART) {
            return Ok(false);
        }
        if let Origin::Plugin(plugin) = &self.origin {
            plugin.forget();
        }
        self.change(|held| held.refused_at = Some(Instant::now()));
        self.read().await?;
        let now = self.held();
        // a file that says the same is no reason to ask again
        Ok(matches!(self.origin, Origin::Plugin(_)) || now.header != held.header)
    }

    fn is_over(&self) -> bool {
        let held = self.held();
        match &self.origin {
            Origin::File(_) => held.read_at.is_none_or(|at| at.elapsed() >= FRESH),
            Origin::Plugin(_) => held.renew_at.is_some_and(|at| at <= now()),
            Origin::Nothing | Origin::Fixed(_) => false,
        }
    }

    async fn read(&self) -> Result<(), Failure> {
        match &self.origin {
            Origin::Nothing => {}
            Origin::Fixed(header) => self.change(|held| held.header = Some(header.clone())),
            Origin::File(path) => {
                let header = bearer(&token_of(path)?)?;
                self.change(|held| {
                    held.generation += u64::from(held.header.as_ref() != Some(&header));
                    held.header = Some(header);
                    held.read_at = Some(Instant::now());
                });
            }
            Origin::Plugin(plugin) => {
                // who waited for their turn while it failed does not run it once more
                if let Some(failure) = self.held().recent_failure() {
                    return Err(failure);
                }
                if let Err(failure) = self.run(plugin).await {
                    self.change(|held| held.fail(failure.clone()));
                    return Err(failure);
                }
            }
        }
        Ok(())
    }

    async fn run(&self, plugin: &Plugin) -> Result<(), Failure> {
        let given = plugin.run(self.limit).await?;
        let header = given.token.as_ref().map(bearer).transpose()?;
        let certificate = given.certificate.zip(given.key).map(|(certificate, key)| Identity { certificate, key });
        self.change(|held| {
            held.header = header;
            held.certificate = certificate;
            held.expires_at = given.expires_at;
            held.renew_at = given.expires_at.filter(|at| *at > now());
            held.failed = None;
            held.generation += 1;
        });
        Ok(())
    }

    fn held(&self) -> Held {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut Held)) {
        change(&mut self.held.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// The token in a file.
pub fn token_of(path: &str) -> Result<SecretString, Failure> {
    let bytes = files::read(Path::new(path)).map_err(|why| {
        Failure::failed(format!("cannot read the token file `{}`: {why}", sanitise(path))).hint("Check tokenFile in the kubeconfig.")
    })?;
    let token = String::from_utf8(bytes).unwrap_or_default();
    let token = token.trim();
    if token.is_empty() {
        return Err(
            Failure::failed(format!("the token file `{}` holds no token", sanitise(path))).hint("Check tokenFile in the kubeconfig.")
        );
    }
    Ok(SecretString::from(token))
}

/// `Bearer TOKEN`, which is never printed.
pub fn bearer(token: &SecretString) -> Result<HeaderValue, Failure> {
    header(&format!("Bearer {}", token.expose_secret()), "token")
}

/// `Basic …`, which no current server takes.
pub fn basic(username: &str, password: &str) -> Result<HeaderValue, Failure> {
    use base64::Engine as _;
    header(&format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{username}:{password}"))), "password")
}

fn header(text: &str, what: &str) -> Result<HeaderValue, Failure> {
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        Failure::failed(format!("the {what} holds characters that no HTTP header may hold")).hint("Check it for line breaks and quotes.")
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// Seconds since 1970 in UTC.
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubeconfig::Exec;

    #[tokio::test]
    async fn a_plugin_that_fails_again_and_again_is_run_less_and_less_often() {
        let folder = tempfile::tempdir().unwrap();
        let (runs, works) = (folder.path().join("runs"), folder.path().join("works"));
        let answer = r#"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t"}}"#;
        let script = format!("echo run >> {}; [ -e {} ] && echo '{answer}'", runs.display(), works.display());
        let exec = Exec {
            api_version: "client.authentication.k8s.io/v1".to_owned(),
            command: "/bin/sh".to_owned(),
            args: vec!["-c".to_owned(), script],
            interactive_mode: "Never".to_owned(),
            ..Exec::default()
        };
        let origin = Origin::Plugin(Box::new(Plugin { exec, ..Plugin::default() }));
        let limit = Duration::from_secs(20);
        let credential = Credential { origin, limit, held: Mutex::default(), renewing: tokio::sync::Mutex::default() };
        let count = || std::fs::read_to_string(&runs).unwrap_or_default().lines().count();
        let pause = || credential.held().failed.map(|failed| failed.pause.as_secs());
        let is_time = || credential.change(|held| held.failed.as_mut().unwrap().again_at = Instant::now());
        for (number, seconds) in (1..).zip([10, 20, 40, 80, 160, 320, 600, 600]) {
            let failure = credential.read().await.unwrap_err();
            assert_eq!((count(), pause()), (number, Some(seconds)));
            // before its time it is told again, and not run
            assert_eq!((credential.read().await.unwrap_err(), count()), (failure, number));
            is_time();
        }
        // a success makes the next failure a first one
        std::fs::write(&works, "").unwrap();
        credential.read().await.unwrap();
        assert_eq!(pause(), None);
        std::fs::remove_file(&works).unwrap();
        credential.read().await.unwrap_err();
        assert_eq!(pause(), Some(10));
    }
}
