//! A single request to somebody who is no API server: STS, an issuer of tokens. Redirects are not followed.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Limited};
use kube::client::Body;
use tokio::time::timeout;

use super::{config, failure, proxy};
use crate::base::Failure;
use crate::base::text::sanitise;
use crate::credential::pem;

/// The most that is read of an answer.
const LARGEST: usize = 1 << 20;

/// A request.
#[derive(Clone, Debug)]
pub struct Fetch<'a> {
    /// What is fetched, with scheme and host.
    pub url: &'a str,
    /// The host to name, where another one is asked.
    pub host: Option<&'a str>,
    /// Headers, with their values.
    pub headers: &'a [(&'static str, &'a str)],
    /// The authorities to trust in place of the system's, in PEM.
    pub authorities: Option<&'a [u8]>,
    /// How long it may take.
    pub limit: Duration,
}

/// Sends a request and takes its answer, whatever the status; `who` names the other side in a sentence.
///
/// # Errors
/// When there is no answer, or it is far too large.
pub async fn fetch(ask: &Fetch<'_>, who: &str) -> Result<(StatusCode, Vec<u8>), Failure> {
    let wrong = |why: &str| Failure::failed(format!("{who} cannot be asked: {why}"));
    let uri: Uri = ask.url.parse().map_err(|_| wrong("its address is no URL"))?;
    let base = uri.scheme_str().zip(uri.authority()).map(|(scheme, authority)| format!("{scheme}://{authority}/"));
    let base: Uri = base.and_then(|base| base.parse().ok()).ok_or_else(|| wrong("its address has no host"))?;
    let mut settings = kube::Config::new(base.clone());
    settings.default_retry = false;
    settings.connect_timeout = Some(ask.limit);
    settings.proxy_url = proxy::choose(&base, None, |name| std::env::var(name).ok())?;
    if let Some(authorities) = ask.authorities {
        let blocks = pem::blocks(authorities).into_iter().filter(|block| block.label == "CERTIFICATE");
        settings.root_cert = Some(blocks.map(|block| block.bytes).collect());
    }
    let client = config::client(&settings, None)?;
    // the client puts scheme and host before it, and takes the host of the header where there is one
    let path = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let mut request = Request::builder().method(Method::GET).uri(path);
    for (name, value) in ask.headers.iter().copied().chain(ask.host.map(|host| ("host", host))) {
        let value = HeaderValue::from_str(value).map_err(|_| wrong("a value holds characters that no HTTP header may hold"))?;
        request = request.header(HeaderName::from_static(name), value);
    }
    let request = request.body(Body::empty()).map_err(|_| wrong("its address is no URL"))?;
    let answered = timeout(ask.limit, async {
        let answer = client.send(request).await.map_err(|error| wrong(&cause(&error)))?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), LARGEST).collect().await.map_err(|error| wrong(&sanitise(&error.to_string())))?;
        Ok((status, body.to_bytes().to_vec()))
    });
    answered.await.unwrap_or_else(|_| {
        let host = sanitise(base.host().unwrap_or_default()).into_owned();
        Err(Failure::failed(format!("{who} did not answer within {}: {host}", crate::source::plugin::seconds(ask.limit)))
            .hint("Check the network and the proxy, or give it more time with --timeout."))
    })
}

/// The innermost reason, which says most.
fn cause(error: &kube::Error) -> String {
    let causes = failure::causes(error);
    let last = causes.last().map_or_else(|| error.to_string(), ToString::to_string);
    sanitise(&last).into_owned()
}
