//! One call of IAM: signed, sent, tried again where it was turned away.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::time::{sleep, timeout};

use super::{answer, endpoint};
use crate::base::Failure;
use crate::source::aws::client;
use crate::source::aws::fault::{self, At, Fault};
use crate::source::aws::session::Session;
use crate::source::live::fraction;

/// The version of IAM's interface: there is no other.
const VERSION: &str = "2010-05-08";

/// How often a call is made before it counts as failed.
const ATTEMPTS: u32 = 3;

/// The longest of the first pause; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(500);

/// The most that is read of an answer.
const LARGEST: usize = 1 << 20;

/// What is not encoded in a form (RFC 3986).
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Who calls IAM, and where.
#[derive(Debug)]
pub struct Caller<'a> {
    session: &'a Session,
    connector: SharedHttpConnector,
    url: String,
    region: &'static str,
}

/// What became of one attempt.
enum Tried {
    /// It is over.
    Done(Result<Option<String>, Fault>),
    /// Another one may do better.
    Again(Fault),
}

impl<'a> Caller<'a> {
    /// Whoever's session it is, in a partition.
    ///
    /// # Errors
    /// When there is no client.
    pub fn new(session: &'a Session, partition: &str) -> Result<Self, Fault> {
        let endpoint = endpoint::of(partition);
        let (profiles, profile) = (session.profiles(), session.profile());
        let is_on = |variable: &str, setting: &str| {
            profiles.either(profile, variable, setting).is_some_and(|value| value.eq_ignore_ascii_case("true"))
        };
        let instead = if is_on("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls") {
            None
        } else {
            profiles.variable("AWS_ENDPOINT_URL_IAM").or_else(|| profiles.either(profile, "AWS_ENDPOINT_URL", "endpoint_url"))
        };
        let host = endpoint.fips.filter(|_| is_on("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")).unwrap_or(endpoint.host);
        let url = instead.map_or_else(|| format!("https://{host}/"), |url| format!("{}/", url.trim_end_matches('/')));
        let connector = client::connector(profiles.authorities(profile).as_deref()).map_err(Fault::failed)?;
        Ok(Self { session, connector, url, region: endpoint.region })
    }

    fn at(&self) -> At<'_> {
        At { service: "IAM", ..self.session.at(self.region, None) }
    }

    /// Calls an action; none where what is asked about is not there.
    ///
    /// # Errors
    /// When IAM refuses, or does not answer within the limit.
    pub async fn ask(&self, action: &str, parameters: &[(&str, &str)]) -> Result<Option<String>, Fault> {
        let credentials = self.session.signing().await?;
        let fixed = [("Action", action), ("Version", VERSION)];
        let pairs = fixed.iter().chain(parameters).map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, FORM)));
        let body = pairs.collect::<Vec<_>>().join("&");
        let trying = async {
            let mut pause = PAUSE;
            for attempt in 1.. {
                match self.attempt(&credentials, &body).await {
                    Tried::Done(answer) => return answer,
                    Tried::Again(fault) if attempt == ATTEMPTS => return Err(fault),
                    Tried::Again(_) => sleep(pause.mul_f64(fraction())).await,
                }
                pause *= 2;
            }
            Ok(None)
        };
        timeout(self.session.limit(), trying).await.unwrap_or_else(|_| Err(fault::credentials::silent(&self.at())))
    }

    async fn attempt(&self, credentials: &Credentials, body: &str) -> Tried {
        let Some(request) = self.signed(credentials, body) else {
            return Tried::Done(Err(Fault::failed(Failure::failed("the address of IAM is no URL").hint("Check AWS_ENDPOINT_URL."))));
        };
        let _turn = self.session.turn().await;
        match self.connector.call(request).await {
            Ok(answer) => self.read(answer).await,
            Err(error) => {
                let fault = fault::unreached(&error, &self.at());
                if error.is_io() { Tried::Again(fault) } else { Tried::Done(Err(fault)) }
            }
        }
    }

    async fn read(&self, answer: HttpResponse) -> Tried {
        let status = answer.status().as_u16();
        let mut stream = ByteStream::new(answer.into_body());
        let mut bytes = Vec::new();
        while let Some(chunk) = stream.next().await {
            match chunk {
                Ok(chunk) if bytes.len() + chunk.len() <= LARGEST => bytes.extend_from_slice(&chunk),
                Ok(_) => return Tried::Done(Err(fault::answered(None, "", status, &self.at()))),
                Err(error) => return Tried::Again(fault::unreached(&error, &self.at())),
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        if (200..300).contains(&status) {
            return Tried::Done(Ok(Some(text.into_owned())));
        }
        let (code, message) = answer::refusal(&text);
        let fault = fault::answered(code.as_deref(), &message, status, &self.at());
        match code.as_deref() {
            Some("NoSuchEntity") => Tried::Done(Ok(None)),
            Some(code) if code.starts_with("Throttl") || code.starts_with("TooMany") => Tried::Again(fault),
            _ if status >= 500 => Tried::Again(fault),
            _ => Tried::Done(Err(fault)),
        }
    }

    /// The request; none where the address is no URL.
    fn signed(&self, credentials: &Credentials, body: &str) -> Option<HttpRequest> {
        const KIND: (&str, &str) = ("content-type", "application/x-www-form-urlencoded; charset=utf-8");
        let identity = credentials.clone().into();
        let parameters = SigningParams::builder().identity(&identity).region(self.region).name("iam").time(SystemTime::now());
        let parameters = parameters.settings(SigningSettings::default()).build().ok()?.into();
        let signable = SignableRequest::new("POST", self.url.as_str(), [KIND].into_iter(), SignableBody::Bytes(body.as_bytes())).ok()?;
        let (signed, _) = sign(signable, &parameters).ok()?.into_parts();
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.set_method("POST").ok()?;
        request.set_uri(self.url.as_str()).ok()?;
        request.headers_mut().try_insert(KIND.0, KIND.1).ok()?;
        for (name, value) in signed.headers() {
            request.headers_mut().try_insert(name.to_owned(), value.to_owned()).ok()?;
        }
        Some(request)
    }
}
