//! One front for every kind of credential: what a text is, whose, how long, what is wrong with it.

mod certificate;
mod codes;
mod read;

use jiff::Timestamp;

use super::part::Part;
use super::{Expected, bootstrap, eks, jwt};
use crate::base::{Finding, Severity};

pub use certificate::Presented;
pub use codes::CODES;

/// A credential, taken apart. Nothing in it can be presented to a server, but a JSON web token's own text, which is kept out
/// of sight for the check of its signature.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// How it can be shown: its kind, length and fingerprint.
    pub masked: String,
    /// The first 12 hexadecimal digits of its SHA-256: enough to tell whether two are the same.
    ///
    /// Of a certificate it is that of its DER, by which an API server names it in its audit log.
    pub sha256: String,
    /// Its length in bytes, without blanks around it.
    pub length: usize,
    /// What it is.
    pub content: Content,
    /// What is wrong with the text as a whole.
    notes: Vec<Finding>,
}

/// What a credential is.
#[derive(Clone, Debug)]
pub enum Content {
    /// A token of Amazon EKS.
    Eks(Box<eks::Token>),
    /// A JSON web token.
    Jwt(Box<jwt::Token>),
    /// A client certificate.
    X509(Box<Presented>),
    /// A bootstrap token.
    Bootstrap(bootstrap::Token),
    /// Something that does not say what it is: only the server knows.
    Opaque,
}

impl Decoded {
    /// Reads a credential: a token, with or without `Bearer` before it, what a credential plugin or `kubectl create token -o
    /// json` prints, or a certificate as PEM, as DER, or as a kubeconfig has it.
    pub fn read(bytes: &[u8]) -> Self {
        read::read(bytes)
    }

    /// What it is, as the JSON output has it: `eks-v1`, `jwt`, `x509`, `bootstrap`, `opaque`.
    pub fn format(&self) -> &'static str {
        match self.content {
            Content::Eks(_) => "eks-v1",
            Content::Jwt(_) => "jwt",
            Content::X509(_) => "x509",
            Content::Bootstrap(_) => "bootstrap",
            Content::Opaque => "opaque",
        }
    }

    /// What it is, in words.
    pub fn kind(&self) -> &'static str {
        match &self.content {
            Content::Eks(_) => "EKS token",
            Content::Jwt(token) => match token.kind() {
                jwt::Kind::ServiceAccountBound => "service account token",
                jwt::Kind::ServiceAccountLegacy => "service account token of the kind that is kept in a Secret",
                jwt::Kind::Oidc => "OIDC token",
                jwt::Kind::Other => "JSON web token",
            },
            Content::X509(_) => "client certificate",
            Content::Bootstrap(_) => "bootstrap token",
            Content::Opaque => "opaque text",
        }
    }

    /// Whom it says that it is of, as a clause; none where it does not say.
    pub fn holder(&self) -> Option<String> {
        match &self.content {
            Content::Eks(token) => token.access_key_id().map(|key| format!("access key {key}")),
            Content::Jwt(token) => token.subject().map(str::to_owned),
            Content::X509(presented) => Some(presented.certificate.who()),
            Content::Bootstrap(token) => Some(token.username()),
            Content::Opaque => None,
        }
    }

    /// When it was made.
    pub fn issued_at(&self) -> Option<Timestamp> {
        match &self.content {
            Content::Eks(token) => token.signed_at(),
            Content::Jwt(token) => token.issued_at(),
            Content::X509(_) | Content::Bootstrap(_) | Content::Opaque => None,
        }
    }

    /// From when it is valid.
    pub fn not_before(&self) -> Option<Timestamp> {
        match &self.content {
            Content::Jwt(token) => token.not_before(),
            Content::X509(presented) => Some(presented.certificate.not_before),
            Content::Eks(_) | Content::Bootstrap(_) | Content::Opaque => None,
        }
    }

    /// When it ends; none for one that never does, or does not say.
    pub fn expires_at(&self) -> Option<Timestamp> {
        match &self.content {
            Content::Eks(token) => token.expires_at(),
            Content::Jwt(token) => token.expires_at(),
            Content::X509(presented) => Some(presented.certificate.not_after),
            Content::Bootstrap(_) | Content::Opaque => None,
        }
    }

    /// What is wrong with it, or worth knowing, the worst first; [`CODES`] lists the codes.
    ///
    /// An error is what the other side refuses for its form, content or time. What cannot be checked here (whether it was
    /// revoked, a signature without the keys) gives none.
    pub fn findings(&self, expected: &Expected) -> Vec<Finding> {
        let mut findings = self.notes.clone();
        findings.extend(match &self.content {
            Content::Eks(token) => eks::lint(token, &expected.verifier()),
            Content::Jwt(token) => jwt::lint(token, expected),
            Content::X509(presented) => presented.lint(expected),
            Content::Bootstrap(token) => token.lint(),
            Content::Opaque => Vec::new(),
        });
        findings.sort_by_key(|finding| finding.severity);
        findings
    }

    /// What is known of its signature; of an EKS token only STS can tell.
    pub fn signature(&self, expected: &Expected) -> Option<jwt::Signature> {
        let Content::Jwt(token) = &self.content else { return None };
        Some(jwt::verify(token, expected.keys.as_deref().unwrap_or_default()))
    }

    /// Its parts, each with what it means and who looks at it.
    pub fn parts(&self) -> Vec<Part> {
        match &self.content {
            Content::Eks(token) => eks::parts(token),
            Content::Jwt(token) => jwt::parts(token),
            Content::X509(presented) => presented.parts(),
            Content::Bootstrap(token) => token.parts(),
            Content::Opaque => Vec::new(),
        }
    }
}

/// A finding about the text as a whole.
fn note(code: &'static str, severity: Severity, message: impl Into<String>, fix: &str) -> Finding {
    Finding { code, severity, subject: "credential".to_owned(), message: message.into(), fix: Some(fix.to_owned()), source: None }
}

#[cfg(test)]
mod tests;
