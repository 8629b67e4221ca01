//! Who somebody is to the cluster: a user name, groups, and where each of them comes from.

pub mod aws;
mod bootstrap;
mod computed;
pub mod form;
mod implied;
pub mod lint;
pub mod methods;
pub mod oidc;
mod principal;
mod settle;
pub mod workload;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::base::{Name, known};

pub use computed::{Computed, Unsaid};
pub use form::{Form, FormError};
pub use methods::Method;
pub use settle::{Means, ReadCredential, Settled};

/// An identity as the authorizers see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// The user name; none for a question about a group as such.
    pub username: Option<Name>,
    /// The uid; no authorizer here reads it.
    pub uid: Name,
    /// The groups, in the order given, implied ones last.
    pub groups: Vec<Name>,
    /// Extra attributes; no authorizer here reads them.
    pub extra: BTreeMap<Name, Vec<Name>>,
    /// Where the user name and each group come from.
    pub provenance: Vec<Provenance>,
    /// The user name of a session of an IAM role, with the placeholder of the session's name, where no session was named.
    pub template: Option<Name>,
}

/// Where one part of an identity comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "app", derive(schemars::JsonSchema))]
pub struct Provenance {
    /// The part: `user alice`, `group system:authenticated`.
    pub what: String,
    /// Its origin: `--as`, `implied: every authenticated user has it`.
    pub from: String,
}

impl Identity {
    /// Exactly this user and these groups, as a SubjectAccessReview has them: nothing is added.
    pub fn literal(username: impl Into<Name>, groups: impl IntoIterator<Item = Name>) -> Self {
        Self { username: Some(username.into()), groups: groups.into_iter().collect(), ..Self::default() }
    }

    /// A user as a person names one: with the groups that the API server adds by itself.
    pub fn user(username: &str) -> Self {
        Self::asked(Some(username), &[], "asked")
    }

    /// A user or, without one, a group, with groups given by a person and the groups implied; `from` says where the
    /// person gave them.
    pub fn asked(username: Option<&str>, groups: &[&str], from: &str) -> Self {
        implied::complete(username, groups, from)
    }

    /// Adds a group that was given, where it is not held yet.
    pub fn add_group(&mut self, group: &str, from: &str) {
        implied::add(self, group, from);
    }

    /// Whether the identity holds this group.
    pub fn holds(&self, group: Name) -> bool {
        self.groups.contains(&group)
    }

    /// The namespace and name, when the user name is a service account's.
    pub fn service_account(&self) -> Option<(Name, Name)> {
        let (namespace, name) = self.username?.as_str().strip_prefix(SERVICE_ACCOUNT)?.split_once(':')?;
        (!namespace.is_empty() && !name.is_empty()).then(|| (Name::new(namespace), Name::new(name)))
    }

    /// The IAM principal that was mapped to this identity, as the authenticator looks it up: a role's ARN without its path.
    pub fn iam_principal(&self) -> Option<&'static str> {
        if self.extra.is_empty() {
            return None;
        }
        self.extra.get(&*known::CANONICAL_ARN)?.first().map(|arn| arn.as_str())
    }

    /// The node's name, as the Node authorizer tells nodes: user `system:node:NAME` in group `system:nodes`.
    pub fn node(&self) -> Option<&'static str> {
        let name = self.username?.as_str().strip_prefix("system:node:")?;
        self.groups.iter().any(|group| *group == "system:nodes").then_some(name)
    }
}

/// The prefix of service accounts' user names.
pub const SERVICE_ACCOUNT: &str = "system:serviceaccount:";

/// As a sentence names it: `alice`, `service account ci/deployer`, `group dev`.
impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((namespace, name)) = self.service_account() {
            return write!(f, "service account {namespace}/{name}");
        }
        match (self.username, self.groups.first()) {
            (Some(username), _) if !username.is_empty() => username.fmt(f),
            (None, _) if self.template.is_some() => f.write_str(self.iam_principal().unwrap_or("a session of a role")),
            (_, Some(group)) => write!(f, "group {group}"),
            _ => f.write_str("nobody"),
        }
    }
}
