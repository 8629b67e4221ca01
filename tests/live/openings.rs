//! What leads to no connection at all: what a kubeconfig says and cannot be.

use std::fmt::Write as _;

use whycan::kubeconfig::{Cluster, Data, Target, User};
use whycan::source::live::Connection;

use crate::certificates::Authority;
use crate::support::{AMPLE, options, target};

fn inline(text: &str) -> Data {
    Data::Inline(text.as_bytes().to_vec())
}

fn file(path: &str) -> Data {
    Data::File(path.to_owned())
}

/// A target with a user.
fn user(user: User) -> Target {
    Target { user: User { name: "me".to_owned(), ..user }, ..target("https://127.0.0.1:1") }
}

/// A target with a cluster.
fn cluster(cluster: Cluster) -> Target {
    let server = if cluster.server.is_empty() { "https://127.0.0.1:1".to_owned() } else { cluster.server.clone() };
    Target { cluster: Cluster { name: "c".to_owned(), server, ..cluster }, ..Target::default() }
}

fn cases(folder: &std::path::Path) -> Vec<(&'static str, Target)> {
    let empty = folder.join("empty");
    std::fs::write(&empty, " \n").unwrap();
    let certificate = Authority::new().user("alice", &[]);
    let other = Authority::new().user("alice", &[]);
    let server = |server: &str| cluster(Cluster { server: server.to_owned(), ..Cluster::default() });
    vec![
        ("no server", Target::default()),
        ("a server that is no URL", server("https://a b")),
        ("a server of another scheme", server("unix:///var/run/x")),
        ("a server with a password", server("ftp://me:secret@x")),
        ("an authority that is no PEM", cluster(Cluster { certificate_authority: Some(inline("x")), ..Cluster::default() })),
        ("an authority that is not there", cluster(Cluster { certificate_authority: Some(file("/nowhere/ca.crt")), ..Cluster::default() })),
        ("a proxy that is none", cluster(Cluster { proxy_url: Some("ftp://me:secret@x".to_owned()), ..Cluster::default() })),
        ("a certificate without key", user(User { client_certificate: Some(inline(&certificate.certificate)), ..User::default() })),
        (
            "a certificate that is not there",
            user(User { client_certificate: Some(file("/nowhere/a.crt")), client_key: Some(file("/nowhere/a.key")), ..User::default() }),
        ),
        (
            "a certificate that is none",
            user(User { client_certificate: Some(inline("x")), client_key: Some(inline(&certificate.key)), ..User::default() }),
        ),
        (
            "a key that is none",
            user(User { client_certificate: Some(inline(&certificate.certificate)), client_key: Some(inline("x")), ..User::default() }),
        ),
        (
            "a key of another certificate",
            user(User {
                client_certificate: Some(inline(&certificate.certificate)),
                client_key: Some(inline(&other.key)),
                ..User::default()
            }),
        ),
        ("a token of two lines", user(User { token: Some("a\nb".into()), ..User::default() })),
        ("a token file that is not there", user(User { token_file: Some("/nowhere/token".to_owned()), ..User::default() })),
        ("an empty token file", user(User { token_file: Some(empty.display().to_string()), ..User::default() })),
        ("a token and a user name", user(User { token: Some("t".into()), username: Some("me".to_owned()), ..User::default() })),
        ("an auth provider", user(User { auth_provider: Some("gcp".to_owned()), ..User::default() })),
        ("groups without a user to be", {
            let mut user = User::default();
            user.impersonation.groups = vec!["dev".to_owned()];
            self::user(user)
        }),
        ("a user to be whom no header can hold", {
            let mut user = User::default();
            user.impersonation.user = Some("a\r\nb".to_owned());
            self::user(user)
        }),
    ]
}

#[tokio::test]
async fn what_leads_nowhere_says_why_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let mut out = String::new();
    for (name, target) in cases(folder.path()) {
        let told = match Connection::open(&target, &options(AMPLE)).await {
            Ok(_) => "opened".to_owned(),
            Err(failure) => std::iter::once(failure.message).chain(failure.hints).collect::<Vec<_>>().join("\n    "),
        };
        writeln!(out, "# {name}\n{}\n", told.replace(&folder.path().display().to_string(), "FOLDER")).unwrap();
    }
    assert!(!out.contains("secret"), "{out}");
    insta::assert_snapshot!(out);
}
