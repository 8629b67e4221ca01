//! What whycan says of itself.

use insta::assert_snapshot;

use crate::support::{Run, whycan};

const COMMANDS: [&str; 15] = [
    "why",
    "who-can",
    "can",
    "whoami",
    "cluster",
    "rules",
    "identities",
    "context",
    "eks",
    "token",
    "lint",
    "review",
    "schema",
    "completions",
    "man",
];

#[test]
fn short_help() {
    assert_snapshot!(whycan(&["-h"]));
}

#[test]
fn long_help() {
    assert_snapshot!(whycan(&["--help"]));
}

#[test]
fn help_of_each_command() {
    for command in COMMANDS {
        assert_snapshot!(format!("help_{command}"), whycan(&[command, "--help"]));
    }
}

#[test]
fn version_names_the_commit() {
    let short = whycan(&["-V"]);
    let version = env!("CARGO_PKG_VERSION");
    assert!(short.stdout.starts_with(&format!("whycan {version}")), "{short}");
    let long = whycan(&["--version"]);
    assert!(long.stdout.contains("\ncommit: ") && long.stdout.starts_with(&format!("whycan {version}\n")), "{long}");
    assert_eq!((short.status, long.status), (0, 0));
}

#[test]
fn completions_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let Run { stdout, stderr, status } = whycan(&["completions", shell]);
        assert_eq!((stderr.as_str(), status), ("", 0), "{shell}");
        for word in COMMANDS.iter().chain(&["--from", "--demo", "--as-group"]) {
            // fish and elvish write flags without their dashes
            assert!(stdout.contains(word.trim_start_matches('-')), "{shell} does not complete {word}");
        }
    }
}

#[test]
fn manual_pages() {
    let page = whycan(&["man"]);
    assert_eq!(page.status, 0);
    for word in [".TH whycan 1", "SYNOPSIS", "Exit status", "who\\-can", "NO_COLOR"] {
        assert!(page.stdout.contains(word), "{word} is missing in\n{page}");
    }
    for command in COMMANDS {
        let page = whycan(&["man", command]);
        assert!(page.stdout.contains("NAME") && page.stdout.contains("Examples") && page.status == 0, "{command}\n{page}");
    }
}
