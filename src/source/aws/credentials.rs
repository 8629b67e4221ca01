//! The credentials of a profile, without ever asking for any.
//!
//! The SDK reads keys, SSO logins, roles and the machine's own credentials. A `credential_process` is run here, as every
//! program of somebody else is: without a terminal, with a limit, ending with us; the SDK would let it read our input and
//! outlive us. The roles on top of it are assumed as the SDK does it.

mod process;

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_eks::config::SharedHttpClient;
use tokio::time::timeout;

use super::fault::{At, Fault, credentials as fault};
use super::profiles::{DEFAULT, Profiles};

/// How a profile comes to its credentials.
#[derive(Debug, PartialEq, Eq)]
enum Way<'a> {
    /// As the SDK reads it.
    Sdk,
    /// A program, and the roles that are assumed with what it gives, in this order.
    Process { command: &'a str, roles: Vec<Role<'a>> },
    /// A code of a device is needed, which nobody is asked for here.
    Code { serial: &'a str },
    /// A login that is not read here: `aws login`.
    Login,
    /// It says nothing of credentials.
    Nothing,
}

#[derive(Debug, PartialEq, Eq)]
struct Role<'a> {
    arn: &'a str,
    external_id: Option<&'a str>,
    session_name: Option<&'a str>,
}

/// What credentials are resolved with.
#[derive(Debug)]
pub struct Means<'a> {
    /// The client.
    pub http: &'a SharedHttpClient,
    /// The region of STS.
    pub region: &'a str,
    /// Whether a profile that says nothing may be made up for by the environment and the machine, as for one that nobody named.
    pub falls_back: bool,
}

/// The credentials of the profile that a place has.
///
/// # Errors
/// When there are none, with the command that mends it.
pub async fn resolve(at: &At<'_>, means: &Means<'_>) -> Result<Credentials, Fault> {
    let provider = ProviderConfig::without_region()
        .with_http_client(means.http.clone())
        .with_behavior_version(Some(BehaviorVersion::latest()))
        .with_region(Some(Region::new(means.region.to_owned())));
    let chain = async |name: Option<&str>| {
        let builder = DefaultCredentialsChain::builder().configure(provider.clone()).region(Region::new(means.region.to_owned()));
        let builder = name.into_iter().fold(builder, aws_config::default_provider::credentials::Builder::profile_name);
        provided(&builder.build().await, at).await
    };
    let Some(name) = at.profile else { return chain(None).await };
    match way(at.profiles, name) {
        Way::Nothing if means.falls_back => chain(Some(name)).await,
        Way::Nothing => Err(fault::nothing(at)),
        Way::Code { serial } => Err(fault::code(at, name, serial)),
        Way::Login => Err(fault::login(at, name)),
        Way::Sdk => {
            let builder = ProfileFileCredentialsProvider::builder().configure(&provider).profile_name(name);
            let builder = match at.profiles.files() {
                Some(files) => builder.profile_files(files.clone()),
                None => builder,
            };
            provided(&builder.build(), at).await
        }
        Way::Process { command, roles } => {
            let mut credentials = process::run(command, at).await?;
            for role in roles {
                credentials = assume(&role, credentials, at, means).await?;
            }
            Ok(credentials)
        }
    }
}

/// What a provider of the SDK gives within the limit: it may ask the network, several times.
async fn provided(provider: &impl ProvideCredentials, at: &At<'_>) -> Result<Credentials, Fault> {
    match timeout(at.limit, provider.provide_credentials()).await {
        Ok(given) => given.map_err(|error| fault::of(&error, at)),
        Err(_) => Err(fault::silent(at)),
    }
}

async fn assume(role: &Role<'_>, credentials: Credentials, at: &At<'_>, means: &Means<'_>) -> Result<Credentials, Fault> {
    let loader = aws_config::defaults(BehaviorVersion::latest()).http_client(means.http.clone());
    let loader = loader.region(Region::new(means.region.to_owned())).profile_name(at.profile.unwrap_or(DEFAULT));
    let config = loader.credentials_provider(credentials).load().await;
    let asked = aws_sdk_sts::Client::new(&config).assume_role().role_arn(role.arn).set_external_id(role.external_id.map(str::to_owned));
    let asked = asked.role_session_name(role.session_name.unwrap_or("whycan"));
    let Ok(given) = timeout(at.limit, asked.send()).await else { return Err(fault::silent(at)) };
    let given = given.map_err(|error| fault::of_role(&error, role.arn, at))?;
    let given = given.credentials.ok_or_else(|| fault::nothing(at))?;
    let mut builder = Credentials::builder().access_key_id(given.access_key_id).secret_access_key(given.secret_access_key);
    builder.set_session_token(Some(given.session_token));
    builder.set_expiry(std::time::SystemTime::try_from(given.expiration).ok());
    builder.set_account_id(role.arn.split(':').nth(4).map(Into::into));
    Ok(builder.provider_name("AssumeRole").build())
}

/// The credentials of a role, assumed with others.
///
/// # Errors
/// When STS refuses it.
pub async fn of_role(arn: &str, session: &str, credentials: Credentials, at: &At<'_>, means: &Means<'_>) -> Result<Credentials, Fault> {
    let role = Role { arn, external_id: None, session_name: Some(session) };
    assume(&role, credentials, at, means).await
}

/// How a profile comes to its credentials, along its source profiles, in the order in which the SDK looks.
fn way<'a>(profiles: &'a Profiles, name: &'a str) -> Way<'a> {
    let mut roles = Vec::new();
    let mut visited: Vec<&str> = Vec::new();
    let mut name = name;
    loop {
        // a loop, and a source profile that is not there, are the SDK's to tell
        if visited.contains(&name) || !profiles.has(name) {
            return Way::Sdk;
        }
        let get = |key: &str| profiles.get(name, key);
        let is_source = !visited.is_empty();
        visited.push(name);
        if get("web_identity_token_file").is_some() || (is_source && get("aws_access_key_id").is_some()) {
            return Way::Sdk;
        }
        if let Some(arn) = get("role_arn") {
            if let Some(serial) = get("mfa_serial") {
                return Way::Code { serial };
            }
            roles.insert(0, Role { arn, external_id: get("external_id"), session_name: get("role_session_name") });
            match get("source_profile") {
                Some(next) if next != name => {
                    name = next;
                    continue;
                }
                _ => {}
            }
        }
        let has = |keys: &[&str]| keys.iter().any(|key| get(key).is_some());
        return if has(&["credential_source", "sso_session", "sso_start_url", "sso_account_id", "sso_role_name"]) {
            Way::Sdk
        } else if has(&["login_session"]) {
            Way::Login
        } else if let Some(command) = get("credential_process") {
            Way::Process { command, roles }
        } else if has(&["aws_access_key_id", "role_arn"]) || is_source {
            Way::Sdk
        } else {
            Way::Nothing
        };
    }
}

/// The account that a profile's own words name: of its role, or of its SSO login.
pub fn account<'a>(profiles: &'a Profiles, profile: &str) -> Option<&'a str> {
    let of_role = profiles.get(profile, "role_arn").and_then(|arn| arn.split(':').nth(4));
    of_role.or_else(|| profiles.get(profile, "sso_account_id"))
}

#[cfg(test)]
mod tests;
