//! A cluster of the size that large companies run, the same on every machine: what the benches measure on.
//!
//! 4,491 RoleBindings, 676 ClusterRoleBindings, 2,700 Roles, 450 ClusterRoles, 150 namespaces, as `kubectl get -o json`
//! prints them (sorted keys, labels, annotations), about 10 MB.

use serde_json::{Value, json};

/// The namespaces.
pub const NAMESPACES: usize = 150;

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    fn some(&mut self, list: &[&str], most: usize) -> Vec<String> {
        let mut picked: Vec<String> = (0..=self.below(most)).map(|_| list[self.below(list.len())].to_owned()).collect();
        picked.sort();
        picked.dedup();
        picked
    }
}

/// The whole cluster as one JSON List, indented as kubectl prints it.
pub fn json() -> String {
    serde_json::to_string_pretty(&list()).unwrap()
}

/// The whole cluster as a value.
pub fn list() -> Value {
    let random = &mut Random(0x005e_ed0f_a11c_a5e5);
    let mut items = Vec::new();
    for number in 0..450 {
        let rules = rules(random, 12);
        items.push(object("ClusterRole", &format!("platform:component-{number}"), None, &json!({ "rules": rules })));
    }
    for number in 0..2_700 {
        let rules = rules(random, 6);
        items.push(object("Role", &role(number / NAMESPACES), Some(number % NAMESPACES), &json!({ "rules": rules })));
    }
    for number in 0..676 {
        let name = format!("platform:component-{}", random.below(450));
        let subjects = subjects(random);
        items.push(object("ClusterRoleBinding", &format!("binding-{number}"), None, &binding("ClusterRole", &name, &subjects)));
    }
    for number in 0..4_491 {
        let namespace = number % NAMESPACES;
        let (kind, name) = if random.below(2) == 0 {
            ("ClusterRole", format!("platform:component-{}", random.below(450)))
        } else {
            ("Role", role(random.below(18)))
        };
        let subjects = subjects(random);
        items.push(object("RoleBinding", &format!("binding-{}", number / NAMESPACES), Some(namespace), &binding(kind, &name, &subjects)));
    }
    json!({ "apiVersion": "v1", "items": items, "kind": "List", "metadata": { "resourceVersion": "" } })
}

fn role(number: usize) -> String {
    let names = ["deployer", "reader", "operator", "debugger", "release-manager", "secrets-reader"];
    format!("{}-{}", names[number % names.len()], number / names.len())
}

/// The name of a namespace.
pub fn namespace(number: usize) -> String {
    format!("team-{}-{}", ["checkout", "search", "billing", "catalog", "identity"][number % 5], number)
}

fn object(kind: &str, name: &str, namespace_number: Option<usize>, content: &Value) -> Value {
    let mut object = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": kind,
        "metadata": {
            "annotations": {
                "meta.helm.sh/release-name": format!("release-of-{name}"),
                "meta.helm.sh/release-namespace": "platform-system",
                "kubectl.kubernetes.io/last-applied-configuration": format!("{{\"kind\":\"{kind}\",\"metadata\":{{\"name\":\"{name}\"}}}}"),
            },
            "creationTimestamp": "2025-11-03T09:12:44Z",
            "labels": {
                "app.kubernetes.io/instance": "access", "app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/part-of": "platform",
                "argocd.argoproj.io/instance": "cluster-access",
            },
            "name": name,
            "resourceVersion": "184467440",
            "uid": format!("6f1d5a0e-8c1b-4b7e-9d3f-{:012x}", name.len() * 7_919 + namespace_number.unwrap_or(999) * 104_729),
        },
    });
    if let Some(number) = namespace_number {
        object["metadata"]["namespace"] = json!(namespace(number));
    }
    for (key, value) in content.as_object().unwrap() {
        object[key] = value.clone();
    }
    object
}

fn rules(random: &mut Random, most: usize) -> Vec<Value> {
    let verbs = ["get", "list", "watch", "create", "update", "patch", "delete"];
    let groups = ["", "apps", "batch", "networking.k8s.io", "policy"];
    let resources = [
        "pods",
        "services",
        "configmaps",
        "secrets",
        "deployments",
        "jobs",
        "pods/log",
        "pods/exec",
        "ingresses",
        "events",
        "statefulsets",
        "endpoints",
        "persistentvolumeclaims",
        "deployments/scale",
        "cronjobs",
        "serviceaccounts",
    ];
    (0..=random.below(most))
        .map(|_| {
            let mut rule = json!({
                "apiGroups": random.some(&groups, 2), "resources": random.some(&resources, 4), "verbs": random.some(&verbs, 5),
            });
            if random.below(12) == 0 {
                rule["resourceNames"] = json!([format!("name-{}", random.below(40))]);
            }
            rule
        })
        .collect()
}

fn binding(kind: &str, name: &str, subjects: &[Value]) -> Value {
    json!({ "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name }, "subjects": subjects })
}

fn subjects(random: &mut Random) -> Vec<Value> {
    (0..=random.below(3))
        .map(|_| match random.below(3) {
            0 => json!({ "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": format!("user-{}@example.com", random.below(800)) }),
            1 => json!({ "apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": format!("group-{}", random.below(200)) }),
            _ => json!({ "kind": "ServiceAccount", "name": format!("robot-{}", random.below(10)), "namespace": namespace(random.below(NAMESPACES)) }),
        })
        .collect()
}
