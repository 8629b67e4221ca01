//! Where a cluster belongs, for a list in groups: whose it is, in which account or project, and in which region.

use std::cmp::Ordering;

use super::{Eks, Provider};
use crate::kubeconfig::address::Address;
use crate::kubeconfig::entry::{Cluster, Context};

/// Where the servers of AKS are; before each stands the region or, in the sovereign clouds, `REGION.cx`.
pub const AKS_DOMAINS: [&str; 3] = [".azmk8s.io", ".cx.prod.service.azk8s.cn", ".cx.aks.containerservice.azure.us"];

/// Where the servers of OpenShift as a service are: Red Hat's own and on AWS, and Azure's.
pub const OPENSHIFT_DOMAINS: [&str; 2] = [".openshiftapps.com", ".aroapp.io"];

/// Where a cluster belongs; places sort as a list shows them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// Whose it is.
    pub realm: Realm,
    /// The AWS account, GCP project or Azure resource group.
    pub account: Option<String>,
    /// The region, or the zone.
    pub region: Option<String>,
}

/// Whose clusters are: a provider's, of this machine, or nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Realm {
    /// A provider's.
    Of(Provider),
    /// A tool's on this machine, or in a virtual machine of it.
    Local,
    /// Nothing tells.
    Other,
}

impl Realm {
    /// As a heading has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Of(provider) => provider.name(),
            Self::Local => "local",
            Self::Other => "other",
        }
    }
}

/// By whose it is, account and region; what is not known comes last.
impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        fn known(part: Option<&String>) -> (bool, Option<&String>) {
            (part.is_none(), part)
        }
        fn key(place: &Place) -> impl Ord + '_ {
            (place.realm, known(place.account.as_ref()), known(place.region.as_ref()))
        }
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// `EKS 111122223333 eu-central-1`, `local`.
impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.realm.as_str())?;
        [&self.account, &self.region].into_iter().flatten().try_for_each(|part| write!(f, " {part}"))
    }
}

impl Place {
    /// Where a cluster of a provider belongs.
    pub(super) fn of(provider: Provider, context: &Context, cluster: Option<&Cluster>, eks: Option<&Eks>) -> Self {
        let address = Address::of(cluster.map_or("", |cluster| &cluster.server));
        let owned = |text: &str| text.to_owned();
        let (account, region) = match provider {
            Provider::Eks => eks.map(|eks| (eks.account.clone(), eks.region.clone())).unwrap_or_default(),
            Provider::Gke => match [&context.cluster, &context.name].into_iter().find_map(|name| of_gke(name)) {
                Some((project, location)) => (Some(project.to_owned()), Some(location.to_owned())),
                None => (None, None),
            },
            Provider::Aks => (resource_group(context).map(owned), label_before(address.host, &AKS_DOMAINS).map(owned)),
            Provider::Openshift => (None, label_before(address.host, &OPENSHIFT_DOMAINS[1..]).map(owned)),
            _ => (None, None),
        };
        let realm = match provider {
            Provider::Eks | Provider::Gke | Provider::Aks => Realm::Of(provider),
            Provider::Openshift if address.host != "api.crc.testing" => Realm::Of(provider),
            // installed on a machine, which need not be this one
            Provider::K3s | Provider::Microk8s | Provider::Kubeadm if !address.is_near() => Realm::Of(provider),
            Provider::Generic => Realm::Other,
            _ => Realm::Local,
        };
        Self { realm, account, region }
    }
}

/// The project and the location of `gke_PROJECT_LOCATION_NAME`; none of the three may hold an underscore.
pub fn of_gke(name: &str) -> Option<(&str, &str)> {
    let rest = name.strip_prefix("gke_").or_else(|| name.strip_prefix("connectgateway_"))?;
    let mut parts = rest.split('_');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(project), Some(location), Some(cluster), None) if ![project, location, cluster].contains(&"") => Some((project, location)),
        _ => None,
    }
}

/// The resource group of a context by `az aks get-credentials`, which names the user `clusterUser_GROUP_CLUSTER`.
pub fn resource_group(context: &Context) -> Option<&str> {
    let rest = context.user.strip_prefix("clusterUser_").or_else(|| context.user.strip_prefix("clusterAdmin_"))?;
    rest.strip_suffix(&context.cluster)?.strip_suffix('_').filter(|group| !group.is_empty())
}

/// The label before a domain: `westeurope` of `dns-1.hcp.westeurope.azmk8s.io`.
fn label_before<'a>(host: &'a str, domains: &[&str]) -> Option<&'a str> {
    let before = domains.iter().find_map(|domain| host.strip_suffix(domain))?;
    before.rsplit_once('.').map(|(_, label)| label)
}
