//! What AWS says of a cluster of EKS and of principals, as far as it is recorded with the cluster's objects.

use std::collections::{BTreeMap, BTreeSet};

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
    /// The roles and users that IAM does not have, by the ARN that was asked for.
    pub missing: BTreeSet<String>,
    /// The accounts of which all roles are known.
    pub accounts: BTreeSet<String>,
    /// The private DNS names of instances, by id.
    pub instances: BTreeMap<String, String>,
    /// Who one is to AWS.
    pub caller: Option<AwsCaller>,
    /// The identity provider configurations described, by cluster and name.
    pub identity_providers: BTreeMap<(String, String), IdentityProvider>,
    /// The identity provider configurations that there are, by name, when they are listed.
    pub listed_identity_providers: Option<Listed>,
    /// The pod identity associations, by cluster and id; those listed and not described have no role.
    pub pod_identities: BTreeMap<(String, String), PodIdentity>,
    /// Whether all pod identity associations are listed; none when they were not asked for.
    pub pod_identities_listed: Option<bool>,
    /// The OpenID Connect providers of IAM, by ARN or, where only the URL is told, by that.
    pub openid_providers: BTreeMap<String, OpenIdProvider>,
    /// Whether all OpenID Connect providers of the account are listed.
    pub openid_providers_listed: bool,
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
    /// The URL of its API server.
    pub endpoint: String,
    /// Its authority's certificate, as base64 of PEM.
    pub certificate_authority_data: String,
    /// The issuer of its service accounts' tokens, with `https://`.
    pub issuer: String,
    /// Its Kubernetes version, such as `1.33`.
    pub version: String,
    /// `ACTIVE`, `UPDATING`.
    pub status: String,
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

/// What a list names: the principals that have access entries, or identity provider configurations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Their ARNs or names.
    pub names: Vec<String>,
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
    /// A role's trust policy, as JSON text; none of a user, or where it was not told.
    pub trust: Option<String>,
}

/// Who one is to AWS: what `sts:GetCallerIdentity` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AwsCaller {
    /// The ARN of the session or user.
    pub arn: String,
    /// The account.
    pub account: String,
    /// The unique id, of a session with its name behind it.
    pub id: String,
}

/// An identity provider configuration of a cluster: an issuer of tokens for people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdentityProvider {
    /// The cluster.
    pub cluster: String,
    /// Its name.
    pub name: String,
    /// The issuer.
    pub issuer: String,
    /// The audience that tokens must have.
    pub client_id: String,
    /// The claim that holds the user name; none for `sub`.
    pub username_claim: Option<String>,
    /// What stands before the user name; none for what EKS puts there by default, `-` for nothing.
    pub username_prefix: Option<String>,
    /// The claim that holds the groups.
    pub groups_claim: Option<String>,
    /// What stands before each group.
    pub groups_prefix: Option<String>,
    /// The claims that tokens must have, with their values.
    pub required_claims: BTreeMap<String, String>,
    /// `ACTIVE`, `CREATING`, `DELETING`.
    pub status: String,
}

/// A pod identity association: the role that pods of a service account become.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodIdentity {
    /// The cluster.
    pub cluster: String,
    /// Its id.
    pub id: String,
    /// The service account's namespace.
    pub namespace: String,
    /// The service account.
    pub service_account: String,
    /// The role; none where it is only listed.
    pub role: Option<String>,
    /// The role that is assumed by the first, of another account.
    pub target_role: Option<String>,
    /// The external id that is given when the second is assumed.
    pub external_id: Option<String>,
    /// Whether sessions go without tags.
    pub is_without_tags: bool,
}

/// An OpenID Connect provider of IAM: an issuer whose tokens AWS takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenIdProvider {
    /// Its ARN; empty where only its URL is told.
    pub arn: String,
    /// The issuer without `https://`.
    pub url: String,
    /// The audiences; none where it is only listed.
    pub audiences: Option<Vec<String>>,
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
    /// A role or user that there is not, by the ARN that was asked for.
    Missing(String),
    /// All roles of an account are among the principals.
    Roles {
        /// The account.
        account: String,
    },
    /// Who one is to AWS.
    Caller(AwsCaller),
    /// An identity provider configuration.
    IdentityProvider(IdentityProvider),
    /// Which identity provider configurations there are, by name.
    IdentityProviders(Listed),
    /// A pod identity association.
    PodIdentity(PodIdentity),
    /// Pod identity associations were listed, all or some.
    PodIdentities {
        /// Whether there are further pages that were not read.
        has_more: bool,
    },
    /// An OpenID Connect provider of IAM.
    OpenIdProvider(OpenIdProvider),
    /// All OpenID Connect providers of the account were listed.
    OpenIdProviders,
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

    /// Whether there is no role or user of that ARN, as far as that is known: IAM said so, or has told all roles of the account.
    pub fn is_gone(&self, arn: &str) -> bool {
        let is_listed = || arn.contains(":role/") && arn.split(':').nth(4).is_some_and(|account| self.accounts.contains(account));
        !self.principals.contains_key(arn) && (self.missing.contains(arn) || is_listed())
    }

    /// Takes one thing more.
    pub fn put(&mut self, fact: AwsFact) {
        match fact {
            AwsFact::Cluster(cluster) => drop(self.clusters.insert(cluster.name.clone(), cluster)),
            AwsFact::Entry(entry) => drop(self.entries.insert((entry.cluster.clone(), entry.principal.clone()), entry)),
            AwsFact::Listed(listed) => self.listed.get_or_insert_default().add(listed),
            AwsFact::Policies { cluster, principal, policies } => drop(self.policies.insert((cluster, principal), policies)),
            AwsFact::Principal(principal) => drop(self.principals.insert(principal.arn.clone(), principal)),
            AwsFact::Missing(arn) => drop(self.missing.insert(arn)),
            AwsFact::Roles { account } => drop(self.accounts.insert(account)),
            AwsFact::Caller(caller) => self.caller = Some(caller),
            AwsFact::IdentityProvider(provider) => {
                drop(self.identity_providers.insert((provider.cluster.clone(), provider.name.clone()), provider));
            }
            AwsFact::IdentityProviders(listed) => self.listed_identity_providers.get_or_insert_default().add(listed),
            AwsFact::PodIdentity(association) => self.put_pod_identity(association),
            AwsFact::PodIdentities { has_more } => {
                // a page that ends the list completes it
                self.pod_identities_listed = Some(!has_more || self.pod_identities_listed == Some(true));
            }
            AwsFact::OpenIdProvider(provider) => self.put_openid_provider(provider),
            AwsFact::OpenIdProviders => self.openid_providers_listed = true,
            AwsFact::Instance { id, name } => drop(self.instances.insert(id, name)),
        }
    }

    /// A description knows the role, which a list does not.
    fn put_pod_identity(&mut self, association: PodIdentity) {
        let known = self.pod_identities.entry((association.cluster.clone(), association.id.clone())).or_default();
        if known.role.is_none() || association.role.is_some() {
            *known = association;
        }
    }

    /// A description names the URL, a list the ARN, which ends in it.
    fn put_openid_provider(&mut self, provider: OpenIdProvider) {
        let known =
            self.openid_providers.values_mut().find(|known| known.url == provider.url && (known.arn.is_empty() || provider.arn.is_empty()));
        if let Some(known) = known {
            known.audiences = provider.audiences.or_else(|| known.audiences.take());
            if known.arn.is_empty() {
                known.arn = provider.arn;
            }
            return;
        }
        let key = if provider.arn.is_empty() { provider.url.clone() } else { provider.arn.clone() };
        let known = self.openid_providers.entry(key).or_default();
        let audiences = provider.audiences.or_else(|| known.audiences.take());
        *known = OpenIdProvider { audiences, ..provider };
    }
}

impl IdentityProvider {
    /// The claim that holds the user name, and what stands before it: what EKS has where the settings give nothing.
    pub fn username(&self) -> (&str, String) {
        let claim = self.username_claim.as_deref().unwrap_or("sub");
        let prefix = match self.username_prefix.as_deref() {
            Some("-") => String::new(),
            Some(prefix) => prefix.to_owned(),
            None if claim == "email" => String::new(),
            None => format!("{}#", self.issuer),
        };
        (claim, prefix)
    }
}

impl OpenIdProvider {
    /// The provider of that ARN, of which nothing else is known.
    pub fn of_arn(arn: &str) -> Self {
        let url = arn.split_once(":oidc-provider/").map(|(_, url)| url.to_owned()).unwrap_or_default();
        Self { arn: arn.to_owned(), url, audiences: None }
    }
}

impl Listed {
    fn add(&mut self, page: Self) {
        self.has_more |= page.has_more;
        self.names.extend(page.names);
    }
}
