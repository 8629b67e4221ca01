//! A live cluster: connected as a context says, listed and watched as one stream of changes, and asked for its verdicts.
//!
//! Nothing here waits longer than its limit, and nothing is retried for ever. A refusal is a typed gap, not a failure.

mod check;
mod config;
mod connection;
mod credential;
mod failure;
mod feed;
mod fetch;
mod heard;
mod http;
mod presented;
mod proxy;
mod review;
mod server;

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use crate::authz::ServerVerdict;
use crate::base::{Finding, Name};
use crate::credential::Decoded;
use crate::credential::end::Why;
use crate::identity::Identity;
use crate::source::aws::Origin;

pub use super::plugin::{Allowed, Kuberc, Plugins, wants_terminal};
pub use check::{Checked, Checks};
pub use connection::{Connection, log_in};
pub(super) use credential::now;
pub(super) use failure::causes;
pub(super) use feed::back_off::fraction;
pub use feed::{Feed, Plan, Progress, Update};
pub(super) use fetch::{Fetch, fetch};
pub use presented::{authority_ends, eks, expected};
pub use proxy::without_secret;

/// How a live cluster is spoken to.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long any one step outside may take.
    pub timeout: Duration,
    /// Namespaces that were typed or are remembered: listed one by one where the whole cluster is refused.
    pub namespaces: Vec<String>,
    /// How credential plugins are run.
    pub plugins: Plugins,
}

impl Default for Options {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(10), namespaces: Vec::new(), plugins: Plugins::default() }
    }
}

/// What is presented to a cluster: the credential that a target came to.
#[derive(Clone, Debug, Default)]
pub struct Presented {
    /// What kind of credential it is.
    pub kind: CredentialKind,
    /// As a reader would name it: `token of aws eks get-token`, `certificate CN=alice, O=dev`.
    pub description: String,
    /// When it ends, seconds since 1970 in UTC.
    pub expires_at: Option<i64>,
    /// Why then, where that is known.
    pub ends: Option<Why>,
    /// What is wrong with it, as far as it can be told here.
    pub findings: Vec<Finding>,
    /// The same taken apart; none where there is nothing to take apart.
    pub decoded: Option<Arc<Decoded>>,
    /// Where the AWS credentials come from that signed it.
    pub origin: Option<Origin>,
    /// The token itself, for whoever asks to see it; certificates have their secret elsewhere.
    pub secret: Option<SecretString>,
}

impl Presented {
    /// What it is, in a few words.
    pub fn described(&self) -> &str {
        match (self.kind, self.description.as_str()) {
            (CredentialKind::None, "") => "nothing: anonymous",
            (kind, "") => kind.as_str(),
            (_, description) => description,
        }
    }
}

/// The kinds of credentials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CredentialKind {
    /// Nothing is presented.
    #[default]
    None,
    /// A client certificate.
    Certificate,
    /// A bearer token from the kubeconfig or a file.
    Token,
    /// What a plugin gave.
    Exec,
    /// A user name and a password.
    Basic,
}

impl CredentialKind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Certificate => "certificate",
            Self::Token => "token",
            Self::Exec => "exec",
            Self::Basic => "basic",
        }
    }
}

/// Who the server takes the caller for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// The user, uid, groups and extra attributes as the server has them, each with where that is known from.
    pub identity: Identity,
    /// How it is known.
    pub from: CallerSource,
}

/// How the server's idea of the caller is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CallerSource {
    /// SelfSubjectReview, of whatever version the server has.
    #[default]
    Review,
    /// The user name in a refusal: groups are not known.
    Refusal,
}

/// What SelfSubjectRulesReview tells of one namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RulesReview {
    /// The namespace asked about.
    pub namespace: Name,
    /// The rules; those of the whole cluster among them.
    pub rules: Vec<crate::facts::Rule>,
    /// Whether some authorizer could not tell its rules.
    pub incomplete: bool,
    /// What went wrong.
    pub evaluation_error: String,
}

/// What `/version` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Version {
    /// `v1.36.3`
    pub git_version: String,
    /// `linux/amd64`
    pub platform: String,
}

/// A question for the server's own verdict.
pub type Reviewed = Result<ServerVerdict, crate::base::Failure>;
