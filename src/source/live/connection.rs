//! A connection to a cluster, as a target says.

use std::sync::{Arc, Mutex};

use http::{HeaderName, HeaderValue};
use secrecy::SecretString;

use super::check::{Asking, Checked, Checks};
use super::credential::{self, Credential, Identity, Origin};
use super::feed::{Feed, Plan};
use super::heard::Heard;
use super::http::{Client, Http, Shared};
use super::{Caller, CredentialKind, Options, Presented, RulesReview, Version, config, presented, proxy, review, server};
use crate::authz::{Request, ServerVerdict};
use crate::base::text::sanitise;
use crate::base::{Failure, Finding, Severity};
use crate::credential::{Decoded, Expected};
use crate::kubeconfig::provider::{is_eks, is_plugin};
use crate::kubeconfig::{Exec, Impersonation, Target, User, Way};
use crate::source::aws::{self, Profiles};
use crate::source::plugin::{Plugin, Plugins};

/// A cluster, spoken to as somebody. Cloning it is cheap, and the clones share connections and credential.
#[derive(Clone, Debug)]
pub struct Connection {
    http: Shared,
    /// Namespaces that may be listed by themselves.
    namespaces: Arc<[String]>,
    /// Whether access policies stand beside RBAC.
    is_eks: bool,
    /// What the credential is held against, as the kubeconfig tells.
    expected: Arc<Expected>,
}

impl Connection {
    /// Reads certificates and token files, runs the credential plugin of the target (and no other) once, builds the client.
    /// No request is sent. Dropping the future kills the plugin's process group.
    ///
    /// # Errors
    /// When a file, the plugin or the target's settings are of no use.
    pub async fn open(target: &Target, options: &Options) -> Result<(Self, Presented), Failure> {
        let authority = authority_of(target)?;
        let mut config = config::of_cluster(&target.cluster, authority.as_deref(), options.timeout)?;
        let expected = presented::expected(target);
        let is_plain = config.cluster_url.scheme_str() == Some("http");
        let mut described = Presented::default();
        let mut origin = Origin::Nothing;
        if is_plain {
            if target.user.way() != Way::Nothing {
                described.findings.push(not_sent());
            }
        } else {
            let certificate = certificate(&target.user)?;
            if let Some(identity) = &certificate {
                described = presented::certificate(identity.certificate.as_bytes(), &expected);
                config::put(&mut config, identity);
            }
            (origin, described) = origin_of(target, authority, &options.plugins, certificate.is_some(), described, &expected)?;
        }
        let credential = Credential::take(origin, options.timeout).await?;
        let shown = credential.shown().await?;
        if let Some(exec) = target.user.exec.as_ref().filter(|_| matches!(credential.origin(), Origin::Plugin(_))) {
            let token = shown.header.as_ref().and_then(|header| header.to_str().ok()).and_then(|header| header.strip_prefix("Bearer "));
            let pem = shown.certificate.as_ref().map(|identity| identity.certificate.as_str());
            described = presented::plugin(exec, token, pem, credential.expires_at(), &expected);
            if is_plugin(exec) {
                // what is wrong with the files is told by whoever needs them
                described.origin = Profiles::read().await.ok().map(|profiles| aws::origin(exec, &profiles));
            }
        }
        let client = config::client(&config, shown.certificate.as_ref())?;
        let http = Http {
            server: sanitise(proxy::without_secret(&target.cluster.server).trim_end_matches('/')).into_owned(),
            limit: options.timeout,
            config,
            credential,
            // no credential, and sent whatever the scheme (`DirectClientConfig` of client-go)
            impersonation: impersonation(&target.user.impersonation)?,
            advice: advice(described.kind, target.user.exec.as_ref().map(|exec| exec.command.as_str())),
            client: Mutex::new(Client { client, generation: shown.generation, has_certificate: shown.certificate.is_some() }),
            slots: Http::slots(),
            answered: Mutex::default(),
            heard: Heard::default(),
        };
        let namespaces = options.namespaces.iter().chain(&target.namespace).cloned().collect();
        let is_eks = is_eks(&target.cluster, &target.user);
        let connection = Self { http: Arc::new(http), namespaces, is_eks, expected: Arc::new(expected) };
        Ok((connection, presented::with_time(described)))
    }

    /// What `/version` says.
    ///
    /// # Errors
    /// When there is no such answer.
    pub async fn version(&self) -> Result<Version, Failure> {
        server::version(&self.http).await
    }

    /// The issuer of service account tokens.
    ///
    /// # Errors
    /// When the server does not tell it.
    pub async fn issuer(&self) -> Result<String, Failure> {
        server::issuer(&self.http).await
    }

    /// Who the server takes us for: SelfSubjectReview of any version, else the user name that a refusal tells.
    ///
    /// # Errors
    /// When the server tells neither.
    pub async fn whoami(&self) -> Result<Caller, Failure> {
        review::whoami(&self.http, false).await
    }

    /// The same without acting as somebody else, where the kubeconfig says to.
    ///
    /// # Errors
    /// When the server tells neither.
    pub async fn oneself(&self) -> Result<Caller, Failure> {
        review::whoami(&self.http, true).await
    }

    /// Whether there is a namespace, which need not be listed for that.
    ///
    /// # Errors
    /// When the server does not say.
    pub async fn has_namespace(&self, name: &str) -> Result<bool, Failure> {
        server::has_namespace(&self.http, name).await
    }

    /// The server's own verdict: for oneself or, with an identity, for somebody else.
    ///
    /// Somebody else is asked about with a SubjectAccessReview or, where that is refused, by impersonation with exactly
    /// these groups.
    ///
    /// # Errors
    /// When the server refuses both, or gives no verdict.
    pub async fn review(&self, identity: Option<&crate::identity::Identity>, request: &Request) -> Result<ServerVerdict, Failure> {
        let verdict = review::access(&self.http, identity, request).await?;
        Ok(match identity {
            Some(identity) if self.is_eks => review::without_extra(identity, verdict),
            _ => verdict,
        })
    }

    /// What SelfSubjectRulesReview tells of a namespace.
    ///
    /// # Errors
    /// When the server refuses it or gives no such answer.
    pub async fn rules_review(&self, namespace: &str) -> Result<RulesReview, Failure> {
        review::rules(&self.http, namespace).await
    }

    /// Asks about what is presented: the signature is held against the issuer's keys, what a token is bound to is looked up,
    /// and the server's clock and whether it takes the credential are heeded. What may not be looked at stays open.
    pub async fn check(&self, decoded: &Arc<Decoded>) -> Checked {
        Asking::new(&self.http, &self.expected).check(decoded).await
    }

    /// The same, once or, when `watch` says so, as it changes: what the token is bound to is watched, and everything is asked
    /// again when the server's mind changes. Dropping it ends every request.
    pub fn checks(&self, decoded: &Arc<Decoded>, watch: bool) -> Checks {
        Checks::start(Asking::new(&self.http, &self.expected), decoded, watch)
    }

    /// Lists what the plan says, side by side, and goes on watching where it says so. Dropping the feed ends every request.
    pub fn feed(&self, plan: &Plan) -> Feed {
        Feed::start(&self.http, &self.namespaces, plan)
    }
}

/// Runs the plugin of a target on the terminal, which nothing else may use meanwhile, and says what it gave.
///
/// Connections that are opened with these options, or a clone of them, take that. To be called outside of any runtime.
///
/// # Errors
/// When the target has no such plugin, standard input is no terminal, or the plugin gives nothing of use.
pub fn log_in(target: &Target, options: &Options) -> Result<String, Failure> {
    let Some(exec) = target.user.exec.as_ref().filter(|_| target.user.way() == Way::Exec) else {
        return Err(Failure::failed("there is no plugin to log in with").hint("Choose a context whose user has one."));
    };
    let plugin = plugin(target, exec, authority_of(target)?, &options.plugins);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(format!("cannot start: {error}")))?;
    let given = runtime.block_on(plugin.run_in_foreground())?;
    let token = given.token.as_ref().map(secrecy::ExposeSecret::expose_secret);
    Ok(presented::plugin(exec, token, given.certificate.as_deref(), given.expires_at, &presented::expected(target)).description)
}

fn plugin(target: &Target, exec: &Exec, authority: Option<Vec<u8>>, plugins: &Plugins) -> Plugin {
    let file = target.user.source.as_ref().map(|source| source.file.clone());
    Plugin { exec: exec.clone(), cluster: target.cluster.clone(), authority, file, plugins: plugins.clone() }
}

/// The cluster's certificate authority, in PEM.
fn authority_of(target: &Target) -> Result<Option<Vec<u8>>, Failure> {
    target.cluster.certificate_authority.as_ref().map(|data| config::bytes(data, "certificate authority")).transpose()
}

/// client-go drops every credential where nothing protects it on the way.
fn not_sent() -> Finding {
    Finding {
        code: "credential-not-sent",
        severity: Severity::Warning,
        subject: "credential".to_owned(),
        message: "the server's URL is http://, and no credential is sent without TLS: the request is anonymous".to_owned(),
        fix: Some("Write https:// in the cluster's server.".to_owned()),
        source: None,
    }
}

/// The certificate and key of the kubeconfig.
fn certificate(user: &User) -> Result<Option<Identity>, Failure> {
    let text = |bytes: Vec<u8>, what: &str| {
        String::from_utf8(bytes).map_err(|_| {
            Failure::failed(format!("the {what} of user `{}` is no PEM text", sanitise(&user.name))).hint("Check it in the kubeconfig.")
        })
    };
    match (&user.client_certificate, &user.client_key) {
        (Some(certificate), Some(key)) => {
            let certificate = text(config::bytes(certificate, "client certificate")?, "client certificate")?;
            let key = SecretString::from(text(config::bytes(key, "client key")?, "client key")?);
            Ok(Some(Identity { certificate, key }))
        }
        (Some(_), None) => Err(Failure::failed(format!("user `{}` has a client certificate without its key", sanitise(&user.name)))
            .hint("Set client-key-data or client-key in the kubeconfig.")),
        // a key alone presents nothing, and kubectl lets it pass
        (None, _) => Ok(None),
    }
}

/// Which of a user's ways is taken beside the certificate, in client-go's order: a plugin only where nothing else is.
fn origin_of(
    target: &Target,
    authority: Option<Vec<u8>>,
    plugins: &Plugins,
    has_certificate: bool,
    described: Presented,
    expected: &Expected,
) -> Result<(Origin, Presented), Failure> {
    let user = &target.user;
    // those of old are refused whatever is beside them (`GetAuthProvider` of client-go)
    if let Some(provider) = user.auth_provider.as_deref().filter(|name| *name != "oidc") {
        return Err(gone(provider, user));
    }
    if user.has_token_and_basic() {
        return Err(Failure::failed(format!(
            "user `{}` has a token and a user name: more than one authentication method",
            sanitise(&user.name)
        ))
        .hint("Remove one of them from the kubeconfig."));
    }
    // what is in TLS is what counts at the server; the token is sent too
    let or = |other: Presented| if has_certificate { described.clone() } else { other };
    if let Some(path) = &user.token_file {
        match (credential::token_of(path), &user.token) {
            (Ok(token), _) => {
                let described = or(presented::token(&token, Some(path), expected));
                return Ok((Origin::File(path.clone()), described));
            }
            (Err(failure), None) => return Err(failure),
            (Err(_), Some(_)) => {}
        }
    }
    if let Some(token) = &user.token {
        return Ok((Origin::Fixed(credential::bearer(token)?), or(presented::token(token, None, expected))));
    }
    if let Some(username) = user.basic_name() {
        let password = user.password.as_ref().map(secrecy::ExposeSecret::expose_secret).unwrap_or_default();
        return Ok((Origin::Fixed(credential::basic(username, password)?), or(presented::basic(username))));
    }
    match (user.way(), &user.exec, &user.auth_provider) {
        (Way::Exec, Some(exec), _) => Ok((Origin::Plugin(Box::new(plugin(target, exec, authority, plugins))), described)),
        (Way::AuthProvider, _, Some(provider)) => Err(gone(provider, user)),
        _ => Ok((Origin::Nothing, described)),
    }
}

fn gone(provider: &str, user: &User) -> Failure {
    Failure::failed(format!("the auth provider `{}` of user `{}` cannot be used", sanitise(provider), sanitise(&user.name)))
        .hint("Kubernetes clients have given up auth providers: use the provider's credential plugin (users[].user.exec).")
}

/// The headers of `as` and its companions.
fn impersonation(of: &Impersonation) -> Result<Vec<(HeaderName, HeaderValue)>, Failure> {
    let Some(user) = of.user.as_deref().filter(|user| !user.is_empty()) else {
        if of.uid.is_some() || !of.groups.is_empty() || !of.extra.is_empty() {
            return Err(Failure::failed("the kubeconfig gives a uid, groups or extra to impersonate without a user")
                .hint("Set `as` beside as-groups in the kubeconfig."));
        }
        return Ok(Vec::new());
    };
    let extra = of.extra.iter().flat_map(|(key, values)| values.iter().map(move |value| (key.as_str(), value.as_str())));
    review::headers(user, of.groups.iter().map(String::as_str), of.uid.as_deref().unwrap_or_default(), extra)
}

/// What may be the matter when a credential is refused; the server never says.
fn advice(kind: CredentialKind, plugin: Option<&str>) -> Vec<String> {
    let first = match kind {
        CredentialKind::None => "Nothing is presented, and the server takes nobody unknown: give the context a user.".to_owned(),
        CredentialKind::Certificate => {
            "The certificate may have expired or be of another cluster: get a new kubeconfig for this one.".to_owned()
        }
        CredentialKind::Token => "The token may have expired, been revoked, or be of another cluster: get a new one.".to_owned(),
        CredentialKind::Exec => {
            let plugin = plugin.unwrap_or_default();
            format!("Log in again for `{}`, and check that it asks for this cluster.", sanitise(plugin))
        }
        CredentialKind::Basic => "No current server takes a user name and a password: use a token, a certificate or a plugin.".to_owned(),
    };
    vec![first, "The account may be gone or unknown to this cluster; only the API server's log tells which.".to_owned()]
}
