//! Every fault of a whole server: the sentence, the next step, the time, and what answers are worth then.

use std::fmt::Write as _;
use std::time::Duration;

use futures::stream::{self, StreamExt as _};
use serde_json::json;
use whycan::authz::Verdict;
use whycan::kubeconfig::{Data, Target};

use crate::certificates::Authority;
use crate::fake::{Fake, Front, Reply, Then};
use crate::support::{AMPLE, SHORT, facts, fill, masked, of_alice, of_carol, open, plain, secure, target, told, within};

/// A fault: its name, how long anything may take, the server and the way to it.
pub struct Case {
    pub name: &'static str,
    pub limit: Duration,
    pub fake: Fake,
    pub target: Target,
}

/// A server that plays something on every request.
fn all(name: &'static str, limit: Duration, reply: Reply) -> Case {
    let fake = plain();
    fake.on("", reply);
    let target = target(&fake.url());
    Case { name, limit, fake, target }
}

/// A server that meets connections in a way, at `http` or `https`.
fn front(name: &'static str, limit: Duration, scheme: &str, front: Front) -> Case {
    let fake = plain();
    fake.front(front);
    let target = target(&format!("{scheme}://{}", fake.address()));
    Case { name, limit, fake, target }
}

/// A server with a certificate.
fn tls(name: &'static str, trusted: &Authority, signer: &Authority, names: &[&str], years: (i32, i32)) -> Case {
    let certificate = signer.server_of(names, years);
    let fake = Fake::start(Front::tls(&certificate.certificate, &certificate.key, None));
    fill(&fake);
    let target = secure(&fake.url(), &trusted.pem(), "admin");
    Case { name, limit: AMPLE, fake, target }
}

/// A server that wants a certificate of its own authority.
fn clients(name: &'static str, user: Option<&Authority>) -> Case {
    let authority = Authority::new();
    let server = authority.server();
    let fake = Fake::start(Front::tls(&server.certificate, &server.key, Some(&authority.pem())));
    fill(&fake);
    let mut target = secure(&fake.url(), &authority.pem(), "admin");
    target.user.token = None;
    if let Some(signer) = user {
        let certificate = signer.user("alice", &["dev"]);
        target.user.client_certificate = Some(Data::Inline(certificate.certificate.into_bytes()));
        target.user.client_key = Some(Data::Inline(certificate.key.into_bytes()));
    }
    Case { name, limit: AMPLE, fake, target }
}

pub fn cases() -> Vec<Case> {
    let version = || Reply::json(&json!({ "gitVersion": "v1.36.3", "padding": "x".repeat(500) }));
    let (one, other) = (Authority::new(), Authority::new());
    let here: &[&str] = &["127.0.0.1", "localhost"];
    let mut refused = all("nobody listens", AMPLE, version());
    refused.fake.stop();
    let tls_at_http = {
        let server = one.server();
        Front::tls(&server.certificate, &server.key, None)
    };
    let later = |seconds: &str| Reply::status(429, "too many requests, please try again later").header("retry-after", seconds);
    vec![
        refused,
        front("it takes connections and says nothing", SHORT, "http", Front::Silent),
        front("it says nothing in TLS", SHORT, "https", Front::Silent),
        front("it resets every connection", AMPLE, "http", Front::Reset),
        front("it resets every connection in TLS", AMPLE, "https", Front::Reset),
        front("plain HTTP where TLS is expected", AMPLE, "https", Front::Plain),
        front("TLS where plain HTTP is expected", AMPLE, "http", tls_at_http),
        front("another protocol", AMPLE, "http", Front::Says(b"SSH-2.0-OpenSSH_9.2p1\r\n")),
        front("another protocol where TLS is expected", AMPLE, "https", Front::Says(b"SSH-2.0-OpenSSH_9.2p1\r\n")),
        all("half a header", SHORT, version().cut(20, Then::Silence)),
        all("half a header and the end", AMPLE, version().cut(20, Then::Close)),
        all("half a body", SHORT, version().cut(200, Then::Silence)),
        all("half a body and the end", AMPLE, version().cut(200, Then::Close)),
        all("half a body and a reset", AMPLE, version().cut(200, Then::Reset)),
        all("a body without end", SHORT, version().then(Then::Drip(b" "))),
        all("an error without end", SHORT, Reply::page(500).then(Then::Drip(b" "))),
        tls("a certificate that has expired", &one, &one, here, (2020, 2021)),
        tls("a certificate that is not valid yet", &one, &one, here, (3000, 3001)),
        tls("a certificate for another host", &one, &one, &["kubernetes.default.svc", "10.96.0.1"], (2020, 4000)),
        tls("a certificate of another authority", &one, &other, here, (2020, 4000)),
        clients("no client certificate where one is wanted", None),
        clients("a client certificate of another authority", Some(&other)),
        all("a page for browsers", AMPLE, Reply::page(200)),
        all("a redirect to a login page", AMPLE, Reply::page(302).header("location", "https://login.example/?next=secret")),
        all("another kind", AMPLE, Reply::json(&json!({ "kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": [] }))),
        all(
            "a Status with 200",
            AMPLE,
            Reply::json(&json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "no", "code": 500 })),
        ),
        all("garbage", AMPLE, Reply::new(200, "application/json", "\u{1}\u{2}garbage")),
        all("JSON that breaks off", AMPLE, Reply::new(200, "application/json", r#"{"kind": "RoleList", "items": [{"meta"#)),
        all("nothing at all", AMPLE, Reply::new(200, "application/json", "")),
        all("an array", AMPLE, Reply::new(200, "application/json", "[1, 2]")),
        all("400", AMPLE, Reply::status(400, "the server rejected our request")),
        all("401", AMPLE, Reply::status(401, "Unauthorized")),
        all("403", AMPLE, Reply::status(403, r#"roles is forbidden: User "alice" cannot list resource "roles""#)),
        all("403 as a page", AMPLE, Reply::page(403)),
        all("404", AMPLE, Reply::new(404, "text/plain", "404 page not found\n")),
        all("405", AMPLE, Reply::status(405, "the server does not allow this method on the requested resource")),
        all("407", AMPLE, Reply::new(407, "text/plain", "proxy authentication required")),
        all("409", AMPLE, Reply::status(409, "the object has been modified")),
        all("410", AMPLE, Reply::status(410, "the provided continue parameter is too old")),
        all("422", AMPLE, Reply::status(422, "resourceVersion is invalid")),
        all("429 and no word when", AMPLE, Reply::status(429, "too many requests")),
        all("429 for an hour", AMPLE, later("3600")),
        all("500", AMPLE, Reply::status(500, "etcdserver: request timed out")),
        all("502 as a page", AMPLE, Reply::page(502)),
        all("503", AMPLE, Reply::new(503, "text/plain", "no healthy upstream")),
        all("504", AMPLE, Reply::status(504, "Timeout: request did not complete within the allotted timeout")),
        all("a status of none", AMPLE, Reply::status(699, "odd")),
    ]
}

/// A sentence without the path that was asked for.
fn without_path(text: &str) -> String {
    let word = |word: &str| if word.starts_with("/api") || word.starts_with("/version") { "PATH".to_owned() } else { word.to_owned() };
    text.split(' ').map(|part| word(part.trim_end_matches(','))).collect::<Vec<_>>().join(" ")
}

/// What is said of a fault, and what the facts are worth.
async fn report(case: Case) -> String {
    let connection = open(&case.target, case.limit).await;
    let failure = within(case.name, connection.version()).await.unwrap_err();
    let facts = facts(&connection).await;
    let verdicts = (of_alice(&facts), of_carol(&facts));
    assert_eq!(verdicts, (Verdict::Unknown, Verdict::Unknown), "{}", case.name);
    let mut out = format!("# {}\n{}\n", case.name, told(&failure, &case.fake));
    // seven kinds and the two halves of discovery: those that are not told in the same words
    for gap in facts.gaps() {
        assert!(!gap.why.is_empty(), "{}: {gap:?}", case.name);
        if without_path(&gap.why) != without_path(&failure.message) {
            writeln!(out, "  {}: {}", gap.what, masked(&gap.why, &case.fake)).unwrap();
        }
    }
    writeln!(out, "  ({} gaps)\n", facts.gaps().len()).unwrap();
    out
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_has_a_cause_and_a_next_step() {
    let reports: Vec<String> = stream::iter(cases().into_iter().map(report)).buffered(8).collect().await;
    insta::assert_snapshot!(reports.concat());
}
