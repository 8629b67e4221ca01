//! Both faces of `whoami` and `cluster`, from values that no cluster had to give.

use std::sync::Arc;

use super::*;
use crate::base::{Failure, Name, Severity, Source};
use crate::facts::Change;
use crate::identity::{Identity, Provenance};
use crate::kubeconfig::Cluster;
use crate::report::text::Look;
use crate::report::{json, markdown, text};
use crate::session::Event;
use crate::source::live::{Caller, CallerSource, CredentialKind, Presented};

const LOOK: Look = Look { width: 100, color: false, ascii: false, verbose: false };

fn ready(message: &str, milliseconds: u64) -> Stage {
    Stage { state: State::Ready, took: Duration::from_millis(milliseconds), message: message.to_owned() }
}

fn target() -> Target {
    Target {
        context: Some("acme-prod".to_owned()),
        source: Some(Source { file: "~/.kube/config".to_owned(), line: Some(12) }),
        namespace: Some("shop".to_owned()),
        cluster: Cluster { name: "prod".to_owned(), server: "https://me:secret@acme.example:6443".to_owned(), ..Cluster::default() },
        ..Target::default()
    }
}

fn walk(caller: Option<Caller>) -> Walk {
    let expired = Finding {
        code: "expired",
        severity: Severity::Error,
        subject: "credential".to_owned(),
        message: "the credential has expired".to_owned(),
        fix: Some("Get a new one: log in again.".to_owned()),
        source: None,
    };
    let presented = Presented {
        kind: CredentialKind::Certificate,
        description: "certificate CN=alice, O=dev".to_owned(),
        expires_at: Some(1_800_000_000),
        findings: vec![expired],
        ..Presented::default()
    };
    let mut walk = Walk::default();
    walk.take(Event::Stage(Step::Kubeconfig, ready("context acme-prod, ~/.kube/config:12", 1)));
    walk.take(Event::Target(Arc::new(target())));
    walk.take(Event::Stage(Step::Credential, ready("certificate CN=alice, O=dev", 3)));
    walk.take(Event::Presented(Box::new(presented)));
    if let Some(caller) = caller {
        walk.take(Event::Stage(Step::Identity, ready("alice", 1200)));
        walk.take(Event::Caller(caller));
    } else {
        let failure = Failure::failed("no answer from https://acme.example:6443 within 10 s").hint("Check the network.");
        walk.take(Event::Stage(Step::Identity, Stage { state: State::Failed(failure), ..Stage::default() }));
    }
    walk
}

fn alice(from: CallerSource) -> Caller {
    let mut identity = Identity::literal("alice", [Name::new("dev"), Name::new("system:authenticated")]);
    identity.uid = Name::new("u-1\u{1b}[2J");
    identity.extra.insert(Name::new("authentication.kubernetes.io/credential-id"), vec![Name::new("X509SHA256=ab")]);
    identity.provenance.push(Provenance { what: "user alice".to_owned(), from: "the server (SelfSubjectReview)".to_owned() });
    Caller { identity, from }
}

#[test]
fn whoami_tells_the_walk() {
    let known = walk(Some(alice(CallerSource::Review)));
    insta::assert_snapshot!("whoami", text::whoami(&known, &LOOK).render(&LOOK));
    insta::assert_snapshot!("whoami_json", json::to_json(&json::Whoami::new(&known)).unwrap());
    insta::assert_snapshot!("whoami_markdown", markdown::whoami(&known));
}

#[test]
fn whoami_tells_what_nobody_said() {
    let mut refused = alice(CallerSource::Refusal);
    refused.identity.groups.clear();
    let refused = walk(Some(refused));
    insta::assert_snapshot!("whoami_refused", text::whoami(&refused, &LOOK).render(&LOOK));
    let value = serde_json::to_value(json::Whoami::new(&refused)).unwrap();
    assert!(value["server"].is_null() && value["identity"]["username"] == "alice", "{value}");
    assert_eq!(value["gaps"][0]["what"], "your groups");
    let failed = walk(None);
    insta::assert_snapshot!("whoami_failed", text::whoami(&failed, &LOOK).render(&LOOK));
    assert_eq!(json::to_json(&json::Whoami::new(&failed)).unwrap().matches("secret").count(), 0);
}

#[test]
fn cluster_tells_what_is_known() {
    let (target, version) = (target(), Version { git_version: "v1.36.3".to_owned(), platform: "linux/amd64".to_owned() });
    let gap = Gap { what: "configmaps".to_owned(), why: "forbidden".to_owned(), ..Gap::default() };
    let facts = Facts::collect([Change::Gap(gap)]);
    let overview = Overview {
        name: Some("prod".to_owned()),
        target: Some(&target),
        version: Some(&version),
        provider: Some("kubeadm".to_owned()),
        issuer: Some("https://kubernetes.default.svc".to_owned()),
        authority_ends: Some(2_000_000_000),
        facts: &facts,
        findings: Vec::new(),
    };
    insta::assert_snapshot!("cluster", text::cluster(&overview, &LOOK).render(&LOOK));
    insta::assert_snapshot!("cluster_json", json::to_json(&json::Cluster::new(&overview)).unwrap());
    insta::assert_snapshot!("cluster_markdown", markdown::cluster(&overview));
}

#[test]
fn what_aws_says_of_a_cluster_is_told() {
    use crate::facts::Change;
    use crate::facts::aws::{AwsFact, EksCluster, Listed};
    let cluster = EksCluster {
        name: "blue".to_owned(),
        authentication_mode: Some(AuthenticationMode::Api),
        version: "1.33".to_owned(),
        issuer: "https://oidc.eks.eu-west-1.amazonaws.com/id/AB12".to_owned(),
        ..EksCluster::default()
    };
    let listed = |count: usize| Listed { names: (0..count).map(|number| number.to_string()).collect(), has_more: false };
    let facts = [AwsFact::Cluster(cluster), AwsFact::Listed(listed(500)), AwsFact::IdentityProviders(listed(1))];
    let facts = Facts::collect(facts.map(Change::Aws));
    let overview = Overview {
        name: None,
        target: None,
        version: None,
        provider: None,
        issuer: None,
        authority_ends: None,
        facts: &facts,
        findings: Vec::new(),
    };
    let told = json::to_json(&json::Cluster::new(&overview)).unwrap();
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((told["authenticationMode"].as_str(), told["version"].as_str()), (Some("API"), Some("1.33")));
    assert_eq!(told["issuer"], "https://oidc.eks.eu-west-1.amazonaws.com/id/AB12");
    assert_eq!(told["authorizers"], serde_json::json!(["Node", "RBAC", "EKS access policies"]));
    assert_eq!(told["counts"], serde_json::json!({"AccessEntry": 500, "IdentityProvider": 1}));
    let text = text::cluster(&overview, &LOOK).render(&LOOK);
    assert!(text.contains("authentication mode API") && text.contains("500 AccessEntries"), "{text}");
}

#[test]
fn the_lack_of_tls_is_told_once() {
    let finding = |code, message: &str| Finding {
        code,
        severity: Severity::Warning,
        subject: "prod".to_owned(),
        message: message.to_owned(),
        fix: None,
        source: None,
    };
    let codes = |walk: &Walk| findings(walk).iter().map(|finding| finding.code).collect::<Vec<_>>();
    let mut known = Walk::default();
    let plain = finding("plain-http", "cluster prod is reached without TLS");
    known.take(Event::Target(Arc::new(Target { findings: vec![plain], ..target() })));
    assert_eq!(codes(&known), ["plain-http"]);
    known.take(Event::Presented(Box::new(Presented {
        findings: vec![finding("credential-not-sent", "no credential is sent")],
        ..Presented::default()
    })));
    assert_eq!(codes(&known), ["credential-not-sent"]);
}

#[test]
fn times_are_as_json_and_people_have_them() {
    assert_eq!(moment(0).unwrap(), "1970-01-01T00:00:00Z");
    assert_eq!(moment(i64::MAX), None);
    assert_eq!(took(Duration::from_micros(12_800)), "12 ms");
    assert_eq!(took(Duration::from_millis(1249)), "1.2 s");
}

#[test]
fn another_principal_than_the_entry_suggests_is_told() {
    use crate::source::aws::{Origin, Principal};
    let told = |arn: &str| {
        let mut walk = walk(None);
        let origin = Origin {
            from: "the keys of the environment (AWS_ACCESS_KEY_ID)".to_owned(),
            suggests: Some("arn:aws:iam::111122223333:role/team/dev".to_owned()),
            ..Origin::default()
        };
        walk.take(Event::Presented(Box::new(Presented { origin: Some(origin), ..Presented::default() })));
        walk.take(Event::Principal(Principal { arn: arn.to_owned(), ..Principal::default() }));
        findings(&walk).into_iter().find(|finding| finding.code == "another-principal").map(|finding| finding.message)
    };
    // STS leaves out the path
    assert_eq!(told("arn:aws:sts::111122223333:assumed-role/dev/me"), None);
    for arn in [
        "arn:aws:iam::111122223333:user/alice",
        "arn:aws:sts::111122223333:assumed-role/admin/me",
        "arn:aws:sts::444455556666:assumed-role/dev/me",
    ] {
        assert!(
            told(arn)
                .unwrap()
                .contains(&format!("suggests arn:aws:iam::111122223333:role/team/dev, and the token was signed by {arn}: the keys"))
        );
    }
}
