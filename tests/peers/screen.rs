//! The terminal UI on a real cluster, typed by keys only: a denial followed to its fix, pins that flip by themselves, a dead
//! context that is left.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::cluster::{Cluster, Setup, program};
use crate::terminal::Terminal;

const DENIED: &str = "alice may not delete pods in dev";
const RBAC: &str = "rbac.authorization.k8s.io";

/// A cluster in which alice may read pods in dev, and a role that would let her delete them.
async fn ground() -> Cluster {
    let cluster = Cluster::start(&Setup::default()).await;
    for line in [
        "create namespace dev",
        "create role pod-reader -n dev --verb=get,list --resource=pods",
        "create role pod-deleter -n dev --verb=delete --resource=pods",
        "create rolebinding alice-reads -n dev --role=pod-reader --user=alice",
    ] {
        cluster.kubectl_as_admin(&line.split(' ').collect::<Vec<_>>());
    }
    cluster
}

fn open(kubeconfig: &Path, size: (u16, u16)) -> Terminal {
    Terminal::open(&["--kubeconfig", kubeconfig.to_str().unwrap()], size, &[])
}

/// Asks a question on the command line of the screen.
fn ask(terminal: &mut Terminal, line: &str) {
    terminal.press(":");
    terminal.wait_for("REQUEST: explain one request");
    terminal.press(&format!("{line}\r"));
}

fn bind(cluster: &Cluster) {
    cluster.kubectl_as_admin(&["create", "rolebinding", "fixed", "-n", "dev", "--role=pod-deleter", "--user=alice"]);
}

fn unbind(cluster: &Cluster) {
    cluster.kubectl_as_admin(&["delete", "rolebinding", "fixed", "-n", "dev"]);
}

/// A binding comes and goes, and the pinned question flips without a key; tells how long each took.
fn flips(cluster: &Cluster, terminal: &Terminal) -> [Duration; 2] {
    let start = Instant::now();
    bind(cluster);
    terminal.wait_for("alice may delete pods in dev now: RoleBinding dev/fixed grants Role dev/pod-deleter");
    let there = start.elapsed();
    let start = Instant::now();
    unbind(cluster);
    terminal.wait_for("alice may not delete pods in dev any more: RoleBinding dev/fixed is gone");
    [there, start.elapsed()]
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs peers"]
async fn a_pinned_question_flips_by_itself() {
    let mut cluster = ground().await;
    let roles = ["clusterroles", "clusterrolebindings", "roles", "rolebindings"].map(|resource| format!("{resource}.{RBAC}")).join(",");
    cluster.kubectl_as_admin(&[
        "create",
        "clusterrole",
        "lists",
        "--verb=list",
        &format!("--resource={roles},namespaces,serviceaccounts,nodes"),
    ]);
    cluster.kubectl_as_admin(&["create", "clusterrolebinding", "lists", "--clusterrole=lists", "--user=lister"]);
    let lister = cluster.certificate("lister", &["ops"]);
    for (what, kubeconfig) in [("watching", cluster.admin().to_owned()), ("watch refused", lister)] {
        let mut terminal = open(&kubeconfig, (120, 40));
        terminal.wait_for("✓ authorization");
        ask(&mut terminal, "why delete pods -n dev --as alice");
        terminal.wait_for(DENIED);
        terminal.press("p");
        terminal.wait_for("pinned: it is decided again");
        let took = flips(&cluster, &terminal);
        println!("{what}: flipped after {took:?}, kubectl included");
        if what == "watching" {
            over_410(&mut cluster, &mut terminal).await;
        }
        terminal.press("q");
        assert_eq!(terminal.end(), 0);
    }
}

/// The server dies; what it knew of the past is gone when it comes back.
async fn over_410(cluster: &mut Cluster, terminal: &mut Terminal) {
    cluster.kill_server();
    terminal.press("1");
    terminal.wait_for("nobody listens at");
    terminal.wait_for("Check that the cluster runs");
    // everything stays usable meanwhile
    terminal.press("2");
    terminal.wait_for(DENIED);
    cluster.compact().await;
    cluster.start_server().await.unwrap();
    terminal.press("1");
    terminal.wait_until("all stages are as they should be", |screen| {
        let text = screen.contents();
        text.contains("✓ authorization") && !text.contains("nobody listens")
    });
    terminal.press("2");
    terminal.wait_for(DENIED);
    let took = flips(cluster, terminal);
    println!("over a dead server and 410: flipped after {took:?}, kubectl included");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs peers"]
async fn a_denial_is_followed_to_its_fix() {
    let cluster = ground().await;
    let mut terminal = open(cluster.admin(), (80, 24));
    terminal.wait_for("✓ authorization");
    let message = "Error from server (Forbidden): pods \"web-0\" is forbidden: User \"alice\" cannot delete resource \"pods\" in API group \"\" in the namespace \"dev\"";
    terminal.press(&format!("\x1b[200~{message}\x1b[201~"));
    terminal.wait_for("alice may not delete pods web-0 in dev");
    terminal.wait_for("server agrees");
    terminal.press("f");
    terminal.wait_for("$ kubectl");
    terminal.press("y");
    terminal.wait_for("copied the kubectl command of the fix");
    // what is copied is pasted into a shell
    let folder = program("kubectl").parent().unwrap().to_owned();
    let output =
        Command::new("/bin/sh").args(["-ec", &terminal.copied()]).env("PATH", folder).env("KUBECONFIG", cluster.admin()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    terminal.press("\x1b");
    // nothing is pinned, and still the screen follows
    terminal.wait_for("alice may delete pods web-0 in dev");
    terminal.wait_for("server agrees");
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs peers"]
async fn a_dead_context_is_left() {
    let cluster = ground().await;
    // accepts, and never says a word
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let text = std::fs::read_to_string(cluster.admin()).unwrap();
    let port = silent.local_addr().unwrap().port();
    let dead = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: dead\nclusters: [{{name: dead, cluster: {{server: 'https://127.0.0.1:{port}'}}}}]\ncontexts: [{{name: dead, context: {{cluster: dead, user: nobody}}}}]\nusers: [{{name: nobody, user: {{token: abc}}}}]\n"
    );
    let (first, second) = (cluster.file("dead.kubeconfig"), cluster.file("alive.kubeconfig"));
    std::fs::write(&first, dead).unwrap();
    std::fs::write(&second, text).unwrap();
    let paths = format!("{}:{}", first.display(), second.display());
    let mut terminal = Terminal::open(&[], (80, 24), &[("KUBECONFIG", &paths)]);
    terminal.wait_for("asking the server who you are");
    terminal.press("c");
    terminal.wait_for("2 contexts");
    terminal.press("j\r");
    terminal.wait_for("the server takes you for admin");
    // and back, where it still does not answer, and Esc does not wait
    terminal.press("\x1b");
    terminal.wait_for("2 contexts");
    terminal.press("k\r");
    terminal.wait_for("asking the server who you are");
    terminal.press("x");
    terminal.wait_for("stopped; r tries again");
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}
