//! Tokens of service accounts: what is wrong with one here, a real API server refuses, and what it refuses for form or content
//! is told here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Method;
use jiff::Timestamp;
use kube::Client;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde_json::{Value, json};
use whycan::base::Severity;
use whycan::credential::jwt::{self, Signature};
use whycan::credential::{Content, Decoded, Expected, pem};

use crate::cluster::{Cluster, Setup, call};

const ISSUER: &str = "https://kubernetes.default.svc";

/// What signs the tokens of the cluster.
struct Signer {
    pair: EcdsaKeyPair,
    random: SystemRandom,
}

impl Signer {
    fn of(cluster: &Cluster) -> Self {
        let block = pem::blocks(&std::fs::read(cluster.file("sa.key")).unwrap()).remove(0);
        let random = SystemRandom::new();
        Self { pair: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &block.bytes, &random).unwrap(), random }
    }

    fn sign(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = self.pair.sign(&self.random, message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }
}

/// Whether the server takes a token, and what it says.
async fn review(client: &Client, token: &str) -> (bool, String) {
    let review = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token}});
    let (status, answer) = call(client, Method::POST, "/apis/authentication.k8s.io/v1/tokenreviews", Some(&review)).await;
    assert!(status.is_success(), "{answer}");
    (answer["status"]["authenticated"] == true, answer["status"]["error"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs peers"]
async fn a_real_server_refuses_what_is_an_error_here() {
    let cluster = Cluster::start(&Setup { manager: true, ..Setup::default() }).await;
    let admin = cluster.admin_client().await;
    let request = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}});
    let (_, answer) = call(&admin, Method::POST, "/api/v1/namespaces/default/serviceaccounts/default/token", Some(&request)).await;
    let token = answer["status"]["token"].as_str().unwrap().to_owned();
    let (_, keys) = call(&admin, Method::GET, "/openid/v1/jwks", None).await;
    let expected = |now: Timestamp| Expected {
        now: Some(now),
        issuer: Some(ISSUER.to_owned()),
        audiences: vec![ISSUER.to_owned()],
        keys: Some(jwt::keys(keys.to_string().as_bytes()).unwrap()),
        ..Expected::default()
    };
    let decoded = Decoded::read(answer.to_string().replace("\"kind\":", "\"of\":").as_bytes());
    assert_eq!(decoded.format(), "opaque", "an answer of another kind is none");
    let decoded = Decoded::read(token.as_bytes());
    assert_eq!(decoded.signature(&expected(Timestamp::now())), Some(Signature::Valid));
    let Content::Jwt(own) = &decoded.content else { panic!("{decoded:?}") };
    let account = own.service_account().unwrap();
    assert_eq!((account.namespace.as_deref(), account.name.as_deref()), (Some("default"), Some("default")));

    let (header, claims) = (Value::Object(own.header.clone()), Value::Object(own.claims.clone()));
    let signer = Signer::of(&cluster);
    let now = Timestamp::now().as_second();
    let mut tokens: Vec<(String, String)> = vec![("its own".to_owned(), token)];
    for (name, value) in changes(now) {
        let mut changed = claims.clone();
        put(&mut changed, name, value.clone());
        tokens.push((format!("{name} {value}"), signer.sign(&header.to_string(), &changed.to_string())));
    }
    for (name, value) in header_changes() {
        let mut changed = header.clone();
        put(&mut changed, name, value.clone());
        tokens.push((format!("header {name} {value}"), signer.sign(&changed.to_string(), &claims.to_string())));
    }
    tokens.extend(forms(&signer, &header.to_string(), &claims.to_string()));
    let mut taken = 0;
    let mut differences = Vec::new();
    for (what, token) in &tokens {
        let (is_taken, said) = review(&admin, token).await;
        let findings = Decoded::read(token.as_bytes()).findings(&expected(Timestamp::now()));
        let errors: Vec<&str> = findings.iter().filter(|found| found.severity == Severity::Error).map(|found| found.code).collect();
        if errors.is_empty() != is_taken {
            differences.push(format!("{what}: {errors:?}, and the server says {is_taken} {said:?}"));
        }
        taken += usize::from(is_taken);
    }
    println!("{} tokens, {taken} taken", tokens.len());
    assert!(differences.is_empty(), "{differences:#?}");
    assert!(taken > 10 && tokens.len() - taken > 40);
}

/// Puts a value at a path; null takes it away.
fn put(object: &mut Value, path: &str, value: Value) {
    let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
    let parent = object.pointer_mut(&parent.replace('|', "~1")).unwrap().as_object_mut().unwrap();
    if value.is_null() { drop(parent.remove(name)) } else { drop(parent.insert(name.to_owned(), value)) }
}

/// Claims that are changed, one at a time; everything that they name is still there.
fn changes(now: i64) -> Vec<(&'static str, Value)> {
    let far = now + 10_000;
    vec![
        ("exp", json!(now - 120)),
        ("exp", json!(now - 20)),
        ("exp", json!(now + 5)),
        ("exp", serde_json::from_str(&format!("{far}.5")).unwrap()),
        ("exp", json!(far.to_string())),
        ("exp", json!("soon")),
        ("exp", json!([])),
        ("exp", json!(true)),
        ("exp", json!(1e18)),
        ("exp", Value::Null),
        ("nbf", json!(now + 20)),
        ("nbf", json!(now + 120)),
        ("nbf", json!("x")),
        ("nbf", Value::Null),
        ("iat", json!(now + 20)),
        ("iat", json!(now + 120)),
        ("iat", Value::Null),
        ("iss", json!("https://elsewhere.example")),
        ("iss", json!(format!("{ISSUER}/"))),
        ("iss", json!("")),
        ("iss", json!(1)),
        ("iss", Value::Null),
        ("aud", json!(ISSUER)),
        ("aud", json!(["x", ISSUER])),
        ("aud", json!(["x"])),
        ("aud", json!("x")),
        ("aud", json!([])),
        ("aud", json!(1)),
        ("aud", json!([1, ISSUER])),
        ("aud", Value::Null),
        ("sub", json!("system:serviceaccount:default:other")),
        ("sub", json!("")),
        ("sub", json!(1)),
        ("sub", Value::Null),
        ("jti", json!(1)),
        ("jti", Value::Null),
        ("more", json!({"deep": [[{"a": null}]]})),
        ("/kubernetes.io/warnafter", json!(now - 60)),
        ("/kubernetes.io/warnafter", json!("x")),
        ("/kubernetes.io/namespace", Value::Null),
        ("/kubernetes.io/namespace", json!("")),
        ("/kubernetes.io/namespace", json!(1)),
        ("/kubernetes.io/serviceaccount/name", Value::Null),
        ("/kubernetes.io/serviceaccount/uid", Value::Null),
        ("/kubernetes.io/serviceaccount", Value::Null),
        ("/kubernetes.io/serviceaccount", json!([])),
        ("/kubernetes.io/more", json!(1)),
        ("/kubernetes.io/pod", json!(1)),
        ("/kubernetes.io/pod", json!({"name": 1})),
        ("/kubernetes.io/node", json!([])),
        ("/kubernetes.io/warnafter", json!((now - 60).to_string())),
        ("exp", json!(1e300)),
        ("nbf", json!(-1e18)),
        ("Exp", json!(now - 120)),
        ("ISS", json!("x")),
        ("kubernetes.io", Value::Null),
        ("kubernetes.io", json!("x")),
        ("kubernetes.io", json!([])),
    ]
}

fn header_changes() -> Vec<(&'static str, Value)> {
    vec![
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("alg", json!("RS256")),
        ("alg", json!("ES384")),
        ("alg", json!("EdDSA")),
        ("alg", json!("")),
        ("alg", json!(1)),
        ("alg", Value::Null),
        ("kid", json!("another")),
        ("kid", json!("")),
        ("kid", Value::Null),
        ("typ", json!("JWT")),
        ("typ", json!("at+jwt")),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("more", json!({"a": [1]})),
    ]
}

/// Changes of the text.
fn forms(signer: &Signer, header: &str, claims: &str) -> Vec<(String, String)> {
    let token = signer.sign(header, claims);
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (head, body) = message.split_once('.').unwrap();
    let changed = if signature.starts_with('A') { "B" } else { "A" };
    let twice = |text: &str, name: &str, value: &str| text.replacen('{', &format!("{{\"{name}\":{value},"), 1);
    let texts = [
        ("signature tampered with", format!("{message}.{changed}{}", &signature[1..])),
        ("no signature", format!("{message}.")),
        ("two parts", message.to_owned()),
        ("four parts", format!("{token}.x")),
        ("padding of the signature", format!("{token}==")),
        ("padding of the claims", format!("{head}.{body}=.{signature}")),
        ("a character of no alphabet", format!("{head}.{body}*.{signature}")),
        ("claims twice, issuer", signer.sign(header, &twice(claims, "iss", "\"x\""))),
        ("claims twice, of no interest", signer.sign(header, &twice(&twice(claims, "a", "1"), "a", "2"))),
        ("header twice", signer.sign(&twice(header, "alg", "\"ES256\""), claims)),
        ("claims with blanks", signer.sign(header, &format!(" {} ", claims.replace(",\"", " ,\n\"")))),
        ("claims and more", signer.sign(header, &format!("{claims} {{}}"))),
        ("claims that are a list", signer.sign(header, "[]")),
        ("claims cut short", signer.sign(header, &claims[..claims.len() - 5])),
        ("no claims", signer.sign(header, "{}")),
        ("header that is a list", signer.sign("[]", claims)),
        ("header of nothing", signer.sign("{}", claims)),
    ];
    texts.into_iter().map(|(what, text)| (what.to_owned(), text)).collect()
}
