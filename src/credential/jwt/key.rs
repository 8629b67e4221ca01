//! The keys of an issuer, as it publishes them: a JSON web key set (RFC 7517).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

/// A public key that signatures can be verified with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jwk {
    /// Its id; none where it has none.
    pub id: Option<String>,
    pub(super) public: Public,
}

/// A key by its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Public {
    /// Modulus and exponent, big-endian.
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    /// The curve (`P-256`, `P-384`, `P-521`) and the point, uncompressed.
    Ec { curve: String, point: Vec<u8> },
    /// Ed25519.
    Ed25519(Vec<u8>),
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Raw {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    n: Option<String>,
    e: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// The keys of a set; those of unknown kinds, for encryption, or damaged are passed over.
///
/// # Errors
/// When the text is no key set: why, going on after what should be one.
pub fn keys(text: &[u8]) -> Result<Vec<Jwk>, String> {
    let set: Set = serde_json::from_slice(text).map_err(|error| format!("is no JSON web key set: {error}"))?;
    Ok(set.keys.into_iter().filter_map(key).collect())
}

fn key(value: Value) -> Option<Jwk> {
    let raw: Raw = serde_json::from_value(value).ok()?;
    if raw.usage.as_deref().is_some_and(|usage| usage != "sig") {
        return None;
    }
    let bytes = |text: &Option<String>| URL_SAFE_NO_PAD.decode(text.as_ref()?).ok();
    let public = match (raw.kty.as_str(), raw.crv.as_deref()) {
        ("RSA", _) => Public::Rsa { modulus: bytes(&raw.n)?, exponent: bytes(&raw.e)? },
        ("EC", Some(curve @ ("P-256" | "P-384" | "P-521"))) => {
            let (x, y) = (bytes(&raw.x)?, bytes(&raw.y)?);
            Public::Ec { curve: curve.to_owned(), point: [&[4], x.as_slice(), &y].concat() }
        }
        ("OKP", Some("Ed25519")) => Public::Ed25519(bytes(&raw.x)?),
        _ => return None,
    };
    Some(Jwk { id: raw.kid, public })
}
