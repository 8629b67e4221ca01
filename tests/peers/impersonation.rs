//! Acting as somebody else: whom a real server lets whom be, and who they are then, is what is computed; what it refuses, it
//! refuses at the same check.

use std::collections::BTreeMap;

use http::Request as HttpRequest;
use kube::Client;
use serde_json::{Value, json};
use whycan::authz::ask::Surroundings;
use whycan::authz::impersonation::{Wanted, weigh};
use whycan::authz::{Door, Index, Request, Verdict, ask};
use whycan::base::Name;
use whycan::facts::{ApiResources, Facts, parse};
use whycan::identity::Identity;

use crate::cluster::{Cluster, Setup};
use crate::logins::{binding_to, put, token};

const REVIEWS: &str = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
const OLD: &str = r#"{"apiGroups": [""], "resources": ["users", "groups", "serviceaccounts"], "verbs": ["impersonate"]}"#;
const PARTS: &str =
    r#"{"apiGroups": ["authentication.k8s.io"], "resources": ["uids", "userextras/example.com/team"], "verbs": ["impersonate"]}"#;

/// A rule for a narrower mode: on what is asked, or on who one is.
fn on(mode: &str) -> String {
    format!(r#"{{"apiGroups": ["authentication.k8s.io"], "resources": ["selfsubjectreviews"], "verbs": ["impersonate-on:{mode}:create"]}}"#)
}

fn of(mode: &str, resources: &str, names: &str) -> String {
    format!(
        r#"{{"apiGroups": ["authentication.k8s.io"], "resources": {resources}, "resourceNames": {names}, "verbs": ["impersonate:{mode}"]}}"#
    )
}

/// Whom somebody with these rules wants to be.
struct Case {
    rules: Vec<String>,
    wanted: Wanted,
}

fn case(rules: &[&str], user: &str, groups: &[&str]) -> Case {
    let wanted = Wanted { user: user.into(), groups: groups.iter().map(|group| Name::new(group)).collect(), ..Wanted::default() };
    Case { rules: rules.iter().map(|rule| (*rule).to_owned()).collect(), wanted }
}

fn with(mut case: Case, uid: &str, team: &[&str]) -> Case {
    case.wanted.uid = uid.into();
    if !team.is_empty() {
        case.wanted.extra.insert("example.com/team".into(), team.iter().map(|value| Name::new(value)).collect());
    }
    case
}

fn cases() -> Vec<Case> {
    let account = "system:serviceaccount:ci:robot";
    let (on_user, four) = (on("user-info"), ["a", "b", "c", "d"]);
    let users = of("user-info", r#"["users"]"#, r#"["alice"]"#);
    let groups = of("user-info", r#"["groups"]"#, r#"["*"]"#);
    let accounts = of("serviceaccount", r#"["serviceaccounts"]"#, r#"["robot"]"#);
    let nodes = of("arbitrary-node", r#"["nodes"]"#, r#"["n1"]"#);
    vec![
        case(&[], "alice", &[]),
        case(&[OLD], "alice", &[]),
        case(&[OLD], "alice", &["dev", "system:masters"]),
        case(&[OLD], "alice", &["system:authenticated", "dev"]),
        case(&[OLD], "alice", &["system:unauthenticated"]),
        case(&[OLD], "system:anonymous", &[]),
        case(&[OLD], account, &[]),
        case(&[OLD], account, &["dev"]),
        case(&[OLD], "system:serviceaccount:CI:robot", &[]),
        case(&[OLD], "system:node:n1", &[]),
        case(&[OLD], "system:node:n1", &["system:nodes"]),
        with(case(&[OLD], "alice", &[]), "u-1", &[]),
        with(case(&[OLD, PARTS], "alice", &["dev"]), "u-1", &["a", "b"]),
        case(&[r#"{"apiGroups": [""], "resources": ["users"], "resourceNames": ["alice"], "verbs": ["impersonate"]}"#], "alice", &["dev"]),
        case(&[&on_user], "alice", &[]),
        case(&[&on_user, &users], "alice", &[]),
        case(&[&on_user, &users], "alice", &["dev"]),
        case(&[&on_user, &users, &groups], "alice", &four),
        case(&[&on_user, &users, &of("user-info", r#"["groups"]"#, r#"["a", "b", "c"]"#)], "alice", &four),
        case(&[r#"{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}"#], "alice", &["system:masters"]),
        case(&[&on("serviceaccount"), &accounts], account, &[]),
        case(&[&on("serviceaccount"), &accounts], account, &["dev"]),
        case(&[&on("arbitrary-node"), &nodes], "system:node:n1", &[]),
        case(&[&on("arbitrary-node"), &nodes], "system:node:n2", &[]),
    ]
}

/// A review of oneself while being somebody else.
async fn review(client: &Client, wanted: &Wanted) -> Result<Value, String> {
    let mut request =
        HttpRequest::post(REVIEWS).header("content-type", "application/json").header("impersonate-user", wanted.user.as_str());
    for group in &wanted.groups {
        request = request.header("impersonate-group", group.as_str());
    }
    if !wanted.uid.is_empty() {
        request = request.header("impersonate-uid", wanted.uid.as_str());
    }
    for (key, values) in &wanted.extra {
        for value in values {
            request = request.header(format!("impersonate-extra-{}", key.as_str().replace('/', "%2f")), value.as_str());
        }
    }
    let body = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}).to_string().into_bytes();
    match client.request::<Value>(request.body(body).unwrap()).await {
        Ok(answer) => Ok(answer["status"]["userInfo"].clone()),
        Err(kube::Error::Api(status)) if status.code == 403 => Err(status.message.clone()),
        Err(error) => panic!("{error}"),
    }
}

fn user_info(identity: &Identity) -> Value {
    let mut info = json!({"username": identity.username, "groups": identity.groups});
    if !identity.uid.is_empty() {
        info["uid"] = json!(identity.uid);
    }
    if !identity.extra.is_empty() {
        info["extra"] = json!(identity.extra);
    }
    info
}

/// Compares the server's answer with ours; true where it lets them.
async fn compare(client: &Client, index: &Index, requestor: &Identity, wanted: &Wanted) -> bool {
    let target = Request::resource("create", "authentication.k8s.io", "selfsubjectreviews", "");
    let ours = weigh(index, requestor, wanted, &target, Door::Literal).unwrap();
    let told = || format!("{requestor:?} {wanted:?}\n{:#?}", ours.attempts.iter().map(|a| (a.mode, a.verdict)).collect::<Vec<_>>());
    match review(client, wanted).await {
        Ok(theirs) => {
            assert_eq!(ours.verdict(), Verdict::Allowed, "{}", told());
            assert_eq!(user_info(ours.identity().unwrap()), theirs, "{}", told());
            true
        }
        Err(message) => {
            assert_eq!(ours.verdict(), Verdict::Denied, "{message}\n{}", told());
            // the server gives the words of the first mode
            let first = ours.attempts.first().unwrap();
            match (first.failing(), &first.refused) {
                (Some(failing), _) => {
                    let resources = ApiResources::default();
                    let surroundings = Surroundings {
                        namespace: None,
                        all_namespaces: false,
                        default_namespace: None,
                        resources: &resources,
                        files: None,
                    };
                    let asked = ask::read(std::slice::from_ref(&message), &surroundings).unwrap();
                    assert_eq!(asked.parts[0].request, failing.decision.request, "{message}\n{}", told());
                }
                (None, Some(refused)) => assert!(message.ends_with(refused.as_str()), "{message}\n{refused}"),
                (None, None) => panic!("{message}\n{}", told()),
            }
            false
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs peers"]
async fn whom_the_server_lets_whom_be_is_computed() {
    let cluster = Cluster::start(&Setup::default()).await;
    let admin = cluster.admin_client().await;
    let rbac = |kind: &str| format!("/apis/rbac.authorization.k8s.io/v1/{kind}");
    let bind = |name: &str, subject: Value, role: &str| {
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": name}, "subjects": [subject],
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role}})
    };
    let role = |name: &str, rules: &[String]| {
        let rules: Vec<Value> = rules.iter().map(|rule| serde_json::from_str(rule).unwrap()).collect();
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules})
    };
    // whoever one becomes may ask who that is
    let unauthenticated = json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "system:unauthenticated"});
    put(&admin, &rbac("clusterrolebindings"), &bind("everybody", unauthenticated, "system:basic-user")).await;
    let cases = cases();
    for (number, case) in cases.iter().enumerate() {
        let name = format!("bob-{number}");
        put(&admin, &rbac("clusterroles"), &role(&name, &case.rules)).await;
        let subject = json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": name});
        put(&admin, &rbac("clusterrolebindings"), &bind(&name, subject, &name)).await;
    }
    // a service account whose token is bound to a node
    put(&admin, "/api/v1/nodes", &json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}})).await;
    put(
        &admin,
        "/api/v1/namespaces/default/serviceaccounts",
        &json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "agent"}}),
    )
    .await;
    let rules = [on("associated-node"), of("associated-node", r#"["nodes"]"#, r#"["*"]"#)];
    put(&admin, &rbac("clusterroles"), &role("agent", &rules)).await;
    put(
        &admin,
        &rbac("clusterrolebindings"),
        &bind("agent", json!({"kind": "ServiceAccount", "namespace": "default", "name": "agent"}), "agent"),
    )
    .await;
    // what was written a moment ago counts a moment later
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let recorded = cluster.kubectl_as_admin(&["get", "clusterroles,clusterrolebindings,roles,rolebindings", "-A", "-o", "json"]);
    let index = Index::new(&Facts::collect(parse::document("kubectl", recorded.as_bytes())));
    let mut allowed = 0;
    for (number, case) in cases.iter().enumerate() {
        let requestor = Identity::user(&format!("bob-{number}"));
        let client = cluster.client(&cluster.certificate(requestor.username.unwrap().as_str(), &[])).await;
        allowed += usize::from(compare(&client, &index, &requestor, &case.wanted).await);
    }
    let bearer = cluster.bearer(&token(&admin, "default", "agent", binding_to("Node", "n1")).await);
    let client = cluster.client(&bearer).await;
    let mut agent = Identity::user("system:serviceaccount:default:agent");
    agent.extra = BTreeMap::from([("authentication.kubernetes.io/node-name".into(), vec!["n1".into()])]);
    for (node, is_allowed) in [("n2", false), ("n1", true)] {
        let wanted = Wanted { user: Name::new(&format!("system:node:{node}")), ..Wanted::default() };
        assert_eq!(compare(&client, &index, &agent, &wanted).await, is_allowed, "{node}");
    }
    println!("{} cases, {allowed} allowed: no difference", cases.len() + 2);
    assert!(allowed * 2 > cases.len() && allowed + 5 < cases.len(), "{allowed}");
}
