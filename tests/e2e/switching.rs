//! Kubeconfigs changed from the screen: the line is shown, written, taken back, and a dead context keeps nobody.

use std::fs;

use crate::terminal::Terminal;

/// The first context leads to a port where nobody listens.
const FILE: &str = "# mine
apiVersion: v1
kind: Config
current-context: dead # of the office
contexts:
- name: dead
  context: {cluster: dead, user: me}
- name: other
  context: {cluster: other, user: me, namespace: web}
clusters:
- name: dead
  cluster: {server: 'https://127.0.0.1:1'}
- name: other
  cluster: {server: 'https://127.0.0.1:2'}
users:
- name: me
  user: {token: not-shown}
";

#[test]
fn a_dead_context_is_left_another_made_current_and_that_undone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    fs::write(&path, FILE).unwrap();
    let text = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    let (file, home) = (text(&path), text(folder.path()));
    let mut terminal = Terminal::open(
        &[],
        (100, 30),
        &[("KUBECONFIG", file.as_str()), ("HOME", &home), ("XDG_STATE_HOME", &home), ("XDG_CONFIG_HOME", &home)],
    );
    terminal.wait_for("dead ▸ who am I");
    terminal.wait_for("the server did not say who you are");
    terminal.press("c");
    terminal.wait_for("2 contexts; dead is current");
    terminal.press("ju");
    terminal.wait_for("+current-context: other # of the office");
    assert_eq!(fs::read_to_string(&path).unwrap(), FILE, "looking writes nothing");
    terminal.press("\r");
    terminal.wait_for("2 contexts; other is current");
    assert_eq!(fs::read_to_string(&path).unwrap(), FILE.replace("current-context: dead", "current-context: other"));
    terminal.press("U");
    terminal.wait_for("-current-context: other");
    terminal.press("\r");
    terminal.wait_for("2 contexts; dead is current");
    assert_eq!(fs::read_to_string(&path).unwrap(), FILE);
    // what somebody else writes appears by itself
    fs::write(&path, FILE.replace("- name: other\n  context", "- name: renamed-outside\n  context")).unwrap();
    terminal.wait_for("renamed-outside");
    assert!(!terminal.has_written("not-shown"), "the token");
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}
