//! How an API server takes credentials, as far as it is recorded: its files, its flags, its Secrets. What of it comes to an
//! identity is worked out in `identity`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

/// What is known of it beside the cluster's objects and AWS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authentication {
    /// The AuthenticationConfigurations, in the order in which they were given.
    pub configurations: Vec<Arc<Configuration>>,
    /// The Secrets of bootstrap tokens, by the tokens' public halves.
    pub bootstrap_tokens: BTreeMap<String, BootstrapToken>,
}

/// A file that the flag `--authentication-config` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// Where it was read: `authn.yaml`.
    pub place: String,
    /// All of it.
    pub content: Value,
}

/// The Secret of a bootstrap token, without the token's secret half, which is never kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BootstrapToken {
    /// The token's public half.
    pub id: String,
    /// `auth-extra-groups`, as it stands.
    pub groups: String,
    /// `expiration`, as it stands; empty for never.
    pub expiration: String,
    /// Whether `usage-bootstrap-authentication` is `true`.
    pub may_log_in: bool,
    /// Why the Secret counts for nothing, as a clause.
    pub flaw: Option<&'static str>,
}

/// One thing that is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthenticationFact {
    /// A file of settings.
    Configuration(Arc<Configuration>),
    /// The Secret of a bootstrap token.
    BootstrapToken(BootstrapToken),
}

impl Authentication {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.configurations.is_empty() && self.bootstrap_tokens.is_empty()
    }

    /// Takes one thing more.
    pub fn put(&mut self, fact: AuthenticationFact) {
        match fact {
            AuthenticationFact::Configuration(configuration) => self.configurations.push(configuration),
            AuthenticationFact::BootstrapToken(token) => drop(self.bootstrap_tokens.insert(token.id.clone(), token)),
        }
    }
}
