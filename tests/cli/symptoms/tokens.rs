//! What a token says of itself: `token decode`; and what STS says of the role of a pod: `map sa:NAMESPACE/NAME`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::flat;
use crate::support::{Run, Whycan, piped};

/// The rows that are shown here.
pub const ROWS: [u8; 6] = [4, 15, 16, 62, 63, 71];

fn jwt(claims: &Value) -> String {
    let header = URL_SAFE_NO_PAD.encode(json!({ "alg": "RS256" }).to_string());
    format!("{header}.{}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()), URL_SAFE_NO_PAD.encode("a signature"))
}

/// The first finding: its code and sentence.
fn first(run: &Run) -> (String, String) {
    let finding = run.json()["findings"][0].clone();
    let of = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    assert!(!of("fix").is_empty() || of("code").starts_with("wrong"), "{run}");
    (of("code"), of("message"))
}

fn decoded(token: &str, words: &[&str]) -> Run {
    piped(&[&["token", "decode", "--now", "2026-03-01T12:46:00Z", "-o", "json"], words].concat(), token)
}

#[test]
fn a_token_that_was_pasted_into_a_kubeconfig_is_over() {
    let url = "https://sts.eu-central-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256\
        &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260301%2Feu-central-1%2Fsts%2Faws4_request&X-Amz-Date=20260301T123045Z&X-Amz-Expires=60\
        &X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Signature=00";
    let token = format!("k8s-aws-v1.{}", URL_SAFE_NO_PAD.encode(url));
    let says = "the token expired on 2026-03-01 12:45:45 UTC, 15 minutes after it was signed";
    assert_eq!(first(&decoded(&token, &[])), ("expired".to_owned(), says.to_owned()));
}

#[test]
fn an_oidc_token_of_another_client_or_issuer_is_told() {
    let claims = |exp: u64| json!({ "iss": "https://login.example", "aud": "webapp", "sub": "alice", "exp": exp });
    let token = jwt(&claims(1_772_400_000));
    assert_eq!(first(&decoded(&token, &["--audience", "kubernetes"])).0, "wrong-audience");
    assert_eq!(first(&decoded(&token, &["--issuer", "https://login.example/"])).0, "wrong-issuer");
    assert_eq!(first(&decoded(&jwt(&claims(1_772_360_000)), &[])).0, "expired");
}

#[test]
fn the_token_of_a_pod_is_over_an_hour_later() {
    let token = jwt(&json!({
        "iss": "https://kubernetes.default.svc", "aud": ["https://kubernetes.default.svc"], "sub": "system:serviceaccount:dev:web",
        "exp": 1_772_360_000, "iat": 1_772_356_400, "nbf": 1_772_356_400,
        "kubernetes.io": { "namespace": "dev", "serviceaccount": { "name": "web", "uid": "3" } },
    }));
    assert_eq!(first(&decoded(&token, &[])).0, "expired");
}

/// A service account that is to become a role, in a world with some of what that needs.
fn pods_of(account: &str, providers: &str) -> String {
    let issuer = "oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF";
    let provider = format!("arn:aws:iam::111122223333:oidc-provider/{issuer}");
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "Federated": provider }, "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": { "StringEquals": { format!("{issuer}:sub"): "system:serviceaccount:shop:api", format!("{issuer}:aud"): "sts.amazonaws.com" } },
    }] });
    let facts = [
        json!({ "cluster": { "name": "prod", "identity": { "oidc": { "issuer": format!("https://{issuer}") } } } }),
        json!({ "OpenIDConnectProviderList": serde_json::from_str::<Value>(&providers.replace("PROVIDER", &provider)).unwrap() }),
        json!({ "associations": [] }),
        // whose account the list of providers is of
        json!({ "UserId": "AIDAEXAMPLE", "Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/alice" }),
        json!({ "Url": issuer, "ClientIDList": ["sts.amazonaws.com"] }),
        json!({ "Role": { "Arn": "arn:aws:iam::111122223333:role/api", "RoleId": "AROAEXAMPLE", "AssumeRolePolicyDocument": trust } }),
        json!({ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": { "namespace": "shop", "name": account,
            "annotations": { "eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/api" } } }),
    ];
    let is_known = |fact: &&Value| providers.contains("PROVIDER") || fact.get("Url").is_none();
    let facts: Vec<String> = facts.iter().filter(is_known).map(Value::to_string).collect();
    let run = Whycan::new(&["map", &format!("sa:shop/{account}"), "--from", "-"]).env("COLUMNS", "600").stdin(facts.join("\n---\n")).run();
    flat(&run)
}

#[test]
fn what_sts_refuses_a_pod_is_named() {
    // row 62
    let told = pods_of("web", r#"[{"Arn": "PROVIDER"}]"#);
    let says = "✗ pods of service account shop/web do not become arn:aws:iam::111122223333:role/api statement 1: StringEquals wants ";
    assert!(told.starts_with(says) && told.contains("it is service account api of that namespace, not web"), "{told}");
    assert!(told.contains("fix Let the policy want "), "{told}");
    // row 63
    let told = pods_of("api", r#"[{"Arn": "arn:aws:iam::111122223333:oidc-provider/login.example"}]"#);
    let says = "✗ pods of service account shop/api do not become arn:aws:iam::111122223333:role/api account 111122223333 has no OpenID Connect provider for ";
    assert!(told.starts_with(says), "{told}");
    assert!(told.contains("aws iam create-open-id-connect-provider"), "{told}");
}
