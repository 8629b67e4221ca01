//! `token:FILE` wherever an identity is asked for: the credential is read offline, and says who asks.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Run, Whycan, piped};

pub const NOW: &str = "2026-03-01T12:40:00Z";

/// A token of these claims; nobody has signed it.
pub fn jwt(claims: &Value) -> String {
    let header = URL_SAFE_NO_PAD.encode(json!({"alg": "RS256", "kid": "key-1"}).to_string());
    format!("{header}.{}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()), URL_SAFE_NO_PAD.encode("a signature"))
}

/// The token of a service account that team.yaml knows.
fn deployer() -> String {
    jwt(&json!({
        "iss": "https://kubernetes.default.svc", "aud": ["https://kubernetes.default.svc"], "sub": "system:serviceaccount:ci:deployer",
        "exp": 1_772_371_600, "iat": 1_772_368_000, "nbf": 1_772_368_000, "jti": "5f2b8a4e",
        "kubernetes.io": {"namespace": "ci", "serviceaccount": {"name": "deployer", "uid": "u-1"}},
    }))
}

fn certificate() -> String {
    fs::read_to_string(format!("{}/src/credential/key/made/ec.crt", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn asked(words: &[&str], token: &str) -> Run {
    piped(&[words, &["--now", NOW]].concat(), token)
}

#[test]
fn a_service_account_by_its_token() {
    assert_snapshot!(asked(&["why", "delete", "pods", "-n", "dev", "--as", "token:-", "--from", "team.yaml"], &deployer()));
    assert_snapshot!(asked(&["can", "token:-", "-n", "dev", "--from", "team.yaml"], &deployer()));
    let json = asked(&["can", "token:-", "-n", "dev", "--from", "team.yaml", "-o", "json"], &deployer()).json();
    assert_eq!(json["identity"]["username"], "system:serviceaccount:ci:deployer");
    let late = piped(&["can", "token:-", "--from", "team.yaml", "--now", "2027-01-01T00:00:00Z"], &deployer());
    assert_snapshot!(late);
}

#[test]
fn the_subject_of_a_certificate() {
    assert_snapshot!(asked(&["can", "token:-", "-n", "dev", "--from", "team.yaml"], &certificate()));
}

#[test]
fn what_does_not_say_whose_it_is() {
    let eks = format!("k8s-aws-v1.{}", URL_SAFE_NO_PAD.encode("https://sts.eu-central-1.amazonaws.com/?Action=GetCallerIdentity"));
    let run = |token: &str| asked(&["can", "token:-", "--from", "team.yaml"], token);
    let told = [
        eks.as_str(),
        "s3cr3t-of-a-webhook",
        "",
        "{\"kind\":\"Config\",\"users\":[]}",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ];
    let told: Vec<String> = told.into_iter().map(|token| run(token).to_string()).collect();
    assert!(!told.concat().contains("s3cr3t"), "{told:#?}");
    assert_snapshot!(told.join("\n\n"));
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let of = |file: &str| Whycan::new(&["can", &format!("token:{file}"), "--from", "team.yaml"]).run().to_string();
    assert_snapshot!([of("no-such-file"), of("."), of("")].join("\n\n"));
    let twice = piped(&["why", "-", "--as", "token:-", "--from", "team.yaml"], "get pods");
    assert_snapshot!(twice);
}
