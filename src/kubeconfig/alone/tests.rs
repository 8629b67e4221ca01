use crate::kubeconfig::entry::Lines;
use crate::kubeconfig::{self, Kubeconfig, Target};

fn load(text: &str) -> Kubeconfig {
    kubeconfig::merge(vec![kubeconfig::read("/home/alice/.kube/config", text.as_bytes()).unwrap()])
}

/// Two contexts with everything that a kubeconfig can say.
const FULL: &str = "\
current-context: other
contexts:
- {name: 'on', context: {cluster: c, user: u, namespace: web, extensions: [{name: x, extension: 1}]}}
- {name: other, context: {cluster: d, user: v}}
clusters:
- name: c
  cluster:
    server: https://c:6443/path
    tls-server-name: c.example
    certificate-authority: pki/ca.crt
    proxy-url: socks5://localhost:1080
    disable-compression: true
    extensions:
    - {name: client.authentication.k8s.io/exec, extension: {audience: '12', deep: [[1, {a: b}], [], {}], none: ~, no: 1.5}}
    - {name: other, extension: 1}
- {name: d, cluster: {server: 'https://d', insecure-skip-tls-verify: true}}
users:
- name: u
  user:
    client-certificate-data: Y2VydA==
    client-key: ../keys/k
    as: \"Alice \\\"the\\\" #1: é\\u2028\\U0001F680\\x07\"
    as-uid: '42'
    as-groups: ['true', '0x1F', '', '- a', 'b:', \"x\\ny\"]
    as-user-extra: {'n': ['~'], scopes: [a, b]}
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: ./bin/plugin
      args: [get-token, --cluster, '010', '']
      env: [{name: AWS_PROFILE, value: 'off'}, {name: EMPTY, value: ''}]
      installHint: \"get it\\nthere\"
      provideClusterInfo: true
      interactiveMode: IfAvailable
- name: v
  user:
    token: hunter2
    tokenFile: t
    auth-provider: {name: oidc, config: {client-id: whycan, refresh-token: '123'}}
";

/// All that a target says, but where it stands.
fn said(mut target: Target) -> String {
    use secrecy::{ExposeSecret as _, SecretString};
    target.source = None;
    target.cluster.source = None;
    target.user.source = None;
    target.cluster.lines = Lines::default();
    target.user.lines = Lines::default();
    let secrets: Vec<&str> = target.user.token.iter().chain(&target.user.password).map(SecretString::expose_secret).collect();
    let config: Vec<&str> = target.user.auth_config.values().map(SecretString::expose_secret).collect();
    let plugin = target.user.exec.as_ref().map(|exec| (&exec.args, &exec.env));
    target.findings.clear();
    format!("{target:#?} {secrets:?} {config:?} {plugin:?}")
}

#[test]
fn it_leads_to_the_same() {
    let whole = load(FULL);
    for (context, name) in [(Some("on"), "on"), (None, "other"), (Some("other"), "other")] {
        let alone = load(&whole.alone(context, None).unwrap());
        assert_eq!((alone.contexts().len(), alone.clusters().len(), alone.users().len()), (1, 1, 1));
        assert_eq!(alone.current_context(), Some(name));
        assert_eq!(said(alone.target(None).unwrap()), said(whole.target(Some(name)).unwrap()));
    }
    let moved = load(&whole.alone(Some("on"), Some("db")).unwrap());
    assert_eq!(moved.target(None).unwrap().namespace.as_deref(), Some("db"));
}

#[test]
fn what_it_looks_like() {
    insta::assert_snapshot!(load(FULL).alone(Some("on"), None).unwrap());
}

#[test]
fn what_leads_nowhere_is_refused() {
    let kubeconfig = load("contexts: [{name: a, context: {cluster: gone}}]\n");
    assert!(kubeconfig.alone(Some("a"), None).unwrap_err().message.starts_with("context `a` cannot be used: "));
    assert!(kubeconfig.alone(Some("b"), None).unwrap_err().message.starts_with("there is no context `b`"));
    assert!(kubeconfig.alone(None, None).unwrap_err().message.starts_with("no context is current"));
}
