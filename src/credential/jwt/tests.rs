use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _,
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding, RsaKeyPair,
};
use serde_json::json;

use super::*;
use crate::credential::{Expected, Part, pem};

const NOW: &str = "2026-03-01T12:00:00Z";
/// The same in seconds.
const AT: i64 = 1_772_366_400;

fn encoded(text: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

fn with_header(header: &Value, claims: &Value) -> Token {
    Token::read(&format!("{}.{}.c2ln", encoded(header.to_string()), encoded(claims.to_string())))
}

fn with(claims: &Value) -> Token {
    with_header(&json!({"alg": "RS256", "kid": "k"}), claims)
}

/// The claims of a pod's token, with some put over them.
fn pod(over: &Value) -> Value {
    let mut claims = json!({
        "iss": "https://kubernetes.default.svc", "aud": ["https://kubernetes.default.svc"], "sub": "system:serviceaccount:dev:web",
        "exp": AT + 3600, "iat": AT - 60, "nbf": AT - 60, "jti": "j",
        "kubernetes.io": {"namespace": "dev", "serviceaccount": {"name": "web", "uid": "u"}, "pod": {"name": "web-0", "uid": "p"}, "node": {"name": "n"}},
    });
    put(&mut claims, over);
    claims
}

fn legacy(over: &Value) -> Value {
    let at = |name: &str| format!("kubernetes.io/serviceaccount/{name}");
    let mut claims = json!({
        "iss": "kubernetes/serviceaccount", "sub": "system:serviceaccount:dev:web", (at("namespace")): "dev", (at("secret.name")): "web-token",
        (at("service-account.name")): "web", (at("service-account.uid")): "u",
    });
    put(&mut claims, over);
    claims
}

fn person(over: &Value) -> Value {
    let mut claims = json!({"iss": "https://login.example", "aud": "kubernetes", "sub": "alice", "exp": AT + 3600, "iat": AT - 60});
    put(&mut claims, over);
    claims
}

fn put(claims: &mut Value, over: &Value) {
    for (name, value) in over.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
}

fn expected() -> Expected {
    Expected { now: Some(NOW.parse().unwrap()), ..Expected::default() }
}

/// The codes of findings, errors with a mark.
fn codes(token: &Token, expected: &Expected) -> String {
    let told = lint(token, expected).into_iter().map(|finding| match finding.severity {
        crate::base::Severity::Error => format!("{}!", finding.code),
        _ => finding.code.to_owned(),
    });
    told.collect::<Vec<_>>().join(" ")
}

#[test]
fn kinds_and_service_accounts() {
    let token = with(&pod(&json!({})));
    assert_eq!(token.kind(), Kind::ServiceAccountBound);
    let account = token.service_account().unwrap();
    assert_eq!((account.namespace.as_deref(), account.name.as_deref(), account.uid.as_deref()), (Some("dev"), Some("web"), Some("u")));
    assert_eq!((account.pod.as_deref(), account.node.as_deref(), account.secret), (Some("web-0"), Some("n"), None));
    let token = with(&legacy(&json!({})));
    assert_eq!(token.kind(), Kind::ServiceAccountLegacy);
    assert_eq!(token.service_account().unwrap().secret.as_deref(), Some("web-token"));
    assert_eq!(with(&person(&json!({}))).kind(), Kind::Oidc);
    for claims in [json!({}), json!({"iss": "somebody"}), json!({"iss": 1, "kubernetes.io": "x"})] {
        let token = with(&claims);
        assert_eq!((token.kind(), token.service_account()), (Kind::Other, None), "{claims}");
    }
}

#[test]
fn what_is_wrong_with_claims() {
    let year = AT + 365 * 86400;
    for (claims, found) in [
        (pod(&json!({})), ""),
        (person(&json!({})), ""),
        (legacy(&json!({})), "legacy-token"),
        // time: a minute of leeway, which OIDC has for nbf alone
        (pod(&json!({"exp": AT})), ""),
        (pod(&json!({"exp": AT - 60})), "expired"),
        (pod(&json!({"exp": AT - 61})), "expired!"),
        (person(&json!({"exp": AT - 1})), "expired!"),
        (person(&json!({"exp": null})), "no-expiry!"),
        (pod(&json!({"exp": null})), "never-expires"),
        (pod(&json!({"nbf": AT + 60})), ""),
        (pod(&json!({"nbf": AT + 61})), "not-yet-valid!"),
        (pod(&json!({"iat": AT + 61})), "not-yet-valid!"),
        (person(&json!({"iat": AT + 61})), "not-yet-valid"),
        (person(&json!({"exp": year})), "lives-long"),
        (person(&json!({"exp": (AT + 60).to_string()})), ""),
        (pod(&json!({"exp": (AT + 60).to_string()})), "malformed-claim!"),
        (pod(&json!({"sub": 1, "jti": 1, "aud": [1]})), "malformed-claim! malformed-claim! malformed-claim!"),
        (person(&json!({"exp": "soon", "nbf": [], "iat": 1e300})), "malformed-claim! malformed-claim! malformed-claim!"),
        (pod(&json!({"exp": 1_803_900_000.75})), "lives-long"),
        // a pod's token that was made to live a year, fresh and stale
        (extended(year, AT + 1), "extended"),
        (extended(year, AT - 1), "stale extended"),
        // issuer and audience
        (json!({"sub": "system:serviceaccount:a:b"}), "no-issuer! claim-missing! claim-missing! claim-missing! never-expires"),
        (person(&json!({"iss": 1})), "no-issuer!"),
        (person(&json!({"aud": null})), "no-audience!"),
        (pod(&json!({"aud": "sts.amazonaws.com"})), "audience-elsewhere"),
        // service accounts
        (pod(&json!({"sub": "system:serviceaccount:dev:other"})), "claims-disagree"),
        (pod(&json!({"kubernetes.io": {"namespace": "dev"}})), "claim-missing! claim-missing!"),
        (legacy(&json!({"sub": "alice"})), "claims-disagree! legacy-token"),
        (legacy(&json!({"iss": "https://x"})), "claims-disagree legacy-token"),
        (legacy(&json!({"kubernetes.io/serviceaccount/secret.name": null})), "claim-missing! legacy-token"),
    ] {
        assert_eq!(codes(&with(&claims), &expected()), found, "{claims}");
    }
}

fn extended(end: i64, warns: i64) -> Value {
    let mut claims = pod(&json!({"exp": end}));
    claims["kubernetes.io"]["warnafter"] = warns.into();
    claims
}

#[test]
fn what_is_wrong_with_headers() {
    for (header, found) in [
        (json!({"alg": "RS256"}), ""),
        (json!({"alg": "PS384"}), "algorithm-not-default"),
        (json!({"alg": "none"}), "algorithm-none!"),
        (json!({"alg": "NONE"}), "algorithm-none!"),
        (json!({"alg": "HS256"}), "algorithm-refused!"),
        (json!({"alg": "EdDSA"}), "algorithm-refused!"),
        (json!({"alg": 1}), "algorithm-refused!"),
        (json!({"kid": "k"}), "algorithm-refused!"),
        (json!({"alg": "RS256", "crit": ["b64", "exp"]}), "critical-header!"),
    ] {
        assert_eq!(codes(&with_header(&header, &person(&json!({}))), &expected()), found, "{header}");
    }
    assert_eq!(codes(&with_header(&json!({"alg": "ES256"}), &pod(&json!({}))), &expected()), "");
}

#[test]
fn what_is_wrong_with_the_form() {
    let (header, claims) = (encoded(r#"{"alg":"RS256"}"#), encoded(person(&json!({})).to_string()));
    let deep = format!("{}1{}", r#"{"a":"#.repeat(300), "}".repeat(300));
    for (text, found) in [
        (format!("{header}.{claims}.c2ln"), ""),
        (format!("{header}.{claims}."), "no-signature!"),
        (format!("{header}.{claims}"), "malformed!"),
        (header.clone(), "malformed!"),
        (format!("{header}.a.b.c.d"), "malformed!"),
        (format!("{header}=.{claims}.c2ln"), "not-base64!"),
        (format!("{header}.{claims}==.c2ln"), "not-base64!"),
        (format!("{header}.{claims}.c2l n"), "not-base64!"),
        (format!("{header}.{}.c2ln", &claims[..claims.len() / 4 * 2]), "not-json!"),
        (format!("{header}.{}.c2ln", encoded("[]")), "not-json!"),
        (format!("{header}.{}.c2ln", encoded("")), "not-json!"),
        (format!("{header}.{}.c2ln", encoded(deep)), "too-deep"),
        (format!("{header}.{}.c2ln", encoded(r#"{"iss":"https://x","aud":"a","exp":1803900000,"sub":"a","sub":"b"}"#)), "duplicate-claim"),
        (format!("{}.{claims}.c2ln", encoded(r#"{"alg":"RS256","alg":"none"}"#)), "duplicate-claim! algorithm-none!"),
    ] {
        assert!(is_like(&text), "{text}");
        assert_eq!(codes(&Token::read(&text), &expected()), found, "{text}");
    }
    let twice = pod(&json!({})).to_string().replacen('{', r#"{"jti":"i","#, 1);
    assert_eq!(codes(&Token::read(&format!("{header}.{}.c2ln", encoded(twice))), &expected()), "duplicate-claim!");
    assert!(is_like(&format!("W10.{claims}.c2ln")));
    for text in ["", "e", "a.b.c", "eyJ", "1.2.3", "example.com.", "k8s-aws-v1.e30"] {
        assert!(!is_like(text), "{text}");
    }
}

#[test]
fn held_against_what_it_is_meant_for() {
    let of = |issuer: &str, audiences: &[&str]| Expected {
        issuer: Some(issuer.to_owned()),
        audiences: audiences.iter().map(|name| (*name).to_owned()).collect(),
        ..expected()
    };
    let google = person(&json!({"iss": "accounts.google.com"}));
    for (claims, expected, found) in [
        (person(&json!({})), of("https://login.example", &["x", "kubernetes"]), ""),
        (person(&json!({})), of("https://login.example/", &["kubernetes"]), "wrong-issuer!"),
        (person(&json!({})), of("https://login.example", &["x"]), "wrong-audience!"),
        (person(&json!({"aud": ["a", "x"]})), of("https://login.example", &["x"]), ""),
        (google, of("https://accounts.google.com", &["kubernetes"]), ""),
        (legacy(&json!({})), of("https://kubernetes.default.svc", &["x"]), "legacy-token"),
    ] {
        assert_eq!(codes(&with(&claims), &expected), found, "{claims} {expected:?}");
    }
}

#[test]
fn ten_thousand_claims_and_those_inside_each_other() {
    let mut claims = person(&json!({"groups": ["a", "b"], "nested": {"list": [{"x": [1, 2.5, null]}]}, "\u{202e}": "\u{1b}[2J"}));
    for claim in 0..10_000 {
        claims[format!("c{claim}")] = claim.into();
    }
    let token = with(&claims);
    assert_eq!(Value::Object(token.claims.clone()), claims);
    let count = |part: &Part| part.children.len();
    let parts = parts(&token);
    assert!((100..300).contains(&count(&parts[1])), "{}", count(&parts[1]));
    assert_eq!(codes(&token, &expected()), "");
}

#[test]
fn every_usual_claim_is_explained() {
    fn unexplained(parts: &[Part], found: &mut Vec<String>) {
        for part in parts {
            if part.explanation.is_empty() {
                found.push(part.name.clone());
            }
            unexplained(&part.children, found);
        }
    }
    for claims in [extended(AT, AT), legacy(&json!({})), person(&json!({"email": "a@b", "email_verified": true, "groups": ["a"]}))] {
        let mut found = Vec::new();
        unexplained(&parts(&with(&claims)), &mut found);
        assert_eq!(found, Vec::<String>::new());
    }
}

/// A token with a real signature.
fn signed(algorithm: &str, id: Option<&str>, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let header = id.map_or_else(|| json!({"alg": algorithm}), |id| json!({"alg": algorithm, "kid": id}));
    let message = format!("{}.{}", encoded(header.to_string()), encoded(person(&json!({})).to_string()));
    let signature = sign(message.as_bytes());
    format!("{message}.{}", encoded(signature))
}

fn set(keys: &[Value]) -> Vec<Jwk> {
    keys_of(&json!({"keys": keys}).to_string())
}

fn keys_of(text: &str) -> Vec<Jwk> {
    super::keys(text.as_bytes()).unwrap()
}

/// Another signature, of the same length.
fn tampered(text: &str) -> String {
    let (message, signature) = text.rsplit_once('.').unwrap();
    let changed = if signature.starts_with('A') { "B" } else { "A" };
    format!("{message}.{changed}{}", &signature[1..])
}

fn check(text: &str, keys: &[Jwk], what: &str) {
    assert_eq!(verify(&Token::read(text), keys), Signature::Valid, "{what}");
    assert_eq!(verify(&Token::read(&tampered(text)), keys), Signature::Invalid, "{what}");
    assert_eq!(verify(&Token::read(text), &[]), Signature::Unverified, "{what}");
}

#[test]
fn signatures_of_rsa() {
    let block = pem::blocks(include_bytes!("made/rsa.pem")).remove(0);
    let pair = RsaKeyPair::from_pkcs8(&block.bytes).unwrap();
    let public: ring::rsa::PublicKeyComponents<Vec<u8>> = pair.public().into();
    let keys = set(&[json!({"kty": "RSA", "kid": "k", "n": encoded(&public.n), "e": encoded(&public.e)})]);
    let all: [(&str, &'static dyn RsaEncoding); 6] = [
        ("RS256", &RSA_PKCS1_SHA256),
        ("RS384", &RSA_PKCS1_SHA384),
        ("RS512", &RSA_PKCS1_SHA512),
        ("PS256", &RSA_PSS_SHA256),
        ("PS384", &RSA_PSS_SHA384),
        ("PS512", &RSA_PSS_SHA512),
    ];
    for (algorithm, encoding) in all {
        let sign = |message: &[u8]| {
            let mut signature = vec![0; pair.public().modulus_len()];
            pair.sign(encoding, &SystemRandom::new(), message, &mut signature).unwrap();
            signature
        };
        check(&signed(algorithm, Some("k"), sign), &keys, algorithm);
        check(&signed(algorithm, None, sign), &keys, algorithm);
        let token = Token::read(&signed(algorithm, Some("other"), sign));
        assert_eq!(verify(&token, &keys), Signature::Unverified);
        let expected = Expected { keys: Some(keys.clone()), ..expected() };
        assert!(codes(&token, &expected).starts_with("unknown-key!"), "{}", codes(&token, &expected));
        let token = Token::read(&tampered(&signed(algorithm, Some("k"), sign)));
        assert!(codes(&token, &expected).starts_with("signature-invalid!"));
    }
}

#[test]
fn signatures_of_curves() {
    let random = SystemRandom::new();
    let pair = |algorithm: &'static EcdsaSigningAlgorithm| {
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap()
    };
    for (name, curve, pair) in
        [("ES256", "P-256", pair(&ECDSA_P256_SHA256_FIXED_SIGNING)), ("ES384", "P-384", pair(&ECDSA_P384_SHA384_FIXED_SIGNING))]
    {
        let point = &pair.public_key().as_ref()[1..];
        let (x, y) = point.split_at(point.len() / 2);
        let keys = set(&[json!({"kty": "EC", "use": "sig", "crv": curve, "kid": "k", "x": encoded(x), "y": encoded(y)})]);
        let sign = |message: &[u8]| pair.sign(&random, message).unwrap().as_ref().to_vec();
        check(&signed(name, Some("k"), sign), &keys, name);
        // what a key of another kind says
        assert_eq!(verify(&Token::read(&signed("RS256", Some("k"), sign)), &keys), Signature::Invalid);
        assert_eq!(verify(&Token::read(&signed("ES512", Some("k"), sign)), &keys), Signature::Unverified);
    }
    let document = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
    let pair = Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap();
    let keys = set(&[json!({"kty": "OKP", "crv": "Ed25519", "x": encoded(pair.public_key().as_ref())})]);
    check(&signed("EdDSA", None, |message| pair.sign(message).as_ref().to_vec()), &keys, "EdDSA");
}

#[test]
fn key_sets() {
    assert_eq!(keys_of(r#"{"keys":[]}"#), []);
    let others = r#"{"keys":[{"kty":"oct","k":"eA"},{"kty":"RSA"},{"kty":"EC","crv":"P-1","x":"","y":""},{"kty":"RSA","use":"enc","n":"AQ","e":"AQ"},7]}"#;
    assert_eq!(keys_of(others), []);
    for text in ["", "[]", "{}", "{\"keys\":1}"] {
        assert!(super::keys(text.as_bytes()).unwrap_err().starts_with("is no JSON web key set: "), "{text}");
    }
    let token = Token::read("eyJhbGciOiJSUzI1NiJ9.e30.");
    assert_eq!(verify(&token, &[]), Signature::None);
}

#[test]
fn nothing_shows_the_token() {
    let text = format!("{}.{}.c2lnbmF0dXJl", encoded(r#"{"alg":"RS256"}"#), encoded("{}"));
    let token = Token::read(&text);
    let shown = format!("{token:?}{:?}{:?}", parts(&token), lint(&token, &expected()));
    assert!(!shown.contains("c2lnbmF0dXJl"), "{shown}");
}
