//! Who a cluster takes a credential for, by what the credential says: the part of its authenticators that needs no secret.
//!
//! Sources (Kubernetes 1.36): `apiserver/pkg/authentication/request/x509`, `pkg/serviceaccount/claims.go` and `legacy.go`,
//! `plugin/pkg/auth/authenticator/token/bootstrap`, `apiserver/pkg/authentication/group`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Identity, Provenance, SERVICE_ACCOUNT};
use crate::base::Name;
use crate::base::text::enumerate;
use crate::credential::jwt::{self, Kind};
use crate::credential::{Content, Decoded, bootstrap, decoded};

/// The keys of what authenticators add to an identity.
const CREDENTIAL_ID: &str = "authentication.kubernetes.io/credential-id";

/// An identity that follows from a credential.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Computed {
    /// The identity.
    pub identity: Identity,
    /// What a server may add, as a clause; none where nothing is open.
    pub open: Option<&'static str>,
}

impl Computed {
    /// What a credential comes to.
    ///
    /// # Errors
    /// A sentence: why the credential does not say it.
    pub fn of(decoded: &Decoded) -> Result<Self, &'static str> {
        match &decoded.content {
            Content::X509(presented) => {
                of_certificate(presented).ok_or("the certificate has no common name, and the API server takes nobody without one")
            }
            Content::Jwt(token) => match token.kind() {
                Kind::ServiceAccountBound | Kind::ServiceAccountLegacy => {
                    of_service_account(token).ok_or("the token does not say which service account it is of")
                }
                Kind::Oidc | Kind::Other => {
                    Err("which claims become user name and groups stands in the API server's settings for its issuer")
                }
            },
            Content::Bootstrap(token) => Ok(of_bootstrap(token)),
            Content::Eks(_) => {
                Err("the token names nobody: STS says who signed it, and access entries or aws-auth who that is to the cluster")
            }
            Content::Opaque => Err("nothing stands in it: only the server knows whose it is"),
        }
    }

    /// Where a server says otherwise, as sentences; none where it agrees.
    pub fn differences(&self, server: &Identity) -> Vec<String> {
        let own = &self.identity;
        let mut differences = Vec::new();
        let name = |name: Option<Name>| name.map_or("nobody", Name::as_str);
        if own.username != server.username {
            differences.push(format!(
                "the credential says user {}, and the server takes you for {}",
                name(own.username),
                name(server.username)
            ));
        }
        if !own.uid.is_empty() && own.uid != server.uid {
            let uid = if server.uid.is_empty() { "none" } else { server.uid.as_str() };
            differences.push(format!("the credential says uid {}, and the server has {uid}", own.uid));
        }
        let set = |identity: &Identity| identity.groups.iter().copied().collect::<BTreeSet<_>>();
        let (mine, theirs) = (set(own), set(server));
        let listed = |groups: Vec<&Name>| enumerate(&groups.into_iter().map(|group| group.as_str()).collect::<Vec<_>>(), "and");
        let missing: Vec<&Name> = mine.difference(&theirs).collect();
        if !missing.is_empty() {
            differences.push(format!("the server does not have you in {}, which the credential says", listed(missing)));
        }
        let further: Vec<&Name> = theirs.difference(&mine).collect();
        if !further.is_empty() && self.open.is_none() {
            differences.push(format!("the server has you in {}, which the credential does not say", listed(further)));
        }
        for (key, values) in &own.extra {
            match server.extra.get(key) {
                Some(found) if found == values => {}
                // servers before 1.30 and 1.32 add less
                None => {}
                Some(found) => {
                    let told = |values: &[Name]| values.iter().map(|value| value.as_str()).collect::<Vec<_>>().join(", ");
                    differences.push(format!("the credential says {key} {}, and the server has {}", told(values), told(found)));
                }
            }
        }
        differences
    }
}

/// The identity, with what every authenticated user has.
fn complete(username: &str, groups: &[String], from: &str) -> Identity {
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    Identity::asked(Some(username), &groups, from)
}

fn of_certificate(presented: &decoded::Presented) -> Option<Computed> {
    let username = presented.username()?;
    let mut identity = complete(username, &presented.certificate.organizations, "the certificate's subject");
    // the authenticator takes names and groups as they stand, and adds the group of the authenticated alone
    identity
        .groups
        .retain(|group| *group == "system:authenticated" || presented.certificate.organizations.iter().any(|own| *group == **own));
    identity.provenance.retain(|part| !part.from.starts_with("implied") || part.what == "group system:authenticated");
    if let Some(uid) = &presented.certificate.uid {
        identity.uid = Name::new(uid);
        identity.provenance.push(Provenance { what: format!("uid {uid}"), from: "the certificate's subject".to_owned() });
    }
    identity.extra.insert(Name::new(CREDENTIAL_ID), vec![Name::new(&format!("X509SHA256={}", presented.fingerprint()?))]);
    Some(Computed { identity, open: None })
}

fn of_service_account(token: &jwt::Token) -> Option<Computed> {
    let account = token.service_account()?;
    let (namespace, name) = (account.namespace?, account.name?);
    let mut identity = complete(&format!("{SERVICE_ACCOUNT}{namespace}:{name}"), &[], "the token's claims");
    if let Some(uid) = &account.uid {
        identity.uid = Name::new(uid);
        identity.provenance.push(Provenance { what: format!("uid {uid}"), from: "the token's claims".to_owned() });
    }
    if token.kind() == Kind::ServiceAccountBound {
        let mut add = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                let key = if key == "credential-id" { CREDENTIAL_ID.to_owned() } else { format!("authentication.kubernetes.io/{key}") };
                identity.extra.insert(Name::new(&key), vec![Name::new(&value)]);
            }
        };
        let uid = |kind: &str| {
            let claim = token.claims.get("kubernetes.io")?.get(kind)?.get("uid")?;
            claim.as_str().map(str::to_owned)
        };
        add("credential-id", token.claims.get("jti").and_then(Value::as_str).map(|id| format!("JTI={id}")));
        add("pod-name", account.pod.clone());
        add("pod-uid", account.pod.as_ref().and_then(|_| uid("pod")));
        add("node-name", account.node.clone());
        add("node-uid", account.node.as_ref().and_then(|_| uid("node")));
    }
    Some(Computed { identity, open: None })
}

fn of_bootstrap(token: &bootstrap::Token) -> Computed {
    let groups = ["system:bootstrappers".to_owned()];
    let identity = complete(&token.username(), &groups, "the token's id");
    Computed { identity, open: Some("the token's Secret may give it further groups") }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn jwt(claims: &str) -> Decoded {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        Decoded::read(format!("{}.{}.c2ln", part(r#"{"alg":"RS256"}"#), part(claims)).as_bytes())
    }

    fn told(identity: &Identity) -> String {
        let groups: Vec<&str> = identity.groups.iter().map(|group| group.as_str()).collect();
        let extra: Vec<String> =
            identity.extra.iter().map(|(key, values)| format!("{}={}", key.as_str().rsplit('/').next().unwrap(), values[0])).collect();
        format!("{} | {} | {} | {}", identity.username.unwrap(), identity.uid, groups.join(" "), extra.join(" "))
    }

    #[test]
    fn a_service_account_is_who_its_token_says() {
        let bound = jwt(
            r#"{"iss":"https://kubernetes.default.svc","sub":"system:serviceaccount:ci:deployer","jti":"j-1","kubernetes.io":{"namespace":"ci",
            "serviceaccount":{"name":"deployer","uid":"u-1"},"pod":{"name":"p","uid":"u-2"},"node":{"name":"n","uid":"u-3"}}}"#,
        );
        assert_eq!(
            told(&Computed::of(&bound).unwrap().identity),
            "system:serviceaccount:ci:deployer | u-1 | system:serviceaccounts system:serviceaccounts:ci system:authenticated | \
             credential-id=JTI=j-1 node-name=n node-uid=u-3 pod-name=p pod-uid=u-2"
        );
        let legacy =
            jwt(r#"{"iss":"kubernetes/serviceaccount","sub":"system:serviceaccount:ci:old","kubernetes.io/serviceaccount/namespace":"ci",
            "kubernetes.io/serviceaccount/service-account.name":"old","kubernetes.io/serviceaccount/service-account.uid":"u-4"}"#);
        assert_eq!(
            told(&Computed::of(&legacy).unwrap().identity),
            "system:serviceaccount:ci:old | u-4 | system:serviceaccounts system:serviceaccounts:ci system:authenticated | "
        );
    }

    #[test]
    fn a_bootstrap_token_may_have_further_groups() {
        let computed = Computed::of(&Decoded::read(b"abcdef.0123456789abcdef")).unwrap();
        assert_eq!(told(&computed.identity), "system:bootstrap:abcdef |  | system:bootstrappers system:authenticated | ");
        let mut server = computed.identity.clone();
        server.groups.push(Name::new("system:bootstrappers:kubeadm:default-node-token"));
        assert_eq!(computed.differences(&server), Vec::<String>::new());
    }

    #[test]
    fn what_does_not_say_it_is_not_guessed() {
        for text in ["k8s-aws-v1.aHR0cHM6Ly9zdHMu", "s3cr3t-of-a-webhook"] {
            assert!(Computed::of(&Decoded::read(text.as_bytes())).is_err(), "{text}");
        }
        assert!(Computed::of(&jwt(r#"{"iss":"https://login.example","sub":"alice"}"#)).is_err());
    }

    #[test]
    fn differences_are_named() {
        let computed = Computed::of(&jwt(
            r#"{"sub":"system:serviceaccount:ci:a","jti":"j","kubernetes.io":{"namespace":"ci","serviceaccount":{"name":"a","uid":"u-1"}}}"#,
        ))
        .unwrap();
        assert_eq!(computed.differences(&computed.identity), Vec::<String>::new());
        let mut server = Identity::user("alice");
        server.uid = Name::new("u-2");
        server.extra.insert(Name::new(CREDENTIAL_ID), vec![Name::new("JTI=other")]);
        assert_eq!(
            computed.differences(&server),
            [
                "the credential says user system:serviceaccount:ci:a, and the server takes you for alice",
                "the credential says uid u-1, and the server has u-2",
                "the server does not have you in system:serviceaccounts and system:serviceaccounts:ci, which the credential says",
                "the credential says authentication.kubernetes.io/credential-id JTI=j, and the server has JTI=other",
            ]
        );
    }
}
