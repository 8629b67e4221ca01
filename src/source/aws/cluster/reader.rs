//! Who reads: calls of EKS about one cluster, and the way by which what they give goes out.

use std::error::Error as StdError;

use aws_sdk_eks::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_eks::types::{AccessEntry, AssociatedAccessPolicy, Cluster, IdentityProviderConfig, OidcIdentityProviderConfig};
use aws_sdk_eks::types::{PodIdentityAssociation, PodIdentityAssociationSummary};
use aws_smithy_runtime_api::http::Response;
use tokio::sync::{mpsc, watch};

use super::Update;
use super::pages::{self, Listing};
use crate::base::Gap;
use crate::facts::Change;
use crate::facts::aws::AwsFact;
use crate::source::aws::fault::{self, Fault};
use crate::source::aws::session::Session;

/// One cluster, and who asks about it.
#[derive(Debug)]
pub struct Reader {
    /// Whose credentials.
    pub session: Session,
    /// The client of the region.
    pub client: aws_sdk_eks::Client,
    /// The region.
    pub region: String,
    /// The cluster's name.
    pub name: String,
}

impl Reader {
    fn fault<E>(&self, error: &SdkError<E, Response>) -> Fault
    where
        E: ProvideErrorMetadata + StdError + 'static,
    {
        fault::of(error, &self.session.at(&self.region, None))
    }

    /// The cluster; none where the answer has none.
    pub async fn describe(&self) -> Result<Option<Cluster>, Fault> {
        let _turn = self.session.turn().await;
        let answer = self.client.describe_cluster().name(&self.name).send().await;
        answer.map(|answer| answer.cluster).map_err(|error| self.fault(&error))
    }

    /// The principals that have access entries.
    pub async fn entries(&self) -> Listing<String> {
        pages::read(async |next| {
            let _turn = self.session.turn().await;
            let call = self.client.list_access_entries().cluster_name(&self.name).max_results(pages::SIZE).set_next_token(next);
            let page = call.send().await.map_err(|error| self.fault(&error))?;
            Ok((page.access_entries.unwrap_or_default(), page.next_token))
        })
        .await
    }

    /// An access entry; none where it is gone.
    pub async fn entry(&self, principal: &str) -> Result<Option<AccessEntry>, Fault> {
        let _turn = self.session.turn().await;
        let answer = self.client.describe_access_entry().cluster_name(&self.name).principal_arn(principal).send().await;
        or_gone(answer.map(|answer| answer.access_entry).map_err(|error| self.fault(&error)))
    }

    /// The policies of an access entry; none where it is gone.
    pub async fn policies(&self, principal: &str) -> Result<Option<Vec<AssociatedAccessPolicy>>, Fault> {
        let listing = pages::read(async |next| {
            let _turn = self.session.turn().await;
            let call = self.client.list_associated_access_policies().cluster_name(&self.name).principal_arn(principal);
            let page = call.max_results(pages::SIZE).set_next_token(next).send().await.map_err(|error| self.fault(&error))?;
            Ok((page.associated_access_policies.unwrap_or_default(), page.next_token))
        })
        .await;
        or_gone(listing.fault.map_or(Ok(Some(listing.items)), Err))
    }

    /// The identity providers, by kind and name.
    pub async fn providers(&self) -> Listing<IdentityProviderConfig> {
        pages::read(async |next| {
            let _turn = self.session.turn().await;
            let call = self.client.list_identity_provider_configs().cluster_name(&self.name).max_results(pages::SIZE).set_next_token(next);
            let page = call.send().await.map_err(|error| self.fault(&error))?;
            Ok((page.identity_provider_configs.unwrap_or_default(), page.next_token))
        })
        .await
    }

    /// An identity provider; none where it is gone.
    pub async fn provider(&self, config: &IdentityProviderConfig) -> Result<Option<OidcIdentityProviderConfig>, Fault> {
        let _turn = self.session.turn().await;
        let call = self.client.describe_identity_provider_config().cluster_name(&self.name).identity_provider_config(config.clone());
        let answer = call.send().await;
        or_gone(answer.map(|answer| answer.identity_provider_config.and_then(|config| config.oidc)).map_err(|error| self.fault(&error)))
    }

    /// The pod identity associations, without their roles.
    pub async fn associations(&self) -> Listing<PodIdentityAssociationSummary> {
        pages::read(async |next| {
            let _turn = self.session.turn().await;
            let call = self.client.list_pod_identity_associations().cluster_name(&self.name).max_results(pages::SIZE).set_next_token(next);
            let page = call.send().await.map_err(|error| self.fault(&error))?;
            Ok((page.associations.unwrap_or_default(), page.next_token))
        })
        .await
    }

    /// A pod identity association; none where it is gone.
    pub async fn association(&self, id: &str) -> Result<Option<PodIdentityAssociation>, Fault> {
        let _turn = self.session.turn().await;
        let answer = self.client.describe_pod_identity_association().cluster_name(&self.name).association_id(id).send().await;
        or_gone(answer.map(|answer| answer.association).map_err(|error| self.fault(&error)))
    }
}

/// What was deleted since it was listed is no fault.
fn or_gone<T>(answer: Result<Option<T>, Fault>) -> Result<Option<T>, Fault> {
    match answer {
        Err(fault) if fault.code.as_deref().is_some_and(|code| code.starts_with("ResourceNotFound")) => Ok(None),
        other => other,
    }
}

/// Where what is read goes, once it is known to be of the cluster that is meant.
#[derive(Clone, Debug)]
pub struct Out {
    updates: mpsc::Sender<Update>,
    /// Whether the cluster was described, once that is known.
    is_described: watch::Receiver<Option<bool>>,
}

impl Out {
    /// A way out, and what opens it.
    pub fn new(updates: mpsc::Sender<Update>) -> (Self, watch::Sender<Option<bool>>) {
        let (open, is_described) = watch::channel(None);
        (Self { updates, is_described }, open)
    }

    /// Whether the cluster was described; it is waited until that is known.
    pub async fn is_described(&self) -> bool {
        let mut is_described = self.is_described.clone();
        let known = is_described.wait_for(Option::is_some).await.ok().and_then(|known| *known);
        match known {
            Some(is_described) => is_described,
            // it is another cluster: what would go out now is of nobody
            None => std::future::pending().await,
        }
    }

    async fn say(&self, update: Update) {
        self.is_described().await;
        // nobody listens any more when the reading is dropped
        let _ = self.updates.send(update).await;
    }

    /// Tells facts.
    pub async fn facts(&self, facts: Vec<AwsFact>) {
        if !facts.is_empty() {
            self.say(Update::Changes(facts.into_iter().map(Change::Aws).collect())).await;
        }
    }

    /// Tells a gap.
    pub async fn gap(&self, gap: Gap) {
        self.say(Update::Changes(vec![Change::Gap(gap)])).await;
    }

    /// Tells how far it has come.
    pub async fn progress(&self, read: usize, of: usize) {
        self.say(Update::Progress { read, of }).await;
    }
}
