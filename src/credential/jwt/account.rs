//! What kind of token it is, and the service account that it stands for.

use serde_json::Value;

use super::Token;

/// The issuer of every token of old.
pub const LEGACY_ISSUER: &str = "kubernetes/serviceaccount";

/// What kind of token it is, by what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Of a service account, made on request for an audience and a time.
    ServiceAccountBound,
    /// Of a service account, kept in a Secret, without an end.
    ServiceAccountLegacy,
    /// Of an OIDC provider.
    Oidc,
    /// Of somebody else.
    Other,
}

impl Kind {
    /// As the JSON output has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ServiceAccountBound => "service-account-bound",
            Self::ServiceAccountLegacy => "service-account-legacy",
            Self::Oidc => "oidc",
            Self::Other => "other",
        }
    }

    /// Whether it is of a service account.
    pub fn is_of_service_account(self) -> bool {
        matches!(self, Self::ServiceAccountBound | Self::ServiceAccountLegacy)
    }
}

/// A service account, and what its token is bound to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceAccount {
    /// Its namespace.
    pub namespace: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its uid: one that was made again under the same name is another.
    pub uid: Option<String>,
    /// The pod that the token ends with.
    pub pod: Option<String>,
    /// The node that the token ends with; beside a pod, the one that it was on.
    pub node: Option<String>,
    /// The Secret that the token is bound to, or kept in.
    pub secret: Option<String>,
}

impl Token {
    /// What kind of token it is.
    pub fn kind(&self) -> Kind {
        let has_flat = || self.claims.keys().any(|name| name.starts_with("kubernetes.io/serviceaccount/"));
        if self.claims.get("kubernetes.io").is_some_and(Value::is_object) {
            Kind::ServiceAccountBound
        } else if self.issuer() == Some(LEGACY_ISSUER) || has_flat() {
            Kind::ServiceAccountLegacy
        } else if self.subject().is_some_and(|subject| subject.starts_with("system:serviceaccount:")) {
            Kind::ServiceAccountBound
        } else if self.issuer().is_some_and(|issuer| issuer.starts_with("https://") || issuer == "accounts.google.com") {
            Kind::Oidc
        } else {
            Kind::Other
        }
    }

    /// The service account that it stands for; none for a token of somebody else.
    pub fn service_account(&self) -> Option<ServiceAccount> {
        let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        match self.kind() {
            Kind::ServiceAccountBound => {
                let claim = self.claims.get("kubernetes.io");
                let at = |path: [&str; 2]| claim?.get(path[0])?.get(path[1])?.as_str().and_then(filled);
                Some(ServiceAccount {
                    namespace: claim.and_then(|claim| claim.get("namespace")).and_then(Value::as_str).and_then(filled),
                    name: at(["serviceaccount", "name"]),
                    uid: at(["serviceaccount", "uid"]),
                    pod: at(["pod", "name"]),
                    node: at(["node", "name"]),
                    secret: at(["secret", "name"]),
                })
            }
            Kind::ServiceAccountLegacy => {
                let at = |name: &str| self.text(&format!("kubernetes.io/serviceaccount/{name}")).and_then(filled);
                Some(ServiceAccount {
                    namespace: at("namespace"),
                    name: at("service-account.name"),
                    uid: at("service-account.uid"),
                    secret: at("secret.name"),
                    ..ServiceAccount::default()
                })
            }
            Kind::Oidc | Kind::Other => None,
        }
    }
}
