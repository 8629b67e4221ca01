//! What a credential is meant for, as far as somebody knows.

use jiff::Timestamp;

use super::eks::{Verifier, Version};
use super::jwt::Jwk;

/// What a credential is held against. What is not known is not held against it.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    /// The time.
    pub now: Option<Timestamp>,
    /// The name of the EKS cluster. It does not stand in a token, so nothing can be found by it alone.
    pub cluster: Option<String>,
    /// The cluster's partition of AWS: `aws`, `aws-cn`, …
    pub partition: Option<String>,
    /// The cluster's region of AWS.
    pub region: Option<String>,
    /// Which release of aws-iam-authenticator checks.
    pub version: Version,
    /// The issuer that the cluster takes tokens of.
    pub issuer: Option<String>,
    /// The audiences of which a token must name one; empty where they are not known.
    pub audiences: Vec<String>,
    /// The keys of the issuer.
    pub keys: Option<Vec<Jwk>>,
    /// The certificates of the authority that the cluster trusts, in PEM.
    pub authority: Option<Vec<u8>>,
}

impl Expected {
    /// The same, for EKS alone.
    pub fn verifier(&self) -> Verifier {
        Verifier { partition: self.partition.clone(), region: self.region.clone(), now: self.now, version: self.version }
    }
}
