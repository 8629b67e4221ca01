//! A token for a cluster of EKS, made here as `aws eks get-token` makes it (aws-cli 1.45, `customizations/eks/get_token.py`):
//! a call of STS GetCallerIdentity that is signed and not sent.
//!
//! Only where credentials must be fetched first, for a role or a login, is anything sent.

mod endpoint;
mod presign;
mod version;

use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use super::client::WhenNeeded;
use super::credentials::{self, Means};
use super::fault::{At, Fault};
use super::profiles::Profiles;
use crate::base::Failure;
use crate::base::text::sanitise;
use endpoint::Endpoint;

pub use version::asked_version;

/// How long clients are told to use a token: the server takes it a minute longer.
const USED: SignedDuration = SignedDuration::from_mins(14);

/// The session name of a role that is assumed for a token, as the aws command line has it.
pub const SESSION: &str = "EKSGetTokenAuth";

/// What token is wanted.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// The name of the cluster, or the id of one on an Outpost.
    pub cluster: String,
    /// The profile whose credentials sign; else that of the environment, or the default one.
    pub profile: Option<String>,
    /// The region whose STS the token names; else that of the environment or the profile.
    pub region: Option<String>,
    /// Roles that are assumed first, each with the credentials of the one before.
    pub roles: Vec<String>,
    /// The session name of these roles; else [`SESSION`].
    pub session: Option<String>,
}

/// A token, and until when it is good.
#[derive(Clone, Debug)]
pub struct Minted {
    /// The token: whoever has it is taken for its maker.
    pub token: SecretString,
    /// Until when clients use it, in UTC.
    pub expires_at: Timestamp,
    /// When the credentials that signed it end; a token outlives none that STS knows to be over.
    pub credentials_expire_at: Option<Timestamp>,
}

/// Makes a token as of now; every step outside is bounded by the limit.
///
/// # Errors
/// When there are no credentials, or a role cannot be assumed.
pub async fn mint(order: &Order, now: Timestamp, limit: Duration) -> Result<Minted, Failure> {
    let profiles = Profiles::read().await?;
    let profile = match &order.profile {
        Some(name) => profiles.check(name).map(|()| Some(name.clone()))?,
        None => profiles.chosen()?,
    };
    let profile = profile.as_deref();
    let region = order.region.as_deref().or_else(|| profiles.region(profile));
    let endpoint = Endpoint::of(region, &profiles, profile).await?;
    let at = At {
        service: "STS",
        region: &endpoint.region,
        profiles: &profiles,
        profile,
        entry: None,
        account: None,
        is_accepted: false,
        limit,
    };
    let client = WhenNeeded::new(profiles.authorities(profile));
    let means = Means { http: &client.shared(), region: &endpoint.region, falls_back: order.profile.is_none() };
    let told = |fault: Fault| client.failure().unwrap_or(fault.failure);
    let mut credentials = credentials::resolve(&at, &means).await.map_err(told)?;
    for role in &order.roles {
        let session = order.session.as_deref().unwrap_or(SESSION);
        credentials = credentials::of_role(role, session, credentials, &at, &means).await.map_err(told)?;
    }
    let token = presign::token(&credentials, &endpoint, &order.cluster, SystemTime::from(now))
        .ok_or_else(|| Failure::failed(format!("no token can be made for `{}`", sanitise(&order.cluster))))?;
    let expires_at = now.checked_add(USED).unwrap_or(now);
    Ok(Minted { token, expires_at, credentials_expire_at: credentials.expiry().and_then(|end| Timestamp::try_from(end).ok()) })
}
