use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::prelude::*;
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, date_time_ymd};

use super::*;

/// Case A of the reference, as in the tests of `eks`.
const URL: &str = "https://sts.eu-central-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256\
    &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260301%2Feu-central-1%2Fsts%2Faws4_request&X-Amz-Date=20260301T123045Z&X-Amz-Expires=60\
    &X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Signature=05be427e529789be145db0c4e40e5efa0ebd577f177aa804b8e9ffc9c1ffbf1a";

/// The signature in it.
const SIGNATURE: &str = "05be427e529789be145db0c4e40e5efa0ebd577f177aa804b8e9ffc9c1ffbf1a";

const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6YTpiIn0.c2ln";

fn eks() -> String {
    format!("k8s-aws-v1.{}", URL_SAFE_NO_PAD.encode(URL))
}

fn codes(decoded: &Decoded) -> Vec<&'static str> {
    let expected = Expected { now: Some("2026-03-01T12:40:00Z".parse().unwrap()), ..Expected::default() };
    decoded.findings(&expected).iter().map(|finding| finding.code).collect()
}

#[test]
fn masked_by_kind_length_and_fingerprint() {
    let decoded = Decoded::read(eks().as_bytes());
    assert_eq!(decoded.masked, "k8s-aws-v1.… (501 characters, sha256 5874274ff01f)");
    assert_eq!((decoded.sha256.as_str(), decoded.length), ("5874274ff01f", 501));
    let masked = |text: &str| Decoded::read(text.as_bytes()).masked;
    assert!(masked(JWT).starts_with("eyJ… (73 characters, sha256 "), "{}", masked(JWT));
    assert!(masked("abcdef.0123456789abcdef").starts_with("abcdef.… (23 characters"));
    assert!(masked(&"x".repeat(1234)).starts_with("… (1,234 characters"));
}

#[test]
fn what_a_text_is_however_it_comes() {
    let eks = eks();
    let certificate = certificate(&CertificateParams::default());
    let plugin = |field: &str, value: &str| {
        serde_json::json!({"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1", "spec": {}, "status": {field: value}})
            .to_string()
    };
    for (text, format) in [
        (eks.clone(), "eks-v1"),
        (format!("{eks}\r\n"), "eks-v1"),
        (format!("Bearer {eks}"), "eks-v1"),
        (format!("Authorization: bearer {eks}\n"), "eks-v1"),
        (plugin("token", &eks), "eks-v1"),
        (plugin("token", JWT), "jwt"),
        (plugin("clientCertificateData", &certificate), "x509"),
        (serde_json::json!({"kind": "TokenRequest", "status": {"token": JWT}}).to_string(), "jwt"),
        (JWT.to_owned(), "jwt"),
        (format!("\u{feff}  {JWT} \n"), "jwt"),
        (certificate.clone(), "x509"),
        (format!("subject: x\n{certificate}"), "x509"),
        (STANDARD.encode(&certificate), "x509"),
        ("abcdef.0123456789abcdef".to_owned(), "bootstrap"),
        ("hunter2".to_owned(), "opaque"),
        (String::new(), "opaque"),
        ("{}".to_owned(), "opaque"),
        (plugin("token", ""), "opaque"),
        (serde_json::json!({"kind": "Secret", "status": {"token": JWT}}).to_string(), "opaque"),
    ] {
        let decoded = Decoded::read(text.as_bytes());
        assert_eq!(decoded.format(), format, "{text}");
        assert!(format != "eks-v1" || decoded.sha256 == "5874274ff01f", "{text}");
    }
}

#[test]
fn texts_that_are_no_credential() {
    let key = include_str!("../key/made/ec.pem");
    for (text, found) in [
        ("", vec!["empty"]),
        ("two words", vec!["several-words"]),
        (key, vec!["private-key"]),
        ("-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----", vec!["no-certificate"]),
        ("-----BEGIN CERTIFICATE-----\nYQ==", vec!["no-certificate"]),
        ("hunter2", vec![]),
    ] {
        let decoded = Decoded::read(text.as_bytes());
        assert_eq!((decoded.format(), codes(&decoded)), ("opaque", found), "{text}");
    }
    assert_eq!(codes(&Decoded::read(&vec![b'a'; 3 << 20])), ["too-large"]);
}

#[test]
fn blanks_around_a_token_of_eks_count_but_for_line_breaks() {
    let eks = eks();
    for (text, found) in [
        (format!("{eks}\n"), None),
        (format!(" {eks}"), Some("wrong-prefix")),
        (format!("{eks} "), Some("not-base64")),
        (format!("Bearer {eks} "), None),
    ] {
        assert_eq!(codes(&Decoded::read(text.as_bytes())), Vec::from_iter(found), "{text:?}");
    }
}

#[derive(serde::Deserialize)]
struct Recorded {
    kind: String,
    token: String,
    partition: String,
    region: String,
    now: Timestamp,
    refused: Vec<String>,
    head: Option<Vec<String>>,
}

#[test]
fn what_aws_iam_authenticator_refuses_is_an_error_here_too() {
    let cases: Vec<Recorded> = serde_json::from_str(include_str!("../../../tests/recorded/eks-tokens.json")).unwrap();
    for case in cases {
        let expected = Expected { now: Some(case.now), partition: Some(case.partition), region: Some(case.region), ..Expected::default() };
        let findings = Decoded::read(case.token.as_bytes()).findings(&expected);
        let is_error = findings.iter().any(|finding| finding.severity == Severity::Error);
        let refused = case.head.as_ref().unwrap_or(&case.refused);
        assert_eq!(is_error, !refused.is_empty(), "{}: {findings:?}", case.kind);
    }
}

fn certificate(params: &CertificateParams) -> String {
    params.self_signed(&KeyPair::generate().unwrap()).unwrap().pem()
}

fn client(name: &str, groups: &[&str]) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    if !name.is_empty() {
        params.distinguished_name.push(DnType::CommonName, name);
    }
    for group in groups {
        params.distinguished_name.push(DnType::OrganizationName, *group);
    }
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2027, 1, 1);
    params
}

#[test]
fn what_is_wrong_with_certificates() {
    let with = |change: fn(&mut CertificateParams)| {
        let mut params = client("alice", &["dev"]);
        change(&mut params);
        params
    };
    for (params, found) in [
        (client("alice", &["dev"]), vec![]),
        (client("", &["dev"]), vec!["no-common-name"]),
        (client("admin", &["system:masters"]), vec!["masters"]),
        (with(|params| params.not_after = date_time_ymd(2026, 2, 1)), vec!["expired"]),
        (with(|params| params.not_after = date_time_ymd(2026, 3, 20)), vec!["expires-soon"]),
        (with(|params| params.not_before = date_time_ymd(2026, 4, 1)), vec!["not-yet-valid"]),
        (with(|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth]), vec!["certificate-not-for-clients"]),
        (with(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)), vec!["is-authority"]),
    ] {
        assert_eq!(codes(&Decoded::read(certificate(&params).as_bytes())), found);
    }
    let decoded = Decoded::read(certificate(&client("alice", &["dev"])).as_bytes());
    assert_eq!(decoded.holder().as_deref(), Some("CN=alice, O=dev"));
    assert!(decoded.masked.starts_with("certificate CN=alice, O=dev … ("));
    assert_eq!(decoded.not_before().unwrap().to_string(), "2026-01-01T00:00:00Z");
}

#[test]
fn chains_to_an_authority() {
    let authority = |name: &str| {
        let mut params = client(name, &[]);
        params.extended_key_usages.clear();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        (pem, Issuer::new(params, key))
    };
    let (root, root_issuer) = authority("root");
    let (impostor, _) = authority("root");
    let mut middle = client("middle", &[]);
    middle.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let middle_key = KeyPair::generate().unwrap();
    let middle_pem = middle.signed_by(&middle_key, &root_issuer).unwrap().pem();
    let middle_issuer = Issuer::new(middle, middle_key);
    let key = KeyPair::generate().unwrap();
    let direct = client("alice", &["dev"]).signed_by(&key, &root_issuer).unwrap().pem();
    let below = client("alice", &["dev"]).signed_by(&key, &middle_issuer).unwrap().pem();
    for (presented, authority, found) in [
        (direct.clone(), root.clone(), vec![]),
        (below.clone() + &middle_pem, root.clone(), vec![]),
        (below, root.clone(), vec!["unknown-authority"]),
        (direct.clone(), impostor.clone(), vec!["unknown-authority"]),
        (direct.clone(), impostor + &root, vec![]),
        (direct, "none".to_owned(), vec!["authority-unverified"]),
    ] {
        let expected = Expected { authority: Some(authority.into_bytes()), ..Expected::default() };
        let findings = Decoded::read(presented.as_bytes()).findings(&expected);
        assert_eq!(findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), found);
    }
}

#[test]
fn codes_are_sorted_and_told_once() {
    assert!(CODES.is_sorted_by(|a, b| a.0 < b.0));
}

/// Runs everything there is on some bytes; gives all that is shown.
fn everything(bytes: &[u8]) -> String {
    let expected = Expected {
        now: Some("2026-03-01T12:40:00Z".parse().unwrap()),
        partition: Some("aws".to_owned()),
        issuer: Some("x".to_owned()),
        audiences: vec!["x".to_owned()],
        keys: Some(Vec::new()),
        authority: Some(bytes.to_vec()),
        ..Expected::default()
    };
    let decoded = Decoded::read(bytes);
    let findings = decoded.findings(&expected);
    for finding in &findings {
        assert!(CODES.iter().any(|(code, _)| *code == finding.code), "{} is on no list", finding.code);
    }
    let times = (decoded.issued_at(), decoded.not_before(), decoded.expires_at(), decoded.signature(&expected));
    format!("{decoded:?} {findings:?} {:?} {times:?} {:?}", decoded.parts(), decoded.holder())
}

/// A text with something of the forms in it, and something that is of none.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("k8s-aws-v1.".to_owned()),
        Just("Bearer ".to_owned()),
        Just(URL_SAFE_NO_PAD.encode(URL)),
        Just(JWT.to_owned()),
        Just("eyJhbGciOiJSUzI1NiJ9".to_owned()),
        Just("abcdef.0123456789abcdef".to_owned()),
        Just("-----BEGIN CERTIFICATE-----\n".to_owned()),
        Just("\n-----END CERTIFICATE-----".to_owned()),
        Just(".".to_owned()),
        "[ -~]{0,12}",
        ".{0,8}",
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

/// The URL of a token with parts of it changed.
fn url() -> impl Strategy<Value = String> {
    (0..URL.len(), 0..URL.len(), ".{0,6}").prop_map(|(from, length, instead)| {
        let to = (from + length % 20).min(URL.len());
        format!("{}{instead}{}", &URL[..from], &URL[to..])
    })
}

/// JSON of any shape, as text.
fn object() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        Just("iss"),
        Just("sub"),
        Just("aud"),
        Just("exp"),
        Just("nbf"),
        Just("iat"),
        Just("kubernetes.io"),
        Just("alg"),
        Just("crit"),
    ];
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<f64>().prop_map(|number| serde_json::json!(number).to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        ".{0,6}".prop_map(|text| serde_json::json!(text).to_string()),
        Just(r#"{"namespace":"a","serviceaccount":{"name":1},"warnafter":1e30}"#.to_owned()),
        Just("[1,[],{}]".to_owned()),
    ];
    prop::collection::vec((name, leaf), 0..8).prop_map(|members| {
        let members: Vec<String> = members.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in text()) {
        everything(text.as_bytes());
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        everything(&bytes);
        everything(&[b"k8s-aws-v1.", bytes.as_slice()].concat());
    }

    #[test]
    fn no_url_panics_or_shows_its_signature(url in url()) {
        let token = format!("k8s-aws-v1.{}", URL_SAFE_NO_PAD.encode(&url));
        let shown = everything(token.as_bytes());
        // as long as it is whole, wherever it comes to stand
        if url.contains(SIGNATURE) {
            prop_assert!(!shown.contains(&SIGNATURE[..32]) && !shown.contains(&SIGNATURE[32..]), "{}", shown);
        }
        prop_assert!(!shown.contains(&token));
    }

    #[test]
    fn no_claims_panic(header in object(), claims in object(), signature in "[A-Za-z0-9_-]{0,20}") {
        let token = format!("{}.{}.{signature}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let shown = everything(token.as_bytes());
        prop_assert!(!shown.contains(&token));
    }
}
