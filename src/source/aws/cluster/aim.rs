//! Which cluster a context means, and whether one that AWS describes is it.

use crate::base::text::sanitise;
use crate::facts::aws::EksCluster;
use crate::kubeconfig::provider::is_host;
use crate::kubeconfig::{Address, Cluster, Target};
use crate::source::live;

/// Which cluster is meant.
#[derive(Clone, Debug)]
pub struct Aim {
    /// Its name, when the kubeconfig tells it.
    pub name: Option<String>,
    /// Its region, when the kubeconfig tells it.
    pub region: Option<String>,
    /// The entry of the cluster.
    cluster: Cluster,
}

impl Aim {
    /// What a target means; none where it is no cluster of EKS.
    pub fn of(target: &Target) -> Option<Self> {
        let eks = live::eks(target)?;
        Some(Self { name: eks.cluster, region: eks.region, cluster: target.cluster.clone() })
    }

    /// The server, for a sentence.
    pub fn server(&self) -> String {
        let address = Address::of(&self.cluster.server);
        sanitise(&address.to_string()).into_owned()
    }

    /// Whether a cluster that AWS describes is the one of the server; none where a proxy or a tunnel stands between.
    ///
    /// The first label of the host is the cluster's own; with the same name in another region, or of another account, it differs.
    pub fn is(&self, described: &EksCluster) -> Option<bool> {
        let endpoint = Address::of(&described.endpoint);
        if endpoint.host.is_empty() {
            return None;
        }
        let server = Address::of(&self.cluster.server);
        let hosts = [Some(server.host), self.cluster.tls_server_name.as_deref()];
        let mut hosts = hosts.into_iter().flatten().map(str::to_ascii_lowercase);
        let wanted = endpoint.host.to_ascii_lowercase();
        let id = |host: &str| host.split('.').next().unwrap_or_default().to_owned();
        let is_same = |host: &String| *host == wanted && (server.host != endpoint.host || port(&server) == port(&endpoint));
        let told: Vec<bool> = hosts
            .by_ref()
            .filter_map(|host| if is_same(&host) { Some(true) } else { is_host(&host).then(|| id(&host) == id(&wanted)) })
            .collect();
        if told.contains(&true) { Some(true) } else { told.first().copied() }
    }
}

fn port<'a>(address: &Address<'a>) -> &'a str {
    address.port.unwrap_or(if address.is_tls { "443" } else { "80" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_is_known_by_its_endpoint() {
        let aim = |server: &str, name: Option<&str>| Aim {
            name: Some("blue".to_owned()),
            region: None,
            cluster: Cluster { server: server.to_owned(), tls_server_name: name.map(str::to_owned), ..Cluster::default() },
        };
        let own = "https://AB12.gr7.eu-west-1.eks.amazonaws.com";
        for (server, name, endpoint, expected) in [
            (own, None, own, Some(true)),
            ("https://ab12.gr7.eu-west-1.eks.amazonaws.com:443/", None, own, Some(true)),
            ("https://CD34.gr7.eu-west-1.eks.amazonaws.com", None, own, Some(false)),
            ("https://AB12.eks-cluster.eu-west-1.api.aws", None, own, Some(true)),
            ("https://127.0.0.1:8443", Some("ab12.gr7.eu-west-1.eks.amazonaws.com"), own, Some(true)),
            ("https://127.0.0.1:8443", Some("cd34.gr7.eu-west-1.eks.amazonaws.com"), own, Some(false)),
            // a tunnel, or a name in one's own network
            ("https://127.0.0.1:8443", None, own, None),
            ("https://kubernetes.corp.example", None, own, None),
            ("https://localhost:16443", None, "https://localhost:16443", Some(true)),
            ("https://localhost:16443", None, "https://localhost:16444", None),
            (own, None, "", None),
        ] {
            let described = EksCluster { endpoint: endpoint.to_owned(), ..EksCluster::default() };
            assert_eq!(aim(server, name).is(&described), expected, "{server} {name:?} {endpoint}");
        }
    }
}
