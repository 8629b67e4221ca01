//! The one HTTP client that speaks to AWS: rustls with ring, the proxies of the environment, the authorities that
//! `AWS_CA_BUNDLE` or the profile names.
//!
//! The SDK itself knows neither the bundle nor, unless told, the proxies.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use aws_sdk_eks::config::SharedHttpClient;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::base::Failure;
use crate::base::text::sanitise;
use crate::source::files;

/// A client that trusts the authorities of a file, or those of the system.
///
/// # Errors
/// When the file cannot be read, or holds no certificate of use.
pub fn build(authorities: Option<&Path>) -> Result<SharedHttpClient, Failure> {
    let context = context(authorities)?;
    Ok(Builder::new().build_with_connector_fn(move |settings, components| {
        let mut builder = Connector::builder().proxy_config(ProxyConfig::from_env());
        builder.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            builder.set_sleep_impl(components.sleep_impl());
        }
        builder.tls_provider(Provider::Rustls(CryptoMode::Ring)).tls_context(context.clone()).build()
    }))
}

/// What sends requests that were signed here, with the same trust; it has no limits of its own.
///
/// # Errors
/// As for a client.
pub fn connector(authorities: Option<&Path>) -> Result<SharedHttpConnector, Failure> {
    let builder = Connector::builder().proxy_config(ProxyConfig::from_env()).tls_provider(Provider::Rustls(CryptoMode::Ring));
    Ok(SharedHttpConnector::new(builder.tls_context(context(authorities)?).build()))
}

fn context(authorities: Option<&Path>) -> Result<TlsContext, Failure> {
    let trust = match authorities {
        // as in every AWS tool, the bundle stands in place of the system's authorities
        Some(path) => trust(path)?,
        None => TrustStore::default(),
    };
    let context = TlsContext::builder().with_trust_store(trust).build();
    context.map_err(|error| Failure::failed(format!("cannot set up TLS: {}", sanitise(&error.to_string()))))
}

/// A client that is built when the first byte must be sent: to read the authorities of a system takes longer than to sign.
#[derive(Clone, Debug)]
pub struct WhenNeeded {
    authorities: Option<PathBuf>,
    built: Arc<OnceLock<Result<SharedHttpClient, Failure>>>,
}

impl WhenNeeded {
    /// One that will trust the authorities of a file, or those of the system.
    pub fn new(authorities: Option<PathBuf>) -> Self {
        Self { authorities, built: Arc::default() }
    }

    /// Why it could not be built, if that was tried.
    pub fn failure(&self) -> Option<Failure> {
        self.built.get()?.as_ref().err().cloned()
    }

    /// The client.
    pub fn shared(&self) -> SharedHttpClient {
        let when_needed = self.clone();
        http_client_fn(move |settings, components| when_needed.connector(settings, components))
    }

    fn connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        match self.built.get_or_init(|| build(self.authorities.as_deref())) {
            Ok(client) => client.http_connector(settings, components),
            Err(failure) => SharedHttpConnector::new(Broken(failure.message.clone())),
        }
    }
}

/// What stands in place of a client that could not be built.
#[derive(Debug)]
struct Broken(String);

impl HttpConnector for Broken {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(Err(ConnectorError::user(self.0.clone().into())))
    }
}

fn trust(path: &Path) -> Result<TrustStore, Failure> {
    let shown = sanitise(&path.to_string_lossy()).into_owned();
    let hint = "Check AWS_CA_BUNDLE, or ca_bundle of the profile: a file of certificates in PEM.";
    let bytes = files::read(path).map_err(|why| Failure::failed(format!("cannot read the certificates of `{shown}`: {why}")).hint(hint))?;
    // the SDK would panic at what is no certificate
    let is_fit = |certificate: &CertificateDer<'_>| rustls::RootCertStore::empty().add(certificate.clone()).is_ok();
    let fit: Vec<_> = CertificateDer::pem_slice_iter(&bytes).filter_map(Result::ok).filter(is_fit).collect();
    if fit.is_empty() {
        return Err(Failure::failed(format!("`{shown}` holds no certificate of an authority")).hint(hint));
    }
    let pem = |certificate: &CertificateDer<'_>| {
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(certificate))
    };
    Ok(fit.iter().fold(TrustStore::empty(), |store, certificate| store.with_pem_certificate(pem(certificate))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_that_is_none_is_refused_not_fatal() {
        let folder = tempfile::tempdir().unwrap();
        let bundle = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            build(Some(&path)).map(drop).map_err(|failure| failure.message.replace(&folder.path().display().to_string(), "FOLDER"))
        };
        let authority = rcgen::generate_simple_self_signed(["ca".to_owned()]).unwrap().cert.pem();
        let junk = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert_eq!(bundle("empty", "").unwrap_err(), "`FOLDER/empty` holds no certificate of an authority");
        assert_eq!(bundle("junk", junk).unwrap_err(), "`FOLDER/junk` holds no certificate of an authority");
        assert_eq!(bundle("both", &format!("# ours\n{junk}{authority}")), Ok(()));
        let missing = build(Some(Path::new("/nowhere/ca.pem"))).unwrap_err();
        assert_eq!(missing.message, "cannot read the certificates of `/nowhere/ca.pem`: no such file or directory");
    }
}
