//! Private keys, as far as must be known to tell whether one belongs to a certificate: the public half that stands in most.

use std::fmt;

use x509_parser::asn1_rs::{Any, Class, FromDer as _};

use super::pem;
use super::x509::Certificate;

/// The public half of a key pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    algorithm: Algorithm,
    /// The modulus of RSA, the point of an elliptic curve; none where the private key does not give it.
    public: Option<Vec<u8>>,
}

/// A kind of key.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Algorithm {
    Rsa,
    Ec,
    /// Others, by their object identifier in DER.
    Other(Vec<u8>),
}

/// Why there is no key; it goes on after what should be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There is no block of PEM.
    NoPem,
    /// There are blocks, and none is a private key's.
    NoKey,
    /// It is encrypted, which clients do not take.
    Encrypted,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoPem => "is no PEM",
            Self::NoKey => "holds no private key",
            Self::Encrypted => "is encrypted, which clients do not take",
        })
    }
}

impl std::error::Error for Problem {}

/// The object identifiers of `rsaEncryption` and `id-ecPublicKey`, in DER.
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];

/// The tags of ASN.1.
const INTEGER: u32 = 2;
const BIT_STRING: u32 = 3;
const OCTET_STRING: u32 = 4;
const OBJECT_IDENTIFIER: u32 = 6;
const SEQUENCE: u32 = 16;

impl Key {
    /// Whether a certificate is of this key; none where that cannot be told.
    pub fn fits(&self, certificate: &Certificate) -> Option<bool> {
        let other = of_certificate(&certificate.public_key)?;
        if self.algorithm != other.algorithm {
            return Some(false);
        }
        let (own, other) = (self.public.as_ref()?, other.public?);
        // a point of a curve can be written in two ways
        let is_comparable = self.algorithm != Algorithm::Ec || own.first() == other.first();
        is_comparable.then(|| *own == other)
    }
}

/// The private key of a text, as clients find it; nothing is told of one whose form is not known.
///
/// # Errors
/// When there is none, or it is encrypted.
pub fn private(text: &[u8]) -> Result<Option<Key>, Problem> {
    let blocks = pem::blocks(text);
    // tls.X509KeyPair takes the first of them
    match blocks.iter().find(|block| block.label == "PRIVATE KEY" || block.label.ends_with(" PRIVATE KEY")) {
        None if blocks.is_empty() => Err(Problem::NoPem),
        None => Err(Problem::NoKey),
        Some(block) if block.is_encrypted || block.label == "ENCRYPTED PRIVATE KEY" => Err(Problem::Encrypted),
        Some(block) => Ok(of_private(&block.bytes)),
    }
}

/// PKCS #8, or one of the forms of old.
fn of_private(der: &[u8]) -> Option<Key> {
    let parts = parts(der)?;
    let Some(second) = parts.get(1).filter(|part| part.tag().0 == SEQUENCE) else { return of_old(&parts) };
    let algorithm = algorithm(second)?;
    match algorithm {
        Algorithm::Rsa | Algorithm::Ec => {
            let inner = parts.get(2).filter(|part| part.tag().0 == OCTET_STRING)?;
            of_old(&self::parts(inner.data)?).filter(|key| key.algorithm == algorithm)
        }
        // RFC 5958: the public key may stand beside the private one
        Algorithm::Other(_) => Some(Key { algorithm, public: tagged(&parts).and_then(|part| bits(part.data)) }),
    }
}

/// PKCS #1 or SEC 1, told apart by the second part: a modulus, or the private key itself.
fn of_old(parts: &[Any<'_>]) -> Option<Key> {
    let second = parts.get(1)?;
    match second.tag().0 {
        INTEGER => Some(Key { algorithm: Algorithm::Rsa, public: Some(number(second)) }),
        OCTET_STRING => Some(Key { algorithm: Algorithm::Ec, public: point(parts) }),
        _ => None,
    }
}

/// The public key of SEC 1's private one, where it is given.
fn point(parts: &[Any<'_>]) -> Option<Vec<u8>> {
    let (_, string) = Any::from_der(tagged(parts)?.data).ok()?;
    if string.tag().0 == BIT_STRING { bits(string.data) } else { None }
}

/// The part that is tagged as a public key.
fn tagged<'a, 'b>(parts: &'a [Any<'b>]) -> Option<&'a Any<'b>> {
    parts.iter().find(|part| part.class() == Class::ContextSpecific && part.tag().0 == 1)
}

/// SubjectPublicKeyInfo.
fn of_certificate(der: &[u8]) -> Option<Key> {
    let parts = parts(der)?;
    let algorithm = algorithm(parts.first()?)?;
    let public = bits(parts.get(1).filter(|part| part.tag().0 == BIT_STRING)?.data)?;
    let public = if algorithm == Algorithm::Rsa { number(self::parts(&public)?.first()?) } else { public };
    Some(Key { algorithm, public: Some(public) })
}

fn algorithm(sequence: &Any<'_>) -> Option<Algorithm> {
    let (_, identifier) = Any::from_der(sequence.data).ok()?;
    if identifier.tag().0 != OBJECT_IDENTIFIER {
        return None;
    }
    Some(match identifier.data {
        RSA => Algorithm::Rsa,
        EC => Algorithm::Ec,
        other => Algorithm::Other(other.to_vec()),
    })
}

/// The parts of a sequence.
fn parts(der: &[u8]) -> Option<Vec<Any<'_>>> {
    let (_, sequence) = Any::from_der(der).ok().filter(|(_, any)| any.tag().0 == SEQUENCE)?;
    let mut rest = sequence.data;
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let (after, part) = Any::from_der(rest).ok()?;
        parts.push(part);
        rest = after;
    }
    Some(parts)
}

/// A number without zeros before it.
fn number(integer: &Any<'_>) -> Vec<u8> {
    integer.data.iter().copied().skip_while(|byte| *byte == 0).collect()
}

/// The bytes of a bit string, behind the one that counts the bits that stand over.
fn bits(data: &[u8]) -> Option<Vec<u8>> {
    data.split_first().map(|(_, bytes)| bytes.to_vec())
}

#[cfg(test)]
mod tests;
