use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, date_time_ymd};

use super::*;
use crate::base::Severity::{self, Error, Info, Warning};
use crate::kubeconfig::lint::{Content, Seen};
use crate::kubeconfig::{merge, read};

const NOW: &str = "2030-06-15T12:00:00Z";

/// A certificate and its key, in PEM.
struct Made {
    certificate: String,
    key: String,
}

fn date(year: i32, month: u8, day: u8) -> (i32, u8, u8) {
    (year, month, day)
}

fn made(from: (i32, u8, u8), to: (i32, u8, u8), change: impl FnOnce(&mut CertificateParams)) -> Made {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "acme");
    params.not_before = date_time_ymd(from.0, from.1, from.2);
    params.not_after = date_time_ymd(to.0, to.1, to.2);
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    Made { certificate: params.self_signed(&key).unwrap().pem(), key: key.serialize_pem() }
}

fn authority(from: (i32, u8, u8), to: (i32, u8, u8)) -> String {
    made(from, to, |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)).certificate
}

fn client(from: (i32, u8, u8), to: (i32, u8, u8), usage: ExtendedKeyUsagePurpose) -> Kubeconfig {
    let made = made(from, to, |params| params.extended_key_usages = vec![usage]);
    pair(&made.certificate, &made.key)
}

fn good() -> Made {
    made(date(2029, 1, 1), date(2035, 1, 1), |_| ())
}

fn pair(certificate: &str, key: &str) -> Kubeconfig {
    of(
        "{server: 'https://s'}",
        &format!("{{client-certificate-data: {}, client-key-data: {}}}", STANDARD.encode(certificate), STANDARD.encode(key)),
    )
}

fn trusting(authority: &str) -> Kubeconfig {
    of(&format!("{{server: 'https://s', certificate-authority-data: {}}}", STANDARD.encode(authority)), "{}")
}

fn of(cluster: &str, user: &str) -> Kubeconfig {
    let text = format!(
        "contexts: [{{name: a, context: {{cluster: c, user: u}}}}]\nclusters: [{{name: c, cluster: {cluster}}}]\nusers: [{{name: u, user: {user}}}]"
    );
    merge(vec![read("/f", text.as_bytes()).unwrap()])
}

fn token(claims: &str) -> Kubeconfig {
    of("{}", &format!("{{token: h.{}.s}}", URL_SAFE_NO_PAD.encode(claims)))
}

/// What is known: the time, and what files hold.
fn known(files: &[(&str, &str)]) -> Surroundings {
    let seen = |&(path, text): &(&str, &str)| {
        let content = Content::Bytes(text.as_bytes().to_vec());
        (path.to_owned(), Seen { is_link: false, access: None, content })
    };
    Surroundings { now: Some(NOW.parse().unwrap()), files: files.iter().map(seen).collect(), ..Surroundings::default() }
}

fn told(kubeconfig: &Kubeconfig, surroundings: &Surroundings) -> Vec<String> {
    lint(kubeconfig, surroundings).into_iter().map(|finding| finding.message).collect()
}

/// For each code a kubeconfig that has it, and one nearly the same that has it not.
fn table() -> Vec<(&'static str, Severity, Kubeconfig, Kubeconfig)> {
    let (past, soon, later) = (date(2030, 6, 15), date(2030, 7, 15), date(2030, 7, 16));
    let begin = date(2029, 1, 1);
    let clients = || ExtendedKeyUsagePurpose::ClientAuth;
    let encrypted = include_str!("../key/made/encrypted.pem");
    let (one, other) = (good(), good());
    let file = |text: &str| of("{}", &format!("{{tokenFile: {text}}}"));
    vec![
        ("authority-cannot-sign", Warning, trusting(&one.certificate), trusting(&(one.certificate.clone() + &authority(begin, later)))),
        ("certificate-not-for-clients", Error, client(begin, later, ExtendedKeyUsagePurpose::ServerAuth), client(begin, later, clients())),
        ("expired", Error, client(begin, past, clients()), client(begin, later, clients())),
        ("expired", Error, trusting(&authority(begin, past)), trusting(&(authority(begin, past) + &authority(begin, later)))),
        ("expired", Error, token(r#"{"exp": 1700000000}"#), token(r#"{"exp": 1907841600}"#)),
        ("expires-soon", Info, client(begin, soon, clients()), client(begin, later, clients())),
        ("expires-soon", Info, client(begin, soon, clients()), client(date(2030, 6, 15), soon, clients())),
        ("expires-soon", Info, trusting(&authority(begin, soon)), trusting(&authority(begin, later))),
        ("key-encrypted", Error, pair(&one.certificate, encrypted), pair(&one.certificate, &one.key)),
        ("key-of-another-certificate", Error, pair(&one.certificate, &other.key), pair(&other.certificate, &other.key)),
        ("no-certificate", Error, pair("hunter2", &one.key), pair(&one.certificate, &one.key)),
        ("no-certificate", Error, trusting(&one.key), trusting(&one.certificate)),
        ("no-key", Error, pair(&one.certificate, &one.certificate), pair(&one.certificate, &one.key)),
        ("not-yet-valid", Error, client(date(2030, 6, 16), date(2035, 1, 1), clients()), client(begin, later, clients())),
        ("token-file-empty", Error, file("empty"), file("full")),
        ("token-in-file", Warning, token("{}"), token(r#"{"exp": 1910000000}"#)),
        ("token-in-file", Info, token(r#"{"exp": 2000000000}"#), token(r#"{"exp": 1910000000}"#)),
        ("token-in-file", Info, of("{}", "{token: hunter2}"), of("{}", "{token: k8s-aws-v1.x}")),
    ]
}

#[test]
fn each_code_is_told_where_it_is_so_and_nowhere_else() {
    let surroundings = known(&[("/empty", " \n"), ("/full", "hunter2\n")]);
    for (code, severity, has, has_not) in table() {
        let found =
            |kubeconfig: &Kubeconfig| lint(kubeconfig, &surroundings).iter().map(|one| (one.code, one.severity)).collect::<Vec<_>>();
        assert!(found(&has).contains(&(code, severity)), "{code}: {:?}", found(&has));
        assert!(found(&has_not).iter().all(|(other, _)| *other != code), "{code}: {:?}", found(&has_not));
        for finding in lint(&has, &surroundings) {
            assert!(CODES.iter().any(|(code, _)| *code == finding.code), "{finding:?}");
            assert!(finding.fix.is_some() && finding.source.is_some(), "{finding:?}");
            assert!(!format!("{finding:?}").contains("hunter2"), "{finding:?}");
        }
    }
}

#[test]
fn all_codes_are_listed_once_and_tried() {
    let listed: Vec<&str> = CODES.iter().map(|(code, _)| *code).collect();
    assert!(listed.is_sorted_by(|a, b| a < b), "{listed:?}");
    let tried: BTreeSet<&str> = table().into_iter().map(|(code, ..)| code).collect();
    assert_eq!(tried.into_iter().collect::<Vec<_>>(), listed);
    let codes = listed.iter().filter(|code| crate::kubeconfig::lint::CODES.iter().any(|(other, _)| other == *code));
    assert_eq!(codes.count(), 0, "a code is of one room");
}

#[test]
fn sentences_name_certificate_and_time() {
    let begin = date(2029, 1, 1);
    let surroundings = known(&[("/empty", "")]);
    for (kubeconfig, sentence) in [
        (
            client(begin, date(2030, 1, 1), ExtendedKeyUsagePurpose::ClientAuth),
            "user u has a client certificate, CN=acme, that expired on 2030-01-01 00:00 UTC",
        ),
        (
            client(date(2031, 1, 1), date(2035, 1, 1), ExtendedKeyUsagePurpose::Any),
            "user u has a client certificate, CN=acme, that is valid only from 2031-01-01 00:00 UTC",
        ),
        (
            client(begin, date(2035, 1, 1), ExtendedKeyUsagePurpose::ServerAuth),
            "user u has a client certificate, CN=acme, that is made for serverAuth, and not for clientAuth",
        ),
        (
            trusting(&authority(begin, date(2030, 7, 1))),
            "cluster c has a certificate authority, CN=acme, that expires on 2030-07-01 00:00 UTC",
        ),
        (
            trusting(&good().certificate),
            "cluster c has a certificate authority, CN=acme, that is none: it fits no server but one that shows this very certificate",
        ),
        (trusting("x"), "cluster c has a certificate authority that is no PEM"),
        (pair(&good().certificate, "x"), "user u has a client key that is no PEM"),
        (pair(&good().certificate, &good().key), "user u has a client key that does not belong to its certificate"),
        (token(r#"{"exp": 1700000000}"#), "user u has a token that expired on 2023-11-14 22:13 UTC"),
        (token("{}"), "user u has a token in the file that never ends: whoever reads the file can use it"),
        (of("{}", "{tokenFile: empty}"), "user u has its token in /empty, which is empty"),
    ] {
        assert_eq!(told(&kubeconfig, &surroundings), [sentence]);
    }
}

#[test]
fn files_are_looked_into_as_far_as_they_are_known() {
    let made = good();
    let kubeconfig = of("{server: 'https://s', certificate-authority: ca}", "{client-certificate: c, client-key: k}");
    assert_eq!(told(&kubeconfig, &known(&[])), Vec::<String>::new());
    assert_eq!(told(&kubeconfig, &known(&[("/c", &made.certificate)])), Vec::<String>::new());
    assert_eq!(told(&kubeconfig, &known(&[("/c", &made.certificate), ("/k", &made.key)])), Vec::<String>::new());
    assert_eq!(
        told(&kubeconfig, &known(&[("/c", &made.certificate), ("/k", &good().key), ("/ca", "x")])),
        ["cluster c has a certificate authority that is no PEM", "user u has a client key that does not belong to its certificate"]
    );
}

#[test]
fn without_the_time_none_is_told() {
    let kubeconfig = client(date(2020, 1, 1), date(2021, 1, 1), ExtendedKeyUsagePurpose::ClientAuth);
    assert_eq!(told(&kubeconfig, &Surroundings::default()), Vec::<String>::new());
    assert_eq!(told(&token(r#"{"exp": 1}"#), &Surroundings::default()), Vec::<String>::new());
}

#[test]
fn a_token_that_a_file_replaces_is_not_said_to_be_over() {
    let text = format!("{{token: h.{}.s, tokenFile: t}}", URL_SAFE_NO_PAD.encode(r#"{"exp": 1700000000}"#));
    assert_eq!(told(&of("{}", &text), &known(&[])), Vec::<String>::new());
}
