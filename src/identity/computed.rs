//! Who a cluster takes a credential for, by what the credential says: the part of its authenticators that needs no secret.
//!
//! Sources (Kubernetes 1.36): `apiserver/pkg/authentication/request/x509`, `pkg/serviceaccount/claims.go` and `legacy.go`,
//! `plugin/pkg/auth/authenticator/token/bootstrap`, `apiserver/pkg/authentication/group`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Identity, Provenance, SERVICE_ACCOUNT, bootstrap, oidc};
use crate::base::Name;
use crate::base::text::enumerate;
use crate::credential::jwt::{self, Kind};
use crate::credential::{Content, Decoded, decoded};
use crate::facts::Facts;

/// The keys of what authenticators add to an identity.
const CREDENTIAL_ID: &str = "authentication.kubernetes.io/credential-id";

/// An identity that follows from a credential.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Computed {
    /// The identity.
    pub identity: Identity,
    /// What a server may add, as a clause; none where nothing is open.
    pub open: Option<&'static str>,
    /// What is worth knowing of how it follows, as clauses.
    pub notes: Vec<String>,
}

/// Why no identity follows from a credential.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unsaid {
    /// Why, as a clause.
    pub why: String,
    /// What would tell, as sentences.
    pub steps: Vec<String>,
    /// Whether the API server refuses it for that, and it is not only not known who it is of.
    pub is_refused: bool,
}

impl Unsaid {
    /// A reason with its next steps.
    pub fn new(why: impl Into<String>, steps: &[&str]) -> Self {
        Self { why: why.into(), steps: steps.iter().map(|step| (*step).to_owned()).collect(), is_refused: false }
    }
}

impl Computed {
    /// What a credential comes to, by what is known of the cluster.
    ///
    /// # Errors
    /// Why no identity follows, and what would tell.
    pub fn of(decoded: &Decoded, facts: &Facts) -> Result<Self, Unsaid> {
        match &decoded.content {
            Content::X509(presented) => of_certificate(presented).ok_or_else(|| {
                let why = "the certificate has no common name, and the API server takes nobody without one";
                Unsaid::new(why, &["Get a certificate with a common name."])
            }),
            Content::Jwt(token) => match token.kind() {
                Kind::ServiceAccountBound | Kind::ServiceAccountLegacy => of_service_account(token)
                    .ok_or_else(|| Unsaid::new("the token does not say which service account it is of", &["Get the token again."])),
                Kind::Oidc | Kind::Other => oidc::identify(token, facts),
            },
            Content::Bootstrap(token) => bootstrap::identify(token, facts),
            Content::Eks(_) => Err(Unsaid::new(
                "the token names nobody: STS says who signed it, and access entries or aws-auth who that is to the cluster",
                &[
                    "Ask AWS and the cluster: whycan whoami",
                    "Or map the principal that signed it: whycan map ARN (aws sts get-caller-identity prints it).",
                ],
            )),
            Content::Opaque => Err(Unsaid::new(
                "nothing stands in it: only the server knows whose it is, by a webhook or its file of tokens",
                &[
                    "Ask the cluster: whycan whoami --context NAME, where the context presents it",
                    "Or give who it is by name: --as NAME --as-group GROUP",
                ],
            )),
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
    Some(Computed { identity, ..Computed::default() })
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
    Some(Computed { identity, ..Computed::default() })
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn of(decoded: &Decoded) -> Result<Computed, Unsaid> {
        Computed::of(decoded, &Facts::default())
    }

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
            told(&of(&bound).unwrap().identity),
            "system:serviceaccount:ci:deployer | u-1 | system:serviceaccounts system:serviceaccounts:ci system:authenticated | \
             credential-id=JTI=j-1 node-name=n node-uid=u-3 pod-name=p pod-uid=u-2"
        );
        let legacy =
            jwt(r#"{"iss":"kubernetes/serviceaccount","sub":"system:serviceaccount:ci:old","kubernetes.io/serviceaccount/namespace":"ci",
            "kubernetes.io/serviceaccount/service-account.name":"old","kubernetes.io/serviceaccount/service-account.uid":"u-4"}"#);
        assert_eq!(
            told(&of(&legacy).unwrap().identity),
            "system:serviceaccount:ci:old | u-4 | system:serviceaccounts system:serviceaccounts:ci system:authenticated | "
        );
    }

    #[test]
    fn what_does_not_say_it_is_not_guessed() {
        for text in ["k8s-aws-v1.aHR0cHM6Ly9zdHMu", "s3cr3t-of-a-webhook"] {
            assert!(of(&Decoded::read(text.as_bytes())).is_err(), "{text}");
        }
        assert!(of(&jwt(r#"{"iss":"https://login.example","sub":"alice"}"#)).is_err());
    }

    #[test]
    fn differences_are_named() {
        let computed = of(&jwt(
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
