//! A principal of AWS as the authenticator has it: from what STS says of a caller, or as much as an ARN alone tells.

use super::Release;
use super::arn::{Arn, ArnError, Kind, canonicalise};
use crate::base::text::quote;

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The ARN as given.
    pub arn: String,
    /// What it is.
    pub kind: Kind,
    /// What the authenticator makes of the ARN.
    pub canonical: String,
    /// What mappings are looked up by: as `canonical`, but of a role that was named by its own ARN without the path, which no
    /// session of it has.
    pub looked_up: String,
    /// The account's number.
    pub account: String,
    /// The unique id: `AROA…` of a role, `AIDA…` of a user. An ARN does not tell it.
    pub id: Option<String>,
    /// The name of the session, empty for who has none. A role's own ARN does not tell it.
    pub session: Option<String>,
    /// The key that signed. An ARN does not tell it.
    pub access_key_id: Option<String>,
}

/// Why somebody is no principal, in the authenticator's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrincipalError {
    /// The ARN is of none.
    #[error(transparent)]
    Arn(#[from] ArnError),
    /// The user id of a role is not `ID:SESSION`.
    #[error("malformed UserID {}", quote(.0))]
    UserId(String),
}

impl Principal {
    /// The caller as STS names it (`getIdentityFromSTSResponse`).
    ///
    /// # Errors
    /// When the authenticator takes it for none.
    pub fn of_caller(arn: &str, account: &str, user_id: &str, access_key_id: &str, release: Release) -> Result<Self, PrincipalError> {
        let canonical = canonicalise(arn, release)?;
        let (id, session) = match canonical.kind {
            // the whole of it: for a federated user the first part is only the account
            Kind::FederatedUser | Kind::User | Kind::Root => (user_id, ""),
            Kind::Role | Kind::AssumedRole => match user_id.split_once(':') {
                Some((id, session)) if !session.contains(':') => (id, session),
                _ => return Err(PrincipalError::UserId(user_id.to_owned())),
            },
        };
        Ok(Self {
            arn: arn.to_owned(),
            kind: canonical.kind,
            looked_up: canonical.arn.clone(),
            canonical: canonical.arn,
            account: account.to_owned(),
            id: Some(id.to_owned()),
            session: Some(session.to_owned()),
            access_key_id: Some(access_key_id.to_owned()),
        })
    }

    /// As much as an ARN tells of the principal. A session's name is the last part of its ARN, as it is of its user id.
    ///
    /// # Errors
    /// When it is the ARN of none.
    pub fn of_arn(arn: &str, release: Release) -> Result<Self, ArnError> {
        let canonical = canonicalise(arn, release)?;
        let parts = Arn::read(arn)?;
        let session = match canonical.kind {
            Kind::FederatedUser | Kind::User | Kind::Root => Some(String::new()),
            Kind::AssumedRole => Some(parts.name().to_owned()),
            Kind::Role => None,
        };
        let looked_up = match canonical.kind {
            Kind::Role => parts.clone().without_path().to_string(),
            _ => canonical.arn.clone(),
        };
        // the user id of the root is its account, and of a federated user the account with the name
        let id = match canonical.kind {
            Kind::Root => Some(parts.account.clone()),
            Kind::FederatedUser => parts.resource.split_once('/').map(|(_, name)| format!("{}:{name}", parts.account)),
            _ => None,
        };
        Ok(Self {
            arn: arn.to_owned(),
            kind: canonical.kind,
            canonical: canonical.arn,
            looked_up,
            account: parts.account,
            id,
            session,
            access_key_id: None,
        })
    }

    /// Whether it is a role or a session of one.
    pub fn is_role(&self) -> bool {
        matches!(self.kind, Kind::Role | Kind::AssumedRole)
    }

    /// The path of a role that was named by its own ARN: `/team/`. No session shows it.
    pub fn path(&self) -> Option<String> {
        let resource = Arn::read(&self.arn).ok()?.resource;
        let (path, _) = resource.strip_prefix("role/").filter(|_| self.kind == Kind::Role)?.rsplit_once('/')?;
        Some(format!("/{path}/"))
    }
}
