//! What kind of cluster a context leads to, as far as the kubeconfig tells: by host and plugin, or by the names that local
//! tools give, and only at a server that is near.

mod eks;
mod place;

use super::address::Address;
use super::entry::{Cluster, Context, Data, User};

pub use eks::{Eks, Producer, is_host, is_plugin};
pub use place::{Place, Realm};

/// What a context is recognised as: the kind of cluster, where it belongs and, of EKS, what else follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognition {
    /// The kind of cluster.
    pub provider: Provider,
    /// Where it belongs.
    pub place: Place,
    /// What follows for a cluster of Amazon EKS.
    pub eks: Option<Eks>,
}

impl Recognition {
    /// What a context is recognised as.
    pub fn of(context: &Context, cluster: Option<&Cluster>, user: Option<&User>) -> Self {
        let provider = Provider::of(context, cluster, user);
        let eks = (provider == Provider::Eks).then(|| Eks::of(context, cluster, user));
        Self { provider, place: Place::of(provider, context, cluster, eks.as_ref()), eks }
    }
}

/// A kind of cluster, by who makes or runs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provider {
    /// Amazon EKS.
    Eks,
    /// Google Kubernetes Engine.
    Gke,
    /// Azure Kubernetes Service.
    Aks,
    /// OpenShift.
    Openshift,
    /// kind.
    Kind,
    /// minikube.
    Minikube,
    /// k3d.
    K3d,
    /// k3s.
    K3s,
    /// Colima.
    Colima,
    /// Rancher Desktop.
    RancherDesktop,
    /// Docker Desktop.
    DockerDesktop,
    /// OrbStack.
    Orbstack,
    /// MicroK8s.
    Microk8s,
    /// kubeadm.
    Kubeadm,
    /// Nothing tells.
    Generic,
}

/// The application that AKS' plugin asks a token for.
const AKS_SERVER: &str = "6dae42f8-4368-4678-94ff-3960e28e3630";

impl Provider {
    /// As JSON has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eks => "eks",
            Self::Gke => "gke",
            Self::Aks => "aks",
            Self::Openshift => "openshift",
            Self::Kind => "kind",
            Self::Minikube => "minikube",
            Self::K3d => "k3d",
            Self::K3s => "k3s",
            Self::Colima => "colima",
            Self::RancherDesktop => "rancher-desktop",
            Self::DockerDesktop => "docker-desktop",
            Self::Orbstack => "orbstack",
            Self::Microk8s => "microk8s",
            Self::Kubeadm => "kubeadm",
            Self::Generic => "generic",
        }
    }

    /// As its makers write it; empty where nothing tells.
    pub fn name(self) -> &'static str {
        match self {
            Self::Eks => "EKS",
            Self::Gke => "GKE",
            Self::Aks => "AKS",
            Self::Openshift => "OpenShift",
            Self::Colima => "Colima",
            Self::RancherDesktop => "Rancher Desktop",
            Self::DockerDesktop => "Docker Desktop",
            Self::Orbstack => "OrbStack",
            Self::Microk8s => "MicroK8s",
            Self::Generic => "",
            Self::Kind | Self::Minikube | Self::K3d | Self::K3s | Self::Kubeadm => self.as_str(),
        }
    }

    /// The kind of cluster that a context leads to.
    pub fn of(context: &Context, cluster: Option<&Cluster>, user: Option<&User>) -> Self {
        let address = Address::of(cluster.map_or("", |cluster| &cluster.server));
        cluster
            .and_then(by_hosts)
            .or_else(|| by_plugin(user?))
            .or_else(|| by_installer(context, cluster?, &address))
            .or_else(|| if address.is_near() { by_name(context) } else { None })
            .unwrap_or(Self::Generic)
    }
}

/// Whether this is a cluster of Amazon EKS: by its host, plugin or name or, through a tunnel, by the name in its certificate.
pub fn is_eks(cluster: &Cluster, user: &User) -> bool {
    [by_hosts(cluster), by_plugin(user)].contains(&Some(Provider::Eks)) || eks::is_name(&cluster.name)
}

/// By the host of the server or, through a tunnel, the name in its certificate.
fn by_hosts(cluster: &Cluster) -> Option<Provider> {
    by_host(Address::of(&cluster.server).host).or_else(|| by_host(cluster.tls_server_name.as_deref()?))
}

fn by_host(host: &str) -> Option<Provider> {
    let host = host.to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| host.ends_with(ending));
    if eks::is_host(&host) {
        Some(Provider::Eks)
    } else if ends(&[".gke.goog"]) {
        Some(Provider::Gke)
    } else if ends(&place::AKS_DOMAINS) {
        Some(Provider::Aks)
    } else if ends(&place::OPENSHIFT_DOMAINS) || host == "api.crc.testing" {
        Some(Provider::Openshift)
    } else {
        None
    }
}

fn by_plugin(user: &User) -> Option<Provider> {
    if user.auth_provider.as_deref() == Some("gcp") {
        return Some(Provider::Gke);
    }
    let exec = user.exec.as_ref()?;
    match exec.program() {
        _ if eks::is_plugin(exec) => Some(Provider::Eks),
        "gke-gcloud-auth-plugin" => Some(Provider::Gke),
        "kubelogin" if exec.args.iter().any(|argument| argument == AKS_SERVER) => Some(Provider::Aks),
        _ => None,
    }
}

/// What installers leave in a kubeconfig.
fn by_installer(context: &Context, cluster: &Cluster, address: &Address<'_>) -> Option<Provider> {
    let authority = match &cluster.certificate_authority {
        Some(Data::File(path)) => path.as_str(),
        _ => "",
    };
    // oc names a cluster after its address and a user NAME/ADDRESS
    let is_of_oc = || {
        let dashed = || address.to_string().replace('.', "-");
        context.user.split_once('/').is_some_and(|(_, server)| server == context.cluster && server == dashed())
    };
    let is_of_kubeadm = || {
        let names = context.name.strip_suffix(&context.cluster).and_then(|name| name.strip_suffix('@'));
        names.is_some_and(|user| matches!(user, "kubernetes-admin" | "kubernetes-super-admin") && user == context.user)
    };
    if cluster.made_by.as_deref() == Some("minikube.sigs.k8s.io") || authority.contains("/.minikube/") {
        Some(Provider::Minikube)
    } else if cluster.source.as_ref().is_some_and(|source| source.file == "/etc/rancher/k3s/k3s.yaml") {
        Some(Provider::K3s)
    } else if context.cluster == "microk8s-cluster" {
        Some(Provider::Microk8s)
    } else if eks::is_name(&context.cluster) {
        Some(Provider::Eks)
    } else if place::of_gke(&context.cluster).is_some() {
        Some(Provider::Gke)
    } else if place::resource_group(context).is_some() {
        Some(Provider::Aks)
    } else if context.name == "kubernetes-admin@kubernetes" || is_of_kubeadm() {
        Some(Provider::Kubeadm)
    } else if is_of_oc() {
        Some(Provider::Openshift)
    } else {
        None
    }
}

fn by_name(context: &Context) -> Option<Provider> {
    let named = |name: &str| context.name == name || context.cluster == name;
    let begins = |prefix: &str| context.name.starts_with(prefix) || context.cluster.starts_with(prefix);
    // a copy of k3s.yaml, and nothing else that is known, calls all three so
    let is_default = [&context.name, &context.cluster, &context.user].into_iter().all(|name| name == "default");
    [
        (begins("kind-"), Provider::Kind),
        (begins("k3d-"), Provider::K3d),
        (named("minikube"), Provider::Minikube),
        (named("microk8s"), Provider::Microk8s),
        (named("colima") || begins("colima-"), Provider::Colima),
        (named("docker-desktop") || named("docker-for-desktop"), Provider::DockerDesktop),
        (named("rancher-desktop"), Provider::RancherDesktop),
        (named("orbstack"), Provider::Orbstack),
        (is_default, Provider::K3s),
    ]
    .into_iter()
    .find_map(|(is_so, provider)| is_so.then_some(provider))
}

#[cfg(test)]
mod tests;
