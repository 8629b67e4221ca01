use proptest::prelude::*;

use super::*;
use crate::credential::x509;

/// Throw-away keys and their certificates, made once by OpenSSL 3.0: keys of old are PKCS #1 and SEC 1, others PKCS #8.
macro_rules! made {
    ($name:literal) => {
        include_str!(concat!("made/", $name))
    };
}

const PEM: [(&str, &str); 5] = [
    ("rsa-old", made!("rsa-old.pem")),
    ("rsa", made!("rsa.pem")),
    ("ec-old", made!("ec-old.pem")),
    ("ec", made!("ec.pem")),
    ("ed25519", made!("ed25519.pem")),
];

#[test]
fn a_key_belongs_to_its_own_certificate() {
    for (certificate, text) in [("rsa", made!("rsa.crt")), ("ec", made!("ec.crt")), ("ed25519", made!("ed25519.crt"))] {
        let read = x509::presented(text.as_bytes()).unwrap();
        assert_eq!(read.common_name.as_deref(), Some(certificate));
        for (name, pem) in PEM {
            let key = private(pem.as_bytes()).unwrap().unwrap();
            let fits = match (certificate, name) {
                // OpenSSL writes the private half alone
                ("ed25519", "ed25519") => None,
                _ => Some(name.trim_end_matches("-old") == certificate),
            };
            assert_eq!(key.fits(&read), fits, "{name} and {certificate}");
        }
    }
}

#[test]
fn a_key_of_the_same_kind_is_told_by_its_public_half() {
    for algorithm in [&rcgen::PKCS_ED25519, &rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_ECDSA_P384_SHA384] {
        let (own, other) = (rcgen::KeyPair::generate_for(algorithm).unwrap(), rcgen::KeyPair::generate_for(algorithm).unwrap());
        let certificate = rcgen::CertificateParams::default().self_signed(&own).unwrap();
        let certificate = x509::certificate(certificate.der()).unwrap();
        let fits = |key: &rcgen::KeyPair| private(key.serialize_pem().as_bytes()).unwrap().unwrap().fits(&certificate);
        assert_eq!((fits(&own), fits(&other)), (Some(true), Some(false)), "{algorithm:?}");
    }
    // a point that is written in short cannot be compared with one in full
    let key = private(made!("ec.pem").as_bytes()).unwrap().unwrap();
    let short = Key { public: key.public.as_ref().map(|point| [&[2], &point[1..33]].concat()), ..key };
    assert_eq!(short.fits(&x509::presented(made!("ec.crt").as_bytes()).unwrap()), None);
}

#[test]
fn what_is_no_key_is_told() {
    for (text, problem) in [
        ("", Problem::NoPem),
        ("MHcCAQEE", Problem::NoPem),
        (made!("ec.crt"), Problem::NoKey),
        (made!("encrypted.pem"), Problem::Encrypted),
        (made!("encrypted-old.pem"), Problem::Encrypted),
    ] {
        assert_eq!(private(text.as_bytes()), Err(problem), "{text}");
    }
    // what cannot be understood may still be a key
    assert_eq!(private(b"-----BEGIN PRIVATE KEY-----\nYWJj\n-----END PRIVATE KEY-----\n"), Ok(None));
}

#[test]
fn no_key_is_shown() {
    let shown = format!("{:?}", pem::blocks(made!("ec.pem").as_bytes()));
    assert_eq!(shown, "[Block { label: \"PRIVATE KEY\", is_encrypted: false, bytes: 138 }]");
}

proptest! {
    #[test]
    fn damaged_keys_are_read_or_not(which in 0..PEM.len(), cut in 0_usize..700, damage in proptest::collection::vec((0_usize..700, any::<u8>()), 0..4)) {
        let mut der = pem::blocks(PEM[which].1.as_bytes()).pop().unwrap().bytes;
        for (at, byte) in damage {
            if let Some(place) = der.get_mut(at) {
                *place = byte;
            }
        }
        der.truncate(cut);
        let certificate = x509::presented(made!("ec.crt").as_bytes()).unwrap();
        let _ = of_private(&der).map(|key| key.fits(&certificate));
    }
}
