//! A kubeconfig for each code, and one nearly the same that has it not.

use crate::base::Severity::{self, Error, Info, Warning};
use crate::kubeconfig::lint::{Access, Content, Program, Seen, Surroundings};
use crate::kubeconfig::{Kubeconfig, merge, read};

/// A kubeconfig of these files, `/1`, `/2` and so on.
pub fn merged(texts: &[&str]) -> Kubeconfig {
    let file = |(index, text): (usize, &&str)| read(&format!("/{}", index + 1), text.as_bytes()).unwrap();
    merge(texts.iter().enumerate().map(file).collect())
}

/// A file with one context, a, of these sections, each on lines of its own.
pub fn one(cluster: &str, user: &str) -> Kubeconfig {
    merged(&[&file("a", "c", cluster, "u", user)])
}

pub fn file(context: &str, named: &str, cluster: &str, called: &str, user: &str) -> String {
    format!(
        "current-context: {context}\ncontexts: [{{name: {context}, context: {{cluster: '{named}', user: '{called}'}}}}]\nclusters: [{{name: '{named}', cluster: {cluster}}}]\nusers: [{{name: '{called}', user: {user}}}]\n"
    )
}

pub const GOOD: &str = "{server: 'https://s'}";
pub const EXEC: &str = "apiVersion: client.authentication.k8s.io/v1beta1, command: plugin";
pub const ARN: &str = "arn:aws:eks:eu-west-1:111122223333:cluster/prod";
pub const HOST: &str = "{server: 'https://0123.gr7.eu-west-1.eks.amazonaws.com'}";

pub fn exec(fields: &str) -> Kubeconfig {
    one(GOOD, &format!("{{exec: {{{fields}}}}}"))
}

/// An EKS cluster of this server and name, entered by a user of this name through `aws eks get-token` with these arguments.
pub fn eks(server: &str, cluster: &str, user: &str, arguments: &str) -> Kubeconfig {
    let exec = format!(
        "{{exec: {{apiVersion: client.authentication.k8s.io/v1beta1, command: aws, args: [eks, get-token, {arguments}], env: [{{name: AWS_PROFILE, value: work}}]}}}}"
    );
    merged(&[&file("a", cluster, server, user, &exec)])
}

/// For each code a kubeconfig that has it, and one nearly the same that has it not. None needs to know its surroundings.
#[expect(clippy::too_many_lines, reason = "a table")]
pub fn alone() -> Vec<(&'static str, Severity, Kubeconfig, Kubeconfig)> {
    let with = "client-certificate-data: YQ==, client-key-data: YQ==";
    let named = "contexts: [{name: a, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: 'https://s'}}]\nusers: [{name: u}]\n";
    let context = |name: &str, fields: &str| {
        merged(&[&format!(
            "contexts: [{{name: {name}, context: {{{fields}}}}}]\nclusters: [{{name: c, cluster: {GOOD}}}]\nusers: [{{name: u}}]"
        )])
    };
    let good = || one(GOOD, "{token: t}");
    vec![
        (
            "authority-not-verified",
            Error,
            one("{server: 'https://s', insecure-skip-tls-verify: true, certificate-authority: /ca}", "{}"),
            one("{server: 'https://s', certificate-authority: /ca}", "{}"),
        ),
        ("basic-authentication", Warning, one(GOOD, "{username: me, password: p}"), one(GOOD, "{password: p}")),
        ("certificate-before-token", Warning, one(GOOD, &format!("{{{with}, token: t}}")), one(GOOD, &format!("{{{with}}}"))),
        ("certificate-without-key", Error, one(GOOD, "{client-certificate: /c}"), one(GOOD, "{client-certificate: /c, client-key: /k}")),
        (
            "cluster-from-another-file",
            Warning,
            merged(&["contexts: [{name: a, context: {cluster: c}}]", "clusters: [{name: c, cluster: {server: 'https://s'}}]"]),
            good(),
        ),
        (
            "contexts-alike",
            Info,
            merged(&[&named
                .replace("}}]\nc", "}}, {name: b, context: {cluster: c, user: v, namespace: default}}]\nc")
                .replace("{name: u}", "{name: u}, {name: v}")]),
            merged(&[&named
                .replace(
                    "}}]\nc",
                    "}}, {name: b, context: {cluster: c, user: v, namespace: web}}, {name: d, context: {cluster: c, user: u}}]\nc",
                )
                .replace("{name: u}", "{name: u}, {name: v}")]),
        ),
        ("dangling-cluster", Error, context("a", "cluster: gone, user: u"), context("a", "cluster: c, user: u")),
        (
            "dangling-current-context",
            Error,
            merged(&[&format!("current-context: b\n{named}")]),
            merged(&[&format!("current-context: a\n{named}")]),
        ),
        ("dangling-user", Warning, context("a", "cluster: c, user: gone"), context("a", "cluster: c, user: u")),
        (
            "eks-account",
            Warning,
            eks(HOST, ARN, "arn:aws:eks:eu-west-1:999988887777:cluster/prod", "--cluster-name, prod"),
            eks(HOST, ARN, "arn:aws:iam::999988887777:user/prod", "--cluster-name, prod"),
        ),
        ("eks-cluster", Warning, eks(HOST, ARN, "u", "--cluster-name, dev"), eks(HOST, ARN, "u", "--cluster-name=prod")),
        ("eks-region", Warning, eks(HOST, ARN, "u", "--region=us-east-1"), eks(HOST, ARN, "u", "--region, eu-west-1")),
        ("entry-without-name", Warning, context("''", "cluster: c, user: u"), context("a", "cluster: c, user: u")),
        ("exec-ignored", Warning, one(GOOD, &format!("{{token: t, exec: {{{EXEC}}}}}")), one(GOOD, &format!("{{exec: {{{EXEC}}}}}"))),
        ("exec-variable-without-name", Error, exec(&format!("{EXEC}, env: [{{value: v}}]")), exec(&format!("{EXEC}, env: [{{name: v}}]"))),
        (
            "exec-with-auth-provider",
            Error,
            one(GOOD, &format!("{{auth-provider: {{name: oidc}}, exec: {{{EXEC}}}}}")),
            one(GOOD, "{auth-provider: {name: oidc}}"),
        ),
        ("exec-without-command", Error, exec("apiVersion: client.authentication.k8s.io/v1beta1"), exec(EXEC)),
        (
            "exec-without-interactive-mode",
            Error,
            exec("apiVersion: client.authentication.k8s.io/v1, command: x"),
            exec("apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Never"),
        ),
        ("exec-without-version", Error, exec("command: x"), exec(EXEC)),
        (
            "given-twice",
            Error,
            one("{server: 'https://s', certificate-authority: /ca, certificate-authority-data: YQ==}", "{}"),
            one("{server: 'https://s', certificate-authority-data: YQ==}", "{}"),
        ),
        ("impersonation-without-user", Error, one(GOOD, "{token: t, as-groups: [x]}"), one(GOOD, "{token: t, as: me, as-groups: [x]}")),
        (
            "malformed-proxy",
            Error,
            one("{server: 'https://s', proxy-url: 'http://p:x'}", "{}"),
            one("{server: 'https://s', proxy-url: 'http://p:1'}", "{}"),
        ),
        ("malformed-server", Error, one("{server: 'https://'}", "{}"), one("{server: 'https://s:6443'}", "{}")),
        ("missing-kubeconfig", Info, good().with_missing(vec!["/gone".to_owned()]), merged(&[]).with_missing(vec!["/gone".to_owned()])),
        (
            "namespace-not-a-label",
            Warning,
            context("a", "cluster: c, user: u, namespace: Web"),
            context("a", "cluster: c, user: u, namespace: web-1"),
        ),
        ("no-cluster", Error, context("a", "user: u"), context("a", "cluster: c, user: u")),
        ("no-server", Error, one("{}", "{}"), one(GOOD, "{}")),
        ("no-user", Warning, context("a", "cluster: c"), context("a", "cluster: c, user: u")),
        ("plain-http", Warning, one("{server: 'http://s'}", "{}"), one(GOOD, "{}")),
        ("removed-auth-provider", Error, one(GOOD, "{auth-provider: {name: gcp}}"), one(GOOD, "{auth-provider: {name: oidc}}")),
        ("removed-exec-version", Error, exec("apiVersion: client.authentication.k8s.io/v1alpha1, command: x"), exec(EXEC)),
        (
            "server-not-verified",
            Warning,
            one("{server: 'https://s', insecure-skip-tls-verify: true}", "{}"),
            one("{server: 'http://s', insecure-skip-tls-verify: true}", "{}"),
        ),
        ("shadowed-cluster", Warning, merged(&[named, "clusters: [{name: c}]"]), merged(&[named, "clusters: [{name: d}]"])),
        ("shadowed-context", Warning, merged(&[named, "contexts: [{name: a}]"]), merged(&[named, "contexts: [{name: b}]"])),
        ("shadowed-user", Warning, merged(&[named, "users: [{name: u}]"]), merged(&[named, "users: [{name: v}]"])),
        ("token-given-twice", Warning, one(GOOD, "{token: t, tokenFile: /t}"), one(GOOD, "{tokenFile: /t}")),
        ("two-credentials", Error, one(GOOD, "{token: t, password: p}"), one(GOOD, "{token: t}")),
        ("unknown-auth-provider", Error, one(GOOD, "{auth-provider: {name: openstack}}"), one(GOOD, "{auth-provider: {name: oidc}}")),
        ("unknown-exec-version", Error, exec("apiVersion: v1, command: x"), exec(EXEC)),
        (
            "unknown-interactive-mode",
            Error,
            exec(&format!("{EXEC}, interactiveMode: never")),
            exec(&format!("{EXEC}, interactiveMode: Always")),
        ),
        (
            "unknown-proxy",
            Error,
            one("{server: 'https://s', proxy-url: 'ftp://p'}", "{}"),
            one("{server: 'https://s', proxy-url: 'SOCKS5://p'}", "{}"),
        ),
        ("unused-cluster", Info, merged(&[&named.replace("{name: c,", "{name: d}, {name: c,")]), merged(&[named])),
        ("unused-user", Info, merged(&[&named.replace("{name: u}", "{name: u}, {name: v}")]), merged(&[named])),
        ("user-from-another-file", Warning, merged(&["contexts: [{name: a, context: {user: u}}]", "users: [{name: u}]"]), good()),
    ]
}

/// The same for codes that hang on the surroundings: what there is to know, with and without the defect.
pub fn surrounded() -> Vec<(&'static str, Severity, Kubeconfig, Surroundings, Surroundings)> {
    let program = |program: Program| Surroundings { programs: [("plugin".to_owned(), program)].into(), ..Surroundings::default() };
    let seen = |path: &str, content: Content| {
        let seen = Seen { is_link: false, access: None, content };
        Surroundings { files: [(path.to_owned(), seen)].into(), ..Surroundings::default() }
    };
    let mode = |path: &str, mode: u32| {
        let seen = Seen { is_link: false, access: Some(Access { mode, is_own: true }), content: Content::NotRead };
        Surroundings { files: [(path.to_owned(), seen)].into(), ..Surroundings::default() }
    };
    let profiles = |names: &[&str]| {
        let profiles = names.iter().map(|&name| name.to_owned()).collect();
        Surroundings { profiles: Some(profiles), ..Surroundings::default() }
    };
    let unreadable = Content::Unreadable("permission denied".to_owned());
    vec![
        ("command-not-executable", Error, exec(EXEC), program(Program::NotExecutable), program(Program::Found)),
        ("command-not-found", Error, exec(EXEC), program(Program::NotFound), program(Program::Found)),
        ("file-not-found", Error, one(GOOD, "{tokenFile: /t}"), seen("/t", Content::Missing), seen("/t", Content::NotRead)),
        ("file-not-found", Warning, one(GOOD, "{token: t, tokenFile: /t}"), seen("/t", Content::Missing), seen("/t", Content::NotRead)),
        (
            "file-not-found",
            Error,
            one("{server: 'https://s', certificate-authority: ca}", "{}"),
            seen("/ca", Content::Missing),
            seen("/other", Content::Missing),
        ),
        (
            "file-unreadable",
            Error,
            one(GOOD, "{client-certificate: c, client-key: k}"),
            seen("/k", unreadable.clone()),
            seen("/x", unreadable),
        ),
        ("readable-by-others", Warning, one(GOOD, "{token: t}"), mode("/1", 0o640), mode("/1", 0o600)),
        ("readable-by-others", Info, one(GOOD, &format!("{{exec: {{{EXEC}}}}}")), mode("/1", 0o100_604), mode("/1", 0o100_711)),
        ("readable-by-others", Warning, one(GOOD, "{client-certificate: c, client-key: k}"), mode("/k", 0o644), mode("/c", 0o644)),
        ("unknown-profile", Error, eks(HOST, ARN, "u", "--cluster-name, prod"), profiles(&["default"]), profiles(&["work"])),
        ("unknown-profile", Error, eks(HOST, ARN, "u", "--profile, home"), profiles(&["work"]), profiles(&["home"])),
        ("writable-by-others", Warning, one(GOOD, "{}"), mode("/1", 0o602), mode("/1", 0o600)),
    ]
}
