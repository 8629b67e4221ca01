//! Who signed a token of EKS: its URL is sent to STS with the name of the cluster, as the API server's authenticator does it
//! (`pkg/token/token.go` of aws-iam-authenticator). So it is the token itself that is put to the test, and nothing else is needed.

use std::path::Path;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::base::Failure;
use crate::base::text::sanitise;
use crate::credential::eks::{self, CLUSTER_HEADER, PREFIX, Token, Verifier};
use crate::source::files;
use crate::source::live::{Fetch, fetch};

/// A principal of AWS, as STS names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Principal {
    /// `arn:aws:sts::111122223333:assumed-role/dev/me`
    pub arn: String,
    /// Its account.
    pub account: String,
    /// Its id: `AROA…:me` for a role, `AIDA…` for a user.
    pub user_id: String,
}

/// Asks STS who signed a token for a cluster.
///
/// # Errors
/// When the authenticator would not come to asking, STS cannot be reached, or it refuses the token: why, and what to do.
pub async fn caller(token: &SecretString, cluster: &str, limit: Duration) -> Result<Principal, Failure> {
    let decoded = Token::read(token.expose_secret());
    let host = decoded.host().unwrap_or_default().to_owned();
    // a part is missing that the request needs, or it would go to somebody who is no STS
    let checks = eks::check(&decoded, &Verifier::default());
    if let Some(said) = eks::refusal(&checks) {
        return Err(Failure::failed(format!("STS is not asked, as the API server would not ask it: {}", sanitise(said)))
            .hint("Look into it: whycan token show"));
    }
    let url = url(token).ok_or_else(|| Failure::failed("the token holds no URL"))?;
    let instead = instead();
    let path = url.strip_prefix("https://").and_then(|rest| rest.strip_prefix(host.as_str())).unwrap_or_default();
    let address = instead.as_deref().map(|other| SecretString::from(format!("{}{path}", other.trim_end_matches('/'))));
    let authorities = authorities()?;
    let ask = Fetch {
        url: address.as_ref().map_or(url.as_str(), |address| address.expose_secret()),
        host: instead.as_ref().map(|_| host.as_str()),
        headers: &[(CLUSTER_HEADER, cluster), ("accept", "application/json")],
        authorities: authorities.as_deref(),
        limit,
    };
    let (status, body) = fetch(&ask, "STS").await?;
    if status.is_success() {
        return read(&body).ok_or_else(|| Failure::failed(format!("STS at {host} answered something that names nobody")));
    }
    Err(refused(status.as_u16(), &body, cluster))
}

/// The URL in a token.
fn url(token: &SecretString) -> Option<String> {
    use base64::Engine as _;
    let body = token.expose_secret().strip_prefix(PREFIX)?;
    String::from_utf8(base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(body).ok()?).ok()
}

/// Who is asked in place of the host in the token: an endpoint in one's own network, an emulator.
fn instead() -> Option<String> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return None;
    }
    variable("AWS_ENDPOINT_URL_STS").or_else(|| variable("AWS_ENDPOINT_URL"))
}

fn authorities() -> Result<Option<Vec<u8>>, Failure> {
    let Some(path) = std::env::var_os("AWS_CA_BUNDLE").filter(|path| !path.is_empty()) else { return Ok(None) };
    let bytes = files::read(Path::new(&path)).map_err(|why| {
        Failure::failed(format!("cannot read the certificates of `{}`: {why}", sanitise(&path.to_string_lossy())))
            .hint("Check AWS_CA_BUNDLE: a file of certificates in PEM.")
    })?;
    Ok(Some(bytes))
}

/// The principal of an answer, in JSON or, whatever was asked for, in XML.
fn read(body: &[u8]) -> Option<Principal> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Answer {
        get_caller_identity_response: Response,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Response {
        get_caller_identity_result: Named,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Named {
        arn: String,
        account: String,
        user_id: String,
    }
    if let Ok(answer) = serde_json::from_slice::<Answer>(body) {
        let Named { arn, account, user_id } = answer.get_caller_identity_response.get_caller_identity_result;
        return Some(Principal { arn, account, user_id });
    }
    let text = std::str::from_utf8(body).ok()?;
    Some(Principal { arn: element(text, "Arn")?, account: element(text, "Account")?, user_id: element(text, "UserId")? })
}

/// The text of an element of XML that is there once.
fn element(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (value, _) = rest.split_once(&format!("</{name}>"))?;
    Some(value.trim().replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'").replace("&amp;", "&"))
}

/// What a refusal means.
fn refused(status: u16, body: &[u8], cluster: &str) -> Failure {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Answer {
        error: Said,
    }
    #[derive(Deserialize, Default)]
    #[serde(rename_all = "PascalCase", default)]
    struct Said {
        code: String,
        message: String,
    }
    let said = serde_json::from_slice::<Answer>(body).map_or_else(
        |_| {
            let text = String::from_utf8_lossy(body);
            Said { code: element(&text, "Code").unwrap_or_default(), message: element(&text, "Message").unwrap_or_default() }
        },
        |answer| answer.error,
    );
    let cluster = sanitise(cluster);
    match said.code.as_str() {
        "SignatureDoesNotMatch" => Failure::failed(format!("STS refuses the token for cluster `{cluster}` (SignatureDoesNotMatch)"))
            .hint(format!("The token was made for another cluster: check that the plugin asks for {cluster} (--cluster-name)."))
            .hint("Or the secret key does not fit the access key: check the AWS credentials."),
        "ExpiredToken" | "ExpiredTokenException" => {
            Failure::failed("the AWS session that signed the token has ended (ExpiredToken)").hint("Log in to AWS again: aws sso login")
        }
        "RequestExpired" => Failure::failed("the token is older than 15 minutes to STS (RequestExpired)")
            .hint("Get a new one; if it is new, check the clock of this machine."),
        "InvalidClientTokenId" => Failure::failed("AWS does not know the access key that signed the token (InvalidClientTokenId)")
            .hint("The key may be deleted or disabled, of another partition, or the region not enabled in its account.")
            .hint("Check the AWS credentials: aws sts get-caller-identity"),
        "Throttling" | "ThrottlingException" => {
            Failure::failed("STS is asked too often for now (Throttling)").hint("Try again in a moment.")
        }
        "" => Failure::failed(format!("STS answered with status {status}, and nothing that can be read"))
            .hint("A proxy may have answered in its place: check HTTPS_PROXY."),
        code => {
            let message = if said.message.is_empty() { String::new() } else { format!(": {}", sanitise(said.message.trim())) };
            Failure::failed(format!("STS refuses the token ({}){message}", sanitise(code)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_are_read_in_json_and_in_xml() {
        let expected = Principal {
            arn: "arn:aws:sts::111122223333:assumed-role/dev/me&you".to_owned(),
            account: "111122223333".to_owned(),
            user_id: "AROAEXAMPLE:me".to_owned(),
        };
        for text in [
            r#"{"GetCallerIdentityResponse":{"GetCallerIdentityResult":{"Account":"111122223333",
                "Arn":"arn:aws:sts::111122223333:assumed-role/dev/me&you","UserId":"AROAEXAMPLE:me"},"ResponseMetadata":{"RequestId":"1"}}}"#,
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
             <Arn>arn:aws:sts::111122223333:assumed-role/dev/me&amp;you</Arn><UserId>AROAEXAMPLE:me</UserId><Account>111122223333</Account>\
             </GetCallerIdentityResult></GetCallerIdentityResponse>",
        ] {
            assert_eq!(read(text.as_bytes()), Some(expected.clone()), "{text}");
        }
        for text in ["", "{}", "<html>", "<Arn>a</Arn>", "\u{0}"] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn refusals_say_what_to_do() {
        for (code, part) in [
            ("SignatureDoesNotMatch", "refuses the token for cluster `blue`"),
            ("ExpiredToken", "session that signed the token has ended"),
            ("InvalidClientTokenId", "does not know the access key"),
            ("RequestExpired", "older than 15 minutes"),
            ("Throttling", "too often"),
            ("Odd", "STS refuses the token (Odd): what \u{241b}[2J"),
        ] {
            let xml = format!("<ErrorResponse><Error><Code>{code}</Code><Message>what \u{1b}[2J</Message></Error></ErrorResponse>");
            let json = serde_json::json!({"Error": {"Code": code, "Message": "what \u{1b}[2J", "Type": "Sender"}}).to_string();
            let [xml, json] = [xml, json].map(|body| refused(403, body.as_bytes(), "blue"));
            assert!(xml.message.contains(part), "{}", xml.message);
            assert_eq!(xml, json);
        }
        assert!(refused(502, b"<html>", "blue").message.contains("status 502"));
    }

    #[tokio::test]
    async fn a_token_for_no_sts_is_not_sent() {
        use base64::Engine as _;
        let of = |url: &str| SecretString::from(format!("{PREFIX}{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(url)));
        let token = of("https://evil.example/?Action=GetCallerIdentity");
        let failure = caller(&token, "blue", Duration::from_secs(1)).await.unwrap_err();
        assert!(failure.message.starts_with("STS is not asked, as the API server would not ask it: "), "{}", failure.message);
        assert!(failure.message.contains("evil.example"), "{}", failure.message);
    }
}
