//! Settings as EKS keeps them.

use super::super::authenticator::{Authenticator, ClaimRule, Mapping, Origin, Standing};
use crate::base::text::sanitise;
use crate::facts::aws::IdentityProvider;

/// The settings of an identity provider configuration.
pub fn of_identity_provider(provider: &IdentityProvider) -> Authenticator {
    let (claim, prefix) = provider.username();
    let standing = match provider.status.as_str() {
        "ACTIVE" | "" => Standing::Counts,
        status => Standing::Idle(format!("its status is {}, and only an ACTIVE one counts", sanitise(status))),
    };
    Authenticator {
        origin: Origin::Eks { name: provider.name.clone() },
        standing,
        issuer: provider.issuer.clone(),
        audiences: vec![provider.client_id.clone()],
        username: Mapping::Claim { claim: claim.to_owned(), prefix },
        groups: provider
            .groups_claim
            .as_ref()
            .map(|claim| Mapping::Claim { claim: claim.clone(), prefix: provider.groups_prefix.clone().unwrap_or_default() }),
        uid: None,
        extra: Vec::new(),
        claim_rules: provider
            .required_claims
            .iter()
            .map(|(claim, value)| ClaimRule::Required { claim: claim.clone(), value: value.clone() })
            .collect(),
        user_rules: Vec::new(),
        // EKS has no setting for it, and this is what Kubernetes has without one
        algorithms: vec!["RS256".to_owned()],
    }
}
