//! Tells the program which commit it is built from, and puts the demo into it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=WHYCAN_COMMIT");
    if let Some(commit) = commit() {
        println!("cargo::rustc-env=WHYCAN_COMMIT={commit}");
        println!("cargo::rustc-env=WHYCAN_VERSION={} ({})", env!("CARGO_PKG_VERSION"), commit.get(..12).unwrap_or(&commit));
    }
    if let Err(error) = embed_demo() {
        println!("cargo::error=cannot embed assets/demo: {error}");
    }
}

/// Writes the table of the demo's files, sorted by path, that the source of the demo includes.
fn embed_demo() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("assets/demo");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let mut table = String::from("/// The demo's files: path below the folder, content.\nstatic DEMO: &[(&str, &[u8])] = &[\n");
    for file in &files {
        let path = file.strip_prefix(&root)?.to_string_lossy().replace('\\', "/");
        writeln!(table, "    ({path:?}, include_bytes!({:?})),", file.display().to_string())?;
    }
    table.push_str("];\n");
    std::fs::write(Path::new(&std::env::var("OUT_DIR")?).join("demo.rs"), table)?;
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "json" || ending == "yaml") {
            files.push(path);
        }
    }
    Ok(())
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
