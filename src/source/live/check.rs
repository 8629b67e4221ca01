//! What a cluster, and the issuer of a token, tell of the credential that is presented.
//!
//! Nothing here changes anything, and no issuer is ever sent a token. What may not be looked at stays open, and is noted.

mod keys;
mod object;
mod watching;

use std::sync::Arc;

use futures::future::join_all;
use http::HeaderValue;
use jiff::Timestamp;

use super::credential::now;
use super::failure::Fault;
use super::http::{Ask, Http, Shared};
use crate::base::Finding;
use crate::credential::jwt::{self, Signature};
use crate::credential::live::{self, Bound, Heard, Seen, bounds};
use crate::credential::{Content, Decoded, Expected};
use object::{Found, Unseen};

pub use watching::Checks;

/// What was found out about a credential by asking.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// All that is to be said of the credential, the worst first: in place of what was said before anybody was asked.
    pub findings: Vec<Finding>,
    /// What is known of a token's signature; none for what is no JSON web token.
    pub signature: Option<Signature>,
    /// Whose keys the signature was held against: the cluster's, or an issuer's URL; none where none could be had.
    pub keys_from: Option<String>,
    /// By how many seconds the server's clock is ahead of ours; none where it did not tell the time.
    pub skew_seconds: Option<i64>,
    /// Whether the server takes the credential; none where it could not be asked, or takes another that is presented beside.
    pub is_accepted: Option<bool>,
    /// What could not be looked at, and why: a sentence each.
    pub notes: Vec<String>,
    /// What the credential was held against: the keys, and the server's time.
    pub expected: Expected,
    /// The credential; another one than before where a plugin or a file has given a new one.
    pub decoded: Option<Arc<Decoded>>,
}

impl Checked {
    /// Whether the same is to be said.
    fn says_as(&self, other: &Self) -> bool {
        let said = |checked: &Self| (checked.findings.clone(), checked.signature, checked.is_accepted, checked.notes.clone());
        said(self) == said(other)
    }
}

/// Who is asked, and what the kubeconfig tells.
#[derive(Clone, Debug)]
pub struct Asking {
    http: Shared,
    expected: Arc<Expected>,
}

/// What was seen.
#[derive(Debug)]
struct Looked {
    decoded: Arc<Decoded>,
    heard: Heard,
    /// What can be watched, in the order of what the token is bound to.
    found: Vec<Option<Found>>,
    notes: Vec<String>,
}

impl Asking {
    /// Asks this server.
    pub fn new(http: &Shared, expected: &Arc<Expected>) -> Self {
        Self { http: Arc::clone(http), expected: Arc::clone(expected) }
    }

    /// Asks once.
    pub async fn check(&self, decoded: &Arc<Decoded>) -> Checked {
        let looked = self.look(decoded, &[]).await;
        self.tell(&looked)
    }

    /// Looks at everything; `before` is how things stood earlier.
    async fn look(&self, decoded: &Arc<Decoded>, before: &[(Bound, Option<Seen>)]) -> Looked {
        let bound = bounds(decoded);
        let mut looked = Looked { decoded: Arc::clone(decoded), heard: Heard::default(), found: Vec::new(), notes: Vec::new() };
        looked.found.resize_with(bound.len(), || None);
        looked.heard.bound = bound.iter().map(|bound| (bound.clone(), None)).collect();
        let token = match &decoded.content {
            Content::Jwt(token) => Some(token),
            _ => None,
        };
        let goes_on = match token {
            Some(token) => keys::of_cluster(&self.http, token, &mut looked.heard, &mut looked.notes).await,
            // any answer tells the time, and whether the credential is taken
            None => keys::goes_on(&self.http, self.http.answer(&oneself("/version")).await.map(drop), &mut looked.notes),
        };
        if let Some(token) = token {
            keys::of_issuer(&self.http, token, &mut looked.heard, &mut looked.notes).await;
        }
        if goes_on && !token.is_some_and(|token| is_foreign(token, &looked.heard)) {
            self.look_at(&bound, &mut looked).await;
        }
        for ((bound, seen), (_, earlier)) in looked.heard.bound.iter_mut().zip(before) {
            // what was gone is so whether it may still be looked at or not
            if seen.is_none() && earlier.as_ref().is_some_and(|earlier| bound.is_over(earlier) || *earlier == Seen::Gone) {
                seen.clone_from(earlier);
            }
        }
        looked
    }

    /// Looks at what the token is bound to.
    async fn look_at(&self, bound: &[Bound], looked: &mut Looked) {
        let answers = join_all(bound.iter().map(|bound| object::look(&self.http, bound))).await;
        let slots = looked.heard.bound.iter_mut().zip(&mut looked.found);
        for (((bound, seen), found), answer) in slots.zip(answers) {
            match answer {
                Ok(answer) => {
                    *seen = Some(answer.seen.clone());
                    *found = Some(answer);
                }
                Err(Unseen::Unauthorized) => {}
                Err(Unseen::Why(why)) => looked.notes.push(format!("{} could not be looked at: {why}", bound.named())),
            }
        }
    }

    /// What follows from what was seen, now.
    fn tell(&self, looked: &Looked) -> Checked {
        let skew = self.http.heard.skew();
        let heard = Heard { skew, is_accepted: self.is_accepted(&looked.decoded), ..looked.heard.clone() };
        let expected = Expected { now: Timestamp::from_second(now()).ok(), ..(*self.expected).clone() };
        let judged = live::judge(&looked.decoded, &heard, &expected);
        Checked {
            findings: judged.findings,
            signature: judged.signature,
            keys_from: judged.keys_from,
            skew_seconds: skew.map(|skew| skew.seconds()),
            is_accepted: heard.is_accepted,
            notes: looked.notes.clone(),
            expected: judged.expected,
            decoded: Some(Arc::clone(&looked.decoded)),
        }
    }

    /// Whether the server takes this credential, by what it answered last; none where it may have taken another one.
    fn is_accepted(&self, decoded: &Decoded) -> Option<bool> {
        let shown = self.http.credential.held_now();
        let standing = (*self.http.heard.standing().borrow()).filter(|standing| standing.generation == shown.generation)?;
        let has_certificate = shown.certificate.is_some() || self.http.config.auth_info.client_certificate_data.is_some();
        if standing.is_accepted && has_certificate && shown.header.is_some() {
            return None;
        }
        match current(&self.http) {
            Some(current) if current.sha256 != decoded.sha256 => None,
            _ => Some(standing.is_accepted),
        }
    }
}

/// Asks as oneself, even where the kubeconfig says to act as somebody else: it is about one's own credential.
fn oneself(path: &str) -> Ask {
    Ask { impersonation: Some(Vec::new()), ..Ask::get(path) }
}

/// What is presented at the moment, where that may change over time.
fn current(http: &Http) -> Option<Decoded> {
    let shown = http.credential.held_now();
    let bearer = |header: &HeaderValue| header.to_str().ok()?.strip_prefix("Bearer ").map(|token| Decoded::read(token.as_bytes()));
    match (&shown.header, &shown.certificate) {
        (Some(header), _) => bearer(header),
        (None, Some(identity)) => Some(Decoded::read(identity.certificate.as_bytes())),
        (None, None) => None,
    }
}

/// Whether a token is for certain none of this cluster's own: names in it then mean nothing here.
fn is_foreign(token: &jwt::Token, heard: &Heard) -> bool {
    let is_signed_here = heard.cluster_keys.as_ref().is_none_or(|keys| jwt::verify(token, keys) == Signature::Valid);
    let is_issued_here = heard.issuer.as_deref().is_none_or(|issuer| token.issuer() == Some(issuer));
    token.kind() == jwt::Kind::ServiceAccountBound && !is_signed_here && !is_issued_here
}

/// A fault in a few words, for a note.
fn why(http: &Http, fault: Fault) -> String {
    match fault {
        Fault::Forbidden(message) => format!("the server refuses it: {}", crate::base::text::sanitise(&message)),
        other => other.failure(&http.server).message,
    }
}
