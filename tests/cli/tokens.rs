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

/// The token of a person, as an issuer gives it, with some claims in place of its own.
fn person(claims: &Value) -> String {
    let mut all = json!({
        "iss": "https://login.example", "aud": "kubernetes", "sub": "alice", "exp": 1_772_371_600, "iat": 1_772_368_000, "hd": "example",
        "email": "alice@example.com", "email_verified": true, "groups": ["dev"], "realm": {"roles": ["dev"]}, "tenant": ["a", "b"],
    });
    for (name, value) in claims.as_object().unwrap() {
        all[name] = value.clone();
    }
    all.as_object_mut().unwrap().retain(|_, value| *value != json!("absent"));
    jwt(&all)
}

/// Asks a cluster of the world of authentication.
fn cluster(name: &str, words: &[&str], token: &str) -> Run {
    asked(&[words, &["--from", "authn", "--context", name]].concat(), token)
}

const WHY: [&str; 7] = ["why", "get", "pods", "-n", "dev", "--as", "token:-"];

#[test]
fn claims_by_the_flags_of_an_api_server() {
    assert_snapshot!(cluster("flags", &WHY, &person(&json!({}))));
    assert_snapshot!(cluster("flags", &["can", "token:-", "-n", "dev"], &person(&json!({"sub": "bob"}))));
}

#[test]
fn claims_by_a_file_with_expressions() {
    assert_snapshot!(cluster("file", &WHY, &person(&json!({}))));
    let json = cluster("file", &["can", "token:-", "-n", "dev", "-o", "json"], &person(&json!({}))).json();
    assert_eq!(json["identity"]["uid"], "alice");
    assert_eq!(json["identity"]["extra"], json!({"example.com/tenant": ["a", "b"]}));
}

#[test]
fn claims_by_an_identity_provider_of_eks() {
    assert_snapshot!(cluster("eks", &WHY, &person(&json!({}))));
}

#[test]
fn each_mismatch_is_named() {
    let far = json!({"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "https://graph.example/x"}}, "groups": "absent"});
    let told: Vec<String> = [
        ("the slash", "flags", json!({"iss": "https://login.example/"})),
        ("another issuer", "flags", json!({"iss": "https://other.example"})),
        ("audience", "flags", json!({"aud": ["other", "one more"]})),
        ("required claim", "flags", json!({"hd": "elsewhere"})),
        ("claim absent", "flags", json!({"sub": "absent"})),
        ("groups of another kind", "flags", json!({"groups": {"dev": true}})),
        ("groups elsewhere", "flags", far),
        ("several things", "flags", json!({"aud": "other", "hd": "absent"})),
        ("email not verified", "file", json!({"email_verified": false})),
        ("a name of Kubernetes", "file", json!({"email": "system:admin"})),
        ("an expression that fails", "file", json!({"tenant": "absent"})),
        ("not active", "eks", json!({"iss": "https://new.example"})),
        ("settings that are not here", "kubeadm", json!({})),
    ]
    .into_iter()
    .map(|(what, context, claims)| format!("# {what}\n{}", cluster(context, &["can", "token:-"], &person(&claims))))
    .collect();
    assert_snapshot!(told.join("\n\n"));
}

#[test]
fn what_is_worth_knowing_is_said() {
    let run = |claims: Value| cluster("flags", &["can", "token:-", "-n", "dev"], &person(&claims));
    let without = run(json!({"groups": "absent"}));
    assert!(without.stdout.contains("it has no claim `groups`"), "{without}");
    let ours = cluster("eks", &["can", "token:-"], &person(&json!({"groups": ["x"], "sub": "y"})));
    assert!(!ours.stdout.contains("begins with system:"), "{ours}");
}

#[test]
fn a_bootstrap_token_with_its_secret() {
    assert_snapshot!(cluster("kubeadm", &WHY, "abcdef.0123456789abcdef\n"));
    assert_snapshot!(cluster("kubeadm", &["can", "token:-"], "ghijkl.0123456789abcdef\n"));
}

#[test]
fn certificates_of_a_user_and_a_node() {
    let authority = crate::certificates::Authority::new();
    assert_snapshot!(cluster("kubeadm", &WHY, &authority.user("alice", &["dev"]).certificate));
    assert_snapshot!(cluster(
        "kubeadm",
        &["can", "token:-", "-n", "dev"],
        &authority.user("system:node:n1", &["system:nodes"]).certificate
    ));
}

#[test]
fn a_token_that_is_kept_in_a_secret() {
    let legacy = jwt(&json!({
        "iss": "kubernetes/serviceaccount", "sub": "system:serviceaccount:ci:deployer", "kubernetes.io/serviceaccount/namespace": "ci",
        "kubernetes.io/serviceaccount/secret.name": "deployer-token", "kubernetes.io/serviceaccount/service-account.name": "deployer",
        "kubernetes.io/serviceaccount/service-account.uid": "u-1",
    }));
    assert_snapshot!(asked(&["why", "delete", "pods", "-n", "staging", "--as", "token:-", "--from", "team.yaml"], &legacy));
}

#[test]
fn nobody_and_somebody_else_are_identities_too() {
    let who = |words: &[&str]| asked(&[words, &["--from", "team.yaml", "-o", "json"]].concat(), "").json()["identity"].clone();
    assert_eq!(who(&["can", "system:anonymous"])["groups"], json!(["system:unauthenticated"]));
    // as impersonation has it: the groups that are asked for, and no others
    let acting = who(&["can", "--as", "alice", "--as-group", "dev"]);
    assert_eq!(acting["groups"], json!(["dev", "system:authenticated"]));
}

#[test]
fn what_a_folder_holds_of_tokens_is_never_said() {
    let folder = fs::read_to_string(format!("{}/tests/cli/facts/authn/clusters/kubeadm/secret.yaml", env!("CARGO_MANIFEST_DIR"))).unwrap();
    assert!(folder.contains("0123456789abcdef"));
    for words in [&["identities"][..], &["cluster"], &["lint"], &["can", "abc", "-v"], &["can", "abc", "-o", "json"]] {
        let run = cluster("kubeadm", words, "");
        assert!(!run.to_string().contains("0123456789abcdef"), "{run}");
    }
}
