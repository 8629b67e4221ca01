//! `whycan eks add`.

use std::fmt::Write as _;

use insta::assert_snapshot;

use super::{Home, acme, denied};
use crate::aws::{Answer, Aws};
use crate::support::Run;

/// Somebody's kubeconfig, with a comment and a token.
const OURS: &str = "\
# of the platform team
apiVersion: v1
kind: Config
current-context: kind-dev
clusters:
- name: kind-dev # on this machine
  cluster: {server: 'https://127.0.0.1:36443'}
contexts:
- name: kind-dev
  context: {cluster: kind-dev, user: kind-dev}
users:
- name: kind-dev
  user: {token: hunter2}
";

/// Runs `eks add` on a kubeconfig, and shows the file afterwards.
fn added(aws: &Aws, before: Option<&str>, words: &[&str]) -> (Run, String) {
    let home = Home::keys(&["prod", "dev"]);
    let kubeconfig = home.path("kubeconfig");
    if let Some(text) = before {
        home.write("kubeconfig", text);
    }
    let mut run = home.to(&aws.url(), &[&["eks", "add"], words].concat()).env("KUBECONFIG", &kubeconfig).env("COLUMNS", "160").run();
    run.stdout = run.stdout.replace(&home.path(""), "HOME/");
    run.stderr = run.stderr.replace(&home.path(""), "HOME/");
    (run, std::fs::read_to_string(&kubeconfig).unwrap_or_default())
}

fn shown((run, file): (Run, String)) -> String {
    format!("{run}\n--- kubeconfig\n{file}")
}

#[test]
fn a_cluster_is_added_and_comments_stay() {
    let aws = Aws::start(acme);
    assert_snapshot!(shown(added(&aws, Some(OURS), &["blue", "--profile", "prod", "--alias", "prod"])));
    assert_snapshot!(shown(added(&aws, None, &["red", "--profile", "prod", "--region", "us-east-1", "--use"])));
    let arn = "arn:aws:eks:us-east-1:111122223333:cluster/green";
    let (run, file) = added(&aws, Some(OURS), &[arn, "--profile", "prod", "--user-alias", "me"]);
    assert_eq!(run.status, 0, "{run}");
    assert!(
        file.contains("current-context: kind-dev") && file.contains("us-east-1") && run.stdout.contains("whycan context use me"),
        "{run}\n{file}"
    );
}

#[test]
fn what_an_entry_loses_is_told() {
    let aws = Aws::start(acme);
    let (_, first) = added(&aws, Some(OURS), &["blue", "--profile", "prod", "--role-arn", "arn:aws:iam::111122223333:role/admin"]);
    let (run, file) = added(&aws, Some(&first), &["blue", "--profile", "dev"]);
    assert_snapshot!(run);
    assert!(!file.contains("role/admin") && file.contains("# of the platform team"), "{file}");
    let (again, same) = added(&aws, Some(&file), &["blue", "--profile", "dev"]);
    assert_snapshot!(again);
    assert_eq!(same, file);
}

#[test]
fn a_dry_run_writes_nothing() {
    let aws = Aws::start(acme);
    let (run, file) = added(&aws, Some(OURS), &["blue", "--profile", "prod", "--dry-run", "--proxy-url", "http://proxy:3128"]);
    assert_eq!(file, OURS);
    assert_snapshot!(run);
}

#[test]
fn what_cannot_be_added() {
    let aws = Aws::start(|call| match (call.what(), call.path.rsplit('/').next()) {
        ("describe", Some("gone")) => Answer::refusal(call, 404, "ResourceNotFoundException", "No cluster found for name: gone."),
        ("describe", Some("secret")) => {
            Answer::refusal(call, 403, "AccessDeniedException", &denied("me", "x").replace("ListClusters", "DescribeCluster"))
        }
        ("describe", Some("new")) => {
            Answer::json(r#"{"cluster": {"name": "new", "arn": "arn:aws:eks:eu-central-1:1:cluster/new", "status": "CREATING"}}"#)
        }
        ("assume", _) => Answer::refusal(call, 403, "AccessDenied", &denied("me", "x").replace("eks:ListClusters", "sts:AssumeRole")),
        _ => acme(call),
    });
    let mut told = String::new();
    for words in [
        &["gone"][..],
        &["secret"],
        &["new"],
        &["arn:aws:eks:eu-central-1:444455556666:cluster/blue"],
        &["arn:aws:eks:eu-central-1:444455556666:cluster/blue", "--region", "us-east-1"],
        &["arn:aws:eks:eu-central-1:444455556666:nodegroup/blue"],
        &["blue", "--assume-role-arn", "arn:aws:iam::444455556666:role/x"],
    ] {
        let (run, file) = added(&aws, Some(OURS), &[words, &["--profile", "prod"]].concat());
        assert_eq!(file, OURS);
        write!(told, "$ whycan eks add {}\n{run}\n\n", words.join(" ")).unwrap();
    }
    assert_snapshot!(told);
}
