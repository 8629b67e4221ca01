//! Small random clusters full of traps, and questions most of which nearly match some rule.

use serde_json::{Value, json};
use whycan::authz::Request;
use whycan::authz::request::ResourceRequest;
use whycan::base::Name;
use whycan::facts::{Facts, parse};
use whycan::identity::Identity;

use super::seed::Random;

const NAMESPACES: [&str; 4] = ["dev", "prod", "team-a", "kube-system"];
const USERS: [&str; 11] = [
    "alice",
    "Alice",
    "alcie",
    "bob",
    "carol@acme.example",
    "oidc:dave",
    "a \"b\" <c>/d%",
    "system:node:n1",
    "system:node:",
    "system:serviceaccount:dev:ci",
    "ü\u{200b}\t\u{1f680}",
];
const GROUPS: [&str; 8] =
    ["dev", "Dev", "ops", "acme:team/a", "system:authenticated", "system:nodes", "system:serviceaccounts", "system:serviceaccounts:dev"];
const ACCOUNTS: [&str; 4] = ["ci", "CI", "app", "default"];
const VERBS: [&str; 9] = ["get", "list", "watch", "create", "update", "delete", "deletecollection", "GET", "*"];
const API_GROUPS: [&str; 5] = ["", "apps", "batch", "*", "Apps"];
const RESOURCES: [&str; 12] =
    ["pods", "pods/log", "pods/*", "*/log", "*", "Pods", "secrets", "deployments", "deployments/scale", "*/scale", "nodes", "pod"];
const NAMES: [&str; 4] = ["a", "b", "*", ""];
const URLS: [&str; 9] = ["/metrics", "/metrics/*", "*", "/healthz*", "/a/*/b", "/a/**", "/version", "/version/", "/"];
const ROLES: [&str; 7] = ["r0", "r1", "r2", "r3", "cluster-admin", "system:x", "odd:na\"me"];
const LABELS: [(&str, &str); 4] = [("to-a", "true"), ("to-b", "true"), ("to-a", "True"), ("x", "y")];

/// A cluster as JSON, so that every reader gets the same.
pub fn cluster(random: &mut Random) -> Value {
    let mut items = Vec::new();
    for name in random.some(&ROLES, 1, 6) {
        items.push(cluster_role(random, name));
    }
    for namespace in NAMESPACES {
        for name in random.some(&ROLES, 0, 3) {
            items.push(json!({
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
                "metadata": {"name": name, "namespace": namespace}, "rules": rules(random, false),
            }));
        }
    }
    let roles = items.clone();
    for number in 0..random.below(6) {
        items.push(binding(random, &roles, None, number));
    }
    for namespace in NAMESPACES {
        for number in 0..random.below(4) {
            items.push(binding(random, &roles, Some(namespace), number));
        }
    }
    json!({"apiVersion": "v1", "kind": "List", "items": items})
}

fn cluster_role(random: &mut Random, name: &str) -> Value {
    let mut role = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
        "metadata": {"name": name, "labels": {}}, "rules": rules(random, true),
    });
    for (key, value) in random.some(&LABELS, 0, 2) {
        role["metadata"]["labels"][*key] = json!(value);
    }
    if random.percent(25) {
        let (key, value) = random.pick(&LABELS);
        let selector = match random.below(4) {
            0 => json!({"matchExpressions": [{"key": key, "operator": "Exists"}]}),
            1 => json!({"matchExpressions": [{"key": key, "operator": "NotIn", "values": ["true", "q"]}]}),
            _ => json!({"matchLabels": {key: value}}),
        };
        role["aggregationRule"] = json!({"clusterRoleSelectors": [selector]});
        if random.percent(60) {
            role["rules"] = Value::Null;
        }
    }
    role
}

fn rules(random: &mut Random, cluster: bool) -> Vec<Value> {
    (0..random.below(4)).map(|_| rule(random, cluster)).collect()
}

/// A rule; now and then one that Kubernetes would not store, as rules in memory may be.
pub fn rule(random: &mut Random, cluster: bool) -> Value {
    let low = usize::from(!random.percent(4));
    if cluster && random.percent(25) {
        return json!({"verbs": random.some(&VERBS, low, 2), "nonResourceURLs": random.some(&URLS, low, 3)});
    }
    let names = if random.percent(20) { random.some(&NAMES, 1, 2) } else { Vec::new() };
    json!({
        "verbs": random.some(&VERBS, low, 3), "apiGroups": random.some(&API_GROUPS, low, 2),
        "resources": random.some(&RESOURCES, low, 3), "resourceNames": names,
    })
}

/// A binding; four in five name a role that is there.
fn binding(random: &mut Random, roles: &[Value], namespace: Option<&str>, number: usize) -> Value {
    let kind = if namespace.is_some() { "RoleBinding" } else { "ClusterRoleBinding" };
    let role_kind = match random.below(20) {
        0 => "Group",
        // a ClusterRoleBinding can only name a ClusterRole, but may be read in any state
        1..=8 if namespace.is_some() => "Role",
        1 => "Role",
        _ => "ClusterRole",
    };
    let there: Vec<&str> = roles
        .iter()
        .filter(|role| role["kind"] == role_kind && (role_kind == "ClusterRole" || role["metadata"]["namespace"].as_str() == namespace))
        .filter_map(|role| role["metadata"]["name"].as_str())
        .collect();
    let role = if there.is_empty() || random.percent(20) { random.pick(&ROLES) } else { random.pick(&there) };
    let subjects: Vec<Value> = (0..random.below(4)).map(|_| subject(random)).collect();
    let mut metadata = json!({"name": format!("b{number}")});
    if let Some(namespace) = namespace {
        metadata["namespace"] = json!(namespace);
    }
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": metadata, "subjects": subjects,
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": role_kind, "name": role},
    })
}

fn subject(random: &mut Random) -> Value {
    match random.below(10) {
        0..=3 => json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": random.pick(&USERS)}),
        4..=6 => json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": random.pick(&GROUPS)}),
        7 => json!({"kind": "user", "name": random.pick(&USERS)}),
        8 => json!({"kind": "ServiceAccount", "name": random.pick(&ACCOUNTS)}),
        _ => json!({"kind": "ServiceAccount", "name": random.pick(&ACCOUNTS), "namespace": random.pick(&NAMESPACES)}),
    }
}

/// The facts of a cluster.
pub fn facts(cluster: &Value) -> Facts {
    let facts = Facts::collect(parse::document("generated", cluster.to_string().as_bytes()));
    assert_eq!(facts.gaps(), [], "{cluster}");
    facts
}

/// Somebody, half of the time one whom a binding names; with `implied` as a person would mean them.
pub fn identity(random: &mut Random, cluster: &Value, implied: bool) -> Identity {
    let subjects: Vec<(&Value, &Value)> = cluster["items"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|item| item["subjects"].as_array().into_iter().flatten().map(move |subject| (subject, &item["metadata"]["namespace"])))
        .collect();
    let named = if subjects.is_empty() || random.percent(40) { None } else { Some(random.pick(&subjects)) };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let group = named.filter(|(subject, _)| subject["kind"] == "Group").map(|(subject, _)| text(&subject["name"]));
    let user = match named {
        Some((subject, namespace)) if subject["kind"] == "ServiceAccount" => {
            let namespace = subject["namespace"].as_str().or_else(|| namespace.as_str()).unwrap_or("dev");
            format!("system:serviceaccount:{namespace}:{}", text(&subject["name"]))
        }
        Some((subject, _)) if subject["kind"] != "Group" => text(&subject["name"]),
        _ => somebody(random),
    };
    let mut groups: Vec<&str> = random.some(&GROUPS, 0, 3).into_iter().copied().collect();
    groups.extend(group.as_deref());
    if random.percent(2) {
        groups.push("system:masters");
    }
    if implied {
        Identity::asked(Some(&user), &groups, "generated")
    } else {
        Identity::literal(user.as_str(), groups.into_iter().map(Name::new))
    }
}

fn somebody(random: &mut Random) -> String {
    match random.below(12) {
        0 => format!("system:serviceaccount:{}:{}", random.pick(&NAMESPACES), random.pick(&ACCOUNTS)),
        1 => "nobody-knows".to_owned(),
        _ => random.pick(&USERS).to_owned(),
    }
}

/// A question; three in five follow a binding to a rule of its role, with perhaps one thing changed.
pub fn question(random: &mut Random, cluster: &Value, implied: bool) -> (Identity, Request) {
    let items = cluster["items"].as_array().unwrap();
    let bindings: Vec<&Value> = items.iter().filter(|item| item["subjects"].as_array().is_some_and(|s| !s.is_empty())).collect();
    if bindings.is_empty() || random.percent(40) {
        return (identity(random, cluster, implied), request(random, cluster));
    }
    let binding = random.pick(&bindings);
    let namespace = &binding["metadata"]["namespace"];
    let is_role = |item: &&Value| {
        item["kind"] == binding["roleRef"]["kind"]
            && item["metadata"]["name"] == binding["roleRef"]["name"]
            && (item["kind"] == "ClusterRole" || item["metadata"]["namespace"] == *namespace)
    };
    let role = items.iter().find(is_role).cloned().unwrap_or_default();
    let alone = |item: &Value| json!({"items": [item]});
    let who = identity(random, &alone(binding), implied);
    let mut what = request(random, &alone(&role));
    if let (Request::Resource(request), Some(namespace)) = (&mut what, namespace.as_str())
        && random.percent(80)
    {
        request.namespace = Name::new(namespace);
    }
    (who, what)
}

/// A request: three in five are made from a rule of the cluster, with perhaps one thing changed.
pub fn request(random: &mut Random, cluster: &Value) -> Request {
    let items = cluster["items"].as_array().unwrap();
    let rules: Vec<&Value> = items.iter().filter_map(|item| item["rules"].as_array()).flatten().collect();
    if rules.is_empty() || random.percent(40) {
        return anything(random);
    }
    let rule = random.pick(&rules);
    let one = |random: &mut Random, list: &Value, instead: &str| -> String {
        let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
        if list.is_empty() { instead.to_owned() } else { list[random.below(list.len())].as_str().unwrap_or_default().to_owned() }
    };
    let verb = one(random, &rule["verbs"], "get").replace('*', "get");
    if rule["nonResourceURLs"].is_array() {
        let url = one(random, &rule["nonResourceURLs"], "/x");
        let path = if random.percent(50) { url.replace('*', "x") } else { url };
        return Request::path(&verb, &path);
    }
    let written = one(random, &rule["resources"], "pods");
    let (resource, subresource) = written.split_once('/').unwrap_or((&written, ""));
    let mut request = ResourceRequest {
        verb: Name::new(&verb),
        api_group: Name::new(&one(random, &rule["apiGroups"], "").replace('*', "apps")),
        resource: Name::new(&resource.replace('*', "pods")),
        subresource: Name::new(subresource),
        name: Name::new(&one(random, &rule["resourceNames"], "")),
        namespace: Name::new(if random.percent(25) { "" } else { random.pick(&NAMESPACES) }),
        selected_node: Name::EMPTY,
    };
    if random.percent(60) {
        match random.below(6) {
            0 => request.verb = Name::new(random.pick(&VERBS)),
            1 => request.api_group = Name::new(random.pick(&API_GROUPS)),
            2 => request.resource = Name::new(random.pick(&RESOURCES)),
            3 => request.subresource = Name::new(random.pick(&["", "log", "scale", "*"])),
            4 => request.name = Name::new(random.pick(&NAMES)),
            _ => request.namespace = Name::new(random.pick(&NAMESPACES)),
        }
    }
    Request::Resource(request)
}

fn anything(random: &mut Random) -> Request {
    if random.percent(20) {
        return Request::path(random.pick(&VERBS), random.pick(&URLS));
    }
    // what kubelets ask for, so that the Node authorizer has something to say
    let of_nodes = [
        "secrets",
        "configmaps",
        "leases",
        "csinodes",
        "serviceaccounts",
        "persistentvolumeclaims",
        "resourceslices",
        "events",
        "services",
        "nodes",
        "pods",
    ];
    let groups = ["", "apps", "coordination.k8s.io", "storage.k8s.io", "resource.k8s.io"];
    Request::Resource(ResourceRequest {
        verb: Name::new(random.pick(&VERBS)),
        api_group: Name::new(random.pick(&groups)),
        resource: Name::new(if random.percent(50) { random.pick(&of_nodes) } else { random.pick(&RESOURCES) }),
        subresource: Name::new(random.pick(&["", "", "", "log", "status", "token", "eviction"])),
        name: Name::new(random.pick(&["", "a", "n1", "b"])),
        namespace: Name::new(random.pick(&["", "dev", "prod", "kube-node-lease"])),
        selected_node: Name::new(random.pick(&["", "", "n1", "a"])),
    })
}
