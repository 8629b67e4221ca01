use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// A state after these visits, a second apart.
fn after(visits: &[(&str, Option<&str>)]) -> State {
    let mut state = State::default();
    for (second, (context, namespace)) in (0..).zip(visits) {
        state.visit(context, *namespace, at(second));
    }
    state
}

#[test]
fn the_latest_is_first_and_noted_once() {
    let state = after(&[("dev", None), ("dev", None), ("prod", Some("web")), ("dev", None)]);
    let history: Vec<_> = state.history.iter().map(|visit| (visit.context.as_str(), visit.at.as_second())).collect();
    assert_eq!(history, [("dev", 3), ("prod", 2), ("dev", 0)]);
    assert_eq!(state.namespaces["prod"], ["web"]);
}

#[test]
fn the_way_back() {
    let state = after(&[("dev", None), ("prod", Some("web")), ("prod", Some("db")), ("dev", None), ("dev", Some("x"))]);
    for (current, context, namespace) in [
        (Some("dev"), "prod", Some("db")),
        (Some("prod"), "dev", Some("x")),
        // another program went elsewhere
        (Some("other"), "dev", Some("x")),
        (None, "dev", Some("x")),
    ] {
        let visit = state.previous(current).unwrap();
        assert_eq!((visit.context.as_str(), visit.namespace.as_deref()), (context, namespace), "from {current:?}");
    }
    assert_eq!(state.previous_namespace("prod", Some("db")), Some(Some("web")));
    assert_eq!(state.previous_namespace("prod", Some("web")), Some(Some("db")));
    assert_eq!(state.previous_namespace("dev", Some("x")), Some(None));
    assert_eq!(state.previous_namespace("other", None), None);
    let mut elsewhere = state.clone();
    elsewhere.choose("other", Some("y"));
    elsewhere.choose("other", Some("z"));
    assert_eq!(elsewhere.previous_namespace("other", Some("z")), Some(Some("y")));
    assert_eq!(elsewhere.history, state.history, "one was not there");
    elsewhere.choose("prod", Some("cache"));
    assert_eq!(elsewhere.previous(Some("dev")).unwrap().namespace.as_deref(), Some("cache"));
    assert_eq!(after(&[("dev", None)]).previous(Some("dev")), None);
}

#[test]
fn it_does_not_grow_for_ever() {
    let mut state = State::default();
    for number in 0..300 {
        state.visit(&format!("c{number}"), Some("web"), at(number));
        state.visit("dev", Some(&format!("n{number}")), at(number));
    }
    assert_eq!((state.history.len(), state.namespaces.len(), state.namespaces["dev"].len()), (100, 200, 20));
    assert_eq!(state.namespaces["dev"][0], "n299");
    assert!(state.namespaces.contains_key("c299"));
}

#[test]
fn a_context_that_is_renamed_or_deleted() {
    let mut state = after(&[("dev", Some("web")), ("prod", None)]);
    state.aliases.insert("d".to_owned(), Alias { context: "dev".to_owned(), namespace: None });
    state.rename("dev", "test");
    assert_eq!(state.previous(Some("prod")).unwrap().context, "test");
    assert_eq!((state.namespaces["test"].as_slice(), state.aliases_of("test")), (["web".to_owned()].as_slice(), vec!["d"]));
    state.forget("test");
    assert_eq!((state.previous(Some("prod")), state.namespaces.len(), state.aliases_of("test")), (None, 0, vec!["d"]));
}
