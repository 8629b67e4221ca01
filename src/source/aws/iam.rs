//! IAM, asked about the few principals that matter: the role or user of an access entry, the role that pods become, the
//! issuers whose tokens the account takes.
//!
//! The calls are signed here (`Signature Version 4` with aws-sigv4): the SDK's own client of IAM is larger than all that is read.

mod answer;
mod endpoint;
mod request;

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;

use super::asker::Asker;
use super::cluster::Part;
use super::fault::Fault;
use super::regions;
use super::session::{Session, Shared};
use crate::base::Failure;
use crate::base::text::sanitise;
use crate::facts::Change;
use crate::facts::aws::{AwsFact, OpenIdProvider};
use crate::identity::aws::{Arn, Kind, Principal, Release};
use crate::kubeconfig::Target;
use crate::source::live;
use request::Caller;

/// How many calls are under way at once.
const AT_ONCE: usize = 10;

/// Where IAM is asked when the cluster's region is not known: the public partition.
const FALLBACK: &str = "us-east-1";

/// IAM, as somebody.
#[derive(Debug)]
pub struct Iam<'a> {
    session: &'a Session,
    caller: Caller<'a>,
}

impl<'a> Iam<'a> {
    /// IAM of the partition that a region is in.
    ///
    /// # Errors
    /// When there is no client.
    pub fn of(session: &'a Session, region: &str) -> Result<Self, Fault> {
        Ok(Self { session, caller: Caller::new(session, regions::partition(region))? })
    }

    /// What IAM says of the role or user of an ARN, or of that of a session: it is as told, or there is none. Nothing where the
    /// ARN is of neither.
    ///
    /// # Errors
    /// When IAM refuses, or it is of another account than who asks.
    pub async fn principal(&self, arn: &str) -> Result<Option<AwsFact>, Fault> {
        let Ok(principal) = Principal::of_arn(arn, Release::default()) else { return Ok(None) };
        let (action, parameter, element) = match principal.kind {
            Kind::Role | Kind::AssumedRole => ("GetRole", "RoleName", "Role"),
            Kind::User => ("GetUser", "UserName", "User"),
            Kind::Root | Kind::FederatedUser => return Ok(None),
        };
        // a name leads to the principal of one's own account, whatever account the ARN names
        if let Some(own) = self.session.account().await.filter(|own| *own != principal.account) {
            let failure =
                Failure::failed(format!("{} is of account {}, and who asks is of {own}", sanitise(arn), sanitise(&principal.account)));
            return Err(Fault::denied(failure.hint("IAM tells of its own account alone: ask with a profile of the other one.")));
        }
        let Ok(name) = Arn::read(&principal.canonical).map(|arn| arn.name().to_owned()) else { return Ok(None) };
        Ok(match self.caller.ask(action, &[(parameter, &name)]).await? {
            Some(answer) => answer::principal(&answer, action, element).map(AwsFact::Principal),
            None => Some(AwsFact::Missing(arn.to_owned())),
        })
    }

    /// The issuers whose tokens the account takes, each with its audiences.
    ///
    /// # Errors
    /// When IAM refuses the list.
    pub async fn openid_providers(&self) -> Result<Vec<Result<OpenIdProvider, Fault>>, Fault> {
        let answer = self.caller.ask("ListOpenIDConnectProviders", &[]).await?.unwrap_or_default();
        let described = futures::stream::iter(answer::openid_arns(&answer)).map(async |arn| {
            let answer = self.caller.ask("GetOpenIDConnectProvider", &[("OpenIDConnectProviderArn", &arn)]).await?;
            Ok(answer.map(|answer| answer::openid_provider(&answer, &arn)))
        });
        let described: Vec<Result<Option<OpenIdProvider>, Fault>> = described.buffered(AT_ONCE).collect().await;
        Ok(described.into_iter().filter_map(Result::transpose).collect())
    }

    /// The names that the account goes by: one at most.
    ///
    /// # Errors
    /// When IAM refuses.
    pub async fn aliases(&self) -> Result<Vec<String>, Fault> {
        let answer = self.caller.ask("ListAccountAliases", &[]).await?.unwrap_or_default();
        Ok(answer::aliases(&answer))
    }
}

/// What IAM says of principals, asked as the user of a target asks: roles and users as they are, and a gap for each that could
/// not be read. Nobody is asked where the target is no cluster of EKS.
pub async fn principals(target: &Target, arns: &[String], limit: Duration) -> Vec<Change> {
    let Some((session, region)) = open(target, limit).await else { return Vec::new() };
    let iam = match session.as_ref().map_err(Clone::clone).and_then(|session| Iam::of(session, &region)) {
        Ok(iam) => iam,
        Err(fault) => return vec![Change::Gap(Part::Principal.lost(&fault))],
    };
    let asked = futures::stream::iter(arns.to_vec()).map(async |arn| match iam.principal(&arn).await {
        Ok(fact) => fact.map(Change::Aws),
        Err(fault) => Some(Change::Gap(Part::Principal.lost(&fault))),
    });
    let asked: Vec<Option<Change>> = asked.buffered(AT_ONCE).collect().await;
    asked.into_iter().flatten().collect()
}

/// The issuers whose tokens the account takes, asked as the user of a target asks.
pub async fn openid_providers(target: &Target, limit: Duration) -> Vec<Change> {
    let Some((session, region)) = open(target, limit).await else { return Vec::new() };
    let answer = match session.as_ref().map_err(Clone::clone).and_then(|session| Iam::of(session, &region)) {
        Ok(iam) => iam.openid_providers().await,
        Err(fault) => Err(fault),
    };
    match answer {
        Ok(providers) => {
            let changes = providers.into_iter().map(|provider| match provider {
                Ok(provider) => Change::Aws(AwsFact::OpenIdProvider(provider)),
                Err(fault) => Change::Gap(Part::Issuers.lost(&fault)),
            });
            changes.chain([Change::Aws(AwsFact::OpenIdProviders)]).collect()
        }
        Err(fault) => vec![Change::Gap(Part::Issuers.lost(&fault))],
    }
}

/// The names that the account of who asks goes by: one at most, none where the target is no cluster of EKS.
///
/// # Errors
/// When IAM refuses.
pub async fn account_aliases(target: &Target, limit: Duration) -> Result<Vec<String>, Failure> {
    let Some((session, region)) = open(target, limit).await else { return Ok(Vec::new()) };
    let told = |fault: Fault| fault.failure;
    let session = session.map_err(told)?;
    Iam::of(&session, &region).map_err(told)?.aliases().await.map_err(told)
}

/// Who asks about a target, and its region; none where it is no cluster of EKS.
async fn open(target: &Target, limit: Duration) -> Option<(Result<Session, Fault>, String)> {
    let region = live::eks(target)?.region.unwrap_or_else(|| FALLBACK.to_owned());
    let session = match Asker::of(&target.user).await {
        Ok(asker) => Ok(Shared::new(Arc::new(asker.profiles.clone()), limit, AT_ONCE).session_of(asker, &region)),
        Err(failure) => Err(Fault::failed(failure)),
    };
    Some((session, region))
}
