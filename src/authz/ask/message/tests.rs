use super::*;
use crate::authz::request::ResourceRequest;

fn told(text: &str) -> String {
    match read(text) {
        Err(failure) => failure.message,
        Ok(asked) => {
            let request = asked.parts[0].request;
            let sub = match request {
                Request::Resource(r) => format!(" g={} sub={} ns={}", r.api_group, r.subresource, r.namespace),
                Request::NonResource { .. } => String::new(),
            };
            format!("{} | {request}{sub}", asked.username.unwrap())
        }
    }
}

#[test]
fn messages_with_text_around_them() {
    for (text, request) in [
        (
            r#"Error from server (Forbidden): pods "web-0" is forbidden: User "alice" cannot delete resource "pods" in API group "" in the namespace "dev""#,
            "alice | delete pods web-0 in dev g= sub= ns=dev",
        ),
        (
            r#"Error from server (Forbidden): pods is forbidden: User "alice" cannot list resource "pods" in API group "" at the cluster scope"#,
            "alice | list pods g= sub= ns=",
        ),
        (
            r#"error: unable to upgrade connection: pods "p" is forbidden: User "system:serviceaccount:ci:x" cannot create resource "pods/exec" in API group "" in the namespace "dev""#,
            "system:serviceaccount:ci:x | create pods/exec p in dev g= sub=exec ns=dev",
        ),
        (r#"Error from server (Forbidden): forbidden: User "a" cannot get path "/metrics?x&lt;1""#, "a | get /metrics?x<1"),
        (
            r#"Error from server (Forbidden): error when creating "f.yaml": deployments.apps is forbidden: User "a \"b\" &lt;c&gt;" cannot create resource "deployments" in API group "apps" in the namespace "dev": RBAC: role.rbac.authorization.k8s.io "x" not found"#,
            "a \"b\" <c> | create deployments.apps in dev g=apps sub= ns=dev",
        ),
        (
            r#"E1 "Failed to watch" err="failed to list *unstructured.Unstructured: pods \"p\" is forbidden: User \"a\" cannot list resource \"pods\" in API group \"\" in the namespace \"dev\"""#,
            "a | list pods p in dev g= sub= ns=dev",
        ),
        (
            r#"{"kind":"Status","status":"Failure","message":"nodes is forbidden: User \"a\" cannot list resource \"nodes\" in API group \"\" at the cluster scope","reason":"Forbidden"}"#,
            "a | list nodes g= sub= ns=",
        ),
        (r#"User "x" cannot list pods.apps/status in the namespace "y"."#, "x | list pods.apps/status in y g=apps sub=status ns=y"),
        (
            "\u{1b}[31mpods is forbidden: User \"a\" cannot  resource \"pods\" in API group \"\" at the cluster scope\u{1b}[0m",
            "a |  pods g= sub= ns=",
        ),
        (
            r#"users "bob" is forbidden: User "alice" cannot impersonate resource "users" in API group "" at the cluster scope"#,
            "alice | impersonate users bob g= sub= ns=",
        ),
        (
            r#"pods "p1" is forbidden: User "alice" cannot impersonate-on:user-info:get resource "pods" in API group "" in the namespace "bar""#,
            "alice | impersonate-on:user-info:get pods p1 in bar g= sub= ns=bar",
        ),
        (
            r#"Error from server (Forbidden): pods "x" is forbidden: violates PodSecurity "restricted:latest": privileged"#,
            "this refusal comes from admission (PodSecurity); authorization had allowed the request",
        ),
        (
            "error: You must be logged in to the server (Unauthorized)",
            "this is authentication, not authorization: the server did not accept the credential, so nobody was asked for rights; most likely on EKS the principal that signs is mapped to nobody",
        ),
        ("something is forbidden", "the message names no user, verb and resource that could be asked about"),
    ] {
        assert_eq!(told(text), request, "{text}");
    }
}

#[test]
fn notes_tell_what_else_the_message_says() {
    let one = r#"pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" at the cluster scope: RBAC: clusterrole.rbac.authorization.k8s.io "x" not found"#;
    let asked = read(&format!("{one}\n{one}")).unwrap();
    assert_eq!(
        asked.notes,
        [
            "the server's reason: RBAC: clusterrole.rbac.authorization.k8s.io \"x\" not found",
            "system:anonymous means that the client sent no credential that the server looked at",
            "the context's user may be missing or empty, which `whycan lint kubeconfig` tells, or a proxy takes the credential away",
            "the first of 2 messages is answered",
        ]
    );
}

/// The message exactly as `responsewriters.ForbiddenStatusError` builds it.
fn message(username: &str, request: &ResourceRequest) -> String {
    use crate::base::text::quote;
    let qualified =
        if request.api_group.is_empty() { request.resource.to_string() } else { format!("{}.{}", request.resource, request.api_group) };
    let name = if request.name.is_empty() { String::new() } else { format!(" {}", quote(request.name.as_str())) };
    let combined =
        if request.subresource.is_empty() { request.resource.to_string() } else { format!("{}/{}", request.resource, request.subresource) };
    let place = if request.namespace.is_empty() {
        "at the cluster scope".to_owned()
    } else {
        format!("in the namespace {}", quote(request.namespace.as_str()))
    };
    let body = format!(
        "User {} cannot {} resource {} in API group {} {place}",
        quote(username),
        request.verb,
        quote(&combined),
        quote(request.api_group.as_str())
    );
    let body = body.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("{qualified}{name} is forbidden: {body}")
}

proptest::proptest! {
    #[test]
    fn what_the_server_writes_is_read_back(user in "\\PC{1,20}", name in "[a-z\"\\\\ <&.:-]{0,12}", namespace in "[a-z0-9-]{0,9}", sub in "[a-z]{0,5}") {
        let request = ResourceRequest {
            verb: "get".into(), api_group: "apps".into(), resource: "deployments".into(), subresource: Name::new(&sub),
            name: Name::new(&name), namespace: Name::new(&namespace), selected_node: Name::EMPTY,
        };
        let asked = read(&format!("Error from server (Forbidden): {}", message(&user, &request))).unwrap();
        proptest::prop_assert_eq!(asked.parts[0].request, Request::Resource(request));
        proptest::prop_assert_eq!(asked.username.map(Name::as_str), Some(user.as_str()));
    }

    #[test]
    fn no_text_panics(text in "\\PC*(User \"|cannot |is forbidden: |\\\\|\"|resource )*\\PC*") {
        let _ = read(&text);
    }
}
