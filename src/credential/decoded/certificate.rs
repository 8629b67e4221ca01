//! A client certificate, as an API server takes it (`apiserver/pkg/authentication/request/x509` of Kubernetes 1.36).

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};

use crate::base::text::sanitise;
use crate::base::{Finding, Severity};
use crate::credential::part::Part;
use crate::credential::x509::{self, Certificate, Problem, is_signed};
use crate::credential::{Expected, pem};

/// A certificate, and those that are presented with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presented {
    /// The one that counts.
    pub certificate: Certificate,
    /// All of them, in DER, that one first.
    pub chain: Vec<Vec<u8>>,
}

/// What is soon, for what is made to live longer than that.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The group that may do everything.
const MASTERS: &str = "system:masters";

impl Presented {
    /// The certificates of a text.
    ///
    /// # Errors
    /// When there is none, or the first cannot be read.
    pub fn of_pem(text: &[u8]) -> Result<Self, Problem> {
        let certificate = x509::presented(text)?;
        let blocks = pem::blocks(text).into_iter().filter(|block| block.label == "CERTIFICATE");
        Ok(Self { certificate, chain: blocks.map(|block| block.bytes).collect() })
    }

    /// One certificate in DER.
    pub fn of_der(bytes: &[u8]) -> Option<Self> {
        if bytes.first() != Some(&0x30) {
            return None;
        }
        Some(Self { certificate: x509::certificate(bytes)?, chain: vec![bytes.to_vec()] })
    }

    /// The user name that a cluster takes from it.
    pub fn username(&self) -> Option<&str> {
        self.certificate.common_name.as_deref().filter(|name| !name.is_empty())
    }

    /// The SHA-256 of its DER in hexadecimal digits, by which an API server names it; none where there is nothing.
    pub fn fingerprint(&self) -> Option<String> {
        let digest = ring::digest::digest(&ring::digest::SHA256, self.chain.first()?);
        Some(digest.as_ref().iter().fold(String::with_capacity(64), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        }))
    }

    /// What is wrong with it, or worth knowing.
    pub fn lint(&self, expected: &Expected) -> Vec<Finding> {
        let own = &self.certificate;
        let mut findings: Vec<Finding> = expected.now.and_then(|now| self.of_time(now)).into_iter().collect();
        if self.username().is_none() {
            let message = "has no common name, which would be the user name: the API server takes nobody without one";
            findings.push(finding("no-common-name", Severity::Error, message, "Get a certificate with a common name."));
        }
        if own.has_odd_uid {
            let message = "has several uids or an empty one in its subject: the API server refuses it since Kubernetes 1.33";
            findings.push(finding("uid-refused", Severity::Error, message, "Get a certificate with one uid or none."));
        }
        if !own.is_for_clients() {
            let usages = own.extended_usages.as_deref().unwrap_or_default().join(" and ");
            let message = format!("is made for {}, and not for clientAuth: the API server refuses it", sanitise(&usages));
            let fix = "Get a certificate with the extended key usage clientAuth.";
            findings.push(finding("certificate-not-for-clients", Severity::Error, message, fix));
        }
        let signed = expected.authority.as_deref().map(|authority| is_signed(&self.chain, authority));
        match signed {
            Some(Some(false)) => {
                let message = format!("is signed by {}, and not by the authority that was given", sanitise(&own.issuer));
                findings.push(finding("unknown-authority", Severity::Error, message, "Present a certificate of this cluster."));
            }
            Some(None) => {
                let message = "could not be held against the authority that was given: it is none, or its signature is of a rare kind";
                findings.push(finding("authority-unverified", Severity::Info, message, "Give a certificate authority in PEM."));
            }
            Some(Some(true)) | None => {}
        }
        if own.organizations.iter().any(|group| group == MASTERS) {
            let message = "is of group system:masters, which may do everything, and which no rule can restrict or revoke";
            findings.push(finding("masters", Severity::Warning, message, "Use a group that is bound to cluster-admin."));
        }
        if own.is_ca {
            let message = "is that of an authority: whoever has its key can make certificates for anybody";
            findings.push(finding("is-authority", Severity::Warning, message, "Present a certificate that is signed by it."));
        }
        findings
    }

    fn of_time(&self, now: Timestamp) -> Option<Finding> {
        let (from, end) = (self.certificate.not_before, self.certificate.not_after);
        let renew = "Get a new one from who runs the cluster.";
        if end < now {
            Some(finding("expired", Severity::Error, format!("expired on {}", date(end)), renew))
        } else if now < from {
            let message = format!("is valid only from {}", date(from));
            Some(finding("not-yet-valid", Severity::Error, message, "Check the clock of this machine."))
        } else if end.duration_since(now) <= SOON && end.duration_since(from) > SOON {
            Some(finding("expires-soon", Severity::Info, format!("expires on {}", date(end)), renew))
        } else {
            None
        }
    }

    /// Its parts.
    pub fn parts(&self) -> Vec<Part> {
        let own = &self.certificate;
        let subject = own.common_name.iter().map(|name| Part::new("common name", name, "The user name to the cluster."));
        let groups = own.organizations.iter().map(|group| Part::new("organization", group, "A group to the cluster."));
        let mut parts = vec![
            Part::new("subject", &own.subject, "Whose it is; the cluster takes user name and groups from it.")
                .with(subject.chain(groups).collect()),
            Part::new("issuer", &own.issuer, "Who says that it signed it; the API server trusts its client authority alone."),
            Part::new("serial", &own.serial, "Its number with the issuer; the API server knows no list of revoked ones."),
            Part::new("not before", date(own.not_before), "From when the API server takes it."),
            Part::new("not after", date(own.not_after), "Until when the API server takes it; nothing ends it sooner."),
        ];
        if let Some(usages) = &own.usages {
            parts.push(Part::new("key usage", usages.join(", "), "What its key may do; TLS needs digitalSignature."));
        }
        if let Some(usages) = &own.extended_usages {
            parts.push(Part::new("extended key usage", usages.join(", "), "Whom it may stand for; the API server demands clientAuth."));
        }
        if !own.names.is_empty() {
            parts.push(Part::new("other names", own.names.join(", "), "Hosts and addresses; the API server does not look at a client's."));
        }
        if self.chain.len() > 1 {
            let others = format!("{} more", self.chain.len() - 1);
            parts.push(Part::new("with it", others, "Certificates presented beside it, over which its authority may be found."));
        }
        parts
    }
}

fn finding(code: &'static str, severity: Severity, message: impl Into<String>, fix: &str) -> Finding {
    Finding {
        code,
        severity,
        subject: "certificate".to_owned(),
        message: format!("the certificate {}", message.into()),
        fix: Some(fix.to_owned()),
        source: None,
    }
}

fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}
