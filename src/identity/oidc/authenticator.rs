//! An issuer whose tokens an API server takes, and what it makes of their claims: one form for all ways to say it.

use std::fmt;

use crate::base::text::sanitise;

/// The settings for the tokens of one issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticator {
    /// Where they stand.
    pub origin: Origin,
    /// Whether they count.
    pub standing: Standing,
    /// What a token must have as `iss`, letter by letter.
    pub issuer: String,
    /// The audiences of which a token must name one.
    pub audiences: Vec<String>,
    /// What becomes the user name.
    pub username: Mapping,
    /// What becomes the groups; none for no groups.
    pub groups: Option<Mapping>,
    /// What becomes the uid; none for no uid.
    pub uid: Option<Mapping>,
    /// Further attributes.
    pub extra: Vec<Attribute>,
    /// What claims must be.
    pub claim_rules: Vec<ClaimRule>,
    /// What the user must be that comes of them.
    pub user_rules: Vec<UserRule>,
    /// How tokens may be signed.
    pub algorithms: Vec<String>,
}

/// Where settings stand.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// An identity provider configuration of EKS.
    Eks {
        /// Its name.
        name: String,
    },
    /// The flags of an API server.
    Flags {
        /// The pod that has them.
        pod: String,
    },
    /// An AuthenticationConfiguration.
    File {
        /// The file.
        place: String,
        /// The position among its `jwt`.
        index: usize,
    },
}

/// Whether settings count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They do.
    Counts,
    /// They do not, or not yet: why.
    Idle(String),
    /// The API server refuses them: why.
    Refused(String),
    /// Whether the API server refuses them is not certain: why.
    Open(String),
}

/// How claims become something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mapping {
    /// The value of a claim.
    Claim {
        /// Its name.
        claim: String,
        /// What stands before each value.
        prefix: String,
    },
    /// What an expression of CEL comes to.
    Expression(String),
}

/// A further attribute of users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub key: String,
    /// The expression that gives its values.
    pub expression: String,
}

/// What claims must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimRule {
    /// A claim must have exactly this text.
    Required {
        /// Its name.
        claim: String,
        /// The text.
        value: String,
    },
    /// An expression must be true.
    Expression {
        /// The expression.
        expression: String,
        /// What is said where it is not.
        message: String,
    },
}

/// What a user must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRule {
    /// The expression that must be true.
    pub expression: String,
    /// What is said where it is not.
    pub message: String,
}

/// As a sentence names it.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Eks { name } => write!(f, "identity provider {} of EKS", sanitise(name)),
            Self::Flags { pod } => write!(f, "the --oidc flags of {}", sanitise(pod)),
            Self::File { place, index } => write!(f, "jwt[{index}] of {}", sanitise(place)),
        }
    }
}
