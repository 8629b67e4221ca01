//! The access policies that AWS has, with the rules that it documents.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde::Deserialize;

use crate::base::Name;
use crate::facts::Rule;

/// An access policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its rules; none where they are not published.
    pub rules: Option<Arc<[Rule]>>,
}

#[derive(Debug, Deserialize)]
struct Written {
    name: String,
    description: String,
    rules: Option<Vec<WrittenRule>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WrittenRule {
    verbs: Vec<String>,
    #[serde(rename = "apiGroups")]
    api_groups: Vec<String>,
    resources: Vec<String>,
    #[serde(rename = "resourceNames")]
    resource_names: Vec<String>,
    #[serde(rename = "nonResourceURLs")]
    non_resource_urls: Vec<String>,
}

static POLICIES: LazyLock<BTreeMap<String, Policy>> = LazyLock::new(|| {
    // the tests read it too; what cannot be read leaves every policy unknown, which is never wrong
    read(include_str!("../../../assets/eks-access-policies.yaml")).unwrap_or_default()
});

fn read(text: &str) -> Result<BTreeMap<String, Policy>, serde_yaml::Error> {
    let written: Vec<Written> = serde_yaml::from_str(text)?;
    Ok(written.into_iter().map(|policy| (policy.name.clone(), policy.into())).collect())
}

/// All policies that are known, by name.
pub fn policies() -> &'static BTreeMap<String, Policy> {
    &POLICIES
}

/// The policy of an ARN, in whatever partition; none for one that is newer than this program.
pub fn of_arn(arn: &str) -> Option<&'static Policy> {
    POLICIES.get(name_of(arn))
}

/// The name at the end of a policy's ARN.
pub fn name_of(arn: &str) -> &str {
    arn.split_once(":cluster-access-policy/").map_or(arn, |(_, name)| name)
}

impl From<Written> for Policy {
    fn from(policy: Written) -> Self {
        let rules = policy.rules.map(|rules| rules.into_iter().map(Rule::from).collect());
        Self { name: policy.name, description: policy.description, rules }
    }
}

impl From<WrittenRule> for Rule {
    fn from(rule: WrittenRule) -> Self {
        let names = |list: Vec<String>| -> Arc<[Name]> { list.iter().map(|name| Name::new(name)).collect() };
        Self {
            verbs: names(rule.verbs),
            api_groups: names(rule.api_groups),
            resources: names(rule.resources),
            resource_names: names(rule.resource_names),
            non_resource_urls: names(rule.non_resource_urls),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_aws_documents_is_read() {
        let policies = read(include_str!("../../../assets/eks-access-policies.yaml")).unwrap();
        assert_eq!(policies.len(), 38);
        let documented: Vec<(&str, usize)> =
            policies.values().filter_map(|policy| Some((policy.name.as_str(), policy.rules.as_ref()?.len()))).collect();
        assert_eq!(
            documented,
            [
                ("AmazonAIOpsAssistantPolicy", 7),
                ("AmazonARCRegionSwitchScalingPolicy", 3),
                ("AmazonEKSAdminPolicy", 22),
                ("AmazonEKSAdminViewPolicy", 1),
                ("AmazonEKSClusterAdminPolicy", 2),
                ("AmazonEKSEditPolicy", 20),
                ("AmazonEKSHybridPolicy", 1),
                ("AmazonEKSSecretReaderPolicy", 1),
                ("AmazonEKSViewPolicy", 10),
            ]
        );
        assert!(policies.values().all(|policy| !policy.description.is_empty()));
    }

    #[test]
    fn a_policy_is_found_in_every_partition() {
        for partition in ["aws", "aws-cn", "aws-us-gov"] {
            let arn = format!("arn:{partition}:eks::aws:cluster-access-policy/AmazonEKSViewPolicy");
            assert_eq!(of_arn(&arn).unwrap().name, "AmazonEKSViewPolicy");
        }
        assert!(of_arn("arn:aws:eks::aws:cluster-access-policy/AmazonEKSNewerPolicy").is_none());
        assert!(of_arn("").is_none());
    }
}
