//! One cluster described, as far as a kubeconfig needs it.

use std::sync::Arc;
use std::time::Duration;

use super::fault;
use super::profiles::Profiles;
use super::scope::check_region;
use super::session::Shared;
use crate::base::Failure;
use crate::base::text::{sanitise, shell_word};
use crate::kubeconfig::eks::Described;

/// The session name of a role that is assumed to describe a cluster: what `aws eks update-kubeconfig` uses.
const SESSION: &str = "EKSDescribeClusterSession";

/// Which cluster is wanted, and who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The cluster's name.
    pub name: String,
    /// The profile; none means the one that the environment chooses.
    pub profile: Option<String>,
    /// The region; none means that of the environment or the profile.
    pub region: Option<String>,
    /// A role to assume first, of another account say.
    pub role: Option<String>,
}

/// Describes a cluster.
///
/// # Errors
/// When there are no credentials, no region, no such cluster, or AWS refuses.
pub async fn describe(profiles: Profiles, wanted: &Wanted, limit: Duration) -> Result<Described, Failure> {
    let named = wanted.profile.is_some();
    let profile = match &wanted.profile {
        Some(name) => profiles.check(name).map(|()| Some(name.clone()))?,
        None => profiles.chosen()?,
    };
    let Some(region) = wanted.region.clone().or_else(|| profiles.region(profile.as_deref()).map(str::to_owned)) else {
        return Err(Failure::failed(format!("no region is chosen for cluster `{}`", sanitise(&wanted.name)))
            .hint("Name it: --region REGION; whycan eks list --all-regions looks everywhere."));
    };
    check_region(&region)?;
    let mut shared = Shared::new(Arc::new(profiles), limit, 1);
    let session = shared.session(profile.as_deref(), &region, named);
    let client = match &wanted.role {
        Some(role) => session.eks_as(&region, role, SESSION).await,
        None => session.eks(&region).await,
    };
    let client = client.map_err(|fault| fault.failure)?;
    let answer = client.describe_cluster().name(&wanted.name).send().await;
    let cluster = answer.map_err(|error| {
        let fault = fault::of(&error, &session.at(&region, None));
        if fault.code.as_deref() == Some("ResourceNotFoundException") {
            missing(wanted, profile.as_deref(), &region)
        } else {
            fault.failure
        }
    })?;
    let cluster = cluster.cluster.ok_or_else(|| missing(wanted, profile.as_deref(), &region))?;
    Ok(Described {
        name: cluster.name.unwrap_or_else(|| wanted.name.clone()),
        arn: cluster.arn.unwrap_or_default(),
        status: cluster.status.map(|status| status.as_str().to_owned()),
        endpoint: cluster.endpoint.unwrap_or_default(),
        certificate_authority_data: cluster.certificate_authority.and_then(|authority| authority.data).unwrap_or_default(),
        local_id: cluster.outpost_config.and(cluster.id),
    })
}

fn missing(wanted: &Wanted, profile: Option<&str>, region: &str) -> Failure {
    let with = profile.map_or_else(String::new, |profile| format!(" --profile {}", shell_word(profile)));
    Failure::failed(format!("there is no cluster `{}` in {region}", sanitise(&wanted.name)))
        .hint(format!("Look which there are: whycan eks list{with} --region {region}"))
        .hint("Or in every region: --all-regions")
}
