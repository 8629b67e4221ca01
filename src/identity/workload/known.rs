//! What is known for answers about workloads, each thing looked up once.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::trust::{Policy, PolicyError};
use crate::base::Name;
use crate::facts::aws::{OpenIdProvider, PodIdentity};
use crate::facts::{AwsFacts, Facts, Kind, Pod};

/// A role's trust policy, or why it is none.
pub type Trust = Rc<Result<Policy, PolicyError>>;

/// What the facts say of workloads.
#[derive(Debug)]
pub struct Known<'a> {
    /// All facts.
    pub facts: &'a Facts,
    /// The issuer of the cluster's tokens without its scheme, where it is known.
    pub issuer: Option<&'a str>,
    /// The cluster's ARN, where it is known.
    pub cluster: Option<&'a str>,
    associations: FxHashMap<(Name, Name), Vec<&'a PodIdentity>>,
    policies: RefCell<FxHashMap<&'a str, Trust>>,
    pods: OnceCell<FxHashMap<(Name, Name), Vec<&'a Pod>>>,
}

/// What is known of a role.
#[derive(Clone, Debug)]
pub enum RoleTrust {
    /// Its trust policy.
    Trust(Trust),
    /// Nothing: it was not read.
    Unread,
    /// There is none of this ARN: the role of that name has this one.
    Elsewhere(String),
    /// There is none of this ARN.
    Missing,
}

/// Whether IAM has the provider of an issuer in an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registered<'a> {
    /// It has.
    Yes(&'a OpenIdProvider),
    /// It has not.
    No,
    /// That account's providers were not read.
    Unread,
}

impl<'a> Known<'a> {
    /// Takes the facts.
    pub fn of(facts: &'a Facts) -> Self {
        let aws = facts.aws();
        let cluster = aws.cluster();
        let mut associations: FxHashMap<_, Vec<_>> = FxHashMap::default();
        for association in of_cluster(aws) {
            let key = (Name::new(&association.namespace), Name::new(&association.service_account));
            associations.entry(key).or_default().push(association);
        }
        let issuer = cluster.map(|cluster| cluster.issuer.as_str()).filter(|issuer| !issuer.is_empty());
        Self {
            facts,
            issuer: issuer.map(|issuer| issuer.strip_prefix("https://").unwrap_or(issuer)),
            cluster: cluster.map(|cluster| cluster.arn.as_str()).filter(|arn| !arn.is_empty()),
            associations,
            policies: RefCell::default(),
            pods: OnceCell::new(),
        }
    }

    /// What AWS says.
    pub fn aws(&self) -> &'a AwsFacts {
        self.facts.aws()
    }

    /// The cluster's name, or a word for it.
    pub fn cluster_name(&self) -> &'a str {
        self.aws().cluster().map_or("CLUSTER", |cluster| cluster.name.as_str())
    }

    /// The cluster's account.
    pub fn account(&self) -> Option<&'a str> {
        self.cluster?.split(':').nth(4)
    }

    /// The associations of a service account.
    pub fn associations(&self, namespace: Name, name: Name) -> &[&'a PodIdentity] {
        self.associations.get(&(namespace, name)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The pods that run as a service account, by name.
    pub fn pods(&self, namespace: Name, name: Name) -> &[&'a Pod] {
        let pods = self.pods.get_or_init(|| {
            let mut pods: FxHashMap<_, Vec<&Pod>> = FxHashMap::default();
            for pod in self.facts.pods() {
                pods.entry((pod.meta.namespace, pod.service_account_name)).or_default().push(pod);
            }
            for pods in pods.values_mut() {
                pods.sort_unstable_by_key(|pod| pod.meta.name);
            }
            pods
        });
        pods.get(&(namespace, name)).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether all objects of a kind in a namespace are known.
    pub fn has_all(&self, kind: Kind, namespace: Name) -> bool {
        let facts = self.facts;
        facts.count(kind) > 0 && !facts.is_unlisted(kind) && !facts.gaps().iter().any(|gap| gap.may_hold(kind.as_str(), namespace))
    }

    /// Every association of the cluster, in a stable order.
    pub fn all_associations(&self) -> impl Iterator<Item = &'a PodIdentity> {
        of_cluster(self.aws())
    }

    /// Whether all associations are known; where the cluster is not described, what is there is taken for all.
    pub fn has_all_associations(&self) -> bool {
        self.aws().pod_identities_listed == Some(true)
    }

    /// What is known of a role.
    pub fn role(&self, arn: &str) -> RoleTrust {
        if let Some((arn, role)) = self.aws().principals.get_key_value(arn) {
            let Some(text) = &role.trust else { return RoleTrust::Unread };
            let mut policies = self.policies.borrow_mut();
            return RoleTrust::Trust(Rc::clone(policies.entry(arn.as_str()).or_insert_with(|| Rc::new(Policy::read(text)))));
        }
        // an account has one role of a name, whatever its path
        let same = |other: &&String| is_of_name(other, arn);
        match self.aws().principals.keys().find(same) {
            Some(other) => RoleTrust::Elsewhere(other.clone()),
            None if self.aws().is_gone(arn) => RoleTrust::Missing,
            None => RoleTrust::Unread,
        }
    }

    /// Whether IAM has the provider of the cluster's issuer in an account.
    pub fn provider(&self, account: &str, issuer: &str) -> Registered<'a> {
        let aws = self.aws();
        let account_of = |provider: &OpenIdProvider| provider.arn.split(':').nth(4).map(str::to_owned);
        let is_caller = aws.caller.as_ref().is_some_and(|caller| caller.account == account);
        let found = aws.openid_providers.values().find(|provider| {
            // one that is told by its URL alone is of the account of who asked
            let is_of_account = account_of(provider).map_or_else(|| is_caller || aws.caller.is_none(), |own| own == account);
            provider.url == issuer && is_of_account
        });
        if let Some(provider) = found {
            return Registered::Yes(provider);
        }
        let is_listed = aws.openid_providers_listed
            && (is_caller || aws.openid_providers.values().any(|provider| account_of(provider).as_deref() == Some(account)));
        if is_listed { Registered::No } else { Registered::Unread }
    }
}

fn of_cluster(aws: &AwsFacts) -> impl Iterator<Item = &PodIdentity> {
    let name = aws.cluster().map(|cluster| cluster.name.as_str());
    aws.pod_identities
        .values()
        .filter(move |association| name.is_none_or(|name| association.cluster.is_empty() || association.cluster == name))
}

/// Whether two ARNs are of roles of one name in one account.
fn is_of_name(one: &str, other: &str) -> bool {
    let parts = |arn: &str| {
        let (start, path) = arn.split_once(":role/")?;
        Some((start.to_owned(), path.rsplit('/').next()?.to_ascii_lowercase()))
    };
    one != other && parts(one).is_some() && parts(one) == parts(other)
}

/// A role's name, as commands take it.
pub fn name_of(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
