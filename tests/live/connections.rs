//! Connections and requests: how many, with which headers, and what is tried again.

use serde_json::json;
use whycan::authz::{Request, Verdict};
use whycan::source::live::Connection;

use crate::certificates::Authority;
use crate::fake::{Fake, Front, Reply, Then};
use crate::support::{AMPLE, facts, fill, of_alice, open, options, plain, plan, secure, target, told};

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_few_and_used_again() {
    let fake = plain();
    let connection = open(&target(&fake.url()), AMPLE).await;
    facts(&connection).await;
    facts(&connection).await;
    facts(&connection).await;
    // as many as are asked for side by side, and a few that were begun when another became free
    assert!(fake.seen().len() >= 27 && fake.connections() <= 14, "{}", fake.connections());
    assert!(fake.most() <= 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_ended_while_idle_is_nobodys_business() {
    let fake = plain();
    let connection = open(&target(&fake.url()), AMPLE).await;
    connection.version().await.unwrap();
    fake.hang_up();
    connection.version().await.unwrap();
    // one that ends instead of an answer: a new one is tried, once, also for a review
    let request = Request::resource("get", "", "pods", "dev");
    fake.times(1, "/version", Reply::json(&json!({})).cut(0, Then::Close));
    fake.times(1, "selfsubjectaccessreviews", Reply::json(&json!({})).cut(0, Then::Reset));
    connection.version().await.unwrap();
    assert!(connection.review(None, &request).await.unwrap().allowed);
    fake.times(2, "/version", Reply::json(&json!({})).cut(0, Then::Close));
    let failure = connection.version().await.unwrap_err();
    assert_eq!(
        told(&failure, &fake),
        "http://SERVER has ended the connection in the middle\n    Try again; a restarting server does this."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_request_says_what_it_takes_and_who_asks() {
    let authority = Authority::new();
    let server = authority.server();
    let fake = Fake::start(Front::tls(&server.certificate, &server.key, None));
    fill(&fake);
    let connection = open(&secure(&fake.url(), &authority.pem(), "admin"), AMPLE).await;
    assert_eq!(of_alice(&facts(&connection).await), Verdict::Allowed);
    for seen in fake.seen() {
        assert_eq!(seen.header("authorization"), ["Bearer admin"]);
        // nothing is compressed where no network lies between
        assert!(seen.header("accept-encoding").is_empty(), "{seen:?}");
        let is_discovery = matches!(seen.path.as_str(), "/api" | "/apis");
        let accepts = seen.header("accept");
        assert_eq!(accepts.len(), 1);
        assert_eq!(accepts[0].contains("APIGroupDiscoveryList"), is_discovery, "{seen:?}");
        assert!(accepts[0].ends_with("application/json"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_credential_goes_over_plain_http() {
    let fake = plain();
    let mut target = target(&fake.url());
    target.user.token = Some("secret".into());
    let (connection, presented) = Connection::open(&target, &options(AMPLE)).await.unwrap();
    connection.version().await.unwrap();
    assert!(fake.seen().iter().all(|seen| seen.header("authorization").is_empty()));
    assert_eq!(presented.findings[0].code, "credential-not-sent");
}

/// `{"gitVersion":"v1.36.3"}`, packed.
const PACKED: &[u8] = &[
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff, 0xab, 0x56, 0x4a, 0xcf, 0x2c, 0x09, 0x4b, 0x2d, 0x2a, 0xce, 0xcc, 0xcf,
    0x53, 0xb2, 0x52, 0x2a, 0x33, 0xd4, 0x33, 0x36, 0xd3, 0x33, 0x56, 0xaa, 0x05, 0x00, 0x9a, 0x6b, 0x05, 0xe1, 0x18, 0x00, 0x00, 0x00,
];

#[tokio::test(flavor = "multi_thread")]
async fn through_a_proxy_answers_may_be_packed() {
    let fake = plain();
    let mut target = target("http://cluster.example:8080");
    target.cluster.proxy_url = Some(fake.url());
    fake.on("/version", Reply::new(200, "application/json", PACKED).header("content-encoding", "gzip"));
    let connection = open(&target, AMPLE).await;
    assert_eq!(connection.version().await.unwrap().git_version, "v1.36.3");
    let seen = fake.seen();
    assert_eq!((seen[0].line(), seen[1].line()), ("CONNECT cluster.example:8080".to_owned(), "GET /version".to_owned()));
    assert_eq!(seen[1].header("accept-encoding"), ["gzip"]);
    // packed, and broken off
    fake.on("/version", Reply::new(200, "application/json", &PACKED[..30]).header("content-encoding", "gzip"));
    let failure = connection.version().await.unwrap_err();
    assert_eq!(failure.message, "http://cluster.example:8080 has ended the connection in the middle");
    // packed, it says
    fake.on("/version", Reply::new(200, "application/json", "{}").header("content-encoding", "gzip"));
    let failure = connection.version().await.unwrap_err();
    assert_eq!(failure.message, "the answer of http://cluster.example:8080 cannot be unpacked: invalid gzip header");
    target.cluster.disable_compression = true;
    open(&target, AMPLE).await.version().await.unwrap_err();
    assert!(fake.seen().last().unwrap().header("accept-encoding").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_refuses_is_named() {
    for (reply, sentence) in [
        (Reply::page(407), "the proxy does not lead to http://cluster.example:8080: proxy authorization required"),
        (Reply::page(502), "the proxy does not lead to http://cluster.example:8080: unsuccessful"),
    ] {
        let fake = plain();
        fake.on("CONNECT", reply);
        let mut target = target("http://cluster.example:8080");
        target.cluster.proxy_url = Some(fake.url());
        let failure = open(&target, AMPLE).await.version().await.unwrap_err();
        assert_eq!(failure.message, sentence);
        assert_eq!(failure.hints, ["Check proxy-url in the kubeconfig, or HTTPS_PROXY and NO_PROXY."]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_is_not_there_is_not_taken_for_the_cluster() {
    for (scheme, told_of) in [
        ("http", "nobody listens at the proxy http://SERVER (connection refused)"),
        ("socks5", "the proxy socks5://SERVER cannot be reached"),
    ] {
        let mut fake = plain();
        let mut target = target("https://cluster.example");
        target.cluster.proxy_url = Some(format!("{scheme}://me:secret@{}", fake.address()));
        let connection = open(&target, AMPLE).await;
        fake.stop();
        let failure = connection.version().await.unwrap_err();
        assert_eq!(told(&failure, &fake), format!("{told_of}\n    Check proxy-url in the kubeconfig, or HTTPS_PROXY and NO_PROXY."));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_end_is_not_kept() {
    let fake = plain();
    fake.on("/version", Reply::new(500, "application/json", "{").then(Then::Flood(&[b' '; 8192])));
    let connection = open(&target(&fake.url()), AMPLE).await;
    let failure = connection.version().await.unwrap_err();
    assert_eq!(
        told(&failure, &fake),
        "http://SERVER has failed (500)\n    Look at the API server's health: kubectl get --raw '/readyz?verbose'"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_a_feed_ends_its_requests() {
    let fake = plain();
    let connection = open(&target(&fake.url()), AMPLE).await;
    let mut watched = crate::support::Watched::new(&connection, &plan(true));
    watched.until("all is live", |watched| watched.has_said("live")).await;
    fake.until("all are watched", |fake| fake.watches("watch=1") == 6);
    drop(watched);
    tokio::task::spawn_blocking(move || fake.until("nobody watches", |fake| fake.watches("watch=1") == 0)).await.unwrap();
}
