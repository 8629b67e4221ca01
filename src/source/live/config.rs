//! The HTTP client for a target: certificates, proxy, limits. Never kube's own loader, and never its plugins.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use http::Uri;
use hyper::rt::{Read, Write};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::legacy::connect::{Connection, HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use kube::client::ConfigExt as _;
use secrecy::{ExposeSecret as _, SecretString};
use tower::{Layer as _, Service};
use tower_http::decompression::Decompression;

use super::credential::Identity;
use super::proxy;
use crate::base::Failure;
use crate::base::text::sanitise;
use crate::credential::pem;
use crate::kubeconfig::{Cluster, Data};
use crate::source::files;

/// How often an idle connection is probed.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// The settings of a client for a cluster, as nobody yet.
///
/// # Errors
/// When the URL, the certificate authority or the proxy is none.
pub fn of_cluster(cluster: &Cluster, authority: Option<&[u8]>, limit: Duration) -> Result<kube::Config, Failure> {
    let uri = server(cluster)?;
    let mut config = kube::Config::new(uri.clone());
    config.default_retry = false;
    config.connect_timeout = Some(limit);
    config.write_timeout = Some(limit);
    config.accept_invalid_certs = cluster.insecure_skip_tls_verify;
    config.tls_server_name = cluster.tls_server_name.clone().filter(|name| !name.is_empty());
    config.proxy_url = proxy::choose(&uri, cluster.proxy_url.as_deref(), |name| std::env::var(name).ok())?;
    // compressing costs more time than it saves where no network lies between
    config.disable_compression = cluster.disable_compression || proxy::is_loopback(uri.host().unwrap_or_default());
    if let Some(pem) = authority {
        config.root_cert = Some(certificates(pem, "certificate authority of the cluster")?);
    }
    Ok(config)
}

/// The URL of a cluster's server.
fn server(cluster: &Cluster) -> Result<Uri, Failure> {
    let wrong = |why: &str| {
        let name = if cluster.name.is_empty() { "the cluster".to_owned() } else { format!("cluster `{}`", sanitise(&cluster.name)) };
        Failure::failed(format!("the server of {name} {why}"))
            .hint("Set clusters[].cluster.server in the kubeconfig, as https://HOST:PORT.")
    };
    if cluster.server.is_empty() {
        return Err(wrong("is not set"));
    }
    let shown = sanitise(&proxy::without_secret(&cluster.server)).into_owned();
    let url = if cluster.server.contains("://") { cluster.server.clone() } else { format!("http://{}", cluster.server) };
    let uri: Uri = url.parse().map_err(|_| wrong(&format!("is no URL: `{shown}`")))?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.host().is_none_or(str::is_empty) {
        return Err(wrong(&format!("is no URL of a server: `{shown}`")));
    }
    Ok(uri)
}

/// A client, with a certificate of one's own where there is one.
///
/// # Errors
/// When a certificate or key is none.
pub fn client(config: &kube::Config, identity: Option<&Identity>) -> Result<kube::Client, Failure> {
    let mut config = config.clone();
    if let Some(identity) = identity {
        put(&mut config, identity);
    }
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    // a request goes out at once, not with the acknowledgement of the handshake before it
    tcp.set_nodelay(true);
    // a watch that waits for hours notices that the other side has gone
    tcp.set_keepalive(Some(KEEP_ALIVE));
    tcp.set_connect_timeout(config.connect_timeout);
    let Some(proxy) = config.proxy_url.clone() else { return over(tcp, &config) };
    match proxy.scheme_str() {
        Some("socks5") => over(SocksV5::new(proxy, tcp), &config),
        Some("https") => {
            let tls = config.rustls_https_connector_with_connector(tcp).map_err(|error| no_tls(&error))?;
            over(with_secret(&proxy, Tunnel::new(proxy.clone(), tls)), &config)
        }
        _ => over(with_secret(&proxy, Tunnel::new(proxy.clone(), tcp)), &config),
    }
}

/// Puts a certificate and its key where kube looks for them.
pub fn put(config: &mut kube::Config, identity: &Identity) {
    let encode = |pem: &[u8]| base64::engine::general_purpose::STANDARD.encode(pem);
    config.auth_info.client_certificate_data = Some(encode(identity.certificate.as_bytes()));
    config.auth_info.client_key_data = Some(SecretString::from(encode(identity.key.expose_secret().as_bytes())));
}

/// What is wrong with what TLS needs; the errors name no secret, only which part of a certificate is missing.
fn no_tls(error: &kube::Error) -> Failure {
    let text = error.to_string();
    let text = text.trim_start_matches("rustls tls error: ");
    let why = match text {
        _ if text.contains("missing certificate") => "the client certificate is none in PEM".to_owned(),
        _ if text.contains("missing a private key") => "the client key is none in PEM".to_owned(),
        _ if text.contains("UnsupportedCertVersion") => {
            return Failure::failed(
                "cannot set up TLS: the client certificate is of X.509 version 1, which kubectl takes and whycan does not",
            )
            .hint("Get one of version 3: openssl x509 -req makes one where -extfile gives it an extension.");
        }
        _ if text.contains("KeyMismatch") => "the client key is of another certificate".to_owned(),
        _ => sanitise(text).into_owned(),
    };
    Failure::failed(format!("cannot set up TLS: {why}")).hint("Check the certificates and the key of the context in the kubeconfig.")
}

/// The user and password in a proxy's URL.
fn with_secret<C>(proxy: &Uri, tunnel: Tunnel<C>) -> Tunnel<C> {
    let secret = proxy.authority().and_then(|authority| authority.as_str().rsplit_once('@')).and_then(|(secret, _)| {
        let (user, password) = secret.split_once(':').unwrap_or((secret, ""));
        super::credential::basic(&proxy::decoded(user), &proxy::decoded(password)).ok()
    });
    match secret {
        Some(header) => tunnel.with_auth(header),
        None => tunnel,
    }
}

/// A client over a way to the server.
fn over<C>(connector: C, config: &kube::Config) -> Result<kube::Client, Failure>
where
    C: Service<Uri> + Clone + Send + Sync + 'static,
    C::Response: Connection + Read + Write + Send + Unpin + 'static,
    C::Future: Send + 'static,
    C::Error: Into<tower::BoxError>,
{
    let tls = config.rustls_https_connector_with_connector(connector).map_err(|error| no_tls(&error))?;
    let client = Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(tls);
    let unpacked = Decompression::new(config.base_uri_layer().layer(client)).gzip(!config.disable_compression);
    Ok(kube::Client::new(unpacked, config.default_namespace.clone()))
}

/// The bytes of a certificate or key, wherever they are; `what` names them.
pub fn bytes(data: &Data, what: &str) -> Result<Vec<u8>, Failure> {
    match data {
        Data::Inline(bytes) => Ok(bytes.clone()),
        Data::File(path) => files::read(Path::new(path)).map_err(|why| {
            Failure::failed(format!("cannot read the {what} `{}`: {why}", sanitise(path))).hint("Check the path in the kubeconfig.")
        }),
    }
}

/// The certificates of a PEM text.
fn certificates(text: &[u8], what: &str) -> Result<Vec<Vec<u8>>, Failure> {
    let blocks = pem::blocks(text).into_iter().filter(|block| block.label == "CERTIFICATE");
    let found: Vec<Vec<u8>> = blocks.map(|block| block.bytes).collect();
    if found.is_empty() {
        return Err(
            Failure::failed(format!("the {what} is no certificate in PEM")).hint("Check it in the kubeconfig: it may be cut short.")
        );
    }
    Ok(found)
}
