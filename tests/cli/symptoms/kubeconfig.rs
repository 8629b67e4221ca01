//! What is wrong with a kubeconfig before anything is sent: `lint kubeconfig`, one world a row.

use std::os::unix::fs::PermissionsExt as _;

use crate::support::Whycan;

/// The row, the user of the only context, and the first finding: its code, sentence and fix.
type World = (u8, &'static str, &'static str, &'static str, &'static str);

pub const WORLDS: [World; 7] = [
    (
        25,
        "[]",
        "dangling-user",
        "context c names user me, which no file has: requests are anonymous",
        "Set context.user to the name of a user, or add the file that has it to KUBECONFIG.",
    ),
    (
        26,
        "[{name: you, user: {token: t}}]",
        "dangling-user",
        "context c names user me, which no file has: requests are anonymous",
        "Set context.user to the name of a user, or add the file that has it to KUBECONFIG.",
    ),
    (
        29,
        "[{name: me, user: {exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: sh}}}]",
        "removed-exec-version",
        "user me has a plugin of apiVersion v1alpha1, which clients gave up with Kubernetes 1.24",
        "Update the plugin, and set exec.apiVersion to client.authentication.k8s.io/v1beta1.",
    ),
    (
        30,
        "[{name: me, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: sh}}}]",
        "exec-without-interactive-mode",
        "user me has a plugin without an interactiveMode, which apiVersion v1 demands",
        "Set exec.interactiveMode to IfAvailable or Never.",
    ),
    (
        32,
        "[{name: me, user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws, installHint: Install the AWS CLI.}}}]",
        "command-not-found",
        "user me runs `aws`, which is not there",
        "Install the AWS CLI.",
    ),
    (
        35,
        "[{name: me, user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws, args: [eks, get-token], env: [{name: AWS_PROFILE, value: prod}]}}}]",
        "unknown-profile",
        "user me runs `aws` with profile prod, which the AWS configuration has not",
        "aws configure sso --profile prod",
    ),
    (
        5,
        "[{name: me, user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws, args: [eks, get-token, --cluster-name, prd]}}}]",
        "eks-cluster",
        "context c names two clusters: prod (the name of the cluster) and prd (the plugin)",
        "Give the context a user whose plugin asks for this cluster: a server refuses a token for another one.",
    ),
];

#[test]
fn the_first_finding_is_the_cause() {
    for (row, users, code, message, fix) in WORLDS {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(if text.starts_with("#!") { 0o700 } else { 0o600 })).unwrap();
            path.display().to_string()
        };
        let cluster = "arn:aws:eks:eu-central-1:111122223333:cluster/prod";
        let config = write(
            "config",
            &format!(
                "current-context: c\nclusters: [{{name: '{cluster}', cluster: {{server: 'https://127.0.0.1:1'}}}}]\n\
                 contexts: [{{name: c, context: {{cluster: '{cluster}', user: me}}}}]\nusers: {users}\n"
            ),
        );
        if code != "command-not-found" {
            write("aws", "#!/bin/sh\nexit 1\n");
        }
        let aws = write("profiles", "[profile other]\nregion = eu-central-1\n");
        let run = Whycan::new(&["lint", "kubeconfig", "-o", "json"])
            .env("KUBECONFIG", &config)
            .env("AWS_CONFIG_FILE", &aws)
            .env("PATH", &format!("{}:/bin", folder.path().display()))
            .run();
        let first = run.json()["findings"][0].clone();
        let of = |key: &str| first[key].as_str().unwrap_or_default().to_owned();
        assert_eq!((of("code"), of("message"), of("fix")), (code.to_owned(), message.to_owned(), fix.to_owned()), "row {row}\n{run}");
    }
}

#[test]
fn no_kubeconfig_and_no_such_context() {
    // row 27
    let run = Whycan::new(&["whoami"]).run();
    assert!(run.stderr.starts_with("whycan: there is no kubeconfig: looked for ~/.kube/config\n"), "{run}");
    assert!(run.stderr.contains("For an EKS cluster: aws eks update-kubeconfig --name CLUSTER"), "{run}");
    // row 28
    let run = Whycan::new(&["--demo", "lint", "rbac", "--context", "acme-prd"]).run();
    assert!(run.stderr.contains("there is no context `acme-prd`"), "{run}");
}
