//! The token of Amazon EKS: a signed request to STS, written as one word.
//!
//! Source: `pkg/token/token.go` of aws-iam-authenticator, which is what EKS runs. The token is `k8s-aws-v1.` and, in
//! base64url without padding, the URL of a signed `GetCallerIdentity`. Who the caller is, and for which cluster it is made,
//! do not stand in it: STS tells the first, and takes the second only together with the right signature.

mod address;
mod check;
mod date;
mod host;
mod lint;
mod part;

use jiff::Timestamp;

pub use check::{Check, Outcome, check, refusal};
pub use host::{PARTITIONS, Partition, partition_of_region};
pub use lint::lint;
pub use part::parts;

use super::encoding;
use address::Address;

/// What every token begins with.
pub const PREFIX: &str = "k8s-aws-v1.";

/// The header that ties a token to a cluster; its name is signed, its value stands nowhere in the token.
pub const CLUSTER_HEADER: &str = "x-k8s-aws-id";

/// The longest token that the server takes, in bytes.
pub const LONGEST: usize = 4096;

/// How long a token lives, in seconds after it was signed; `X-Amz-Expires` has no say in it.
pub const LIFE: i64 = 15 * 60;

/// A token, taken apart. The signature and the session token are not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its length in bytes.
    pub length: usize,
    /// Whether it begins with [`PREFIX`].
    pub has_prefix: bool,
    /// What Go's decoder says of the base64; none where it takes it. What could be decoded all the same is in `address`.
    encoding: Option<String>,
    address: Address,
}

/// Who checks a token, and when; what is not known is not held against a token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verifier {
    /// The cluster's partition: `aws`, `aws-cn`, … Unknown, the host may be of any.
    pub partition: Option<String>,
    /// The cluster's region: the host of STS there is taken even where no list has it.
    pub region: Option<String>,
    /// The time at which it is checked.
    pub now: Option<Timestamp>,
    /// Which release checks.
    pub version: Version,
}

/// A release of aws-iam-authenticator; they differ in which hosts they take.
///
/// Findings assume [`Version::Head`]: what EKS runs today is nearer to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Version {
    /// 0.7.5 and later: every host that the SDK makes for a region.
    #[default]
    Head,
    /// 0.6.13: the hosts that an SDK of its time lists.
    V0_6_13,
}

/// Whether a text is, or was once, such a token: other prefixes of the kind, and a token without its prefix.
pub fn is_like(text: &str) -> bool {
    const MISSING: &str = "aHR0cHM6Ly9zdHMu"; // https://sts.
    let start = text.trim_start().as_bytes().get(..8).unwrap_or_default();
    start.eq_ignore_ascii_case(b"k8s-aws-") || text.trim_start().starts_with(MISSING)
}

impl Token {
    /// Takes a token apart, as it was presented: blanks around it count.
    pub fn read(text: &str) -> Self {
        let has_prefix = text.starts_with(PREFIX);
        let body = text.strip_prefix(PREFIX).unwrap_or_else(|| {
            let text = text.trim();
            if is_like(text) { text.split_once('.').map_or(text, |(_, rest)| rest) } else { text }
        });
        let too_large = text.len() > LONGEST * 16;
        let (encoding, bytes) = if too_large { (None, Vec::new()) } else { encoding::decode(body) };
        Self { length: text.len(), has_prefix, encoding, address: Address::read(&bytes) }
    }

    /// The URL, its signature and session token masked; empty where there is none.
    pub fn url(&self) -> &str {
        &self.address.shown
    }

    /// The host of STS that is asked.
    pub fn host(&self) -> Option<&str> {
        Some(self.address.host.as_str()).filter(|host| !host.is_empty())
    }

    /// The one value of a parameter, whatever the case of its name; none where it is absent. Secret values are masked.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.address.parameters.iter().find(|parameter| parameter.name.eq_ignore_ascii_case(name)).map(|parameter| parameter.value.as_str())
    }

    /// `GetCallerIdentity`.
    pub fn action(&self) -> Option<&str> {
        self.parameter("Action")
    }

    /// `KEY/DATE/REGION/sts/aws4_request`.
    fn credential(&self) -> Option<Vec<&str>> {
        self.parameter("X-Amz-Credential").map(|value| value.split('/').collect())
    }

    /// The access key that signed it: `AKIA…` of a user, `ASIA…` of a session.
    pub fn access_key_id(&self) -> Option<&str> {
        self.credential().and_then(|parts| parts.first().copied()).filter(|key| !key.is_empty())
    }

    /// What the signature is good for: `DATE/REGION/SERVICE/aws4_request`.
    pub fn credential_scope(&self) -> Option<&str> {
        self.parameter("X-Amz-Credential").and_then(|value| value.split_once('/')).map(|(_, scope)| scope)
    }

    /// The service that the signature is for: `sts`.
    pub fn service(&self) -> Option<&str> {
        self.credential_scope().and_then(|scope| scope.split('/').nth(2))
    }

    /// The region that it is signed for; without one, that of the host.
    pub fn region(&self) -> Option<&str> {
        let signed = self.credential_scope().and_then(|scope| scope.split('/').nth(1));
        signed.filter(|region| !region.is_empty()).or_else(|| host::region(self.host()?))
    }

    /// The partition that the host belongs to; `aws` and `aws-us-gov` share a domain, and are told apart by the region.
    pub fn partition(&self) -> Option<&'static str> {
        host::partition_of(self.host()?, self.region())
    }

    /// The names of the headers that are signed, as they stand.
    pub fn signed_headers(&self) -> Vec<&str> {
        let list = self.parameter("X-Amz-SignedHeaders").unwrap_or_default();
        if list.is_empty() { Vec::new() } else { list.split(';').collect() }
    }

    /// Whether the header that names the cluster is signed.
    pub fn signs_cluster(&self) -> bool {
        self.signed_headers().iter().any(|name| name.eq_ignore_ascii_case(CLUSTER_HEADER))
    }

    /// When it was signed.
    pub fn signed_at(&self) -> Option<Timestamp> {
        date::read(self.parameter("X-Amz-Date")?).ok().map(|moment| moment.at)
    }

    /// When it ends: 15 minutes after it was signed.
    pub fn expires_at(&self) -> Option<Timestamp> {
        let signed = self.signed_at()?;
        Timestamp::new(signed.as_second().checked_add(LIFE)?, signed.subsec_nanosecond()).ok()
    }

    /// What `X-Amz-Expires` says, in seconds. Nothing follows from it.
    pub fn expires_seconds(&self) -> Option<i64> {
        check::atoi(self.parameter("X-Amz-Expires")?).ok()
    }

    /// Whether a session token is sent along: the credentials were temporary ones.
    pub fn has_session_token(&self) -> bool {
        self.parameter("X-Amz-Security-Token").is_some()
    }
}

#[cfg(test)]
mod tests;
