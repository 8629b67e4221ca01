//! From an access entry or aws-auth to a login and back: AWS and the cluster are changed, and `whoami`, `map` and the server's own
//! SelfSubjectReview say the same at each step.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::certificates::Authority;
use crate::cluster::{Cluster, LIMIT, Setup, program as peer};
use crate::eks_login::{ACCOUNT, Eks, NAME, REGION, ROOT, dev, said};
use crate::emulator::Emulator;
use crate::guarded::Guarded;
use crate::sts::Sts;

/// Who the server takes the user of a kubeconfig for; none where it says Unauthorized.
fn by_kubectl(eks: &Eks, kubeconfig: &Path) -> Option<Value> {
    let output = eks.cluster.kubectl(kubeconfig, &["auth", "whoami", "-o", "json"]);
    let Ok(answer) = serde_json::from_slice::<Value>(&output.stdout) else {
        assert!(said(&output).contains("Unauthorized"), "{}", said(&output));
        return None;
    };
    Some(answer["status"]["userInfo"].clone())
}

/// User name and groups.
fn names(identity: &Value) -> (String, BTreeSet<String>) {
    let groups = identity["groups"].as_array().unwrap_or_else(|| panic!("{identity}"));
    let groups = groups.iter().map(|group| group.as_str().unwrap().to_owned()).collect();
    (identity["username"].as_str().unwrap_or_default().to_owned(), groups)
}

/// The ARN of a session of the role.
fn session(name: &str) -> String {
    format!("arn:aws:sts::{ACCOUNT}:assumed-role/dev/{name}")
}

/// All three say the same; gives the server's words. `mapper` is a kubeconfig that may read what decides.
fn agree(eks: &Eks, name: &str, mapper: Option<&Path>) -> Option<Value> {
    let kubeconfig = eks.kubeconfig(name, NAME);
    let theirs = by_kubectl(eks, &kubeconfig);
    let (whoami, status) = eks.whycan(&kubeconfig, &["whoami"], &[]);
    let (mapped, map_status) =
        eks.whycan(mapper.unwrap_or(&kubeconfig), &["map", &session(name)], if mapper.is_some() { &ROOT } else { &[] });
    assert_eq!(whoami["caller"]["arn"], session(name), "{whoami}");
    if let Some(theirs) = &theirs {
        assert_eq!((status, map_status), (0, 0), "{whoami}\n{mapped}");
        assert_eq!(names(&whoami["server"]), names(theirs));
        assert_eq!(names(&mapped["identity"]), names(theirs), "{mapped}");
    } else {
        assert_eq!((status, map_status), (4, 1), "{whoami}\n{mapped}");
        assert!(whoami["server"].is_null() && mapped["identity"].is_null(), "{whoami}\n{mapped}");
    }
    theirs
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs peers, the aws command line and the emulator"]
async fn an_access_entry_lets_in_until_it_is_gone_and_what_whoami_says_lets_in_again() {
    let (emulator, webhook) = Emulator::account(&format!("{ACCOUNT}/{REGION}/{NAME}"));
    let cluster = Cluster::start(&Setup { webhook: Some(&webhook), ..Setup::default() }).await;
    let eks = Eks::with(emulator, cluster, "API");
    // nobody is let in, and may not even see why
    let (whoami, status) = eks.whycan(&eks.kubeconfig("nobody", NAME), &["whoami"], &[]);
    assert_eq!(status, 4, "{whoami}");
    let details = whoami["causes"].to_string();
    assert!(details.contains("is not allowed eks:ListAccessEntries in eu-west-1"), "{whoami}");
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", "Action":
        ["eks:DescribeCluster", "eks:ListAccessEntries", "eks:DescribeAccessEntry", "eks:ListAssociatedAccessPolicies", "iam:GetRole"]}]});
    eks.aws(&["iam", "put-role-policy", "--role-name", "dev", "--policy-name", "look", "--policy-document", &policy.to_string()]);
    assert!(agree(&eks, "still-nobody", None).is_none());
    eks.aws(&["eks", "create-access-entry", "--cluster-name", NAME, "--principal-arn", &dev(), "--kubernetes-groups", "dev-readers"]);
    let (username, groups) = names(&agree(&eks, "first", None).unwrap());
    assert_eq!(username, session("first"));
    assert!(groups.contains("dev-readers"));

    eks.aws(&["eks", "delete-access-entry", "--cluster-name", NAME, "--principal-arn", &dev()]);
    assert!(agree(&eks, "gone", None).is_none());
    let (whoami, _) = eks.whycan(&eks.kubeconfig("gone-too", NAME), &["whoami"], &[]);
    // the true cause comes first
    let cause = &whoami["causes"][0];
    assert!(cause["sentence"].as_str().unwrap().contains("is mapped to nobody: no access entry is for it"), "{whoami}");
    // the fix is a command with the role's own ARN, which no session shows
    let fix = cause["fixes"][0].as_str().unwrap();
    assert_eq!(fix, format!("aws eks create-access-entry --cluster-name {NAME} --principal-arn {}", dev()));
    let words: Vec<&str> = fix.split(' ').skip(1).collect();
    eks.aws(&words);
    let (username, groups) = names(&agree(&eks, "again", None).unwrap());
    assert_eq!(username, session("again"));
    assert!(!groups.contains("dev-readers"));
    let mut text = eks.command(Path::new(env!("CARGO_BIN_EXE_whycan")), &[]);
    let output = text.env("KUBECONFIG", eks.kubeconfig("text", NAME)).arg("whoami").output().unwrap();
    assert!(output.status.success() && said(&output).contains("access entry"), "{}", said(&output));
}

/// The authenticator as the API server's webhook: it reads aws-auth, and asks the emulator in place of STS.
struct Authenticator {
    _server: Guarded,
    _sts: Sts,
}

fn authenticator(folder: &Path, port: u16) -> Command {
    let mut command = Command::new(peer("aws-iam-authenticator"));
    command.current_dir(folder).env_clear().env("HOME", folder).env("AWS_EC2_METADATA_DISABLED", "true");
    let config = json!({"clusterID": NAME, "server": {
        "hostname": "127.0.0.1", "address": "127.0.0.1", "port": port, "stateDir": folder, "generateKubeconfig": folder.join("webhook.yaml"),
        "kubeconfig": folder.join("admin.kubeconfig"),
    }});
    fs::write(folder.join("config.yaml"), config.to_string()).unwrap();
    command
}

impl Authenticator {
    /// Makes its certificate and what the API server is told; gives the path of that.
    fn prepare(folder: &Path, port: u16) -> PathBuf {
        let output = authenticator(folder, port)
            .args(["init", "--config", "config.yaml", "--feature-gates=ConfiguredInitDirectories=true"])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", said(&output));
        folder.join("webhook.yaml")
    }

    fn start(folder: &Path, port: u16, emulator: u16) -> Self {
        let authority = Authority::new();
        let sts = Sts::start(&authority.server_of(&["sts.amazonaws.com", &format!("sts.{REGION}.amazonaws.com")], (2020, 4000)), emulator);
        fs::write(folder.join("sts-ca.crt"), authority.pem()).unwrap();
        let words = [
            format!("HOME={}", folder.display()),
            format!("HTTPS_PROXY=http://127.0.0.1:{}", sts.port),
            format!("SSL_CERT_FILE={}", folder.join("sts-ca.crt").display()),
            "AWS_EC2_METADATA_DISABLED=true".to_owned(),
            peer("aws-iam-authenticator").display().to_string(),
            "server".to_owned(),
            "--config".to_owned(),
            folder.join("config.yaml").display().to_string(),
            "--kubeconfig-pregenerated".to_owned(),
            "--backend-mode=EKSConfigMap".to_owned(),
        ];
        let mut server = Guarded::start(Path::new("/usr/bin/env"), words, &folder.join("authenticator.log"), None);
        let began = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(!server.has_ended() && began.elapsed() < LIMIT, "{}", server.last_words());
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { _server: server, _sts: sts }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs peers, the aws command line and the emulator"]
async fn aws_auth_lets_in_with_its_traps() {
    let folder = tempfile::TempDir::with_prefix("whycan-authenticator-").unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let webhook = Authenticator::prepare(folder.path(), port);
    let more = [
        format!("--authentication-token-webhook-config-file={}", webhook.display()),
        "--authentication-token-webhook-cache-ttl=1s".to_owned(),
    ];
    let (emulator, _) = Emulator::account(&format!("{ACCOUNT}/{REGION}/{NAME}"));
    let cluster = Cluster::start(&Setup { more: &more, ..Setup::default() }).await;
    fs::copy(cluster.admin(), folder.path().join("admin.kubeconfig")).unwrap();
    let eks = Eks::with(emulator, cluster, "API_AND_CONFIG_MAP");
    let _running = Authenticator::start(folder.path(), port, eks.emulator.port);
    // an administrator's context of the same cluster, which AWS tells of
    let mut admin: Value = serde_yaml::from_str(&fs::read_to_string(eks.cluster.admin()).unwrap()).unwrap();
    let arn = format!("arn:aws:eks:{REGION}:{ACCOUNT}:cluster/{NAME}");
    admin["clusters"][0]["name"] = json!(arn);
    admin["contexts"][0]["context"]["cluster"] = json!(arn);
    let mapper = folder.path().join("mapper");
    fs::write(&mapper, admin.to_string()).unwrap();
    let put = |roles: &str| {
        let object = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "aws-auth", "namespace": "kube-system"},
            "data": {"mapRoles": roles}});
        let file = folder.path().join("aws-auth.json");
        fs::write(&file, object.to_string()).unwrap();
        eks.cluster.kubectl_as_admin(&["apply", "-f", file.to_str().unwrap()]);
        // it watches
        std::thread::sleep(Duration::from_secs(1));
    };
    let item = |arn: &str, username: &str, group: &str| format!("- rolearn: {arn}\n  username: {username}\n  groups: [{group}]\n");
    let without_path = format!("arn:aws:iam::{ACCOUNT}:role/dev");

    // the path is a trap: no session shows it
    put(&item(&dev(), "dev:{{SessionName}}", "dev-readers"));
    assert!(agree(&eks, "trapped", Some(&mapper)).is_none());
    let (mapped, _) = eks.whycan(&mapper, &["map", &session("trapped")], &ROOT);
    let nearest = &mapped["considered"][0];
    assert!(nearest["why"].as_str().unwrap().contains("it has the role's path"), "{mapped}");
    put(&item(&without_path, "dev:{{SessionName}}", "dev-readers"));
    let (username, groups) = names(&agree(&eks, "let-in", Some(&mapper)).unwrap());
    assert_eq!(username, "dev:let-in");
    assert!(groups.contains("dev-readers"));
    // and so is one that is there twice: one of them decides, and which is not what many think
    put(&[item(&without_path, "one:{{SessionName}}", "first"), item(&without_path, "two:{{SessionName}}", "second")].concat());
    let (username, _) = names(&agree(&eks, "twice", Some(&mapper)).unwrap());
    println!("of two items for one role: {username}");
    // gone
    put("[]");
    assert!(agree(&eks, "gone", Some(&mapper)).is_none());
}
