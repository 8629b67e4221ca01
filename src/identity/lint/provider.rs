//! Identity providers of EKS: issuers of tokens for people.

use super::{Known, finding};
use crate::base::{Finding, Severity};
use crate::facts::aws::IdentityProvider;

/// The findings.
pub fn findings(known: &Known<'_>) -> Vec<Finding> {
    let name = known.cluster.map(|cluster| cluster.name.as_str());
    let providers = known.facts.aws().identity_providers.values();
    let own = providers.filter(|provider| name.is_none_or(|name| provider.cluster.is_empty() || provider.cluster == name));
    own.flat_map(|provider| of_provider(provider, known)).collect()
}

fn of_provider(provider: &IdentityProvider, known: &Known<'_>) -> Vec<Finding> {
    let subject = format!("identity provider {}", provider.name);
    let mut findings = Vec::new();
    let mut tell = |code, severity, message: String, fix: &str| findings.push(finding(code, severity, subject.clone(), message, fix));
    if !matches!(provider.status.as_str(), "ACTIVE" | "") {
        let message = format!("it is {}: its tokens are taken once it is ACTIVE", provider.status);
        tell("identity-provider-not-active", Severity::Warning, message, "Wait, which may take 20 minutes, or look why it does not come.");
    }
    if !provider.issuer.starts_with("https://") {
        let message = format!("its issuer {} is no https URL: no token of it is taken", provider.issuer);
        tell("identity-provider-issuer", Severity::Error, message, "Associate it anew with the issuer as the tokens' iss has it.");
    }
    if known.cluster.is_some_and(|cluster| !cluster.issuer.is_empty() && cluster.issuer == provider.issuer) {
        let message = "its issuer is the cluster's own, whose tokens are those of service accounts".to_owned();
        tell("identity-provider-own-issuer", Severity::Error, message, "Name the issuer of people's tokens.");
    }
    let claim = provider.username_claim.as_deref().unwrap_or("sub");
    match provider.username_prefix.as_deref() {
        // Kubernetes leaves the mail address alone, and puts the issuer before all else
        None if claim != "email" => {
            let message =
                format!("it has no prefix for user names, so that they are {}#{claim}, and bindings must name them so", provider.issuer);
            tell("identity-provider-username-prefix", Severity::Info, message, "Bind those names, or set usernamePrefix; - means none.");
        }
        Some("-") if claim == "sub" => {
            let message =
                "its user names are the tokens' sub as it stands: the issuer may name anybody, as others are named too".to_owned();
            tell("identity-provider-bare-username", Severity::Warning, message, "Set usernamePrefix, as oidc:.");
        }
        _ => {}
    }
    if let Some(claim) = &provider.groups_claim
        && provider.groups_prefix.as_deref().is_none_or(|prefix| prefix.is_empty() || prefix == "-")
    {
        let message = format!(
            "groups of its claim {claim} stand as they are: whoever makes groups there may take the name of one that is bound for others"
        );
        tell("identity-provider-groups-prefix", Severity::Warning, message, "Set groupsPrefix, as oidc:, and bind the groups with it.");
    }
    findings
}
