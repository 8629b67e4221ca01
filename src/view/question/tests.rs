//! Questions typed and pasted.

use super::*;
use crate::facts::Facts;

fn place(facts: &Facts) -> Place<'_> {
    Place { namespace: Some(("payments", "context acme-prod")), means: Means { facts, read: None, now: None }, caller: None }
}

fn pasted(text: &str) -> Question {
    let facts = Facts::default();
    Question::of_text(text, &Question { identity: "carol".to_owned(), groups: "ops".to_owned(), ..Question::default() }, &place(&facts))
}

#[test]
fn a_message_becomes_fields() {
    let question = pasted(
        r#"Error from server (Forbidden): pods "web-0" is forbidden: User "system:serviceaccount:ci:deployer" cannot delete resource "pods" in API group "" in the namespace "dev""#,
    );
    assert_eq!(question.shown(), "delete pods web-0 -n dev");
    assert_eq!((question.identity.as_str(), question.groups.as_str()), ("sa:ci/deployer", ""), "somebody else's groups are not theirs");
    assert_eq!(question.read_as.as_deref(), Some("Forbidden message"));
}

#[test]
fn ones_own_message_asks_for_the_caller() {
    let facts = Facts::default();
    let caller = Identity::literal("alice", ["dev".into()]);
    let place = Place { caller: Some(&caller), ..place(&facts) };
    for (text, identity) in [
        (r#"pods is forbidden: User "alice" cannot list resource "pods" in API group "" in the namespace "dev""#, ""),
        (r#"pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "dev""#, "bob"),
        // this means what it means to kubectl: alice without her groups
        ("kubectl get pods -n dev --as alice", "alice"),
    ] {
        let question = Question::of_text(text, &Question::default(), &place);
        assert_eq!((question.identity.as_str(), question.shown().as_str()), (identity, "list pods -n dev"), "{text}");
    }
}

#[test]
fn a_line_of_one_request_becomes_fields_and_one_of_several_stays_a_line() {
    let question = pasted("kubectl get po -A --as alice --as-group dev --as-group ops");
    assert_eq!((question.shown().as_str(), question.identity.as_str(), question.groups.as_str()), ("list pods -A", "alice", "dev, ops"));
    let question = pasted("kubectl exec web-0 -n dev -- sh");
    assert_eq!(question.words, Words::Line("kubectl exec web-0 -n dev -- sh".to_owned()));
    assert_eq!((question.identity.as_str(), question.groups.as_str()), ("carol", "ops"));
    assert_eq!(pasted("no idea at all what this is").words, Words::Line("no idea at all what this is".to_owned()));
}

#[test]
fn fields_ask_the_same_again() {
    let facts = Facts::default();
    for (words, shown) in [
        ("delete pods", "delete pods -n payments"),
        ("list nodes", "list nodes"),
        ("patch deployments.apps/scale web", "patch deployments.apps/scale web -n payments"),
        ("get /metrics", "get /metrics"),
        ("frobnicate gizmos.acme.io", "frobnicate gizmos.acme.io -n payments"),
        ("GET /api/v1/pods", "list pods -A"),
    ] {
        let question = pasted(words);
        assert_eq!(question.shown(), shown, "{words}");
        let first = ask::read(&[words.to_owned()], &place(&facts).surroundings(None, None)).unwrap();
        let again = question.read(&place(&facts), None).unwrap();
        assert_eq!(first.parts, again.asked.parts, "{words}");
    }
}

#[test]
fn what_is_missing_is_said() {
    let facts = Facts::default();
    for (question, message) in [
        (of("", "pods", "alice"), "what is asked is not said"),
        (of("get", "", "alice"), "`get` is understood as the verb; what it acts on is missing"),
        (of("get", "pods", " "), "who asks is not said"),
        (of("get", "pods", "sa:deployer"), "`sa:deployer` is no service account; write sa:NAMESPACE/NAME, as in sa:ci/deployer"),
    ] {
        assert_eq!(question.read(&place(&facts), None).unwrap_err().failure().message, message);
    }
}

fn of(verb: &str, resource: &str, identity: &str) -> Question {
    let fields = Fields { verb: verb.to_owned(), resource: resource.to_owned(), name: "web".to_owned(), ..Fields::default() };
    Question { words: Words::Fields(fields), identity: identity.to_owned(), ..Question::default() }
}

#[test]
fn nobody_named_is_the_caller_where_there_is_one() {
    let facts = Facts::default();
    let caller = Identity::user("carol");
    let place = Place { caller: Some(&caller), ..place(&facts) };
    let understood = of("get", "pods", "").read(&place, None).unwrap();
    assert!(understood.is_caller && understood.identity == caller);
    let named = of("get", "pods", "carol").read(&place, None).unwrap();
    assert!(!named.is_caller);
    let groups = Question { groups: "dev".to_owned(), ..of("get", "pods", "") };
    assert!(matches!(groups.read(&place, None), Err(Misread::Identity(_))), "groups add to a user");
}

#[test]
fn the_command_asks_the_same() {
    let flags = ["--demo".to_owned()];
    assert_eq!(
        Question { identity: "alice".to_owned(), groups: "dev, ops team".to_owned(), ..pasted("delete pods -n dev") }.command(&flags),
        "whycan --demo --as alice --as-group dev --as-group 'ops team' why 'delete pods -n dev'",
        "words that are not understood stay a line"
    );
    assert_eq!(pasted("list pods").command(&flags), "whycan --demo why list pods -n payments --as carol --as-group ops");
    assert_eq!(pasted("kubectl exec web-0 -- sh").command(&[]), "whycan --as carol --as-group ops why 'kubectl exec web-0 -- sh'");
}
