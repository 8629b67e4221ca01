//! `whycan token decode`: tokens and certificates from anywhere.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Run, Whycan, piped, whycan};

const NOW: &str = "2026-03-01T12:40:00Z";

/// Case A of the reference, made with the public example key of AWS.
const URL: &str = "https://sts.eu-central-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256\
    &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260301%2Feu-central-1%2Fsts%2Faws4_request&X-Amz-Date=20260301T123045Z&X-Amz-Expires=60\
    &X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Signature=05be427e529789be145db0c4e40e5efa0ebd577f177aa804b8e9ffc9c1ffbf1a";

fn eks() -> String {
    format!("k8s-aws-v1.{}", URL_SAFE_NO_PAD.encode(URL))
}

fn jwt(claims: &Value) -> String {
    let header = URL_SAFE_NO_PAD.encode(json!({"alg": "RS256", "kid": "key-1"}).to_string());
    format!("{header}.{}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()), URL_SAFE_NO_PAD.encode("a signature"))
}

/// The token of a pod.
fn pod() -> String {
    jwt(&json!({
        "iss": "https://kubernetes.default.svc", "aud": ["https://kubernetes.default.svc"], "sub": "system:serviceaccount:dev:web",
        "exp": 1_772_371_600, "iat": 1_772_368_000, "nbf": 1_772_368_000, "jti": "5f2b8a4e",
        "kubernetes.io": {"namespace": "dev", "node": {"name": "n1", "uid": "1"}, "pod": {"name": "web-0", "uid": "2"},
            "serviceaccount": {"name": "web", "uid": "3"}},
    }))
}

fn decoded(text: &str, more: &[&str]) -> Run {
    piped(&[&["token", "decode", "--now", NOW], more].concat(), text)
}

fn certificate() -> String {
    format!("{}/src/credential/key/made/ec.crt", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_token_of_eks_in_all_formats() {
    assert_snapshot!("eks_text", decoded(&eks(), &["--cluster-name", "prod-blue"]));
    assert_snapshot!("eks_json", decoded(&eks(), &["-", "-o", "json"]));
    assert_snapshot!("eks_markdown", decoded(&eks(), &["-o", "markdown"]));
    let yaml: Value = serde_yaml::from_str(&decoded(&eks(), &["-o", "yaml"]).stdout).unwrap();
    assert_eq!(yaml, decoded(&eks(), &["-o", "json"]).json());
}

#[test]
fn tokens_that_the_server_refuses() {
    let expired = piped(&["token", "decode", "--now", "2026-03-01T12:46:00Z"], &eks());
    assert_snapshot!("eks_expired", expired);
    let of_china = ["--cluster-name", "arn:aws-cn:eks:cn-north-1:111122223333:cluster/prod", "-o", "json"];
    let run = decoded(&eks(), &of_china);
    assert_eq!((run.json()["findings"][0]["code"].as_str(), run.status), (Some("wrong-host"), 0), "{run}");
    assert_eq!(run.json()["eks"]["cluster"], "prod");
}

#[test]
fn a_token_of_a_service_account() {
    assert_snapshot!("pod_text", decoded(&pod(), &[]));
    let json = decoded(&pod(), &["-o", "json"]);
    assert_snapshot!("pod_json", json);
    let meant = decoded(&pod(), &["--issuer", "https://login.example", "--audience", "a", "--audience", "b", "-o", "json"]).json();
    let codes: Vec<&str> = meant["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["wrong-issuer", "wrong-audience"]);
}

#[test]
fn a_certificate_and_its_authority() {
    let path = certificate();
    let run = |more: &[&str]| whycan(&[&["token", "decode", &path, "--now", NOW, "-o", "json"], more].concat());
    let json = run(&[]).json();
    assert_eq!(json["format"], "x509");
    // it is its own authority
    assert!(!run(&["--certificate-authority", &path]).stdout.contains("unknown-authority"));
    let other = path.replace("ec.crt", "rsa.crt");
    assert!(run(&["--certificate-authority", &other]).stdout.contains("unknown-authority"));
    assert_snapshot!("certificate_text", whycan(&["token", "decode", &path, "--now", NOW]));
}

#[test]
fn other_texts() {
    assert_snapshot!("bootstrap", decoded("abcdef.0123456789abcdef", &[]));
    assert_snapshot!("opaque", decoded("correct-horse-battery-staple\n", &[]));
    assert_snapshot!("nothing", decoded("", &[]));
    assert_snapshot!("bootstrap_json", decoded("abcdef.0123456789abcdef", &["-o", "json"]));
}

#[test]
fn what_cannot_be_read() {
    assert_snapshot!("no_file", whycan(&["token", "decode", "/nowhere"]));
    assert_snapshot!("no_keys", decoded(&pod(), &["--jwks", "team.yaml"]));
    assert_snapshot!("two_of_standard_input", decoded(&pod(), &["--jwks", "-"]));
    assert_eq!(whycan(&["token", "nothing"]).status, 2);
    assert_snapshot!("decode_help", whycan(&["token", "decode", "-h"]));
    // a pipe that nobody writes into is not waited for
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let run = whycan(&["token", "decode", pipe.to_str().unwrap()]);
    assert_eq!(run.status, 4, "{run}");
}

#[test]
fn hostile_ones_end_quickly_and_act_on_nothing() {
    let mut claims =
        json!({"iss": "https://x", "aud": "x", "sub": "\u{1b}[2J\u{202e}", "exp": 1_772_371_600, "\u{1b}]0;x\u{7}": {"a\nb": ["\u{9b}"]}});
    for claim in 0..10_000 {
        claims[format!("claim-{claim}")] = claim.into();
    }
    let deep = format!("{}1{}", r#"{"a":"#.repeat(20_000), "}".repeat(20_000));
    let deep = format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#), URL_SAFE_NO_PAD.encode(deep));
    for text in [
        jwt(&claims),
        deep,
        "a".repeat(9 << 20),
        format!("k8s-aws-v1.{}", "A".repeat(5 << 20)),
        "k8s-aws-v1.".to_owned(),
        eks()[..300].to_owned(),
    ] {
        for format in ["text", "json", "yaml", "markdown"] {
            let began = Instant::now();
            let run = decoded(&text, &["-o", format]);
            assert!(began.elapsed() < Duration::from_secs(20) && run.status == 0, "{format} {}", run.stderr);
            assert!(run.stdout.chars().all(|c| c == '\n' || whycan::base::text::is_harmless(c)), "{format}");
        }
    }
}

#[test]
fn no_format_shows_a_secret() {
    let signature = "05be427e529789be145db0c4e40e5efa0ebd577f177aa804b8e9ffc9c1ffbf1a";
    let session = "FwoGZXIvYXdzEXAMPLE";
    let with_session = format!("k8s-aws-v1.{}", URL_SAFE_NO_PAD.encode(format!("{URL}&X-Amz-Security-Token={session}")));
    let broken = format!("k8s-aws-v1.{}", URL_SAFE_NO_PAD.encode(URL.replace("amazonaws.com/", "amazonaws.com/%zz")));
    let encoded = URL_SAFE_NO_PAD.encode("a signature");
    for text in [with_session, broken, pod(), "abcdef.0123456789abcdef".to_owned()] {
        for format in ["text", "json", "yaml", "markdown"] {
            let run = decoded(&text, &["-o", format, "-v"]).to_string();
            for secret in [text.as_str(), signature, session, &encoded, "0123456789abcdef"] {
                assert!(!run.contains(secret), "{secret} is shown:\n{run}");
            }
        }
    }
}

#[test]
fn output_is_as_its_schema_says() {
    let validator = jsonschema::validator_for(&whycan(&["schema", "token", "decode"]).json()).unwrap();
    let texts = [eks(), pod(), fs::read_to_string(certificate()).unwrap(), "abcdef.0123456789abcdef".to_owned(), "x".to_owned()];
    for text in texts {
        let json = decoded(&text, &["-o", "json"]).json();
        assert!(validator.is_valid(&json), "{json:#}");
    }
}

/// What aws-iam-authenticator refuses, the program tells as an error: where nothing hangs on the cluster's partition or region.
#[test]
fn recorded_answers_of_the_server() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded/eks-tokens.json");
    let cases: Vec<Value> = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    // each tenth: a process takes its time
    for case in cases.iter().filter(|case| case["head"].is_null() && case["partition"] == "aws").step_by(10) {
        let words = ["token", "decode", "-o", "json", "--now", case["now"].as_str().unwrap()];
        let json = Whycan::new(&words).stdin(case["token"].as_str().unwrap()).run().json();
        let is_error = json["findings"].as_array().unwrap().iter().any(|finding| finding["severity"] == "error");
        assert_eq!(is_error, !case["refused"].as_array().unwrap().is_empty(), "{case:#}\n{json:#}");
    }
}
