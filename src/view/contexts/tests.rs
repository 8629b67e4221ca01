use super::*;
use crate::kubeconfig::{Provider, merge, read};

fn contexts(texts: &[&str]) -> Contexts {
    let file = |(index, text): (usize, &&str)| read(&format!("/{}", index + 1), text.as_bytes()).unwrap();
    Contexts::of(&merge(texts.iter().enumerate().map(file).collect()))
}

#[test]
fn what_has_ended_is_told_so() {
    // {"exp": 1700000000}
    let text = "contexts: [{name: a, context: {user: u}}]\nusers: [{name: u, user: {token: e30.eyJleHAiOiAxNzAwMDAwMDAwfQ.c2ln}}]";
    let kubeconfig = merge(vec![read("/1", text.as_bytes()).unwrap()]);
    let presents =
        |now: Option<i64>| Contexts::at(&kubeconfig, now.map(|now| Timestamp::from_second(now).unwrap())).rows[0].presents.clone();
    assert_eq!(presents(None), "token until 2023-11-14");
    assert_eq!(presents(Some(1_699_999_999)), "token until 2023-11-14");
    assert_eq!(presents(Some(1_700_000_000)), "token expired 2023-11-14");
}

#[test]
fn a_user_is_told_by_what_it_presents() {
    let certificate = "client-certificate: c, client-key: k";
    for (user, presents, way) in [
        ("{}", "nothing", "none"),
        ("{token: t}", "token", "token"),
        ("{tokenFile: t}", "token of a file", "token"),
        ("{username: u}", "user name and password", "basic"),
        (&format!("{{{certificate}}}"), "certificate", "certificate"),
        (&format!("{{{certificate}, token: t}}"), "certificate and token", "certificate"),
        ("{auth-provider: {name: oidc}}", "auth provider oidc", "auth-provider"),
        ("{exec: {command: /bin/gke-gcloud-auth-plugin}}", "gke-gcloud-auth-plugin exec", "exec"),
        ("{exec: {command: aws, args: [eks, get-token]}}", "aws exec", "exec"),
        ("{exec: {command: aws, env: [{name: AWS_PROFILE, value: prod}]}}", "aws exec, profile prod", "exec"),
        ("{exec: {command: aws, args: [--profile, dev], env: [{name: AWS_PROFILE, value: prod}]}}", "aws exec, profile dev", "exec"),
        ("{exec: {command: aws, args: [--profile=dev]}}", "aws exec, profile dev", "exec"),
        (
            "{exec: {command: aws, args: [eks, get-token, --role, 'arn:aws:iam::1:role/team/Admin'], env: [{name: AWS_PROFILE, value: prod}]}}",
            "aws exec, profile prod, role Admin",
            "exec",
        ),
        ("{exec: {command: aws-vault, args: [exec, prod, --, aws, eks, get-token]}}", "aws-vault exec, profile prod", "exec"),
        ("{token: e30.eyJleHAiOiAxOTAwMDAwMDAwfQ.x}", "token until 2030-03-17", "token"),
        ("{exec: {command: kubectl, args: [oidc-login, --oidc-client-secret=s3cret, --profile=x]}}", "kubectl exec", "exec"),
    ] {
        let found = contexts(&[&format!("contexts: [{{name: a, context: {{user: u}}}}]\nusers: [{{name: u, user: {user}}}]")]);
        assert_eq!((found.rows[0].presents.as_str(), found.rows[0].way.as_str()), (presents, way), "{user}");
    }
}

#[test]
fn details_say_where_the_parts_stand() {
    let found = contexts(&[
        "contexts: [{name: a, context: {cluster: c, user: u}}]\nusers: [{name: u, user: {as: bob}}]",
        "clusters: [{name: c, cluster: {server: 'https://me:pw@s:6443', proxy-url: 'http://p', insecure-skip-tls-verify: true}}]",
        "contexts: [{name: a}]",
    ]);
    assert_eq!(
        found.rows[0].details,
        [
            "The context stands in /1:1.",
            "Cluster c stands in /2:1: another file!",
            "User u stands in /1:2.",
            "Requests are made as bob.",
            "The server is reached through a proxy of the kubeconfig.",
            "The server's certificate is not verified.",
        ]
    );
    assert_eq!((found.rows[0].address.as_str(), found.rows[0].server.as_deref()), ("s:6443", Some("https://s:6443")));
    assert_eq!(found.rows[1].details[1], "It does not count: /1:1 has a context of this name before it.");
    assert_eq!(found.rows[1].shadowed_by.as_ref().map(place).as_deref(), Some("/1:1"));
}

#[test]
fn details_say_what_is_known_of_an_eks_cluster() {
    let arn = "arn:aws:eks:eu-central-1:111122223333:cluster/acme";
    let found = contexts(&[&format!(
        "contexts: [{{name: a, context: {{cluster: '{arn}', user: u}}}}]\nclusters: [{{name: '{arn}', cluster: {{server: 'https://x'}}}}]\n\
         users: [{{name: u, user: {{exec: {{command: aws, args: [eks, get-token, --role, 'arn:aws:iam::1:role/Admin']}}}}}}]"
    )]);
    assert_eq!(
        found.rows[0].details[3..],
        [
            "It is EKS cluster acme, account 111122223333, region eu-central-1, as aws eks update-kubeconfig writes it.",
            "Its server is https://x.",
            "The plugin assumes arn:aws:iam::1:role/Admin (not run).",
        ]
    );
    assert_eq!(found.rows[0].place.to_string(), "EKS 111122223333 eu-central-1");
}

#[test]
fn files_that_break_are_findings_beside_the_rest() {
    let source = Source { file: "/2".to_owned(), line: Some(3) };
    let broken = Broken { source: source.clone(), message: "cannot read /2:3:1: x".to_owned(), fix: None, verdict: "kubectl stops" };
    let browsed = |texts: &[&str]| {
        let file = |text: &&str| read("/1", text.as_bytes()).unwrap();
        Browsed { kubeconfig: merge(texts.iter().map(file).collect()), broken: vec![broken.clone()], ..Browsed::default() }
    };
    let found = Contexts::browsed(&browsed(&["current-context: b\ncontexts: [{name: a}]"]));
    assert_eq!((found.rows.len(), found.broken()), (1, 1));
    let told: Vec<(&str, &str)> = found.findings.iter().map(|finding| (finding.code, finding.message.as_str())).collect();
    assert_eq!(told[0], ("broken-file", "cannot read /2:3:1: x; kubectl stops"));
    assert_eq!((told[1].0, found.findings[0].source.as_ref()), ("dangling-current-context", Some(&source)));
    assert_eq!(Contexts::browsed(&browsed(&[])).hints, Vec::<String>::new());
}

#[test]
fn what_is_missing_is_said_in_its_place() {
    let found = contexts(&["current-context: c\ncontexts: [{name: a, context: {cluster: x, user: z}}, {name: b}]"]);
    let row = |index: usize| (found.rows[index].address.as_str(), found.rows[index].presents.as_str());
    assert_eq!(row(0), ("cluster x is missing", "nothing: user z is missing"));
    assert_eq!(row(1), ("no cluster", "nothing"));
    assert!(found.current().is_none());
    assert_eq!(found.findings[0].fix.as_deref(), Some("kubectl config use-context a"));
}

#[test]
fn a_world_lists_the_contexts_that_it_holds() {
    let world = source::demo().unwrap();
    let found = Contexts::recorded(&world);
    let rows: Vec<_> = found.rows.iter().map(|row| (row.name.as_str(), row.provider, row.presents.as_str(), row.is_current)).collect();
    assert_eq!(rows, [("acme-dev", Provider::Kind, "nothing", false), ("acme-prod", Provider::Eks, "aws exec, profile acme-prod", true)]);
}
