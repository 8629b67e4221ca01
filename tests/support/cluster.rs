//! A real cluster on loopback: etcd, kube-apiserver and, where asked, kube-controller-manager, with throw-away certificates.
//!
//! Nothing of it is left when the test ends, however it ends.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use std::{env, fs};

use http::{Method, Request, StatusCode};
use kube::Client;
use kube::config::{KubeConfigOptions, Kubeconfig};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::certificates::{Authority, Certificate};
use super::guarded::Guarded;

/// How long any one thing may take on a slow machine.
pub const LIMIT: Duration = Duration::from_mins(1);

/// What a cluster is to be like.
#[derive(Default)]
pub struct Setup<'a> {
    /// Users with a static token, `token-NUMBER` in their order, and their groups.
    pub tokens: &'a [(&'a str, &'a [&'a str])],
    /// With kube-controller-manager: aggregated roles are filled, namespaces get their service account.
    pub manager: bool,
    /// With an audit log of every request.
    pub audit: bool,
    /// The URL of a webhook that is asked about tokens.
    pub webhook: Option<&'a str>,
    /// Further arguments of the API server.
    pub more: &'a [String],
}

/// A running cluster.
pub struct Cluster {
    manager: Option<Guarded>,
    server: Option<Guarded>,
    etcd: Guarded,
    arguments: Vec<String>,
    authority: Authority,
    admin: PathBuf,
    /// The URL of the API server.
    pub url: String,
    etcd_url: String,
    kubeconfigs: std::sync::atomic::AtomicUsize,
    folder: TempDir,
}

/// A program of the peers: of `KUBEBUILDER_ASSETS` when it is there, else of what `tests/peers/build` made.
pub fn program(name: &str) -> PathBuf {
    let assets = env::var_os("KUBEBUILDER_ASSETS").map(|folder| Path::new(&folder).join(name));
    if let Some(program) = assets.filter(|program| program.exists()) {
        return program;
    }
    let folder = env::var_os("WHYCAN_PEERS").expect("WHYCAN_PEERS names the folder that tests/peers/build prints");
    let program = Path::new(&folder).join(name);
    assert!(program.exists(), "{} is not there; tests/peers/build makes it", program.display());
    program
}

impl Cluster {
    /// Starts one and waits until it is ready.
    pub async fn start(setup: &Setup<'_>) -> Self {
        // a free port may be taken by somebody else before it is listened on
        let mut problems = String::new();
        for _ in 0..3 {
            match Self::attempt(setup).await {
                Ok(cluster) => return cluster,
                Err(problem) => problems += &problem,
            }
        }
        panic!("the cluster does not start: {problems}");
    }

    async fn attempt(setup: &Setup<'_>) -> Result<Self, String> {
        let folder = TempDir::with_prefix("whycan-cluster-").unwrap();
        let [client, peer, port, manager] = free_ports();
        let etcd_url = format!("http://127.0.0.1:{client}");
        let etcd = start_etcd(folder.path(), &etcd_url, peer);
        let authority = Authority::new();
        let url = format!("https://127.0.0.1:{port}");
        let arguments = server_arguments(setup, folder.path(), &authority, &etcd_url, port);
        let admin = folder.path().join("admin.kubeconfig");
        let mut cluster =
            Self { manager: None, server: None, etcd, arguments, authority, admin, url, etcd_url, kubeconfigs: 0.into(), folder };
        cluster.write_certificate(&cluster.admin, "admin", &["system:masters"]);
        cluster.start_server().await?;
        if setup.manager {
            cluster.start_manager(manager).await?;
        }
        Ok(cluster)
    }

    /// Starts the API server, again after [`kill_server`](Self::kill_server), and waits until it is ready.
    pub async fn start_server(&mut self) -> Result<(), String> {
        let log = self.folder.path().join("kube-apiserver.log");
        self.server = Some(Guarded::start(&program("kube-apiserver"), &self.arguments, &log, None));
        let client = self.client(&self.admin).await;
        let start = Instant::now();
        loop {
            let ready = Request::get("/readyz").body(Vec::new()).unwrap();
            if client.request_text(ready).await.is_ok() {
                return Ok(());
            }
            for process in [self.server.as_mut().unwrap(), &mut self.etcd] {
                if process.has_ended() {
                    return Err(format!("it has ended:\n{}\n", process.last_words()));
                }
            }
            if start.elapsed() > LIMIT {
                return Err(format!("not ready after {LIMIT:?}:\n{}\n", self.server.as_ref().unwrap().last_words()));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Kills the API server as `kill -9` does.
    pub fn kill_server(&mut self) {
        self.server = None;
    }

    async fn start_manager(&mut self, port: u16) -> Result<(), String> {
        let file = |name: &str| self.folder.path().join(name).display().to_string();
        let arguments = [
            format!("--kubeconfig={}", self.admin.display()),
            "--bind-address=127.0.0.1".to_owned(),
            format!("--secure-port={port}"),
            "--leader-elect=false".to_owned(),
            format!("--service-account-private-key-file={}", file("sa.key")),
            format!("--root-ca-file={}", file("ca.crt")),
            "--use-service-account-credentials".to_owned(),
            "--controllers=clusterrole-aggregation-controller,serviceaccount-controller,serviceaccount-token-controller,namespace-controller".to_owned(),
        ];
        let log = self.folder.path().join("kube-controller-manager.log");
        self.manager = Some(Guarded::start(&program("kube-controller-manager"), arguments, &log, None));
        let client = self.client(&self.admin).await;
        let start = Instant::now();
        loop {
            let view = call(&client, Method::GET, "/apis/rbac.authorization.k8s.io/v1/clusterroles/view", None).await.1;
            let account = call(&client, Method::GET, "/api/v1/namespaces/default/serviceaccounts/default", None).await.0;
            if view["rules"].as_array().is_some_and(|rules| rules.len() > 5) && account.is_success() {
                return Ok(());
            }
            let manager = self.manager.as_mut().unwrap();
            if manager.has_ended() || start.elapsed() > LIMIT {
                return Err(format!("the controller manager does not work:\n{}\n", manager.last_words()));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// A kubeconfig of a member of system:masters.
    pub fn admin(&self) -> &Path {
        &self.admin
    }

    /// A file in the folder that goes with the cluster.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A kubeconfig with a certificate for a user in at most two groups.
    pub fn certificate(&self, user: &str, groups: &[&str]) -> PathBuf {
        let path = self.next_kubeconfig();
        self.write_certificate(&path, user, groups);
        path
    }

    /// A kubeconfig with a certificate of these attributes.
    pub fn certificate_of(&self, attributes: &[(rcgen::DnType, &str)]) -> PathBuf {
        let path = self.next_kubeconfig();
        self.write_pair(&path, &self.authority.user_of(attributes));
        path
    }

    fn write_certificate(&self, path: &Path, user: &str, groups: &[&str]) {
        self.write_pair(path, &self.authority.user(user, groups));
    }

    fn write_pair(&self, path: &Path, pair: &Certificate) {
        let [certificate, key] = [("crt", &pair.certificate), ("key", &pair.key)].map(|(extension, pem)| {
            let file = path.with_extension(extension);
            fs::write(&file, pem).unwrap();
            file
        });
        self.write_kubeconfig(path, &json!({"client-certificate": certificate, "client-key": key}));
    }

    /// A kubeconfig with a bearer token.
    pub fn bearer(&self, token: &str) -> PathBuf {
        let path = self.next_kubeconfig();
        self.write_kubeconfig(&path, &json!({"token": token}));
        path
    }

    /// A kubeconfig with a fresh token for a service account, which must be there.
    pub async fn service_account(&self, client: &Client, namespace: &str, name: &str) -> PathBuf {
        let path = format!("/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token");
        let request = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}});
        let (status, answer) = call(client, Method::POST, &path, Some(&request)).await;
        assert!(status.is_success(), "{answer}");
        self.bearer(answer["status"]["token"].as_str().unwrap())
    }

    fn next_kubeconfig(&self) -> PathBuf {
        let number = self.kubeconfigs.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.file(&format!("user-{number}.kubeconfig"))
    }

    fn write_kubeconfig(&self, path: &Path, user: &Value) {
        let kubeconfig = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "peer",
            "clusters": [{"name": "peer", "cluster": {"server": self.url, "certificate-authority": self.file("ca.crt")}}],
            "users": [{"name": "somebody", "user": user}],
            "contexts": [{"name": "peer", "context": {"cluster": "peer", "user": "somebody"}}],
        });
        fs::write(path, serde_yaml::to_string(&kubeconfig).unwrap()).unwrap();
    }

    /// A client of the test's own, which has nothing of whycan.
    pub async fn client(&self, kubeconfig: &Path) -> Client {
        let kubeconfig = Kubeconfig::read_from(kubeconfig).unwrap();
        let config = kube::Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.unwrap();
        Client::try_from(config).unwrap()
    }

    /// The same as admin.
    pub async fn admin_client(&self) -> Client {
        self.client(&self.admin).await
    }

    /// Runs kubectl to its end.
    pub fn kubectl(&self, kubeconfig: &Path, arguments: &[&str]) -> Output {
        let mut kubectl = Command::new(program("kubectl"));
        kubectl.env_clear().env("HOME", self.folder.path()).env("KUBECONFIG", kubeconfig).args(arguments);
        kubectl.output().unwrap()
    }

    /// Runs kubectl as admin, and gives what it says; it must succeed.
    pub fn kubectl_as_admin(&self, arguments: &[&str]) -> String {
        let output = self.kubectl(&self.admin, arguments);
        assert!(output.status.success(), "kubectl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Makes etcd forget all that is not current, so that no watch can go on from an earlier version.
    pub async fn compact(&self) {
        let client = Client::try_from(kube::Config::new(self.etcd_url.parse().unwrap())).unwrap();
        let (_, answer) = call(&client, Method::POST, "/v3/kv/range", Some(&json!({"key": "AA=="}))).await;
        let revision = answer["header"]["revision"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
        let (status, answer) =
            call(&client, Method::POST, "/v3/kv/compaction", Some(&json!({"revision": revision, "physical": true}))).await;
        assert!(status.is_success(), "{answer}");
    }
}

/// One request with JSON out and in: the status and what came.
pub async fn call(client: &Client, method: Method, path: &str, body: Option<&Value>) -> (StatusCode, Value) {
    let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    let body = body.map(|body| serde_json::to_vec(body).unwrap()).unwrap_or_default();
    match client.request::<Value>(request.body(body).unwrap()).await {
        Ok(answer) => (StatusCode::OK, answer),
        Err(kube::Error::Api(status)) => (
            StatusCode::from_u16(status.code).unwrap_or(StatusCode::IM_A_TEAPOT),
            json!({"reason": status.reason, "message": status.message}),
        ),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, json!({"message": error.to_string()})),
    }
}

/// Ports that nobody listens on.
fn free_ports<const N: usize>() -> [u16; N] {
    // all are held until the last is known: no port is given twice
    let listeners = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

fn start_etcd(folder: &Path, url: &str, peer: u16) -> Guarded {
    let peer = format!("http://127.0.0.1:{peer}");
    let data = folder.join("etcd").display().to_string();
    let arguments = [
        format!("--data-dir={data}"),
        "--unsafe-no-fsync".to_owned(),
        format!("--listen-client-urls={url}"),
        format!("--advertise-client-urls={url}"),
        format!("--listen-peer-urls={peer}"),
        format!("--initial-advertise-peer-urls={peer}"),
        format!("--initial-cluster=default={peer}"),
    ];
    Guarded::start(&program("etcd"), arguments, &folder.join("etcd.log"), Some(folder))
}

/// Writes what the API server needs, and gives its arguments.
fn server_arguments(setup: &Setup<'_>, folder: &Path, authority: &Authority, etcd_url: &str, port: u16) -> Vec<String> {
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let server = authority.server();
    let accounts = rcgen::KeyPair::generate().unwrap();
    let mut arguments = vec![
        format!("--etcd-servers={etcd_url}"),
        format!("--secure-port={port}"),
        "--bind-address=127.0.0.1".to_owned(),
        // else it looks for an address of the machine, which a sandbox may not have
        "--advertise-address=192.0.2.1".to_owned(),
        format!("--tls-cert-file={}", write("server.crt", &server.certificate)),
        format!("--tls-private-key-file={}", write("server.key", &server.key)),
        format!("--client-ca-file={}", write("ca.crt", &authority.pem())),
        format!("--service-account-key-file={}", write("sa.pub", &accounts.public_key_pem())),
        format!("--service-account-signing-key-file={}", write("sa.key", &accounts.serialize_pem())),
        "--service-account-issuer=https://kubernetes.default.svc".to_owned(),
        "--authorization-mode=Node,RBAC".to_owned(),
        "--service-cluster-ip-range=10.0.0.0/24".to_owned(),
        "--disable-admission-plugins=ServiceAccount".to_owned(),
    ];
    if !setup.tokens.is_empty() {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let line = |(number, (user, groups)): (usize, &(&str, &[&str]))| {
            format!("token-{number},{},uid-{number},{}\n", quoted(user), quoted(&groups.join(",")))
        };
        let tokens: String = setup.tokens.iter().enumerate().map(line).collect();
        arguments.push(format!("--token-auth-file={}", write("tokens.csv", &tokens)));
    }
    if let Some(url) = setup.webhook {
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "webhook", "users": [{"name": "webhook", "user": {}}],
            "clusters": [{"name": "webhook", "cluster": {"server": url}}],
            "contexts": [{"name": "webhook", "context": {"cluster": "webhook", "user": "webhook"}}],
        });
        let config = write("webhook.yaml", &config.to_string());
        arguments.push(format!("--authentication-token-webhook-config-file={config}"));
        // a change is seen soon; what is refused is not remembered anyway
        arguments.push("--authentication-token-webhook-cache-ttl=1s".to_owned());
    }
    arguments.extend_from_slice(setup.more);
    if setup.audit {
        let policy = write("audit.yaml", "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]\n");
        arguments.extend([format!("--audit-policy-file={policy}"), format!("--audit-log-path={}", folder.join("audit.log").display())]);
    }
    arguments
}
