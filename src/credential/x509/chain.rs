//! Whether a certificate is signed by an authority, over those that stand between them.

use x509_parser::certificate::X509Certificate;
use x509_parser::error::X509Error;
use x509_parser::prelude::FromDer as _;

use crate::credential::pem;

/// The longest way from a certificate to an authority.
const LONGEST: usize = 8;

/// The most signatures that are looked at: who presents many of one name is not to keep us.
const MOST: usize = 64;

/// Whether the first of some certificates (in DER) is signed by an authority (in PEM), directly or over others of them.
///
/// None where that cannot be told: the authority is no certificate, or a signature is of a kind that is beyond the library.
pub fn is_signed(presented: &[Vec<u8>], authority: &[u8]) -> Option<bool> {
    let blocks = pem::blocks(authority);
    let roots: Vec<X509Certificate<'_>> = blocks.iter().filter_map(|block| read(&block.bytes)).collect();
    let between: Vec<X509Certificate<'_>> = presented.iter().skip(1).filter_map(|der| read(der)).collect();
    let first = read(presented.first()?)?;
    if roots.is_empty() { None } else { Search { between, roots, left: MOST }.leads(&first, 0) }
}

fn read(der: &[u8]) -> Option<X509Certificate<'_>> {
    X509Certificate::from_der(der).ok().map(|(_, certificate)| certificate)
}

/// A search for a way.
struct Search<'a> {
    between: Vec<X509Certificate<'a>>,
    roots: Vec<X509Certificate<'a>>,
    left: usize,
}

impl Search<'_> {
    fn leads(&mut self, certificate: &X509Certificate<'_>, depth: usize) -> Option<bool> {
        // an authority that is presented itself is trusted as it is
        if self.roots.iter().any(|root| root.as_raw() == certificate.as_raw()) {
            return Some(true);
        }
        let issued = |other: &&X509Certificate<'_>| other.subject().as_raw() == certificate.issuer().as_raw();
        let mut is_beyond = false;
        for issuer in self.roots.iter().filter(issued) {
            match signed(certificate, issuer) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => is_beyond = true,
            }
        }
        let others: Vec<X509Certificate<'_>> =
            self.between.iter().filter(issued).filter(|other| other.as_raw() != certificate.as_raw()).cloned().collect();
        for issuer in others {
            if depth >= LONGEST || self.left == 0 {
                return None;
            }
            self.left -= 1;
            let way = match signed(certificate, &issuer) {
                Some(true) => self.leads(&issuer, depth + 1),
                other => other,
            };
            match way {
                Some(true) => return Some(true),
                Some(false) => {}
                None => is_beyond = true,
            }
        }
        if is_beyond { None } else { Some(false) }
    }
}

fn signed(certificate: &X509Certificate<'_>, issuer: &X509Certificate<'_>) -> Option<bool> {
    match certificate.verify_signature(Some(issuer.public_key())) {
        Ok(()) => Some(true),
        Err(X509Error::SignatureUnsupportedAlgorithm) => None,
        Err(_) => Some(false),
    }
}
