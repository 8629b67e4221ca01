//! ARNs of principals, and what the authenticator looks them up as (`pkg/arn/arn.go`).

use std::fmt;

use super::Release;

/// The partitions of AWS; v0.6.13 does not know the last.
const PARTITIONS: [&str; 8] = ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", EUSC];

const EUSC: &str = "aws-eusc";

/// An ARN in its parts, as they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arn {
    /// `aws`, `aws-cn`.
    pub partition: String,
    /// `iam`, `sts`.
    pub service: String,
    /// Empty for principals.
    pub region: String,
    /// The account's number.
    pub account: String,
    /// All that follows, colons included: `role/team/dev`.
    pub resource: String,
}

/// What a principal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A role, by its own ARN: nobody calls as that.
    Role,
    /// An IAM user.
    User,
    /// The account itself.
    Root,
    /// Who has a token of GetFederationToken.
    FederatedUser,
    /// A session of a role.
    AssumedRole,
}

/// What the authenticator makes of an ARN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canonical {
    /// What it is.
    pub kind: Kind,
    /// What it is looked up as: for a session, its role.
    pub arn: String,
}

/// Why an ARN names no principal, in the authenticator's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArnError {
    /// No ARN at all.
    #[error("arn '{0}' is invalid: 'arn: {1}'")]
    Invalid(String, &'static str),
    /// A partition that AWS has not.
    #[error("arn '{0}' does not have a recognized partition")]
    Partition(String),
    /// A session without its role.
    #[error("assumed-role arn '{0}' does not have a role")]
    NoRole(String),
    /// A resource that is no principal.
    #[error("unrecognized resource {resource} for service {service}")]
    Resource {
        /// The resource.
        resource: String,
        /// Its service.
        service: &'static str,
    },
    /// A service that has no principals.
    #[error("service {service} in arn {arn} is not a valid service for identities")]
    Service {
        /// The service.
        service: String,
        /// The ARN.
        arn: String,
    },
}

impl Arn {
    /// Takes an ARN apart.
    ///
    /// # Errors
    /// When it does not begin with `arn:`, or has fewer than six parts.
    pub fn read(text: &str) -> Result<Self, ArnError> {
        let invalid = |why| ArnError::Invalid(text.to_owned(), why);
        if !text.starts_with("arn:") {
            return Err(invalid("invalid prefix"));
        }
        let mut parts = text.splitn(6, ':').skip(1).map(str::to_owned);
        let mut part = || parts.next().ok_or_else(|| invalid("not enough sections"));
        let read = Self { partition: part()?, service: part()?, region: part()?, account: part()?, resource: part()? };
        Ok(read)
    }

    /// The resource without the names of folders before the last: `role/team/dev` is `role/dev`. Roles alone are changed.
    #[must_use]
    pub fn without_path(mut self) -> Self {
        if let Some((_, name)) = self.resource.strip_prefix("role/").and_then(|rest| rest.rsplit_once('/')) {
            self.resource = format!("role/{name}");
        }
        self
    }

    /// The last part of the resource: the name of a role or user.
    pub fn name(&self) -> &str {
        self.resource.rsplit('/').next().unwrap_or_default()
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, service, region, account, resource } = self;
        write!(f, "arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

/// What the authenticator looks an ARN up as. Nothing is looked at but the partition, the service and the first word of the
/// resource: an odd account or an empty name passes.
///
/// # Errors
/// When it names no principal.
pub fn canonicalise(text: &str, release: Release) -> Result<Canonical, ArnError> {
    let arn = Arn::read(text)?;
    let is_known = PARTITIONS.contains(&arn.partition.as_str()) && (release == Release::Newer || arn.partition != EUSC);
    if !is_known {
        return Err(ArnError::Partition(text.to_owned()));
    }
    let parts: Vec<&str> = arn.resource.split('/').collect();
    let as_it_stands = |kind| Ok(Canonical { kind, arn: text.to_owned() });
    let unrecognized = |service| Err(ArnError::Resource { resource: arn.resource.clone(), service });
    match (arn.service.as_str(), parts.as_slice()) {
        ("sts", ["federated-user", ..]) => as_it_stands(Kind::FederatedUser),
        ("sts", ["assumed-role", role @ .., _]) if !role.is_empty() => {
            Ok(Canonical { kind: Kind::AssumedRole, arn: format!("arn:{}:iam::{}:role/{}", arn.partition, arn.account, role.join("/")) })
        }
        ("sts", ["assumed-role", ..]) => Err(ArnError::NoRole(text.to_owned())),
        ("sts", _) => unrecognized("sts"),
        ("iam", ["role", ..]) => as_it_stands(Kind::Role),
        ("iam", ["user", ..]) => as_it_stands(Kind::User),
        ("iam", ["root", ..]) => as_it_stands(Kind::Root),
        ("iam", _) => unrecognized("iam"),
        _ => Err(ArnError::Service { service: arn.service, arn: text.to_owned() }),
    }
}

impl Kind {
    /// As answers name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::User => "user",
            Self::Root => "root",
            Self::FederatedUser => "federated-user",
            Self::AssumedRole => "assumed-role",
        }
    }
}
