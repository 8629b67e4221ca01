//! One profile's way into AWS: its credentials, found once, and clients for every region.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_sdk_eks::config::{SharedCredentialsProvider, SharedHttpClient};
use tokio::sync::{OnceCell, Semaphore};

use super::asker::Asker;
use super::caller::Principal;
use super::client;
use super::credentials::{self, Means};
use super::fault::{self, At, Entry, Fault};
use super::profiles::Profiles;

/// How often a call is made before it counts as failed: throttling and broken connections are often over by then. The SDK's
/// pauses between them grow, and are as random as they should be.
const ATTEMPTS: u32 = 3;

/// The same where many calls are made about one cluster, which bring throttling about by themselves: more of them, sooner.
const ATTEMPTS_OF_MANY: u32 = 4;

/// The longest of the first pause then; each further one is twice as long.
const PAUSE_OF_MANY: Duration = Duration::from_millis(200);

/// A profile, or what stands in its place.
#[derive(Debug)]
pub struct Session {
    profiles: Arc<Profiles>,
    profile: Option<String>,
    /// The region of STS: the profile's own, else the first that is asked about.
    home: String,
    falls_back: bool,
    limit: Duration,
    http: Result<SharedHttpClient, Fault>,
    ready: OnceCell<Result<Ready, Fault>>,
    caller: OnceCell<Result<Principal, Fault>>,
    /// Who asks, where it is about the cluster of a context.
    asker: Option<Asker>,
    /// The calls that may be made at once, to all of AWS.
    turns: Arc<Semaphore>,
}

#[derive(Clone, Debug)]
struct Ready {
    config: SdkConfig,
    /// The account, where the credentials or the profile name it.
    account: Option<String>,
}

/// What sessions share.
#[derive(Debug)]
pub struct Shared {
    /// The profiles.
    pub profiles: Arc<Profiles>,
    /// The limit of each step.
    pub limit: Duration,
    /// The calls that may be made at once, to all of AWS.
    pub turns: Arc<Semaphore>,
    /// The clients, by the file of authorities that each trusts: one for all in most cases.
    clients: Vec<(Option<PathBuf>, Result<SharedHttpClient, Fault>)>,
}

impl Shared {
    /// What sessions of these profiles share.
    pub fn new(profiles: Arc<Profiles>, limit: Duration, turns: usize) -> Self {
        Self { profiles, limit, turns: Arc::new(Semaphore::new(turns)), clients: Vec::new() }
    }

    fn client(&mut self, profile: Option<&str>) -> Result<SharedHttpClient, Fault> {
        let authorities = self.profiles.authorities(profile);
        if let Some((_, known)) = self.clients.iter().find(|(path, _)| *path == authorities) {
            return known.clone();
        }
        let built = client::build(authorities.as_deref()).map_err(Fault::failed);
        self.clients.push((authorities, built.clone()));
        built
    }

    /// The session of a profile; `named` says whether somebody chose it by name.
    pub fn session(&mut self, profile: Option<&str>, region: &str, named: bool) -> Session {
        Session {
            profiles: Arc::clone(&self.profiles),
            profile: profile.map(str::to_owned),
            home: self.profiles.region(profile).unwrap_or(region).to_owned(),
            falls_back: !named,
            limit: self.limit,
            http: self.client(profile),
            ready: OnceCell::new(),
            caller: OnceCell::new(),
            asker: None,
            turns: Arc::clone(&self.turns),
        }
    }

    /// The session of whoever asks about the cluster of a context.
    pub fn session_of(&mut self, asker: Asker, region: &str) -> Session {
        let session = self.session(asker.profile.as_deref(), region, asker.is_named);
        Session { asker: Some(asker), ..session }
    }
}

impl Session {
    /// Where something of EKS is asked.
    pub fn at<'a>(&'a self, region: &'a str, account: Option<&'a str>) -> At<'a> {
        At {
            service: "EKS",
            region,
            profiles: &self.profiles,
            profile: self.profile.as_deref(),
            entry: self.asker.as_ref().map(|asker| Entry {
                has_keys: asker.keys.is_some(),
                role: asker.roles.last().map(String::as_str).filter(|_| self.has_credentials()),
            }),
            account,
            is_accepted: matches!(self.caller.get(), Some(Ok(_))),
            limit: self.limit,
        }
    }

    fn at_home(&self) -> At<'_> {
        At { service: "STS", ..self.at(&self.home, None) }
    }

    /// The profiles.
    pub fn profiles(&self) -> &Profiles {
        &self.profiles
    }

    /// The profile.
    pub fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// The limit of each step.
    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// One of the calls that may be made at once.
    pub async fn turn(&self) -> Option<tokio::sync::SemaphorePermit<'_>> {
        // the semaphore is never closed
        self.turns.acquire().await.ok()
    }

    fn has_credentials(&self) -> bool {
        matches!(self.ready.get(), Some(Ok(_)))
    }

    /// The credentials and settings, found once.
    async fn ready(&self) -> Result<&Ready, Fault> {
        self.ready.get_or_init(|| self.prepare()).await.as_ref().map_err(Clone::clone)
    }

    async fn prepare(&self) -> Result<Ready, Fault> {
        let http = self.http.clone()?;
        let _turn = self.turn().await;
        let at = self.at_home();
        let means = Means { http: &http, region: &self.home, falls_back: self.falls_back };
        let keys = self.asker.as_ref().and_then(|asker| asker.keys.clone());
        let mut credentials = match keys {
            Some(keys) => keys,
            None => credentials::resolve(&at, &means).await?,
        };
        for (role, name) in self.asker.iter().flat_map(Asker::roles) {
            credentials = credentials::of_role(role, name, credentials, &at, &means).await?;
        }
        Ok(self.with(credentials, http).await)
    }

    async fn with(&self, credentials: Credentials, http: SharedHttpClient) -> Ready {
        let of_profile = self.profile.as_deref().and_then(|profile| credentials::account(&self.profiles, profile));
        let account = credentials.account_id().map(aws_credential_types::attributes::AccountId::as_str).or(of_profile).map(str::to_owned);
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http)
            .region(Region::new(self.home.clone()))
            .retry_config(match &self.asker {
                Some(_) => RetryConfig::standard().with_max_attempts(ATTEMPTS_OF_MANY).with_initial_backoff(PAUSE_OF_MANY),
                None => RetryConfig::standard().with_max_attempts(ATTEMPTS),
            })
            .timeout_config(TimeoutConfig::builder().operation_timeout(self.limit).build())
            .credentials_provider(SharedCredentialsProvider::new(credentials));
        if let Some(files) = self.profiles.files() {
            loader = loader.profile_files(files.clone());
        }
        if let Some(profile) = self.profile.as_deref().or_else(|| self.profiles.named()) {
            loader = loader.profile_name(profile);
        }
        Ready { config: loader.load().await, account }
    }

    /// A client of EKS in a region.
    ///
    /// # Errors
    /// When there are no credentials.
    pub async fn eks(&self, region: &str) -> Result<aws_sdk_eks::Client, Fault> {
        let config = &self.ready().await?.config;
        Ok(aws_sdk_eks::Client::new(&config.to_builder().region(Region::new(region.to_owned())).build()))
    }

    /// A client of EKS in a region with the credentials of a role that is assumed for it.
    ///
    /// # Errors
    /// When there are no credentials, or the role cannot be assumed.
    pub async fn eks_as(&self, region: &str, role: &str, name: &str) -> Result<aws_sdk_eks::Client, Fault> {
        let (http, ready) = (self.http.clone()?, self.ready().await?);
        let own = self.signing().await?;
        let means = Means { http: &http, region: &self.home, falls_back: false };
        let assumed = credentials::of_role(role, name, own, &self.at_home(), &means).await?;
        let builder = ready.config.to_builder().region(Region::new(region.to_owned()));
        Ok(aws_sdk_eks::Client::new(&builder.credentials_provider(SharedCredentialsProvider::new(assumed)).build()))
    }

    /// The account: as the credentials or the profile name it, else as STS says.
    pub async fn account(&self) -> Option<String> {
        match self.ready().await.ok()?.account.clone() {
            Some(account) => Some(account),
            None => self.caller().await.ok().map(|caller| caller.account),
        }
    }

    /// Who calls, as STS says, asked once: it needs no permission, so its answer proves that the credentials are good.
    pub async fn caller(&self) -> Result<Principal, Fault> {
        self.caller.get_or_init(|| self.ask()).await.clone()
    }

    async fn ask(&self) -> Result<Principal, Fault> {
        let ready = self.ready().await?;
        let _turn = self.turn().await;
        let asked = aws_sdk_sts::Client::new(&ready.config).get_caller_identity().send().await;
        let asked = asked.map_err(|error| fault::of(&error, &self.at_home()))?;
        match (asked.arn, asked.account, asked.user_id) {
            (Some(arn), Some(account), Some(user_id)) => Ok(Principal { arn, account, user_id }),
            _ => Err(fault::credentials::nothing(&self.at_home())),
        }
    }

    /// The credentials themselves, and the client that they are used with.
    ///
    /// # Errors
    /// When there are none.
    pub async fn signing(&self) -> Result<Credentials, Fault> {
        use aws_credential_types::provider::ProvideCredentials as _;
        let provider = self.ready().await?.config.credentials_provider();
        let provider = provider.ok_or_else(|| fault::credentials::nothing(&self.at_home()))?;
        provider.provide_credentials().await.map_err(|error| fault::credentials::of(&error, &self.at_home()))
    }
}
