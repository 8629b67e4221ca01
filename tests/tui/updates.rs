//! Messages in, state and effects out.

use std::fmt::Write as _;

use whycan::authz::Verdict;
use whycan::tui::message::{Effect, Message, When};
use whycan::tui::screens::why::{Focus, Stage};
use whycan::tui::state::Overlay;
use whycan::tui::update::update;
use whycan::view::why::Topic;

use crate::support::{COLOR, Ui, question};

fn demo() -> Ui {
    Ui::demo("delete pods -n dev", "alice")
}

fn asked(ui: &Ui) -> String {
    ui.why().decision().unwrap().headline()
}

fn copied(ui: &mut Ui) -> String {
    match ui.effects.pop() {
        Some(Effect::Copy { text, .. }) => text,
        other => panic!("nothing was copied, but {other:?}"),
    }
}

fn toast(ui: &Ui) -> &str {
    ui.state.toast.as_ref().map_or("", |toast| toast.text.as_str())
}

#[test]
fn an_answer_to_a_question_that_nobody_asks_any_more_is_dropped() {
    let mut ui = demo();
    let ask = |ui: &mut Ui, identity: &str| {
        ui.state.question = question("delete pods -n dev", identity);
        let effects = update(&mut ui.state, Message::Paste(format!("kubectl delete pods web-0 -n dev --as {identity}")));
        effects.into_iter().find(|effect| matches!(effect, Effect::Decide { .. })).unwrap()
    };
    let (first, second) = (ask(&mut ui, "bob"), ask(&mut ui, "dave"));
    for effect in [second, first] {
        let Effect::Decide { ticket, question, scene } = effect else { panic!() };
        ui.send(Message::Decided(ticket, When::default(), whycan::tui::effect::decide(&question, &scene)));
    }
    assert!(asked(&ui).starts_with("dave may not"), "{}", asked(&ui));
    assert!(!ui.why().is_deciding);
}

#[test]
fn the_cursor_stays_on_its_row_when_the_decision_changes() {
    let mut ui = demo();
    ui.press("g down down");
    assert!(matches!(ui.why().topic(), Some(Topic::Rule(..))), "{:?}", ui.why().topic());
    let before = ui.why().tree.cursor.clone();
    ui.press("e").type_in("patch").press("enter");
    assert_eq!(asked(&ui), "alice may not patch pods in dev");
    assert_eq!(ui.why().tree.cursor, before);
    // what is not there any more leaves the cursor on what held it, or on what comes nearest
    ui.press("e").type_in("get").press("enter");
    assert_eq!(ui.why().decision().unwrap().verdict, Verdict::Allowed);
    assert!(ui.why().tree.rows().iter().any(|row| row.path == ui.why().tree.cursor));
}

#[test]
fn what_was_folded_stays_folded() {
    let mut ui = demo();
    ui.press("g down left");
    let rows = ui.why().tree.rows().len();
    ui.press("e").type_in("patch").press("enter");
    assert!(ui.why().tree.rows().len() <= rows);
    assert_eq!(ui.why().tree.fold(), Some(false));
    ui.press("right right");
    assert!(matches!(ui.why().topic(), Some(Topic::Rule(..))));
    ui.press("left left left");
    assert_eq!(ui.why().topic(), Some(Topic::Identity));
    ui.press("up up up");
    assert_eq!(ui.why().topic(), Some(Topic::Identity));
}

#[test]
fn esc_keeps_the_old_question_and_enter_asks_the_new_one() {
    let mut ui = demo();
    ui.press("e").type_in("list").press("esc");
    assert_eq!(asked(&ui), "alice may not delete pods in dev");
    assert!(!ui.state.history.has_before());
    ui.press("e").type_in("delete nodes").press("enter");
    assert_eq!(asked(&ui), "alice may not delete nodes");
    ui.press("[");
    assert_eq!(asked(&ui), "alice may not delete pods in dev");
    ui.press("]");
    assert_eq!(asked(&ui), "alice may not delete nodes");
    ui.press("]");
    assert_eq!(toast(&ui), "nothing was looked at after this");
}

#[test]
fn a_completion_is_chosen_and_asked() {
    let mut ui = demo();
    ui.press("i").type_in("bo").press("down");
    let Overlay::Editor(editor) = &ui.state.overlay else { panic!() };
    assert_eq!(editor.completions[0].text, "bob");
    ui.press("enter");
    assert!(asked(&ui).starts_with("bob may"), "{}", asked(&ui));
}

#[test]
fn groups_are_asked_with() {
    let mut ui = demo();
    ui.press("i").type_in("dave").press("tab").type_in("acme:new").press("down enter");
    assert_eq!(asked(&ui), "dave may delete pods in dev");
    ui.press("y");
    assert_eq!(copied(&mut ui), "whycan --demo why delete pods -n dev --as dave --as-group acme:newcomers");
}

#[test]
fn nobody_can_ask_nothing() {
    let mut ui = Ui::demo("", "");
    assert!(matches!(ui.why().stage, Stage::Nothing) && matches!(ui.state.overlay, Overlay::Editor(_)));
    ui.press("enter");
    ui.type_in("delete pods").press("enter");
    let Overlay::Editor(editor) = &ui.state.overlay else { panic!("asked without an identity") };
    assert_eq!(editor.field().label(), "as", "the cursor goes to what is missing");
    ui.type_in("alice").press("enter");
    assert_eq!(asked(&ui), "alice may not delete pods in payments");
}

#[test]
fn a_pasted_message_is_asked_at_once() {
    let mut ui = demo();
    ui.paste(
        "$ kubectl get secrets -n payments\nError from server (Forbidden): secrets is forbidden: User \"system:serviceaccount:payments:api\" \
         cannot list resource \"secrets\" in API group \"\" in the namespace \"payments\"\n",
    );
    assert_eq!(asked(&ui), "service account payments/api may not list secrets in payments");
    assert!(toast(&ui).contains("Forbidden message"), "{}", toast(&ui));
    ui.press("e");
    let Overlay::Editor(editor) = &ui.state.overlay else { panic!() };
    assert_eq!(editor.question().shown(), "list secrets -n payments");
}

#[test]
fn a_pasted_line_of_several_requests_is_a_list_to_pick_from() {
    let mut ui = demo();
    ui.paste("kubectl exec web-0 -n staging -- sh");
    let decisive = ui.why().part;
    assert!(ui.why().answer().unwrap().parts.len() > 1);
    assert_eq!(ui.why().decision().unwrap().verdict, Verdict::Denied);
    ui.press("g down enter");
    assert_ne!(ui.why().part, decisive);
    assert_eq!(asked(&ui), "alice may get pods web-0 in staging");
    ui.press(") (");
    assert_eq!(asked(&ui), "alice may get pods web-0 in staging");
    ui.press("y");
    assert_eq!(copied(&mut ui), "whycan --demo --as alice why 'kubectl exec web-0 -n staging -- sh'");
}

#[test]
fn a_pasted_line_goes_to_its_context() {
    let mut ui = demo();
    ui.paste("kubectl delete pods web-0 -n dev --as alice --context acme-dev");
    assert_eq!(ui.state.context.as_deref(), Some("acme-dev"));
    ui.paste("kubectl get pods --context elsewhere");
    assert_eq!(toast(&ui), "the line is for context elsewhere, which is not among these");
}

#[test]
fn what_is_pasted_into_a_field_stays_in_it() {
    let mut ui = demo();
    ui.press("i").paste("  bob\n").press("enter");
    assert!(asked(&ui).starts_with("bob may"));
    ui.paste("no question at all");
    assert!(toast(&ui).starts_with("what was pasted is no Forbidden message"), "{}", toast(&ui));
}

#[test]
fn the_context_can_be_changed() {
    let mut ui = demo();
    ui.press("c down down enter");
    assert_eq!(ui.state.context.as_deref(), Some("acme-dev"));
    ui.press("2");
    assert_eq!(asked(&ui), "alice may delete pods in dev");
    ui.press("y");
    assert_eq!(copied(&mut ui), "whycan --demo --context acme-dev why delete pods -n dev --as alice");
    ui.press("[ [ [");
    assert_eq!((ui.state.context.as_deref(), asked(&ui).as_str()), (Some("acme-prod"), "alice may not delete pods in dev"));
}

#[test]
fn commands_and_yaml_are_copied() {
    let mut ui = demo();
    ui.press("y");
    assert_eq!(copied(&mut ui), "whycan --demo why delete pods -n dev --as alice");
    ui.press("f y");
    assert!(copied(&mut ui).starts_with("kubectl create role delete-pods --verb=delete"));
    ui.press("Y");
    assert!(copied(&mut ui).starts_with("apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n"));
    ui.send(Message::Copied("the YAML of the fix".to_owned(), 512));
    assert_eq!(toast(&ui), "copied the YAML of the fix (512 bytes)");
    let number = ui.state.toast.as_ref().unwrap().number;
    ui.send(Message::ToastOver(number - 1));
    assert_ne!(toast(&ui), "", "an older timer");
    ui.send(Message::ToastOver(number));
    assert_eq!(toast(&ui), "");
}

#[test]
fn keys_that_cannot_do_anything_now_say_why() {
    let mut ui = Ui::demo("list pods -n web", "carol@acme.example+platform");
    for (keys, why) in [
        ("f", "there is nothing to fix: it is allowed"),
        ("Y", "there is nothing to fix: it is allowed"),
        ("[", "nothing was looked at before this"),
        (")", "this question needs one request only"),
        ("backspace", "nothing is typed here; e edits the question"),
    ] {
        ui.press(keys);
        assert_eq!(toast(&ui), why, "{keys}");
    }
    ui.press("down");
    assert_eq!(toast(&ui), "", "the next key takes it away");
}

#[test]
fn details_scroll_and_close() {
    let mut ui = demo();
    ui.send(Message::Resize(80, 24));
    ui.press("enter");
    assert_eq!(ui.why().focus, Focus::Details);
    ui.press("down down G");
    let last = ui.why().scroll;
    ui.press("down");
    assert_eq!(ui.why().scroll, last, "there is nothing below the last line");
    ui.press("g");
    assert_eq!(ui.why().scroll, 0);
    ui.press("esc");
    assert_eq!(ui.why().focus, Focus::Tree);
    ui.press("tab down tab");
    assert_eq!((ui.why().focus, ui.why().scroll), (Focus::Tree, 1));
    ui.press("down");
    assert_eq!(ui.why().scroll, 0, "another row has other details");
}

#[test]
fn q_quits_but_not_while_something_is_typed() {
    let mut ui = demo();
    ui.press("e q");
    assert!(ui.effects.is_empty());
    ui.press("ctrl-c");
    assert!(matches!(ui.effects.pop(), Some(Effect::Quit)));
    let mut ui = demo();
    ui.press("? q");
    assert!(matches!(ui.effects.pop(), Some(Effect::Quit)));
    let mut ui = Ui::loading(COLOR, false);
    ui.press("q");
    assert!(matches!(ui.effects.pop(), Some(Effect::Quit)));
}

#[test]
fn help_names_every_action() {
    let mut ui = demo();
    ui.press("?");
    let text = ui.text(120, 80);
    for entry in whycan::view::actions::ACTIONS {
        assert!(text.contains(&entry.sentence.chars().take(60).collect::<String>()), "{} is not in:\n{text}", entry.sentence);
    }
}

#[test]
fn long_lists_are_capped_and_counted() {
    let mut yaml = String::from(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: reader}\nrules: [{apiGroups: [''], resources: [pods], verbs: [get]}]\n",
    );
    for number in 0..412 {
        let _ = write!(
            yaml,
            "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {{name: b{number}}}\nroleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}}\nsubjects: [{{kind: User, name: alice}}]\n"
        );
    }
    let mut ui = Ui::of(crate::support::facts(&yaml), "get pods -n dev", "alice");
    assert!(ui.why().tree.nodes[0].children.len() <= 103);
    ui.press("G");
    let text = ui.text(80, 24);
    assert!(text.contains("… 300 more") || ui.press("g").text(80, 300).contains("… 300 more"), "{text}");
    assert!(ui.text(80, 300).contains("12 more bindings not listed"), "{}", ui.text(80, 300));
}
