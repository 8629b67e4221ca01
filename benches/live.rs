//! The program on a real API server with the big cluster, from the start of the process: `cargo bench --bench live`.
//!
//! It needs the peers: `WHYCAN_PEERS=$(tests/peers/build) cargo bench --bench live`. With `-- --hold` it only keeps the
//! cluster, for other measurements.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    reason = "a bench, no library"
)]

#[path = "../tests/support/certificates.rs"]
mod certificates;
#[path = "../tests/support/cluster.rs"]
mod cluster;
#[path = "../tests/support/guarded.rs"]
mod guarded;
#[path = "../tests/e2e/terminal.rs"]
mod terminal;
#[path = "support/world.rs"]
mod world;

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use http::Method;
use kube::Client;
use serde_json::{Value, json};

use cluster::{Cluster, Setup, call, program};
use terminal::Terminal;

const RUNS: usize = 9;
const RBAC: &str = "/apis/rbac.authorization.k8s.io/v1";

fn main() {
    if std::env::var_os("WHYCAN_PEERS").is_none() {
        println!("needs peers: WHYCAN_PEERS=$(tests/peers/build) cargo bench --bench live");
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let cluster = runtime.block_on(async {
        let cluster = Cluster::start(&Setup::default()).await;
        let start = Instant::now();
        let count = plant(&cluster.admin_client().await).await;
        println!("{count} objects created in {:.1?}\n", start.elapsed());
        cluster
    });
    let admin = cluster.admin();
    if std::env::args().any(|argument| argument == "--hold") {
        println!("export KUBECONFIG={}\nuntil the end of standard input", admin.display());
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        return;
    }
    println!("{:<52} {:>10} {:>10} {:>8}", "", "median", "fastest", "peak");
    let kubectl = ["auth", "can-i", "delete", "nodes", "--as=user-1@example.com"];
    row("kubectl auth can-i", &runs(|| run(&program("kubectl"), admin, &kubectl, None)));
    let lists = ["get", "clusterroles,clusterrolebindings,roles,rolebindings", "-A", "-o", "json"];
    row("kubectl get of all that is needed", &runs(|| run(&program("kubectl"), admin, &lists, None)));
    let whycan = Path::new(env!("CARGO_BIN_EXE_whycan"));
    let why = ["-v", "why", "delete", "nodes", "--as", "user-1@example.com"];
    row("why: the server's verdict", &runs(|| run(whycan, admin, &why, Some("the server says"))));
    row("why: the whole answer", &runs(|| run(whycan, admin, &why, None)));
    row("why, as oneself", &runs(|| run(whycan, admin, &["why", "delete", "nodes"], None)));
    row("who-can get secrets -A", &runs(|| run(whycan, admin, &["who-can", "get", "secrets", "-A"], None)));
    row("whoami", &runs(|| run(whycan, admin, &["whoami"], None)));
    let screens: Vec<Screen> = (0..RUNS).map(|_| screen(admin)).collect();
    let of = |time: fn(&Screen) -> Duration| screens.iter().map(|screen| (time(screen), screen.memory)).collect::<Vec<_>>();
    row("TUI: first frame", &of(|screen| screen.first));
    row("TUI: first rows", &of(|screen| screen.rows));
    row("TUI: all loaded", &of(|screen| screen.loaded));
    let ticks: u64 = screens.iter().take(1).map(|screen| screen.ticks).sum();
    println!("TUI idle, watching: {ticks} CPU ticks of 10 ms in 5 s");
}

fn runs(run: impl Fn() -> (Duration, u64)) -> Vec<(Duration, u64)> {
    (0..RUNS).map(|_| run()).collect()
}

fn row(name: &str, runs: &[(Duration, u64)]) {
    let mut times: Vec<Duration> = runs.iter().map(|(time, _)| *time).collect();
    times.sort_unstable();
    let peak = runs.iter().map(|(_, memory)| *memory).max().unwrap_or_default();
    let (median, fastest) = (times[times.len() / 2].as_secs_f64(), times[0].as_secs_f64());
    println!("{name:<52} {median:>8.3} s {fastest:>8.3} s {:>5} MB", peak / 1024);
}

/// Runs a program to its end, or until it tells something on standard error; how long that took, and its peak of memory in kB.
fn run(program: &Path, kubeconfig: &Path, arguments: &[&str], until: Option<&str>) -> (Duration, u64) {
    let start = Instant::now();
    let mut command = Command::new(program);
    command.env_clear().env("HOME", "/nonexistent").env("KUBECONFIG", kubeconfig).args(arguments);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let peak = watch_memory(child.id());
    let mut stdout = child.stdout.take().unwrap();
    let drain = std::thread::spawn(move || stdout.read_to_end(&mut Vec::new()).unwrap());
    let mut told = None;
    for line in BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok) {
        if until.is_some_and(|until| line.contains(until)) && told.is_none() {
            told = Some(start.elapsed());
        }
    }
    child.wait().unwrap();
    drain.join().unwrap();
    let whole = start.elapsed();
    let memory = peak.join().unwrap();
    assert_eq!(until.is_some(), told.is_some(), "{} {arguments:?}", program.display());
    (told.unwrap_or(whole), memory)
}

/// The peak of a process's memory in kB, looked at until it has gone.
fn watch_memory(process: u32) -> std::thread::JoinHandle<u64> {
    std::thread::spawn(move || {
        let mut peak = 0;
        while let Some(now) = memory(process, "VmHWM:") {
            peak = peak.max(now);
            std::thread::sleep(Duration::from_millis(2));
        }
        peak
    })
}

fn memory(process: u32, what: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix(what))?.split_whitespace().next()?.parse().ok()
}

/// What the terminal UI was seen to do.
struct Screen {
    first: Duration,
    rows: Duration,
    loaded: Duration,
    memory: u64,
    ticks: u64,
}

fn screen(kubeconfig: &Path) -> Screen {
    let start = Instant::now();
    let mut terminal = Terminal::open(&["--kubeconfig", kubeconfig.to_str().unwrap()], (120, 40), &[]);
    terminal.wait_for("READ-ONLY");
    let first = start.elapsed();
    terminal.wait_until("rows", |screen| {
        let text = screen.contents();
        text.lines().any(|line| {
            line.contains("authorization")
                && line.contains(|c: char| c.is_ascii_digit())
                && (line.contains("role") || line.contains("Role"))
        })
    });
    let rows = start.elapsed();
    terminal.wait_for("✓ authorization");
    let loaded = start.elapsed();
    let process = terminal.process();
    std::thread::sleep(Duration::from_secs(1));
    let before = ticks(process);
    std::thread::sleep(Duration::from_secs(5));
    let ticks = ticks(process) - before;
    let memory = memory(process, "VmHWM:").unwrap();
    terminal.press("q");
    terminal.end();
    Screen { first, rows, loaded, memory, ticks }
}

fn ticks(process: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let fields: Vec<&str> = text.rsplit_once(')').unwrap().1.split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

/// Creates the big cluster's objects; gives how many there are.
async fn plant(client: &Client) -> usize {
    let mut objects: Vec<(String, Value)> = (0..world::NAMESPACES)
        .map(|number| ("/api/v1/namespaces".to_owned(), json!({"metadata": {"name": world::namespace(number)}})))
        .collect();
    create(client, &objects).await;
    let namespaces = objects.len();
    objects.clear();
    for mut object in world::list()["items"].as_array().unwrap().clone() {
        for key in ["resourceVersion", "uid", "creationTimestamp"] {
            object["metadata"].as_object_mut().unwrap().remove(key);
        }
        let resource = format!("{}s", object["kind"].as_str().unwrap().to_lowercase());
        let place = object["metadata"]["namespace"].as_str().map(|namespace| format!("/namespaces/{namespace}")).unwrap_or_default();
        objects.push((format!("{RBAC}{place}/{resource}"), object));
    }
    create(client, &objects).await;
    namespaces + objects.len()
}

async fn create(client: &Client, objects: &[(String, Value)]) {
    let mut answers =
        futures::stream::iter(objects.iter().map(|(path, object)| call(client, Method::POST, path, Some(object)))).buffer_unordered(32);
    while let Some((status, answer)) = answers.next().await {
        assert!(status.is_success(), "{answer}");
    }
}
