//! The ConfigMap kube-system/aws-auth, read as the authenticator reads it (`pkg/mapper/configmap`).
//!
//! The texts of mapRoles and mapUsers go through go-yaml (YAML 1.1) and JSON into Go's structs, which keep what fits and drop
//! the rest; the text of mapAccounts goes through go-yaml alone.

mod accounts;
mod item;
mod section;

use std::sync::Arc;

use super::Release;
use crate::base::Name;
use crate::facts;

pub use accounts::Account;
pub use item::Item;
pub use section::{Problem, Section};

/// aws-auth, understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AwsAuthMap {
    /// mapRoles.
    pub roles: Section<Item>,
    /// mapUsers.
    pub users: Section<Item>,
    /// mapAccounts.
    pub accounts: Section<Account>,
    /// Keys that differ from those three in case alone: nothing reads them.
    pub ignored_keys: Vec<String>,
}

/// Where a mapping stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SectionName {
    /// mapRoles
    Roles,
    /// mapUsers
    Users,
    /// mapAccounts
    Accounts,
}

impl SectionName {
    /// The key in the ConfigMap.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Roles => "mapRoles",
            Self::Users => "mapUsers",
            Self::Accounts => "mapAccounts",
        }
    }

    /// The field that holds the ARN of an item.
    pub fn arn_field(self) -> &'static str {
        if self == Self::Users { "userarn" } else { "rolearn" }
    }
}

impl AwsAuthMap {
    /// Reads the ConfigMap.
    pub fn of_facts(config_map: &facts::AwsAuth, release: Release) -> Self {
        Self::read(&config_map.data, release)
    }

    /// Reads its data.
    pub fn read(data: &[(Name, Arc<str>)], release: Release) -> Self {
        let text = |key: SectionName| {
            let text = data.iter().find(|(name, _)| *name == key.as_str()).map(|(_, text)| &**text);
            text.filter(|text| !is_skipped(text))
        };
        let items = |key| text(key).map(|text| section::read(text, key, release)).unwrap_or_default();
        let is_misspelt = |name: &str| {
            [SectionName::Roles, SectionName::Users, SectionName::Accounts]
                .into_iter()
                .any(|key| name != key.as_str() && name.eq_ignore_ascii_case(key.as_str()))
        };
        Self {
            roles: items(SectionName::Roles),
            users: items(SectionName::Users),
            accounts: text(SectionName::Accounts).map(accounts::read).unwrap_or_default(),
            ignored_keys: data.iter().map(|(name, _)| name.as_str()).filter(|name| is_misspelt(name)).map(str::to_owned).collect(),
        }
    }

    /// Whether the authenticator may read more of it than is read here.
    pub fn is_open(&self) -> bool {
        self.roles.is_open || self.users.is_open || self.accounts.is_open
    }

    /// Whether the authenticator complains of some of it; it keeps the rest.
    pub fn has_errors(&self) -> bool {
        self.roles.has_errors() || self.users.has_errors() || self.accounts.has_errors()
    }
}

/// What the authenticator takes for empty (`isSkippable`).
fn is_skipped(text: &str) -> bool {
    matches!(text.trim(), "" | "``" | "\"\"" | "''")
}
