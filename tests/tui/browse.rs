//! Going about the screens with tables: where Enter leads, what stays when the facts change, what is copied.

use std::fmt::Write as _;
use std::sync::Arc;

use whycan::authz::Verdict;
use whycan::facts::Facts;
use whycan::session::{Event, Snapshot};
use whycan::tui::message::{Effect, Message, When};
use whycan::tui::screens::why::Stage;

use crate::support::{Ui, facts, with_gap};

fn demo() -> Ui {
    Ui::demo("delete pods -n dev", "alice")
}

/// The line under the cursor, found by its look.
fn chosen(ui: &mut Ui) -> String {
    let frame = ui.frame(80, 24);
    let row = crate::support::rows(&frame)
        .find(|row| row.iter().skip(1).take(3).all(|cell| cell.modifier.contains(ratatui::style::Modifier::REVERSED)))
        .map(|row| crate::support::seen(row).map(|(_, cell)| cell.symbol()).collect::<String>());
    row.unwrap_or_default().trim().to_owned()
}

fn toast(ui: &Ui) -> &str {
    ui.state.toast.as_ref().map_or("", |toast| toast.text.as_str())
}

fn copied(ui: &mut Ui) -> String {
    match ui.press("y").effects.pop() {
        Some(Effect::Copy { text, .. }) => text,
        other => panic!("nothing was copied, but {other:?}"),
    }
}

/// Other facts, as a watch brings them.
fn change(ui: &mut Ui, facts: Facts) {
    let session = ui.state.session;
    ui.send(Message::Session(session, When::default(), Event::Snapshot(Arc::new(Snapshot::new(facts)))));
}

fn verdict(ui: &Ui) -> Verdict {
    match &ui.why().stage {
        Stage::Answered(answer) => answer.whole().0,
        other => panic!("{other:?}"),
    }
}

#[test]
fn everyone_who_may_is_explained_as_allowed() {
    for question in ["get secrets -A", "delete pods -n dev", "get /metrics", "patch deployments.apps/scale web -n staging"] {
        let mut ui = demo();
        ui.command(&format!("who-can {question}")).press("g");
        let mut seen = 0;
        loop {
            let row = chosen(&mut ui);
            if row.starts_with("▾ notes") {
                break;
            }
            ui.press("enter");
            assert_eq!(verdict(&ui), Verdict::Allowed, "{question}: {row}: {}", ui.title());
            ui.press("esc");
            assert_eq!(chosen(&mut ui), row, "Esc goes back to the row");
            ui.press("down");
            seen += 1;
        }
        assert!(seen > 2, "{question}");
    }
}

#[test]
fn a_grant_leads_to_its_binding_and_a_built_in_one_says_so() {
    let mut ui = demo();
    ui.command("who-can get secrets -A").press("/").type_in("bob").press("enter right right enter");
    assert_eq!(ui.title(), "rules: RoleBinding payments/lead");
    ui.press("esc");
    assert_eq!(ui.title(), "who can: get secrets -A");
    assert!(chosen(&mut ui).starts_with("✓ RoleBinding payments/lead"), "{}", chosen(&mut ui));
    ui.press("esc g right right enter");
    assert_eq!(toast(&ui), "no binding gives this: it is built into the API server");
}

#[test]
fn a_cell_of_the_matrix_says_what_its_question_is_answered() {
    let mut ui = demo();
    ui.command("can alice -n dev");
    for row in 0..14 {
        ui.press("g");
        ui.press(&"down ".repeat(row * 3)).press(&"left ".repeat(9));
        for column in 0..8 {
            let shown = chosen(&mut ui);
            let expected = if shown.contains("[✓]") { Verdict::Allowed } else { Verdict::Denied };
            assert!(shown.contains("[✓]") || shown.contains("[·]"), "{shown}");
            ui.press("enter");
            assert_eq!(verdict(&ui), expected, "column {column} of {shown}: {}", ui.title());
            ui.press("esc right");
        }
    }
}

#[test]
fn other_verbs_names_and_paths_of_the_matrix_are_asked_about() {
    let mut ui = Ui::of(facts(TEAM), "get pods -n dev", "alice");
    ui.command("can alice -n dev").press("enter");
    assert_eq!(ui.title(), "alice > why: get secrets db in dev");
    ui.press("esc down space down enter");
    assert_eq!((ui.title().as_str(), verdict(&ui)), ("alice > why: impersonate serviceaccounts in dev", Verdict::Allowed));
    ui.press("esc down enter");
    assert_eq!(ui.title(), "rules: RoleBinding dev/keepers");
    let mut ui = demo();
    ui.command("can alice -n dev").press("/").type_in("/openapi/*").press("down enter");
    assert_eq!(chosen(&mut ui), "▸ /openapi/*  get");
    ui.press("enter");
    assert_eq!((ui.title().as_str(), verdict(&ui)), ("alice > why: get /openapi/", Verdict::Allowed));
}

#[test]
fn who_may_everything_is_explained_too() {
    let mut ui = demo();
    ui.command("can cluster-bootstrap --as-group system:masters -A").press("enter");
    assert_eq!(verdict(&ui), Verdict::Allowed, "{}", ui.title());
}

#[test]
fn roles_bindings_and_subjects_lead_to_each_other() {
    let mut ui = Ui::of(facts(TEAM), "get pods -n dev", "alice");
    ui.press("5 enter");
    assert_eq!(ui.title(), "rules: Role dev/keeper");
    ui.press("enter");
    assert_eq!(toast(&ui), "this is what is shown; Space folds and unfolds");
    ui.press("down enter");
    assert_eq!(toast(&ui), "a rule has no page of its own; Tab shows it in full");
    ui.press("down down enter");
    assert_eq!(ui.title(), "rules: RoleBinding dev/keepers");
    ui.press("down enter");
    assert_eq!(ui.title(), "alice > can: -n dev");
    ui.press("esc esc esc");
    assert_eq!(ui.title(), "rules");
    ui.press("/").type_in("ghost").press("enter right right down enter");
    assert_eq!(toast(&ui), "the role does not exist, so there is nothing to go to");
}

#[test]
fn an_identity_leads_to_its_rights_and_what_names_it_to_its_rules() {
    let mut ui = demo();
    ui.press("6 /").type_in("sa:ci/deployer").press("enter enter");
    assert_eq!(ui.title(), "service account ci/deployer > can");
    ui.press("esc right right enter");
    assert!(ui.title().starts_with("rules: RoleBinding staging/ci-deploy"), "{}", ui.title());
}

#[test]
fn a_finding_leads_to_its_object_and_shows_its_fix() {
    let mut ui = demo();
    ui.press("7 down");
    assert!(chosen(&mut ui).starts_with("✗ error     Role dev/registry-pull"));
    ui.press("f");
    assert!(ui.text(80, 24).contains("leave resourceNames out to mean every name"));
    ui.press("esc");
    assert!(!ui.text(80, 24).contains("leave resourceNames out to mean every name"));
    ui.press("enter");
    assert_eq!(ui.title(), "rules: Role dev/registry-pull");
    ui.press("esc esc");
    assert_eq!(ui.title(), "who am I", "Esc goes up where nothing is open");
}

#[test]
fn a_filter_narrows_and_what_is_done_is_done_to_what_is_seen() {
    let mut ui = demo();
    ui.press("6 /").type_in("PAY").press("down");
    let row = chosen(&mut ui);
    assert!(row.contains("pay"), "{row}");
    ui.press("enter down up enter");
    assert!(ui.title().contains(" > can"), "{}", ui.title());
    ui.press("esc");
    assert_eq!(chosen(&mut ui), row);
    let shown = ui.text(80, 24);
    assert!(shown.contains("12 of 114 identities with PAY"), "{shown}");
    ui.press("esc");
    assert!(!ui.text(80, 24).contains("with PAY"));
    assert_eq!(chosen(&mut ui).split_whitespace().nth(1), row.split_whitespace().nth(1), "the cursor stays");
    ui.press("/").type_in("no such").press("enter enter");
    assert_eq!(toast(&ui), "there is no row here to open");
}

#[test]
fn the_cursor_and_what_is_unfolded_stay_when_the_facts_change() {
    let mut ui = Ui::of(facts(TEAM), "get secrets -n dev", "alice");
    ui.press("w down space down");
    let before = chosen(&mut ui);
    assert!(before.starts_with("✓ RoleBinding dev/keepers"), "{before}");
    let more = "
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: everything}
rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: everything}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: everything}
subjects: [{kind: User, name: aaron}, {kind: User, name: abel}]
";
    change(&mut ui, facts(&format!("{TEAM}{more}")));
    assert!(ui.text(80, 24).contains("user aaron"));
    assert_eq!(chosen(&mut ui), before);
    // what is gone leaves the cursor on what stood nearest
    change(&mut ui, facts(&TEAM.replace("{kind: User, name: alice}, ", "")));
    assert!(chosen(&mut ui).starts_with("▸ group system:serv"), "{}", chosen(&mut ui));
}

#[test]
fn what_settles_a_gap_is_copied_from_its_row() {
    let mut ui = Ui::of(with_gap(TEAM, "rolebindings in namespace dev", "RoleBinding", "dev"), "get secrets -n dev", "alice");
    ui.press("w");
    assert_eq!(copied(&mut ui), "whycan who-can get secrets -n dev");
    ui.press("G up up up");
    assert!(chosen(&mut ui).starts_with("? rolebindings in namespace dev"), "{}", chosen(&mut ui));
    assert_eq!(copied(&mut ui), "kubectl get clusterroles,clusterrolebindings,roles,rolebindings -A -o json");
}

#[test]
fn every_screen_copies_the_command_that_prints_it() {
    let mut ui = demo();
    for (typed, command) in [
        ("who-can get secrets -A", "who-can get secrets -A"),
        ("who-can 'get' 'odd name' -n dev", "who-can get 'odd name' -n dev"),
        ("can alice --as-group ops --as-group 'a team' -n dev", "can alice --as-group ops --as-group 'a team' -n dev"),
        ("can 'a user' -A", "can 'a user' -A"),
        ("can sa:ci/deployer", "can sa:ci/deployer"),
        ("rules", "rules"),
        ("rules view", "rules view"),
        ("rules dev/readers", "rules dev/readers"),
        ("rules RoleBinding dev/readers", "rules RoleBinding dev/readers"),
        ("rules -n dev", "rules -n dev"),
        ("identities", "identities"),
        ("lint", "lint"),
    ] {
        ui.command(typed);
        assert_eq!(copied(&mut ui), format!("whycan --demo {command}"), "{typed}");
    }
    ui.paste("kubectl exec web-0 -n staging -- sh").press("w");
    assert_eq!(copied(&mut ui), "whycan --demo who-can 'kubectl exec web-0 -n staging -- sh'");
}

#[test]
fn details_are_read_beside_the_table_or_over_it() {
    let mut ui = demo();
    ui.send(Message::Resize(80, 24));
    ui.command("rules ClusterRole view").press("tab down down");
    assert!(!ui.text(80, 24).contains("ROLE OR BINDING"), "details lie over the table");
    ui.press("tab down up");
    let row = chosen(&mut ui);
    ui.send(Message::Resize(120, 40));
    assert!(ui.text(120, 40).contains("ROLE OR BINDING") && ui.text(120, 40).contains("12 rules"));
    // in the details keys scroll, and the cursor stays
    ui.press("tab pagedown pagedown");
    assert!(!ui.text(120, 40).contains("12 rules"));
    ui.press("esc");
    assert_eq!(chosen(&mut ui), row);
}

#[test]
fn long_lists_are_gone_through_by_pages_and_only_what_is_seen_is_drawn() {
    let mut yaml = String::new();
    for number in 0..5000 {
        let _ = write!(yaml, "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {{namespace: n{number}, name: app}}\n");
    }
    let mut ui = Ui::of(facts(&yaml), "get pods -n dev", "alice");
    ui.send(Message::Resize(80, 24));
    ui.press("6 G up up");
    assert!(chosen(&mut ui).contains("sa:n999/app"), "{}", chosen(&mut ui));
    ui.press("pageup");
    assert!(!chosen(&mut ui).contains("sa:n999/app"));
    ui.press("g down pagedown");
    assert!(chosen(&mut ui).contains("sa:n"), "{}", chosen(&mut ui));
    let drawn = ui.text(80, 24);
    assert!(drawn.matches("sa:n").count() < 22, "{drawn}");
}

const TEAM: &str = crate::screens::TEAM;

#[test]
fn a_token_in_a_file_names_who_asks() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let part = |text: &str| base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, text);
    let claims =
        r#"{"sub":"system:serviceaccount:ci:deployer","kubernetes.io":{"namespace":"ci","serviceaccount":{"name":"deployer","uid":"u"}}}"#;
    std::fs::write(&file, format!("{}.{}.c2ln", part(r#"{"alg":"RS256"}"#), part(claims))).unwrap();
    let mut ui = Ui::of(facts(TEAM), "get pods -n dev", "alice");
    ui.command(&format!("can token:{} -n dev", file.display()));
    assert!(ui.text(120, 30).contains("service account ci/deployer"), "{}", ui.text(120, 30));
    // what is not there is said where the answer would stand
    std::fs::remove_file(&file).unwrap();
    ui.command(&format!("can token:{} -n dev", file.display()));
    assert!(ui.text(200, 30).contains("no such file or directory"), "{}", ui.text(200, 30));
    ui.command("can token:- -n dev");
    assert!(ui.text(120, 30).contains("standard input is the keyboard"), "{}", ui.text(120, 30));
}
