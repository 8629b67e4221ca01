//! The recorded answers of aws-iam-authenticator, and the vectors of the reference.

use serde::Deserialize;

use super::*;
use crate::base::Severity;

/// A case of `tests/recorded/eks-tokens.json`: what aws-iam-authenticator said of a token.
#[derive(Deserialize)]
struct Case {
    kind: String,
    token: String,
    partition: String,
    region: String,
    now: Timestamp,
    /// What 0.6.13 says, any of these; empty where it asks STS.
    refused: Vec<String>,
    /// What the newest says, where it says something else.
    head: Option<Vec<String>>,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("../../../tests/recorded/eks-tokens.json")).unwrap()
}

impl Case {
    fn verifier(&self, version: Version) -> Verifier {
        Verifier { partition: Some(self.partition.clone()), region: Some(self.region.clone()), now: Some(self.now), version }
    }
}

/// As we show the server's words: a URL in them is without its secrets.
fn masked(said: &str) -> String {
    let Some((before, rest)) = said.split_once("X-Amz-Signature=") else { return said.to_owned() };
    let end = rest.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len());
    format!("{before}X-Amz-Signature=…{}", &rest[end..])
}

#[test]
fn both_releases_are_agreed_with_in_every_recorded_case() {
    let cases = cases();
    assert_eq!(cases.len(), 200);
    for case in &cases {
        let token = Token::read(&case.token);
        for (version, refused) in [(Version::V0_6_13, &case.refused), (Version::Head, case.head.as_ref().unwrap_or(&case.refused))] {
            let checks = check(&token, &case.verifier(version));
            let said = refusal(&checks);
            let expected: Vec<String> = refused.iter().map(|said| masked(said)).collect();
            match said {
                None => assert_eq!(expected, Vec::<String>::new(), "{} {version:?} is not refused", case.kind),
                Some(said) => assert!(expected.iter().any(|one| one == said), "{} {version:?}: {said}\nexpected {expected:?}", case.kind),
            }
            let findings = lint(&token, &case.verifier(version));
            let is_error = findings.iter().any(|finding| finding.severity == Severity::Error);
            assert_eq!(is_error, !refused.is_empty(), "{} {version:?}: {findings:?}", case.kind);
            let is_over = findings.iter().any(|finding| finding.code == "expired");
            assert_eq!(is_over, refused.iter().any(|said| said.contains("is expired")), "{}", case.kind);
        }
    }
}

/// Case A of the reference: made with the public example key of AWS, and checked against botocore.
const A: &str = "https://sts.eu-central-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256\
    &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260301%2Feu-central-1%2Fsts%2Faws4_request&X-Amz-Date=20260301T123045Z&X-Amz-Expires=60\
    &X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Signature=05be427e529789be145db0c4e40e5efa0ebd577f177aa804b8e9ffc9c1ffbf1a";

fn token(url: &str) -> String {
    use base64::Engine as _;
    format!("{PREFIX}{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(url))
}

#[test]
fn everything_that_stands_in_it() {
    let text = token(A);
    let token = Token::read(&text);
    assert_eq!(token.length, 501);
    assert_eq!(token.host(), Some("sts.eu-central-1.amazonaws.com"));
    assert_eq!((token.region(), token.partition()), (Some("eu-central-1"), Some("aws")));
    assert_eq!((token.action(), token.access_key_id()), (Some("GetCallerIdentity"), Some("AKIAIOSFODNN7EXAMPLE")));
    assert_eq!(token.credential_scope(), Some("20260301/eu-central-1/sts/aws4_request"));
    assert_eq!(token.signed_headers(), ["host", "x-k8s-aws-id"]);
    assert_eq!(token.signed_at().unwrap().to_string(), "2026-03-01T12:30:45Z");
    assert_eq!(token.expires_at().unwrap().to_string(), "2026-03-01T12:45:45Z");
    assert_eq!((token.expires_seconds(), token.has_session_token()), (Some(60), false));
    assert!(token.url().ends_with("&X-Amz-Signature=…") && !format!("{token:?}").contains("05be427e"));
    assert_eq!(parts(&token).len(), 10);
}

#[test]
fn defects_beside_those_that_are_refused() {
    let codes = |url: &str| -> Vec<&str> {
        let verifier = Verifier {
            partition: Some("aws".to_owned()),
            region: Some("eu-central-1".to_owned()),
            now: Some("2026-03-01T12:40:00Z".parse().unwrap()),
            version: Version::Head,
        };
        lint(&Token::read(&token(url)), &verifier).iter().map(|finding| finding.code).collect()
    };
    for (from, to, expected) in [
        ("", "", vec![]),
        ("AKIA", "ASIA", vec!["session-token-missing"]),
        ("&X-Amz-SignedHeaders", "&X-Amz-Security-Token=x&X-Amz-SignedHeaders", vec!["session-token-of-another"]),
        ("%2Fsts%2F", "%2Fs3%2F", vec!["wrong-scope"]),
        ("%2F20260301%2F", "%2F20260228%2F", vec!["wrong-scope"]),
        ("%2Feu-central-1%2F", "%2Feu-west-1%2F", vec!["wrong-region"]),
        ("eu-central-1", "eu-west-1", vec!["other-region"]),
        ("sts.eu-central-1.", "sts.", vec!["global-endpoint"]),
        ("eu-central-1", "us-gov-west-1", vec!["wrong-partition", "other-region"]),
        ("T123045Z", "T130000Z", vec!["not-yet-valid"]),
        ("T123045Z", "T124130Z", vec!["clock-ahead"]),
        ("host%3B", "", vec!["host-not-signed"]),
        ("X-Amz-Expires=60", "X-Amz-Expires=900", vec!["expires-misleads"]),
        ("T123045Z", "T110000Z", vec!["expired"]),
        ("amazonaws.com", "example.com", vec!["wrong-host"]),
        ("&X-Amz-Signature", "&more=1&X-Amz-Signature", vec!["malformed"]),
    ] {
        assert_eq!(codes(&A.replace(from, to)), expected, "{from} {to}");
    }
}

#[test]
fn what_is_not_known_is_not_held_against_it() {
    let now = Some("2026-03-01T12:40:00Z".parse().unwrap());
    for url in [A.replace("eu-central-1", "cn-north-1").replace("amazonaws.com", "amazonaws.com.cn"), A.to_owned()] {
        let checks = check(&Token::read(&token(&url)), &Verifier { now, ..Verifier::default() });
        assert_eq!(refusal(&checks), None, "{url}");
    }
    let checks = check(&Token::read(&token(A)), &Verifier::default());
    assert_eq!(checks.last().unwrap().outcome, Outcome::Unknown("the time"));
}

#[test]
fn damaged_ones_are_still_explained() {
    let text = token(A);
    for damaged in
        [text.replace("k8s-aws-v1.", "k8s-aws-v2."), text.replace("k8s-aws-v1.", ""), format!("{text}==="), text.replace('_', "/")]
    {
        let token = Token::read(&damaged);
        assert_eq!(token.host(), Some("sts.eu-central-1.amazonaws.com"), "{damaged}");
        assert!(is_like(&damaged));
    }
    assert!(!is_like("eyJ") && !is_like(""));
}
