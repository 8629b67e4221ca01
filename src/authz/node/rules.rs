//! The static rules of the Node authorizer, for resources that it does not look at one by one.

use std::sync::{Arc, LazyLock};

use crate::base::Name;
use crate::facts::Rule;

/// `NodeRules` of `plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go`, without the resources that the
/// authorizer subdivides before it comes to these: verbs, API groups, resources.
const TABLE: [(&[&str], &[&str], &[&str]); 8] = [
    (&["create"], &["authentication.k8s.io"], &["tokenreviews"]),
    (&["create"], &["authorization.k8s.io"], &["subjectaccessreviews", "localsubjectaccessreviews"]),
    (&["get", "list", "watch"], &[""], &["services"]),
    (&["create", "update", "patch"], &["", "events.k8s.io"], &["events"]),
    (&["get"], &[""], &["endpoints"]),
    (&["create", "get", "list", "watch"], &["certificates.k8s.io"], &["certificatesigningrequests"]),
    (&["get", "list", "watch"], &["storage.k8s.io"], &["csidrivers"]),
    (&["get", "list", "watch"], &["node.k8s.io"], &["runtimeclasses"]),
];

/// The rules.
pub static NODE: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let names = |list: &[&str]| -> Arc<[Name]> { list.iter().map(|name| Name::new(name)).collect() };
    TABLE
        .iter()
        .map(|(verbs, api_groups, resources)| Rule {
            verbs: names(verbs),
            api_groups: names(api_groups),
            resources: names(resources),
            ..Rule::default()
        })
        .collect()
});
