//! What whycan says when it cannot answer: what is wrong, why, and what to do; and the exit status.

use insta::assert_snapshot;

use crate::support::{piped, whycan};

#[test]
fn no_facts() {
    assert_snapshot!(whycan(&["why", "delete", "pods", "--as", "alice"]));
}

#[test]
fn facts_from_two_places() {
    assert_snapshot!(whycan(&["lint", "--demo", "--from", "team.yaml"]));
}

#[test]
fn nobody_asks() {
    assert_snapshot!(whycan(&["why", "delete", "pods", "--from", "team.yaml"]));
    assert_snapshot!(whycan(&["can", "--from", "team.yaml"]));
    assert_snapshot!(whycan(&["can", "--as-group", "dev", "--from", "team.yaml"]));
}

#[test]
fn two_identities() {
    assert_snapshot!(whycan(&["can", "alice", "--as", "bob", "--from", "team.yaml"]));
}

#[test]
fn identities_of_later_issues() {
    assert_snapshot!(whycan(&["can", "arn:aws:iam::111122223333:role/Dev", "--from", "team.yaml"]));
}

#[test]
fn malformed_identities() {
    assert_snapshot!(whycan(&["can", "sa:deployer", "--from", "team.yaml"]));
}

#[test]
fn standard_input_is_read_once() {
    assert_snapshot!(piped(&["why", "-", "--from", "-", "--as", "alice"], ""));
    assert_snapshot!(piped(&["review", "-f", "-", "--from", "-"], ""));
}

#[test]
fn a_word_that_is_no_command() {
    assert_snapshot!(whycan(&["wyh", "delete", "pods"]));
    assert_snapshot!(whycan(&["frobnicate", "widgets"]));
}

#[test]
fn a_request_that_cannot_be_read() {
    assert_snapshot!(whycan(&["why", "delete", "--as", "alice", "--from", "team.yaml"]));
    assert_snapshot!(piped(&["why", "-", "--as", "alice", "--from", "team.yaml"], "the cluster is broken\n"));
}

#[test]
fn a_flag_that_is_none() {
    assert_snapshot!(whycan(&["why", "delete", "pods", "--ass", "alice"]));
    assert_snapshot!(whycan(&["why", "delete", "pods", "-o", "xml"]));
}

#[test]
fn a_request_is_missing() {
    assert_snapshot!(whycan(&["why", "--demo"]));
}

#[test]
fn a_file_that_is_not_there() {
    assert_snapshot!(whycan(&["lint", "--from", "nowhere.yaml"]));
    assert_snapshot!(whycan(&["review", "-f", "nowhere.yaml", "--from", "team.yaml"]));
}

#[test]
fn a_context_that_is_not_there() {
    assert_snapshot!(whycan(&["lint", "--demo", "--context", "acme-prd"]));
}

#[test]
fn a_role_that_is_not_there() {
    assert_snapshot!(whycan(&["rules", "raeder", "--from", "team.yaml"]));
    assert_snapshot!(whycan(&["rules", "reader", "-n", "prod", "--from", "team.yaml"]));
}

#[test]
fn a_schema_that_is_not_there() {
    assert_snapshot!(whycan(&["schema", "completions"]));
}

#[test]
fn no_terminal_for_the_screens() {
    assert_snapshot!(whycan(&[]));
}

#[test]
fn control_characters_do_not_come_back() {
    let run = whycan(&["why", "delete\u{1b}[2J", "pods\u{7}", "--as", "\u{202e}eve", "--from", "team.yaml"]);
    let acts = |text: &str| text.chars().any(|c| c != '\n' && (c.is_control() || c == '\u{202e}'));
    assert!(!acts(&run.stdout) && !acts(&run.stderr), "{:?} {:?}", run.stdout, run.stderr);
    let run = whycan(&["\u{1b}[2J"]);
    assert!(!acts(&run.stderr) && run.status == 2, "{:?}", run.stderr);
}

/// A newcomer gives a token as a word, wherever; no message repeats it.
#[test]
fn a_token_typed_as_a_word_is_hidden() {
    const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6Y2k6ZGVwbG95ZXIifQ.c2lnbmF0dXJlLW9mLWl0";
    for words in [&["token", "decode", TOKEN][..], &["token", TOKEN], &[TOKEN], &["context", "use", TOKEN]] {
        let run = whycan(words);
        assert!(!run.stderr.contains(TOKEN) && !run.stdout.contains(TOKEN), "{words:?}\n{run}");
        assert!(run.stderr.contains("A token is piped, not typed"), "{words:?}\n{run}");
    }
}
