//! Whether a signature is that of one of the issuer's keys.

use ring::signature::{self, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm};
use secrecy::ExposeSecret as _;

use super::key::Public;
use super::{Jwk, Token};
use crate::credential::encoding;

/// What is known of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Signature {
    /// It is that of one of the keys.
    Valid,
    /// A key that it should be of says that it is not.
    Invalid,
    /// No key is known that it should be of, or its algorithm is not one that can be verified here (ES512).
    Unverified,
    /// There is none.
    None,
}

impl Signature {
    /// As the JSON output has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Unverified => "unverified",
            Self::None => "none",
        }
    }
}

/// Verifies a signature with the issuer's keys: with those of the id that the token names, else with each.
///
/// ES512 is beyond the library: such a signature stays unverified.
pub fn verify(token: &Token, keys: &[Jwk]) -> Signature {
    if !token.has_signature {
        return Signature::None;
    }
    let Some(algorithm) = token.algorithm() else { return Signature::Unverified };
    let compact = token.compact.expose_secret();
    let Some((message, signature)) = compact.rsplit_once('.') else { return Signature::Unverified };
    let (_, signature) = encoding::decode(signature);
    let fits = |key: &&Jwk| token.key_id().is_none() || key.id.as_deref() == token.key_id();
    let results: Vec<Option<bool>> =
        keys.iter().filter(fits).map(|key| holds(&key.public, algorithm, message.as_bytes(), &signature)).collect();
    if results.contains(&Some(true)) {
        Signature::Valid
    } else if results.is_empty() || results.contains(&None) {
        Signature::Unverified
    } else {
        Signature::Invalid
    }
}

/// Whether a key of the kind that an algorithm takes made the signature; none where that cannot be told.
fn holds(key: &Public, algorithm: &str, message: &[u8], signature: &[u8]) -> Option<bool> {
    match (key, algorithm) {
        (Public::Rsa { modulus, exponent }, _) => {
            let Some(parameters) = rsa(algorithm) else { return Some(false) };
            // RFC 7518 says that a number has no zeros before it; ring insists
            let trim = |bytes: &[u8]| bytes.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<u8>>();
            let components = RsaPublicKeyComponents { n: trim(modulus), e: trim(exponent) };
            // it takes 2048 to 8192 bits
            if !(256..=1024).contains(&components.n.len()) {
                return None;
            }
            Some(components.verify(parameters, message, signature).is_ok())
        }
        (Public::Ec { .. }, "ES512") => None,
        (Public::Ec { curve, point }, _) => {
            let known: &dyn VerificationAlgorithm = match (curve.as_str(), algorithm) {
                ("P-256", "ES256") => &signature::ECDSA_P256_SHA256_FIXED,
                ("P-384", "ES384") => &signature::ECDSA_P384_SHA384_FIXED,
                _ => return Some(false),
            };
            Some(UnparsedPublicKey::new(known, point).verify(message, signature).is_ok())
        }
        (Public::Ed25519(point), "EdDSA" | "Ed25519") => {
            Some(UnparsedPublicKey::new(&signature::ED25519, point).verify(message, signature).is_ok())
        }
        (Public::Ed25519(_), _) => Some(false),
    }
}

fn rsa(algorithm: &str) -> Option<&'static RsaParameters> {
    Some(match algorithm {
        "RS256" => &signature::RSA_PKCS1_2048_8192_SHA256,
        "RS384" => &signature::RSA_PKCS1_2048_8192_SHA384,
        "RS512" => &signature::RSA_PKCS1_2048_8192_SHA512,
        "PS256" => &signature::RSA_PSS_2048_8192_SHA256,
        "PS384" => &signature::RSA_PSS_2048_8192_SHA384,
        "PS512" => &signature::RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}
