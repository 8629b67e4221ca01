//! The ways in which an API server takes somebody for somebody, each in two sentences: what it takes, and what ends it.

use super::oidc::{self, Origin};
use crate::credential::jwt::Kind;
use crate::credential::{Content, Decoded};
use crate::facts::Facts;

/// A way to be authenticated, or to act as somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// A client certificate.
    Certificate,
    /// A client certificate or an IAM role of a node.
    Node,
    /// A service account's token that is made on request.
    BoundToken,
    /// A service account's token that is kept in a Secret.
    LegacyToken,
    /// A bootstrap token.
    BootstrapToken,
    /// A token of a file of the API server.
    StaticToken,
    /// A user name and a password.
    Basic,
    /// A token of an OIDC issuer, by settings that are not known.
    Oidc,
    /// The same, by flags.
    OidcFlags,
    /// The same, by a file.
    OidcFile,
    /// The same, by an identity provider configuration of EKS.
    OidcEks,
    /// A token of EKS.
    EksToken,
    /// A token that a webhook is asked about.
    Webhook,
    /// A proxy that says who it is.
    FrontProxy,
    /// Nothing.
    Anonymous,
    /// Acting as somebody else.
    Impersonation,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Certificate,
        Self::Node,
        Self::BoundToken,
        Self::LegacyToken,
        Self::BootstrapToken,
        Self::StaticToken,
        Self::Basic,
        Self::Oidc,
        Self::OidcFlags,
        Self::OidcFile,
        Self::OidcEks,
        Self::EksToken,
        Self::Webhook,
        Self::FrontProxy,
        Self::Anonymous,
        Self::Impersonation,
    ];

    /// The way that a credential goes; of one that does not say it, by a webhook. Facts tell whose settings an OIDC issuer has.
    pub fn of(decoded: &Decoded, facts: Option<&Facts>) -> Self {
        match &decoded.content {
            Content::Eks(_) => Self::EksToken,
            Content::X509(presented) => {
                let is_node = presented.username().is_some_and(|name| name.starts_with("system:node:"));
                let groups = &presented.certificate.organizations;
                if is_node && groups.iter().any(|group| group == "system:nodes") { Self::Node } else { Self::Certificate }
            }
            Content::Jwt(token) => match token.kind() {
                Kind::ServiceAccountBound => Self::BoundToken,
                Kind::ServiceAccountLegacy => Self::LegacyToken,
                Kind::Oidc | Kind::Other => {
                    let known = facts.map(oidc::of_facts).unwrap_or_default();
                    let origin = known.of_issuer(token.issuer().unwrap_or_default()).map(|authenticator| &authenticator.origin);
                    match origin {
                        None => Self::Oidc,
                        Some(Origin::Eks { .. }) => Self::OidcEks,
                        Some(Origin::Flags { .. }) => Self::OidcFlags,
                        Some(Origin::File { .. }) => Self::OidcFile,
                    }
                }
            },
            Content::Bootstrap(_) => Self::BootstrapToken,
            Content::Opaque => Self::Webhook,
        }
    }

    /// As JSON has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Certificate => "x509",
            Self::Node => "node",
            Self::BoundToken => "service-account-bound",
            Self::LegacyToken => "service-account-legacy",
            Self::BootstrapToken => "bootstrap",
            Self::StaticToken => "static-token",
            Self::Basic => "basic",
            Self::Oidc => "oidc",
            Self::OidcFlags => "oidc-flags",
            Self::OidcFile => "oidc-file",
            Self::OidcEks => "oidc-eks",
            Self::EksToken => "eks",
            Self::Webhook => "webhook",
            Self::FrontProxy => "front-proxy",
            Self::Anonymous => "anonymous",
            Self::Impersonation => "impersonation",
        }
    }

    /// What the API server takes, and for whom, as a sentence.
    pub fn taken(self) -> &'static str {
        match self {
            Self::Certificate => {
                "The API server takes the common name for the user and each organization for a group, where its client authority signed the \
                 certificate for clientAuth; EKS signs none for users."
            }
            Self::Node => {
                "The kubelet is user system:node:NAME in group system:nodes, by a certificate or, on EKS, by its instance's IAM role; the Node \
                 authorizer of the API server then allows what its pods need."
            }
            Self::BoundToken => {
                "The API server checks the signature with its service account keys, which have nothing to do with its certificate authority, and \
                 that account, pod, Secret or node are still those that the token is bound to."
            }
            Self::LegacyToken => {
                "The API server checks the signature with its service account keys, and that the Secret which keeps the token still holds it; \
                 it names no pod."
            }
            Self::BootstrapToken => {
                "The API server holds it against a Secret of kube-system; machines join a cluster of kubeadm with it, nodes of EKS with their IAM \
                 role."
            }
            Self::StaticToken => {
                "The API server finds the token in a file on its machine, which says user, uid and groups and is read when it starts; EKS has none."
            }
            Self::Basic => {
                "No API server since Kubernetes 1.19 takes a user name and a password: the request counts as one without a credential."
            }
            Self::Oidc => {
                "The API server checks the signature with the issuer's keys and makes user and groups of claims, as its settings say; the issuer \
                 says who somebody is, and bindings alone what they may do."
            }
            Self::OidcFlags => {
                "The API server checks the signature with the issuer's keys and makes user and groups of claims, as its --oidc flags say; the \
                 issuer says who somebody is, and bindings alone what they may do."
            }
            Self::OidcFile => {
                "The API server checks the signature with the issuer's keys and makes user and groups of claims, as its \
                 AuthenticationConfiguration says, by name or by expression; bindings alone say what they may do."
            }
            Self::OidcEks => {
                "The API server takes the issuer's tokens as an identity provider of the cluster says, and RBAC alone what they may do; the OpenID \
                 Connect provider in IAM is another thing: by it IAM trusts the cluster's service accounts."
            }
            Self::EksToken => {
                "The token is the address of a request to STS, signed on this machine without asking AWS; the cluster sends that request to learn \
                 who signed, and access entries or aws-auth say which user and groups that is: IAM policies give no rights in it."
            }
            Self::Webhook => {
                "The API server finds such a token in its file of static tokens, or asks a webhook, which answers with user and groups; EKS asks \
                 one about IAM tokens."
            }
            Self::FrontProxy => {
                "The API server takes X-Remote-User, X-Remote-Group and X-Remote-Extra from a proxy whose client certificate it verifies; the proxy \
                 is who lets people in."
            }
            Self::Anonymous => {
                "A request without a credential is user system:anonymous in group system:unauthenticated, where the API server allows it; one with a \
                 bad credential is refused, and never anonymous."
            }
            Self::Impersonation => {
                "Whoever has the verb impersonate on a user, group, uid or extra is taken for that, in the groups that are asked for and no others: \
                 those that the user has elsewhere are not looked up."
            }
        }
    }

    /// What ends it, as a sentence.
    pub fn ends(self) -> &'static str {
        match self {
            Self::Certificate => {
                "It counts until it expires: the API server knows no revoked ones, so that only its bindings can be taken away."
            }
            Self::Node => {
                "Its certificate cannot be revoked and is renewed by the kubelet; on EKS the role's access entry or aws-auth row ends it."
            }
            Self::BoundToken => "It ends at its time, and at once with the account or what it is bound to; a kubelet renews it before.",
            Self::LegacyToken => "It never expires: deleting its Secret or the account ends it.",
            Self::BootstrapToken => "It ends with its Secret, or at the expiration that stands there.",
            Self::StaticToken => "It never expires: its line must leave the file, and the API server be started anew.",
            Self::Basic => "There is nothing to revoke: use a token, a certificate or a plugin.",
            Self::Oidc | Self::OidcFlags | Self::OidcFile | Self::OidcEks => {
                "It counts until it expires, also when the issuer has shut the account: nobody asks the issuer about a token."
            }
            Self::EksToken => {
                "It counts for 15 minutes for whoever has it, and is used again within them; deleted keys or an ended session of AWS end it sooner, \
                 a removed mapping within seconds to minutes."
            }
            Self::Webhook => {
                "The webhook says when it ends, and its answers are kept for two minutes by default; one of a file never expires."
            }
            Self::FrontProxy => "The proxy decides for each request; its own certificate counts until it expires.",
            Self::Anonymous => "There is nothing to end: what is bound to these names is open to everybody who reaches the server.",
            Self::Impersonation => "It holds for one request; taking away the verb ends it at once, and the audit log names both.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_told_in_two_short_sentences() {
        for method in Method::ALL {
            for sentence in [method.taken(), method.ends()] {
                assert!(sentence.ends_with('.') && !sentence.trim_end_matches('.').contains(". "), "{sentence}");
                assert!(sentence.len() <= 280, "{} {sentence}", sentence.len());
            }
        }
        let names: std::collections::BTreeSet<&str> = Method::ALL.iter().map(|method| method.as_str()).collect();
        assert_eq!(names.len(), Method::ALL.len());
    }

    /// What is often written wrongly, and how it is said here.
    #[test]
    fn common_errors_are_said_right() {
        use Method::{
            Anonymous, Basic, BootstrapToken, BoundToken, Certificate, EksToken, FrontProxy, Impersonation, LegacyToken, Node, OidcEks,
            StaticToken, Webhook,
        };
        for (error, method, said) in [
            ("kubectl gets the URL from the EKS API server", EksToken, "signed on this machine without asking AWS"),
            ("STS gives temporary credentials for it", EksToken, "the cluster sends that request to learn who signed"),
            ("IAM validates permissions", EksToken, "IAM policies give no rights in it"),
            ("kubectl reaches the API server through the URL", EksToken, "the address of a request to STS"),
            ("a fresh token for each request", EksToken, "used again within them"),
            ("the token is a JSON web token", EksToken, "The token is the address of a request"),
            ("aws-auth maps to roles of Kubernetes", EksToken, "say which user and groups that is"),
            ("IRSA's provider lets users in", OidcEks, "by it IAM trusts the cluster's service accounts"),
            ("the issuer passes on permissions", OidcEks, "RBAC alone what they may do"),
            ("service account tokens are signed by the cluster's authority", BoundToken, "nothing to do with its certificate authority"),
            ("every token of a service account names its pod", LegacyToken, "it names no pod"),
            ("API server hands authentication over to a proxy", FrontProxy, "whose client certificate it verifies"),
            ("a webhook is much like a proxy", Webhook, "asks a webhook, which answers"),
            ("static tokens are for simple things", StaticToken, "never expires"),
            ("static tokens work on EKS", StaticToken, "EKS has none"),
            ("bootstrap tokens let servers in", BootstrapToken, "machines join a cluster of kubeadm"),
            ("bootstrap tokens are for nodes of EKS", BootstrapToken, "nodes of EKS with their IAM role"),
            ("users of EKS can have certificates", Certificate, "EKS signs none for users"),
            ("certificates can be revoked", Certificate, "knows no revoked ones"),
            ("the kubelet authorizes", Node, "Node authorizer of the API server"),
            ("impersonation brings the groups of the target", Impersonation, "are not looked up"),
            ("basic authentication still works", Basic, "No API server since Kubernetes 1.19"),
            ("a bad token makes a request anonymous", Anonymous, "never anonymous"),
        ] {
            let told = format!("{} {}", method.taken(), method.ends());
            assert!(told.contains(said), "{error}: {told}");
        }
    }
}
