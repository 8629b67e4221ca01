//! A generated cluster's objects in a real one, and the real one's own word on a question.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures::StreamExt;
use http::Method;
use kube::Client;
use serde_json::{Value, json};
use whycan::authz::Request;
use whycan::base::Name;
use whycan::identity::Identity;

use super::cluster::{LIMIT, call};

/// Requests that are under way at once.
const AT_ONCE: usize = 16;
const RBAC: &str = "/apis/rbac.authorization.k8s.io/v1";
/// Worlds planted so far, which number the sentinels.
static PLANTED: AtomicUsize = AtomicUsize::new(0);

/// Objects that were created, by their paths.
pub struct Planted {
    paths: Vec<String>,
    /// The user whom the last of the bindings allows to get a sentinel.
    pub sentinel: String,
    /// Objects that the server refused: it checks more than it reads.
    pub refused: usize,
}

impl Planted {
    /// Creates those objects of a List that the server takes, and waits until its authorizer knows all of them.
    pub async fn plant(client: &Client, world: &Value) -> Self {
        let number = PLANTED.fetch_add(1, Ordering::Relaxed);
        let sentinel = format!("sentinel-{number}");
        let mut planted = Self { paths: Vec::new(), sentinel, refused: 0 };
        planted.create(client, world["items"].as_array().unwrap()).await;
        // each kind is watched in order: who sees these sees what came before them
        let sentinels = sentinels(&planted.sentinel);
        let refused = planted.refused;
        planted.create(client, &sentinels).await;
        assert_eq!(planted.refused, refused, "a sentinel was refused");
        let user = Identity::literal(planted.sentinel.as_str(), []);
        until("the authorizer knows the objects", async || {
            for namespace in ["", "dev"] {
                let request = Request::resource("get", "whycan", "sentinels", namespace);
                if ask(client, &user, &request).await["allowed"] != true {
                    return false;
                }
            }
            true
        })
        .await;
        planted
    }

    async fn create(&mut self, client: &Client, objects: &[Value]) {
        let mut answers = futures::stream::iter(objects.iter().map(async |object| {
            let collection = collection(object);
            (object, collection.clone(), call(client, Method::POST, &collection, Some(object)).await)
        }))
        .buffer_unordered(AT_ONCE);
        while let Some((object, collection, (status, answer))) = answers.next().await {
            if status.is_success() {
                self.paths.push(format!("{collection}/{}", encoded(object["metadata"]["name"].as_str().unwrap())));
            } else {
                assert!(matches!(status.as_u16(), 400 | 409 | 422), "{object}\n{status} {answer}");
                self.refused += 1;
            }
        }
    }

    /// Deletes what was created.
    pub async fn uproot(self, client: &Client) {
        let mut answers =
            futures::stream::iter(self.paths.iter().map(|path| call(client, Method::DELETE, path, None))).buffer_unordered(AT_ONCE);
        while let Some((status, answer)) = answers.next().await {
            assert!(status.is_success(), "{status} {answer}");
        }
    }
}

/// A role and a binding of each kind that allow the user to get sentinels: everywhere, and in dev.
fn sentinels(name: &str) -> [Value; 4] {
    let rule = json!([{"verbs": ["get"], "apiGroups": ["whycan"], "resources": ["sentinels"]}]);
    let rbac = "rbac.authorization.k8s.io";
    let object = |kind: &str, namespace: Option<&str>, role: Option<&str>| {
        let mut object = json!({"apiVersion": format!("{rbac}/v1"), "kind": kind, "metadata": {"name": name, "namespace": namespace}});
        match role {
            Some(role) => {
                object["roleRef"] = json!({"apiGroup": rbac, "kind": role, "name": name});
                object["subjects"] = json!([{"apiGroup": rbac, "kind": "User", "name": name}]);
            }
            None => object["rules"] = rule.clone(),
        }
        object
    };
    [
        object("ClusterRole", None, None),
        object("Role", Some("dev"), None),
        object("ClusterRoleBinding", None, Some("ClusterRole")),
        object("RoleBinding", Some("dev"), Some("Role")),
    ]
}

/// The path of the objects of the same kind and namespace.
fn collection(object: &Value) -> String {
    let resource = format!("{}s", object["kind"].as_str().unwrap().to_lowercase());
    match object["metadata"]["namespace"].as_str() {
        Some(namespace) => format!("{RBAC}/namespaces/{namespace}/{resource}"),
        None => format!("{RBAC}/{resource}"),
    }
}

/// A name as a part of a path.
fn encoded(name: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte);
    name.bytes().map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// What the server says about somebody: the status of a SubjectAccessReview.
pub async fn ask(client: &Client, identity: &Identity, request: &Request) -> Value {
    let review = subject_access_review(identity, request);
    let (status, answer) = call(client, Method::POST, "/apis/authorization.k8s.io/v1/subjectaccessreviews", Some(&review)).await;
    assert!(status.is_success(), "{review}\n{status} {answer}");
    answer["status"].clone()
}

/// The question as a SubjectAccessReview.
pub fn subject_access_review(identity: &Identity, request: &Request) -> Value {
    let mut spec = attributes(request);
    spec["user"] = json!(identity.username.map(Name::as_str));
    spec["groups"] = json!(identity.groups);
    json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec})
}

/// The attributes of a request, as reviews have them.
pub fn attributes(request: &Request) -> Value {
    let request = match request {
        Request::NonResource { verb, path } => return json!({"nonResourceAttributes": {"verb": verb, "path": path}}),
        Request::Resource(request) => request,
    };
    let mut attributes = json!({
        "verb": request.verb, "group": request.api_group, "resource": request.resource,
        "subresource": request.subresource, "name": request.name, "namespace": request.namespace,
    });
    if !request.selected_node.is_empty() {
        attributes["fieldSelector"] =
            json!({"requirements": [{"key": "spec.nodeName", "operator": "In", "values": [request.selected_node]}]});
    }
    json!({"resourceAttributes": attributes})
}

/// Waits for a condition.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !holds().await {
        assert!(start.elapsed() < LIMIT, "not within {LIMIT:?}: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
