//! The peers themselves: a cluster starts, knows its users, comes back after its death, and leaves nothing behind.

use std::env;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use http::Method;

use crate::cluster::{Cluster, LIMIT, Setup, call};

/// Set in the process that is killed.
const VICTIM: &str = "WHYCAN_TEST_VICTIM";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs peers"]
async fn a_cluster_knows_its_users_and_comes_back() {
    let tokens: &[(&str, &[&str])] = &[("a \"b\" <c>/d%", &["dev", "acme:team/a"])];
    let mut cluster = Cluster::start(&Setup { tokens, manager: true, audit: true, ..Setup::default() }).await;
    let admin = cluster.admin_client().await;
    let whoami = |kubeconfig: &Path| {
        let output = cluster.kubectl(kubeconfig, &["auth", "whoami", "-o", "json"]);
        let text = String::from_utf8(output.stdout).unwrap();
        let answer: serde_json::Value =
            serde_json::from_str(&text).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        let info = &answer["status"]["userInfo"];
        let groups: Vec<String> = info["groups"].as_array().unwrap().iter().map(|group| group.as_str().unwrap().to_owned()).collect();
        (info["username"].as_str().unwrap().to_owned(), groups)
    };
    let (user, groups) = whoami(&cluster.certificate("ü\u{200b}\t\u{1f680}", &["dev", "ops"]));
    assert_eq!((user.as_str(), groups), ("ü\u{200b}\t\u{1f680}", ["dev", "ops", "system:authenticated"].map(str::to_owned).to_vec()));
    let (user, groups) = whoami(&cluster.bearer("token-0"));
    assert_eq!((user.as_str(), groups), (tokens[0].0, ["dev", "acme:team/a", "system:authenticated"].map(str::to_owned).to_vec()));
    let (user, groups) = whoami(&cluster.service_account(&admin, "default", "default").await);
    assert_eq!(user, "system:serviceaccount:default:default");
    assert!(groups.contains(&"system:serviceaccounts:default".to_owned()));

    cluster.kubectl_as_admin(&["create", "namespace", "kept"]);
    cluster.kill_server();
    assert!(!cluster.kubectl(cluster.admin(), &["get", "--raw=/readyz"]).status.success());
    cluster.compact().await;
    cluster.start_server().await.unwrap();
    assert!(call(&admin, Method::GET, "/api/v1/namespaces/kept", None).await.0.is_success());
    assert!(cluster.file("audit.log").exists());
}

#[test]
#[cfg(target_os = "linux")]
#[ignore = "needs peers"]
fn a_killed_test_leaves_nothing_behind() {
    let mut victim = Command::new(env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "harness::the_victim"])
        .env(VICTIM, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines().map(Result::unwrap);
    let folder = lines.find_map(|line| line.strip_prefix("folder ").map(str::to_owned)).unwrap();
    assert!(mentions(&folder) >= 2, "etcd and kube-apiserver run");
    victim.kill().unwrap();
    victim.wait().unwrap();
    let start = Instant::now();
    while mentions(&folder) > 0 || Path::new(&folder).exists() {
        assert!(start.elapsed() < LIMIT, "{} processes and the folder: {}", mentions(&folder), Path::new(&folder).exists());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Not a test but what the one above kills.
#[tokio::test]
#[ignore = "needs peers"]
async fn the_victim() {
    if env::var_os(VICTIM).is_none() {
        return;
    }
    let cluster = Cluster::start(&Setup::default()).await;
    println!("folder {}", cluster.file("").display());
    // until it is killed
    let _ = std::io::stdin().read(&mut [0]);
}

/// How many processes have a text in their command line.
#[cfg(target_os = "linux")]
fn mentions(text: &str) -> usize {
    let text = text.trim_end_matches('/');
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    processes
        .filter(|process| std::fs::read(process.path().join("cmdline")).is_ok_and(|line| String::from_utf8_lossy(&line).contains(text)))
        .count()
}
