//! The arrow of the rooms, and what only some of them may touch.

use super::source::{File, files};

/// Each room may use those before it; `tui` and `cli` are side by side, and `cli` opens the other.
const ROOMS: [&str; 12] =
    ["base", "kubeconfig", "credential", "facts", "identity", "authz", "source", "session", "view", "report", "tui", "cli"];

/// The rooms that are a library of their own: no I/O, no clock, no environment, no thread.
const PURE: [&str; 6] = ["base", "kubeconfig", "credential", "facts", "identity", "authz"];

/// Files beside those of `source` that may touch the environment or a file, and what for.
const DOORS: [(&str, &str); 8] = [
    ("main.rs", "std::process"),     // the exit status
    ("cli.rs", "std::process"),      // the exit status
    ("cli.rs", "std::env"),          // the arguments
    ("cli/settings.rs", "std::env"), // NO_COLOR and what else a terminal's user sets
    ("cli/version.rs", "std::env"),  // constants of the platform
    ("tui/run.rs", "std::env"),      // the panic that a test of the terminal asks for
    ("tui/terminal.rs", "std::env"), // whether tmux stands between us and the clipboard
    ("tui/terminal.rs", "std::fs"),  // whether there is a terminal behind redirected streams
];

/// A use of a room by another: the file, the line (counted from 1) and the room used.
fn uses(file: &File) -> Vec<(usize, &'static str)> {
    let text = file.code.join("\n");
    let mut found = Vec::new();
    let mut put = |offset: usize, path: &str| {
        let line = text.get(..offset).unwrap_or_default().matches('\n').count() + 1;
        found.extend(heads(path).iter().filter_map(|head| ROOMS.into_iter().find(|room| room == head)).map(|room| (line, room)));
    };
    for prefix in ["crate::", "whycan::"] {
        for (offset, _) in text.match_indices(prefix) {
            put(offset, text.get(offset + prefix.len()..).unwrap_or_default());
        }
    }
    // as many `super` as the file is deep lead to the root; test modules inside a file are one deeper and have their own
    let tests = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    let climb = "super::".repeat(file.depth());
    for (offset, _) in text.get(..tests).unwrap_or_default().match_indices(&climb) {
        put(offset, text.get(offset + climb.len()..).unwrap_or_default());
    }
    found
}

/// The first words of a path: `tui` of `tui::run`, `facts` and `base` of `{facts::Rule, base}`.
fn heads(path: &str) -> Vec<String> {
    let word = |text: &str| text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = path.trim_start().strip_prefix('{') else { return vec![word(path)] };
    let mut depth = 0_usize;
    let mut items = vec![String::new()];
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => items.push(String::new()),
            _ => {}
        }
        if depth == 0 && c != ',' {
            items.last_mut().unwrap().push(c);
        }
    }
    items.iter().map(|item| word(item)).collect()
}

#[test]
fn data_flows_one_way() {
    let mut offences = Vec::new();
    let mut seen = 0;
    for file in files() {
        let Some(own) = ROOMS.iter().position(|room| *room == file.room()) else {
            assert!(matches!(file.path.as_str(), "main.rs" | "lib.rs"), "{} is in no room", file.path);
            continue;
        };
        for (line, used) in uses(&file) {
            seen += 1;
            if ROOMS.iter().position(|room| *room == used).unwrap() > own {
                offences.push(format!("src/{}:{line} uses {used}", file.path));
            }
        }
    }
    assert!(seen > 100, "imports are no longer read");
    assert_eq!(offences, Vec::<String>::new(), "a room uses only rooms before it: {}", ROOMS.join(" → "));
}

#[test]
fn only_the_faces_know_the_terminal() {
    let mut offences =
        mentions(&["crossterm", "ratatui", "tui_input", "tui_tree_widget", "rustix"], |file| matches!(file.room(), "tui" | "cli"));
    // the process group of a credential plugin is ended by a signal
    offences.retain(|offence| !(offence.starts_with("src/source/plugin/group.rs:") && offence.ends_with("rustix")));
    // a shell of one context is sent the signals that we are sent
    offences.retain(|offence| !(offence.starts_with("src/source/shell.rs:") && offence.ends_with("rustix")));
    // the process group of a credential plugin is ended by a signal; whose a file is, and who may run it, depends on who runs this
    let is_excused = |path: &str, offence: &String| offence.starts_with(&format!("src/{path}:")) && offence.ends_with("rustix");
    offences.retain(|offence| {
        !["source/plugin/group.rs", "source/plugin/program.rs", "source/surroundings.rs"].iter().any(|path| is_excused(path, offence))
    });
    assert_eq!(offences, Vec::<String>::new(), "only tui and cli touch the terminal");
}

#[test]
fn only_the_source_touches_the_outside() {
    let outside = ["std::fs", "std::net", "std::process", "std::env", "std::os"];
    let mut offences = mentions(&outside, |file| file.room() == "source");
    // how many cases a generated test runs is asked of the environment
    offences.retain(|offence| !offence.contains("/tests.rs:"));
    offences.retain(|offence| !DOORS.iter().any(|(path, what)| offence.starts_with(&format!("src/{path}:")) && offence.ends_with(what)));
    assert_eq!(offences, Vec::<String>::new(), "only source touches network, processes, files and the environment");
}

#[test]
fn doors_are_used() {
    let found = mentions(&["std::fs", "std::process", "std::env"], |_| false);
    for (path, what) in DOORS {
        assert!(
            found.iter().any(|mention| mention.starts_with(&format!("src/{path}:")) && mention.ends_with(what)),
            "src/{path} no longer needs {what}: take it off the list"
        );
    }
}

#[test]
fn the_pure_rooms_do_nothing_but_think() {
    let impure = ["std::io", "std::thread", "std::time", "tokio", "async", "println", "eprintln", "SystemTime", "Instant"];
    let pure = |file: &File| PURE.contains(&file.room());
    let mut offences = mentions(&impure, |file| !pure(file));
    // the table of names is tried from several threads at once
    offences.retain(|offence| !(offence.starts_with("src/base/name.rs:") && offence.ends_with("std::thread")));
    assert_eq!(offences, Vec::<String>::new(), "the rooms up to authz take bytes and give values");
}

/// Where files that are not excused name something: `src/PATH:LINE names WHAT`.
fn mentions(words: &[&str], excused: impl Fn(&File) -> bool) -> Vec<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    for file in files().iter().filter(|file| !excused(file)) {
        for (number, line) in file.code.iter().enumerate() {
            // what a group imports is named in full: `std::{fs, io}`
            let line = line.find("std::{").map_or_else(
                || line.clone(),
                |at| {
                    let group = line.get(at + 5..).unwrap_or_default();
                    format!("{line} {}", heads(group).iter().map(|head| format!("std::{head} ")).collect::<String>())
                },
            );
            for word in words {
                let is_named = line.match_indices(word).any(|(at, _)| {
                    let before = line.get(..at).and_then(|text| text.chars().next_back());
                    let after = line.get(at + word.len()..).and_then(|text| text.chars().next());
                    !before.is_some_and(is_word) && !after.is_some_and(is_word)
                });
                if is_named {
                    found.push(format!("src/{}:{} names {word}", file.path, number + 1));
                }
            }
        }
    }
    found
}

/// The longest file that can still be read in one go.
const LONGEST: usize = 400;

#[test]
fn files_are_short() {
    let long: Vec<String> =
        files().iter().filter(|file| file.lines.len() > LONGEST).map(|file| format!("src/{}: {}", file.path, file.lines.len())).collect();
    assert_eq!(long, Vec::<String>::new(), "files of more than {LONGEST} lines: part them by what they answer");
}

#[test]
fn every_module_says_what_it_answers() {
    let silent: Vec<String> = files()
        .iter()
        .filter(|file| !file.path.ends_with("/tests.rs"))
        .filter(|file| !file.lines.first().is_some_and(|line| line.starts_with("//! ")))
        .map(|file| format!("src/{}", file.path))
        .collect();
    assert_eq!(silent, Vec::<String>::new(), "every module opens with what it answers");
}

#[test]
fn no_module_is_called_mod() {
    let old: Vec<String> = files().into_iter().map(|file| file.path).filter(|path| path.ends_with("mod.rs")).collect();
    assert_eq!(old, Vec::<String>::new(), "modules are NAME.rs beside NAME/");
}

#[test]
fn imports_are_read_in_all_their_forms() {
    let file = |path: &str, text: &str| File {
        path: path.to_owned(),
        lines: Vec::new(),
        code: super::source::code(text).lines().map(str::to_owned).collect(),
    };
    let used = |path: &str, text: &str| uses(&file(path, text)).into_iter().map(|(_, room)| room).collect::<Vec<_>>();
    assert_eq!(used("facts/core.rs", "use crate::authz::Index;"), ["authz"]);
    assert_eq!(used("facts/core.rs", "use crate::{\n    base::{Name, Gap},\n    authz::Index,\n};"), ["base", "authz"]);
    assert_eq!(used("facts/core.rs", "fn f() -> crate::tui::State {}"), ["tui"]);
    assert_eq!(used("facts.rs", "use super::authz;"), ["authz"]);
    assert_eq!(used("facts/core.rs", "use super::super::authz::Index;"), ["authz"]);
    assert_eq!(used("facts/core.rs", "use super::authz;"), Vec::<&str>::new());
    assert_eq!(used("facts/core.rs", "// crate::authz\nlet a = \"crate::authz\";"), Vec::<&str>::new());
}
