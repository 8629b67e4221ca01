//! What a session itself leaves open.

use crate::base::{Gap, Loss, Name};
use crate::facts::Kind;

/// On EKS an authorizer of its own stands beside RBAC, whose policies are not in the cluster.
pub fn access_policies() -> Gap {
    Gap {
        what: "EKS access policies".to_owned(),
        why: "they are kept by AWS, outside the cluster, and whycan does not read them".to_owned(),
        kinds: vec![Name::new(Kind::ClusterRoleBinding.as_str())],
        loss: Loss::NotEvaluated,
        ..Gap::default()
    }
}

/// Reading was stopped by somebody.
pub fn stopped() -> Gap {
    Gap {
        what: "roles and bindings".to_owned(),
        why: "reading was stopped".to_owned(),
        kinds: Kind::RBAC.iter().map(|kind| Name::new(kind.as_str())).collect(),
        loss: Loss::Unreachable,
        ..Gap::default()
    }
}
