//! `whycan context use`, `rename`, `delete`, `undo`, `alias`, `export`, and `namespace`: what is said, and what is written.

use std::fs;
use std::path::PathBuf;

use insta::assert_snapshot;
use tempfile::TempDir;

use crate::support::{Run, Whycan};

const CONFIG: &str = "\
apiVersion: v1
kind: Config
current-context: acme-dev # mine
clusters:
- name: acme-prod
  cluster: {server: 'https://127.0.0.1:1'}
- name: acme-dev
  cluster:
    server: https://127.0.0.1:1
contexts:
- name: acme-prod
  context: {cluster: acme-prod, user: alice, namespace: payments}
# for trying things
- name: acme-dev
  context:
    cluster: acme-dev
    user: robot
users:
- name: alice
  user: {token: hunter2}
- name: robot
  user: {token: hunter2}
";

/// A home with a kubeconfig.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join(".kube")).unwrap();
        fs::write(home.path().join(".kube/config"), CONFIG).unwrap();
        Self(home)
    }

    fn path(&self) -> PathBuf {
        self.0.path().join(".kube/config")
    }

    fn config(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }

    /// Runs in this home; the cluster is not asked.
    fn run(&self, line: &str) -> Run {
        let words: Vec<&str> = line.split(' ').chain(["--offline"]).collect();
        let home = self.0.path().to_str().unwrap();
        let mut run = Whycan::new(&words).env("HOME", home).env("COLUMNS", "160").run();
        for text in [&mut run.stdout, &mut run.stderr] {
            *text = text.replace(home, "~");
        }
        assert!(!run.to_string().contains("hunter2") || line.starts_with("context export"), "a secret is shown:\n{run}");
        run
    }

    /// Runs each, and gives all they print, each below its line.
    fn session(&self, lines: &[&str]) -> String {
        lines.iter().fold(String::new(), |text, line| text + "$ whycan " + line + "\n" + &self.run(line).to_string() + "\n\n")
    }
}

#[test]
fn the_current_context() {
    let home = Home::new();
    assert_snapshot!(home.session(&[
        "context current",
        "context use acme-prod --dry-run",
        "context use acme-prod",
        "context use acme-prod",
        "context use -",
        "context use -",
        "context use acme-prdo",
        "context use acme-dev -n web",
        "context current -o json",
    ]));
    let expected = CONFIG.replace("    user: robot\nusers", "    namespace: web\n    user: robot\nusers");
    assert_eq!(home.config(), expected);
}

#[test]
fn back_to_the_namespace_that_one_left() {
    let home = Home::new();
    for line in ["context use acme-prod", "context use acme-dev"] {
        assert_eq!(home.run(line).status, 0);
    }
    // another program gives it another one meanwhile
    fs::write(home.path(), CONFIG.replace("payments", "other")).unwrap();
    assert_snapshot!(home.session(&["context use -", "namespace --context acme-dev web", "context use -", "context use -"]));
}

#[test]
fn another_name() {
    let home = Home::new();
    assert_snapshot!(home.session(&[
        "context rename acme-prod prod --dry-run",
        "context rename acme-dev dev",
        "context rename dev acme-prod",
        "context rename gone prod",
    ]));
    assert_eq!(home.config(), CONFIG.replace("t: acme-dev #", "t: dev #").replace("- name: acme-dev\n  context", "- name: dev\n  context"));
}

#[test]
fn a_context_that_goes() {
    let home = Home::new();
    assert_snapshot!(home.session(&[
        "context alias p acme-prod",
        "context delete acme-prod --dry-run --with-unused",
        "context delete acme-prod",
        "context undo",
        "context delete acme-prod --with-unused",
        "context delete acme-dev -o json",
        "context current",
    ]));
}

#[test]
fn undo_takes_back_the_last_change() {
    let home = Home::new();
    assert_snapshot!(home.session(&["context undo", "context use acme-prod", "context undo --dry-run", "context undo", "context undo"]));
    assert_eq!(home.config(), CONFIG);
    assert_eq!(home.run("context use acme-prod").status, 0);
    fs::write(home.path(), home.config() + "# theirs\n").unwrap();
    fs::File::open(home.path()).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
    assert_snapshot!(home.session(&["context undo"]));
    assert!(home.config().ends_with("# theirs\n"));
}

#[test]
fn what_another_program_wrote_over_is_told() {
    let home = Home::new();
    assert_eq!(home.run("context use acme-prod").status, 0);
    fs::write(home.path(), CONFIG).unwrap();
    let run = home.run("namespace web");
    let told = "whycan: another program has overwritten the last change of whycan (";
    assert!(
        run.stderr.starts_with(told) && run.stderr.ends_with("has current-context acme-dev again, not current-context acme-prod\n"),
        "{run}"
    );
}

#[test]
fn other_names() {
    let home = Home::new();
    assert_snapshot!(home.session(&[
        "context alias",
        "context alias p acme-prod -n web",
        "context alias d acme-dev",
        "context alias acme-dev acme-prod",
        "context alias x gone",
        "context alias",
        "context use p",
        "context alias -o json",
        "context alias pp",
        "context alias p --remove",
        "context alias p --remove",
        "context use p",
    ]));
}

#[test]
fn one_context_as_a_kubeconfig() {
    let home = Home::new();
    assert_snapshot!(home.session(&["context export acme-prod -n web", "context export gone"]));
}

#[test]
fn namespaces() {
    let home = Home::new();
    assert_snapshot!(home.session(&[
        "namespace",
        "namespace web --dry-run",
        "namespace web",
        "namespace db",
        "namespace -",
        "namespace",
        "namespace -o json",
        "namespace Web",
        "namespace -",
        "namespace --context acme-prod",
        "namespace --context acme-prod -",
    ]));
}

#[test]
fn markdown_for_tickets() {
    let home = Home::new();
    assert_snapshot!(home.session(&["context use acme-prod --dry-run -o markdown", "context current -o markdown"]));
}

#[test]
fn output_is_as_its_schema_says() {
    let home = Home::new();
    for (command, line) in [
        ("context use", "context use acme-prod -o json"),
        ("context use", "context undo -o json"),
        ("context use", "context delete acme-prod -o json --dry-run"),
        ("context use", "namespace web -o json"),
        ("namespace", "namespace -o json"),
        ("context current", "context current -o json"),
        ("context alias", "context alias -o json"),
    ] {
        let schema = Whycan::new(&["schema", command]).run().json();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let run = home.run(line);
        let faults: Vec<String> = validator.iter_errors(&run.json()).map(|error| error.to_string()).collect();
        assert!(faults.is_empty() && run.status == 0, "{line}: {faults:#?}\n{run}");
        assert!(!validator.is_valid(&serde_json::json!({"name": 1})), "the schema takes anything");
    }
}

#[test]
fn recorded_facts_have_no_kubeconfig() {
    let home = Home::new();
    assert_snapshot!(home.session(&["--demo context use acme-prod", "--demo namespace web"]));
}

#[test]
fn without_a_home_nothing_is_remembered() {
    let home = Home::new();
    let path = home.path().display().to_string();
    let run = |words: &[&str]| Whycan::new(&[&["--kubeconfig", &path], words].concat()).env("HOME", "").run();
    assert_eq!(run(&["context", "use", "acme-prod"]).stderr, "");
    assert!(home.config().contains("current-context: acme-prod # mine"));
    assert_snapshot!(format!("{}\n{}", run(&["context", "use", "-"]), run(&["context", "alias", "p", "acme-prod"])));
}
