use super::*;

fn read_in(words: &[&str], namespace: Option<&str>, all_namespaces: bool) -> Result<Asked, Failure> {
    let resources = ApiResources::default();
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let default_namespace = Some(("shop", "context prod"));
    read(&words, &Surroundings { namespace, all_namespaces, default_namespace, resources: &resources, files: None })
}

/// The request, how it was read, and the notes.
fn told(words: &[&str], namespace: Option<&str>, all_namespaces: bool) -> String {
    match read_in(words, namespace, all_namespaces) {
        Err(failure) => format!("{}: {failure}", failure.exit_status()),
        Ok(asked) => {
            let notes = asked.notes.iter().map(|note| format!(" · {note}"));
            format!("{} ({}){}", asked.parts[0].request, asked.read_as, notes.collect::<String>())
        }
    }
}

#[test]
fn words_are_read_as_people_mean_them() {
    for (words, request) in [
        ("delete pods", "delete pods in dev (verb and resource)"),
        ("delete pods web-0", "delete pods web-0 in dev (verb and resource)"),
        ("get po", "get pods in dev (verb and resource) · po read as pods of the core group"),
        ("get Pod", "get pods in dev (verb and resource) · Pod read as pods of the core group"),
        ("patch deploy web", "patch deployments.apps web in dev (verb and resource) · deploy read as deployments.apps"),
        ("patch deployments.apps/scale web", "patch deployments.apps/scale web in dev (verb and resource)"),
        ("get deployments.v1.apps", "get deployments.apps in dev (verb and resource)"),
        ("get pods/log web-0", "get pods/log web-0 in dev (verb and resource)"),
        (
            "get pods/web-0",
            "get pods web-0 in dev (verb and resource) · web-0 is no known subresource of pods; read as the name of an object, as kubectl does",
        ),
        ("list nodes", "list nodes (verb and resource) · cluster-scoped: namespace dev ignored"),
        (
            "impersonate userextras/scopes view",
            "impersonate userextras.authentication.k8s.io/scopes view (verb and resource) · cluster-scoped: namespace dev ignored",
        ),
        (
            "impersonate userextras/example.com/team a",
            "impersonate userextras.authentication.k8s.io/example.com/team a (verb and resource) · cluster-scoped: namespace dev ignored",
        ),
        (
            "get namespaces dev",
            "get namespaces dev in dev (verb and resource) · a request for namespace dev is one inside dev, so RoleBindings there count",
        ),
        ("list namespaces", "list namespaces (verb and resource) · cluster-scoped: namespace dev ignored"),
        ("create pods web-0", "create pods in dev (verb and resource) · a create carries no name: web-0 is not sent to the authorizers"),
        ("create pods/exec web-0", "create pods/exec web-0 in dev (verb and resource)"),
        (
            "list pods web-0",
            "list pods web-0 in dev (verb and resource) · a list carries the name only with --field-selector metadata.name=web-0",
        ),
        ("GET pods", "get pods in dev (verb and resource) · GET read as get: verbs are lower case"),
        ("gett pods", "gett pods in dev (verb and resource) · gett is no verb that Kubernetes asks about; taken literally; near it: get"),
        (
            "exec pods",
            "exec pods in dev (verb and resource) · exec is no verb of the API and taken literally; what it does is asked as: create pods/exec",
        ),
        ("get widgets", "get widgets in dev (verb and resource) · no resource widgets is known here; taken literally"),
        (
            "get podz",
            "get podz in dev (verb and resource) · no resource podz is known here; taken literally; near it: pods, nodes and poddisruptionbudgets",
        ),
        ("list events", "list events in dev (verb and resource) · events of the core group is meant; there is also events.events.k8s.io"),
        ("* *", "* * in dev (verb and resource)"),
        ("get /metrics", "get /metrics (verb and path)"),
        ("GET /metrics", "get /metrics (URL)"),
        (
            "get /api/v1/namespaces/x/pods",
            "list pods in x (URL) · /api/v1/namespaces/x/pods is the path of a resource; read as GET /api/v1/namespaces/x/pods",
        ),
        ("DELETE https://h:6443/apis/apps/v1/namespaces/x/deployments/web", "delete deployments.apps web in x (URL)"),
        ("delete pods -- web", "2: understood verb `delete`, resource `pods`, name `--`, but not `web` after it"),
        ("", "2: the request is empty"),
        ("delete", "2: `delete` is understood as the verb; what it acts on is missing"),
        ("pods", "2: `pods` alone is no request: a verb and a resource, or a path, are needed"),
        ("GET /api/v1/watch", "2: `/api/v1/watch` stops where the API server expects a resource"),
        ("delete pods a b", "2: understood verb `delete`, resource `pods`, name `a`, but not `b` after it"),
    ] {
        let split: Vec<&str> = words.split(' ').collect();
        assert_eq!(told(&split, Some("dev"), false), request, "{words}");
        // one argument may hold all the words
        if split.len() > 1 {
            assert_eq!(told(&[words], Some("dev"), false), request, "{words}");
        }
    }
}

#[test]
fn the_namespace_comes_from_the_flag_else_from_the_context() {
    assert_eq!(told(&["list", "pods"], None, true), "list pods (verb and resource)");
    assert_eq!(
        told(&["list", "pods"], None, false),
        "list pods in shop (verb and resource) · namespace shop: that of context prod, as none was given"
    );
    assert_eq!(told(&["list", "nodes"], None, false), "list nodes (verb and resource)");
    assert_eq!(
        told(&["kubectl", "get", "pods", "-n", "web"], Some("dev"), false),
        "list pods in web (kubectl get)",
        "the line's own flag wins"
    );
}

#[test]
fn a_pasted_message_is_a_question_of_its_own() {
    let message = r#"Error from server (Forbidden): pods is forbidden: User "alice" cannot list resource "pods" in API group "" in the namespace "web""#;
    assert_eq!(told(&[message], Some("dev"), false), "list pods in web (Forbidden message)");
    let split: Vec<&str> = message.split(' ').collect();
    assert_eq!(told(&split, None, false), "list pods in web (Forbidden message)", "the shell may have split it");
    assert_eq!(read_in(&[message], None, false).unwrap().username.map(Name::as_str), Some("alice"));
    assert!(is_whole_question(message) && names_a_user(message));
    assert!(is_whole_question("kubectl get pods") && !names_a_user("kubectl get pods"));
    assert!(!is_whole_question("web-0"));
}

proptest::proptest! {
    #[test]
    fn no_words_panic(words in proptest::collection::vec("\\PC{0,12}|kubectl|get|-[a-zA-Z]|--[a-z-]{1,9}=?|/api/v1/\\PC{0,9}", 0..6)) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let _ = read_in(&words, None, false);
    }
}
