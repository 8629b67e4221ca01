//! JSON web tokens: those of service accounts, bound and of old, and those of OIDC providers.
//!
//! What a token says is not verified by reading it; [`verify`] does so where the issuer's keys are known. Sources: the
//! authenticators of Kubernetes 1.36 (`pkg/serviceaccount`, `apiserver/plugin/pkg/authenticator/token/oidc`) and the
//! libraries they use, go-jose 2.6 and go-oidc 2.5.

mod account;
pub mod json;
mod key;
mod lint;
mod part;
mod verify;

use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::{Map, Value};

use super::encoding;

pub use account::{Kind, ServiceAccount};
pub use key::{Jwk, keys};
pub use lint::lint;
pub use part::parts;
pub use verify::{Signature, verify};

/// The most that is read, in bytes; no server takes a header that is longer.
pub const LARGEST: usize = 1 << 20;

/// A token, taken apart.
#[derive(Clone, Debug)]
pub struct Token {
    /// Its length in bytes.
    pub length: usize,
    /// The header; empty where it cannot be read.
    pub header: Map<String, Value>,
    /// The claims; empty where they cannot be read.
    pub claims: Map<String, Value>,
    /// What is wrong with its form: a server refuses it for each of these.
    pub defects: Vec<Defect>,
    /// Names that stand twice in one object, as a path: `claims.sub`.
    pub duplicates: Vec<String>,
    /// Whether there is a signature.
    pub has_signature: bool,
    /// The whole, for the check of its signature.
    compact: SecretString,
}

/// What is wrong with a token's form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Defect {
    /// It has so many parts, and not three.
    Parts(usize),
    /// A part, named, is no base64url: Go's words.
    Encoding(&'static str, String),
    /// A part, named, is no JSON object: why.
    Json(&'static str, String),
    /// A part, named, is nested deeper than is read here; servers may read it.
    Depth(&'static str),
}

/// Whether a text is a token, whole or cut short: one of its first two parts is an object.
pub fn is_like(text: &str) -> bool {
    let text = text.get(..text.len().min(LARGEST)).unwrap_or_default();
    let mut parts = text.split('.');
    let first = parts.next();
    let (header, claims) = (object(first), object(parts.next()));
    // a text with a token in it is none
    let is_word = first.is_some_and(|first| first.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=+/".contains(&byte)));
    let is_whole = is_word && claims.is_some() && parts.count() == 1;
    let says_algorithm = || header.as_ref().is_some_and(|header| header.windows(5).any(|window| window == b"\"alg\""));
    (header.is_some() && text.bytes().filter(|byte| *byte == b'.').count() == 2) || is_whole || says_algorithm()
}

/// A part that begins as an object does; other words begin so too in base64, as `example` does.
fn object(part: Option<&str>) -> Option<Vec<u8>> {
    let (_, bytes) = encoding::decode(part?);
    let second = bytes.strip_prefix(b"{")?.first()?;
    matches!(second, b'"' | b'}' | b' ' | b'\n' | b'\r' | b'\t').then_some(bytes)
}

impl Token {
    /// Takes a token apart, as it was presented.
    pub fn read(text: &str) -> Self {
        let mut token = Self {
            length: text.len(),
            header: Map::new(),
            claims: Map::new(),
            defects: Vec::new(),
            duplicates: Vec::new(),
            has_signature: false,
            compact: SecretString::from(text),
        };
        let count = text.bytes().filter(|byte| *byte == b'.').count() + 1;
        if count != 3 {
            token.defects.push(Defect::Parts(count));
        }
        let mut parts = text.split('.');
        token.header = token.object("header", parts.next().unwrap_or_default());
        // the five parts of an encrypted one are no claims
        if let Some(claims) = parts.next().filter(|_| count <= 3) {
            token.claims = token.object("claims", claims);
        }
        if let Some(signature) = parts.next().filter(|_| count == 3) {
            let (refused, bytes) = encoding::decode(signature);
            token.defects.extend(refused.map(|why| Defect::Encoding("signature", why)));
            token.has_signature = !bytes.is_empty();
        }
        token
    }

    fn object(&mut self, name: &'static str, part: &str) -> Map<String, Value> {
        let (refused, bytes) = encoding::decode(part);
        let is_whole = refused.is_none();
        self.defects.extend(refused.map(|why| Defect::Encoding(name, why)));
        match json::object(&bytes, name) {
            Ok((object, duplicates)) => {
                self.duplicates.extend(duplicates);
                object
            }
            Err(json::Problem::Depth) => {
                self.defects.push(Defect::Depth(name));
                Map::new()
            }
            Err(json::Problem::Other(why)) => {
                // one defect is enough of what is no base64
                if is_whole {
                    self.defects.push(Defect::Json(name, why));
                }
                Map::new()
            }
        }
    }

    /// A claim that is a text.
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(Value::as_str)
    }

    /// Who issued it.
    pub fn issuer(&self) -> Option<&str> {
        self.text("iss")
    }

    /// Whom it is about.
    pub fn subject(&self) -> Option<&str> {
        self.text("sub")
    }

    /// Whom it is for; one as a text or several as a list.
    pub fn audiences(&self) -> Vec<&str> {
        match self.claims.get("aud") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// How it says that it is signed.
    pub fn algorithm(&self) -> Option<&str> {
        self.header.get("alg").and_then(Value::as_str)
    }

    /// Which key it says that it is signed with.
    pub fn key_id(&self) -> Option<&str> {
        self.header.get("kid").and_then(Value::as_str).filter(|id| !id.is_empty())
    }

    /// When it was issued.
    pub fn issued_at(&self) -> Option<Timestamp> {
        moment(self.claims.get("iat")?)
    }

    /// From when it is valid.
    pub fn not_before(&self) -> Option<Timestamp> {
        moment(self.claims.get("nbf")?)
    }

    /// When it ends; none for one that never does.
    pub fn expires_at(&self) -> Option<Timestamp> {
        moment(self.claims.get("exp")?)
    }

    /// From when its use is recorded as stale, although it still counts: the time at which it should have been replaced.
    pub fn warns_after(&self) -> Option<Timestamp> {
        moment(self.claims.get("kubernetes.io")?.get("warnafter")?)
    }
}

/// A time as claims have it: seconds since 1970 in UTC, in whole or not; some issuers write the number as a text.
///
/// What no calendar has is its first or last moment; what Go's numbers have not is none.
#[expect(clippy::cast_possible_truncation, reason = "a number out of range was left out before")]
pub(super) fn moment(value: &Value) -> Option<Timestamp> {
    let seconds = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.parse().ok().filter(|number: &f64| number.is_finite())?,
        _ => return None,
    };
    let end = if seconds < 0.0 { Timestamp::MIN } else { Timestamp::MAX };
    (seconds.abs() < 9.2e18).then(|| Timestamp::from_second(seconds as i64).unwrap_or(end))
}

#[cfg(test)]
mod tests;
