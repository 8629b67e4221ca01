//! What follows from what was heard, case by case.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

use super::*;
use crate::credential::jwt;

const CLUSTER: &str = "https://kubernetes.default.svc";
const NOW: &str = "2026-03-01T12:00:00Z";

/// A key, which signs and is published under an id.
struct Signer {
    pair: EcdsaKeyPair,
    id: &'static str,
}

impl Signer {
    fn new(id: &'static str) -> Self {
        let random = ring::rand::SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        Self { pair: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap(), id }
    }

    fn sign(&self, claims: &Value) -> Decoded {
        let header = json!({"alg": "ES256", "kid": self.id});
        let message = [header.to_string(), claims.to_string()].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
        let signature = self.pair.sign(&ring::rand::SystemRandom::new(), message.as_bytes()).unwrap();
        Decoded::read(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref())).as_bytes())
    }

    fn keys(&self) -> Vec<Jwk> {
        let point = &self.pair.public_key().as_ref()[1..];
        let [x, y] = [&point[..32], &point[32..]].map(|part| URL_SAFE_NO_PAD.encode(part));
        let key = json!({"kty": "EC", "crv": "P-256", "kid": self.id, "use": "sig", "x": x, "y": y});
        jwt::keys(json!({ "keys": [key] }).to_string().as_bytes()).unwrap()
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The claims of a pod's token, with others in place of its own; null takes one away.
fn claims(changes: &Value) -> Value {
    let start = at(NOW).as_second();
    let mut claims = json!({
        "iss": CLUSTER, "aud": [CLUSTER], "sub": "system:serviceaccount:dev:web", "iat": start, "nbf": start, "exp": start + 3600, "jti": "j",
        "kubernetes.io": {"namespace": "dev", "serviceaccount": {"name": "web", "uid": "u-1"}, "pod": {"name": "web-0", "uid": "u-2"},
            "node": {"name": "n1", "uid": "u-3"}},
    });
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() { drop(claims.as_object_mut().unwrap().remove(name)) } else { claims[name] = value.clone() }
    }
    claims
}

fn of_pod() -> Decoded {
    Signer::new("k").sign(&claims(&json!({})))
}

fn bound_to(kind: &str) -> Decoded {
    let mut binding = json!({"namespace": "dev", "serviceaccount": {"name": "web", "uid": "u-1"}});
    binding[kind] = json!({"name": "thing", "uid": "u-4"});
    Signer::new("k").sign(&claims(&json!({ "kubernetes.io": binding })))
}

fn legacy() -> Decoded {
    Signer::new("k").sign(&json!({
        "iss": "kubernetes/serviceaccount", "sub": "system:serviceaccount:ci:old", "kubernetes.io/serviceaccount/namespace": "ci",
        "kubernetes.io/serviceaccount/service-account.name": "old", "kubernetes.io/serviceaccount/service-account.uid": "u-5",
        "kubernetes.io/serviceaccount/secret.name": "old-token",
    }))
}

fn there(uid: &str) -> Object {
    Object { uid: uid.to_owned(), ..Object::default() }
}

fn deleted(uid: &str, when: &str) -> Seen {
    Seen::There(Object { deleted_at: Some(at(when)), ..there(uid) })
}

/// Judges with one object seen, and tells what is new beside what the token says itself.
fn judged(decoded: &Decoded, what: What, seen: Seen) -> String {
    let mut bound: Vec<(Bound, Option<Seen>)> = bounds(decoded).into_iter().map(|bound| (bound, None)).collect();
    bound.iter_mut().find(|(bound, _)| bound.what == what).unwrap().1 = Some(seen);
    told(decoded, &Heard { bound, ..Heard::default() })
}

fn told(decoded: &Decoded, heard: &Heard) -> String {
    let expected = Expected { now: Some(at(NOW)), ..Expected::default() };
    let own = decoded.findings(&expected);
    let judged = judge(decoded, heard, &expected);
    for finding in &judged.findings {
        let codes = CODES.iter().chain(&crate::credential::decoded::CODES);
        assert!(codes.into_iter().any(|(code, _)| *code == finding.code), "{} is on no list", finding.code);
    }
    let new = judged.findings.iter().filter(|finding| !own.contains(finding));
    let lines: Vec<String> = new
        .map(|finding| {
            let fix = finding.fix.as_ref().map(|fix| format!("\n    {fix}")).unwrap_or_default();
            format!("{:?} {}: {}{fix}", finding.severity, finding.code, finding.message)
        })
        .collect();
    lines.join("\n")
}

#[test]
fn what_a_token_is_bound_to() {
    let named = |decoded: &Decoded| bounds(decoded).iter().map(Bound::named).collect::<Vec<_>>().join(", ");
    // the node of a pod's token is information alone
    assert_eq!(named(&of_pod()), "service account `dev/web`, pod `dev/web-0`");
    assert_eq!(named(&bound_to("node")), "service account `dev/web`, node `thing`");
    assert_eq!(named(&bound_to("secret")), "service account `dev/web`, Secret `dev/thing`");
    assert_eq!(named(&legacy()), "service account `ci/old`, Secret `ci/old-token`");
    assert_eq!(named(&Decoded::read(b"abcdef.0123456789abcdef")), "Secret `kube-system/bootstrap-token-abcdef`");
    assert_eq!(named(&Decoded::read(b"s3cr3t")), "");
    // what no object is called by goes into no path
    for name in ["../nodes/n1", "..", "a/b", "A", "a?b", "a%2f", "", &"a".repeat(300)] {
        let binding = json!({"namespace": name, "serviceaccount": {"name": "web"}, "pod": {"name": "web-0"}, "node": {"name": "n1"}});
        assert_eq!(named(&Signer::new("k").sign(&claims(&json!({ "kubernetes.io": binding })))), "", "{name}");
        let binding = json!({"namespace": "dev", "serviceaccount": {"name": name}});
        assert_eq!(named(&Signer::new("k").sign(&claims(&json!({ "kubernetes.io": binding })))), "", "{name}");
    }
}

#[test]
fn what_is_gone_or_another_ends_the_token() {
    let mut all = String::new();
    let mut put = |line: String| all = format!("{all}{line}\n");
    put(judged(&of_pod(), What::Pod, Seen::Gone));
    put(judged(&of_pod(), What::Pod, Seen::There(there("u-9"))));
    put(judged(&of_pod(), What::ServiceAccount, Seen::Gone));
    put(judged(&of_pod(), What::ServiceAccount, Seen::There(there("u-9"))));
    put(judged(&bound_to("node"), What::Node, Seen::Gone));
    put(judged(&bound_to("node"), What::Node, Seen::There(there("u-9"))));
    put(judged(&bound_to("secret"), What::Secret, Seen::Gone));
    put(judged(&bound_to("secret"), What::Secret, Seen::There(there("u-9"))));
    put(judged(&legacy(), What::Secret, Seen::Gone));
    put(judged(&legacy(), What::ServiceAccount, Seen::There(there("u-9"))));
    insta::assert_snapshot!("gone", all);
    for (decoded, what, uid) in [(of_pod(), What::Pod, "u-2"), (of_pod(), What::ServiceAccount, "u-1"), (legacy(), What::Secret, "any")] {
        assert_eq!(judged(&decoded, what, Seen::There(there(uid))), "");
    }
}

#[test]
fn what_is_being_deleted_ends_the_token_a_minute_after_its_time() {
    let mut all = String::new();
    for when in ["2026-03-01T12:00:30Z", "2026-03-01T11:59:00Z", "2026-03-01T11:58:59Z"] {
        all = format!("{all}{when}\n{}\n", judged(&of_pod(), What::Pod, deleted("u-2", when)));
    }
    all = format!("{all}legacy\n{}\n", judged(&legacy(), What::Secret, deleted("u", "2026-03-01T11:59:59Z")));
    let marked = Seen::There(Object { invalid_since: Some("2026-02-01".to_owned()), ..there("u") });
    all = format!("{all}marked\n{}\n", judged(&legacy(), What::Secret, marked));
    // the label is nothing to a token that was made for a Secret
    assert_eq!(judged(&bound_to("secret"), What::Secret, Seen::There(Object { invalid_since: Some("x".to_owned()), ..there("u-4") })), "");
    insta::assert_snapshot!("terminating", all);
}

#[test]
fn time_alone_changes_what_is_told() {
    let bound = |decoded: &Decoded, seen: Seen| bounds(decoded).into_iter().map(|bound| (bound, Some(seen.clone()))).collect::<Vec<_>>();
    let (token, now) = (of_pod(), at(NOW));
    let next = |heard: &Heard, now: Timestamp| next_change(&token, heard, now).map(|next| next.duration_since(at(NOW)).as_secs());
    assert_eq!(next(&Heard::default(), now), Some(3601));
    assert_eq!(next(&Heard::default(), at("2026-03-01T13:00:01Z")), Some(3661));
    assert_eq!(next(&Heard::default(), at("2026-03-01T13:01:01Z")), None);
    let mut heard = Heard { bound: bound(&token, deleted("u-2", "2026-03-01T12:00:10Z")), ..Heard::default() };
    assert_eq!(next(&heard, now), Some(71));
    // a server that is ahead gets there sooner
    heard.skew = Skew::of("Sun, 01 Mar 2026 12:02:00 GMT", now.as_millisecond(), now.as_millisecond());
    assert_eq!(next(&heard, now), Some(3481));
}

#[test]
fn a_bootstrap_token_may_be_a_static_one() {
    let token = Decoded::read(b"abcdef.0123456789abcdef");
    let heard = |is_accepted| Heard {
        is_accepted,
        bound: bounds(&token).into_iter().map(|bound| (bound, Some(Seen::Gone))).collect(),
        ..Heard::default()
    };
    assert_eq!((told(&token, &heard(Some(true))), told(&token, &heard(None))), (String::new(), String::new()));
    insta::assert_snapshot!("bootstrap", told(&token, &heard(Some(false))));
}

#[test]
fn signatures_are_held_against_the_right_keys() {
    let (cluster, issuer, other) = (Signer::new("c-1"), Signer::new("i-1"), Signer::new("x-1"));
    let elsewhere = "https://login.example";
    let own = claims(&json!({}));
    let foreign = claims(&json!({"iss": elsewhere, "aud": "kubernetes", "sub": "alice", "kubernetes.io": null}));
    let moved = claims(&json!({"iss": "https://former.example"}));
    let neighbour = claims(&json!({"iss": elsewhere}));
    let mut all = String::new();
    for (what, token) in [
        ("own", cluster.sign(&own)),
        ("own, forged", Signer::new("c-1").sign(&own)),
        ("own, unknown key", other.sign(&own)),
        ("former issuer", cluster.sign(&moved)),
        ("another cluster", issuer.sign(&neighbour)),
        ("oidc", issuer.sign(&foreign)),
        ("oidc, forged", Signer::new("i-1").sign(&foreign)),
        ("oidc, rotated key", other.sign(&foreign)),
        ("for vault", cluster.sign(&claims(&json!({"aud": ["vault"]})))),
    ] {
        for is_accepted in [None, Some(true), Some(false)] {
            let heard = Heard {
                is_accepted,
                issuer: Some(CLUSTER.to_owned()),
                cluster_keys: Some(cluster.keys()),
                issuer_keys: Some(issuer.keys()),
                ..Heard::default()
            };
            let expected = Expected { now: Some(at(NOW)), ..Expected::default() };
            let judged = judge(&token, &heard, &expected);
            let told: Vec<String> =
                judged.findings.iter().map(|finding| format!("  {:?} {}: {}", finding.severity, finding.code, finding.message)).collect();
            let signature = judged.signature.unwrap().as_str();
            all = format!("{all}{what}, accepted {is_accepted:?}: {signature} by {:?}\n{}\n", judged.keys_from.unwrap(), told.join("\n"));
        }
    }
    insta::assert_snapshot!("keys", all);
}

#[test]
fn without_keys_a_signature_stays_open() {
    let token = Signer::new("k").sign(&claims(&json!({})));
    let expected = Expected { now: Some(at(NOW)), ..Expected::default() };
    for heard in [Heard::default(), Heard { issuer: Some(CLUSTER.to_owned()), is_accepted: Some(true), ..Heard::default() }] {
        let judged = judge(&token, &heard, &expected);
        assert_eq!((judged.signature, judged.keys_from, judged.findings), (Some(Signature::Unverified), None, Vec::new()));
    }
    assert_eq!(judge(&Decoded::read(b"opaque"), &Heard::default(), &expected).signature, None);
}

#[test]
fn a_refusal_that_nothing_explains_is_told_with_what_may_be_looked_at() {
    let heard = |decoded: &Decoded| Heard {
        is_accepted: Some(false),
        bound: bounds(decoded).into_iter().map(|bound| (bound, None)).collect(),
        ..Heard::default()
    };
    let mut all = String::new();
    let oidc = Signer::new("k").sign(&claims(&json!({"iss": "https://login.example", "sub": "alice", "kubernetes.io": null})));
    for decoded in [of_pod(), legacy(), oidc, Decoded::read(b"s3cr3t"), Decoded::read(b"abcdef.0123456789abcdef")] {
        all = format!("{all}{}\n", told(&decoded, &heard(&decoded)));
    }
    insta::assert_snapshot!("refused", all);
}

#[test]
fn clocks_are_compared_with_the_way_taken_into_account() {
    let noon = at(NOW).as_millisecond();
    let skew = |date: &str, sent: i64, came: i64| Skew::of(&format!("Sun, 01 Mar 2026 {date} GMT"), noon + sent, noon + came);
    for (date, sent, came, seconds, is_certain) in [
        ("12:00:00", 0, 10, 0, false),
        ("12:01:00", 0, 10, 60, false),
        ("12:01:00", 0, 0, 60, true),
        ("12:01:01", 0, 10, 61, true),
        ("11:59:00", 0, 10, -60, false),
        ("11:58:58", 0, 10, -62, true),
        // a slow way says little
        ("12:01:30", 0, 80_000, 50, false),
        ("12:10:00", 0, 80_000, 560, true),
    ] {
        let skew = skew(date, sent, came).unwrap();
        assert_eq!((skew.seconds(), skew.is_certain()), (seconds, is_certain), "{date} {sent} {came}");
    }
    assert_eq!(Skew::of("yesterday", 0, 1), None);
    assert_eq!(Skew::of("Sun, 01 Mar 2026 12:00:00 GMT", 2, 1), None);
    // the narrower of two, and the later where a clock was set between them
    let (wide, narrow, set) = (skew("12:05:00", 0, 60_000).unwrap(), skew("12:04:40", 0, 100).unwrap(), skew("12:00:00", 0, 100).unwrap());
    assert_eq!((wide.and(narrow), narrow.and(wide), narrow.and(set)), (narrow, narrow, set));
}

#[test]
fn times_are_judged_by_the_clock_of_the_server() {
    let token = of_pod();
    let noon = at(NOW).as_millisecond();
    let heard = |date: &str| Heard { skew: Skew::of(date, noon, noon), ..Heard::default() };
    let told_at = |time: &str| told(&token, &heard(&format!("Sun, 01 Mar 2026 {time} GMT")));
    insta::assert_snapshot!("skewed", format!("{}\n\n{}", told_at("13:30:00"), told_at("11:50:00")));
    assert_eq!(told(&token, &heard("Sun, 01 Mar 2026 12:00:59 GMT")), "");
}

#[test]
fn codes_are_sorted_and_told_once() {
    assert!(CODES.is_sorted_by(|a, b| a.0 < b.0));
}
