use std::sync::Arc;

use super::*;
use crate::facts::parse::document;
use crate::identity::Identity;
use crate::session::{Event, Snapshot, Stage};
use crate::source::aws;
use crate::source::live::{Caller, Presented};

const ENTRY: &str = r#"{"accessEntry": {"clusterName": "prod", "principalArn": "arn:aws:iam::111122223333:role/team/dev", "type": "STANDARD",
    "kubernetesGroups": ["dev"], "username": "", "createdAt": "2026-01-01T00:00:00Z"}}"#;

fn cluster(mode: &str) -> String {
    format!(r#"{{"cluster": {{"name": "prod", "accessConfig": {{"authenticationMode": "{mode}"}}}}}}"#)
}

fn listed(arns: &[&str]) -> String {
    format!(r#"{{"accessEntries": {}}}"#, serde_json::to_string(arns).unwrap())
}

fn aws_auth(rows: &str) -> String {
    let lines: Vec<String> = rows.lines().map(|line| format!("    {line}")).collect();
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: aws-auth, namespace: kube-system}}\ndata:\n  mapRoles: |\n{}\n",
        lines.join("\n")
    )
}

/// Where the role dev logs in to a cluster of these facts, and hears Unauthorized.
fn refused(texts: &[&str]) -> Walk {
    let mut walk = Walk::default();
    let facts = Facts::collect(texts.iter().flat_map(|text| document("facts", text.as_bytes())));
    walk.take(Event::Snapshot(Arc::new(Snapshot::new(facts))));
    walk.take(Event::Principal(aws::Principal {
        arn: "arn:aws:sts::111122223333:assumed-role/dev/me".to_owned(),
        account: "111122223333".to_owned(),
        user_id: "AROAEXAMPLE:me".to_owned(),
    }));
    let unauthorized = Failure::unauthorized("https://prod.example does not accept the credential (401 Unauthorized)");
    walk.take(Event::Stage(Step::Identity, Stage { state: State::Failed(unauthorized), ..Stage::default() }));
    walk
}

/// The causes, each with its first fix.
fn told(walk: &Walk) -> Vec<String> {
    let sign = |cause: &Cause| if cause.is_certain { "✗" } else { "?" };
    causes(walk)
        .iter()
        .map(|cause| format!("{} {} → {}", sign(cause), cause.sentence, cause.fixes.first().cloned().unwrap_or_default()))
        .collect()
}

#[test]
fn nobody_is_mapped() {
    let api = cluster("API");
    assert_eq!(
        told(&refused(&[&api, &listed(&[])])),
        [
            "✗ arn:aws:iam::111122223333:role/dev is mapped to nobody: no access entry is for it, and aws-auth does not count (authentication mode API) \
          → aws eks create-access-entry --cluster-name prod --principal-arn \"$(aws iam get-role --role-name dev --query Role.Arn --output text)\""
        ]
    );
    // IAM told the path
    let role =
        r#"{"Role": {"Arn": "arn:aws:iam::111122223333:role/team/dev", "RoleId": "AROAEXAMPLE", "CreateDate": "2025-01-01T00:00:00Z"}}"#;
    assert!(told(&refused(&[&api, &listed(&[]), role]))[0].ends_with("--principal-arn arn:aws:iam::111122223333:role/team/dev"));
    // what is not read may be what maps
    let unread = told(&refused(&[&api]));
    assert!(unread[0].starts_with("? whether arn:aws:iam::111122223333:role/dev is mapped to anybody is not known"), "{unread:?}");
    assert!(unread[0].ends_with("→ aws eks list-access-entries --cluster-name CLUSTER"), "{unread:?}");
}

#[test]
fn an_item_that_misses_by_its_path_is_the_first_to_mend() {
    let map = aws_auth("- rolearn: arn:aws:iam::111122223333:role/team/dev\n  username: dev\n  groups: [dev]");
    let walk = refused(&[&cluster("CONFIG_MAP"), &map]);
    assert_eq!(
        told(&walk),
        ["? arn:aws:iam::111122223333:role/dev is mapped to nobody: nothing in aws-auth is for it, and there are no access entries \
          (authentication mode CONFIG_MAP) → write rolearn: arn:aws:iam::111122223333:role/dev in mapRoles[0] (line 1): kubectl edit configmap aws-auth -n kube-system"]
    );
    let details = causes(&walk)[0].details.join("\n");
    assert!(details.contains("it has the role's path, which no session shows"), "{details}");
}

#[test]
fn a_role_that_was_made_again_needs_its_entry_made_again() {
    let role = r#"{"Role": {"Arn": "arn:aws:iam::111122223333:role/team/dev", "RoleId": "AROANEW", "CreateDate": "2026-02-01T00:00:00Z"}}"#;
    let walk = refused(&[&cluster("API"), &listed(&["arn:aws:iam::111122223333:role/team/dev"]), ENTRY, role]);
    let cause = &causes(&walk)[0];
    assert!(cause.details.iter().any(|detail| detail.contains("bound to a principal that is gone")), "{cause:?}");
    assert_eq!(
        cause.fixes,
        [
            "aws eks delete-access-entry --cluster-name prod --principal-arn arn:aws:iam::111122223333:role/team/dev",
            "aws eks create-access-entry --cluster-name prod --principal-arn arn:aws:iam::111122223333:role/team/dev",
        ]
    );
}

#[test]
fn what_the_authenticator_refuses_is_told_in_its_words() {
    let map =
        aws_auth("- rolearn: arn:aws:iam::111122223333:role/dev\n  username: system:node:{{EC2PrivateDNSName}}\n  groups: [system:nodes]");
    let told = told(&refused(&[&cluster("CONFIG_MAP"), &map]));
    assert!(told[0].starts_with("✗ arn:aws:iam::111122223333:role/dev is known to the cluster, and refused: "), "{told:?}");
    assert!(told[0].contains("SessionName did not contain an instance id"), "{told:?}");
    assert!(told[0].contains("→ give mapRoles[0] another user name"), "{told:?}");
}

#[test]
fn what_sts_says_comes_before_what_is_mapped() {
    let mut walk = refused(&[&cluster("API"), &listed(&[])]);
    let expired = Failure::failed("STS refuses the token: ExpiredToken").hint("Log in anew: aws sso login");
    walk.take(Event::Stage(Step::Caller, Stage { state: State::Failed(expired), ..Stage::default() }));
    assert_eq!(told(&walk), ["✗ STS refuses the token: ExpiredToken → Log in anew: aws sso login"]);
}

#[test]
fn an_entry_that_should_let_one_in_is_doubted_last() {
    let walk = refused(&[&cluster("API"), &listed(&["arn:aws:iam::111122223333:role/team/dev"]), ENTRY]);
    let told = told(&walk);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("? by what was read arn:aws:iam::111122223333:role/dev should be let in: access entry "), "{told:?}");
}

#[test]
fn a_server_that_answers_otherwise_is_no_cause() {
    let mut walk = refused(&[&cluster("API"), &listed(&[])]);
    let silent = Failure::failed("no answer from https://prod.example within 10 s");
    walk.take(Event::Stage(Step::Identity, Stage { state: State::Failed(silent), ..Stage::default() }));
    assert_eq!(told(&walk), Vec::<String>::new());
}

#[test]
fn the_server_may_know_better_than_what_was_read() {
    let as_server_says = |username: &str, groups: &[&str]| {
        let mut walk = refused(&[&cluster("API"), &listed(&["arn:aws:iam::111122223333:role/team/dev"]), ENTRY]);
        walk.take(Event::Caller(Caller { identity: Identity::asked(Some(username), groups, "the server"), from: CallerSource::Review }));
        differences(&walk).map(|finding| finding.code)
    };
    assert_eq!(as_server_says("arn:aws:sts::111122223333:assumed-role/dev/me", &["dev"]), None);
    assert_eq!(as_server_says("somebody", &["dev"]), Some("mapping-differs"));
    let mut walk = refused(&[&cluster("API"), &listed(&[])]);
    let creator = Identity::asked(Some("kubernetes-admin"), &["system:masters"], "the server");
    walk.take(Event::Caller(Caller { identity: creator, from: CallerSource::Review }));
    assert_eq!(differences(&walk).map(|finding| finding.code), Some("hidden-creator"));
}

#[test]
fn claims_that_an_identity_provider_does_not_take() {
    let provider = r#"{"identityProviderConfig": {"oidc": {"identityProviderConfigName": "corp", "clusterName": "prod", "issuerUrl": "https://login.example",
        "clientId": "kubernetes", "status": "ACTIVE"}}}"#;
    let token = |claims: &str| {
        let part = |text: &str| base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, text);
        format!("{}.{}.c2ln", part(r#"{"alg":"RS256"}"#), part(claims))
    };
    let of = |claims: &str| {
        let mut walk = refused(&[&cluster("API"), provider, r#"{"identityProviderConfigs": [{"name": "corp"}]}"#]);
        walk.principal = None;
        let decoded = crate::credential::Decoded::read(token(claims).as_bytes());
        walk.take(Event::Presented(Box::new(Presented { decoded: Some(Arc::new(decoded)), ..Presented::default() })));
        told(&walk)
    };
    assert_eq!(
        of(r#"{"iss":"https://login.example","sub":"alice","aud":"other"}"#),
        [
            "✗ the API server refuses it by identity provider corp of EKS: its audience is `other`, and must name `kubernetes` → Log in with client id \
          kubernetes: the issuer then names it as the audience."
        ]
    );
    let slash = of(r#"{"iss":"https://login.example/","sub":"alice","aud":"kubernetes"}"#);
    assert!(slash[0].contains("they differ in the slash at the end"), "{slash:?}");
}
