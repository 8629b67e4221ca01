//! The real program in a pseudo-terminal: what a person sees, and what is left of it afterwards.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "these are tests")]

#[allow(dead_code, reason = "other tests use the rest")]
#[path = "../support/certificates.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod certificates;
#[allow(dead_code, reason = "other tests use the rest")]
#[path = "../support/fake.rs"]
mod fake;
mod plugins;
mod secrets;
#[allow(dead_code, reason = "other tests use the rest")]
#[path = "../support/seed.rs"]
mod seed;
mod switching;
#[allow(dead_code, reason = "the tests on a real cluster use the rest")]
mod terminal;
mod writing;

use terminal::{Terminal, has_reversed_row};

const DEMO: &[&str] = &["--demo"];
const DENIED: &str = "alice may not delete pods in dev";

#[test]
fn it_opens_on_the_demo_and_can_be_walked() {
    let mut terminal = Terminal::open(DEMO, (80, 24), &[]);
    terminal.wait_for(DENIED);
    assert!(terminal.is_alternate());
    terminal.press("\r");
    terminal.wait_for("scope  namespace staging");
    terminal.press("\x1b");
    terminal.wait_for("what comes nearest");
    terminal.press("i");
    terminal.wait_for("next field");
    terminal.press("dave\tacme:newcomers\r");
    terminal.wait_for("dave may delete pods in dev");
    terminal.press("[");
    terminal.wait_for(DENIED);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
    assert!(!terminal.is_alternate() && !terminal.hides_cursor());
}

#[test]
fn a_denial_is_followed_to_its_fix_and_to_who_may() {
    let mut terminal = Terminal::open(DEMO, (80, 24), &[]);
    terminal.wait_for(DENIED);
    terminal.press("f");
    terminal.wait_for("$ kubectl");
    terminal.press("y");
    terminal.wait_for("copied the kubectl command of the fix");
    assert!(terminal.copied().starts_with("kubectl "), "{}", terminal.copied());
    terminal.press("\x1b");
    terminal.wait_for("what comes nearest");
    // who may, why one of them may, and all that one may
    terminal.press("w");
    terminal.wait_for("subjects may delete pods in dev");
    terminal.press("j\r");
    terminal.wait_for("may delete pods in dev");
    terminal.wait_until("somebody who may", |screen| screen.contents().contains("✓ allowed"));
    terminal.press("4");
    terminal.wait_for("RESOURCE");
    // back over everything that was looked at, to the contexts and out
    terminal.press("[[[");
    terminal.wait_for(DENIED);
    terminal.press("c");
    terminal.wait_for("contexts");
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn every_screen_has_a_way_back() {
    let mut terminal = Terminal::open(DEMO, (80, 24), &[]);
    terminal.wait_for(DENIED);
    for (key, shows) in
        [("1", "who am I"), ("3", "who can"), ("4", "can"), ("5", "rules"), ("6", "identities"), ("7", "findings"), ("8", "cluster")]
    {
        terminal.press(key);
        terminal.wait_for(&format!("▸ {shows}"));
        terminal.press("?");
        terminal.wait_for("Open what is under the cursor");
        terminal.press("\x1b\x1b");
    }
    // what was opened from nothing leads up to the walk, and from there to the contexts; never out
    terminal.press("\x1b");
    terminal.press("\x1b");
    terminal.press("\x1b");
    terminal.wait_for("contexts");
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn a_message_can_be_pasted() {
    let mut terminal = Terminal::open(DEMO, (100, 30), &[]);
    terminal.wait_for(DENIED);
    let message = "Error from server (Forbidden): secrets is forbidden: User \"grace@acme.example\" cannot list resource \"secrets\" in API group \"\" at the cluster scope";
    terminal.press(&format!("\x1b[200~{message}\x1b[201~"));
    terminal.wait_for("grace@acme.example may not list secrets");
    terminal.press("\x03");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn it_follows_the_size_of_the_terminal() {
    let mut terminal = Terminal::open(DEMO, (80, 24), &[]);
    terminal.wait_for(DENIED);
    terminal.resize(120, 40);
    terminal.wait_for("┬");
    terminal.resize(40, 10);
    terminal.wait_for("this one is 40 by 10");
    terminal.resize(60, 15);
    terminal.wait_for("READ-ONLY");
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn the_cursor_row_is_seen_without_colours() {
    let mut terminal = Terminal::open(DEMO, (80, 24), &[("NO_COLOR", "1")]);
    terminal.wait_for(DENIED);
    terminal.wait_until("the cursor", |screen| has_reversed_row(screen, "RoleBinding staging/deployers grants this"));
    assert!(!terminal.has_colours());
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn a_command_is_copied_through_the_terminal() {
    let mut terminal = Terminal::open(DEMO, (80, 24), &[]);
    terminal.wait_for(DENIED);
    terminal.press("y");
    terminal.wait_for("copied the command that asks this");
    // whycan --demo why delete pods -n dev --as alice
    assert!(terminal.has_written("\x1b]52;c;d2h5Y2FuIC0tZGVtbyB3aHkgZGVsZXRlIHBvZHMgLW4gZGV2IC0tYXMgYWxpY2U=\x07"));
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn a_panic_gives_the_terminal_back_and_is_told() {
    let mut terminal = Terminal::open(DEMO, (80, 24), &[("WHYCAN_TEST_PANIC", "1")]);
    terminal.wait_for(DENIED);
    terminal.press("?");
    assert_eq!(terminal.end(), 101);
    assert!(!terminal.is_alternate() && !terminal.hides_cursor());
    terminal.wait_for("a panic on request");
    terminal.wait_for("please report it");
}

#[test]
fn signals_give_the_terminal_back() {
    for (signal, status) in [("TERM", 143), ("HUP", 129), ("INT", 130)] {
        let mut terminal = Terminal::open(DEMO, (80, 24), &[]);
        terminal.wait_for(DENIED);
        terminal.kill(signal);
        assert_eq!(terminal.end(), status, "{signal}");
        assert!(!terminal.is_alternate() && !terminal.hides_cursor(), "{signal}");
    }
}

#[test]
fn it_ends_with_its_terminal() {
    // it once read the end of a terminal that was gone for ever; where it does not lead the session, no signal says so
    for (leads, status) in [(true, [0, 129]), (false, [0, 0])] {
        let end = terminal::Detached::open(DEMO, leads, "READ-ONLY").end();
        assert!(end.is_some_and(|end| status.contains(&end)), "{end:?}; it led the session: {leads}");
    }
}

#[test]
fn ctrl_z_does_not_stop_the_leader_of_a_session() {
    // nobody could bring it back
    let mut terminal = Terminal::open(DEMO, (80, 24), &[]);
    terminal.wait_for(DENIED);
    terminal.press("\x1ae");
    terminal.wait_for("next field");
    terminal.press("\x03");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn ctrl_z_goes_to_the_background_of_a_shell_and_fg_comes_back() {
    let mut terminal = Terminal::shell((80, 24));
    let program = env!("CARGO_BIN_EXE_whycan");
    terminal.press(&format!("'{program}' --demo\n"));
    terminal.wait_for(DENIED);
    terminal.press("\x1a");
    terminal.wait_until("the shell", |screen| {
        !screen.alternate_screen() && screen.contents().contains("Stopped") && screen.contents().trim_end().ends_with('$')
    });
    terminal.press("fg\n");
    terminal.wait_until("the screen again", |screen| screen.alternate_screen() && screen.contents().contains(DENIED));
    terminal.press("j");
    terminal.press("q");
    // until the program has ended, it is the program that reads what is typed
    terminal.wait_until("the prompt", |screen| !screen.alternate_screen() && screen.contents().trim_end().ends_with('$'));
    terminal.press("exit 7\n");
    assert_eq!(terminal.end(), 7);
}

#[test]
fn facts_that_cannot_be_read_are_told_on_the_main_screen() {
    let mut terminal = Terminal::open(&["--from", "/no/such/file.json"], (80, 24), &[]);
    terminal.wait_for("cannot read `/no/such/file.json`");
    // on a slow machine the screen opens before the facts fail, and waits to be left
    if terminal.is_alternate() {
        terminal.press("q");
    }
    assert_eq!(terminal.end(), 4);
    assert!(!terminal.is_alternate());
    terminal.wait_for("cannot read `/no/such/file.json`");
}

#[test]
fn without_a_terminal_it_names_the_commands() {
    let output =
        std::process::Command::new(env!("CARGO_BIN_EXE_whycan")).arg("--demo").stdin(std::process::Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("needs a terminal") && told.contains("why, who-can, can, whoami"), "{told}");
    assert!(output.stdout.is_empty());
}
