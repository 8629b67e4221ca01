//! An issuer of tokens on loopback, in TLS: it publishes its keys, replaces them, and signs what it is told to.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use serde_json::{Value, json};
use whycan::credential::pem;

use super::certificates::Authority;
use super::fake::{Fake, Front, Reply};

/// A key that signs.
pub enum Key {
    Rsa(Box<RsaKeyPair>),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

/// A key under its id.
pub struct Signer {
    pub id: String,
    key: Key,
}

/// A running issuer.
pub struct Issuer {
    fake: Fake,
    authority: Authority,
}

impl Signer {
    /// The one RSA key that the tests have: the library makes none.
    pub fn rsa(id: &str) -> Self {
        let block = pem::blocks(include_bytes!("issuer.pem")).remove(0);
        Self { id: id.to_owned(), key: Key::Rsa(Box::new(RsaKeyPair::from_pkcs8(&block.bytes).unwrap())) }
    }

    pub fn ec(id: &str) -> Self {
        let (random, kind) = (SystemRandom::new(), &signature::ECDSA_P256_SHA256_FIXED_SIGNING);
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
        Self { id: id.to_owned(), key: Key::Ec(EcdsaKeyPair::from_pkcs8(kind, pkcs8.as_ref(), &random).unwrap()) }
    }

    pub fn ed(id: &str) -> Self {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self { id: id.to_owned(), key: Key::Ed(Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap()) }
    }

    fn algorithm(&self) -> &'static str {
        match self.key {
            Key::Rsa(_) => "RS256",
            Key::Ec(_) => "ES256",
            Key::Ed(_) => "EdDSA",
        }
    }

    /// A token with these claims.
    pub fn sign(&self, claims: &Value) -> String {
        let header = json!({"alg": self.algorithm(), "kid": self.id, "typ": "JWT"});
        let message = [header.to_string(), claims.to_string()].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
        let random = SystemRandom::new();
        let signature = match &self.key {
            Key::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&signature::RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature).unwrap();
                signature
            }
            Key::Ec(pair) => pair.sign(&random, message.as_bytes()).unwrap().as_ref().to_vec(),
            Key::Ed(pair) => pair.sign(message.as_bytes()).as_ref().to_vec(),
        };
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn published(&self) -> Value {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let mut key = match &self.key {
            Key::Rsa(pair) => {
                let public = PublicKeyComponents::<Vec<u8>>::from(pair.public());
                json!({"kty": "RSA", "n": encode(&public.n), "e": encode(&public.e)})
            }
            Key::Ec(pair) => {
                let (x, y) = pair.public_key().as_ref().split_at(33);
                json!({"kty": "EC", "crv": "P-256", "x": encode(x.split_at(1).1), "y": encode(y)})
            }
            Key::Ed(pair) => json!({"kty": "OKP", "crv": "Ed25519", "x": encode(pair.public_key().as_ref())}),
        };
        key["kid"] = Value::from(self.id.as_str());
        key["use"] = Value::from("sig");
        key["alg"] = Value::from(self.algorithm());
        key
    }
}

impl Issuer {
    /// Starts one that publishes these keys.
    pub fn start(keys: &[&Signer]) -> Self {
        let authority = Authority::new();
        let server = authority.server();
        let issuer = Self { fake: Fake::start(Front::tls(&server.certificate, &server.key, None)), authority };
        let url = issuer.url();
        let discovery = json!({
            "issuer": url, "jwks_uri": format!("{url}/keys"), "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256", "ES256", "EdDSA"],
        });
        issuer.fake.on("GET /.well-known/openid-configuration", Reply::json(&discovery));
        issuer.publish(keys);
        issuer
    }

    /// Publishes these keys and no others from now on.
    pub fn publish(&self, keys: &[&Signer]) {
        self.fake.on("GET /keys", Reply::json(&key_set(keys)));
    }

    pub fn url(&self) -> String {
        self.fake.url()
    }

    /// The authority that signed its certificate.
    pub fn authority(&self) -> String {
        self.authority.pem()
    }

    /// Whether anybody sent it anything but questions.
    pub fn was_told_something(&self) -> bool {
        self.fake.seen().iter().any(|seen| !seen.body.is_empty() || !seen.header("authorization").is_empty())
    }
}

/// Keys as they are published.
pub fn key_set(keys: &[&Signer]) -> Value {
    json!({ "keys": keys.iter().map(|key| key.published()).collect::<Vec<_>>() })
}
