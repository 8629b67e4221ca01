//! Ten thousand contexts in one file and in a thousand, read, merged, listed and filtered, and the program on them from the
//! start of its process: `cargo bench --bench contexts`. Beside it kubectl, when one is on PATH.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::cast_precision_loss, reason = "a bench, no library")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use divan::{Bencher, black_box};
use tempfile::TempDir;
use whycan::kubeconfig::{File, Kubeconfig, merge, read};
use whycan::report::text::{self, Look};
use whycan::source::kubeconfig::browse;
use whycan::tui::state::Rows;
use whycan::view::contexts::Contexts;
use whycan::view::phrase::Phrase;
use whycan::view::table::{Cell, Row};

#[global_allocator]
static ALLOCATIONS: divan::AllocProfiler = divan::AllocProfiler::system();

const CONTEXTS: usize = 10_000;
const FILES: usize = 1000;
const RUNS: usize = 9;

/// A kubeconfig in both shapes.
struct Shapes {
    folder: TempDir,
}

static SHAPES: LazyLock<Shapes> = LazyLock::new(Shapes::new);

impl Shapes {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("one"), kubeconfig(0..CONTEXTS)).unwrap();
        let each = CONTEXTS / FILES;
        for file in 0..FILES {
            fs::write(folder.path().join(format!("{file:04}")), kubeconfig(file * each..(file + 1) * each)).unwrap();
        }
        Self { folder }
    }

    fn one(&self) -> PathBuf {
        self.folder.path().join("one")
    }

    /// The thousand files, as KUBECONFIG has them.
    fn many(&self) -> String {
        let paths: Vec<String> = (0..FILES).map(|file| self.folder.path().join(format!("{file:04}")).display().to_string()).collect();
        paths.join(":")
    }
}

/// Contexts as `aws eks update-kubeconfig` writes them, every fourth with a certificate as kubeadm does.
fn kubeconfig(numbers: std::ops::Range<usize>) -> String {
    let authority = STANDARD.encode([b'a'; 96]);
    let (mut clusters, mut contexts, mut users) = (String::new(), String::new(), String::new());
    for number in numbers.clone() {
        let region = ["eu-central-1", "us-east-1", "eu-west-1", "ap-south-1"][number % 4];
        let arn = format!("arn:aws:eks:{region}:{:012}:cluster/acme-{number}", 111_122_220_000 + number % 50);
        let _ = write!(
            clusters,
            "- cluster:\n    certificate-authority-data: {authority}\n    server: https://{number:032X}.gr7.{region}.eks.amazonaws.com\n  name: {arn}\n"
        );
        let _ = write!(
            contexts,
            "- context:\n    cluster: {arn}\n    user: {arn}\n    namespace: team-{}\n  name: acme-{number}\n",
            number % 100
        );
        if number % 4 == 0 {
            let _ = write!(users, "- name: {arn}\n  user:\n    client-certificate-data: {authority}\n    client-key-data: {authority}\n");
        } else {
            let _ = write!(
                users,
                "- name: {arn}\n  user:\n    exec:\n      apiVersion: client.authentication.k8s.io/v1beta1\n      args:\n      - --region\n      - {region}\n      - eks\n      - get-token\n      - --cluster-name\n      - acme-{number}\n      - --output\n      - json\n      command: aws\n      env:\n      - name: AWS_PROFILE\n        value: profile-{}\n",
                number % 20
            );
        }
    }
    format!(
        "apiVersion: v1\nclusters:\n{clusters}contexts:\n{contexts}current-context: acme-{}\nkind: Config\npreferences: {{}}\nusers:\n{users}",
        numbers.start
    )
}

fn files() -> Vec<File> {
    let each = CONTEXTS / FILES;
    let file = |file: usize| read(&format!("/{file}"), kubeconfig(file * each..(file + 1) * each).as_bytes()).unwrap();
    (0..FILES).map(file).collect()
}

fn merged() -> Kubeconfig {
    merge(files())
}

/// Contexts in files that all use one cluster and user, which every file defines: all but the first are shadowed.
fn clashing() -> Kubeconfig {
    let text = |file: usize| {
        let contexts = (0..CONTEXTS / FILES)
            .fold(String::new(), |text, number| text + &format!("- {{name: c-{file}-{number}, context: {{cluster: same, user: same}}}}\n"));
        format!(
            "contexts:\n{contexts}clusters:\n- {{name: same, cluster: {{server: 'https://s'}}}}\nusers:\n- {{name: same, user: {{token: t}}}}\n"
        )
    };
    merge((0..FILES).map(|file| read(&format!("/{file}"), text(file).as_bytes()).unwrap()).collect())
}

#[divan::bench(sample_count = 10)]
fn browse_one_file(bencher: Bencher<'_, '_>) {
    let path = SHAPES.one();
    bencher.bench(|| browse(Some(black_box(&path))));
}

#[divan::bench(sample_count = 10)]
fn merge_a_thousand_files(bencher: Bencher<'_, '_>) {
    bencher.with_inputs(files).bench_values(merge);
}

#[divan::bench(sample_count = 10)]
fn rows_and_findings(bencher: Bencher<'_, '_>) {
    let kubeconfig = merged();
    bencher.bench(|| Contexts::of(black_box(&kubeconfig)));
}

#[divan::bench(sample_count = 10)]
fn rows_and_findings_where_all_clash(bencher: Bencher<'_, '_>) {
    let kubeconfig = clashing();
    bencher.bench(|| Contexts::of(black_box(&kubeconfig)));
}

#[divan::bench(sample_count = 10)]
fn text_page(bencher: Bencher<'_, '_>) {
    let contexts = Contexts::of(&merged());
    let look = Look { width: 120, color: false, ascii: false, verbose: false };
    bencher.bench(|| text::contexts(black_box(&contexts), &look).render(&look));
}

/// A key typed into the filter of a list of all contexts.
#[divan::bench(sample_count = 10)]
fn filter_keystroke(bencher: Bencher<'_, '_>) {
    let contexts = Contexts::of(&merged());
    let mut rows: Rows<String> = Rows::default();
    rows.show(
        contexts
            .rows
            .iter()
            .map(|row| {
                let cells = [row.name.as_str(), &row.presents, row.leads_to(), row.provider.as_str()];
                Row::item(0, row.name.clone(), cells.map(|text| Cell::Words(Phrase::new().plain(text))).into())
            })
            .collect(),
    );
    let mut step = 0;
    bencher.bench_local(|| {
        step += 1;
        rows.set_filter(black_box(["acme", "acme-7", "acme-77"][step % 3]));
        rows.counts()
    });
}

fn main() {
    divan::main();
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    let shapes = &*SHAPES;
    let (one, many) = (shapes.one().display().to_string(), shapes.many());
    let megabytes = fs::metadata(&one).unwrap().len() as f64 / 1e6;
    println!("\n{:<52} {:>10} {:>10} {:>8}", format!("{CONTEXTS} contexts, {megabytes:.1} MB"), "median", "fastest", "peak");
    let whycan = Path::new(env!("CARGO_BIN_EXE_whycan"));
    for (shape, list) in [("one file", &one), ("1000 files", &many)] {
        row(&format!("context list, {shape}"), || run(whycan, list, &["context", "list"]));
        row(&format!("context list -o json, {shape}"), || run(whycan, list, &["context", "list", "-o", "json"]));
        if is_there("kubectl") {
            row(&format!("kubectl config get-contexts, {shape}"), || run(Path::new("kubectl"), list, &["config", "get-contexts"]));
        }
    }
}

fn is_there(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

fn row(name: &str, run: impl Fn() -> (Duration, u64)) {
    let runs: Vec<(Duration, u64)> = (0..RUNS).map(|_| run()).collect();
    let mut times: Vec<Duration> = runs.iter().map(|(time, _)| *time).collect();
    times.sort_unstable();
    let peak = runs.iter().map(|(_, memory)| *memory).max().unwrap_or_default();
    let (median, fastest) = (times[times.len() / 2].as_secs_f64(), times[0].as_secs_f64());
    println!("{name:<52} {median:>8.3} s {fastest:>8.3} s {:>5} MB", peak / 1024);
}

/// Runs a program to its end; how long that took, and its peak of memory in kB.
fn run(program: &Path, kubeconfig: &str, arguments: &[&str]) -> (Duration, u64) {
    let mut command = Command::new(program);
    command.env("HOME", "/nonexistent").env("KUBECONFIG", kubeconfig).args(arguments);
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let process = child.id();
    let mut peak = 0;
    let status = loop {
        peak = peak.max(memory(process).unwrap_or_default());
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_micros(500));
    };
    let whole = start.elapsed();
    assert!(status.success(), "{} {arguments:?}", program.display());
    (whole, peak)
}

/// The peak so far; none where the system does not tell, or the process is gone.
fn memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}
