//! Credentials taken apart, explained and looked over: `cargo bench --bench decode`.

#![allow(clippy::unwrap_used, reason = "a bench, no library")]

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use divan::{Bencher, black_box};
use whycan::credential::{Decoded, Expected};

#[global_allocator]
static ALLOCATIONS: divan::AllocProfiler = divan::AllocProfiler::system();

fn main() {
    divan::main();
}

fn jwt(claims: &str) -> Vec<u8> {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let signature = URL_SAFE_NO_PAD.encode([7; 256]);
    format!("{}.{}.{signature}", part(r#"{"alg":"RS256","kid":"0123456789abcdef"}"#), part(claims)).into_bytes()
}

/// A token of EKS with a session token of a usual length.
fn eks() -> Vec<u8> {
    let session = "FwoGZXIvYXdzEXAMPLE%2F%2F".repeat(30);
    let url = format!(
        "https://sts.eu-central-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=ASIAIOSFODNN7EXAMPLE%2F20260301%2Feu-central-1%2Fsts%2Faws4_request&X-Amz-Date=20260301T123045Z\
         &X-Amz-Expires=60&X-Amz-Security-Token={session}&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Signature={}",
        "05be427e".repeat(8)
    );
    format!("k8s-aws-v1.{}", URL_SAFE_NO_PAD.encode(url)).into_bytes()
}

fn pod() -> Vec<u8> {
    jwt(r#"{"aud":["https://kubernetes.default.svc.cluster.local"],"exp":1803900000,"iat":1772364000,"nbf":1772364000,
        "iss":"https://kubernetes.default.svc.cluster.local","jti":"5f2b8a4e-0f3c-4b7e-9d52-0a6b0a1f6d11","kubernetes.io":{"namespace":"dev",
        "node":{"name":"ip-10-0-1-23","uid":"1"},"pod":{"name":"web-0","uid":"2"},"serviceaccount":{"name":"web","uid":"3"},
        "warnafter":1772367607},"sub":"system:serviceaccount:dev:web"}"#)
}

fn many_claims() -> Vec<u8> {
    let mut claims = String::from(r#"{"iss":"https://issuer.example","sub":"alice""#);
    for claim in 0..10_000 {
        let _ = write!(claims, r#","claim-{claim}":"value""#);
    }
    jwt(&(claims + "}"))
}

fn certificate() -> Vec<u8> {
    std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/src/credential/key/made/rsa.crt")).unwrap()
}

/// All that a screen shows of a credential.
fn whole(bytes: &[u8], expected: &Expected) -> usize {
    let decoded = Decoded::read(black_box(bytes));
    decoded.findings(expected).len() + decoded.parts().len()
}

#[divan::bench(args = ["eks", "pod", "certificate", "bootstrap", "opaque", "jwt of 10,000 claims", "8 MiB"])]
fn decode(bencher: Bencher<'_, '_>, which: &str) {
    let bytes = match which {
        "eks" => eks(),
        "pod" => pod(),
        "certificate" => certificate(),
        "bootstrap" => b"abcdef.0123456789abcdef".to_vec(),
        "opaque" => b"0123456789abcdef0123456789abcdef".to_vec(),
        "8 MiB" => vec![b'a'; 8 << 20],
        _ => many_claims(),
    };
    let expected = Expected { now: "2026-03-01T12:40:00Z".parse().ok(), ..Expected::default() };
    bencher.bench_local(|| whole(&bytes, &expected));
}
