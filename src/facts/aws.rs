//! What AWS says of a cluster of EKS and of principals, as far as it is recorded with the cluster's objects.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// Everything known from AWS beside one cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AwsFacts {
    /// The clusters described, by name; the facts are of one, and several mean that it is not clear of which.
    pub clusters: BTreeMap<String, EksCluster>,
    /// The access entries described, by cluster and principal.
    pub entries: BTreeMap<(String, String), AccessEntry>,
    /// The principals that have access entries, when they are listed.
    pub listed: Option<Listed>,
    /// The policies associated with access entries, by cluster and principal.
    pub policies: BTreeMap<(String, String), Vec<PolicyAssociation>>,
    /// Roles and users of IAM, by ARN.
    pub principals: BTreeMap<String, IamPrincipal>,
    /// The private DNS names of instances, by id.
    pub instances: BTreeMap<String, String>,
}

/// A cluster as `eks:DescribeCluster` tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EksCluster {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// How IAM principals become users, when it is told.
    pub authentication_mode: Option<AuthenticationMode>,
    /// When it was created.
    pub created: Option<Timestamp>,
}

/// How IAM principals become users of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AuthenticationMode {
    /// By aws-auth alone.
    ConfigMap,
    /// By access entries, and by aws-auth for who has none.
    ApiAndConfigMap,
    /// By access entries alone.
    Api,
}

/// An access entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessEntry {
    /// The cluster.
    pub cluster: String,
    /// The role or user, with its path.
    pub principal: String,
    /// The user name, with placeholders; empty for the one that its type has by default.
    pub username: String,
    /// The groups, as they are printed; EKS gives nodes some by itself.
    pub groups: Vec<String>,
    /// `STANDARD`, `EC2_LINUX`.
    pub kind: String,
    /// When it was created: it is bound to the principal that had the ARN at that time.
    pub created: Option<Timestamp>,
}

/// The principals that have access entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Their ARNs.
    pub principals: Vec<String>,
    /// Whether there is a further page that was not read.
    pub has_more: bool,
}

/// An access policy that an access entry has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyAssociation {
    /// The policy's ARN.
    pub policy: String,
    /// Whether it holds in some namespaces alone.
    pub is_namespaced: bool,
    /// Those namespaces, with patterns.
    pub namespaces: Vec<String>,
}

/// A role or user of IAM.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IamPrincipal {
    /// Its ARN, with its path.
    pub arn: String,
    /// Its unique id: another of the same name has another.
    pub id: String,
    /// When it was created.
    pub created: Option<Timestamp>,
}

/// One thing that AWS says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AwsFact {
    /// A cluster.
    Cluster(EksCluster),
    /// An access entry.
    Entry(AccessEntry),
    /// Which principals have access entries.
    Listed(Listed),
    /// The policies of an access entry.
    Policies {
        /// The cluster.
        cluster: String,
        /// The principal.
        principal: String,
        /// The policies.
        policies: Vec<PolicyAssociation>,
    },
    /// A role or user of IAM.
    Principal(IamPrincipal),
    /// An instance of EC2.
    Instance {
        /// Its id.
        id: String,
        /// Its private DNS name; empty for none.
        name: String,
    },
}

impl AuthenticationMode {
    /// As AWS writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ConfigMap => "CONFIG_MAP",
            Self::ApiAndConfigMap => "API_AND_CONFIG_MAP",
            Self::Api => "API",
        }
    }

    /// The mode of that spelling.
    pub fn find(text: &str) -> Option<Self> {
        [Self::ConfigMap, Self::ApiAndConfigMap, Self::Api].into_iter().find(|mode| mode.as_str() == text)
    }

    /// Whether access entries count.
    pub fn has_entries(self) -> bool {
        self != Self::ConfigMap
    }

    /// Whether aws-auth counts.
    pub fn has_config_map(self) -> bool {
        self != Self::Api
    }
}

impl AwsFacts {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The cluster that the facts are of, where it is described and clear.
    pub fn cluster(&self) -> Option<&EksCluster> {
        self.clusters.values().next().filter(|_| self.clusters.len() == 1)
    }

    /// The access entries of the cluster, in the order of their principals.
    pub fn entries_of_cluster(&self) -> impl Iterator<Item = &AccessEntry> {
        self.entries.values().filter(|entry| self.is_of_cluster(&entry.cluster))
    }

    /// The policies of an access entry, when they were read.
    pub fn policies_of(&self, entry: &AccessEntry) -> Option<&[PolicyAssociation]> {
        self.policies.get(&(entry.cluster.clone(), entry.principal.clone())).map(Vec::as_slice)
    }

    fn is_of_cluster(&self, name: &str) -> bool {
        self.cluster().is_none_or(|cluster| name.is_empty() || cluster.name == name)
    }

    /// Takes one thing more.
    pub fn put(&mut self, fact: AwsFact) {
        match fact {
            AwsFact::Cluster(cluster) => drop(self.clusters.insert(cluster.name.clone(), cluster)),
            AwsFact::Entry(entry) => drop(self.entries.insert((entry.cluster.clone(), entry.principal.clone()), entry)),
            AwsFact::Listed(listed) => {
                let known = self.listed.get_or_insert_default();
                known.has_more |= listed.has_more;
                known.principals.extend(listed.principals);
            }
            AwsFact::Policies { cluster, principal, policies } => drop(self.policies.insert((cluster, principal), policies)),
            AwsFact::Principal(principal) => drop(self.principals.insert(principal.arn.clone(), principal)),
            AwsFact::Instance { id, name } => drop(self.instances.insert(id, name)),
        }
    }
}
