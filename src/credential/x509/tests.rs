use proptest::prelude::*;
use rcgen::string::{BmpString, TeletexString};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, DnValue, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
    SanType, SerialNumber, date_time_ymd,
};

use super::*;

fn made(params: &CertificateParams) -> String {
    params.self_signed(&KeyPair::generate().unwrap()).unwrap().pem()
}

fn named(attributes: &[(DnType, DnValue)]) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    for (kind, value) in attributes {
        params.distinguished_name.push(kind.clone(), value.clone());
    }
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2030, 1, 1);
    params
}

fn text(text: &str) -> DnValue {
    DnValue::Utf8String(text.to_owned())
}

#[test]
fn all_that_a_certificate_says() {
    // a second organization goes under the number of the first one's kind: each kind is kept once there
    let group = DnType::CustomDnType(vec![2, 5, 4, 10]);
    let mut params = named(&[(DnType::CommonName, text("alice")), (DnType::OrganizationName, text("dev")), (group, text("ops"))]);
    params.serial_number = Some(SerialNumber::from(vec![0x0a, 0x1f]));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::Other(vec![1, 2, 3])];
    params.subject_alt_names = vec![
        SanType::DnsName("acme.example".try_into().unwrap()),
        SanType::IpAddress("10.0.0.1".parse().unwrap()),
        SanType::IpAddress("::1".parse().unwrap()),
        SanType::URI("spiffe://acme/alice".try_into().unwrap()),
    ];
    let read = presented(made(&params).as_bytes()).unwrap();
    let moment = |text: &str| text.parse::<Timestamp>().unwrap();
    assert_eq!(read.subject, "CN=alice, O=dev, O=ops");
    assert_eq!(read.who(), "CN=alice, O=dev, O=ops");
    assert_eq!((read.common_name.as_deref(), read.organizations.as_slice()), (Some("alice"), &["dev".to_owned(), "ops".to_owned()][..]));
    assert_eq!((read.issuer.as_str(), read.serial.as_str()), (read.subject.as_str(), "0a:1f"));
    assert_eq!((read.not_before, read.not_after), (moment("2020-01-01T00:00:00Z"), moment("2030-01-01T00:00:00Z")));
    assert_eq!(read.usages.as_deref(), Some(&["digitalSignature", "keyEncipherment"][..]));
    assert_eq!(read.extended_usages.as_deref(), Some(&["clientAuth".to_owned(), "1.2.3".to_owned()][..]));
    assert_eq!(read.names, ["acme.example", "10.0.0.1", "::1", "spiffe://acme/alice"]);
    assert!(read.is_for_clients() && !read.may_sign() && !read.is_ca && !read.is_of_old);
    assert!(read.public_key.starts_with(&[0x30]));
}

#[test]
fn strings_of_old_are_text_too() {
    let read = |value: DnValue| presented(made(&named(&[(DnType::CommonName, value)])).as_bytes()).unwrap();
    assert_eq!(read(DnValue::BmpString(BmpString::try_from("größe").unwrap())).common_name.as_deref(), Some("größe"));
    assert_eq!(read(DnValue::TeletexString(TeletexString::try_from("alice").unwrap())).common_name.as_deref(), Some("alice"));
    let nobody = presented(made(&named(&[])).as_bytes()).unwrap();
    assert_eq!((nobody.subject.as_str(), nobody.who().as_str(), nobody.common_name), ("", "without a name", None));
}

#[test]
fn a_time_that_no_calendar_has_is_the_last_one() {
    let mut params = named(&[]);
    params.not_after = date_time_ymd(9999, 12, 31);
    assert_eq!(presented(made(&params).as_bytes()).unwrap().not_after, Timestamp::MAX);
}

#[test]
fn who_may_sign() {
    let of = |is_ca: IsCa, usages: &[KeyUsagePurpose]| {
        let mut params = named(&[]);
        params.is_ca = is_ca;
        params.key_usages = usages.to_vec();
        let read = presented(made(&params).as_bytes()).unwrap();
        (read.is_ca, read.may_sign())
    };
    let authority = || IsCa::Ca(BasicConstraints::Unconstrained);
    assert_eq!(of(authority(), &[]), (true, true));
    assert_eq!(of(authority(), &[KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign]), (true, true));
    assert_eq!(of(authority(), &[KeyUsagePurpose::DigitalSignature]), (true, false));
    assert_eq!(of(IsCa::ExplicitNoCa, &[KeyUsagePurpose::KeyCertSign]), (false, false));
    assert_eq!(of(IsCa::NoCa, &[]), (false, false));
    // made once by OpenSSL: version 1 has no place to say it
    let old = presented(include_bytes!("../key/made/old.crt")).unwrap();
    assert!(old.is_of_old && !old.is_ca && old.may_sign());
}

#[test]
fn who_stands_for_clients() {
    let of = |usages: &[ExtendedKeyUsagePurpose]| {
        let mut params = named(&[]);
        params.extended_key_usages = usages.to_vec();
        presented(made(&params).as_bytes()).unwrap().is_for_clients()
    };
    assert!(
        of(&[]) && of(&[ExtendedKeyUsagePurpose::Any]) && of(&[ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth])
    );
    assert!(!of(&[ExtendedKeyUsagePurpose::ServerAuth]));
}

#[test]
fn what_is_no_certificate_is_told() {
    let good = made(&named(&[(DnType::CommonName, text("good"))]));
    let bad = "-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\n";
    let key = KeyPair::generate().unwrap().serialize_pem();
    for (text, problem) in
        [("", Problem::NoPem), ("LS0tLS1CRUdJTi", Problem::NoPem), (key.as_str(), Problem::NoCertificate), (bad, Problem::Unreadable)]
    {
        assert_eq!(certificates(text.as_bytes()), Err(problem), "{text}");
        assert_eq!(presented(text.as_bytes()), Err(problem), "{text}");
    }
    let both = format!("{bad}{key}# a comment\n{good}");
    assert_eq!(certificates(both.as_bytes()).unwrap().len(), 1, "clients pass over what they cannot read");
    assert_eq!(presented(both.as_bytes()), Err(Problem::Unreadable), "and present the first alone");
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = certificate(&bytes);
        let _ = certificates(&bytes);
    }

    #[test]
    fn damaged_certificates_are_read_or_refused(which in 0..4_usize, cut in 0_usize..900, damage in proptest::collection::vec((0_usize..900, any::<u8>()), 0..5)) {
        let texts: [&[u8]; 4] = [
            include_bytes!("../key/made/rsa.crt"),
            include_bytes!("../key/made/ec.crt"),
            include_bytes!("../key/made/ed25519.crt"),
            include_bytes!("../key/made/old.crt"),
        ];
        let mut der = pem::blocks(texts[which]).pop().unwrap().bytes;
        for (at, byte) in damage {
            if let Some(place) = der.get_mut(at) {
                *place = byte;
            }
        }
        der.truncate(cut);
        if let Some(read) = certificate(&der) {
            let _ = (read.who(), read.may_sign(), read.is_for_clients());
        }
    }
}
