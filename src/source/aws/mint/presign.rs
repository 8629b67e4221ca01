//! The signed call itself.

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;

use super::endpoint::Endpoint;

/// What every token begins with.
const PREFIX: &str = "k8s-aws-v1.";

/// The header that names the cluster: it is signed, and not in the token.
const HEADER: &str = "x-k8s-aws-id";

/// What a token says of its life; STS and the server count fifteen minutes from its date instead.
const EXPIRES: Duration = Duration::from_mins(1);

/// The order in which the aws command line writes what is signed (`SigV4QueryAuth` of botocore).
const ORDER: [&str; 7] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Security-Token",
    "X-Amz-Signature",
];

/// A token; none for a name of a cluster that no header can hold.
pub fn token(credentials: &Credentials, endpoint: &Endpoint, cluster: &str, now: SystemTime) -> Option<SecretString> {
    let url = url(credentials, endpoint, cluster, now)?;
    Some(SecretString::from(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(url))))
}

fn url(credentials: &Credentials, endpoint: &Endpoint, cluster: &str, now: SystemTime) -> Option<String> {
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(EXPIRES);
    let identity = credentials.clone().into();
    let parameters = SigningParams::builder().identity(&identity).region(&endpoint.region).name("sts").time(now).settings(settings);
    let mut url = format!("{}/?Action=GetCallerIdentity&Version=2011-06-15", endpoint.url.trim_end_matches('/'));
    let request = SignableRequest::new("GET", url.as_str(), [(HEADER, cluster)].into_iter(), SignableBody::Bytes(&[])).ok()?;
    let (signed, _) = sign(request, &parameters.build().ok()?.into()).ok()?.into_parts();
    for name in ORDER {
        if let Some((_, value)) = signed.params().iter().find(|(signed, _)| *signed == name) {
            let _ = write!(url, "&{name}={}", encoded(value));
        }
    }
    Some(url)
}

/// Percent-encoding as SigV4 wants it: all but letters, digits and `-._~` (RFC 3986).
fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(byte.into());
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    /// Checked against botocore.
    #[test]
    fn tokens_are_those_of_the_aws_command_line() {
        let now: jiff::Timestamp = "2026-03-01T12:30:45Z".parse().unwrap();
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        for (key, session, region, host, length, signature) in [
            (
                "AKIA",
                None,
                "eu-central-1",
                "sts.eu-central-1.amazonaws.com",
                501,
                "05be427e529789be145db0c4e40e5efa0ebd577f177aa804b8e9ffc9c1ffbf1a",
            ),
            (
                "ASIA",
                Some("FwoGZXIvYXdzEXAMPLE//token+with/slash=="),
                "eu-central-1",
                "sts.eu-central-1.amazonaws.com",
                598,
                "0610d4f35ef93898ea9391c8bce8653e9ee462203e182658015c2aed9cdb6fa6",
            ),
            (
                "AKIA",
                None,
                "cn-north-1",
                "sts.cn-north-1.amazonaws.com.cn",
                499,
                "5e7840ac0393e1a9aa74d4b21e6fa81598664dcbc3250591402e10fe2654b0e1",
            ),
            ("AKIA", None, "us-east-1", "sts.amazonaws.com", 479, "191801895d59d3d8ae417d63055f63c421cdc1495a97ff2727a372939deb390e"),
        ] {
            let credentials = Credentials::new(format!("{key}IOSFODNN7EXAMPLE"), secret, session.map(str::to_owned), None, "test");
            let endpoint = Endpoint { url: format!("https://{host}"), region: region.to_owned() };
            let token = token(&credentials, &endpoint, "prod-blue", now.into()).unwrap();
            assert_eq!(token.expose_secret().len(), length);
            let url = url(&credentials, &endpoint, "prod-blue", now.into()).unwrap();
            let session = if session.is_some() { "&X-Amz-Security-Token=FwoGZXIvYXdzEXAMPLE%2F%2Ftoken%2Bwith%2Fslash%3D%3D" } else { "" };
            assert_eq!(
                url,
                format!(
                    "https://{host}/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256\
                     &X-Amz-Credential={key}IOSFODNN7EXAMPLE%2F20260301%2F{region}%2Fsts%2Faws4_request&X-Amz-Date=20260301T123045Z\
                     &X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id{session}&X-Amz-Signature={signature}"
                )
            );
        }
    }

    #[test]
    fn what_no_header_holds_is_no_name() {
        let endpoint = Endpoint { url: "https://sts.amazonaws.com".to_owned(), region: "us-east-1".to_owned() };
        let credentials = Credentials::new("AKIA", "secret", None, None, "test");
        assert!(token(&credentials, &endpoint, "a\nb", SystemTime::UNIX_EPOCH).is_none());
    }
}
