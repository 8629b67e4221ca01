//! The picture of the README: drawn by the program itself, so that it cannot be stale.
//!
//! `WHYCAN_PICTURES=rewrite cargo test --test tui picture` draws it anew.

use std::path::{Path, PathBuf};

use crate::support::Ui;
use crate::svg::svg;

/// Compares with the file, or rewrites it.
fn holds(file: &str, ui: &mut Ui) {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/screenshots").join(file);
    let drawn = svg(&ui.frame(110, 30));
    if std::env::var("WHYCAN_PICTURES").is_ok_and(|wish| wish == "rewrite") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &drawn).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == drawn,
        "assets/screenshots/{file} is not what the program draws: WHYCAN_PICTURES=rewrite cargo test --test tui picture"
    );
}

#[test]
fn the_readmes() {
    holds("why.svg", &mut Ui::demo("delete pods -n dev", "alice"));
}
