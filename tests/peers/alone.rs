//! One context by itself, as kubectl reads it: the same as kubectl's own `config view --minify`.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use whycan::kubeconfig;

/// Two contexts that say everything a kubeconfig can.
const FULL: &str = "\
current-context: other
contexts:
- {name: 'on', context: {cluster: c, user: u, namespace: web}}
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
    - {name: client.authentication.k8s.io/exec, extension: {audience: '12', deep: [[1, {a: b}], [], {}], 'no': 1.5}}
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

/// Where paths stand in what kubectl shows of the contexts, and where they lead; it shows relative ones as they are.
const PATHS: &[(&str, &str)] = &[
    ("/clusters/0/cluster/certificate-authority", "whole/pki/ca.crt"),
    ("/users/0/user/client-key", "keys/k"),
    ("/users/0/user/tokenFile", "whole/t"),
    ("/users/0/user/exec/command", "whole/bin/plugin"),
];

/// What kubectl makes of a context.
fn kubectls(path: &Path, words: &[&str]) -> Value {
    let output = Command::new("kubectl")
        .args(["config", "view", "--raw", "--minify", "-o", "json", "--kubeconfig"])
        .arg(path)
        .args(words)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
#[ignore = "needs peers: kubectl"]
fn kubectl_reads_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, alone) = (folder.path().join("whole/config"), folder.path().join("alone/config"));
    for path in [&whole, &alone] {
        fs::create_dir(path.parent().unwrap()).unwrap();
    }
    fs::write(&whole, FULL).unwrap();
    let kubeconfig = kubeconfig::merge(vec![kubeconfig::read(whole.to_str().unwrap(), FULL.as_bytes()).unwrap()]);
    for context in ["on", "other"] {
        fs::write(&alone, kubeconfig.alone(Some(context), None).unwrap()).unwrap();
        let mut theirs = kubectls(&whole, &["--context", context]);
        theirs["current-context"] = context.into();
        for (pointer, path) in PATHS {
            if let Some(value) = theirs.pointer_mut(pointer) {
                *value = folder.path().join(path).to_str().into();
            }
        }
        assert_eq!(kubectls(&alone, &[]), theirs);
    }
}
