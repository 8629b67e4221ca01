//! What is presented, checked at a server that plays: keys, what a token is bound to, the clock, and all of it as it changes.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use whycan::base::Finding;
use whycan::credential::jwt::Signature;
use whycan::identity::Identity;
use whycan::kubeconfig::Target;
use whycan::session::{Find, Options, Session, Walk};
use whycan::source::live::{self, Checked, Checks, Connection};

use crate::certificates::Authority;
use crate::fake::{Fake, Front, Reply, Then};
use crate::support::{AMPLE, binding, core, fill, masked, options, role, secure, within};

const CLUSTER: &str = "https://kubernetes.default.svc";
const NAME: &str = "system:serviceaccount:dev:web";

/// A key that signs, and is published.
pub struct Signer {
    pair: EcdsaKeyPair,
    id: String,
}

impl Signer {
    pub fn new(id: &str) -> Self {
        let random = ring::rand::SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
        Self { pair, id: id.to_owned() }
    }

    pub fn sign(&self, claims: &Value) -> String {
        let header = json!({"alg": "ES256", "kid": self.id});
        let message = [header.to_string(), claims.to_string()].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
        let signature = self.pair.sign(&ring::rand::SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }

    pub fn keys(&self) -> Value {
        let point = &self.pair.public_key().as_ref()[1..];
        let [x, y] = [&point[..32], &point[32..]].map(|part| URL_SAFE_NO_PAD.encode(part));
        json!({ "keys": [{"kty": "EC", "crv": "P-256", "kid": self.id, "use": "sig", "x": x, "y": y}] })
    }
}

fn object(kind: &str, namespace: &str, name: &str, uid: &str) -> Value {
    let mut object = core(kind, namespace, name);
    object["metadata"]["uid"] = Value::from(uid);
    object
}

/// A server in TLS where a service account may look at what its token is bound to.
struct Place {
    fake: Fake,
    target: Target,
    signer: Signer,
    token: String,
}

fn claims(binding: &Value) -> Value {
    let now = jiff::Timestamp::now().as_second();
    let mut kubernetes = json!({"namespace": "dev", "serviceaccount": {"name": "web", "uid": "u-sa"}});
    kubernetes.as_object_mut().unwrap().extend(binding.as_object().unwrap().clone());
    json!({"iss": CLUSTER, "aud": [CLUSTER], "sub": NAME, "iat": now, "nbf": now, "exp": now + 3600, "jti": "j", "kubernetes.io": kubernetes})
}

fn pod() -> Value {
    json!({"pod": {"name": "web-0", "uid": "u-pod"}, "node": {"name": "n1", "uid": "u-node"}})
}

impl Place {
    fn new(claims: &Value) -> Self {
        let authority = Authority::new();
        let server = authority.server();
        let fake = Fake::start(Front::tls(&server.certificate, &server.key, None));
        fill(&fake);
        let signer = Signer::new("cluster-1");
        let token = signer.sign(claims);
        fake.user(&token, Identity::literal(NAME, ["system:serviceaccounts".into(), "system:authenticated".into()]));
        let keys = signer.keys();
        fake.play("/openid/v1/jwks", move |seen| {
            // as the server itself, which gives them in no other way
            let is_wanted = seen.header("accept").iter().any(|accept| accept.contains("application/jwk-set+json"));
            if is_wanted { Reply::json(&keys) } else { Reply::new(406, "text/plain", "406: Not Acceptable") }
        });
        for object in [
            object("ServiceAccount", "dev", "web", "u-sa"),
            object("Pod", "dev", "web-0", "u-pod"),
            object("Secret", "dev", "bound", "u-secret"),
            object("Node", "", "n1", "u-node"),
        ] {
            fake.put(&object);
        }
        for resource in ["pods", "secrets", "serviceaccounts", "nodes"] {
            let name = format!("look-at-{resource}");
            fake.put(&role("ClusterRole", "", &name, &["get", "watch"], resource));
            fake.put(&binding("ClusterRoleBinding", "", &name, NAME, ("ClusterRole", &name)));
        }
        let target = secure(&fake.url(), &authority.pem(), &token);
        Self { fake, target, signer, token }
    }

    async fn connection(&self) -> (Connection, std::sync::Arc<whycan::credential::Decoded>) {
        let (connection, presented) = Connection::open(&self.target, &options(AMPLE)).await.unwrap();
        (connection, presented.decoded.unwrap())
    }

    async fn check(&self) -> Checked {
        let (connection, decoded) = self.connection().await;
        within("the check", connection.check(&decoded)).await
    }

    fn told(&self, checked: &Checked) -> String {
        let lines = checked.findings.iter().map(|finding| format!("{:?} {}: {}", finding.severity, finding.code, finding.message));
        let notes = checked.notes.iter().map(|note| format!("note: {note}"));
        masked(&lines.chain(notes).collect::<Vec<_>>().join("\n"), &self.fake)
    }
}

fn codes(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.code).collect()
}

/// Takes what is told until something holds.
async fn until(checks: &mut Checks, what: &str, holds: impl Fn(&Checked) -> bool + Send + Sync) -> Checked {
    within(what, async {
        loop {
            let checked = checks.next().await.expect("it goes on");
            if holds(&checked) {
                return checked;
            }
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_right_has_nothing_to_be_told() {
    let place = Place::new(&claims(&pod()));
    let checked = place.check().await;
    assert_eq!(place.told(&checked), "");
    assert_eq!((checked.signature, checked.keys_from.as_deref()), (Some(Signature::Valid), Some("the cluster")));
    assert_eq!((checked.is_accepted, checked.skew_seconds), (Some(true), None));
    // the node of a pod's token is information alone, and of an object nothing but its metadata is asked for
    assert_eq!(place.fake.count("/nodes"), 0);
    let asked = place.fake.seen();
    let looks: Vec<_> = asked.iter().filter(|seen| seen.path.starts_with("/api/v1/namespaces/dev/")).collect();
    assert_eq!(looks.len(), 2);
    assert!(looks.iter().all(|seen| seen.header("accept") == ["application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"]));
    assert!(asked.iter().all(|seen| seen.method == "GET"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_token_is_bound_to_is_looked_up() {
    for (bound, gone, another) in [
        (pod(), object("Pod", "dev", "web-0", "u-pod"), object("Pod", "dev", "web-0", "u-other")),
        (
            json!({"secret": {"name": "bound", "uid": "u-secret"}}),
            object("Secret", "dev", "bound", "u-secret"),
            object("Secret", "dev", "bound", "u-other"),
        ),
        (json!({"node": {"name": "n1", "uid": "u-node"}}), object("Node", "", "n1", "u-node"), object("Node", "", "n1", "u-other")),
        (json!({}), object("ServiceAccount", "dev", "web", "u-sa"), object("ServiceAccount", "dev", "web", "u-other")),
    ] {
        let place = Place::new(&claims(&bound));
        assert_eq!(codes(&place.check().await.findings), Vec::<&str>::new());
        place.fake.put(&another);
        let replaced = place.check().await;
        place.fake.delete(&gone);
        let gone = place.check().await;
        let found = [codes(&replaced.findings), codes(&gone.findings)].concat();
        assert!(found.len() == 2 && found[0].ends_with("-replaced") && found[1].ends_with("-gone"), "{found:?}");
        assert!(gone.notes.is_empty() && replaced.notes.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_being_deleted_ends_soon_or_has_ended() {
    let place = Place::new(&claims(&pod()));
    let mut dying = object("Pod", "dev", "web-0", "u-pod");
    let when = |seconds: i64| Value::from(jiff::Timestamp::from_second(jiff::Timestamp::now().as_second() + seconds).unwrap().to_string());
    for (seconds, severity) in [(30, "Warning"), (-30, "Warning"), (-90, "Error")] {
        dying["metadata"]["deletionTimestamp"] = when(seconds);
        place.fake.put(&dying);
        let told = place.told(&place.check().await);
        assert!(told.starts_with(&format!("{severity} bound-pod-terminating")), "{seconds}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_looked_at_is_noted_and_stays_open() {
    let place = Place::new(&claims(&pod()));
    place.fake.delete(&binding("ClusterRoleBinding", "", "look-at-pods", NAME, ("ClusterRole", "look-at-pods")));
    place.fake.delete(&object("Pod", "dev", "web-0", "u-pod"));
    place.fake.on("/openid/v1/jwks", Reply::status(403, "forbidden: User cannot get path"));
    let checked = place.check().await;
    insta::assert_snapshot!("refused_looks", place.told(&checked));
    assert_eq!((checked.signature, checked.keys_from), (Some(Signature::Unverified), None));
    // a 404 that is no answer about the pod says nothing of it
    for reply in [Reply::page(404), Reply::status(404, "the server could not find the requested resource"), Reply::page(200)] {
        place.fake.on("/pods/web-0", reply);
        let checked = place.check().await;
        assert!(checked.findings.is_empty() && checked.notes.len() == 2, "{}", place.told(&checked));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_acts_as_somebody_asks_as_oneself_and_looks_as_the_other_where_oneself_may_not() {
    let mut place = Place::new(&claims(&pod()));
    place.fake.delete(&binding("ClusterRoleBinding", "", "look-at-pods", NAME, ("ClusterRole", "look-at-pods")));
    place.fake.put(&role("ClusterRole", "", "be-others", &["impersonate"], "users"));
    place.fake.put(&binding("ClusterRoleBinding", "", "be-others", NAME, ("ClusterRole", "be-others")));
    place.fake.put(&binding("ClusterRoleBinding", "", "alice", "alice", ("ClusterRole", "look-at-pods")));
    place.target.user.impersonation.user = Some("alice".to_owned());
    let checked = place.check().await;
    assert_eq!(place.told(&checked), "");
    let acted: Vec<String> =
        place.fake.seen().iter().filter(|seen| !seen.header("impersonate-user").is_empty()).map(crate::fake::Seen::line).collect();
    assert_eq!(acted, ["GET /api/v1/namespaces/dev/pods/web-0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_is_told_with_what_cannot_be_looked_at() {
    let place = Place::new(&claims(&pod()));
    place.fake.revoke(&place.token);
    let checked = place.check().await;
    insta::assert_snapshot!("refused", place.told(&checked));
    assert_eq!(checked.is_accepted, Some(false));
    // nothing more is asked with it
    assert_eq!(place.fake.seen().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_be_asked_leaves_everything_open() {
    let mut place = Place::new(&claims(&pod()));
    let (connection, decoded) = place.connection().await;
    place.fake.stop();
    let checked = within("the check", connection.check(&decoded)).await;
    assert_eq!(place.told(&checked), "note: the cluster could not be asked: nobody listens at https://SERVER (connection refused)");
    assert_eq!((checked.is_accepted, checked.signature), (None, Some(Signature::Unverified)));
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_come_from_the_issuer_where_it_is_not_the_cluster() {
    // the issuer is on loopback: else TLS is a must
    let issuer = Fake::plain();
    let url = issuer.url();
    let signer = Signer::new("i-1");
    let now = jiff::Timestamp::now().as_second();
    let place = Place::new(&json!({"iss": url, "aud": "kubernetes", "sub": "alice", "iat": now, "exp": now + 600}));
    let token = signer.sign(&json!({"iss": url, "aud": "kubernetes", "sub": "alice", "iat": now, "exp": now + 600}));
    place.fake.user(&token, Identity::literal("alice", []));
    let place = Place { target: Target { user: secure("", "", &token).user, ..place.target.clone() }, ..place };
    let discovery = |keys: &str| Reply::json(&json!({"issuer": url, "jwks_uri": keys}));
    issuer.on("GET /.well-known/openid-configuration$", discovery(&format!("{url}/keys")));
    issuer.on("GET /keys$", Reply::json(&signer.keys()));
    let checked = place.check().await;
    assert_eq!((checked.signature, checked.keys_from.as_deref()), (Some(Signature::Valid), Some(url.as_str())), "{:?}", checked.notes);
    // the issuer never gets the token, and the cluster is not asked for keys that would not fit
    assert!(issuer.seen().iter().all(|seen| seen.header("authorization").is_empty() && seen.body.is_empty() && !seen.path.contains("eyJ")));
    assert_eq!((issuer.seen().len(), place.fake.count("jwks")), (2, 0));
    // another key than the issuer has now
    issuer.on("GET /keys$", Reply::json(&Signer::new("i-2").keys()));
    let checked = place.check().await;
    let found = checked.findings.iter().find(|finding| finding.code == "unknown-key").unwrap();
    assert!(found.message.ends_with("the API server takes it from memory, and will not for long"), "{found:?}");
    // what an issuer says wrong leaves the signature open
    for (part, reply) in [
        ("GET /keys$", Reply::page(200)),
        ("GET /keys$", Reply::new(302, "text/plain", "").header("location", "http://127.0.0.1:1/")),
        ("openid-configuration", discovery("http://login.example/keys")),
        ("openid-configuration", Reply::json(&json!({"issuer": "https://other.example", "jwks_uri": format!("{url}/keys")}))),
        ("openid-configuration", Reply::page(200)),
        ("openid-configuration", Reply::status(404, "no")),
    ] {
        issuer.on(part, reply);
        let checked = place.check().await;
        assert_eq!((checked.signature, checked.notes.len()), (Some(Signature::Unverified), 1), "{part}");
        assert!(checked.notes[0].starts_with(&format!("the keys of issuer `{url}` could not be had: ")), "{:?}", checked.notes);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_that_differ_are_told() {
    let place = Place::new(&claims(&pod()));
    let date = |seconds: i64| {
        let at = jiff::Timestamp::from_second(jiff::Timestamp::now().as_second() + seconds).unwrap();
        at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    };
    place.fake.on("openid-configuration", Reply::json(&json!({"issuer": CLUSTER})).header("date", &date(0)));
    let checked = place.check().await;
    assert!(checked.findings.is_empty() && checked.skew_seconds.is_some_and(|skew| skew.abs() <= 1), "{:?}", checked.skew_seconds);
    // two hours ahead: the token is over there
    place.fake.on("openid-configuration", Reply::json(&json!({"issuer": CLUSTER})).header("date", &date(7200)));
    let checked = place.check().await;
    assert_eq!(codes(&checked.findings), ["expired", "clock-skew"]);
    assert!(checked.skew_seconds.is_some_and(|skew| (7198..=7202).contains(&skew)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_told_while_somebody_watches() {
    let place = Place::new(&claims(&pod()));
    let (connection, decoded) = place.connection().await;
    let mut checks = connection.checks(&decoded, true);
    until(&mut checks, "the first", |checked| checked.findings.is_empty()).await;
    place.fake.until("both are watched", |fake| fake.watches("watch=1") == 2);
    let asked = place.fake.seen().len();
    // another pod of the namespace is nothing to it
    place.fake.put(&object("Pod", "dev", "other", "u-9"));
    let mut dying = object("Pod", "dev", "web-0", "u-pod");
    dying["metadata"]["deletionTimestamp"] = Value::from("2999-01-01T00:00:00Z");
    place.fake.put(&dying);
    until(&mut checks, "the deletion", |checked| codes(&checked.findings) == ["bound-pod-terminating"]).await;
    place.fake.delete(&dying);
    until(&mut checks, "the end", |checked| codes(&checked.findings) == ["bound-pod-gone"]).await;
    // the next watch after each event; otherwise nobody asked
    assert!(place.fake.seen().len() <= asked + 2, "{:?}", place.fake.seen().iter().map(crate::fake::Seen::line).collect::<Vec<_>>());
    // one that comes after it is another
    place.fake.put(&object("Pod", "dev", "web-0", "u-other"));
    until(&mut checks, "the other", |checked| codes(&checked.findings) == ["bound-pod-replaced"]).await;
    // the server finds out too: the reason stays, though nothing can be looked at any more
    place.fake.revoke(&place.token);
    connection.version().await.unwrap_err();
    let checked = until(&mut checks, "the refusal", |checked| checked.is_accepted == Some(false)).await;
    assert_eq!(codes(&checked.findings), ["bound-pod-replaced"]);
    // and stays so without asking on and on
    let asked = place.fake.seen().len();
    for _ in 0..3 {
        connection.version().await.unwrap_err();
    }
    assert_eq!(place.fake.seen().len(), asked + 3);
    drop(checks);
    place.fake.until("nothing is watched", |fake| fake.watches("watch=1") == 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn watches_that_break_or_are_refused_lose_nothing() {
    let place = Place::new(&claims(&pod()));
    let (connection, decoded) = place.connection().await;
    let mut checks = connection.checks(&decoded, true);
    until(&mut checks, "the first", |_| true).await;
    place.fake.until("both are watched", |fake| fake.watches("watch=1") == 2);
    // forgotten, and gone meanwhile
    place.fake.on("watch=1", Reply::new(410, "application/json", "{}").then(Then::Close));
    place.fake.hang_up();
    place.fake.delete(&object("Pod", "dev", "web-0", "u-pod"));
    until(&mut checks, "the end", |checked| codes(&checked.findings) == ["bound-pod-gone"]).await;
    drop(checks);
    // who may not watch is told at the next look
    place.fake.heal();
    place.fake.on("/openid/v1/jwks", Reply::json(&place.signer.keys()));
    place.fake.put(&object("Pod", "dev", "web-0", "u-pod"));
    place.fake.on("watch=1", Reply::status(403, "forbidden"));
    let mut checks = connection.checks(&decoded, true);
    let checked = until(&mut checks, "the first", |_| true).await;
    assert_eq!(place.told(&checked), "");
    let asked = place.fake.seen().len();
    place.fake.delete(&object("Pod", "dev", "web-0", "u-pod"));
    tokio::time::timeout(Duration::from_millis(200), checks.next()).await.unwrap_err();
    assert!(place.fake.seen().len() <= asked + 2);
    assert_eq!(codes(&place.check().await.findings), ["bound-pod-gone"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_ends_on_the_screen_is_told() {
    let now = jiff::Timestamp::now().as_second();
    let mut short = claims(&json!({}));
    short["exp"] = Value::from(now + 2);
    let place = Place::new(&short);
    let (connection, decoded) = place.connection().await;
    let mut checks = connection.checks(&decoded, true);
    until(&mut checks, "the first", |checked| checked.findings.is_empty()).await;
    let checked = until(&mut checks, "the end", |checked| !checked.findings.is_empty()).await;
    assert_eq!(codes(&checked.findings), ["expired"]);
}

async fn walk(place: &Place, options: fn(live::Options) -> Options) -> Walk {
    let target = place.target.clone();
    let find = Find::new(move || Ok(target.clone()));
    let mut session = Session::start(find, options(live::Options { timeout: AMPLE, ..live::Options::default() }));
    let mut walk = Walk::default();
    within("the session", async {
        while let Some(event) = session.next().await {
            walk.take(event);
        }
    })
    .await;
    walk
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_checks_where_that_is_wanted() {
    let place = Place::new(&claims(&pod()));
    place.fake.delete(&object("Pod", "dev", "web-0", "u-pod"));
    let known = walk(&place, Options::identity).await;
    assert_eq!(codes(&known.checked.as_ref().unwrap().findings), ["bound-pod-gone"]);
    assert!(whycan::report::overview::findings(&known).iter().any(|finding| finding.code == "bound-pod-gone"));
    let before = place.fake.seen().len();
    assert!(walk(&place, Options::credential).await.checked.is_none());
    assert_eq!(place.fake.seen().len(), before);
}

#[test]
fn token_show_asks_nobody_when_it_is_offline() {
    use base64::Engine as _;
    let place = Place::new(&claims(&pod()));
    place.fake.delete(&object("Pod", "dev", "web-0", "u-pod"));
    let folder = tempfile::tempdir().unwrap();
    let kubeconfig = folder.path().join("config");
    let Some(whycan::kubeconfig::Data::Inline(authority)) = &place.target.cluster.certificate_authority else { panic!("no authority") };
    let authority = base64::engine::general_purpose::STANDARD.encode(authority);
    let config = json!({
        "current-context": "here",
        "clusters": [{"name": "fake", "cluster": {"server": place.fake.url(), "certificate-authority-data": authority}}],
        "users": [{"name": "me", "user": {"token": place.token}}],
        "contexts": [{"name": "here", "context": {"cluster": "fake", "user": "me"}}],
    });
    std::fs::write(&kubeconfig, config.to_string()).unwrap();
    let show = |more: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_whycan"));
        command.env_clear().env("HOME", "/nonexistent").env("KUBECONFIG", &kubeconfig);
        let output = command.args(["token", "show", "-o", "json"]).args(more).stdin(std::process::Stdio::null()).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let offline = show(&["--offline"]);
    assert!(place.fake.seen().is_empty());
    assert_eq!((&offline["accepted"], &offline["jwt"]["signature"]), (&Value::Null, &json!("unverified")));
    assert_eq!((&offline["findings"], &offline["notes"]), (&json!([]), &json!([])));
    let asked = show(&[]);
    assert_eq!(
        (&asked["accepted"], &asked["jwt"]["signature"], &asked["keysFrom"]),
        (&json!(true), &json!("valid"), &json!("the cluster"))
    );
    assert_eq!(asked["findings"][0]["code"], "bound-pod-gone");
}
