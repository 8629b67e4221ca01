//! Real logins with every kind of credential: who the credential says one is, by its own content, is who the server says.

use std::path::Path;
use std::process::{Command, Stdio};

use http::Method;
use kube::Client;
use rcgen::DnType;
use serde_json::{Value, json};

use crate::cluster::{Cluster, Setup, call};
use crate::issuer::{Issuer, Signer};

/// What the program says, whatever its exit status.
pub fn whycan(kubeconfig: &Path, words: &[&str], environment: &[(&str, &str)]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whycan"));
    command.env_clear().env("HOME", "/nonexistent").envs(environment.iter().copied());
    command.arg("--kubeconfig").arg(kubeconfig).args(["-o", "json"]).args(words);
    let output = command.stdin(Stdio::null()).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{command:?}\n{}", String::from_utf8_lossy(&output.stderr)))
}

/// The codes of findings of one severity.
pub fn codes(answer: &Value, severity: &str) -> Vec<String> {
    let findings = answer["findings"].as_array().unwrap().iter().filter(|finding| finding["severity"] == severity);
    findings.map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

/// A token for a service account, as the API server makes one.
pub async fn token(client: &Client, namespace: &str, name: &str, spec: Value) -> String {
    let request = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec});
    let path = format!("/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token");
    let (status, answer) = call(client, Method::POST, &path, Some(&request)).await;
    assert!(status.is_success(), "{answer}");
    answer["status"]["token"].as_str().unwrap().to_owned()
}

/// Creates an object, and gives it as it is then.
pub async fn put(client: &Client, path: &str, object: &Value) -> Value {
    let (status, answer) = call(client, Method::POST, path, Some(object)).await;
    assert!(status.is_success(), "{object}\n{answer}");
    answer
}

/// A pod of a service account, on a node where one is named; no kubelet runs it.
pub fn pod(name: &str, account: &str, node: Option<&str>) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {
        "serviceAccountName": account, "nodeName": node, "containers": [{"name": "c", "image": "example.com/none"}]}})
}

pub fn binding_to(what: &str, name: &str) -> Value {
    json!({"boundObjectRef": {"apiVersion": "v1", "kind": what, "name": name}})
}

/// What the server itself says, asked by kubectl.
fn by_kubectl(cluster: &Cluster, kubeconfig: &Path) -> Value {
    let output = cluster.kubectl(kubeconfig, &["auth", "whoami", "-o", "json"]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    answer["status"]["userInfo"].clone()
}

/// Groups as a set of texts, the rest as it is; what is empty is absent.
fn plain(identity: &Value) -> Value {
    let filled = |value: &Value| match value {
        Value::String(text) if text.is_empty() => Value::Null,
        other => other.clone(),
    };
    let extra = if identity["extra"].is_null() { json!({}) } else { identity["extra"].clone() };
    json!({"username": identity["username"], "uid": filled(&identity["uid"]), "groups": identity["groups"], "extra": extra})
}

async fn legacy_token(admin: &Client, namespace: &str, account: &str) -> String {
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/service-account-token",
        "metadata": {"name": "old-token", "annotations": {"kubernetes.io/service-account.name": account}}});
    put(admin, &format!("/api/v1/namespaces/{namespace}/secrets"), &secret).await;
    let path = format!("/api/v1/namespaces/{namespace}/secrets/old-token");
    for _ in 0..200 {
        if let Some(token) = call(admin, Method::GET, &path, None).await.1["data"]["token"].as_str() {
            use base64::Engine as _;
            return String::from_utf8(base64::engine::general_purpose::STANDARD.decode(token).unwrap()).unwrap();
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("no token is put into the Secret");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs peers"]
async fn the_server_takes_each_credential_for_whom_it_says() {
    let tokens: &[(&str, &[&str])] = &[("a static user", &["dev"])];
    let more = ["--enable-bootstrap-token-auth".to_owned()];
    let cluster = Cluster::start(&Setup { tokens, manager: true, more: &more, ..Setup::default() }).await;
    let admin = cluster.admin_client().await;
    for account in ["web", "old"] {
        cluster.kubectl_as_admin(&["create", "serviceaccount", account]);
    }
    let core = "/api/v1/namespaces/default";
    put(&admin, "/api/v1/nodes", &json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}})).await;
    put(&admin, &format!("{core}/pods"), &pod("loose", "web", None)).await;
    put(&admin, &format!("{core}/pods"), &pod("placed", "web", Some("n1"))).await;
    put(&admin, &format!("{core}/secrets"), &json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}})).await;
    let bootstrap = json!({"apiVersion": "v1", "kind": "Secret", "type": "bootstrap.kubernetes.io/token",
        "metadata": {"name": "bootstrap-token-abcdef"}, "stringData": {"token-id": "abcdef", "token-secret": "0123456789abcdef",
        "usage-bootstrap-authentication": "true", "auth-extra-groups": "system:bootstrappers:kubeadm:default-node-token"}});
    put(&admin, "/api/v1/namespaces/kube-system/secrets", &bootstrap).await;

    let (uid, second) = (DnType::CustomDnType(vec![1, 3, 6, 1, 4, 1, 57683, 2]), |kind| DnType::CustomDnType(vec![2, 5, 4, kind]));
    let (name, group) = (DnType::CommonName, DnType::OrganizationName);
    let mut with = Vec::new();
    for (what, spec) in [
        ("service account", json!({})),
        ("short", json!({"expirationSeconds": 600})),
        ("bound to a pod", binding_to("Pod", "loose")),
        ("bound to a pod on a node", binding_to("Pod", "placed")),
        ("bound to a node", binding_to("Node", "n1")),
        ("bound to a Secret", binding_to("Secret", "s")),
        ("extended", json!({"expirationSeconds": 3607, "boundObjectRef": {"apiVersion": "v1", "kind": "Pod", "name": "placed"}})),
    ] {
        with.push((what, cluster.bearer(&token(&admin, "default", "web", spec).await)));
    }
    with.push(("legacy", cluster.bearer(&legacy_token(&admin, "default", "old").await)));
    for (what, attributes) in [
        ("certificate", vec![(name.clone(), "alice")]),
        ("certificate, groups", vec![(name.clone(), "ü\u{200b}"), (group.clone(), "dev"), (second(10), "system:masters")]),
        ("certificate, names", vec![(name.clone(), "first"), (second(3), "last"), (group, "dev")]),
        ("certificate, uid", vec![(name.clone(), "alice"), (uid, "u-1")]),
        ("certificate of a service account's name", vec![(name.clone(), "system:serviceaccount:default:web")]),
        ("certificate of a node's name", vec![(name, "system:node:n1")]),
    ] {
        with.push((what, cluster.certificate_of(&attributes)));
    }
    let mut compared = 0;
    for (what, kubeconfig) in &with {
        let answer = whycan(kubeconfig, &["whoami"], &[]);
        let (computed, server) = (plain(&answer["computed"]), plain(&answer["server"]));
        assert_eq!(server, plain(&by_kubectl(&cluster, kubeconfig)), "{what}");
        assert_eq!(computed, server, "{what}");
        assert_eq!(codes(&answer, "error"), Vec::<String>::new(), "{what}: {}", answer["findings"]);
        assert!(!answer["findings"].to_string().contains("identity-differs"), "{what}");
        if *what == "extended" {
            assert_eq!(codes(&answer, "info"), ["extended"]);
        }
        let shown = whycan(kubeconfig, &["token", "show"], &[]);
        let signature = if shown["jwt"].is_null() { Value::Null } else { json!("valid") };
        assert_eq!((&shown["accepted"], &shown["jwt"]["signature"]), (&json!(true), &signature), "{what}: {}", shown["notes"]);
        compared += 1;
    }
    // a Secret may give further groups, which nobody but the server knows
    let answer = whycan(&cluster.bearer("abcdef.0123456789abcdef"), &["whoami"], &[]);
    assert_eq!(answer["computed"]["username"], answer["server"]["username"]);
    assert_eq!(answer["computed"]["groups"], json!(["system:bootstrappers", "system:authenticated"]));
    assert!(answer["server"]["groups"].to_string().contains("system:bootstrappers:kubeadm:default-node-token"));
    assert_eq!((answer["findings"].as_array().unwrap().len(), codes(&answer, "info")), (1, vec!["kept-in-secret".to_owned()]));
    // a static token says nothing
    let answer = whycan(&cluster.bearer("token-0"), &["whoami"], &[]);
    assert_eq!((&answer["computed"], &answer["server"]["username"]), (&Value::Null, &json!("a static user")));
    // what is for somebody else, or of nobody, is refused
    for refused in
        [token(&admin, "default", "web", json!({"audiences": ["vault"]})).await, "abcdef.fedcba9876543210".to_owned(), "token-1".to_owned()]
    {
        let kubeconfig = cluster.bearer(&refused);
        let (answer, shown) = (whycan(&kubeconfig, &["whoami"], &[]), whycan(&kubeconfig, &["token", "show"], &[]));
        assert_eq!((&answer["server"], &shown["accepted"]), (&Value::Null, &json!(false)));
        assert_eq!(codes(&shown, "error").len(), 1, "{}", shown["findings"]);
        println!("refused: {}", shown["findings"][0]["message"]);
        assert_eq!(codes(&answer, "error"), codes(&shown, "error"));
    }
    println!("{compared} credentials: computed is what the server says");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs peers"]
async fn a_login_with_oidc_is_whom_the_server_says_alone() {
    let signer = Signer::rsa("k-1");
    let issuer = Issuer::start(&[&signer]);
    let folder = tempfile::tempdir().unwrap();
    let (more, authority) = crate::oidc::configured(&issuer, folder.path());
    let cluster = Cluster::start(&Setup { more: &more, ..Setup::default() }).await;
    let token = signer.sign(&crate::oidc::claims(&issuer, &json!({})));
    crate::oidc::until_ready(&cluster.admin_client().await, &token).await;
    let answer = whycan(&cluster.bearer(&token), &["whoami"], &[("SSL_CERT_FILE", &authority)]);
    assert_eq!((&answer["computed"], &answer["server"]["username"]), (&Value::Null, &json!("oidc:alice")));
    assert_eq!(answer["server"]["groups"], json!(["oidc:dev", "oidc:ops", "system:authenticated"]));
    assert_eq!(answer["findings"], json!([]));
}
