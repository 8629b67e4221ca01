//! EKS access policies: what a principal of IAM may do by what AWS associates with its access entry, beside RBAC.
//!
//! The authorizer of EKS looks at the principal that the authenticator tells in the identity's `extra`, never at user name or
//! groups. So does this: whoever acts as a user of the same name has none of these rights. It only ever allows.

mod associated;
mod named;
mod policy;
mod scope;

use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Request;
use crate::base::Name;
use crate::facts::aws::{AuthenticationMode, AwsFact, AwsFacts, PolicyAssociation};
use crate::identity::Identity;
use crate::identity::aws::mapping::key;

pub use associated::{Associated, Says, scope_of};
pub use named::Template;
pub use policy::{Policy, name_of, of_arn, policies};
pub use scope::Reach;

/// What AWS says of access, arranged for answering when it is first asked.
#[derive(Clone, Debug, Default)]
pub struct Access {
    aws: Arc<AwsFacts>,
    arranged: OnceLock<Arranged>,
}

/// What is asked, ready.
#[derive(Clone, Debug, Default)]
struct Arranged {
    /// The principals with access entries that count, by what they are compared by.
    principals: FxHashMap<Name, Principal>,
    /// The user names of entries.
    names: Vec<named::Template>,
}

#[derive(Clone, Debug)]
struct Principal {
    arn: String,
    policies: Option<Vec<PolicyAssociation>>,
}

/// What is known of the policies of an identity.
#[derive(Clone, Copy, Debug)]
pub enum Held<'a> {
    /// It has none: it is no principal of IAM, or none with an access entry that counts.
    None,
    /// The principal has an entry with these.
    Policies(&'a str, &'a [PolicyAssociation]),
    /// The principal has an entry, and the policies were not read.
    Unread(&'a str),
}

impl Access {
    /// Arranges what AWS says.
    pub fn new(aws: Arc<AwsFacts>) -> Self {
        Self { aws, arranged: OnceLock::new() }
    }

    /// Takes one thing more.
    pub fn apply(&mut self, fact: &AwsFact) {
        Arc::make_mut(&mut self.aws).put(fact.clone());
        self.arranged = OnceLock::new();
    }

    fn arranged(&self) -> &Arranged {
        self.arranged.get_or_init(|| Arranged::new(&self.aws))
    }

    /// Whether nothing is known of any entry: then nobody has policies here.
    pub fn is_empty(&self) -> bool {
        self.arranged().principals.is_empty()
    }

    /// What AWS says.
    pub fn aws(&self) -> &AwsFacts {
        &self.aws
    }

    /// What is known of the policies of an identity.
    pub fn held(&self, identity: &Identity) -> Held<'_> {
        identity.iam_principal().map_or(Held::None, |arn| self.of_principal(arn))
    }

    fn of_principal(&self, arn: &str) -> Held<'_> {
        if self.is_empty() {
            return Held::None;
        }
        self.arranged().principals.get(&Name::new(&key(arn))).map_or(Held::None, Principal::held)
    }

    /// Whether a policy of the identity allows the request for certain.
    pub fn allows(&self, identity: &Identity, request: &Request) -> bool {
        match self.held(identity) {
            Held::Policies(_, policies) => policies.iter().any(|association| Says::of(association, request) == Says::Allows),
            Held::None | Held::Unread(_) => false,
        }
    }

    /// Whether a policy of the identity could allow the request, for all that is known.
    pub fn policies_could(&self, identity: &Identity, request: &Request) -> bool {
        self.held(identity).could_allow(request)
    }

    /// What each policy of the identity says to the request, in the order in which AWS tells them.
    pub fn associated(&self, identity: &Identity, request: &Request) -> Vec<Associated> {
        match self.held(identity) {
            Held::Policies(principal, policies) => {
                policies.iter().map(|association| Associated::of(principal, association, request)).collect()
            }
            Held::None | Held::Unread(_) => Vec::new(),
        }
    }

    /// The principals whose entries give the user name of an identity that names no principal: they may be meant, and have
    /// policies that nobody has who only acts as such a user.
    pub fn namesakes(&self, identity: &Identity) -> Vec<&str> {
        let Some(username) = identity.username.filter(|_| identity.extra.is_empty()) else { return Vec::new() };
        let names = &self.arranged().names;
        names.iter().filter(|template| template.fits(username.as_str())).map(|template| template.principal.as_str()).collect()
    }

    /// Whether a policy of one of those could allow the request.
    pub fn namesake_could(&self, principal: &str, request: &Request) -> bool {
        self.of_principal(principal).could_allow(request)
    }

    /// The principals with policies that were read, by ARN.
    pub fn all(&self) -> Vec<(&str, &[PolicyAssociation])> {
        let mut all: Vec<(&str, &[PolicyAssociation])> = self
            .arranged()
            .principals
            .values()
            .filter_map(|principal| Some((principal.arn.as_str(), principal.policies.as_deref()?)))
            .collect();
        all.sort_unstable_by_key(|(arn, _)| *arn);
        all
    }
}

impl Held<'_> {
    fn could_allow(self, request: &Request) -> bool {
        match self {
            Held::Policies(_, policies) => policies.iter().any(|association| Says::of(association, request).could_allow()),
            Held::Unread(_) => true,
            Held::None => false,
        }
    }
}

impl Principal {
    fn held(&self) -> Held<'_> {
        match &self.policies {
            Some(policies) => Held::Policies(&self.arn, policies),
            None => Held::Unread(&self.arn),
        }
    }
}

impl Arranged {
    fn new(aws: &AwsFacts) -> Self {
        let mode = aws.cluster().and_then(|cluster| cluster.authentication_mode);
        if !mode.is_none_or(AuthenticationMode::has_entries) {
            return Self::default();
        }
        let created: FxHashMap<Name, Timestamp> =
            aws.principals.values().filter_map(|principal| Some((Name::new(&key(&principal.arn)), principal.created?))).collect();
        let mut arranged = Self { principals: FxHashMap::default(), names: named::templates(aws) };
        for entry in aws.entries_of_cluster() {
            let name = Name::new(&key(&entry.principal));
            // an entry does not hold for who was made again under the same name
            if entry.created.zip(created.get(&name)).is_some_and(|(entry, principal)| *principal > entry) {
                continue;
            }
            let policies = aws.policies_of(entry).map(<[PolicyAssociation]>::to_vec);
            arranged.principals.insert(name, Principal { arn: entry.principal.clone(), policies });
        }
        let described: FxHashSet<&str> = aws.entries_of_cluster().map(|entry| entry.principal.as_str()).collect();
        for ((_, arn), policies) in aws.policies.iter().filter(|((_, arn), _)| !described.contains(arn.as_str())) {
            let principal = Principal { arn: arn.clone(), policies: Some(policies.clone()) };
            arranged.principals.entry(Name::new(&key(arn))).or_insert(principal);
        }
        for arn in aws.listed.iter().flat_map(|listed| &listed.names).filter(|arn| !described.contains(arn.as_str())) {
            arranged.principals.entry(Name::new(&key(arn))).or_insert_with(|| Principal { arn: arn.clone(), policies: None });
        }
        arranged
    }
}
