//! An issuer of our own beside a real cluster that trusts it: what is wrong with a token here, the server refuses.

use std::fs;
use std::path::Path;
use std::time::Instant;

use http::Method;
use jiff::Timestamp;
use kube::Client;
use serde_json::{Value, json};
use whycan::base::Severity;
use whycan::credential::{Decoded, Expected, jwt};

use crate::cluster::{Cluster, LIMIT, Setup, call};
use crate::issuer::{Issuer, Signer, key_set};
use crate::logins::{codes, whycan};

/// What the cluster demands of a token beside its signature.
const DEMANDED: &str = "tenant";

/// The arguments of an API server that takes the issuer's tokens, and the file with the issuer's authority.
pub fn configured(issuer: &Issuer, folder: &Path) -> (Vec<String>, String) {
    let configuration = json!({
        "apiVersion": "apiserver.config.k8s.io/v1", "kind": "AuthenticationConfiguration",
        "jwt": [{
            "issuer": {"url": issuer.url(), "certificateAuthority": issuer.authority(), "audiences": ["kubernetes"]},
            "claimValidationRules": [{"claim": DEMANDED, "requiredValue": "acme"}],
            "claimMappings": {"username": {"claim": "sub", "prefix": "oidc:"}, "groups": {"claim": "groups", "prefix": "oidc:"}},
        }],
    });
    let [file, authority] = [("authentication.json", configuration.to_string()), ("issuer.crt", issuer.authority())].map(|(name, text)| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    });
    (vec![format!("--authentication-config={file}")], authority)
}

/// The claims of a token that is right, with others in place of its own; null takes one away.
pub fn claims(issuer: &Issuer, changes: &Value) -> Value {
    let now = Timestamp::now().as_second();
    let mut claims = json!({"iss": issuer.url(), "aud": "kubernetes", "sub": "alice", "groups": ["dev", "ops"], DEMANDED: "acme",
        "iat": now, "nbf": now, "exp": now + 600});
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() { drop(claims.as_object_mut().unwrap().remove(name)) } else { claims[name] = value.clone() }
    }
    claims
}

async fn review(client: &Client, token: &str) -> Value {
    let review = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token}});
    let (status, answer) = call(client, Method::POST, "/apis/authentication.k8s.io/v1/tokenreviews", Some(&review)).await;
    assert!(status.is_success(), "{answer}");
    answer["status"].clone()
}

/// Waits until the server has the issuer's keys.
pub async fn until_ready(client: &Client, token: &str) {
    let start = Instant::now();
    loop {
        let answer = review(client, token).await;
        if answer["authenticated"] == true {
            return;
        }
        assert!(start.elapsed() < LIMIT, "{answer}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

/// Tokens, each with a name.
fn tokens(issuer: &Issuer, [rsa, ec, ed, unknown]: [&Signer; 4]) -> Vec<(String, String)> {
    let now = Timestamp::now().as_second();
    let right = claims(issuer, &json!({}));
    let mut all = vec![
        ("RS256".to_owned(), rsa.sign(&right)),
        ("ES256".to_owned(), ec.sign(&right)),
        ("EdDSA".to_owned(), ed.sign(&right)),
        ("a key that is not published".to_owned(), unknown.sign(&right)),
    ];
    for change in [
        json!({"exp": now - 5}),
        json!({"exp": now - 120}),
        json!({"exp": Value::Null}),
        json!({"nbf": now + 30}),
        json!({"nbf": now + 600}),
        json!({"iat": now + 600}),
        json!({"nbf": Value::Null, "iat": Value::Null}),
        json!({"aud": "vault"}),
        json!({"aud": ["vault", "kubernetes"]}),
        json!({"aud": []}),
        json!({"aud": Value::Null}),
        json!({"iss": format!("{}/", issuer.url())}),
        json!({"iss": "https://login.example"}),
        json!({"iss": Value::Null}),
        json!({"groups": "dev"}),
        json!({"groups": Value::Null}),
        json!({"groups": []}),
        json!({"groups": 1}),
        json!({"sub": Value::Null}),
        json!({"sub": ""}),
        json!({"sub": 1}),
        json!({DEMANDED: Value::Null}),
        json!({DEMANDED: "other"}),
    ] {
        all.push((change.to_string(), rsa.sign(&claims(issuer, &change))));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs peers"]
async fn what_is_wrong_with_a_token_of_an_issuer_the_server_refuses() {
    let [rsa, ec, ed, unknown] = [Signer::rsa("rsa-1"), Signer::ec("ec-1"), Signer::ed("ed-1"), Signer::ec("ec-0")];
    let issuer = Issuer::start(&[&rsa, &ec, &ed]);
    let folder = tempfile::tempdir().unwrap();
    let (more, authority) = configured(&issuer, folder.path());
    let cluster = Cluster::start(&Setup { more: &more, ..Setup::default() }).await;
    let admin = cluster.admin_client().await;
    until_ready(&admin, &rsa.sign(&claims(&issuer, &json!({})))).await;
    let all = tokens(&issuer, [&rsa, &ec, &ed, &unknown]);
    let expected = |audience: bool| Expected {
        now: Some(Timestamp::now()),
        issuer: Some(issuer.url()),
        audiences: audience.then(|| "kubernetes".to_owned()).into_iter().collect(),
        keys: Some(jwt::keys(key_set(&[&rsa, &ec, &ed]).to_string().as_bytes()).unwrap()),
        ..Expected::default()
    };
    let (mut taken, mut by_form, mut differences) = (0, 0, Vec::new());
    for (what, token) in &all {
        let answer = review(&admin, token).await;
        let is_taken = answer["authenticated"] == true;
        let errors = |findings: Vec<whycan::base::Finding>| {
            findings.into_iter().filter(|found| found.severity == Severity::Error).map(|found| found.code).collect::<Vec<_>>()
        };
        // without asking: an error is a refusal
        let found = errors(Decoded::read(token.as_bytes()).findings(&expected(true)));
        if is_taken && !found.is_empty() {
            differences.push(format!("{what}: {found:?}, and the server takes it"));
        }
        by_form += usize::from(!found.is_empty());
        taken += usize::from(is_taken);
        // with asking: an error is a refusal, and a refusal an error
        let shown = whycan(&cluster.bearer(token), &["token", "show"], &[("SSL_CERT_FILE", &authority)]);
        if codes(&shown, "error").is_empty() != is_taken || shown["accepted"] != json!(is_taken) {
            differences.push(format!("{what}: {}, and the server says {answer}", shown["findings"]));
        }
        println!("{what}: {} | {:?} | {}", is_taken, codes(&shown, "error"), answer["error"].as_str().unwrap_or_default());
    }
    assert!(differences.is_empty(), "{differences:#?}");
    assert!(!issuer.was_told_something());
    println!(
        "{} tokens, {taken} taken, {by_form} refused for what stands in them, {} with the server's answer",
        all.len(),
        all.len() - taken
    );
    assert!(taken >= 7 && by_form >= 9);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs peers"]
async fn a_key_is_replaced() {
    let [old, new] = [Signer::ec("old"), Signer::ec("new")];
    let issuer = Issuer::start(&[&old]);
    let folder = tempfile::tempdir().unwrap();
    let (more, authority) = configured(&issuer, folder.path());
    let cluster = Cluster::start(&Setup { more: &more, ..Setup::default() }).await;
    let admin = cluster.admin_client().await;
    let token = |signer: &Signer, sub: &str| signer.sign(&claims(&issuer, &json!({"sub": sub})));
    until_ready(&admin, &token(&old, "alice")).await;
    let show = |token: &str| whycan(&cluster.bearer(token), &["token", "show"], &[("SSL_CERT_FILE", &authority)]);
    let shown = show(&token(&old, "bob"));
    assert_eq!((&shown["accepted"], &shown["jwt"]["signature"], &shown["keysFrom"]), (&json!(true), &json!("valid"), &json!(issuer.url())));
    issuer.publish(&[&new]);
    // the server has the old one in memory until it meets one that it does not know
    let shown = show(&token(&old, "carol"));
    assert_eq!((&shown["accepted"], codes(&shown, "warning")), (&json!(true), vec!["unknown-key".to_owned()]), "{shown}");
    let shown = show(&token(&new, "dave"));
    assert_eq!((&shown["accepted"], &shown["jwt"]["signature"]), (&json!(true), &json!("valid")), "{shown}");
    let shown = show(&token(&old, "erin"));
    assert_eq!((&shown["accepted"], codes(&shown, "error")), (&json!(false), vec!["unknown-key".to_owned()]), "{shown}");
    println!("{}", shown["findings"][0]["message"]);
}
