use super::*;
use crate::base::Severity;

/// Files of these texts, `/1`, `/2` and so on.
fn merged(texts: &[&str]) -> Kubeconfig {
    let file = |(index, text): (usize, &&str)| read(&format!("/{}", index + 1), text.as_bytes()).unwrap();
    merge(texts.iter().enumerate().map(file).collect())
}

/// A file with one context, a, of these sections.
fn one(cluster: &str, user: &str) -> Kubeconfig {
    merged(&[&format!(
        "current-context: a\ncontexts: [{{name: a, context: {{cluster: c, user: u}}}}]\nclusters: [{{name: c, cluster: {cluster}}}]\nusers: [{{name: u, user: {user}}}]\n"
    )])
}

fn codes(kubeconfig: &Kubeconfig, context: &str) -> Vec<&'static str> {
    kubeconfig.findings(kubeconfig.context(context).unwrap()).iter().map(|finding| finding.code).collect()
}

const GOOD: &str = "{server: 'https://s'}";

#[test]
fn the_first_name_wins_whole() {
    let kubeconfig = merged(&[
        "contexts: [{name: a, context: {cluster: c}}]",
        "current-context: b\ncontexts: [{name: a, context: {cluster: other, user: u, namespace: web}}, {name: b}]\nclusters: [{name: c, cluster: {server: s2}}]",
        "current-context: a\nclusters: [{name: c, cluster: {server: s3, tls-server-name: t}}]\nusers: [{name: u}]\ncontexts: [{name: a}]",
    ]);
    let names: Vec<&str> = kubeconfig.contexts().iter().map(|context| context.name.as_str()).collect();
    assert_eq!((names.as_slice(), kubeconfig.current_context()), (&["a", "b"][..], Some("b")));
    assert_eq!(kubeconfig.current_context_source().map(|source| source.file.as_str()), Some("/2"));
    assert_eq!(kubeconfig.files(), ["/1", "/2", "/3"]);
    let a = kubeconfig.context("a").unwrap();
    assert_eq!((a.user.as_str(), &a.namespace), ("", &None));
    let places = |sources: &[crate::base::Source]| sources.iter().map(|source| source.file.clone()).collect::<Vec<_>>();
    assert_eq!(places(&a.shadowed), ["/2", "/3"]);
    assert_eq!(kubeconfig.shadowed_contexts().iter().map(|context| context.source.file.as_str()).collect::<Vec<_>>(), ["/2", "/3"]);
    let cluster = kubeconfig.cluster_of(a).unwrap();
    assert_eq!((cluster.server.as_str(), &cluster.tls_server_name, places(&cluster.shadowed)), ("s2", &None, vec!["/3".to_owned()]));
    assert!(kubeconfig.user_of(a).is_none());
}

#[test]
fn an_empty_current_context_is_none() {
    assert_eq!(merged(&["current-context: ''", "current-context: b"]).current_context(), Some("b"));
    assert_eq!(merged(&[]).current_context(), None);
}

#[test]
fn a_target_is_a_context_with_what_it_names() {
    let kubeconfig = merged(&[
        "contexts: [{name: a, context: {cluster: c, user: u, namespace: web}}, {name: b, context: {cluster: c}}]",
        "clusters: [{name: c, cluster: {server: 'https://s'}}]\nusers: [{name: u, user: {token: t}}]",
    ]);
    let target = kubeconfig.target(Some("a")).unwrap();
    assert_eq!(
        (target.context.as_deref(), target.namespace.as_deref(), target.cluster.server.as_str()),
        (Some("a"), Some("web"), "https://s")
    );
    assert_eq!(target.source.unwrap().line, Some(1));
    assert!(target.user.token.is_some());
    let codes: Vec<&str> = target.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["cluster-from-another-file", "user-from-another-file"]);
    assert_eq!(target.findings[0].message, "context a takes cluster c from another file, /2:1");
    let nobody = kubeconfig.target(Some("b")).unwrap();
    assert_eq!((nobody.user.way(), nobody.findings.last().unwrap().code), (Way::Nothing, "no-user"));
}

#[test]
fn what_clients_refuse_is_refused() {
    for (cluster, user, code, message) in [
        ("{}", "{}", "no-server", "cluster c has no server (/1:3)"),
        (
            "{server: 'https://s', certificate-authority: x, certificate-authority-data: YQ==}",
            "{}",
            "given-twice",
            "cluster c has certificate-authority and certificate-authority-data, which clients refuse (/1:3)",
        ),
        (
            "{server: 'https://s', insecure-skip-tls-verify: true, certificate-authority-data: YQ==}",
            "{}",
            "authority-not-verified",
            "cluster c has a certificate authority and insecure-skip-tls-verify, which clients refuse (/1:3)",
        ),
        (
            "{server: 'https://s', proxy-url: 'localhost:3'}",
            "{}",
            "unknown-proxy",
            "cluster c has a proxy-url that begins with neither http://, https:// nor socks5:// (/1:3)",
        ),
        (
            GOOD,
            "{client-certificate-data: YQ==, client-key: x, client-key-data: YQ==}",
            "given-twice",
            "user u has client-key and client-key-data, which clients refuse (/1:4)",
        ),
        (GOOD, "{client-certificate-data: YQ==}", "certificate-without-key", "user u has a client certificate without its key (/1:4)"),
        (GOOD, "{token: t, password: p}", "two-credentials", "user u has a token and a user name or password, which clients refuse (/1:4)"),
        (
            GOOD,
            "{tokenFile: /t, username: p}",
            "two-credentials",
            "user u has a token and a user name or password, which clients refuse (/1:4)",
        ),
        (
            GOOD,
            "{exec: {command: x}, auth-provider: {name: oidc}}",
            "exec-with-auth-provider",
            "user u has a plugin and an auth provider, which clients refuse (/1:4)",
        ),
        (
            GOOD,
            "{exec: {command: x, env: [{value: v}]}}",
            "exec-variable-without-name",
            "user u gives its plugin a variable without a name (/1:4)",
        ),
        (
            GOOD,
            "{token: t, as-groups: [x]}",
            "impersonation-without-user",
            "user u impersonates groups, a uid or extra without a user, which clients refuse (/1:4)",
        ),
    ] {
        let kubeconfig = one(cluster, user);
        assert_eq!(codes(&kubeconfig, "a"), [code], "{cluster} {user}");
        let failure = kubeconfig.target(None).unwrap_err();
        assert_eq!(failure.message, format!("context `a` cannot be used: {message}"));
        assert_eq!((failure.exit_status(), failure.hints.len()), (4, 1), "{failure:?}");
    }
    let several = one("{}", "{token: t, as-uid: x, username: u}").target(None).unwrap_err();
    assert_eq!(several.hints.len(), 3);
    assert!(several.hints[1].starts_with("Besides, user u has a token and"), "{several:?}");
}

#[test]
fn what_surprises_is_told_and_used() {
    let certificate = "client-certificate-data: YQ==, client-key-data: YQ==";
    for (cluster, user, code, severity) in [
        ("{server: 'http://s'}", "{}", "plain-http", Severity::Warning),
        ("{server: 's:8080'}", "{}", "plain-http", Severity::Warning),
        ("{server: 'http://127.0.0.1:8001'}", "{}", "plain-http", Severity::Info),
        (GOOD, "{token: t, tokenFile: /t}", "token-given-twice", Severity::Warning),
        (GOOD, "{token: t, exec: {command: x}}", "exec-ignored", Severity::Warning),
        (GOOD, "{tokenFile: /t, exec: {command: x}}", "exec-ignored", Severity::Warning),
        (GOOD, "{username: u, exec: {command: x}}", "exec-ignored", Severity::Warning),
        (GOOD, &format!("{{{certificate}, exec: {{command: x}}}}"), "exec-ignored", Severity::Warning),
    ] {
        let findings = one(cluster, user).target(None).unwrap().findings;
        assert_eq!(
            findings.iter().map(|finding| (finding.code, finding.severity)).collect::<Vec<_>>(),
            [(code, severity)],
            "{cluster} {user}"
        );
    }
    for user in
        ["{}", "{exec: {command: x}}", "{client-key: x, client-key-data: YQ==}", &format!("{{token: t, {certificate}}}"), "{username: u}"]
    {
        assert_eq!(codes(&one(GOOD, user), "a"), Vec::<&str>::new(), "{user}");
    }
}

#[test]
fn what_is_shadowed_is_told() {
    let text =
        "contexts: [{name: a, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: 'https://s'}}]\nusers: [{name: u}]";
    let kubeconfig = merged(&[text, text, text]);
    assert_eq!(codes(&kubeconfig, "a"), ["shadowed-context", "shadowed-cluster", "shadowed-user"]);
    let first = &kubeconfig.findings(kubeconfig.context("a").unwrap())[0];
    assert_eq!(first.message, "context a stands also in /2:1 and /3:1, which do not count: the first file wins");
    let many = merged(&[text; 9]);
    assert_eq!(
        many.findings(many.context("a").unwrap())[0].message,
        "context a stands also in /2:1, /3:1, /4:1, /5:1, /6:1 and 3 more places, which do not count: the first file wins"
    );
}

#[test]
fn names_that_lead_nowhere() {
    let kubeconfig = merged(&[
        "contexts: [{name: a, context: {cluster: gone, user: lost}}, {name: b}]\nclusters: [{name: c, cluster: {server: 'https://s'}}]",
    ]);
    assert_eq!(codes(&kubeconfig, "a"), ["dangling-cluster", "dangling-user"]);
    assert_eq!(codes(&kubeconfig, "b"), ["no-cluster", "no-user"]);
    let failure = kubeconfig.target(Some("a")).unwrap_err();
    assert_eq!(failure.message, "context `a` cannot be used: it names cluster gone, which no file has (/1:1)");
    for (context, gives) in [(None, false), (Some("a"), false), (Some("nowhere"), true)] {
        assert_eq!(kubeconfig.gives_server(context), gives, "{context:?}");
    }
    assert!(one(GOOD, "{}").gives_server(None));
}

#[test]
fn a_context_that_is_not_there() {
    let kubeconfig = merged(&["current-context: Prod\ncontexts: [{name: prod}, {name: dev-eu}, {name: dev-us}]"]);
    let told = |context: Option<&str>| {
        let failure = kubeconfig.target(context).unwrap_err();
        (failure.exit_status(), failure.message, failure.hints.into_iter().next().unwrap())
    };
    let of = |status: u8, message: &str, hint: &str| (status, message.to_owned(), hint.to_owned());
    assert_eq!(told(Some("prdo")), of(2, "there is no context `prdo` in /1", "Did you mean `prod`?"));
    assert_eq!(told(Some("us")), of(2, "there is no context `us` in /1", "Did you mean `dev-us`?"));
    assert_eq!(told(Some("x\u{1b}y")), of(2, "there is no context `x␛y` in /1", "There are: prod, dev-eu, dev-us."));
    assert_eq!(told(None), of(4, "the current context is `Prod`, and there is no such context (/1:1)", "Did you mean `prod`?"));
    let none = merged(&["contexts: [{name: prod}]", ""]).target(None).unwrap_err();
    assert_eq!((none.message.as_str(), none.exit_status()), ("no context is current in /1 and /2", 2));
    let many = (0..20).map(|number| format!("{{name: context-{number}}}")).collect::<Vec<_>>().join(",");
    let many = merged(&[&format!("contexts: [{many}]")]).target(None).unwrap_err();
    assert!(many.hints[1].ends_with("context-7 and 12 more; whycan context list shows all."), "{many:?}");
}

#[test]
fn a_nameless_entry_is_one_of_an_empty_name() {
    let kubeconfig = merged(&[
        "contexts: [{context: {cluster: '', user: ''}}]\nclusters: [{cluster: {server: 'https://s'}}]\nusers: [{user: {token: t}}]",
    ]);
    let target = kubeconfig.target(Some("")).unwrap();
    assert_eq!((target.cluster.server.as_str(), target.user.token.is_some()), ("https://s", true));
    assert_eq!(codes(&one("{}", "{}"), "a"), ["no-server"]);
    let bare = merged(&["contexts: [~]"]);
    assert_eq!(bare.findings(&bare.contexts()[0])[0].message, "the context without a name names no cluster");
}
#[test]
fn the_fields_whose_lines_are_kept_are_found() {
    let text = "users:\n- name: a\n  user:\n    as: b\n    unknown: 1\n    exec:\n      apiVersion: v1\n      command: c\n      installHint: d\n    auth-provider:\n      config: {}\n      name: x\n    username: e\n";
    let file = read("/1", text.as_bytes()).unwrap();
    let lines = &file.users[0].lines;
    for (field, line) in [
        ("as", Some(4)),
        ("unknown", None),
        ("exec", Some(7)),
        ("exec.apiVersion", Some(7)),
        ("exec.command", Some(8)),
        ("exec.installHint", Some(9)),
        ("auth-provider.config", Some(11)),
        ("auth-provider.name", Some(12)),
        ("username", Some(13)),
        ("token", None),
    ] {
        assert_eq!(lines.of(field), line, "{field}");
    }
}
