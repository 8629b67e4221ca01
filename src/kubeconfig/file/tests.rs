use proptest::prelude::*;
use secrecy::ExposeSecret as _;

use super::*;

fn file(text: &str) -> File {
    read("/home/alice/.kube/config", text.as_bytes()).unwrap_or_else(|failure| panic!("{failure:?} in\n{text}"))
}

/// The message of the failure that a text gives, without the file.
fn refused(text: &str) -> String {
    let failure = read("/f", text.as_bytes()).expect_err(text);
    assert_eq!(failure.exit_status(), 4);
    failure.message.strip_prefix("cannot read kubeconfig /f").unwrap_or_else(|| panic!("{failure}")).to_owned()
}

/// How kubectl reads a scalar where a name is wanted: the text, or none where it refuses the file.
fn name(scalar: &str) -> Option<String> {
    read("/f", format!("current-context: {scalar}\n").as_bytes()).ok().map(|file| file.current_context.map_or_else(String::new, |c| c.name))
}

#[test]
fn every_field_is_read() {
    let file = file(
        "apiVersion: v1
kind: Config
preferences: {colors: true}
current-context: prod
clusters:
- name: c
  cluster:
    server: https://c.example
    tls-server-name: inner
    insecure-skip-tls-verify: yes
    certificate-authority: ca.pem
    proxy-url: socks5://p
    disable-compression: true
    extensions:
    - {name: other, extension: 1}
    - {name: client.authentication.k8s.io/exec, extension: {audience: x, deep: [1, true, ~]}}
users:
- name: u
  user:
    client-certificate: ../u.pem
    client-key-data: a2V5
    token: t
    tokenFile: /run/token
    username: me
    password: pw
    as: bob
    as-uid: '7'
    as-groups: [a, b]
    as-user-extra: {scopes: [x, z]}
    auth-provider: {name: oidc, config: {id-token: z}}
    exec: {apiVersion: v, command: ./bin/aws, args: [a, ~], env: [{name: A, value: V}], installHint: get it, provideClusterInfo: true, interactiveMode: Never}
contexts:
- context: {cluster: c, user: u, namespace: web}
  name: prod
unknown: [field]
",
    );
    let cluster = &file.clusters[0];
    assert_eq!((cluster.name.as_str(), cluster.server.as_str()), ("c", "https://c.example"));
    assert_eq!((cluster.tls_server_name.as_deref(), cluster.proxy_url.as_deref()), (Some("inner"), Some("socks5://p")));
    assert!(cluster.insecure_skip_tls_verify && cluster.disable_compression);
    assert!(matches!(&cluster.certificate_authority, Some(Data::File(path)) if path == "/home/alice/.kube/ca.pem"));
    assert_eq!(cluster.exec_config, Some(serde_json::json!({"audience": "x", "deep": [1, true, null]})));

    let user = &file.users[0];
    assert!(matches!(&user.client_certificate, Some(Data::File(path)) if path == "/home/alice/u.pem"));
    assert!(matches!(&user.client_key, Some(Data::Inline(bytes)) if bytes == b"key"));
    assert_eq!(user.token.as_ref().unwrap().expose_secret(), "t");
    assert_eq!(user.token_file.as_deref(), Some("/run/token"));
    assert_eq!((user.username.as_deref(), user.password.as_ref().unwrap().expose_secret()), (Some("me"), "pw"));
    assert_eq!(user.auth_provider.as_deref(), Some("oidc"));
    let of = &user.impersonation;
    assert_eq!((of.user.as_deref(), of.uid.as_deref(), of.groups.join(",").as_str()), (Some("bob"), Some("7"), "a,b"));
    assert_eq!(of.extra["scopes"], ["x", "z"]);
    let exec = user.exec.as_ref().unwrap();
    assert_eq!((exec.api_version.as_str(), exec.command.as_str()), ("v", "/home/alice/.kube/bin/aws"));
    assert_eq!(
        (exec.args.as_slice(), exec.env.as_slice()),
        (&["a".to_owned(), String::new()][..], &[("A".to_owned(), "V".to_owned())][..])
    );
    assert_eq!((exec.install_hint.as_deref(), exec.interactive_mode.as_str(), exec.provide_cluster_info), (Some("get it"), "Never", true));

    let context = &file.contexts[0];
    assert_eq!((context.cluster.as_str(), context.user.as_str(), context.namespace.as_deref()), ("c", "u", Some("web")));
}

#[test]
fn entries_know_their_lines() {
    let file = file(
        "current-context: a\n\ncontexts:\n- name: a\n-\n  context: {}\n  name: b\nclusters: [{name: x},\n  {name: z}]\nusers:\n\n  - user: {}\n",
    );
    let line = |source: &Source| (source.file.clone(), source.line.unwrap());
    let at = |line: usize| ("/home/alice/.kube/config".to_owned(), line);
    assert_eq!(line(&file.current_context.unwrap().source), at(1));
    assert_eq!(file.contexts.iter().map(|context| line(&context.source)).collect::<Vec<_>>(), [at(4), at(6)]);
    assert_eq!(file.clusters.iter().map(|cluster| line(cluster.source.as_ref().unwrap())).collect::<Vec<_>>(), [at(8), at(9)]);
    assert_eq!(line(file.users[0].source.as_ref().unwrap()), at(12));
}

#[test]
fn nothing_is_an_empty_configuration() {
    for text in
        ["", "  \n", "# nothing\n", "---\n", "null\n", "~", "{}", "\u{feff}", "users:\nclusters: ~\ncontexts: null\n", "Contexts: [a]\n"]
    {
        let file = file(text);
        assert!(
            file.contexts.is_empty() && file.users.is_empty() && file.clusters.is_empty() && file.current_context.is_none(),
            "{text:?}"
        );
    }
}

#[test]
fn scalars_are_kubectls() {
    for text in ["12:30", "2024-01-01", "'n'", "\"on\"", "1.2.3", "a b", "!custom 3", "! 3", "!!str 3"] {
        let plain = text.trim_matches(['\'', '"']).rsplit(['!', ' ']).next().unwrap();
        let plain = if text == "a b" { "a b" } else { plain.trim_start_matches("str") };
        assert_eq!(name(text).as_deref(), Some(plain), "{text}");
    }
    assert_eq!(name("!!binary YQ==").as_deref(), Some("a"));
    for text in ["~", "null", "", "''"] {
        assert_eq!(name(text).as_deref(), Some(""), "{text}");
    }
    for text in ["n", "yes", "on", "010", "0o14", "3", "1e3", "0xff", "1_0", "+12", ".inf", "!!int '3'", "!!int a", "[a]", "{a: b}"] {
        assert_eq!(name(text), None, "{text}");
    }
}

#[test]
fn yaml_is_kubectls() {
    let server = |text: &str| file(text).clusters.into_iter().next().unwrap().server;
    // a key twice: the last; and that of a merge after it
    assert_eq!(server("clusters: [{name: a, cluster: {server: a, server: b}}]"), "b");
    assert_eq!(server("x: &a {server: s}\nclusters: [{name: a, cluster: *a}]"), "s");
    assert_eq!(server("x: &a {server: s}\nclusters: [{name: a, cluster: {<<: *a, tls-server-name: q}}]"), "s");
    assert_eq!(server("x: &a {server: s}\nclusters: [{name: a, cluster: {server: q, <<: *a}}]"), "s");
    assert_eq!(server("x: &a {server: s}\ny: &b {server: t}\nclusters: [{name: a, cluster: {<<: [*a, *b]}}]"), "s");
    assert_eq!(server("{\"clusters\": [{\"name\": \"a\", \"cluster\": {\"server\": \"s\",},},],}"), "s");
    assert_eq!(server("clusters: !x [{name: a, cluster: !!map {server: s}}]"), "s");
    // keys are made text
    let user = file("users: [{name: a, user: {as: x, as-user-extra: {1: [a], yes: [b]}}}]").users.remove(0);
    assert_eq!(user.impersonation.extra.keys().collect::<Vec<_>>(), ["1", "true"]);
    // several documents: the first, whatever the others are
    assert_eq!(file("current-context: a\n---\n{{{").current_context.unwrap().name, "a");
}

#[test]
fn encodings() {
    let text = "current-context: é名\n";
    let bytes_of = |big: bool| {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect::<Vec<u8>>()
    };
    for bytes in [text.as_bytes().to_vec(), [b"\xef\xbb\xbf", text.as_bytes()].concat(), bytes_of(true), bytes_of(false)] {
        assert_eq!(read("/f", &bytes).unwrap().current_context.unwrap().name, "é名");
    }
    // a line break of old
    assert_eq!(file("current-context: 'a\u{85}  b'\n").current_context.unwrap().name, "a b");
    for (bytes, message) in [
        (&b"a: b\nc: \xe9x"[..], ":2:4: a byte is no UTF-8 text"),
        (b"a: b\x07", ":1:5: there is a control character, and YAML takes none"),
        (b"\xff\xfea", ": the file is marked as UTF-16 and is none"),
        (b"\xff\xfe\x00\xd8", ": the file is marked as UTF-16 and is none"),
    ] {
        assert_eq!(read("/f", bytes).unwrap_err().message, format!("cannot read kubeconfig /f{message}"));
    }
}

#[test]
fn bytes_in_base64() {
    let authority = |value: &str| {
        file(&format!("clusters: [{{name: a, cluster: {{certificate-authority-data: {value}}}}}]")).clusters.remove(0).certificate_authority
    };
    for value in ["YWI=", "\"YW\\nI\\r\\n=\"", "|\n YWI=\n", "!!str YWI=", "YWJ="] {
        let value = if value.starts_with('|') {
            file("clusters:\n- name: a\n  cluster:\n    certificate-authority-data: |\n      YW\n      I=\n")
                .clusters
                .remove(0)
                .certificate_authority
        } else {
            authority(value)
        };
        assert!(matches!(value, Some(Data::Inline(bytes)) if bytes == b"ab"));
    }
    assert!(authority("''").is_none());
    // a folded block has blanks in it, which Go does not skip
    let folded = refused("users:\n- name: a\n  user:\n    client-key-data: >-\n      YW\n      I=\n");
    assert_eq!(folded, ":5:7: users[0].user.client-key-data is no base64");
    for value in ["YWI", "'!!!!'", "'YWI= '", "[97]"] {
        read("/f", format!("clusters: [{{name: a, cluster: {{certificate-authority-data: {value}}}}}]").as_bytes()).unwrap_err();
    }
}

#[test]
fn mistakes_name_place_and_field() {
    for (text, message) in [
        ("contexts:\n- name: y\n", ":2:9: contexts[0].name is a boolean, where text is wanted"),
        ("users:\n- name: a\n  user:\n    token: 12345\n", ":4:12: users[0].user.token is a number, where text is wanted"),
        ("clusters: {a: b}\n", ":1:11: clusters is a mapping, where a list is wanted"),
        ("clusters: [foo]\n", ":1:12: clusters[0] is text, where a mapping is wanted"),
        ("clusters: [{name: a, cluster: foo}]\n", ":1:31: clusters[0].cluster is text, where a mapping is wanted"),
        (
            "clusters: [{name: a, cluster: {insecure-skip-tls-verify: 'true'}}]",
            ":1:58: clusters[0].cluster.insecure-skip-tls-verify is text, where true or false is wanted",
        ),
        ("users: [{name: a, user: {as-groups: a}}]", ":1:37: users[0].user.as-groups is text, where a list is wanted"),
        ("users: [{name: a, user: {exec: {args: [a, 1]}}}]", ":1:43: users[0].user.exec.args[1] is a number, where text is wanted"),
        ("users: [{name: a, user: {exec: {env: [{name: 1}]}}}]", ":1:46: users[0].user.exec.env[0].name is a number, where text is wanted"),
        (
            "users: [{name: a, user: {auth-provider: {config: {a: 1}}}}]",
            ":1:54: users[0].user.auth-provider.config.a is a number, where text is wanted",
        ),
        ("contexts:\n- name: a\n- name: a\n", ":3:3: contexts[1] has the name \"a\", which the entry on line 2 has too"),
        ("contexts:\n- ~\n- {}\n", ":3:3: contexts[1] has no name, and neither has the entry on line 2"),
        ("extensions: [{name: a, extension: 1}, {name: a}]", ":1:39: extensions[1] has the name \"a\", which the entry on line 1 has too"),
        ("extensions: foo", ":1:13: extensions is text, where a list is wanted"),
        ("preferences: foo", ":1:14: preferences is text, where a mapping is wanted"),
        ("kind: Secret\napiVersion: v1\n", ":1:7: kind is \"Secret\", and a kubeconfig has Config"),
        ("apiVersion: v2\n", ":1:13: apiVersion is \"v2\", and a kubeconfig has v1"),
        ("- a\n", ":1:1: is a list, where a mapping is wanted"),
        ("hello\n", ":1:1: is text, where a mapping is wanted"),
        ("a:\n\t- b\n", ":2:2: a tab stands where YAML takes only spaces"),
        ("a: \"b\n", ":1:4: a quotation mark is not closed"),
        ("a: [b\n", ":1:4: a bracket is not closed"),
        ("a: b\n  c: d\n", ":2:4: the line does not fit those before it"),
        ("a: *b\n", ":1:4: an alias has no anchor before it"),
        ("a: &b [*b]\n", ":1:8: an alias stands for what it is part of"),
        ("? [a]\n: b\n", ":1:3: a key of a mapping is neither text, number nor boolean"),
        ("null: b\n", ":1:1: a key of a mapping is neither text, number nor boolean"),
        ("a: {<<: b}\n", ":1:9: `<<` merges mappings, and this is none"),
        ("a: \"\\\\ud83d \\uD83D\\uDE00\"\n", ":1:4: two escapes make one character, which kubectl does not take"),
        ("%YAML 1.2\n---\na: b\n", ":2:1: the file is of a YAML that kubectl does not read"),
        ("a: \"b\\/c\"\n", ":1:4: a slash has a backslash before it, which kubectl does not take"),
        ("a: \"\\q\"\n", ":1:4: a backslash in double quotes begins no escape that YAML has"),
    ] {
        assert_eq!(refused(text), message, "{text}");
    }
}

#[test]
fn a_bomb_of_aliases_is_refused() {
    let line = |level: usize| format!("a{level}: &a{level} [{}]\n", [format!("*a{}", level - 1).as_str(); 10].join(", "));
    let text = "a0: &a0 [x, x, x]\n".to_owned() + &(1..30).map(line).collect::<String>();
    assert!(refused(&text).ends_with("aliases stand for too much"));
    assert!(refused(&"[".repeat(5000)).ends_with("it is nested too deeply for a kubeconfig"));
}

#[test]
fn paths_are_those_of_the_file() {
    let path = |value: &str| {
        let text = format!("users: [{{name: a, user: {{tokenFile: '{value}', exec: {{command: '{value}'}}}}}}]");
        let user = file(&text).users.remove(0);
        (user.token_file.unwrap(), user.exec.unwrap().command)
    };
    for (value, file, command) in [
        ("t", "/home/alice/.kube/t", "t"),
        ("./t", "/home/alice/.kube/t", "/home/alice/.kube/t"),
        ("a/../../t", "/home/alice/t", "/home/alice/t"),
        ("../../../../../t", "/t", "/t"),
        ("/a/../t", "/a/../t", "/a/../t"),
        ("~/t", "/home/alice/.kube/~/t", "/home/alice/.kube/~/t"),
    ] {
        assert_eq!(path(value), (file.to_owned(), command.to_owned()), "{value}");
    }
}

#[test]
fn what_is_given_twice_is_told() {
    let file = file(
        "clusters: [{name: a, cluster: {certificate-authority: x, certificate-authority-data: YQ==}}]\nusers: [{name: a, user: {client-key: x, client-key-data: YQ==}}]",
    );
    assert_eq!(file.clusters[0].given_twice, ["certificate-authority"]);
    assert_eq!(file.users[0].given_twice, ["client-key"]);
}

/// A text that every secret of a kubeconfig is.
const SECRET: &str = "c2VjcmV0";

#[test]
fn no_secret_is_shown() {
    let user = format!("{{token: {SECRET}, password: {SECRET}, client-key-data: {SECRET}, client-certificate-data: {SECRET}}}");
    let file = file(&format!("users: [{{name: a, user: {user}}}]"));
    let shown = format!("{file:?}");
    assert!(!shown.contains(SECRET) && !shown.contains("secret") && shown.contains("Inline(6 bytes)"), "{shown}");
    // whatever breaks the file, at whichever place
    for text in [
        format!("users: [{{name: a, user: {{token: [{SECRET}]}}}}]"),
        format!("users: [{{name: a, user: {{token: {{{SECRET}: 1}}}}}}]"),
        format!("users: [{{name: a, user: {{client-key-data: {SECRET}!}}}}]"),
        format!("users: [{{name: a, user: {SECRET}}}]"),
        format!("users: [{{name: a, user: {{token: \"{SECRET}}}}}]"),
        format!("users: [{{name: a, user: {{token: {SECRET}"),
        format!("users:\n- name: a\n  user:\n    token: {SECRET}\n   x: y"),
        format!("users:\n\t{SECRET}"),
        SECRET.to_owned(),
    ] {
        let failure = read("/f", text.as_bytes()).expect_err(&text);
        assert!(!format!("{failure:?}").contains(SECRET), "{failure:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read("/f", &bytes);
    }

    #[test]
    fn any_yaml_is_read_or_refused(words in proptest::collection::vec(
        prop_oneof![
            Just("users"), Just("clusters"), Just("contexts"), Just("name"), Just("user"), Just("exec"), Just("args"), Just("current-context"),
            Just(": "), Just("\n"), Just("- "), Just("  "), Just("["), Just("]"), Just("{"), Just("}"), Just(", "), Just("\""), Just("'"),
            Just("|\n"), Just(">-\n"), Just("&a "), Just("*a"), Just("<<"), Just("!!int "), Just("? "), Just("---\n"), Just("# x"), Just("\t"),
            Just("1"), Just("~"), Just("yes"), Just("é"), Just("\\u"), Just("\u{feff}"), Just("%YAML 1.1\n"), Just("-0x"), Just("1_")
        ],
        0..60,
    )) {
        let _ = read("/f", words.concat().as_bytes());
    }
}

#[test]
fn a_plugin_is_shown_without_its_arguments_and_the_values_of_its_variables() {
    let exec = crate::kubeconfig::Exec {
        command: "login".to_owned(),
        args: vec![format!("--client-secret={SECRET}")],
        env: vec![("PASSWORD".to_owned(), SECRET.to_owned())],
        ..Default::default()
    };
    let shown = format!("{exec:?}");
    assert!(shown.contains(r#"command: "login", args: 1 arguments, env: ["PASSWORD"]"#) && !shown.contains(SECRET), "{shown}");
}
