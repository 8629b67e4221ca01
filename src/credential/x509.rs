//! X.509 certificates: whose they are, who signed them, how long they are valid and what they are for.

mod chain;

use std::fmt;

use jiff::Timestamp;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{ExtendedKeyUsage, GeneralName, KeyUsage};
use x509_parser::prelude::FromDer as _;
use x509_parser::time::ASN1Time;
use x509_parser::x509::{AttributeTypeAndValue, X509Name, X509Version};

use super::pem::{self, Block};

pub use chain::is_signed;

/// A certificate. What it says is not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Whose it is, with all its attributes: `CN=alice, O=dev`.
    pub subject: String,
    /// The subject's common name, which is the user name to a cluster; of several, the last, as Go has it.
    pub common_name: Option<String>,
    /// The subject's organizations, which are the groups to a cluster.
    pub organizations: Vec<String>,
    /// The uid in the subject, which Kubernetes reads since 1.33.
    pub uid: Option<String>,
    /// Whether the subject has several uids or an empty one, for which Kubernetes refuses it.
    pub has_odd_uid: bool,
    /// Who says that it signed it.
    pub issuer: String,
    /// The serial number in hexadecimal digits: `0a:1f`.
    pub serial: String,
    /// From when it is valid.
    pub not_before: Timestamp,
    /// Until when it is valid; the last moment there is for one that never ends.
    pub not_after: Timestamp,
    /// Whether it says that it is an authority's.
    pub is_ca: bool,
    /// Whether it is of a version that cannot say so (1 and 2): then it is not held against it.
    pub is_of_old: bool,
    /// What its key may do; none where it does not say.
    pub usages: Option<Vec<&'static str>>,
    /// Whom it may stand for, by the names of RFC 5280 or as numbers: `clientAuth`; none where it does not say.
    pub extended_usages: Option<Vec<String>>,
    /// Its other names: hosts, addresses, URIs, mail addresses.
    pub names: Vec<String>,
    /// Its public key, as SubjectPublicKeyInfo in DER.
    pub public_key: Vec<u8>,
}

impl Certificate {
    /// Whether it can have signed another one (`CheckSignatureFrom` of Go).
    pub fn may_sign(&self) -> bool {
        (self.is_ca || self.is_of_old) && self.usages.as_ref().is_none_or(|usages| usages.contains(&"keyCertSign"))
    }

    /// Whether a server may take it for a client's.
    pub fn is_for_clients(&self) -> bool {
        let fits = |usage: &String| matches!(usage.as_str(), "clientAuth" | "any");
        self.extended_usages.as_ref().is_none_or(|usages| usages.iter().any(fits))
    }

    /// The name and the groups that a cluster takes from it: `CN=alice, O=dev`.
    pub fn who(&self) -> String {
        let name = self.common_name.iter().map(|name| format!("CN={name}"));
        let parts: Vec<String> = name.chain(self.organizations.iter().map(|group| format!("O={group}"))).collect();
        if parts.is_empty() { "without a name".to_owned() } else { parts.join(", ") }
    }
}

/// The attribute of a subject that holds a uid (`pkg/authentication/request/x509` of Kubernetes' apiserver).
const UID: &str = "1.3.6.1.4.1.57683.2";

/// Why there is no certificate; it goes on after what should be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There is no block of PEM.
    NoPem,
    /// There are blocks, and none is a certificate's.
    NoCertificate,
    /// There is a certificate's block, and its content is none.
    Unreadable,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoPem => "is no PEM",
            Self::NoCertificate => "holds no certificate",
            Self::Unreadable => "holds a certificate that cannot be read",
        })
    }
}

impl std::error::Error for Problem {}

/// The certificates of a text, in its order; those that cannot be read are passed over beside others, as clients do.
///
/// # Errors
/// When there is none.
pub fn certificates(text: &[u8]) -> Result<Vec<Certificate>, Problem> {
    let found = blocks(text)?;
    let read: Vec<Certificate> = found.iter().filter_map(|block| certificate(&block.bytes)).collect();
    if read.is_empty() { Err(Problem::Unreadable) } else { Ok(read) }
}

/// The first certificate of a text: the one that is presented, those behind it say who signed it.
///
/// # Errors
/// When there is none, or the first cannot be read.
pub fn presented(text: &[u8]) -> Result<Certificate, Problem> {
    blocks(text)?.first().and_then(|block| certificate(&block.bytes)).ok_or(Problem::Unreadable)
}

fn blocks(text: &[u8]) -> Result<Vec<Block>, Problem> {
    let blocks = pem::blocks(text);
    let is_empty = blocks.is_empty();
    let found: Vec<Block> = blocks.into_iter().filter(|block| block.label == "CERTIFICATE").collect();
    match (is_empty, found.is_empty()) {
        (true, _) => Err(Problem::NoPem),
        (_, true) => Err(Problem::NoCertificate),
        _ => Ok(found),
    }
}

/// One certificate in DER; none where it cannot be read.
pub fn certificate(der: &[u8]) -> Option<Certificate> {
    let (_, parsed) = X509Certificate::from_der(der).ok()?;
    let subject = parsed.subject();
    // an extension that is there twice says nothing
    let usages = parsed.key_usage().ok().flatten().map(|extension| usages(*extension.value));
    let extended = parsed.extended_key_usage().ok().flatten().map(|extension| extended_usages(extension.value));
    let names = parsed.subject_alternative_name().ok().flatten();
    let constraints = parsed.basic_constraints();
    let uids = subject.iter_attributes().filter(|attribute| attribute.attr_type().to_id_string() == UID).map(text_of).collect::<Vec<_>>();
    Some(Certificate {
        subject: full_name(subject),
        common_name: subject.iter_common_name().filter_map(text_of).last(),
        organizations: subject.iter_organization().filter_map(text_of).collect(),
        uid: uids.first().cloned().flatten(),
        has_odd_uid: uids.len() > 1 || uids.first().is_some_and(|uid| uid.as_deref().is_none_or(str::is_empty)),
        issuer: full_name(parsed.issuer()),
        serial: parsed.raw_serial_as_string(),
        not_before: moment(parsed.validity().not_before),
        not_after: moment(parsed.validity().not_after),
        is_ca: constraints.as_ref().is_ok_and(|found| found.as_ref().is_some_and(|extension| extension.value.ca)),
        is_of_old: parsed.version() != X509Version::V3,
        usages,
        extended_usages: extended,
        names: names.map(|extension| extension.value.general_names.iter().map(name).collect()).unwrap_or_default(),
        public_key: parsed.public_key().raw.to_vec(),
    })
}

/// A moment; the end of all time (99991231235959Z) is a day later than the last one there is here.
fn moment(time: ASN1Time) -> Timestamp {
    let seconds = time.timestamp();
    Timestamp::from_second(seconds).unwrap_or(if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// All attributes, in the order of the certificate.
fn full_name(name: &X509Name<'_>) -> String {
    name.to_string()
}

/// The text of an attribute, of whatever kind of string it is.
fn text_of(attribute: &AttributeTypeAndValue<'_>) -> Option<String> {
    /// The tags of ASN.1 for strings of old.
    const T61: u32 = 20;
    const BMP: u32 = 30;
    let bytes = attribute.as_slice();
    match attribute.attr_value().tag().0 {
        T61 => Some(bytes.iter().copied().map(char::from).collect()),
        BMP => {
            let (pairs, rest) = bytes.as_chunks::<2>();
            let units: Vec<u16> = pairs.iter().copied().map(u16::from_be_bytes).collect();
            String::from_utf16(&units).ok().filter(|_| rest.is_empty())
        }
        _ => attribute.as_str().ok().map(str::to_owned),
    }
}

fn usages(usage: KeyUsage) -> Vec<&'static str> {
    [
        (usage.digital_signature(), "digitalSignature"),
        (usage.non_repudiation(), "nonRepudiation"),
        (usage.key_encipherment(), "keyEncipherment"),
        (usage.data_encipherment(), "dataEncipherment"),
        (usage.key_agreement(), "keyAgreement"),
        (usage.key_cert_sign(), "keyCertSign"),
        (usage.crl_sign(), "cRLSign"),
        (usage.encipher_only(), "encipherOnly"),
        (usage.decipher_only(), "decipherOnly"),
    ]
    .into_iter()
    .filter_map(|(is_so, name)| is_so.then_some(name))
    .collect()
}

fn extended_usages(usage: &ExtendedKeyUsage<'_>) -> Vec<String> {
    let known = [
        (usage.any, "any"),
        (usage.server_auth, "serverAuth"),
        (usage.client_auth, "clientAuth"),
        (usage.code_signing, "codeSigning"),
        (usage.email_protection, "emailProtection"),
        (usage.time_stamping, "timeStamping"),
        (usage.ocsp_signing, "OCSPSigning"),
    ];
    let known = known.into_iter().filter_map(|(is_so, name)| is_so.then_some(name)).map(str::to_owned);
    known.chain(usage.other.iter().map(ToString::to_string)).collect()
}

fn name(name: &GeneralName<'_>) -> String {
    match name {
        GeneralName::DNSName(name) | GeneralName::URI(name) | GeneralName::RFC822Name(name) => (*name).to_owned(),
        GeneralName::IPAddress(bytes) => address(bytes),
        other => other.to_string(),
    }
}

/// An address of four or sixteen bytes, as it is written.
fn address(bytes: &[u8]) -> String {
    // the types alone: nothing is connected to
    use core::net::{Ipv4Addr, Ipv6Addr};
    let four = <[u8; 4]>::try_from(bytes).map(|bytes| Ipv4Addr::from(bytes).to_string());
    let sixteen = <[u8; 16]>::try_from(bytes).map(|bytes| Ipv6Addr::from(bytes).to_string());
    four.or(sixteen).unwrap_or_else(|_| format!("an address of {} bytes", bytes.len()))
}

#[cfg(test)]
mod tests;
