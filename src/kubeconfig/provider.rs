//! What kind of cluster a context leads to, as far as the kubeconfig tells: by host and plugin, or by the names that local
//! tools give, and only at a server that is near.

use super::address::Address;
use super::entry::{Cluster, Context, Data, User};

/// A kind of cluster, by who makes or runs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

    /// The kind of cluster that a context leads to.
    pub fn of(context: &Context, cluster: Option<&Cluster>, user: Option<&User>) -> Self {
        let address = Address::of(cluster.map_or("", |cluster| &cluster.server));
        by_host(&address)
            .or_else(|| by_plugin(user?))
            .or_else(|| by_installer(context, cluster?, &address))
            .or_else(|| if address.is_near() { by_name(context) } else { None })
            .unwrap_or(Self::Generic)
    }
}

/// Whether this is a cluster of Amazon EKS: by its host or plugin or, through a tunnel, by the name in its certificate.
pub fn is_eks(cluster: &Cluster, user: &User) -> bool {
    let renamed = cluster.tls_server_name.as_ref().map(|name| format!("https://{name}"));
    let mut hosts = [Some(&cluster.server), renamed.as_ref()].into_iter().flatten();
    hosts.any(|url| by_host(&Address::of(url)) == Some(Provider::Eks)) || by_plugin(user) == Some(Provider::Eks)
}

fn by_host(address: &Address<'_>) -> Option<Provider> {
    let host = address.host.to_ascii_lowercase();
    let ends = |ending: &str| host.ends_with(ending);
    if ends(".eks.amazonaws.com") || ends(".eks.amazonaws.com.cn") || (host.contains(".eks-cluster.") && ends(".api.aws")) {
        Some(Provider::Eks)
    } else if ends(".gke.goog") {
        Some(Provider::Gke)
    } else if ends(".azmk8s.io") {
        Some(Provider::Aks)
    } else {
        None
    }
}

fn by_plugin(user: &User) -> Option<Provider> {
    if user.auth_provider.as_deref() == Some("gcp") {
        return Some(Provider::Gke);
    }
    let exec = user.exec.as_ref()?;
    let has = |word: &str| exec.args.iter().any(|argument| argument == word);
    match exec.program() {
        "aws" if has("eks") => Some(Provider::Eks),
        "aws-iam-authenticator" => Some(Provider::Eks),
        "gke-gcloud-auth-plugin" => Some(Provider::Gke),
        "kubelogin" if has(AKS_SERVER) => Some(Provider::Aks),
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
    let dashed = address.to_string().replace('.', "-");
    if authority.contains("/.minikube/") {
        Some(Provider::Minikube)
    } else if cluster.source.as_ref().is_some_and(|source| source.file == "/etc/rancher/k3s/k3s.yaml") {
        Some(Provider::K3s)
    } else if context.cluster == "microk8s-cluster" {
        Some(Provider::Microk8s)
    } else if context.name == "kubernetes-admin@kubernetes" {
        Some(Provider::Kubeadm)
    } else if context.cluster == dashed && context.user.ends_with(&format!("/{dashed}")) {
        Some(Provider::Openshift)
    } else {
        None
    }
}

fn by_name(context: &Context) -> Option<Provider> {
    let named = |name: &str| context.name == name || context.cluster == name;
    let begins = |prefix: &str| context.name.starts_with(prefix) || context.cluster.starts_with(prefix);
    [
        (begins("kind-"), Provider::Kind),
        (begins("k3d-"), Provider::K3d),
        (named("minikube"), Provider::Minikube),
        (named("colima") || begins("colima-"), Provider::Colima),
        (named("docker-desktop") || named("docker-for-desktop"), Provider::DockerDesktop),
        (named("rancher-desktop"), Provider::RancherDesktop),
        (named("orbstack"), Provider::Orbstack),
    ]
    .into_iter()
    .find_map(|(is_so, provider)| is_so.then_some(provider))
}
