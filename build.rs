//! Tells the program which commit it is built from.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=WHYCAN_COMMIT");
    if let Some(commit) = commit() {
        println!("cargo::rustc-env=WHYCAN_COMMIT={commit}");
        println!("cargo::rustc-env=WHYCAN_VERSION={} ({})", env!("CARGO_PKG_VERSION"), commit.get(..12).unwrap_or(&commit));
    }
}

/// From the environment (a packager's), the working copy, or what `cargo package` recorded.
fn commit() -> Option<String> {
    std::env::var("WHYCAN_COMMIT").ok().filter(|commit| !commit.is_empty()).or_else(of_working_copy).or_else(of_package)
}

fn of_working_copy() -> Option<String> {
    if !Path::new(".git").exists() {
        return None;
    }
    // HEAD changes with the branch, its log with each commit
    for file in ["HEAD", "logs/HEAD"] {
        let path = git(&["rev-parse", "--git-path", file])?;
        if Path::new(&path).exists() {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    git(&["rev-parse", "HEAD"])
}

fn of_package() -> Option<String> {
    let recorded = std::fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let (_, rest) = recorded.split_once("\"sha1\"")?;
    rest.split('"').nth(1).map(str::to_owned)
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok().map(|text| text.trim().to_owned())
}
