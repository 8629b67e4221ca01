//! Who one is outside the cluster: AWS is asked about a token of EKS, other credentials say it themselves.

use std::time::Duration;

use secrecy::SecretString;

use crate::base::Failure;
use crate::base::text::sanitise;
use crate::credential::{Content, Decoded};
use crate::source::aws::{self, Principal};
use crate::source::live::Presented;

/// Where it is known from.
#[derive(Debug)]
pub enum Outside {
    /// STS can tell, by the token and the name of the cluster.
    Sts(SecretString, String),
    /// The credential says so: a sentence.
    Said(String),
    /// It cannot be told: why.
    Unknown(Failure),
    /// There is nobody outside: a sentence.
    Nobody(&'static str),
}

impl Outside {
    /// Where it is known from for what is presented to a cluster of this name, as EKS has it.
    pub fn of(presented: &Presented, cluster: Option<&str>) -> Self {
        let Some(decoded) = &presented.decoded else { return Self::Nobody("nothing is presented that names anybody") };
        match (&decoded.content, &presented.secret, cluster) {
            (Content::Eks(_), Some(token), Some(cluster)) => Self::Sts(token.clone(), cluster.to_owned()),
            (Content::Eks(_), _, None) => Self::Unknown(
                Failure::failed("the name of the EKS cluster is not known, and STS checks the token for it")
                    .hint("Name the cluster entry as AWS does: arn:aws:eks:REGION:ACCOUNT:cluster/NAME"),
            ),
            (Content::Bootstrap(_), ..) => Self::Nobody("a token of the cluster's own: there is nobody outside"),
            _ => said(decoded).map_or(Self::Nobody("the credential does not say whose it is"), Self::Said),
        }
    }
}

/// Whom a credential names, and who says so.
fn said(decoded: &Decoded) -> Option<String> {
    match &decoded.content {
        Content::Jwt(token) => {
            let subject = sanitise(token.subject()?);
            let by = token.issuer().map(|issuer| format!(", by {}", sanitise(issuer))).unwrap_or_default();
            Some(format!("{subject}{by}"))
        }
        Content::X509(presented) => {
            Some(format!("{}, by {}", sanitise(&presented.certificate.who()), sanitise(&presented.certificate.issuer)))
        }
        Content::Bootstrap(_) | Content::Eks(_) | Content::Opaque => None,
    }
}

/// Asks AWS.
///
/// # Errors
/// When it does not say.
pub async fn ask(token: SecretString, cluster: String, limit: Duration) -> Result<Principal, Failure> {
    aws::caller(&token, &cluster, limit).await
}
