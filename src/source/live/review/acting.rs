//! Asking as somebody else, and what is lacking where the server does not let us.

use futures::future::join_all;
use http::{HeaderName, HeaderValue};

use super::{names, self_review};
use crate::authz::impersonation::{Wanted, hints};
use crate::authz::server::Asked;
use crate::authz::{Request, ServerVerdict, can_i};
use crate::base::text::sanitise;
use crate::base::{Failure, Name, known};
use crate::identity::Identity;
use crate::source::live::failure::Fault;
use crate::source::live::http::Http;

pub(super) type Headers = Vec<(HeaderName, HeaderValue)>;

/// Asks as somebody else: with exactly their groups or, where naming those that the server adds by itself is refused,
/// without them, which comes to the same.
pub(super) async fn impersonating(http: &Http, identity: &Identity, request: &Request, refusal: &str) -> Result<ServerVerdict, Failure> {
    let neither_with = |second: &str, lacking: Vec<String>| {
        let failure = Failure::failed(format!("{} lets us neither ask about {identity} nor be {identity} to ask", http.server))
            .hint(format!("Ask as somebody who may: {}", can_i(identity, request)));
        let failure = lacking.into_iter().fold(failure, Failure::hint);
        failure.hint(format!("Its words: {}; {}", sanitise(refusal), sanitise(second)))
    };
    let neither = |second: &str| neither_with(second, Vec::new());
    let Some(username) = identity.username.filter(|username| !username.is_empty()) else {
        return Err(neither("a group cannot be impersonated without a user"));
    };
    // the server would add a group that the identity has not got: a verdict for somebody else
    let unknown = *known::UNAUTHENTICATED;
    let expected = if username == "system:anonymous" { unknown } else { *known::AUTHENTICATED };
    if !identity.groups.contains(&expected) && !identity.groups.contains(&unknown) {
        return Err(neither(&format!("impersonation always adds group {expected}")));
    }
    let extra = || identity.extra.iter().flat_map(|(key, values)| values.iter().map(|value| (key.as_str(), value.as_str())));
    let all: Vec<&str> = names(&identity.groups);
    let fewer: Vec<&str> = all.iter().copied().filter(|group| *group != expected.as_str()).collect();
    let own = |groups: &[&str]| {
        identity
            .service_account()
            .is_some_and(|(namespace, _)| groups == ["system:serviceaccounts", format!("system:serviceaccounts:{namespace}").as_str()])
    };
    let fewest = if own(&fewer) { Vec::new() } else { fewer };
    let mut said = String::new();
    for groups in [all, fewest.clone()] {
        let headers = headers(username.as_str(), groups.into_iter(), identity.uid.as_str(), extra())?;
        match self_review(http, request, Some(headers)).await {
            Ok(access) => return Ok(access.verdict(Asked::Impersonating)),
            Err(Fault::Forbidden(refusal)) => said = refusal,
            Err(fault) => return Err(fault.failure(&http.server)),
        }
    }
    let fewest = Identity { groups: fewest.into_iter().map(Name::new).collect(), ..identity.clone() };
    Err(neither_with(&said, lacking(http, &Wanted::of(&fewest)).await))
}

/// How many checks of an impersonation are asked about.
const MOST_CHECKS: usize = 12;

/// What we lack to be somebody, as the server says of each check, and what would give it; nothing where it does not say.
pub(super) async fn lacking(http: &Http, wanted: &Wanted) -> Vec<String> {
    let checks: Vec<Request> = wanted.legacy_checks().into_iter().take(MOST_CHECKS).collect();
    let answers = join_all(checks.iter().map(|check| self_review(http, check, Some(Vec::new())))).await;
    let denied = checks.iter().zip(answers).filter(|(_, answer)| answer.as_ref().is_ok_and(|access| !access.allowed));
    hints(&denied.map(|(check, _)| *check).collect::<Vec<Request>>(), MOST_NAMED)
}

/// How many are named.
const MOST_NAMED: usize = 4;

/// The headers that make a request somebody else's.
///
/// # Errors
/// When a name cannot stand in a header.
pub fn headers<'a>(
    user: &str,
    groups: impl Iterator<Item = &'a str>,
    uid: &str,
    extra: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<Headers, Failure> {
    // spaces at the ends are lost on the way: the server would take it for another name
    let value = |text: &str| {
        let value = HeaderValue::from_bytes(text.as_bytes()).ok().filter(|_| text.trim() == text);
        value.ok_or_else(|| {
            Failure::failed(format!("`{}` cannot be impersonated: no HTTP header can hold the name", sanitise(text)))
                .hint("Ask as somebody who may create SubjectAccessReviews.")
        })
    };
    let mut headers = vec![(HeaderName::from_static("impersonate-user"), value(user)?)];
    for group in groups {
        headers.push((HeaderName::from_static("impersonate-group"), value(group)?));
    }
    if !uid.is_empty() {
        headers.push((HeaderName::from_static("impersonate-uid"), value(uid)?));
    }
    for (key, content) in extra {
        let name = HeaderName::try_from(format!("impersonate-extra-{}", escaped(key)))
            .map_err(|_| Failure::failed(format!("the extra key `{}` cannot be impersonated", sanitise(key))))?;
        headers.push((name, value(content)?));
    }
    Ok(headers)
}

/// An extra key as it may stand in a header's name: percent signs for what a name cannot hold, and for capitals, which the
/// server would take for small letters (EKS has `canonicalArn`).
fn escaped(key: &str) -> String {
    use std::fmt::Write as _;

    let mut out = String::with_capacity(key.len());
    for byte in key.bytes() {
        if byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$&'*+-.^_`|~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Whom headers name.
pub(super) fn named_by(headers: &[(HeaderName, HeaderValue)]) -> Wanted {
    let mut wanted = Wanted::default();
    for (header, value) in headers {
        let value = Name::new(&String::from_utf8_lossy(value.as_bytes()));
        match header.as_str() {
            "impersonate-user" => wanted.user = value,
            "impersonate-uid" => wanted.uid = value,
            "impersonate-group" => wanted.groups.push(value),
            other => {
                let key = other.strip_prefix("impersonate-extra-").map(unescaped);
                wanted.extra.entry(Name::new(&key.unwrap_or_default())).or_default().push(value);
            }
        }
    }
    wanted
}

/// An extra key out of a header's name.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = after.get(..2).filter(|_| *first == b'%').and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
