//! Requests to one API server: headers, limits, the few retries, and answers with their faults told apart.

use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use http_body_util::BodyExt as _;
use kube::client::Body;
use serde::Deserialize;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep, timeout_at};

use super::credential::{Credential, Shown};
use super::failure::{self, Fault, Words};
use super::heard::{self, Heard};
use crate::base::Failure;

/// The most that one answer may hold; a page of a list is a hundredth of it.
pub const LARGEST: usize = 256 << 20;

/// The most that is read of what a server says beside an error.
const LONGEST_WORDS: usize = 1 << 20;

/// The most requests under way at a time; each has a connection of its own.
const SIDE_BY_SIDE: usize = 12;

/// How often a request is sent again that a server turned away for now.
const RETRIES: u32 = 2;

/// How long to wait before that when the server does not say.
const PAUSE: Duration = Duration::from_millis(300);

/// One API server, as somebody.
#[derive(Debug)]
pub struct Http {
    /// The URL as sentences name it.
    pub server: String,
    /// How long any one request may take.
    pub limit: Duration,
    pub(super) config: kube::Config,
    pub(super) credential: Credential,
    pub(super) impersonation: Vec<(HeaderName, HeaderValue)>,
    /// Why a 401 may come, by what is presented.
    pub(super) advice: Vec<String>,
    pub(super) client: Mutex<Client>,
    pub(super) slots: Semaphore,
    /// When it answered last.
    pub(super) answered: Mutex<Option<Instant>>,
    /// What its answers tell beside what was asked.
    pub(super) heard: Heard,
}

/// The client, and for which content of the credential it was made.
pub struct Client {
    pub(super) client: kube::Client,
    pub(super) generation: u64,
    /// Whether it presents a certificate that a plugin gave.
    pub(super) has_certificate: bool,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("generation", &self.generation).finish_non_exhaustive()
    }
}

/// A request.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// The path with its query.
    pub path: String,
    /// A JSON body, which makes it a POST.
    pub body: Option<String>,
    /// What is accepted, when not just JSON.
    pub accept: Option<&'static str>,
    /// Who to be instead of whom the kubeconfig says.
    pub impersonation: Option<Vec<(HeaderName, HeaderValue)>>,
}

impl Ask {
    /// Reads something.
    pub fn get(path: impl Into<String>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }

    /// Sends an object.
    pub fn post(path: impl Into<String>, body: &serde_json::Value) -> Self {
        Self { path: path.into(), body: Some(body.to_string()), ..Self::default() }
    }
}

/// What an API server says when it does not answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Status {
    kind: String,
    message: String,
}

/// How an attempt ended that did not succeed.
enum Missed {
    /// For good.
    Fault(Fault),
    /// The server asks to wait: how long, and what it is if waiting is too long.
    Later(Duration, Fault),
    /// The credential of this generation was refused.
    Refused(u64, Fault),
}

/// What has been tried for one request.
struct Tries {
    /// When its time is over.
    deadline: Instant,
    /// How often it was turned away for now.
    later: u32,
    /// Whether the credential was renewed for it.
    is_renewed: bool,
    /// Whether a connection broke under it: one that was idle may have ended without a word, the next is a new one.
    is_broken: bool,
    /// How many connections ended before it was sent.
    unsent: u32,
}

impl Tries {
    fn until(deadline: Instant) -> Self {
        Self { deadline, later: 0, is_renewed: false, is_broken: false, unsent: 0 }
    }

    /// Whether a broken connection is a reason to try once more. Nothing that is asked changes anything.
    fn is_worth_another(&mut self, fault: &Fault) -> bool {
        match fault {
            Fault::Broken(_) => !std::mem::replace(&mut self.is_broken, true),
            Fault::Unsent(_) => {
                self.unsent += 1;
                // all that wait for the same connection lose it
                self.unsent as usize <= SIDE_BY_SIDE
            }
            _ => false,
        }
    }
}

impl Http {
    /// How many requests may be under way.
    pub fn slots() -> Semaphore {
        Semaphore::new(SIDE_BY_SIDE)
    }

    /// A whole answer.
    pub async fn answer(&self, ask: &Ask) -> Result<Vec<u8>, Fault> {
        self.credential.shown().await.map_err(Fault::Unauthorized)?;
        let (_slot, deadline) = self.turn().await?;
        let mut tries = Tries::until(deadline);
        loop {
            let response = self.response(ask, &mut tries).await?;
            match self.whole(response.into_body(), &ask.path, LARGEST, tries.deadline).await {
                Err(fault) if tries.is_worth_another(&fault) => {}
                result => return result,
            }
        }
    }

    /// An answer that goes on: its beginning has come, and its body is yet to be read.
    pub async fn stream(&self, ask: &Ask) -> Result<Body, Fault> {
        self.credential.shown().await.map_err(Fault::Unauthorized)?;
        let response = self.response(ask, &mut Tries::until(Instant::now() + self.limit)).await?;
        Ok(response.into_body())
    }

    /// Waits for a turn, and tells until when the answer has to be there.
    ///
    /// Many that wait for each other may take longer than the limit, as long as the server goes on answering; a server
    /// that answers nobody has no more time for all together than for one.
    async fn turn(&self) -> Result<(SemaphorePermit<'_>, Instant), Fault> {
        let began = Instant::now();
        let deadline = || self.answered().map_or(began, |answered| answered.max(began)) + self.limit;
        let mut slot = pin!(self.slots.acquire());
        loop {
            match timeout_at(deadline(), &mut slot).await {
                Ok(slot) => return Ok((slot.map_err(|_| self.silence())?, deadline())),
                Err(_) if deadline() <= Instant::now() => return Err(self.silence()),
                Err(_) => {}
            }
        }
    }

    /// When the server answered last, to the end.
    fn answered(&self) -> Option<Instant> {
        *self.answered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// No answer in time.
    fn silence(&self) -> Fault {
        Fault::Other(failure::silent(&self.server, self.limit))
    }

    /// A fault of the way.
    pub fn broken(&self, error: &kube::Error) -> Fault {
        failure::of_error(&self.server, self.config.proxy_url.as_ref(), error, self.limit)
    }

    /// The beginning of a successful answer.
    async fn response(&self, ask: &Ask, tries: &mut Tries) -> Result<http::Response<Body>, Fault> {
        loop {
            match self.attempt(ask, tries.deadline).await {
                Ok(response) => return Ok(response),
                Err(Missed::Fault(fault)) if tries.is_worth_another(&fault) => {}
                Err(Missed::Fault(fault)) => return Err(fault),
                Err(Missed::Later(pause, fault)) => {
                    tries.later += 1;
                    // the server is asked to wait no longer than our own limit
                    if tries.later > RETRIES || Instant::now() + pause >= tries.deadline {
                        return Err(fault);
                    }
                    sleep(pause).await;
                }
                Err(Missed::Refused(generation, fault)) => {
                    if std::mem::replace(&mut tries.is_renewed, true) {
                        return Err(fault);
                    }
                    match self.credential.renew(generation).await {
                        // what the plugin took is not the server's
                        Ok(true) => tries.deadline = Instant::now() + self.limit,
                        Ok(false) => return Err(fault),
                        Err(failure) => return Err(Fault::Unauthorized(failure)),
                    }
                }
            }
        }
    }

    async fn attempt(&self, ask: &Ask, deadline: Instant) -> Result<http::Response<Body>, Missed> {
        let shown = self.credential.shown().await.map_err(|failure| Missed::Fault(Fault::Unauthorized(failure)))?;
        let client = self.client(&shown).map_err(|failure| Missed::Fault(Fault::Other(failure)))?;
        let request = self.request(ask, &shown).map_err(|failure| Missed::Fault(Fault::Other(failure)))?;
        let sent = heard::now();
        let response = match timeout_at(deadline, client.send(request)).await {
            Err(_) => return Err(Missed::Fault(self.silence())),
            Ok(Err(error)) => return Err(Missed::Fault(self.broken(&error))),
            Ok(Ok(response)) => response,
        };
        self.heard.time(response.headers(), sent);
        let status = response.status().as_u16();
        match status {
            200..=299 => {
                self.heard.stands(shown.generation, true);
                return Ok(response);
            }
            300..=399 => {
                let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
                return Err(Missed::Fault(Fault::Other(failure::redirect(&self.server, status, to))));
            }
            _ => {}
        }
        let wait = wait(response.headers());
        // what it says may be endless, or never come
        let body = self.whole(response.into_body(), &ask.path, LONGEST_WORDS, deadline).await.unwrap_or_default();
        let fault = || failure::status(&self.server, &ask.path, status, &words(&body), wait);
        match status {
            401 => self.heard.stands(shown.generation, false),
            // who may not do something is somebody
            403 if words(&body).is_status => self.heard.stands(shown.generation, true),
            _ => {}
        }
        Err(match (status, wait) {
            (401, _) => Missed::Refused(shown.generation, Fault::Unauthorized(self.unauthorized())),
            (429 | 503, Some(wait)) => Missed::Later(wait, fault()),
            (429 | 502..=504, _) => Missed::Later(PAUSE, fault()),
            _ => Missed::Fault(fault()),
        })
    }

    fn request(&self, ask: &Ask, shown: &Shown) -> Result<Request<Body>, Failure> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(ask.accept.unwrap_or("application/json")));
        if let Some(header) = &shown.header {
            headers.insert(AUTHORIZATION, header.clone());
        }
        for (name, value) in ask.impersonation.as_ref().unwrap_or(&self.impersonation) {
            headers.append(name, value.clone());
        }
        let (method, body) = match &ask.body {
            None => (Method::GET, Body::empty()),
            Some(body) => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                (Method::POST, Body::from(body.clone().into_bytes()))
            }
        };
        let mut request = Request::builder()
            .method(method)
            .uri(&ask.path)
            .body(body)
            .map_err(|error| Failure::failed(format!("cannot ask {} for `{}`: {error}", self.server, ask.path)))?;
        *request.headers_mut() = headers;
        Ok(request)
    }

    /// The client for what is presented: another certificate, or none any more, needs new connections.
    fn client(&self, shown: &Shown) -> Result<kube::Client, Failure> {
        let mut held = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        if held.generation != shown.generation && (shown.certificate.is_some() || held.has_certificate) {
            held.client = super::config::client(&self.config, shown.certificate.as_ref())?;
            held.has_certificate = shown.certificate.is_some();
        }
        held.generation = shown.generation;
        Ok(held.client.clone())
    }

    /// A body to its end, or to the end of patience.
    async fn whole(&self, mut body: Body, path: &str, most: usize, deadline: Instant) -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::new();
        loop {
            match timeout_at(deadline, body.frame()).await {
                Err(_) => return Err(Fault::Other(failure::unfinished(&self.server, path, self.limit))),
                Ok(None) => {
                    *self.answered.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
                    return Ok(bytes);
                }
                Ok(Some(Err(error))) => return Err(self.broken(&error)),
                Ok(Some(Ok(frame))) => {
                    if let Ok(data) = frame.into_data() {
                        if bytes.len() + data.len() > most {
                            return Err(Fault::Other(failure::endless(&self.server, path, most)));
                        }
                        bytes.extend_from_slice(&data);
                    }
                }
            }
        }
    }

    /// What a refusal of the credential comes to.
    pub fn unauthorized(&self) -> Failure {
        self.advice
            .iter()
            .fold(Failure::unauthorized(format!("{} does not accept the credential (401 Unauthorized)", self.server)), |failure, hint| {
                failure.hint(hint.clone())
            })
    }
}

/// How long a server asks to wait; a date is as good as nothing here.
fn wait(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// The message of a Status, or the first line of plain text.
fn words(body: &[u8]) -> Words {
    if let Ok(status) = serde_json::from_slice::<Status>(body) {
        return Words { text: status.message, is_status: status.kind == "Status" };
    }
    let text = String::from_utf8_lossy(body.get(..body.len().min(2000)).unwrap_or_default());
    let text = text.trim();
    // a page for browsers says nothing in its first line
    let is_page = text.starts_with('<');
    Words { text: if is_page { String::new() } else { text.lines().next().unwrap_or_default().to_owned() }, is_status: false }
}

/// Shared by everything that asks the same server.
pub type Shared = Arc<Http>;
