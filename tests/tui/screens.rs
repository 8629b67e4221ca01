//! The screens with tables, in every state, at the three sizes that matter, with styles.

use std::sync::Arc;

use whycan::base::Failure;
use whycan::facts::parse;
use whycan::session::{Event, Snapshot, Stage, State, Step};
use whycan::tui::message::{Effect, Message};
use whycan::tui::update::update;

use crate::support::{ASCII, COLOR, PLAIN, SIZES, Ui, facts, snapshot, with_gap};

fn demo() -> Ui {
    Ui::demo("delete pods -n dev", "alice")
}

pub const TEAM: &str = r#"
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {namespace: dev, name: keeper}
rules:
- {apiGroups: [''], resources: [secrets], resourceNames: [db, web], verbs: [get, update]}
- {apiGroups: [''], resources: [serviceaccounts], verbs: [impersonate, get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {namespace: dev, name: keepers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: keeper}
subjects: [{kind: User, name: alice}, {kind: Group, name: "system:serviceaccounts:dev"}, {kind: ServiceAccount, name: ci}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {namespace: dev, name: ghosts}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: ghost}
subjects: []
---
apiVersion: v1
kind: ServiceAccount
metadata: {namespace: dev, name: ci}
---
apiVersion: v1
kind: ServiceAccount
metadata: {namespace: dev, name: runner}
"#;

#[test]
fn who_can() {
    let mut ui = demo();
    snapshot("who-can", ui.command("who-can get secrets -A"));
    snapshot("who-can-unfolded", ui.press("down right"));
    snapshot("who-can-details", ui.press("tab"));
    snapshot("who-can-filtered", ui.press("esc /").type_in("pay"));
}

#[test]
fn who_can_of_groups_and_names() {
    let mut ui = Ui::of(facts(TEAM), "get secrets -n dev", "alice");
    snapshot("who-can-members", ui.press("w down down space down"));
}

#[test]
fn who_can_of_several_requests() {
    let mut ui = demo();
    snapshot("who-can-parts", ui.paste("kubectl exec web-0 -n staging -- sh").press("w"));
}

#[test]
fn who_can_when_nobody_may() {
    snapshot("who-can-nobody", Ui::of(facts(TEAM), "delete nodes", "alice").press("w"));
}

#[test]
fn what_could_not_be_read_is_said_first() {
    let facts = with_gap(TEAM, "rolebindings in namespace dev", "RoleBinding", "dev");
    let mut ui = Ui::of(facts, "get secrets -n dev", "alice");
    snapshot("who-can-gap", ui.press("w"));
    snapshot("who-can-gap-details", ui.press("G up up tab"));
    snapshot("matrix-gap", ui.press("esc").command("can alice -n dev"));
    snapshot("rules-gap", ui.press("5"));
    snapshot("identities-gap", ui.press("6"));
    snapshot("findings-gap", ui.press("7"));
}

#[test]
fn matrix() {
    let mut ui = demo();
    snapshot("matrix", ui.command("can alice -n dev"));
    snapshot("matrix-unfolded", ui.press("right right space down"));
    snapshot("matrix-of-the-contexts-namespace", ui.command("can bob"));
    snapshot("matrix-paths", ui.press("G up up up up"));
}

#[test]
fn matrix_of_names_and_other_verbs() {
    let mut ui = Ui::of(facts(TEAM), "get secrets -n dev", "alice");
    snapshot("matrix-names", ui.command("can alice -n dev").press("down space"));
    snapshot("matrix-empty", ui.command("can mallory -n dev"));
    snapshot("matrix-masters", ui.command("can cluster-bootstrap --as-group system:masters -A").press("space down"));
}

#[test]
fn rules() {
    let mut ui = demo();
    snapshot("rules", ui.command("rules"));
    snapshot("rules-filtered", ui.press("/").type_in("storefront"));
    snapshot("rules-of-a-role", ui.press("enter").command("rules ClusterRole view"));
    snapshot("rules-of-a-binding", ui.command("rules RoleBinding dev/readers"));
    snapshot("rules-of-nothing", ui.command("rules veiw"));
}

#[test]
fn rules_in_both_directions() {
    let mut ui = Ui::of(facts(TEAM), "get secrets -n dev", "alice");
    snapshot("rules-unfolded", ui.press("5 right G space up up space"));
}

#[test]
fn identities() {
    let mut ui = demo();
    snapshot("identities", ui.command("identities"));
    snapshot("identities-unfolded", ui.press("right"));
    snapshot("identities-filtered", ui.press("/").type_in("flux"));
}

#[test]
fn findings() {
    let mut ui = demo();
    snapshot("findings", ui.command("lint"));
    snapshot("findings-fix", ui.press("down f"));
}

#[test]
fn nothing_to_list() {
    let mut ui = Ui::of(facts("apiVersion: v1\nkind: Namespace\nmetadata: {name: dev}\n"), "get pods -n dev", "alice");
    snapshot("rules-empty", ui.press("5"));
    snapshot("identities-empty", ui.press("6"));
    snapshot("findings-empty", ui.press("7"));
    snapshot("nothing-holds-it", demo().press("7 /").type_in("no such thing").press("enter"));
}

#[test]
fn what_is_not_there_yet_and_what_cannot_be_understood() {
    let mut ui = demo();
    // nothing is computed: nobody does what is asked
    update(&mut ui.state, Message::Key("5".to_owned()));
    snapshot("rules-reading", &mut ui);
    let mut ui = Ui::demo("", "");
    snapshot("matrix-invalid", ui.press("esc 4"));
    snapshot("matrix-nothing-open", Ui::loading(COLOR, false).press("4"));
}

#[test]
fn facts_that_are_old_or_not_all_there() {
    let mut ui = demo();
    ui.press("6");
    let failure = Failure::failed("connection refused by 10.0.0.1:6443");
    ui.state.walk.take(Event::Stage(Step::Authorization, Stage { state: State::Stale(failure), ..Stage::default() }));
    snapshot("identities-stale", &mut ui);
    let mut ui = demo();
    let mut half = Snapshot::default();
    for change in parse::document("rbac.yaml", TEAM.as_bytes()) {
        half.apply(change);
    }
    ui.state.walk.take(Event::Snapshot(Arc::new(half)));
    snapshot("identities-half", ui.press("6"));
}

#[test]
fn without_colour_and_in_ascii() {
    snapshot("matrix-no-color", Ui::demo_with(PLAIN, "delete pods -n dev", "alice").press("4 right down space"));
    snapshot("matrix-ascii", Ui::demo_with(ASCII, "delete pods -n dev", "alice").press("4 right down space"));
    snapshot("who-can-ascii", Ui::demo_with(ASCII, "get secrets -A", "alice").press("w down space"));
    snapshot("findings-ascii", Ui::demo_with(ASCII, "get secrets -A", "alice").press("7 down"));
}

#[test]
fn names_that_act_and_names_that_are_wide() {
    let yaml = r#"
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "読取り専用ロール読取り専用ロール読取り専用ロール読取り専用ロール"}
rules: [{apiGroups: [''], resources: ["pods\e[2J", "ポッドポッドポッドポッドポッドポッドポッド"], verbs: [get, "列挙"]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {namespace: 開発, name: "arn-aws-iam-111122223333-role-aws-reserved-sso-amazonaws-com-AWSReservedSSO_Developer_0123456789abcdef"}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "読取り専用ロール読取り専用ロール読取り専用ロール読取り専用ロール"}
subjects: [{kind: User, name: "mallory\e[2J\e]0;owned\a\u202e"}, {kind: Group, name: "開発者開発者開発者開発者開発者開発者開発者開発者開発者"}]
"#;
    let mallory = "mallory\u{1b}[2J\u{1b}]0;owned\u{7}\u{202e}";
    let mut ui = Ui::of(facts(yaml), "get pods\u{1b}[2J -n 開発", mallory);
    for (name, keys) in
        [("who-can", "w down space"), ("matrix", "4 space"), ("rules", "5 space"), ("identities", "6 space"), ("findings", "7")]
    {
        snapshot(&format!("{name}-hostile-and-wide"), ui.press(keys));
        for (columns, rows) in SIZES {
            for keys in ["", "tab", "esc"] {
                let frame = ui.press(keys).frame(columns, rows);
                for symbol in frame.content().iter().map(ratatui::buffer::Cell::symbol) {
                    assert!(symbol.chars().all(whycan::base::text::is_harmless), "{symbol:?}");
                }
            }
        }
    }
}

#[test]
fn no_size_and_no_key_panics() {
    for screen in ["3", "4", "5", "6", "7"] {
        for keys in ["", "tab", "tab G pagedown", "/ x", "/ n o s u c h", "G space right right left", "home left left"] {
            let mut ui = demo();
            ui.press(screen).press(keys);
            for columns in [1, 2, 59, 60, 61, 99, 100, 101, 250] {
                for rows in [1, 14, 15, 16, 40] {
                    ui.frame(columns, rows);
                }
            }
        }
        let mut ui = Ui::loading(COLOR, false);
        ui.press(screen).press("up down left right space tab enter y f / esc g G pageup pagedown");
        ui.frame(80, 24);
        assert!(!ui.effects.iter().any(|effect| matches!(effect, Effect::Quit)));
    }
}
