//! `token decode` as JSON.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::base::Finding;
use crate::credential::decoded::Presented;
use crate::credential::eks::{self, Outcome};
use crate::credential::{Content, Expected, jwt};
use crate::identity;
use crate::report::token::Told;

/// The answer to `token decode`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// `eks-v1`, `jwt`, `bootstrap`, `x509` or `opaque`.
    format: &'static str,
    /// Kind, length and fingerprint; never the whole.
    masked: String,
    /// The first 12 hexadecimal digits of its SHA-256; of a certificate, of its DER.
    sha256: String,
    /// RFC 3339; absent where it does not say.
    issued_at: Option<String>,
    not_before: Option<String>,
    expires_at: Option<String>,
    eks: Option<Eks>,
    jwt: Option<Jwt>,
    x509: Option<X509>,
    bootstrap: Option<Bootstrap>,
    /// How it came to be presented, as sentences; empty for a credential from anywhere.
    presented: Vec<String>,
    /// The worst first.
    findings: Vec<Finding>,
    /// Whether the cluster takes it; absent where it was not asked, or did not say.
    accepted: Option<bool>,
    /// Whose keys a signature was held against: `the cluster`, or the issuer's URL; absent where nobody was asked for keys.
    keys_from: Option<String>,
    /// What could not be looked at, and why.
    notes: Vec<String>,
    /// How the API server takes it; absent for what is no credential.
    method: Option<Method>,
}

/// A token of Amazon EKS.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Eks {
    /// Signature and session token masked.
    url: String,
    host: Option<String>,
    region: Option<String>,
    partition: Option<&'static str>,
    action: Option<String>,
    /// What it was said to be for; it does not stand in the token.
    cluster: Option<String>,
    /// The name of the header that names the cluster; absent where it is not signed.
    cluster_header: Option<&'static str>,
    access_key_id: Option<String>,
    credential_scope: Option<String>,
    signed_headers: Vec<String>,
    signed_at: Option<String>,
    /// What X-Amz-Expires says; it has no effect.
    expires_seconds: Option<i64>,
    /// Whether there is one.
    session_token: bool,
    /// What aws-iam-authenticator checks before it asks STS, in its order.
    checks: Vec<Check>,
}

/// One check of the server.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Check {
    what: &'static str,
    seen: String,
    /// Absent where it is not known, or the server does not come this far.
    ok: Option<bool>,
    /// The server's own words, where it is not so.
    said: Option<String>,
}

/// A JSON web token.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Jwt {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    /// `valid`, `invalid`, `unverified` or `none`.
    signature: &'static str,
    /// `service-account-bound`, `service-account-legacy`, `oidc` or `other`.
    kind: &'static str,
    service_account: Option<ServiceAccount>,
}

/// A service account, and what its token is bound to, by name.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ServiceAccount {
    namespace: Option<String>,
    name: Option<String>,
    uid: Option<String>,
    pod: Option<String>,
    node: Option<String>,
    secret: Option<String>,
}

/// A client certificate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct X509 {
    subject: String,
    common_name: Option<String>,
    organizations: Vec<String>,
    issuer: String,
    serial: String,
    dns_names: Vec<String>,
    /// Who it is to a cluster; absent where the cluster takes nobody from it.
    username: Option<String>,
    groups: Vec<String>,
    /// Absent where it does not say.
    key_usage: Option<Vec<&'static str>>,
    extended_key_usage: Option<Vec<String>>,
}

/// A bootstrap token.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Bootstrap {
    token_id: String,
    username: String,
}

impl Token {
    /// All that is told.
    pub fn new(told: &Told) -> Self {
        let decoded = &told.decoded;
        let moment = |at: Option<Timestamp>| at.map(|at| at.to_string());
        let mut token = Self {
            format: decoded.format(),
            masked: decoded.masked.clone(),
            sha256: decoded.sha256.clone(),
            issued_at: moment(decoded.issued_at()),
            not_before: moment(decoded.not_before()),
            expires_at: moment(decoded.expires_at()),
            eks: None,
            jwt: None,
            x509: None,
            bootstrap: None,
            presented: told.presented.iter().map(|(_, sentence)| sentence.clone()).collect(),
            findings: told.findings.clone(),
            accepted: told.checked.as_ref().and_then(|checked| checked.is_accepted),
            keys_from: told.checked.as_ref().and_then(|checked| checked.keys_from.clone()),
            notes: told.notes().to_vec(),
            method: told.method().map(Method::from),
        };
        match &decoded.content {
            Content::Eks(eks) => token.eks = Some(Eks::new(eks, told)),
            Content::Jwt(jwt) => token.jwt = Some(Jwt::new(jwt, &told.expected)),
            Content::X509(presented) => token.x509 = Some(X509::new(presented)),
            Content::Bootstrap(bootstrap) => {
                token.bootstrap = Some(Bootstrap { token_id: bootstrap.id.clone(), username: bootstrap.username() });
            }
            Content::Opaque => {}
        }
        token
    }
}

impl Eks {
    fn new(token: &eks::Token, told: &Told) -> Self {
        let text = |text: Option<&str>| text.map(str::to_owned);
        let checks = told.checks().into_iter().map(|check| {
            let (ok, said) = match check.outcome {
                Outcome::Holds => (Some(true), None),
                Outcome::Fails(said) => (Some(false), Some(said)),
                Outcome::Unknown(_) | Outcome::NotReached => (None, None),
            };
            Check { what: check.what, seen: check.seen, ok, said }
        });
        Self {
            url: token.url().to_owned(),
            host: text(token.host()),
            region: text(token.region()),
            partition: token.partition(),
            action: text(token.action()),
            cluster: told.expected.cluster.clone(),
            cluster_header: token.signs_cluster().then_some(eks::CLUSTER_HEADER),
            access_key_id: text(token.access_key_id()),
            credential_scope: text(token.credential_scope()),
            signed_headers: token.signed_headers().into_iter().map(str::to_owned).collect(),
            signed_at: token.signed_at().map(|at| at.to_string()),
            expires_seconds: token.expires_seconds(),
            session_token: token.has_session_token(),
            checks: checks.collect(),
        }
    }
}

impl Jwt {
    fn new(token: &jwt::Token, expected: &Expected) -> Self {
        let account = token.service_account().map(|account| ServiceAccount {
            namespace: account.namespace,
            name: account.name,
            uid: account.uid,
            pod: account.pod,
            node: account.node,
            secret: account.secret,
        });
        Self {
            header: token.header.clone(),
            claims: token.claims.clone(),
            signature: jwt::verify(token, expected.keys.as_deref().unwrap_or_default()).as_str(),
            kind: token.kind().as_str(),
            service_account: account,
        }
    }
}

impl X509 {
    fn new(presented: &Presented) -> Self {
        let own = &presented.certificate;
        let is_host = |name: &&String| name.parse::<core::net::IpAddr>().is_err() && !name.contains(['@', ':', '/', ' ']);
        Self {
            subject: own.subject.clone(),
            common_name: own.common_name.clone(),
            organizations: own.organizations.clone(),
            issuer: own.issuer.clone(),
            serial: own.serial.clone(),
            dns_names: own.names.iter().filter(is_host).cloned().collect(),
            username: presented.username().map(str::to_owned),
            groups: own.organizations.clone(),
            key_usage: own.usages.clone(),
            extended_key_usage: own.extended_usages.clone(),
        }
    }
}

/// A way to be authenticated.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Method {
    /// `x509`, `service-account-bound`, `oidc-flags`, `eks`, …
    name: &'static str,
    /// What the API server takes, and for whom, as a sentence.
    taken: &'static str,
    /// What ends it, as a sentence.
    ends: &'static str,
}

impl From<identity::Method> for Method {
    fn from(method: identity::Method) -> Self {
        Self { name: method.as_str(), taken: method.taken(), ends: method.ends() }
    }
}
