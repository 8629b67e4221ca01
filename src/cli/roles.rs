//! What IAM says of the roles that a live cluster of EKS names: read once it is known which these are.

use std::collections::BTreeSet;

use super::args::Global;
use super::scene::Scene;
use crate::base::Name;
use crate::facts::Facts;
use crate::facts::aws::PodIdentity;
use crate::identity::aws::{AwsAuthMap, Release};
use crate::identity::workload::Annotations;
use crate::source::aws;

/// The facts of a scene; of a live cluster of EKS with what IAM says of roles, and with the issuers that it takes tokens of.
pub fn known(scene: &Scene, global: &Global, roles: impl FnOnce(&Facts) -> Vec<String>) -> Facts {
    let mut facts = scene.facts().clone();
    let Some(live) = scene.live.as_ref().filter(|_| facts.aws().cluster().is_some()) else { return facts };
    let roles = roles(&facts);
    if roles.is_empty() {
        return facts;
    }
    let asked = live.ask(async {
        let principals = aws::principals(&live.target, &roles, global.timeout);
        let (principals, issuers) = tokio::join!(principals, aws::openid_providers(&live.target, global.timeout));
        principals.into_iter().chain(issuers)
    });
    for change in asked {
        facts.apply(change);
    }
    facts
}

/// The roles that are named for a service account.
pub fn of_account(facts: &Facts, namespace: &str, name: &str) -> Vec<String> {
    let own = |one: &&PodIdentity| one.namespace == namespace && one.service_account == name;
    let associated = facts.aws().pod_identities.values().filter(own).flat_map(|one| [one.role.clone(), one.target_role.clone()]);
    let account = facts.service_account(Name::new(namespace), Name::new(name));
    let annotated = account.and_then(|account| Annotations::of(&account.meta).role).map(|role| role.to_string());
    associated.chain([annotated]).flatten().filter(|role| role.starts_with("arn:")).collect()
}

/// Every role and user of the cluster's own account that something names: IAM tells of no other.
pub fn all(facts: &Facts) -> Vec<String> {
    let aws = facts.aws();
    let mut named: BTreeSet<String> = BTreeSet::new();
    named.extend(aws.pod_identities.values().flat_map(|one| [one.role.clone(), one.target_role.clone()]).flatten());
    named.extend(facts.service_accounts().filter_map(|account| Annotations::of(&account.meta).role).map(|role| role.to_string()));
    named.extend(aws.entries_of_cluster().map(|entry| entry.principal.clone()));
    if let Some(config_map) = facts.aws_auth() {
        let map = AwsAuthMap::of_facts(config_map, Release::default());
        named.extend(map.roles.items.iter().chain(&map.users.items).map(|item| item.arn.clone()));
    }
    let account = aws.cluster().and_then(|cluster| cluster.arn.split(':').nth(4)).unwrap_or_default();
    let is_own = |arn: &String| arn.split(':').nth(4) == Some(account) && (arn.contains(":role/") || arn.contains(":user/"));
    named.into_iter().filter(|arn| is_own(arn) && !aws.principals.contains_key(arn)).collect()
}
