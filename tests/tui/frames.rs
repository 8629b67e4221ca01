//! Every state at the three sizes that matter, with styles.

use whycan::base::Failure;
use whycan::tui::effect;
use whycan::tui::message::Message;
use whycan::tui::screens::Screen;

use crate::support::{ASCII, COLOR, PLAIN, SIZES, Ui, facts, question, snapshot, with_gap};

#[test]
fn loading() {
    snapshot("loading", &mut Ui::loading(COLOR, false));
}

#[test]
fn failed() {
    let mut ui = Ui::loading(COLOR, false);
    ui.send(effect::load(Err(Failure::failed("cannot read `rbac.json`: line 4171, column 9: it breaks off in the middle of a string")
        .hint("Record it again: kubectl get clusterroles,clusterrolebindings,roles,rolebindings -A -o json"))));
    snapshot("failed", &mut ui);
}

#[test]
fn nothing_asked() {
    let facts = with_gap(READER, "rolebindings in namespace dev", "RoleBinding", "dev");
    let mut ui = Ui::of(facts, "", "");
    snapshot("nothing-asked-editor", &mut ui);
    snapshot("nothing-asked", ui.press("esc"));
}

#[test]
fn invalid() {
    let mut ui = Ui::demo("delete pods -n dev", "alice");
    snapshot("invalid", ui.paste("kubectl apply -f /no/such/file.yaml"));
}

#[test]
fn denied() {
    snapshot("denied", &mut Ui::demo("delete pods -n dev", "alice"));
}

#[test]
fn denied_without_colour() {
    snapshot("denied-no-color", &mut Ui::demo_with(PLAIN, "delete pods -n dev", "alice"));
    snapshot("denied-ascii", &mut Ui::demo_with(ASCII, "delete pods -n dev", "alice"));
}

#[test]
fn allowed() {
    snapshot("allowed", &mut Ui::demo("list pods -n web", "carol@acme.example+platform"));
}

#[test]
fn allowed_before_every_rule() {
    snapshot("masters", &mut Ui::demo("delete nodes", "cluster-bootstrap+system:masters"));
}

#[test]
fn node() {
    snapshot("node-allowed", &mut Ui::demo("list services -A", "node:ip-10-0-1-17.eu-central-1.compute.internal"));
    snapshot("node-related", &mut Ui::demo("get secrets api-db -n payments", "node:ip-10-20-1-23.eu-central-1.compute.internal"));
    snapshot("node-unrelated", &mut Ui::demo("get secrets api-db -n payments", "node:ip-10-20-3-140.eu-central-1.compute.internal"));
}

const READER: &str = "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules: [{apiGroups: [''], resources: [pods], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{kind: User, name: alice}]
";

#[test]
fn unknown_with_a_gap() {
    let facts = with_gap(READER, "rolebindings in namespace dev", "RoleBinding", "dev");
    snapshot("unknown", &mut Ui::of(facts.clone(), "get pods web-0 -n dev", "bob"));
    // the same gap is of no account for an answer that is allowed
    snapshot("allowed-with-gap", &mut Ui::of(facts, "get pods web-0 -n dev", "alice"));
}

#[test]
fn nothing_near() {
    snapshot("empty-world", &mut Ui::of(facts("apiVersion: v1\nkind: Namespace\nmetadata: {name: dev}\n"), "get pods -n dev", "bob"));
}

#[test]
fn a_role_that_is_missing() {
    snapshot("missing-role", &mut Ui::demo("patch deployments -n web", "erin+web-dev"));
}

#[test]
fn several_requests() {
    let mut ui = Ui::demo("delete pods -n dev", "alice");
    snapshot("parts", ui.paste("kubectl exec web-0 -n staging -- sh"));
}

#[test]
fn typing() {
    let mut ui = Ui::demo("delete pods -n dev", "alice");
    snapshot("editor", ui.press("e tab").type_in("dep"));
    snapshot("editor-chosen", ui.press("down down"));
    snapshot("editor-as", ui.press("esc i"));
    snapshot("editor-complaint", ui.type_in("sa:deployer"));
    let mut ui = Ui::demo("delete pods -n dev", "alice");
    snapshot("editor-cluster-scoped", ui.press("e").type_in("list no"));
    let mut ui = Ui::demo("delete pods -n dev", "alice");
    snapshot("editor-line", ui.paste("kubectl exec web-0 -n staging -- sh").press("e"));
}

#[test]
fn fixes() {
    snapshot("fix", Ui::demo("delete pods -n dev", "alice").press("f"));
    snapshot("fix-scrolled", Ui::demo("delete pods -n dev", "alice").press("f pagedown pagedown"));
}

#[test]
fn details() {
    snapshot("details", Ui::demo("delete pods -n dev", "alice").press("enter"));
    snapshot("details-of-a-binding", Ui::demo("delete pods -n dev", "alice").press("g down enter"));
    snapshot("details-of-a-rule", Ui::demo("list pods -n web", "carol@acme.example+platform").press("enter pagedown"));
}

#[test]
fn help() {
    snapshot("help", Ui::demo("delete pods -n dev", "alice").press("?"));
    snapshot("help-ascii", Ui::demo_with(ASCII, "delete pods -n dev", "alice").press("? pagedown"));
}

#[test]
fn contexts() {
    snapshot("contexts", Ui::demo("delete pods -n dev", "alice").press("c down"));
}

#[test]
fn a_word_at_the_bottom() {
    let mut ui = Ui::demo("list pods -n web", "carol@acme.example+platform");
    snapshot("toast", ui.press("f"));
    let mut ui = Ui::demo("delete pods -n dev", "alice");
    if let Screen::Why(why) = &mut ui.state.history.now.screen {
        why.is_deciding = true;
    }
    snapshot("deciding", &mut ui);
}

#[test]
fn names_that_act_and_names_that_are_wide() {
    let yaml = r#"
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "読取り専用ロール読取り専用ロール読取り専用ロール読取り専用ロール"}
rules: [{apiGroups: [''], resources: [pods], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {namespace: 開発, name: "arn-aws-iam-111122223333-role-aws-reserved-sso-amazonaws-com-AWSReservedSSO_Developer_0123456789abcdef"}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "読取り専用ロール読取り専用ロール読取り専用ロール読取り専用ロール"}
subjects: [{kind: User, name: "mallory\e[2J\e]0;owned\a\u202e"}]
"#;
    let ui = &mut Ui::of(facts(yaml), "delete pods -n 開発", "mallory\u{1b}[2J\u{1b}]0;owned\u{7}\u{202e}");
    snapshot("hostile-and-wide", ui);
    for (columns, rows) in SIZES {
        let frame = ui.frame(columns, rows);
        for symbol in frame.content().iter().map(ratatui::buffer::Cell::symbol) {
            assert!(symbol.chars().all(whycan::base::text::is_harmless), "{symbol:?}");
        }
    }
}

#[test]
fn too_small() {
    let mut ui = Ui::demo("delete pods -n dev", "alice");
    insta::assert_snapshot!(ui.text(40, 10), @"
    whycan needs a terminal of 60 by 15;
    this one is 40 by 10
    ");
    for columns in 1..60 {
        for rows in [1, 2, 5, 14, 15, 16] {
            ui.frame(columns, rows);
        }
    }
}

#[test]
fn no_size_and_no_state_panics() {
    for keys in ["", "e", "i", "f", "c", "?", "enter", "e tab tab tab tab tab"] {
        let mut ui = Ui::demo("delete pods -n dev", "alice");
        ui.press(keys);
        for columns in [1, 2, 10, 59, 60, 61, 99, 100, 101, 250] {
            for rows in [1, 3, 14, 15, 16, 40, 100] {
                ui.frame(columns, rows);
            }
        }
    }
    let mut ui = Ui::loading(COLOR, false);
    ui.press("e i f c ? enter esc [ ] y Y ( ) up down g G tab space backspace ctrl-l");
    ui.send(Message::Paste("kubectl get pods".to_owned()));
    ui.frame(80, 24);
    ui.state.question = question("get pods", "");
}
